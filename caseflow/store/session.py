"""The unit of work: engines, writing and reading sessions, and the only commit of the product."""

import math
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any

from psycopg.errors import DeadlockDetected, LockNotAvailable, SerializationFailure
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, CursorResult, Engine, Executable, Table, create_engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DatabaseError, DisconnectionError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import ConnectionPoolEntry

from caseflow.crypto import Keyring
from caseflow.errors import Busy, DamagedDatabase, ServiceUnavailable, _
from caseflow.settings import Settings
from caseflow.states.category import Category
from caseflow.store import hot
from caseflow.store.hot import Apart, FenceLost, Hot, Waiting, Write

LOCKED = (DeadlockDetected, LockNotAvailable, SerializationFailure)
WAL_PAUSES = tuple(min(0.001 * 2**n, 0.5) for n in range(20))
"""Seconds between attempts to turn on the write-ahead log of SQLite: some six seconds in all."""

DAMAGED = ("malformed", "not a database")
"""What SQLite says of a file whose pages cannot be read."""
TRUSTED_SECONDS = 1.0
"""How long after its last use a connection is taken for alive; one that rested longer is asked first."""

STATEMENTS_KEPT = 256
"""Statements that a connection keeps prepared: as many as an office's day asks, and some (the drivers keep 100)."""

POOL_SIZE = 48
"""At least as many connections as the web server has threads: with fewer, pages time out under load."""


