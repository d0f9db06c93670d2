"""Every row there is, before and after: to be compared, or read for words that must be nowhere."""

from functools import cache

from sqlalchemy import Table

from caseflow.store.session import Session
from caseflow.store.tables import metadata

WHOLE = "(found.*)::text"
"""A row of PostgreSQL as one text."""


def snapshot(session: Session) -> list[tuple[str, str]]:
    """Return table and row, of every row of every table, each row as one text that its database makes of it."""
    cursor = session.conn.connection.cursor()
    cursor.execute(_every_row(session.conn.dialect.name))
    found = sorted(cursor.fetchall())
    cursor.close()
    return found


@cache
def _every_row(dialect: str) -> str:
    """Return one statement for all tables: a statement for each takes ten times as long."""
    return " UNION ALL ".join(
        f"SELECT '{table.name}', {_line(table) if dialect == 'sqlite' else WHOLE} FROM {table.name} AS found"  # noqa: S608 - names of our own schema
        for table in metadata.sorted_tables
    )


def _line(table: Table) -> str:
    """Return what makes a text of a row of SQLite."""
    return " || ' ' || ".join(f"quote({column.name})" for column in table.c)


def contents(session: Session) -> dict[str, list[str]]:
    """Return every row of every table as the driver gives it."""
    found = {}
    for table in metadata.sorted_tables:
        rows = session.conn.exec_driver_sql(f"SELECT * FROM {table.name}")  # noqa: S608 - a name of our own schema
        found[table.name] = sorted(map(repr, rows))
    return found
