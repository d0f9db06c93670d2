"""Whatever is sent: a clear sentence and the right code, nothing half-written, never a failure of ours."""

from collections.abc import Mapping
from typing import Any

import orjson
import pytest

from caseflow.store.tables import metadata
from tests.api.calling import Api, problem
from tests.world import VILLAGE

CASES = "/api/v1/cases"
PERSON = {"name": "Aminah", "birth": "1980-03-01", "sex": "P"}
OPEN = {"category": "FM", "area": VILLAGE, "person": PERSON}
DEEP: Any = []
for _level in range(60):
    DEEP = [DEEP]


def written(api: Api) -> dict[str, int]:
    """Return how many rows each table holds; refusals leave access entries, waiting for the tree, and nothing else."""
    with api.database.read() as session:
        found = {}
        for table in metadata.sorted_tables:
            query = f"SELECT count(*) FROM {table.name}"  # noqa: S608 - a name of our own schema
            found[table.name] = session.conn.exec_driver_sql(query).scalar_one()
    del found["access_entry"], found["log_pending"]
    return found


# --- opening ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "status", "code", "named"),
    [
        ({"category": "XX"}, 422, "UnknownCategory", None),
        ({"category": ""}, 422, "UnknownCategory", None),
        ({"category": None}, 422, "InvalidInput", "category"),
        ({"category": "x" * 41}, 422, "InvalidInput", "category"),
        ({"area": "6310"}, 422, "InvalidInput", "area"),
        ({"area": "abc"}, 422, "InvalidInput", "area"),
        ({"area": "9999999999"}, 422, "InvalidInput", "area"),
        ({"area": "٦٣١٠٠١"}, 422, "InvalidInput", "area"),
        ({"area": ["6310012001"]}, 422, "InvalidInput", "area"),
        ({"person": None}, 422, "InvalidInput", "subject"),
        ({"person": {}}, 422, "InvalidInput", "name"),
        ({"person": []}, 422, "InvalidInput", "person"),
        ({"person": {**PERSON, "name": "x" * 201}}, 422, "InvalidInput", "person.name"),
        ({"person": {**PERSON, "nama": "x"}}, 422, "InvalidInput", "person.nama"),
        ({"person": {**PERSON, "nik": 6310014107160001}}, 422, "InvalidInput", "nik"),
        ({"person": {**PERSON, "nik": 6.310014107160001e15}}, 422, "InvalidInput", "nik"),
        ({"person": {**PERSON, "nik": 10**30}}, 422, "InvalidInput", "nik"),
        ({"person": {**PERSON, "nik": True}}, 422, "InvalidInput", "person.nik"),
        ({"person": {**PERSON, "nik": ["1"]}}, 422, "InvalidInput", "person.nik"),
        ({"person": {**PERSON, "kk": 1.5}}, 422, "InvalidInput", "kk"),
        ({"person": {**PERSON, "sex": "X"}}, 422, "InvalidInput", "sex"),
        ({"person": {**PERSON, "sex": 1}}, 422, "InvalidInput", "person.sex"),
        ({"person": {**PERSON, "birth": "2099-01-01"}}, 422, "InvalidInput", "birth"),
        ({"person": {**PERSON, "birth": "31-02-2015"}}, 422, "InvalidInput", "birth"),
        ({"person": {**PERSON, "birth": 20150309}}, 422, "InvalidInput", "birth"),
        ({"person": {**PERSON, "birth": {"age": 10**9}}}, 422, "InvalidInput", "birth"),
        ({"person": {**PERSON, "birth": {"age": -1}}}, 422, "InvalidInput", "birth"),
        ({"person": {**PERSON, "birth": {"umur": 8}}}, 422, "InvalidInput", "person.birth"),
        ({"person": {**PERSON, "birth": {"age": [8]}}}, 422, "InvalidInput", "person.birth"),
        ({"person": {**PERSON, "phone": "0" * 41}}, 422, "InvalidInput", "person.phone"),
        ({"event_date": "2099-01-01"}, 422, "InvalidInput", "event_date"),
        ({"event_date": "2027-02-30"}, 422, "InvalidInput", "event_date"),
        ({"event_date": "01-02-2027"}, 422, "InvalidInput", "event_date"),
        ({"event_date": "2027-W05-1"}, 422, "InvalidInput", "event_date"),
        ({"event_date": 1700000000}, 422, "InvalidInput", "event_date"),
        ({"event_date": "0000-01-01"}, 422, "InvalidInput", "event_date"),
        ({"subject": "x", "person": None}, 404, "NotFound", None),
        ({"subject": "0" * 36, "person": None}, 404, "NotFound", None),
        ({"subject": "0198d3a2-7c1e-7a51-9f0e-3f1f6c2b9d10"}, 422, "InvalidInput", "subject"),
        ({"household": {"members": []}, "person": None}, 422, "InvalidInput", "members"),
        ({"category": "KME", "household": {"members": []}, "person": None}, 422, "InvalidInput", "members"),
        ({"category": "KME"}, 422, "InvalidInput", "subject"),
        (
            {"category": "KME", "person": None, "household": {"members": [{"person": PERSON, "basis": "tamu"}]}},
            422, "InvalidInput", "members",
        ),
        (
            {"category": "KME", "person": None, "household": {"members": [{"person": PERSON, "relation": "x" * 41}]}},
            422, "InvalidInput", "household.members.0.relation",
        ),
        (
            {"category": "KME", "person": None, "household": {"members": [{"person": PERSON}] * 41}},
            422, "InvalidInput", "household.members",
        ),
        ({"issue": "tidak_ada"}, 422, "InvalidInput", "issue"),
        ({"new_despite_closed": "yes"}, 422, "InvalidInput", "new_despite_closed"),
        ({"answers": []}, 422, "InvalidInput", "answers"),
        ({"answers": {"tak_dikenal": 1}}, 422, "InvalidInput", "tak_dikenal"),
        ({"answers": {f"k{i}": 1 for i in range(301)}}, 422, "InvalidInput", "answers"),
        ({"answers": {"location": 1e300}}, 422, "InvalidInput", "location"),
        ({"tak_dikenal": 1}, 422, "InvalidInput", "tak_dikenal"),
    ],
)  # fmt: skip
def test_a_case_that_cannot_be_opened(
    api: Api, changes: Mapping[str, Any], status: int, code: str, named: str | None
) -> None:
    before = written(api)
    found = problem(api.by("rina").post(CASES, {**OPEN, **changes}), status, code)
    if named is not None:
        assert named in found["problems"]
    assert written(api) == before


