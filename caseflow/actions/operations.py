"""What running the system asks for: the depth of the queue, and the access entries the doors write."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from caseflow.store import jobs, log
from caseflow.store.jobs import Stats
from caseflow.store.session import Session


def note_access(
    session: Session,
    code: str,
    *,
    actor: str,
    at: datetime,
    case_id: str | None = None,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Write an access entry: a log-in, a refusal."""
    log.note_access(session, code, actor=actor, at=at, case_id=case_id, data=data)


def job_stats(session: Session, *, at: datetime, now_real: datetime) -> Stats:
    """Return the jobs by state and queue, and when the oldest that waits should have run."""
    return jobs.stats(session, at=at, now_real=now_real)
