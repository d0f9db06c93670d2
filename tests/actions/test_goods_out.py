"""Goods at the edge: what is out while its case or plan changes, bundles, many hands on one stock."""

from datetime import timedelta
from typing import Any

import pytest

from caseflow.actions import deliveries, goods, handed, plan
from caseflow.actions.deliveries import GiveBack
from caseflow.errors import Refused
from tests.actions.test_goods import left
from tests.warehouse import STORE, delivery, receipt, stored
from tests.world import (
    World,
    act,
    at,
    broken,
    items_of,
    refused,
    viewer,
)


@pytest.fixture
def stocked(world: World) -> World:
    """Return an office with 22 wheelchairs, and nothing of the other kinds."""
    stored(world)
    act(world, goods.receive, receipt(22, received_on=world.today - timedelta(days=40)), by="sari")
    return world


def shown(world: World, case: str, by: str = "rina") -> list[handed.Delivery]:
    return handed.of_case(world.session, case, by=viewer(world, by), at=world.now)


def back(delivery_id: str, **more: Any) -> GiveBack:  # noqa: ANN401 - of GiveBack
    said = {"item": "KURSI-RODA", "place": STORE, "quantity": 1, "reason": "Pindah."}
    return GiveBack(delivery=delivery_id, **{**said, **more})


def test_an_action_is_not_cancelled_while_its_goods_are_out(stocked: World) -> None:
    world, case = stocked, at(stocked, "intervention")
    planned = items_of(world, case)[0].id
    made = str(act(world, deliveries.deliver, delivery(case, planned, 2)).created_id)
    cancel = plan.SettleItem(case=case, item=planned, note="Tidak jadi.")
    error = refused(world, Refused, plan.cancel_item, cancel)
    assert str(error.data["reason"]).startswith("Untuk kegiatan ini 2 unit Kursi roda masih pada penerimanya.")
    act(world, deliveries.give_back, back(made))
    assert "1 unit" in str(refused(world, Refused, plan.cancel_item, cancel).data["reason"])
    act(world, deliveries.give_back, back(made))
    act(world, plan.cancel_item, cancel)
    refused(world, Refused, deliveries.deliver, delivery(case, planned))
    assert (left(world), broken(world)) == (22, ())
