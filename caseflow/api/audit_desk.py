"""The audit desk: steps picked by risk, questions about them, and the limits of an office."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from starlette.responses import Response

from caseflow.access import Viewer
from caseflow.actions import audit_desk, audit_limits, audit_questions
from caseflow.actions.audit_desk import Pick, Wanted
from caseflow.actions.audit_questions import FINDINGS, AnswerQuestion, AskAbout, CloseQuestion, Question
from caseflow.actions.casework import Done
from caseflow.api import door
from caseflow.api.door import Caller, Reader, Writer
from caseflow.api.fields import Body, Note, RowId, TypedDay, Word
from caseflow.api.models import CASE_ID, Answer, Named
from caseflow.api.problems import READING, refusals
from caseflow.i18n import translate
from caseflow.states.risks import RANGES, REASONS
from caseflow.store.session import Session

router: APIRouter = door.routes("Meja audit")
OVERSEEING = (401, 403, 404, 422, 429, 503)
Reasons = Annotated[list[str], Field(description=", ".join(REASONS), max_length=len(REASONS))]


class ReasonShown(Answer):
    """Why a step is worth a question; the sentence carries the office's limit."""

    reason: str = Field(examples=["backdated"])
    message: str = Field(examples=["Diketik 9 hari setelah kejadian (batas kantor: 3 hari)."])


class StepShown(Answer):
    """A step; of a closed file (R3) no category, and for an auditor no area."""

    case_id: str = Field(examples=[CASE_ID])
    number: str = Field(examples=["6310-2026-000123"])
    seq: int = Field(description="Nomor entri dalam rantai kasus.")
    entry: str
    confidentiality: str
    category: str
    area: str
    step: str
    before: str
    to: str
    by: str = Field(description="Id yang mengetik, atau yang menyetujui.")
    requested_by: str
    approved_by: str | None
    event_date: date
    entered_at: datetime
    gap_days: int
    reasons: list[ReasonShown]
    questions: list[str] = Field(description="Id pertanyaan tentang langkah ini.")


class Steps(Answer):
    """The steps of a period that fit, most reasons first."""

    start: date
    end: date
    found: int
    looked_at: int
    since: datetime | None = Field(description="Periode terlalu panjang: hanya yang diketik sejak ini yang diperiksa.")
    counts: dict[str, int]
    items: list[StepShown]


class StepsWanted(Body):
    """Which steps; days are those on which they were typed."""

    start: TypedDay | None = None
    end: TypedDay | None = None
    worker: RowId = ""
    area: Word = ""
    category: Word = ""
    step: Word = ""
    reason: Reasons = []  # noqa: RUF012 - pydantic copies it
    every: Annotated[bool, Field(strict=False)] = False
    offset: Annotated[int, Field(strict=False, ge=0, le=100_000)] = 0
    limit: Annotated[int, Field(strict=False, ge=1, le=200)] = 50


@router.get("/audit/steps", responses=refusals(*OVERSEEING), summary="Langkah yang patut ditanyakan")
def steps(caller: Reader, wanted: Annotated[StepsWanted, Query()]) -> Steps:
    """Langkah satu periode (bila tidak disebut, 30 hari), yang alasannya terbanyak dahulu. Supervisor dan auditor."""
    asked = Wanted(
        start=wanted.start,
        end=wanted.end,
        worker=wanted.worker,
        area=wanted.area,
        category=wanted.category,
        step=wanted.step,
        reasons=tuple(wanted.reason),
        every=wanted.every,
    )
    found = door.read(
        caller,
        lambda session, by, at: audit_desk.desk(session, asked, by=by, at=at, offset=wanted.offset, limit=wanted.limit),
    )
    return Steps(
        start=found.start,
        end=found.end,
        found=found.found,
        looked_at=found.looked_at,
        since=found.since,
        counts=dict(found.counts),
        items=[_step(pick, caller.lang) for pick in found.picks],
    )


def _step(pick: Pick, lang: str) -> StepShown:
    named = ("case_id", "number", "seq", "confidentiality", "category", "area", "step", "before", "to", "by")
    return StepShown(
        **{name: getattr(pick, name) for name in (*named, "requested_by", "approved_by")},
        entry=pick.id,
        event_date=pick.happened,
        entered_at=pick.typed,
        gap_days=pick.gap,
        reasons=[ReasonShown(reason=name, message=translate(said, lang)) for name, said in pick.reasons.items()],
        questions=[row.id for row in pick.questions],
    )


class QuestionShown(Answer):
    """A question about a step; its words are empty once the person of the case was erased."""

    id: str = Field(examples=[CASE_ID])
    number: str = Field(examples=["6310-2026-000123"])
    seq: int
    step: str
    state: str = Field(description="asked, answered, closed")
    asked_by: Named
    asked_of: Named
    asked_at: datetime
    due_at: datetime
    question: str
    answer: str
    answered_at: datetime | None
    finding: str | None = Field(description=", ".join(FINDINGS))
    note: str
    closed_by: Named | None
    closed_at: datetime | None
    may_answer: bool
    may_close: bool


class Questions(Answer):
    """Questions not closed yet, the first due first."""

    items: list[QuestionShown]


class StepLooked(StepShown):
    """One step with the questions about it."""

    hash: str = Field(description="Sidik entri (SHA-256).")
    intact: bool = Field(description="Rantai kasus utuh.")
    asked: list[QuestionShown]


@router.get("/audit/steps/{case}/{seq}", responses=refusals(*OVERSEEING), summary="Satu langkah")
def step(caller: Reader, case: str, seq: int) -> StepLooked:
    """Satu langkah menurut nomor entrinya, dengan alasan dan pertanyaan tentangnya."""

    def run(session: Session, by: Viewer, at: datetime) -> StepLooked:
        looked = audit_desk.look(session, case, seq, by=by, at=at)
        asked = audit_questions.of_entry(session, looked, by=by, at=at)
        return StepLooked(
            **_step(looked.pick, caller.lang).model_dump(),
            hash=looked.hash,
            intact=looked.intact,
            asked=[_question(one) for one in asked],
        )

    return door.read(caller, run, case=case)


