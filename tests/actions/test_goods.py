"""The goods of an office: what comes in, is moved, counted and reversed; no day ever ends below zero."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select, update

from caseflow.actions import goods, goods_kinds, goods_lists
from caseflow.actions.goods import CountStock, Move, Reverse
from caseflow.actions.goods_kinds import AddGoods, AddPlace
from caseflow.actions.goods_lists import Asked
from caseflow.errors import Forbidden, InvalidInput, NotFound, Refused
from caseflow.i18n import error_message
from caseflow.states.stock import at_end_of, left_from
from caseflow.store import goods as rows
from caseflow.store.tables import access_entry, goods_stock
from tests.warehouse import SHED, STORE, receipt, stored
from tests.world import DISTRICT, REGENCY, World, act, broken, refused, viewer


@pytest.fixture
def stocked(world: World) -> World:
    """Return an office with its kinds of goods and two places, and nothing in them."""
    stored(world)
    return world


def office_of(world: World) -> Any:  # noqa: ANN401 - a row
    return goods_kinds.office_of(world.session, REGENCY, by=viewer(world, "sari"))


def left(world: World, code: str = "KURSI-RODA", place: str = STORE) -> int:
    """Return the stock of an item at a place, which is the sum of its movements."""
    office = office_of(world)
    found = goods_kinds.find_item(world.session, office.id, code)
    where = goods_kinds.find_place(world.session, office.id, place)
    kept = select(goods_stock.c.quantity).where(goods_stock.c.item_id == found.id, goods_stock.c.place_id == where.id)
    quantity = int(world.session.execute(kept).scalar() or 0)
    assert quantity == sum(n for _day, n in rows.days(world.session, found.id, where.id))
    return quantity


def test_what_came_is_moved_counted_and_reversed_on_record(stocked: World) -> None:
    world = stocked
    received = act(world, goods.receive, receipt(5), by="sari")
    act(world, goods.move, Move(item="kursi-roda", place=STORE, to_place=SHED, quantity=2), by="admin")
    assert (left(world), left(world, place=SHED)) == (3, 2)
    counted = CountStock(item="KURSI-RODA", place=SHED, counted=1, reason="Satu patah.")
    corrected = act(world, goods.count, counted, by="sari")
    assert act(world, goods.count, counted, by="sari") is None, "no difference, no movement"
    assert (left(world), left(world, place=SHED)) == (3, 1)
    undone = act(world, goods.reverse, Reverse(movement=corrected, reason="Ketemu."), by="bambang")
    assert left(world, place=SHED) == 2
    again = refused(world, Refused, goods.reverse, Reverse(movement=corrected, reason="Lagi."), by="sari")
    assert str(again.data["reason"]) == "Mutasi ini sudah dibatalkan."
    refused(world, Refused, goods.reverse, Reverse(movement=undone, reason="Balik."), by="sari")
    gone = refused(world, Refused, goods.reverse, Reverse(movement=received, reason="Salah."), by="sari")
    assert error_message(gone, "id").endswith("Stok Kursi roda di Gudang Dinas tinggal 3 unit.")
    found = goods_lists.movements(world.session, office_of(world), Asked(), by=viewer(world, "sari"))
    assert [one.row.kind for one in found] == ["reversal", "correction", "transfer", "receipt"]
    assert [one.undone for one in found] == [False, True, False, False]
    assert goods_lists.as_workbook(found, lang="en").startswith(b"PK")
    told = world.session.execute(select(access_entry.c.code).where(access_entry.c.code.startswith("goods:")))
    assert Counter(told.scalars()) == {
        "goods:item:added": 4, "goods:place:added": 2, "goods:movement:recorded": 4, "goods:stock:counted": 2
    }  # fmt: skip
    assert not broken(world)


WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"n": 0}, "quantity", "Harus bilangan bulat dari 1 sampai 1000000."),
    ({"n": -3}, "quantity", "Harus bilangan bulat dari 1 sampai 1000000."),
    ({"n": 1.5}, "quantity", "Harus bilangan bulat dari 1 sampai 1000000."),
    ({"n": True}, "quantity", "Harus bilangan bulat dari 1 sampai 1000000."),
    ({"code": "RODA"}, "item", "Barang ini tidak dikenal. Yang tercatat: KURSI-RODA, MESIN-JAHIT, SEMBAKO, TIDUR."),
    ({"place": "Garasi"}, "place", "Tempat ini tidak dikenal. Yang tercatat: Gudang Batulicin, Gudang Dinas."),
    ({"source": " "}, "source", "Sebut sumbernya: lembaga yang tercatat, atau satu kata seperti APBD atau CSR."),
    ({"document": ""}, "document", "Isian ini wajib."),
    ({"document_on": date(1, 1, 1)}, "document_on", "Tanggal ini lebih dari lima tahun lalu. Periksa tahunnya."),
    ({"document_on": date(2030, 1, 1)}, "document_on", "Tanggal ini belum tiba."),
    ({"received_on": date(2030, 1, 1)}, "received_on", "Tanggal ini belum tiba."),
]


def test_what_cannot_be_received_is_refused_with_the_sentence(stocked: World) -> None:
    for said, field, sentence in WRONG:
        error = refused(stocked, InvalidInput, goods.receive, receipt(**said), by="sari")
        assert {key: str(text) for key, text in error.data["problems"].items()} == {field: sentence}
    there = AddGoods(area=REGENCY, code="tidur", name="T", unit="set", pillar="perlindungan", intervention="TIDUR")
    assert "code" in refused(stocked, InvalidInput, goods_kinds.add_item, there, by="sari").data["problems"]
    odd = replace(there, code="<b>")
    told = refused(stocked, InvalidInput, goods_kinds.add_item, odd, by="sari").data["problems"]
    assert str(told["code"]) == "Hanya huruf A sampai Z, angka, dan tanda hubung."
    act(stocked, goods.receive, receipt(3), by="sari")
    stocked.session.execute(update(goods_stock).values(quantity=rows.CEILING - 2))
    full = refused(stocked, Refused, goods.receive, receipt(3), by="sari")
    assert str(full.data["reason"]) == "Stok di satu tempat paling banyak 1000000000."
    here = AddPlace(area=REGENCY, name=STORE)
    assert "name" in refused(stocked, InvalidInput, goods_kinds.add_place, here, by="sari").data["problems"]
    same = Move(item="TIDUR", place=STORE, to_place=STORE, quantity=1)
    assert "to_place" in refused(stocked, InvalidInput, goods.move, same, by="sari").data["problems"]


def test_goods_are_recorded_by_who_keeps_them_in_that_area(stocked: World) -> None:
    world = stocked
    made = act(world, goods.receive, receipt(1), by="admin")
    for name in ("rina", "intan", "kadis", "audit", "mitra"):
        refused(world, Forbidden, goods.receive, receipt(1), by=name)
        refused(world, NotFound, goods.reverse, Reverse(movement=made, reason="x"), by=name)
    elsewhere = refused(world, InvalidInput, goods.receive, receipt(1), by="luarsup")
    assert "item" in elsewhere.data["problems"], "another office has goods of its own"
    refused(world, NotFound, goods.receive, receipt(1, area=REGENCY), by="luarsup")
    refused(world, NotFound, goods.reverse, Reverse(movement=made, reason="x"), by="luarsup")
    refused(world, NotFound, goods_kinds.add_place, AddPlace(area=DISTRICT, name="Lain"), by="luarsup")
    with pytest.raises(Forbidden):
        goods_kinds.office_of(world.session, None, by=viewer(world, "mitra"))
    for name in ("rina", "kadis", "audit", "admin"):
        assert goods_kinds.office_of(world.session, None, by=viewer(world, name)).area_code == REGENCY


def test_what_came_today_was_not_there_last_week(stocked: World) -> None:
    world, ago = stocked, stocked.today - timedelta(days=7)
    act(world, goods.receive, receipt(2, received_on=ago), by="sari")
    act(world, goods.receive, receipt(3), by="sari")
    taken: dict[str, Any] = {"item": "KURSI-RODA", "place": STORE, "to_place": SHED, "moved_on": ago}
    error = refused(world, Refused, goods.move, Move(quantity=3, **taken), by="sari")
    assert str(error.data["reason"]) == ("Stok Kursi roda di Gudang Dinas sejak 26 Januari 2026 pernah tinggal 2 unit.")
    act(world, goods.move, Move(quantity=2, **taken), by="sari")
    assert (left(world), left(world, place=SHED)) == (3, 2)


# --- any order -------------------------------------------------------------------------------------------------------

_serial = count(1)
DAYS = st.integers(0, 4)
AMOUNTS = st.integers(1, 4)
PLACES = st.sampled_from([STORE, SHED])


def test_no_day_ends_below_zero_in_any_order(stocked: World) -> None:  # noqa: C901 - a machine with rules
    world = stocked

    class Ledger(RuleBasedStateMachine):
        """An item of its own, moved about; the model is a list of days and amounts a place."""

        def __init__(self) -> None:
            super().__init__()
            self.code = f"B{next(_serial)}"
            kind = {"name": "Barang", "unit": "unit", "pillar": "rehabilitasi", "intervention": "ALATBANTU"}
            act(world, goods_kinds.add_item, AddGoods(area=REGENCY, code=self.code, **kind), by="sari")
            self.moves: dict[str, list[tuple[date, int]]] = {STORE: [], SHED: []}
            self.done: list[tuple[str, list[tuple[str, int]]]] = []

        def carry(self, action: Any, command: object, day: date, effects: list[tuple[str, int]]) -> None:  # noqa: ANN401 - an action
            fits = all(n > 0 or left_from(self.moves[place], day) >= -n for place, n in effects)
            if not fits:
                with pytest.raises(Refused):
                    act(world, action, command, by="sari")
                return
            made = act(world, action, command, by="sari")
            for place, n in effects:
                self.moves[place].append((day, n))
            if made is not None and effects:
                self.done.append((made, effects))

        @rule(n=AMOUNTS, ago=DAYS, place=PLACES)
        def receive(self, n: int, ago: int, place: str) -> None:
            day = world.today - timedelta(days=ago)
            self.carry(goods.receive, receipt(n, self.code, received_on=day, place=place), day, [(place, n)])

        @rule(n=AMOUNTS, ago=DAYS, place=PLACES)
        def move(self, n: int, ago: int, place: str) -> None:
            day, other = world.today - timedelta(days=ago), SHED if place == STORE else STORE
            command = Move(item=self.code, place=place, to_place=other, quantity=n, moved_on=day)
            self.carry(goods.move, command, day, [(place, -n), (other, n)])

        @rule(n=st.integers(0, 6), ago=DAYS, place=PLACES)
        def count(self, n: int, ago: int, place: str) -> None:
            day = world.today - timedelta(days=ago)
            differs = n - at_end_of(self.moves[place], day)
            command = CountStock(item=self.code, place=place, counted=n, counted_on=day, reason="Opname")
            self.carry(goods.count, command, day, [(place, differs)] if differs else [])

        @rule(data=st.data())
        def reverse(self, data: st.DataObject) -> None:
            if self.done:
                made, effects = data.draw(st.sampled_from(self.done))
                before = len(self.done)
                back = [(place, -n) for place, n in effects]
                self.carry(goods.reverse, Reverse(movement=made, reason="Keliru"), world.today, back)
                if len(self.done) > before:
                    self.done.pop()
                    self.done.remove((made, effects))
                    with pytest.raises(Refused):
                        act(world, goods.reverse, Reverse(movement=made, reason="Lagi"), by="sari")

        @invariant()
        def the_stock_is_the_sum(self) -> None:
            for place, moves in self.moves.items():
                assert left(world, self.code, place) == at_end_of(moves, date.max)
                assert left_from(moves, date.min) >= 0

    few = settings(max_examples=8, stateful_step_count=10, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Ledger, settings=few)
