"""The draft of a letter from a case: a PDF marked KONSEP of what the form says so far, nothing written."""

from datetime import datetime

from starlette.responses import Response

from caseflow.access import Viewer
from caseflow.actions import casework, letter_preview
from caseflow.actions import letters as actions
from caseflow.actions.letter_preview import Preview
from caseflow.store.session import Session
from caseflow.web.page import HEADERS, Acting
from caseflow.web.questions import read
from caseflow.web.route import new_router
from caseflow.web.sheet import Asking
from caseflow.web.sheets import letters

router = new_router()


@router.post("/kasus/{number}/surat/{name}/konsep")
def draft(page: Acting, number: str, name: str) -> Response:
    def reading(session: Session, by: Viewer, at: datetime) -> Preview:
        work = casework.look(session, number, by=by, at=at)
        asking = Asking(session, work, page.teller(session), name, dict(page.request.query_params))
        sheet = letters.issue(asking)
        kind = actions.kinds(session)[name]
        answers, _malformed = read(sheet.questions, page.posted, draft=True)  # what cannot be read is not there yet
        command = letters.asked_for(number, kind, answers, letters.replaced(asking, kind))
        return letter_preview.preview_letter(session, command, by=by, at=at)

    found = page.read(reading, case=number)
    made = page.request.app.state.render(found.kind.name, found.facts)
    headers = {**HEADERS, "Content-Disposition": f'attachment; filename="KONSEP-{found.kind.code}.pdf"'}
    return Response(made.pdf, media_type="application/pdf", headers=headers)
