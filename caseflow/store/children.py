"""Rows that hang on a case (plan items, visits, consents, placements, referrals): read and written the same way."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Table, select, update

from caseflow.ids import new_id
from caseflow.store import proof, vault
from caseflow.store.session import Session


def add(
    session: Session,
    table: Table,
    subject_id: str,
    columns: Mapping[str, Any],
    sealed: Mapping[str, Any],
    *,
    at: datetime,
    row_id: str | None = None,
) -> str:
    """Insert a row with its words sealed under the subject's key; return its id."""
    row_id = row_id or str(new_id(at))
    secret = vault.seal(session, subject_id, f"{table.name}.sealed.{row_id}", sealed)
    values = {"id": row_id, "sealed": secret, **columns}
    session.insert(table, values)
    proof.note(session, table, values)
    return row_id


def change(
    session: Session,
    table: Table,
    subject_id: str,
    row_id: str,
    columns: Mapping[str, Any],
    sealed: Mapping[str, Any] | None = None,
) -> None:
    """Update a row; `sealed` replaces its words."""
    values = dict(columns)
    if sealed is not None:
        values["sealed"] = vault.seal(session, subject_id, f"{table.name}.sealed.{row_id}", sealed)
    proof.change(session, table, update(table).where(table.c.id == row_id).values(values))


def get(session: Session, table: Table, case_id: str, row_id: str) -> Row[Any] | None:
    """Return a row if it belongs to the case."""
    return session.execute(select(table).where(table.c.id == row_id, table.c.case_id == case_id)).first()


def of_case(session: Session, table: Table, case_id: str) -> list[Row[Any]]:
    """Return the rows of a case, oldest first."""
    return list(session.execute(select(table).where(table.c.case_id == case_id).order_by(table.c.id)))


def words(session: Session, table: Table, subject_id: str, row: Row[Any]) -> dict[str, Any]:
    """Return the sealed words of a row."""
    return vault.unseal(session, subject_id, f"{table.name}.sealed.{row.id}", row.sealed)
