"""The durable queue: rows written by the step's own transaction, leased by relays, fenced by the number of the lease.

Two clocks: `now_real` for leases, `at` and `due` (business time) for when a job may run.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Integer,
    Row,
    Select,
    and_,
    bindparam,
    delete,
    func,
    not_,
    or_,
    select,
    tuple_,
    update,
)

from caseflow.errors import _
from caseflow.ids import new_id
from caseflow.store.bulk import insert_all_new
from caseflow.store.hot import Hot, written
from caseflow.store.session import Session
from caseflow.store.tables import job

QUEUES = ("now", "bulk", "letters")
STATES = ("ready", "leased", "running", "done", "dead")
MAX_ATTEMPTS = 10
BACKOFF = timedelta(seconds=15)
LONGEST_BACKOFF = timedelta(hours=1)
_FAILURE_LENGTH = 400
_LIVE = job.c.state.in_(written(("leased", "running")))

Held = Sequence[tuple[str, int]]
"""Leases, as (job id, number of the lease)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewJob:
    """A job to be; `payload` holds ids and codes only, `key` names the cause: one job a key, ever."""

    kind: str
    key: str
    payload: Mapping[str, Any]
    run_at: datetime
    queue: str = "now"


@dataclass(frozen=True, slots=True)
class Lease:
    """A job that a relay may send out now."""

    id: str
    lease_no: int
    kind: str
    queue: str


@dataclass(frozen=True, slots=True)
class Job:
    """A job that one worker holds."""

    id: str
    lease_no: int
    key: str
    kind: str
    queue: str
    payload: Mapping[str, Any]
    attempts: int


# --- writing jobs -----------------------------------------------------------------------------------------------------


def enqueue(
    session: Session,
    *,
    kind: str,
    key: str,
    payload: Mapping[str, Any],
    run_at: datetime,
    at: datetime,
    queue: str = "now",
) -> bool:
    """Add a job to this transaction; False when one with this key exists, in whatever state."""
    return enqueue_all(session, [NewJob(kind=kind, key=key, payload=payload, run_at=run_at, queue=queue)], at=at) == 1


def enqueue_all(session: Session, jobs: Iterable[NewJob], *, at: datetime) -> int:
    """Add jobs to this transaction, skipping keys that exist; return how many are new."""
    rows = [
        {
            "id": str(new_id(at)),
            "key": j.key,
            "kind": j.kind,
            "queue": j.queue,
            "payload": dict(j.payload),
            "state": "ready",
            "run_at": j.run_at,
            "lease_no": 0,
            "attempts": 0,
            "created_at": at,
        }
        for j in jobs
    ]
    added = insert_all_new(session, job, rows, ("key",))
    session.jobs_added = session.jobs_added or added > 0
    return added


# --- the relay's side -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Backlog:
    """What a queue holds: live leases, when the first lease runs out (or did), and when the first ready job may run."""

    queue: str
    live: int
    next_expiry: datetime | None
    next_run_at: datetime | None


_NOW: BindParameter[datetime] = bindparam("the_now", type_=job.c.lease_until.type)
"""What every job and every look of a relay runs is put together once: that took longer than the database did."""


def _looking() -> Select[Any]:
    columns: list[Any] = []
    for queue in QUEUES:
        live = select(func.count()).where(_LIVE, job.c.queue == queue, job.c.lease_until > _NOW)
        gone = select(func.min(job.c.lease_until)).where(_LIVE, job.c.queue == queue)
        first = select(func.min(job.c.run_at)).where(job.c.state == "ready", job.c.queue == queue)
        columns += [live.scalar_subquery(), gone.scalar_subquery(), first.scalar_subquery()]
    return select(*columns)


_BACKLOG = Hot(_looking())


def backlog(session: Session, *, now_real: datetime) -> list[Backlog]:
    """Look at every queue, by index alone: cheap however long the queues are.

    Only leases that have not run out count as live: counting the dead ones too would stop a full relay for ever.
    """
    found = session.all(_BACKLOG, {"the_now": now_real})[0]
    return [Backlog(queue, *found[3 * i : 3 * i + 3]) for i, queue in enumerate(QUEUES)]


def lease(
    session: Session,
    *,
    now_real: datetime,
    due: datetime,
    limit: int,
    seconds: float,
    queue: str | None = None,
    expired: bool = True,
) -> list[Lease]:
    """Take up to `limit` jobs: first those whose lease ran out, then what is due by business time, oldest first.

    What `bury` would take is left. Without `expired` only the latter, for who knows that no lease has run out.
    """
    one, until = queue is not None, {"the_end": now_real + timedelta(seconds=seconds)}
    asked = {**until, "the_queue": queue} if one else until
    found: list[Lease] = []
    if expired:
        found = _take(session, _TAKE_EXPIRED[one], {**asked, "the_now": now_real, "the_most": limit})
    if len(found) < limit:
        found += _take(session, _TAKE_READY[one], {**asked, "the_due": due, "the_most": limit - len(found)})
    return found


