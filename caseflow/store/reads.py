"""Statements that are asked all day: written in Core, compiled once, their rows read by name.

Building such a statement, its cache key and its result at each request costs more than its work (docs/decisions/0050).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import ColumnElement, CompoundSelect, Dialect, Row, Select, Text, bindparam
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine import result_tuple
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.dml import ReturningUpdate
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import Boolean, TypeDecorator, TypeEngine

from caseflow.store.hot import Hot, columns_of
from caseflow.store.session import Session

READERS = 256
"""For so many people the statements that hold the access rule for their grants are kept: 30 KB each."""


@dataclass(frozen=True, slots=True, eq=False)
class Read:
    """A statement that returns rows, with named binds, all of which are given at each run."""

    hot: Hot
    row: Callable[[Sequence[Any]], Row[Any]]

    def all(self, session: Session, **values: object) -> list[Row[Any]]:
        """Return every row."""
        return [self.row(cells) for cells in session.all(self.hot, values)]

    def first(self, session: Session, **values: object) -> Row[Any] | None:
        """Return the first row."""
        cells = session.first(self.hot, values)
        return None if cells is None else self.row(cells)

    def firsts(self, session: Session, **values: object) -> list[Any]:
        """Return the first column of every row."""
        return [cells[0] for cells in session.all(self.hot, values)]


def read(statement: Select[Any] | CompoundSelect[Any] | ReturningUpdate[Any]) -> Read:
    """Return a statement to be kept; what writes returns rows, too."""
    return Read(Hot(statement), result_tuple([str(column.key) for column in columns_of(statement)]))


def among(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """Return the condition that a column has one of many values: one text, so one plan, however many are given."""
    return _among(column, bindparam(name, type_=_Many(column.type)))


class _Many(TypeDecorator[Sequence[Any]]):
    """Many values of a type: an array on PostgreSQL, JSON on SQLite."""

    impl = Text
    cache_ok = True

    def __init__(self, item: TypeEngine[Any]) -> None:
        super().__init__()
        self.item = item

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return what the database takes."""
        return dialect.type_descriptor(ARRAY(self.item) if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:  # noqa: ANN401 - the signature of the library
        """Return the values as the column keeps them."""
        if dialect.name == "postgresql":
            return list(value)
        convert = self.item.dialect_impl(dialect).bind_processor(dialect)
        return orjson.dumps([convert(each) if convert else each for each in value]).decode()


class _among(FunctionElement[bool]):  # noqa: N801 - reads as the SQL function it is
    type = Boolean()
    inherit_cache = True
    name = "among"


@compiles(_among, "postgresql")
def _among_postgresql(found: _among, compiler: SQLCompiler, **how: Any) -> str:  # noqa: ANN401 - the library's own
    column, values = (compiler.process(each, **how) for each in found.clauses)
    return f"{column} = ANY ({values})"


@compiles(_among, "sqlite")
def _among_sqlite(found: _among, compiler: SQLCompiler, **how: Any) -> str:  # noqa: ANN401 - the library's own
    column, values = (compiler.process(each, **how) for each in found.clauses)
    return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608 - of the compiler
