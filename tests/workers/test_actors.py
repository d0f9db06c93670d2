"""One job, run: claimed, worked on with no transaction open, finished with its effects or not at all."""

import logging
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

import pytest
from dramatiq.middleware import TimeLimitExceeded
from sqlalchemy import select

from caseflow.errors import LetterFailed
from caseflow.store import jobs, offices
from caseflow.store.jobs import Job
from caseflow.store.session import Database, Session
from caseflow.store.tables import office
from tests import factories
from tests.workers import parts
from workers import actors
from workers.handlers import HANDLERS, Handler, LeaseLost
from workers.runtime import Effects, Runtime


@pytest.fixture
def database(any_migrated_url: str, tmp_path: Path) -> Iterator[Database]:
    opened = factories.database(any_migrated_url, tmp_path)
    yield opened
    opened.close()


def opens_an_office(_runtime: Runtime, _job: Job) -> Effects:
    def effects(session: Session) -> None:
        factories.office(session)

    return effects


def run_one(runtime: Runtime, clocks: parts.Clocks, handler: Handler, kind: str = "test.kind") -> None:
    (lease,) = parts.lease(runtime.database, clocks)
    actors.perform(runtime, lease.id, lease.lease_no, {kind: handler})


def offices_of(database: Database) -> int:
    with database.read() as session:
        return len(offices.every(session))


def test_a_job_ends_with_its_effects(database: Database) -> None:
    clocks = parts.Clocks()
    parts.add(database, "a")
    run_one(parts.runtime(database, clocks), clocks, opens_an_office)
    assert offices_of(database) == 1
    assert (parts.all_jobs(database)["a"].state, parts.all_jobs(database)["a"].done_at) == ("done", clocks.business)


def test_a_second_delivery_does_nothing(database: Database) -> None:
    clocks = parts.Clocks()
    runtime = parts.runtime(database, clocks)
    parts.add(database, "a")
    (lease,) = parts.lease(database, clocks)
    ran: list[str] = []

    def count(_runtime: Runtime, job: Job) -> None:
        ran.append(job.key)

    for _delivery in range(3):
        actors.perform(runtime, lease.id, lease.lease_no, {"test.kind": count})
    assert ran == ["a"]


def test_effects_that_fail_leave_nothing_and_the_job_is_tried_again(database: Database) -> None:
    clocks = parts.Clocks()
    runtime = parts.runtime(database, clocks)

    def breaks(_runtime: Runtime, _job: Job) -> Effects:
        def effects(session: Session) -> None:
            factories.office(session)
            factories.office(session)  # the same area: the database refuses

        return effects

    parts.add(database, "a")
    run_one(runtime, clocks, breaks)
    row = parts.all_jobs(database)["a"]
    assert (row.state, row.attempts, row.failure) == ("ready", 1, "IntegrityError")
    assert offices_of(database) == 0
    clocks.pass_by(minutes=1)
    run_one(runtime, clocks, opens_an_office)
    assert parts.all_jobs(database)["a"].state == "done"


def test_a_failure_says_why_without_saying_what_people_wrote(database: Database) -> None:
    clocks = parts.Clocks()
    runtime = parts.runtime(database, clocks)

    def refuses(_runtime: Runtime, _job: Job) -> None:
        raise LetterFailed(letter="rjk-rs", reason="templat rusak")

    def leaks(_runtime: Runtime, _job: Job) -> None:
        raise ValueError("NIK 6310010101010001")

    for key, handler in (("refuses", refuses), ("leaks", leaks)):
        parts.add(database, key)
        run_one(runtime, clocks, handler)
    found = parts.all_jobs(database)
    assert "templat rusak" in found["refuses"].failure
    assert found["leaks"].failure == "ValueError"


def test_a_time_limit_is_a_failure_like_any_other(database: Database) -> None:
    clocks = parts.Clocks()

    def interrupted(_runtime: Runtime, _job: Job) -> None:
        raise TimeLimitExceeded

    parts.add(database, "a")
    run_one(parts.runtime(database, clocks), clocks, interrupted)
    assert parts.all_jobs(database)["a"].failure == "TimeLimitExceeded"


