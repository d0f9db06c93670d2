"""The long-running commands as real processes, and the command line on PostgreSQL with Redis beside it."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.cli import answers
from tests.cli.installation import HEADS, NUMBER, Installation

PROGRAM = Path(sys.executable).with_name("caseflow")


@contextmanager
def _process(at: Installation, *words: str, until: str) -> Iterator[subprocess.Popen[str]]:
    """Start a command and yield it once it has written `until` to standard error."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("CASEFLOW_", "LANG", "LC_"))}
    with subprocess.Popen([PROGRAM, *words], env=kept | at.env, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        seen: list[str] = []
        try:
            for line in process.stderr:
                seen.append(line)
                if until in line:
                    break
            else:
                pytest.fail("".join(seen))
            yield process
        finally:
            process.kill()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@pytest.mark.slow
def test_serve_answers_until_it_is_told_to_stop(working: Installation) -> None:
    port = _free_port()
    with _process(working, "serve", "--port", str(port), until="Uvicorn running") as process:
        with urlopen(f"http://127.0.0.1:{port}/healthz") as answer:
            assert answer.status == 200
        process.send_signal(signal.SIGTERM)
        rest = process.stderr.read() if process.stderr else ""
        assert process.wait(timeout=60) in {0, -signal.SIGTERM}
    assert "Application shutdown complete" in rest


@pytest.mark.slow
def test_serve_says_that_its_port_is_taken(working: Installation) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        for command in ("serve", "demo"):
            with _process(working, command, "--port", str(port), until="sudah dipakai program lain") as process:
                assert process.wait(timeout=60) == 1


@pytest.fixture
def scaled(tmp_path: Path, migrated_url: Callable[[str], str], redis_url: str) -> Installation:
    """Return an installation on PostgreSQL and Redis."""
    extra = {"CASEFLOW_DATABASE_URL": migrated_url("postgresql"), "CASEFLOW_REDIS_URL": redis_url}
    made = Installation(tmp_path / "data", extra)
    made.do("db", "upgrade")
    made.do("office", "add", "--area", "63.10", *HEADS, "--unit-code", "DINSOS")
    for name, role in (("rina", "caseworker"), ("budi", "caseworker"), ("wahidah", "supervisor")):
        made.do("user", "add", name, "--role", role, "--area", "63.10")
    return made


@pytest.mark.slow
def test_the_command_line_works_on_postgresql(scaled: Installation) -> None:
    assert scaled.get("db", "check")["missing_triggers"] == []
    scaled.do("case", "open", "--file", scaled.file("case.json", answers.case()), "--by", "rina")
    assert scaled.refused("case", "advance", NUMBER, "submit_for_assessment", "--by", "rina")
    assert scaled.get("case", "show", NUMBER)["subject"]["name"] == "Siti Aminah"
    assert scaled.get("remind", "--dry-run")["reminders"] == []
    assert scaled.get("audit", "verify")["intact"]
    checks = scaled.run("doctor", "--json").data["checks"]
    assert {"redis", "log"} <= {c["name"] for c in checks if c["level"] == "ok"}
    assert "missing" not in {c["level"] for c in checks}
    assert "autovacuum mati" in {c["found"] for c in checks if c["level"] == "warn"}


@pytest.mark.slow
def test_a_command_that_adds_jobs_wakes_the_relay_which_ends_when_told(scaled: Installation) -> None:
    scaled.do("case", "open", "--file", scaled.file("case.json", answers.case()), "--by", "rina")
    with _process(scaled, "relay", until="caseflow relay berjalan") as process:
        scaled.do("case", "assign", NUMBER, "budi", "--by", "wahidah")
        while scaled.get("jobs", "list")[0]["state"] == "ready":
            assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0
    assert scaled.get("jobs", "list")[0]["state"] == "leased"


@pytest.mark.slow
def test_schedule_runs_until_it_is_told_to_stop(working: Installation) -> None:
    with _process(working, "schedule", until="caseflow schedule berjalan") as process:
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0
