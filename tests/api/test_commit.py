"""On PostgreSQL with real connections: a failing commit is never a success, and of many at once one wins."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from caseflow.store import verify
from tests.api.calling import Api, problem
from tests.world import VILLAGE

CASES = "/api/v1/cases"
OPEN = {"category": "FM", "area": VILLAGE, "person": {"name": "Aminah", "birth": "1980-03-01", "sex": "P"}}
FAILING = {
    "a constraint": "RAISE EXCEPTION 'the last check failed for Aminah';",
    "the connection": "PERFORM pg_terminate_backend(pg_backend_pid());",
}
ANSWERED = {"a constraint": (500, "Unexpected"), "the connection": (503, "ServiceUnavailable")}


def fail_at_commit(api: Api, how: str) -> None:
    """Let every transaction that wrote an entry fail when it is committed, and only then."""
    with api.database.write() as session:
        session.conn.exec_driver_sql(
            f"CREATE FUNCTION at_commit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {how} RETURN NULL; END $$"
        )
        session.conn.exec_driver_sql(
            "CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON case_entry DEFERRABLE INITIALLY DEFERRED "
            "FOR EACH ROW EXECUTE FUNCTION at_commit()"
        )


def mend(api: Api) -> None:
    with api.database.write() as session:
        session.conn.exec_driver_sql("DROP TRIGGER at_commit ON case_entry")


def numbers(api: Api) -> list[str]:
    return [line["number"] for line in api.by("rina").get(f"{CASES}?limit=200").json()["items"]]


@pytest.mark.parametrize("what", FAILING)
def test_a_failing_commit_is_never_a_success(postgres_api: Api, what: str, caplog: pytest.LogCaptureFixture) -> None:
    api, rina = postgres_api, postgres_api.by("rina")
    case = api.case("intervention")
    step = {"step": "amend_plan", "note": "Perlu diperbaiki.", "expected_version": api.version(case)}
    stage = {"answers": {"problems": "Pangan."}, "final": True}
    writes: list[tuple[str, str, dict[str, Any], dict[str, str]]] = [
        ("POST", CASES, OPEN, {"key": "buka"}),
        ("POST", f"{CASES}/{case}/steps", step, {"key": "langkah"}),
        ("PUT", f"{CASES}/{case}/stages/assessment", stage, {"key": "tahap", "if_match": "*"}),
    ]
    before = (numbers(api), rina.get(f"{CASES}/{case}").content)
    fail_at_commit(api, FAILING[what])
    for method, path, body, headers in writes:
        problem(rina.ask(method, path, body, **headers), *ANSWERED[what])
    assert "Aminah" not in caplog.text
    mend(api)
    assert (numbers(api), rina.get(f"{CASES}/{case}").content) == before
    answers = [rina.ask(method, path, body, **headers) for method, path, body, headers in writes]
    assert [a.status_code for a in answers] == [201, 200, 200], "the key was not used up"
    assert not any("idempotency-replayed" in a.headers for a in answers)


def test_of_many_that_take_a_step_on_one_version_one_wins(postgres_api: Api) -> None:
    api = postgres_api
    case = api.case("assessment")
    body = {"step": "return_for_data", "note": "Lengkapi.", "expected_version": api.version(case)}
    with ThreadPoolExecutor(16) as pool:
        people = [api.by(("rina", "budi")[n % 2]) for n in range(16)]
        answers = list(pool.map(lambda who: who.post(f"{CASES}/{case}/steps", body), people))
    assert Counter(a.status_code for a in answers) == {200: 1, 409: 15}
    for late in answers:
        if late.status_code == 409:
            assert problem(late, 409, "VersionConflict")["theirs"]["state"] == "data_collection"
    with api.database.read() as session:
        assert not verify.run(session).broken


def test_of_many_with_one_key_one_is_done_and_all_hear_of_it(any_api: Api) -> None:
    rina = any_api.by("rina")
    before = len(numbers(any_api))
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _n: rina.post(CASES, OPEN, key="sekali"), range(8)))
    assert {a.status_code for a in answers} == {201}
    assert len({a.content for a in answers}) == 1
    assert sum("idempotency-replayed" not in a.headers for a in answers) == 1
    assert len(numbers(any_api)) == before + 1


def test_many_who_open_cases_get_numbers_without_gaps(postgres_api: Api) -> None:
    api = postgres_api

    def opened(n: int) -> str:
        person = {"name": f"Warga {chr(65 + n)}", "birth": "1980-03-01"}
        made = api.by("rina").post(CASES, {**OPEN, "person": person})
        assert made.status_code == 201, made.text
        return str(made.json()["number"])

    with ThreadPoolExecutor(12) as pool:
        made = sorted(pool.map(opened, range(24)))
    assert made == [f"6310-2027-{n:06d}" for n in range(1, 25)]
