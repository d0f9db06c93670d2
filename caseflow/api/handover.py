"""Handover: who has how much, the open work of one worker, and giving it to others."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from caseflow import edge as edges
from caseflow.access import Viewer
from caseflow.actions import handover, many
from caseflow.actions.handover import HandOver, Held, Worker
from caseflow.api import door
from caseflow.api.door import Caller, Reader, Writer
from caseflow.api.fields import Body, Note, RowId, Word
from caseflow.api.many import MOST, RowsNow, answered
from caseflow.api.models import CASE_ID, Answer, CaseLine, line_of
from caseflow.api.problems import WRITING, refusals
from caseflow.edge import Numbered
from caseflow.states.category import Category
from caseflow.store.session import Session

router: APIRouter = door.routes("Serah terima")
READING = (401, 403, 404, 429, 503)


class WorkerShown(Answer):
    """A worker, and how much they have as far as you may see."""

    id: str = Field(examples=[CASE_ID])
    name: str = Field(examples=["Rina Marlina"])
    username: str = Field(examples=["rina"])
    active: bool = Field(description="false: akunnya dimatikan.")
    open: int = Field(description="Kasus terbuka.", examples=[12])
    late: int = Field(description="Di antaranya yang terlambat.", examples=[3])
    areas: list[str] = Field(description="Wilayah tugasnya hari ini.", examples=[["631001"]])


class HeldShown(Answer):
    """An open case of who leaves."""

    case: CaseLine
    area: str = Field(examples=["6310012001"])
    due_at: datetime | None = Field(description="Kewajiban terdekat.")
    due: str | None = Field(description="Jenis kewajiban terdekat.", examples=["visit"])
    late: int = Field(description="Kewajiban yang terlambat.")
    waits: dict[str, int] = Field(description="Yang ditunggu, menurut jenisnya.", examples=[{"visit": 1}])
    able: list[str] = Field(description="Id yang dapat menerima.")
    suggested: str | None = Field(description="Saran: yang terdekat, lalu yang kasusnya paling sedikit.")


class LeavingShown(Answer):
    """All that waits for somebody, as far as you may see it."""

    worker: WorkerShown
    cases: list[HeldShown]
    more: int = Field(description="Kasus yang baru tampil sesudah yang ini diserahkan.")
    colleagues: list[WorkerShown]
    posts: list[str] = Field(description="Jabatannya yang memaraf surat.")
    questions: list[str] = Field(description="Id pertanyaan meja audit yang belum dijawabnya.")
    today: date


class Workers(Answer):
    """Who works in your areas."""

    items: list[WorkerShown]


class Give(Body):
    """One case goes to somebody."""

    case: Word = Field(examples=["6310-2026-000123"])
    to: RowId = Field(description="Id penerima.", examples=[CASE_ID])
    note: Note = ""


class GiveMany(Body):
    """Cases of one worker go to others."""

    rows: list[Give] = Field(min_length=1, max_length=MOST)


@router.get("/handovers", responses=refusals(401, 403, 429, 503), summary="Siapa memegang berapa")
def workers(caller: Reader) -> Workers:
    """Pendamping di wilayah Anda sebagai supervisor; yang akunnya dimatikan lebih dahulu."""
    found = door.read(caller, lambda session, by, at: handover.workers(session, by=by, at=at))
    return Workers(items=[_worker(one) for one in found])


@router.get("/handovers/{user}", responses=refusals(*READING), summary="Pekerjaan terbuka seseorang")
def leaving(caller: Reader, user: str) -> LeavingShown:
    """Semua pekerjaan terbuka seorang pendamping, dengan saran penerima tiap kasus."""

    def run(session: Session, by: Viewer, at: datetime) -> LeavingShown:
        found = handover.leaving(session, user, by=by, at=at)
        return LeavingShown(
            worker=_worker(found.worker),
            cases=[_held(one, caller.lang, session.categories) for one in found.cases],
            more=found.more,
            colleagues=[_worker(one) for one in found.colleagues.values()],
            posts=[f"{post.prefix} {post.post}".strip() for post in found.posts],
            questions=[question.id for question in found.questions],
            today=found.today,
        )

    return door.read(caller, run)


@router.post("/handovers/{user}", response_model=RowsNow, responses=refusals(*WRITING), summary="Serahkan kasus")
def give(caller: Writer, user: str, body: GiveMany) -> Response:
    """Serahkan kasus seorang pendamping (id); baris yang ditolak tidak menghentikan yang lain.

    Kirim ulang dengan Idempotency-Key yang sama bila terputus: yang sudah diserahkan tidak diulang.
    """
    rows = [Numbered(n, HandOver(worker=user, **row.given()), row.case) for n, row in enumerate(body.rows, 1)]
    return _given(caller, rows)


def _given(caller: Caller, rows: Sequence[Numbered[HandOver]]) -> Response:
    def act(session: Session, commands: Sequence[HandOver], by: Viewer, at: datetime) -> list[Any]:
        done = handover.hand_over(session, commands, run=caller.key or "", by=by, at=at)
        return [many.told(outcome) for outcome in done]

    return answered(caller, edges.write_many(caller.edge, caller.viewer, rows, act, key=caller.key))


def _worker(one: Worker) -> WorkerShown:
    return WorkerShown(
        id=one.id,
        name=one.name,
        username=one.username,
        active=one.active,
        open=one.load.open,
        late=one.load.late,
        areas=list(one.areas),
    )


def _held(one: Held, lang: str, categories: Mapping[str, Category]) -> HeldShown:
    return HeldShown(
        case=line_of(one.line, lang, categories),
        area=one.area,
        due_at=one.due.due_at if one.due else None,
        due=one.due.kind if one.due else None,
        late=one.late,
        waits=dict(one.waits),
        able=list(one.able),
        suggested=one.suggested,
    )
