"""Orders of letters over the API: checked, made once, followed to the end."""

from tests.api.calling import Api, problem
from tests.api.making import ASSIGNMENT, V1

ORDERS = f"{V1}/letter-orders"
UNKNOWN = "6310-2020-000999"


def numbers(api: Api, *states: str) -> list[str]:
    return [api.by("rina").get(f"{V1}/cases/{api.case(state)}").json()["number"] for state in states]


def test_an_order_is_checked_made_once_and_followed(api: Api) -> None:
    rina, (one, two) = api.by("rina"), numbers(api, "assessment", "monitoring")
    body = {"letter": "ST", "fields": ASSIGNMENT, "rows": [{"case": one}, {"case": UNKNOWN}, {"case": two}]}
    checked = rina.post(f"{ORDERS}/check", body).json()
    assert (checked["cases"], checked["checked"]) == (3, 3)
    assert [(row["row"], row["case"], row["problem"]["code"]) for row in checked["refused"]] == [
        (2, UNKNOWN, "NotFound")
    ]
    made = rina.post(ORDERS, body).json()
    assert {k: made[k] for k in ("cases", "waiting", "refused", "over")} == {
        "cases": 3, "waiting": 2, "refused": 1, "over": False,
    }  # fmt: skip
    assert rina.post(ORDERS, body).json()["id"] == made["id"], "the same order within a day is the one there is"
    api.work()
    now = rina.get(f"{ORDERS}/{made['id']}").json()
    assert {k: now[k] for k in ("done", "refused", "waiting", "rendered", "making", "initials", "over")} == {
        "done": 2, "refused": 1, "waiting": 0, "rendered": 2, "making": 0, "initials": 0, "over": True,
    }  # fmt: skip
    rows = rina.get(f"{ORDERS}/{made['id']}/rows").json()
    assert [(row["case"], row["state"], bool(row["number"]), bool(row["reason"])) for row in rows] == [
        (one, "done", True, False),
        (UNKNOWN, "refused", False, True),
        (two, "done", True, False),
    ]
    assert [order["id"] for order in rina.get(ORDERS).json()] == [made["id"]]
    assert api.by("budi").get(ORDERS).json() == []


def test_what_is_no_order_is_refused(api: Api) -> None:
    rina, (one,) = api.by("rina"), numbers(api, "assessment")
    for body, key in (
        ({"letter": "st", "fields": ASSIGNMENT}, "rows"),
        ({"letter": "st", "fields": ASSIGNMENT, "rows": [{"case": one}], "category": "FM"}, "rows"),
        ({"letter": "st", "fields": ASSIGNMENT, "category": "XX"}, "category"),
        ({"letter": "st", "fields": ASSIGNMENT, "rows": [{"case": one}, {"case": one}]}, "cases"),
        ({"letter": "st", "rows": [{"case": one}]}, "task"),
        ({"letter": "rjk-baz", "rows": [{"case": one}], "institution": "x"}, "institution"),
    ):
        for path in (ORDERS, f"{ORDERS}/check"):
            assert key in problem(rina.post(path, body), 422, "InvalidInput")["problems"]
    problem(rina.post(ORDERS, {"letter": "pujian", "rows": [{"case": one}]}), 422, "UnknownLetter")
