"""Parts and overlays: written once, included where they are needed, changed by an office key by key."""

from pathlib import Path

import pytest

from caseflow.definitions import assembly, catalogue, reader
from caseflow.errors import BrokenDefinition
from caseflow.paths import categories_root
from caseflow.states.category import Category
from tests.states.sample import CATEGORIES, LETTERS
from tests.unit.test_definitions import SMALL

CARE = """
[carer]
label = { id = "Yang merawat {client}", en = "Who cares for {client}" }
type = "text"

[needs]
label = { id = "Kebutuhan", en = "Needs" }
type = "choice"
choices = { food = { id = "Makan", en = "Food" }, home = { id = "Rumah", en = "Home" } }

[more]
label = { id = "Lainnya", en = "More" }
type = "text"
when = { field = "needs", in = ["home"] }
"""
OWN = """
[stages.assessment.carer]
label = { id = "Pengasuh", en = "Carer" }
type = "text"
when = { field = "risk", in = ["high"] }
"""


def folder(tmp_path: Path, *, parts: dict[str, str] | None = None, **files: str) -> Path:
    (tmp_path / "_parts").mkdir(parents=True)
    for name, text in (parts or {}).items():
        (tmp_path / "_parts" / f"{name}.toml").write_text(text)
    for name, text in files.items():
        (tmp_path / f"{name}.toml").write_text(text)
    return tmp_path


def including(*names: str, own: str = "") -> str:
    """Return the small category whose assessment includes parts, beside its risk."""
    listed = ", ".join(f'"{name}"' for name in names)
    assert OWN in SMALL
    return SMALL.replace(OWN, f"\n[stages.assessment]\ninclude = [{listed}]\n{own}")


def load(shipped: Path, extra: Path | None = None) -> dict[str, Category]:
    return catalogue.load(shipped, extra, letters=LETTERS)


def refused(shipped: Path, extra: Path | None = None) -> list[tuple[str, str, str, str]]:
    with pytest.raises(BrokenDefinition) as caught:
        load(shipped, extra)
    rows = caught.value.data["list"]
    return [(Path(f["file"]).name, f["key"], f["reason"], f["suggestion"]) for f in rows]


def keys(category: Category, stage: str = "assessment") -> list[str]:
    return [f.key for f in category.fields_of(stage)]


# --- parts -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("care",), ["carer", "needs", "more", "risk"]),
        (("*", "care"), ["risk", "carer", "needs", "more"]),
        (("care.carer", "*", "care.needs"), ["carer", "risk", "needs"]),
        (("care.needs", "care.more"), ["needs", "more", "risk"]),
        ((), ["risk"]),
    ],
)
def test_included_questions_stand_where_the_include_says(
    tmp_path: Path, names: tuple[str, ...], expected: list[str]
) -> None:
    shipped = folder(tmp_path, lut=including(*names), parts={"care": CARE})
    assert keys(load(shipped)["LUT"]) == expected


def test_what_the_category_says_of_an_included_question_lies_over_it(tmp_path: Path) -> None:
    own = """
    [stages.assessment.carer]
    required = true
    label = { id = "Perawat" }
    [stages.assessment.needs.choices]
    money = { id = "Uang", en = "Money" }
    [stages.assessment]
    more = false
    """
    text = including("care", own="").replace("include =", "more = false\ninclude =") + own.replace(
        "[stages.assessment]\n    more = false", ""
    )
    category = load(folder(tmp_path, lut=text, parts={"care": CARE}))["LUT"]
    carer, needs = category.fields_of("assessment")[:2]
    assert keys(category) == ["carer", "needs", "risk"]
    assert (carer.required, carer.label.id, carer.label.en) == (True, "Perawat", "Who cares for the client")
    assert [c.key for c in needs.choices] == ["money"]


