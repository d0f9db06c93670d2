"""The person of a case and who works on it: corrected on record, told to whom it concerns, and a child kept as one."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from caseflow.actions.cases import AssignCase, assign_case
from caseflow.actions.people import ChangePerson, PersonData, change_person
from caseflow.errors import Forbidden, InvalidInput, NotFound, Refused, VersionConflict
from caseflow.store import log, subjects
from caseflow.store.tables import name_key
from tests.world import (
    World,
    act,
    adult,
    at,
    broken,
    child,
    codes,
    nik,
    opened,
    ready_plan,
    refused,
    row_of,
    take,
    told,
)

BORN = date(1980, 3, 9)
PERSON = PersonData(name="Aminah", nik=nik(BORN, "P", 77), sex="P", birth=BORN.isoformat())


def changed(case: str, person: PersonData = PERSON, version: int | None = None) -> ChangePerson:
    return ChangePerson(case=case, person=person, expected_version=version)


def about(world: World, case: str) -> subjects.Summary:
    return subjects.summary(world.session, row_of(world, case).subject_id, world.today)


# --- the person ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["intan", "rina"])
def test_a_person_is_corrected_on_record(world: World, by: str) -> None:
    case = opened(world, by="intan", person=PERSON)
    act(world, change_person, changed(case, replace(PERSON, name="Siti Aminah", phone="0812-5550-1000")), by=by)
    assert about(world, case).name == "Siti Aminah"
    entry = log.entries_of(world.session, case)[-1]
    words = log.payloads_of(world.session, row_of(world, case).subject_id, case)[entry.id]
    assert (entry.code, entry.data) == ("case:person:changed", '{"fields":["name","phone"]}')
    assert words == {
        "before": {"name": "Aminah", "phone": None},
        "after": {"name": "Siti Aminah", "phone": "0812-5550-1000"},
    }
    assert not broken(world)


@pytest.mark.parametrize(
    ("by", "error"), [("sari", Forbidden), ("kadis", Forbidden), ("audit", Forbidden), ("luar", NotFound)]
)
def test_a_person_is_not_corrected_by_others(world: World, by: str, error: type[Forbidden]) -> None:
    refused(world, error, change_person, changed(opened(world)), by=by)


def test_a_wrong_correction_changes_nothing(world: World) -> None:
    case = opened(world)
    wrong = PersonData(name="", nik=5, birth="2999-01-01")
    assert set(refused(world, InvalidInput, change_person, changed(case, wrong)).data["problems"]) == {
        "name",
        "nik",
        "birth",
    }
    refused(world, VersionConflict, change_person, changed(case, version=7))


def test_a_household_is_no_person(world: World) -> None:
    refused(world, NotFound, change_person, changed(opened(world, "KME")))


def test_a_case_of_somebody_who_is_a_child_becomes_limited_on_record(world: World) -> None:
    case = opened(world, person=adult())
    assert row_of(world, case).confidentiality == "R1"
    act(world, change_person, changed(case, child()))
    assert row_of(world, case).confidentiality == "R2"
    assert '"confidentiality":"R2"' in log.entries_of(world.session, case)[-1].data
    act(world, change_person, changed(case, adult()))
    assert row_of(world, case).confidentiality == "R2", "nothing that was limited becomes open by itself"


def test_every_open_case_of_a_person_hears_of_the_correction(world: World) -> None:
    someone = child()
    first = opened(world, "FM", person=someone)
    second = opened(world, "AT", person=someone)
    before = row_of(world, second).facts_version
    act(world, change_person, changed(first, replace(someone, name="Nama Benar")))
    assert row_of(world, second).facts_version == before + 1
    assert about(world, second).name == "Nama Benar"


def test_a_corrected_nik_frees_the_other_from_being_a_double(world: World) -> None:
    first = opened(world, person=PERSON)
    second = opened(world, person=replace(PERSON, name="Rusmini"))
    assert [about(world, case).data["nik_status"] for case in (first, second)] == ["ganda", "ganda"]
    act(world, change_person, changed(second, replace(PERSON, name="Rusmini", nik=nik(BORN, "P", 78))))
    assert [about(world, case).data["nik_status"] for case in (first, second)] == ["belum_dicek", "belum_dicek"]
    third = opened(world, person=replace(PERSON, name="Halimah"))
    assert [about(world, case).data["nik_status"] for case in (first, third)] == ["ganda", "ganda"]


def test_a_name_is_found_as_it_is_now(world: World) -> None:
    case = opened(world, person=PERSON)
    subject = row_of(world, case).subject_id
    act(world, change_person, changed(case, replace(PERSON, name="Halimatus Sadiyah")))
    assert subjects.same_name(world.session, subject, "halimatus")
    assert not subjects.same_name(world.session, subject, "Aminah")


# --- who works on it -------------------------------------------------------------------------------------------------


def give(world: World, case: str, name: str, version: int | None = None) -> AssignCase:
    return AssignCase(case=case, assignee=world.office.ids[name], reason="Wilayahnya.", expected_version=version)


def test_a_supervisor_gives_a_case_to_a_worker_of_its_area(world: World) -> None:
    case = opened(world, by="intan")
    act(world, assign_case, give(world, case, "budi"), by="sari")
    assert row_of(world, case).assignee_id == world.office.ids["budi"]
    assert (codes(world, case)[-1], len(told(world, "budi", "assigned", case=case))) == ("case:assigned", 1)


@pytest.mark.parametrize(
    ("by", "error"), [("rina", Forbidden), ("kadis", Forbidden), ("audit", Forbidden), ("luarsup", NotFound)]
)
def test_nobody_else_gives_cases_away(world: World, by: str, error: type[Forbidden]) -> None:
    case = opened(world)
    refused(world, error, assign_case, give(world, case, "budi"), by=by)


@pytest.mark.parametrize("name", ["luar", "dewi", "sari", "intan"])
def test_a_case_goes_to_a_caseworker_of_its_area_only(world: World, name: str) -> None:
    error = refused(world, InvalidInput, assign_case, give(world, opened(world), name), by="sari")
    assert error.data["problems"]["assignee"].endswith("Budi, Rina.")


def test_an_assignment_has_its_limits(world: World) -> None:
    refused(world, Refused, assign_case, give(world, at(world, "closed"), "budi"), by="sari")
    refused(world, VersionConflict, assign_case, give(world, opened(world), "budi", 9), by="sari")
    unknown = AssignCase(case=opened(world), assignee="x")
    refused(world, InvalidInput, assign_case, unknown, by="sari")


def test_a_review_of_a_person_who_was_corrected_still_stands(world: World) -> None:
    """A name is no part of what a plan's approval looks at."""
    case = at(world, "intervention_plan")
    ready_plan(world, case)
    review = take(world, case, "approve_plan").review_id
    world.now += timedelta(hours=1)
    act(world, change_person, changed(case, replace(adult(), name="Nama Benar")))
    assert "case:review:voided" not in codes(world, case)
    assert review is not None


def test_whoever_turns_out_to_be_a_child_limits_every_open_case(world: World) -> None:
    case = opened(world, "FM", person=PERSON)
    other = opened(world, "GLD", subject=row_of(world, case).subject_id)
    act(world, change_person, changed(case, replace(PERSON, nik=None, birth="sekitar 9 tahun")))
    assert [row_of(world, each).confidentiality for each in (case, other)] == ["R2", "R2"]
    assert codes(world, other)[-1] == "case:confidentiality:raised"
    assert not broken(world)


def test_the_name_of_a_closed_file_stays_hidden_whichever_case_is_edited(world: World) -> None:
    case = opened(world, "FM", person=PERSON)
    secret = opened(world, "ODHA", subject=row_of(world, case).subject_id)
    assert row_of(world, secret).confidentiality == "R3"
    act(world, change_person, changed(case, replace(PERSON, name="Siti Aminah")))
    query = select(name_key.c.key).where(name_key.c.subject_id == row_of(world, case).subject_id)
    assert {len(key) for key in world.session.execute(query).scalars()} == {64}, "found by keyed tokens only"
