"""A case as the log knew it at the end of a day: folds over its entries, words as far as they still exist."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any

import orjson

from caseflow.access import Viewer
from caseflow.actions import definitions, glass, reading
from caseflow.errors import InvalidInput, _
from caseflow.states.category import Category
from caseflow.states.deadlines import civil_date
from caseflow.states.fold import SAID, Happened, Standing, Thing, fold, things
from caseflow.states.lifecycle import INITIAL
from caseflow.store import log, users
from caseflow.store.session import Session
from caseflow.store.types import Row


@dataclass(frozen=True, slots=True)
class PastThing:
    """Something that hung on the case that day; `words` is None once they were erased."""

    kind: str
    id: str
    status: str
    result: str
    cycle: int
    on: date
    words: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What was on record at the end of the day; `records` holds stage -> answers of the cycle, None once erased."""

    id: str
    number: str
    day: date
    entry: int
    entered_at: datetime
    state: str = ""
    state_since: datetime | None = None
    cycle: int = 1
    confidentiality: str = ""
    assignee: str | None = None
    held_until: date | None = None
    outcome: str | None = None
    emergency: Mapping[str, Any] | None = None
    records: Mapping[str, Mapping[str, Any] | None]
    things: tuple[PastThing, ...]
    category: Category
    people: Mapping[str, str]
    zone: tzinfo


def case_as_of(session: Session, case: str, day: date, *, by: Viewer, at: datetime) -> Past:
    """Return a case as it stood at the end of `day` in the office's zone, by what was typed until then.

    What the person may see today decides, whatever it was then. Who only follows the case is shown where it stood, not
    what was found. Raises `NotFound`, and `InvalidInput` for a day that has not come or before the case was opened.
    """
    work = reading.look(session, case, by=by, at=at, part="as_of")
    if day > work.today:
        raise InvalidInput({"as_of": _("Tanggal ini belum tiba.")})
    words = log.payloads_of(session, work.row.subject_id, work.row.id)
    known = [e for e in log.entries_of(session, work.row.id) if civil_date(e.entered_at, work.calendar) <= day]
    if not known:
        raise InvalidInput({"as_of": _("Kasus belum dibuka pada tanggal ini.")})
    events = [(_happened(e), words.get(e.id)) for e in known]
    standing = fold(event for event, _words in events)
    follows = not work.roles
    return Past(
        id=work.row.id,
        number=work.row.number,
        day=day,
        entry=known[-1].seq,
        entered_at=known[-1].entered_at,
        state=standing.state,
        state_since=standing.state_since,
        cycle=standing.cycle,
        confidentiality=standing.confidentiality,
        assignee=standing.assignee_id,
        held_until=standing.held_until,
        outcome=standing.outcome,
        emergency=_emergency(standing),
        records=_records(events, standing.cycle, only=(INITIAL,) if follows else ()),
        things=() if follows else _shown(things_of(known), _words(events), by=work.by),
        category=definitions.of_digest(session, standing.definition_digest),
        people=users.names(session, {standing.assignee_id} if standing.assignee_id else set()),
        zone=work.calendar.zone,
    )


def things_of(entries: Iterable[Row[Any]]) -> dict[str, Thing]:
    """Return id -> what hangs on a case after these of its entries, the oldest first."""
    return things((_happened(entry), entry.event_date) for entry in entries)


def _happened(entry: Row[Any]) -> Happened:
    return Happened(entry.code, entry.entered_at, orjson.loads(entry.data))


def _emergency(standing: Standing) -> Mapping[str, Any] | None:
    if standing.emergency_since is None:
        return None
    names = ("since", "ratified", "paid")
    return {name: getattr(standing, f"emergency_{name}") for name in names}


Told = tuple[Happened, Mapping[str, Any] | None]
"""An entry and its words; None where it has none, or where they were erased."""


def _records(told: Iterable[Told], cycle: int, *, only: tuple[str, ...]) -> dict[str, Mapping[str, Any] | None]:
    """Return stage -> answers of the cycle, None once erased; data collection is of the last cycle that has one."""
    records: dict[str, Mapping[str, Any] | None] = {}
    for entry, words in told:
        if entry.code != "case:record:saved" or (only and entry.data["stage"] not in only):
            continue
        if entry.data["cycle"] == cycle or entry.data["stage"] == INITIAL:
            records[entry.data["stage"]] = words["answers"] if words else None
    return records


def _words(told: Iterable[Told]) -> dict[str, dict[str, Any]]:
    """Return id -> what was written about a thing, the latest of each."""
    found: dict[str, dict[str, Any]] = {}
    for entry, words in told:
        if entry.code in SAID and words:
            found.setdefault(entry.data[SAID[entry.code][1]], {}).update(words)
    return found


def _shown(hung: Mapping[str, Thing], words: Mapping[str, Mapping[str, Any]], *, by: Viewer) -> tuple[PastThing, ...]:
    said = {thing: glass.told(each, by=by) for thing, each in words.items()}
    return tuple(PastThing(t.kind, t.id, t.status, t.result, t.cycle, t.on, said.get(t.id)) for t in hung.values())
