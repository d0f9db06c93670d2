"""A process that waits for the word and then sweeps until nothing is due, for bench/sweep.py; it imports little."""

import sys
from datetime import datetime
from pathlib import Path

from caseflow import crypto
from caseflow.actions import obligations
from caseflow.settings import Settings
from caseflow.store.session import Database

CHUNK = 500
"""As the handler of the job takes them (workers/handlers.py)."""


def main(url: str, folder: Path, at: datetime) -> None:
    """Be one scheduler."""
    settings = Settings(data_dir=folder, database_url=url, demo=True)
    database = Database(url, crypto.load_or_create(settings.secret_key_file), settings, {})
    with database.read() as session:  # warms up with a whole chunk: PostgreSQL keeps its plans
        obligations.sweep(session, at=at, limit=CHUNK)
    print("ready", flush=True)
    sys.stdin.readline()
    while True:
        with database.write() as session:
            found = obligations.sweep(session, at=at, limit=CHUNK)
        if found < CHUNK:
            break
    print("done", flush=True)
    database.close()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), datetime.fromisoformat(sys.argv[3]))
