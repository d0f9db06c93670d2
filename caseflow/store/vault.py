"""Personal data under its subject's own key: creating keys, sealing and opening values, erasing."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, text, update

from caseflow import crypto
from caseflow.errors import Erased, NotFound
from caseflow.ids import new_id
from caseflow.store.reads import among, read
from caseflow.store.session import Session
from caseflow.store.tables import subject

_KEY = read(select(subject.c.wrapped_key, subject.c.destroyed_at).where(subject.c.id == bindparam("of_subject")))
_KEYS = read(
    select(subject.c.id, subject.c.wrapped_key).where(
        among(subject.c.id, "of_subjects"), subject.c.wrapped_key.is_not(None)
    )
)


def create_subject(session: Session, kind: str, *, at: datetime) -> str:
    """Create a subject with a new data key wrapped by the master key; return its id."""
    subject_id = str(new_id(at))
    plain, wrapped = crypto.new_subject_key(session.keys, subject_id)
    session.insert(subject, {"id": subject_id, "kind": kind, "wrapped_key": wrapped, "created_at": at})
    session.subject_keys[subject_id] = plain
    return subject_id


def key_of(session: Session, subject_id: str) -> bytes:
    """Return the subject's data key; `Erased` when it was destroyed, `NotFound` when there is no such subject."""
    if known := session.subject_keys.get(subject_id):
        return known
    row = _KEY.first(session, of_subject=subject_id)
    if row is None:
        raise NotFound
    if row.destroyed_at is not None or row.wrapped_key is None:
        raise Erased
    return learn(session, subject_id, row.wrapped_key)


def learn(session: Session, subject_id: str, wrapped: bytes) -> bytes:
    """Unwrap a subject's key that was read with its row, unless it is known; return it."""
    if subject_id not in session.subject_keys:
        session.subject_keys[subject_id] = crypto.unwrap(session.keys, wrapped, subject_id)
    return session.subject_keys[subject_id]


def load_keys(session: Session, subject_ids: Collection[str]) -> None:
    """Unwrap the keys of many subjects at once; those that were destroyed are left out."""
    if wanted := set(subject_ids) - session.subject_keys.keys():
        for row in _KEYS.all(session, of_subjects=wanted):
            learn(session, row.id, row.wrapped_key)


def seal(session: Session, subject_id: str, place: str, value: Mapping[str, Any]) -> bytes:
    """Encrypt a JSON object; `place` is "table.column.row" and must be the same when opening."""
    return crypto.seal_json(key_of(session, subject_id), dict(value), place)


def unseal(session: Session, subject_id: str, place: str, sealed: bytes) -> dict[str, Any]:
    """Decrypt what `seal` made; `UnreadableSeal` when key, place or bytes differ."""
    opened: dict[str, Any] = crypto.open_json(key_of(session, subject_id), sealed, place)
    return opened


_HELD = read(
    select(subject.c.destroyed_at)
    .where(subject.c.id == bindparam("of_subject"))
    .with_for_update(read=True, key_share=True)
)


def hold(session: Session, subject_id: str) -> None:
    """Keep the subject's key from being destroyed until this transaction ends; `Erased` when it was already."""
    row = _HELD.first(session, of_subject=subject_id)
    if row is not None and row.destroyed_at is not None:
        raise Erased


def erase(session: Session, subject_id: str, *, at: datetime) -> None:
    """Destroy the subject's key: everything sealed under it is gone for good, the log still verifies.

    `at` stays with the subject; erasing again changes nothing. SQLite overwrites the old key in its file; PostgreSQL
    and copies made before keep it until they are cleaned or restored with the list of who was erased.
    """
    if not session.is_postgresql:
        session.execute(text("PRAGMA secure_delete = ON"))
    gone = update(subject).where(subject.c.id == subject_id, subject.c.destroyed_at.is_(None))
    session.execute(gone.values(wrapped_key=None, destroyed_at=at))
    session.subject_keys.pop(subject_id, None)


def seal_bytes(session: Session, subject_id: str, place: str, content: bytes) -> bytes:
    """Encrypt bytes (a PDF, an upload)."""
    return crypto.seal(key_of(session, subject_id), content, place)


def unseal_bytes(session: Session, subject_id: str, place: str, sealed: bytes) -> bytes:
    """Decrypt what `seal_bytes` made."""
    return crypto.open_seal(key_of(session, subject_id), sealed, place)
