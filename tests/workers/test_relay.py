"""The relay and Redis: what is sent, what holds it back, what a lost Redis costs, and who wakes it."""

import socket
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

import psycopg
import pytest
import redis

from caseflow.errors import Refused
from caseflow.store import jobs, presence, wake
from caseflow.store.session import Database
from tests import factories
from tests.workers import parts
from workers import actors, relay
from workers.broker import build
from workers.embedded import Embedded
from workers.relay import IN_FLIGHT, Relay


@pytest.fixture
def database(migrated_url: factories.UrlOf, tmp_path: Path) -> Iterator[Database]:
    opened = factories.database(migrated_url("postgresql"), tmp_path)
    yield opened
    opened.close()


def states(database: Database) -> set[tuple[str, int]]:
    return {(row.state, row.attempts) for row in parts.all_jobs(database).values()}


def waiting_in(redis_url: str) -> int:
    with redis.Redis.from_url(redis_url) as client:
        return int(client.llen("{caseflow}:now"))


def test_leases_travel_as_id_and_number_and_no_more_than_fit(database: Database, redis_url: str) -> None:
    clocks = parts.Clocks()
    running = Relay(parts.runtime(database, clocks), build(redis_url))
    parts.add(database, *(f"{number}" for number in range(IN_FLIGHT["now"] + 10)))
    assert relay.pump(running).sent == IN_FLIGHT["now"]
    assert waiting_in(redis_url) == IN_FLIGHT["now"]
    full = relay.pump(running)
    assert (full.sent, full.rest) == (0, relay.FULL_SECONDS), "it looks again soon"
    with redis.Redis.from_url(redis_url) as client:
        content = b"".join(client.hgetall("{caseflow}:now.msgs").values())
    assert b"test.kind" not in content


def test_leases_that_ran_out_do_not_hold_the_relay_back(database: Database, redis_url: str) -> None:
    clocks = parts.Clocks()
    running = Relay(parts.runtime(database, clocks), build(redis_url))
    parts.add(database, *(f"{number}" for number in range(IN_FLIGHT["now"])))
    relay.pump(running)
    clocks.pass_by(seconds=31)
    parts.add(database, "urgent", queue="letters")
    assert relay.pump(running).sent == IN_FLIGHT["now"] + 1


def test_an_idle_relay_sleeps_until_something_comes_due(database: Database, redis_url: str) -> None:
    clocks = parts.Clocks()
    running = Relay(parts.runtime(database, clocks), build(redis_url))
    assert relay.pump(running).rest == relay.POLL_SECONDS
    parts.add(database, "a", at=clocks.business + factories.HOUR)
    assert relay.pump(running).rest == relay.POLL_SECONDS
    clocks.pass_by(minutes=59, seconds=58)
    assert relay.pump(running).rest == 2
    clocks.pass_by(seconds=2)
    assert relay.pump(running).sent == 1


def test_a_redis_that_is_away_costs_no_attempt(database: Database) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    running = Relay(parts.runtime(database, parts.Clocks()), build(f"redis://127.0.0.1:{port}/0"))
    parts.add(database, "a", "b")
    with pytest.raises(redis.ConnectionError):
        relay.pump(running)
    assert states(database) == {("ready", 0)}


def test_a_redis_that_forgot_everything_costs_no_attempt(database: Database, redis_url: str) -> None:
    clocks = parts.Clocks()
    runtime = parts.runtime(database, clocks)
    running = Relay(runtime, build(redis_url))
    parts.add(database, "a", "b")
    relay.pump(running)
    with redis.Redis.from_url(redis_url) as client:
        client.flushall()
    assert relay.pump(running).sent == 0
    clocks.pass_by(seconds=31)
    assert relay.pump(running).sent == 2
    ran: list[str] = []
    for row in parts.all_jobs(database).values():
        for lease_no in (1, 2):
            actors.perform(runtime, row.id, lease_no, {"test.kind": lambda _runtime, job: ran.append(job.key)})
    assert sorted(ran) == ["a", "b"]
    assert states(database) == {("done", 1)}


def test_a_commit_anywhere_wakes_a_listening_relay(database: Database) -> None:
    heard, stopped = Event(), Event()
    url = database.settings.database_direct_url
    with parts.beside(wake.listen, url, heard.set, stopped, until=stopped):
        assert heard.wait(parts.SECONDS), "once, for what came while nobody listened"
        heard.clear()
        database.wake = waker = wake.notifier(url, ask=0.1)
        database.closing = waker.stop
        parts.add(database, "a")
        assert heard.wait(parts.SECONDS)
        with psycopg.connect(url, autocommit=True) as looking:
            (before,) = _at_work(looking)
            with pytest.raises(Refused, match="sedang dipakai"):
                presence.require_none(looking)
            looking.execute("SELECT pg_terminate_backend(%s)", [before])
            parts.wait_until(lambda: _at_work(looking) not in ([before], []))
            heard.clear()
            wake.notify(url)
            assert heard.wait(parts.SECONDS)
            database.close()
            parts.wait_until(lambda: not _at_work(looking))


def _at_work(looking: psycopg.Connection) -> list[int]:
    """Return what holds the lock of this database's processes."""
    query = """
        SELECT pid FROM pg_locks JOIN pg_database ON pg_database.oid = database
        WHERE datname = current_database() AND locktype = 'advisory' AND granted AND pid <> pg_backend_pid()
    """
    return [int(pid) for (pid,) in looking.execute(query)]


def test_embedded_workers_hear_of_what_other_processes_commit(database: Database) -> None:
    ran: list[str] = []
    workers = Embedded(parts.runtime(database), {"test.kind": lambda _runtime, job: ran.append(job.key)})
    workers.start()
    other = factories.database(database.url, database.settings.data_dir)
    other.wake = waker = wake.notifier(other.settings.database_direct_url)
    other.closing = waker.stop
    try:
        parts.add(other, "a")
        parts.wait_until(lambda: ran)
    finally:
        workers.stop()
        other.close()
    assert ran == ["a"]


def test_a_relay_goes_on_after_its_database_was_away(database: Database, redis_url: str) -> None:
    clocks = parts.Clocks()
    running = Relay(parts.runtime(database, clocks), build(redis_url))
    relay.pump(running)
    with database.write() as session:
        session.conn.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    parts.add(database, "a")
    thread = Thread(target=relay.run, args=(running,))
    thread.start()
    parts.wait_until(lambda: states(database) == {("leased", 0)})
    relay.stop(running)
    thread.join()


def test_every_queue_has_room() -> None:
    assert set(IN_FLIGHT) == set(jobs.QUEUES)
    assert set(jobs.QUEUES) <= build(None).get_declared_queues()
