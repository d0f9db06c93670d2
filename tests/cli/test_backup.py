"""`caseflow backup`, `restore` and `keys` as an operator types them, on the day of the disaster too."""

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from caseflow import crypto
from caseflow.cli import checks
from caseflow.exchange import backup
from caseflow.settings import load
from tests.cli.installation import NUMBER, Installation
from tests.store.first_schema import MASTER, fill

PHRASE = "bukit hijau, kapal kayu"


def test_another_machine_gets_everything_back(working: Installation, tmp_path: Path) -> None:
    folder, copy, phrase = tmp_path / "backups", tmp_path / "keys.json", tmp_path / "phrase"
    phrase.write_text(PHRASE + "\n")
    said = working.do("backup", folder)
    assert "simpan terpisah" in said.out
    assert "  100 % (" in said.err
    assert re.search(r"\((\d+)/\1\)$", said.err.strip()), "a line says what is done, the last that all is"
    made = working.get("backup", folder, "--keep", "1")
    assert made["removed"] != []
    assert made["tables"]["case_file"] == 1
    assert "CASEFLOW_PASSPHRASE" in working.run("keys", "export", copy).err
    assert "TERPISAH" in working.do("keys", "export", "--help").out
    assert "jauh dari cadangan" in working.do("keys", "export", copy, "--passphrase-file", phrase).out
    new = Installation(tmp_path / "new")
    wanted = new.run("restore", folder)
    assert (wanted.code, made["keys"][0] in wanted.err) == (3, True)
    with_phrase = new.with_settings(CASEFLOW_PASSPHRASE="kata sandi yang lain")
    assert "Kata sandi salah" in with_phrase.refused("keys", "import", copy)
    new.with_settings(CASEFLOW_PASSPHRASE=PHRASE).do("keys", "import", copy)
    said = new.do("restore", folder)
    assert Path(made["path"]).name in said.out
    assert "Periksa sendiri" in said.out
    assert "Tidak ada daftar penghapusan" in said.out
    assert "Siti Aminah" in new.do("case", "show", NUMBER).out
    assert new.get("audit", "verify")["intact"]
    assert "--replace" in new.refused("restore", folder)
    (tmp_path / "backups" / "caseflow-99990101T000000Z").mkdir()  # what is left of a newer backup
    assert "--without-lists" in new.refused("restore", made["path"], "--replace")
    unread = new.run("restore", made["path"], "--replace", "--without-lists", "--json")
    again = json.loads(unread.out)
    assert (unread.code, "caseflow-99990101T000000Z" in unread.err, len(again["lists_unread"])) == (1, True, 1)
    assert (again["rows"], again["intact"], again["tables"]) == (made["rows"], True, made["tables"])
    assert Path(again["kept"]).exists()
    assert "tidak ada cadangan" in new.refused("restore", tmp_path)


def test_the_key_is_changed_and_the_old_one_taken_away(working: Installation) -> None:
    before = working.get("audit", "key")["key"]
    working.do("backup")
    (old,) = working.get("keys", "list")
    assert (old["newest"], old["subjects"]) == (True, 1)
    said = working.do("keys", "rotate")
    assert old["name"] in said.out
    verifier = working.get("audit", "key")["key"]
    assert verifier in said.out
    assert verifier != before
    assert "Tidak ada kunci baru" in working.refused("keys", "rotate")
    assert working.do("keys", "list").out.count("\n") == 2
    assert f"kunci lama {old['name']}, untuk selamanya" in working.refused("keys", "retire")
    working.do("backup")
    assert old["name"] in working.do("keys", "retire").out
    assert "Siti Aminah" in working.do("case", "list").out
    assert working.get("audit", "verify")["intact"]


def test_an_upgrade_backs_up_first(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "secret.key").write_bytes(MASTER)
    fill(f"sqlite:///{folder / 'caseflow.db'}")
    shutil.copytree(folder, tmp_path / "other")
    made = Installation(folder)
    assert str(folder / "backups" / "caseflow-") in made.do("db", "upgrade").out
    assert "Cadangan" not in made.do("db", "upgrade").out
    other = Installation(tmp_path / "other").with_settings(CASEFLOW_BACKUP_DIR=str(tmp_path / "kept"))
    other.do("db", "upgrade", "--no-backup")
    assert not (tmp_path / "kept").exists()


def test_without_the_folder_of_categories_the_doctor_names_that_alone(working: Installation) -> None:
    given = load(data_dir=working.folder, public_url=working.env["CASEFLOW_PUBLIC_URL"])
    without = given.model_copy(update={"categories_dir": working.folder / "gone"})
    (found,) = [check.found for check in checks.all_of(without, quick=True) if check.name == "kategori"]
    assert "foldernya tidak ada" in found


@pytest.mark.slow
def test_the_doctor_asks_for_a_backup(working: Installation) -> None:
    def found() -> list[str]:
        given = load(data_dir=working.folder, public_url=working.env["CASEFLOW_PUBLIC_URL"])
        return [check.found for check in checks.all_of(given, quick=True) if check.name == "cadangan"]

    assert "belum ada" in found()[0]
    working.do("backup")
    assert "pada disk yang sama" in found()[0]
    (path,) = (each for each in (working.folder / "backups").iterdir() if each.is_dir())
    manifest, _vouched = backup.read(path)
    (path / backup.MANIFEST).unlink()
    old = replace(manifest, made_at="2024-05-06T07:08:09.000000Z")
    keys = crypto.load_or_create(working.folder / "secret.key")
    backup.write_manifest(path, old, crypto.vouch(keys, old.said))
    assert found() == ["terakhir 2024-05-06 15:08 WITA"]
    forged = (path / backup.MANIFEST).read_text().replace('"made_at": "2024', '"made_at": "2025')
    (path / backup.MANIFEST).write_text(forged)
    assert found()[0] == f"diubah, atau dibuat tanpa kunci instalasi ini: {path.name}"
    assert "belum ada" in found()[1]
