"""Instruments: those of this installation, filled in on a case, concluded with why, decided by a person."""

from datetime import date, datetime
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import Response

from caseflow.access import Viewer
from caseflow.actions import instruments
from caseflow.actions.instruments import DECISIONS, DecideOn, Filled, FillIn, decide_on, fill_in
from caseflow.api import door
from caseflow.api.door import Reader, Writer
from caseflow.api.fields import Answers, Body, KeyName, Note, RowId, TypedDay, Version, Word
from caseflow.api.models import CASE_ID, Answer, Written, written
from caseflow.api.problems import READING, refusals
from caseflow.i18n import translate
from caseflow.states.instrument import KINDS, Instrument, Outcome
from caseflow.store.session import Session

router: APIRouter = door.routes("Instrumen")


class FillInBody(Body):
    """Answers to an instrument; what is left out is missing, and never counted."""

    instrument: Word = Field(examples=["FM262"])
    answers: Answers = Field(
        default_factory=dict,
        description="Pertanyaan -> jawaban: yes, no, unknown; nilai; bilangan bulat; atau teks. Kosong untuk yang"
        " dibaca dari rencana.",
        examples=[{"no_home": "no", "no_work": "yes"}],
    )
    filled_on: TypedDay | None = Field(None, description="Kapan diisi; kosong: hari ini.", examples=["2026-11-16"])
    version: KeyName = Field("", description="Sidik versi yang dibaca (digest); bila sudah lain, isian ditolak.")
    replaces: RowId | None = Field(None, description="Id isian yang diperbaiki; isian itu tetap tersimpan.")
    expected_version: Version | None = None


class DecideBody(Body):
    """What a person concludes from a result."""

    decision: Word = Field(json_schema_extra={"enum": list(DECISIONS)}, examples=["accepted"])
    outcome: Word = Field("", description="Simpulan lain, untuk decision other.", examples=["not_met"])
    reason: Note = Field("", description="Wajib untuk decision other.")
    expected_version: Version | None = None


class QuestionShown(Answer):
    """A question of an instrument."""

    key: str = Field(examples=["no_home"])
    label: str
    gate: bool = Field(description="Menentukan sendiri.")
    optional: bool


class OutcomeShown(Answer):
    """A result, and what it asks for."""

    key: str = Field(examples=["met"])
    label: str
    requires: list[str]


class InstrumentShown(Answer):
    """An instrument of this installation; `digest` is the version that is asked now."""

    code: str = Field(examples=["FM262"])
    name: str
    about: str
    method: str = Field(examples=["count"])
    answered_with: str = Field(description="yes_no, points, number, text, atau goal.", examples=["yes_no"])
    basis: list[str]
    default: bool = Field(description="Sebagian bawaan, bukan dari naskah resmi.")
    digest: str
    questions: list[QuestionShown]
    outcomes: list[OutcomeShown]


class WhyShown(Answer):
    """A question with its answer, and whether it counted."""

    key: str
    label: str
    answer: Any = None
    counts: bool


class DecisionShown(Answer):
    """What somebody decided, and when."""

    decision: str
    outcome: OutcomeShown | None
    reason: str
    by: str
    at: datetime


class FilledShown(Answer):
    """An instrument as it was filled in: without `outcome` nothing can be said, and `missing` names what is lacking."""

    id: str = Field(examples=[CASE_ID])
    instrument: str = Field(examples=["FM262"])
    version: str = Field(description="Sidik versi instrumen saat diisi.")
    cycle: int
    filled_on: date
    filled_by: str
    filled_at: datetime
    outcome: OutcomeShown | None
    score: int | None = Field(description="Hanya bila semua pertanyaan dijawab.")
    reason: str
    certain_anyhow: bool = Field(description="Ada yang belum dijawab, tetapi tidak dapat mengubah hasilnya.")
    missing: list[str]
    why: list[WhyShown]
    replaces: str | None
    replaced_by: str | None
    decisions: list[DecisionShown]
    warning: str | None = Field(description="Instrumen ini untuk umur lain daripada umur klien.")


class FillWritten(Written):
    """What a filling in wrote; `warning` where the instrument is made for another age."""

    warning: str | None = None


