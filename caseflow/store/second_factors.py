"""The second factors of accounts: the sealed secret, the last code used, recovery codes by their digests."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, LargeBinary, delete, func, insert, or_, select, update

from caseflow import crypto
from caseflow.store.session import Session
from caseflow.store.sql import insert_new
from caseflow.store.tables import access_entry, recovery_code, role_grant, second_factor, user_account


@dataclass(frozen=True, slots=True)
class Duties:
    """What a log-in of an account has to know besides the password."""

    password_once: bool
    asked_at: datetime | None
    """Since when a second factor is asked for."""
    confirmed_at: datetime | None
    """Since when there is one."""
    begun: bool
    """There is a secret, confirmed or not."""


def duties(session: Session, user_id: str) -> Duties:
    """Return what an account owes; nothing for one that is not there."""
    columns = (
        user_account.c.password_once,
        second_factor.c.asked_at,
        second_factor.c.confirmed_at,
        second_factor.c.sealed.is_not(None).label("begun"),
    )
    joined = user_account.outerjoin(second_factor, second_factor.c.user_id == user_account.c.id)
    row = session.execute(select(*columns).select_from(joined).where(user_account.c.id == user_id)).first()
    if row is None:
        return Duties(password_once=False, asked_at=None, confirmed_at=None, begun=False)
    return Duties(bool(row.password_once), row.asked_at, row.confirmed_at, bool(row.begun))


def noted(session: Session, code: str, user_id: str, actor: str, *, since: datetime) -> bool:
    """Tell whether somebody did such a thing to an account, by the access entries."""
    query = select(access_entry.c.id).where(access_entry.c.code == code, access_entry.c.actor == actor)
    recent = query.where(access_entry.c.entered_at > since, access_entry.c.data.contains(user_id))
    return session.execute(recent.limit(1)).first() is not None


def ask(session: Session, user_id: str, *, at: datetime) -> None:
    """Note since when an account is asked for a second factor; the first time counts."""
    insert_new(session, second_factor, {"user_id": user_id}, ("user_id",))
    since = func.coalesce(second_factor.c.asked_at, at, type_=second_factor.c.asked_at.type)
    session.execute(update(second_factor).where(second_factor.c.user_id == user_id).values(asked_at=since))


def enrol(session: Session, user_id: str, secret: str) -> None:
    """Keep a new secret, which counts for nothing until it is confirmed; one that was confirmed stays."""
    insert_new(session, second_factor, {"user_id": user_id}, ("user_id",))
    mine = (second_factor.c.user_id == user_id, second_factor.c.confirmed_at.is_(None))
    sealed = crypto.seal(session.keys.present.wrap, secret.encode(), _place(user_id))
    session.execute(update(second_factor).where(*mine).values(sealed=sealed, counter=None))


def secret(session: Session, user_id: str) -> str | None:
    """Return the secret of an account, confirmed or not."""
    query = select(second_factor.c.sealed).where(second_factor.c.user_id == user_id)
    sealed = session.execute(query).scalar()
    return None if sealed is None else _opened(session, user_id, sealed).decode()


def used(session: Session, user_id: str, counter: int) -> bool:
    """Use up every code up to an interval; False where this one, or a later one, was used before."""
    fresh = or_(second_factor.c.counter.is_(None), second_factor.c.counter < counter)
    mine = update(second_factor).where(second_factor.c.user_id == user_id, fresh)
    return session.execute(mine.values(counter=counter)).rowcount == 1


def confirm(session: Session, user_id: str, codes: Collection[str], *, at: datetime) -> None:
    """Let the secret count from now on, with these recovery codes, by digest."""
    session.execute(update(second_factor).where(second_factor.c.user_id == user_id).values(confirmed_at=at))
    replace_codes(session, user_id, codes)


def replace_codes(session: Session, user_id: str, codes: Collection[str]) -> None:
    """Replace the recovery codes of an account by these digests."""
    session.execute(delete(recovery_code).where(recovery_code.c.user_id == user_id))
    if codes:
        session.execute(insert(recovery_code), [{"user_id": user_id, "digest": digest} for digest in codes])


def use_code(session: Session, user_id: str, digest: str, *, at: datetime) -> bool:
    """Use a recovery code up; False for one that is not there or was used."""
    mine = (recovery_code.c.user_id == user_id, recovery_code.c.digest == digest, recovery_code.c.used_at.is_(None))
    return session.execute(update(recovery_code).where(*mine).values(used_at=at)).rowcount == 1


def codes_left(session: Session, user_id: str) -> int:
    """Count the recovery codes that were not used."""
    mine = (recovery_code.c.user_id == user_id, recovery_code.c.used_at.is_(None))
    counted: int = session.execute(select(func.count()).select_from(recovery_code).where(*mine)).scalar_one()
    return counted


def reset(session: Session, user_id: str) -> bool:
    """Take the second factor of an account away; False where there was none."""
    replace_codes(session, user_id, ())
    mine = (second_factor.c.user_id == user_id, second_factor.c.confirmed_at.is_not(None))
    gone = update(second_factor).where(*mine).values(sealed=None, confirmed_at=None, counter=None)
    return session.execute(gone).rowcount == 1


def confirmed(session: Session, user_ids: Collection[str]) -> frozenset[str]:
    """Return which of these accounts have a second factor."""
    query = select(second_factor.c.user_id).where(second_factor.c.user_id.in_(user_ids))
    return frozenset(session.execute(query.where(second_factor.c.confirmed_at.is_not(None))).scalars())


def lacking(session: Session, roles: Collection[str], on: date) -> list[str]:
    """Return the log-in names of who holds one of these roles that day, may log in by a password, and has none."""
    have = select(second_factor.c.user_id).where(second_factor.c.confirmed_at.is_not(None))
    unended = or_(role_grant.c.ends_on.is_(None), role_grant.c.ends_on >= on)
    holds = (role_grant.c.role.in_(roles), role_grant.c.starts_on <= on, unended)
    query = (
        select(user_account.c.username)
        .join(role_grant, role_grant.c.user_id == user_account.c.id)
        .where(*holds, user_account.c.active, user_account.c.password_hash.is_not(None))
        .where(user_account.c.id.not_in(have))
    )
    return list(session.execute(query.distinct().order_by(user_account.c.username)).scalars())


# --- the key above ---------------------------------------------------------------------------------------------------


def left(session: Session) -> int:
    """Count the secrets that do not lie under the newest key yet."""
    query = select(func.count()).select_from(second_factor).where(second_factor.c.sealed.is_not(None), _stale(session))
    counted: int = session.execute(query).scalar_one()
    return counted


def move(session: Session) -> int:
    """Move every secret under the newest key; return how many. Their rows are held meanwhile."""
    query = select(second_factor.c.user_id, second_factor.c.sealed)
    query = query.where(second_factor.c.sealed.is_not(None), _stale(session))
    rows: Sequence[tuple[str, bytes]] = [(row.user_id, row.sealed) for row in session.execute(query.with_for_update())]
    for user_id, sealed in rows:
        anew = crypto.seal(session.keys.present.wrap, _opened(session, user_id, sealed), _place(user_id))
        session.execute(update(second_factor).where(second_factor.c.user_id == user_id).values(sealed=anew))
    return len(rows)


def _stale(session: Session) -> ColumnElement[bool]:
    newest = crypto.seal_head(session.keys.present.wrap[0])
    return func.substr(second_factor.c.sealed, 1, len(newest), type_=LargeBinary()) != newest


def _opened(session: Session, user_id: str, sealed: bytes) -> bytes:
    return crypto.open_seal(session.keys.present.wrap, sealed, _place(user_id))


def _place(user_id: str) -> str:
    return f"second_factor.sealed.{user_id}"
