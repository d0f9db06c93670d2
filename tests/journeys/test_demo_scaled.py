"""The three stories of the demonstration, embedded and on PostgreSQL with Redis: the same comes of them."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import DatabaseFactory
from tests.processes import CASEFLOW

pytestmark = pytest.mark.slow
SECONDS = 900


@contextmanager
def told(folder: Path, **settings: str) -> Iterator["subprocess.Popen[str]"]:
    """Start the demonstration."""
    environment = {**os.environ, "COLUMNS": "120", **settings}
    command = [CASEFLOW, "demo", "--once", "--data", str(folder)]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def outcome(demonstration: "subprocess.Popen[str]") -> list[str]:
    """Return what it told, without the place and the passwords, which are of each its own."""
    said, _errors = demonstration.communicate(timeout=SECONDS)
    assert demonstration.returncode == 0, said
    story, _heading, _log_ins = said.partition("Masuk di ")
    return [line for line in story.splitlines() if not line.startswith("Data: ")]


def test_the_stories_end_the_same_in_both_modes(new_database: DatabaseFactory, redis_url: str, tmp_path: Path) -> None:
    scaled = {"CASEFLOW_DATABASE_URL": new_database("postgresql"), "CASEFLOW_REDIS_URL": redis_url}
    with told(tmp_path / "embedded") as here, told(tmp_path / "scaled", **scaled) as there:
        embedded, behind_redis = outcome(here), outcome(there)
    assert embedded == behind_redis
    assert any("Log audit utuh" in line for line in embedded)
    with told(tmp_path / "again", **scaled) as again:
        said, _errors = again.communicate(timeout=SECONDS)
    assert (again.returncode, "sudah berisi" in said) == (1, True), "never into data that somebody has"
