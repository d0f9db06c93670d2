"""Checks in registries as rows."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Row, select, update

from caseflow.store import proof
from caseflow.store.cases import CaseRow
from caseflow.store.session import Session
from caseflow.store.tables import case_file, registry_check


def of_subjects(session: Session, subject_ids: Collection[str]) -> list[tuple[Row[Any], CaseRow]]:
    """Return the checks of subjects, the newest first, each with the case it was recorded in."""
    query = (
        select(registry_check)
        .where(registry_check.c.subject_id.in_(sorted(subject_ids)))
        .order_by(registry_check.c.checked_on.desc(), registry_check.c.id.desc())
    )
    rows = list(session.execute(query))
    held = select(case_file).where(case_file.c.id.in_({row.case_id for row in rows}))
    cases = {case.id: case for case in (CaseRow._make(row) for row in (session.execute(held) if rows else ()))}
    return [(row, cases[row.case_id]) for row in rows]


def blank(session: Session, case_id: str) -> None:
    """Take the deciles out of the checks recorded in a case: its subject is being erased."""
    mine = (registry_check.c.case_id == case_id, registry_check.c.decile.is_not(None))
    proof.change(session, registry_check, update(registry_check).where(*mine).values(decile=None))
