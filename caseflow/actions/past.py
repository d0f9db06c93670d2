"""A case as the log knew it at the end of a day: a fold over its entries, answers as far as they still exist."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import orjson

from caseflow.access import Viewer
from caseflow.actions import casework
from caseflow.errors import InvalidInput, _
from caseflow.states.deadlines import civil_date
from caseflow.states.lifecycle import CLOSED, STEPS
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
    work = casework.look(session, case, by=by, at=at)
    casework.require_past(day, work.today, "as_of")
    words = log.payloads_of(session, work.row.subject_id, work.row.id)
    known = [e for e in log.entries_of(session, work.row.id) if civil_date(e.entered_at, work.calendar) <= day]
    if not known:
        raise InvalidInput({"as_of": _("Kasus belum dibuka pada tanggal ini.")})
    past = Past(id=work.row.id, number=work.row.number, day=day, entry=known[-1].seq, records={})
    for entry in known:
        past = _after(past, entry.code, orjson.loads(entry.data), words.get(entry.id))
    return past


def _after(past: Past, code: str, data: Mapping[str, Any], words: Mapping[str, Any] | None) -> Past:
    match code:
        case "case:opened":
            return replace(past, state=data["state"], cycle=data["cycle"], assignee=data.get("assignee"))
        case "case:assigned":
            return replace(past, assignee=data["assignee"])
        case "case:held":
            return replace(past, held_until=date.fromisoformat(data["until"]))
        case "case:resumed":
            return replace(past, held_until=None)
        case "case:record:saved" if data["cycle"] == past.cycle:
            return replace(past, records={**past.records, data["stage"]: words["answers"] if words else None})
        case "case:step:taken":
            return _moved(past, data)
        case _:
            return past


def _moved(past: Past, data: Mapping[str, Any]) -> Past:
    records = past.records if data["cycle"] == past.cycle else {}
    held = None if data["step"] in STEPS and STEPS[data["step"]].during_hold else past.held_until
    outcome = data.get("outcome") or data.get("reason_code") or "not_eligible" if data["to"] == CLOSED else None
    return replace(past, state=data["to"], cycle=data["cycle"], held_until=held, outcome=outcome, records=records)
