"""Where a restored database is put together, apart from the one in use, and how it takes that one's place."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.errors import InsufficientPrivilege, LockNotAvailable
from sqlalchemy import Row, make_url
from sqlalchemy.exc import SQLAlchemyError

from caseflow.errors import Busy, DamagedDatabase, Refused, _
from caseflow.store import dump, erasures, presence, triggers
from caseflow.store.migrate import REVISION
from caseflow.store.session import Database, unavailable
from caseflow.store.tables import metadata

SCHEMA = "caseflow_restoring"
SUFFIX = ".restoring"
_BESIDE = ("-wal", "-shm", "-journal")


def prepare(url: str) -> str:
    """Clear what an earlier attempt left and return the address of an empty database beside that one."""
    if _is_sqlite(url):
        staged = _path(url).with_name(_path(url).name + SUFFIX)
        _remove(staged)
        return f"sqlite:///{staged}"
    try:
        with psycopg.connect(url) as conn:
            conn.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(SCHEMA)))
            conn.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(SCHEMA)))
    except InsufficientPrivilege as error:
        raise Refused(
            reason=_("Memulihkan memerlukan hak GRANT CREATE ON DATABASE bagi pengguna basis data.")
        ) from error
    made = make_url(url).update_query_dict({"options": f"-csearch_path={SCHEMA}"})
    return made.render_as_string(hide_password=False)


def abandon(url: str) -> None:
    """Remove what `prepare` made."""
    if _is_sqlite(url):
        _remove(_path(url).with_name(_path(url).name + SUFFIX))
        return
    with psycopg.connect(url) as conn:
        conn.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(SCHEMA)))


def require_free(url: str) -> None:
    """Raise `Refused` while a process is at work there: what it writes meanwhile would stay in the old one."""
    if _is_sqlite(url):
        if _path(url).exists():
            _close(_path(url))
        return
    try:
        with psycopg.connect(url) as conn:
            presence.require_none(conn)
    except psycopg.OperationalError as error:
        raise unavailable(url) from error


def replaced(database: Database) -> tuple[bool, list[Row[Any]] | None]:
    """Tell whether somebody has worked in a database, and who was erased there; None where that cannot be read."""
    try:
        with database.read() as session:
            used = dump.holds_data(session)
            return used, erasures.ledger(session) if used else []
    except (SQLAlchemyError, sqlite3.DatabaseError, DamagedDatabase):
        return True, None


def take_place(url: str, *, aside: str | None) -> str | None:
    """Put the new database in the place of the old one, in one go; return where that is kept now.

    `aside` names what keeps the old one; without it the old one, which nobody has used, goes.
    """
    return _take_file(_path(url), aside) if _is_sqlite(url) else _take_schema(url, aside)


def _is_sqlite(url: str) -> bool:
    return url.startswith("sqlite:///")


def _path(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


# --- SQLite ----------------------------------------------------------------------------------------------------------


def _take_file(target: Path, aside: str | None) -> str | None:
    staged = target.with_name(target.name + SUFFIX)
    _close(staged)
    kept = target.with_name(f"{target.name}.{aside}") if aside and target.exists() else None
    if target.exists():
        _close(target)
    if kept is not None:
        os.link(target, kept)  # both names until the next line: at no moment is there none
    staged.replace(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return str(kept) if kept else None


def _close(file: Path) -> None:
    """Bring everything into the one file. Raises `Refused` while another process has it open."""
    with closing(sqlite3.connect(file, timeout=1, isolation_level=None)) as conn:
        try:
            conn.execute("PRAGMA locking_mode=EXCLUSIVE")
            conn.execute("PRAGMA journal_mode=DELETE")
            conn.execute("BEGIN EXCLUSIVE")
            conn.execute("COMMIT")
        except sqlite3.OperationalError as error:
            raise Refused(
                reason=_("Basis data {path} sedang dipakai. Hentikan dahulu caseflow serve dan pekerjanya.", path=file)
            ) from error
        except sqlite3.DatabaseError:
            return  # it is no database any more: nobody works in it, and there is nothing to bring in


def _remove(file: Path) -> None:
    for each in (file, *(file.with_name(file.name + beside) for beside in _BESIDE)):
        each.unlink(missing_ok=True)


# --- PostgreSQL ------------------------------------------------------------------------------------------------------


def _take_schema(url: str, aside: str | None) -> str | None:
    try:
        with psycopg.connect(url) as conn:
            conn.execute("SET LOCAL lock_timeout = '10s'")
            presence.require_none(conn)
            (here,) = conn.execute("SELECT current_schema()").fetchone() or ("public",)
            arriving = _tables(conn, SCHEMA)
            leaving = _tables(conn, here) & {*arriving, *metadata.tables, REVISION}
            kept = aside or f"{SCHEMA}_old"
            conn.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(kept)))
            _move(conn, here, kept, leaving)
            _move(conn, SCHEMA, here, arriving)
            conn.execute(sql.SQL("DROP SCHEMA {}").format(sql.Identifier(SCHEMA)))
            if aside is None or not leaving:
                conn.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(kept)))
                return None
            return kept
    except LockNotAvailable as error:
        raise Busy from error


def _tables(conn: psycopg.Connection, schema: str) -> set[str]:
    found = conn.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [schema])
    return {str(row[0]) for row in found}


def _move(conn: psycopg.Connection, source: str, target: str, tables: set[str]) -> None:
    """Move tables, with all that hangs on them, and the functions of their triggers."""
    known = "SELECT proname FROM pg_proc WHERE pronamespace = %s::regnamespace AND proname = ANY(%s)"
    functions = conn.execute(known, [f'"{source}"', list(triggers.FUNCTIONS)]).fetchall()
    moves = [("TABLE {}.{}", name) for name in sorted(tables)] + [("FUNCTION {}.{}()", str(f[0])) for f in functions]
    for what, name in moves:
        statement = sql.SQL(f"ALTER {what} SET SCHEMA {{}}")
        conn.execute(statement.format(sql.Identifier(source), sql.Identifier(name), sql.Identifier(target)))
