"""What a monthly report and a target count: conditions, the cases of a month in chunks, sums of what happened."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any, NamedTuple

import orjson
from sqlalchemy import ColumnElement, Row, Select, String, and_, case, exists, func, insert, not_, or_, select, update

from caseflow.states.lifecycle import CLOSED, INITIAL
from caseflow.store import records, vault
from caseflow.store.aid import never_given
from caseflow.store.session import Session
from caseflow.store.shared_items import ORIGIN
from caseflow.store.tables import (
    case_entry,
    case_file,
    letter,
    monthly_report,
    obligation,
    person,
    plan_item,
    referral,
    stage_record,
    target,
    visit,
)

ReportRow = Row[Any]
CHUNK = 500
READ = ("data_collection", "assessment")
"""The stages whose answers the report counts."""
MEASURES = ("opened", "closed", "visits", "persons")
DONE = "case:plan_item:done"
LEVELS = ("case:confidentiality:raised", "case:person:changed")
KECAMATAN, MONTH = 6, 7
"""Characters of a code, and of a day."""


@dataclass(frozen=True, slots=True)
class Period:
    """Civil days, both included, and the moments at which they begin and end in the office's zone."""

    start: date
    end: date
    begins: datetime
    ends: datetime


def period(start: date, end: date, zone: tzinfo) -> Period:
    """Return days as a period of an office."""
    begins = datetime.combine(start, time(), zone).astimezone(UTC)
    return Period(start, end, begins, datetime.combine(end + timedelta(days=1), time(), zone).astimezone(UTC))


# --- what counts as what ---------------------------------------------------------------------------------------------


def ordinary() -> ColumnElement[bool]:
    """Return the condition that a case is no closed file (R3), or was none when a report first could count it.

    What one report has counted every later one counts, and every target: an edition or a month that left it out
    would, beside the one before, tell that a file was closed, and of which category, area, sex and age.
    """
    seen, entry = monthly_report.alias().c, case_entry.alias().c
    closed_since = exists().where(
        *_closing(entry),
        entry.entered_at > seen.closed_as_of,
        seen.office_id == case_file.c.office_id,
        seen.month >= func.substr(case_file.c.opened_on.cast(String), 1, MONTH),
        or_(seen.frozen_at.is_(None), case_file.c.opened_at <= seen.frozen_at),
    )
    return or_(case_file.c.confidentiality != "R3", closed_since)


def _closing(entry: Any) -> tuple[ColumnElement[bool], ...]:  # noqa: ANN401 - columns of an alias of case_entry
    """Return the condition that an entry is the one that closed the file."""
    closes = entry.data.contains('"confidentiality":"R3"', autoescape=True)
    return entry.case_id == case_file.c.id, entry.code.in_(LEVELS), closes


def _stands(still: ColumnElement[bool], ended_at: ColumnElement[Any]) -> ColumnElement[bool]:
    """What ended when its file was closed, or since, counts on as the file does."""
    entry = case_entry.alias().c
    closed = exists().where(*_closing(entry), entry.entered_at <= ended_at)
    return or_(still, and_(case_file.c.confidentiality == "R3", closed))


def opened_in(during: Period) -> ColumnElement[bool]:
    """Opened on a day of the period."""
    return case_file.c.opened_on.between(during.start, during.end)


def closed_in(during: Period) -> ColumnElement[bool]:
    """Closed, still so, and the closing was recorded in the period."""
    at = case_file.c.closed_at
    return and_(case_file.c.state == CLOSED, at >= during.begins, at < during.ends)


def running_at(during: Period) -> ColumnElement[bool]:
    """Open at the end of the period."""
    at = case_file.c.closed_at
    return and_(case_file.c.opened_on <= during.end, or_(case_file.c.state != CLOSED, at >= during.ends))


