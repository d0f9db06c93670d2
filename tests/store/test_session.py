"""The unit of work: all of it or nothing, one commit, and what happens after it; counters and sealed values in it."""

import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from traceback import format_exception

import psycopg
import pytest
from sqlalchemy import bindparam, event, insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.pool import ConnectionPoolEntry

from caseflow.errors import Busy, Erased, NotFound, ServiceUnavailable, UnreadableSeal
from caseflow.store import migrate, psks, sql, vault
from caseflow.store.hot import Hot, inserting
from caseflow.store.session import Database, Session
from caseflow.store.tables import area, counter
from tests.world import START, open_database

DatabaseFactory = Callable[[str], str]
ROW = {"code": "99", "name": "X", "level": "province", "head_title": None}


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, migrated_url: DatabaseFactory, tmp_path: Path) -> Iterator[Database]:
    opened = open_database(migrated_url(request.param), tmp_path)
    yield opened
    opened.close()


def areas(database: Database) -> int:
    with database.read() as session:
        return len(session.execute(select(area.c.code)).all())


def fail(database: Database, deed: Callable[[Session], object]) -> None:
    """Do something in a transaction that then fails."""
    with database.write() as session:
        deed(session)
        raise KeyError


def add_area(session: Session, code: str = "99") -> None:
    session.execute(insert(area).values({**ROW, "code": code}))


def test_a_transaction_is_kept_at_its_end(database: Database) -> None:
    with database.write() as session:
        session.execute(insert(area).values(ROW))
        assert areas(database) == 0, "nobody sees it before"
    assert areas(database) == 1


def test_an_error_of_the_database_quotes_nobody(database: Database) -> None:
    written = "97.53"
    with database.write() as session:
        add_area(session, written)
    ways: tuple[Callable[[Session], object], ...] = (
        lambda session: add_area(session, written),
        lambda session: session.run(inserting(area, tuple(ROW)).alone, {**ROW, "code": written}),
    )
    for again in ways:
        with pytest.raises(IntegrityError) as raised, database.write() as session:
            again(session)
        assert written not in "".join(format_exception(raised.value))


def test_a_transaction_that_fails_leaves_nothing(database: Database) -> None:
    with pytest.raises(KeyError):
        fail(database, add_area)
    assert areas(database) == 0


def test_what_fails_inside_an_attempt_is_undone_alone(database: Database) -> None:
    with database.write() as session:
        session.execute(insert(area).values(ROW))
        with pytest.raises(DBAPIError), session.attempt():
            attempt_twice(session)
        assert sql.next_number(session, "letters") == 1
    assert areas(database) == 1


def attempt_twice(session: Session) -> None:
    """Draw a number, then do what the database refuses."""
    sql.next_number(session, "letters")
    add_area(session)


def test_a_reading_session_keeps_nothing(database: Database) -> None:
    with database.read() as session:
        if session.is_postgresql:
            add_area(session)
        else:
            with pytest.raises(DBAPIError, match="readonly"):
                add_area(session)
    assert areas(database) == 0


def test_a_connection_still_knows_its_statements_after_a_reading_session(
    migrated_url: DatabaseFactory, tmp_path: Path
) -> None:
    """The driver forgets them all at its own rollback; here one connection serves both sessions."""
    opened = open_database(migrated_url("postgresql"), tmp_path)
    statement = Hot(select(counter.c.value).where(counter.c.scope == bindparam("of_scope")))
    with opened.read() as session:
        for _time in range(7):
            session.first(statement, {"of_scope": "a"})
    with opened.read() as session:
        kept = session.execute(text("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%counter%'"))
        assert kept.scalar_one() == 1
    opened.close()


def test_what_follows_a_commit_does_not_follow_a_rollback(database: Database) -> None:
    heard: list[str] = []
    database.wake = lambda: heard.append("woken")

    def add_job(session: Session) -> None:
        session.after_commit.append(lambda: heard.append("after"))
        session.jobs_added = True

    with pytest.raises(KeyError):
        fail(database, add_job)
    assert heard == []
    with database.write() as session:
        add_job(session)
    assert heard == ["after", "woken"]


