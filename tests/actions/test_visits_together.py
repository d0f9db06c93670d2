"""One visit to a family: the cases it may be recorded in too, a row and an entry for each, refusals that stop none."""

from datetime import timedelta

from sqlalchemy import update

from caseflow.actions import casework, many, visits
from caseflow.actions.visits import AddVisit
from caseflow.store import children
from caseflow.store.tables import case_file, visit
from tests.world import World, adult, at, broken, codes, opened, row_of, viewer

KK = "6310010101010001"


def family(world: World, *states: str) -> list[str]:
    """Return cases of people of one family card, as if they had come to these states."""
    cases = [opened(world, person=adult(kk=KK)) for _state in states]
    for case, state in zip(cases, states, strict=True):
        world.session.execute(update(case_file).where(case_file.c.id == case).values(state=state))
    return cases


def offered(world: World, case: str, by: str = "rina") -> set[str]:
    work = casework.look(world.session, case, by=viewer(world, by), at=world.now)
    return {each.number for each in visits.at_the_same_door(work)}


def test_a_visit_is_offered_for_the_open_cases_of_the_household_that_one_may_visit(world: World) -> None:
    own, sister, early, secret = family(world, "intervention", "monitoring", "assessment", "intervention")
    stranger = at(world, "intervention")
    world.session.execute(update(case_file).where(case_file.c.id == secret).values(confidentiality="R3"))
    assert offered(world, own) == {row_of(world, sister).number}
    assert offered(world, own, by="sari") == set(), "a supervisor visits nobody"
    assert offered(world, stranger) == set()
    assert offered(world, secret) == set(), "a closed file is offered no other case"
    assert offered(world, early) == {row_of(world, case).number for case in (own, sister)}


def test_a_finding_of_a_closed_file_is_copied_into_no_other(world: World) -> None:
    secret, sister = family(world, "intervention", "intervention")
    rina = {"confidentiality": "R3", "assignee_id": world.office.ids["rina"]}
    world.session.execute(update(case_file).where(case_file.c.id == secret).values(rina))
    commands = [AddVisit(case=case, finding="Di rumah aman.") for case in (sister, secret)]
    outcomes = many.visit_many(world.session, commands, by=viewer(world, "rina"), at=world.now + timedelta(minutes=1))
    assert [outcome.problem.code if outcome.problem else "" for outcome in outcomes] == ["Refused", ""]


def test_each_case_has_its_own_row_and_entry_and_a_refusal_stops_no_other(world: World) -> None:
    own, early, sister = family(world, "intervention", "assessment", "monitoring")
    stranger, pausing = at(world, "intervention"), family(world, "intervention")[0]
    hold = {"held_until": world.today + timedelta(days=9)}
    world.session.execute(update(case_file).where(case_file.c.id == pausing).values(hold))
    day = world.today
    commands = [
        AddVisit(case=case, visited_on=day, finding="Semua sehat.") for case in (own, early, sister, stranger, pausing)
    ]
    before = len(children.of_case(world.session, visit, sister))
    outcomes = many.visit_many(world.session, commands, by=viewer(world, "rina"), at=world.now + timedelta(minutes=1))
    assert [outcome.problem.code if outcome.problem else "" for outcome in outcomes] == [
        "",
        "Refused",
        "",
        "Refused",
        "OnHold",
    ]
    assert "rumah" in str(outcomes[3].problem), "what was found in a home is told in no other"
    rows = {case: children.of_case(world.session, visit, case) for case in (own, early, sister)}
    assert [len(found) for found in rows.values()] == [1, 0, before + 1]
    assert {(found[-1].visited_on, found[-1].officer_id) for found in rows.values() if found} == {
        (day, world.office.ids["rina"])
    }
    assert codes(world, own)[-1] == codes(world, sister)[-1] == "case:visit:recorded"
    words = children.words(world.session, visit, row_of(world, sister).subject_id, rows[sister][-1])
    assert words["finding"] == "Semua sehat."
    assert not [found for found in broken(world) if found.table]