@pytest.mark.parametrize(
    ("nik", "status"),
    [
        (None, "belum_punya_nik"),
        ("", "belum_punya_nik"),
        ("belum punya", "belum_punya_nik"),
        ("12345", "format_salah"),
        ("abc", "format_salah"),
        ("6310019999990001", "anomali"),
        ("6310014103800001", "belum_dicek"),
    ],
)
def test_a_bad_nik_is_kept_with_its_status_and_blocks_nobody(api: Api, nik: str | None, status: str) -> None:
    opened = api.by("rina").post(CASES, {**OPEN, "person": {**PERSON, "nik": nik}})
    assert opened.status_code == 201, opened.text
    subject = api.by("rina").get(f"{CASES}/{opened.json()['id']}").json()["subject"]
    assert subject["nik_status"] == status


@pytest.mark.parametrize(
    "birth", [None, "", "tidak tahu", "sekitar 40 tahun", {"age": 40}, {"year": "1985", "month": 3}]
)
def test_a_birth_need_not_be_known(api: Api, birth: object) -> None:
    opened = api.by("rina").post(CASES, {**OPEN, "person": {"name": "Aminah", "birth": birth}})
    assert opened.status_code == 201, opened.text


def test_a_second_open_case_names_the_first(api: Api) -> None:
    rina = api.by("rina")
    person = {**PERSON, "nik": "6310014103800001"}
    first = rina.post(CASES, {**OPEN, "person": person}).json()
    found = problem(rina.post(CASES, {**OPEN, "person": person}), 409, "DuplicateCase")
    assert (found["number"], found["case"]) == (first["number"], first["id"])
    again = problem(rina.post(CASES, {**OPEN, "person": None, "subject": first["subject"]}), 409, "DuplicateCase")
    assert again["number"] == first["number"]


