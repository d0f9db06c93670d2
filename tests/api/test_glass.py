"""A closed file opened in need over the API: read for three hours, written never, one answer for what is not there."""

from datetime import timedelta

from tests.api import making
from tests.api.calling import Api, problem

OPEN = "/api/v1/closed-files/open"
WHY = "Klien dibawa ke IGD malam ini."


def test_who_opens_it_reads_for_three_hours_and_writes_nothing(api: Api) -> None:
    case = api.case("intervention")
    number = making.closed_file(api, case)["number"]
    budi, address = api.by("budi"), f"/api/v1/cases/{case}"
    problem(budi.get(address), 404, "NotFound")
    problem(budi.post(OPEN, {"number": number, "reason": " "}), 422, "InvalidInput")
    assert budi.post(OPEN, {"number": number, "reason": WHY}).json()["case"]["number"] == number
    shown = budi.get(address).json()
    assert shown["confidentiality"] == "R3"
    about = shown["subject"]
    assert about["name"] == f"Klien {number[-6:]}", "nobody by name"
    assert "•" in (about["nik"] or "•")
    assert not about["birth_date"]
    assert not about["mother_name"]
    assert budi.get(f"{address}/history").status_code == 200
    assert number not in budi.get("/api/v1/cases").text, "it stands in no list"
    problem(api.change("budi", case, "visits", {"finding": "x"}), 404, "NotFound")
    api.clock.ahead += timedelta(hours=3)
    problem(budi.get(address), 404, "NotFound")


def test_absent_open_and_elsewhere_is_one_answer(api: Api) -> None:
    number = making.closed_file(api, api.case("intervention"))["number"]
    asked = (("luar", number), ("luar", "6310-2026-999999"), ("budi", "6310-2026-999999"))
    said = [api.by(name).post(OPEN, {"number": each, "reason": WHY}).json()["message"] for name, each in asked]
    assert len(set(said)) == 1
