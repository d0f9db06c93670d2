"""Erasing somebody over the API, and every answer about somebody who was erased."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from caseflow.store import letters
from caseflow.store.verify import run
from tests.api.calling import Api, problem

V1 = "/api/v1"
ASKED = {"basis": "request", "applicant": "Aminah, klien sendiri", "reason": "Permintaan sendiri.", "evidence": "KTP"}
NAME = "(data dihapus atas permintaan)"


def years_later(api: Api, years: int = 6) -> None:
    api.clock.move_to(api.clock.now() + timedelta(days=366 * years))


def asked(api: Api, case: str, **more: Any) -> str:  # noqa: ANN401 - of the body
    response = api.change("rina", case, "erasures", {**ASKED, **more})
    assert response.status_code == 201, response.text
    return str(response.json()["id"])


def erased(api: Api, case: str, **more: Any) -> str:  # noqa: ANN401 - of the body
    erasure = asked(api, case, **more)
    said = {"expected_version": api.version(case)}
    assert api.by("kadis").post(f"{V1}/erasures/{erasure}/approve", said).status_code == 200
    return erasure


def test_a_request_is_seen_decided_and_done_once(any_api: Api) -> None:
    api, case = any_api, any_api.case("closed")
    years_later(api)
    erasure = asked(api, case)
    kadis = api.by("kadis")
    (found,) = kadis.get(f"{V1}/erasures").json()["items"]
    assert (found["id"], found["state"], found["may_decide"], found["applicant"]) == (
        erasure,
        "pending",
        True,
        ASKED["applicant"],
    )
    shown = kadis.get(f"{V1}/erasures/{erasure}").json()
    assert (shown["cases"], shown["cases_unseen"], shown["against"]) == ([found["number"]], 0, [])
    said, key = {"expected_version": found["case_version"]}, str(uuid4())
    first = kadis.post(f"{V1}/erasures/{erasure}/approve", said, key=key)
    again = kadis.post(f"{V1}/erasures/{erasure}/approve", said, key=key)
    assert (first.status_code, again.json(), again.headers["Idempotency-Replayed"]) == (200, first.json(), "true")
    problem(kadis.post(f"{V1}/erasures/{erasure}/approve", said), 409, "ReviewClosed")
    assert kadis.get(f"{V1}/erasures").json()["items"] == []
    (over,) = kadis.get(f"{V1}/erasures?all=true").json()["items"]
    assert (over["state"], over["name"], over["reason"], over["decided_by"]["name"]) == ("granted", NAME, "", "Kadis")
    with api.database.read() as session:
        assert run(session).broken == ()


def test_an_open_case_and_running_retention_are_refused_with_what_to_do(api: Api) -> None:
    open_case, closed = api.case("monitoring"), api.case("closed")
    body = problem(api.change("rina", open_case, "erasures", ASKED), 422, "Refused")
    assert "Tutup atau hentikan" in body["message"]
    erasure = asked(api, closed)
    said = {"expected_version": api.version(closed)}
    kadis = api.by("kadis")
    shown = kadis.get(f"{V1}/erasures/{erasure}", accept_language="en").json()
    assert shown["kept_until"] > api.clock.now().date().isoformat()
    assert "retention schedule" in shown["against"][0]
    refused = kadis.post(f"{V1}/erasures/{erasure}/approve", said, accept_language="en")
    assert "must be kept for 5 years" in problem(refused, 422, "Refused")["message"]
    problem(api.by("rina").post(f"{V1}/erasures/{erasure}/approve", said), 403, "Forbidden")


def test_every_answer_about_somebody_who_was_erased(any_api: Api) -> None:
    api, case = any_api, any_api.case("closed")
    rina = api.by("rina")
    before = rina.get(f"{V1}/cases/{case}").json()["subject"]
    name, nik = before["name"], before["nik"]
    assert [hit["id"] for hit in rina.post(f"{V1}/search", {"q": nik}).json()["items"]] == [case]
    years_later(api)
    erased(api, case)
    shown = rina.get(f"{V1}/cases/{case}").json()
    about = shown["subject"]
    assert (about["name"], about["nik"], about["sex"], about["birth_date"]) == (NAME, None, None, None)
    assert about["erased_at"]
    assert not any(stage["answers"] for stage in shown["stages"])
    assert {given["giver"] for given in shown["consents"]} == {""}
    assert {item["goal"] for item in shown["plan"]} == {""}
    assert [step["allowed"] for step in shown["steps"]] == [False] * len(shown["steps"])
    history = rina.get(f"{V1}/cases/{case}/history").json()
    assert any(
        entry["code"] == "case:subject:erased" for entry in history["items" if "items" in history else "entries"]
    )
    number = shown["number"]
    for path in (
        f"/cases/{case}?as_of={(api.clock.now() - timedelta(days=1)).date()}",
        f"/cases/{case}/steps",
        f"/cases/{case}/stages/assessment",
        f"/cases/{case}/letters/offered",
        "/cases",
        "/reviews",
        "/inbox",
    ):
        found = rina.get(f"{V1}{path}")
        assert found.status_code == 200, path
        assert nik not in found.text, path
    assert rina.get(f"{V1}/cases/{case}/letters/offered").json() == []
    assert rina.post(f"{V1}/search", {"q": nik}).json()["items"] == []
    assert case not in {hit["id"] for hit in rina.post(f"{V1}/search", {"q": name}).json()["items"]}
    (line,) = rina.post(f"{V1}/search", {"q": number}).json()["items"]
    assert (line["name"], line["state"]) == (NAME, "closed")
    english = api.by("rina").get(f"{V1}/cases", accept_language="en")
    assert english.status_code == 200
    said = {"step": "reopen", "note": "Klien datang lagi."}
    body = problem(api.change("sari", case, "steps", said), 422, "StepRefused")
    assert [unmet["guard"] for unmet in body["unmet"]] == ["data_of_the_subject_are_kept"]
    problem(api.change("rina", case, "person", {"person": {"name": "Aminah"}}, "PUT"), 410, "Erased")
    problem(api.change("rina", case, "erasures", ASKED), 410, "Erased")


def test_the_letter_of_somebody_who_was_erased(api: Api) -> None:
    case = api.case("assessment")
    rina = api.by("rina")
    needs = {"answers": {"treatment_needed": True, "health_need": "pemeriksaan lanjutan"}}
    assert rina.put(f"{V1}/cases/{case}/stages/data_collection", needs, if_match="*").status_code == 200
    api.change("rina", case, "consents", {"purpose": "health_service", "relation": "self", "giver": "Aminah"})
    letter = api.change("rina", case, "letters", {"letter": "rjk-rs"}).json()["id"]
    api.work()
    assert rina.get(f"{V1}/letters/{letter}/pdf").status_code == 200
    assert api.by("rina").post(
        f"{V1}/letters/{letter}/sent", {"expected_version": api.version(case)}
    ).status_code == 200  # fmt: skip
    details = {"reason_code": "moved", "source": "RT"}
    review = api.change("rina", case, "steps", {"step": "terminate", "note": "Pindah.", "details": details}).json()
    said = {"reason": "Sesuai.", "expected_version": api.version(case)}
    assert api.by("sari").post(f"{V1}/reviews/{review['review']}/approve", said).status_code == 200
    erased(api, case, basis="unlawful")
    problem(rina.get(f"{V1}/letters/{letter}/pdf"), 410, "Erased")
    shown = rina.get(f"{V1}/letters/{letter}").json()
    assert (shown["state"], shown["void_reason"]) == ("sent", None)
    with api.database.read() as session:
        row = letters.by_id(session, letter)
        assert row is not None
        assert api.client.get(f"{V1}/verify/{row.check_code}").json()["state"] == "genuine"