def test_a_database_that_is_not_there(tmp_path: Path) -> None:
    database = open_database("postgresql://nobody@127.0.0.1:1/none", tmp_path)
    with pytest.raises(ServiceUnavailable) as refused:
        areas(database)
    assert "CASEFLOW_DATABASE_URL" in str(refused.value)


@pytest.mark.parametrize("rested", [True, False])
def test_a_connection_that_died(migrated_url: DatabaseFactory, tmp_path: Path, *, rested: bool) -> None:
    """One that rested is replaced unseen; one just used says so once, and the next request has a new one."""
    url = migrated_url("postgresql")
    database = open_database(url, tmp_path)
    if rested:

        @event.listens_for(database.writer, "checkin")
        def _a_minute_ago(_dbapi: object, record: ConnectionPoolEntry) -> None:
            record.info["rests_since"] -= 60

    with database.read() as session:
        process = session.execute(text("SELECT pg_backend_pid()")).scalar()
    with psycopg.connect(url, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 10000)", [process])
    if not rested:
        with pytest.raises(ServiceUnavailable):
            areas(database)
    assert areas(database) == 0
    database.close()


def test_a_row_somebody_else_holds_too_long_is_busy(migrated_url: DatabaseFactory, tmp_path: Path) -> None:
    database = open_database(migrated_url("postgresql"), tmp_path)

    def impatient() -> None:
        with database.write() as session:
            session.conn.exec_driver_sql("SET LOCAL lock_timeout = '20ms'")
            sql.next_number(session, "letters")

    impatient()
    with database.write() as holding:
        sql.next_number(holding, "letters")
        with pytest.raises(Busy):
            impatient()
    database.close()


def test_who_waits_too_long_for_the_writer_of_a_file_is_told_to_come_back(tmp_path: Path) -> None:
    """A process has one writing connection to an SQLite file; readers wait for nobody."""
    url = f"sqlite:///{tmp_path}/one.db"
    migrate.upgrade(url)
    database = open_database(url, tmp_path)
    database.writer.pool._timeout = 0.05  # type: ignore[attr-defined]  # nobody waits half a minute here
    with ThreadPoolExecutor(1) as pool, database.write() as session:
        add_area(session)
        assert pool.submit(areas, database).result() == 0
        with pytest.raises(Busy):
            pool.submit(fail, database, add_area).result()
    assert areas(database) == 1
    database.close()


