"""What the routes of helpers and institutions are sent, and what has to be there first."""

from typing import Any

from tests.api.calling import Api
from tests.api.making import V1, Ids
from tests.world import VILLAGE

ROLE = {"type": "PKH", "area": "63.10.01", "start": "2024-02-01", "trainings": [{"name": "P2K2", "year": 2024}]}
CHANGED = {"name": "Siti Rahmah", "area": VILLAGE, "phone": "0812-55", "languages": ["banjar"]}
PERSON = {**CHANGED, "role": {"type": "PSM", "area": VILLAGE, "start": "2024-01-15"}}
ROW = {"name": "Siti Rahmah", "type": "PSM", "area": "Maju Makmur", "start": "2024"}
SHEET: dict[str, Any] = {"body": {"rows": [ROW]}, "versioned": False, "by": "sari", "not_by": "rina"}
HOME = {
    "name": "Balai Sejahtera", "kind": "care_home", "addressee": "Kepala Balai Sejahtera", "place": "Batulicin",
    "area": "63.10", "psks_type": "LKS", "capacity": 20, "accepts": ["referral"], "licence_until": "2027-01-31",
}  # fmt: skip


def helper(api: Api, _case: str) -> Ids:
    """Record a helper."""
    response = api.by("sari").post(f"{V1}/psks", PERSON)
    assert response.status_code == 201, response.text
    return {"helper": response.json()["id"], "psks_role": response.json()["roles"][0]["id"]}


def home(api: Api, _case: str) -> Ids:
    """Record an institution."""
    response = api.by("admin").post(f"{V1}/institutions", HOME)
    assert response.status_code == 201, response.text
    return {"institution": response.json()["id"]}
