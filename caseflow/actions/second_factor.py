"""The second factor of an account: setting it up, asking for it, recovery codes, taking it away on record.

A code of an authenticator (RFC 6238) is good in its own half minute and the one before and after, and once.
"""

import secrets
from base64 import b32encode
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest

import pyotp

from caseflow import crypto
from caseflow.access import Viewer
from caseflow.actions import admin, areas, inbox, ways_in
from caseflow.errors import NotFound, Refused, WrongCode, _
from caseflow.states.lifecycle import ABOVE
from caseflow.store import log, second_factors, sessions, users
from caseflow.store.second_factors import Duties
from caseflow.store.session import Session

ROLES = (*ABOVE, "auditor", "admin")
"""Whose log-in needs one: who approves, who sees every case of an area, who runs the installation."""
ISSUER = "caseflow"
INTERVAL = 30
RECOVERY_CODES = 10
_RECOVERY_BYTES = 10


@dataclass(frozen=True, slots=True)
class State:
    """Where an account stands with its second factor."""

    confirmed_at: datetime | None
    codes_left: int
    needed: bool
    """The roles of today ask for one."""
    needed_from: datetime | None
    """From when no log-in goes on without; None where none is asked, or none was asked yet."""


def needed(session: Session, roles: Collection[str]) -> bool:
    """Tell whether these roles need a second factor here: a demonstration asks for none."""
    return not session.settings.demo and not set(ROLES).isdisjoint(roles)


def needed_from(session: Session, duties: Duties) -> datetime | None:
    """Return the end of the grace of an account, None where it was not asked yet."""
    grace = timedelta(days=session.settings.second_factor_days)
    return duties.asked_at + grace if duties.asked_at else None


def state(session: Session, *, by: Viewer) -> State:
    """Return where one's own account stands."""
    duties = second_factors.duties(session, by.user_id)
    wanted = needed(session, by.roles)
    left = second_factors.codes_left(session, by.user_id) if duties.confirmed_at else 0
    return State(duties.confirmed_at, left, wanted, needed_from(session, duties) if wanted else None)


# --- setting it up ---------------------------------------------------------------------------------------------------


def enrol(session: Session, *, by: Viewer) -> None:
    """Make a new secret for one's own account; `Refused` where a second factor is in force."""
    if second_factors.duties(session, by.user_id).confirmed_at:
        raise Refused(reason=_("Langkah kedua sudah terpasang. Untuk ponsel baru, hapus dahulu yang lama."))
    second_factors.enrol(session, by.user_id, pyotp.random_base32())


def begun(session: Session, *, by: Viewer) -> tuple[str, str]:
    """Return one's own secret, not confirmed yet, and the address an authenticator reads it from."""
    duties = second_factors.duties(session, by.user_id)
    secret = second_factors.secret(session, by.user_id)
    if secret is None or duties.confirmed_at:
        raise NotFound
    return secret, pyotp.TOTP(secret).provisioning_uri(name=by.username, issuer_name=ISSUER)


def confirm(session: Session, typed: str, *, keep: str, by: Viewer, now: datetime, at: datetime) -> tuple[str, ...]:
    """Let a second factor count, proven by a code of it; return the recovery codes, shown this once.

    Every session of one's own but `keep` ends, and one is told: whoever sets it up in one's place is seen.
    """
    begun(session, by=by)
    _use(session, by.user_id, typed, now=now)
    plain, digests = _recovery()
    second_factors.confirm(session, by.user_id, digests, at=at)
    sessions.revoke_others(session, by.user_id, keep, at=now)
    log.note_access(session, "user:second_factor:added", actor=by.user_id, at=at, data={"user": by.user_id})
    key, about = f"factor_added:{by.user_id}:{at.isoformat()}", {"account": by.username}
    inbox.tell(session, [by.user_id], kind="factor_added", cause_key=key, case_id=None, data=about, at=at)
    return plain


