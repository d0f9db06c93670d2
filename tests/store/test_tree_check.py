"""What somebody changes behind the tree is named: leaves, subtrees, a cut tail; a rewritten log by an outside head."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, func, insert, select, text, update

from caseflow import audit, merkle
from caseflow.access import SYSTEM_USER
from caseflow.ids import new_id
from caseflow.store import log, tree, tree_check, triggers
from caseflow.store.session import Database, Session
from caseflow.store.tables import access_entry, case_entry, log_leaf, log_pending, log_subtree
from caseflow.store.tree_check import Head, Misplaced
from tests import factories
from tests.world import World, at

COUNT = 300


@pytest.fixture(params=["sqlite", "postgresql"])
def session(request: pytest.FixtureRequest, shared_url: factories.UrlOf, tmp_path: Path) -> Iterator[Session]:
    """Return a log of access entries in its tree, its triggers taken away; nothing stays."""
    database = factories.database(shared_url(request.param), tmp_path)
    try:
        with database.write() as opened:
            for n in range(COUNT):
                moment = factories.MONDAY + timedelta(seconds=n)
                log.note_access(opened, "user:log_in:done", actor=SYSTEM_USER, at=moment, data={"n": n})
            while tree.sequence(opened):
                pass
            unlock(opened)
            yield opened
            opened.conn.rollback()
    finally:
        database.close()


def unlock(session: Session) -> None:
    """Take the triggers away, as somebody with the database in hand can."""
    for name in sorted(triggers.expected()):
        on = f" ON {name.rsplit('_no_', 1)[0]}" if session.is_postgresql else ""
        session.conn.execute(text(f"DROP TRIGGER {name}{on}"))


def wrong(session: Session, *heads: Head) -> list[Misplaced]:
    return list(tree_check.check(session, heads).wrong)


def named(session: Session, *heads: Head) -> list[tuple[str, int | None]]:
    return [(found.reason, found.position) for found in wrong(session, *heads)]


def head(session: Session, size: int = COUNT, source: str = "outside") -> Head:
    return Head(size, tree.root_at(session, size), source)


def entry_at(session: Session, position: int) -> str:
    return str(session.execute(select(log_leaf.c.entry_id).where(log_leaf.c.position == position)).scalar_one())


def rebuild(session: Session) -> None:
    """Compute the whole tree anew over the entries as they are now, as a forger would."""
    order = select(log_leaf.c.entry_id).order_by(log_leaf.c.position)
    entries = list(session.execute(order).scalars())
    session.execute(delete(log_leaf))
    session.execute(delete(log_subtree))
    session.execute(delete(log_pending))
    there = set(session.execute(select(access_entry.c.id)).scalars())
    session.execute(insert(log_pending), [{"entry_id": entry} for entry in entries if entry in there])
    while tree.sequence(session):
        pass


def test_an_untouched_tree_holds_with_every_head_it_ever_had(session: Session) -> None:
    heads = [head(session, size) for size in (1, 2, 15, 16, 17, 255, 256, 257, COUNT)]
    checked = tree_check.check(session, heads)
    assert (checked.leaves, checked.waiting, checked.wrong) == (COUNT, 0, ())


def test_the_tree_over_a_real_log_holds(world: World) -> None:
    at(world, "closed")
    while tree.sequence(world.session):
        pass
    checked = tree_check.check(world.session, [])
    assert checked.wrong == ()
    tables = (case_entry, access_entry)
    counted = sum(world.session.execute(select(func.count(table.c.id))).scalar_one() for table in tables)
    assert checked.leaves == counted
    log.note_access(world.session, "user:log_in:done", actor=SYSTEM_USER, at=world.now)
    checked = tree_check.check(world.session, [])
    assert (checked.leaves, checked.waiting, checked.wrong) == (counted, 1, ())


# --- leaves ----------------------------------------------------------------------------------------------------------


def change_hash(session: Session, position: int) -> None:
    leaf = log_leaf.c.position == position
    session.execute(update(log_leaf).where(leaf).values(hash=bytes(32)))


def change_entry(session: Session, position: int) -> None:
    entry = access_entry.c.id == entry_at(session, position)
    session.execute(update(access_entry).where(entry).values(hash="0" * 64))


def give_away(session: Session, position: int) -> None:
    leaf = log_leaf.c.position == position
    session.execute(update(log_leaf).where(leaf).values(entry_id=str(new_id(factories.MONDAY))))


@pytest.mark.parametrize("position", [0, 17, COUNT - 1])
@pytest.mark.parametrize(
    ("change", "first", "more"),
    [
        (change_hash, "leaf", {"subtree"}),
        (change_entry, "leaf", set()),
        (give_away, "gone", {"unplaced"}),
    ],
)
def test_a_changed_leaf_names_its_position(
    session: Session, change: Callable[[Session, int], None], first: str, more: set[str], position: int
) -> None:
    change(session, position)
    assert named(session)[0] == (first, position)
    assert {reason for reason, _position in named(session)[1:]} <= more


@pytest.mark.parametrize("size", [0, 5, 31, 33])
def test_a_hash_of_another_length_is_named(session: Session, size: int) -> None:
    session.execute(update(log_leaf).where(log_leaf.c.position == 40).values(hash=bytes(size)))
    assert named(session)[0] == ("leaf", 40)


@pytest.mark.parametrize("position", [0, 100, COUNT - 2])
def test_a_removed_leaf_is_a_gap(session: Session, position: int) -> None:
    entry, outside = entry_at(session, position), head(session)
    session.execute(delete(log_leaf).where(log_leaf.c.position == position))
    assert [(f.reason, f.position, f.entry_id) for f in wrong(session, outside)] == [
        ("gap", position, ""),
        ("unplaced", None, entry),
    ]


def test_a_removed_entry_is_gone(session: Session) -> None:
    entry = entry_at(session, 7)
    session.execute(delete(access_entry).where(access_entry.c.id == entry))
    assert [(f.reason, f.position, f.entry_id) for f in wrong(session)] == [("gone", 7, entry)]


def test_two_swapped_leaves_are_named(session: Session) -> None:
    one, two = entry_at(session, 20), entry_at(session, 21)
    for position, entry in ((20, str(new_id(factories.MONDAY))), (21, one), (20, two)):
        session.execute(update(log_leaf).where(log_leaf.c.position == position).values(entry_id=entry))
    assert named(session) == [("leaf", 20), ("leaf", 21)]


def test_an_entry_kept_out_of_the_tree_is_named(session: Session) -> None:
    log.note_access(session, "user:log_in:done", actor=SYSTEM_USER, at=factories.MONDAY)
    hidden = str(session.execute(select(log_pending.c.entry_id)).scalar_one())
    assert wrong(session) == []
    session.execute(delete(log_pending))
    assert [(f.reason, f.entry_id) for f in wrong(session)] == [("unplaced", hidden)]


def test_an_entry_removed_before_it_had_a_position_leaves_its_trace(session: Session) -> None:
    log.note_access(session, "user:log_in:done", actor=SYSTEM_USER, at=factories.MONDAY)
    hidden = str(session.execute(select(log_pending.c.entry_id)).scalar_one())
    session.execute(delete(access_entry).where(access_entry.c.id == hidden))
    assert [(f.reason, f.entry_id) for f in wrong(session)] == [("gone", hidden)]


# --- subtrees --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("level", "number"), [(1, 0), (1, 17), (2, 0)])
def test_a_changed_or_removed_subtree_is_named(session: Session, level: int, number: int) -> None:
    mine = (log_subtree.c.level == level, log_subtree.c.number == number)
    session.execute(update(log_subtree).where(*mine).values(hash=bytes(32)))
    assert named(session) == [("subtree", number << 4 * level)]
    session.execute(delete(log_subtree).where(*mine))
    assert named(session) == [("subtree", number << 4 * level)]


def test_a_subtree_without_leaves_is_named(session: Session) -> None:
    session.execute(insert(log_subtree).values(level=1, number=18, hash=bytes(32)))
    assert named(session) == [("subtree", 288)]


# --- against what is kept outside ------------------------------------------------------------------------------------


def test_a_cut_log_is_shorter_than_its_head_outside(session: Session) -> None:
    outside = head(session)
    keep = COUNT - 10
    gone = session.execute(select(log_leaf.c.entry_id).where(log_leaf.c.position >= keep)).scalars().all()
    session.execute(delete(access_entry).where(access_entry.c.id.in_(gone)))
    rebuild(session)
    assert named(session) == [], "the tree itself shows nothing"
    (found,) = wrong(session, outside)
    assert (found.reason, found.position, found.expected) == ("short", keep, str(COUNT))


def test_a_rewritten_log_is_caught_between_two_heads(session: Session) -> None:
    heads = [head(session, size, f"of {size}") for size in (50, 100, 200, COUNT)]
    entry = entry_at(session, 150)
    row = session.execute(select(access_entry).where(access_entry.c.id == entry)).one()
    envelope = log.access_envelope(row.id, row.code, row.actor, row.entered_at, row.case_id, {"n": -1})
    forged = {"data": '{"n":-1}', "hash": audit.entry_hash(envelope)}
    session.execute(update(access_entry).where(access_entry.c.id == entry).values(forged))
    rebuild(session)
    assert named(session) == [], "entry, leaf and subtrees agree again"
    found = wrong(session, *heads)
    assert [(f.reason, f.position, f.entry_id) for f in found] == [
        ("root", 100, "of 200"),
        ("root", 100, f"of {COUNT}"),
    ]


def test_a_forged_entry_between_others_is_caught_by_a_head(session: Session) -> None:
    outside = head(session, 100)
    order = list(session.execute(select(log_leaf.c.entry_id).order_by(log_leaf.c.position)).scalars())
    log.note_access(session, "user:log_in:done", actor=SYSTEM_USER, at=factories.MONDAY)
    forged = str(session.execute(select(log_pending.c.entry_id)).scalar_one())
    for table in (log_leaf, log_subtree, log_pending):
        session.execute(delete(table))
    session.execute(insert(log_pending), [{"entry_id": entry} for entry in (*order[:60], forged, *order[60:])])
    while tree.sequence(session):
        pass
    assert named(session) == []
    assert named(session, outside) == [("root", 0)]


def test_a_head_behind_a_gap_is_not_blamed_twice(session: Session) -> None:
    before, behind = head(session, 10), head(session, 90)
    session.execute(delete(log_leaf).where(log_leaf.c.position == 50))
    assert named(session, before, behind)[0] == ("gap", 50)
    assert {reason for reason, _position in named(session, before, behind)} == {"gap", "unplaced"}


def test_an_empty_tree_has_the_root_of_nothing(any_migrated_url: str, tmp_path: Path) -> None:
    database: Database = factories.database(any_migrated_url, tmp_path)
    with database.read() as session:
        assert wrong(session, Head(0, merkle.EMPTY, "x")) == []
        assert named(session, Head(1, bytes(32), "x")) == [("short", 0)]
    database.close()