def bury(session: Session, *, now_real: datetime) -> list[Job]:
    """Give up jobs that took their worker down with them on every attempt; return them."""
    words = str(_("Pekerja berhenti mendadak pada setiap percobaan."))
    return [Job(*row) for row in session.all(_BURY, {"the_now": now_real, "the_words": words})]


def _expired(now_real: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    return and_(_LIVE, job.c.lease_until <= now_real)


_JOB = (job.c.id, job.c.lease_no, job.c.key, job.c.kind, job.c.queue, job.c.payload, job.c.attempts)
_LOST = and_(job.c.state == "running", job.c.lease_until <= _NOW, job.c.attempts >= MAX_ATTEMPTS)
_BURY = Hot(
    update(job).where(_LOST).values(state="dead", failure=bindparam("the_words"), lease_until=None).returning(*_JOB)
)
_END: BindParameter[datetime] = bindparam("the_end", type_=job.c.lease_until.type)
_MINE = job.c.queue == bindparam("the_queue")


def _taking(*which: ColumnElement[bool]) -> Hot:
    picked = select(job.c.id).where(*which).order_by(job.c.run_at).limit(bindparam("the_most", type_=Integer()))
    picked_cte = picked.with_for_update(skip_locked=True).cte("picked")
    return Hot(
        update(job)
        .where(job.c.id == picked_cte.c.id)
        .values(state="leased", lease_no=job.c.lease_no + 1, lease_until=_END)
        .returning(job.c.id, job.c.lease_no, job.c.kind, job.c.queue)
    )


_GONE = and_(_expired(_NOW), not_(_LOST))
_READY = and_(job.c.state == "ready", job.c.run_at <= bindparam("the_due", type_=job.c.run_at.type))
_TAKE_EXPIRED = (_taking(_GONE), _taking(_GONE, _MINE))
_TAKE_READY = (_taking(_READY), _taking(_READY, _MINE))
"""Of every queue, and of one."""


def _take(session: Session, statement: Hot, asked: Mapping[str, Any]) -> list[Lease]:
    return [Lease(*row) for row in session.all(statement, asked)]


def free_leases(session: Session) -> int:
    """Give back every lease, whoever held it: nobody works on the jobs of a database that was just restored."""
    statement = update(job).where(_LIVE)
    return session.execute(statement.values(state="ready", lease_until=None, lease_no=job.c.lease_no + 1)).rowcount


# --- the worker's side ------------------------------------------------------------------------------------------------


_HELD = and_(job.c.id == bindparam("the_job"), job.c.lease_no == bindparam("the_lease"))
_CLAIM = Hot(
    update(job)
    .where(_HELD, job.c.state == "leased")
    .values(state="running", attempts=job.c.attempts + 1, began_at=_NOW, lease_until=_END)
    .returning(*_JOB)
)
_RENEW = Hot(update(job).where(_HELD, job.c.state == "running").values(lease_until=_END))
_FINISH = Hot(
    update(job)
    .where(_HELD, job.c.state == "running")
    .values(state="done", done_at=bindparam("the_moment", type_=job.c.done_at.type), lease_until=None, failure=None)
)


def claim(session: Session, job_id: str, lease_no: int, *, now_real: datetime, seconds: float) -> Job | None:
    """Start an attempt; None when the lease is not this one any more, or was claimed: a stale or double delivery."""
    end = now_real + timedelta(seconds=seconds)
    asked = {"the_job": job_id, "the_lease": lease_no, "the_now": now_real, "the_end": end}
    row = session.first(_CLAIM, asked)
    return Job(*row) if row else None


def renew(session: Session, held: Held, *, now_real: datetime, seconds: float) -> int:
    """Keep running jobs a while longer; return how many are still held by these leases (and locks their rows)."""
    until = now_real + timedelta(seconds=seconds)
    return sum(session.run(_RENEW, {"the_job": one, "the_lease": no, "the_end": until}) for one, no in held)


def finish(session: Session, job_id: str, lease_no: int, *, at: datetime) -> bool:
    """End a job in the transaction of its effects; False when another worker holds it now: then write nothing."""
    asked = {"the_job": job_id, "the_lease": lease_no, "the_moment": at}
    return session.run(_FINISH, asked) == 1


def fail(session: Session, failed: Job, *, failure: str, at: datetime) -> str | None:
    """End an attempt: ready again after a pause that doubles, or dead after the last. None when no longer held."""
    dead = failed.attempts >= MAX_ATTEMPTS
    pause = min(BACKOFF * 2 ** (failed.attempts - 1), LONGEST_BACKOFF)
    state = "dead" if dead else "ready"
    statement = update(job).where(_these([(failed.id, failed.lease_no)]), job.c.state == "running")
    values = {"state": state, "run_at": at + pause, "lease_until": None, "failure": failure[:_FAILURE_LENGTH]}
    session.jobs_added = True
    return state if session.execute(statement.values(values)).rowcount else None


def release(session: Session, held: Held) -> int:
    """Give back leases that nobody has begun, as if never taken: a process that stops, a broker that is away."""
    if not held:
        return 0
    unbegun = update(job).where(_these(held), job.c.state == "leased")
    session.jobs_added = True
    return session.execute(unbegun.values(state="ready", lease_until=None)).rowcount


def put_back(session: Session, begun: Job, *, run_at: datetime) -> bool:
    """Give back a job that was begun and cannot be done here; the attempt is not counted."""
    mine = update(job).where(_these([(begun.id, begun.lease_no)]), job.c.state == "running")
    values = {"state": "ready", "run_at": run_at, "lease_until": None, "attempts": job.c.attempts - 1}
    return session.execute(mine.values(values)).rowcount == 1


def _these(held: Held) -> ColumnElement[bool]:
    if len(held) == 1:
        ((job_id, lease_no),) = held
        return and_(job.c.id == job_id, job.c.lease_no == lease_no)
    return tuple_(job.c.id, job.c.lease_no).in_(list(held))


# --- the operator's side ----------------------------------------------------------------------------------------------


def listing(session: Session, *, states: Sequence[str] = (), limit: int = 100) -> list[Row[Any]]:
    """Return jobs, newest first; without `states` all that are not done."""
    query: Select[Any] = select(job).where(job.c.state.in_(states) if states else job.c.state != "done")
    return list(session.execute(query.order_by(job.c.created_at.desc(), job.c.id.desc()).limit(limit)))


def retry(session: Session, job_id: str, *, at: datetime) -> bool:
    """Give a dead job, or one that waits after a failure, a new life now; False when there is none to give."""
    mine = and_(job.c.id == job_id, or_(job.c.state == "dead", _waits_after_failure()))
    return _revive(session, mine, at) == 1


def retry_dead(session: Session, kind: str, *, at: datetime) -> int:
    """Give every dead job of a kind a new life now; return how many there were."""
    return _revive(session, and_(job.c.kind == kind, job.c.state == "dead"), at)


def revive(session: Session, key: str, *, at: datetime) -> bool:
    """Give the dead job of this key a new life now; False when it is not dead."""
    return _revive(session, and_(job.c.key == key, job.c.state == "dead"), at) == 1


def _revive(session: Session, which: ColumnElement[bool], at: datetime) -> int:
    session.jobs_added = True
    revived = update(job).where(which).values(state="ready", attempts=0, run_at=at, lease_until=None)
    return session.execute(revived).rowcount


def _waits_after_failure() -> ColumnElement[bool]:
    return and_(job.c.state == "ready", job.c.failure.is_not(None))


@dataclass(frozen=True, slots=True)
class Waiting:
    """A queue's unfinished jobs: the oldest that should have run, the longest at work, the most often begun."""

    due_since: datetime | None
    began_at: datetime | None
    attempts: int


@dataclass(frozen=True, slots=True)
class Stats:
    """What an operator asks first: jobs by state and queue, what waits in each, leases that ran out."""

    counts: Mapping[tuple[str, str], int]
    queues: Mapping[str, Waiting]
    expired_leases: int
    failing: int

    @property
    def oldest_due(self) -> datetime | None:
        """Since when the oldest job of all that should have run waits."""
        return min((q.due_since for q in self.queues.values() if q.due_since is not None), default=None)


def stats(session: Session, *, at: datetime, now_real: datetime) -> Stats:
    """Count the jobs."""
    counted = select(job.c.state, job.c.queue, func.count().label("n")).group_by(job.c.state, job.c.queue)
    counts = {(row.state, row.queue): row.n for row in session.execute(counted)}
    due = func.min(job.c.run_at).filter(job.c.state == "ready", job.c.run_at <= at)
    began = func.min(job.c.began_at).filter(job.c.state == "running")
    waiting = select(job.c.queue, due.label("due"), began.label("began"), func.max(job.c.attempts).label("attempts"))
    unfinished = waiting.where(or_(job.c.state == "ready", _LIVE)).group_by(job.c.queue)
    expired = select(func.count()).select_from(job).where(_expired(now_real))
    failing = select(func.count()).select_from(job).where(_waits_after_failure())
    return Stats(
        counts,
        {row.queue: Waiting(row.due, row.began, row.attempts) for row in session.execute(unfinished)},
        session.execute(expired).scalar_one(),
        session.execute(failing).scalar_one(),
    )


def prune(session: Session, *, before: datetime) -> int:
    """Delete jobs done before then; dead ones stay until somebody has looked."""
    return session.execute(delete(job).where(job.c.state == "done", job.c.done_at < before)).rowcount
