"""Cases as lines: the list, the search, reviews that wait, my work; a restricted case shown in one is on record."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

from caseflow import crypto
from caseflow.access import Viewer, roles_in
from caseflow.actions import areas, definitions, letter_facts, reading
from caseflow.actions.casework import acting
from caseflow.states import machine
from caseflow.states.deadlines import civil_date
from caseflow.states.names import name_keys
from caseflow.store import cases, obligations, offices, reviews, rosters, users
from caseflow.store import lines as rows
from caseflow.store.cases import CaseRow, Filter
from caseflow.store.obligations import ObligationRow
from caseflow.store.session import Session
from caseflow.store.types import Row

SHORTEST_NUMBER = 8
"""Digits of the shortest telephone number."""
AWAITED = ("referral_answer", "letter_initial")
"""What others owe, until it is late."""
RISK_RANK = {"high": 0, "medium": 1, "low": 2}


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


def list_cases(session: Session, wanted: Filter, *, by: Viewer, at: datetime) -> list[Line]:
    """Return the cases `by` may see, newest first."""
    return _noted(session, cases.visible(session, by, wanted), "list", by=by, at=at)


def search(session: Session, typed: str, *, by: Viewer, at: datetime, limit: int = 20) -> list[Line]:
    """Return visible cases by name (spelled the Indonesian ways), NIK, KK, phone or case number.

    Of a group by who is on its roster too, to those who read the roster; by name among the newest groups.
    """
    typed = typed.strip()[:200]
    if row := cases.by_number(session, typed):
        return _noted(session, [row] if _roles(session, row, by) else [], "search", by=by, at=at)
    digits = "".join(c for c in typed if c.isdigit())
    indexes: tuple[str, ...] = ()
    if len(digits) >= SHORTEST_NUMBER:
        kinds = ("nik", "kk", "phone")
        indexes = tuple(index for kind in kinds for index in crypto.blind_indexes(session.keys, kind, digits))
    words = name_keys(typed) if not digits else ()
    found = cases.found_by(session, by, indexes=indexes, names=words, limit=limit)
    listed = rosters.cases_with(session, by, indexes=indexes, names=words)
    groups = (row for case in listed if (row := cases.by_id(session, case)) and _reads(session, row, by))
    each = {row.id: row for row in (*found, *islice(groups, limit))}
    newest = sorted(each.values(), key=lambda row: row.number, reverse=True)[:limit]
    return _noted(session, newest, "search", by=by, at=at)


def _roles(session: Session, row: CaseRow, by: Viewer) -> frozenset[str]:
    return roles_in(by, cases.scope_of(session, row))


def _reads(session: Session, row: CaseRow, by: Viewer) -> bool:
    """Tell whether `by` reads the roster of a group, not only where its case stands."""
    return bool(acting(_roles(session, row, by), row.state))


def _noted(session: Session, found: Sequence[CaseRow], part: str, *, by: Viewer, at: datetime) -> list[Line]:
    reading.note(session, found, by=by, at=at, part=part)
    return list(lines_of(session, found).values())


def lines_of(session: Session, found: Iterable[CaseRow]) -> dict[str, Line]:
    """Return case -> its line, in the same order."""
    found = list(found)
    names = rows.names(session, {r.subject_id for r in found})
    people = users.names(session, {r.assignee_id for r in found if r.assignee_id})
    places = areas.short_names(session, {r.area_code for r in found})
    return {r.id: line_of(session, r, names.get(r.subject_id, "-"), places[r.area_code], people) for r in found}


def line_of(session: Session, row: CaseRow, name: str, place: str, people: Mapping[str, str]) -> Line:
    """Return one line; `people` names its worker."""
    closed_file = row.confidentiality == "R3"
    category = session.categories.get(row.category)
    return Line(
        id=row.id,
        number=row.number,
        name=letter_facts.shown_name(row.confidentiality, row.number, name),
        category="" if closed_file else (category.name.id if category else row.category),
        category_code="" if closed_file else row.category,
        area=place,
        state=row.state,
        risk=row.risk,
        confidentiality=row.confidentiality,
        assignee=people.get(row.assignee_id or ""),
        version=row.version,
        cycle=row.cycle,
    )


# --- what waits for a second person ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Waiting:
    """A review as a supervisor sees it."""

    review: Row[Any]
    line: Line
    requester: str
    note: str
    details: Mapping[str, str]
    may_decide: bool
    owed: ObligationRow | None
    """Its deadline."""


def waiting_reviews(session: Session, *, by: Viewer, at: datetime, only: str | None = None) -> list[Waiting]:
    """Return the reviews that wait and that `by` may see, or one of them; high risk and earliest due first."""
    asked = [r for r in reviews.pending_for(session, by) if only in {None, r.id}]
    found = rows.cases(session, {r.case_id for r in asked})
    teams = obligations.teams(session, [c.id for c in found.values() if c.confidentiality == "R3"])
    people = users.names(session, {r.requested_by for r in asked})
    told = lines_of(session, found.values())
    owed = {o.ref_id: o for o in rows.owed(session, set(found)) if o.ref_id}
    reading.note(session, found.values(), by=by, at=at, part="reviews")
    waiting = []
    for review in asked:
        case = found[review.case_id]
        roles = acting(roles_in(by, cases.scope_with(case, teams.get(case.id, frozenset()))), case.state)
        approvers = machine.approvers_of(definitions.of_case(session, case), review.step)
        said = reviews.words(session, case.subject_id, review)
        waiting.append(
            Waiting(
                review=review,
                line=told[case.id],
                requester=people.get(review.requested_by, "-"),
                note=said["note"],
                details=said["details"],
                may_decide=bool(roles.intersection(approvers)) and review.requested_by != by.user_id,
                owed=owed.get(review.id),
            )
        )
    return sorted(waiting, key=lambda w: (RISK_RANK.get(w.line.risk or "", 3), w.review.due_at))


# --- my work ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Task:
    """One thing on the page "my work"."""

    kind: str
    line: Line
    due_at: datetime
    rung: int
    ref_id: str | None
    owed: ObligationRow
    step: str = ""
    """What a review is asked for."""
    receiver: str = ""
    """Who is to answer a referral."""


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
    mine = cases.mine(session, by)
    reading.note(session, mine, by=by, at=at, part="work")
    lines = lines_of(session, mine)
    calendars = {office: offices.calendar(session, office) for office in {row.office_id for row in mine}}
    where = {row.id: calendars[row.office_id] for row in mine}
    overdue, due_today, coming, others = [], [], [], []
    for task in _tasks(session, lines):
        if task.kind == "review" or (task.kind in AWAITED and task.due_at >= at):
            others.append(task)
        elif task.due_at < at:
            overdue.append(task)
        elif civil_date(task.due_at, where[task.line.id]) <= today:
            due_today.append(task)
        else:
            coming.append(task)
    return MyWork(tuple(overdue), tuple(due_today), tuple(coming), tuple(others), tuple(lines.values()), today)


def _tasks(session: Session, lines: Mapping[str, Line]) -> list[Task]:
    """Return what is owed in these cases, the earliest due first."""
    owed = rows.owed(session, set(lines))
    steps = rows.steps_asked(session, {o.ref_id for o in owed if o.kind == "review" and o.ref_id})
    receivers = rows.receivers(session, {o.ref_id for o in owed if o.kind == "referral_answer" and o.ref_id})
    return [
        Task(
            kind=o.kind,
            line=lines[o.case_id],
            due_at=o.due_at,
            rung=o.rung,
            ref_id=o.ref_id,
            owed=o,
            step=steps.get(o.ref_id, ""),
            receiver=receivers.get(o.ref_id, ""),
        )
        for o in owed
    ]
