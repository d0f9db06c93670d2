"""Opening a case, and what happens to it as a whole: assignment, hold, the team of a closed file."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from caseflow import access
from caseflow.access import Viewer
from caseflow.actions import areas, casework, definitions, inbox, obligations, records, whom
from caseflow.actions.casework import Change, Done, Work
from caseflow.actions.groups import GroupData
from caseflow.actions.people import HouseholdData, PersonData, Recorded
from caseflow.actions.typed import Typed
from caseflow.audit import GENESIS
from caseflow.errors import ClockBehind, Forbidden, InvalidInput, NotFound, Refused, _
from caseflow.ids import area_within, case_number, new_id
from caseflow.states.category import Category
from caseflow.states.deadlines import civil_date
from caseflow.states.lifecycle import CLOSED, INITIAL
from caseflow.store import cases, facts, log, offices, sql, subjects, users
from caseflow.store.cases import CaseRow
from caseflow.store.log import Entry
from caseflow.store.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCase(Typed):
    """A new case for a person or household, new or known."""

    category: str
    area: str
    person: PersonData | None = None
    household: HouseholdData | None = None
    group: GroupData | None = None
    subject: str | None = None
    issue: str | None = None
    event_date: date | None = None
    answers: Mapping[str, Any] = field(default_factory=dict)
    new_despite_closed: bool = False
    """The worker has seen the closed case of this subject and category and still wants a new one."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The new case, and what to warn about."""

    case: Done
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignCase(Typed):
    """A supervisor gives a case to a worker."""

    case: str
    assignee: str
    reason: str = ""
    expected_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldCase(Typed):
    """A pause with a reason and an end."""

    case: str
    until: date
    reason: str = ""
    expected_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeCase(Typed):
    """The end of a pause."""

    case: str
    reason: str = ""
    expected_version: int | None = None


def open_case(session: Session, command: OpenCase, *, by: Viewer, at: datetime) -> Opened:
    """Open a case: subject, number, first entry and deadline in this transaction.

    Raises `UnknownCategory`, `InvalidInput`, `Forbidden`, `DuplicateCase` (one open case per subject and category) and
    `ClosedCaseExists` (reopen it, or say that a new one is meant), `ClockBehind`.
    """
    category = definitions.current(session, command.category)
    area_code = areas.require(session, command.area)
    if not any(g.role in access.OPENERS and area_within(area_code, g.area) for g in by.grants):
        raise Forbidden(action=access.ACT_LABELS["open"], allowed=access.names_of(access.OPENERS))
    office = areas.office_for(session, area_code)
    calendar = offices.calendar(session, office.id)
    today = civil_date(at, calendar)
    _require_clock(session, at)
    opened_on = casework.require_past(command.event_date, today, "event_date")
    _check_issue(category, command.issue)
    about = (command.person, command.household, command.group, command.subject)
    given = [one for one in about if one is not None]
    if len(given) != 1:
        raise InvalidInput({"subject": _("Sebutkan satu: orang, keluarga, kelompok baru, atau yang sudah tercatat.")})
    subject = whom.subject_of(session, category, given[0], area_code, by=by, today=today, at=at)
    whom.refuse_double(session, subject.subject_id, category.code, despite_closed=command.new_despite_closed, by=by)
    number = case_number(
        office.area_code, today.year, sql.next_number(session, f"case:{office.area_code}:{today.year}")
    )
    case_id = str(new_id(at))
    definitions.keep(session, category, at=at)
    values = {
        "id": case_id,
        "number": number,
        "office_id": office.id,
        "category": category.code,
        "definition_digest": category.digest,
        "subject_id": subject.subject_id,
        "area_code": area_code,
        "confidentiality": confidentiality(category, child=subject.child),
        "issue": command.issue,
        "state": INITIAL,
        "state_since": at,
        "cycle": 1,
        "version": 1,
        "facts_version": 1,
        "entry_seq": 0,
        "entry_head": GENESIS,
        "assignee_id": by.user_id if _works_on(by, area_code) else None,
        "opened_by": by.user_id,
        "opened_at": at,
        "opened_on": opened_on,
        "assessed": False,
        "visits_waived": False,
        "emergency_ratified": False,
        "emergency_paid": False,
    }
    cases.add(session, values)
    if values["confidentiality"] == "R3":
        subjects.hide_name(session, subject.subject_id)
        cases.join_team(session, case_id, (by.user_id, *users.holders(session, "supervisor", area_code, today)))
    return _opened(session, case_id, category, command, subject, opened_on, by=by, at=at)


