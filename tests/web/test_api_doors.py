"""What the API shows of a case x role x area x confidentiality; absent and not visible are one answer."""

import re
from collections.abc import Iterator

import pytest
from fastapi.routing import APIRoute
from httpx2 import Response

from caseflow.api.routes import ROUTERS
from tests.web.doors import BOTH_SIDES, CONCERNED, READERS, SEEN_AT_DESK
from tests.web.furnishing import HANGING, Place
from tests.web.test_doors import KNOCKING

OTHERWISE = {
    "/audit/steps/{case}/{seq}": SEEN_AT_DESK,
    "/audit/questions/{question}": CONCERNED,
    "/transfers/{transfer}": BOTH_SIDES,
}
"""Who sees what the rule of access alone does not decide."""
NOT_TRIED = (
    "/letters/{letter}/scan",
    "/letters/{letter}/pdf",
    "/cases/{case}/dossier.pdf",
    "/cases/{case}/assignees",
    "/cases/{case}/category/{code}",
)
"""What the case of the tests has none of, what only some who see it are told, or what is made anew for each."""
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f-]{22}")


def of_a_case() -> Iterator[str]:
    """Return every address of the API that shows something of one case."""
    for router in ROUTERS:
        for route in router.routes:
            if (
                isinstance(route, APIRoute)
                and "GET" in (route.methods or ())
                and set(HANGING) & set(route.param_convertors)
            ):
                yield route.path.removeprefix("/api/v1")


def told(answer: Response) -> tuple[int, str]:
    return answer.status_code, ID.sub("", answer.text)


@pytest.mark.parametrize("kind", READERS)
def test_who_does_not_see_a_case_is_told_that_there_is_none(place: Place, kind: str) -> None:
    place.turn_into(kind)
    addresses = list(of_a_case())
    assert {"/cases/{case}", *OTHERWISE, *NOT_TRIED} < set(addresses)
    wrong: list[tuple[object, ...]] = []
    for path in addresses:
        for who in KNOCKING[kind]:
            if who in OTHERWISE.get(path, READERS)[kind]:
                wrong += (
                    [(path, who, "does not see it")] if path not in NOT_TRIED and place.call(who, path).is_error else []
                )
                continue
            if (path, who) not in place.told:
                place.told[path, who] = told(place.call(who, path, absent=True))
            found = told(place.call(who, path))
            if found != place.told[path, who] or found[0] not in {403, 404}:
                wrong.append((path, who, *found))
    assert not wrong, "\n".join(map(str, wrong))
