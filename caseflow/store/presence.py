"""Who works in a PostgreSQL database: a process that stays holds a shared lock there, on a connection with its name."""

import socket
import sys
from pathlib import Path

import psycopg

from caseflow.errors import Refused, _

KEY = (0x63617365, 0x666C6F77)
"""Of the lock: "case", "flow"."""
_LONGEST = 63
"""Characters of a name that PostgreSQL keeps."""
_HOLDERS = """
    SELECT DISTINCT coalesce(nullif(application_name, ''), 'pid ' || pid)
    FROM pg_locks JOIN pg_stat_activity USING (pid)
    WHERE locktype = 'advisory' AND granted AND classid = %s AND objid = %s AND objsubid = 2
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    ORDER BY 1
"""


def own_name() -> str:
    """Return what this process is called in a sentence: its command, and on which machine."""
    program = Path(sys.argv[0])
    called = program.parent.name if program.stem == "__main__" else program.name
    return f"{' '.join([called, *sys.argv[1:2]])} @ {socket.gethostname()}"[:_LONGEST]


def connect(url: str) -> psycopg.Connection:
    """Open a connection that tells, as long as it lives, that this process is at work; `url` leads past any pooler."""
    connection = psycopg.connect(url, autocommit=True, application_name=own_name())
    connection.execute("SELECT pg_advisory_lock_shared(%s, %s)", KEY)
    return connection


def require_none(connection: psycopg.Connection) -> None:
    """Raise `Refused` with the names of the processes at work; else none begins before this transaction has ended."""
    if connection.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", KEY).fetchone() != (True,):
        names = ", ".join(str(name) for (name,) in connection.execute(_HOLDERS, KEY))
        raise Refused(
            reason=_(
                "Basis data sedang dipakai oleh {names}. Hentikan dahulu semua proses caseflow.", names=names or "?"
            )
        )
