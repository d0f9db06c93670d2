"""Many cases in one request: each row answered, and a repeated request does none of them again."""

from sqlalchemy import update

from caseflow.store.tables import case_file
from tests.api.calling import Api, problem
from tests.api.making import made
from tests.world import VILLAGE


def test_each_row_is_answered_and_none_is_done_twice(api: Api) -> None:
    case, other = api.case("assessment"), api.case("monitoring")
    step = {"step": "return_for_data", "note": "Kurang lengkap."}
    body = {"rows": [{"case": case, **step}, {"case": other, **step}, {"case": "6310-2026-999999", **step}]}
    first = api.by("rina").post("/api/v1/steps/many", body, key="pagi")
    assert first.status_code == 200, first.text
    found = first.json()
    assert (found["done"], found["refused"]) == (1, 2)
    assert found["items"][0]["case"]["state"] == "data_collection"
    assert [row["problem"]["code"] for row in found["items"][1:]] == ["StepOutOfOrder", "NotFound"]
    again = api.by("rina").post("/api/v1/steps/many", body, key="pagi").json()
    assert again["items"][0] == {**found["items"][0], "repeated": True}
    body["rows"][0]["note"] = "Lain."
    problem(api.by("rina").post("/api/v1/steps/many", body, key="pagi"), 409, "IdempotencyMismatch")


def test_many_cases_are_opened_by_who_may(api: Api) -> None:
    rows = [{"category": "FM", "area": VILLAGE, "person": {"name": name}} for name in ("Siti", "Amat", "")]
    found = api.by("rina").post("/api/v1/cases/many", {"rows": rows}).json()
    assert [row["case"] is not None for row in found["items"]] == [True, True, False]
    assert found["items"][2]["problem"]["code"] == "InvalidInput"
    refused = api.by("audit").post("/api/v1/cases/many", {"rows": rows}).json()
    assert [row["problem"]["code"] for row in refused["items"]] == ["Forbidden"] * 3
    problem(api.by("rina").post("/api/v1/cases/many", {"rows": []}), 422, "InvalidInput")


def test_one_action_is_shared_and_settled_row_by_row(api: Api) -> None:
    person = {"kk": "6310010101010001"}
    rows = [{"category": "FM", "area": VILLAGE, "person": {"name": name, **person}} for name in ("Siti", "Amat")]
    opened = api.by("rina").post("/api/v1/cases/many", {"rows": rows}).json()["items"]
    own, other = (row["case"]["number"] for row in opened)
    into(api, "intervention_plan", own, other)
    item = made(api, opened[0]["case"]["id"], "plan-items", {"intervention": "SEMBAKO", "goal": "Pangan"})
    address = f"/api/v1/cases/{own}/plan-items/{item}"
    shared = api.by("rina").post(f"{address}/cases", {"cases": [other, own]}).json()
    assert (shared["done"], shared["items"][1]["problem"]["code"]) == (1, "Refused")
    into(api, "intervention", own, other)
    ended = api.by("rina").post(f"{address}/outcome", {"cases": [other], "outcome": "done"}).json()
    assert (ended["done"], ended["refused"]) == (2, 0)
    assert api.by("rina").get(f"/api/v1/cases/{own}/shared-items").json()["items"] == [
        {"item": item, "case": other, "state": "intervention", "status": "done", "result": ""}
    ]
    wrong = api.by("rina").post(f"{address}/outcome", {"cases": [other], "outcome": "fine"}).json()
    assert [row["problem"]["code"] for row in wrong["items"]] == ["InvalidInput"] * 2


def into(api: Api, state: str, *numbers: str) -> None:
    with api.database.write() as session:
        session.execute(update(case_file).where(case_file.c.number.in_(numbers)).values(state=state))
