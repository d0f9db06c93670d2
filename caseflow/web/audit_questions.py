"""Questions about steps: those that wait, and one with its answer and its finding."""

from datetime import datetime
from typing import Any

from starlette.responses import Response

from caseflow.access import Viewer
from caseflow.actions import audit_questions as actions
from caseflow.actions.audit_questions import ASKED, FINDINGS, AnswerQuestion, CloseQuestion
from caseflow.errors import CaseflowError, InvalidInput, NotFound, Sentence, _
from caseflow.i18n import error_message
from caseflow.store.session import Session
from caseflow.web.audit_desk import HERE, shown
from caseflow.web.forms import Told
from caseflow.web.page import Acting, Page, Reading, act, render
from caseflow.web.route import new_router

router = new_router()


@router.get("/meja-audit/pertanyaan")
def listing(page: Reading) -> Response:
    """Show the questions not closed yet that concern the reader."""

    def reading(session: Session, by: Viewer, at: datetime) -> list[dict[str, Any]]:
        teller = page.teller(session)
        return [shown(question, teller) for question in actions.waiting(session, by=by, at=at)]

    found = page.read(reading)
    return render(
        page,
        "audit-questions.html",
        unanswered=[q for q in found if q["one"].row.state == ASKED],
        answered=[q for q in found if q["one"].row.state != ASKED],
    )


@router.get("/meja-audit/pertanyaan/{question}")
def show(page: Reading, question: str) -> Response:
    return _page(page, question)


@router.post("/meja-audit/pertanyaan/{question}")
def decide(page: Acting, question: str) -> Response:
    """Answer a question, or close it."""
    form = page.posted
    closing = form.one("_aksi") == "tutup"

    def run(session: Session, by: Viewer, at: datetime) -> dict[str, str]:
        if closing:
            found = CloseQuestion(question=question, finding=form.one("finding"), text=form.one("text"))
            actions.close(session, found, by=by, at=at)
        else:
            actions.answer(session, AnswerQuestion(question=question, text=form.one("text")), by=by, at=at)
        return {"to": f"{HERE}/pertanyaan/{question}", "flash": "found" if closing else "answered"}

    try:
        return act(page, run, case=question)
    except NotFound:
        raise
    except InvalidInput as error:
        return _page(page, question, status=error.status, problems=error.data["problems"])
    except CaseflowError as error:
        told = Told(_("Belum dapat dijalankan"), (error_message(error, page.lang),))
        return _page(page, question, status=error.status, told=told)


def _page(
    page: Page,
    question: str,
    *,
    status: int = 200,
    problems: dict[str, Sentence] | None = None,
    told: Told | None = None,
) -> Response:
    def reading(session: Session, by: Viewer, at: datetime) -> dict[str, Any]:
        found = actions.one(session, question, by=by, at=at)
        against = found.against
        return {
            "asked": shown(found, page.teller(session)),
            "against": error_message(against, page.lang) if against else "",
        }

    context = page.read(reading, case=question)
    typed, chosen = page.posted.one("text"), page.posted.one("finding")
    return render(
        page,
        "audit-question.html",
        status=status,
        problems=problems or {},
        told=told,
        typed=typed,
        chosen=chosen,
        findings=FINDINGS,
        **context,
    )
