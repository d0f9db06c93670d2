"""Goods of an office and deliveries of a case: stock, movements, receiving, moving, counting, handing over, undoing."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from starlette.responses import Response

from caseflow.access import Viewer
from caseflow.actions import deliveries, goods, goods_kinds, goods_lists, handed
from caseflow.actions.deliveries import MOST_LINES, Deliver, GiveBack, Undo
from caseflow.actions.deliveries import Line as GoodsLine
from caseflow.actions.goods import KINDS, CountStock, Move, Receive, Reverse
from caseflow.actions.goods_kinds import AddGoods, AddPlace
from caseflow.actions.goods_lists import Asked, Moved
from caseflow.api import door
from caseflow.api.door import Caller, Reader, Writer
from caseflow.api.fields import Body, Change, Line, Note, RowId, TypedDay, Word
from caseflow.api.letters import WorkbookResponse
from caseflow.api.models import Answer
from caseflow.api.problems import READING, refusals
from caseflow.states.category import PILLARS
from caseflow.store import goods as rows
from caseflow.store.session import Session

router: APIRouter = door.routes("Barang")
LISTING = (401, 403, 404, 422, 429, 503)
WHERE = "Kode wilayah kantor, bila lebih dari satu."
Named = Annotated[str, Field(max_length=120)]
Amount = Annotated[int, Field(description="Bilangan bulat dalam satuan barangnya.", examples=[1])]


# --- what is answered ------------------------------------------------------------------------------------------------


class PlaceStock(Answer):
    """What lies at one place."""

    id: str
    name: str
    quantity: int


class ItemStock(Answer):
    """One kind of goods, and where it lies."""

    id: str
    code: str = Field(examples=["KURSI-RODA"])
    name_id: str
    name_en: str
    unit: str = Field(examples=["unit"])
    pillar: str
    intervention: str = Field(examples=["ALATBANTU"])
    quantity: int
    places: list[PlaceStock]


class Place(Answer):
    """A place of stock."""

    id: str
    name: str
    area_code: str


class Stock(Answer):
    """The stock of an office."""

    office: str = Field(description="Kode wilayah kantor.", examples=["6310"])
    items: list[ItemStock]
    places: list[Place]


class MovementShown(Answer):
    """One movement; of whose case it is, if any, is not said."""

    id: str
    kind: str = Field(json_schema_extra={"enum": list(KINDS)})
    item: str
    unit: str
    quantity: int
    place: str | None
    to_place: str | None
    moved_on: date
    source: str | None
    document: str
    document_on: date | None
    reason: str
    reverses: str | None
    reversed: bool
    recorded_by: str
    recorded_at: datetime


class Movements(Answer):
    """Movements, the newest first; `next` asks for those before."""

    items: list[MovementShown]
    next: str | None


class Recorded(Answer):
    """The id of what was recorded; null where a count found no difference."""

    id: str | None


class ReturnShown(Answer):
    """Goods that came back."""

    id: str
    returned_on: date
    quantity: int


class HandedShown(Answer):
    """One kind of goods of a delivery."""

    item: str
    name_id: str
    name_en: str
    unit: str
    quantity: int
    returned: int
    returns: list[ReturnShown]


class DeliveryShown(Answer):
    """A delivery; `letter_number` is null while its BAST waits for initials."""

    id: str
    plan_item: str
    delivered_on: date
    receiver: str
    letter_id: str
    letter_number: str | None
    undone: bool
    by: str
    recorded_at: datetime
    goods: list[HandedShown]


class Deliveries(Answer):
    """The deliveries of a case, the newest first."""

    items: list[DeliveryShown]


# --- what is asked ---------------------------------------------------------------------------------------------------


class ItemAdded(Body):
    """A kind of goods."""

    area: Word = Field(examples=["6310"])
    code: Word = Field(examples=["KURSI-RODA"])
    name: Named = Field(examples=["Kursi roda"])
    name_en: Named = ""
    unit: Word = Field(examples=["unit"])
    pillar: Word = Field(json_schema_extra={"enum": list(PILLARS)})
    intervention: Word = Field(examples=["ALATBANTU"])


class PlaceAdded(Body):
    """A place of stock."""

    area: Word = Field(examples=["6310"])
    name: Named = Field(examples=["Gudang Dinas"])


class Received(Body):
    """Goods that came, from an institution on record or from a source named in words."""

    item: Named = Field(examples=["KURSI-RODA"])
    place: Named = Field(examples=["Gudang Dinas"])
    quantity: Amount
    received_on: TypedDay | None = None
    institution: RowId | None = None
    source: Line = Field("", examples=["Sentra Phalamartha"])
    document: Named = Field(examples=["BA/7/2026"])
    document_on: TypedDay
    area: Word | None = Field(None, description=WHERE)


class Transferred(Body):
    """Goods that were taken to another place."""

    item: Named
    place: Named
    to_place: Named
    quantity: Amount
    moved_on: TypedDay | None = None
    reason: Annotated[str, Field(max_length=goods.REASON)] = ""
    area: Word | None = Field(None, description=WHERE)


class Counted(Body):
    """What was counted at the end of a day."""

    item: Named
    place: Named
    counted: Amount
    counted_on: TypedDay | None = None
    reason: Annotated[str, Field(max_length=goods.REASON)]
    area: Word | None = Field(None, description=WHERE)


class Reversed(Body):
    """Why a movement is reversed; without names of people."""

    reason: Annotated[str, Field(max_length=goods.REASON)]


class LineHanded(Body):
    """So many units of an item from a place."""

    item: Named = Field(examples=["KURSI-RODA"])
    place: Named = Field(examples=["Gudang Dinas"])
    quantity: Amount


class Delivered(Change):
    """Goods handed over for an item of the approved plan, and what the BAST says of it."""

    plan_item: RowId
    goods: Annotated[list[LineHanded], Field(min_length=1, max_length=MOST_LINES)]
    delivered_on: TypedDay | None = None
    receiver: Line
    capacity: Word = Field("self", json_schema_extra={"enum": ["self", "family", "guardian", "institution"]})
    receiver_nik: Word = ""
    receiver_address: Line
    location: Line
    officer_post: Line
    officer_nip: Word = ""
    source: Line = Field("", description="Wajib bila penerimaannya menyebut lebih dari satu sumber.")
    decree: Line = ""
    value: int | None = Field(None, description="Rupiah, seluruhnya.")


class GivenBack(Change):
    """Goods that came back from whoever received them."""

    item: Named
    place: Named
    quantity: Amount
    returned_on: TypedDay | None = None
    reason: Note


class Undone(Change):
    """Why a delivery or a return never was."""

    reason: Note


class GoodsWanted(Body):
    """Of which office."""

    area: Word | None = Field(None, description=WHERE)


class MovementsWanted(GoodsWanted):
    """Which movements."""

    item: Named = Field("", description="Kode barang.")
    place: Named = Field("", description="Nama tempat.")
    kind: Word = Field("", description=", ".join(KINDS))
    start: TypedDay | None = None
    end: TypedDay | None = None
    before: RowId | None = Field(None, description="Lanjutan: next dari jawaban sebelumnya.")

    def chosen(self) -> Asked:
        """Return the filters as the action takes them."""
        return Asked(**{key: value for key, value in self.given().items() if key != "area"})


# --- the office ------------------------------------------------------------------------------------------------------


@router.get("/goods", responses=refusals(*LISTING), summary="Stok barang")
def stock(caller: Reader, wanted: Annotated[GoodsWanted, Query()]) -> Stock:
    """Stok tiap barang di tiap tempat sebuah kantor."""

    def run(session: Session, by: Viewer, _at: datetime) -> Stock:
        office = goods_kinds.office_of(session, wanted.area, by=by)
        found = goods_lists.stock_data(goods_lists.stock(session, office))
        places = [Place(id=p.id, name=p.name, area_code=p.area_code) for p in rows.places(session, office.id)]
        return Stock(office=office.area_code, items=[ItemStock(**one) for one in found], places=places)

    return door.read(caller, run)


@router.get("/goods/movements", responses=refusals(*LISTING), summary="Mutasi barang")
def movements(caller: Reader, wanted: Annotated[MovementsWanted, Query()]) -> Movements:
    """Yang datang, dipindahkan, diserahkan, dikembalikan, disesuaikan, dibatalkan; terbaru di atas."""
    found = _moved(caller, wanted, goods_lists.PAGE)
    more = found[-1].row.id if len(found) == goods_lists.PAGE else None
    return Movements(items=[MovementShown(**one) for one in goods_lists.movement_data(found)], next=more)


@router.get(
    "/goods/movements.xlsx",
    response_class=WorkbookResponse,
    responses=refusals(*LISTING),
    summary="Mutasi barang (XLSX)",
)
def movements_sheet(caller: Reader, wanted: Annotated[MovementsWanted, Query()]) -> Response:
    """Mutasi yang sama sebagai lembar kerja."""
    content = goods_lists.as_workbook(_moved(caller, wanted, goods_lists.MOST), lang=caller.lang)
    return WorkbookResponse(content, headers={"Content-Disposition": 'attachment; filename="mutasi-barang.xlsx"'})


def _moved(caller: Caller, wanted: MovementsWanted, limit: int) -> list[Moved]:
    def run(session: Session, by: Viewer, _at: datetime) -> list[Moved]:
        office = goods_kinds.office_of(session, wanted.area, by=by)
        return goods_lists.movements(session, office, wanted.chosen(), by=by, limit=limit)

    return door.read(caller, run)


def _record(caller: Caller, action: Callable[..., str | None], command: object) -> Response:
    def run(session: Session, by: Viewer, at: datetime) -> tuple[int, BaseModel]:
        return 201, Recorded(id=action(session, command, by=by, at=at))

    return door.write(caller, run)


@door.writes(router.post, "/goods/items", "Catat jenis barang", status=201, model=Recorded)
def add_item(caller: Writer, body: ItemAdded) -> Response:
    """Jenis barang baru sebuah kantor. Untuk supervisor dan admin."""
    return _record(caller, goods_kinds.add_item, AddGoods(**body.given()))


@door.writes(router.post, "/goods/places", "Catat tempat barang", status=201, model=Recorded)
def add_place(caller: Writer, body: PlaceAdded) -> Response:
    """Tempat barang baru, misalnya gudang."""
    return _record(caller, goods_kinds.add_place, AddPlace(**body.given()))


@door.writes(router.post, "/goods/receipts", "Catat penerimaan barang", status=201, model=Recorded)
def receive(caller: Writer, body: Received) -> Response:
    """Barang yang datang, dengan sumber dan dokumennya."""
    return _record(caller, goods.receive, Receive(**body.given()))


@door.writes(router.post, "/goods/transfers", "Catat pemindahan barang", status=201, model=Recorded)
def move(caller: Writer, body: Transferred) -> Response:
    """Barang yang dipindahkan ke tempat lain."""
    return _record(caller, goods.move, Move(**body.given()))


@door.writes(router.post, "/goods/counts", "Catat hasil hitung", status=201, model=Recorded)
def count(caller: Writer, body: Counted) -> Response:
    """Hasil hitung (stok opname) pada akhir sebuah hari; selisihnya menjadi mutasi."""
    return _record(caller, goods.count, CountStock(**body.given()))


@door.writes(router.post, "/goods/movements/{movement}/reverse", "Batalkan mutasi", status=201, model=Recorded)
def reverse(caller: Writer, movement: str, body: Reversed) -> Response:
    """Mutasi balik bertanggal hari ini, satu kali; mutasi yang dibatalkan tidak berubah."""
    return _record(caller, goods.reverse, Reverse(movement=movement, reason=body.reason))


# --- a case ----------------------------------------------------------------------------------------------------------


@router.get("/cases/{case}/deliveries", responses=refusals(*READING), summary="Barang yang diserahkan")
def of_case(caller: Reader, case: str) -> Deliveries:
    """Penyerahan barang dalam sebuah kasus, terbaru di atas."""
    found = door.read(caller, lambda session, by, at: handed.of_case(session, case, by=by, at=at), case=case)
    return Deliveries(items=[DeliveryShown(**handed.as_data(one)) for one in found])


@door.writes(router.post, "/cases/{case}/deliveries", "Serahkan barang", status=201)
def deliver(caller: Writer, case: str, body: Delivered) -> Response:
    """Serahkan barang atas dasar asesmen dan rencana yang disetujui; BAST-nya terbit bersama."""
    given = body.given()
    lines = tuple(GoodsLine(**dict(line)) for line in given.pop("goods"))
    return door.act(caller, case, deliveries.deliver, Deliver(case=case, goods=lines, **given), status=201)


@door.writes(router.post, "/deliveries/{delivery}/returns", "Catat barang kembali", status=201)
def give_back(caller: Writer, delivery: str, body: GivenBack) -> Response:
    """Barang yang dikembalikan penerimanya; boleh diserahkan lagi."""
    return door.act(caller, None, deliveries.give_back, GiveBack(delivery=delivery, **body.given()), status=201)


@door.writes(router.post, "/deliveries/{delivery}/undo", "Batalkan penyerahan atau pengembalian")
def undo(caller: Writer, delivery: str, body: Undone) -> Response:
    """Dengan id penyerahan (BAST ikut batal) atau id pengembalian; wewenang supervisor, satu kali."""
    return door.act(caller, None, deliveries.undo, Undo(what=delivery, **body.given()))
