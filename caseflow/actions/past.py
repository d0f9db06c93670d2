"""A case as the log knew it at the end of a day: a fold over its entries, answers as far as they still exist."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson

from caseflow.access import Viewer
from caseflow.actions import casework, reading
from caseflow.errors import InvalidInput, _
from caseflow.states.deadlines import civil_date
from caseflow.states.fold import Happened, fold
from caseflow.states.lifecycle import INITIAL
from caseflow.store import log
from caseflow.store.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What was on record at the end of the day; `records` holds stage -> answers of the cycle, None once erased."""

    id: str
    number: str
    day: date
    entry: int
    state: str = ""
    cycle: int = 1
    assignee: str | None = None
    held_until: date | None = None
    outcome: str | None = None
    records: Mapping[str, Mapping[str, Any] | None]


def case_as_of(session: Session, case: str, day: date, *, by: Viewer, at: datetime) -> Past:
    """Return a case as it stood at the end of `day` in the office's zone, by what was typed until then.

    Raises `NotFound`, and `InvalidInput` for a day that has not come or on which there was no such case.
    """
    work = reading.look(session, case, by=by, at=at, part="as_of")
    casework.require_past(day, work.today, "as_of")
    words = log.payloads_of(session, work.row.subject_id, work.row.id)
    known = [e for e in log.entries_of(session, work.row.id) if civil_date(e.entered_at, work.calendar) <= day]
    if not known:
        raise InvalidInput({"as_of": _("Kasus belum dibuka pada tanggal ini.")})
    events = [Happened(e.code, e.entered_at, orjson.loads(e.data)) for e in known]
    standing = fold(events)
    return Past(
        id=work.row.id,
        number=work.row.number,
        day=day,
        entry=known[-1].seq,
        state=standing.state,
        cycle=standing.cycle,
        assignee=standing.assignee_id,
        held_until=standing.held_until,
        outcome=standing.outcome,
        records=_records(zip(events, (words.get(e.id) for e in known), strict=True), standing.cycle),
    )


def _records(
    said: Iterable[tuple[Happened, Mapping[str, Any] | None]], cycle: int
) -> dict[str, Mapping[str, Any] | None]:
    """Return stage -> answers of the cycle, None once erased; data collection is of the last cycle that has one."""
    records: dict[str, Mapping[str, Any] | None] = {}
    for entry, words in said:
        if entry.code != "case:record:saved":
            continue
        if entry.data["cycle"] == cycle or entry.data["stage"] == INITIAL:
            records[entry.data["stage"]] = words["answers"] if words else None
    return records
