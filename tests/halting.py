"""A process of its own that does long work and stops at a named point, to be killed there: `python halting.py ...`."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from caseflow import crypto, settings
from caseflow.actions import backups, keys, restoring
from caseflow.store.session import Database

ROOT = Path(__file__).parents[1]
HERE = "here"


def kill_at(point: str, environment: dict[str, str], *words: object) -> None:
    """Start such a process, wait until it has come to the point, and kill it there."""
    command = [sys.executable, "-m", "tests.halting", point, *(str(word) for word in words)]
    with subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **environment}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        said = running.stdout.readline().strip()
        running.kill()
    assert (said, running.returncode) == (HERE, -signal.SIGKILL)


def _halt() -> None:
    sys.stdout.write(HERE + "\n")
    sys.stdout.flush()
    sys.stdin.read()  # until the one who waits kills us


def _at(point: str) -> Callable[[str, int, int], None]:
    return lambda table, _done, _rows: _halt() if table == point else None


def _run(point: str, what: str, folder: str = "") -> None:
    given = settings.load()
    at = datetime.now(UTC)
    if what == "restore":
        restoring.restore(given, Path(folder), {}, at=at, replace=True, watch=_at(point))
        return
    database = Database(given.database_url, crypto.load_or_create(given.secret_key_file), given, {})
    if what == "backup":
        backups.make(database, Path(folder), at=at, watch=_at(point))
    else:
        keys.rotate(database, at=at, watch=lambda _done, _rows: _halt())


if __name__ == "__main__":
    _run(*sys.argv[1:])
