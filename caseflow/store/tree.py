"""The Merkle tree over the log as rows: entries get positions after their commit; proofs from few rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, Row, Select, bindparam, delete, exists, func, insert, select

from caseflow import merkle
from caseflow.store.hot import Hot
from caseflow.store.reads import read
from caseflow.store.session import Session
from caseflow.store.sql import one_at_a_time
from caseflow.store.tables import access_entry, case_entry, log_leaf, log_pending, log_subtree

CHUNK = 1000
BITS = 4
"""Subtrees of 16, 256, 4096 ... leaves are kept."""
WIDTH = 1 << BITS
GROUPS_KEPT = 4096
"""How many groups of sixteen one reader keeps: some megabytes, however long the log."""


_LAST = Hot(select(func.max(log_leaf.c.position)))


def size(session: Session) -> int:
    """Return how many leaves the tree has."""
    found = session.first(_LAST, {})
    return 0 if found is None or found[0] is None else int(found[0]) + 1


def waiting(session: Session) -> int:
    """Return how many entries have no position yet."""
    count: int = session.execute(select(func.count(log_pending.c.n))).scalar_one()
    return count


# --- sequencing ------------------------------------------------------------------------------------------------------


def sequence(session: Session, *, limit: int = CHUNK) -> int:
    """Give `limit` committed entries (or a few more) their positions behind the last; return how many waited.

    One sequencer at a time: a second one waits for the first to end, then goes on behind it. What is not committed yet
    is not seen and waits for the next round, so a slow writer holds nobody up and tears nothing. An entry of a case
    comes behind the entries before it.
    """
    one_at_a_time(session, "log.sequence")
    rows = list(session.execute(_queue().order_by(log_pending.c.n).limit(limit)))
    if not rows:
        return 0
    if len(rows) >= limit:
        rows += _left_behind(session, rows)
    edge = merkle.edge_at(size(session), nodes(session))
    leaves: list[dict[str, Any]] = []
    subtrees: list[dict[str, Any]] = []
    for row in _in_chain_order(rows):
        if row.position is not None:
            continue  # restored beside a queue of its own
        leaf = merkle.leaf(bytes.fromhex(row.hash))
        leaves.append({"position": edge.size, "entry_id": row.entry_id, "hash": leaf})
        subtrees += _kept(merkle.grow(edge, leaf))
    for table, new in ((log_leaf, leaves), (log_subtree, subtrees)):
        if new:
            session.execute(insert(table), new)
    placed = exists().where(log_leaf.c.entry_id == log_pending.c.entry_id)
    last = max(row.n for row in rows)
    session.execute(delete(log_pending).where(log_pending.c.n.between(rows[0].n, last), placed))
    return len(rows)


def _queue() -> Select[Any]:
    """Select what waits; an entry that is gone stays in the queue, as a trace of itself."""
    hashed = func.coalesce(case_entry.c.hash, access_entry.c.hash)
    return (
        select(log_pending.c.n, log_pending.c.entry_id, hashed.label("hash"), log_leaf.c.position)
        .add_columns(case_entry.c.case_id, case_entry.c.seq, case_entry.c.entered_at)
        .outerjoin(case_entry, case_entry.c.id == log_pending.c.entry_id)
        .outerjoin(access_entry, access_entry.c.id == log_pending.c.entry_id)
        .outerjoin(log_leaf, log_leaf.c.entry_id == log_pending.c.entry_id)
        .where(hashed.is_not(None))
    )


def _left_behind(session: Session, rows: Sequence[Row[Any]]) -> Sequence[Row[Any]]:
    """Return what still waits of the cases among the rows and may come before them: nothing typed later can."""
    found = [row for row in rows if row.case_id is not None]
    if not found:
        return []
    mine = case_entry.c.case_id.in_({row.case_id for row in found})
    until = max(row.entered_at for row in found)
    query = _queue().where(mine, case_entry.c.entered_at <= until, log_pending.c.n > rows[-1].n)
    return session.execute(query.order_by(log_pending.c.n)).all()


def _in_chain_order(rows: Sequence[Row[Any]]) -> list[Row[Any]]:
    """Return the rows in the order of the queue, each case's in the order of its chain.

    The entries of one statement get their places in the queue in any order: PostgreSQL promises none.
    """
    ordered = list(rows)
    places: dict[str, list[int]] = {}
    for place, row in enumerate(ordered):
        if row.case_id is not None:
            places.setdefault(row.case_id, []).append(place)
    for mine in places.values():
        for place, row in zip(mine, sorted((ordered[p] for p in mine), key=lambda r: r.seq), strict=True):
            ordered[place] = row
    return ordered


def _kept(completed: Sequence[tuple[int, int, bytes]]) -> Iterator[dict[str, Any]]:
    for level, number, hashed in completed:
        if level % BITS == 0:
            yield {"level": level // BITS, "number": number, "hash": hashed}


# --- reading ---------------------------------------------------------------------------------------------------------


def nodes(session: Session) -> merkle.Node:
    """Return what looks up complete subtrees: each from at most sixteen rows, groups of sixteen kept once read."""
    groups: dict[tuple[int, int], list[bytes]] = {}

    def group(level: int, number: int) -> list[bytes]:
        if (level, number) not in groups:
            if len(groups) >= GROUPS_KEPT:
                groups.clear()
            first = number << BITS
            statement = _SUBTREES if level else _LEAVES
            asked = {"at_level": level} if level else {}
            groups[level, number] = statement.firsts(session, **asked, start=first, stop=first + WIDTH)
        return groups[level, number]

    def node(level: int, index: int) -> bytes:
        kept, rest = divmod(level, BITS)
        first = index << rest
        found = group(kept, first >> BITS)[first % WIDTH : first % WIDTH + (1 << rest)]
        if len(found) != 1 << rest:
            raise LookupError(f"subtree {level}/{index} is not complete")
        return _whole(found)

    return node


def _whole(hashes: Sequence[bytes]) -> bytes:
    edge = merkle.Edge()
    for each in hashes:
        merkle.grow(edge, each)
    return merkle.root(edge)


_START: BindParameter[int] = bindparam("start", type_=log_leaf.c.position.type)
_STOP: BindParameter[int] = bindparam("stop", type_=log_leaf.c.position.type)
_LEAVES = read(
    select(log_leaf.c.hash)
    .where(log_leaf.c.position >= _START, log_leaf.c.position < _STOP)
    .order_by(log_leaf.c.position)
)
_SUBTREES = read(
    select(log_subtree.c.hash)
    .where(log_subtree.c.level == bindparam("at_level"), log_subtree.c.number >= _START, log_subtree.c.number < _STOP)
    .order_by(log_subtree.c.number)
)


def root_at(session: Session, leaves: int) -> bytes:
    """Return the root of the tree of the first `leaves` entries."""
    return merkle.root(merkle.edge_at(leaves, nodes(session)))


@dataclass(frozen=True, slots=True)
class Leaf:
    """The place of an entry in the tree."""

    position: int
    entry_id: str
    hash: bytes


def leaf_of(session: Session, entry_id: str) -> Leaf | None:
    """Return where an entry stands; None while it waits."""
    row = session.execute(select(log_leaf).where(log_leaf.c.entry_id == entry_id)).first()
    return Leaf(row.position, row.entry_id, row.hash) if row else None
