"""Goods for tests: kinds and places of an office, receipts, a delivery for the first item of a case's plan."""

from datetime import date
from typing import Any

from caseflow.actions import deliveries, goods, goods_kinds
from caseflow.actions.deliveries import Deliver, Line
from caseflow.actions.goods import Receive
from caseflow.actions.goods_kinds import AddGoods, AddPlace
from tests.world import ACTION, REGENCY, World, act, items_of

STORE, SHED = "Gudang Dinas", "Gudang Batulicin"
HELP = ACTION["FM"]
"""What the first item of the plans of the tests is, so that every kind may be handed over for it."""
KINDS = {
    "KURSI-RODA": ("Kursi roda", "unit", "rehabilitasi"),
    "MESIN-JAHIT": ("Mesin jahit", "unit", "pemberdayaan"),
    "TIDUR": ("Peralatan tidur", "set", "perlindungan"),
    "SEMBAKO": ("Paket sembako", "paket", "perlindungan"),
}
SAID = {"receiver": "Rusdi", "receiver_address": "RT 2", "location": "Kantor desa", "officer_post": "TKSK"}


def stored(world: World, *codes: str) -> None:
    """Record kinds of goods (all, unless said) and two places, with nothing in them."""
    for code in codes or KINDS:
        name, unit, pillar = KINDS[code]
        command = AddGoods(area=REGENCY, code=code, name=name, unit=unit, pillar=pillar, intervention=HELP)
        act(world, goods_kinds.add_item, command, by="sari")
    for name in (STORE, SHED):
        act(world, goods_kinds.add_place, AddPlace(area=REGENCY, name=name), by="sari")


def receipt(n: int = 1, code: str = "KURSI-RODA", **more: Any) -> Receive:  # noqa: ANN401 - of Receive
    """Return the command for goods that came from the Sentra."""
    said = {"source": "Sentra Phalamartha", "document": "BA/7", "document_on": date(2026, 1, 30), "place": STORE}
    return Receive(item=code, quantity=n, **{**said, **more})


def delivery(case: str, planned: str, n: int = 1, code: str = "KURSI-RODA", **more: Any) -> Deliver:  # noqa: ANN401 - of Deliver
    """Return the command for handing goods over."""
    lines = (Line(item=code, place=STORE, quantity=n),)
    return Deliver(case=case, plan_item=planned, **{"goods": lines, **SAID, **more})


def handed_over(world: World, case: str) -> tuple[str, str]:
    """Record two wheelchairs that came and one that was handed over; return the receipt and the delivery."""
    stored(world, "KURSI-RODA")
    came = act(world, goods.receive, receipt(2), by="sari")
    done = act(world, deliveries.deliver, delivery(case, items_of(world, case)[0].id))
    return str(came), str(done.created_id)
