"""What people read: a case with its next steps, lists, reviews, history; a restricted case read is an access entry."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import orjson

from caseflow import crypto
from caseflow.access import Viewer, roles_in
from caseflow.actions import areas, casework, letter_facts
from caseflow.actions.casework import Work
from caseflow.errors import Erased, Sentence
from caseflow.states import guards, machine
from caseflow.states.category import Category, Text
from caseflow.states.deadlines import civil_date
from caseflow.states.lifecycle import INITIAL
from caseflow.states.names import name_keys
from caseflow.states.notices import notices
from caseflow.store import cases, children, institutions, letters, log, obligations, records, reviews, subjects, users
from caseflow.store import offices as office_rows
from caseflow.store.cases import CaseRow, Filter
from caseflow.store.session import Session
from caseflow.store.tables import consent, placement, plan_item, referral, visit
from caseflow.store.types import Row


@dataclass(frozen=True, slots=True)
class Line:
    """A case in a list: a closed file (R3) shows a pseudonym and no category."""

    id: str
    number: str
    name: str
    category: str
    """Its name; the code stands apart."""
    category_code: str
    area: str
    state: str
    risk: str | None
    confidentiality: str
    assignee: str | None
    version: int
    cycle: int


@dataclass(frozen=True, slots=True)
class NextStep:
    """A possible next step for this reader."""

    step: str
    label: Text
    to: str
    allowed: bool
    may_take: bool
    unmet: tuple[guards.Unmet, ...]
    approval: tuple[str, ...]
    reason: bool


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the history."""

    seq: int
    code: str
    event_date: date
    entered_at: datetime
    actor: str
    actor_name: str
    data: Mapping[str, Any]
    words: Mapping[str, Any] | None
    """What was said; None once erased."""


@dataclass(frozen=True, slots=True)
class Thing:
    """A row that hangs on the case: its columns and its opened words."""

    id: str
    columns: Mapping[str, Any]
    words: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CaseView:
    """Everything a case page shows."""

    line: Line
    row: CaseRow
    category: Category
    subject: subjects.Summary
    area_name: str
    people: Mapping[str, str]
    records: Mapping[str, Mapping[str, Any]]
    record_versions: Mapping[str, int]
    plan: tuple[Thing, ...]
    placements: tuple[Thing, ...]
    referrals: tuple[Thing, ...]
    visits: tuple[Thing, ...]
    consents: tuple[Thing, ...]
    letters: tuple[Row[Any], ...]
    void_reasons: Mapping[str, str | None]
    """Letter -> why it is void."""
    reviews: tuple[Row[Any], ...]
    obligations: tuple[Row[Any], ...]
    steps: tuple[NextStep, ...]
    roles: frozenset[str]
    screening: bool | None
    counted_visits: int
    notices: tuple[Sentence, ...]
    """What the worker is told without being stopped."""
    today: date
    members: tuple[Mapping[str, Any], ...]


def view_case(session: Session, case: str, *, by: Viewer, at: datetime) -> CaseView:
    """Return a case as `by` may see it; `NotFound` when absent or not visible. Note the reading with `note_reading`."""
    work = casework.look(session, case, by=by, at=at)
    row = work.row
    subject = subjects.summary(session, row.subject_id, work.today)
    ids = {row.assignee_id, row.opened_by}
    things = {t.name: _things(work, t) for t in (plan_item, placement, referral, visit, consent)}
    ids |= {v.columns.get("officer_id") for v in things["visit"]} | {
        i.columns.get("owner_id") for i in things["plan_item"]
    }
    asked = tuple(reviews.of_case(session, row.id))
    sent = tuple(letters.of_case(session, row.id))
    ids |= {r.requested_by for r in asked} | {r.decided_by for r in asked}
    versions = {r.stage: r.version for r in records.of_case(session, row.id) if r.cycle == row.cycle}
    view = CaseView(
        line=_line(session, row, subject.name, users.names(session, {row.assignee_id or ""})),
        row=row,
        category=work.category,
        subject=subject,
        area_name=areas.full_name(session, row.area_code),
        people=users.names(session, {str(i) for i in ids if i}),
        records=work.facts.records,
        record_versions=versions,
        plan=tuple(t for t in things["plan_item"] if t.columns["cycle"] == row.cycle),
        placements=things["placement"],
        referrals=_named_referrals(session, things["referral"]),
        visits=things["visit"],
        consents=things["consent"],
        letters=sent,
        void_reasons={s.id: letters.void_reason(session, row.subject_id, s) for s in sent},
        reviews=asked,
        obligations=tuple(o for o in obligations.of_case(session, row.id) if not (o.satisfied_at or o.cancelled_at)),
        steps=next_steps_of(work),
        roles=work.roles,
        screening=guards.screening(work.facts, work.category),
        counted_visits=guards.counted_visits(work.facts, work.category),
        notices=notices(work.category, work.facts, age=subject.age, sex=subject.sex),
        today=work.today,
        members=_members(work) if subject.kind == "household" else (),
    )
    return view if work.roles else _status_only(view)


