"""Entries of the log with their place in the tree: one by its name, and streams of those somebody may see."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from heapq import merge
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, false, or_, select

from caseflow.access import Viewer
from caseflow.audit import Envelope
from caseflow.store import log
from caseflow.store.scope import visible_to
from caseflow.store.session import Session
from caseflow.store.tables import access_entry, case_entry, case_file, log_leaf

CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Placed:
    """An entry as it was hashed, the hash stored beside it, and its position."""

    position: int
    hash: str
    envelope: Envelope


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of the log: before a size of the tree, typed within a span, in an area (a code prefix)."""

    size: int
    start: datetime | None = None
    end: datetime | None = None
    area: str = ""


def find(session: Session, name: str) -> Placed | None:
    """Return an entry by its id, or by number of the case and place in it (6310-2026-000123/5); None while it waits."""
    number, slash, seq = name.rpartition("/")
    if slash:
        wanted = (case_file.c.number == number, case_entry.c.seq == int(seq) if seq.isdecimal() else false())
        row = session.execute(_case_entries().where(*wanted)).first()
        return _case_placed(row) if row else None
    row = session.execute(_case_entries().where(case_entry.c.id == name)).first()
    if row is not None:
        return _case_placed(row)
    row = session.execute(_access_entries().where(access_entry.c.id == name)).first()
    return _access_placed(row) if row else None


def stream(session: Session, viewer: Viewer, part: Part, *, alone: bool) -> Iterator[Placed]:
    """Yield the entries of a part that the viewer may see, by position; `alone`: those about no case as well."""
    cases = _case_entries().where(visible_to(viewer), *_within(part, case_entry.c.entered_at))
    about = or_(visible_to(viewer), case_file.c.id.is_(None) if alone and not part.area else false())
    access = _access_entries().where(about, *_within(part, access_entry.c.entered_at))
    if part.area:
        here = case_file.c.area_code.startswith(part.area, autoescape=True)
        cases, access = cases.where(here), access.where(here)
    found = (map(_case_placed, _chunks(session, cases)), map(_access_placed, _chunks(session, access)))
    return merge(*found, key=lambda placed: placed.position)


def missing(session: Session, size: int) -> Iterator[tuple[int, str]]:
    """Yield position and id of entries that stand in the tree and are gone."""
    query = (
        select(log_leaf.c.position, log_leaf.c.entry_id)
        .outerjoin(case_entry, case_entry.c.id == log_leaf.c.entry_id)
        .outerjoin(access_entry, access_entry.c.id == log_leaf.c.entry_id)
        .where(case_entry.c.id.is_(None), access_entry.c.id.is_(None), log_leaf.c.position < size)
    )
    return ((row.position, str(row.entry_id)) for row in _chunks(session, query))


def _within(part: Part, entered_at: ColumnElement[datetime]) -> Iterator[ColumnElement[bool]]:
    yield log_leaf.c.position < part.size
    if part.start is not None:
        yield entered_at >= part.start
    if part.end is not None:
        yield entered_at < part.end


def _chunks(session: Session, query: Select[Any]) -> Iterator[Row[Any]]:
    """Yield rows by position, a chunk in memory at a time."""
    last = -1
    while True:
        rows = session.execute(query.where(log_leaf.c.position > last).order_by(log_leaf.c.position).limit(CHUNK)).all()
        yield from rows
        if len(rows) < CHUNK:
            return
        last = rows[-1].position


def _case_entries() -> Select[Any]:
    return (
        select(log_leaf.c.position, case_entry)
        .select_from(log_leaf)
        .join(case_entry, case_entry.c.id == log_leaf.c.entry_id)
        .join(case_file, case_file.c.id == case_entry.c.case_id)
    )


def _access_entries() -> Select[Any]:
    return (
        select(log_leaf.c.position, access_entry)
        .select_from(log_leaf)
        .join(access_entry, access_entry.c.id == log_leaf.c.entry_id)
        .outerjoin(case_file, case_file.c.id == access_entry.c.case_id)
    )


def _case_placed(row: Row[Any]) -> Placed:
    return Placed(row.position, row.hash, log.envelope_of(row))


def _access_placed(row: Row[Any]) -> Placed:
    said = log.data_of(row.data)
    envelope = log.access_envelope(row.id, row.code, row.actor, row.entered_at, row.case_id, said)
    return Placed(row.position, row.hash, replace(envelope, payload=row.payload_digest))


# --- by case ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Step:
    """An entry of a case, with what process mining asks of the case: category and kabupaten, nothing nearer."""

    placed: Placed
    category: str
    area: str


def by_case(session: Session, viewer: Viewer, part: Part) -> Iterator[Step]:
    """Yield the case entries of a part that the viewer may see, case by case, each in its order."""
    query = _case_entries().add_columns(case_file.c.category, case_file.c.area_code)
    query = query.where(visible_to(viewer), *_within(part, case_entry.c.entered_at))
    if part.area:
        query = query.where(case_file.c.area_code.startswith(part.area, autoescape=True))
    order = (case_entry.c.case_id, case_entry.c.seq)
    last: tuple[str, int] | None = None
    while True:
        chunk = query if last is None else query.where(_behind(*last))
        rows = session.execute(chunk.order_by(*order).limit(CHUNK)).all()
        for row in rows:
            yield Step(_case_placed(row), row.category, row.area_code)
        if len(rows) < CHUNK:
            return
        last = (rows[-1].case_id, rows[-1].seq)


def _behind(case_id: str, seq: int) -> ColumnElement[bool]:
    return or_(case_entry.c.case_id > case_id, (case_entry.c.case_id == case_id) & (case_entry.c.seq > seq))
