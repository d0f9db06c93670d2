"""The three shipped categories, as the field needs them: words, length of forms, sources of numbers, law."""

import re

import pytest

from caseflow.states.category import PLACEMENTS, Category, Text
from caseflow.states.lifecycle import INITIAL, OPEN, RISKS, STATES
from tests.states.sample import CATEGORIES

ALL = list(CATEGORIES.values())


def sentences(category: Category) -> list[Text]:
    fields = [f for listed in category.stages.values() for f in listed]
    said = [category.name, category.definition, *(i.label for i in category.issues)]
    said += [t for c in category.screening.criteria for t in (c.label, c.help) if t]
    said += [t for f in fields for t in (f.label, f.help, *(c.label for c in f.choices)) if t]
    return said + [t for i in category.interventions for t in (i.name, i.help) if t]


@pytest.mark.parametrize("category", ALL, ids=lambda c: c.code)
def test_every_sentence_is_there_in_both_languages_and_without_stigma(category: Category) -> None:
    for said in sentences(category):
        assert said.id.strip()
        assert said.en.strip()
        assert not re.search(
            r"retardasi|psikotik|trafficking|cacat|PMKS|penyandang masalah|gepeng", said.id, re.IGNORECASE
        )


@pytest.mark.parametrize("category", ALL, ids=lambda c: c.code)
def test_forms_are_short_enough_for_a_phone(category: Category) -> None:
    for stage, fields in category.stages.items():
        always = [f.key for f in fields if f.required and f.when is None]
        assert len(always) <= 9, (stage, always)
        assert all(len(f.label.id) <= 60 for f in fields), stage


@pytest.mark.parametrize("category", ALL, ids=lambda c: c.code)
def test_data_collection_asks_for_the_least_that_a_case_needs(category: Category) -> None:
    required = {f.key for f in category.fields_of(INITIAL) if f.required and f.when is None}
    assert {"reporter_kind", "location", "situation", "risk", "data_basis"} <= required
    for stage in (INITIAL, "assessment"):
        risk = next(f for f in category.fields_of(stage) if f.key == "risk")
        assert tuple(c.key for c in risk.choices) == tuple(RISKS)


@pytest.mark.parametrize("category", ALL, ids=lambda c: c.code)
def test_an_assessment_has_assessor_date_problems_strengths_and_risk(category: Category) -> None:
    required = {f.key for f in category.fields_of("assessment") if f.required}
    assert {"assessed_on", "assessor", "problems", "strengths", "risk", "risk_reason"} <= required


@pytest.mark.parametrize("category", ALL, ids=lambda c: c.code)
def test_every_number_says_where_it_comes_from(category: Category) -> None:
    for deadline in category.deadlines.values():
        assert deadline.basis
    assert category.rhythm.basis
    assert category.screening.basis
    assert all(f.basis and f.year > 2000 for f in category.figures)
    assert set(category.deadlines) == set(OPEN) - {"monitoring"}
    assert set(category.stages) == set(STATES) - {"closed"}


def test_levels_and_kinds_follow_the_official_types() -> None:
    at, fm, kme = (CATEGORIES[code] for code in ("AT", "FM", "KME"))
    assert (at.ppks, at.confidentiality, at.subject_kinds, at.age) == (2, "R2", ("person",), (6, 18))
    assert (fm.ppks, fm.confidentiality, fm.subject_kinds) == (24, "R1", ("person", "household"))
    assert (kme.ppks, kme.confidentiality, kme.subject_kinds) == (24, "R1", ("household",))


def test_health_answers_of_a_poor_person_are_restricted() -> None:
    fields = {f.key: f for stage in CATEGORIES["FM"].stages.values() for f in stage}
    for key in ("health_need", "patient_name", "illness_class", "emergency", "facility", "physical", "psychological"):
        assert fields[key].confidentiality == "R2", key


def test_a_child_may_go_to_kin_an_institution_or_a_shelter() -> None:
    at = CATEGORIES["AT"]
    assert {i.placement for i in at.interventions if i.placement} == set(PLACEMENTS)
    assert [u.letter for u in at.letters] == ["rjk-lksa"]
    assert at.placement_review_months == 6


def test_extreme_poverty_is_screened_by_the_gate_and_eight_criteria() -> None:
    screening = CATEGORIES["KME"].screening
    assert [c.key for c in screening.criteria if c.gate] == ["no_home"]
    assert sum(not c.gate for c in screening.criteria) == 8
    assert screening.at_least == 3
    assert "bawaan kantor" in screening.basis
