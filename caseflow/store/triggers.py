"""Triggers that forbid UPDATE, DELETE and TRUNCATE on the log, for both databases."""

from sqlalchemy import Connection, text

from caseflow.store.tables import APPEND_ONLY

MESSAGE = "the audit log is append-only"


def create_triggers(conn: Connection) -> None:
    """Create the triggers; on PostgreSQL they fire for replication roles too (ENABLE ALWAYS)."""
    for statement in _postgresql() if conn.dialect.name == "postgresql" else _sqlite():
        conn.execute(text(statement))


def expected() -> set[str]:
    """Return the names of the triggers that must exist."""
    kinds = ("update", "delete")
    return {f"{table}_no_{kind}" for table in APPEND_ONLY for kind in kinds}


def _sqlite() -> list[str]:
    return [
        f"CREATE TRIGGER {table}_no_{kind} BEFORE {kind.upper()} ON {table} BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
        for table in APPEND_ONLY
        for kind in ("update", "delete")
    ]


def _postgresql() -> list[str]:
    function = (
        "CREATE OR REPLACE FUNCTION log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{MESSAGE}'; END $$"
    )
    made = [function]
    for table in APPEND_ONLY:
        for kind, level in (("update", "ROW"), ("delete", "ROW"), ("truncate", "STATEMENT")):
            name = f"{table}_no_{kind}"
            made.append(
                f"CREATE TRIGGER {name} BEFORE {kind.upper()} ON {table} "
                f"FOR EACH {level} EXECUTE FUNCTION log_is_append_only()"
            )
            made.append(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")
    return made
