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
from caseflow.store.hot import Hot, written
from caseflow.store.reads import among, read
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
    sql.one_at_a_time(session, *(f"aid:{each}" for each in sorted(subject_ids)))


_I, _M, _D = plan_item.c, goods_movement.c, goods_delivery.c
_GIVEN = Hot(
    select(
        _I.id, _I.intervention, _I.status, _I.cycle, _I.updated_at, office.c.agency + ", " + office.c.place,
        *case_file.c,
    )
    .join_from(plan_item, case_file, case_file.c.id == _I.case_id)
    .join(subject, subject.c.id == case_file.c.subject_id)
    .join(office, office.c.id == case_file.c.office_id)
    .where(
        among(case_file.c.subject_id, "of_subjects"),
        among(_I.intervention, "of_kinds"),
        or_(_I.status.in_(written(("approved", "done"))), among(_I.id, "of_items")),
        subject.c.destroyed_at.is_(None),
    )
)  # fmt: skip
_UNDO = goods_movement.alias()
_KEPT = func.sum(case((_M.kind == RETURN, -_M.quantity), else_=_M.quantity))
_HANDED_ON = read(
    select(_D.plan_item_id, _D.delivered_on)
    .join(goods_movement, _M.delivery_id == _D.id)
    .where(
        _D.case_id.in_(select(case_file.c.id).where(among(case_file.c.subject_id, "of_subjects"))),
        _M.kind != REVERSAL,
        ~exists().where(_UNDO.c.reverses_id == _M.id),
    )
    .group_by(_D.id, _D.plan_item_id, _D.delivered_on)
    .having(_KEPT > 0)
    .order_by(_D.delivered_on)
)
"""Item and the day goods were handed over for it, the last day last, of deliveries of which something was kept."""


def given(session: Session, subject_ids: Collection[str], interventions: Collection[str]) -> list[Given]:
    """Return what was done or handed over, ever, and what is under way in open cases; erased subjects are left out."""
    of_them = sorted(subject_ids)
    handed = {row.plan_item_id: row.delivered_on for row in _HANDED_ON.all(session, of_subjects=of_them)}
    asked = {"of_subjects": of_them, "of_kinds": sorted(interventions), "of_items": sorted(handed)}
    rows = session.all(_GIVEN, asked)
    found = [(row, CaseRow._make(row[_OWN:])) for row in rows]
    days = handed | _done_on(session, {case.id for row, case in found if row[2] == "done"})
    never = never_given(session, [row[0] for row, _case in found if row[2] == "done"])
    found = [(row, case) for row, case in found if row[0] not in never]
    return [
        Given(row[0], row[1], "done", days.get(row[0], row[4]), row[5], case)
        if row[2] == "done" or row[0] in handed
        else Given(row[0], row[1], row[2], row[4], row[5], case)
        for row, case in found
        if row[2] == "done" or row[0] in handed or (case.state != CLOSED and row[3] == case.cycle)
    ]


def never_given(session: Session, items: Collection[str]) -> set[str]:
    """Return those of these actions that were settled as done on a delivery that was undone afterwards.

    What was settled before its delivery or after that was undone, and what was handed over again, was given.
    """
    undone = _undone(session, items) if items else {}
    done = _done(session, {case for case, _spans in undone.values()})
    return {
        item
        for item, (_case, spans) in undone.items()
        if item in done and any(came <= done[item][0] < gone for came, gone in spans)
    }


def _undone(session: Session, items: Collection[str]) -> dict[str, tuple[str, list[tuple[datetime, datetime]]]]:
    """Return item -> its case, and when each delivery of its action came and was undone, where none of them stands."""
    undo, row = goods_movement.alias(), plan_item.alias()
    m = goods_movement.c
    origin = func.coalesce(row.c.origin_id, row.c.id)
    query: Select[Any] = (
        select(row.c.id, row.c.case_id, m.recorded_at.label("came"), undo.c.recorded_at.label("gone"))
        .join(plan_item, or_(plan_item.c.id == origin, plan_item.c.origin_id == origin))
        .join(goods_delivery, goods_delivery.c.plan_item_id == plan_item.c.id)
        .join(goods_movement, (m.delivery_id == goods_delivery.c.id) & (m.kind == "delivery"))
        .outerjoin(undo, undo.c.reverses_id == m.id)
        .where(row.c.id.in_(sorted(items)))
    )
    found: dict[str, tuple[str, list[tuple[datetime, datetime]]]] = {}
    standing = set()
    for moved in session.execute(query):
        found.setdefault(moved.id, (moved.case_id, []))[1].append((moved.came, moved.gone))
        standing |= {moved.id} if moved.gone is None else set()
    return {item: undone for item, undone in found.items() if item not in standing}


def _done_on(session: Session, case_ids: Collection[str]) -> dict[str, date]:
    """Return item -> the day it was done, by the log: the row itself says only when it was last written."""
    return {item: day for item, (_entered_at, day) in _done(session, case_ids).items()}


def _done(session: Session, case_ids: Collection[str]) -> dict[str, tuple[datetime, date]]:
    """Return item -> when it was settled as done, and the day it was done."""
    if not case_ids:
        return {}
    e = case_entry.c
    query: Select[Any] = select(e.data, e.entered_at, e.event_date)
    query = query.where(e.case_id.in_(sorted(case_ids)), e.code == DONE)
    found = session.execute(query)
    return {orjson.loads(row.data)["item"]: (row.entered_at, row.event_date) for row in found}
