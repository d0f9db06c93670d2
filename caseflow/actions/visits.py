"""Monitoring visits: date, officer, finding. A visit ends its reminder and starts the next one."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import orjson

from caseflow import access
from caseflow.access import Viewer
from caseflow.actions import casework, family, obligations
from caseflow.actions.casework import Change, Done, Work
from caseflow.actions.family import Relative
from caseflow.actions.typed import Typed
from caseflow.errors import InvalidInput, NotFound, Refused, _
from caseflow.ids import new_id
from caseflow.states.guards import counted_visits
from caseflow.states.lifecycle import INITIAL
from caseflow.store import cases, children, facts, log, subjects, users
from caseflow.store.log import Entry
from caseflow.store.session import Session
from caseflow.store.tables import visit

VISITABLE = ("intervention", "evaluation", "monitoring")


@dataclass(frozen=True, slots=True, kw_only=True)
class AddVisit(Typed):
    """A visit that took place."""

    case: str
    visited_on: date | None = None
    officer: str | None = None
    finding: str = ""
    progress: str = ""
    expected_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaiveVisits(Typed):
    """A supervisor waives the remaining monitoring visits of this cycle."""

    case: str
    reason: str = ""
    expected_version: int | None = None


def at_the_same_door(work: Work) -> tuple[Relative, ...]:
    """Return the other open cases of the household in which the visitor may record this visit too; no closed files.

    From a closed file none: its finding would be read in the others.
    """
    if work.row.confidentiality == "R3":
        return ()
    about = subjects.summary(work.session, work.row.subject_id, work.today)
    near = [relative for relative in family.of_case(work, about) if relative.state in VISITABLE]
    return tuple(relative for relative in near if _may_visit(work, relative.number))


def _may_visit(work: Work, number: str) -> bool:
    roles = casework.look(work.session, number, by=work.by, at=work.at).roles
    return bool(roles.intersection(access.ACTS["visit"]))


def closed_findings(session: Session, commands: Sequence[AddVisit], *, by: Viewer, at: datetime) -> frozenset[str]:
    """Return the findings that are typed for several cases, one of them a closed file (R3) this person sees."""
    said: dict[str, set[str]] = {}
    for command in commands:
        said.setdefault(command.finding.strip(), set()).add(command.case)
    return frozenset(
        finding
        for finding, about in said.items()
        if len(about) > 1 and any(_closed_file(session, case, by=by, at=at) for case in sorted(about))
    )


def strangers(session: Session, commands: Sequence[AddVisit], *, by: Viewer, at: datetime) -> frozenset[str]:
    """Return the cases that are given the words of another household: not of the home of the first with the same."""
    found: set[str] = set()
    homes: dict[str, set[str]] = {}
    for command in commands:
        try:
            work = casework.look(session, command.case, by=by, at=at)
        except NotFound:
            continue
        about, said = work.row.subject_id, command.finding.strip()
        if said not in homes:
            homes[said] = {about, *family.household_of(work, subjects.summary(session, about, work.today))}
        if about not in homes[said]:
            found.add(command.case)
    return frozenset(found)


def _closed_file(session: Session, case: str, *, by: Viewer, at: datetime) -> bool:
    try:
        return casework.look(session, case, by=by, at=at).row.confidentiality == "R3"
    except NotFound:
        return False


def add_visit(session: Session, command: AddVisit, *, by: Viewer, at: datetime, secret: Collection[str] = ()) -> Done:
    """Record a visit during intervention, evaluation or monitoring; two on one day are one.

    `secret` are findings of a closed file, which no other case gets.
    """
    visit_id = str(new_id(at))
    finding = casework.require_text(command.finding, "finding")

    def decide(work: Work) -> Change:
        access.require_act(work.roles, "visit")
        if work.row.state not in VISITABLE:
            raise Refused(reason=_("Kunjungan dicatat pada tahap intervensi, evaluasi, atau monitoring."))
        if finding in secret and work.row.confidentiality != "R3":
            raise Refused(reason=_("Temuan dari berkas tertutup tidak disalin ke kasus lain. Catat kunjungan sendiri."))
        day = casework.require_past(command.visited_on, work.today, "visited_on")
        if day < work.row.opened_on:
            raise InvalidInput({"visited_on": _("Tanggal ini sebelum kasus dibuka.")})
        officer = command.officer or by.user_id
        if not (casework.is_id(officer) and users.active(session, officer)):
            raise InvalidInput({"officer": _("Petugas ini tidak ada atau tidak aktif.")})
        if any(v.on == day for v in work.facts.visits):
            raise InvalidInput({"visited_on": _("Kunjungan pada tanggal ini sudah tercatat.")})

        state, cycle = stage_on(work, day)

        def carry(held: Work) -> tuple[Entry, ...]:
            row = held.row
            columns = {"case_id": row.id, "cycle": cycle, "state": state, "visited_on": day}
            columns |= {"officer_id": officer, "recorded_at": at}
            secret = {"finding": finding, "progress": command.progress.strip()}
            children.add(session, visit, row.subject_id, columns, secret, at=at, row_id=visit_id)
            if state == row.state == "monitoring" and cycle == row.cycle:
                _next_reminder(held)
            data = {"visit": visit_id, "officer": officer, "cycle": cycle, "state": state}
            return (Entry(code="case:visit:recorded", data=data, payload=secret, event_date=day),)

        return Change(carry=carry)

    done = casework.change(session, command.case, decide, by=by, at=at, expected_version=command.expected_version)
    return casework.created(done, visit_id)


def stage_on(work: Work, day: date) -> tuple[str, int]:
    """Return state and cycle of the case at the end of a day: what is typed late counts where it took place."""
    taken = (
        e for e in log.entries_of(work.session, work.row.id) if e.code == "case:step:taken" and e.event_date <= day
    )
    last = max(taken, key=lambda e: e.seq, default=None)
    if last is None:
        return INITIAL, 1
    said = orjson.loads(last.data)
    return said["to"], said["cycle"]


def _next_reminder(work: Work) -> None:
    """End the present reminder; start the next while visits are still owed."""
    session, rhythm = work.session, work.category.rhythm
    obligations.end_kinds(session, work.row.id, ("visit",), at=work.at, satisfied=True)
    row = cases.by_id(session, work.row.id)
    if row is None:
        return
    done = counted_visits(facts.load(session, row.id, work.today), work.category)
    if done >= rhythm.visits:
        return
    obligations.start(
        session,
        case=row,
        kind="visit",
        span=rhythm.every,
        recipient=rhythm.recipient,
        basis=_("irama monitoring kategori"),
        cause_key=f"visit:{row.id}:{row.entry_seq + 1}",
        at=work.at,
        calendar=work.calendar,
    )


def waive_visits(session: Session, command: WaiveVisits, *, by: Viewer, at: datetime) -> Done:
    """Waive the remaining visits with a reason; a supervisor's act."""
    reason = casework.require_text(command.reason, "reason")

    def decide(work: Work) -> Change:
        access.require_act(work.roles, "waive_visits")
        if work.row.state != "monitoring":
            raise Refused(reason=_("Kunjungan hanya dapat dibebaskan pada tahap monitoring."))

        def carry(held: Work) -> tuple[Entry, ...]:
            obligations.end_kinds(session, held.row.id, ("visit",), at=at)
            data = {"cycle": held.row.cycle, "counted": counted_visits(held.facts, held.category)}
            return (Entry(code="case:visits:waived", data=data, payload={"reason": reason}),)

        return Change(columns={"visits_waived": True}, carry=carry)

    return casework.change(session, command.case, decide, by=by, at=at, expected_version=command.expected_version)