@dataclass(slots=True)
class Session:
    """One transaction and what actions need beside it; `after_commit` runs once the commit has succeeded."""

    conn: Connection
    keys: Keyring
    settings: Settings
    categories: Mapping[str, Category]
    after_commit: list[Callable[[], None]] = field(default_factory=list)
    jobs_added: bool = False
    subject_keys: dict[str, bytes] = field(default_factory=dict)
    """Keys unwrapped in this transaction; gone with it."""
    names: dict[str, str] = field(default_factory=dict)
    """Names of accounts looked up in this transaction: they never change."""
    written: dict[tuple[str, str, str], str] = field(default_factory=dict)
    """(case, table, id) -> digest of rows written since the case's last entry: its next one vouches for them."""
    leaving: dict[Callable[["Session", list[Any]], None], list[Any]] = field(default_factory=dict)
    """What is to be on record before the answer leaves, by what writes it."""

    waiting: list[Waiting] = field(default_factory=list)
    """Writes that are sent together, before the next statement and at the commit."""
    fenced: str | None = None
    """The row of the fence that the others stand behind, if the first of them is one."""
    gathered: list[list[Waiting]] | None = None
    """While many cases are decided: the writes of each, behind its fence."""
    readings: dict[str, Any] = field(default_factory=dict)
    """Cases that were read together, by id and number, until each is asked for."""

    def execute(self, statement: Executable, values: Any = None) -> CursorResult[Any]:  # noqa: ANN401 - as the library
        """Run a statement in this transaction."""
        self._send()
        return self.conn.execute(statement, values)

    def run(self, statement: Hot, values: Mapping[str, Any]) -> int:
        """Run a statement of the hot path; return how many rows it changed."""
        self._send()
        return statement.run(self.conn, values)

    def run_all(self, statement: Hot, each: Sequence[Mapping[str, Any]]) -> int:
        """Run a statement of the hot path for each of many values; return how many rows it changed."""
        self._send()
        return statement.run_all(self.conn, each)

    def first(self, statement: Hot, values: Mapping[str, Any]) -> list[Any] | None:
        """Return the first row of a statement of the hot path."""
        self._send()
        return statement.first(self.conn, values)

    def all(self, statement: Hot, values: Mapping[str, Any]) -> list[list[Any]]:
        """Return every row of a statement of the hot path."""
        self._send()
        return statement.all(self.conn, values)

    def later(self, write: Write, values: Mapping[str, Any]) -> None:
        """Let a write wait for the others of this transaction; none changes what waits before it."""
        if write.changes and any(before.table is write.table for before, _values in self.waiting):
            self._send()
        self.waiting.append((write, values))

    def insert(self, table: Table, values: Mapping[str, Any], *, unique: tuple[str, ...] = ()) -> None:
        """Insert a row, not before it is needed; with `unique` only if no such row is there."""
        self.later(hot.inserting(table, tuple(values), unique), values)

    def update(self, table: Table, row_id: str, values: Mapping[str, Any]) -> None:
        """Update columns of the row with this id, not before it is needed."""
        self.later(hot.updating(table, tuple(values)), {"of_id": row_id, **hot.prefixed(values)})

    def fence(self, row_id: str, write: Write, values: Mapping[str, Any]) -> None:
        """Let all that is written from now on wait behind an update that must find its row; see `flush`."""
        self.flush()
        self.later(write, values)
        self.fenced = row_id

    def flush(self) -> None:
        """Send what waits. Raises `FenceLost` when the fence did not hold: then nothing behind it was written."""
        if self.waiting:
            waiting, fenced = self.waiting, self.fenced
            self.waiting, self.fenced = [], None
            if self.gathered is not None:
                self.gathered.append(waiting)
            else:
                hot.send(self.conn, waiting, fenced=fenced is not None)

    def _send(self) -> None:
        """Send what waits before a statement that is not to; raises `Apart` while writes are gathered."""
        if self.gathered is not None:
            raise Apart
        self.flush()

    @contextmanager
    def gather(self) -> Iterator[None]:
        """Let many cases be decided inside, and send what each writes at the end, a kind of write at a time.

        What needs more than `readings` and writes behind its fence raises `Apart`. Raises `FenceLost` at the end.
        """
        self.flush()
        self.gathered = []
        try:
            yield
            gathered, self.gathered = self.gathered, None
            hot.send_many(self.conn, gathered)
        except IntegrityError as error:
            raise FenceLost from error  # a row that excludes another came between
        finally:
            self.gathered = None

    def forget(self) -> None:
        """Drop what waits: the transaction, or this attempt of it, is undone."""
        self.waiting, self.fenced = [], None
        self.written.clear()

    def leave(self, write: Callable[["Session", list[Any]], None], item: object) -> None:
        """Have `write` put this on record, with all others of its kind, before the answer leaves.

        A writing session does so at its end; after a reading session, a transaction of its own does.
        """
        self.leaving.setdefault(write, []).append(item)

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Let what fails inside be undone alone, so that the transaction can go on without it."""
        self.flush()
        written, leaving = dict(self.written), {write: list(items) for write, items in self.leaving.items()}
        before = len(self.gathered or ())
        try:
            with nullcontext() if self.gathered is not None else self.conn.begin_nested():
                yield
                self.flush()
        except BaseException:
            self.forget()
            if self.gathered is not None:
                del self.gathered[before:]
            self.written, self.leaving = written, leaving
            raise

    @property
    def is_postgresql(self) -> bool:
        """Tell which database this is, for the few statements that differ."""
        return self.conn.dialect.name == "postgresql"


@dataclass(slots=True)
class Database:
    """The engines of one process; on SQLite reading and writing sessions have an engine each."""

    url: str
    keys: Keyring
    settings: Settings
    categories: Mapping[str, Category]
    wake: Callable[[], None] = lambda: None
    """Called after each commit that added jobs: the relay sleeps until then."""
    closing: Callable[[], None] = lambda: None
    """Called when it is closed."""
    writer: Engine = field(init=False)
    _reader: Engine = field(init=False)

    def __post_init__(self) -> None:
        """Open nothing yet: engines connect on first use."""
        pooled = self.settings.is_pooled
        self.writer = _engine(self.url, read_only=False, pooled=pooled)
        self._reader = _engine(self.url, read_only=True) if self.url.startswith("sqlite") else self.writer

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Yield a writing session; commit once at the end, or leave nothing behind."""
        with _connected(self.writer, self.url) as conn:
            session = Session(conn, self.keys, self.settings, self.categories)
            try:
                yield session
                if conn.in_transaction():
                    _leave(session.leaving, session)
                session.flush()
                conn.commit()
            except BaseException:
                _discard(conn)
                raise
        for call in session.after_commit:
            call()
        if session.jobs_added:
            self.wake()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Yield a reading session; whatever it wrote is discarded, what it leaves is on record afterwards."""
        with self._reading(self._reader) as session:
            yield session

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        """Yield a reading session in which all statements see the same moment, however long it takes."""
        once = {} if self.url.startswith("sqlite") else {"isolation_level": "REPEATABLE READ"}
        with self._reading(self._reader.execution_options(**once)) as session:
            yield session

    @contextmanager
    def _reading(self, engine: Engine) -> Iterator[Session]:
        with _connected(engine, self.url) as conn:
            session = Session(conn, self.keys, self.settings, self.categories)
            try:
                yield session
            finally:
                _discard(conn)
        if session.leaving:
            with self.write() as writing:
                _leave(session.leaving, writing)

    def close(self) -> None:
        """Close every pooled connection, and what wakes the relays."""
        self.closing()
        self.writer.dispose()
        self._reader.dispose()


def _discard(conn: Connection) -> None:
    """Undo a transaction. The driver's own rollback forgets every statement that its connection has prepared."""
    if conn.dialect.name == "postgresql" and not conn.invalidated:
        driver: Any = conn.connection.driver_connection
        if driver.info.transaction_status == TransactionStatus.INTRANS:
            driver.pgconn.exec_(b"ROLLBACK")
    conn.rollback()


def _leave(leaving: Mapping[Callable[[Session, list[Any]], None], list[Any]], session: Session) -> None:
    for write, items in leaving.items():
        write(session, items)


