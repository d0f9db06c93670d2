"""Two people with one NIK: each case says so, and names the other as far as its reader may see it."""

from dataclasses import replace
from datetime import date

from sqlalchemy import update

from caseflow.actions import casework, doubles
from caseflow.actions.people import HouseholdData, HouseholdMember, PersonData, change_person
from caseflow.store import niks, readings
from caseflow.store.tables import case_file
from tests.actions.test_people import changed
from tests.world import VILLAGE_ELSEWHERE, World, act, adult, nik, opened, row_of, viewer

BORN = date(1980, 3, 9)
ONE = PersonData(name="Aminah", nik=nik(BORN, "P", 177), sex="P", birth=BORN.isoformat())
OTHER = replace(ONE, name="Halimah")


def found(world: World, case: str, by: str) -> doubles.Doubles:
    return doubles.of_case(casework.look(world.session, case, by=viewer(world, by), at=world.now))


def number(world: World, case: str) -> str:
    return str(row_of(world, case).number)


def test_each_names_the_other_until_the_nik_is_put_right(world: World) -> None:
    one, other, third = opened(world, person=ONE), opened(world, person=OTHER), opened(world, person=adult())
    told = found(world, one, "rina")
    assert [(same.number, same.name) for same in told.seen] == [(number(world, other), "Halimah")]
    assert not told.hidden
    assert found(world, third, "rina") == doubles.Doubles((), (), hidden=False)
    assert niks.doubles_among(world.session, (one, other, third), world.today) == {one, other}
    act(world, change_person, changed(other, replace(OTHER, nik="")))
    assert found(world, one, "rina") == doubles.Doubles((), (), hidden=False)
    assert niks.doubles_among(world.session, (one, other, third), world.today) == set()


def test_being_shown_whose_nik_it_is_too_is_on_record(world: World) -> None:
    one, other = opened(world, person=ONE), opened(world, person=OTHER)
    world.session.execute(update(case_file).where(case_file.c.id == other).values(confidentiality="R2"))
    found(world, one, "rina")
    ((write, noted),) = world.session.leaving.items()
    assert write is readings.write
    assert [(reading.case_id, reading.part) for reading in noted] == [(other, "doubles")]


def test_what_the_reader_may_not_see_is_only_said_to_be_there(world: World) -> None:
    one, other = opened(world, person=ONE), opened(world, person=OTHER, area="6310022001")
    told = found(world, one, "intan")
    assert (told.seen, told.hidden) == ((), True), "intan records another kecamatan"
    assert [same.number for same in found(world, one, "rina").seen] == [number(world, other)]


def test_a_record_that_was_never_marked_is_not_hinted_at(world: World) -> None:
    opened(world, person=OTHER, area=VILLAGE_ELSEWHERE, by="luar")
    one = opened(world, person=ONE)
    assert found(world, one, "rina") == doubles.Doubles((), (), hidden=False)


def test_a_member_of_a_household_counts_for_its_case(world: World) -> None:
    one = opened(world, person=ONE)
    members = (
        HouseholdMember(person=adult(), relation="kepala keluarga"),
        HouseholdMember(person=OTHER, relation="istri"),
    )
    home = opened(world, category="KME", person=None, household=HouseholdData(members=members))
    told = found(world, home, "rina")
    assert len(told.people) == 1
    assert [same.number for same in told.seen] == [number(world, one)]
    assert [same.number for same in found(world, one, "rina").seen] == [number(world, home)]
    assert niks.doubles_among(world.session, (one, home), world.today) == {one, home}
    assert niks.doubles_among(world.session, (), world.today) == set()
