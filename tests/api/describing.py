"""Requests made from the description of the API: they never fail us, and are answered as it says."""

from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.api.calling import Api

KNOWN_HOST = {"Host": "127.0.0.1"}
EXAMPLES = 8
CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance, status_code_conformance]
CHOSEN = settings(
    max_examples=EXAMPLES,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
    deadline=None,
    database=None,
)


def _made_real(api: Api, case: Any) -> None:  # noqa: ANN401 - the library's own type
    """Let a request be about a case that is there, on its version: else it comes no further than "not found"."""
    if "case" in (case.path_parameters or {}):
        case.path_parameters["case"] = api.case("intervention")
        if isinstance(case.body, dict) and "expected_version" in case.body:
            case.body["expected_version"] = api.version(api.case("intervention"))


def require_true(api: Api) -> None:
    """Send each operation what its description allows, and hold each answer against the description."""
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", api.client.app, headers=KNOWN_HOST)
    headers = {**KNOWN_HOST, "Authorization": f"Bearer {api.filled.tokens['rina']}"}
    operations = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    assert len(operations) == sum(len(item) for item in api.client.get("/api/openapi.json").json()["paths"].values())
    for operation in operations:

        @CHOSEN
        @given(case=operation.as_strategy())
        def answered_as_described(case: Any) -> None:  # noqa: ANN401 - the library's own type
            _made_real(api, case)
            case.call_and_validate(headers=headers, checks=CHECKS)

        answered_as_described()
