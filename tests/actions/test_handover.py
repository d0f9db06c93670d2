"""Handover: what waits for who leaves, who might take it, and giving it away; each case for itself."""

from sqlalchemy import update

from caseflow.actions import admin, handover, many
from caseflow.actions.cases import AssignCase, OpenCase, assign_case, open_case
from caseflow.actions.handover import HandOver
from caseflow.errors import Forbidden, NotFound
from caseflow.store import cases as case_rows
from caseflow.store.tables import case_file
from tests.world import (
    MINUTE,
    OTHER_VILLAGE,
    World,
    act,
    adult,
    broken,
    codes,
    days_later,
    opened,
    refused,
    row_of,
    told,
    viewer,
)


def there(world: World) -> str:
    """Return a case of rina in the kecamatan where dewi works."""
    command = OpenCase(category="FM", area=OTHER_VILLAGE, person=adult())
    return str(act(world, open_case, command).case.id)


def shown(world: World, by: str = "sari") -> handover.Leaving:
    return handover.leaving(world.session, "rina", by=viewer(world, by), at=world.now)


def given(world: World, *cases: str, to: str = "budi", run: str = "pagi", by: str = "sari") -> list[many.Outcome]:
    rina, other = world.office.ids["rina"], world.office.ids[to]
    commands = [HandOver(case=case, worker=rina, to=other, note="Mutasi ke dinas lain.") for case in cases]
    world.now += MINUTE
    return handover.hand_over(world.session, commands, run=run, by=viewer(world, by), at=world.now)


def test_the_nearest_and_least_busy_is_suggested(world: World) -> None:
    near = there(world)
    held = {one.line.id: one for one in shown(world).cases}
    assert held[near].suggested == world.office.ids["dewi"]
    why = held[near].why
    assert why is not None
    assert why.near
    others = [one for one in held.values() if one.area != OTHER_VILLAGE]
    assert others
    assert {one.suggested for one in others} == {world.office.ids["budi"]}, "dewi works elsewhere"
    assert all(world.office.ids["rina"] not in one.able for one in held.values())


def test_what_is_late_is_counted_for_who_leaves(world: World) -> None:
    case = opened(world)
    before = shown(world)
    assert next(one for one in before.cases if one.line.id == case).late == 0
    days_later(world, 20)
    after = shown(world)
    assert next(one for one in after.cases if one.line.id == case).late == 1
    assert after.worker.load.late > before.worker.load.late
    assert after.worker.load.open == len(after.cases)


def test_cases_are_handed_over_together_and_a_refused_one_stops_no_other(world: World) -> None:
    first, second, third = opened(world), there(world), opened(world)
    taken = AssignCase(case=third, assignee=world.office.ids["budi"])
    act(world, assign_case, taken, by="sari")
    done = given(world, first, second, third, "6310-2026-999999")
    assert [outcome.problem is None for outcome in done] == [True, True, False, False]
    assert "tidak dipegang orang itu" in str(done[2].problem.data["reason"] if done[2].problem else "")
    assert isinstance(done[3].problem, NotFound)
    for case in (first, second):
        assert row_of(world, case).assignee_id == world.office.ids["budi"]
        assert codes(world, case)[-1] == "case:assigned"
    assert not broken(world)


def test_both_are_told_once_for_all(world: World) -> None:
    cases = [opened(world) for _each in range(3)]
    given(world, *cases[:2])
    given(world, cases[2])
    assert len(told(world, "budi", "handed_over")) == 1
    assert len(told(world, "rina", "handed_on")) == 1
    assert not [one for one in told(world, "budi", "assigned") if one.case_id in cases]


def test_another_day_and_another_supervisor_are_told_again(world: World) -> None:
    given(world, opened(world), run="")
    given(world, opened(world), run="november")
    given(world, opened(world), run="november", by="bambang")
    days_later(world, 30)
    given(world, opened(world), run="november")
    assert len(told(world, "budi", "handed_over")) == 4


def test_only_a_supervisor_of_the_area_hands_over(world: World) -> None:
    case = opened(world)
    (outcome,) = given(world, case, by="luarsup")
    assert isinstance(outcome.problem, NotFound)
    refused(world, Forbidden, lambda s, _c, by, at: handover.leaving(s, "rina", by=by, at=at), None, by="rina")
    refused(world, NotFound, lambda s, _c, by, at: handover.leaving(s, "rina", by=by, at=at), None, by="luarsup")
    refused(world, NotFound, lambda s, _c, by, at: handover.leaving(s, "luar", by=by, at=at), None, by="sari")


def test_who_may_not_take_a_case_is_refused_by_name(world: World) -> None:
    (outcome,) = given(world, opened(world), to="dewi")
    assert "Budi" in str(outcome.problem.data["problems"]["assignee"] if outcome.problem else "")


def test_a_closed_file_is_handed_over_by_its_team_alone(world: World) -> None:
    case = opened(world)
    world.session.execute(update(case_file).where(case_file.c.id == case).values(confidentiality="R3"))
    before = shown(world)
    assert case not in {one.line.id for one in before.cases}
    (outcome,) = given(world, case)
    assert isinstance(outcome.problem, NotFound)
    case_rows.join_team(world.session, case, (world.office.ids["sari"],))
    after = shown(world)
    assert case in {one.line.id for one in after.cases}
    assert after.worker.load.open == before.worker.load.open + 1


def test_a_closed_account_leads_its_supervisors_to_the_handover(world: World) -> None:
    case = opened(world)
    open_now = shown(world).worker.load.open
    left = act(world, lambda s, name, by, at: admin.deactivate_user(s, name, by=by, at=at), "rina", by="admin")
    assert left == open_now
    assert told(world, "sari", "handover_due")
    found = shown(world)
    assert not found.worker.active
    assert case in {one.line.id for one in found.cases}
