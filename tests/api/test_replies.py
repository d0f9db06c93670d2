"""Answers by code over the API: what is told, what is not, and how often somebody may guess."""

from tests.api.calling import Api, problem
from tests.api.making import V1, linked


def test_a_code_tells_nothing_of_the_client_and_takes_one_answer(api: Api) -> None:
    case = api.case("intervention")
    ids = linked(api, case)
    path = f"{V1}/replies/{ids['reply']}"
    asked = api.client.get(path).json()
    assert asked["state"] == "open"
    assert set(asked["choices"]) == {"accepted", "refused", "done", "returned"}
    assert api.by("rina").get(f"{V1}/cases/{case}").json()["subject"]["name"] not in str(asked)
    problem(api.client.post(path, json={"status": "refused", "officer": "Ani"}), 422, "InvalidInput")
    problem(api.client.post(path, json={"status": "done", "officer": "Ani", "more": 1}), 422, "InvalidInput")
    said = api.client.post(path, json={"status": "done", "officer": "Ani"})
    assert said.json()["state"] == "waiting"
    problem(api.client.post(path, json={"status": "done", "officer": "Ani"}), 422, "Refused")
    shown = api.by("rina").get(f"{V1}/cases/{case}").json()["referrals"][0]
    assert (shown["status"], shown["offered"]) == ("open", "done")


def test_a_link_that_is_asked_for_again_is_another_one(api: Api) -> None:
    case = api.case("intervention")
    ids = linked(api, case)
    body = {"expected_version": api.version(case)}
    path = f"{V1}/cases/{case}/referrals/{ids['referral']}/link"
    first = api.by("rina").post(path, body, key="k").json()["code"]
    assert first != ids["reply"]
    problem(api.client.get(f"{V1}/replies/{ids['reply']}"), 404, "NotFound")
    assert api.client.get(f"{V1}/replies/{first}").status_code == 200


def test_wrong_codes_are_counted(api: Api) -> None:
    for n in range(20):
        problem(api.client.get(f"{V1}/replies/{n:024d}"), 404, "NotFound")
    problem(api.client.get(f"{V1}/replies/{20:024d}"), 429, "TooManyAttempts")
