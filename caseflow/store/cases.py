"""The case row: reading it, fencing it, listing what a person may see."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    delete,
    literal_column,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.exc import IntegrityError

from caseflow.access import Scope, Viewer
from caseflow.errors import Busy
from caseflow.store import scope, sql
from caseflow.store.hot import Hot, Write, assignments, fencing, prefixed
from caseflow.store.reads import READERS, Read, read
from caseflow.store.session import Session
from caseflow.store.tables import case_file, case_team, household, household_member, name_key, obligation, person

LONGEST_NUMBER = 24
MOST_MINE = 500
"""Cases of one caseworker that are shown as theirs."""


class CaseRow(NamedTuple):
    """A row of case_file: its columns, in the order of the table."""

    id: str
    number: str
    office_id: str
    category: str
    definition_digest: str
    subject_id: str
    area_code: str
    confidentiality: str
    issue: str | None
    state: str
    state_since: datetime
    cycle: int
    version: int
    facts_version: int
    entry_seq: int
    entry_head: str
    risk: str | None
    assignee_id: str | None
    opened_by: str
    opened_at: datetime
    opened_on: date
    held_until: date | None
    assessed: bool
    previous_state: str | None
    closing_step: str | None
    outcome: str | None
    closed_at: datetime | None
    visits_waived: bool
    emergency_since: datetime | None
    emergency_ratified: bool
    emergency_paid: bool


def _first(session: Session, statement: Hot, **values: object) -> CaseRow | None:
    row = session.first(statement, values)
    return CaseRow._make(row) if row else None


def _all(session: Session, query: Select[Any]) -> list[CaseRow]:
    return [CaseRow._make(row) for row in session.execute(query)]


_BY_ID = Hot(select(case_file).where(case_file.c.id == bindparam("of_id")))
_BY_NUMBER = Hot(select(case_file).where(case_file.c.number == bindparam("of_number")))


def by_id(session: Session, case_id: str) -> CaseRow | None:
    """Return the case row with this id."""
    return _first(session, _BY_ID, of_id=case_id)


def is_number(text: str) -> bool:
    """Tell whether a text may be the number people read; any other is not asked of the database."""
    return "-" in text and len(text) <= LONGEST_NUMBER and text.isprintable()


def by_number(session: Session, number: str) -> CaseRow | None:
    """Return the case row with the number people read."""
    return _first(session, _BY_NUMBER, of_number=number) if is_number(number) else None


def of_subject(session: Session, subject_id: str) -> list[CaseRow]:
    """Return every case of a subject, newest first."""
    query = select(case_file).where(case_file.c.subject_id == subject_id)
    return _all(session, query.order_by(case_file.c.opened_at.desc()))


_TEAM = read(select(case_team.c.user_id).where(case_team.c.case_id == bindparam("of_case")))


def team(session: Session, case_id: str) -> frozenset[str]:
    """Return the named team of a case."""
    return frozenset(_TEAM.firsts(session, of_case=case_id))


def scope_of(session: Session, row: CaseRow) -> Scope:
    """Return what the access rule looks at."""
    return scope_with(row, team(session, row.id) if row.confidentiality == "R3" else frozenset())


def scope_with(row: CaseRow, members: frozenset[str]) -> Scope:
    """Return what the access rule looks at, with the named team of a closed file."""
    return Scope(row.area_code, row.confidentiality, row.state, row.assignee_id, row.opened_by, members)


def add(session: Session, values: Mapping[str, Any]) -> None:
    """Insert a case row; `Busy` when another request opened this subject's case in the category at this moment."""
    try:
        session.insert(case_file, values)
        session.flush()
    except IntegrityError as error:
        raise Busy from error  # asked again, the first is named


@contextmanager
def fenced(session: Session, row: CaseRow, values: Mapping[str, Any]) -> Iterator[None]:
    """Update the case if nobody changed it since `row` was read; what is written inside waits behind that.

    Tests both `version` (what people send) and `facts_version` (what guards read); both rise. Raises `FenceLost` when
    somebody did, and `Busy` when another case of this subject and category was opened at this moment.
    """
    try:
        fence(session, row, values)
        yield
        session.flush()
    except IntegrityError as error:
        if "uq_case_file_open" in (said := str(error.orig)) or "case_file.subject_id" in said:
            raise Busy from error
        raise


def fence(session: Session, row: CaseRow, values: Mapping[str, Any]) -> None:
    """Let what is written from now on wait behind an update of the case that must find it as `row` was read."""
    wanted = {"facts_version": row.facts_version + 1, **values}
    seen = {"of_id": row.id, "at_version": row.version, "at_facts": row.facts_version}
    session.fence(row.id, _fence(tuple(wanted)), seen | prefixed(wanted))


