"""What `audit verify` tells of goods and instruments that somebody changed in the database."""

from datetime import date

import pytest
from sqlalchemy import Executable, delete, insert, select, update

from caseflow.actions import goods
from caseflow.actions.goods import CountStock, Move, Reverse
from caseflow.store.tables import goods_item, goods_movement, goods_place, goods_stock
from tests.warehouse import SHED, STORE, receipt, stored
from tests.world import World, act, broken

KIND = goods_movement.c.kind
SET = (
    (goods_item, {"unit": "peti"}),
    (goods_item, {"name_id": "Kursi kayu"}),
    (goods_item, {"name_en": "Chair"}),
    (goods_place, {"name": "Rumah kepala gudang"}),
    (goods_place, {"area_code": "631001"}),
    (goods_movement, {"moved_on": date(2025, 12, 1)}),
    (goods_movement, {"source": "Pribadi"}),
    (goods_movement, {"document": "BA/8"}),
    (goods_movement, {"document_on": date(2025, 1, 1)}),
    (goods_movement, {"reason": "Hilang"}),
    (goods_movement, {"kind": "correction"}),
    (goods_movement, {"recorded_by": "01890000-0000-7000-8000-000000000000"}),
)


@pytest.fixture
def moved(world: World) -> World:
    """Return an office whose goods came, were moved, counted and reversed: nothing of it is broken."""
    stored(world, "KURSI-RODA")
    act(world, goods.receive, receipt(5), by="sari")
    act(world, goods.move, Move(item="KURSI-RODA", place=STORE, to_place=SHED, quantity=2), by="sari")
    counted = CountStock(item="KURSI-RODA", place=SHED, counted=1, reason="Satu patah.")
    wrong = act(world, goods.count, counted, by="sari")
    act(world, goods.reverse, Reverse(movement=wrong, reason="Ketemu."), by="sari")
    assert not broken(world)
    return world


def found_after(world: World, *crimes: Executable) -> set[tuple[str, str]]:
    """Return what is told of after statements that are taken back again: table and reason."""
    point = world.session.conn.begin_nested()
    for crime in crimes:
        world.session.execute(crime)
    told = {(each.table, each.reason) for each in broken(world)}
    point.rollback()
    return told


def test_every_changed_column_of_goods_is_told(moved: World) -> None:
    for table, values in SET:
        one = select(table.c.id).limit(1).scalar_subquery()
        assert found_after(moved, update(table).where(table.c.id == one).values(values)) == {(table.name, "row")}, (
            values
        )
    more = update(goods_movement).where(KIND == "receipt").values(quantity=6)
    assert found_after(moved, more) == {("goods_movement", "row"), ("goods_stock", "row")}


def test_goods_that_are_deleted_invented_or_hidden_are_told(moved: World) -> None:
    gone = delete(goods_movement).where(KIND == "reversal")
    assert found_after(moved, gone) == {("goods_movement", "gone"), ("goods_stock", "row")}
    assert found_after(moved, delete(goods_stock)) == {("goods_stock", "gone")}
    assert found_after(moved, update(goods_stock).values(quantity=9)) == {("goods_stock", "row")}
    row = moved.session.execute(select(goods_movement).where(KIND == "receipt")).one()._asdict()
    invented = insert(goods_movement).values({**row, "id": "01890000-0000-7000-8000-000000000001"})
    assert found_after(moved, invented) == {("goods_movement", "unlogged"), ("goods_stock", "row")}
    place = moved.session.execute(select(goods_place).limit(1)).one()._asdict()
    second = insert(goods_place).values({**place, "id": "01890000-0000-7000-8000-000000000002", "name": "Garasi"})
    assert found_after(moved, second) == {("goods_place", "unlogged")}
