"""Recurring jobs: each firing once, whoever and however many ask; what was missed follows its policy."""

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier, Event

import pytest

from caseflow.access import Grant, Viewer
from caseflow.actions import schedules
from caseflow.actions.admin import ROOT
from caseflow.actions.schedules import DEFAULTS, MOST, QUEUES, ChangeSchedule
from caseflow.errors import Forbidden, InvalidInput
from caseflow.store import jobs
from caseflow.store import schedules as rows
from caseflow.store.schedules import MISSED, Schedule
from caseflow.store.session import Database
from caseflow.store.tables import access_entry, job, metadata
from caseflow.store.tables import schedule as schedule_table
from tests import factories
from tests.workers import parts
from workers import schedule
from workers.handlers import HANDLERS

AT = datetime(2026, 11, 16, 1, 2, 3, 456, tzinfo=UTC)
SWEEP = "obligation.sweep"
ON = [one for one in DEFAULTS if one.enabled]


@pytest.fixture
def database(any_migrated_url: str, tmp_path: Path) -> Iterator[Database]:
    opened = factories.database(any_migrated_url, tmp_path)
    yield opened
    opened.close()


def tick(database: Database, at: datetime) -> int:
    with database.write() as session:
        return schedules.tick(session, at=at)


def only(database: Database, *wanted: Schedule) -> None:
    """Let these be all that is enabled."""
    with database.write() as session:
        schedules.tick(session, at=AT)
        session.execute(job.delete())
        session.execute(schedule_table.update().values(enabled=False))
        for one in wanted:
            values = {"cron": one.cron, "zone": one.zone, "missed": one.missed}
            rows.change(session, one.kind, {**values, "enabled": True, "last_fired": one.last_fired})


def fired(database: Database, kind: str = SWEEP) -> list[str]:
    return sorted(key.partition("@")[2] for key in parts.all_jobs(database) if key.startswith(f"{kind}@"))


# --- by the clock ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cron", "zone", "last", "following"),
    [
        ("*/5 * * * *", "UTC", "2026-11-16T01:00Z", "2026-11-16T01:05Z"),
        ("17 2 * * *", "Asia/Jakarta", "2026-11-15T19:17Z", "2026-11-16T19:17Z"),
        ("2 1 * * *", "UTC", "2026-11-16T01:02Z", "2026-11-17T01:02Z"),
        ("0 8 1 * *", "Asia/Jayapura", "2026-10-31T23:00Z", "2026-11-30T23:00Z"),
    ],
)
def test_the_last_and_the_next_firing(cron: str, zone: str, last: str, following: str) -> None:
    one, moment = Schedule("k", cron, zone, "latest"), datetime.fromisoformat(last)
    assert schedules.last_fire(one, AT) == moment
    assert schedules.next_fire(one, AT) == datetime.fromisoformat(following)
    assert schedules.last_fire(one, moment) == moment, "its own minute counts"
    assert schedules.last_fire(one, moment - timedelta(milliseconds=1)) < moment, "and not a moment before it"


def test_each_firing_is_one_job_and_of_missed_ones_the_last(database: Database) -> None:
    assert tick(database, AT) == len(ON)
    assert tick(database, AT + timedelta(seconds=50)) == 0
    assert tick(database, AT + timedelta(minutes=1)) == 1
    assert tick(database, AT + timedelta(minutes=5)) == 2
    assert tick(database, AT + timedelta(days=10)) == len(ON)
    assert fired(database) == ["2026-11-16T01:00Z", "2026-11-16T01:05Z", "2026-11-26T01:00Z"]


def test_jobs_of_a_day_begin_by_the_clock_of_the_first_office(database: Database) -> None:
    with database.write() as session:
        assert {one.zone for one in schedules.defaults(session)} == {"Asia/Jakarta", "UTC"}
        factories.office(session, area="6310")
        schedules.tick(session, at=AT)
        assert {one.zone for one in rows.every(session)} == {"Asia/Makassar", "UTC"}


