"""What running the system asks for: checks at start, the depth of the queue, the access entries of the doors."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from caseflow.definitions import stored
from caseflow.errors import BrokenDefinition, _
from caseflow.states.guards import GUARDS
from caseflow.store import definitions, jobs, log, sessions
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


@dataclass(frozen=True, slots=True)
class Backlog:
    """How much work waits: jobs by state and queue (each named, none left out), and for how many seconds the oldest."""

    counts: Mapping[tuple[str, str], int]
    waited: float
    expired_leases: int
    failing: int


def job_stats(session: Session, *, at: datetime, now_real: datetime) -> Stats:
    """Return the jobs by state and queue, and when the oldest that waits should have run."""
    return jobs.stats(session, at=at, now_real=now_real)


def backlog(session: Session, *, at: datetime, now_real: datetime) -> Backlog:
    """Return how much work waits."""
    found = job_stats(session, at=at, now_real=now_real)
    counts = {(state, queue): found.counts.get((state, queue), 0) for state in jobs.STATES for queue in jobs.QUEUES}
    waited = (at - found.oldest_due).total_seconds() if found.oldest_due else 0.0
    return Backlog(counts, waited, found.expired_leases, found.failing)


def require_known_guards(session: Session) -> None:
    """Raise `BrokenDefinition` when open cases follow a definition with a guard this version does not have."""
    findings = []
    for digest, code in sorted(definitions.in_use(session).items()):
        category = stored.from_json(definitions.body(session, digest))
        named = {name for names in category.guards.values() for name in names}
        findings += [
            _(
                '{category} {digest}: syarat "{guard}" tidak dikenal versi ini.',
                category=code,
                digest=digest[:12],
                guard=g,
            )
            for g in sorted(named - set(GUARDS))
        ]
    if findings:
        raise BrokenDefinition(findings="\n".join(findings))


def forget_answers(session: Session, *, before: datetime) -> int:
    """Drop the answers kept for repeated requests that are older; return how many."""
    return sessions.forget(session, before=before)
