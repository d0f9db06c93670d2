"""Writes that wait for each other: sent before the next read, behind their fence or not at all; on both databases."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import bindparam, select, update
from sqlalchemy.exc import IntegrityError

from caseflow.store.hot import Apart, FenceLost, Write, assignments, changing, fencing, prefixed
from caseflow.store.session import Database, Session
from caseflow.store.tables import area, counter
from tests.world import open_database


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, migrated_url: Callable[[str], str], tmp_path: Path) -> Iterator[Database]:
    opened = open_database(migrated_url(request.param), tmp_path)
    with opened.write() as session:
        session.insert(counter, {"scope": "a", "value": 1})
    yield opened
    opened.close()


def counters(session: Session) -> dict[str, int]:
    return {row.scope: row.value for row in session.execute(select(counter.c.scope, counter.c.value))}


def place(code: str) -> dict[str, object]:
    return {"code": code, "name": "X", "level": "province", "head_title": None}


def fence(session: Session, seen: int, to: int) -> None:
    """Move the counter "a" if it still is what was seen."""
    found = (counter.c.scope == "a", counter.c.value == bindparam("seen"))
    write = fencing(counter, update(counter).where(*found).values(assignments(("value",))))
    session.fence("a", write, {"seen": seen, **prefixed({"value": to})})


RENAME = changing(area, update(area).values(name=bindparam("to_name")))
ADD = changing(counter, update(counter).values(value=counter.c.value + bindparam("more")))


def test_what_waits_is_there_for_who_reads_next(database: Database) -> None:
    with database.write() as session:
        session.insert(counter, {"scope": "b", "value": 2})
        session.insert(area, place("98"))
        assert len(session.waiting) == 2
        assert counters(session) == {"a": 1, "b": 2}
        assert not session.waiting
        session.insert(counter, {"scope": "c", "value": 3})
    with database.read() as session:
        assert counters(session) == {"a": 1, "b": 2, "c": 3}, "the commit sends the rest"


def test_a_change_finds_what_waits_before_it(database: Database) -> None:
    with database.write() as session:
        session.insert(counter, {"scope": "b", "value": 2})
        session.later(ADD, {"more": 10})
        session.later(ADD, {"more": 100})
        assert counters(session) == {"a": 111, "b": 112}


def test_behind_a_fence_that_holds_all_is_written(database: Database) -> None:
    with database.write() as session:
        fence(session, 1, 5)
        session.insert(area, place("98"))
        session.insert(counter, {"scope": "b", "value": 2}, unique=("scope",))
        session.insert(counter, {"scope": "a", "value": 9}, unique=("scope",))
        session.flush()
        assert counters(session) == {"a": 5, "b": 2}


@pytest.mark.parametrize("others", [0, 3])
def test_behind_a_fence_that_is_lost_nothing_is_written(database: Database, others: int) -> None:
    with database.write() as session:
        fence(session, 7, 5)
        if others:
            session.later(RENAME, {"to_name": "Y"})
        for n in range(others):
            session.insert(area, place(f"9{n}"))
        with pytest.raises(FenceLost):
            session.flush()
        session.forget()
        assert counters(session) == {"a": 1}
        assert not session.execute(select(area)).all()


def test_a_statement_that_fails_is_told_as_everywhere(database: Database) -> None:
    def twice(session: Session) -> None:
        with session.attempt():
            session.insert(counter, {"scope": "b", "value": 2})
            session.insert(counter, {"scope": "a", "value": 2})

    with database.write() as session, pytest.raises(IntegrityError):
        twice(session)
    with database.read() as session:
        assert counters(session) == {"a": 1}


def test_an_attempt_that_fails_drops_what_waited_in_it(database: Database) -> None:
    def fail(session: Session) -> None:
        with session.attempt():
            session.insert(counter, {"scope": "b", "value": 2})
            raise KeyError

    with database.write() as session:
        session.insert(counter, {"scope": "c", "value": 3})
        with pytest.raises(KeyError):
            fail(session)
        assert counters(session) == {"a": 1, "c": 3}


def test_writes_are_compiled_once(database: Database) -> None:
    made: list[Write] = []
    with database.write() as session:
        for scope in "bcd":
            session.insert(counter, {"scope": scope, "value": 2})
        made = [write for write, _values in session.waiting]
    assert len(set(made)) == 1


def written(session: Session, seen: int, to: int, code: str) -> None:
    """Write a row behind a fence, as a step does."""
    fence(session, seen, to)
    session.insert(area, place(code))
    session.flush()


def codes(session: Session) -> set[str]:
    return set(session.execute(select(area.c.code)).scalars())


def test_what_many_write_is_sent_together_behind_all_fences(database: Database) -> None:
    def fails(session: Session) -> None:
        with session.attempt():
            written(session, 2, 9, "96")
            raise KeyError

    with database.write() as session:
        with session.gather():
            written(session, 1, 2, "97")
            with pytest.raises(KeyError):
                fails(session)
            written(session, 2, 3, "98")
            with pytest.raises(Apart):
                counters(session)
        assert counters(session) == {"a": 3}
        assert codes(session) == {"97", "98"}


def test_when_one_fence_of_many_is_lost_all_are_undone(database: Database) -> None:
    def both(session: Session) -> None:
        with session.attempt(), session.gather():
            written(session, 1, 2, "97")
            written(session, 1, 3, "98")

    with database.write() as session:
        with pytest.raises(FenceLost):
            both(session)
        assert counters(session) == {"a": 1}
        assert codes(session) == set()
