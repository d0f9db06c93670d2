"""Goods that are out while plan and case change; several kinds on one BAST; many hands on one stock."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select

from caseflow.actions import deliveries, goods, handed, plan
from caseflow.actions.cases import HoldCase, ResumeCase, hold_case, resume_case
from caseflow.actions.deliveries import GiveBack, Line, Undo
from caseflow.actions.goods import Move, Reverse
from caseflow.errors import CaseflowError, InvalidInput, NotFound, OnHold, Refused
from caseflow.store import letters as letter_rows
from caseflow.store.aid import given
from caseflow.store.tables import goods_stock
from tests.actions.test_goods import left
from tests.conftest import DatabaseFactory
from tests.warehouse import SHED, STORE, delivery, receipt, stored
from tests.world import (
    Office,
    World,
    act,
    at,
    bring,
    broken,
    fill,
    items_of,
    open_database,
    opened,
    refused,
    rolled_back,
    row_of,
    take,
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
    assert str(error.data["reason"]).startswith("Barang untuk kegiatan ini masih pada penerimanya: Kursi roda, 2 unit.")
    act(world, deliveries.give_back, back(made))
    assert "1 unit" in str(refused(world, Refused, plan.cancel_item, cancel).data["reason"])
    act(world, deliveries.give_back, back(made))
    act(world, plan.cancel_item, cancel)
    refused(world, Refused, deliveries.deliver, delivery(case, planned))
    assert (left(world), broken(world)) == (22, ())


def test_a_case_that_rests_or_is_closed_takes_goods_back_and_gives_none(stocked: World) -> None:
    world, case = stocked, at(stocked, "intervention")
    planned = items_of(world, case)[0].id
    made = str(act(world, deliveries.deliver, delivery(case, planned, 2)).created_id)
    act(world, hold_case, HoldCase(case=case, until=world.today + timedelta(days=9), reason="Keluarga ke luar kota."))
    refused(world, OnHold, deliveries.deliver, delivery(case, planned))
    returned = str(act(world, deliveries.give_back, back(made)).created_id)
    act(world, deliveries.undo, Undo(what=returned, reason="Salah."), by="sari")
    act(world, resume_case, ResumeCase(case=case, reason="Pulang."))
    bring(world, case, "closed")
    refused(world, Refused, deliveries.deliver, delivery(case, planned))
    act(world, deliveries.give_back, back(made))
    assert (left(world), broken(world)) == (21, ())


def test_goods_of_a_cycle_that_ended_come_back_and_none_go_out_on_its_plan(stocked: World) -> None:
    world, case = stocked, at(stocked, "intervention")
    planned = items_of(world, case)[0]
    made = str(act(world, deliveries.deliver, delivery(case, planned.id, 2)).created_id)
    bring(world, case, "closed")
    take(world, case, "reopen", by="sari")
    bring(world, case, "intervention")
    refused(world, NotFound, deliveries.deliver, delivery(case, planned.id))
    act(world, deliveries.deliver, delivery(case, items_of(world, case)[-1].id))
    act(world, deliveries.give_back, back(made))
    assert [each.goods[0].kept for each in shown(world, case)] == [1, 1]
    subject = row_of(world, case).subject_id
    assert {each.status for each in given(world.session, {subject}, {planned.intervention})} == {"done"}
    assert (left(world), broken(world)) == (20, ())


def test_one_bast_lists_every_kind_with_its_own_source_from_every_place(stocked: World) -> None:
    """A household's bundle: what belongs together goes out together, for one action of the plan."""
    world, case = stocked, at(stocked, "intervention")
    planned = items_of(world, case)[0].id
    act(world, goods.receive, receipt(20, "SEMBAKO", source="APBD", place=STORE), by="sari")
    act(world, goods.receive, receipt(6, "SEMBAKO", source="APBD", place=SHED), by="sari")
    act(world, goods.receive, receipt(3, "TIDUR", source="CSR Bank"), by="sari")
    bundle = [("SEMBAKO", STORE, 20), ("KURSI-RODA", STORE, 22), ("SEMBAKO", SHED, 6), ("TIDUR", STORE, 3)]
    lines = tuple(Line(item=code, place=place, quantity=n) for code, place, n in bundle)
    twice = refused(world, InvalidInput, deliveries.deliver, delivery(case, planned, goods=(*lines, lines[0])))
    assert "tiap tempat" in str(twice.data["problems"]["goods"])
    made = str(act(world, deliveries.deliver, delivery(case, planned, goods=lines)).created_id)
    (there,) = shown(world, case)
    letter = letter_rows.by_id(world.session, there.letter_id)
    assert letter is not None
    said = letter_rows.facts_of(world.session, row_of(world, case).subject_id, letter)["fields"]
    assert said["items"] == [
        ["Paket sembako", "26 (dua puluh enam) paket", "APBD"],
        ["Kursi roda", "22 (dua puluh dua) unit", "Sentra Phalamartha"],
        ["Peralatan tidur", "3 (tiga) set", "CSR Bank"],
    ]
    assert said["source"] == "APBD, CSR Bank dan Sentra Phalamartha"
    assert [each.quantity for each in there.goods] == [26, 22, 3]
    refused(world, Refused, deliveries.give_back, back(made, item="SEMBAKO", quantity=27))
    act(world, deliveries.give_back, back(made, item="SEMBAKO", quantity=25, place=SHED))
    assert next(each.kept for each in shown(world, case)[0].goods) == 1
    assert not broken(world)


