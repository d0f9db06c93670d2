"""Answers of institutions: by the code on a letter, by a partner's own token, and the caseworker's word on them."""

from datetime import date, datetime

from fastapi import APIRouter
from limits import RateLimitItemPerMinute
from pydantic import Field
from starlette.responses import Response

from caseflow import edge as edges
from caseflow.access import SYSTEM, Viewer
from caseflow.actions import partners, replies
from caseflow.actions.casework import Done
from caseflow.api import door
from caseflow.api.door import ApiRequest, OpenRoute, Reader, Writer
from caseflow.api.fields import Body, Change, Line, Note, Word
from caseflow.api.models import Answer, Written, written
from caseflow.api.problems import READING, WRITING, language, refusals
from caseflow.errors import NotFound
from caseflow.states.category import Text
from caseflow.store.session import Session

router: APIRouter = door.routes("Jawaban rujukan")
public = APIRouter(prefix="/api/v1", tags=["Jawaban rujukan"], route_class=OpenRoute)
WRONG = RateLimitItemPerMinute(*replies.WRONG_CODES)
LONGEST_CODE = 60


# --- by the code on a letter, for anybody who holds it ----------------------------------------------------------------


class ReplyAsked(Answer):
    """What the holder of a code is shown: no more than the letter told, and nothing of the client."""

    state: str = Field(description="open, accepted: dapat dijawab; waiting, answered, withdrawn, void, closed: tidak.")
    institution: str
    title: str | None
    letter_number: str | None = Field(examples=["400.9/0017/RJK-RS/DINSOS/2026"])
    sent_on: date
    case_number: str | None = Field(description="Hanya untuk rujukan tanpa surat.")
    office: str
    phone: str
    due: date | None
    choices: dict[str, str] = Field(description="Jawaban yang dapat dikirim sekarang.")
    declined: bool = Field(description="Jawaban sebelumnya tidak dapat dipastikan.")
    replaced_by: str | None = Field(description="Nomor surat penggantinya.")


class Reply(Body):
    """What the institution answers."""

    status: Word = Field(examples=["accepted"])
    officer: Line = Field(examples=["Ani, perawat"])
    note: Note = Field("", description="Wajib bila ditolak atau dikembalikan.")
    phone: Line = ""


@public.get("/replies/{code}", responses=refusals(404, 422, 429, 503), summary="Baca kode balasan")
def asked(request: ApiRequest, code: str) -> ReplyAsked:
    """Yang ditanyakan kepada pemegang kode balasan sebuah surat. Tidak menyebut klien."""
    return _asked(request, code)


@public.post("/replies/{code}", responses=refusals(404, *WRITING), summary="Jawab dengan kode")
def reply(request: ApiRequest, code: str, body: Reply) -> ReplyAsked:
    """Jawaban menunggu konfirmasi pendamping. Dua kali dikirim, yang kedua ditolak."""
    _asked(request, code)
    command = replies.OfferAnswer(code=code[:LONGEST_CODE], **body.given())

    def run(session: Session, _by: Viewer, at: datetime) -> tuple[int, None]:
        replies.offer_answer(session, command, at=at)
        return 200, None

    edges.write(door.edge_of(request), SYSTEM, run, key=None, request=b"")
    return _asked(request, code)


def _asked(request: ApiRequest, code: str) -> ReplyAsked:
    """Return what a code asks. A wrong code counts against its address; a right one is never held back."""
    edge = door.edge_of(request)
    try:
        with edge.database.read() as session:
            found = replies.question(session, code[:LONGEST_CODE])
    except NotFound:
        edges.count_failure(edge, WRONG, replies.CODES, door.address_of(request))
        raise
    lang = language(request)
    return ReplyAsked(
        state=found.state,
        institution=found.institution,
        title=found.title.in_(lang) if found.title else None,
        letter_number=found.letter_number,
        sent_on=found.sent_on,
        case_number=found.case_number,
        office=found.office,
        phone=found.phone,
        due=found.due,
        choices=_choices(found.choices, lang),
        declined=found.declined,
        replaced_by=found.replaced_by[0] if found.replaced_by else None,
    )


def _choices(found: tuple[tuple[str, Text], ...], lang: str) -> dict[str, str]:
    return {code: label.in_(lang) for code, label in found}