@cache
def _fence(columns: tuple[str, ...]) -> Write:
    return fencing(
        case_file,
        update(case_file)
        .where(
            case_file.c.id == bindparam("of_id"),
            case_file.c.version == bindparam("at_version"),
            case_file.c.facts_version == bindparam("at_facts"),
        )
        .values(assignments(columns)),
    )


def amend(session: Session, case_id: str, values: Mapping[str, Any]) -> None:
    """Update a case row that this transaction already holds: with its fence, when that was not sent yet."""
    if session.fenced != case_id:
        session.update(case_file, case_id, values)
        return
    merged = {**session.waiting[0][1], **prefixed(values)}
    columns = tuple(name.removeprefix("to_") for name in merged if name.startswith("to_"))
    session.waiting[0] = (_fence(columns), merged)


def join_team(session: Session, case_id: str, user_ids: Iterable[str]) -> None:
    """Put people on the named team of a closed file."""
    for user_id in dict.fromkeys(user_ids):
        sql.insert_new(session, case_team, {"case_id": case_id, "user_id": user_id}, ("case_id", "user_id"))


def leave_team(session: Session, case_id: str) -> None:
    """Take everybody off the named team of a case."""
    session.execute(delete(case_team).where(case_team.c.case_id == case_id))


def held(session: Session, *, limit: int) -> list[CaseRow]:
    """Return open cases on hold, the one that ends first in front."""
    query = select(case_file).where(case_file.c.held_until.is_not(None), case_file.c.state != "closed")
    return _all(session, query.order_by(case_file.c.held_until, case_file.c.id).limit(limit))


def hold(session: Session, *, numbers: Collection[str], case_ids: Collection[str], viewer: Viewer) -> list[str]:
    """Hold what the viewer may see of these cases until the transaction ends, in the order of their ids; return it."""
    named = or_(case_file.c.number.in_(numbers), case_file.c.id.in_(case_ids))
    query = select(case_file.c.id).where(named, scope.visible_to(viewer))
    return list(session.execute(query.order_by(case_file.c.id).with_for_update()).scalars())


def lock_of_subject(session: Session, subject_id: str) -> None:
    """Hold every case of a subject, in the order of their ids: two who need several never wait for each other."""
    query = select(case_file.c.id).where(case_file.c.subject_id == subject_id).order_by(case_file.c.id)
    session.execute(query.with_for_update()).all()


def lock_of_office(session: Session, office_id: str) -> None:
    """Hold every case of an office that owes something, in the order of their ids, before what is owed: as steps do."""
    owed = select(obligation.c.case_id).where(obligation.c.satisfied_at.is_(None), obligation.c.cancelled_at.is_(None))
    query = select(case_file.c.id).where(case_file.c.office_id == office_id, case_file.c.id.in_(owed))
    session.execute(query.order_by(case_file.c.id).with_for_update()).all()


