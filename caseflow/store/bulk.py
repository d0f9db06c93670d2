"""Many rows in one statement: inserting what is not there yet."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite

from caseflow.store.session import Session


def insert_all_new(
    session: Session, table: Table, rows: Sequence[Mapping[str, Any]], unique: Sequence[str]
) -> set[str]:
    """Insert the rows whose unique columns are not there yet, each once; return the ids of those inserted."""
    if not rows:
        return set()
    make = postgresql.insert if session.is_postgresql else sqlite.insert
    statement = make(table).on_conflict_do_nothing(index_elements=list(unique)).returning(table.c.id)
    return set(session.execute(statement, [dict(row) for row in rows]).scalars())
