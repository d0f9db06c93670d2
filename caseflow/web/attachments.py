"""Photos and documents on the pages: the section of the case, the form that hands one in, fetching it again."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Any

from fastapi import Depends
from starlette.requests import Request
from starlette.responses import Response

from caseflow import access
from caseflow.access import Viewer
from caseflow.actions import attachments
from caseflow.actions.attachments import KINDS, AttachFile, Attachment, attach_file, prepared
from caseflow.actions.casework import Work
from caseflow.errors import CaseflowError, Forbidden, InvalidInput, NotFound, _
from caseflow.i18n import error_message, format_size
from caseflow.states.lifecycle import CLOSED, OPEN, STATES
from caseflow.store import children
from caseflow.store.session import Session
from caseflow.store.tables import visit
from caseflow.uploads.cleaning import LARGEST
from caseflow.web.environment import Words
from caseflow.web.forms import looked
from caseflow.web.opened import Looked
from caseflow.web.page import HEADERS, Page, Reading, act, acting, render, require_same_origin
from caseflow.web.posted import Posted, read_posted
from caseflow.web.questions import Question, arranged, as_date, as_text, labels_of, read, typed_from, typed_of
from caseflow.web.route import new_router
from caseflow.web.sheet import Answers, Asking, event_question
from caseflow.web.sheets.case import shown_name

router = new_router()
TIMES = 11
"""How much larger than a form a file may be, so that its own limit speaks first."""
APART = {"Content-Security-Policy": "sandbox; default-src 'none'", "Cross-Origin-Resource-Policy": "same-origin"}
"""What a file is handed out under: never shown by us, and nothing in it may act."""
FILE = "file"


# --- on the case page ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FileShown:
    """A photo or document as the case page lists it."""

    title: Words
    to: str
    """Where it is fetched; empty where it is gone."""
    thumb: str
    lines: tuple[str, ...]
    note: str
    withdraw: str


def shown_of(seen: Looked) -> dict[str, Any] | None:
    """Return the section of the case page: the files, newest first, and where one is added; None to who follows it."""
    if not seen.work.roles.intersection(attachments.READERS):
        return None
    base = f"/kasus/{seen.view.row.number}/lampiran"
    may = bool(seen.work.roles.intersection(access.ACTS["attach"])) and not seen.view.subject.erased_at
    files = tuple(_shown(each, seen, base, may=may) for each in attachments.of_case(seen.work))
    return {"files": files, "add": f"{base}/baru" if may and seen.view.row.state != CLOSED else ""}


def _shown(found: Attachment, seen: Looked, base: str, *, may: bool) -> FileShown:
    teller = seen.teller
    what = _("{kind}, {size}", kind=FORMATS[found.media_type], size=format_size(found.size, teller.lang))
    taken = _("Tanggal {day}, dilampirkan {who}", day=teller.full_day(found.taken_on), who=found.added_by)
    lines = [teller.say(what), teller.say(taken)]
    if found.visited_on is not None:
        lines.append(teller.say(_("Kunjungan {day}", day=teller.full_day(found.visited_on))))
    if found.stage:
        lines.append(teller.say(_("Tahap {state}", state=teller.say(STATES[found.stage]).lower())))
    if found.withdrawn_at is not None:
        lines = [
            teller.say(_("Ditarik {who}, berkasnya dimusnahkan: {why}", who=found.withdrawn_by, why=found.withdrawn))
        ]
    mine = found.added_by_id == seen.work.by.user_id or seen.work.roles.intersection(access.ACTS["withdraw_attachment"])
    return FileShown(
        title=found.label,
        to=f"/lampiran/{found.id}" if found.readable else "",
        thumb=f"/lampiran/{found.id}/kecil.jpg" if found.has_thumb else "",
        lines=tuple(lines),
        note=found.note if found.withdrawn_at is None else "",
        withdraw=f"{base}/{found.id}/tarik" if may and mine and found.readable else "",
    )


FORMATS = {"image/jpeg": "JPEG", "application/pdf": "PDF"}


# --- fetching --------------------------------------------------------------------------------------------------------


@router.get("/lampiran/{attachment}")
def download(page: Reading, attachment: str) -> Response:
    found, name, content = page.read(
        lambda s, by, at: attachments.file_of(s, attachment, by=by, at=at), case=attachment
    )
    headers = {**HEADERS, **APART, "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=found.media_type, headers=headers)


@router.get("/lampiran/{attachment}/kecil.jpg")
def thumb(page: Reading, attachment: str) -> Response:
    small = page.read(lambda s, by, at: attachments.thumb_of(s, attachment, by=by, at=at), case=attachment)
    return Response(small, media_type="image/jpeg", headers={**HEADERS, **APART})


# --- handing in ------------------------------------------------------------------------------------------------------


async def handed_in(request: Request) -> Posted:
    """Read the form; its key stands for this file: another one under the same key is another form."""
    require_same_origin(request)
    found = await read_posted(request, times=TIMES)
    return replace(found, fields={**found.fields, "_berkas": (sha256(found.files.get(FILE, b"")).hexdigest(),)})


def sender(request: Request, form: Annotated[Posted, Depends(handed_in)]) -> Page:
    return acting(request, form)


def questions(asking: Asking) -> tuple[Question, ...]:
    """Return what is asked beside the file."""
    return (
        Question(key="kind", label=_("Apa isinya?"), type="choice", choices=tuple(KINDS.items())),
        Question(key="about", label=_("Tentang apa?"), type="choice", choices=_places(asking), value="case"),
        event_question(asking, "taken_on", _("Kapan diambil atau dibuat?"), _("Tanggal di foto atau di surat.")),
        Question(
            key="note",
            label=_("Keterangan"),
            hint=_("Misalnya: dinding timur lapuk. Jangan menulis NIK di sini."),
            required=False,
            limit=attachments.LONGEST_NOTE,
        ),
    )


def _places(asking: Asking) -> tuple[tuple[str, Words], ...]:
    """Return what a file may belong to: the case, its stages until now, its visits."""
    work, teller = asking.work, asking.teller
    last = list(STATES).index(work.row.state)
    stages = [(f"stage:{s}", _("Tahap {state}", state=teller.say(STATES[s]).lower())) for s in OPEN[: last + 1]]
    seen = children.of_case(work.session, visit, work.row.id)
    visits = [(f"visit:{v.id}", _("Kunjungan {day}", day=teller.full_day(v.visited_on))) for v in reversed(seen)]
    return (("case", _("Kasus ini")), *stages, *visits)


@router.get("/kasus/{number}/lampiran/baru")
def form(page: Reading, number: str) -> Response:
    return _form(page, number)


def _form(
    page: Page, number: str, *, status: int = 200, problems: Mapping[str, str] | None = None, told: str = ""
) -> Response:
    def build(session: Session, work: Work) -> dict[str, Any]:
        access.require_act(work.roles, "attach")
        asking = Asking(session, work, page.teller(session))
        asked = questions(asking)
        return {
            "name": shown_name(asking),
            "version": work.row.version,
            "asked": arranged(asked),
            "typed": typed_from(asked, page.posted) if page.posted.fields else typed_of(asked),
            "labels": {FILE: _("Foto atau dokumen"), **labels_of(asked)},
            "closed": work.row.state == CLOSED,
        }

    more = {"number": number, "problems": problems or {}, "told": told, "largest": LARGEST >> 20}
    return render(page, "attachment.html", status=status, **more, **looked(page, number, build))


@router.post("/kasus/{number}/lampiran/baru")
def attach(page: Annotated[Page, Depends(sender)], number: str) -> Response:
    def asked(session: Session, work: Work) -> tuple[Question, ...]:
        return questions(Asking(session, work, page.teller(session)))

    answers, wrong = read(looked(page, number, asked), page.posted)
    try:
        page.read(lambda s, by, at: attachments.require_may_attach(s, number, by=by, at=at), case=number)
        command = _command(number, answers, wrong, page.posted.files.get(FILE, b""))

        def run(session: Session, by: Viewer, at: datetime) -> dict[str, str]:
            attach_file(session, command, by=by, at=at)
            return {"to": f"/kasus/{number}#lampiran", "flash": "saved"}

        return act(page, run, case=number)
    except (NotFound, Forbidden):
        raise
    except InvalidInput as error:
        return _form(page, number, status=error.status, problems=error.data["problems"])
    except CaseflowError as error:
        return _form(page, number, status=error.status, told=error_message(error, page.lang))


def _command(number: str, answers: Answers, wrong: Mapping[str, str], content: bytes) -> AttachFile:
    """Return what is asked for, the file made anew; `InvalidInput` names every field that stands in its way."""
    try:
        file = prepared(content)
    except InvalidInput as error:
        raise InvalidInput({**error.data["problems"], **wrong}) from None
    if wrong:
        raise InvalidInput(dict(wrong))
    part, _colon, item = as_text(answers["about"]).partition(":")
    return AttachFile(
        case=number,
        file=file,
        kind=as_text(answers["kind"]),
        note=as_text(answers["note"]),
        taken_on=as_date(answers["taken_on"]),
        stage=item if part == "stage" else None,
        visit=item if part == "visit" else None,
    )
