"""Readings of restricted cases, on record: gathered while an answer is made, written together before it leaves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import insert, select

from caseflow.store import log
from caseflow.store.session import Session
from caseflow.store.tables import access_entry

WHOLE = "whole"
LINES = ("list", "search", "reviews", "work", "erasures", "doubles", "household", "audit", "questions", "thumbs")
"""Parts that are a line of a list: noted once a day for each reader and list, however often the list is opened."""
FILE_READ, LINE_READ, LETTER_READ = "case:file:read", "case:line:read", "case:letter:read"
ATTACHMENT_READ = "case:attachment:read"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Somebody was shown something of a case: all of it, a part, a line in a list, a letter, or an attachment."""

    actor: str
    at: datetime
    case_id: str
    part: str = WHOLE
    letter_id: str | None = None
    attachment_id: str | None = None

    @property
    def code(self) -> str:
        """What the entry is called."""
        if self.letter_id:
            return LETTER_READ
        if self.attachment_id:
            return ATTACHMENT_READ
        return LINE_READ if self.part in LINES else FILE_READ

    @property
    def data(self) -> dict[str, str]:
        """What the entry says beside who, when and which case."""
        if self.letter_id:
            return {"letter": self.letter_id}
        if self.attachment_id:
            return {"attachment": self.attachment_id}
        if self.part == WHOLE:
            return {}
        return {"list" if self.part in LINES else "part": self.part}


def write(session: Session, readings: Sequence[Reading]) -> None:
    """Write one entry for each case, letter, attachment that was read; who reads a whole case reads its parts too."""
    kept: dict[tuple[str, str | None], Reading] = {}
    for reading in readings:
        key = (reading.case_id, reading.letter_id or reading.attachment_id)
        if key not in kept or _rank(reading) < _rank(kept[key]):
            kept[key] = reading
    known = _today(session, [r for r in kept.values() if r.code == LINE_READ])
    rows = [
        log.access_columns(r.code, actor=r.actor, at=r.at, case_id=r.case_id, data=r.data)
        for r in kept.values()
        if (r.case_id, r.part) not in known
    ]
    if rows:
        session.execute(insert(access_entry), rows)


def _rank(reading: Reading) -> int:
    return 0 if reading.part == WHOLE else 2 if reading.part in LINES else 1


def _today(session: Session, lines: Sequence[Reading]) -> set[tuple[str, str]]:
    """Return (case, list) of lines that their reader has on record for this day already."""
    found: set[tuple[str, str]] = set()
    if not lines:
        return found
    since = lines[0].at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    query = select(access_entry.c.case_id, access_entry.c.data).where(
        access_entry.c.code == LINE_READ,
        access_entry.c.actor == lines[0].actor,
        access_entry.c.entered_at >= since,
        access_entry.c.case_id.in_([line.case_id for line in lines]),
    )
    for row in session.execute(query):
        found.add((row.case_id, str(log.data_of(row.data).get("list"))))
    return found
