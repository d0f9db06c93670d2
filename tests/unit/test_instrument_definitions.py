"""Instrument files: each kind of mistake is told with file, key, reason, suggestion; an office's own folder counts."""

from pathlib import Path

import pytest

from caseflow.definitions import catalogue, instruments
from caseflow.errors import BrokenDefinition
from caseflow.paths import categories_root, instruments_root
from caseflow.states.instrument import METHODS
from tools import instrument_docs

SEVEN = instruments.load()
FILES = {path.stem: path.read_text("utf-8") for path in instruments_root().glob("*.toml")}

MISTAKES = (
    ("bps_14", 'code = "BPS14"', 'code = "bps 14"', "code", "huruf besar", 'Misalnya "BPS14"'),
    ("bps_14", 'code = "BPS14"', "", "code", "belum ada", "Tambahkan baris"),
    ("bps_14", 'method = "count"', 'method = "cont"', "method", "tidak dikenal", 'Maksudnya "count"?'),
    ("bps_14", "at_least = 9", "at_least = 15", "at_least", "di luar 0 sampai 14", "0 berarti"),
    ("bps_14", "at_least = 9", 'at_least = "9"', "at_least", "harus bilangan bulat", ""),
    ("bps_14", "at_least = 9", "at_lest = 9", "at_lest", "tidak dikenal", 'Maksudnya "at_least"?'),
    ("bps_14", "[items.floor]", "[items.Floor]", "items.Floor", "huruf kecil", "Misalnya"),
    ("bps_14", "[items.floor]", "[items.filled_on]", "items.filled_on", "sudah dipakai", "nama lain"),
    ("bps_14", "[outcomes.met]", "[outcomes.mat]", "outcomes.met", "belum ada", "[outcomes.met]"),
    ("bps_14", "[outcomes.met]", "[outcomes.mat]", "outcomes.mat", "tidak dikenal", 'Maksudnya "met"?'),
    ("bps_14", 'en = "5. Light not from electricity"', 'en = ""', "items.light.label.en", "kosong", "tanda kutip"),
    ("bps_14", "default = true", 'default = true\nbasis = ["a"]', "-", "bukan TOML", ""),
    ("fakir_miskin_262", "gate = true", "gate = true\nlevel = 'x'", "items.no_home.level", "tingkat", "Hapus baris"),
    ("miskin_ekstrem", "[items.members]", "[items.people]", "items", "tepat dua", "Ganti nama"),
    ("miskin_ekstrem", "[lines.2024]", "[lines.now]", "lines.now", "bukan tahun", "Misalnya"),
    ("miskin_ekstrem", "amount = 348150", "amount = 0", "lines.2024.amount", "lebih dari nol", "seorang sebulan"),
    ("miskin_ekstrem", "amount = 348150", "", "lines.2024.amount", "belum ada", "Tambahkan baris"),
    ("miskin_ekstrem", "default = true", "default = true\nat_least = 2", "at_least", "hanya dibaca", "Hapus"),
    ("risiko_anak", 'level = "low"', 'level = "lwo"', "items.no_birth_certificate.level", "bukan tingkat", '"low"?'),
    ("risiko_anak", 'level = "low"', 'level = "high"', "outcomes.low", "tidak punya tanda", 'level = "low"'),
    ("biopsikososial", "optional = true", "gate = true", "items.genogram.gate", "yang dihitung", "Hapus baris"),
    ("biopsikososial", "[items.", "[itams.", "itams", "tidak dikenal", 'Maksudnya "items"?'),
    ("apgar_keluarga", "from = 4", "from = 5", "outcomes.moderate.from", "jumlah 4 tidak punya", "Mulai dari 4"),
    ("apgar_keluarga", "to = 6", "to = 7", "outcomes.functional.from", "jumlah 7 punya dua", "Mulai dari 8"),
    ("apgar_keluarga", "to = 10", "to = 9", "outcomes", "0 sampai 10", "berakhir pada 10"),
    ("apgar_keluarga", "to = 3", "to = -1", "outcomes.severe", "berakhir sebelum", "Tukar"),
    ("apgar_keluarga", "2 = { id", "dua = { id", "scale.dua", "bukan bilangan", "2 ="),
    ("pencapaian_tujuan", "[outcomes.met]", "[items.goal]\nlabel = { id = 'a', en = 'b' }\n\n[outcomes.met]", "items",
     "dibaca dari rencana", "Hapus tabel"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "good", "bad", "key", "reason", "suggestion"),
    MISTAKES,
    ids=[f"{m[0]}-{m[2][:24]}-{m[3]}" for m in MISTAKES],
)
def test_a_mistake_is_told(
    tmp_path: Path, name: str, good: str, bad: str, key: str, reason: str, suggestion: str
) -> None:
    assert good in FILES[name]
    file = tmp_path / f"{name}.toml"
    file.write_text(FILES[name].replace(good, bad), "utf-8")
    with pytest.raises(BrokenDefinition) as broken:
        instruments.check(file)
    found = [f for f in broken.value.data["list"] if f["key"] == key and reason in f["reason"]]
    assert found, broken.value.data["findings"]
    assert found[0]["file"] == str(file)
    assert suggestion in found[0]["suggestion"]


