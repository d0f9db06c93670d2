"""A closed file opened in need over the API: read for three hours, written never, one answer for what is not there."""

from datetime import timedelta

from tests.api import making, warehouse
from tests.api.calling import Api, problem

OPEN = "/api/v1/closed-files/open"
READ = (
    "", "/history", "/steps", "/stages/data_collection", "/stages/assessment", "/same-aid", "/registry-checks",
    "/conferences", "/attachments", "/instruments", "/drafts", "/letters/offered", "/deliveries", "/reminders",
    "?as_of=2027-02-02",
)  # fmt: skip
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


def test_nobody_is_named_to_who_opened_it(api: Api) -> None:
    case = api.case("intervention")
    address = f"/api/v1/cases/{case}"
    person = api.by("rina").get(address).json()["subject"]
    assert person["nik"]
    for body in (
        {"purpose": "data", "relation": "self", "giver": person["name"]},
        {"purpose": "referral", "relation": "mother", "giver": f"Ibu {person['name']}", "receiver": "charity"},
    ):
        assert api.change("rina", case, "consents", body).status_code == 201
    making.conference(api, case)
    making.measured(api, case)
    ids = warehouse.received(api, case)
    handed = {**warehouse.HANDED, "plan_item": ids["item"], "receiver": person["name"]}
    assert api.change("rina", case, "deliveries", handed).status_code == 201
    making.attached(api, case)
    making.letter(api, case)
    number = making.closed_file(api, case)["number"]
    budi = api.by("budi")
    budi.post(OPEN, {"number": number, "reason": WHY})
    read = {}
    for path in READ:
        answer = budi.get(f"{address}{path}")
        assert answer.status_code == 200, (path, answer.text)
        read[path] = answer.text
    read["letter"] = budi.get(f"/api/v1/letters/{budi.get(address).json()['letters'][0]['id']}").text
    told = {path for path, text in read.items() if any(word in text for word in (person["name"], person["nik"]))}
    assert told == set()
