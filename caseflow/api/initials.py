"""Initials (paraf): what waits for mine, giving and returning; which posts initial the letters of an office."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import Response

from caseflow.access import Viewer
from caseflow.actions import letter_chains, letter_initials, letter_waiting
from caseflow.actions.letter_chains import HoldPost, SetChain
from caseflow.actions.letter_initials import GiveInitial, ReturnDraft, WithdrawDraft
from caseflow.actions.letter_waiting import DraftView
from caseflow.api import door
from caseflow.api.door import Reader, Writer
from caseflow.api.fields import Body, Change, Line, Note, RowId, TypedDay, Word
from caseflow.api.letters import PdfResponse
from caseflow.api.models import CASE_ID, Answer
from caseflow.api.problems import READING, refusals
from caseflow.i18n import translate
from caseflow.store.session import Session

router: APIRouter = door.routes("Paraf")


class WaitingShown(Answer):
    """A draft that waits for my initial."""

    id: str = Field(description="Id konsep; suratnya kelak memakai id yang sama.", examples=[CASE_ID])
    case_number: str
    title: str
    post: str = Field(examples=["Kepala Bidang Rehabilitasi Sosial"])
    prefix: str = Field(description="Plt. atau Plh.; kosong bagi pemangkunya.")
    position: int
    of: int
    requester: str
    since: datetime
    due_at: datetime


@router.get("/initials", responses=refusals(401, 429, 503), summary="Menunggu paraf saya")
def waiting(caller: Reader) -> list[WaitingShown]:
    """Konsep surat yang menunggu paraf jabatan yang Anda pegang hari ini, yang terlama dahulu."""
    found = door.read(caller, lambda session, by, at: letter_waiting.waiting(session, by=by, at=at))
    names = ("id", "post", "prefix", "position", "of", "requester", "since", "due_at")
    return [
        WaitingShown(
            case_number=each.line.number,
            title=each.title.in_(caller.lang),
            **{name: getattr(each, name) for name in names},
        )
        for each in found
    ]


class DraftShown(Answer):
    """A letter of a case that has no number: it waits for initials, or came back."""

    id: str
    kind: str
    state: str = Field(description="waiting, returned, withdrawn")
    posts: list[str] = Field(description="Jabatan yang memaraf, berurutan.")
    waits_for: str | None
    told: str = Field(description="Apa yang ditunggu, dengan kata-kata.", examples=["Menunggu paraf Sekretaris Dinas."])
    initials: list[str]
    reason: str | None
    requester: str
    requested_at: datetime


def draft_of(view: DraftView, lang: str) -> DraftShown:
    """Return a draft as the API shows it."""
    row = view.row
    return DraftShown(
        id=row.id,
        kind=row.kind,
        state=row.state,
        posts=row.posts.split("\n"),
        waits_for=row.waits_for,
        told=translate(view.told, lang),
        initials=list(view.initials),
        reason=view.reason,
        requester=view.requester,
        requested_at=row.requested_at,
    )


@router.get("/cases/{case}/drafts", responses=refusals(*READING), summary="Konsep surat sebuah kasus")
def drafts(caller: Reader, case: str) -> list[DraftShown]:
    """Surat kasus ini yang belum bernomor: menunggu paraf, dikembalikan, atau dibatalkan."""
    found = door.read(caller, lambda s, by, at: letter_waiting.of_case(s, case, by=by, at=at), case=case)
    return [draft_of(view, caller.lang) for view in found]


@router.get(
    "/initials/{draft}/pdf", response_class=PdfResponse, responses=refusals(*READING), summary="Konsep surat (PDF)"
)
def pdf(caller: Reader, draft: str) -> Response:
    """Konsep bertanda KONSEP, tanpa nomor."""
    row, facts = door.read(caller, lambda s, by, at: letter_waiting.content(s, draft, by=by, at=at), case=draft)
    made = caller.request.app.state.render(row.kind, facts)
    return PdfResponse(made.pdf, headers={"Content-Disposition": f'attachment; filename="KONSEP-{row.kind}.pdf"'})


class Give(Change):
    """An initial; `expected_version` is the version of the case."""


class Reasoned(Change):
    """Why a draft goes back, or is not wanted any more; `expected_version` is the version of the case."""

    reason: Note = Field(min_length=1, max_length=400)


@door.writes(router.post, "/initials/{draft}/give", "Paraf konsep")
def give(caller: Writer, draft: str, body: Give) -> Response:
    """Paraf konsep; sesudah paraf terakhir suratnya bernomor dan berkasnya menyusul."""
    return door.act(caller, draft, letter_initials.give_initial, GiveInitial(letter=draft, **body.given()))


@door.writes(router.post, "/initials/{draft}/return", "Kembalikan konsep")
def give_back(caller: Writer, draft: str, body: Reasoned) -> Response:
    """Kembalikan konsep kepada peminta; perbaikannya konsep yang baru."""
    return door.act(caller, draft, letter_initials.return_draft, ReturnDraft(letter=draft, **body.given()))


@door.writes(router.post, "/initials/{draft}/withdraw", "Batalkan konsep")
def withdraw(caller: Writer, draft: str, body: Reasoned) -> Response:
    """Batalkan konsep yang menunggu; nomornya belum pernah diambil."""
    return door.act(caller, draft, letter_initials.withdraw_draft, WithdrawDraft(letter=draft, **body.given()))


# --- what an office sets ----------------------------------------------------------------------------------------------


class HolderShown(Answer):
    """Who holds a post, from day to day."""

    id: str
    post: str
    prefix: str
    username: str
    name: str
    starts_on: date
    ends_on: date | None


class ChainsShown(Answer):
    """Which posts initial which letters of an office."""

    area: str
    chains: dict[str, list[str]] = Field(description="Jenis surat (* untuk semua yang lain) -> jabatan, berurutan.")
    holders: list[HolderShown]


Office = Annotated[str | None, Query(description="Kode wilayah kantor; boleh kosong bila hanya satu.", max_length=20)]


@router.get("/initials/chains", responses=refusals(401, 403, 422, 429, 503), summary="Urutan paraf")
def chains(caller: Reader, office: Office = None) -> ChainsShown:
    """Jabatan yang memaraf setiap jenis surat, dan pemegangnya. Untuk admin kantor itu."""
    return door.read(caller, lambda s, by, at: _shown(s, office, by, at))


def _shown(session: Session, office: str | None, by: Viewer, at: datetime) -> ChainsShown:
    found = letter_chains.read(session, office, by=by, at=at)
    holders = [HolderShown.model_validate(row) for row in found.holders]
    return ChainsShown(area=found.area, chains={k: list(v) for k, v in found.chains.items()}, holders=holders)


class Chain(Body):
    """The posts that initial a kind of letter; null: as every other letter, empty: none."""

    area: Word | None = None
    letter: Word | None = Field(None, description="Kosong: semua surat yang ditandatangani pejabat.")
    posts: list[Line] | None = Field(examples=[["Kepala Bidang Rehabilitasi Sosial", "Sekretaris Dinas"]])


class Hold(Body):
    """Who holds a post that initials, from a day (today) to a day."""

    area: Word | None = None
    post: Line
    user: Word = Field(description="Nama pengguna atau id akunnya.", examples=["sari"])
    prefix: Word = Field("", json_schema_extra={"enum": list(letter_chains.PREFIXES)})
    starts_on: TypedDay | None = None
    ends_on: TypedDay | None = None


class Leave(Body):
    """The last day of a holder; today unless said."""

    last_day: TypedDay | None = None


class Held(Answer):
    """What was written."""

    id: RowId = Field(examples=[CASE_ID])


@door.writes(router.put, "/initials/chains", "Atur urutan paraf", model=ChainsShown)
def set_chain(caller: Writer, body: Chain) -> Response:
    """Atur jabatan yang memaraf satu jenis surat, atau semua yang lain."""
    posts = None if body.posts is None else tuple(body.posts)
    command = SetChain(area=body.area, letter=body.letter, posts=posts)

    def run(session: Session, by: Viewer, at: datetime) -> tuple[int, ChainsShown]:
        letter_chains.set_chain(session, command, by=by, at=at)
        return 200, _shown(session, body.area, by, at)

    return door.write(caller, run)


@door.writes(router.post, "/initials/holders", "Catat pemegang jabatan", status=201, model=Held)
def hold(caller: Writer, body: Hold) -> Response:
    """Catat pemegang jabatan yang memaraf, atau Plt./Plh.-nya."""
    command = HoldPost(**body.given())
    return door.write(caller, lambda s, by, at: (201, Held(id=letter_chains.hold_post(s, command, by=by, at=at))))


@door.writes(router.post, "/initials/holders/{holder}/leave", "Akhiri pemegang jabatan", model=Held)
def leave(caller: Writer, holder: str, body: Leave) -> Response:
    """Tentukan hari terakhir seorang pemegang jabatan."""

    def run(session: Session, by: Viewer, at: datetime) -> tuple[int, Held]:
        letter_chains.leave_post(session, holder, body.last_day, by=by, at=at)
        return 200, Held(id=holder)

    return door.write(caller, run)