def test_a_part_says_whom_the_category_is_about(tmp_path: Path) -> None:
    named = including("care").replace("\n[issues]", '\ncalled = { id = "lansia", en = "the older person" }\n[issues]')
    for text, said in ((including("care"), "Yang merawat klien"), (named, "Yang merawat lansia")):
        shipped = folder(tmp_path / said, lut=text, parts={"care": CARE})
        assert load(shipped)["LUT"].fields_of("assessment")[0].label.id == said


def test_the_version_of_a_category_is_that_of_what_it_includes(tmp_path: Path) -> None:
    written_out = including().replace("include = []", "") + CARE.replace("[", "[stages.assessment.").replace(
        "in = [stages.assessment.", "in = ["
    )
    first = load(folder(tmp_path / "a", lut=including("*", "care"), parts={"care": CARE}))["LUT"]
    second = load(folder(tmp_path / "b", lut=written_out))["LUT"]
    wording = load(folder(tmp_path / "c", lut=including("*", "care"), parts={"care": CARE.replace("Makan", "Pangan")}))
    changed = load(
        folder(tmp_path / "d", lut=including("*", "care"), parts={"care": CARE.replace('"text"', '"longtext"')})
    )
    assert first.digest == second.digest == wording["LUT"].digest
    assert changed["LUT"].digest != first.digest


def test_guards_are_added_to_and_everything_else_is_replaced(tmp_path: Path) -> None:
    part = 'approve_plan = ["subject_is_alive"]\nclose_case = ["subject_is_alive"]\n'
    text = SMALL.replace("[guards]\n", '[guards]\ninclude = ["both"]\n')
    category = load(folder(tmp_path, lut=text, parts={"both": part}))["LUT"]
    assert category.guards["approve_plan"] == ("subject_is_alive", "risk_level_is_set")
    assert category.guards["close_case"] == ("subject_is_alive",)


# what is wrong: (names to include, own text, part text, the file, key, words of the reason, words of the suggestion)
BAD: dict[str, tuple[tuple[str, ...], str, str, str, str, str, str]] = {
    "an unknown part": (
        ("caer",),
        "",
        CARE,
        "lut.toml",
        "stages.assessment.include",
        'bagian "caer" tidak dikenal',
        '"care"',
    ),
    "an unknown entry of a part": (
        ("care.carrer",),
        "",
        CARE,
        "lut.toml",
        "stages.assessment.include",
        '"carrer" tidak ada di bagian "care"',
        '"carer"',
    ),
    "an entry included twice": (
        ("care.carer", "care.carer"),
        "",
        CARE,
        "lut.toml",
        "stages.assessment.include",
        '"carer" sudah disertakan',
        "Hapus",
    ),
    "something taken away that is not there": (
        ("care",),
        "carrer = false",
        CARE,
        "lut.toml",
        "stages.assessment.carrer",
        "tidak ada di bagian yang disertakan",
        '"carer"',
    ),
    "a mistake in a part": (
        ("care",),
        "",
        CARE.replace('type = "choice"', 'type = "chioce"'),
        "care.toml",
        "needs.type",
        '"chioce" tidak dikenal (disertakan oleh lut.toml)',
        '"choice"',
    ),
    "an unknown key in a part": (
        ("care",),
        "",
        CARE.replace('type = "choice"', 'type = "choice"\nrequird = true'),
        "care.toml",
        "needs.requird",
        "tidak dikenal (disertakan oleh lut.toml)",
        '"required"',
    ),
    "a label of a part without English": (
        ("care",),
        "",
        CARE.replace(', en = "Needs"', ""),
        "care.toml",
        "needs.label.en",
        "belum ada",
        "Tambahkan",
    ),
    "a question of a part without the one it depends on": (
        ("care.more",),
        "",
        CARE,
        "care.toml",
        "more.when.field",
        '"needs" tidak dikenal',
        "",
    ),
    "a mistake in what the category says of a part": (
        ("care",),
        '[stages.assessment.carer]\nconfidentiality = "R9"',
        CARE,
        "lut.toml",
        "stages.assessment.carer.confidentiality",
        '"R9"',
        "R",
    ),
    "a part that is no TOML": (("care",), "", "[carer", "care.toml", "-", "bukan TOML", ""),
}


