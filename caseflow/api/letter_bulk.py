"""Orders of many letters: what would be refused, ordering, where each stands, what became of its cases."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import Response

from caseflow.access import Viewer
from caseflow.actions import letter_bulk, letter_orders
from caseflow.actions.letter_bulk import MOST, OrderLetters, Unfit
from caseflow.actions.letter_orders import Line, Progress
from caseflow.api import door
from caseflow.api.door import Reader, Writer
from caseflow.api.fields import Answers, Body, RowId, Word
from caseflow.api.models import Answer
from caseflow.api.problems import READING, Problem, refusals, said
from caseflow.errors import InvalidInput, _
from caseflow.store.session import Session

router: APIRouter = door.routes("Banyak surat sekaligus")
PAGE = 50
CHECKED = 1000
"""Rows that are looked at beforehand: each takes some milliseconds."""
Before = Annotated[str, Query(max_length=40, description="Id pesanan.")]


class RowAsked(Body):
    """One case of an order, and what its letter alone says."""

    case: Word = Field(examples=["6310-2026-000123"])
    fields: Answers = Field(default_factory=dict)


class Order(Body):
    """One kind of letter for many cases: for `rows`, or for all of a `category` that stand where it is issued."""

    letter: Word = Field(examples=["st"])
    rows: Annotated[list[RowAsked], Field(max_length=MOST)] = Field(default_factory=list)
    category: Word | None = Field(None, description="Pengganti rows: semua kasus kategori ini pada tahap surat itu.")
    fields: Answers = Field(default_factory=dict, description="Isian yang sama untuk semua surat.")
    institution: RowId | None = Field(None, description="Id lembaga tujuan; kosong: yang terdekat dengan tiap kasus.")

    def command(self, session: Session, by: Viewer, run: str | None) -> OrderLetters:
        """Return the order; `InvalidInput` where it names its cases in both ways, or in neither."""
        if bool(self.rows) == bool(self.category):
            raise InvalidInput({"rows": _("Isi rows atau category, satu saja.")})
        numbers = tuple(row.case for row in self.rows)
        return OrderLetters(
            letter=self.letter,
            cases=numbers or letter_bulk.cases_of(session, self.letter, str(self.category), by=by),
            each={row.case: row.fields for row in self.rows if row.fields},
            fields=self.fields,
            institution=self.institution,
            run=run,
        )


class NamedOrder(Order):
    """An order that may carry a name."""

    run: Word | None = Field(
        None,
        description="Nama pesanan: dengannya isi ini satu pesanan kapan pun; tanpa nama, dalam sehari.",
    )


class OrderNow(Answer):
    """Where an order stands."""

    id: str
    letter: str = Field(examples=["st"])
    ordered_at: datetime
    cases: int
    waiting: int = Field(description="Kasus yang belum dikerjakan.")
    done: int = Field(description="Kasus yang suratnya terbit, atau menunggu paraf.")
    refused: int = Field(description="Kasus yang ditolak, atau konsep suratnya dikembalikan atau dibatalkan.")
    rendered: int = Field(description="Surat yang berkasnya sudah jadi.")
    making: int = Field(description="Surat yang berkasnya sedang dibuat.")
    initials: int = Field(description="Surat yang menunggu paraf, jadi belum bernomor.")
    over: bool = Field(description="true: tidak ada lagi yang dikerjakan sistem.")


class RowNow(Answer):
    """What became of one case of an order."""

    row: int
    case: str = Field(description="Kosong bila yang dikirim bukan nomor kasus.")
    state: str = Field(description="waiting, done, initials, refused, returned, withdrawn")
    number: str = Field(description="Nomor surat.", examples=["400.9/0017/ST/DINSOS/2026"])
    reason: str = Field(description="Sebab ditolak, tanpa isi kasus; atau sebab konsepnya dikembalikan.")


class RowUnfit(Answer):
    """A row that would be refused now."""

    row: int
    case: str
    problem: Problem


class Checked(Answer):
    """What would become of an order now; nothing was ordered."""

    cases: int
    checked: int = Field(description="Kasus yang diperiksa: 1.000 yang pertama.")
    refused: list[RowUnfit]


@router.post("/letter-orders/check", responses=refusals(400, 403, 409, 413, 415, *READING), summary="Periksa pesanan")
def check(caller: Reader, body: Order) -> Checked:
    """Baris yang akan ditolak menurut keadaan sekarang, dengan sebabnya. Tidak ada nomor yang terpakai."""

    def run(session: Session, by: Viewer, at: datetime) -> tuple[int, list[Unfit]]:
        command = body.command(session, by, None)
        return len(command.cases), list(letter_bulk.unfit(session, command, by=by, at=at, most=CHECKED))

    count, found = door.read(caller, run)
    rows = [
        RowUnfit(row=one.position, case=one.case, problem=Problem.model_validate(said(one.problem, caller.lang)))
        for one in found
    ]
    return Checked(cases=count, checked=min(count, CHECKED), refused=rows)


@door.writes(router.post, "/letter-orders", "Pesan banyak surat", status=201, model=OrderNow)
def order(caller: Writer, body: NamedOrder) -> Response:
    """Satu jenis surat untuk banyak kasus; yang ditolak tidak menghentikan yang lain.

    Surat diterbitkan sesudahnya, satu per satu. Keadaannya: GET /letter-orders/{order}.
    """

    def run(session: Session, by: Viewer, at: datetime) -> tuple[int, Answer]:
        made = letter_bulk.order_letters(session, body.command(session, by, body.run), by=by, at=at)
        return 201, OrderNow.model_validate(letter_orders.progress_of(session, made, by=by))

    return door.write(caller, run)


@router.get("/letter-orders", responses=refusals(*READING), summary="Pesanan surat saya")
def mine(caller: Reader, before: Before = "") -> list[OrderNow]:
    """Pesanan sendiri, terbaru dahulu, 50 sekali baca; `before` melanjutkan sesudah pesanan itu."""

    def run(session: Session, by: Viewer, _at: datetime) -> tuple[Progress, ...]:
        return letter_orders.orders_of(session, by=by, before=before, limit=PAGE)

    return [OrderNow.model_validate(progress) for progress in door.read(caller, run)]


@router.get("/letter-orders/{order}", responses=refusals(*READING), summary="Keadaan satu pesanan")
def standing(caller: Reader, order: str) -> OrderNow:
    """Sampai di mana pesanan itu. Hanya untuk yang memesan."""
    return OrderNow.model_validate(
        door.read(caller, lambda session, by, _at: letter_orders.progress_of(session, order, by=by))
    )


@router.get("/letter-orders/{order}/rows", responses=refusals(*READING), summary="Baris satu pesanan")
def rows(caller: Reader, order: str) -> list[RowNow]:
    """Apa jadinya tiap kasus. Hanya untuk yang memesan."""
    found = door.read(caller, lambda session, by, at: letter_orders.lines_of(session, order, by=by, at=at))
    return [_row(line, caller.lang) for line in found]


def _row(line: Line, lang: str) -> RowNow:
    return RowNow(row=line.position, case=line.case, state=line.state, number=line.number, reason=line.why(lang))