# --- by a partner's token ---------------------------------------------------------------------------------------------


class ReferralToUs(Answer):
    """A referral to the partner's institution that waits; the client is named in the letter only."""

    id: str
    institution: str
    title: str | None
    letter_number: str | None
    case_number: str
    sent_on: date
    status: str
    waiting: bool = Field(description="Jawaban lewat kode menunggu konfirmasi.")
    due_at: datetime | None
    choices: dict[str, str]


class OwnAnswer(Body):
    """What the institution answers."""

    status: Word = Field(examples=["accepted"])
    note: Note = Field("", description="Wajib bila ditolak atau dikembalikan.")
    officer: Line = Field("", description="Kosong: nama akun ini.")


class Told(Answer):
    """The answer was taken; nothing of the case is said."""

    referral: str
    status: str


@router.get("/referrals", responses=refusals(403, *READING), summary="Rujukan untuk lembaga kami")
def ours(caller: Reader) -> list[ReferralToUs]:
    """Rujukan yang menunggu jawaban lembaga sendiri. Untuk mitra."""
    found = door.read(caller, lambda session, by, _at: partners.waiting(session, by=by))
    return [
        ReferralToUs(
            id=one.id,
            institution=one.institution,
            title=one.title.in_(caller.lang) if one.title else None,
            letter_number=one.letter_number,
            case_number=one.case_number,
            sent_on=one.sent_on,
            status=one.status,
            waiting=one.waiting,
            due_at=one.owed.due_at if one.owed else None,
            choices=_choices(one.choices, caller.lang),
        )
        for one in found
    ]


@door.writes(router.post, "/referrals/{referral}/answer", "Jawab rujukan untuk kami", model=Told)
def answer_own(caller: Writer, referral: str, body: OwnAnswer) -> Response:
    """Jawaban mitra dengan token sendiri langsung berlaku."""
    command = partners.AnswerOwn(referral=referral, **body.given())

    def run(session: Session, by: Viewer, at: datetime) -> tuple[int, Answer]:
        partners.answer_own(session, command, by=by, at=at)
        return 200, Told(referral=referral, status=command.status)

    return door.write(caller, run)


# --- the caseworker ---------------------------------------------------------------------------------------------------


class Confirm(Change):
    """The institution really said so."""


class Decline(Change):
    """The institution did not say so."""

    reason: Note = Field(min_length=1)


class Link(Change):
    """A new link for a referral."""


class Linked(Written):
    """A referral's new link: it can be read here only, once."""

    url: str
    code: str


@door.writes(router.post, "/cases/{case}/referrals/{referral}/confirm", "Terima jawaban lewat kode")
def confirm(caller: Writer, case: str, referral: str, body: Confirm) -> Response:
    """Jawaban yang masuk lewat kode mulai berlaku."""
    command = replies.ConfirmAnswer(case=case, referral=referral, **body.given())
    return door.act(caller, case, replies.confirm_answer, command)


@door.writes(router.post, "/cases/{case}/referrals/{referral}/decline", "Tolak jawaban lewat kode")
def decline(caller: Writer, case: str, referral: str, body: Decline) -> Response:
    """Jawaban tidak dicatat; rujukan ditunggu lagi dan kodenya tetap berlaku."""
    command = replies.DeclineAnswer(case=case, referral=referral, **body.given())
    return door.act(caller, case, replies.decline_answer, command)


@door.writes(router.post, "/cases/{case}/referrals/{referral}/link", "Buat tautan jawaban", status=201, model=Linked)
def link(caller: Writer, case: str, referral: str, body: Link) -> Response:
    """Tautan baru menggantikan yang lama. Jawabannya tidak disimpan: permintaan yang diulang membuat tautan baru."""
    command = replies.MakeLink(case=case, referral=referral, **body.given())

    def run(session: Session, by: Viewer, at: datetime) -> tuple[int, dict[str, object]]:
        made = replies.make_link(session, command, by=by, at=at)
        return 201, {**_written(made.done), "url": made.url, "code": made.code}

    answer = edges.write(caller.edge, caller.viewer, run, key=None, request=b"", case=case)
    return door.json(answer.body, answer.status)


def _written(done: Done) -> dict[str, object]:
    return written(done).model_dump(mode="json")