@pytest.mark.parametrize("mistake", list(BAD))
def test_a_mistake_names_the_file_it_can_be_mended_in(mistake: str, tmp_path: Path) -> None:
    names, own, part, file, key, reason, suggestion = BAD[mistake]
    rows = refused(folder(tmp_path, lut=including(*names, own=own), parts={"care": part}))
    found = [row for row in rows if row[:2] == (file, key) and reason in row[2]]
    assert found, rows
    assert suggestion in found[0][3]


def test_an_include_that_is_no_list_is_told(tmp_path: Path) -> None:
    text = including("care").replace('["care"]', '"care"')
    rows = refused(folder(tmp_path, lut=text, parts={"care": CARE}))
    assert ("lut.toml", "stages.assessment.include") in [row[:2] for row in rows]


def test_a_mistake_of_a_part_is_told_once_with_all_who_include_it(tmp_path: Path) -> None:
    text = including("care")
    shipped = folder(
        tmp_path, a=text, b=text.replace('"LUT"', '"LU2"'), parts={"care": CARE.replace('"choice"', '"chioce"')}
    )
    (row,) = [row for row in refused(shipped) if row[1] == "needs.type"]
    assert row[2].endswith("(disertakan oleh a.toml, b.toml)")


# --- the office's folder ---------------------------------------------------------------------------------------------


def test_an_office_changes_one_question_of_a_shipped_category_and_keeps_the_rest(tmp_path: Path) -> None:
    text = (
        'extends = "AT"\n[stages.assessment.school_status]\nrequired = false\nhelp = { id = "Bila ada", en = "If any" }'
    )
    own = folder(tmp_path, anak=text)
    shipped = CATEGORIES["AT"]
    changed = catalogue.load(categories_root(), own, letters=LETTERS)["AT"]
    before = {f.key: f for f in shipped.fields_of("assessment")}
    after = {f.key: f for f in changed.fields_of("assessment")}
    assert list(before) == list(after)
    assert [k for k in before if before[k] != after[k]] == ["school_status"]
    assert (after["school_status"].required, after["school_status"].choices) == (False, before["school_status"].choices)
    assert changed.digest != shipped.digest
    assert changed.guards == shipped.guards


def test_an_office_adds_a_27th_of_its_own_from_the_shipped_parts(tmp_path: Path) -> None:
    text = including("assessor", "*", "findings.problems").replace('"LUT"', '"ODGJ"').replace("ppks = 8\n", "")
    found = catalogue.load(categories_root(), folder(tmp_path, odgj=text), letters=LETTERS)
    assert set(found) == {*CATEGORIES, "ODGJ"}
    assert keys(found["ODGJ"]) == ["assessed_on", "assessor", "risk", "problems"]
    assert all(found[code] == category for code, category in CATEGORIES.items())


def test_an_office_makes_its_own_kind_out_of_a_shipped_one(tmp_path: Path) -> None:
    own = folder(tmp_path, yatim='extends = "AT"\ncode = "YATIM"\n[screening]\nat_least = 1')
    found = catalogue.load(categories_root(), own, letters=LETTERS)
    assert found["AT"] == CATEGORIES["AT"]
    assert (found["YATIM"].screening.at_least, found["YATIM"].ppks) == (1, 2)
    assert found["YATIM"].stages == found["AT"].stages


def test_an_office_takes_things_away_and_adds_guards_but_loses_none(tmp_path: Path) -> None:
    text = 'extends = "AT"\n[stages.assessment]\nspiritual = false\n[interventions]\n"PKH" = false\n'
    text += '[deadlines]\nevaluation = false\n[guards]\napprove_plan = ["risk_level_is_set"]\n'
    changed = catalogue.load(categories_root(), folder(tmp_path, anak=text), letters=LETTERS)["AT"]
    shipped = CATEGORIES["AT"]
    assert set(keys(shipped)) - set(keys(changed)) == {"spiritual"}
    assert {i.code for i in shipped.interventions} - {i.code for i in changed.interventions} == {"PKH"}
    assert set(shipped.deadlines) - set(changed.deadlines) == {"evaluation"}
    assert changed.guards["approve_plan"] == (*shipped.guards["approve_plan"], "risk_level_is_set")


