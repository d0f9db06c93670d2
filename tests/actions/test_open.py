"""Opening a case: who may, about whom, what is kept of bad identities, and one open case a subject and category."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from caseflow.actions import cases
from caseflow.actions.cases import OpenCase, open_case
from caseflow.actions.people import HouseholdData, HouseholdMember, PersonData
from caseflow.errors import (
    ClockBehind,
    ClosedCaseExists,
    DuplicateCase,
    Forbidden,
    InvalidInput,
    NotFound,
    Refused,
    UnknownCategory,
)
from caseflow.i18n import translate
from caseflow.store import subjects
from caseflow.store.tables import name_key
from tests.world import (
    ELSEWHERE,
    OTHER_VILLAGE,
    VILLAGE,
    VILLAGE_ELSEWHERE,
    World,
    act,
    adult,
    approved,
    at,
    broken,
    child,
    codes,
    days_later,
    household,
    nik,
    opened,
    owed,
    refused,
    row_of,
    take,
)


def open_for(person: PersonData | None = None, **more: Any) -> OpenCase:  # noqa: ANN401 - of OpenCase
    about = {} if more.keys() & {"household", "subject"} else {"person": person or adult()}
    return OpenCase(**{"category": "FM", "area": VILLAGE, **about, **more})


def about(world: World, case: str) -> subjects.Summary:
    return subjects.summary(world.session, row_of(world, case).subject_id, world.today)


# --- who, and where --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("by", "assigned"), [("intan", False), ("rina", True), ("sari", False)])
def test_a_case_is_opened_by_who_may(world: World, by: str, assigned: bool) -> None:  # noqa: FBT001 - a column of the table
    done = act(world, open_case, open_for(), by=by)
    row = row_of(world, done.case.id)
    assert (row.state, row.version, row.cycle, row.confidentiality) == ("data_collection", 1, 1, "R1")
    assert row.assignee_id == (world.office.ids[by] if assigned else None)
    assert codes(world, row.id) == ["case:opened"]
    assert owed(world, row.id).keys() == {"state_deadline"}
    assert not broken(world)


@pytest.mark.parametrize("by", ["kadis", "audit", "admin", "mitra", "luar"])
def test_a_case_is_not_opened_by_who_may_not(world: World, by: str) -> None:
    error = refused(world, Forbidden, open_case, open_for(), by=by)
    assert "petugas pendataan" in str(error)


def test_an_intake_officer_opens_cases_of_the_own_district_only(world: World) -> None:
    refused(world, Forbidden, open_case, open_for(area=OTHER_VILLAGE), by="intan")


@pytest.mark.parametrize("area", ["6310", "6310012999", "63.99.01.2001", "Batulicin", ""])
def test_a_subject_lives_in_a_known_district_or_village(world: World, area: str) -> None:
    assert set(refused(world, InvalidInput, open_case, open_for(area=area)).data["problems"]) == {"area"}


def test_numbers_run_by_regency_and_year(world: World) -> None:
    first = act(world, open_case, open_for()).case.number
    second = act(world, open_case, open_for()).case.number
    assert (first[:10], int(second[-6:]) - int(first[-6:])) == ("6310-2026-", 1)
    assert act(world, open_case, open_for(area=VILLAGE_ELSEWHERE), by="luar").case.number == f"{ELSEWHERE}-2026-000001"
    world.now += timedelta(days=400)
    assert act(world, open_case, open_for()).case.number == "6310-2027-000001"


def test_the_year_of_a_number_is_that_of_the_office(world: World) -> None:
    """At half past midnight of 1 January in Batulicin it is still the old year in Jakarta and in UTC."""
    world.now = world.now.replace(year=2027, month=1, day=1, hour=0, minute=30)
    assert act(world, open_case, open_for()).case.number == "6310-2027-000001"


# --- what is said ----------------------------------------------------------------------------------------------------


def test_an_unknown_category_names_the_known_ones(world: World) -> None:
    known = refused(world, UnknownCategory, open_case, open_for(category="XX")).data["known"]
    assert known.split(", ") == sorted(world.office.database.categories)


def test_a_case_is_about_one_subject_of_the_right_kind(world: World) -> None:
    none = OpenCase(category="FM", area=VILLAGE)
    both = OpenCase(category="FM", area=VILLAGE, person=adult(), household=household())
    for command in (none, both, open_for(category="KME"), open_for(category="AT", household=household())):
        assert set(refused(world, InvalidInput, open_case, command).data["problems"]) == {"subject"}


@pytest.mark.parametrize(
    ("command", "kinds", "sentence"),
    [
        (open_for(category="KME"), None, "Kategori ini untuk: keluarga."),
        (open_for(category="KAT"), None, "Kategori ini untuk: komunitas, keluarga."),
        (open_for(category="KM", household=household()), None, "Kategori ini untuk: orang, kelompok."),
        (open_for(category="KM"), ("group", "community"), "Kategori ini untuk: kelompok, komunitas."),
    ],
)
def test_whom_a_category_is_for_is_said(
    world: World, command: OpenCase, kinds: tuple[str, ...] | None, sentence: str
) -> None:
    if kinds:
        known = world.session.categories
        world.session.categories = {**known, "KM": replace(known["KM"], subject_kinds=kinds)}
    problems = refused(world, InvalidInput, open_case, command).data["problems"]
    assert problems == {"subject": sentence}
    assert translate(problems["subject"], "en").startswith("This category is for: ")


def test_a_case_was_not_opened_tomorrow(world: World) -> None:
    tomorrow = world.today + timedelta(days=1)
    problems = refused(world, InvalidInput, open_case, open_for(event_date=tomorrow)).data["problems"]
    assert problems == {"event_date": "Tanggal ini belum tiba."}


def test_an_unknown_issue_names_the_known_ones(world: World) -> None:
    error = refused(world, InvalidInput, open_case, open_for(issue="bored"))
    assert "cannot_pay_treatment" in error.data["problems"]["issue"]


def test_first_answers_are_saved_with_the_opening_or_nothing_is(world: World) -> None:
    error = refused(world, InvalidInput, open_case, open_for(answers={"situation": 5, "colour": "red"}))
    assert set(error.data["problems"]) == {"situation", "colour"}
    done = act(world, open_case, open_for(answers={"situation": "Atap bocor."}))
    assert codes(world, done.case.id) == ["case:opened", "case:record:saved"]


# --- one open case a subject and category ----------------------------------------------------------------------------


def test_a_second_case_of_a_person_and_category_names_the_first(world: World) -> None:
    someone = adult()
    first = act(world, open_case, open_for(someone)).case
    error = refused(world, DuplicateCase, open_case, open_for(someone), by="budi")
    assert (error.data["number"], error.data["case"]) == (first.number, first.id)
    error = refused(world, DuplicateCase, open_case, open_for(subject=row_of(world, first.id).subject_id))
    assert error.data["number"] == first.number


def test_a_closed_case_is_offered_for_opening_again(world: World) -> None:
    someone = adult()
    case = at(world, "assessment", person=someone)
    approved(world, case, "terminate", details={"reason_code": "moved"})
    error = refused(world, ClosedCaseExists, open_case, open_for(someone))
    assert error.data["number"] == row_of(world, case).number
    second = act(world, open_case, open_for(someone, new_despite_closed=True)).case
    assert row_of(world, second.id).subject_id == row_of(world, case).subject_id


def test_another_category_of_the_same_person_is_another_case(world: World) -> None:
    someone = child()
    first = opened(world, "FM", person=someone)
    done = act(world, open_case, open_for(someone, category="AT"))
    assert row_of(world, done.case.id).subject_id == row_of(world, first).subject_id
    assert done.warnings == ("NIK ini sudah tercatat; kasus dibuka untuk orang yang sama.",)


def test_a_known_subject_is_only_known_to_who_sees_a_case_of_it(world: World) -> None:
    subject = row_of(world, opened(world, by="luar", area=VILLAGE_ELSEWHERE)).subject_id
    refused(world, NotFound, open_case, open_for(subject=subject))
    refused(world, NotFound, open_case, open_for(subject="019c1bde-00e0-7cdd-ba2a-f5c6d5ebbaba"))
    refused(world, NotFound, open_case, open_for(subject="nobody"))


def test_a_person_served_elsewhere_is_not_served_twice_and_not_shown(world: World) -> None:
    someone = adult()
    opened(world, by="luar", area=VILLAGE_ELSEWHERE, person=someone)
    error = refused(world, Refused, open_case, open_for(someone))
    assert "6302" not in str(error)
    other = act(world, open_case, open_for(replace(someone, name="Orang Lain Sama Nomor")))
    assert about(world, other.case.id).data["nik_status"] == "belum_dicek", "a NIK is no way to ask who is on record"
    assert not other.warnings


def test_a_member_with_a_case_of_their_own_is_no_double(world: World) -> None:
    someone = adult()
    own = opened(world, person=someone)
    family = opened(world, "KME", household=household(someone, child()))
    members = subjects.members_of(world.session, row_of(world, family).subject_id, world.today)
    assert members[0].person_id == row_of(world, own).subject_id
    assert about(world, own).data["nik_status"] == "belum_dicek"


def test_a_member_of_a_known_household_gets_a_case_as_the_same_person(world: World) -> None:
    head = adult()
    family = opened(world, "KME", household=household(head, child()))
    own = opened(world, person=head)
    members = subjects.members_of(world.session, row_of(world, family).subject_id, world.today)
    assert row_of(world, own).subject_id == members[0].person_id


def test_a_household_is_known_by_its_card(world: World) -> None:
    head = adult()
    family = HouseholdData(kk="6310010101150001", members=(HouseholdMember(person=head, relation="kepala keluarga"),))
    command = OpenCase(category="KME", area=VILLAGE, household=family)
    first = act(world, open_case, command).case
    assert refused(world, DuplicateCase, open_case, command, by="budi").data["number"] == first.number
    other = replace(family, members=(HouseholdMember(person=adult(name="Zubaidah Hanum"), relation="kepala keluarga"),))
    assert act(world, open_case, replace(command, household=other)).case.number != first.number


def test_all_a_household_needs(world: World) -> None:
    def command(*members: HouseholdMember) -> OpenCase:
        return OpenCase(category="KME", area=VILLAGE, household=HouseholdData(members=members))

    head = HouseholdMember(person=adult(), relation="kepala keluarga")
    bad = (command(), command(replace(head, basis="neighbour")), command(replace(head, relation="x" * 41)))
    for each in bad:
        assert set(refused(world, InvalidInput, open_case, each).data["problems"]) == {"members"}


# --- identities as people have them ----------------------------------------------------------------------------------

BORN = date(1980, 3, 9)
GOOD = nik(BORN, "P", 77)


@pytest.mark.parametrize(
    ("typed", "status", "kept"),
    [
        (None, "belum_punya_nik", None),
        ("", "belum_punya_nik", None),
        ("tidak punya", "belum_punya_nik", None),
        (GOOD, "belum_dicek", GOOD),
        (f" {GOOD[:6]} {GOOD[6:12]}-{GOOD[12:]} ", "belum_dicek", GOOD),
        (GOOD[:15], "format_salah", GOOD[:15]),
        ("6310014903800O77", "format_salah", "6310014903800O77"),
        ("6,31001E+15", "format_salah", "6,31001E+15"),
        (f"{GOOD[:12]}0000", "anomali", f"{GOOD[:12]}0000"),
        (nik(BORN, "L", 77), "anomali", nik(BORN, "L", 77)),
        (nik(date(1981, 3, 9), "P", 77), "anomali", nik(date(1981, 3, 9), "P", 77)),
        ("1111111111111111", "anomali", "1111111111111111"),
    ],
)
def test_a_nik_is_kept_as_typed_with_its_status_and_never_blocks(
    world: World, typed: str | None, status: str, kept: str | None
) -> None:
    done = act(world, open_case, open_for(PersonData(name="Aminah", nik=typed, sex="P", birth=BORN.isoformat())))
    data = about(world, done.case.id).data
    assert (data["nik"], data["nik_status"]) == (kept, status)
    assert bool(done.warnings) == (status in {"format_salah", "anomali"})


@pytest.mark.parametrize("typed", [int(GOOD), float(GOOD), 0])
def test_a_nik_that_a_spreadsheet_made_a_number_is_refused(world: World, typed: float) -> None:
    error = refused(world, InvalidInput, open_case, open_for(PersonData(name="Aminah", nik=typed)))
    assert "terbaca sebagai angka" in error.data["problems"]["nik"]


def test_a_nik_of_two_people_makes_both_doubtful(world: World) -> None:
    first = opened(world, person=PersonData(name="Aminah", nik=GOOD, sex="P", birth=BORN.isoformat()))
    done = act(world, open_case, open_for(PersonData(name="Rusmini", nik=GOOD, sex="P", birth=BORN.isoformat())))
    assert [about(world, case).data["nik_status"] for case in (first, done.case.id)] == ["ganda", "ganda"]
    assert "data ganda" in done.warnings[-1]


@pytest.mark.parametrize(
    ("typed", "accuracy", "born", "age"),
    [
        ("2016-07-01", "exact", "2016-07-01", 9),
        ("9 Maret 2015", "exact", "2015-03-09", 10),
        ("03/2015", "month", "2015-03-01", 10),
        ("2015", "year", "2015-01-01", 10),
        ("sekitar 8 tahun", "estimated", "2018-02-02", 8),
        ({"age": 8}, "estimated", "2018-02-02", 8),
        ({"year": 2015, "month": 3}, "month", "2015-03-01", 10),
        (None, "unknown", None, None),
        ("tidak diketahui", "unknown", None, None),
    ],
)
def test_a_birth_is_kept_as_precisely_as_it_is_known(
    world: World, typed: object, accuracy: str, born: str | None, age: int | None
) -> None:
    case = opened(world, "AT", person=PersonData(name="Rizki", birth=typed))
    found = about(world, case)
    assert (found.data["birth_accuracy"], found.data["birth_date"], found.age) == (accuracy, born, age)
    assert found.child, "in doubt, a child"
    assert row_of(world, case).confidentiality == "R2"


@pytest.mark.parametrize("typed", ["2027-01-01", "31 Februari 2015", "1890", "kemarin", 20160701, {"day": 3}, ["2016"]])
def test_a_birth_that_cannot_be_is_refused(world: World, typed: object) -> None:
    error = refused(world, InvalidInput, open_case, open_for(PersonData(name="Rizki", birth=typed)))
    assert set(error.data["problems"]) == {"birth"}


def test_all_that_is_wrong_with_a_person_is_said_at_once(world: World) -> None:
    bad = PersonData(nik=5.0, kk=7, sex="x", birth="besok", phone="0" * 41, address="a" * 401)
    error = refused(world, InvalidInput, open_case, open_for(bad))
    assert set(error.data["problems"]) == {"name", "nik", "kk", "sex", "birth", "phone", "address"}


def test_a_nickname_is_name_enough(world: World) -> None:
    assert about(world, opened(world, person=PersonData(alias="Si Ujang"))).name == "Si Ujang"


def test_an_adult_case_of_a_child_is_limited(world: World) -> None:
    assert row_of(world, opened(world, "FM", person=child())).confidentiality == "R2"


# --- a closed file ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["intan", "rina", "sari"])
def test_a_closed_file_is_opened_by_who_may_and_seen_by_its_team(world: World, by: str) -> None:
    """An office may have a category whose files are closed (R3)."""
    office = world.office.database
    closed = {**office.categories, "AT": replace(office.categories["AT"], confidentiality="R3")}
    world.session.categories = closed
    done = act(world, open_case, open_for(child(), category="AT"), by=by)
    row = row_of(world, done.case.id)
    assert row.confidentiality == "R3"
    words = world.session.execute(select(name_key.c.key).where(name_key.c.subject_id == row.subject_id)).scalars().all()
    assert {len(word) for word in words} == {64}, "found by keyed tokens only"
    refused(world, NotFound, cases.hold_case, cases.HoldCase(case=row.id, until=world.today, reason="x"), by="budi")
    assign = cases.AssignCase(case=row.id, assignee=world.office.ids["rina"])
    act(world, cases.assign_case, assign, by="bambang")
    take(world, row.id, "terminate", by="rina", details={"reason_code": "moved"})


def test_a_clock_behind_all_that_was_written_opens_nothing(world: World) -> None:
    at(world, "assessment")
    days_later(world, 40)
    opened(world)  # the newest entry of all, of somebody else's case
    newest, command = world.now, OpenCase(category="FM", area=VILLAGE, person=adult())
    error = refused(world, ClockBehind, open_case, command, at=newest - timedelta(hours=1))
    assert "Perbaiki jam mesin" in str(error)
    act(world, open_case, command, at=newest - timedelta(seconds=30))  # what another machine's clock may be behind