# --- bodies -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "media_type", "status", "code"),
    [
        (b"{", "application/json", 400, "BrokenJson"),
        (b"", "application/json", 422, "InvalidInput"),
        (b"null", "application/json", 422, "InvalidInput"),
        (b"[]", "application/json", 422, "InvalidInput"),
        (b'"x"', "application/json", 422, "InvalidInput"),
        (b"1", "application/json; charset=utf-8", 422, "InvalidInput"),
        (b'{"category": NaN}', "application/json", 400, "BrokenJson"),
        (b'{"category": "\\ud800"}', "application/json", 400, "BrokenJson"),
        (b'{"category": "\xff"}', "application/json", 400, "BrokenJson"),
        (b'{"category": "a\\u0000b"}', "application/json", 422, "InvalidInput"),
        (b'{"cat\\u0000": 1}', "application/json", 422, "InvalidInput"),
        (b'{"category": "a\\u0007"}', "application/json", 422, "InvalidInput"),
        (b"\xef\xbb\xbf{}", "application/json", 400, "BrokenJson"),
        (b"[" * 5000, "application/json", 400, "BrokenJson"),
        (orjson.dumps({"answers": DEEP}), "application/json", 422, "InvalidInput"),
        (b"category=FM", "application/x-www-form-urlencoded", 415, "NotJson"),
        (b"{}", "text/plain", 415, "NotJson"),
        (b"{}", "", 415, "NotJson"),
        (b"{}", "application/jsonx", 415, "NotJson"),
        (b"1" * 5000, "application/json", 400, "BrokenJson"),
        (b'{"category": ' + b"9" * 4400 + b"}", "application/json", 400, "BrokenJson"),
    ],
)
def test_a_body_that_cannot_be_read(api: Api, content: bytes, media_type: str, status: int, code: str) -> None:
    headers = {"Authorization": f"Bearer {api.filled.tokens['rina']}", "Idempotency-Key": "k"}
    headers |= {"Content-Type": media_type} if media_type else {}
    problem(api.client.post(CASES, content=content, headers=headers), status, code)


def test_all_that_is_wrong_is_said_at_once(api: Api) -> None:
    body = {"category": 1, "person": {"name": "x" * 201, "sex": 7}, "lain": True, "event_date": "besok"}
    found = problem(api.by("rina").post(CASES, body), 422, "InvalidInput")
    assert found["problems"] == {
        "category": "Isian ini harus berupa teks.",
        "area": "Isian ini wajib.",
        "person.name": "Paling banyak 200 huruf.",
        "person.sex": "Isian ini harus berupa teks.",
        "event_date": "Tulis tanggal sebagai TTTT-BB-HH.",
        "lain": "Isian ini tidak dikenal.",
    }


# --- changes of a case ------------------------------------------------------------------------------------------------

PLACES = (
    "steps",
    "hold",
    "plan-items",
    "visits",
    "referrals",
    "consents",
    "letters",
    "placements",
    "assignment",
    "person",
)
ODD: list[Any] = [None, True, 0, -1, 1.5, 2**31, 10**18, "", "x", "x" * 5000, [], ["x"], {}, {"x": 1}, "2099-01-01"]
FIELDS: dict[str, dict[str, Any]] = {
    "steps": {"step": "terminate", "note": "x", "details": {"reason_code": "moved"}, "event_date": None},
    "hold": {"until": "2027-02-10", "reason": "x"},
    "plan-items": {"intervention": "SEMBAKO", "goal": "x", "description": "x", "owner": None, "due": None},
    "visits": {"finding": "x", "visited_on": None, "officer": None, "progress": "x"},
    "referrals": {"institution": "x", "need": "x", "sent_on": None},
    "consents": {
        "purpose": "data", "relation": "self", "giver": "x", "addressee": "x", "evidence": "x", "given_on": None,
    },
    "letters": {"letter": "rjk-rs", "institution": None, "fields": {"urgent": True}},
    "placements": {"kind": "kin", "carer": "x", "relation": "x", "institution": None, "starts_on": None},
    "assignment": {"assignee": "x", "reason": "x"},
    "person": {"person": PERSON},
}  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_no_value_of_any_field_is_a_failure_of_ours(any_api: Api, place: str) -> None:
    case = any_api.case("intervention")
    method = "PUT" if place in {"assignment", "person"} else "POST"
    by = "sari" if place == "assignment" else "rina"
    fields: dict[str, Any] = {**FIELDS[place], "expected_version": 0}
    for key in fields:
        for value in ODD:
            body = {**fields, "expected_version": any_api.version(case), key: value}
            response = any_api.by(by).ask(method, f"{CASES}/{case}/{place}", body)
            assert response.status_code < 500, (key, value, response.text)
            if response.status_code >= 400:
                assert response.json()["message"], (key, value)