def _status_only(view: CaseView) -> CaseView:
    """Return what somebody follows of a case they may no longer write on: where it stands, not what was found."""
    kept = {stage: answers for stage, answers in view.records.items() if stage == INITIAL}
    return replace(
        view,
        records=kept,
        record_versions={},
        plan=(),
        placements=(),
        referrals=(),
        visits=(),
        consents=(),
        letters=(),
        reviews=(),
        obligations=(),
        steps=(),
        notices=(),
        members=(),
    )


def note_reading(session: Session, view: CaseView, *, by: Viewer, at: datetime) -> None:
    """Note that a restricted case was read; the caller uses a writing session."""
    if view.row.confidentiality != "R1":
        log.note_access(session, "case:file:read", actor=by.user_id, at=at, case_id=view.row.id)


def _things(work: Work, table: Any) -> tuple[Thing, ...]:  # noqa: ANN401 - a table
    found = []
    for row in children.of_case(work.session, table, work.row.id):
        try:
            words = children.words(work.session, table, work.row.subject_id, row)
        except Erased:
            words = {}
        columns = {k: v for k, v in row._mapping.items() if k != "sealed"}  # noqa: SLF001 - the library's public name
        found.append(Thing(row.id, columns, words))
    return tuple(found)


def _named_referrals(session: Session, found: tuple[Thing, ...]) -> tuple[Thing, ...]:
    named = []
    for thing in found:
        receiver = institutions.by_id(session, thing.columns["institution_id"])
        name = receiver.name if receiver else "-"
        named.append(Thing(thing.id, {**thing.columns, "institution": name}, thing.words))
    return tuple(named)


def _members(work: Work) -> tuple[Mapping[str, Any], ...]:
    found = []
    for member in subjects.members_of(work.session, work.row.subject_id, work.today):
        person = subjects.summary(work.session, member.person_id, work.today)
        found.append(
            {
                "id": member.person_id,
                "member": member.id,
                "name": person.name,
                "relation": subjects.relation_of(work.session, member),
                "basis": member.basis,
                "age": person.age,
            }
        )
    return tuple(found)


def next_steps(session: Session, case: str, *, by: Viewer, at: datetime) -> tuple[NextStep, ...]:
    """Return every step out of the present state, with all unmet guards and whether `by` may take it."""
    return next_steps_of(casework.look(session, case, by=by, at=at))


def next_steps_of(work: Work) -> tuple[NextStep, ...]:
    """Return the next steps of a case already looked at."""
    found = []
    for preview in machine.previews(work.category, work.facts):
        may = bool(work.roles.intersection(preview.takers))
        held = work.facts.held and not preview.during_hold
        allowed = may and not preview.unmet and not held
        found.append(
            NextStep(
                preview.step, preview.label, preview.to, allowed, may, preview.unmet, preview.approvers, preview.reason
            )
        )
    return tuple(found)


def list_cases(session: Session, wanted: Filter, *, by: Viewer) -> list[Line]:
    """Return the cases `by` may see, newest first."""
    return _lines(session, cases.visible(session, by, wanted))


def search(session: Session, typed: str, *, by: Viewer, limit: int = 20) -> list[Line]:
    """Return visible cases by name (spelled the Indonesian ways), NIK, KK, phone or case number."""
    typed = typed.strip()[:200]
    if row := cases.by_number(session, typed):
        visible = roles_in(by, cases.scope_of(session, row))
        return _lines(session, [row]) if visible else []
    digits = "".join(c for c in typed if c.isdigit())
    indexes: tuple[str, ...] = ()
    if len(digits) >= 8:  # noqa: PLR2004 - the shortest telephone number
        indexes = tuple(crypto.blind_index(session.keys, kind, digits) for kind in ("nik", "kk", "phone"))
    words = name_keys(typed) if not digits else ()
    return _lines(session, cases.found_by(session, by, indexes=indexes, names=words, limit=limit))


def _lines(session: Session, rows: list[CaseRow]) -> list[Line]:
    people = users.names(session, {r.assignee_id for r in rows if r.assignee_id})
    return [_line(session, r, subjects.name_of(session, r.subject_id), people) for r in rows]