def renew_codes(session: Session, typed: str, *, by: Viewer, now: datetime, at: datetime) -> tuple[str, ...]:
    """Replace one's recovery codes, proven by a code of the authenticator; return the new ones, shown this once."""
    _require_confirmed(session, by.user_id)
    _use(session, by.user_id, typed, now=now)
    plain, digests = _recovery()
    second_factors.replace_codes(session, by.user_id, digests)
    log.note_access(session, "user:second_factor:codes", actor=by.user_id, at=at, data={"user": by.user_id})
    return plain


def remove(session: Session, typed: str, *, by: Viewer, now: datetime, at: datetime) -> None:
    """Take one's own second factor away, proven by a code of either kind, as for a new phone."""
    prove(session, by.user_id, typed, now=now, at=at)
    second_factors.reset(session, by.user_id)
    log.note_access(session, "user:second_factor:removed", actor=by.user_id, at=at, data={"user": by.user_id})


def _recovery() -> tuple[tuple[str, ...], tuple[str, ...]]:
    made = [b32encode(secrets.token_bytes(_RECOVERY_BYTES)).decode() for _n in range(RECOVERY_CODES)]
    shown = tuple("-".join(code[start : start + 4] for start in range(0, len(code), 4)) for code in made)
    return shown, tuple(crypto.token_digest(code) for code in made)


# --- asking for it ---------------------------------------------------------------------------------------------------


def prove(session: Session, user_id: str, typed: str, *, now: datetime, at: datetime) -> None:
    """Use up a code of the authenticator or a recovery code; `WrongCode` for any other."""
    _require_confirmed(session, user_id)
    digits = _plain(typed)
    if digits.isdecimal():
        _use(session, user_id, typed, now=now)
        return
    if not second_factors.use_code(session, user_id, crypto.token_digest(digits), at=at):
        raise WrongCode
    left = second_factors.codes_left(session, user_id)
    log.note_access(session, "user:second_factor:recovered", actor=user_id, at=at, data={"user": user_id, "left": left})


def _require_confirmed(session: Session, user_id: str) -> None:
    if not second_factors.duties(session, user_id).confirmed_at:
        raise WrongCode


def _use(session: Session, user_id: str, typed: str, *, now: datetime) -> None:
    """Use up a code of the authenticator; `WrongCode` for a wrong one, and for one that was used."""
    generator = pyotp.HOTP(second_factors.secret(session, user_id) or pyotp.random_base32())
    given, present = _plain(typed).encode(), int(now.timestamp()) // INTERVAL
    for counter in (present - 1, present, present + 1):
        if compare_digest(generator.at(counter).encode(), given):
            if second_factors.used(session, user_id, counter):
                return
            break
    raise WrongCode


def _plain(typed: str) -> str:
    """Return a code without what people type between its groups."""
    return "".join(char for char in typed.upper() if char.isascii() and char.isalnum())


# --- by an administrator ---------------------------------------------------------------------------------------------


def reset(session: Session, user: str, *, by: Viewer, at: datetime) -> None:
    """Take somebody's second factor away, as after a lost phone, never one's own: their sessions end.

    The next log-in asks for the password alone, and after the grace for a new second factor at once. The owner and the
    heads are told.
    """
    account = admin.managed_account(session, user, by=by, at=at)
    admin.refuse_oneself(account.id, _("menghapus langkah kedua sendiri"), by=by)
    ways_in.require_other(session, account, done=(ways_in.GIVEN, ways_in.SET), by=by, at=at)
    if not second_factors.reset(session, account.id):
        raise Refused(reason=_("Akun ini tidak memakai langkah kedua."))
    sessions.revoke_all(session, account.id, at=at)
    ways_in.note(session, ways_in.RESET, account, by=by, at=at)


def lacking(session: Session, *, at: datetime) -> list[str]:
    """Return the log-in names of who should have a second factor and has none."""
    return second_factors.lacking(session, ROLES, areas.today(session, at))


def own(session: Session, user_id: str, *, at: datetime) -> Viewer:
    """Return somebody who has proven nothing but the password yet, for what the log-in still asks."""
    account = users.by_id(session, user_id)
    if account is None or not account.active:
        raise NotFound
    return users.viewer(session, account, at.date())
