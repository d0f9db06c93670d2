"""A new link for a referral: the page that asks for it, and the one time it is shown."""

from datetime import datetime
from typing import Any

from starlette.responses import Response

from caseflow import access
from caseflow import edge as door
from caseflow.access import Viewer
from caseflow.actions import replies
from caseflow.actions.casework import Work
from caseflow.actions.replies import MakeLink
from caseflow.errors import CaseflowError, Forbidden, InvalidInput, NotFound
from caseflow.i18n import error_message
from caseflow.store.session import Session
from caseflow.web.forms import Told, looked
from caseflow.web.page import Acting, Page, Reading, render
from caseflow.web.route import new_router
from caseflow.web.sheet import Asking
from caseflow.web.sheets import case
from caseflow.web.sheets.referrals import receiver_of

router = new_router()


@router.get("/kasus/{number}/rujukan/{referral}/tautan")
def form(page: Reading, number: str, referral: str) -> Response:
    return _shown(page, number, referral)


@router.post("/kasus/{number}/rujukan/{referral}/tautan")
def make(page: Acting, number: str, referral: str) -> Response:
    command = MakeLink(case=number, referral=referral, expected_version=page.posted.version)

    def run(session: Session, by: Viewer, at: datetime) -> tuple[int, dict[str, str]]:
        made = replies.make_link(session, command, by=by, at=at)
        return 200, {"url": made.url, "code": made.code}

    try:  # without its key: an answer that is kept would keep the code; sent twice, the second link counts
        answer = door.write(page.edge, page.viewer, run, key=None, request=b"", case=number)
    except (NotFound, Forbidden):
        raise
    except InvalidInput as error:
        return _shown(page, number, referral, status=error.status, told=Told(*error.data["problems"].values()))
    except CaseflowError as error:
        return _shown(page, number, referral, status=error.status, told=Told(error_message(error, page.lang)))
    return _shown(page, number, referral, made=answer.body)


def _shown(
    page: Page,
    number: str,
    referral: str,
    *,
    status: int = 200,
    told: Told | None = None,
    made: dict[str, str] | None = None,
) -> Response:
    def build(session: Session, work: Work) -> dict[str, Any]:
        access.require_act(work.roles, "referral")
        asking = Asking(session, work, page.teller(session), referral)
        return {
            "name": case.shown_name(asking),
            "receiver": receiver_of(asking),
            "version": work.row.version,
        }

    context = looked(page, number, build)
    return render(page, "link.html", status=status, number=number, told=told, made=made or {}, **context)
