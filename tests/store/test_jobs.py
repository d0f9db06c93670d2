"""The durable queue: one job a key, leases fenced by their number, attempts, backoff, burial, the operator's doors."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier

import pytest

from caseflow.store import jobs
from caseflow.store.jobs import Job, Lease
from caseflow.store.session import Database, Session
from tests import factories

AT = factories.MONDAY
REAL = datetime(2030, 1, 1, tzinfo=UTC)  # far from business time: neither may be taken for the other
SECOND = timedelta(seconds=1)


@pytest.fixture
def database(any_migrated_url: str, tmp_path: Path) -> Iterator[Database]:
    opened = factories.database(any_migrated_url, tmp_path)
    yield opened
    opened.close()


def add(session: Session, key: str = "a", *, run_at: datetime = AT, queue: str = "now") -> bool:
    return jobs.enqueue(session, kind="test.kind", key=key, payload={"id": key}, run_at=run_at, at=AT, queue=queue)


def lease_all(
    session: Session, *, real: datetime = REAL, due: datetime = AT, limit: int = 10, queue: str | None = None
) -> list[Lease]:
    return jobs.lease(session, now_real=real, due=due, limit=limit, seconds=30, queue=queue)


def claim(session: Session, lease: Lease, *, real: datetime = REAL) -> Job | None:
    return jobs.claim(session, lease.id, lease.lease_no, now_real=real, seconds=30)


def started(session: Session, *, real: datetime = REAL, due: datetime = AT) -> Job:
    (lease,) = lease_all(session, real=real, due=due)
    job = claim(session, lease, real=real)
    assert job is not None
    return job


def state_of(session: Session, job_id: str) -> str:
    return next(str(row.state) for row in jobs.listing(session, states=jobs.STATES) if row.id == job_id)


def test_a_key_makes_one_job_ever(database: Database) -> None:
    with database.write() as session:
        assert add(session)
        assert session.jobs_added
    with database.write() as session:
        assert not add(session)
        assert not session.jobs_added
        job = started(session)
        assert jobs.finish(session, job.id, job.lease_no, at=AT)
    with database.write() as session:
        assert not add(session)
        assert not lease_all(session)


def test_many_jobs_at_once_skip_the_keys_that_exist(database: Database) -> None:
    with database.write() as session:
        add(session, "a")
        new = [jobs.NewJob(kind="k", key=key, payload={}, run_at=AT) for key in ("a", "b", "c")]
        assert jobs.enqueue_all(session, new, at=AT) == 2
        assert jobs.enqueue_all(session, [], at=AT) == 0


def test_a_commit_that_added_jobs_wakes_the_relay_and_a_failed_one_does_not(database: Database) -> None:
    woken: list[str] = []
    database.wake = lambda: woken.append("woken")
    with database.write() as session:
        add(session)
        assert not woken
    assert woken == ["woken"]
    with pytest.raises(ZeroDivisionError):
        add_and_fail(database)
    assert woken == ["woken"]
    with database.write() as session:
        assert [lease.kind for lease in lease_all(session)] == ["test.kind"]


def add_and_fail(database: Database) -> None:
    with database.write() as session:
        add(session, "b")
        raise ZeroDivisionError


def test_jobs_are_leased_when_business_time_says_so_oldest_first(database: Database) -> None:
    with database.write() as session:
        add(session, "late", run_at=AT + timedelta(days=30))
        add(session, "second", run_at=AT)
        add(session, "first", run_at=AT - timedelta(hours=1))
        assert len(lease_all(session, limit=1)) == 1
        assert len(lease_all(session)) == 1
        assert not lease_all(session, real=REAL + SECOND)
        order = {row.key: row.state for row in jobs.listing(session)}
        assert order == {"late": "ready", "second": "leased", "first": "leased"}
        assert len(lease_all(session, due=AT + timedelta(days=30))) == 1


def test_a_queue_can_be_leased_alone(database: Database) -> None:
    with database.write() as session:
        add(session, "a", queue="bulk")
        add(session, "b", queue="letters")
        assert [lease.queue for lease in lease_all(session, queue="letters")] == ["letters"]
        assert not lease_all(session, queue="now")


def test_only_one_delivery_of_a_lease_runs(database: Database) -> None:
    with database.write() as session:
        add(session)
        (lease,) = lease_all(session)
        job = claim(session, lease)
        assert job is not None
        assert (job.attempts, job.payload, job.key) == (1, {"id": "a"}, "a")
        assert claim(session, lease) is None


def test_a_lease_that_ran_out_is_given_on_and_the_old_one_is_worth_nothing(database: Database) -> None:
    later = REAL + timedelta(seconds=31)
    with database.write() as session:
        add(session)
        (first,) = lease_all(session)
        assert not lease_all(session, real=REAL + timedelta(seconds=29))
        (second,) = lease_all(session, real=later)
        assert (second.id, second.lease_no) == (first.id, first.lease_no + 1)
        assert claim(session, first, real=later) is None
        job = claim(session, second, real=later)
        assert job is not None
        assert job.attempts == 1, "a lease that nobody began is no attempt"


def test_a_worker_that_lost_its_lease_cannot_finish_nor_fail_nor_renew(database: Database) -> None:
    later = REAL + timedelta(seconds=31)
    with database.write() as session:
        add(session)
        slow = started(session)
        quick = started(session, real=later)
        assert (quick.attempts, quick.lease_no) == (2, slow.lease_no + 1)
        held = [(slow.id, slow.lease_no)]
        assert jobs.renew(session, held, now_real=later, seconds=30) == 0
        assert not jobs.finish(session, slow.id, slow.lease_no, at=AT)
        assert jobs.fail(session, slow, failure="late", at=AT) is None
        assert jobs.finish(session, quick.id, quick.lease_no, at=AT)


def test_a_renewed_lease_lasts(database: Database) -> None:
    with database.write() as session:
        add(session)
        job = started(session)
        held = [(job.id, job.lease_no)]
        assert jobs.renew(session, held, now_real=REAL + timedelta(seconds=20), seconds=30) == 1
        assert not lease_all(session, real=REAL + timedelta(seconds=40))


def test_a_failure_waits_longer_each_time_and_then_the_job_is_dead(database: Database) -> None:
    due, pauses, state = AT, [], None
    with database.write() as session:
        add(session)
        for attempt in range(1, jobs.MAX_ATTEMPTS + 1):
            job = started(session, due=due)
            assert job.attempts == attempt
            state = jobs.fail(session, job, failure="x" * 1000, at=due)
            (row,) = jobs.listing(session)
            assert len(row.failure) == 400
            pauses.append(row.run_at - due)
            due = row.run_at
            assert not lease_all(session, due=due - SECOND)
        assert state == "dead"
        assert pauses[:4] == [timedelta(seconds=s) for s in (15, 30, 60, 120)]
        assert max(pauses) == jobs.LONGEST_BACKOFF
        assert not lease_all(session, due=due + timedelta(days=365))


def test_a_job_that_kills_its_worker_every_time_is_buried(database: Database) -> None:
    real = REAL
    with database.write() as session:
        add(session)
        for _attempt in range(jobs.MAX_ATTEMPTS):
            started(session, real=real)
            real += timedelta(seconds=31)
        assert not lease_all(session, real=real)
        (buried,) = jobs.bury(session, now_real=real)
        (row,) = jobs.listing(session, states=("dead",))
        assert (row.id, row.attempts) == (buried.id, jobs.MAX_ATTEMPTS)
        assert row.failure
        assert not jobs.bury(session, now_real=real)


def test_a_dead_job_lives_again_when_an_operator_says_so(database: Database) -> None:
    with database.write() as session:
        add(session)
        for _attempt in range(jobs.MAX_ATTEMPTS):
            jobs.fail(session, started(session, due=AT + timedelta(days=1)), failure="x", at=AT)
        (dead,) = jobs.listing(session, states=("dead",))
        assert jobs.retry(session, dead.id, at=AT)
        again = started(session)
        assert again.attempts == 1
        assert not jobs.retry(session, again.id, at=AT), "a running job needs no second life"
        assert not jobs.retry(session, factories.office(session), at=AT)


def test_a_job_that_waits_after_a_failure_can_be_run_at_once(database: Database) -> None:
    with database.write() as session:
        add(session)
        jobs.fail(session, started(session), failure="x", at=AT)
        assert not lease_all(session)
        assert jobs.retry(session, jobs.listing(session)[0].id, at=AT)
        assert lease_all(session)


def test_released_jobs_are_as_if_never_taken(database: Database) -> None:
    with database.write() as session:
        for key in "abc":
            add(session, key)
        leases = lease_all(session)
        assert claim(session, leases[0])
        held = [(lease.id, lease.lease_no) for lease in leases]
        assert jobs.release(session, held) == 2, "one has begun: it is not the broker's to give back"
        again = lease_all(session)
        assert len(again) == 2
        assert {claim(session, lease).attempts for lease in again} == {1}  # type: ignore[union-attr]  # each is leased
        assert jobs.release(session, held) == 0, "old numbers release nothing"
        assert jobs.release(session, []) == 0


def test_a_kind_nobody_knows_waits_until_later(database: Database) -> None:
    with database.write() as session:
        add(session)
        job = started(session)
        later = AT + timedelta(minutes=1)
        assert jobs.put_back(session, job, run_at=later)
        assert not jobs.put_back(session, job, run_at=later)
        assert not lease_all(session)
        assert started(session, due=later).attempts == 1


def test_the_backlog_counts_live_leases_only(database: Database) -> None:
    with database.write() as session:
        for number in range(3):
            add(session, f"{number}", run_at=AT + timedelta(hours=number))
        lease_all(session)
        now = {b.queue: b for b in jobs.backlog(session, now_real=REAL)}
        ends = REAL + timedelta(seconds=30)
        assert (now["now"].live, now["now"].next_expiry, now["now"].next_run_at) == (1, ends, AT + timedelta(hours=1))
        assert (now["bulk"].live, now["bulk"].next_expiry, now["bulk"].next_run_at) == (0, None, None)
        later = {b.queue: b for b in jobs.backlog(session, now_real=REAL + timedelta(seconds=31))}
        assert (later["now"].live, later["now"].next_expiry) == (0, ends)


def test_the_operator_sees_what_waits_what_fails_and_what_hangs(database: Database) -> None:
    with database.write() as session:
        for key in "abcd":
            add(session, key)
        job = started_one(session)
        jobs.finish(session, job.id, job.lease_no, at=AT)
        jobs.fail(session, started_one(session), failure="x", at=AT)
        started_one(session)
        seen = jobs.stats(session, at=AT + timedelta(hours=1), now_real=REAL + timedelta(seconds=31))
        assert seen.counts == {("done", "now"): 1, ("ready", "now"): 2, ("running", "now"): 1}
        assert (seen.oldest_due, seen.expired_leases, seen.failing) == (AT, 1, 1)
        assert seen.queues == {"now": jobs.Waiting(AT, REAL, 1)}


def started_one(session: Session) -> Job:
    (lease,) = lease_all(session, limit=1)
    job = claim(session, lease)
    assert job is not None
    return job


def test_done_jobs_are_pruned_and_dead_ones_kept(database: Database) -> None:
    with database.write() as session:
        for key in "ab":
            add(session, key)
        job = started_one(session)
        jobs.finish(session, job.id, job.lease_no, at=AT)
        assert jobs.prune(session, before=AT) == 0
        assert jobs.prune(session, before=AT + SECOND) == 1
        assert len(jobs.listing(session, states=jobs.STATES)) == 1


def test_relays_at_once_never_lease_a_job_twice(migrated_url: factories.UrlOf, tmp_path: Path) -> None:
    database = factories.database(migrated_url("postgresql"), tmp_path)
    with database.write() as session:
        new = [jobs.NewJob(kind="k", key=f"{n}", payload={}, run_at=AT) for n in range(200)]
        jobs.enqueue_all(session, new, at=AT)
    together = Barrier(4)

    def relay(_number: int) -> list[str]:
        found: list[str] = []
        together.wait()
        while True:
            with database.write() as session:
                leased = lease_all(session, limit=7)
            if not leased:
                return found
            found += [lease.id for lease in leased]

    with ThreadPoolExecutor(4) as pool:
        taken = [job_id for ids in pool.map(relay, range(4)) for job_id in ids]
    database.close()
    assert len(taken) == 200
    assert len(set(taken)) == 200


def test_of_many_workers_with_one_lease_one_begins(migrated_url: factories.UrlOf, tmp_path: Path) -> None:
    database = factories.database(migrated_url("postgresql"), tmp_path)
    with database.write() as session:
        add(session)
        (lease,) = lease_all(session)
    together = Barrier(8)

    def worker(_number: int) -> bool:
        together.wait()
        with database.write() as session:
            return claim(session, lease) is not None

    with ThreadPoolExecutor(8) as pool:
        began = list(pool.map(worker, range(8)))
    database.close()
    assert sum(began) == 1
