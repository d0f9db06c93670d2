"""Moving what lies under an earlier master key to the newest: keys of subjects, blind indexes, second factors."""

from typing import Any

from sqlalchemy import ColumnElement, Row, func, select, text, update

from caseflow import crypto
from caseflow.crypto import Keys
from caseflow.store import psks, second_factors, subjects
from caseflow.store.session import Session
from caseflow.store.tables import household, idempotency, name_key, person, subject

CHUNK = 200
_TABLES = {
    "person": (person, subjects.PERSON_PLACE),
    **dict.fromkeys(("household", "group", "community"), (household, subjects.HOUSEHOLD_PLACE)),
}


def by_key(session: Session) -> dict[str, int]:
    """Return fingerprint -> subjects under that key; a key that is not at hand goes by what its seals begin with."""
    keys = session.keys.present
    known = {crypto.seal_head(key): name for name, key in zip(keys.names, keys.wrap, strict=True)}
    head = _head(subject.c.wrapped_key, keys)
    query = select(head.label("head"), func.count().label("n")).where(subject.c.wrapped_key.is_not(None)).group_by(head)
    return {known.get(bytes(row.head), bytes(row.head).hex()): row.n for row in session.execute(query)}


def answers_left(session: Session) -> int:
    """Count the answers kept for repeated requests that lie under an earlier key."""
    keys = session.keys.present
    earlier = _head(idempotency.c.response, keys) != crypto.seal_head(keys.token[0])
    counted: int = session.execute(select(func.count()).select_from(idempotency).where(earlier)).scalar_one()
    return counted


def left(session: Session) -> int:
    """Count the subjects, and secrets of second factors, that do not lie under the newest key yet."""
    subjects_left = sum(n for name, n in by_key(session).items() if name != session.keys.present.names[0])
    return subjects_left + second_factors.left(session)


def move(session: Session, *, after: str) -> tuple[str | None, int]:
    """Move up to `CHUNK` subjects behind the id `after`; return the last of them and how many, None when none is left.

    The secrets of second factors move before the first of them. The rows are held meanwhile: who edits or erases one
    of them waits, or finds it moved.
    """
    if not session.is_postgresql:
        session.execute(text("PRAGMA secure_delete = ON"))
    if not after:
        second_factors.move(session)
    keys = session.keys.present
    heads = [crypto.seal_head(key) for key in keys.wrap[1:]]
    stale = _head(subject.c.wrapped_key, keys).in_(heads)
    query = select(subject.c.id, subject.c.kind, subject.c.wrapped_key).where(stale)
    if after:
        query = query.where(subject.c.id > after)
    rows = session.execute(query.order_by(subject.c.id).limit(CHUNK).with_for_update()).all()
    for row in rows:
        _move_indexes(session, row)
        wrapped = crypto.wrap_anew(session.keys, row.wrapped_key, row.id)
        session.execute(update(subject).where(subject.c.id == row.id).values(wrapped_key=wrapped))
    return (rows[-1].id if rows else None), len(rows)


def _move_indexes(session: Session, row: Row[Any]) -> None:
    if row.kind not in _TABLES:
        psks.move_index(session, row.id)
        return
    target, place = _TABLES[row.kind]
    found = session.execute(select(target).where(target.c.subject_id == row.id).with_for_update()).first()
    if found is None:
        return
    data = crypto.open_json(crypto.unwrap(session.keys, row.wrapped_key, row.id), found.sealed, place + row.id)
    # What stands empty stays so: somebody has taken it out of the search.
    fresh = {name: value for name, value in subjects.indexes(session, data).items() if getattr(found, name, None)}
    if fresh:
        session.execute(update(target).where(target.c.subject_id == row.id).values(fresh))
    if _has_tokens(session, row.id):
        subjects.set_name_keys(session, row.id, data, closed=True)


def _has_tokens(session: Session, subject_id: str) -> bool:
    """Tell whether a subject is found by keyed names only: it has a closed file."""
    hidden = (name_key.c.subject_id == subject_id, func.length(name_key.c.key) == subjects.TOKEN)
    return session.execute(select(name_key.c.key).where(*hidden).limit(1)).first() is not None


def _head(column: ColumnElement[bytes], keys: Keys) -> ColumnElement[bytes]:
    """Return the beginning of a seal, which says under which key it was made."""
    return func.substr(column, 1, len(crypto.seal_head(keys.wrap[0])), type_=column.type)
