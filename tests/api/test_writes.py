"""What a write promises: once under its key, on the version its writer saw, committed before it is answered."""

from typing import Any
from uuid import uuid4

import pytest

from caseflow.store import cases, log, records
from tests.api.calling import WRITES, Api, problem
from tests.world import VILLAGE

CASES = "/api/v1/cases"
VISIT = {"finding": "Keluarga baik."}


def somebody(name: str = "Aminah") -> dict[str, Any]:
    return {"category": "FM", "area": VILLAGE, "person": {"name": name, "birth": "1980-03-01", "sex": "P"}}


def entries(api: Api, case: str) -> int:
    with api.database.read() as session:
        return len(log.entries_of(session, case))


# --- once under its key ----------------------------------------------------------------------------------------------


def test_the_same_request_with_its_key_is_done_once(api: Api) -> None:
    rina = api.by("rina")
    first = rina.post(CASES, somebody(), key="kunci-1")
    again = rina.post(CASES, somebody(), key="kunci-1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    found = rina.post("/api/v1/search", {"q": "Aminah"}).json()["items"]
    assert [line["number"] for line in found] == [first.json()["number"]]


def test_a_repeated_change_does_not_conflict_with_itself(api: Api) -> None:
    case = api.case("intervention")
    body = {**VISIT, "expected_version": api.version(case)}
    answers = [api.by("rina").post(f"{CASES}/{case}/visits", body, key="kunjungan") for _ in range(3)]
    assert {a.status_code for a in answers} == {201}
    assert len({a.content for a in answers}) == 1


def test_key_order_and_spaces_make_no_other_request(api: Api) -> None:
    token = api.filled.tokens["rina"]
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "k", "Content-Type": "application/json"}
    bodies = (
        f'{{"category":"FM","area":"{VILLAGE}","person":{{"name":"Aminah"}}}}',
        f'{{ "person": {{"name": "Aminah"}}, "area": "{VILLAGE}", "category": "FM" }}',
    )
    first, again = (api.client.post(CASES, content=body, headers=headers) for body in bodies)
    assert first.content == again.content


def test_a_key_belongs_to_one_request_and_one_person(api: Api) -> None:
    rina, budi = api.by("rina"), api.by("budi")
    assert rina.post(CASES, somebody(), key="k").status_code == 201
    problem(rina.post(CASES, somebody("Fatimah"), key="k"), 409, "IdempotencyMismatch")
    problem(rina.post("/api/v1/inbox/x/read", {}, key="k"), 409, "IdempotencyMismatch")
    assert budi.post(CASES, somebody("Fatimah"), key="k").status_code == 201


def test_a_refused_request_may_be_sent_again_under_its_key(api: Api) -> None:
    rina = api.by("rina")
    problem(rina.post(CASES, somebody("") | {"category": "XX"}, key="k"), 422, "UnknownCategory")
    assert rina.post(CASES, somebody(), key="k").status_code == 201


@pytest.mark.parametrize("key", ["", " ", "dua kata", "x" * 121, "kunci\u00e9"])
def test_a_key_has_a_form(api: Api, key: str) -> None:
    token = api.filled.tokens["rina"]
    headers = {b"Authorization": f"Bearer {token}".encode(), b"Idempotency-Key": key.encode("latin-1")}
    found = problem(api.client.post(CASES, json=somebody(), headers=headers), 422, "InvalidInput")
    assert list(found["problems"]) == ["Idempotency-Key"]


NO_BODY = ("/read", "/number", "/targets/{target}/withdraw", "/second-factor/reset")


def test_every_write_needs_a_key_and_says_so_with_everything_else(api: Api) -> None:
    described = api.client.get("/api/openapi.json").json()["paths"]
    wanted = [(path, method) for path, item in described.items() for method in item if method.upper() in WRITES]
    for path, method in wanted:
        if path == "/api/v1/search" or path.endswith(("/preview", "/check")):
            continue  # they read
        if path.startswith("/api/v1/replies/"):
            continue  # a code is good for one answer
        headers = {"Authorization": f"Bearer {api.filled.tokens['rina']}"}
        response = api.client.request(method, path, headers=headers, json={"tak_dikenal": 1})
        found = problem(response, 422, "InvalidInput")["problems"]
        assert found["Idempotency-Key"] == "Isian ini wajib."
        assert found.get("tak_dikenal") == "Isian ini tidak dikenal." or path.endswith(NO_BODY)


