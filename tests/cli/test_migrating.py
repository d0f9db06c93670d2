"""`caseflow category migrate`: the whole run as an operator types it, killed in the middle and run again."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import select

from caseflow import crypto, settings
from caseflow.actions import installation, migrating
from caseflow.actions.admin import ROOT
from caseflow.actions.cases import OpenCase, open_case
from caseflow.actions.people import PersonData
from caseflow.edge import real_now
from caseflow.store import log, users, verify
from caseflow.store.session import Database
from caseflow.store.tables import access_entry, case_file
from tests.cli import answers
from tests.cli.installation import NUMBER, VILLAGE, Installation, ago

NEW = """
extends = "AT"

[stages.data_collection]
situation = false

[stages.data_collection.story]
label = { id = "Cerita pelapor", en = "The reporter's story" }
type = "longtext"
required = true
"""
MAP = """
[stages.data_collection.fields]
situation = "story"  # what the reporter says is told in the reporter's words
"""
MANY = 30


@contextmanager
def database(installed: Installation) -> Iterator[Database]:
    """Yield the installation's database, with its categories."""
    given = settings.load(data_dir=installed.folder, categories_dir=installed.extra.get("CASEFLOW_CATEGORIES_DIR"))
    keys = crypto.load_or_create(given.secret_key_file)
    opened = Database(given.database_url, keys, given, installation.categories(given))
    yield opened
    opened.close()


@pytest.fixture
def changed(working: Installation) -> Installation:
    """Return an installation with some cases, whose AT has a new version since; the first has nothing typed yet."""
    with database(working) as opened, opened.write() as session:
        account = users.by_username(session, "rina")
        assert account is not None
        rina = users.viewer(session, account, date.fromisoformat(ago(0)))
        for n in range(MANY - 1):
            child = PersonData(name=f"Anak {n}", birth="2016-07-01", sex="P")
            command = OpenCase(category="AT", area=VILLAGE, person=child, answers=answers.data_collection())
            open_case(session, command, by=rina, at=real_now())
    own = working.folder / "categories"
    own.mkdir()
    (own / "at.toml").write_text(NEW)
    return working.with_settings(CASEFLOW_CATEGORIES_DIR=str(own))


def cases(opened: Database) -> list[tuple[Any, ...]]:
    with opened.read() as session:
        return [tuple(row) for row in session.execute(case_file.select().order_by(case_file.c.id))]


def followed(opened: Database) -> Counter[str]:
    """Return how many cases follow which version."""
    with opened.read() as session:
        return Counter(session.execute(case_file.select().with_only_columns(case_file.c.definition_digest)).scalars())


@pytest.mark.slow
def test_a_run_that_is_killed_is_run_again_and_all_that_checks_the_cases_agrees(changed: Installation) -> None:
    with database(changed) as opened:
        with opened.read() as session:
            new, old = (v.digest for v in migrating.versions(session, by=ROOT) if v.code == "AT")
        words = ("category", "migrate", "AT", "--from", old[:10], "--to", new[:10], "--map")
        empty, mapping = changed.folder / "empty.toml", changed.folder / "map.toml"
        empty.write_text("")
        mapping.write_text(MAP)

        before = cases(opened)
        found = changed.run(*words, empty, "--dry-run", "--json")
        assert found.code == 1
        assert (found.data["dry_run"], found.data["moved"], len(found.data["stay"])) == (True, 1, MANY - 1)
        assert [gap["key"] for gap in found.data["gaps"]] == ["stages.data_collection.situation"]
        (reason,) = found.data["stay"][0]["reasons"]
        assert reason["place"] == "data_collection.situation"
        assert "pemetaan tidak menyebutnya" in reason["sentence"]
        assert "sendirian" not in found.out, "no answer is said"
        assert found.data["unnamed"] == {"moved": 0, "stay": 0}
        with opened.read() as session:
            tried = session.execute(
                select(access_entry.c.data).where(access_entry.c.code == "category:migration:tried")
            )
            assert log.data_of(tried.scalar_one())["map"] == sha256(b"").hexdigest()
        assert cases(opened) == before

        program = [sys.executable, "-c", "from caseflow.cli import main; main()", *words, str(mapping)]
        with subprocess.Popen(program, env={**os.environ, **changed.env}, stderr=subprocess.PIPE) as running:
            assert running.stderr is not None
            assert running.stderr.readline()  # some cases have moved
            running.send_signal(signal.SIGKILL)
        assert running.returncode == -signal.SIGKILL
        left = followed(opened)
        assert left[old] + left[new] == MANY
        assert 0 < left[new] < MANY

        said = changed.do(*words, mapping)
        assert f"{left[old]} kasus pindah, 0 tinggal." in said.out
        assert f"100 % ({left[old]}/{left[old]})" in said.err
        assert followed(opened) == {new: MANY}
        with opened.read() as session:
            assert verify.run(session).broken == ()
    assert "Cerita pelapor" in changed.do("case", "show", NUMBER[:-1] + "2", "--as-of", ago(0)).out
    assert changed.do("category", "map", sha256(MAP.encode()).hexdigest()[:8]).out == MAP
    (at,) = [c for c in changed.get("category", "list") if c["code"] == "AT"]
    assert [(v["digest"], v["current"], v["open_cases"]) for v in at["versions"]] == [(new, True, MANY)]
