"""Many cases in one request: opening them, a step or one visit in each; a row that is refused stops no other."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from caseflow import edge as edges
from caseflow.access import Viewer
from caseflow.actions import many
from caseflow.actions.many import Outcome
from caseflow.actions.steps import AdvanceCase
from caseflow.actions.visits import AddVisit
from caseflow.api import door
from caseflow.api.cases import OpenCase
from caseflow.api.door import Caller, Writer
from caseflow.api.fields import Body, KeyName, Note, RowId, TypedDay, Version, Word
from caseflow.api.models import Answer, CaseNow
from caseflow.api.problems import WRITING, Problem, refusals, said
from caseflow.edge import Numbered, RowDone
from caseflow.store.session import Session

router: APIRouter = door.routes("Banyak kasus sekaligus")
MOST = 1000
MOST_AT_A_DOOR = 30
"""Cases of one household."""
C = TypeVar("C")


class RowNow(Answer):
    """What became of a row: the case after it, or the reason why it was refused."""

    row: int = Field(description="Urutan dalam kiriman, dari 1.", examples=[1])
    case: CaseNow | None = None
    review: str | None = Field(default=None, description="Id permintaan persetujuan, bila ada.")
    repeated: bool = Field(default=False, description="true: sudah dikerjakan oleh kiriman yang sama sebelumnya.")
    problem: Problem | None = None


class RowsNow(Answer):
    """What became of each row, in their order."""

    items: list[RowNow]
    done: int = Field(description="Baris yang dikerjakan, sekarang atau sebelumnya.")
    refused: int


class StepOfMany(Body):
    """A step of one case; the version is optional here."""

    case: Word = Field(examples=["6310-2026-000123"])
    step: Word = Field(examples=["submit_for_assessment"])
    expected_version: Version | None = None
    note: Note = ""
    event_date: TypedDay | None = None
    details: dict[KeyName, Note] = Field(default_factory=dict, max_length=20)


class TakeSteps(Body):
    """Steps of many cases."""

    rows: list[StepOfMany] = Field(min_length=1, max_length=MOST)


class VisitCases(Body):
    """One visit to a family, and the cases of its members."""

    cases: list[Word] = Field(min_length=1, max_length=MOST_AT_A_DOOR, examples=[["6310-2026-000123"]])
    visited_on: TypedDay | None = None
    officer: RowId | None = None
    finding: Note = Field(examples=["Semua anak bersekolah; ibu masih berobat."])
    progress: Note = ""


class OpenCases(Body):
    """Many new cases."""

    rows: list[OpenCase] = Field(min_length=1, max_length=MOST)


@router.post("/steps/many", response_model=RowsNow, responses=refusals(*WRITING), summary="Langkah banyak kasus")
def take_steps(caller: Writer, body: TakeSteps) -> Response:
    """Ambil satu langkah pada tiap kasus; baris yang ditolak tidak menghentikan yang lain.

    Kirim ulang dengan Idempotency-Key yang sama bila terputus: yang sudah dikerjakan tidak diulang.
    """
    rows = [Numbered(n, AdvanceCase(**row.given()), row.case) for n, row in enumerate(body.rows, 1)]
    return row_by_row(caller, rows, many.advance_many)


@router.post("/cases/many", response_model=RowsNow, responses=refusals(*WRITING), summary="Banyak kasus baru")
def open_cases(caller: Writer, body: OpenCases) -> Response:
    """Buka banyak kasus; baris yang ditolak tidak menghentikan yang lain.

    Kirim ulang dengan Idempotency-Key yang sama bila terputus: yang sudah dibuka tidak diulang.
    """
    rows = [Numbered(n, row.command()) for n, row in enumerate(body.rows, 1)]
    return row_by_row(caller, rows, many.open_many)


@router.post(
    "/visits/many", response_model=RowsNow, responses=refusals(*WRITING), summary="Satu kunjungan, banyak kasus"
)
def visit_cases(caller: Writer, body: VisitCases) -> Response:
    """Catat satu kunjungan pada beberapa kasus sekeluarga; tiap kasus punya catatannya sendiri.

    Kasus yang menolak tidak menghentikan yang lain. Kirim ulang dengan Idempotency-Key yang sama bila terputus.
    """
    said: dict[str, Any] = {
        "visited_on": body.visited_on,
        "officer": body.officer,
        "finding": body.finding,
        "progress": body.progress,
    }
    rows = [Numbered(n, AddVisit(case=case, **said), case) for n, case in enumerate(body.cases, 1)]
    return row_by_row(caller, rows, many.visit_many)


def row_by_row(caller: Caller, rows: Sequence[Numbered[C]], action: Callable[..., list[Outcome]]) -> Response:
    """Carry out commands row by row and return what became of each."""

    def act(session: Session, commands: Sequence[C], by: Viewer, at: datetime) -> list[Any]:
        return [many.told(outcome) for outcome in action(session, commands, by=by, at=at)]

    return answered(caller, edges.write_many(caller.edge, caller.viewer, rows, act, key=caller.key))


def answered(caller: Caller, done: Iterable[RowDone]) -> Response:
    """Return what became of the rows of a request."""
    items = [_shown(row, caller.lang) for row in done]
    refused = sum(item.problem is not None for item in items)
    answer = RowsNow(items=items, done=len(items) - refused, refused=refused)
    return door.json(answer.model_dump(mode="json"))


def _shown(row: RowDone, lang: str) -> RowNow:
    if row.problem is not None:
        return RowNow(row=row.number, problem=Problem.model_validate(said(row.problem, lang)))
    now = CaseNow.model_validate(row.body)
    return RowNow(row=row.number, case=now, review=row.body["review_id"], repeated=row.repeated)
