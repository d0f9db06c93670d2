"""An installation on its own folder, worked by command lines as an operator types them."""

import json
import shutil
import sys
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import typer
from typer.testing import CliRunner

from caseflow import crypto, settings
from caseflow.cli.menu import app
from caseflow.edge import real_now
from caseflow.store.session import Database
from caseflow.store.tables import access_entry

VILLAGE = "63.10.01.2005"
NUMBER = f"6310-{real_now().astimezone(ZoneInfo('Asia/Makassar')).year}-000001"
HEADS = ("--government", "Pemerintah Kabupaten Tanah Bumbu", "--agency", "Dinas Sosial", "--place", "Batulicin")
COMMAND = typer.main.get_command(app)
"""Made once, as every process makes it once: it takes longer than most commands."""
USERS = (
    ("rahma", "intake"),
    ("rina", "caseworker"),
    ("budi", "caseworker"),
    ("wahidah", "supervisor"),
    ("hartati", "auditor"),
)


@dataclass(frozen=True)
class Said:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:  # noqa: ANN401 - whatever the command wrote
        return json.loads(self.out)


@dataclass(frozen=True)
class Installation:
    """A folder with database and key; every command runs in it."""

    folder: Path
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def env(self) -> dict[str, str]:
        url = "https://kasus.dinsos.example"
        return {"CASEFLOW_DATA_DIR": str(self.folder), "CASEFLOW_LANG": "id", "CASEFLOW_PUBLIC_URL": url, **self.extra}

    def run(self, *words: object, stdin: str = "") -> Said:
        """Run a command line."""
        with CliRunner(env=self.env).isolation(input=stdin) as (out, err, _both):
            with pytest.raises(SystemExit) as ended:
                COMMAND.main([str(w) for w in words], prog_name="caseflow")
            sys.stdout.flush()
            sys.stderr.flush()
            written = [said.getvalue().decode(errors="replace") for said in (out, err)]
        return Said(int(ended.value.code or 0), *written)

    def do(self, *words: object, stdin: str = "") -> Said:
        """Run a command line that must succeed."""
        said = self.run(*words, stdin=stdin)
        assert said.code == 0, f"{words}: {said.code}\n{said.out}\n{said.err}"
        return said

    def get(self, *words: object) -> Any:  # noqa: ANN401 - as data
        """Return what a reading command writes as JSON."""
        return self.do(*words, "--json").data

    def refused(self, *words: object, stdin: str = "") -> str:
        """Return why a command is refused, as standard error has it."""
        said = self.run(*words, stdin=stdin)
        assert said.code == 1, f"{words}: {said.code}\n{said.out}\n{said.err}"
        return said.err

    def with_settings(self, **extra: str) -> "Installation":
        return Installation(self.folder, {**self.extra, **extra})

    def file(self, name: str, content: object) -> Path:
        """Write a JSON file beside the data."""
        path = self.folder / name
        path.write_text(json.dumps(content), encoding="utf-8")
        return path

    def database(self) -> Database:
        """Open the database, for looking behind what commands say."""
        given = settings.load(data_dir=self.folder)
        return Database(given.database_url, crypto.load_or_create(given.secret_key_file), given, {})

    def access_codes(self) -> list[tuple[str, str]]:
        """Return code and actor of every access entry, oldest first."""
        database = self.database()
        with database.read() as session:
            rows = session.execute(access_entry.select().order_by(access_entry.c.id)).all()
        database.close()
        return [(row.code, row.actor) for row in rows]


def set_up(folder: Path) -> Installation:
    """Set up an office with its people by the commands a real one would use."""
    made = Installation(folder)
    made.do("db", "upgrade")
    made.do("office", "add", "--area", "63.10", *HEADS, "--unit-code", "DINSOS", "--address", "Jalan Contoh Nomor 1")
    for name, role in USERS:
        made.do("user", "add", name, "--full-name", name.title(), "--role", role, "--area", "63.10")
    made.do(
        "signatory",
        "add",
        "--office",
        "63.10",
        "--post",
        "Kepala Dinas Sosial",
        "--holder",
        "Nurhayati",
        "--from",
        "2020-01-01",
    )
    home = (
        "--kind",
        "child_institution",
        "--addressee",
        "Kepala LKSA Istana",
        "--place",
        "Batulicin",
        "--area",
        "63.10",
    )
    made.do("institution", "add", "--name", "LKSA Istana", *home)
    return made


def copy_of(prototype: Installation, folder: Path) -> Installation:
    """Return an installation of its own with the same content."""
    shutil.copytree(prototype.folder, folder)
    return Installation(folder, prototype.extra)


def ago(days: int) -> str:
    """Return the day so many days ago on the office's wall, which is hours ahead of UTC."""
    return (real_now().astimezone(ZoneInfo("Asia/Makassar")).date() - timedelta(days=days)).isoformat()
