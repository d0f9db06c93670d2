"""Silence after a death, a closure or a hold; and many sweeps at once; on both databases."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import func, select, update

from caseflow.actions import obligations
from caseflow.store.session import Database
from caseflow.store.tables import case_file, delivery, job, person
from caseflow.store.tables import inbox as inbox_table
from tests import factories
from tests.due import MONDAY, WITA, people, start, sweep_daily, told


@pytest.fixture
def database(any_migrated_url: str, tmp_path: Path) -> Iterator[Database]:
    opened = factories.database(any_migrated_url, tmp_path)
    yield opened
    opened.close()


# --- silence --------------------------------------------------------------------------------------------------------


def test_a_death_is_followed_by_a_year_of_silence(database: Database) -> None:
    with database.write() as session:
        office = people(session)
        for number, kind in enumerate(("state_deadline", "visit", "referral_answer", "placement_review"), start=1):
            case = factories.case(session, office.id, number=number, assignee=office.worker)
            start(session, case, kind=kind, cause=kind)
        session.execute(update(person).values(died=True))
    at = MONDAY
    while at < MONDAY + timedelta(days=366):
        with database.write() as session:
            assert obligations.sweep(session, at=at) == 0
        at += timedelta(hours=11)
    with database.read() as session:
        assert told(session) == []


@pytest.mark.parametrize("values", [{"state": "closed"}, {"held_until": date(2026, 12, 31)}], ids=["closed", "held"])
def test_nothing_is_told_of_a_case_that_is_closed_or_held(database: Database, values: dict[str, object]) -> None:
    with database.write() as session:
        office = people(session)
        start(session, factories.case(session, office.id, assignee=office.worker))
        session.execute(update(case_file).values(values))
    sweep_daily(database, MONDAY, MONDAY + timedelta(days=20))
    with database.read() as session:
        assert told(session) == []


# --- many at once ---------------------------------------------------------------------------------------------------


def test_four_sweeps_at_once_tell_each_rung_once(database: Database) -> None:
    cases = 60
    with database.write() as session:
        office = people(session)
        for number in range(1, cases + 1):
            start(session, factories.case(session, office.id, number=number, assignee=office.worker), cause=f"{number}")
    for day in (19, 23, 24, 30):
        together = Barrier(4)
        at = datetime(2026, 11, day, 8, tzinfo=WITA)

        def sweep(_number: int, at: datetime = at, together: Barrier = together) -> int:
            together.wait()
            looked_at = 0
            while True:
                with database.write() as session:
                    found = obligations.sweep(session, at=at, limit=7)
                looked_at += found
                if not found:
                    return looked_at

        with ThreadPoolExecutor(4) as pool:
            assert sum(pool.map(sweep, range(4))) == cases
    with database.read() as session:
        by_rung = session.execute(select(inbox_table.c.rung, func.count().label("n")).group_by(inbox_table.c.rung))
        assert {row.rung: row.n for row in by_rung} == {1: cases, 2: cases, 3: cases, 4: cases}
        for table in (delivery, job):
            assert session.execute(select(func.count()).select_from(table)).scalar() == 4 * cases


def test_a_sweep_takes_no_more_than_it_may(database: Database) -> None:
    with database.write() as session:
        office = people(session)
        for number in range(1, 6):
            start(session, factories.case(session, office.id, number=number, assignee=office.worker), cause=f"{number}")
        at = datetime(2026, 11, 19, 8, tzinfo=UTC)
        assert [obligations.sweep(session, at=at, limit=2) for _round in range(4)] == [2, 2, 1, 0]