def test_what_was_missed_follows_its_policy(database: Database) -> None:
    hourly = [
        Schedule(SWEEP, "0 * * * *", "UTC", "all", last_fired=AT),
        Schedule("log.sequence", "0 * * * *", "UTC", "latest", last_fired=AT),
        Schedule("log.checkpoint", "0 * * * *", "UTC", "skip", last_fired=AT),
    ]
    only(database, *hourly)
    assert tick(database, AT + timedelta(days=7, minutes=30)) == 7 * 24 + 1
    assert len(fired(database)) == 7 * 24
    assert (fired(database)[0], fired(database)[-1]) == ("2026-11-16T02:00Z", "2026-11-23T01:00Z")
    assert fired(database, "log.sequence") == ["2026-11-23T01:00Z"]
    assert tick(database, AT + timedelta(days=7, hours=1)) == 3, "in time, each fires"
    assert fired(database, "log.checkpoint") == ["2026-11-23T02:00Z"]


def test_making_up_has_a_bound(database: Database) -> None:
    only(database, Schedule(SWEEP, "* * * * *", "UTC", "all", last_fired=AT))
    assert tick(database, AT + timedelta(days=2)) == MOST
    assert fired(database)[-1] == "2026-11-18T01:02Z", "the newest"
    assert tick(database, AT + timedelta(days=2)) == 0


def test_a_clock_that_was_wrong_does_not_stop_the_schedule(database: Database) -> None:
    only(database, Schedule(SWEEP, "*/5 * * * *", "UTC", "latest", last_fired=AT + timedelta(hours=1)))
    assert tick(database, AT) == 0, "another machine's clock may be a little ahead"
    only(database, Schedule(SWEEP, "*/5 * * * *", "UTC", "latest", last_fired=AT + timedelta(days=3650)))
    assert tick(database, AT) == 1


# --- the table -------------------------------------------------------------------------------------------------------


def test_every_kind_has_a_handler_a_queue_and_room_in_its_column() -> None:
    assert [one.kind for one in DEFAULTS] == sorted(QUEUES)
    assert QUEUES.keys() <= HANDLERS.keys()
    assert set(QUEUES.values()) <= set(jobs.QUEUES)
    assert max(map(len, MISSED)) <= metadata.tables["schedule"].c.missed.type.length  # type: ignore[attr-defined]  # a String column


def test_a_kind_this_version_does_not_know_is_left_alone(database: Database) -> None:
    with database.write() as session:
        rows.add_new(session, [Schedule("of.tomorrow", "* * * * *", "UTC", "all", last_fired=AT)])
    assert tick(database, AT + timedelta(days=1)) == len(ON)
    with database.read() as session:
        (tomorrow,) = [one for one in rows.every(session) if one.kind == "of.tomorrow"]
        assert tomorrow.last_fired == AT
        assert [one["next"] for one in schedules.listing(session, by=ROOT, at=AT) if one["kind"] == "of.tomorrow"] == [
            None
        ]


