"""Steps of a case, the answers of its stages, and the reviews that a second person decides."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Header
from pydantic import Field
from starlette.responses import Response

from caseflow.access import Viewer
from caseflow.actions import lines, records, reviews, steps, views
from caseflow.actions.steps import AdvanceCase
from caseflow.api import door, shown
from caseflow.api.cases import look
from caseflow.api.door import Caller, Reader, Writer
from caseflow.api.fields import Answers, Body, Change, KeyName, Note, TypedDay, Word
from caseflow.api.models import (
    Answer,
    CaseLine,
    CaseNow,
    StageShown,
    StepOffer,
    line_of,
)
from caseflow.api.problems import READING, WRITING, refusals
from caseflow.errors import InvalidInput, VersionConflict, _
from caseflow.states.lifecycle import OPEN
from caseflow.store.session import Session

router: APIRouter = door.routes("Langkah")
MATCH_EXAMPLE = '"3"'
LARGEST_VERSION = 2**31 - 1


@router.get("/cases/{case}/steps", responses=refusals(*READING), summary="Langkah berikutnya")
def next_steps(caller: Reader, case: str) -> list[StepOffer]:
    """Setiap langkah dari keadaan sekarang, dengan semua syarat yang belum terpenuhi."""
    found = door.read(caller, lambda session, by, at: views.next_steps(session, case, by=by, at=at), case=case)
    return [shown.step(offer, caller.lang) for offer in found]


class TakeStep(Change):
    """A step to take; `details` holds what some steps ask for (outcome, reason_code)."""

    step: Word = Field(examples=["complete_assessment"])
    note: Note = Field("", description="Alasan; wajib bila langkahnya memerlukannya.")
    event_date: TypedDay | None = Field(None, description="Kapan terjadi; hari ini bila tidak disebut.")
    details: dict[KeyName, Note] = Field(default_factory=dict, max_length=20, examples=[{"outcome": "goals_met"}])


class Taken(Answer):
    """The case after a step (200), or with the review that was asked for it (202)."""

    case: CaseNow
    entry: int
    review: str | None = Field(
        default=None, description="Id permintaan persetujuan, bila langkah menunggu orang kedua."
    )


@router.post(
    "/cases/{case}/steps",
    response_model=Taken,
    responses={202: {"model": Taken, "description": "Persetujuan diminta"}, **refusals(*WRITING)},
    summary="Ambil langkah",
)
def take_step(caller: Writer, case: str, body: TakeStep) -> Response:
    """Ambil satu langkah. 202 bila langkah itu kini menunggu persetujuan orang kedua."""
    command = AdvanceCase(case=case, **body.given())

    def run(session: Session, by: Viewer, at: datetime) -> tuple[int, Taken]:
        done = steps.advance_case(session, command, by=by, at=at)
        taken = Taken(case=CaseNow.model_validate(done), entry=done.entry, review=done.review_id)
        return (202 if done.review_id else 200), taken

    return door.write(caller, run, case=case)


# --- stages -----------------------------------------------------------------------------------------------------------


class StageSaved(Answer):
    """The record after saving; `merged` names what colleagues wrote meanwhile and was kept."""

    stage: str
    version: int = Field(description="Versi catatan sekarang, juga dalam ETag.", examples=[3])
    case_version: int
    answers: dict[str, Any]
    merged: list[str]


class SaveStage(Body):
    """Answers to keep: a key with null clears it, keys that are not sent stay as they are."""

    answers: Answers = Field(examples=[{"problems": "Tidak ada pengasuh tetap.", "risk": "medium"}])
    given_up: Answers = Field(
        default_factory=dict,
        description="Jawaban Anda yang dilepas setelah pertentangan (409): tetap tersimpan dalam riwayat isian.",
    )
    final: bool = Field(default=False, description="true: masuk riwayat sekarang; false: draf, masuk bersama langkah.")


IfMatch = Annotated[
    str,
    Header(
        alias="If-Match",
        max_length=40,
        description=(
            'Versi catatan tempat jawaban ini diketik, misalnya "3"; "0" bila belum ada; * untuk apa pun. '
            "Bukan versi kasus: yang benar ada dalam ETag dan version dari GET tahap ini."
        ),
        examples=[MATCH_EXAMPLE],
    ),
]


def _version(if_match: str) -> int | None:
    typed = if_match.strip().removeprefix("W/").strip('"')
    if typed == "*":
        return None
    if not typed.isascii() or not typed.isdecimal() or int(typed) > LARGEST_VERSION:
        raise InvalidInput({"If-Match": _("Tulis versi catatan, misalnya {example}.", example=MATCH_EXAMPLE)})
    return int(typed)


def _wanted(stage: str, version: int) -> dict[str, Any]:
    """Return what a conflict says of the version it wants: that of the stage's record, and not of the case."""
    wanted = etag(version)
    told = _("If-Match menyebut versi catatan tahap ini, sekarang {if_match}; bukan versi kasus.", if_match=wanted)
    return {"stage": stage, "if_match": wanted, "wanted": told}