def _require_clock(session: Session, at: datetime) -> None:
    """A new case has no entry to compare with: the newest of all is, but for what may happen at once elsewhere."""
    newest = log.newest_entry(session)
    if newest is not None and at < newest - casework.SKEW:
        raise ClockBehind(now=at.isoformat(timespec="seconds"), newest=newest.isoformat(timespec="seconds"))


def _opened(
    session: Session,
    case_id: str,
    category: Category,
    command: OpenCase,
    subject: Recorded,
    opened_on: date,
    *,
    by: Viewer,
    at: datetime,
) -> Opened:
    work = casework.look(session, case_id, by=by, at=at)
    data: dict[str, Any] = {
        "number": work.row.number,
        "category": category.code,
        "definition": category.digest,
        "area": work.row.area_code,
        "office": work.row.office_id,
        "issue": command.issue or "",
    }
    data |= {"state": INITIAL, "cycle": 1, "confidentiality": work.row.confidentiality}
    if work.row.assignee_id:
        data["assignee"] = work.row.assignee_id
    about = subjects.summary(session, subject.subject_id, work.today)
    payload = {"subject": {k: v for k, v in facts.plain(dict(about.data)).items() if v is not None}}
    entry = Entry(code="case:opened", data=data, payload=payload, event_date=opened_on)
    chain = log.Chain(case_id, subject.subject_id, 0, GENESIS)
    end = log.append(session, chain, (entry,), actor=by.user_id, at=at, today=work.today, facts=work.digest)
    cases.amend(session, case_id, {"entry_seq": end.seq, "entry_head": end.head})
    if deadline := category.deadlines.get(INITIAL):
        obligations.start(
            session,
            case=work.row,
            kind="state_deadline",
            span=deadline.span,
            recipient=deadline.recipient,
            basis=deadline.basis,
            cause_key=f"state_deadline:{case_id}:1",
            at=at,
            calendar=work.calendar,
        )
    row = cases.by_id(session, case_id)
    if row is None:
        raise NotFound
    if command.answers:
        _first_answers(session, case_id, command.answers, by=by, at=at)
    row = cases.by_id(session, case_id) or row
    done = Done(row.id, row.number, row.state, row.version, row.cycle, row.entry_seq, created_id=subject.subject_id)
    return Opened(done, subject.warnings)


def _first_answers(session: Session, case_id: str, answers: Mapping[str, Any], *, by: Viewer, at: datetime) -> None:
    command = records.RecordStage(case=case_id, stage=INITIAL, answers=answers, final=True)
    records.record_stage(session, command, by=by, at=at)


def confidentiality(category: Category, *, child: bool) -> str:
    """Return the level of a new case: children's data are specific personal data (UU 27/2022 art. 4), at least R2."""
    return "R2" if child and category.confidentiality == "R1" else category.confidentiality


def _works_on(by: Viewer, area_code: str) -> bool:
    return any(g.role == "caseworker" and not g.for_user and area_within(area_code, g.area) for g in by.grants)


def _check_issue(category: Category, issue: str | None) -> None:
    known = [i.key for i in category.issues]
    if issue and issue not in known:
        raise InvalidInput({"issue": _("Pilih salah satu: {choices}.", choices=", ".join(known))})


def assign_case(session: Session, command: AssignCase, *, by: Viewer, at: datetime) -> Done:
    """Give a case to an active caseworker of its area; the worker is told."""

    def able(row: CaseRow, today: date) -> Collection[str]:
        return users.holders(session, "caseworker", row.area_code, today)

    def tell(held: Work) -> None:
        key = f"assigned:{held.row.id}:{held.row.entry_seq + 1}"
        data = {"number": held.row.number}
        inbox.tell(session, (command.assignee,), kind="assigned", cause_key=key, case_id=held.row.id, data=data, at=at)

    return give_case(session, command, able=able, tell=tell, by=by, at=at)


