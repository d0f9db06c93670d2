"""Triggers on the log, for both databases: no UPDATE, DELETE or TRUNCATE; what is appended waits for the tree."""

from collections.abc import Sequence

from sqlalchemy import Connection, text

from caseflow.store.tables import APPEND_ONLY

MESSAGE = "the audit log is append-only"
ENTRIES = ("case_entry", "access_entry")
"""The tables of entries: what the first migration protects, and what feeds the tree."""
WAIT = "INSERT INTO log_pending (entry_id) VALUES (NEW.id)"


def create_triggers(conn: Connection, tables: Sequence[str] = ENTRIES) -> None:
    """Forbid changes; on PostgreSQL the triggers fire for replication roles too (ENABLE ALWAYS)."""
    for statement in _postgresql(tables) if conn.dialect.name == "postgresql" else _sqlite(tables):
        conn.execute(text(statement))


def create_feeders(conn: Connection) -> None:
    """Let every new entry wait for its position, in the transaction that writes it, whoever writes it."""
    for statement in _feeders_postgresql() if conn.dialect.name == "postgresql" else _feeders_sqlite():
        conn.execute(text(statement))


def expected() -> set[str]:
    """Return the names of the triggers that protect the log."""
    kinds = ("update", "delete")
    return {f"{table}_no_{kind}" for table in APPEND_ONLY for kind in kinds}


def feeding() -> set[str]:
    """Return the names of the triggers that feed the tree."""
    return {f"{table}_is_pending" for table in ENTRIES}


def _sqlite(tables: Sequence[str]) -> list[str]:
    return [
        f"CREATE TRIGGER {table}_no_{kind} BEFORE {kind.upper()} ON {table} BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
        for table in tables
        for kind in ("update", "delete")
    ]


def _postgresql(tables: Sequence[str]) -> list[str]:
    function = (
        "CREATE OR REPLACE FUNCTION log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{MESSAGE}'; END $$"
    )
    made = [function]
    for table in tables:
        for kind, level in (("update", "ROW"), ("delete", "ROW"), ("truncate", "STATEMENT")):
            name = f"{table}_no_{kind}"
            made.append(
                f"CREATE TRIGGER {name} BEFORE {kind.upper()} ON {table} "
                f"FOR EACH {level} EXECUTE FUNCTION log_is_append_only()"
            )
            made.append(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")
    return made


def _feeders_sqlite() -> list[str]:
    return [f"CREATE TRIGGER {table}_is_pending AFTER INSERT ON {table} BEGIN {WAIT}; END" for table in ENTRIES]


def _feeders_postgresql() -> list[str]:
    function = (
        "CREATE OR REPLACE FUNCTION log_entry_is_pending() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {WAIT}; RETURN NULL; END $$"
    )
    made = [function]
    for table in ENTRIES:
        name = f"{table}_is_pending"
        made.append(
            f"CREATE TRIGGER {name} AFTER INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION log_entry_is_pending()"
        )
        made.append(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")
    return made
