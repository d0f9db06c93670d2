"""Checking monthly reports: every frozen edition and numbered letter against the log's entries, both ways."""

import hashlib
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Row, select

from caseflow.audit import Broken
from caseflow.store import log
from caseflow.store.session import Session
from caseflow.store.tables import access_entry, monthly_report, report_file

ASKED, FROZEN, NUMBERED = "report:edition:asked", "report:edition:frozen", "report:letter:numbered"
MADE = "report:letter:made"
TABLE = "monthly_report"
MISSING = "-"


def run(session: Session) -> Iterator[Broken]:
    """Yield what is not as it was frozen or numbered, what no entry tells of, and what entries tell of that is gone."""
    r, e = monthly_report.c, access_entry.c
    rows = {row.id: row for row in session.execute(select(r.id, r.content, r.digest, r.letter_facts))}
    files = {row.report_id: row for row in session.execute(select(report_file))}
    told: set[tuple[str, str]] = set()
    query = select(e.id, e.code, e.data).where(e.code.in_((ASKED, FROZEN, NUMBERED, MADE)))
    for entry in session.execute(query.order_by(e.entered_at, e.id)):
        said = log.data_of(entry.data)
        report = str(said["report"])
        told.add((report, entry.code))
        if report not in rows:
            if entry.code == ASKED:
                yield Broken(entry.id, None, None, "gone", report, MISSING, TABLE, report)
            continue
        row = rows[report]
        kept, wanted = {
            ASKED: (MISSING, MISSING),
            FROZEN: (_sha256(row.content), said.get("digest", MISSING)),
            NUMBERED: (_sha256(row.letter_facts), said.get("facts", MISSING)),
            MADE: (_of_file(files.get(report)), said.get("sha256", MISSING)),
        }[entry.code]
        if kept != wanted or (entry.code == FROZEN and row.digest != wanted):
            yield Broken(entry.id, None, None, "row", str(wanted), kept, TABLE, report)
    for row in rows.values():
        claims = {ASKED: True, FROZEN: row.content is not None, NUMBERED: row.letter_facts is not None}
        claims[MADE] = row.id in files
        if any(there and (row.id, code) not in told for code, there in claims.items()):
            yield Broken("", None, None, "unlogged", MISSING, row.digest or MISSING, TABLE, row.id)


def _of_file(row: Row[Any] | None) -> str:
    """Return what a file is known by, if that is what its bytes give."""
    if row is None or hashlib.sha256(row.content).hexdigest() != row.sha256:
        return MISSING
    return str(row.sha256)


def _sha256(text: str | None) -> str:
    return MISSING if text is None else hashlib.sha256(text.encode()).hexdigest()
