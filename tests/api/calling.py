"""People who call the API: each request with a token, each write with a key of its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

from fastapi import FastAPI
from httpx2 import Response
from starlette.testclient import TestClient

from caseflow.edge import BusinessClock
from caseflow.store import cases as case_rows
from caseflow.store.session import Database
from workers.embedded import Embedded
from workers.runtime import Runtime

WRITES = ("POST", "PUT", "PATCH")


@dataclass(frozen=True, slots=True)
class Filled:
    """A filled office that tests copy."""

    url: str
    folder: Path
    ids: Mapping[str, str]
    institutions: Mapping[str, str]
    waiting: Mapping[tuple[str, str], str]
    tokens: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a token."""

    client: TestClient
    token: str

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> Response:
        """Send a request; a write gets a new key unless one is given (`key="..."`)."""
        said = {"Authorization": f"Bearer {self.token}"}
        if method in WRITES:
            said["Idempotency-Key"] = headers.pop("key", str(uuid4()))
        said |= {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.request(method, path, headers=said, json=body)

    def get(self, path: str, **headers: str) -> Response:
        return self.ask("GET", path, **headers)

    def post(self, path: str, body: object = None, **headers: str) -> Response:
        return self.ask("POST", path, {} if body is None else body, **headers)

    def put(self, path: str, body: object, **headers: str) -> Response:
        return self.ask("PUT", path, body, **headers)


@dataclass(frozen=True, slots=True)
class Api:
    """The application, its database, and who may call it."""

    client: TestClient
    filled: Filled
    database: Database
    clock: BusinessClock
    runtime: Runtime

    @property
    def application(self) -> FastAPI:
        """Return the application itself."""
        return cast("FastAPI", self.client.app)

    def by(self, name: str) -> Person:
        """Return somebody by name."""
        return Person(self.client, self.filled.tokens[name])

    def case(self, state: str, category: str = "FM") -> str:
        """Return the id of the case that waits in a state."""
        return self.filled.waiting[category, state]

    def work(self) -> None:
        """Let the workers do what is due now."""
        Embedded(self.runtime).drain()

    def version(self, case: str) -> int:
        """Return the version of a case."""
        with self.database.read() as session:
            row = case_rows.by_id(session, case)
        assert row is not None
        return int(row.version)

    def change(
        self, name: str, case: str, path: str, body: Mapping[str, Any] | None = None, method: str = "POST"
    ) -> Response:
        """Send a change of a case on its present version."""
        said = {**(body or {}), "expected_version": self.version(case)}
        return self.by(name).ask(method, f"/api/v1/cases/{case}/{path}", said)


def problem(response: Response, status: int, code: str) -> dict[str, Any]:
    """Return the body of a refusal, which must have this status, code and form."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert (body["code"], body["status"], body["type"]) == (code, status, f"/api/docs#{code}")
    assert body["title"]
    assert body["message"]
    assert "{" not in body["message"]
    return body
