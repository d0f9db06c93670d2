"""The page on which an institution answers by the code printed on a letter: public, with nothing of the client."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends
from limits import RateLimitItemPerMinute
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from caseflow import edge as door
from caseflow.access import SYSTEM, Viewer
from caseflow.actions import replies
from caseflow.actions.replies import OfferAnswer
from caseflow.errors import InvalidInput, NotFound, Refused, _
from caseflow.i18n import format_date
from caseflow.ids import normalise_reply_code
from caseflow.states.category import Text
from caseflow.store.session import Session
from caseflow.web.page import HEADERS, Page, Visiting, address_of, render, require_same_origin, visitor
from caseflow.web.posted import Posted, read_posted
from caseflow.web.questions import Question, Typed, arranged, as_text, labels_of, read, typed_from
from caseflow.web.route import new_router

router = new_router()
WRONG = RateLimitItemPerMinute(*replies.WRONG_CODES)


async def reply_posted(request: Request) -> Posted:
    """Read a form of these pages; `CrossOrigin` where it came from elsewhere."""
    require_same_origin(request)
    return await read_posted(request)


Sent = Annotated[Posted, Depends(reply_posted)]


@router.get("/jawab")
def ask_code(page: Visiting) -> Response:
    return _code_form(page)


@router.post("/jawab")
def find(request: Request, sent: Sent) -> Response:
    page = visitor(request)
    typed = sent.one("kode")
    code = normalise_reply_code(typed)
    if code is None:
        problem = _("Kode balasan terdiri dari 24 huruf dan angka, tercetak pada lembar balik surat.")
        return _code_form(page, status=422, typed=typed[:60], problem=problem)
    return RedirectResponse(_address(page, code), 303, dict(HEADERS))


@router.get("/jawab/{code}")
def show(page: Visiting, code: str) -> Response:
    asked = _question(page, code)
    if asked is None:
        return _code_form(page, status=404, typed=code[:60], unknown=True)
    return _shown(page, asked, {})


@router.post("/jawab/{code}")
def answer(request: Request, code: str, sent: Sent) -> Response:
    page = visitor(request)
    asked = _question(page, code)
    if asked is None:
        return _code_form(page, status=404, typed=code[:60], unknown=True)
    questions = questions_of(asked.choices, officer="", by_code=True)
    answers, problems = read(questions, sent)
    typed = typed_from(questions, sent)
    if not questions or problems:
        return _shown(page, asked, typed, status=InvalidInput.status, problems=problems)
    command = OfferAnswer(code=code, **{key: as_text(value) for key, value in answers.items()})

    def run(session: Session, _by: Viewer, at: datetime) -> tuple[int, None]:
        replies.offer_answer(session, command, at=at)
        return 303, None

    try:
        door.write(page.edge, SYSTEM, run, key=None, request=b"")
    except InvalidInput as error:
        return _shown(page, asked, typed, status=error.status, problems=error.data["problems"])
    except Refused:
        pass  # somebody was quicker, or it ended meanwhile: the page says so
    return RedirectResponse(_address(page, normalise_reply_code(code) or ""), 303, dict(HEADERS))


def questions_of(choices: tuple[tuple[str, Text], ...], *, officer: str, by_code: bool) -> tuple[Question, ...]:
    """Return what an institution is asked: nothing once it has answered."""
    if not choices:
        return ()
    phone = Question(
        key="phone",
        label=_("Nomor telepon untuk konfirmasi"),
        type="phone",
        hint=_("Kami menghubungi lembaga Anda bila jawaban ini perlu dipastikan."),
        required=False,
    )
    return (
        Question(key="status", label=_("Apa jawaban lembaga Anda?"), type="choice", choices=choices),
        Question(
            key="note",
            label=_("Tindakan atau keterangan"),
            type="longtext",
            hint=_("Wajib bila ditolak atau dikembalikan: tulis sebabnya. Nama klien tidak perlu ditulis."),
            required=False,
            limit=replies.NOTE,
        ),
        Question(
            key="officer",
            label=_("Siapa petugas yang menjawab?"),
            hint=_("Nama dan jabatan."),
            limit=replies.NAME,
            required=by_code,
            value=officer or None,
        ),
        *((phone,) if by_code else ()),
    )


def _question(page: Page, code: str) -> replies.Question | None:
    """Return what a code asks. A wrong code counts against its address; a right one is never held back."""
    try:
        return page.read(lambda session, _by, _at: replies.question(session, code))
    except NotFound:
        door.count_failure(page.edge, WRONG, replies.CODES, address_of(page))
        return None


def _address(page: Page, code: str) -> str:
    return f"/jawab/{code}{'?lang=en' if page.lang == 'en' else ''}"


def _code_form(
    page: Page, *, status: int = 200, typed: str = "", problem: str | None = None, unknown: bool = False
) -> Response:
    return render(page, "reply-code.html", status=status, code=typed, problem=problem, unknown=unknown)


def _shown(
    page: Page,
    asked: replies.Question,
    typed: Typed,
    *,
    status: int = 200,
    problems: dict[str, Any] | None = None,
) -> Response:
    questions = questions_of(asked.choices, officer="", by_code=True)
    return render(
        page,
        "reply.html",
        status=status,
        question=asked,
        sent=format_date(asked.sent_on, page.lang),
        due=format_date(asked.due, page.lang) if asked.due else "",
        replaced=(asked.replaced_by[0], format_date(asked.replaced_by[1], page.lang)) if asked.replaced_by else None,
        asked=arranged(questions),
        typed=typed,
        problems=problems or {},
        labels=labels_of(questions),
    )
