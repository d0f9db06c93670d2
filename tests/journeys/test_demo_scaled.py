"""The demonstration: installed and in a terminal, and on PostgreSQL with Redis. The same comes of both."""

import os
import pty
import signal
import subprocess
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests import wheel
from tests.conftest import DatabaseFactory
from tests.processes import CASEFLOW
from tests.servers import _free_port

pytestmark = pytest.mark.slow
SECONDS = 900
INSTALLED = "import sys; from caseflow.cli import main; sys.argv = ['caseflow', *sys.argv[1:]]; main()"
KEPT = {name: value for name, value in os.environ.items() if not name.startswith(("CASEFLOW_", "LANG", "LC_"))}
PLAIN = {**KEPT, "COLUMNS": "120", "LINES": "50", "TERM": "dumb"}


def test_the_stories_end_the_same_in_both_modes(new_database: DatabaseFactory, redis_url: str, tmp_path: Path) -> None:
    scaled = {"CASEFLOW_DATABASE_URL": new_database("postgresql"), "CASEFLOW_REDIS_URL": redis_url}
    python, port = wheel.installed(tmp_path), _free_port()
    ours, theirs = pty.openpty()
    here = [str(python), "-I", "-c", INSTALLED, "demo", "--port", str(port), "--data", str(tmp_path / "embedded")]
    there = [CASEFLOW, "demo", "--once", "--port", str(port), "--data"]
    with (
        subprocess.Popen(here, env=PLAIN, cwd=tmp_path, stdin=theirs, stdout=theirs, stderr=theirs) as embedded,
        subprocess.Popen(
            [*there, str(tmp_path / "scaled")],
            env=PLAIN | scaled,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as behind_redis,
    ):
        os.close(theirs)
        try:
            shown = _read_until(ours, "Tekan Enter")
            _looked_at(embedded, ours, shown, port)
            said, _errors = behind_redis.communicate(timeout=SECONDS)
        finally:
            for process in (embedded, behind_redis):
                process.kill()
            os.close(ours)
    assert behind_redis.returncode == 0, said
    stories = [_stories(told) for told in (shown, said)]
    assert stories[0] == stories[1]
    assert "Log audit utuh" in stories[0][-1]
    letters = {path.name.split("-0001-")[1].split("-DINSOS")[0] for path in (tmp_path / "embedded" / "surat").iterdir()}
    assert letters == {"RJK-RS", "RJK-LKSA", "REK-PBI", "BAST"}
    more = [*there, str(tmp_path / "again")]
    again = subprocess.run(more, env=PLAIN | scaled, check=False, capture_output=True, text=True, timeout=SECONDS)
    assert (again.returncode, "sudah berisi" in again.stdout + again.stderr) == (1, True), "never into others' data"


def _looked_at(demonstration: subprocess.Popen[bytes], terminal: int, told: str, port: int) -> None:
    """It tells its log-ins last, and again whoever presses Enter, until it is told to end."""
    assert told.rindex("Masuk di http") > told.rindex("caseflow berjalan di")
    assert told.count("nurhayati") == 1
    with urlopen(f"http://127.0.0.1:{port}/healthz") as answer:
        assert answer.status == 200
    os.write(terminal, b"\n")
    again = _read_until(terminal, "rsud")
    assert "Masuk di http" in again
    assert "healthz" not in again, "a quiet terminal shows no requests"
    demonstration.send_signal(signal.SIGINT)
    assert demonstration.wait(timeout=60) in {0, -signal.SIGINT}


def _read_until(terminal: int, words: str) -> str:
    """Return what a terminal shows until it has shown these words; fails when it ends before."""
    seen = b""
    while words.encode() not in seen:
        seen += os.read(terminal, 65_536)
    return seen.decode(errors="replace")


def _stories(told: str) -> list[str]:
    """Return what it told, without the place and what is of each mode its own."""
    lines = told.replace("\r\n", "\n").splitlines()
    last = next(at for at, line in enumerate(lines) if line.startswith("Log audit"))
    return [line for line in lines[: last + 1] if not line.startswith("Data: ")]
