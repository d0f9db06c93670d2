"""Checking the tree against the log: every leaf its entry's, no gap, subtrees and roots as the leaves have it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Row, Select, exists, func, select

from caseflow import merkle
from caseflow.store import tree
from caseflow.store.session import Session
from caseflow.store.tables import access_entry, case_entry, log_leaf, log_pending, log_subtree

CHUNK = 4000

Reason = Literal["gap", "gone", "leaf", "unplaced", "subtree", "root", "short"]


@dataclass(frozen=True, slots=True)
class Head:
    """What somebody else says the tree was: its root at a size, and where that is said."""

    size: int
    root: bytes
    source: str


@dataclass(frozen=True, slots=True)
class Misplaced:
    """Something that does not hold: from which position on, and the entry where there is one."""

    reason: Reason
    position: int | None
    entry_id: str
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What was looked at, and what does not hold, in the order of the tree."""

    leaves: int
    waiting: int
    wrong: tuple[Misplaced, ...]


@dataclass(slots=True)
class _Pass:
    """One pass over the leaves; `edge` is None behind a gap: from there on no root is known."""

    heads: list[Head]
    edge: merkle.Edge | None
    good: int = 0
    """The largest size at which a head was found right."""


def check(session: Session, heads: Sequence[Head]) -> Checked:
    """Check the whole tree. On PostgreSQL ask within a snapshot, or what is sequenced meanwhile looks unplaced."""
    size = tree.size(session)
    run = _Pass(sorted(heads, key=lambda head: head.size), merkle.Edge())
    wrong: list[Misplaced] = []
    expected = 0
    for start in range(0, size, CHUNK):
        rows = session.execute(_leaves(start, min(start + CHUNK, size))).all()
        completed: dict[tuple[int, int], bytes] = {}
        for row in rows:
            wrong += _reached(run, expected)
            if row.position != expected:
                wrong.append(Misplaced("gap", expected, "", str(expected), str(row.position)))
                run.edge = None
            expected = row.position + 1
            leaf = _proper(row.hash)
            wrong += _own(session, row, leaf)
            if run.edge is not None:
                completed |= _grown(run.edge, leaf or bytes(32))
        wrong += _kept(session, completed)
    wrong += _reached(run, expected)
    wrong += [_short(head, size) for head in run.heads]
    wrong += _extra(session, size)
    wrong += _unplaced(session)
    return Checked(size, tree.waiting(session), tuple(wrong))


def _leaves(start: int, end: int) -> Select[Any]:
    entry = func.coalesce(case_entry.c.hash, access_entry.c.hash).label("entry_hash")
    return (
        select(log_leaf.c.position, log_leaf.c.hash, entry)
        .outerjoin(case_entry, case_entry.c.id == log_leaf.c.entry_id)
        .outerjoin(access_entry, access_entry.c.id == log_leaf.c.entry_id)
        .where(log_leaf.c.position >= start, log_leaf.c.position < end)
        .order_by(log_leaf.c.position)
    )


def _proper(hashed: object) -> bytes | None:
    """Return a hash as it should be; SQLite stores whatever it is given."""
    return hashed if isinstance(hashed, bytes) and len(hashed) == len(merkle.EMPTY) else None


def _own(session: Session, row: Row[Any], leaf: bytes | None) -> Iterator[Misplaced]:
    """Compare a leaf with its entry, which is looked up by name only where they differ."""
    try:
        expected = merkle.leaf(bytes.fromhex(row.entry_hash)) if row.entry_hash is not None else None
    except (ValueError, TypeError):
        expected = b""
    if expected == leaf and leaf:
        return
    entry = session.execute(select(log_leaf.c.entry_id).where(log_leaf.c.position == row.position)).scalar()
    reason: Reason = "gone" if expected is None else "leaf"
    found = leaf.hex() if leaf else repr(row.hash)
    yield Misplaced(reason, row.position, str(entry), expected.hex() if expected else "-", found)


def _grown(edge: merkle.Edge, leaf: bytes) -> dict[tuple[int, int], bytes]:
    return {
        (level // tree.BITS, number): hashed
        for level, number, hashed in merkle.grow(edge, leaf)
        if level % tree.BITS == 0
    }


def _kept(session: Session, completed: Mapping[tuple[int, int], bytes]) -> Iterator[Misplaced]:
    """Compare the subtrees that some leaves completed with those kept."""
    for level in sorted({level for level, _number in completed}):
        numbers = [number for at, number in completed if at == level]
        query = select(log_subtree.c.number, log_subtree.c.hash).where(
            log_subtree.c.level == level, log_subtree.c.number.between(numbers[0], numbers[-1])
        )
        kept = {row.number: row.hash for row in session.execute(query)}
        for number in numbers:
            expected, found = completed[level, number], kept.get(number)
            if found != expected:
                first = number << level * tree.BITS
                shown = found.hex() if isinstance(found, bytes) else str(found or "-")
                yield Misplaced("subtree", first, "", expected.hex(), shown)


def _reached(run: _Pass, size: int) -> Iterator[Misplaced]:
    """Compare the heads of this size, once the leaves before it have been seen."""
    while run.heads and run.heads[0].size <= size:
        head = run.heads.pop(0)
        if run.edge is None:
            continue
        root = merkle.root(run.edge)
        if root == head.root:
            run.good = head.size
        else:
            yield Misplaced("root", run.good, head.source, head.root.hex(), root.hex())


def _short(head: Head, size: int) -> Misplaced:
    return Misplaced("short", size, head.source, str(head.size), str(size))


def _extra(session: Session, size: int) -> Iterator[Misplaced]:
    """Name kept subtrees that no leaves are under."""
    query = select(log_subtree.c.level, func.max(log_subtree.c.number).label("last")).group_by(log_subtree.c.level)
    for row in session.execute(query.order_by(log_subtree.c.level)):
        if row.last >= size >> row.level * tree.BITS:
            yield Misplaced("subtree", row.last << row.level * tree.BITS, "", "-", f"{row.level}/{row.last}")


def _unplaced(session: Session) -> Iterator[Misplaced]:
    """Name entries that neither stand in the tree nor wait, and those that wait and are gone."""
    for table in (case_entry, access_entry):
        placed = exists().where(log_leaf.c.entry_id == table.c.id)
        waits = exists().where(log_pending.c.entry_id == table.c.id)
        query = select(table.c.id, table.c.hash).where(~placed, ~waits).order_by(table.c.id)
        for row in session.execute(query):
            yield Misplaced("unplaced", None, str(row.id), str(row.hash), "-")
    there = [exists().where(table.c.id == log_pending.c.entry_id) for table in (case_entry, access_entry)]
    gone = select(log_pending.c.entry_id).where(*(~one for one in there)).order_by(log_pending.c.n)
    for entry in session.execute(gone).scalars():
        yield Misplaced("gone", None, str(entry), "-", "-")