# --- on the version its writer saw -----------------------------------------------------------------------------------


def test_an_old_version_is_a_conflict_that_shows_both_sides(api: Api) -> None:
    case = api.case("intervention")
    seen = api.version(case)
    assert api.change("budi", case, "visits", VISIT).status_code == 201
    late = api.by("rina").post(f"{CASES}/{case}/visits", {**VISIT, "expected_version": seen})
    found = problem(late, 409, "VersionConflict")
    assert found["base"] == found["yours"] == seen
    assert found["theirs"] == {"version": seen + 1, "state": "intervention"}
    assert found["since"][-1]["code"] == "case:visit:recorded"
    assert found["since"][-1]["by"] == "Budi"


def test_a_change_without_a_version_is_refused(api: Api) -> None:
    case = api.case("intervention")
    found = problem(api.by("rina").post(f"{CASES}/{case}/visits", VISIT), 422, "InvalidInput")
    assert found["problems"] == {"expected_version": "Isian ini wajib."}


def test_a_step_is_taken_on_its_version_and_comes_back_with_the_next(api: Api) -> None:
    case = api.case("assessment")
    seen, before = api.version(case), entries(api, case)
    body = {"step": "return_for_data", "note": "Lengkapi alamat.", "expected_version": seen, "event_date": "2027-02-01"}
    taken = api.by("rina").post(f"{CASES}/{case}/steps", body)
    assert taken.status_code == 200, taken.text
    now = taken.json()["case"]
    assert (now["id"], now["state"], now["version"], now["cycle"]) == (case, "data_collection", seen + 1, 1)
    assert taken.json()["review"] is None
    assert taken.json()["entry"] == entries(api, case) > before


def test_a_step_with_unmet_guards_names_all_of_them(api: Api) -> None:
    case = api.case("intervention_plan")
    found = problem(api.change("rina", case, "steps", {"step": "approve_plan"}), 422, "StepRefused")
    assert (found["step"], found["label"]) == ("approve_plan", "Setujui rencana")
    assert 'Langkah "Setujui rencana" belum dapat diambil' in found["message"]
    offered = {s["step"]: s for s in api.by("rina").get(f"{CASES}/{case}/steps").json()}
    assert [u["guard"] for u in found["unmet"]] == [u["guard"] for u in offered["approve_plan"]["unmet"]]
    assert {"plan_has_an_action", "client_agreed_to_the_plan"} <= {u["guard"] for u in found["unmet"]}
    assert all(set(u) == {"guard", "message", "places"} for u in found["unmet"])
    assert all(u["places"] and isinstance(u["places"], list) for u in found["unmet"])
    assert not offered["approve_plan"]["allowed"]
    assert offered["approve_plan"]["may_take"]


def test_a_step_that_needs_a_second_person_is_202_then_granted(api: Api) -> None:
    case = api.case("data_collection")
    body = {"step": "terminate", "note": "Pindah.", "details": {"reason_code": "moved", "source": "RT"}}
    asked = api.change("rina", case, "steps", body)
    assert asked.status_code == 202
    assert asked.json()["case"]["state"] == "data_collection"
    review = asked.json()["review"]
    waiting = api.by("sari").get("/api/v1/reviews").json()["items"]
    assert [(w["id"], w["note"], w["may_decide"]) for w in waiting] == [(review, "Pindah.", True)]
    version = api.version(case)
    path, decision = f"/api/v1/reviews/{review}/approve", {"reason": "Sesuai.", "expected_version": version}
    granted = api.by("sari").post(path, decision)
    assert granted.status_code == 200, granted.text
    assert granted.json()["case"]["state"] == "closed"
    problem(api.by("bambang").post(path, decision | {"expected_version": version + 1}), 409, "ReviewClosed")


# --- stage records ---------------------------------------------------------------------------------------------------


