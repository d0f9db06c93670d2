"""What help was approved or given to some subjects, whatever case it was planned in."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import Select, select

from caseflow.states.lifecycle import CLOSED
from caseflow.store.cases import CaseRow
from caseflow.store.session import Session
from caseflow.store.tables import case_entry, case_file, office, plan_item, subject

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
    """The day it was done; the moment it was approved."""
    agency: str
    case: CaseRow


def given(session: Session, subject_ids: Collection[str], interventions: Collection[str]) -> list[Given]:
    """Return what was done, ever, and what is under way in open cases; erased subjects are left out."""
    i = plan_item.c
    agency = office.c.agency + ", " + office.c.place
    query: Select[Any] = (
        select(i.id, i.intervention, i.status, i.cycle, i.updated_at, agency, *case_file.c)
        .join_from(plan_item, case_file, case_file.c.id == i.case_id)
        .join(subject, subject.c.id == case_file.c.subject_id)
        .join(office, office.c.id == case_file.c.office_id)
        .where(
            case_file.c.subject_id.in_(sorted(subject_ids)),
            i.intervention.in_(sorted(interventions)),
            i.status.in_(("approved", "done")),
            subject.c.destroyed_at.is_(None),
        )
    )
    rows: list[list[Any]] = [list(row) for row in session.execute(query)]
    found = [(row, CaseRow._make(row[_OWN:])) for row in rows]
    days = _done_on(session, {case.id for row, case in found if row[2] == "done"})
    return [
        Given(row[0], row[1], row[2], days.get(row[0], row[4]) if row[2] == "done" else row[4], row[5], case)
        for row, case in found
        if row[2] == "done" or (case.state != CLOSED and row[3] == case.cycle)
    ]


def _done_on(session: Session, case_ids: Collection[str]) -> dict[str, date]:
    """Return item -> the day it was done, by the log: the row itself says only when it was last written."""
    if not case_ids:
        return {}
    query: Select[Any] = select(case_entry.c.data, case_entry.c.event_date).where(
        case_entry.c.case_id.in_(sorted(case_ids)), case_entry.c.code == DONE
    )
    return {orjson.loads(row.data)["item"]: row.event_date for row in session.execute(query)}