def give_case(
    session: Session,
    command: AssignCase,
    *,
    able: Callable[[CaseRow, date], Collection[str]],
    tell: Callable[[Work], None] = lambda _held: None,
    held_by: str | None = None,
    by: Viewer,
    at: datetime,
) -> Done:
    """Give a case to one of those who are `able`; where `held_by` is said, only while it is still theirs."""

    def decide(work: Work) -> Change:
        access.require_act(work.roles, "assign")
        if work.row.state == CLOSED:
            raise Refused(reason=_("Kasus sudah ditutup."))
        if held_by is not None and work.row.assignee_id != held_by:
            raise Refused(reason=_("Kasus ini sudah tidak dipegang orang itu."))
        if command.assignee not in (found := set(able(work.row, work.today))):
            names = ", ".join(sorted(users.names(session, found).values())) or "-"
            raise InvalidInput({"assignee": _("Pilih pendamping yang bertugas di wilayah ini: {names}.", names=names)})

        def carry(held: Work) -> tuple[Entry, ...]:
            tell(held)
            said = {"assignee": command.assignee, "before": held.row.assignee_id or ""}
            payload = {"reason": command.reason} if command.reason else None
            return (Entry(code="case:assigned", data=said, payload=payload),)

        return Change(columns={"assignee_id": command.assignee}, carry=carry)

    return casework.change(
        session, command.case, decide, by=by, at=at, expected_version=command.expected_version, during_hold=True
    )


def hold_case(session: Session, command: HoldCase, *, by: Viewer, at: datetime) -> Done:
    """Pause a case until a day within the category's maximum; never at high risk. Obligations pause with it."""
    reason = casework.require_text(command.reason, "reason")

    def decide(work: Work) -> Change:
        access.require_act(work.roles, "hold")
        if work.row.state == CLOSED:
            raise Refused(reason=_("Kasus sudah ditutup."))
        if work.facts.risk == "high":
            raise Refused(reason=_("Kasus berisiko tinggi tidak boleh ditunda."))
        most = work.today + timedelta(days=work.category.hold_max_days)
        if not work.today < command.until <= most:
            raise InvalidInput(
                {"until": _("Pilih tanggal setelah hari ini, paling lambat {day}.", day=most.isoformat())}
            )

        def carry(held: Work) -> tuple[Entry, ...]:
            obligations.pause(session, held.row.id, at=at)
            obligations.start(
                session,
                case=held.row,
                kind="hold_end",
                span=casework.days_until(held, command.until),
                recipient="assignee",
                basis=_("akhir penundaan"),
                cause_key=f"hold_end:{held.row.id}:{held.row.entry_seq + 1}",
                at=at,
                calendar=held.calendar,
            )
            data = {"until": command.until.isoformat()}
            return (Entry(code="case:held", data=data, payload={"reason": reason}),)

        return Change(columns={"held_until": command.until}, carry=carry)

    return casework.change(session, command.case, decide, by=by, at=at, expected_version=command.expected_version)


def ended_holds(session: Session, *, at: datetime, limit: int = 100) -> list[str]:
    """Return the cases whose pause has ended by itself; a job resumes them, one by one."""
    held = cases.held(session, limit=limit)
    days = {office: civil_date(at, offices.calendar(session, office)) for office in {row.office_id for row in held}}
    return [row.id for row in held if row.held_until and row.held_until < days[row.office_id]]


def resume_case(session: Session, command: ResumeCase, *, by: Viewer, at: datetime) -> Done:
    """End a pause; what remained of each deadline goes on."""

    def decide(work: Work) -> Change:
        access.require_act(work.roles, "hold")
        if work.row.held_until is None:
            raise Refused(reason=_("Kasus ini tidak sedang ditunda."))

        def carry(held: Work) -> tuple[Entry, ...]:
            casework.run_on(held)
            payload = {"reason": command.reason} if command.reason else None
            return (Entry(code="case:resumed", data={}, payload=payload),)

        return Change(columns={"held_until": None}, carry=carry)

    return casework.change(
        session, command.case, decide, by=by, at=at, expected_version=command.expected_version, during_hold=True
    )
