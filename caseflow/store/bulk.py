"""Many rows in one statement: inserted, inserted unless they are there, changed."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

import orjson
from sqlalchemy import Table, bindparam, column, func, insert, literal_column, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.selectable import TableValuedAlias

from caseflow.errors import InstantRequired
from caseflow.store.hot import Hot
from caseflow.store.session import Session

Rows = Sequence[Mapping[str, Any]]
"""Rows with the same columns each: ids, codes, numbers, days, moments and plain JSON, no bytes."""


def insert_all(session: Session, table: Table, rows: Rows) -> None:
    """Insert the rows."""
    if rows:
        _run(session, _inserting(table, tuple(rows[0]), None, session.is_postgresql), rows)


def insert_all_new(session: Session, table: Table, rows: Rows, unique: Sequence[str]) -> int:
    """Insert the rows whose unique columns are not there yet, each once; return how many were inserted."""
    if not rows:
        return 0
    rows = sorted(rows, key=lambda row: [str(row[name]) for name in unique])  # who inserts the same waits, not both
    return _run(session, _inserting(table, tuple(rows[0]), tuple(unique), session.is_postgresql), rows)


def update_all(session: Session, table: Table, rows: Rows) -> None:
    """Set the same columns on many rows; each mapping has `id` and those columns."""
    if rows:
        _run(session, _updating(table, tuple(rows[0]), session.is_postgresql), rows)


def _run(session: Session, statement: Hot, rows: Rows) -> int:
    """Run it: PostgreSQL takes all rows as one value, in a third of the time of a row each; SQLite one by one."""
    if session.is_postgresql:
        told = orjson.dumps([dict(row) for row in rows], default=_moment, option=orjson.OPT_PASSTHROUGH_DATETIME)
        return session.run(statement, {"rows": told.decode()})
    return session.run_all(statement, [{f"of_{name}": value for name, value in row.items()} for row in rows])


def _moment(value: Any) -> str:  # noqa: ANN401 - whatever JSON does not know
    if not isinstance(value, date):
        raise TypeError(type(value).__name__)
    if isinstance(value, datetime) and value.tzinfo is None:
        raise InstantRequired
    return value.isoformat()


@cache
def _inserting(table: Table, names: tuple[str, ...], unique: tuple[str, ...] | None, is_postgresql: bool) -> Hot:  # noqa: FBT001 - part of what is kept
    if is_postgresql:
        given = _given(table, names)
        made = postgresql.insert(table).from_select(names, select(*given.c))
        return Hot(made if unique is None else made.on_conflict_do_nothing(index_elements=unique))
    values = {name: bindparam(f"of_{name}", type_=table.c[name].type) for name in names}
    if unique is None:
        return Hot(insert(table).values(values))
    return Hot(sqlite.insert(table).values(values).on_conflict_do_nothing(index_elements=unique))


@cache
def _updating(table: Table, names: tuple[str, ...], is_postgresql: bool) -> Hot:  # noqa: FBT001 - as above
    changed = [name for name in names if name != "id"]
    if is_postgresql:
        given = _given(table, names)
        return Hot(update(table).where(table.c.id == given.c.id).values({name: given.c[name] for name in changed}))
    values = {name: bindparam(f"of_{name}", type_=table.c[name].type) for name in changed}
    return Hot(update(table).where(table.c.id == bindparam("of_id")).values(values))


def _given(table: Table, names: tuple[str, ...]) -> TableValuedAlias:
    """Return the rows of a JSON array as rows of the table's own type."""
    read = func.json_populate_recordset(literal_column(f"NULL::{table.name}"), bindparam("rows"))
    return read.table_valued(*(column(name, table.c[name].type) for name in names)).alias("given")
