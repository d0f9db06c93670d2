"""Closed files that somebody opened in need: which of them are still open to that person, read from the log."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, select, text

from caseflow.store.reads import read
from caseflow.store.session import Session
from caseflow.store.tables import case_entry
from caseflow.store.tables.log import ONLY_OPENED

OPENED = "case:file:opened"
LASTS = timedelta(hours=3)
_OPENED = read(
    select(case_entry.c.case_id, case_entry.c.entered_at)
    .where(
        text(ONLY_OPENED),  # as the index says it: a bind would hide it from a plan that is kept
        case_entry.c.actor == bindparam("of_user"),
        case_entry.c.entered_at > bindparam("since"),
        case_entry.c.entered_at <= bindparam("now"),
    )
    .order_by(case_entry.c.entered_at)
)


def open_to(session: Session, user_id: str, *, at: datetime) -> dict[str, datetime]:
    """Return case -> until when, of the files a person has opened in need."""
    rows = _OPENED.all(session, of_user=user_id, since=at - LASTS, now=at)
    return {row.case_id: row.entered_at + LASTS for row in rows}
