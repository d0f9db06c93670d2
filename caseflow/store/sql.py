"""The few statements whose spelling differs between SQLite and PostgreSQL."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, LargeBinary, Table, Text, bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.dml import ReturningInsert
from sqlalchemy.sql.functions import FunctionElement

from caseflow.store.hot import Hot, inserting
from caseflow.store.session import Session
from caseflow.store.tables import counter


def insert_new(session: Session, table: Table, values: Mapping[str, Any], unique: Sequence[str]) -> bool:
    """Insert a row unless one with the same unique columns is there; tell whether it was inserted."""
    return session.run(inserting(table, tuple(values), tuple(unique)).alone, values) == 1


def next_number(session: Session, scope: str) -> int:
    """Return the next number of a gapless counter; the row stays locked until the transaction ends."""
    found = session.first(_NEXT, {"of_scope": scope})
    if found is None:
        raise LookupError(scope)
    value: int = found[0]
    return value


def _counting(made: Any) -> ReturningInsert[Any]:  # noqa: ANN401 - an INSERT of either database
    first = made.values(scope=bindparam("of_scope"), value=1)
    more = first.on_conflict_do_update(index_elements=["scope"], set_={"value": counter.c.value + 1})
    counted: ReturningInsert[Any] = more.returning(counter.c.value)
    return counted


_NEXT = Hot({"postgresql": _counting(postgresql.insert(counter)), "sqlite": _counting(sqlite.insert(counter))})


_WHAT = func.unnest(bindparam("of_all", type_=postgresql.ARRAY(Text))).column_valued("what")
_ALONE = select(func.pg_advisory_xact_lock(func.hashtextextended(_WHAT, 0)))


def one_at_a_time(session: Session, *what: str) -> None:
    """Let only one transaction at a time go on with each of `what`, taken in this order, until it ends.

    On SQLite every writer is alone anyway.
    """
    if what and session.is_postgresql:
        session.execute(_ALONE, {"of_all": list(what)})


class json_rows(FunctionElement[str]):  # noqa: N801 - reads as the SQL function it is
    """Many rows as one JSON text: an array of arrays, unordered; bytes as hexadecimal text; NULL when there is none."""

    type = Text()
    inherit_cache = True
    name = "json_rows"


@compiles(json_rows, "postgresql")
def _json_rows_postgresql(rows: json_rows, compiler: SQLCompiler, **how: Any) -> str:  # noqa: ANN401 - the library's own
    cells = _cells(rows, compiler, "encode({}, 'hex')", **how)
    return f"json_agg(json_build_array({cells}))::text"


@compiles(json_rows, "sqlite")
def _json_rows_sqlite(rows: json_rows, compiler: SQLCompiler, **how: Any) -> str:  # noqa: ANN401 - the library's own
    return f"json_group_array(json_array({_cells(rows, compiler, 'hex({})', **how)}))"


def _cells(rows: json_rows, compiler: SQLCompiler, as_text: str, **how: Any) -> str:  # noqa: ANN401 - the library's own
    def cell(column: ColumnElement[Any]) -> str:
        text = compiler.process(column, **how)
        return as_text.format(text) if isinstance(column.type, LargeBinary) else text

    return ", ".join(cell(column) for column in rows.clauses)
