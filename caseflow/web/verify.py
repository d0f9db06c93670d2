"""The public check of a letter, by its code or its file, and the download of its PDF for who may see the case."""

import hashlib
from datetime import datetime
from typing import Annotated

from fastapi import Depends
from limits import RateLimitItemPerMinute
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from caseflow import edge as door
from caseflow.access import Viewer
from caseflow.actions import desk, letter_files, letter_signing
from caseflow.actions.letter_files import Verdict
from caseflow.errors import Sentence, _
from caseflow.i18n import format_date
from caseflow.ids import normalise_check_code
from caseflow.states.category import Text
from caseflow.store.session import Session
from caseflow.web.page import HEADERS, Page, Reading, Visiting, address_of, render, require_same_origin, visitor
from caseflow.web.posted import Posted, read_posted
from caseflow.web.route import new_router

router = new_router()
WRONG = RateLimitItemPerMinute(*letter_files.WRONG_CHECKS)


@router.get("/verify")
def form(page: Visiting) -> Response:
    return render(page, "verify.html", verdict=None, code="", problem=None)


async def verify_posted(request: Request) -> Posted:
    require_same_origin(request)
    return await read_posted(request)


@router.post("/verify")
def check(request: Request, sent: Annotated[Posted, Depends(verify_posted)]) -> Response:
    page = visitor(request)
    pdf = sent.files.get("berkas", b"")
    if pdf:
        digest = hashlib.sha256(pdf).hexdigest()
        verdict = page.read(lambda session, _by, _at: letter_files.verify_file(session, digest))
        _count(page, verdict)
        signature = page.read(lambda session, _by, at: _signature(session, pdf, page.lang, at))
        return _told(page, verdict, "", of_file=True, signature=signature)
    code = normalise_check_code(sent.one("kode"))
    if code is None:
        typed = sent.one("kode")[:60]
        problem = _("Kode terdiri dari 16 huruf dan angka, misalnya 7K3M-9Q2X-4D8F-1BCZ.")
        return render(page, "verify.html", status=422, verdict=None, code=typed, problem=problem)
    lang = "?lang=en" if page.lang == "en" else ""
    return RedirectResponse(f"/verify/{code}{lang}", 303, dict(HEADERS))


@router.get("/verify/{code}")
def by_code(page: Visiting, code: str) -> Response:
    verdict = page.read(lambda session, _by, _at: letter_files.verify_code(session, code))
    _count(page, verdict)
    return _told(page, verdict, normalise_check_code(code) or code[:60], of_file=False)


def _count(page: Page, verdict: Verdict) -> None:
    """Count what is no letter of ours against its address; a genuine one is never held back."""
    if verdict.state == "unknown":
        door.count_failure(page.edge, WRONG, letter_files.CHECKS, address_of(page))


def _signature(session: Session, pdf: bytes, lang: str, at: datetime) -> Sentence | None:
    found = letter_signing.signature_on(session.settings, pdf)
    return letter_signing.told(found, lang=lang, at=at) if found else None


def _told(page: Page, verdict: Verdict, code: str, *, of_file: bool, signature: Sentence | None = None) -> Response:
    day = format_date(verdict.letter_date, page.lang) if verdict.letter_date else ""
    title = Text(verdict.title, verdict.title_en).in_(page.lang)
    status = 404 if verdict.state == "unknown" else 200
    return render(
        page,
        "verify.html",
        status=status,
        verdict=verdict,
        code=code,
        problem=None,
        day=day,
        replaced_on=format_date(verdict.replaced_on, page.lang) if verdict.replaced_on else "",
        title=title,
        of_file=of_file,
        signature=signature,
    )


@router.get("/surat/{letter_id}.pdf")
def download(page: Reading, letter_id: str) -> Response:
    def reading(session: Session, by: Viewer, at: datetime) -> tuple[str, bytes]:
        row, _case = desk.letter(session, letter_id, by=by, at=at)
        _row, content = letter_files.pdf_of(session, letter_id, by=by, at=at)
        return letter_files.file_name(row), content

    name, content = page.read(reading, case=letter_id)
    headers = {**HEADERS, "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type="application/pdf", headers=headers)
