"""What a mapping between two versions says: read strictly, checked against both, applied without guessing."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from caseflow.definitions import mapping as files
from caseflow.definitions import reader
from caseflow.errors import BrokenDefinition
from caseflow.states import mapping as maps
from caseflow.states.category import Category
from caseflow.states.mapping import CategoryMap
from tests.states.sample import LETTERS
from tests.unit.test_definitions import SMALL

TODAY = date(2026, 11, 22)
MORE = """
[stages.assessment.housing]
label = { id = "Rumah", en = "Home" }
type = "choice"
choices = { rented = { id = "Sewa", en = "Rented" }, own = { id = "Milik", en = "Own" }, tent = { id = "T", en = "T" } }

[stages.assessment.meals]
label = { id = "Makan per hari", en = "Meals a day" }
type = "integer"

[stages.assessment.alone]
label = { id = "Sendiri", en = "Alone" }
type = "boolean"

[stages.assessment.wishes]
label = { id = "Harapan", en = "Wishes" }
type = "choices"
choices = { work = { id = "Kerja", en = "Work" }, rest = { id = "Istirahat", en = "Rest" } }
"""
NEWER = """
[stages.assessment.home]
label = { id = "Tempat tinggal", en = "Home" }
type = "choices"
choices = { lease = { id = "Sewa", en = "Lease" }, own = { id = "Milik", en = "Own" } }

[stages.assessment.meals]
label = { id = "Makan per hari", en = "Meals a day" }
type = "text"

[stages.assessment.company]
label = { id = "Tinggal dengan", en = "Lives with" }
type = "choice"
choices = { nobody = { id = "Sendiri", en = "Nobody" }, kin = { id = "Kerabat", en = "Kin" } }

[stages.assessment.asked]
label = { id = "Ditanya kepada", en = "Asked" }
type = "text"
required = true

[stages.assessment.which_kin]
label = { id = "Kerabat", en = "Kin" }
type = "text"
when = { field = "company", in = ["kin"] }
"""
FITS = """
[stages.data_collection.fields]
criterion_needs = "criterion_unmet"

[stages.assessment.fields]
housing = "home"
carer = false
alone = "company"
wishes = false

[stages.assessment.choices.housing]
rented = "lease"
tent = false

[stages.assessment.choices.alone]
yes = "nobody"
no = "kin"

[stages.assessment.defaults]
asked = "belum ditanyakan"
which_kin = "belum ditanyakan"

[issues]
alone = "lonely"

