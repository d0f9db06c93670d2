"""The log as an auditor reads it: the newest entries of an area, whatever case they belong to."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, exists, func, or_, select

from caseflow.access import Viewer
from caseflow.store import scope
from caseflow.store.session import Session
from caseflow.store.tables import access_entry, case_entry, case_file, role_grant

STEPS = ("case:step:taken",)
REFUSALS = ("case:act:refused",)
READINGS = ("case:file:read", "case:letter:read", "case:attachment:read")
_CASE = (case_file.c.number, case_file.c.confidentiality)


def steps(session: Session, areas: tuple[str, ...], viewer: Viewer, *, before: str, limit: int) -> list[Row[Any]]:
    """Return the steps taken in the areas, newest first; `visible` tells whether the viewer may open the case."""
    query = (
        select(case_entry, *_CASE, scope.visible_to(viewer).label("visible"))
        .join(case_file, case_file.c.id == case_entry.c.case_id)
        .where(case_entry.c.code.in_(STEPS), scope.within(areas))
    )
    return _page(session, query, case_entry, before, limit)


def refusals(session: Session, areas: tuple[str, ...], viewer: Viewer, *, before: str, limit: int) -> list[Row[Any]]:
    """Return what was refused in cases of the areas, and to people of the areas where there was no such case."""
    query = (
        select(access_entry, *_CASE, scope.visible_to(viewer).label("visible"))
        .outerjoin(case_file, case_file.c.id == access_entry.c.case_id)
        .where(access_entry.c.code.in_(REFUSALS), or_(scope.within(areas), _nowhere(areas)))
    )
    return _page(session, query, access_entry, before, limit)


def readings(session: Session, areas: tuple[str, ...], viewer: Viewer, *, before: str, limit: int) -> list[Row[Any]]:
    """Return who read closed files (R3) of the areas, and their letters."""
    query = (
        select(access_entry, *_CASE, scope.visible_to(viewer).label("visible"))
        .join(case_file, case_file.c.id == access_entry.c.case_id)
        .where(access_entry.c.code.in_(READINGS), case_file.c.confidentiality == "R3", scope.within(areas))
    )
    return _page(session, query, access_entry, before, limit)


def counts(session: Session, areas: tuple[str, ...], *, since: datetime) -> tuple[int, int, int]:
    """Return how many steps, refusals, and readings of closed files there were since then: what the lists show."""
    inside = scope.within(areas)
    taken = _count(session, case_entry, STEPS, since, inside)
    refused = _count(session, access_entry, REFUSALS, since, or_(inside, _nowhere(areas)))
    read = _count(session, access_entry, READINGS, since, inside, case_file.c.confidentiality == "R3")
    return taken, refused, read


def _nowhere(areas: tuple[str, ...]) -> ColumnElement[bool]:
    """Hold for an entry without a case whose person has a role in the areas."""
    held = exists().where(role_grant.c.user_id == access_entry.c.actor)
    return and_(access_entry.c.case_id.is_(None), held.where(scope.within(areas, role_grant.c.area_code)))


def _page(session: Session, query: Select[Any], entry: Any, before: str, limit: int) -> list[Row[Any]]:  # noqa: ANN401 - a table
    """Ids are made of the moment: they lead from the newest entry to the oldest."""
    if before:
        query = query.where(entry.c.id < before)
    return list(session.execute(query.order_by(entry.c.id.desc()).limit(limit)))


def _count(
    session: Session,
    entry: Any,  # noqa: ANN401 - a table
    codes: Sequence[str],
    since: datetime,
    *where: ColumnElement[bool],
) -> int:
    query = (
        select(func.count())
        .select_from(entry.outerjoin(case_file, case_file.c.id == entry.c.case_id))
        .where(entry.c.code.in_(codes), entry.c.entered_at >= since, *where)
    )
    return int(session.execute(query).scalar() or 0)


def open_by_definition(session: Session, viewer: Viewer) -> list[Row[Any]]:
    """Return category, digest and how many open cases of the administered areas follow it."""
    query = (
        select(case_file.c.category, case_file.c.definition_digest, func.count().label("n"))
        .where(case_file.c.state != "closed", scope.administered(viewer, case_file.c.area_code))
        .group_by(case_file.c.category, case_file.c.definition_digest)
    )
    return list(session.execute(query))
