"""Waiting until every transaction that began before has ended."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path

import psycopg

from caseflow.errors import Busy

LONGEST_SECONDS = 30
_PAUSE = 0.05
_EARLIER = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
        AND xact_start < %s AND backend_type = 'client backend'
"""


def for_earlier(url: str) -> None:
    """Return once nobody works on in a transaction begun before this call; `Busy` after half a minute."""
    if url.startswith("sqlite:///"):
        _for_writer(Path(url.removeprefix("sqlite:///")))
        return
    with psycopg.connect(url, autocommit=True) as conn:
        (now,) = conn.execute("SELECT clock_timestamp()").fetchone() or (None,)
        for _look in range(int(LONGEST_SECONDS / _PAUSE)):
            if conn.execute(_EARLIER, [now]).fetchone() == (0,):
                return
            time.sleep(_PAUSE)
    raise Busy


def _for_writer(file: Path) -> None:
    """A writer of SQLite holds the file from its first statement on: whoever gets it next came after."""
    with closing(sqlite3.connect(file, timeout=LONGEST_SECONDS, isolation_level=None)) as conn:
        try:
            conn.execute("BEGIN IMMEDIATE")
            conn.execute("ROLLBACK")
        except sqlite3.OperationalError as error:
            raise Busy from error