def raise_facts(session: Session, case_id: str) -> None:
    """Say that facts changed from outside the case (its subject, a death): waiting decisions are made again."""
    session.execute(
        update(case_file).where(case_file.c.id == case_id).values(facts_version=case_file.c.facts_version + 1)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What a list of cases is narrowed to; None leaves it open."""

    state: str | None = None
    category: str | None = None
    area: str | None = None
    assignee: str | None = None
    only_open: bool = False
    overdue_at: datetime | None = None
    cursor: str | None = None
    limit: int = 50


def visible(session: Session, viewer: Viewer, wanted: Filter) -> list[CaseRow]:
    """Return the cases the viewer may see, newest number first, at most `limit`, after `cursor` (a case number)."""
    if wanted.assignee:
        ways = [and_(scope.visible_to(viewer), case_file.c.assignee_id == wanted.assignee)]
    else:
        ways = scope.ways(viewer)
    return _newest(session, ways, *_narrowed(wanted), limit=wanted.limit)


def mine(session: Session, viewer: Viewer) -> list[CaseRow]:
    """Return the open cases of a caseworker, newest number first."""
    return [CaseRow._make(row) for row in _mine(viewer).all(session)]


_OPEN = case_file.c.state != literal_column("'closed'")
"""Written out, as the indexes name it."""


@lru_cache(maxsize=READERS)
def _mine(viewer: Viewer) -> Read:
    """Return the statement for a person with exactly these grants."""
    ours = (case_file.c.assignee_id == viewer.user_id, _OPEN, scope.visible_to(viewer))
    return read(select(case_file).where(*ours).order_by(case_file.c.number.desc()).limit(MOST_MINE))


def _newest(
    session: Session, ways: list[ColumnElement[bool]], *narrowed: ColumnElement[bool], limit: int
) -> list[CaseRow]:
    """Return the newest numbers of all ways: the newest of each, put together."""
    each = [select(case_file.c.id, case_file.c.number).where(way, *narrowed) for way in ways]
    firsts = [way.order_by(case_file.c.number.desc()).limit(limit).subquery() for way in each]
    if not firsts:
        return []
    query = select(case_file).where(case_file.c.id.in_(union_all(*(select(first.c.id) for first in firsts))))
    return _all(session, query.order_by(case_file.c.number.desc()).limit(limit))


def _narrowed(wanted: Filter) -> Iterator[ColumnElement[bool]]:
    if wanted.state:
        yield case_file.c.state == wanted.state
    if wanted.only_open:
        yield case_file.c.state != "closed"
    if wanted.category:
        yield case_file.c.category == wanted.category
    if wanted.area:
        yield case_file.c.area_code.startswith(wanted.area, autoescape=True)
    if wanted.overdue_at is not None:
        yield case_file.c.id.in_(_overdue(wanted.overdue_at))
    if wanted.cursor:
        yield case_file.c.number < wanted.cursor


def _overdue(at: datetime) -> Select[Any]:
    return select(obligation.c.case_id).where(
        obligation.c.due_at < at,
        obligation.c.satisfied_at.is_(None),
        obligation.c.cancelled_at.is_(None),
        obligation.c.paused_at.is_(None),
    )


def found_by(
    session: Session, viewer: Viewer, *, indexes: tuple[str, ...], names: tuple[str, ...], limit: int = 20
) -> list[CaseRow]:
    """Return visible cases of who has one of the blind indexes, or all of the name keys, and of their households.

    Each place to look is a way of its own, so that an index serves it.
    """
    people: list[Select[Any]] = []
    if indexes:
        hit = or_(person.c.nik_index.in_(indexes), person.c.kk_index.in_(indexes), person.c.phone_index.in_(indexes))
        people.append(select(person.c.subject_id).where(hit))
    if names:
        keyed = [select(name_key.c.subject_id).where(name_key.c.key == key) for key in names[1:]]
        theirs = (name_key.c.key == names[0], *(name_key.c.subject_id.in_(with_key) for with_key in keyed))
        people.append(select(name_key.c.subject_id).where(*theirs))
    subjects = [*people, *(_homes(those) for those in people)]
    if indexes:
        subjects.append(select(household.c.subject_id).where(household.c.kk_index.in_(indexes)))
    found = [and_(way, case_file.c.subject_id.in_(those)) for way in scope.ways(viewer) for those in subjects]
    return _newest(session, found, limit=limit)


def _homes(people: Select[Any]) -> Select[Any]:
    """Return the households these people belong to now."""
    theirs = (household_member.c.person_id.in_(people), household_member.c.ends_on.is_(None))
    return select(household_member.c.household_id).where(*theirs)


_OF_SUBJECT = (case_file.c.subject_id == bindparam("of_subject"), case_file.c.category == bindparam("of_category"))
_OPEN_OF = Hot(select(case_file).where(*_OF_SUBJECT, _OPEN))
_LAST_CLOSED = Hot(
    select(case_file).where(*_OF_SUBJECT, case_file.c.state == "closed").order_by(case_file.c.closed_at.desc()).limit(1)
)


def open_of(session: Session, subject_id: str, category: str) -> CaseRow | None:
    """Return the open case of a subject in a category."""
    return _first(session, _OPEN_OF, of_subject=subject_id, of_category=category)


def seen_of(session: Session, viewer: Viewer, subject_ids: Collection[str]) -> set[str]:
    """Return those of these subjects of whom the viewer may open a case; the cases they may not open change nothing."""
    query = select(case_file.c.subject_id).where(
        case_file.c.subject_id.in_(sorted(subject_ids)), scope.visible_to(viewer)
    )
    return set(session.execute(query).scalars()) if subject_ids else set()


def last_closed(session: Session, subject_id: str, category: str) -> CaseRow | None:
    """Return the newest closed case of a subject in a category."""
    return _first(session, _LAST_CLOSED, of_subject=subject_id, of_category=category)


def held_on(row: CaseRow, day: date) -> date | None:
    """Return until when the case is on hold that day; None when it is not."""
    return row.held_until if row.held_until and row.held_until >= day else None