@pytest.mark.parametrize(
    ("path", "key", "names", "extra"),
    [
        ("letters", "fields", ("urgent", "health_need", "financing"), {"letter": "rjk-rs"}),
        ("steps", "details", ("reason_code", "death_date", "source"), {"step": "terminate", "note": "x"}),
        ("stages/assessment", "answers", ("assessed_on", "risk", "problems", "needs_treatment"), None),
        ("stages/data_collection", "answers", ("criterion_no_home", "reporter_phone", "treatment_needed"), None),
    ],
)
def test_no_value_inside_an_open_field_is_a_failure_of_ours(
    any_api: Api, path: str, key: str, names: tuple[str, ...], extra: dict[str, Any] | None
) -> None:
    case = any_api.case("intervention")
    for name in names:
        for value in ODD:
            said: dict[str, Any] = {key: {name: value}}
            if extra is None:
                response = any_api.by("rina").put(f"{CASES}/{case}/{path}", said, if_match="*")
            else:
                response = any_api.change("rina", case, path, {**extra, **said})
            assert response.status_code < 500, (name, value, response.text)


# --- addresses --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("state=x", "state"),
        ("state=", None),
        ("category=XX", "category"),
        ("area=abc", "area"),
        ("area=%00", "area"),
        ("assignee=x", "assignee"),
        ("assignee=" + "-" * 36, "assignee"),
        ("overdue=perhaps", "overdue"),
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=x", "limit"),
        ("limit=1.5", "limit"),
        ("limit=99999999999999999999", "limit"),
        ("cursor=x", "cursor"),
        ("cursor=6310-2026-000001%00", "cursor"),
        ("categry=AT", "categry"),
        ("as_of=2026-01-01", "as_of"),
    ],
)
def test_a_list_with_a_wrong_filter(reading_api: Api, query: str, named: str | None) -> None:
    response = reading_api.by("rina").get(f"{CASES}?{query}")
    if named is None:
        assert response.status_code == 200
    else:
        assert list(problem(response, 422, "InvalidInput")["problems"]) == [named]


@pytest.mark.parametrize(
    "query", ["as_of=x", "as_of=2099-01-01", "as_of=2020-01-01", "as_of=2027-02-30", "asof=2027-01-01"]
)
def test_a_day_a_case_cannot_be_looked_at_from(api: Api, query: str) -> None:
    problem(api.by("rina").get(f"{CASES}/{api.case('assessment')}?{query}"), 422, "InvalidInput")


@pytest.mark.parametrize(
    "q", ["", " ", "a" * 201, "%", "_", "' OR 1=1 --", "12345678", "6310-2026-000001", "😀", "\t\n"]
)
def test_whatever_is_searched_for(reading_api: Api, q: str) -> None:
    assert reading_api.by("rina").post("/api/v1/search", {"q": q}).status_code == (422 if q in {"", "a" * 201} else 200)


@pytest.mark.parametrize("code", ["x", "0" * 16, "ABCD-EFGH-JKMN-PQRS", "ß" * 9, "%00", "a" * 500])
def test_a_code_nobody_printed_is_unknown(reading_api: Api, code: str) -> None:
    response = reading_api.client.get(f"/api/v1/verify/{code}")
    if code == "%00":
        problem(response, 404, "NotFound")
    else:
        assert (response.status_code, response.json()["state"]) == (200, "unknown")