def test_the_seven_are_there_each_method_once_and_whole() -> None:
    assert len(SEVEN) == len(FILES) == 7
    assert {i.method for i in SEVEN.values()} == set(METHODS)
    for found in SEVEN.values():
        assert instruments.from_json(instruments.to_json(found)) == found


def test_an_office_changes_one_threshold_or_adds_an_eighth(tmp_path: Path) -> None:
    own = tmp_path / instruments.OWN
    own.mkdir()
    (own / "kriteria.toml").write_text(
        'extends = "FM262"\nat_least = 3\nbasis = ["SK Kepala Dinas 12/2026"]\n', "utf-8"
    )
    (own / "lokal.toml").write_text(FILES["bps_14"].replace('"BPS14"', '"LOKAL"'), "utf-8")
    found = instruments.load(tmp_path)
    assert set(found) == {*SEVEN, "LOKAL"}
    assert (found["FM262"].at_least, found["FM262"].items) == (3, SEVEN["FM262"].items)
    assert found["FM262"].digest != SEVEN["FM262"].digest
    assert found["BPS14"] == SEVEN["BPS14"]
    assert "FM" in catalogue.load(categories_root(), tmp_path)


def test_a_category_names_instruments_that_exist(tmp_path: Path) -> None:
    file = tmp_path / "fm.toml"
    file.write_text('extends = "FM"\ninstruments = ["BPS41"]\n', "utf-8")
    with pytest.raises(BrokenDefinition) as broken:
        catalogue.check(file)
    (finding,) = broken.value.data["list"]
    assert (finding["file"], finding["key"]) == (str(file), "instruments")
    assert 'Maksudnya "BPS14"?' in finding["suggestion"]
    file.write_text('extends = "FM"\ninstruments = ["BPS14"]\n', "utf-8")
    assert catalogue.check(file)["FM"].instruments == ("BPS14",)


def test_a_code_belongs_to_one_file_and_what_is_extended_exists(tmp_path: Path) -> None:
    for name in ("satu", "dua"):
        (tmp_path / f"{name}.toml").write_text(FILES["bps_14"], "utf-8")
    (tmp_path / "tiga.toml").write_text('extends = "BPS41"\n', "utf-8")
    with pytest.raises(BrokenDefinition) as broken:
        instruments.check(tmp_path)
    told = {f["key"]: f["reason"] for f in broken.value.data["list"]}
    assert "sudah dipakai dua.toml" in told["code"]
    assert "BPS41" in told["extends"]


def test_the_page_is_current_and_tells_every_question() -> None:
    said = instrument_docs.PAGE.read_text("utf-8")
    assert said == instrument_docs.page(), "run python tools/instrument_docs.py --write"
    for found in SEVEN.values():
        labels = [item.label for item in found.items] + [outcome.label for outcome in found.outcomes]
        assert all(label.id in said and label.en in said for label in labels)
        assert all(basis in said for basis in found.basis)


def test_a_page_that_is_not_current_is_told_and_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "instruments.md"
    assert instrument_docs.main(["--page", str(page)]) == 1
    assert "--write" in capsys.readouterr().out
    assert instrument_docs.main(["--page", str(page), "--write"]) == 0
    assert instrument_docs.main(["--page", str(page)]) == 0
