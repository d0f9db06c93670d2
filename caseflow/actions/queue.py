"""The queue as an operator sees it: how much waits, what failed, giving a dead job a new life."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from caseflow.access import Viewer
from caseflow.actions.admin import require_installation
from caseflow.errors import NotFound
from caseflow.ids import is_id
from caseflow.store import jobs, log, tallies
from caseflow.store.session import Session

STATES, QUEUES = jobs.STATES, jobs.QUEUES
"""What a job can be (ready, leased, running, done, dead), and where it can wait."""
BOUNDS = tallies.BOUNDS
"""The upper ends, in seconds, of what attempts are sorted into by how long they took."""
Stats = jobs.Stats
Tally = tallies.Tally
Waiting = jobs.Waiting


def listing(session: Session, states: Sequence[str], limit: int, *, by: Viewer) -> list[dict[str, Any]]:
    """Return jobs, newest first: those in `states`, or all that are not done. Payloads hold ids only."""
    require_installation(session, by)
    return [dict(row._mapping) for row in jobs.listing(session, states=states, limit=limit)]  # noqa: SLF001 - public


def retry(session: Session, job_id: str, *, by: Viewer, at: datetime) -> None:
    """Run a dead or failing job again now; `NotFound` when there is none to run."""
    require_installation(session, by)
    if not (is_id(job_id) and jobs.retry(session, job_id, at=at)):
        raise NotFound
    log.note_access(session, "job:retried", actor=by.user_id, at=at, data={"job": job_id})


def retry_dead(session: Session, kind: str, *, by: Viewer, at: datetime) -> int:
    """Run all dead jobs of a kind again now; return how many."""
    require_installation(session, by)
    found = jobs.retry_dead(session, kind, at=at)
    if found:
        log.note_access(session, "job:retried", actor=by.user_id, at=at, data={"kind": kind, "jobs": found})
    return found


def stats(session: Session, *, at: datetime, now_real: datetime) -> Stats:
    """Count the jobs by state and queue; numbers only, so the door decides who may ask."""
    return jobs.stats(session, at=at, now_real=now_real)


def ended(session: Session) -> list[Tally]:
    """Return how attempts ended so far, by kind and outcome; numbers only, as above."""
    return tallies.every(session)
