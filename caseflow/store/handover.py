"""What a handover asks: how much each worker has, where, who works where, and what else waits for somebody."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, case, exists, func, literal_column, or_, select

from caseflow.access import Viewer
from caseflow.store import scope
from caseflow.store.session import Session
from caseflow.store.tables import case_file, letter_draft, obligation, office, post_holder, role_grant, user_account

_OPEN = case_file.c.state != literal_column("'closed'")
_KECAMATAN = 6
"""Digits of the code of a kecamatan."""


@dataclass(slots=True)
class Load:
    """How many open cases somebody has as far as the reader may see, how many of them are late, and how many where."""

    open: int = 0
    late: int = 0
    places: dict[str, int] = field(default_factory=dict)
    """Kecamatan -> open cases there."""

    def within(self, area: str) -> int:
        """Return how many open cases lie in the kecamatan of an area."""
        return self.places.get(area[:_KECAMATAN], 0)


def loads(session: Session, viewer: Viewer, *, at: datetime) -> dict[str, Load]:
    """Return worker -> load, counted over the cases that the viewer may see and no others."""
    late = exists().where(
        obligation.c.case_id == case_file.c.id,
        obligation.c.due_at < at,
        obligation.c.satisfied_at.is_(None),
        obligation.c.cancelled_at.is_(None),
        obligation.c.paused_at.is_(None),
    )
    place = func.substr(case_file.c.area_code, 1, literal_column(str(_KECAMATAN)))
    query = (
        select(
            case_file.c.assignee_id,
            place.label("place"),
            func.count().label("open"),
            func.sum(case((late, 1), else_=0)).label("late"),
        )
        .where(scope.visible_to(viewer), _OPEN, case_file.c.assignee_id.is_not(None))
        .group_by(case_file.c.assignee_id, place)
    )
    found: dict[str, Load] = {}
    for row in session.execute(query):
        load = found.setdefault(row.assignee_id, Load())
        load.open += row.open
        load.late += row.late
        load.places[row.place] = row.open
    return found


def workers(session: Session, areas: Collection[str]) -> list[Row[Any]]:
    """Return the accounts with a caseworker's role, now or ever, in some of these areas: id, name, username, active."""
    columns = (user_account.c.id, user_account.c.name, user_account.c.username, user_account.c.active)
    held = exists().where(
        role_grant.c.user_id == user_account.c.id,
        role_grant.c.role == "caseworker",
        scope.within(tuple(areas), role_grant.c.area_code),
    )
    return list(session.execute(select(*columns).where(held).order_by(user_account.c.name, user_account.c.id)))


def accounts(session: Session, user_ids: Collection[str]) -> list[Row[Any]]:
    """Return id, name, username, active of these accounts, by name."""
    columns = (user_account.c.id, user_account.c.name, user_account.c.username, user_account.c.active)
    query = select(*columns).where(user_account.c.id.in_(list(user_ids)))
    return list(session.execute(query.order_by(user_account.c.name, user_account.c.id)))


def grants(session: Session, user_ids: Collection[str], on: date) -> dict[str, list[str]]:
    """Return worker -> the areas in which they are caseworker that day."""
    query = select(role_grant.c.user_id, role_grant.c.area_code).where(
        role_grant.c.user_id.in_(list(user_ids)),
        role_grant.c.role == "caseworker",
        role_grant.c.starts_on <= on,
        or_(role_grant.c.ends_on.is_(None), role_grant.c.ends_on >= on),
    )
    found: dict[str, list[str]] = {}
    for row in session.execute(query):
        found.setdefault(row.user_id, []).append(row.area_code)
    return found


def drafts(session: Session, case_ids: Collection[str]) -> dict[str, int]:
    """Return case -> letters that wait for initials or went back, of those that have some."""
    query = (
        select(letter_draft.c.case_id, func.count().label("drafts"))
        .where(letter_draft.c.case_id.in_(list(case_ids)), letter_draft.c.state.in_(("waiting", "returned")))
        .group_by(letter_draft.c.case_id)
    )
    return {row.case_id: row.drafts for row in session.execute(query)}


def posts(session: Session, user_id: str, areas: Collection[str], on: date) -> list[Row[Any]]:
    """Return the posts that initial letters and that somebody holds, or will hold, in the offices of these areas."""
    around = {area[:length] for area in areas for length in range(1, len(area) + 1)}
    query = (
        select(post_holder.c.post, post_holder.c.prefix, post_holder.c.ends_on)
        .join(office, office.c.id == post_holder.c.office_id)
        .where(post_holder.c.user_id == user_id, or_(post_holder.c.ends_on.is_(None), post_holder.c.ends_on >= on))
        .where(or_(office.c.area_code.in_(around), scope.within(tuple(areas), office.c.area_code)))
    )
    return list(session.execute(query.order_by(post_holder.c.post)))


def open_of(session: Session, user_id: str) -> list[tuple[str, int]]:
    """Return area -> open cases of somebody, without closed files (R3): those are nobody's number but their team's."""
    query = (
        select(case_file.c.area_code, func.count().label("open"))
        .where(case_file.c.assignee_id == user_id, _OPEN, case_file.c.confidentiality != "R3")
        .group_by(case_file.c.area_code)
    )
    return [(row.area_code, row.open) for row in session.execute(query.order_by(case_file.c.area_code))]