def test_who_meets_another_process_at_a_file_is_told_to_come_back_and_leaves_no_connection_behind(
    tmp_path: Path,
) -> None:
    url = f"sqlite:///{tmp_path}/one.db"
    migrate.upgrade(url)
    database = open_database(url, tmp_path)
    with database.write() as session:
        session.conn.exec_driver_sql("PRAGMA busy_timeout = 20")
    with closing(sqlite3.connect(tmp_path / "one.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Busy) as kept:
            fail(database, add_area)
    assert database.writer.pool.checkedout() == 0, kept  # type: ignore[attr-defined]  # of a queue
    database.close()


def test_a_counter_has_no_gaps_and_gives_back_what_was_not_kept(database: Database) -> None:
    with database.write() as session:
        assert [sql.next_number(session, "a") for _n in range(3)] == [1, 2, 3]
        assert sql.next_number(session, "b") == 1
    with pytest.raises(KeyError):
        fail(database, lambda session: sql.next_number(session, "a"))
    with database.write() as session:
        assert sql.next_number(session, "a") == 4
        assert {row.scope: row.value for row in session.execute(select(counter))} == {"a": 4, "b": 1}


# --- sealed values ---------------------------------------------------------------------------------------------------


def test_a_sealed_value_opens_in_its_place_only(database: Database) -> None:
    with database.write() as session:
        mine = vault.create_subject(session, "person", at=START)
        other = vault.create_subject(session, "person", at=START)
        sealed = vault.seal(session, mine, "person.sealed.1", {"name": "Aminah"})
        assert b"Aminah" not in sealed
    with database.read() as session:
        assert vault.unseal(session, mine, "person.sealed.1", sealed) == {"name": "Aminah"}
        for subject, place, content in (
            (mine, "person.sealed.2", sealed),
            (other, "person.sealed.1", sealed),
            (mine, "person.sealed.1", sealed[:-1] + bytes([sealed[-1] ^ 1])),
        ):
            with pytest.raises(UnreadableSeal):
                vault.unseal(session, subject, place, content)
        with pytest.raises(NotFound):
            vault.key_of(session, "019c1bde-00e0-7cdd-ba2a-f5c6d5ebbaba")


def test_a_destroyed_key_is_gone_for_good(database: Database) -> None:
    with database.write() as session:
        mine = vault.create_subject(session, "person", at=START)
        sealed = vault.seal(session, mine, "person.sealed.1", {"name": "Aminah"})
    with database.write() as session:
        vault.key_of(session, mine)
        vault.erase(session, mine, at=START + timedelta(days=1))
        with pytest.raises(Erased):
            vault.unseal(session, mine, "person.sealed.1", sealed)
    with database.read() as session, pytest.raises(Erased):
        vault.key_of(session, mine)


def test_many_connections_open_a_new_file_at_once(tmp_path: Path) -> None:
    for attempt in range(20):
        path = tmp_path / f"{attempt}.db"
        with closing(sqlite3.connect(path)) as made:
            made.execute("CREATE TABLE area (code)")
        databases = [open_database(f"sqlite:///{path}", tmp_path) for _ in range(4)]
        together = Barrier(12)

        def first_read(database: Database, together: Barrier = together) -> int:
            together.wait()
            return areas(database)

        with ThreadPoolExecutor(12) as pool:
            assert set(pool.map(first_read, databases * 3)) == {0}
        for database in databases:
            database.close()


# --- one moment, and what a reading leaves ---------------------------------------------------------------------------


def test_a_snapshot_sees_one_moment_however_long_it_takes(database: Database) -> None:
    with database.snapshot() as session:
        before = len(session.execute(select(area.c.code)).all())
        with database.write() as other:
            add_area(other)
        assert len(session.execute(select(area.c.code)).all()) == before
    assert areas(database) == before + 1
    with database.write() as session:
        add_area(session, "98")
    assert areas(database) == before + 2, "the connection writes again as any other"


def note(session: Session, codes: list[str]) -> None:
    for code in codes:
        add_area(session, code)


@pytest.mark.parametrize("kind", ["read", "write", "snapshot"])
def test_what_a_session_leaves_is_written_before_it_ends_in_one_go(database: Database, kind: str) -> None:
    before = areas(database)
    called: list[int] = []

    def write(session: Session, codes: list[str]) -> None:
        called.append(len(codes))
        note(session, codes)

    with getattr(database, kind)() as session:
        for code in ("97", "96", "95"):
            session.leave(write, code)
        assert called == []
    assert called == [3]
    assert areas(database) == before + 3


@pytest.mark.parametrize("kind", ["read", "write"])
def test_a_session_that_fails_leaves_nothing(database: Database, kind: str) -> None:
    before = areas(database)

    def failing() -> None:
        with getattr(database, kind)() as session:
            session.leave(note, "97")
            raise ValueError("failed")

    with pytest.raises(ValueError, match="failed"):
        failing()
    assert areas(database) == before


def test_nothing_is_shown_that_could_not_be_put_on_record(database: Database) -> None:
    """A door answers only once the session has ended: what fails there is no answer."""

    def failing(_session: Session, _codes: list[str]) -> None:
        raise Busy

    def shown() -> str:
        with database.read() as session:
            session.leave(failing, "97")
            return "shown"

    with pytest.raises(Busy):
        shown()


def test_many_numbers_are_held_with_one_statement(migrated_url: DatabaseFactory, tmp_path: Path) -> None:
    opened = open_database(migrated_url("postgresql"), tmp_path)  # on SQLite every writer is alone anyway
    sent: list[str] = []
    with opened.write() as session:
        event.listen(session.conn, "before_cursor_execute", lambda *heard: sent.append(heard[2]))
        psks.alone_with(session, [str(n) for n in (3, 1, 2, 3)])
        assert len(sent) == 1
        held = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")
        assert session.execute(held).scalar_one() == len({1, 2, 3})
    opened.close()
