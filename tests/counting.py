"""What the job of a monthly report does, in one transaction."""

from collections import Counter
from datetime import datetime

from caseflow.actions import reports
from caseflow.states.reporting import Count
from caseflow.store.session import Session


def count_and_freeze(session: Session, report: str, *, at: datetime) -> None:
    """Count the month chunk by chunk, then freeze the edition."""
    plan = reports.take_up(session, report)
    assert plan is not None
    reports.note_progress(session, plan, 0)
    whole: Count = Counter()
    after: str | None = None
    while True:
        part, _n, after = reports.count_part(session, plan, after=after)
        whole.update(part)
        if after is None:
            break
    reports.freeze(session, plan, whole, at=at)
