"""Where open cases wait: counted in one statement an office, in its working days; closed files (R3) stand apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    CTE,
    ColumnElement,
    Integer,
    LargeBinary,
    Row,
    Select,
    Subquery,
    Text,
    case,
    cast,
    extract,
    func,
    literal,
    null,
    select,
    union,
    union_all,
)

from caseflow.access import Viewer
from caseflow.states.deadlines import Calendar, civil_date, is_working_day
from caseflow.states.lifecycle import OPEN
from caseflow.store import scope
from caseflow.store.session import Session
from caseflow.store.tables import case_file, institution, obligation, person, referral

OLDEST = timedelta(days=10 * 366)
"""A case that has rested longer counts as having rested so long."""
AWAITED = ("referral_answer", "review", "answer_confirmation")
"""Obligations that say whose answer a case waits for."""
UNASSIGNED = "unassigned"
_READ = (
    case_file.c.id,
    case_file.c.subject_id,
    case_file.c.category,
    case_file.c.state,
    case_file.c.state_since,
    case_file.c.area_code,
    case_file.c.assignee_id,
    case_file.c.confidentiality,
)
_DAY = 24 * 3600
_WIDTH = 4
"""Digits of a number of working days."""
_LIVE = (obligation.c.satisfied_at.is_(None), obligation.c.cancelled_at.is_(None), obligation.c.paused_at.is_(None))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is counted: None leaves it open; `level` is how many digits of an area's code make a row."""

    category: str | None = None
    area: str | None = None
    assignee: str | None = None
    level: int = 6

    @property
    def narrowed(self) -> bool:
        """Tell whether it is a part only: then closed files are left out, or two parts would give one away."""
        return bool(self.category or self.area or self.assignee)


@dataclass(frozen=True, slots=True)
class Scale:
    """An office's working days as a database counts them: how many have passed, by the number of the civil day."""

    at: datetime
    shift: int
    """Seconds its clock is ahead of UTC. One number: no zone of Indonesia changes its clock."""
    first: int
    """Number of the first civil day, from 1 January 1970."""
    passed: tuple[int, ...]

    @property
    def digits(self) -> bytes:
        """The same as decimal digits, as many for each day."""
        return b"".join(b"%0*d" % (_WIDTH, n) for n in self.passed)


def scale_of(calendar: Calendar, at: datetime) -> Scale:
    """Return the working days of an office up to this moment."""
    today = civil_date(at, calendar)
    start, passed = today - OLDEST, [0]
    for day in range(1, OLDEST.days + 1):
        passed.append(passed[-1] + is_working_day(start + timedelta(days=day), calendar))
    midnight = datetime.combine(today, time(), calendar.zone)
    shift = midnight.utcoffset() or timedelta()
    return Scale(at.astimezone(UTC), int(shift.total_seconds()), (start - date(1970, 1, 1)).days, tuple(passed))


class Counted(NamedTuple):
    """How many cases wait in one row of one table, by category and state."""

    of: str
    row: str
    """Code of the area, id of the worker (empty: nobody yet), status of the NIK or kinds of obligations."""
    category: str
    state: str
    cases: int
    late: int
    age: int
    over: int


def counted(session: Session, viewer: Viewer, office_id: str, wanted: Wanted, scale: Scale) -> list[Counted]:
    """Return what waits at an office.

    `of` is area, assignee or closed (R3), each by category and state; nik (persons by status) or owed (cases by the
    kinds of what is late, with commas between). `age` is the sum of working days in the state, `late` how many are
    over its deadline, `over` the sum of working days by which they are.
    """
    base = _waiting(session, viewer, office_id, wanted, scale)
    if base is None:
        return []
    plain = base.c.confidentiality != "R3"
    parts = [
        _grouped(base, "area", base.c.area, plain),
        _grouped(base, "assignee", base.c.assignee, plain),
        _tallied(base, "nik", base.c.nik, func.count(base.c.subject_id.distinct()), plain),
        _tallied(base, "owed", base.c.kinds, func.count(), plain),
    ]
    if not wanted.narrowed:
        parts.append(_grouped(base, "closed", base.c.confidentiality, base.c.confidentiality == "R3"))
    return [_counted(row) for row in session.execute(union_all(*parts))]


def _counted(row: Row[Any]) -> Counted:
    """PostgreSQL writes an id with hyphens, SQLite without."""
    found = Counted._make(row)
    return found._replace(row=str(UUID(found.row)) if found.of == "assignee" and found.row else found.row or "")