@router.get("/instruments", responses=refusals(*READING), summary="Instrumen yang ada")
def kinds(caller: Reader) -> list[InstrumentShown]:
    """Instrumen instalasi ini, dengan pertanyaan dan hasil yang mungkin."""
    found = door.read(caller, lambda s, _by, _at: instruments.known(s))
    return [_kind(each, caller.lang) for each in found.values()]


@router.get("/cases/{case}/instruments", responses=refusals(*READING), summary="Instrumen kasus")
def listed(caller: Reader, case: str) -> list[FilledShown]:
    """Yang sudah diisi, yang terbaru dahulu, juga yang sudah diperbaiki."""
    found = door.read(caller, lambda s, by, at: instruments.list_filled(s, case, by=by, at=at), case=case)
    return [_filled(each, caller.lang) for each in found]


@door.writes(router.post, "/cases/{case}/instruments", "Isi instrumen", status=201, model=FillWritten)
def fill(caller: Writer, case: str, body: FillInBody) -> Response:
    """Simpan jawaban dan hasilnya. Jawaban yang kurang tidak ditebak: hasilnya disebut belum dapat disimpulkan."""

    def run(session: Session, by: Viewer, at: datetime) -> tuple[int, BaseModel]:
        done = written(fill_in(session, FillIn(case=case, **body.given()), by=by, at=at))
        odd = instruments.odd_age_of(session, case, body.instrument, by=by, at=at)
        return 201, FillWritten(**dict(done), warning=translate(odd, caller.lang) if odd else None)

    return door.write(caller, run, case=case)


@door.writes(router.post, "/cases/{case}/instruments/{fill}/decision", "Putuskan hasil instrumen", status=201)
def decide(caller: Writer, case: str, fill: str, body: DecideBody) -> Response:
    """Catat apa yang disimpulkan orang: hasilnya diterima, atau simpulan lain dengan alasan."""
    return door.act(caller, case, decide_on, DecideOn(case=case, fill=fill, **body.given()), status=201)


def _kind(each: Instrument, lang: str) -> InstrumentShown:
    return InstrumentShown(
        code=each.code,
        name=each.name.in_(lang),
        about=each.about.in_(lang),
        method=each.method,
        answered_with=KINDS[each.method],
        basis=list(each.basis),
        default=each.default,
        digest=each.digest,
        questions=[
            QuestionShown(key=i.key, label=i.label.in_(lang), gate=i.gate, optional=i.optional) for i in each.items
        ],
        outcomes=[_outcome(o, lang) for o in each.outcomes],
    )


def _outcome(outcome: Outcome, lang: str) -> OutcomeShown:
    requires = [words.in_(lang) for words in outcome.requires]
    return OutcomeShown(key=outcome.key, label=outcome.label.in_(lang), requires=requires)


def _filled(found: Filled, lang: str) -> FilledShown:
    conclusion = found.conclusion
    outcome = conclusion.outcome if conclusion else None
    return FilledShown(
        id=found.id,
        instrument=found.instrument.code,
        version=found.instrument.digest,
        cycle=found.cycle,
        filled_on=found.filled_on,
        filled_by=found.filled_by,
        filled_at=found.filled_at,
        outcome=_outcome(outcome, lang) if outcome else None,
        score=conclusion.score if conclusion else None,
        reason=translate(conclusion.reason, lang) if conclusion else "",
        certain_anyhow=conclusion.certain_anyhow if conclusion else False,
        missing=[item.key for item in conclusion.missing] if conclusion else [],
        why=[
            WhyShown(key=w.item.key, label=w.item.label.in_(lang), answer=w.answer, counts=w.counts)
            for w in (conclusion.why if conclusion else ())
        ],
        replaces=found.replaces,
        replaced_by=found.replaced_by,
        decisions=[
            DecisionShown(
                decision=d.decision,
                outcome=_outcome(d.outcome, lang) if d.outcome else None,
                reason=d.reason,
                by=d.by,
                at=d.at,
            )
            for d in found.decisions
        ],
        warning=translate(found.warning, lang) if found.warning else None,
    )
