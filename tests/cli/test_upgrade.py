"""Bringing an installation in use to the schema of this version: the words it moves need its key file."""

from pathlib import Path

from caseflow.ids import new_id
from tests.cli.installation import Installation
from tests.store.first_schema import AT, MASTER, connected, fill


def in_use(folder: Path) -> Installation:
    """Return an installation of the first schema with people in it."""
    folder.mkdir()
    (folder / "secret.key").write_bytes(MASTER)
    fill(f"sqlite:///{folder / 'caseflow.db'}")
    return Installation(folder)


def test_an_installation_in_use_is_upgraded_with_its_key(tmp_path: Path) -> None:
    made = in_use(tmp_path / "data")
    assert "Berkas kunci dibuat" not in made.do("db", "upgrade").out
    assert made.get("db", "check")["missing_triggers"] == []
    assert not (made.folder / "caseflow.db").read_bytes().count(b"anak ke")


BEFORE: tuple[tuple[str, dict[str, str], str], ...] = (
    ("inbox.notify", {"delivery": "01890a5d-ac96-774b-bcce-b302099a8057"}, "ready"),
    ("letter.render", {"letter": "01890a5d-ac96-774b-bcce-b302099a8057"}, "leased"),
    ("obligation.sweep", {}, "running"),
    ("job.prune", {"fired": "2026-03-02T02:17Z"}, "ready"),
)
"""Jobs as the first version wrote them, one in the hands of a worker that the upgrade stopped."""


def test_jobs_in_flight_are_done_by_the_workers_of_the_new_version(tmp_path: Path) -> None:
    made = in_use(tmp_path / "data")
    with connected(f"sqlite:///{made.folder / 'caseflow.db'}") as (conn, tables):
        for number, (kind, payload, state) in enumerate(BEFORE):
            taken = {"lease_no": 1, "lease_until": AT} if state != "ready" else {"lease_no": 0}
            counts = {"id": str(new_id(AT)), "key": f"before:{number}", "queue": "now", "attempts": 0}
            said = {"kind": kind, "payload": payload, "state": state, "run_at": AT, "created_at": AT}
            conn.execute(tables.tables["job"].insert().values(**counts, **said, **taken))
    made.do("db", "upgrade")
    made.do("jobs", "run")
    done = {job["key"] for job in made.get("jobs", "list", "--state", "done")}
    assert {f"before:{number}" for number in range(len(BEFORE))} <= done


def test_an_upgrade_without_the_key_says_so_and_changes_nothing(tmp_path: Path) -> None:
    made = in_use(tmp_path / "data")
    key = made.folder / "secret.key"
    key.rename(made.folder / "kept.key")
    said = made.run("db", "upgrade")
    assert (said.code, str(key) in said.err) == (3, True)
    assert not key.exists(), "a key made anew would open nothing"
    (made.folder / "kept.key").rename(key)
    made.do("db", "upgrade")


def test_a_schema_of_a_later_version_is_refused_and_nothing_is_done_to_it(installed: Installation) -> None:
    database = installed.database()
    with database.write() as session:
        session.conn.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    for words in (("db", "upgrade"), ("case", "list"), ("jobs", "run"), ("schedule",), ("db", "check")):
        said = installed.run(*words)
        assert (said.code, "(9999)" in said.err, "pasang versi itu" in said.err) == (3, True, True)
    assert not (installed.folder / "backups").exists(), "no backup of what this version does not know"
    found = installed.run("doctor", "--json").data["checks"]
    assert [c["remedy"] for c in found if c["level"] == "missing" and "9999" in c["found"]] == [
        "Basis data ini dari versi caseflow yang lebih baru: pasang versi itu di mesin ini."
    ]
