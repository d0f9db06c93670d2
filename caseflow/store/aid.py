"""What help was approved or given to some subjects, whatever case it was planned in."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import Select, case, exists, func, or_, select

from caseflow.states.lifecycle import CLOSED
from caseflow.store import sql
from caseflow.store.cases import CaseRow
from caseflow.store.goods import RETURN, REVERSAL
from caseflow.store.session import Session
from caseflow.store.tables import case_entry, case_file, goods_delivery, goods_movement, office, plan_item, subject

DONE = "case:plan_item:done"
_OWN = 6
"""Columns before those of the case."""


@dataclass(frozen=True, slots=True)
class Given:
    """One action of a plan that was done, or that was approved and is under way."""

    item: str
    intervention: str
    status: str
    """approved | done."""
    on: date | datetime
    """The day it was done or handed over; the moment it was approved."""
    agency: str
    case: CaseRow


def alone(session: Session, subject_ids: Collection[str]) -> None:
    """Let nobody else approve help for one of these until this transaction ends."""
    for each in sorted(subject_ids):
        sql.one_at_a_time(session, f"aid:{each}")


def given(session: Session, subject_ids: Collection[str], interventions: Collection[str]) -> list[Given]:
    """Return what was done or handed over, ever, and what is under way in open cases; erased subjects are left out."""
    i = plan_item.c
    of_them = select(case_file.c.id).where(case_file.c.subject_id.in_(sorted(subject_ids)))
    handed = _handed_on(session, of_them)
    agency = office.c.agency + ", " + office.c.place
    query: Select[Any] = (
        select(i.id, i.intervention, i.status, i.cycle, i.updated_at, agency, *case_file.c)
        .join_from(plan_item, case_file, case_file.c.id == i.case_id)
        .join(subject, subject.c.id == case_file.c.subject_id)
        .join(office, office.c.id == case_file.c.office_id)
        .where(
            case_file.c.subject_id.in_(sorted(subject_ids)),
            i.intervention.in_(sorted(interventions)),
            or_(i.status.in_(("approved", "done")), i.id.in_(sorted(handed))),
            subject.c.destroyed_at.is_(None),
        )
    )
    rows: list[list[Any]] = [list(row) for row in session.execute(query)]
    found = [(row, CaseRow._make(row[_OWN:])) for row in rows]
    days = _done_on(session, {case.id for row, case in found if row[2] == "done"})
    days = handed | days
    return [
        Given(row[0], row[1], "done", days.get(row[0], row[4]), row[5], case)
        if row[2] == "done" or row[0] in handed
        else Given(row[0], row[1], row[2], row[4], row[5], case)
        for row, case in found
        if row[2] == "done" or row[0] in handed or (case.state != CLOSED and row[3] == case.cycle)
    ]


def _handed_on(session: Session, case_ids: Select[Any]) -> dict[str, date]:
    """Return item -> the day goods were last handed over for it, of deliveries of which something was kept."""
    undo = goods_movement.alias()
    m, d = goods_movement.c, goods_delivery.c
    kept = func.sum(case((m.kind == RETURN, -m.quantity), else_=m.quantity))
    stands = (m.kind != REVERSAL, ~exists().where(undo.c.reverses_id == m.id))
    query: Select[Any] = select(d.plan_item_id, d.delivered_on).join(goods_movement, m.delivery_id == d.id)
    query = query.where(d.case_id.in_(case_ids), *stands).group_by(d.id, d.plan_item_id, d.delivered_on)
    found: dict[str, date] = {}
    for row in session.execute(query.having(kept > 0).order_by(d.delivered_on)):
        found[row.plan_item_id] = row.delivered_on
    return found


def _done_on(session: Session, case_ids: Collection[str]) -> dict[str, date]:
    """Return item -> the day it was done, by the log: the row itself says only when it was last written."""
    if not case_ids:
        return {}
    query: Select[Any] = select(case_entry.c.data, case_entry.c.event_date).where(
        case_entry.c.case_id.in_(sorted(case_ids)), case_entry.c.code == DONE
    )
    return {orjson.loads(row.data)["item"]: row.event_date for row in session.execute(query)}
