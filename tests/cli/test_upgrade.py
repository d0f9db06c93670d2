"""Bringing an installation in use to the schema of this version: the words it moves need its key file."""

from pathlib import Path

from tests.cli.installation import Installation
from tests.store.first_schema import MASTER, fill


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
