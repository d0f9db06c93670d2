"""Obligations as rows: what is due, the rung it stands on, and what happened to it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Integer, Row, and_, bindparam, null, or_, select, update

from caseflow.ids import new_id
from caseflow.states.ladder import NEVER_PAUSED
from caseflow.store.bulk import insert_all, update_all
from caseflow.store.hot import Write, changing, written
from caseflow.store.reads import among, read
from caseflow.store.session import Session
from caseflow.store.tables import case_file, case_team, obligation, obligation_event, person, stand_in, user_account
from caseflow.store.types import Instant

ObligationRow = Row[Any]
"""A row of obligation with number, area, office, state, assignee and confidentiality of its case."""

_LIVE = and_(obligation.c.satisfied_at.is_(None), obligation.c.cancelled_at.is_(None))
_COLUMNS = (
    *obligation.c,
    case_file.c.number,
    case_file.c.area_code,
    case_file.c.office_id,
    case_file.c.state,
    case_file.c.assignee_id,
    case_file.c.confidentiality,
    user_account.c.active.label("assignee_active"),
)
_FROM = obligation.join(case_file, case_file.c.id == obligation.c.case_id)
_FROM = _FROM.outerjoin(user_account, user_account.c.id == case_file.c.assignee_id)
_SORTED = select(*_COLUMNS).select_from(_FROM).order_by(obligation.c.due_at, obligation.c.id)
_OF_CASE = read(_SORTED.where(obligation.c.case_id == bindparam("of_case")))
_RUNNING = read(_SORTED.where(_LIVE, obligation.c.paused_at.is_(None), among(obligation.c.case_id, "of_cases")))


def add(session: Session, values: Mapping[str, Any]) -> None:
    """Insert an obligation unless one with the same cause exists."""
    session.insert(obligation, values, unique=("cause_key",))


def by_id(session: Session, obligation_id: str) -> ObligationRow | None:
    """Return an obligation with what its reminders need."""
    return session.execute(select(*_COLUMNS).select_from(_FROM).where(obligation.c.id == obligation_id)).first()


def of_case(session: Session, case_id: str) -> list[ObligationRow]:
    """Return every obligation of a case, the earliest due first."""
    return _OF_CASE.all(session, of_case=case_id)


def running(session: Session, *, case_ids: Collection[str]) -> list[ObligationRow]:
    """Return what runs in these cases, the earliest due first; what is paused is left out."""
    return _RUNNING.all(session, of_cases=case_ids)


def live(
    session: Session,
    *,
    case_id: str | None = None,
    kinds: Sequence[str] = (),
    cause_key: str | None = None,
    office_id: str | None = None,
) -> list[ObligationRow]:
    """Return obligations that neither were met nor fell away, paused ones included, and keep their rows locked."""
    query = select(*_COLUMNS).select_from(_FROM).where(_LIVE)
    if case_id is not None:
        query = query.where(obligation.c.case_id == case_id)
    if kinds:
        query = query.where(obligation.c.kind.in_(kinds))
    if cause_key is not None:
        query = query.where(obligation.c.cause_key == cause_key)
    if office_id is not None:
        query = query.where(case_file.c.office_id == office_id)
    return list(session.execute(query.order_by(obligation.c.id).with_for_update(of=obligation)))


def fallen_away(session: Session, case_id: str, *, at: datetime) -> list[ObligationRow]:
    """Return the obligations of a case that fell away at that very moment."""
    query = select(*_COLUMNS).select_from(_FROM)
    query = query.where(obligation.c.case_id == case_id, obligation.c.cancelled_at == at)
    return list(session.execute(query.order_by(obligation.c.id)))


_RUNS_ON = or_(
    case_file.c.held_until.is_(None),
    obligation.c.kind.in_(written(sorted(NEVER_PAUSED))),
    obligation.c.span.endswith("h"),
)
_ALIVE = or_(person.c.died.is_(None), person.c.died.is_(False))
_DUE = read(
    select(*_COLUMNS)
    .select_from(_FROM.outerjoin(person, person.c.subject_id == case_file.c.subject_id))
    .where(obligation.c.next_at <= bindparam("at"), _LIVE, obligation.c.paused_at.is_(None))
    .where(case_file.c.state != "closed", _RUNS_ON, _ALIVE)
    .order_by(obligation.c.next_at, obligation.c.id)
    .limit(bindparam("most", type_=Integer))
    .with_for_update(of=obligation, skip_locked=True)
)


def due(session: Session, *, at: datetime, limit: int) -> list[ObligationRow]:
    """Take obligations whose next rung has come; those another sweep holds are passed over.

    Nothing of a closed case, of a case on hold (but what never pauses), or about a person who died.
    """
    return _DUE.all(session, at=at, most=limit)


def end_cause(session: Session, cause_key: str, *, satisfied: bool, at: datetime) -> None:
    """End the live obligation of a cause: met, or fallen away."""
    session.later(_ending(_column(satisfied=satisfied), "cause_key", 0), {"ended_at": at, "of_cause_key": cause_key})


def end_case(session: Session, case_id: str, kinds: Sequence[str], *, satisfied: bool, at: datetime) -> None:
    """End the live obligations of a case, those kinds or all: met, or fallen away."""
    given = {"ended_at": at, "of_case_id": case_id, **{f"kind{n}": kind for n, kind in enumerate(kinds)}}
    session.later(_ending(_column(satisfied=satisfied), "case_id", len(kinds)), given)


def _column(*, satisfied: bool) -> str:
    return "satisfied_at" if satisfied else "cancelled_at"


@cache
def _ending(column: str, of: str, kinds: int) -> Write:
    """Return the statement that ends obligations; rows are locked in the order of their ids, as everywhere."""
    live = select(obligation.c.id).where(_LIVE, obligation.c[of] == bindparam(f"of_{of}"))
    if kinds:
        live = live.where(or_(*(obligation.c.kind == bindparam(f"kind{n}") for n in range(kinds))))
    found = live.order_by(obligation.c.id).with_for_update()
    values = {column: bindparam("ended_at", type_=Instant()), "next_at": null()}
    return changing(obligation, update(obligation).where(obligation.c.id.in_(found)).values(values))


def change(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Set the same columns on many obligations; each mapping has `id` and those columns."""
    update_all(session, obligation, rows)


