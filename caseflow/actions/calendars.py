"""A planned visit as a date in anybody's calendar (iCalendar, RFC 5545): the same event however often it moves.

Nothing of a person is in it: the number of the case, and of a closed file (R3) not even that.
"""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from caseflow.channels import icalendar
from caseflow.channels.icalendar import Event
from caseflow.errors import _
from caseflow.i18n import translate
from caseflow.states.deadlines import civil_date
from caseflow.store import obligations, offices
from caseflow.store.obligations import ObligationRow
from caseflow.store.session import Session

VISIT = "visit"
_CHANGES = {"moved", "recomputed", "paused", "resumed", "revived"}
"""What happens to an obligation that a calendar has to hear of."""


def attached(session: Session, kind: str, obligation: str | None, *, lang: str, at: datetime) -> str:
    """Return the date that belongs to a message about a planned visit; empty for any other."""
    row = obligations.by_id(session, obligation) if kind == VISIT and obligation else None
    return written(session, row, lang=lang, at=at) if row is not None else ""


def written(session: Session, row: ObligationRow, *, lang: str, at: datetime) -> str:
    """Return a planned visit; one that is done, fell away or stands still is cancelled."""
    url, closed_file = session.settings.public_url, row.confidentiality == "R3"
    ended = row.satisfied_at is not None or row.cancelled_at is not None
    changes = sum(event.what in _CHANGES for event in obligations.events(session, row.id))
    day = civil_date(row.due_at, offices.calendar(session, row.office_id))
    summary = _("Kunjungan") if closed_file else _("Kunjungan kasus {number}", number=row.number)
    event = Event(
        uid=f"{row.id}@{urlsplit(url).hostname or 'localhost'}",
        sequence=changes + ended,
        stamp=at,
        first=day,
        after=day + timedelta(days=1),
        summary=translate(summary, lang),
        url="" if closed_file else f"{url}/kasus/{row.number}/kunjungan/baru",
        cancelled=ended or row.paused_at is not None,
    )
    return icalendar.written(event)
