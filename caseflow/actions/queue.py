"""The queue as an operator sees it: what waits, what failed, giving a dead job a new life."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from caseflow.access import Viewer
from caseflow.actions.admin import require_admin
from caseflow.errors import NotFound
from caseflow.ids import is_id
from caseflow.store import jobs, log
from caseflow.store.session import Session

STATES = jobs.STATES
"""What a job can be: ready, leased, running, done, dead."""


def listing(session: Session, states: Sequence[str], limit: int, *, by: Viewer) -> list[dict[str, Any]]:
    """Return jobs, newest first: those in `states`, or all that are not done. Payloads hold ids only."""
    require_admin(by)
    return [dict(row._mapping) for row in jobs.listing(session, states=states, limit=limit)]  # noqa: SLF001 - public


def retry(session: Session, job_id: str, *, by: Viewer, at: datetime) -> None:
    """Run a dead or failing job again now; `NotFound` when there is none to run."""
    require_admin(by)
    if not (is_id(job_id) and jobs.retry(session, job_id, at=at)):
        raise NotFound
    log.note_access(session, "job:retried", actor=by.user_id, at=at, data={"job": job_id})


def stats(session: Session, *, by: Viewer, at: datetime, now_real: datetime) -> jobs.Stats:
    """Count the jobs by state and queue."""
    require_admin(by)
    return jobs.stats(session, at=at, now_real=now_real)