def late_at(during: Period) -> ColumnElement[bool]:
    """Over the deadline of its state at the end of the period."""
    o = obligation.c
    return exists().where(
        o.case_id == case_file.c.id,
        o.kind == "state_deadline",
        o.due_at < during.ends,
        *(or_(over.is_(None), over >= during.ends) for over in (o.satisfied_at, o.cancelled_at, o.paused_at)),
    )


def _of(office_id: str) -> tuple[ColumnElement[bool], ...]:
    return (case_file.c.office_id == office_id, ordinary())


# --- the cases of a month --------------------------------------------------------------------------------------------


class Counted(NamedTuple):
    """A case of the month, without what is sealed."""

    id: str
    subject_id: str
    category: str
    kecamatan: str
    state: str
    state_since: datetime
    outcome: str | None
    issue: str | None
    sex: str | None
    age: str | None
    opened: bool
    running: bool
    closed: bool
    late: bool


def of_month(session: Session, office_id: str, during: Period, *, after: str | None) -> list[Counted]:
    """Return the next cases that were open at some time of the month, by id, behind `after`."""
    c = case_file.c
    query = (
        select(
            c.id,
            c.subject_id,
            c.category,
            func.substr(c.area_code, 1, KECAMATAN),
            c.state,
            c.state_since,
            c.outcome,
            c.issue,
            person.c.sex,
            person.c.age_band,
            *(_told(is_(during)) for is_ in (opened_in, running_at, closed_in)),
            _told(and_(running_at(during), late_at(during))),
        )
        .select_from(case_file.outerjoin(person, person.c.subject_id == c.subject_id))
        .where(*_of(office_id), *_touched(during), *([c.id > after] if after else []))
    )
    return [Counted._make(row) for row in session.execute(query.order_by(c.id).limit(CHUNK))]


def how_many(session: Session, office_id: str, during: Period) -> int:
    """Return how many cases the month has, for the progress."""
    query = select(func.count()).select_from(case_file).where(*_of(office_id), *_touched(during))
    return int(session.execute(query).scalar_one())


def closed_files(session: Session, office_id: str, during: Period) -> int:
    """Return how many closed files (R3) run at the end of the month; nobody is told this number as it is."""
    where = (case_file.c.office_id == office_id, not_(ordinary()), running_at(during))
    return int(session.execute(select(func.count()).select_from(case_file).where(*where)).scalar_one())


def states_at(session: Session, found: Sequence[Counted], ends: datetime) -> dict[str, str]:
    """Return case -> its state at a moment, by its entries where it has moved since."""
    known = {row.id: row.state for row in found if row.state_since < ends}
    moved = [row.id for row in found if row.id not in known]
    query = select(case_entry.c.case_id, case_entry.c.data).where(
        case_entry.c.case_id.in_(moved), case_entry.c.code == "case:step:taken", case_entry.c.entered_at < ends
    )
    before = dict.fromkeys(moved, INITIAL)
    for row in session.execute(query.order_by(case_entry.c.case_id, case_entry.c.seq)) if moved else ():
        before[row.case_id] = str(orjson.loads(row.data)["to"])
    return known | before


def answers(session: Session, found: Sequence[Counted]) -> dict[str, dict[str, Any]]:
    """Return case -> its answers of `READ`, the last of each; nothing where they were erased."""
    subjects = {row.id: row.subject_id for row in found}
    vault.load_keys(session, set(subjects.values()))
    query = select(stage_record).where(stage_record.c.case_id.in_(subjects), stage_record.c.stage.in_(READ))
    last = {
        (row.case_id, row.stage): row
        for row in session.execute(query.order_by(stage_record.c.cycle))
        if subjects[row.case_id] in session.subject_keys
    }
    said: dict[str, dict[str, Any]] = {}
    for (of_case, _stage), row in sorted(last.items(), key=lambda one: one[0][1] != READ[0]):
        said.setdefault(of_case, {}).update(records.opened(session, subjects[of_case], row))
    return said


def _touched(during: Period) -> tuple[ColumnElement[bool], ...]:
    return (or_(opened_in(during), running_at(during), closed_in(during)),)


