"""That somebody is shown a restricted case is on record before it is shown: one place for every action that reads."""

from collections.abc import Iterable
from datetime import datetime

from caseflow.access import Viewer
from caseflow.actions import casework
from caseflow.actions.casework import Work
from caseflow.store import readings
from caseflow.store.cases import CaseRow
from caseflow.store.readings import WHOLE, Reading
from caseflow.store.session import Session


def note(
    session: Session,
    rows: Iterable[CaseRow],
    *,
    by: Viewer,
    at: datetime,
    part: str = WHOLE,
    letter_id: str | None = None,
    attachment_id: str | None = None,
) -> None:
    """Put on record that cases are shown, or a part, a line, a letter or an attachment of each.

    A plain case (R1) leaves nothing. The entries are written together before the answer leaves: no door can forget
    them.
    """
    for row in rows:
        if row.confidentiality != "R1":
            named = {"letter_id": letter_id, "attachment_id": attachment_id}
            found = Reading(actor=by.user_id, at=at, case_id=row.id, part=part, **named)
            session.leave(readings.write, found)


def look(session: Session, case: str, *, by: Viewer, at: datetime, part: str = WHOLE) -> Work:
    """Return a case for showing it, or a part of it; `NotFound` when absent or not visible."""
    work = casework.look(session, case, by=by, at=at)
    note(session, (work.row,), by=by, at=at, part=part)
    return work
