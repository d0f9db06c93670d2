"""The sweep of reminders: tens of thousands that came due at once, by one scheduler and by four at the same time."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import IO

import psycopg

from bench import filler
from bench.figures import Figure
from bench.scheduler import CHUNK
from bench.world import bench_world
from tests import servers

DUE, ALL = 50_000, 1_000_000
QUICK = (100, 1_000)
EACH = 4
"""Obligations of a case; seven of ten cases have ended, and theirs with them."""
SCHEDULERS, QUICK_SCHEDULERS = 4, 2
SECONDS = 30
ROOT = Path(__file__).resolve().parent.parent
TABLES = ("subject", "person", "case_file")
OBLIGATIONS = """
INSERT INTO obligation ({columns})
SELECT {values}
FROM (SELECT id, state, row_number() OVER (PARTITION BY state = 'closed' ORDER BY id) AS r FROM case_file
      WHERE number <> %(original)s) c,
     generate_series(1, %(each)s) k,
     (SELECT * FROM obligation WHERE next_at IS NOT NULL ORDER BY id LIMIT 1) t
"""
LATER = "t.{} + CASE WHEN c.r > %(cases)s THEN make_interval(days => 7 + c.r::int %% 200) ELSE '0' END"
CHANGED = {
    "id": "bench_moved(t.id, (c.r * %(each)s + k) * 2 + (c.state = 'closed')::int)",
    "case_id": "c.id",
    "cause_key": "'bench:' || c.id || ':' || k",
    "due_at": LATER.format("due_at"),
    "next_at": f"CASE WHEN c.state <> 'closed' THEN {LATER.format('next_at')} END",
    "cancelled_at": "CASE WHEN c.state = 'closed' THEN t.due_at END",
}
COUNTED = """
SELECT (SELECT count(*) FROM obligation_event WHERE what = 'climbed'),
       (SELECT count(*) FROM inbox WHERE obligation_id IS NOT NULL),
       (SELECT count(DISTINCT (obligation_id, rung, user_id)) FROM inbox WHERE obligation_id IS NOT NULL),
       (SELECT count(DISTINCT obligation_id) FROM inbox)
"""


@dataclass(frozen=True, slots=True)
class _Told:
    """What a sweep left behind."""

    climbed: int
    messages: int
    distinct: int
    obligations: int


def figures(*, quick: bool) -> Iterator[Figure]:
    """Yield the seconds of one scheduler, then what four at once told twice or left out."""
    due, count = QUICK if quick else (DUE, ALL)
    several = QUICK_SCHEDULERS if quick else SCHEDULERS
    with servers.postgres_server() as server, TemporaryDirectory() as name:
        folder = Path(name)
        url, at = _filled(server, folder, due, count)
        copy = servers.create_database(server, template=url)
        took, told = _swept(url, folder, at, 1), _told(url)
        note = f"{due:,} due of {count:,}, {CHUNK} a commit; {told.messages:,} messages, {due / took:.0f} a second"
        yield Figure("reminder sweep, 1 scheduler", round(took, 2), "s", SECONDS * due / DUE, note, at_most=True)
        together, theirs = _swept(copy, folder, at, several), _told(copy)
        wrong = theirs.messages - theirs.distinct + abs(theirs.climbed - told.climbed)
        wrong += abs(theirs.messages - told.messages) + abs(due - theirs.obligations)
        for made in (url, copy):
            servers.drop_database(server, made)
        note = f"told twice or left out; {theirs.messages:,} messages in {together:.2f} s"
        yield Figure(f"reminder sweep, {several} schedulers", wrong, "wrong", 0, note, at_most=True)


def _filled(server: str, folder: Path, due: int, count: int) -> tuple[str, datetime]:
    """Fill a new database; return its URL and the moment at which so many are due."""
    bench = bench_world(server, folder)
    url = bench.database.url
    bench.database.close()
    original = bench.cases[0]
    filler.fill(url, original, "budi", count // EACH, tables=TABLES)
    with psycopg.connect(url, autocommit=True) as connection:
        query = "SELECT column_name FROM information_schema.columns WHERE table_name = 'obligation'"
        columns = [str(row[0]) for row in connection.execute(query)]
        values = ", ".join(CHANGED.get(column, f"t.{column}") for column in columns)
        statement = OBLIGATIONS.format(columns=", ".join(columns), values=values)
        connection.execute(statement, {"original": original, "each": EACH, "cases": due // EACH})
        at = connection.execute("SELECT min(next_at) FROM obligation").fetchone()
        connection.execute("DELETE FROM obligation WHERE cause_key NOT LIKE 'bench:%'")
        connection.execute("VACUUM ANALYZE")
    assert at
    return url, at[0]


def _swept(url: str, folder: Path, at: datetime, schedulers: int) -> float:
    """Let processes sweep until nothing is due; return the seconds from the word to the last one's end."""
    command = [sys.executable, "-m", "bench.scheduler", url, str(folder), at.isoformat()]
    with ExitStack() as stack:
        running = [stack.enter_context(_scheduler(command)) for _n in range(schedulers)]
        for _go, heard in running:
            assert heard.readline() == "ready\n"
        start = perf_counter()
        for go, _heard in running:
            go.write("go\n")
            go.flush()
        for _go, heard in running:
            assert heard.readline() == "done\n"
        return perf_counter() - start


@contextmanager
def _scheduler(command: list[str]) -> Iterator[tuple[IO[str], IO[str]]]:
    with subprocess.Popen(command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin
        assert process.stdout
        yield process.stdin, process.stdout


def _told(url: str) -> _Told:
    with psycopg.connect(url, autocommit=True) as connection:
        found = connection.execute(COUNTED).fetchone()
    assert found
    return _Told(*found)
