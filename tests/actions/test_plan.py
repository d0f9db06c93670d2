"""The intervention plan: planned while planning, settled while intervening, evaluated at the evaluation."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from caseflow.actions.plan import (
    AddItem,
    ChangeItem,
    EvaluateItem,
    SettleItem,
    add_item,
    cancel_item,
    change_item,
    evaluate_item,
    finish_item,
)
from caseflow.errors import Forbidden, InvalidInput, NotFound, Refused, VersionConflict
from caseflow.store import children, log
from caseflow.store.tables import plan_item
from tests.world import World, act, at, evaluate, item, items_of, record, refused, row_of, take

STAGES = ("data_collection", "assessment", "intervention_plan", "intervention", "evaluation", "monitoring", "closed")


def add(case: str, **more: Any) -> AddItem:  # noqa: ANN401 - of AddItem
    return AddItem(**{"case": case, "intervention": "SEMBAKO", **more})


def planned(world: World, case: str) -> tuple[Any, dict[str, Any]]:
    """Return the first item of a case and its words."""
    row = children.of_case(world.session, plan_item, case)[0]
    return row, children.words(world.session, plan_item, row_of(world, case).subject_id, row)


@pytest.mark.parametrize("state", STAGES)
def test_an_action_is_planned_while_planning(world: World, state: str) -> None:
    case = at(world, state)
    if state not in {"assessment", "intervention_plan"}:
        refused(world, Refused, add_item, add(case))
        return
    done = act(world, add_item, add(case, goal="Cukup pangan"))
    assert [(i.id, i.goal, i.status) for i in items_of(world, case)] == [(done.created_id, "Cukup pangan", "planned")]
    entry = log.entries_of(world.session, case)[-1]
    assert (entry.code, "Cukup pangan" in entry.data) == ("case:plan_item:added", False), "words stay in the payload"


@pytest.mark.parametrize(("by", "error"), [("sari", Forbidden), ("audit", Forbidden), ("luar", NotFound)])
def test_only_a_caseworker_writes_the_plan(world: World, by: str, error: type[Forbidden]) -> None:
    case = at(world, "intervention_plan")
    mine = item(world, case)
    refused(world, error, add_item, add(case), by=by)
    refused(world, error, change_item, ChangeItem(case=case, item=mine, goal="x"), by=by)
    refused(world, error, cancel_item, SettleItem(case=case, item=mine, note="x"), by=by)


def test_an_action_is_of_a_known_kind_with_an_owner_who_works_here(world: World) -> None:
    case = at(world, "intervention_plan")
    assert (
        "SEMBAKO"
        in refused(world, InvalidInput, add_item, add(case, intervention="X")).data["problems"]["intervention"]
    )
    for owner in ("nobody", "019c1bde-00e0-7cdd-ba2a-f5c6d5ebbaba"):
        assert set(refused(world, InvalidInput, add_item, add(case, owner=owner)).data["problems"]) == {"owner"}


def test_a_change_keeps_what_is_not_named(world: World) -> None:
    case = at(world, "intervention_plan")
    mine = item(world, case)
    before, _words = planned(world, case)
    act(world, change_item, ChangeItem(case=case, item=mine, goal="Tujuan baru"), by="budi")
    after, words = planned(world, case)
    assert (words["goal"], after.due, after.owner_id) == ("Tujuan baru", before.due, before.owner_id)


def test_an_approved_action_that_is_changed_asks_again(world: World) -> None:
    case = at(world, "intervention")
    mine = items_of(world, case)[0].id
    refused(world, Refused, change_item, ChangeItem(case=case, item=mine, goal="x"))
    take(world, case, "amend_plan")
    assert [i.status for i in items_of(world, case)] == ["approved"]
    act(world, change_item, ChangeItem(case=case, item=mine, goal="Lebih banyak"))
    assert [i.status for i in items_of(world, case)] == ["planned"]


def test_an_action_is_done_once_during_the_intervention(world: World) -> None:
    case = at(world, "intervention_plan")
    mine = item(world, case)
    refused(world, Refused, finish_item, SettleItem(case=case, item=mine))
    case = at(world, "intervention")
    mine = items_of(world, case)[0].id
    tomorrow = world.today + timedelta(days=1)
    refused(world, InvalidInput, finish_item, SettleItem(case=case, item=mine, event_date=tomorrow))
    act(world, finish_item, SettleItem(case=case, item=mine, note="Diserahkan."))
    refused(world, Refused, finish_item, SettleItem(case=case, item=mine))
    refused(world, Refused, cancel_item, SettleItem(case=case, item=mine, note="x"))
    assert planned(world, case)[1]["note"] == "Diserahkan."


def test_an_action_is_cancelled_with_a_reason(world: World) -> None:
    case = at(world, "intervention")
    mine = items_of(world, case)[0].id
    assert set(refused(world, InvalidInput, cancel_item, SettleItem(case=case, item=mine)).data["problems"]) == {"note"}
    act(world, cancel_item, SettleItem(case=case, item=mine, note="Klien pindah."))
    assert take(world, case, "complete_intervention").state == "evaluation"


def test_a_goal_is_evaluated_at_the_evaluation(world: World) -> None:
    case = at(world, "intervention")
    mine = items_of(world, case)[0].id
    refused(world, Refused, evaluate_item, EvaluateItem(case=case, item=mine, result="met"))
    case = at(world, "evaluation")
    mine = items_of(world, case)[0].id
    refused(world, InvalidInput, evaluate_item, EvaluateItem(case=case, item=mine, result="fine"))
    refused(world, Forbidden, evaluate_item, EvaluateItem(case=case, item=mine, result="met"), by="sari")
    act(world, evaluate_item, EvaluateItem(case=case, item=mine, result="partly"))
    assert [i.result for i in items_of(world, case)] == ["partly"]


def test_goals_not_met_are_evaluated_again_after_a_revised_plan(world: World) -> None:
    case = at(world, "evaluation")
    evaluate(world, case, "not_met")
    take(world, case, "revise_plan")
    assert [i.result for i in items_of(world, case)] == [""]


@pytest.mark.parametrize(
    ("action", "state"),
    [
        (change_item, "intervention_plan"),
        (finish_item, "intervention"),
        (cancel_item, "intervention"),
        (evaluate_item, "evaluation"),
    ],
)
def test_an_action_of_another_case_is_not_there(world: World, action: Callable[..., Any], state: str) -> None:
    other = items_of(world, at(world, "monitoring"))[0].id
    case = at(world, state)
    for wrong in (other, "x"):
        commands = {
            change_item: ChangeItem(case=case, item=wrong, goal="x"),
            evaluate_item: EvaluateItem(case=case, item=wrong, result="met"),
        }
        refused(world, NotFound, action, commands.get(action, SettleItem(case=case, item=wrong, note="x")))


def test_an_action_of_an_earlier_cycle_is_history(world: World) -> None:
    case = at(world, "closed")
    old = items_of(world, case)[0].id
    take(world, case, "reopen", by="sari")
    assert items_of(world, case) == []
    refused(world, NotFound, change_item, ChangeItem(case=case, item=old, goal="x"))


def test_the_plan_needs_the_version_that_was_seen(world: World) -> None:
    case = at(world, "intervention_plan")
    seen = row_of(world, case).version
    record(world, case, "intervention_plan", {"companion": "Anak sulung"})
    assert row_of(world, case).version == seen, "a draft leaves the version people send as it is"
    act(world, add_item, add(case, expected_version=seen))
    refused(world, VersionConflict, add_item, add(case, expected_version=seen))
