"""Category files: read strictly, all problems at once; kept by digest, overridden by the office, true to the field."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from caseflow.definitions import catalogue, reader
from caseflow.errors import BrokenDefinition
from caseflow.letters import catalogue as letter_catalogue
from caseflow.letters.sources import RECORDED
from caseflow.paths import categories_root, templates_root
from caseflow.states.category import Category, Text
from caseflow.states.deadlines import Span
from tests.states.sample import CATEGORIES, LETTERS

SMALL = """
code = "LUT"
ppks = 8
confidentiality = "R1"
subject_kinds = ["person"]
legal_basis = ["UU 13/1998"]
hold_max_days = 30
name = { id = "Lanjut usia terlantar", en = "Neglected older person" }
definition = { id = "Berusia 60 tahun ke atas.", en = "Aged 60 or more." }
age = { from = 60 }

[issues]
alone = { id = "Tinggal sendiri", en = "Lives alone" }

[screening]
at_least = 1
basis = "Permensos 8/2012"

[screening.criteria.needs]
label = { id = "Kebutuhan tidak terpenuhi", en = "Needs are not met" }

[stages.data_collection.risk]
label = { id = "Risiko", en = "Risk" }
type = "choice"
required = true
choices = { low = { id = "Rendah", en = "Low" }, medium = { id = "Sedang", en = "Mid" }, high = { id = "T", en = "H" } }

[stages.assessment.risk]
label = { id = "Risiko", en = "Risk" }
type = "choice"
required = true
choices = { low = { id = "Rendah", en = "Low" }, medium = { id = "Sedang", en = "Mid" }, high = { id = "T", en = "H" } }

[stages.assessment.carer]
label = { id = "Pengasuh", en = "Carer" }
type = "text"
when = { field = "risk", in = ["high"] }

[guards]
approve_plan = ["risk_level_is_set"]

[deadlines.assessment]
within = "5wd"
basis = "Bawaan kantor"

[monitoring]
first = "14d"
every = "30d"
visits = 2
basis = "Bawaan kantor"

[letters.rjk-rs]
states = ["intervention"]
guards = ["risk_level_is_high"]

