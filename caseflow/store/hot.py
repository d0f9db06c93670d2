"""Statements of the hot path: written in SQLAlchemy Core, compiled once, run on the driver's own cursor.

A Core statement costs two to five times what the driver needs for it (building, cache key, context, result metadata). A
step runs about ten; the rest of the product runs plain Core.

Writes that nobody waits for (`Write`) are sent together at the next read or at the commit: on PostgreSQL as one
statement of WITH parts, on SQLite one after the other. Behind a fence they are written only if the fence held.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Dialect,
    Executable,
    Table,
    Update,
    bindparam,
    cast,
    exists,
    insert,
    literal_column,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler

Convert = Callable[[Any], Any]
Values = Mapping[str, Any]

FENCE = "held"
"""The name of the part that the others of one statement stand behind."""
_BIND = re.compile(r"%\((\w+)\)s")


class FenceLost(Exception):
    """Somebody changed the case since it was read; nothing of what waited behind the fence was written."""


class Apart(Exception):
    """What is decided while writes are gathered needs a statement of its own now: it is to be done by itself."""


@dataclass(frozen=True, slots=True)
class _Compiled:
    """One statement for one dialect: its text, and what turns values into the driver's and back."""

    text: str
    names: tuple[str, ...] | None
    """The binds in order, where the driver takes them by position."""
    fixed: Values
    """What the statement says itself."""
    outgoing: tuple[tuple[str, Convert], ...]
    incoming: tuple[tuple[int, Convert], ...] = ()

    def given(self, values: Values) -> dict[str, Any]:
        """Return all binds as the driver takes them."""
        found = {**self.fixed, **values}
        for name, convert in self.outgoing:
            found[name] = convert(found[name])
        return found

    def converted(self, row: Sequence[Any]) -> list[Any]:
        """Return a row of the driver's as the columns' types say."""
        found = list(row)
        for place, convert in self.incoming:
            found[place] = convert(found[place])
        return found

    def placed(self, given: Values) -> Values | list[Any]:
        """Return binds by name or by position, as the driver wants them."""
        return given if self.names is None else [given[name] for name in self.names]


@dataclass(frozen=True, slots=True, eq=False)
class Hot:
    """A statement with named binds, all of which are given at each run; by dialect where its spelling differs."""

    statement: Executable | Mapping[str, Executable]
    compiled: dict[str, _Compiled] = field(default_factory=dict)

    def run(self, conn: Connection, values: Values) -> int:
        """Run it; return how many rows it changed."""
        compiled = self._for(conn.dialect)
        count: int = _run(conn, compiled, compiled.given(values)).rowcount
        return count

    def run_all(self, conn: Connection, each: Sequence[Values]) -> int:
        """Run it for each of many values, sent together; return how many rows it changed."""
        compiled = self._for(conn.dialect)
        count: int = _run(conn, compiled, [compiled.given(values) for values in each]).rowcount
        return count

    def first(self, conn: Connection, values: Values) -> list[Any] | None:
        """Return the first row it selects, converted as the columns' types say."""
        compiled = self._for(conn.dialect)
        row = _run(conn, compiled, compiled.given(values)).fetchone()
        return None if row is None else compiled.converted(row)

    def all(self, conn: Connection, values: Values) -> list[list[Any]]:
        """Return every row it selects, converted as the columns' types say."""
        compiled = self._for(conn.dialect)
        return [compiled.converted(row) for row in _run(conn, compiled, compiled.given(values)).fetchall()]

    def _for(self, dialect: Dialect) -> _Compiled:
        if (known := self.compiled.get(dialect.name)) is None:
            statement = self.statement[dialect.name] if isinstance(self.statement, Mapping) else self.statement
            known = self.compiled[dialect.name] = _compile(statement, dialect)
        return known


def _run(conn: Connection, compiled: _Compiled, given: Values | list[dict[str, Any]]) -> Any:  # noqa: ANN401 - the driver's cursor
    """Run a statement once, or once for each of a list of values."""
    dialect = conn.dialect
    connection: Any = conn.connection.driver_connection
    cursor = connection.cursor(binary=True) if dialect.name == "postgresql" else connection.cursor()
    driver = dialect.loaded_dbapi
    try:
        if isinstance(given, list):
            cursor.executemany(compiled.text, [compiled.placed(values) for values in given])
        else:
            cursor.execute(compiled.text, compiled.placed(given))
    except driver.Error as error:
        lost = bool(dialect.is_disconnect(error, connection, cursor))
        if lost:
            conn.invalidate(error)
        unquoted(error)
        raise DBAPIError.instance(compiled.text, None, error, driver.Error, True, lost, dialect) from error
    return cursor


def unquoted(error: BaseException) -> None:
    """Keep of an error the line that says what is wrong: PostgreSQL quotes below what somebody wrote (DETAIL)."""
    error.args = tuple(str(said).partition("\n")[0] for said in error.args[:1])


def columns_of(statement: Executable) -> Sequence[ColumnElement[Any]]:
    """Return what rows of a statement hold: what it selects, or what an INSERT or UPDATE returns."""
    found = getattr(statement, "selected_columns", None)
    return tuple(getattr(statement, "exported_columns", ()) if found is None else found)


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
    for place, column in enumerate(columns_of(statement)):
        if convert := column.type.dialect_impl(dialect).result_processor(dialect, None):
            incoming.append((place, convert))
    names = tuple(made.positiontup) if made.positiontup is not None else None
    return _Compiled(made.string, names, fixed, tuple(outgoing), tuple(incoming))


