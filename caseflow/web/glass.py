"""Break-the-glass: the page that asks which closed file and why, says what follows, and opens it."""

from datetime import datetime

from starlette.responses import Response

from caseflow.access import Viewer
from caseflow.actions import glass
from caseflow.actions.glass import OpenFile
from caseflow.errors import InvalidInput, NotFound, Refused, Sentence, _
from caseflow.store.session import Session
from caseflow.web.page import Acting, Page, Reading, act, render
from caseflow.web.questions import Question, arranged, labels_of, read, typed_from
from caseflow.web.route import new_router

router = new_router()
HERE = "/akses-darurat"
NUMBER = Question(key="number", label=_("Berkas nomor berapa?"), type="text", hint=_("Misalnya 6310-2026-000123."))
REASON = Question(
    key="reason",
    label=_("Mengapa Anda harus membacanya sekarang?"),
    type="longtext",
    hint=_("Alasan ini dibaca oleh tim berkas dan supervisor."),
)
QUESTIONS = (NUMBER, REASON)


@router.get(HERE)
def ask(page: Reading) -> Response:
    return _form(page)


@router.post(HERE)
def open_file(page: Acting) -> Response:
    glass.require_breaker(page.viewer)
    answers, problems = read(QUESTIONS, page.posted)
    if problems:
        return _form(page, status=InvalidInput.status, problems=problems)
    command = OpenFile(case=str(answers["number"]), reason=str(answers["reason"]))

    def run(session: Session, by: Viewer, at: datetime) -> dict[str, str]:
        done = glass.open_file(session, command, by=by, at=at)
        return {"to": f"/kasus/{done.number}", "flash": "file_opened"}

    try:
        return act(page, run, case=command.case)
    except NotFound as error:
        nothing = _("Tidak ada berkas tertutup dengan nomor ini di wilayah Anda. Periksa nomornya.")
        return _form(page, status=error.status, problems={"number": nothing})
    except Refused as error:
        return _form(page, status=error.status, problems={"number": error.data["reason"]})
    except InvalidInput as error:
        return _form(page, status=error.status, problems=error.data["problems"])


def _form(page: Page, *, status: int = 200, problems: dict[str, Sentence] | None = None) -> Response:
    glass.require_breaker(page.viewer)
    return render(
        page,
        "glass.html",
        status=status,
        asked=arranged(QUESTIONS),
        typed=typed_from(QUESTIONS, page.posted),
        problems=problems or {},
        labels=labels_of(QUESTIONS),
    )