def note(session: Session, events: Sequence[Mapping[str, Any]], *, by: str, at: datetime) -> None:
    """Record what happened to obligations: `obligation_id`, `what` and what belongs to it."""
    blank = {"rung": None, "told": None, "due_from": None, "due_to": None}
    rows = [{"id": str(new_id(at)), "actor": by, "happened_at": at, **blank, **event} for event in events]
    insert_all(session, obligation_event, rows)


def events(session: Session, obligation_id: str) -> list[Row[Any]]:
    """Return what happened to an obligation, in order."""
    query = select(obligation_event).where(obligation_event.c.obligation_id == obligation_id)
    return list(session.execute(query.order_by(obligation_event.c.happened_at, obligation_event.c.id)))


_DEPUTIES = read(
    select(stand_in.c.deputy_id)
    .join(user_account, user_account.c.id == stand_in.c.deputy_id)
    .where(
        stand_in.c.user_id == bindparam("of_user"),
        stand_in.c.starts_on <= bindparam("that_day"),
        stand_in.c.ends_on >= bindparam("that_day"),
        user_account.c.active,
    )
)


def deputies(session: Session, user_id: str, on: date) -> tuple[str, ...]:
    """Return who stands in for a person that day and may work; nobody when the person is there."""
    return tuple(sorted(set(_DEPUTIES.firsts(session, of_user=user_id, that_day=on))))


_TEAMS = read(select(case_team.c.case_id, case_team.c.user_id).where(among(case_team.c.case_id, "of_cases")))


def teams(session: Session, case_ids: Sequence[str]) -> dict[str, frozenset[str]]:
    """Return the named teams of closed files."""
    found: dict[str, set[str]] = {case_id: set() for case_id in case_ids}
    if case_ids:
        for row in _TEAMS.all(session, of_cases=case_ids):
            found[row.case_id].add(row.user_id)
    return {case_id: frozenset(team) for case_id, team in found.items()}
