"""Refusals: one form, two languages, one answer for absent and not visible, no word of it in the log."""

import logging
from datetime import timedelta

import pytest

from caseflow.actions import admin
from caseflow.store import cases as case_rows
from caseflow.store import definitions
from tests.api.calling import Api, problem
from tests.world import START, VILLAGE

CASES = "/api/v1/cases"
NOWHERE = "0198d3a2-7c1e-7a51-9f0e-3f1f6c2b9d10"


# --- absent and not visible -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["", "/steps", "/history", "/stages/assessment", "/assignees", "/letters/offered"])
def test_what_one_may_not_see_is_what_is_not_there(reading_api: Api, path: str) -> None:
    luar = reading_api.by("luar")
    hidden = luar.get(f"{CASES}/{reading_api.case('assessment')}{path}")
    absent = luar.get(f"{CASES}/{NOWHERE}{path}")
    assert hidden.content == absent.content
    assert hidden.status_code == absent.status_code == 404
    assert {k for k in hidden.headers if k != "x-request-id"} == {k for k in absent.headers if k != "x-request-id"}


@pytest.mark.parametrize(
    "case",
    ["x", "6310-2026-999999", "----", "-" * 36, "0" * 36, NOWHERE.upper(), "a%00b", "%ff", "1' OR '1'='1", "é" * 9],
)
def test_whatever_is_no_case_is_not_there(reading_api: Api, case: str) -> None:
    assert (
        reading_api.by("rina").get(f"{CASES}/{case}").content
        == reading_api.by("rina").get(f"{CASES}/{NOWHERE}").content
    )


@pytest.mark.parametrize("place", ["reviews/{}/approve", "letters/{}/void", "inbox/{}/read"])
@pytest.mark.parametrize("row", ["x", "-" * 36, NOWHERE, "400.9-0001"])
def test_rows_that_are_not_there(reading_api: Api, place: str, row: str) -> None:
    body = {} if "inbox" in place else {"reason": "x", "expected_version": 1}
    problem(reading_api.by("sari").post(f"/api/v1/{place.format(row)}", body), 404, "NotFound")


@pytest.mark.parametrize("row", ["x", "-" * 36, NOWHERE])
@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("plan-items/{}/done", {}),
        ("referrals/{}/answer", {"status": "done"}),
        ("consents/{}/withdraw", {}),
        ("placements/{}/end", {"reason": "x"}),
    ],
)
def test_parts_of_a_case_that_are_not_there(reading_api: Api, path: str, body: dict[str, str], row: str) -> None:
    problem(reading_api.change("rina", reading_api.case("intervention"), path.format(row), body), 404, "NotFound")


def test_the_parts_of_another_case_are_not_there(api: Api) -> None:
    theirs = api.by("rina").get(f"{CASES}/{api.case('intervention')}").json()["plan"][0]["id"]
    problem(api.change("rina", api.case("evaluation"), f"plan-items/{theirs}/done", {}), 404, "NotFound")


# --- languages --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("accept", "message"),
    [
        (None, "Data itu tidak ada, atau berada di luar wewenang Anda."),
        ("id-ID,id;q=0.9,en;q=0.5", "Data itu tidak ada, atau berada di luar wewenang Anda."),
        ("en-GB,en;q=0.9", "That record does not exist, or lies outside your authority."),
        ("de, en;q=0.3", "That record does not exist, or lies outside your authority."),
        ("xx", "Data itu tidak ada, atau berada di luar wewenang Anda."),
    ],
)
def test_a_refusal_speaks_the_language_of_its_reader(api: Api, accept: str | None, message: str) -> None:
    headers = {"accept_language": accept} if accept else {}
    response = api.by("rina").get(f"{CASES}/{NOWHERE}", **headers)
    assert problem(response, 404, "NotFound")["message"] == message
    assert "Accept-Language" in response.headers["vary"]


def test_english_reaches_fields_guards_and_labels(api: Api) -> None:
    rina, case = api.by("rina"), api.case("intervention_plan")
    fields = problem(rina.post(CASES, {"category": 1}, accept_language="en"), 422, "InvalidInput")["problems"]
    assert fields == {"category": "This answer must be text.", "area": "This field is required."}
    body = {"step": "approve_plan", "expected_version": api.version(case)}
    refused = problem(rina.post(f"{CASES}/{case}/steps", body, accept_language="en"), 422, "StepRefused")
    offered = {s["step"]: s for s in rina.get(f"{CASES}/{case}/steps", accept_language="en").json()}
    assert refused["unmet"] == offered["approve_plan"]["unmet"]
    assert offered["approve_plan"]["label"] == "Approve plan"
    assert not [u for u in refused["unmet"] if "belum" in u["message"].lower()]