def test_an_administrator_changes_when_something_fires(database: Database) -> None:
    with database.write() as session:
        wanted = ChangeSchedule(SWEEP, cron="0 6 * * 1-5", zone="Asia/Makassar", missed="all")
        schedules.change(session, wanted, by=ROOT, at=AT)
        (entry,) = session.execute(access_entry.select())
        assert (entry.code, entry.actor) == ("job:schedule:changed", ROOT.user_id)
    tick(database, AT + timedelta(days=5))  # Saturday
    assert fired(database) == [f"2026-11-{day}T22:00Z" for day in range(16, 20)], "nothing from before the change"
    with database.read() as session:
        last = {one["kind"]: one["last_fired"] for one in schedules.listing(session, by=ROOT, at=AT)}
    assert last[SWEEP] == datetime(2026, 11, 19, 22, tzinfo=UTC)
    with database.write() as session:
        schedules.change(session, ChangeSchedule(SWEEP, enabled=False), by=ROOT, at=AT + timedelta(days=5))
        last = {one["kind"]: one["last_fired"] for one in schedules.listing(session, by=ROOT, at=AT)}
        assert last[SWEEP] is None, "a change is no firing"
    tick(database, AT + timedelta(days=10))
    with database.write() as session:
        schedules.change(session, ChangeSchedule(SWEEP, enabled=True), by=ROOT, at=AT + timedelta(days=10))
    tick(database, AT + timedelta(days=10))
    assert len(fired(database)) == 4, "while it was off nothing was missed"


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (ChangeSchedule(SWEEP), "schedule"),
        (ChangeSchedule(SWEEP, cron="* * * *"), "cron"),
        (ChangeSchedule(SWEEP, cron="* * * * * *"), "cron"),
        (ChangeSchedule(SWEEP, cron="61 * * * *"), "cron"),
        (ChangeSchedule(SWEEP, cron="0 0 30 2 *"), "cron"),
        (ChangeSchedule(SWEEP, zone="Asia/Bengkel"), "zone"),
        (ChangeSchedule(SWEEP, missed="some"), "missed"),
    ],
)
def test_a_change_that_makes_no_sense_is_refused(
    shared_url: factories.UrlOf, tmp_path: Path, wanted: ChangeSchedule, field: str
) -> None:
    opened = factories.database(shared_url("sqlite"), tmp_path)
    with closing(opened), opened.read() as session, pytest.raises(InvalidInput) as refused:
        schedules.change(session, wanted, by=ROOT, at=AT)
    assert set(refused.value.data["problems"]) == {field}


def test_only_who_administers_everything_sees_and_changes_it(database: Database) -> None:
    with database.write() as session:
        for area in ("6310", "6302"):
            factories.office(session, area=area)
        for role, area in (("admin", "6310"), ("head", "63")):
            by = Viewer(ROOT.user_id, "x", (Grant(role, area),))
            with pytest.raises(Forbidden):
                schedules.listing(session, by=by, at=AT)
            with pytest.raises(Forbidden):
                schedules.change(session, ChangeSchedule(SWEEP, missed="all"), by=by, at=AT)
        whole = Viewer(ROOT.user_id, "x", (Grant("admin", "63"),))
        with pytest.raises(InvalidInput, match=r"kind: tidak dikenal; yang ada: backup\.make"):
            schedules.change(session, ChangeSchedule("no.such", missed="all"), by=whole, at=AT)
        assert len(schedules.listing(session, by=whole, at=AT)) == len(DEFAULTS)


# --- schedulers ------------------------------------------------------------------------------------------------------


def test_schedulers_at_once_make_each_job_once(database: Database) -> None:
    together = Barrier(4)

    def ticks(_number: int) -> int:
        together.wait()
        return tick(database, AT)

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(ticks, range(4))) == len(ON)


def test_a_scheduler_writes_only_when_something_fires(database: Database) -> None:
    clocks = parts.Clocks(AT)
    runtime = parts.runtime(database, clocks)
    schedule.pump(runtime)
    with database.read() as session:
        assert schedules.rest(session, at=AT) == datetime(2026, 11, 16, 1, 3, tzinfo=UTC) - AT
    assert schedule.pump(runtime) == schedule.LONGEST_REST
    clocks.pass_by(seconds=40)
    assert 16 < schedule.pump(runtime) < 17
    clocks.pass_by(seconds=20)
    assert schedule.pump(runtime) == schedule.LONGEST_REST
    assert fired(database, "log.sequence") == ["2026-11-16T01:02Z", "2026-11-16T01:03Z"]


def test_a_scheduler_goes_on_after_the_database_was_away(tmp_path: Path, migrated_url: factories.UrlOf) -> None:
    folder, away = tmp_path / "there", tmp_path / "away"
    away.mkdir()
    shutil.copy(migrated_url("sqlite").removeprefix("sqlite:///"), away / "caseflow.db")
    database = factories.database(f"sqlite:///{folder}/caseflow.db", tmp_path)
    stopped = Event()
    with parts.beside(schedule.run, parts.runtime(database, parts.Clocks()), stopped, until=stopped):
        away.rename(folder)
        parts.wait_until(lambda: parts.all_jobs(database))
    assert len(parts.all_jobs(database)) == len(ON)
    database.close()
