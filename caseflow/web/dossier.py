"""Why a case was closed: the document on a page, and as a PDF for its reader."""

from datetime import datetime

from starlette.responses import Response

from caseflow.access import Viewer
from caseflow.actions import dossier
from caseflow.actions.dossier import Dossier
from caseflow.letters import extract
from caseflow.store.session import Session
from caseflow.web.page import HEADERS, Page, Reading, render
from caseflow.web.route import new_router

router = new_router()


@router.get("/kasus/{number}/petikan")
def show(page: Reading, number: str) -> Response:
    return render(page, "dossier.html", found=_read(page, number))


@router.get("/kasus/{number}/petikan.pdf")
def pdf(page: Reading, number: str) -> Response:
    found = _read(page, number)
    made = page.request.app.state.render(extract.NAME, dossier.facts(found, page.lang))
    headers = {**HEADERS, "Content-Disposition": f'attachment; filename="petikan-{found.number}.pdf"'}
    return Response(made.pdf, media_type="application/pdf", headers=headers)


def _read(page: Page, number: str) -> Dossier:
    def reading(session: Session, by: Viewer, at: datetime) -> Dossier:
        return dossier.dossier(session, number, by=by, at=at, lang=page.lang)

    return page.read(reading, case=number)
