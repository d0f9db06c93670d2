"""Who belongs to a household: joined and left on a day, the same person everywhere, and told on record."""

from datetime import timedelta
from typing import Any

import pytest

from caseflow.actions.households import AddMember, EndMember, add_member, end_member
from caseflow.errors import Forbidden, InvalidInput, NotFound, Refused, VersionConflict
from caseflow.store import log, subjects
from tests.world import (
    World,
    act,
    adult,
    at,
    broken,
    child,
    codes,
    days_later,
    opened,
    refused,
    row_of,
)


def joins(case: str, **more: Any) -> AddMember:  # noqa: ANN401 - of AddMember
    return AddMember(**{"case": case, "person": adult(), "relation": "nenek", "basis": "lives_with", **more})


def members(world: World, case: str) -> list[Any]:
    return subjects.members_of(world.session, row_of(world, case).subject_id, world.today)


def test_somebody_joins_and_leaves(world: World) -> None:
    case = opened(world, "KME")
    before = len(members(world, case))
    joined = str(act(world, add_member, joins(case)).created_id)
    assert [m.id for m in members(world, case)][before:] == [joined]
    days_later(world, 10)
    act(world, end_member, EndMember(case=case, member=joined, reason="Pindah ke anaknya."))
    assert len(members(world, case)) == before
    assert codes(world, case)[-2:] == ["case:household:joined", "case:household:left"]
    words = log.payloads_of(world.session, row_of(world, case).subject_id, case)
    assert words[log.entries_of(world.session, case)[-1].id] == {"reason": "Pindah ke anaknya."}
    refused(world, NotFound, end_member, EndMember(case=case, member=joined))
    assert not broken(world)


@pytest.mark.parametrize(("by", "error"), [("sari", Forbidden), ("audit", Forbidden), ("luar", NotFound)])
def test_others_do_not_write_who_belongs_to_it(world: World, by: str, error: type[Forbidden]) -> None:
    case = opened(world, "KME")
    refused(world, error, add_member, joins(case), by=by)
    refused(world, error, end_member, EndMember(case=case, member=members(world, case)[0].id), by=by)


def test_a_person_with_a_case_joins_as_the_same_person(world: World) -> None:
    someone = adult()
    own = opened(world, person=someone)
    case = opened(world, "KME")
    act(world, add_member, joins(case, person=someone))
    assert members(world, case)[-1].person_id == row_of(world, own).subject_id
    assert subjects.summary(world.session, row_of(world, own).subject_id, world.today).data["nik_status"] != "ganda"
    refused(world, Refused, add_member, joins(case, person=someone))


def test_what_is_wrong_with_a_member(world: World) -> None:
    case = opened(world, "KME")
    for said, field in (
        ({"relation": " "}, "relation"),
        ({"relation": "x" * 41}, "relation"),
        ({"basis": "neighbour"}, "basis"),
        ({"starts_on": world.today + timedelta(days=1)}, "starts_on"),
        ({"person": child(name="", alias="")}, "name"),
    ):
        assert set(refused(world, InvalidInput, add_member, joins(case, **said)).data["problems"]) == {field}
    early = EndMember(case=case, member=members(world, case)[0].id, ends_on=world.today - timedelta(days=1))
    assert set(refused(world, InvalidInput, end_member, early).data["problems"]) == {"ends_on"}
    refused(world, NotFound, end_member, EndMember(case=case, member="x"))
    refused(world, VersionConflict, add_member, joins(case, expected_version=9))


def test_a_person_is_no_household(world: World) -> None:
    refused(world, Refused, add_member, joins(at(world, "assessment")))