# --- many hands ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_four_at_once_never_take_more_than_there_is_and_nothing_twice(
    kind: str, migrated_url: DatabaseFactory, tmp_path: Path
) -> None:
    """Of four who act at the same moment one delivers, one undoes, one reverses; of ten that lie there ten go."""
    url = migrated_url(kind)
    database = open_database(url, tmp_path)
    office = fill(database)
    with database.write() as session:
        world = World(office, session)
        stored(world, "KURSI-RODA")
        came = act(world, goods.receive, receipt(3), by="sari")
        act(world, goods.receive, receipt(7, place=SHED), by="sari")
        case = bring(world, opened(world), "intervention")
        handing = delivery(case, items_of(world, case)[0].id)
        now = world.now
    others = [open_database(url, tmp_path) for _n in range(4)]

    def at_once(action: Callable[..., Any], *commands: object, by: str) -> list[Any]:
        gate = Barrier(4)

        def run(n: int) -> Any:  # noqa: ANN401 - the result or the refusal
            gate.wait(30)
            try:
                with others[n].write() as session:
                    there = World(Office(others[n], office.ids, {}, {}), session, now)
                    return act(there, action, commands[n % len(commands)], by=by)
            except CaseflowError as refusal:
                return refusal

        with ThreadPoolExecutor(4) as threads:
            found = list(threads.map(run, range(4)))
        lost = [each for each in found if isinstance(each, CaseflowError)]
        assert all(isinstance(each, Refused) for each in lost), found
        return [each for each in found if not isinstance(each, CaseflowError)]

    (made,) = at_once(deliveries.deliver, handing, by="rina")
    (_undone,) = at_once(deliveries.undo, Undo(what=made.created_id, reason="Salah."), by="sari")
    away = Move(item="KURSI-RODA", place=SHED, to_place=STORE, quantity=2)
    assert len(at_once(goods.move, away, by="sari")) == 3
    with rolled_back(office) as world:
        assert {row.quantity for row in world.session.execute(select(goods_stock))} == {9, 1}
    assert len(at_once(goods.reverse, Reverse(movement=str(came), reason="Salah."), by="sari")) == 1
    with rolled_back(office) as world:
        assert {row.quantity for row in world.session.execute(select(goods_stock))} == {6, 1}
        assert not broken(world)
    for each in (database, *others):
        each.close()