def etag(version: int) -> str:
    """Return the version of a record as an entity tag."""
    return f'"{version}"'


@router.get("/cases/{case}/stages/{stage}", responses=refusals(*READING), summary="Catatan tahap")
def show_stage(caller: Reader, response: Response, case: str, stage: str) -> StageShown:
    """Jawaban satu tahap dalam siklus sekarang; versinya juga dalam ETag."""
    view = look(caller, case)
    if stage not in OPEN:
        raise InvalidInput({"stage": _('Tahap "{stage}" tidak dikenal.', stage=stage[:40])})
    found = shown.stage(view, stage)
    response.headers["ETag"] = etag(found.version)
    return found


@router.put(
    "/cases/{case}/stages/{stage}", response_model=StageSaved, responses=refusals(*WRITING), summary="Simpan tahap"
)
def save_stage(caller: Writer, case: str, stage: str, body: SaveStage, if_match: IfMatch) -> Response:
    """Simpan jawaban satu tahap. Hanya isian yang diubah kedua pihak menjadi pertentangan (409).

    Isian boolean ditulis true atau false; kriteria "yes", "no" atau "unknown". If-Match dengan versi yang tidak pernah
    ada pada catatan, misalnya versi kasus, juga 409. Jawaban 409 menyebut versi catatan yang sekarang (`version`, dan
    `if_match` untuk dikirim kembali), isian yang bertentangan (`fields`), dan nilainya (`base`, `yours`, `theirs`).
    """
    command = records.RecordStage(
        case=case,
        stage=stage[:40],
        answers=body.answers,
        record_version=_version(if_match),
        final=body.final,
        unchosen=body.given_up,
    )

    def run(session: Session, by: Viewer, at: datetime) -> tuple[int, StageSaved]:
        try:
            saved = records.record_stage(session, command, by=by, at=at)
        except VersionConflict as conflict:
            conflict.data |= _wanted(stage, conflict.data["version"])
            raise
        made = StageSaved(
            stage=stage,
            version=saved.version,
            case_version=saved.case_version,
            answers=dict(saved.answers),
            merged=list(saved.merged),
        )
        return 200, made

    return door.write(caller, run, case=case, etag=lambda made: etag(made["version"]), condition=if_match)


# --- reviews ----------------------------------------------------------------------------------------------------------


class WaitingReview(Answer):
    """A review that waits for a second person."""

    id: str
    step: str
    case: CaseLine
    requester: str
    requested_at: datetime
    due_at: datetime
    note: str
    details: dict[str, str]
    may_decide: bool


class WaitingReviews(Answer):
    """Reviews that wait, high risk and earliest due first."""

    items: list[WaitingReview]


@router.get("/reviews", responses=refusals(401, 429, 503), summary="Menunggu persetujuan")
def list_reviews(caller: Reader) -> WaitingReviews:
    """Permintaan persetujuan yang menunggu dalam kasus yang boleh Anda lihat."""
    waiting = door.read(caller, lambda session, by, at: lines.waiting_reviews(session, by=by, at=at))
    return WaitingReviews(items=[_waiting(caller, w) for w in waiting])


def _waiting(caller: Caller, waiting: lines.Waiting) -> WaitingReview:
    return WaitingReview(
        id=waiting.review.id,
        step=waiting.review.step,
        case=line_of(waiting.line, caller.lang, caller.edge.database.categories),
        requester=waiting.requester,
        requested_at=waiting.review.requested_at,
        due_at=waiting.review.due_at,
        note=waiting.note,
        details=dict(waiting.details),
        may_decide=waiting.may_decide,
    )


class Decide(Change):
    """A decision about a review; `expected_version` is the version of its case."""

    reason: Note = Field("", description="Wajib bila menolak.")


class Approve(Decide):
    """An approval; where the household already has the same help, why all the same."""

    despite: Note = Field("", description="Mengapa tetap disetujui; wajib bila bantuan yang sama ditemukan.")
    known: Word = Field("", description="Tanda daftar bantuan yang sama yang sudah dibaca (same-aid).")


@door.writes(router.post, "/reviews/{review}/approve", "Setujui")
def approve(caller: Writer, review: str, body: Approve) -> Response:
    """Setujui: langkahnya diambil sekarang bila semua syarat masih terpenuhi. Tidak oleh peminta atau penulisnya."""
    return door.act(caller, review, reviews.grant_review, reviews.DecideReview(review=review, **body.given()))


@door.writes(router.post, "/reviews/{review}/refuse", "Tolak")
def refuse(caller: Writer, review: str, body: Decide) -> Response:
    """Tolak dengan alasan; kasus tetap di tahapnya."""
    return door.act(caller, review, reviews.refuse_review, reviews.DecideReview(review=review, **body.given()))


@door.writes(router.post, "/reviews/{review}/withdraw", "Tarik")
def withdraw(caller: Writer, review: str, body: Decide) -> Response:
    """Tarik kembali permintaan Anda sendiri."""
    return door.act(caller, review, reviews.withdraw_review, reviews.DecideReview(review=review, **body.given()))