def _told(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return case((condition, True), else_=False)


# --- what happened ---------------------------------------------------------------------------------------------------


def visits(session: Session, office_id: str, during: Period) -> int:
    """Return the visits made in a period."""
    return sum(n for _area, n in reached(session, office_id, "visits", during))


def persons(session: Session, office_id: str, during: Period, area: str = "") -> int:
    """Return how many people, families and groups have a case that was opened in a period, in an area, each once."""
    query = select(func.count(case_file.c.subject_id.distinct())).where(*_of(office_id), opened_in(during))
    return int(session.execute(query.where(case_file.c.area_code.startswith(area))).scalar_one())


def letters(session: Session, office_id: str, during: Period) -> dict[str, int]:
    """Return kind -> letters dated in a period that are not void."""
    standing = _stands(letter.c.state != "void", letter.c.voided_at)
    query = (
        select(letter.c.kind, func.count().label("n"))
        .join(case_file, case_file.c.id == letter.c.case_id)
        .where(*_of(office_id), letter.c.letter_date.between(during.start, during.end), standing)
        .group_by(letter.c.kind)
    )
    return {row.kind: row.n for row in session.execute(query)}


def answers_due(session: Session, office_id: str, during: Period) -> dict[str, int]:
    """Return answers to referrals that were due in a period: in_time, afterwards, waiting."""
    o = obligation.c
    kind = case((o.satisfied_at.is_(None), "waiting"), (o.satisfied_at <= o.due_at, "in_time"), else_="afterwards")
    query = (
        select(kind.label("became"), func.count().label("n"))
        .select_from(obligation.join(case_file, case_file.c.id == o.case_id).join(referral, referral.c.id == o.ref_id))
        .where(
            *_of(office_id),
            o.kind == "referral_answer",
            o.due_at >= during.begins,
            o.due_at < during.ends,
            _stands(o.cancelled_at.is_(None), o.cancelled_at),
        )
        .group_by(kind)
    )
    return {row.became: row.n for row in session.execute(query)}


def aid(session: Session, office_id: str, during: Period) -> Counter[tuple[str, str]]:
    """Return (intervention, pillar) -> items of plans that were recorded as done in a period, and still are.

    An item that serves several cases of a household is one. What rested on a delivery that was undone is none.
    """
    query = (
        select(case_entry.c.data)
        .join(case_file, case_file.c.id == case_entry.c.case_id)
        .where(
            *_of(office_id),
            case_entry.c.code == DONE,
            case_entry.c.entered_at >= during.begins,
            case_entry.c.entered_at < during.ends,
        )
    )
    items = sorted({str(orjson.loads(data)["item"]) for data in session.execute(query).scalars()})
    found: dict[str, tuple[str, str]] = {}
    for part in _parts(items):
        never = never_given(session, part)
        done = select(plan_item.c.intervention, plan_item.c.pillar, ORIGIN.label("origin")).where(
            plan_item.c.id.in_([item for item in part if item not in never]), plan_item.c.status == "done"
        )
        found |= {row.origin: (row.intervention, row.pillar) for row in session.execute(done)}
    return Counter(found.values())


def _parts(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[n : n + CHUNK] for n in range(0, len(ids), CHUNK))


# --- targets ---------------------------------------------------------------------------------------------------------


def reached(session: Session, office_id: str, measure: str, during: Period) -> list[tuple[str, int]]:
    """Return (village, how many) of what a target counts, by the report's own conditions; closed files are in none."""
    area, where = case_file.c.area_code, _of(office_id)
    queries: dict[str, Select[Any]] = {
        "opened": select(area, func.count().label("n")).where(opened_in(during), *where),
        "closed": select(area, func.count().label("n")).where(closed_in(during), *where),
        "persons": select(area, func.count(case_file.c.subject_id.distinct()).label("n")).where(
            opened_in(during), *where
        ),
        "visits": select(area, func.count().label("n"))
        .select_from(visit.join(case_file, case_file.c.id == visit.c.case_id))
        .where(visit.c.visited_on.between(during.start, during.end), *where),
    }
    return [(row.area_code, row.n) for row in session.execute(queries[measure].group_by(area))]


def set_target(session: Session, values: Mapping[str, Any]) -> None:
    """Insert a target."""
    session.execute(insert(target).values(dict(values)))


def targets(session: Session, office_id: str) -> list[Row[Any]]:
    """Return the targets of an office that stand, by period and area."""
    order = (target.c.starts_on, target.c.ends_on, target.c.measure, target.c.area_code)
    where = (target.c.office_id == office_id, target.c.withdrawn_at.is_(None))
    return list(session.execute(select(target).where(*where).order_by(*order)))


def target_by_id(session: Session, target_id: str) -> Row[Any] | None:
    """Return a target."""
    return session.execute(select(target).where(target.c.id == target_id)).first()


def withdraw_target(session: Session, target_id: str, *, by: str, at: datetime) -> None:
    """Take a target back; it stays on record."""
    changed = update(target).where(target.c.id == target_id, target.c.withdrawn_at.is_(None))
    session.execute(changed.values(withdrawn_by=by, withdrawn_at=at))


# --- reports ---------------------------------------------------------------------------------------------------------


def add(session: Session, values: Mapping[str, Any]) -> None:
    """Insert an edition that is to be counted."""
    session.execute(insert(monthly_report).values(dict(values)))


def by_id(session: Session, report_id: str) -> ReportRow | None:
    """Return an edition."""
    return session.execute(select(monthly_report).where(monthly_report.c.id == report_id)).first()


def by_check_code(session: Session, code: str) -> ReportRow | None:
    """Return the edition whose letter carries this check code."""
    return session.execute(select(monthly_report).where(monthly_report.c.check_code == code)).first()


def editions(session: Session, office_id: str, month: str) -> list[ReportRow]:
    """Return the editions of a month, the first one first."""
    where = (monthly_report.c.office_id == office_id, monthly_report.c.month == month)
    return list(session.execute(select(monthly_report).where(*where).order_by(monthly_report.c.edition)))


def listing(session: Session, offices: Collection[str]) -> list[ReportRow]:
    """Return the editions of some offices, the latest month and edition first."""
    order = (monthly_report.c.month.desc(), monthly_report.c.office_id, monthly_report.c.edition.desc())
    return list(session.execute(select(monthly_report).where(monthly_report.c.office_id.in_(offices)).order_by(*order)))


def change(session: Session, report_id: str, values: Mapping[str, Any]) -> None:
    """Change an edition that is not frozen yet."""
    where = (monthly_report.c.id == report_id, monthly_report.c.frozen_at.is_(None))
    session.execute(update(monthly_report).where(*where).values(dict(values)))


def number(session: Session, report_id: str, values: Mapping[str, Any]) -> bool:
    """Give a frozen edition its letter, once; False when it has one."""
    unnumbered = (monthly_report.c.frozen_at.is_not(None), monthly_report.c.letter_number.is_(None))
    statement = update(monthly_report).where(monthly_report.c.id == report_id, *unnumbered)
    return session.execute(statement.values(dict(values))).rowcount == 1


def has_cases(session: Session, office_id: str, *, until: date) -> bool:
    """Tell whether an office had opened a case by a day; closed files are in no report."""
    query = select(case_file.c.id).where(*_of(office_id), case_file.c.opened_on <= until)
    return session.execute(query.limit(1)).first() is not None


def numbered(session: Session, office_id: str) -> list[ReportRow]:
    """Return the editions of an office whose letter has its number, in the order of the numbers."""
    where = (monthly_report.c.office_id == office_id, monthly_report.c.letter_number.is_not(None))
    return list(session.execute(select(monthly_report).where(*where).order_by(monthly_report.c.lettered_at)))
