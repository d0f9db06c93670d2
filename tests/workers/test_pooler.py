"""Behind a transaction pooler: nothing a session holds is relied on, only wake-ups go by the direct address."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from caseflow.definitions import catalogue
from caseflow.paths import categories_root
from caseflow.store import verify, wake
from caseflow.store.session import Database
from tests import factories, world
from tests.pooler import SESSIONS, Pooler, pooler
from tests.workers import parts
from workers import actors, relay, schedule
from workers.broker import build
from workers.relay import Relay

OFTEN = 12
"""Twice as often as the driver needs to see a statement before it has the server prepare it."""


@pytest.fixture
def direct(migrated_url: factories.UrlOf) -> str:
    return migrated_url("postgresql")


@pytest.fixture
def between(direct: str) -> Iterator[Pooler]:
    with pooler(direct) as running:
        yield running


def opened(between: Pooler, folder: Path, **given: str) -> Database:
    return factories.database(between.url, folder, catalogue.load(categories_root()), **given)


@pytest.fixture
def database(between: Pooler, direct: str, tmp_path: Path) -> Iterator[Database]:
    pooled = opened(between, tmp_path, database_direct_url=direct)
    yield pooled
    pooled.close()


def asked(database: Database, times: int) -> set[object]:
    met = set()
    for _turn in range(times):
        with database.write() as session:
            met.add(session.execute(text("SELECT pg_backend_pid()")).scalar())
    return met


def test_each_transaction_meets_another_session_and_what_one_prepared_the_next_does_not_know(
    between: Pooler, database: Database, tmp_path: Path
) -> None:
    assert len(asked(database, OFTEN)) == SESSIONS
    unaware = opened(between, tmp_path)
    with closing(unaware), pytest.raises(DBAPIError, match="prepared statement"):
        asked(unaware, OFTEN)


def test_cases_go_on_behind_a_pooler(database: Database) -> None:
    office = world.fill(database)
    now = world.START
    with database.write() as session:
        there = world.World(office, session, now)
        case = world.bring(there, world.opened(there), "assessment")
        now = there.now
    for turn in range(OFTEN):
        with database.write() as session:
            there = world.World(office, session, now)
            world.take(there, case, ("return_for_data", "submit_for_assessment")[turn % 2])
            now = there.now
    with database.snapshot() as session:
        assert not verify.run(session).broken


def test_jobs_run_behind_a_pooler(database: Database, redis_url: str) -> None:
    clocks = parts.Clocks()
    runtime = parts.runtime(database, clocks)
    running = Relay(runtime, build(redis_url))
    ran: list[str] = []
    for turn in range(OFTEN):
        parts.add(database, f"{turn}")
        with database.write() as session:
            schedule.tick(session, at=clocks.business)
        assert relay.pump(running).sent >= 1
        for row in parts.all_jobs(database).values():
            handlers = {"test.kind": lambda _runtime, job: ran.append(job.key)}
            actors.perform(runtime, row.id, row.lease_no, handlers)
        clocks.pass_by(seconds=61)
    assert sorted(ran, key=int) == [f"{turn}" for turn in range(OFTEN)]


def test_wake_ups_go_past_the_pooler(between: Pooler, database: Database) -> None:
    heard, stopped = Event(), Event()
    direct = database.settings.database_direct_url
    with parts.beside(wake.listen, direct, heard.set, stopped, until=stopped):
        assert heard.wait(parts.SECONDS)
        heard.clear()
        wake.notify(direct)
        assert heard.wait(parts.SECONDS)
    assert not [said for said in between.sent if "LISTEN" in said or "NOTIFY" in said]


def test_an_idle_relay_asks_one_question_at_each_look(between: Pooler, database: Database, redis_url: str) -> None:
    running = Relay(parts.runtime(database), build(redis_url))
    relay.pump(running)
    between.sent.clear()
    assert relay.pump(running).rest == relay.POLL_SECONDS
    begin, _backlog, end = [said for said in between.sent if said != ";"]  # which asks whether the connection lives
    assert (begin.split()[0], end) == ("BEGIN", "ROLLBACK")
