"""One action that serves several cases of a household: tied rows, the rule of access, refusals that stop none."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from caseflow.actions import aid, casework, deliveries, plan, shared_items, views
from caseflow.actions.deliveries import Undo
from caseflow.actions.plan import EvaluateItem, SettleItem
from caseflow.actions.shared_items import ShareItem
from caseflow.errors import Forbidden, NotFound, Refused
from caseflow.store import children, log, reports
from caseflow.store.tables import case_file, plan_item
from tests.warehouse import delivery, handed_over
from tests.world import World, act, adult, at, bring, broken, codes, item, items_of, opened, refused, row_of, viewer

KK = "6310010101010009"


def family(world: World, *states: str) -> list[str]:
    """Return cases of people of one family card, as if they had come to these states."""
    cases = [opened(world, person=adult(kk=KK)) for _state in states]
    for case, state in zip(cases, states, strict=True):
        moved(world, case, state=state)
    return cases


def moved(world: World, case: str, **columns: Any) -> None:  # noqa: ANN401 - columns of a case
    world.session.execute(update(case_file).where(case_file.c.id == case).values(columns))


def shared(world: World, *others: str, of: str, row: str) -> list[str]:
    commands = [ShareItem(case=case, of=of, item=row) for case in others]
    world.now += timedelta(minutes=1)
    done = shared_items.share_many(world.session, commands, by=viewer(world, "rina"), at=world.now)
    return [outcome.problem.code if outcome.problem else "" for outcome in done]


def places(world: World, case: str, by: str = "rina") -> list[tuple[str, str, str, bool]]:
    found = shared_items.show(world.session, case, by=viewer(world, by), at=world.now)
    return [(place.number, place.status, place.result, place.may) for place in found]


def changed_rows(world: World) -> list[tuple[str, str]]:
    """Return the rows that are not what their entries say; the states of these cases are not either."""
    return [(found.table, found.row) for found in broken(world) if found.table]


def everywhere(world: World, action: Any, *commands: Any) -> list[str]:  # noqa: ANN401 - an action of the plan
    world.now += timedelta(minutes=1)
    done = shared_items.in_each(world.session, action, commands, by=viewer(world, "rina"), at=world.now)
    return [outcome.problem.code if outcome.problem else "" for outcome in done]


def test_each_case_has_its_own_row_words_and_entry_and_a_refusal_stops_no_other(world: World) -> None:
    own, sister, late, stranger = (
        *family(world, "intervention_plan", "assessment", "monitoring"),
        at(world, "assessment"),
    )
    mine = item(world, own)
    assert shared(world, sister, late, stranger, own, of=own, row=mine) == ["", "Refused", "Refused", "Refused"]
    (row,) = children.of_case(world.session, plan_item, sister)
    before = children.get(world.session, plan_item, own, mine)
    assert before is not None
    same = ("intervention", "owner_id", "due")
    assert (row.origin_id, *(getattr(row, name) for name in same)) == (mine, *(getattr(before, name) for name in same))
    assert items_of(world, sister)[0].goal == items_of(world, own)[0].goal, "a guard finds goal, owner and day in both"
    assert codes(world, sister)[-1] == "case:plan_item:added"
    assert not [each for each in log.entries_of(world.session, sister) if mine in each.data], (
        "it may close, and exports stay"
    )
    assert codes(world, own).count("case:plan_item:added") == 1
    assert shared(world, sister, of=own, row=mine) == ["Refused"], "it stands there once"
    assert places(world, own) == [(row_of(world, sister).number, "planned", "", True)]
    assert places(world, sister) == [(row_of(world, own).number, "planned", "", True)]
    assert changed_rows(world) == []
    world.session.execute(update(plan_item).where(plan_item.c.id == row.id).values(origin_id=None))
    assert changed_rows(world) == [("plan_item", row.id)], "an entry vouches for the tie"


def test_an_action_is_done_and_judged_once_for_all_whom_it_serves(world: World) -> None:
    own, sister, brother = family(world, *["intervention_plan"] * 3)
    mine = item(world, own)
    assert shared(world, sister, brother, of=own, row=mine) == ["", ""]
    for case in (own, sister):
        moved(world, case, state="intervention")
    settled = [SettleItem(case=case, item=mine, note="Diserahkan.") for case in (sister, brother, own)]
    assert everywhere(world, plan.finish_item, *settled) == ["", "Refused", ""], (
        "a plan nobody approved has nothing done"
    )
    assert [items_of(world, case)[0].status for case in (own, sister, brother)] == ["done", "done", "planned"]
    assert codes(world, sister)[-1] == "case:plan_item:done"
    for case in (own, sister):
        moved(world, case, state="evaluation")
    judged = [EvaluateItem(case=row_of(world, case).number, item=mine, result="partly") for case in (own, sister)]
    assert everywhere(world, plan.evaluate_item, *judged) == ["", ""]
    assert {found[1:3] for found in places(world, brother)} == {("done", "partly")}
    assert changed_rows(world) == []


def test_who_may_not_plan_in_both_shares_nothing_and_a_closed_file_is_in_none(world: World) -> None:
    own, sister, secret = family(world, *["intervention_plan"] * 3)
    mine, hidden = item(world, own), item(world, secret)
    share = ShareItem(case=sister, of=own, item=mine)
    refused(world, Forbidden, shared_items.share_item, share, by="sari")
    refused(world, NotFound, shared_items.share_item, share, by="luar")
    assert shared(world, sister, secret, of=own, row=mine) == ["", ""]
    rina = {"confidentiality": "R3", "assignee_id": world.office.ids["rina"]}
    moved(world, secret, **rina)
    refused(world, NotFound, shared_items.share_item, ShareItem(case=secret, of=own, item=mine), by="budi")
    refused(world, Refused, shared_items.share_item, ShareItem(case=sister, of=secret, item=hidden))
    assert places(world, secret) == [], "a closed file names nobody"
    told = views.history(world.session, secret, by=viewer(world, "rina"), at=world.now)
    shown = views.view_case(world.session, secret, by=viewer(world, "rina"), at=world.now)
    assert mine not in f"{told} {shown.plan}", "nor by an id"
    assert places(world, own) == places(world, own, by="budi") == [(row_of(world, sister).number, "planned", "", True)]
    cancel = [SettleItem(case=case, item=mine, note="Batal.") for case in (own, secret)]
    assert everywhere(world, plan.cancel_item, *cancel) == ["Refused", "Refused"], "no word of it goes either way"
    seen = casework.look(world.session, own, by=viewer(world, "rina"), at=world.now)
    assert {each.number for each in shared_items.offered(seen)} == {row_of(world, sister).number}


def test_help_that_is_shared_is_no_double_help_and_counts_once(world: World) -> None:
    own, sister = family(world, "intervention_plan", "intervention_plan")
    mine = item(world, own)
    assert shared(world, sister, of=own, row=mine) == [""]
    for case in (own, sister):
        moved(world, case, state="intervention")
    before = done_help(world)
    settled = [SettleItem(case=case, item=mine) for case in (own, sister)]
    assert everywhere(world, plan.finish_item, *settled) == ["", ""]
    world.session.execute(update(plan_item).where(plan_item.c.case_id == sister).values(status="planned"))
    assert aid.show(world.session, sister, by=viewer(world, "rina"), at=world.now).aids == ()
    world.session.execute(update(plan_item).where(plan_item.c.case_id == sister).values(status="done"))
    assert done_help(world) == before + 1


def done_help(world: World) -> int:
    """Return how many actions the report of these days counts."""
    during = reports.Period(world.today, world.today, world.now - timedelta(days=1), world.now + timedelta(days=1))
    return sum(reports.aid(world.session, row_of(world, at(world, "intervention")).office_id, during).values())


def test_goods_for_a_shared_action_are_handed_over_once(world: World) -> None:
    own, sister = at(world, "intervention"), bring(world, opened(world), "intervention")
    mine, theirs = (items_of(world, case)[0].id for case in (own, sister))
    world.session.execute(update(plan_item).where(plan_item.c.id == theirs).values(origin_id=mine))
    _came, delivered = handed_over(world, own)
    told = refused(world, Refused, deliveries.deliver, delivery(sister, theirs))
    assert told.data["reason"] == "Kursi roda sudah diserahkan untuk kegiatan ini.", (
        "no word of a case: it may be closed"
    )
    moved(world, own, cycle=2)
    refused(world, Refused, deliveries.deliver, delivery(sister, theirs))
    moved(world, own, cycle=1)
    cancel = [SettleItem(case=case, item=mine, note="Batal.") for case in (own, sister)]
    assert everywhere(world, plan.cancel_item, *cancel) == ["Refused", "Refused"], "what was given is not called off"
    act(world, deliveries.undo, Undo(what=delivered, reason="Salah kasus."), by="sari")
    act(world, deliveries.deliver, delivery(sister, theirs))


def test_what_was_cancelled_by_mistake_is_shared_again(world: World) -> None:
    own, sister = family(world, "intervention_plan", "intervention_plan")
    mine = item(world, own)
    number = row_of(world, sister).number
    assert shared(world, sister, of=own, row=mine) == [""]
    assert everywhere(world, plan.cancel_item, SettleItem(case=sister, item=mine, note="Salah kasus.")) == [""]
    assert places(world, own) == [(number, "cancelled", "", True)]
    assert shared(world, sister, sister, of=own, row=mine) == ["", "Refused"]
    assert places(world, own) == [(number, "planned", "", True)]
    assert everywhere(world, plan.cancel_item, SettleItem(case=sister, item=mine, note="Lagi.")) == [""], "what lives"
    assert [row.status for row in children.of_case(world.session, plan_item, sister)] == ["cancelled"] * 2


@pytest.mark.parametrize("status", ["done", "cancelled"])
def test_what_is_settled_serves_nobody_else(world: World, status: str) -> None:
    own, sister = family(world, "intervention_plan", "intervention_plan")
    mine = item(world, own)
    world.session.execute(update(plan_item).where(plan_item.c.id == mine).values(status=status))
    assert shared(world, sister, of=own, row=mine) == ["Refused"]