def awaited(session: Session, viewer: Viewer, wanted: Wanted, state: str, at: datetime) -> list[Row[Any]]:
    """Return whose answer cases over their deadline wait for: `kind`, `name` of the institution, `cases`."""
    seen = _seen(viewer, wanted, (state,))
    if seen is None:
        return []
    late = (
        select(seen.c.id, seen.c.assignee_id)
        .where(_deadline(seen, func.max(obligation.c.due_at), at).is_not(None))
        .cte("late")
    )
    theirs = (
        select(obligation.c.kind, institution.c.name, func.count(late.c.id.distinct()).label("cases"))
        .select_from(late.join(obligation, obligation.c.case_id == late.c.id))
        .outerjoin(referral, referral.c.id == obligation.c.ref_id)
        .outerjoin(institution, institution.c.id == referral.c.institution_id)
        .where(obligation.c.kind.in_(AWAITED), *_LIVE)
        .group_by(obligation.c.kind, institution.c.name)
    )
    nobody = select(literal(UNASSIGNED), null(), func.count()).select_from(late).where(late.c.assignee_id.is_(None))
    return [row for row in session.execute(union_all(theirs, nobody)) if row.cases]


def _of_case(seen: Subquery, column: ColumnElement[Any], at: datetime) -> Select[Any]:
    """Return what is late of a case, to be read for each case by its index: joined, a database reads all there is."""
    return select(column).where(obligation.c.case_id == seen.c.id, obligation.c.due_at < at, *_LIVE)


def _deadline(seen: Subquery, column: ColumnElement[Any], at: datetime) -> ColumnElement[Any]:
    """Return something of the deadline a case is over; NULL where it is over none."""
    return _of_case(seen, column, at).where(obligation.c.kind == "state_deadline").scalar_subquery()


def _seen(viewer: Viewer, wanted: Wanted, states: Sequence[str], *more: ColumnElement[bool]) -> Subquery | None:
    """Return the open cases the viewer may see, each once, by ways that an index each answers; None where none can."""
    narrowed = [case_file.c.state.in_(states), *more]
    if wanted.category:
        narrowed.append(case_file.c.category == wanted.category)
    if wanted.area:
        narrowed.append(scope.within((wanted.area,)))
    if wanted.assignee:
        narrowed.append(case_file.c.assignee_id == wanted.assignee)
    if wanted.narrowed:
        narrowed.append(case_file.c.confidentiality != "R3")
    each = [select(*_READ).where(way, *narrowed) for way in scope.ways(viewer)]
    return union(*each).subquery("seen") if each else None


def _waiting(session: Session, viewer: Viewer, office_id: str, wanted: Wanted, scale: Scale) -> CTE | None:
    """Return every such case with its place, how long it has been there, and by how much it is over its deadline."""
    seen = _seen(viewer, wanted, OPEN, case_file.c.office_id == office_id)
    if seen is None:
        return None
    kinds = _of_case(seen, func.aggregate_strings(obligation.c.kind, ","), scale.at).scalar_subquery()
    nik = select(person.c.nik_status).where(person.c.subject_id == seen.c.subject_id).scalar_subquery()
    over = _deadline(seen, func.max(_passed(session, obligation.c.due_at, scale)), scale.at)
    today = scale.passed[-1]
    return (
        select(
            seen.c.id,
            seen.c.subject_id,
            seen.c.category,
            seen.c.state,
            func.substr(seen.c.area_code, 1, wanted.level).label("area"),
            cast(seen.c.assignee_id, Text).label("assignee"),
            seen.c.confidentiality,
            (today - _passed(session, seen.c.state_since, scale)).label("age"),
            (today - over).label("over"),
            kinds.label("kinds"),
            nik.label("nik"),
        )
        .select_from(seen)
        .cte("waiting")
    )


def _passed(session: Session, moment: ColumnElement[Any], scale: Scale) -> ColumnElement[int]:
    """Return how many working days had passed on a moment's civil day, cut out of the scale: a join would be slow."""
    if session.is_postgresql:
        day: ColumnElement[int] = cast(func.floor((extract("epoch", moment) + scale.shift) / _DAY), Integer)
    else:
        day = (cast(func.strftime("%s", moment), Integer) + scale.shift) // _DAY
    place = case((day < scale.first, 0), else_=day - scale.first)
    digits = func.substr(literal(scale.digits, LargeBinary), place * _WIDTH + 1, _WIDTH)
    return cast(func.convert_from(digits, "SQL_ASCII") if session.is_postgresql else cast(digits, Text), Integer)


def _grouped(base: CTE, of: str, row: ColumnElement[Any], where: ColumnElement[bool]) -> Select[Any]:
    """Return the sums of cases of one row, category and state."""
    sums = (func.count(), func.count(base.c.over), func.sum(base.c.age), func.coalesce(func.sum(base.c.over), 0))
    names = ("cases", "late", "age", "over")
    return (
        select(
            literal(of).label("of"),
            row.label("row"),
            base.c.category.label("category"),
            base.c.state.label("state"),
            *(each.label(name) for each, name in zip(sums, names, strict=True)),
        )
        .where(where)
        .group_by(row, base.c.category, base.c.state)
    )


def _tallied(base: CTE, of: str, row: ColumnElement[Any], cases: ColumnElement[Any], plain: Any) -> Select[Any]:  # noqa: ANN401 - a condition
    """Return how many there are of each."""
    blank, nothing = literal(""), literal(0)
    counted = select(literal(of), row, blank, blank, cases, nothing, nothing, nothing)
    return counted.select_from(base).where(plain, row.is_not(None)).group_by(row)