[interventions]
PERMAKANAN = "MAKAN"
"""


def version(text: str) -> Category:
    return reader.read(text, file="lut.toml", letters=LETTERS)


@pytest.fixture(scope="module")
def old() -> Category:
    return version(SMALL + MORE)


@pytest.fixture(scope="module")
def new() -> Category:
    said = SMALL.replace("issues]\nalone", "issues]\nlonely").replace("PERMAKANAN]", "MAKAN]")
    said = said.replace("criteria.needs]", "criteria.unmet]")
    carer = said[said.index("[stages.assessment.carer]") : said.index("[guards]")]
    return version(said.replace(carer, "") + NEWER)


def found(mapping: CategoryMap, old: Category, new: Category) -> dict[str, str]:
    return {f.key: str(f.reason) for f in maps.problems(mapping, old, new, today=TODAY)}


def test_a_mapping_that_fits_leaves_no_gap_but_the_form_of_an_answer(old: Category, new: Category) -> None:
    mapping = files.read(FITS, file="map.toml")
    assert found(mapping, old, new) == {}
    assert [f.key for f in maps.gaps(mapping, old, new)] == ["stages.assessment.meals"]


def test_without_a_mapping_everything_that_is_gone_is_a_gap(old: Category, new: Category) -> None:
    found = {f.key for f in maps.gaps(CategoryMap(), old, new)}
    assert found == {
        "stages.data_collection.criterion_needs", "stages.assessment.carer", "stages.assessment.housing",
        "stages.assessment.alone", "stages.assessment.wishes", "stages.assessment.meals", "issues.alone",
        "interventions.PERMAKANAN",
    }  # fmt: skip
    assert maps.gaps(CategoryMap(), old, old) == ()
    narrower = replace(old, subject_kinds=("group",))
    assert [f.key for f in maps.gaps(CategoryMap(), old, narrower)] == ["subject_kinds"]


@pytest.mark.parametrize(
    ("answers", "carried"),
    [
        ({"housing": "rented", "risk": "low"}, {"home": ["lease"], "risk": "low"}),
        ({"housing": "own", "carer": "Nenek"}, {"home": ["own"]}),
        ({"housing": "tent"}, {}),
        ({"alone": True, "wishes": ["work"]}, {"company": "nobody"}),
        ({"alone": False}, {"company": "kin", "which_kin": "belum ditanyakan"}),
    ],
)
def test_answers_go_where_the_mapping_says(
    old: Category, new: Category, answers: dict[str, Any], carried: dict[str, Any]
) -> None:
    mapping = files.read(FITS, file="map.toml")
    said, problems = maps.carried(mapping, new, "assessment", answers, today=TODAY)
    assert problems == {}
    assert said == {"asked": "belum ditanyakan", **carried}
    assert maps.carried(CategoryMap(), old, "assessment", answers, today=TODAY) == (answers, {})


def test_several_answers_are_renamed_one_by_one(old: Category) -> None:
    mapping = files.read("[stages.assessment.choices.wishes]\nwork = 'rest'", file="map.toml")
    said, _problems = maps.carried(mapping, old, "assessment", {"wishes": ["work", "rest"]}, today=TODAY)
    assert said == {"wishes": ["rest"]}


def test_every_answer_without_a_place_is_named_and_none_is_said(new: Category) -> None:
    answers = {"housing": "gubuk", "meals": 7, "carer": "Salamah", "wishes": ["rahasia"]}
    mapping = files.read('[stages.assessment.fields]\nhousing = "home"', file="map.toml")
    _said, problems = maps.carried(mapping, new, "assessment", answers, today=TODAY)
    assert set(problems) == {"housing", "meals", "carer", "wishes"}
    assert problems["meals"] == "Isian ini harus berupa teks."
    assert not any(word in " ".join(problems.values()) for word in ("gubuk", "7", "Salamah", "rahasia"))


def test_a_criterion_keeps_its_answer(new: Category) -> None:
    mapping = files.read(FITS, file="map.toml")
    said, problems = maps.carried(mapping, new, "data_collection", {"criterion_needs": "no"}, today=TODAY)
    assert (said, problems) == ({"criterion_unmet": "no"}, {})


WRONG = {
    'stages.assesment.fields]\na = "b"': "stages.assesment",
    'stages.assessment.fields]\nhome = "housing"': "stages.assessment.fields.home",
    'stages.assessment.fields]\nhousing = "hut"': "stages.assessment.fields.housing",
    'stages.assessment.fields]\nhousing = "meals"': "stages.assessment.fields",
    'stages.assessment.fields]\nrisk = "home"': "stages.assessment",
    'stages.assessment.defaults]\nrisk = "low"': "stages.assessment",
    'stages.assessment.choices.nothing]\na = "b"': "stages.assessment.choices.nothing",
    'stages.assessment.choices.carer]\na = "b"': "stages.assessment.choices.carer",
    'stages.assessment.choices.wishes]\nwork = "rest"': "stages.assessment.choices.wishes",
    "stages.assessment.defaults]\nhut = 1": "stages.assessment.defaults.hut",
    "stages.assessment.defaults]\nasked = 1": "stages.assessment.defaults.asked",
    'issues]\nalone = "hungry"': "issues.alone",
    "interventions]\nPERMAKANAN = false": "interventions.PERMAKANAN",
}


@pytest.mark.parametrize(("text", "key"), WRONG.items(), ids=WRONG.values())
def test_what_does_not_fit_both_versions_is_named(old: Category, new: Category, text: str, key: str) -> None:
    assert key in found(files.read(f"[{text}", file="map.toml"), old, new)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('choices.criterion_needs]\nno = "yes"', "choices.criterion_needs"),
        ("choices.criterion_needs]\nno = false", "choices.criterion_needs"),
        ('defaults]\ncriterion_needs = "yes"', "defaults.criterion_needs"),
        ('defaults]\ncriterion_other = "no"', "defaults.criterion_other"),
        ('fields]\nsituation = "criterion_needs"', "fields.situation"),
        ('fields]\ncriterion_needs = "criterion_other"', "fields.criterion_needs"),
    ],
)
def test_a_mapping_judges_no_criterion(old: Category, text: str, key: str) -> None:
    (one,) = old.screening.criteria
    both = replace(old, screening=replace(old.screening, criteria=(one, replace(one, key="other"))))
    wrong = found(files.read(f"[stages.data_collection.{text}", file="map.toml"), both, both)
    assert wrong[f"stages.data_collection.{key}"] == "kriteria dinilai orang, bukan pemetaan"


@pytest.mark.parametrize(
    "text",
    [
        "[stage.assessment.fields]", "stages = 1", "[stages]\nassessment = 1", "[stages.assessment.field]",
        "[stages.assessment]\nfields = 1", "[stages.assessment.fields]\na = true", "[stages.assessment]\ndefaults = 1",
        "[stages.assessment.choices]\na = 1", "issues = []", "[issues", "[issues]\na = 1",
    ],
)  # fmt: skip
def test_a_file_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(BrokenDefinition, match=r"map\.toml"):
        files.read(text, file="map.toml")


def test_a_mapping_is_known_by_the_bytes_of_its_file() -> None:
    assert files.digest_of("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
