"""Recurring jobs: the last firing once, whoever and however many ask."""

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier, Event, Thread

import pytest

from caseflow.store.session import Database
from tests import factories
from tests.workers import parts
from workers import schedule
from workers.handlers import HANDLERS
from workers.schedule import RECURRING, Recurring

AT = datetime(2026, 11, 16, 1, 2, 3, 456, tzinfo=UTC)


@pytest.fixture
def database(any_migrated_url: str, tmp_path: Path) -> Iterator[Database]:
    opened = factories.database(any_migrated_url, tmp_path)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("cron", "last", "following"),
    [
        ("*/5 * * * *", "2026-11-16T01:00Z", "2026-11-16T01:05Z"),
        ("17 19 * * *", "2026-11-15T19:17Z", "2026-11-16T19:17Z"),
        ("2 1 * * *", "2026-11-16T01:02Z", "2026-11-17T01:02Z"),
    ],
)
def test_the_last_and_the_next_firing(cron: str, last: str, following: str) -> None:
    recurring, fired = Recurring("k", cron), datetime.fromisoformat(last)
    assert schedule.last_fire(recurring, AT) == fired
    assert schedule.next_fire(recurring, AT) == datetime.fromisoformat(following)
    assert schedule.last_fire(recurring, fired) == fired, "its own minute counts"


def test_each_firing_is_one_job_and_missed_ones_are_not_made_up_for(database: Database) -> None:
    with database.write() as session:
        assert schedule.tick(session, at=AT) == len(RECURRING)
        assert schedule.tick(session, at=AT + timedelta(seconds=50)) == 0
        assert schedule.tick(session, at=AT + timedelta(minutes=1)) == 1
        assert schedule.tick(session, at=AT + timedelta(minutes=5)) == 2
        assert schedule.tick(session, at=AT + timedelta(days=10)) == len(RECURRING)
    assert sorted(key for key in parts.all_jobs(database) if key.startswith("obligation")) == [
        "obligation.sweep@2026-11-16T01:00Z",
        "obligation.sweep@2026-11-16T01:05Z",
        "obligation.sweep@2026-11-26T01:00Z",
    ]


def test_every_recurring_job_has_a_handler() -> None:
    assert {recurring.kind for recurring in RECURRING} <= HANDLERS.keys()


def test_schedulers_at_once_make_each_job_once(database: Database) -> None:
    together = Barrier(4)

    def tick(_number: int) -> int:
        together.wait()
        with database.write() as session:
            return schedule.tick(session, at=AT)

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(tick, range(4))) == len(RECURRING)


def test_a_scheduler_goes_on_after_the_database_was_away(tmp_path: Path, migrated_url: factories.UrlOf) -> None:
    folder, away = tmp_path / "there", tmp_path / "away"
    away.mkdir()
    shutil.copy(migrated_url("sqlite").removeprefix("sqlite:///"), away / "caseflow.db")
    database = factories.database(f"sqlite:///{folder}/caseflow.db", tmp_path)
    stopped = Event()
    running = Thread(target=schedule.run, args=(parts.runtime(database, parts.Clocks()), stopped))
    running.start()
    away.rename(folder)
    try:
        parts.wait_until(lambda: parts.all_jobs(database))
    finally:
        stopped.set()
        running.join()
    assert len(parts.all_jobs(database)) == len(RECURRING)
    database.close()
