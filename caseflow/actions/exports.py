"""Exporting the log: under a checkpoint made for it, as far as somebody may see; the export is an entry itself."""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from heapq import merge
from typing import Any
from zoneinfo import ZoneInfo

from caseflow import access, audit, merkle
from caseflow.access import AREA_READERS, Viewer
from caseflow.actions import checkpoints, proofs
from caseflow.actions.typed import Typed
from caseflow.errors import Forbidden, InvalidInput, _
from caseflow.exchange.ledger import Head, Hidden, Item, Shown
from caseflow.exchange.xes import Event
from caseflow.ids import area_within, new_id, normalise_area
from caseflow.states.lifecycle import STEPS
from caseflow.store import checkpoints as rows
from caseflow.store import log, offices, placed, tree, users
from caseflow.store.placed import Part, Step
from caseflow.store.session import Session

FORMATS = ("jsonl", "csv", "xes")
SYSTEM, OPERATOR = "system", "operator"
KABUPATEN = 4
"""Digits of an area code that leave this house with a process: any nearer could point at a person."""
_PEOPLE_KEPT = 4096
_BY_RANK = ("caseworker", "supervisor", "head", "intake", "partner", "auditor", "admin")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportLog(Typed):
    """What is wanted: days are those of the first office, both included."""

    format: str = "jsonl"
    area: str | None = None
    start: date | None = None
    end: date | None = None


@dataclass(frozen=True, slots=True)
class Export:
    """An export that is prepared: what stands above it, and which part of the log it is."""

    head: Head
    part: Part
    alone: bool
    """Whether entries about no case, such as log-ins, are shown."""


def prepare(session: Session, command: ExportLog, *, by: Viewer, at: datetime) -> Export:
    """Note the export, sign everything committed until now, and return what to export under that."""
    if not by.roles.intersection(AREA_READERS):
        raise Forbidden(action=_("mengekspor log"), allowed=access.names_of(AREA_READERS))
    if command.format not in FORMATS:
        raise InvalidInput({"format": _("Pilih salah satu: {choices}.", choices=", ".join(FORMATS))})
    if command.start and command.end and command.end < command.start:
        raise InvalidInput({"until": _("Tanggal akhir sebelum tanggal mulai.")})
    area = normalise_area(command.area) if command.area else ""
    scope = {
        "area": area or None,
        "from": command.start.isoformat() if command.start else None,
        "until": command.end.isoformat() if command.end else None,
    }
    data = {"format": command.format, **{name: value for name, value in scope.items() if value}}
    log.note_access(session, "log:export:made", actor=by.user_id, at=at, data=data)
    checkpoints.sequence_all(session)
    made = checkpoints.make(session, cause_key=f"export:{new_id(at)}", at=at)
    if made is None:
        raise LookupError("the entry just written is not in the tree")
    start, end = _span(session, command)
    part = Part(size=made.size, start=start, end=end, area=area)
    return Export(Head(checkpoint=made.note, scope=scope), part, proofs.sees_everything(session, by))


def _span(session: Session, command: ExportLog) -> tuple[datetime | None, datetime | None]:
    zone = offices.first_zone(session) or UTC
    start = datetime.combine(command.start, time(), zone) if command.start else None
    end = datetime.combine(command.end + timedelta(days=1), time(), zone) if command.end else None
    return start, end


# --- for whoever checks ----------------------------------------------------------------------------------------------


def items(session: Session, export: Export, *, by: Viewer) -> Iterator[Item]:
    """Yield the whole tree under the checkpoint: the entries of the part, and hashes of what lies between them.

    No hash spans the size of any checkpoint ever made, so each of them can be checked against this one file.
    """
    node, cuts = tree.nodes(session), rows.sizes(session)
    entries = placed.stream(session, by, export.part, alone=export.alone)
    shown = (Shown(e.position, e.hash, audit.as_dict(e.envelope)) for e in entries)
    gone = (Hidden(p, 1, node(0, p).hex(), entry) for p, entry in placed.missing(session, export.part.size))
    streams: tuple[Iterator[Item], Iterator[Item]] = (shown, gone)
    at = 0
    for item in merge(*streams, key=lambda item: item.index):
        yield from _hidden(node, at, item.index, cuts)
        yield item
        at = item.index + 1
    yield from _hidden(node, at, export.part.size, cuts)


def _hidden(node: merkle.Node, start: int, end: int, cuts: list[int]) -> Iterator[Hidden]:
    while start < end:
        behind = bisect_right(cuts, start)
        stop = min(end, cuts[behind]) if behind < len(cuts) else end
        for level, index in merkle.cover(start, stop):
            yield Hidden(index << level, 1 << level, node(level, index).hex())
        start = stop


# --- for process mining ----------------------------------------------------------------------------------------------


def events(session: Session, export: Export, *, by: Viewer) -> Iterator[Event]:
    """Yield what happened, case by case: a step by its name, anything else by its code."""
    role_of = _roles(session)
    for step in placed.by_case(session, by, export.part):
        yield _event(step, role_of)


def log_attributes(session: Session, export: Export) -> Mapping[str, str | int]:
    """Return what describes the whole document."""
    said: dict[str, Any] = {f"caseflow:{name}": value for name, value in export.head.scope.items() if value}
    return {
        "concept:name": checkpoints.origin_of(session.settings),
        "caseflow:size": export.part.size,
        "caseflow:checkpoint": export.head.checkpoint,
        **said,
    }


def _event(step: Step, role_of: Callable[[Step], str]) -> Event:
    entry = step.placed.envelope
    data = {name: entry.data[name] for name in ("from", "to", "cycle", "stage") if name in entry.data}
    moved = entry.code == "case:step:taken"
    return Event(
        case=str(entry.case_id),
        activity=str(entry.data["step"]) if moved else entry.code,
        at=entry.entered_at,
        role=role_of(step),
        trace={"caseflow:category": step.category, "caseflow:area": step.area[:KABUPATEN]},
        more={
            "caseflow:code": entry.code,
            "caseflow:event_date": entry.event_date,
            **{f"caseflow:{name}": value for name, value in data.items()},
            "caseflow:index": step.placed.position,
            "caseflow:hash": step.placed.hash,
        },
    )


def _roles(session: Session) -> Callable[[Step], str]:
    """Return what tells in which role somebody acted: one that may take the step, of those held there that day."""
    first = offices.first_zone(session) or UTC

    @lru_cache
    def zone(area: str) -> tzinfo:
        office = offices.of_area(session, area)
        return ZoneInfo(office.zone) if office else first

    @lru_cache(_PEOPLE_KEPT)
    def grants(actor: str, day: date) -> tuple[access.Grant, ...] | None:
        account = users.by_id(session, actor)
        return users.viewer(session, account, day).grants if account else None

    def role_of(step: Step) -> str:
        entry = step.placed.envelope
        if entry.actor == access.SYSTEM_USER:
            return SYSTEM
        held = grants(entry.actor, datetime.fromisoformat(entry.entered_at).astimezone(zone(step.area)).date())
        if held is None:
            return OPERATOR
        here = {grant.role for grant in held if area_within(step.area, grant.area)} or {g.role for g in held}
        wanted = STEPS.get(str(entry.data.get("step")))
        may = [role for role in (*wanted.takers, *wanted.approvers) if role in here] if wanted else []
        return next((role for role in (*may, *_BY_RANK) if role in here), "")

    return role_of
