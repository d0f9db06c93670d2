"""The goods ledger: what comes in, is moved, counted, handed over, given back and reversed; never below zero."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from caseflow.actions import deliveries, goods
from caseflow.actions.deliveries import Deliver, Line
from caseflow.actions.goods import AddGoods, AddPlace, Receive
from caseflow.errors import Refused
from caseflow.i18n import error_message
from caseflow.store import goods as rows
from caseflow.store import letters, log
from caseflow.store.tables import goods_stock
from tests.world import REGENCY, World, act, at, broken, codes, items_of, refused, row_of, viewer

STORE, SHED = "Gudang Dinas", "Gudang Batulicin"
SEED = {
    "KURSI-RODA": ("Kursi roda", "unit", "rehabilitasi", "ALATBANTU"),
    "MESIN-JAHIT": ("Mesin jahit", "unit", "pemberdayaan", "USAHA"),
    "TIDUR": ("Peralatan tidur", "set", "perlindungan", "TIDUR"),
    "SEMBAKO": ("Paket sembako", "paket", "perlindungan", "SEMBAKO-PAKET"),
}
"""What Sentra Phalamartha gave: 1 + 21 wheelchairs, 2 sewing machines, 3 bedding sets, 26 food packages."""


@pytest.fixture
def stored(world: World) -> World:
    """Return an office with its kinds of goods and two places, and nothing in them."""
    for code, (name, unit, pillar, help_code) in SEED.items():
        command = AddGoods(area=REGENCY, code=code, name=name, unit=unit, pillar=pillar, intervention=help_code)
        act(world, goods.add_item, command, by="sari")
    for name in (STORE, SHED):
        act(world, goods.add_place, AddPlace(area=REGENCY, name=name), by="sari")
    return world


def receipt(n: int = 1, code: str = "KURSI-RODA", **more: Any) -> Receive:  # noqa: ANN401 - of Receive
    said = {"source": "Sentra Phalamartha", "document": "BA/7", "document_on": date(2026, 1, 30), "place": STORE}
    return Receive(item=code, quantity=n, **{**said, **more})


def delivery(case: str, planned: str, n: int = 1, code: str = "KURSI-RODA", **more: Any) -> Deliver:  # noqa: ANN401 - of Deliver
    said = {"receiver": "Rusdi", "receiver_address": "RT 2", "location": "Kantor desa", "officer_post": "TKSK"}
    lines = (Line(item=code, place=STORE, quantity=n),)
    return Deliver(case=case, plan_item=planned, **{"goods": lines, **said, **more})


def left(world: World, code: str = "KURSI-RODA", place: str = STORE) -> int:
    (office,) = {row.office_id for row in rows.items(world.session, _office(world))}
    found, where = goods.find_item(world.session, office, code), goods.find_place(world.session, office, place)
    kept = select(goods_stock.c.quantity).where(goods_stock.c.item_id == found.id, goods_stock.c.place_id == where.id)
    quantity = int(world.session.execute(kept).scalar() or 0)
    assert quantity == sum(n for _day, n in rows.days(world.session, found.id, where.id))
    return quantity


def _office(world: World) -> str:
    return str(goods.office_of(world.session, REGENCY, by=viewer(world, "sari")).id)


def ready(world: World) -> tuple[str, str]:
    """Return a case in intervention and an approved item of its plan."""
    case = at(world, "intervention")
    return case, items_of(world, case)[0].id


def said_to(error: Any, lang: str = "id") -> str:  # noqa: ANN401 - an error of ours
    return error_message(error, lang)


def test_what_the_sentra_gave_is_handed_over_to_the_last_piece(stored: World) -> None:
    world, (case, planned) = stored, ready(stored)
    act(world, goods.receive, receipt(1), by="sari")
    act(world, goods.receive, receipt(21), by="sari")
    for code, n in (("MESIN-JAHIT", 2), ("TIDUR", 3), ("SEMBAKO", 26)):
        act(world, goods.receive, receipt(n, code), by="sari")
    everything = {"KURSI-RODA": 22, "MESIN-JAHIT": 2, "TIDUR": 3, "SEMBAKO": 26}
    lines = tuple(Line(item=code, place=STORE, quantity=n) for code, n in everything.items())
    done = act(world, deliveries.deliver, delivery(case, planned, goods=lines, value=45_000_000))
    assert {code: left(world, code) for code in everything} == dict.fromkeys(everything, 0)
    (made,) = deliveries.of_case(world.session, case, by=viewer(world, "rina"), at=world.now)
    assert made.id == done.created_id
    assert [(each.item.code, each.quantity) for each in made.goods] == list(everything.items())
    letter = letters.by_id(world.session, made.letter_id)
    assert letter is not None
    subject = letters.facts_of(world.session, _subject(world, case), letter)
    said = subject["fields"]
    assert said["items"][3] == ["Paket sembako", "26 (dua puluh enam) paket", "Sentra Phalamartha"]
    assert (said["source"], said["receiver"], said["value"]) == ("Sentra Phalamartha", "Rusdi", 45_000_000)
    assert codes(world, case)[-2:] == ["case:letter:issued", "case:goods:delivered"]
    entry = log.entries_of(world.session, case)[-1]
    assert "Rusdi" not in entry.data
    assert not broken(world)
    error = refused(world, Refused, deliveries.deliver, delivery(*ready(world)))
    assert said_to(error) == "Stok Kursi roda di Gudang Dinas tinggal 0 unit."


def _subject(world: World, case: str) -> str:
    return str(row_of(world, case).subject_id)
