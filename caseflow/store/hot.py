"""Statements of the hot path: written in SQLAlchemy Core, compiled once, run on the driver's own cursor.

A Core statement costs two to five times what the driver needs for it (building, cache key, context, result metadata). A
step runs about ten; the rest of the product runs plain Core.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, Dialect, Executable, Table, bindparam, insert, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler

from caseflow.store.session import Session

Convert = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _Compiled:
    """One statement for one dialect: its text, and what turns values into the driver's and back."""

    text: str
    names: tuple[str, ...] | None
    """The binds in order, where the driver takes them by position."""
    fixed: Mapping[str, Any]
    """What the statement says itself."""
    outgoing: tuple[tuple[str, Convert], ...]
    incoming: tuple[tuple[int, Convert], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Hot:
    """A statement with named binds, all of which are given at each run."""

    statement: Executable
    compiled: dict[str, _Compiled] = field(default_factory=dict)

    def run(self, session: Session, values: Mapping[str, Any]) -> int:
        """Run it in the session's transaction; return how many rows it changed."""
        count: int = self._cursor(session, self._for(session), values).rowcount
        return count

    def first(self, session: Session, values: Mapping[str, Any]) -> list[Any] | None:
        """Return the first row it selects, converted as the columns' types say."""
        compiled = self._for(session)
        row = self._cursor(session, compiled, values).fetchone()
        if row is None:
            return None
        found = list(row)
        for place, convert in compiled.incoming:
            found[place] = convert(found[place])
        return found

    def _cursor(self, session: Session, compiled: _Compiled, values: Mapping[str, Any]) -> Any:  # noqa: ANN401 - the driver's
        given = {**compiled.fixed, **values}
        for name, convert in compiled.outgoing:
            given[name] = convert(given[name])
        conn, dialect = session.conn, session.conn.dialect
        connection: Any = conn.connection.driver_connection
        cursor = connection.cursor(binary=True) if session.is_postgresql else connection.cursor()
        driver = dialect.loaded_dbapi
        try:
            cursor.execute(compiled.text, given if compiled.names is None else [given[n] for n in compiled.names])
        except driver.Error as error:
            lost = bool(dialect.is_disconnect(error, connection, cursor))
            if lost:
                conn.invalidate(error)
            raise DBAPIError.instance(compiled.text, None, error, driver.Error, True, lost, dialect) from error
        return cursor

    def _for(self, session: Session) -> _Compiled:
        dialect = session.conn.dialect
        if (known := self.compiled.get(dialect.name)) is None:
            known = self.compiled[dialect.name] = _compile(self.statement, dialect)
        return known


def insert_row(session: Session, table: Table, values: Mapping[str, Any]) -> None:
    """Insert one row."""
    _insert(table, tuple(values)).run(session, values)


def update_row(session: Session, table: Table, row_id: str, values: Mapping[str, Any]) -> None:
    """Update columns of the row with this id."""
    _update(table, tuple(values)).run(session, {"of_id": row_id, **prefixed(values)})


@cache
def _insert(table: Table, columns: tuple[str, ...]) -> Hot:
    return Hot(insert(table).values({column: bindparam(column) for column in columns}))


@cache
def _update(table: Table, columns: tuple[str, ...]) -> Hot:
    of_id = table.c.id == bindparam("of_id")
    return Hot(update(table).where(of_id).values(assignments(columns)))


def assignments(columns: Iterable[str]) -> dict[str, BindParameter[Any]]:
    """Return what sets each column of an UPDATE to a bind; `prefixed` gives their values."""
    return {column: bindparam(f"to_{column}") for column in columns}


def prefixed(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values under the names that `assignments` gave their binds."""
    return {f"to_{column}": value for column, value in values.items()}


def _compile(statement: Executable, dialect: Dialect) -> _Compiled:
    made = statement.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})  # type: ignore[attr-defined]  # of every statement
    if not isinstance(made, SQLCompiler):
        raise TypeError("only statements are compiled")
    outgoing, fixed = [], {}
    for name, bound in made.binds.items():
        convert = bound.type.dialect_impl(dialect).bind_processor(dialect)
        if not bound.required:
            fixed[name] = convert(bound.effective_value) if convert else bound.effective_value
        elif convert:
            outgoing.append((name, convert))
    incoming = []
    for place, column in enumerate(getattr(statement, "selected_columns", ())):
        if convert := column.type.dialect_impl(dialect).result_processor(dialect, None):
            incoming.append((place, convert))
    names = tuple(made.positiontup) if made.positiontup is not None else None
    return _Compiled(made.string, names, fixed, tuple(outgoing), tuple(incoming))
