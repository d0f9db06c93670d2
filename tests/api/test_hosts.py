"""Under which names the installation answers: its own, this machine's, and those it was told of."""

import pytest
from starlette.testclient import TestClient

from tests.api.calling import Api, problem

ME = "/api/v1/me"
OURS = ["kasus.dinsos.example", "KASUS.dinsos.example:8443", "localhost", "127.0.0.1:8000", "[::1]:8000"]
OTHERS = ["jahat.example", "kasus.dinsos.example.jahat.example", "x@kasus.dinsos.example", "10.0.0.5", "", "[::1"]


@pytest.mark.parametrize("host", OURS)
def test_its_own_names_are_answered(api: Api, host: str) -> None:
    assert api.by("rina").get(ME, host=host).status_code == 200
    assert api.client.get("/masuk", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", OTHERS)
def test_another_name_is_refused_with_what_to_set(api: Api, host: str) -> None:
    said = problem(api.by("rina").get(ME, host=host), 400, "UnknownHost")
    assert said["host"] == host
    assert "CASEFLOW_ALLOWED_HOSTS" in said["message"]
    assert "https://kasus.dinsos.example" in said["message"]
    page = api.client.get("/masuk", headers={"Host": host})
    assert (page.status_code, page.headers["content-type"]) == (400, "text/html; charset=utf-8")
    assert "CASEFLOW_ALLOWED_HOSTS" in page.text
    assert page.headers["x-request-id"]


def test_a_long_name_is_not_repeated(api: Api) -> None:
    said = problem(api.by("rina").get(ME, host="x" * 5000), 400, "UnknownHost")
    assert len(said["host"]) == 80


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_who_watches_asks_by_the_address_of_the_machine(api: Api, path: str) -> None:
    assert api.client.get(path, headers={"Host": "10.0.0.5:8000"}).status_code == 200


def test_the_reader_s_language_counts(api: Api) -> None:
    said = problem(api.by("rina").get(ME, host="jahat.example", accept_language="en"), 400, "UnknownHost")
    assert said["message"].startswith("This installation is not opened")


def test_nothing_is_written_for_another_name(api: Api) -> None:
    client = TestClient(api.client.app, base_url="http://jahat.example")
    headers = {"Authorization": f"Bearer {api.filled.tokens['rina']}", "Idempotency-Key": "k"}
    before = api.by("rina").get("/api/v1/cases").json()
    body = {"category": "FM", "area": "6310012001", "person": {"name": "Aminah"}}
    assert client.post("/api/v1/cases", headers=headers, json=body).status_code == 400
    assert api.by("rina").get("/api/v1/cases").json() == before
