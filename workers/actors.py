"""The one actor: claim a lease, work with no transaction open, finish fenced; and what becomes of a failure."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from threading import Event, Thread
from time import perf_counter

from dramatiq import Actor, Broker
from dramatiq.middleware import Interrupt

from caseflow.errors import CaseflowError
from caseflow.store import jobs, tallies
from caseflow.store.jobs import QUEUES, Held, Job
from caseflow.store.session import Session
from workers.broker import ACTOR
from workers.handlers import HANDLERS, ON_DEATH, Handler, LeaseLost
from workers.runtime import Runtime, log

UNKNOWN_PAUSE = timedelta(minutes=1)
"""How long a kind this process does not know waits for one that does."""


def declare(broker: Broker, runtime: Runtime, handlers: Mapping[str, Handler] = HANDLERS) -> None:
    """Let the broker's workers run our jobs."""

    def run(job_id: str, lease_no: int) -> None:
        perform(runtime, job_id, lease_no, handlers)

    Actor(run, broker=broker, actor_name=ACTOR, queue_name=QUEUES[0], priority=0, options={})


def perform(runtime: Runtime, job_id: str, lease_no: int, handlers: Mapping[str, Handler] = HANDLERS) -> None:
    """Run a job that was leased; a stale or double delivery does nothing. Failures end up on the job, not here."""
    clock = runtime.clock
    with runtime.database.write() as session:
        job = jobs.claim(session, job_id, lease_no, now_real=clock.real(), seconds=runtime.lease_seconds)
    if job is None:
        return
    handler = handlers.get(job.kind)
    if handler is None:
        log.warning("no handler for jobs of kind %s: left for a newer worker", job.kind)
        with runtime.database.write() as session:
            jobs.put_back(session, job, run_at=clock.business() + UNKNOWN_PAUSE)
        return
    began = perf_counter()
    try:
        with _kept(runtime, job):
            effects = handler(runtime, job)
        with runtime.database.write() as session:
            if not jobs.finish(session, job.id, job.lease_no, at=clock.business()):
                raise LeaseLost  # noqa: TRY301 - the transaction must not commit
            if effects is not None:
                effects(session)
            tallies.count(session, job, "done", perf_counter() - began)
    except LeaseLost:
        log.warning("job %s (%s) went on too long and is another worker's now", job.id, job.kind)
    except (Exception, Interrupt) as problem:  # noqa: BLE001 - whatever a job provokes is its failure, on its row
        _failed(runtime, job, problem, perf_counter() - began)


def bury(runtime: Runtime, session: Session) -> None:
    """Give up, before new leases are taken, what took its worker down on every attempt."""
    for job in jobs.bury(session, now_real=runtime.clock.real()):
        log.warning("job %s (%s) took its worker down on every attempt, now dead", job.id, job.kind)
        _died(session, job, runtime)
        tallies.count(session, job, "dead", 0.0)


def give_back(runtime: Runtime, held: Held) -> None:
    """Return leases that nobody has begun."""
    if held:
        with runtime.database.write() as session:
            jobs.release(session, held)


def _failed(runtime: Runtime, job: Job, problem: BaseException, seconds: float) -> None:
    # Other errors may carry what people wrote in their text; their kind is enough for the row, the log has the place.
    words = str(problem) if isinstance(problem, CaseflowError) else type(problem).__name__
    with runtime.database.write() as session:
        state = jobs.fail(session, job, failure=words, at=runtime.clock.business())
        if state == "dead":
            _died(session, job, runtime)
        if state is not None:
            tallies.count(session, job, "dead" if state == "dead" else "failed", seconds)
    known = isinstance(problem, CaseflowError)
    log.warning("job %s (%s) failed, attempt %d, now %s: %s", job.id, job.kind, job.attempts, state, words,
                exc_info=None if known else problem)  # fmt: skip


def _died(session: Session, job: Job, runtime: Runtime) -> None:
    if job.kind in ON_DEATH:
        ON_DEATH[job.kind](session, job, runtime)


@contextmanager
def _kept(runtime: Runtime, job: Job) -> Iterator[None]:
    """Renew the lease while the work lasts."""
    ended = Event()

    def renew() -> None:
        while not ended.wait(runtime.lease_seconds / 3):
            try:
                with runtime.database.write() as session:
                    held = [(job.id, job.lease_no)]
                    jobs.renew(session, held, now_real=runtime.clock.real(), seconds=runtime.lease_seconds)
            except Exception:  # noqa: BLE001 - the next try may do; if none does, the fence at the end decides
                log.warning("the lease of job %s could not be renewed", job.id, exc_info=True)

    keeper = Thread(target=renew, name=f"lease-{job.id}", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        ended.set()
        keeper.join()
