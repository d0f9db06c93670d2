"""Placement of a child with kin or in a child welfare institution: carer, start, end, review every six months."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from caseflow import access
from caseflow.access import Viewer
from caseflow.actions import casework, obligations, sharing
from caseflow.actions.casework import Change, Done, Work
from caseflow.actions.typed import Typed
from caseflow.errors import InvalidInput, NotFound, Refused, _
from caseflow.ids import new_id
from caseflow.states import machine, names
from caseflow.store import cases, children, institutions
from caseflow.store.log import Entry
from caseflow.store.session import Session
from caseflow.store.tables import placement, placement_review

KINDS = ("kin", "lksa", "shelter")
DAYS_A_MONTH = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class StartPlacement(Typed):
    """A child goes to live with a carer: kin, or an institution (lksa)."""

    case: str
    kind: str
    carer: str
    relation: str = ""
    institution: str | None = None
    starts_on: date | None = None
    expected_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPlacement(Typed):
    """The six-monthly look at whether the placement is still the best for the child (SNPA, Permensos 30/HUK/2011)."""

    case: str
    placement: str
    finding: str = ""
    reviewed_on: date | None = None
    expected_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndPlacement(Typed):
    """The child leaves the carer."""

    case: str
    placement: str
    reason: str = ""
    ends_on: date | None = None
    expected_version: int | None = None


def start_placement(session: Session, command: StartPlacement, *, by: Viewer, at: datetime) -> Done:
    """Start a placement; for an institution every placement guard of the category must hold (`StepRefused`)."""
    placement_id = str(new_id(at))
    if command.kind not in KINDS:
        raise InvalidInput({"kind": _("Pilih salah satu: {choices}.", choices=", ".join(KINDS))})
    carer = casework.require_text(names.line(command.carer), "carer", limit=400)

    def decide(work: Work) -> Change:
        access.require_act(work.roles, "placement")
        if work.row.state != "intervention":
            raise Refused(reason=_("Penempatan dimulai pada tahap intervensi, setelah rencana disetujui."))
        if any(p.end is None for p in work.facts.placements):
            raise Refused(reason=_("Penempatan masih berjalan; akhiri dahulu."))
        _require_home(session, command)
        machine.require(work.category, replace(work.facts, details={"placement": command.kind}), "start_placement")
        day = casework.require_past(command.starts_on, work.today, "starts_on")
        if command.kind == "lksa":
            home = institutions.require(session, command.institution, "child_institution")
            sharing.require(
                work,
                ("placement",),
                home,
                by_name=work.row.confidentiality == "R3",
                step="start_placement",
                label=_("Mulai penempatan"),
            )
        if day < work.row.opened_on:
            raise InvalidInput({"starts_on": _("Tanggal ini sebelum kasus dibuka.")})
        due = _review_due(work, day)

        def carry(held: Work) -> tuple[Entry, ...]:
            columns = {
                "case_id": held.row.id,
                "kind": command.kind,
                "institution_id": command.institution,
                "starts_on": day,
                "next_review": due,
            }
            secret = {"carer": carer, "relation": names.line(command.relation)}
            children.add(session, placement, held.row.subject_id, columns, secret, at=at, row_id=placement_id)
            _remind(held, placement_id, due)
            data = {"placement": placement_id, "kind": command.kind, "institution": command.institution or ""}
            return (Entry(code="case:placement:started", data=data, payload=secret, event_date=day),)

        return Change(carry=carry)

    done = casework.change(session, command.case, decide, by=by, at=at, expected_version=command.expected_version)
    return casework.created(done, placement_id)


def review_placement(session: Session, command: ReviewPlacement, *, by: Viewer, at: datetime) -> Done:
    """Record a placement review; the next one is due six months later."""
    finding = casework.require_text(command.finding, "finding")
    review_id = str(new_id(at))

    def decide(work: Work) -> Change:
        row_id, start = _running(work, command.placement)
        day = casework.require_past(command.reviewed_on, work.today, "reviewed_on")
        if day < start:
            raise InvalidInput({"reviewed_on": _("Tanggal ini sebelum penempatan dimulai.")})
        due = _review_due(work, day)

        def carry(held: Work) -> tuple[Entry, ...]:
            subject = held.row.subject_id
            columns = {"placement_id": row_id, "reviewed_on": day, "reviewed_by": by.user_id}
            children.add(session, placement_review, subject, columns, {"finding": finding}, at=at, row_id=review_id)
            children.change(session, placement, subject, row_id, {"next_review": due})
            obligations.end_kinds(session, held.row.id, ("placement_review",), at=at, satisfied=True)
            _remind(held, row_id, due)
            data = {"placement": row_id, "review": review_id}
            return (Entry(code="case:placement:reviewed", data=data, payload={"finding": finding}, event_date=day),)

        return Change(carry=carry)

    done = casework.change(session, command.case, decide, by=by, at=at, expected_version=command.expected_version)
    return casework.created(done, review_id)


def end_placement(session: Session, command: EndPlacement, *, by: Viewer, at: datetime) -> Done:
    """End a placement with a reason; its reminders end with it."""
    reason = casework.require_text(command.reason, "reason")

    def decide(work: Work) -> Change:
        row_id, start = _running(work, command.placement)
        day = casework.require_past(command.ends_on, work.today, "ends_on")
        if day < start:
            raise InvalidInput({"ends_on": _("Tanggal ini sebelum penempatan dimulai.")})

        def carry(held: Work) -> tuple[Entry, ...]:
            children.change(session, placement, held.row.subject_id, row_id, {"ends_on": day, "next_review": None})
            obligations.end_kinds(session, held.row.id, ("placement_review",), at=at)
            data = {"placement": row_id}
            return (Entry(code="case:placement:ended", data=data, payload={"reason": reason}, event_date=day),)

        return Change(carry=carry)

    return casework.change(session, command.case, decide, by=by, at=at, expected_version=command.expected_version)


def _require_home(session: Session, command: StartPlacement) -> None:
    """Kin is no institution; a child who lives in a child welfare institution is placed there under its guards."""
    if command.kind == "lksa" or command.institution is None:
        return
    if command.kind == "kin":
        raise InvalidInput(
            {
                "institution": _(
                    "Pengasuhan kerabat tidak memakai lembaga: kosongkan isian ini, atau pilih jenis penempatan lain."
                )
            }
        )
    if institutions.require(session, command.institution).kind == "child_institution":
        raise InvalidInput({"kind": _("Lembaga ini sebuah LKSA: pilih jenis penempatan LKSA.")})


def _running(work: Work, placement_id: str) -> tuple[str, date]:
    access.require_act(work.roles, "placement")
    found = next((p for p in work.facts.placements if p.id == placement_id), None)
    if found is None:
        raise NotFound
    if found.end is not None:
        raise Refused(reason=_("Penempatan ini sudah berakhir."))
    return found.id, found.start


def _review_due(work: Work, since: date) -> date:
    """Return the day by which the placement is to be looked at again, counted from its start or the last look."""
    return since + timedelta(days=work.category.placement_review_months * DAYS_A_MONTH)


def _remind(work: Work, placement_id: str, due: date) -> None:
    row = cases.by_id(work.session, work.row.id)
    if row is not None:
        obligations.start(
            work.session,
            case=row,
            kind="placement_review",
            span=None,
            due_on=due,
            recipient="assignee",
            basis=_("SNPA (Permensos 30/HUK/2011): tinjauan penempatan tiap 6 bulan"),
            cause_key=f"placement:{placement_id}:{row.entry_seq + 1}",
            at=work.at,
            ref_id=placement_id,
            calendar=work.calendar,
        )
