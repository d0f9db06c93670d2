"""Passwords: one's own changed by oneself, and one for a single log-in that an administrator hands over."""

import secrets
from datetime import datetime

from caseflow import crypto
from caseflow.access import Viewer
from caseflow.actions import admin, ways_in
from caseflow.errors import InvalidInput, _
from caseflow.store import log, sessions, users
from caseflow.store.session import Session

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that are taken for one another when somebody reads a password out."""
_GROUPS, _GROUP = 3, 4


def require_new(password: str, again: str) -> None:
    """Raise `InvalidInput` for a new password that is too short, or typed in two ways."""
    problems: dict[str, str] = {}
    if len(password) < admin.SHORTEST_PASSWORD:
        problems["baru"] = _("Kata sandi paling sedikit {n} karakter.", n=admin.SHORTEST_PASSWORD)
    elif crypto.typed(password) != crypto.typed(again):
        problems["ulang"] = _("Kedua kata sandi baru tidak sama.")
    if problems:
        raise InvalidInput(problems)


def is_own(session: Session, password: str, *, by: Viewer) -> bool:
    """Tell whether this is one's present password."""
    account = users.by_id(session, by.user_id)
    return crypto.verify_password(account.password_hash if account else None, password)


def change_own(session: Session, hashed: str, *, keep: str, by: Viewer, at: datetime, now: datetime) -> None:
    """Give oneself a new password, hashed; every other session of one's own ends."""
    users.set_password(session, by.user_id, hashed, once=False)
    sessions.revoke_others(session, by.user_id, keep, at=now)
    log.note_access(session, "user:password:changed", actor=by.user_id, at=at, data={"user": by.user_id})


def give_for_once(session: Session, user: str, *, by: Viewer, at: datetime) -> str:
    """Give somebody a password that is good for one log-in, which asks for another; it is shown this once.

    The owner and the heads are told.
    """
    account = admin.managed_account(session, user, by=by, at=at)
    admin.refuse_oneself(account.id, _("memberi kata sandi sekali pakai kepada diri sendiri"), by=by)
    ways_in.require_other(session, account, done=(ways_in.RESET,), by=by, at=at)
    groups = ("".join(secrets.choice(_LETTERS) for _n in range(_GROUP)) for _g in range(_GROUPS))
    password = "-".join(groups)
    users.set_password(session, account.id, crypto.hash_password(password), once=True)
    sessions.revoke_all(session, account.id, at=at)
    ways_in.note(session, ways_in.GIVEN, account, by=by, at=at)
    return password
