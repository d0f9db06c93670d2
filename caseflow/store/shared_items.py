"""Actions of a plan that serve several cases: the row in each other case names the first as its origin."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, or_, select

from caseflow.store import sql
from caseflow.store.goods import RETURN
from caseflow.store.session import Session
from caseflow.store.tables import case_file, goods_delivery, goods_movement, plan_item

ORIGIN: ColumnElement[str] = func.coalesce(plan_item.c.origin_id, plan_item.c.id)
"""What all rows of one action have in common."""


@dataclass(frozen=True, slots=True)
class Tied:
    """The row of an action in one case, in the cycle that case is in."""

    id: str
    origin: str
    case_id: str
    status: str
    result: str


def tied(session: Session, items: Collection[str]) -> list[Tied]:
    """Return all rows of these actions, their own among them; the oldest case first, in it what was cancelled."""
    return _rows(session, select(ORIGIN).where(plan_item.c.id.in_(sorted(items)))) if items else []


def _rows(session: Session, origins: Select[Any], *where: ColumnElement[bool]) -> list[Tied]:
    i = plan_item.c
    query: Select[Any] = (
        select(i.id, ORIGIN.label("origin"), i.case_id, i.status, i.result)
        .join(case_file, case_file.c.id == i.case_id)
        .where(or_(i.id.in_(origins), i.origin_id.in_(origins)), i.cycle == case_file.c.cycle, *where)
        .order_by(case_file.c.number, i.status != "cancelled", i.id)
    )
    return [Tied(row.id, row.origin, row.case_id, row.status, row.result) for row in session.execute(query)]


def in_case(session: Session, number: str, item: str) -> list[Tied]:
    """Return the rows of an action, named by any of its rows, in the present plan of a case; what lives is the last."""
    return _rows(session, select(ORIGIN).where(plan_item.c.id == item), case_file.c.number == number)


def alone(session: Session, item: str) -> None:
    """Let nobody else hand goods over for an action, or write it in several cases, until this transaction ends."""
    origin = session.execute(select(ORIGIN).where(plan_item.c.id == item)).scalar_one_or_none()
    sql.one_at_a_time(session, f"item:{origin or item}")


def handed_elsewhere(session: Session, item: str) -> set[str]:
    """Return the kinds of goods that other rows of an action handed over, in any cycle, and that are still out."""
    origin = select(ORIGIN).where(plan_item.c.id == item).scalar_subquery()
    others = select(plan_item.c.id).where(
        or_(plan_item.c.id == origin, plan_item.c.origin_id == origin), plan_item.c.id != item
    )
    undo = goods_movement.alias()
    m, d = goods_movement.c, goods_delivery.c
    sign = func.sum(m.quantity).filter(m.kind == "delivery") - func.coalesce(
        func.sum(m.quantity).filter(m.kind == RETURN), 0
    )
    query = (
        select(m.item_id)
        .join(goods_delivery, d.id == m.delivery_id)
        .where(d.plan_item_id.in_(others), m.kind.in_(("delivery", RETURN)))
        .where(~exists().where(undo.c.reverses_id == m.id))
        .group_by(m.item_id)
        .having(sign > 0)
    )
    return set(session.execute(query).scalars())
