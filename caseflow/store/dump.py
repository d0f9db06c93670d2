"""Every row of a database as lines of JSON and back, whatever kind it is and whichever revision it is at."""

import base64
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import (
    BigInteger,
    Boolean,
    Date,
    DateTime,
    Float,
    Integer,
    LargeBinary,
    String,
    TableClause,
    Text,
    Uuid,
    delete,
    func,
    insert,
    inspect,
    select,
    table,
    text,
)
from sqlalchemy import column as column_of
from sqlalchemy.types import CHAR, JSON, TypeEngine

from caseflow.store.migrate import REVISION, revision_of
from caseflow.store.session import Session
from caseflow.store.types import Id, Instant, Json

PENDING = "log_pending"
LEFT_OUT = (REVISION, "web_session")
"""Tables no backup holds: what a migration writes, and sessions of the pages: who was logged in logs in again."""
IN_USE = ("office", "user_account", "subject", "case_entry", "access_entry")
"""A database with a row in one of these is somebody's."""
FETCHED, FETCHED_FILES = 500, 8
"""Rows read at a time; files are larger."""
SENT_ROWS, SENT_BYTES = 500, 4 << 20
"""What is inserted together."""
_ID_LENGTH = 32

_KINDS: tuple[tuple[Callable[[TypeEngine[Any]], bool], str], ...] = (
    (lambda kind: isinstance(kind, Uuid) or (isinstance(kind, CHAR) and kind.length == _ID_LENGTH), "id"),
    (lambda kind: isinstance(kind, LargeBinary), "bytes"),
    (lambda kind: isinstance(kind, Boolean), "bool"),
    (lambda kind: isinstance(kind, DateTime), "instant"),
    (lambda kind: isinstance(kind, Date), "date"),
    (lambda kind: isinstance(kind, JSON), "json"),
    (lambda kind: isinstance(kind, Integer), "int"),
    (lambda kind: isinstance(kind, Float), "float"),
    (lambda kind: isinstance(kind, String), "text"),
)
"""What the database calls a type -> what it is to us, on both kinds of database."""
_TYPES: Mapping[str, TypeEngine[Any]] = {
    "id": Id,
    "bytes": LargeBinary(),
    "bool": Boolean(),
    "instant": Instant(),
    "date": Date(),
    "json": Json,
    "int": BigInteger(),
    "float": Float(53),
    "text": Text(),
}
_WRITTEN: Mapping[str, Callable[[Any], Any]] = {"bytes": lambda value: base64.b64encode(value).decode()}
_READ: Mapping[str, Callable[[Any], Any]] = {
    "bytes": base64.b64decode,
    "instant": datetime.fromisoformat,
    "date": date.fromisoformat,
}


@dataclass(frozen=True, slots=True)
class Shape:
    """A table as the database has it: column -> kind; `key` are its columns that tell rows apart."""

    name: str
    columns: Mapping[str, str]
    key: tuple[str, ...]

    @property
    def table(self) -> TableClause:
        """The table, for statements."""
        return table(self.name, *(column_of(name, _TYPES[kind]) for name, kind in self.columns.items()))


def revision(session: Session) -> str | None:
    """Return the revision of the schema; None where there is no schema."""
    return revision_of(session.conn)


def holds_data(session: Session) -> bool:
    """Tell whether anybody has worked in this database."""
    there = set(inspect(session.conn).get_table_names())
    return any(session.execute(select(text("1")).select_from(table(n)).limit(1)).first() for n in IN_USE if n in there)


def shapes(session: Session) -> list[Shape]:
    """Return the tables of a backup: those that others refer to first, what waits for the tree last."""
    found = inspect(session.conn)
    names = [name for name, _keys in found.get_sorted_table_and_fkc_names() if name and name not in LEFT_OUT]
    names.sort(key=PENDING.__eq__)
    return [
        Shape(
            name,
            {each["name"]: _kind(name, each["name"], each["type"]) for each in found.get_columns(name)},
            tuple(found.get_pk_constraint(name)["constrained_columns"]),
        )
        for name in names
    ]


def _kind(name: str, column: str, found: TypeEngine[Any]) -> str:
    for fits, kind in _KINDS:
        if fits(found):
            return kind
    raise LookupError(f"{name}.{column}: {found!r}")


def read_only(session: Session) -> None:
    """Let this transaction change nothing; a reading session of SQLite never does."""
    if session.is_postgresql:
        session.execute(text("SET TRANSACTION READ ONLY"))


def count(session: Session, shape: Shape) -> int:
    """Return how many rows a table has."""
    counted: int = session.execute(select(func.count()).select_from(table(shape.name))).scalar_one()
    return counted


def lines(session: Session, shape: Shape) -> Iterator[bytes]:
    """Yield each row as a line of JSON, its columns in the order of the shape; few are in memory at once."""
    source = shape.table
    query = select(source).order_by(*(source.c[name] for name in shape.key))
    writers = [_WRITTEN.get(kind) for kind in shape.columns.values()]
    fetched = FETCHED_FILES if shape.name == "file" else FETCHED
    for row in session.execute(query.execution_options(yield_per=fetched)):
        cells = [write(cell) if write and cell is not None else cell for write, cell in zip(writers, row, strict=True)]
        yield orjson.dumps(cells, option=orjson.OPT_APPEND_NEWLINE | orjson.OPT_UTC_Z)


def load(session: Session, shape: Shape, columns: Iterable[str], rows: Iterable[bytes]) -> Iterator[int]:
    """Insert rows written by `lines` into an empty table; yield how many were inserted each time.

    What waits for the tree was put there by triggers when the entries were inserted: it is replaced, in its order.
    """
    names = list(columns)
    readers = [_READ.get(shape.columns[name]) for name in names]
    left_out = "n" if shape.name == PENDING else ""
    target = shape.table
    if left_out:
        session.execute(delete(target))
    for chunk in _chunks(rows):
        values = [dict(zip(names, _cells(readers, line), strict=True)) for line in chunk]
        for each in values:
            each.pop(left_out, None)
        session.execute(insert(target), values)
        yield len(values)


def _cells(readers: Iterable[Callable[[Any], Any] | None], line: bytes) -> list[Any]:
    cells = zip(readers, orjson.loads(line), strict=True)
    return [read(cell) if read and cell is not None else cell for read, cell in cells]


def _chunks(rows: Iterable[bytes]) -> Iterator[list[bytes]]:
    chunk: list[bytes] = []
    size = 0
    for line in rows:
        chunk.append(line)
        size += len(line)
        if len(chunk) >= SENT_ROWS or size >= SENT_BYTES:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk
