"""Many rows in one statement: inserting what is not there yet."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite

from caseflow.store.session import Session


def insert_all_new(session: Session, table: Table, rows: Sequence[Mapping[str, Any]], unique: Sequence[str]) -> int:
    """Insert the rows whose unique columns are not there yet, each once; return how many were inserted.

    Row by row for the driver, which sends them together: one statement of many VALUES costs more to parse than to run.
    """
    if not rows:
        return 0
    make = postgresql.insert if session.is_postgresql else sqlite.insert
    statement = make(table).on_conflict_do_nothing(index_elements=list(unique))
    counted = statement.execution_options(preserve_rowcount=True)
    return session.execute(counted, [dict(row) for row in rows]).rowcount
