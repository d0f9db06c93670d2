"""Goods behind the API: kinds, places, receipts and deliveries, asked of the API before there is something to ask."""

from collections.abc import Mapping
from typing import Any

from tests.api.calling import Api
from tests.api.making import V1, Ids, planned
from tests.world import ACTION

ITEM: dict[str, Any] = {"area": "6310", "code": "KURSI-RODA", "name": "Kursi roda", "unit": "unit"}
ITEM |= {"pillar": "rehabilitasi", "intervention": ACTION["FM"]}
PLACE: dict[str, Any] = {"area": "6310", "name": "Gudang Dinas"}
AT: dict[str, Any] = {"item": "KURSI-RODA", "place": "Gudang Dinas"}
RECEIPT: dict[str, Any] = {**AT, "quantity": 2, "source": "Sentra", "document": "BA/7", "document_on": "2026-01-30"}
TRANSFER: dict[str, Any] = {**AT, "to_place": "Gudang Batulicin", "quantity": 1}
COUNT: dict[str, Any] = {**AT, "counted": 1, "reason": "Satu patah."}
HANDED: dict[str, Any] = {"plan_item": "{item}", "goods": [{**AT, "quantity": 1}], "receiver": "Rusdi"}
HANDED |= {"receiver_address": "RT 2", "location": "Kantor desa", "officer_post": "TKSK"}
BACK: dict[str, Any] = {**AT, "quantity": 1, "reason": "Pindah."}


def _recorded(api: Api, path: str, body: Mapping[str, Any]) -> str:
    response = api.by("sari").post(f"{V1}/goods/{path}", dict(body))
    assert response.status_code == 201, response.text
    return str(response.json()["id"])


def kept(api: Api, _case: str) -> Ids:
    """Record a kind of goods and two places."""
    _recorded(api, "items", ITEM)
    _recorded(api, "places", PLACE)
    return {"place": _recorded(api, "places", {**PLACE, "name": "Gudang Batulicin"})}


def received(api: Api, case: str) -> Ids:
    """Record two wheelchairs that came, and name an item of the case's plan."""
    kept(api, case)
    return {"movement": _recorded(api, "receipts", RECEIPT), **planned(api, case)}


def delivered(api: Api, case: str) -> Ids:
    """Hand one of them over."""
    ids = received(api, case)
    response = api.change("rina", case, "deliveries", {**HANDED, "plan_item": ids["item"]})
    assert response.status_code == 201, response.text
    return {**ids, "delivery": response.json()["id"]}
