"""Triggers on the log, for both databases: no UPDATE, DELETE or TRUNCATE; what is appended waits for the tree."""

from collections.abc import Sequence

from sqlalchemy import Connection, text

from caseflow.store.tables import APPEND_ONLY

MESSAGE = "the audit log is append-only"
ENTRIES = ("case_entry", "access_entry")
"""The tables of entries: what the first migration protects, and what feeds the tree."""
FUNCTIONS = ("log_is_append_only", "log_entry_is_pending")
"""What the triggers call on PostgreSQL."""
WAIT = "INSERT INTO log_pending (entry_id) VALUES (NEW.id)"
_FORBID = f"BEGIN RAISE EXCEPTION '{MESSAGE}'; END"
_FEED = f"BEGIN {WAIT}; RETURN NULL; END"


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


def wrong(conn: Connection) -> tuple[str, ...]:
    """Return the triggers that are absent, switched off, on another table, or do something else than we wrote."""
    postgres = conn.dialect.name == "postgresql"
    found = {str(row[0]): str(row[1]) for row in conn.execute(text(_ASKED_POSTGRESQL if postgres else _ASKED_SQLITE))}
    wanted = _shown_postgresql() if postgres else _shown_sqlite()
    return tuple(sorted(name for name, said in wanted.items() if found.get(name) != said))


_ASKED_SQLITE = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
_ASKED_POSTGRESQL = """
    SELECT t.tgname, replace(pg_get_triggerdef(t.oid), current_schema() || '.', '') || ' ' || trim(p.prosrc)
    FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_class c ON c.oid = t.tgrelid
    WHERE NOT t.tgisinternal AND t.tgenabled = 'A' AND c.relnamespace = current_schema()::regnamespace
"""


def _shown_sqlite() -> dict[str, str]:
    return {made.split()[2]: made for made in (*_sqlite(APPEND_ONLY), *_feeders_sqlite())}


def _shown_postgresql() -> dict[str, str]:
    """Return name -> what the database shows of a trigger, with the body of its function."""
    bodies = dict(zip(FUNCTIONS, (_FORBID, _FEED), strict=True))
    made = [m for m in (*_postgresql(APPEND_ONLY), *_feeders_postgresql()) if m.startswith("CREATE TRIGGER")]
    return {m.split()[2]: f"{m} {bodies[m.rsplit(maxsplit=1)[-1].removesuffix('()')]}" for m in made}


def _sqlite(tables: Sequence[str]) -> list[str]:
    return [
        f"CREATE TRIGGER {table}_no_{kind} BEFORE {kind.upper()} ON {table} BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
        for table in tables
        for kind in ("update", "delete")
    ]


def _postgresql(tables: Sequence[str]) -> list[str]:
    function = f"CREATE OR REPLACE FUNCTION log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ {_FORBID} $$"
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
    function = f"CREATE OR REPLACE FUNCTION log_entry_is_pending() RETURNS trigger LANGUAGE plpgsql AS $$ {_FEED} $$"
    made = [function]
    for table in ENTRIES:
        name = f"{table}_is_pending"
        made.append(
            f"CREATE TRIGGER {name} AFTER INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION log_entry_is_pending()"
        )
        made.append(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")
    return made