# --- questions -------------------------------------------------------------------------------------------------------


class Ask(Body):
    """A question to one of those who asked for, typed or approved the step."""

    of: RowId = Field(description="Id orang yang ditanya.")
    text: Note


class Said(Body):
    """An answer."""

    text: Note


class Found(Body):
    """A finding; needs words unless all was in order."""

    finding: Word = Field(description=", ".join(FINDINGS))
    text: Note = ""


@door.writes(
    router.post, "/audit/steps/{case}/{seq}/questions", "Tanyakan sebuah langkah", status=201, model=QuestionShown
)
def ask(caller: Writer, case: str, seq: int, body: Ask) -> Response:
    """Tanyakan langkah ini; yang ditanya diberi tahu. Pertanyaannya tercatat dan tidak dapat dihapus."""
    return _write(caller, case, audit_questions.ask, AskAbout(case=case, seq=seq, of=body.of, text=body.text), 201)


@router.get("/audit/questions", responses=refusals(401, 422, 429, 503), summary="Pertanyaan yang belum ditutup")
def questions(caller: Reader) -> Questions:
    """Pertanyaan yang Anda ajukan, ditujukan kepada Anda, atau berada di wilayah pengawasan Anda."""
    found = door.read(caller, lambda session, by, at: audit_questions.waiting(session, by=by, at=at))
    return Questions(items=[_question(one) for one in found])


@router.get("/audit/questions/{question}", responses=refusals(*READING), summary="Satu pertanyaan")
def question(caller: Reader, question: str) -> QuestionShown:
    """Satu pertanyaan, jawaban, dan temuannya."""
    found = door.read(
        caller, lambda session, by, at: audit_questions.one(session, question, by=by, at=at), case=question
    )
    return _question(found)


@door.writes(router.post, "/audit/questions/{question}/answer", "Jawab pertanyaan", model=QuestionShown)
def answer(caller: Writer, question: str, body: Said) -> Response:
    """Jawab pertanyaan yang ditujukan kepada Anda, satu kali."""
    return _write(caller, question, audit_questions.answer, AnswerQuestion(question=question, text=body.text))


@door.writes(router.post, "/audit/questions/{question}/close", "Tutup pertanyaan dengan temuan", model=QuestionShown)
def close(caller: Writer, question: str, body: Found) -> Response:
    """Tutup dengan temuan. Yang meminta atau menyetujui langkahnya tidak menutup: naik satu tingkat (403)."""
    command = CloseQuestion(question=question, finding=body.finding, text=body.text)
    return _write(caller, question, audit_questions.close, command)


def _write(caller: Caller, case: str, action: Callable[..., Done], command: Any, status: int = 200) -> Response:  # noqa: ANN401 - the command of the action
    """Carry out an action on a question and answer with the question after it."""

    def run(session: Session, by: Viewer, at: datetime) -> tuple[int, BaseModel]:
        done = action(session, command, by=by, at=at)
        made = done.created_id or command.question
        return status, _question(audit_questions.one(session, made, by=by, at=at))

    return door.write(caller, run, case=case)


def _question(one: Question) -> QuestionShown:
    row = one.row
    return QuestionShown(
        **{
            name: getattr(row, name)
            for name in ("id", "seq", "step", "state", "asked_at", "due_at", "answered_at", "finding", "closed_at")
        },
        question=str(one.words.get("question", "")),
        answer=str(one.words.get("answer", "")),
        note=str(one.words.get("note", "")),
        number=one.number,
        asked_by=Named(id=row.asked_by, name=one.asker),
        asked_of=Named(id=row.asked_of, name=one.asked),
        closed_by=Named(id=row.closed_by, name=one.closer) if row.closed_by else None,
        may_answer=one.may_answer,
        may_close=one.may_close,
    )


# --- limits ----------------------------------------------------------------------------------------------------------

Limit = Annotated[int, Field(ge=0, le=10_000)]


class LimitsShown(Answer):
    """From where on an office asks."""

    backdated_days: int
    quick_days: int
    pair_times: int
    pair_days: int
    bulk_steps: int
    bulk_minutes: int
    night_from: int = Field(description="Jam mulai malam.")
    night_until: int = Field(description="Jam malam berakhir.")
    debt_hours: int
    answer_days: int = Field(description="Hari kerja untuk menjawab.")


class LimitsSet(Body):
    """The limits to change; the others stay."""

    limits: dict[Word, Limit] = Field(
        description=", ".join(f"{name}: {low}-{high}" for name, (low, high) in RANGES.items()), max_length=len(RANGES)
    )


@router.get("/audit/limits/{area}", responses=refusals(*READING), summary="Batas kantor")
def limits(caller: Reader, area: str) -> LimitsShown:
    """Batas kantor yang melayani sebuah wilayah."""
    found = door.read(caller, lambda session, _by, _at: audit_limits.show(session, area))
    return LimitsShown(**asdict(found))


@door.writes(router.put, "/audit/limits/{area}", "Ubah batas kantor", model=LimitsShown)
def set_limits(caller: Writer, area: str, body: LimitsSet) -> Response:
    """Ubah batas kantor; hanya admin yang mencakup kantor itu."""

    def run(session: Session, by: Viewer, at: datetime) -> tuple[int, BaseModel]:
        return 200, LimitsShown(**asdict(audit_limits.set_limits(session, area, body.limits, by=by, at=at)))

    return door.write(caller, run)
