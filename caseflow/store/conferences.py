"""Case conferences as rows: which were held in a cycle, and when."""

from datetime import date

from sqlalchemy import select

from caseflow.store.session import Session
from caseflow.store.tables import conference

HELD = "held"


def days_held(session: Session, case_id: str, cycle: int) -> frozenset[date]:
    """Return the days of the conferences of a cycle that have minutes."""
    held = (conference.c.case_id == case_id, conference.c.cycle == cycle, conference.c.status == HELD)
    return frozenset(session.execute(select(conference.c.meets_on).where(*held)).scalars())