def test_a_part_of_the_office_counts_for_every_category_that_includes_it(tmp_path: Path) -> None:
    part = (categories_root() / "_parts/notes.toml").read_text().replace("Catatan pelaksanaan", "Catatan lapangan")
    found = catalogue.load(categories_root(), folder(tmp_path, parts={"notes": part}), letters=LETTERS)
    labels = {f.label.id for c in found.values() for f in c.fields_of("intervention") if f.key == "notes"}
    assert labels == {"Catatan lapangan"}


@pytest.mark.parametrize(
    ("text", "key", "reason", "suggestion"),
    [
        ('extends = "ATT"', "extends", 'kategori "ATT" tidak ada', '"AT"'),
        ("extends = 3", "extends", 'kategori "3" tidak ada', "Yang ada"),
        ('extends = "AT"\nhold_max_days = "30"', "hold_max_days", "bilangan bulat", ""),
        ('extends = "AT"\n[stages.assessment.shcool]\nrequired = true', "stages.assessment.shcool.label", "belum", ""),
        (
            'extends = "AT"\n[stages.assessment]\nshcool_name = false',
            "stages.assessment.shcool_name",
            "tidak ada di",
            "school_name",
        ),
        ('extends = "AT"\n[stages]\nassesment = false', "stages.assesment", "harus tabel", ""),
    ],
)
def test_a_mistake_of_the_office_is_told_in_its_own_file(
    text: str, key: str, reason: str, suggestion: str, tmp_path: Path
) -> None:
    rows = refused(categories_root(), folder(tmp_path, anak=text))
    found = [row for row in rows if row[:2] == ("anak.toml", key) and reason in row[2]]
    assert found, rows
    assert suggestion in found[0][3]


def test_a_shipped_file_extends_nothing(tmp_path: Path) -> None:
    (row,) = refused(folder(tmp_path, lut='extends = "AT"\n' + SMALL))
    assert row[:2] == ("lut.toml", "extends")


def test_one_file_or_a_folder_of_the_office_is_checked_by_itself(tmp_path: Path) -> None:
    own = folder(tmp_path, anak='extends = "AT"\nhold_max_days = 14', lut=including("care"), parts={"care": CARE})
    assert set(catalogue.check(own, letters=LETTERS)) == {"AT", "LUT"}
    assert catalogue.check(own / "anak.toml", letters=LETTERS)["AT"].hold_max_days == 14
    (own / "anak.toml").write_text('extends = "AT"\nhold_max_days = 0')
    with pytest.raises(BrokenDefinition) as caught:
        catalogue.check(own / "anak.toml", letters=LETTERS)
    assert [f["key"] for f in caught.value.data["list"]] == ["hold_max_days"]
    with pytest.raises(BrokenDefinition):
        catalogue.check(own / "nowhere.toml", letters=LETTERS)


# --- the shipped parts -----------------------------------------------------------------------------------------------


def test_every_shipped_part_is_used_by_a_category() -> None:
    parts, unread = assembly.library(categories_root())
    assert not unread
    texts = "".join(path.read_text() for path in categories_root().glob("*.toml"))
    for name, part in parts.items():
        whole = f'"{name}"' in texts
        unused = [entry for entry in part.table if not whole and f'"{name}.{entry}"' not in texts]
        assert not unused, (name, unused)


def test_a_text_alone_may_include_the_shipped_parts() -> None:
    category = reader.read(including("assessor", "*"), file="lut.toml", letters=LETTERS)
    assert keys(category) == ["assessed_on", "assessor", "risk"]