def _line(session: Session, row: CaseRow, name: str, people: Mapping[str, str]) -> Line:
    closed_file = row.confidentiality == "R3"
    category = session.categories.get(row.category)
    return Line(
        id=row.id,
        number=row.number,
        name=letter_facts.shown_name(row.confidentiality, row.number, name),
        category="" if closed_file else (category.name.id if category else row.category),
        category_code="" if closed_file else row.category,
        area=areas.short_name(session, row.area_code),
        state=row.state,
        risk=row.risk,
        confidentiality=row.confidentiality,
        assignee=people.get(row.assignee_id or ""),
        version=row.version,
        cycle=row.cycle,
    )


def history(session: Session, case: str, *, by: Viewer, at: datetime) -> tuple[Event, ...]:
    """Return the case's entries, oldest first, with what was said as far as it still exists."""
    work = casework.look(session, case, by=by, at=at)
    rows = log.entries_of(session, work.row.id)
    words = log.payloads_of(session, work.row.subject_id, work.row.id)
    people = users.names(session, {r.actor for r in rows})
    return tuple(
        Event(
            seq=r.seq,
            code=r.code,
            event_date=r.event_date,
            entered_at=r.entered_at,
            actor=r.actor,
            actor_name=people.get(r.actor, "caseflow"),
            data=orjson.loads(r.data),
            words=words.get(r.id, {}) if r.payload_digest and work.roles else {},
        )
        for r in rows
    )


@dataclass(frozen=True, slots=True)
class Waiting:
    """A review as a supervisor sees it."""

    review: Row[Any]
    line: Line
    requester: str
    note: str
    details: Mapping[str, str]
    may_decide: bool


def waiting_reviews(session: Session, *, by: Viewer, at: datetime) -> list[Waiting]:
    """Return the reviews that wait and that `by` may see, high risk and earliest due first."""
    found = []
    rank = {"high": 0, "medium": 1, "low": 2}
    for review in reviews.pending_for(session, by):
        work = casework.look(session, review.case_id, by=by, at=at)
        approvers = machine.approvers_of(work.category, review.step)
        name = subjects.name_of(session, work.row.subject_id)
        people = users.names(session, {review.requested_by, work.row.assignee_id or ""})
        said = reviews.words(session, work.row.subject_id, review)
        found.append(
            Waiting(
                review=review,
                line=_line(session, work.row, name, people),
                requester=people.get(review.requested_by, "-"),
                note=said["note"],
                details=said["details"],
                may_decide=bool(work.roles.intersection(approvers)) and review.requested_by != by.user_id,
            )
        )
    return sorted(found, key=lambda w: (rank.get(w.line.risk or "", 3), w.review.due_at))


@dataclass(frozen=True, slots=True)
class Task:
    """One thing on the page "my work"."""

    kind: str
    line: Line
    due_at: datetime | None
    rung: int
    ref_id: str | None
    step: str = ""


@dataclass(frozen=True, slots=True)
class MyWork:
    """What waits: overdue, today, for me, for others, and the open cases assigned to me."""

    overdue: tuple[Task, ...]
    today: tuple[Task, ...]
    coming: tuple[Task, ...]
    waiting_others: tuple[Task, ...]
    cases: tuple[Line, ...]
    today_date: date


def my_work(session: Session, *, by: Viewer, at: datetime, today: date) -> MyWork:
    """Return a worker's obligations by urgency, and what waits for others."""
    mine = cases.visible(session, by, Filter(assignee=by.user_id, limit=500))
    lines = {line.id: line for line in _lines(session, mine)}
    calendars = {office: office_rows.calendar(session, office) for office in {row.office_id for row in mine}}
    where = {row.id: calendars[row.office_id] for row in mine}
    overdue, due_today, coming, others = [], [], [], []
    for case_id, line in lines.items():
        for owed in obligations.of_case(session, case_id):
            if owed.satisfied_at or owed.cancelled_at or owed.paused_at:
                continue
            task = Task(owed.kind, line, owed.due_at, owed.rung, owed.ref_id)
            if owed.kind == "review" or (owed.kind == "referral_answer" and owed.due_at >= at):
                others.append(task)
            elif owed.due_at < at:
                overdue.append(task)
            elif civil_date(owed.due_at, where[case_id]) <= today:
                due_today.append(task)
            else:
                coming.append(task)

    def by_due(tasks: list[Task]) -> tuple[Task, ...]:
        return tuple(sorted(tasks, key=lambda t: t.due_at or at))

    open_lines = tuple(line for line in lines.values() if line.state != "closed")
    return MyWork(by_due(overdue), by_due(due_today), by_due(coming), by_due(others), open_lines, today)
