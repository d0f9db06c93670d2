"""Fills a PostgreSQL database with copies of cases the product made: as many rows and indexes, nothing that opens.

A copy has ids of its own (their time is made up, their rest is the original's), a number, an area, a worker, and in
seven of ten cases an end. What is sealed in it stays sealed for ever: it was sealed for the original.
"""

from collections.abc import Collection, Sequence

import psycopg

PROVINCE = "63"
KABUPATEN = ("10", "01", "02", "03", "04", "05", "06", "07", "08", "09", "11", "71", "72")
"""Of the province; a copy in thirteen lies in ours."""
CASES_OF_A_WORKER = 250
CHUNK = 100_000
MOVED = """
CREATE OR REPLACE FUNCTION bench_moved(id uuid, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT (lpad(to_hex(1500000000000 + n * 20), 12, '0') || substr(replace(id::text, '-', ''), 13))::uuid $$
"""
OWN_IDS = ("id", "case_id", "subject_id", "entry_id", "record_id", "obligation_id", "ref_id")
"""Columns that name a row of the case itself."""
CLOSED = "n %% 10 < 7"
AREA = (
    "'63' || (%(kabupaten)s::text[])[1 + n %% 13] || lpad((1 + n / 13 %% 15)::text, 2, '0')"
    " || (2001 + n / 195 %% 10)::text"
)
CHANGED: dict[str, dict[str, str]] = {
    "person": {
        "area_code": AREA,
        "nik_index": "md5(t.nik_index || n) || md5(n::text)",
        "kk_index": "md5(t.kk_index || n) || md5(n::text)",
        "phone_index": "md5(t.phone_index || n) || md5(n::text)",
    },
    "name_key": {"key": "md5(t.key || n %% 5000)"},
    "case_file": {
        "number": f"substr({AREA}, 1, 4) || '-' || 2019 + n %% 7 || '-' || lpad(n::text, 8, '0')",
        "area_code": AREA,
        "assignee_id": "bench_moved(%(worker)s, n / %(each)s)",
        "state": f"CASE WHEN {CLOSED} THEN 'closed' ELSE t.state END",
        "closed_at": f"CASE WHEN {CLOSED} THEN t.state_since END",
        "outcome": f"CASE WHEN {CLOSED} THEN 'goals_met' END",
    },
    "obligation": {
        "cause_key": "t.cause_key || ':' || n",
        "next_at": f"CASE WHEN {CLOSED} THEN NULL ELSE t.next_at END",
        "cancelled_at": f"CASE WHEN {CLOSED} THEN coalesce(t.cancelled_at, t.due_at) ELSE t.cancelled_at END",
    },
}
WORKERS = {
    "user_account": {"id": "bench_moved(t.id, n)", "username": "t.username || n"},
    "role_grant": {"id": "bench_moved(t.id, n)", "user_id": "bench_moved(t.user_id, n)"},
}
OF_CASE = "case_id = %(case)s"
OF_SUBJECT = "subject_id = (SELECT subject_id FROM case_file WHERE id = %(case)s)"
WHOSE = {
    "subject": OF_SUBJECT.replace("subject_id =", "id =", 1),
    "person": OF_SUBJECT,
    "name_key": OF_SUBJECT,
    "case_file": "id = %(case)s",
    "case_entry": OF_CASE,
    "payload": OF_SUBJECT,
    "obligation": OF_CASE,
    "stage_record": OF_CASE,
    "stage_revision": "record_id IN (SELECT id FROM stage_record WHERE case_id = %(case)s)",
}
"""Which rows of a table belong to the original, in the order in which they are copied."""


def fill(url: str, original: str, worker: str, count: int, *, tables: Collection[str] = tuple(WHOSE)) -> None:
    """Write `count` copies of the case with the number `original`; `worker` is the account whose copies have them."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(MOVED)
        # The originals were checked; the log of copies is nobody's.
        connection.execute("SET session_replication_role = replica")
        connection.execute("ALTER TABLE case_entry DISABLE TRIGGER case_entry_is_pending")
        given = {"each": CASES_OF_A_WORKER, "kabupaten": list(KABUPATEN)}
        given |= {"case": _one(connection, "SELECT id FROM case_file WHERE number = %s", original)}
        given |= {"worker": _one(connection, "SELECT id FROM user_account WHERE username = %s", worker)}
        for table, whose in (("user_account", "id = %(worker)s"), ("role_grant", "user_id = %(worker)s")):
            _copy(connection, table, WORKERS[table], whose, given, range(count // CASES_OF_A_WORKER + 1))
        for start in range(1, count + 1, CHUNK):
            numbers = range(start, min(start + CHUNK, count + 1))
            for table in tables:
                _copy(connection, table, CHANGED.get(table, {}), WHOSE[table], given, numbers)
        connection.execute("ALTER TABLE case_entry ENABLE ALWAYS TRIGGER case_entry_is_pending")
        connection.execute("VACUUM ANALYZE")


def _one(connection: psycopg.Connection, query: str, value: str) -> object:
    found = connection.execute(query, (value,)).fetchone()
    if found is None:
        raise LookupError(value)
    return found[0]


def _copy(
    connection: psycopg.Connection,
    table: str,
    changed: dict[str, str],
    whose: str,
    given: dict[str, object],
    numbers: Sequence[int],
) -> None:
    query = "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s"
    columns: dict[str, str] = dict(connection.execute(query, (table,)).fetchall())
    values = [changed.get(name) or _value(name, kind) for name, kind in columns.items()]
    statement = (
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)}"  # noqa: S608 - names of our own schema
        f" FROM generate_series(%(first)s::bigint, %(last)s) n, {table} t WHERE {whose}"
    )
    connection.execute(statement, {**given, "first": numbers[0], "last": numbers[-1]})


def _value(name: str, kind: str) -> str:
    return f"bench_moved(t.{name}, n)" if kind == "uuid" and name in OWN_IDS else f"t.{name}"
