"""What an office writes into its own folder: checked before anything starts, and told where it replaces what ships."""

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path, PosixPath

import pytest

from caseflow import settings
from caseflow.cli import checks, demo
from caseflow.definitions import catalogue, instruments, kept, psks, registries
from caseflow.errors import BrokenDefinition
from caseflow.paths import categories_root, instruments_root
from caseflow.settings import Settings
from tests.cli.installation import VILLAGE, Installation

READERS: dict[str, Callable[[Path | None], Mapping[str, object]]] = {
    "psks/types.toml": psks.current,
    "registries/systems.toml": registries.current,
    "_instruments/lokal.toml": instruments.current,
}
WRONG = '[RELAWAN]\nname = { id = "Relawan", en = "Volunteer" }\nlevel = "village"\nwarna = 1\n'


def test_wrong_lists_are_found_before_a_page_reads_them(tmp_path: Path) -> None:
    own = tmp_path / "own"
    installed = Installation(tmp_path / "data").with_settings(CASEFLOW_CATEGORIES_DIR=str(own))
    for name in ("psks/types.toml", "registries/systems.toml"):
        shutil.rmtree(own, ignore_errors=True)
        (own / name).parent.mkdir(parents=True)
        (own / name).write_text(WRONG, encoding="utf-8")
        for command in (("category", "check"), ("category", "check", own), ("category", "list")):
            said = installed.run(*command)
            assert (said.code, f"{name}: RELAWAN.warna: tidak dikenal." in said.err) == (1, True), (command, said.err)
        looked = {c["name"]: c for c in json.loads(installed.run("doctor", "--json").out)["checks"]}
        assert (looked["kategori"]["level"], name in looked["kategori"]["found"]) == ("fail", True)


def test_a_kind_on_record_that_no_list_knows_any_more_is_told_with_its_file(
    working: Installation, tmp_path: Path
) -> None:
    file = tmp_path / "own" / "psks" / "types.toml"
    file.parent.mkdir(parents=True)
    file.write_text(WRONG.replace("warna = 1\n", ""), "utf-8")
    own = working.with_settings(CASEFLOW_CATEGORIES_DIR=str(file.parents[1]))
    role = ("--type", "RELAWAN", "--area", VILLAGE, "--from", "2024-01-15")
    own.do("psks", "add", "--name", "Siti", "--home", VILLAGE, *role, "--by", "wahidah")

    def told(folder: Path | None) -> list[str]:
        given = settings.load(data_dir=working.folder, categories_dir=folder)
        return [check.found for check in checks.all_of(given, quick=True) if check.name == "daftar kantor"]

    assert told(file.parents[1]) == []
    assert told(None) == ["RELAWAN tercatat, tetapi tidak ada dalam daftar"]


def test_lists_are_told_without_a_database(tmp_path: Path) -> None:
    fresh = Installation(tmp_path)
    assert "Tenaga Kesejahteraan Sosial Kecamatan" in fresh.do("psks", "types").out
    assert "- hari" not in fresh.do("registry", "systems").out


def test_a_replaced_category_is_told_and_a_folder_of_instruments_is_found(tmp_path: Path) -> None:
    installed = Installation(tmp_path / "data")
    file = next(path for path in categories_root().glob("*.toml") if 'code = "LUT"' in path.read_text("utf-8"))
    shutil.copy(file, tmp_path / "lansia.toml")
    assert "LUT: menggantikan kategori bawaan LUT" in installed.do("category", "check", tmp_path / "lansia.toml").out
    (tmp_path / "_instruments").mkdir()
    shutil.copy(instruments_root() / "bps_14.toml", tmp_path / "_instruments")
    assert "1 instrumen diperiksa" in installed.do("instrument", "check", tmp_path).out


def test_the_demonstration_says_how_to_write_letters_from_another_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = Settings(data_dir=tmp_path, public_url="http://127.0.0.1:8001", demo=True)
    demo.show_log_ins(demo.Made(given, "x"))
    line = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("CASEFLOW_"))
    said = dict(word.split("=", 1) for word in line.split() if "=" in word)
    assert said["CASEFLOW_PUBLIC_URL"] == given.public_url
    assert said["CASEFLOW_DEMO"] == "true", "letters with a loopback address are refused elsewhere"


@pytest.mark.parametrize("name", READERS)
def test_a_file_that_turns_wrong_while_the_program_runs_stops_no_page(
    tmp_path: Path, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "own" / name
    file.parent.mkdir(parents=True)
    shipped = (instruments_root() / "bps_14.toml").read_text("utf-8").replace('"BPS14"', '"RELAWAN"')
    lines = [
        line for line in WRONG.splitlines() if "warna" not in line and (name.startswith("psks") or "level" not in line)
    ]
    file.write_text(shipped if name.startswith("_") else "\n".join(lines), "utf-8")
    given = settings.load(data_dir=tmp_path, categories_dir=file.parents[1])
    catalogue.load(categories_root(), given.categories_dir)
    code, read = "RELAWAN", READERS[name]
    assert code in read(given.categories_dir)
    for wrong in (WRONG, "code = "):
        file.write_text(wrong, "utf-8")
        assert code in read(given.categories_dir)
        assert code in read(given.categories_dir)
        found = next(check for check in checks.all_of(given, quick=True) if check.name == "kategori")
        assert (found.level, name in found.found) == ("fail", True)
        with pytest.raises(BrokenDefinition):
            catalogue.load(categories_root(), given.categories_dir)
    assert len([line for line in caplog.messages if line.startswith("the last good version")]) == 2
    shutil.rmtree(file.parents[1])
    for _time in range(2):
        assert code in read(given.categories_dir), "a disk that is gone is no word of the office"
    assert "gone until the next start" in caplog.messages[-1]
    file.parent.mkdir(parents=True)
    file.write_text((shipped if name.startswith("_") else "\n".join(lines)).replace("RELAWAN", "KADER"), "utf-8")
    assert {"KADER", code} & set(read(given.categories_dir)) == {"KADER"}
    assert code not in read(tmp_path / "none")


def test_a_list_that_goes_while_another_thread_looks_stops_no_look(tmp_path: Path) -> None:
    def went(what: str) -> None:
        kept.keep(what, tmp_path, {}, [tmp_path / what])
        kept.keep(what, tmp_path, {}, [])

    class Meanwhile(PosixPath):
        """A folder; while it is compared, one more list of it goes."""

        def __eq__(self, other: object) -> bool:
            went("registries")
            return super().__eq__(other)

        __hash__ = PosixPath.__hash__

    went("psks")
    assert [one.what for one in kept.stale(Meanwhile(tmp_path))] == ["psks"]
    assert [one.what for one in kept.stale(tmp_path)] == ["psks", "registries"]