@contextmanager
def _connected(engine: Engine, url: str) -> Iterator[Connection]:
    try:
        conn = _begun(engine)
    except PoolTimeout as error:
        raise Busy from error
    except (OperationalError, sqlite3.OperationalError) as error:
        raise (Busy() if "locked" in str(error) else unavailable(url)) from error
    except (DatabaseError, sqlite3.DatabaseError) as error:
        require_whole(error, url)
        raise
    try:
        yield conn
    except DatabaseError as error:
        require_whole(error, url)
        if not isinstance(error, OperationalError):
            raise
        # The person may ask again with the same key: what was written is found, what was not is written then.
        if error.connection_invalidated:
            raise unavailable(url) from error
        if isinstance(error.orig, LOCKED) or "locked" in str(error.orig):
            raise Busy from error
        raise
    finally:
        conn.close()


def _begun(engine: Engine) -> Connection:
    conn = engine.connect()
    try:
        conn.begin()
    except BaseException:
        conn.close()
        raise
    return conn


def require_whole(error: DatabaseError | sqlite3.DatabaseError, url: str) -> None:
    """Raise `DamagedDatabase` where SQLite says that its file is no database any more."""
    said = error.orig if isinstance(error, DatabaseError) else error
    if isinstance(said, sqlite3.DatabaseError) and any(word in str(said) for word in DAMAGED):
        raise DamagedDatabase(path=url.removeprefix("sqlite:///")) from error


def _use_wal(cursor: sqlite3.Cursor) -> None:
    """Turn on the write-ahead log; while another connection does so, SQLite says "locked" without waiting."""
    for pause in WAL_PAUSES:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
            time.sleep(pause)
        else:
            return
    cursor.execute("PRAGMA journal_mode=WAL")


def unavailable(url: str) -> ServiceUnavailable:
    """Return the error of a database that is not there."""
    hint = _("periksa CASEFLOW_DATABASE_URL dan apakah basis data berjalan")
    return ServiceUnavailable(service=url.split(":", 1)[0], hint=hint)


def _ask_the_rested(engine: Engine) -> None:
    """Replace connections that died while they rested (`pool_pre_ping` asks at each use: a tenth of a step)."""

    @event.listens_for(engine, "checkin")
    def _rests(_dbapi: object, record: ConnectionPoolEntry) -> None:
        record.info["rests_since"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _is_there(dbapi: Any, record: ConnectionPoolEntry, _proxy: object) -> None:  # noqa: ANN401 - as below
        if time.monotonic() - record.info.get("rests_since", math.inf) < TRUSTED_SECONDS:
            return
        try:
            engine.dialect.do_ping(dbapi)
        except engine.dialect.loaded_dbapi.Error as error:
            raise DisconnectionError from error


def _unquoted(failed: ExceptionContext) -> None:
    if failed.statement is not None:
        for error in (failed.original_exception, failed.sqlalchemy_exception):
            if error is not None:
                hot.unquoted(error)


def _engine(url: str, *, read_only: bool, pooled: bool = False) -> Engine:
    if not url.startswith("sqlite"):
        # Behind a transaction pooler the next transaction meets another server: one that prepared nothing for us.
        unprepared: dict[str, Any] = {"prepare_threshold": None} if pooled else {}
        engine = create_engine(
            url,
            pool_size=POOL_SIZE,
            max_overflow=0,
            pool_use_lifo=True,  # a few connections that know their statements, not all of them in turn
            hide_parameters=True,
            isolation_level="READ COMMITTED",
            connect_args=unprepared,
        )
        _ask_the_rested(engine)
        event.listen(engine, "handle_error", _unquoted)

        @event.listens_for(engine, "connect")
        def _keep_prepared(dbapi: Any, _: ConnectionPoolEntry) -> None:  # noqa: ANN401 - the driver's own connection
            dbapi.prepared_max = STATEMENTS_KEPT

        return engine
    # SQLite has one writer: who waits for our one connection goes on at once, for the file looks now and then.
    size = POOL_SIZE if read_only else 1
    how = {"timeout": 30, "cached_statements": STATEMENTS_KEPT}
    engine = create_engine(url, pool_size=size, max_overflow=0, hide_parameters=True, connect_args=how)

    @event.listens_for(engine, "connect")
    def _on_connect(dbapi: Any, _: ConnectionPoolEntry) -> None:  # noqa: ANN401 - the driver's own connection
        dbapi.isolation_level = None
        cursor = dbapi.cursor()
        _use_wal(cursor)
        for pragma in ("synchronous=FULL", "busy_timeout=30000", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        if read_only:
            cursor.execute("PRAGMA query_only=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _on_begin(conn: Connection) -> None:
        driver: Any = conn.connection.driver_connection  # the library's own way takes as long as a row
        driver.execute("BEGIN" if read_only else "BEGIN IMMEDIATE")

    return engine
