"""The first page: what the reader's role is about."""

from collections.abc import Callable

from starlette.responses import Response

from caseflow.web import addressed, oversight, system, work
from caseflow.web.page import Page, Reading, homes_of
from caseflow.web.route import new_router

router = new_router()
SHOWN: dict[str, Callable[[Page], Response]] = {
    "work": work.show,
    "oversight": oversight.show,
    "system": system.show,
    "addressed": addressed.show,
}


@router.get("/")
def home(page: Reading) -> Response:
    return SHOWN[homes_of(page.viewer.roles)[0]](page)
