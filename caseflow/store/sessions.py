"""Server-side sessions of the pages, and answers kept for repeated requests."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, bindparam, delete, func, insert, select, update

from caseflow.store import sql
from caseflow.store.reads import read
from caseflow.store.session import Session
from caseflow.store.tables import idempotency, web_session

HANDLE = 16
"""Digits of its digest by which a page names a session: they open nothing."""
_DEVICE = 60
_LAST_SEEN = (web_session.c.seen_at.desc(), web_session.c.digest)
_FIND = read(
    select(web_session).where(
        web_session.c.digest == bindparam("digest"), web_session.c.revoked_at.is_(None), web_session.c.owes.is_(None)
    )
)


def add(
    session: Session,
    digest: str,
    user_id: str,
    csrf: str,
    *,
    at: datetime,
    ends_at: datetime,
    owes: str | None = None,
    device: str = "",
) -> None:
    """Insert a session by the digest of its cookie; one that owes something is no session yet."""
    values = {"digest": digest, "user_id": user_id, "csrf": csrf, "created_at": at, "seen_at": at, "ends_at": ends_at}
    session.execute(insert(web_session).values({**values, "owes": owes, "device": device[:_DEVICE] or None}))


def find(session: Session, digest: str) -> Row[Any] | None:
    """Return a session that was not revoked and owes nothing."""
    return _FIND.first(session, digest=digest)


def half_open(session: Session, digest: str) -> Row[Any] | None:
    """Return what was begun by a password and still owes something, unless it was revoked."""
    query = select(web_session).where(web_session.c.digest == digest, web_session.c.revoked_at.is_(None))
    return session.execute(query.where(web_session.c.owes.is_not(None))).first()


def count_try(session: Session, digest: str, *, most: int, at: datetime) -> bool:
    """Count one more try of a half-open session; False where it has ended, or had as many: nobody finds it any more."""
    tries = func.coalesce(web_session.c.tries, 0)
    mine = update(web_session).where(web_session.c.digest == digest, web_session.c.ends_at > at, tries < most)
    counted = mine.where(web_session.c.owes.is_not(None), web_session.c.revoked_at.is_(None)).values(tries=tries + 1)
    return session.execute(counted).rowcount > 0


def of_user(session: Session, user_id: str, *, now: datetime, seen_since: datetime) -> list[Row[Any]]:
    """Return where somebody is logged in now, the one used last first."""
    return list(session.execute(select(web_session).where(*_alive(user_id, now, seen_since)).order_by(*_LAST_SEEN)))


def revoke_by_handle(session: Session, user_id: str, handle: str, *, at: datetime) -> bool:
    """End a session of somebody by the beginning of its digest; False where there is none."""
    mine = (web_session.c.user_id == user_id, web_session.c.revoked_at.is_(None))
    ended = update(web_session).where(*mine, func.substr(web_session.c.digest, 1, HANDLE) == handle)
    return session.execute(ended.values(revoked_at=at)).rowcount > 0


def revoke_others(session: Session, user_id: str, digest: str, *, at: datetime) -> int:
    """End every session of somebody but one; return how many."""
    mine = (web_session.c.user_id == user_id, web_session.c.revoked_at.is_(None), web_session.c.digest != digest)
    return session.execute(update(web_session).where(*mine).values(revoked_at=at)).rowcount


def _alive(user_id: str, now: datetime, seen_since: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        web_session.c.user_id == user_id,
        web_session.c.revoked_at.is_(None),
        web_session.c.owes.is_(None),
        web_session.c.ends_at > now,
        web_session.c.seen_at >= seen_since,
    )


def touch(session: Session, digest: str, *, at: datetime) -> None:
    """Note that a session was used."""
    session.execute(update(web_session).where(web_session.c.digest == digest).values(seen_at=at))


def revoke(session: Session, digest: str, *, at: datetime) -> None:
    """End a session."""
    session.execute(update(web_session).where(web_session.c.digest == digest).values(revoked_at=at))


def wait_for(session: Session, user_id: str, key: str) -> None:
    """Wait until no other transaction is answering this key."""
    sql.one_at_a_time(session, f"idempotency:{user_id}:{key}")


def revoke_all(session: Session, user_id: str, *, at: datetime) -> None:
    """End every session of a user."""
    mine = (web_session.c.user_id == user_id, web_session.c.revoked_at.is_(None))
    session.execute(update(web_session).where(*mine).values(revoked_at=at))


def recall(session: Session, user_id: str, key: str) -> Row[Any] | None:
    """Return what was answered to this key."""
    query = select(idempotency).where(idempotency.c.user_id == user_id, idempotency.c.key == key)
    return session.execute(query).first()


def recall_all(session: Session, user_id: str, keys: Sequence[str]) -> list[Row[Any]]:
    """Return what was answered to these keys, where something was."""
    query = select(idempotency).where(idempotency.c.user_id == user_id, idempotency.c.key.in_(keys))
    return list(session.execute(query))


def remember(
    session: Session, user_id: str, key: str, digest: str, status: int, response: bytes, *, at: datetime
) -> bool:
    """Keep an answer under its key; False when another request with the key was quicker."""
    values = {"user_id": user_id, "key": key, "digest": digest, "status": status, "response": response}
    return sql.insert_new(session, idempotency, {**values, "created_at": at}, ("user_id", "key"))


def forget(session: Session, *, before: datetime) -> int:
    """Drop answers older than `before`."""
    return session.execute(delete(idempotency).where(idempotency.c.created_at < before)).rowcount
