"""The tree over the log: gapless positions, whoever sequences; proofs that hold, from few rows."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Table, delete, event, func, insert, select, text
from sqlalchemy.exc import DBAPIError

from caseflow import merkle
from caseflow.access import SYSTEM_USER
from caseflow.ids import new_id
from caseflow.store import health, log, tree, triggers
from caseflow.store.session import Database, Session
from caseflow.store.tables import access_entry, case_entry, log_checkpoint, log_leaf, log_pending, log_subtree
from tests import factories
from tests.world import World, at, bring, opened

several = settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])


def naive_root(leaves: list[bytes]) -> bytes:
    if len(leaves) < 2:
        return leaves[0] if leaves else merkle.EMPTY
    k = 1 << (len(leaves) - 1).bit_length() - 1
    return merkle.parent(naive_root(leaves[:k]), naive_root(leaves[k:]))


def note(session: Session, count: int, *, minute: int = 0) -> None:
    """Write access entries; for the tree an entry is its hash."""
    at = factories.MONDAY + timedelta(minutes=minute)
    same = {"code": "user:log_in:done", "entered_at": at, "actor": SYSTEM_USER, "data": "{}"}
    rows = [{"id": str(new_id(at)), "hash": os.urandom(32).hex(), **same} for _ in range(count)]
    if rows:
        session.execute(insert(access_entry), rows)


def sequence_all(session: Session, limit: int = tree.CHUNK) -> None:
    while tree.sequence(session, limit=limit):
        pass


def leaves(session: Session) -> list[bytes]:
    return list(session.execute(select(log_leaf.c.hash).order_by(log_leaf.c.position)).scalars())


def positions(session: Session) -> list[int]:
    return list(session.execute(select(log_leaf.c.position).order_by(log_leaf.c.position)).scalars())


@pytest.fixture
def database(any_migrated_url: str, tmp_path: Path) -> Iterator[Database]:
    opened = factories.database(any_migrated_url, tmp_path)
    yield opened
    opened.close()


class _NothingStaysError(Exception):
    pass


@contextmanager
def scratch(database: Database) -> Iterator[Session]:
    """Yield a session of which nothing stays."""
    try:
        with database.write() as session:
            yield session
            raise _NothingStaysError  # noqa: TRY301 - what rolls the transaction back
    except _NothingStaysError:
        pass


# --- positions -------------------------------------------------------------------------------------------------------


def test_every_entry_waits_and_gets_one_position(world: World) -> None:
    at(world, "closed")
    session = world.session
    sequence_all(session)
    hashes = {row.id: row.hash for table in (case_entry, access_entry) for row in session.execute(select(table))}
    placed = session.execute(select(log_leaf).order_by(log_leaf.c.position)).all()
    assert tree.waiting(session) == 0
    assert [row.position for row in placed] == list(range(len(hashes))) == list(range(tree.size(session)))
    assert {row.entry_id: row.hash.hex() for row in placed} == {
        entry: merkle.leaf(bytes.fromhex(hashed)).hex() for entry, hashed in hashes.items()
    }


def test_entries_of_a_case_stand_in_their_order(world: World) -> None:
    case, other = opened(world), opened(world)
    for state in ("assessment", "intervention_plan"):
        bring(world, case, state)
        bring(world, other, state)
    sequence_all(world.session)
    for one in (case, other):
        query = select(case_entry.c.seq).join(log_leaf, log_leaf.c.entry_id == case_entry.c.id)
        found = world.session.execute(query.where(case_entry.c.case_id == one).order_by(log_leaf.c.position)).scalars()
        assert list(found) == [entry.seq for entry in log.entries_of(world.session, one)]


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_entries_of_one_statement_may_stand_in_the_queue_in_any_order(world: World, limit: int) -> None:
    case = opened(world)
    bring(world, case, "intervention_plan")
    waiting = list(world.session.execute(select(log_pending.c.entry_id).order_by(log_pending.c.n.desc())).scalars())
    world.session.execute(delete(log_pending))
    world.session.execute(insert(log_pending), [{"entry_id": entry} for entry in waiting])
    sequence_all(world.session, limit)
    placed = select(case_entry.c.case_id, case_entry.c.seq).join(log_leaf, log_leaf.c.entry_id == case_entry.c.id)
    found: dict[str, list[int]] = {}
    for row in world.session.execute(placed.order_by(log_leaf.c.position)):
        found.setdefault(row.case_id, []).append(row.seq)
    assert {tuple(seqs) for seqs in found.values()} == {tuple(range(1, len(seqs) + 1)) for seqs in found.values()}
    assert tree.size(world.session) == len(waiting)


def test_what_is_not_committed_waits_and_holds_nobody_up(migrated_url: factories.UrlOf, tmp_path: Path) -> None:
    """The slow writer was first in the queue, and is still the later leaf: its entry came to be later."""
    database = factories.database(migrated_url("postgresql"), tmp_path)
    with database.write() as slow:
        note(slow, 1)
        with database.write() as quick:
            note(quick, 2, minute=1)
        with database.write() as session:
            sequence_all(session)
            assert tree.size(session) == 2
    with database.write() as session:
        sequence_all(session)
        placed = session.execute(
            select(access_entry.c.entered_at)
            .join(log_leaf, log_leaf.c.entry_id == access_entry.c.id)
            .order_by(log_leaf.c.position)
        ).scalars()
        assert [moment.minute for moment in placed] == [1, 1, 0]
        assert (positions(session), tree.waiting(session)) == ([0, 1, 2], 0)
    database.close()


def test_sequencers_and_writers_at_once_leave_no_gap(database: Database) -> None:
    """Four write, two sequence; a fifth writer changes its mind each time."""
    rounds, together = 12, Barrier(7)

    def write(number: int) -> None:
        together.wait()
        for minute in range(rounds):
            if number == 4:
                with scratch(database) as session:
                    note(session, 3, minute=minute)
                continue
            with database.write() as session:
                note(session, number + 1, minute=minute)

    def sequence(limit: int) -> None:
        together.wait()
        for _round in range(rounds * 3):
            with database.write() as session:
                tree.sequence(session, limit=limit)

    with ThreadPoolExecutor(7) as pool:
        running = [pool.submit(write, number) for number in range(5)] + [pool.submit(sequence, n) for n in (3, 7)]
        for each in running:
            each.result()
    with database.write() as session:
        sequence_all(session)
        count = rounds * (1 + 2 + 3 + 4)
        assert positions(session) == list(range(count))
        assert session.execute(select(func.count(log_leaf.c.entry_id.distinct()))).scalar_one() == count
        assert tree.root_at(session, count) == naive_root(leaves(session))
        assert tree.waiting(session) == 0


def test_a_queue_restored_beside_its_tree_places_nothing_twice(database: Database) -> None:
    with database.write() as session:
        note(session, 20)
        sequence_all(session)
        before = leaves(session)
        for entry in session.execute(select(access_entry.c.id)).scalars().all():
            session.execute(insert(log_pending).values(entry_id=entry))
        note(session, 1, minute=1)
        sequence_all(session)
        assert leaves(session)[:20] == before
        assert (tree.size(session), tree.waiting(session)) == (21, 0)


def test_an_entry_that_is_gone_stays_in_the_queue_and_holds_nobody_up(database: Database) -> None:
    with database.write() as session:
        session.execute(insert(log_pending), [{"entry_id": str(new_id(factories.MONDAY))} for _ in range(5)])
        note(session, 3)
        sequence_all(session, limit=2)
        assert (tree.size(session), tree.waiting(session)) == (3, 5)


# --- the tree against the naive one ----------------------------------------------------------------------------------


@several
@given(batches=st.lists(st.integers(0, 90), max_size=8), limit=st.integers(1, 70), data=st.data())
def test_roots_and_proofs_are_those_of_all_leaves(
    database: Database, batches: list[int], limit: int, data: st.DataObject
) -> None:
    with scratch(database) as session:
        for minute, count in enumerate(batches):
            note(session, count, minute=minute)
            sequence_all(session, limit)
            assert tree.root_at(session, tree.size(session)) == naive_root(leaves(session))
        hashes = leaves(session)
        size = len(hashes)
        assert size == sum(batches)
        kept = {(row.level, row.number): row.hash for row in session.execute(select(log_subtree))}
        wanted = {(n, i) for n in (1, 2) for i in range(size >> 4 * n)}
        assert kept.keys() == wanted
        assert all(h == naive_root(hashes[i << 4 * n : (i + 1) << 4 * n]) for (n, i), h in kept.items())
        if not size:
            return
        node = tree.nodes(session)
        index = data.draw(st.integers(0, size - 1))
        at_size = data.draw(st.integers(index + 1, size))
        path = merkle.inclusion(index, at_size, node)
        assert merkle.is_included(hashes[index], index, at_size, path, naive_root(hashes[:at_size]))
        old = data.draw(st.integers(1, at_size))
        proof = merkle.consistency(old, at_size, node)
        roots = naive_root(hashes[:old]), naive_root(hashes[:at_size])
        assert merkle.is_consistent(old, roots[0], at_size, roots[1], proof)
        assert tree.root_at(session, old) == roots[0], "the root of any earlier size is still known"


def test_a_proof_reads_few_rows_however_long_the_log(database: Database) -> None:
    with database.write() as session:
        note(session, 5000)
        sequence_all(session)
        read = []

        @event.listens_for(session.conn, "after_cursor_execute")
        def _count(_conn: object, cursor: object, *_more: object) -> None:
            read.append(cursor)

        path = merkle.inclusion(1234, 4999, tree.nodes(session))
    assert len(path) == 13
    assert len(read) <= 2 * 4, "at most two groups of sixteen rows a level"


def test_a_subtree_that_is_not_complete_is_not_made_up(database: Database) -> None:
    with database.write() as session:
        note(session, 20)
        sequence_all(session)
        with pytest.raises(LookupError, match="subtree 4/1 is not complete"):
            tree.nodes(session)(4, 1)
        leaf = tree.leaf_of(session, session.execute(select(access_entry.c.id)).scalars().first() or "")
        assert leaf is not None
        assert leaf.hash == leaves(session)[leaf.position]
        assert tree.leaf_of(session, str(new_id(factories.MONDAY))) is None


@pytest.mark.parametrize("table", ["case_entry", "access_entry"])
def test_a_log_that_no_longer_feeds_the_tree_is_noticed(database: Database, table: str) -> None:
    with scratch(database) as session:
        assert health.missing_triggers(session) == ()
        on = f" ON {table}" if session.is_postgresql else ""
        session.conn.execute(text(f"DROP TRIGGER {table}_is_pending{on}"))
        assert health.missing_triggers(session) == (f"{table}_is_pending",)


@pytest.mark.parametrize("table", [log_leaf, log_subtree, log_checkpoint], ids=lambda table: str(table.name))
def test_the_tree_and_its_heads_are_append_only(database: Database, table: Table) -> None:
    with database.write() as session:
        note(session, 20)
        sequence_all(session)
        head = {
            "id": str(new_id(factories.MONDAY)),
            "cause_key": "c",
            "size": 20,
            "made_at": factories.MONDAY,
            "note": "",
        }
        session.execute(insert(log_checkpoint).values(head))
    before = contents(database, table)
    attempts = [f"UPDATE {table.name} SET {table.c.keys()[-1]} = NULL", f"DELETE FROM {table.name}"]  # noqa: S608 - our own names
    with database.read() as session:
        attempts += [f"TRUNCATE {table.name} CASCADE"] if session.is_postgresql else []
    for attempt in attempts:
        with pytest.raises(DBAPIError, match=triggers.MESSAGE), database.write() as session:
            session.conn.execute(text(attempt))
    assert contents(database, table) == before != []


def contents(database: Database, table: Table) -> list[str]:
    with database.read() as session:
        return sorted(map(repr, session.execute(select(table))))