# --- writes that wait for each other ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Write:
    """A write nobody waits for: alone, or as a part of one statement, perhaps `behind` a fence."""

    table: Table
    changes: bool
    """Whether it changes rows that are there: those of its table that wait are sent before it."""
    alone: Hot
    part: Callable[[bool], Executable]


Waiting = tuple[Write, Values]


@cache
def inserting(table: Table, columns: tuple[str, ...], unique: tuple[str, ...] = ()) -> Write:
    """Return the write of one new row; with `unique` it is left out when such a row is there."""
    binds: dict[str, BindParameter[Any]] = {column: bindparam(column) for column in columns}
    alone = Hot(insert(table).values(binds))
    if unique:
        ours, theirs = (make(table).values(binds) for make in (postgresql.insert, sqlite.insert))
        alone = Hot(
            {
                "postgresql": ours.on_conflict_do_nothing(index_elements=unique),
                "sqlite": theirs.on_conflict_do_nothing(index_elements=unique),
            }
        )

    def part(behind: bool) -> Executable:  # noqa: FBT001 - the one thing that differs
        made = postgresql.insert(table)
        if behind:
            row = [cast(bindparam(column, type_=table.c[column].type), table.c[column].type) for column in columns]
            made = made.from_select(columns, select(*row).select_from(text(FENCE)))
        else:
            made = made.values(binds)
        return made.on_conflict_do_nothing(index_elements=unique) if unique else made

    return Write(table, False, alone, part)


@cache
def updating(table: Table, columns: tuple[str, ...]) -> Write:
    """Return the write of some columns of the row with the id `of_id`."""
    return changing(table, update(table).where(table.c.id == bindparam("of_id")).values(assignments(columns)))


def changing(table: Table, statement: Update) -> Write:
    """Return an update of any kind as a write."""
    held = exists(select(literal_column("1")).select_from(text(FENCE)))
    return Write(table, True, Hot(statement), lambda behind: statement.where(held) if behind else statement)


def fencing(table: Table, statement: Update) -> Write:
    """Return an update that must find its row: behind it others wait."""
    return Write(table, True, Hot(statement), lambda _behind: statement.returning(literal_column("1")))


def written(constants: Iterable[str]) -> list[ColumnElement[str]]:
    """Return words of our own, to be written out in a statement that is kept: a list cannot be bound."""
    return [literal_column(f"'{constant}'") for constant in constants]


def assignments(columns: Sequence[str]) -> dict[str, BindParameter[Any]]:
    """Return what sets each column of an UPDATE to a bind; `prefixed` gives their values."""
    return {column: bindparam(f"to_{column}") for column in columns}


def prefixed(values: Values) -> dict[str, Any]:
    """Return values under the names that `assignments` gave their binds."""
    return {f"to_{column}": value for column, value in values.items()}


def send(conn: Connection, waiting: Sequence[Waiting], *, fenced: bool) -> None:
    """Send what waits; with `fenced` the first is the fence. Raises `FenceLost`: then nothing of it was written."""
    if len(waiting) == 1 or conn.dialect.name != "postgresql":
        for place, (write, values) in enumerate(waiting):
            if write.alone.run(conn, values) == 0 and fenced and place == 0:
                raise FenceLost
        return
    key = (fenced, tuple(write for write, _values in waiting))
    if (together := _TOGETHER.get(key)) is None:
        together = _TOGETHER[key] = _joined(key[1], conn.dialect, fenced=fenced)
    given = {
        f"p{place}_{name}": value for place, (_write, values) in enumerate(waiting) for name, value in values.items()
    }
    held = _run(conn, together, together.given(given)).fetchone()
    if fenced and not held[0]:
        raise FenceLost


def send_many(conn: Connection, groups: Sequence[Sequence[Waiting]]) -> None:
    """Send the writes of many cases, the first of each its fence, a kind of write at a time.

    Raises `FenceLost` when any was lost: the caller undoes all.
    """
    fences: dict[Write, list[Values]] = {}
    alike: dict[tuple[Write, ...], list[Sequence[Waiting]]] = {}
    for group in groups:
        (fence, seen), *others = group
        fences.setdefault(fence, []).append(seen)
        alike.setdefault(tuple(write for write, _values in others), []).append(others)
    for fence, each in fences.items():
        if fence.alone.run_all(conn, each) != len(each):
            raise FenceLost
    for writes, same in alike.items():
        for place, write in enumerate(writes):
            write.alone.run_all(conn, [others[place][1] for others in same])


_TOGETHER: dict[tuple[bool, tuple[Write, ...]], _Compiled] = {}
"""As many as there are kinds of steps: what a step writes depends on the step alone."""


def _joined(writes: Sequence[Write], dialect: Dialect, *, fenced: bool) -> _Compiled:
    """Return writes as the parts of one statement; its row says how often the fence held."""
    parts: list[str] = []
    fixed: dict[str, Any] = {}
    outgoing: list[tuple[str, Convert]] = []
    for place, write in enumerate(writes):
        made = _compile(write.part(fenced), dialect)
        name = FENCE if fenced and place == 0 else f"part{place}"
        renamed = _BIND.sub(rf"%(p{place}_\1)s", made.text)
        parts.append(f"{name} AS ({renamed})")
        fixed |= {f"p{place}_{bind}": value for bind, value in made.fixed.items()}
        outgoing += [(f"p{place}_{bind}", convert) for bind, convert in made.outgoing]
    said = f"SELECT count(*) FROM {FENCE}" if fenced else "SELECT 1"  # noqa: S608 - a name of our own
    return _Compiled(f"WITH {', '.join(parts)} {said}", None, fixed, tuple(outgoing))