[interventions.PERMAKANAN]
name = { id = "Permakanan", en = "Meals" }
pillar = "perlindungan"
"""


def read(text: str) -> Category:
    return reader.read(text, file="lut.toml", letters=LETTERS)


def refused(text: str) -> BrokenDefinition:
    with pytest.raises(BrokenDefinition) as caught:
        read(text)
    return caught.value


def without(line: str) -> str:
    assert line in SMALL
    return SMALL.replace(line, "")


# --- reading ---------------------------------------------------------------------------------------------------------


def test_a_small_file_becomes_a_category() -> None:
    category = read(SMALL)
    assert (category.code, category.ppks, category.age) == ("LUT", 8, (60, None))
    assert category.name == Text("Lanjut usia terlantar", "Neglected older person")
    assert [f.key for f in category.fields_of("assessment")] == ["risk", "carer"]
    assert category.fields_of("evaluation") == ()
    assert category.deadlines["assessment"].span == Span(5, "working_days")
    assert category.rhythm.gap_days == 1
    assert category.letters[0].guards == ("risk_level_is_high",)
    assert category.intervention("PERMAKANAN") is not None
    assert category.intervention("LKSA") is None
    assert len(category.digest) == 64


def test_the_guards_of_a_letter_count_when_it_is_issued_by_hand() -> None:
    assert read(SMALL).guards == {"approve_plan": ("risk_level_is_set",), "issue:rjk-rs": ("risk_level_is_high",)}


# what is wrong: (the text, key, words of the reason, words of the suggestion)
BAD: dict[str, tuple[str, str, str, str]] = {
    "no TOML": ("code = ", "-", "bukan TOML", ""),
    "a key twice": (SMALL + '\n[guards]\nclose_case = ["x"]\n', "-", "bukan TOML", ""),
    "a key missing": (without('confidentiality = "R1"\n'), "confidentiality", "belum ada", "Tambahkan"),
    "a table missing": (
        SMALL[: SMALL.index("[interventions")],
        "interventions",
        "belum ada",
        "Tambahkan",
    ),
    "an unknown key": (SMALL.replace("ppks = 8", "pkps = 8"), "pkps", "tidak dikenal", '"ppks"'),
    "an unknown key deep inside": (
        SMALL.replace('when = { field = "risk"', 'when = { feild = "risk", field = "risk"'),
        "stages.assessment.carer.when.feild",
        "tidak dikenal",
        '"field"',
    ),
    "an unknown key of a question": (
        SMALL.replace('type = "text"', 'type = "text"\nrequird = true'),
        "stages.assessment.carer.requird",
        "tidak dikenal",
        '"required"',
    ),
    "a number for a text": (SMALL.replace('code = "LUT"', "code = 8"), "code", "harus teks", ""),
    "a text for a number": (
        SMALL.replace("hold_max_days = 30", 'hold_max_days = "30"'),
        "hold_max_days",
        "harus bilangan bulat",
        "",
    ),
    "a yes for a number": (SMALL.replace("visits = 2", "visits = true"), "monitoring.visits", "bilangan bulat", ""),
    "a fraction": (SMALL.replace("visits = 2", "visits = 2.5"), "monitoring.visits", "bilangan bulat", ""),
    "a word for a flag": (
        SMALL.replace("required = true\nchoices", 'required = "ya"\nchoices', 1),
        "stages.data_collection.risk.required",
        "true atau false",
        "",
    ),
    "a text for a list": (
        SMALL.replace('subject_kinds = ["person"]', 'subject_kinds = "person"'),
        "subject_kinds",
        "harus daftar",
        "",
    ),
    "numbers in a list": (
        SMALL.replace('legal_basis = ["UU 13/1998"]', "legal_basis = [13]"),
        "legal_basis",
        "daftar teks",
        "",
    ),
    "a text for a table": (SMALL.replace("age = { from = 60 }", "age = 60"), "age", "harus tabel", ""),
    "a label without English": (
        SMALL.replace('name = { id = "Permakanan", en = "Meals" }', 'name = { id = "Permakanan" }'),
        "interventions.PERMAKANAN.name.en",
        "belum ada",
        "Tambahkan",
    ),
    "an empty label": (
        SMALL.replace('id = "Pengasuh"', 'id = " "'),
        "stages.assessment.carer.label.id",
        "kosong",
        "tanda kutip",
    ),
    "a bad span": (
        SMALL.replace('within = "5wd"', 'within = "5 hari kerja"'),
        "deadlines.assessment.within",
        '"5 hari kerja" tidak dikenal',
        '"5wd"',
    ),
    "a deadline without basis": (
        SMALL.replace('within = "5wd"\nbasis = "Bawaan kantor"', 'within = "5wd"'),
        "deadlines.assessment.basis",
        "belum ada",
        "Tambahkan",
    ),
    "a figure of no year": (
        SMALL + '\n[figures.line.lama]\namount = 1\nunit = { id = "rupiah", en = "rupiah" }\nbasis = "x"\n',
        "figures.line.lama",
        "bukan tahun",
        "figures.line.2026",
    ),
    "an unknown guard": (
        SMALL.replace('"risk_level_is_set"', '"risk_level_set"'),
        "guards.approve_plan",
        '"risk_level_set"',
        '"risk_level_is_set"',
    ),
    "an unknown letter": (SMALL.replace("rjk-rs", "rjk-rsu"), "letters.rjk-rsu", '"rjk-rsu"', '"rjk-rs"'),
    "an unknown bidang": (SMALL.replace("ppks = 8", 'bidang = "rehabsos"'), "bidang", '"rehabsos"', '"rehsos"'),
    "an unknown sex": (SMALL.replace("ppks = 8", 'sex = "W"'), "sex", '"W"', "L, P"),
    "a type that is none of the 26": (SMALL.replace("ppks = 8", "ppks = 27"), "ppks", "27 di luar 0 sampai 26", ""),
    "an unknown subject": (SMALL.replace('["person"]', '["persons"]'), "subject_kinds", '"persons"', '"person"'),
    "unknown confidentiality": (SMALL.replace('"R1"', '"R4"'), "confidentiality", '"R4"', "R1, R2, R3"),
    "an unknown type of question": (
        SMALL.replace('type = "text"', 'type = "txt"'),
        "stages.assessment.carer.type",
        '"txt"',
        '"text"',
    ),
    "a condition on a question that is not asked": (
        SMALL.replace('field = "risk"', 'field = "rsik"'),
        "stages.assessment.carer.when.field",
        '"rsik"',
        '"risk"',
    ),
    "a condition on an answer that is none": (
        SMALL.replace('in = ["high"]', 'in = ["hihg"]'),
        "stages.assessment.carer.when.in",
        '"hihg"',
        '"high"',
    ),
    "another scale of risk": (
        SMALL.replace(', high = { id = "T", en = "H" }', ""),
        "stages.assessment.risk.choices",
        "low, medium, high",
        "Ganti",
    ),
    "a form of no stage": (
        SMALL.replace("[stages.assessment.carer]", "[stages.asesmen.carer]"),
        "stages.asesmen",
        '"asesmen"',
        "assessment",
    ),
    "guards of an unknown step": (
        SMALL.replace("approve_plan =", "aprove_plan ="),
        "guards.aprove_plan",
        '"aprove_plan"',
        '"approve_plan"',
    ),
    "a deadline of no stage": (
        SMALL.replace("[deadlines.assessment]", "[deadlines.asessment]"),
        "deadlines.asessment",
        '"asessment"',
        '"assessment"',
    ),
    "an unknown pillar": (
        SMALL.replace('"perlindungan"', '"perlindugan"'),
        "interventions.PERMAKANAN.pillar",
        '"perlindugan"',
        '"perlindungan"',
    ),
    "an impossible decile": (
        SMALL.replace('"perlindungan"', '"perlindungan"\nmax_desil = 11\nbasis = "x"'),
        "interventions.PERMAKANAN.max_desil",
        "11 di luar 0 sampai 10",
        "",
    ),
    "a limit without basis": (
        SMALL.replace('"perlindungan"', '"perlindungan"\nmax_desil = 4'),
        "interventions.PERMAKANAN.basis",
        "dasar belum disebut",
        "sesuaikan",
    ),
    "a letter never reachable": (
        SMALL.replace('states = ["intervention"]\n', ""),
        "letters.rjk-rs",
        "tidak pernah terjangkau",
        "sent_by",
    ),
    "an include without parts": (
        SMALL.replace("[issues]", '[issues]\ninclude = ["isue"]'),
        "issues.include",
        'bagian "isue" tidak dikenal',
        '"issue"',
    ),
    "a name for the client without English": (
        SMALL.replace("ppks = 8", 'called = { id = "lansia" }'),
        "called.en",
        "belum ada",
        "Tambahkan",
    ),
}


def test_there_are_mistakes_of_thirty_kinds_and_more() -> None:
    assert len({(key, reason) for _text, key, reason, _suggestion in BAD.values()}) >= 30


@pytest.mark.parametrize("mistake", list(BAD))
def test_each_mistake_is_told_with_file_key_reason_and_suggestion(mistake: str) -> None:
    text, key, reason, suggestion = BAD[mistake]
    error = refused(text)
    found = [f for f in error.data["list"] if f["key"] == key and reason in f["reason"]]
    assert found, str(error)
    assert suggestion in found[0]["suggestion"]
    assert found[0]["file"] == "lut.toml"
    assert f"lut.toml: {key}: " in str(error)


def test_all_mistakes_of_form_and_of_meaning_are_told_at_once() -> None:
    text = (
        SMALL.replace("ppks = 8", "pkps = 8")
        .replace('"risk_level_is_set"', '"nothing"')
        .replace("visits = 2", "visits = 0")
    )
    error = refused(text)
    assert [f["key"] for f in error.data["list"]] == ["pkps", "guards.approve_plan", "monitoring.visits"]
    assert len(str(error.data["findings"]).splitlines()) == 3


def test_what_could_not_be_read_is_told_once() -> None:
    error = refused(SMALL.replace('type = "text"', "type = 3"))
    assert [f["key"] for f in error.data["list"]] == ["stages.assessment.carer.type"]


def test_an_empty_file_names_what_a_category_needs() -> None:
    keys = {f["key"] for f in refused("").data["list"]}
    assert {"code", "name", "screening", "stages", "monitoring", "interventions", "issues", "legal_basis"} <= keys


# --- versions --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", list(CATEGORIES))
def test_a_stored_category_comes_back_the_same(code: str) -> None:
    category = CATEGORIES[code]
    again = reader.from_json(reader.to_json(category))
    assert again == category
    assert list(again.stages) == list(category.stages)
    assert reader.to_json(again) == reader.to_json(category)


def test_correcting_words_keeps_the_version() -> None:
    corrected = read(SMALL.replace("Pengasuh", "Yang mengasuh").replace("Aged 60 or more", "Sixty and over"))
    assert corrected != read(SMALL)
    assert corrected.digest == read(SMALL).digest


@pytest.mark.parametrize(
    "change",
    [
        lambda c: replace(c, code="LU"),
        lambda c: replace(c, hold_max_days=31),
        lambda c: replace(c, guards={}),
        lambda c: replace(c, age=(65, None)),
        lambda c: replace(c, referral_reply=Span(5, "days")),
        lambda c: replace(c, screening=replace(c.screening, at_least=2)),
        lambda c: replace(c, stages={**c.stages, "assessment": c.stages["assessment"][:1]}),
        lambda c: replace(c, letters=(replace(c.letters[0], states=()),)),
        lambda c: replace(c, rhythm=replace(c.rhythm, visits=3)),
    ],
)
def test_changing_the_structure_makes_a_new_version(change: Callable[[Category], Category]) -> None:
    assert reader.digest_of(change(read(SMALL))) != read(SMALL).digest


def test_a_version_from_before_a_setting_existed_keeps_its_digest() -> None:
    category = read(SMALL)
    old = reader.to_json(category).replace(',"figures":[]', "").replace(',"future":false', "")
    assert "figures" not in old
    assert reader.from_json(old) == category


# --- the catalogue ---------------------------------------------------------------------------------------------------


def test_the_shipped_categories_load_with_the_shipped_letters() -> None:
    kinds = letter_catalogue.load(templates_root() / "letters")
    assert catalogue.load(categories_root(), letters=frozenset(kinds)) == CATEGORIES


def test_every_answer_a_letter_takes_from_the_case_is_asked_by_a_category_that_uses_it() -> None:
    kinds = letter_catalogue.load(templates_root() / "letters")
    for category in CATEGORIES.values():
        fields = {f"{stage}.{f.key}" for stage, listed in category.stages.items() for f in listed}
        for use in category.letters:
            for wanted in kinds[use.letter].fields:
                recorded = [s for s in wanted.source if s.partition(".")[0] in RECORDED]
                assert not wanted.source or recorded or set(wanted.source) & fields, (use.letter, wanted.key)
            assert set(use.states) <= set(kinds[use.letter].states)


def test_the_offices_own_file_takes_the_place_of_the_shipped_one(tmp_path: Path) -> None:
    shipped, own = tmp_path / "shipped", tmp_path / "own"
    for folder in (shipped, own):
        folder.mkdir()
    (shipped / "lut.toml").write_text(SMALL)
    (own / "lansia.toml").write_text(SMALL.replace("hold_max_days = 30", "hold_max_days = 60"))
    (own / "lain.toml").write_text(SMALL.replace('code = "LUT"', 'code = "LU2"'))
    found = catalogue.load(shipped, own, letters=LETTERS)
    assert {code: category.hold_max_days for code, category in found.items()} == {"LUT": 60, "LU2": 30}


def test_one_broken_file_stops_the_start_with_the_findings_of_all(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(SMALL.replace("ppks = 8", "pkps = 8"))
    (tmp_path / "b.toml").write_bytes(b"\xff\xfe")
    (tmp_path / "c.toml").write_text(SMALL)
    with pytest.raises(BrokenDefinition) as caught:
        catalogue.load(tmp_path, tmp_path / "nowhere", letters=LETTERS)
    found = {(Path(f["file"]).name, f["reason"]) for f in caught.value.data["list"]}
    assert found == {
        ("a.toml", "tidak dikenal"),
        ("b.toml", "bukan teks UTF-8: invalid start byte"),
        ("c.toml", 'kode "LUT" sudah dipakai a.toml'),
        ("nowhere", "foldernya tidak ada"),
    }


def test_the_files_in_the_how_to_are_without_mistakes(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs/how-to/add-a-category.md").read_text("utf-8")
    *fragments, example = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    assert read(example).code not in CATEGORIES, "it ships"
    overlay, _included = fragments
    own = tmp_path / "anak.toml"
    own.write_text(overlay)
    assert catalogue.check(own, letters=LETTERS)["AT"].deadlines["assessment"].span == Span(3, "working_days")
