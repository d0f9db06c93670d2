"""Rows that hang on a case (plan items, visits, consents, placements, referrals): read and written the same way."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

import orjson
from sqlalchemy import Boolean, Date, LargeBinary, Row, Table, Uuid, bindparam, select
from sqlalchemy.engine import result_tuple
from sqlalchemy.types import TypeEngine

from caseflow.ids import new_id
from caseflow.store import proof, vault
from caseflow.store.hot import Hot
from caseflow.store.reads import Read, read
from caseflow.store.session import Session
from caseflow.store.sql import json_rows
from caseflow.store.tables import (
    consent,
    letter,
    letter_draft,
    placement,
    plan_item,
    referral,
    review,
    stage_record,
    visit,
)
from caseflow.store.types import Instant, dashed


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
    proof.update(session, table, row_id, values)


def get(session: Session, table: Table, case_id: str, row_id: str) -> Row[Any] | None:
    """Return a row if it belongs to the case."""
    return _getting(table).first(session, of_id=row_id, of_case=case_id)


@cache
def _getting(table: Table) -> Read:
    return read(select(table).where(table.c.id == bindparam("of_id"), table.c.case_id == bindparam("of_case")))


def of_case(session: Session, table: Table, case_id: str) -> list[Row[Any]]:
    """Return the rows of a case, oldest first."""
    return list(session.execute(select(table).where(table.c.case_id == case_id).order_by(table.c.id)))


def together(session: Session, case_id: str) -> dict[str, list[Row[Any]]]:
    """Return all that hangs on a case by the name of its table, the oldest first, in one statement."""
    found = session.all(_TOGETHER, {"of_case": case_id})[0]
    return {
        name: sorted((read(cells) for cells in orjson.loads(text or "[]")), key=lambda row: row.id)
        for (name, read), text in zip(_readers().items(), found, strict=True)
    }


def words(session: Session, table: Table, subject_id: str, row: Row[Any]) -> dict[str, Any]:
    """Return the sealed words of a row."""
    return vault.unseal(session, subject_id, f"{table.name}.sealed.{row.id}", row.sealed)


# --- all of a case at once -------------------------------------------------------------------------------------------

HANGING = (plan_item, placement, referral, visit, consent, review, letter, letter_draft, stage_record)
_TOGETHER = Hot(
    select(
        *(
            select(json_rows(*table.c)).where(table.c.case_id == bindparam("of_case")).scalar_subquery()
            for table in HANGING
        )
    )
)


@cache
def _readers() -> dict[str, Callable[[list[Any]], Row[Any]]]:
    return {table.name: _reader(table) for table in HANGING}


def _reader(table: Table) -> Callable[[list[Any]], Row[Any]]:
    """Return what makes a row of a table from what JSON says of it."""
    make: Callable[[list[Any]], Row[Any]] = result_tuple([column.name for column in table.c])
    changed = [(place, _from_json(column.type)) for place, column in enumerate(table.c)]
    converts = [(place, convert) for place, convert in changed if convert is not None]

    def read(cells: list[Any]) -> Row[Any]:
        for place, convert in converts:  # SQLite writes no bytes at all as "", and nothing sealed is empty
            cells[place] = convert(cells[place]) if cells[place] not in {None, ""} else None
        return make(cells)

    return read


def _from_json(kind: TypeEngine[Any]) -> Callable[[Any], Any] | None:
    return next((convert for known, convert in _FROM_JSON.items() if isinstance(kind, known)), None)


def _moment(text: str) -> datetime:
    """Return a moment in UTC, which SQLite writes without a zone."""
    told = datetime.fromisoformat(text)
    return told.astimezone(UTC) if told.tzinfo else told.replace(tzinfo=UTC)


_FROM_JSON: dict[type[TypeEngine[Any]], Callable[[Any], Any]] = {
    Uuid: dashed,
    LargeBinary: bytes.fromhex,
    Instant: _moment,
    Date: date.fromisoformat,
    Boolean: bool,
}