# --- what the framework refuses ---------------------------------------------------------------------------------------


def test_unknown_addresses_and_methods_are_problems(api: Api) -> None:
    problem(api.by("rina").get("/api/v1/nowhere"), 404, "NotFound")
    response = api.by("rina").ask("DELETE", CASES)
    assert problem(response, 405, "MethodNotAllowed")["allowed"] == response.headers["allow"]


def test_a_wrong_token_is_refused_and_counted_by_address(api: Api) -> None:
    wrong = {"Authorization": "Bearer cf_salah"}
    for _attempt in range(20):
        problem(api.client.get("/api/v1/me", headers=wrong), 401, "NotAuthenticated")
    late = api.client.get("/api/v1/me", headers=wrong)
    found = problem(late, 429, "TooManyAttempts")
    assert found["minutes"] == 5
    assert 0 < int(late.headers["retry-after"]) <= 300
    assert api.by("rina").get("/api/v1/me").status_code == 200, "an office may share one address"


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic cm9vdA==", "Bearer " + "x" * 9000, "cf_abc"])
def test_whatever_is_no_token_is_nobody(api: Api, header: str) -> None:
    problem(api.client.get("/api/v1/me", headers={"Authorization": header}), 401, "NotAuthenticated")


def test_a_deactivated_persons_token_ends(api: Api) -> None:
    with api.database.write() as session:
        admin.deactivate_user(session, "rina", by=admin.ROOT, at=api.clock.now())
    problem(api.by("rina").get("/api/v1/me"), 401, "NotAuthenticated")


# --- what stays behind ------------------------------------------------------------------------------------------------


def test_the_log_names_the_route_and_nothing_that_was_sent(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        api.by("rina").post("/api/v1/search", {"q": "Aminah Rahasia"})
        api.by("rina").get(f"{CASES}?area=6310&state=Rahasia")
        api.by("rina").post(CASES, {"category": "FM", "area": VILLAGE, "person": {"name": "Rahasia", "nik": 123}})
        case = api.case("assessment")
        api.by("rina").get(f"{CASES}/{case}")
    ours = [r.msg for r in caplog.records if r.name == "caseflow.web" and isinstance(r.msg, dict)]
    assert [(m["method"], m["route"], m["status"]) for m in ours] == [
        ("POST", "/api/v1/search", 200),
        ("GET", "/api/v1/cases", 422),
        ("POST", "/api/v1/cases", 422),
        ("GET", "/api/v1/cases/{case}", 200),
    ]
    assert all(m["ms"] >= 0 and len(m["request"]) == 16 for m in ours)
    told = " ".join(str(r.msg) + str(r.args) for r in caplog.records if not r.name.startswith("httpx"))
    assert "Rahasia" not in told
    assert case not in told


def test_an_error_nobody_foresaw_is_one_sentence_with_a_number(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    case = api.case("assessment")
    with api.database.write() as session:
        definitions.add(session, "f" * 64, "FM", "Aminah {", at=api.clock.now())
        case_rows.amend(session, case, {"definition_digest": "f" * 64})
    with caplog.at_level(logging.ERROR):
        response = api.by("rina").get(f"{CASES}/{case}")
    found = problem(response, 500, "Unexpected")
    assert found["request"] == response.headers["x-request-id"]
    (told,) = [r.msg for r in caplog.records if r.name == "caseflow.web" and isinstance(r.msg, dict)]
    assert told["request"] == found["request"]
    assert told["error"] == "JSONDecodeError"
    assert any("stored.py" in place for place in told["places"])
    assert "Aminah" not in caplog.text


def test_time_that_ran_backwards_stops_writes_with_the_reason(api: Api) -> None:
    api.clock.move_to(START - timedelta(days=1))
    case = api.case("monitoring")
    found = problem(api.change("rina", case, "visits", {"finding": "Baik."}), 503, "ClockBehind")
    assert "jam mesin" in found["message"].lower()
