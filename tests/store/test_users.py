"""Accounts as rows: the names of those who act."""

from caseflow.actions import views
from caseflow.store import users
from tests.world import World, opened, viewer


def test_names_of_people_and_of_nobody(world: World) -> None:
    rina = world.office.ids["rina"]
    assert users.names(world.session, {rina, ""}) == {rina: "Rina"}
    assert users.names(world.session, {""}) == users.names(world.session, set()) == {}


def test_a_case_that_is_given_to_nobody_yet_is_shown(world: World) -> None:
    case = opened(world, by="intan")
    assert views.view_case(world.session, case, by=viewer(world, "sari"), at=world.now).line.assignee is None