def test_a_kind_this_worker_does_not_know_is_left_for_a_newer_one(database: Database) -> None:
    clocks = parts.Clocks()
    runtime = parts.runtime(database, clocks)
    parts.add(database, "a", kind="of.tomorrow")
    for _try in range(jobs.MAX_ATTEMPTS + 2):
        (lease,) = parts.lease(database, clocks)
        actors.perform(runtime, lease.id, lease.lease_no, HANDLERS)
        assert not parts.lease(database, clocks), "it must not come back at once"
        clocks.pass_by(minutes=1)
    row = parts.all_jobs(database)["a"]
    assert (row.state, row.attempts) == ("ready", 0)


def test_a_worker_overtaken_by_another_writes_nothing(database: Database) -> None:
    clocks = parts.Clocks()
    runtime = parts.runtime(database, clocks)
    parts.add(database, "a")

    def dawdles(_runtime: Runtime, _job: Job) -> Effects:
        clocks.real += factories.HOUR
        (lease,) = parts.lease(database, clocks)
        actors.perform(runtime, lease.id, lease.lease_no, {"test.kind": opens_an_office})
        return opens_an_office(_runtime, _job)

    run_one(runtime, clocks, dawdles)
    row = parts.all_jobs(database)["a"]
    assert (row.state, row.attempts) == ("done", 2)
    assert offices_of(database) == 1


def test_a_handler_that_finds_its_lease_lost_leaves_the_job_to_the_other(database: Database) -> None:
    clocks = parts.Clocks()
    parts.add(database, "a")

    def lost(_runtime: Runtime, _job: Job) -> None:
        raise LeaseLost

    run_one(parts.runtime(database, clocks), clocks, lost)
    assert parts.all_jobs(database)["a"].state == "running"


def test_long_work_keeps_its_lease(database: Database) -> None:
    runtime = Runtime(database=database, render=parts.made, channels=parts.kept([]), lease_seconds=0.3)
    begun, may_end = Event(), Event()
    parts.add(database, "a")

    def long(_runtime: Runtime, _job: Job) -> None:
        begun.set()
        assert may_end.wait(parts.SECONDS)

    with database.write() as session:
        now = runtime.clock.real()
        (lease,) = jobs.lease(session, now_real=now, due=now, limit=1, seconds=runtime.lease_seconds)
    worker = Thread(target=actors.perform, args=(runtime, lease.id, lease.lease_no, {"test.kind": long}))
    worker.start()
    assert begun.wait(parts.SECONDS)
    first = parts.all_jobs(database)["a"].lease_until
    parts.wait_until(lambda: parts.all_jobs(database)["a"].lease_until > first)
    may_end.set()
    worker.join()
    row = parts.all_jobs(database)["a"]
    assert (row.state, row.lease_no, row.attempts) == ("done", 1, 1)


def test_no_transaction_is_open_while_a_job_works(database: Database) -> None:
    clocks = parts.Clocks()
    parts.add(database, "a")

    def writes_elsewhere(runtime: Runtime, _job: Job) -> None:
        # On SQLite a second writer would wait half a minute for an open transaction, and fail.
        with runtime.database.write() as session:
            factories.office(session)

    run_one(parts.runtime(database, clocks), clocks, writes_elsewhere)
    assert parts.all_jobs(database)["a"].state == "done"


def test_a_dead_letter_job_says_so_on_the_letter(database: Database, caplog: pytest.LogCaptureFixture) -> None:
    """The letter itself does not exist here; what matters is that the last attempt, and only it, asks for the mark."""
    clocks = parts.Clocks()
    runtime = parts.runtime(database, clocks)

    def fails(_runtime: Runtime, _job: Job) -> None:
        raise LetterFailed(letter="rjk-rs", reason="templat rusak")

    with database.write() as session:
        letter = factories.office(session)
        at = clocks.business
        jobs.enqueue(
            session, kind="letter.render", key="a", payload={"letter": letter}, run_at=at, at=at, queue="letters"
        )
    with caplog.at_level(logging.WARNING):
        for _attempt in range(jobs.MAX_ATTEMPTS):
            run_one(runtime, clocks, fails, "letter.render")
            clocks.pass_by(hours=2)
    assert parts.all_jobs(database)["a"].state == "dead"
    assert "now dead" in caplog.records[-1].getMessage()
    with database.read() as session:
        assert session.execute(select(office.c.id)).scalar() == letter
