"""The signed scan of a letter on the pages: handed in as a file, fetched again."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends
from starlette.requests import Request
from starlette.responses import Response

from caseflow import access
from caseflow.access import Viewer
from caseflow.actions import letter_files, letter_scans
from caseflow.actions.casework import Work
from caseflow.actions.letter_scans import AttachScan, attach_scan
from caseflow.errors import CaseflowError, NotFound, Sentence, _
from caseflow.i18n import error_message
from caseflow.ids import is_id
from caseflow.store import letters
from caseflow.store.session import Session
from caseflow.web.forms import looked
from caseflow.web.page import HEADERS, Page, Reading, act, acting, render, require_same_origin
from caseflow.web.posted import Posted, read_posted
from caseflow.web.route import new_router

router = new_router()
TIMES = 11
"""How much larger than a form a scan may be, so that its own limit speaks first."""


async def handed_in(request: Request) -> Posted:
    require_same_origin(request)
    return await read_posted(request, times=TIMES)


def sender(request: Request, form: Annotated[Posted, Depends(handed_in)]) -> Page:
    return acting(request, form)


@router.get("/surat/{letter_id}/pindaian.pdf")
def download(page: Reading, letter_id: str) -> Response:
    row, content = page.read(lambda s, by, at: letter_scans.scan_of(s, letter_id, by=by, at=at), case=letter_id)
    headers = {**HEADERS, "Content-Disposition": f'attachment; filename="pindaian-{letter_files.file_name(row)}"'}
    return Response(content, media_type="application/pdf", headers=headers)


@router.get("/kasus/{number}/surat/{letter}/pindaian")
def form(page: Reading, number: str, letter: str) -> Response:
    return _form(page, number, letter)


def _form(page: Page, number: str, letter: str, *, status: int = 200, problem: str | Sentence = "") -> Response:
    def build(session: Session, work: Work) -> dict[str, Any]:
        access.require_act(work.roles, "issue_letter")
        row = letters.by_id(session, letter) if is_id(letter) else None
        if row is None or row.case_id != work.row.id:
            raise NotFound
        return {"letter": row.number, "version": work.row.version, "number": number}

    return render(page, "scan.html", status=status, problem=problem, **looked(page, number, build))


@router.post("/kasus/{number}/surat/{letter}/pindaian")
def attach(page: Annotated[Page, Depends(sender)], number: str, letter: str) -> Response:
    content = page.posted.files.get("berkas", b"")
    if not content:
        return _form(page, number, letter, status=422, problem=_("Pilih berkas pindaiannya."))

    def run(session: Session, by: Viewer, at: datetime) -> dict[str, str]:
        command = AttachScan(letter=letter, content=content, expected_version=page.posted.version)
        attach_scan(session, command, by=by, at=at)
        return {"to": f"/kasus/{number}#surat", "flash": "saved"}

    try:
        return act(page, run, case=number)
    except NotFound:
        raise
    except CaseflowError as error:
        said = error.data.get("problems", {}).get("file") or error_message(error, page.lang)
        return _form(page, number, letter, status=error.status, problem=said)
