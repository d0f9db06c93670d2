"""Four scheduler processes over a simulated week: each firing is one job, each reminder is told once."""

import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from caseflow.actions import obligations, schedules
from caseflow.channels.protocol import Message
from caseflow.states.deadlines import Span
from caseflow.store import jobs
from caseflow.store import schedules as rows
from caseflow.store.session import Database, Session
from caseflow.store.tables import delivery, inbox
from tests import due, factories
from tests.journeys.hourly import CLOCK
from tests.processes import Fleet, fleet
from tests.workers import parts
from workers import actors
from workers.runtime import Runtime

pytestmark = pytest.mark.slow
SCHEDULERS, CASES = 4, 6
HOURS = 3
BEGIN = due.MONDAY.astimezone(UTC)
WEEK = timedelta(days=7)


@pytest.fixture
def database(migrated_url: factories.UrlOf, tmp_path: Path) -> Iterator[Database]:
    opened = factories.database(migrated_url("postgresql"), tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def processes(database: Database, tmp_path: Path) -> Iterator[Fleet]:
    set_clock(tmp_path, BEGIN)
    command = [sys.executable, "-m", "tests.journeys.hourly", database.url, str(tmp_path)]
    with fleet(database.settings, {f"schedule{n}": command for n in range(SCHEDULERS)}) as running:
        yield running


def set_clock(folder: Path, at: datetime) -> None:
    """Move the time of all of them at once."""
    (folder / "next").write_text(at.isoformat())
    (folder / "next").replace(folder / CLOCK)


def begun(session: Session) -> None:
    """Start what will have to be reminded of: each case owes something else, of which some is due within the week."""
    people = due.people(session)
    for n in range(CASES):
        case = factories.case(session, people.id, number=n + 1, assignee=people.worker)
        due.start(session, case, span=Span(n + 1, "working_days"), cause=f"cause{n}")


def work(runtime: Runtime) -> None:
    """Do every job that is due."""
    clock = runtime.clock
    while True:
        with runtime.database.write() as session:
            leases = jobs.lease(session, now_real=clock.real(), due=clock.business(), limit=100, seconds=30)
        for lease in leases:
            actors.perform(runtime, lease.id, lease.lease_no)
        if not leases:
            return


def fired(database: Database) -> bool:
    """Tell whether the schedulers have dealt with everything up to the time that the clock shows."""
    at = datetime.fromisoformat((database.settings.data_dir / CLOCK).read_text())
    with database.read() as session:
        return schedules.rest(session, at=at) > timedelta(0)


def alone(database: Database) -> list[tuple[str, str, str, int | None]]:
    """Return what is told when one looks at the same hours, and nobody else."""
    with database.write() as session:
        begun(session)
    at = BEGIN
    while at < BEGIN + WEEK:
        at += HOURS * factories.HOUR
        with database.write() as session:
            obligations.sweep(session, at=at)
    with database.read() as session:
        return due.told(session)


def test_each_firing_and_each_reminder_once(
    database: Database, processes: Fleet, migrated_url: factories.UrlOf, tmp_path: Path
) -> None:
    sent: list[Message] = []
    clocks = parts.Clocks(BEGIN)
    runtime = parts.runtime(database, clocks, parts.kept(sent))
    with database.write() as session:
        begun(session)
    looks = 7 * 24 // HOURS
    for _look in range(looks):
        clocks.pass_by(hours=HOURS)
        set_clock(tmp_path, clocks.business)
        parts.wait_until(lambda: fired(database))
        work(runtime)
    assert all(process.poll() is None for process in processes.running.values()), processes.log("schedule0")
    keys = Counter(key.partition("@")[0] for key in parts.all_jobs(database) if "@" in key)
    assert (keys["obligation.sweep"], keys["log.sequence"], keys["log.checkpoint"]) == (looks, looks, 7 + 1)
    other = factories.database(migrated_url("sqlite"), tmp_path / "alone")
    with database.read() as session:
        assert due.told(session) == alone(other)
        digests = sorted(session.execute(select(inbox.c.cause_key).where(inbox.c.obligation_id.is_(None))).scalars())
        deliveries = {row.message_id for row in session.execute(select(delivery))}
    other.close()
    days = ("2026-11-17", "2026-11-18", "2026-11-19", "2026-11-20", "2026-11-23")
    assert digests == [*(f"digest_daily:{day}" for day in days), "digest_weekly:2026-11-23"]
    assert sorted(message.id for message in sent) == sorted(deliveries)
    assert len(sent) >= CASES
    with database.read() as session:
        assert {one.last_fired for one in rows.every(session) if one.kind == "log.sequence"} == {BEGIN + WEEK}