def test_a_stage_is_saved_under_its_own_version(api: Api) -> None:
    rina, path = api.by("rina"), f"{CASES}/{api.case('assessment')}/stages/assessment"
    empty = rina.get(path)
    assert (empty.headers["etag"], empty.json()["answers"]) == ('"0"', {})
    first = rina.put(path, {"answers": {"problems": "Pangan.", "strengths": "Tetangga."}}, if_match='"0"')
    assert (first.status_code, first.headers["etag"], first.json()["version"]) == (200, '"1"', 1)
    second = rina.put(path, {"answers": {"problems": None}}, if_match=first.headers["etag"])
    assert second.json()["answers"] == {"strengths": "Tetangga."}
    assert rina.get(path).headers["etag"] == second.headers["etag"] == '"2"'


def test_only_what_both_sides_changed_is_a_conflict(api: Api) -> None:
    rina, path = api.by("rina"), f"{CASES}/{api.case('assessment')}/stages/assessment"
    rina.put(path, {"answers": {"problems": "Pangan.", "strengths": "Tetangga."}}, if_match='"0"')
    api.by("budi").put(path, {"answers": {"problems": "Rumah."}}, if_match='"1"')
    merged = rina.put(path, {"answers": {"strengths": "Keluarga."}}, if_match='"1"')
    assert merged.json()["answers"] == {"problems": "Rumah.", "strengths": "Keluarga."}
    assert merged.json()["merged"] == ["problems"]
    found = problem(rina.put(path, {"answers": {"problems": "Air."}}, if_match='"1"'), 409, "VersionConflict")
    assert found["fields"] == ["problems"]
    assert (found["base"], found["yours"], found["theirs"]) == (
        {"problems": "Pangan."}, {"problems": "Air."}, {"problems": "Rumah."},
    )  # fmt: skip
    assert (found["stage"], found["wanted"]) == (
        "assessment", 'If-Match menyebut versi catatan tahap ini, sekarang "3"; bukan versi kasus.',
    )  # fmt: skip
    settled = rina.put(path, {"answers": {}, "given_up": found["yours"]}, if_match=found["if_match"])
    assert settled.json()["answers"]["problems"] == "Rumah."
    with api.database.read() as session:
        row = cases.by_id(session, api.case("assessment"))
        assert row is not None
        record = records.find(session, row.id, "assessment", row.cycle)
        assert record is not None
        kept = [said["problems"] for _row, said in records.revisions(session, row.subject_id, record.id)]
    assert "Air." in kept, "what was given up stays in the history"


def test_a_repeated_save_answers_with_its_own_etag(api: Api) -> None:
    rina, path = api.by("rina"), f"{CASES}/{api.case('assessment')}/stages/assessment"
    key = str(uuid4())
    first = rina.put(path, {"answers": {"problems": "Pangan."}}, if_match='"0"', key=key)
    again = rina.put(path, {"answers": {"problems": "Pangan."}}, if_match='"0"', key=key)
    assert first.headers["etag"] == again.headers["etag"] == '"1"'
    other = rina.put(path, {"answers": {"problems": "Pangan."}}, if_match='"1"', key=key)
    problem(other, 409, "IdempotencyMismatch")


@pytest.mark.parametrize("if_match", [None, "", "abc", '"-1"', '"99999999999"', "٣"])
def test_a_save_says_on_which_version(api: Api, if_match: str | None) -> None:
    path = f"{CASES}/{api.case('assessment')}/stages/assessment"
    headers = {b"Authorization": f"Bearer {api.filled.tokens['rina']}".encode(), b"Idempotency-Key": b"k"}
    if if_match is not None:
        headers[b"If-Match"] = if_match.encode()
    response = api.client.put(path, json={"answers": {}}, headers=headers)
    assert list(problem(response, 422, "InvalidInput")["problems"]) == ["If-Match"]


def test_every_bad_answer_is_named_and_nothing_is_saved(api: Api) -> None:
    rina, path = api.by("rina"), f"{CASES}/{api.case('assessment')}/stages/assessment"
    bad = {"problems": 7, "assessed_on": "2099-01-01", "risk": "extreme", "tak_dikenal": "x", "strengths": "Baik."}
    found = problem(rina.put(path, {"answers": bad}, if_match="*"), 422, "InvalidInput")
    assert set(found["problems"]) == set(bad) - {"strengths"}
    assert rina.get(path).json()["answers"] == {}
