"""Cases over HTTP: opening, listing, searching, reading."""

from tests.api.calling import Api, problem
from tests.world import VILLAGE


def test_a_case_is_opened_and_read(api: Api) -> None:
    rina = api.by("rina")
    body = {"category": "AT", "area": VILLAGE, "person": {"name": "Budi Kecil", "birth": "sekitar 8 tahun", "sex": "L"}}
    opened = rina.post("/api/v1/cases", body)
    assert opened.status_code == 201, opened.text
    made = opened.json()
    assert made["number"].startswith("6310-20")
    shown = rina.get(f"/api/v1/cases/{made['id']}")
    assert shown.status_code == 200, shown.text
    found = shown.json()
    assert found["number"] == made["number"]
    assert found["subject"]["name"] == "Budi Kecil"
    assert found["confidentiality"] == "R2"
    problem(api.by("luar").get(f"/api/v1/cases/{made['id']}"), 404, "NotFound")
