"""Stock by item and place, and movements, as every door shows them: rows, plain data, a worksheet; never whose case."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from caseflow.access import Viewer
from caseflow.actions import goods_kinds
from caseflow.actions.goods import KINDS
from caseflow.errors import InvalidInput, _
from caseflow.exchange.workbook import Cell, workbook
from caseflow.i18n import translate
from caseflow.states.category import Text
from caseflow.store import goods, users
from caseflow.store.goods import GoodsRow, Wanted
from caseflow.store.offices import OfficeRow
from caseflow.store.session import Session

PAGE, MOST = 50, 20_000
TITLE = _("Mutasi barang")
COLUMNS = (
    _("Tanggal"),
    _("Jenis mutasi"),
    _("Kode"),
    _("Barang"),
    _("Jumlah"),
    _("Satuan"),
    _("Dari tempat"),
    _("Ke tempat"),
    _("Sumber"),
    _("Dokumen"),
    _("Tanggal dokumen"),
    _("Keterangan"),
    _("Dicatat oleh"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which movements are asked for; items and places by id, code or name."""

    item: str = ""
    place: str = ""
    kind: str = ""
    start: date | None = None
    end: date | None = None
    before: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lying:
    """One kind of goods with what lies at each place where any of it ever lay."""

    item: GoodsRow
    places: tuple[tuple[GoodsRow, int], ...]

    @property
    def name(self) -> Text:
        """What it is called, in both languages."""
        return Text(self.item.name_id, self.item.name_en)

    @property
    def total(self) -> int:
        """How much of it there is."""
        return sum(quantity for _place, quantity in self.places)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """One movement; `undone` tells that a later one reverses it."""

    row: GoodsRow
    item: GoodsRow
    place: str
    to_place: str
    source: str
    by: str
    """Nobody is named who worked in a closed file (R3) that its reader is not of the team of."""
    undone: bool

    @property
    def name(self) -> Text:
        """What moved, in both languages."""
        return Text(self.item.name_id, self.item.name_en)


def stock(session: Session, office: OfficeRow) -> list[Lying]:
    """Return the stock of an office, item by item; items of which nothing ever came too."""
    places = {row.id: row for row in goods.places(session, office.id)}
    lying: dict[str, list[tuple[GoodsRow, int]]] = {}
    for row in goods.stock(session, office.id):
        lying.setdefault(row.item_id, []).append((places[row.place_id], row.quantity))
    return [Lying(item=item, places=tuple(lying.get(item.id, ()))) for item in goods.items(session, office.id)]


def movements(session: Session, office: OfficeRow, asked: Asked, *, by: Viewer, limit: int = PAGE) -> list[Moved]:
    """Return the movements of an office, the newest first."""
    if asked.kind and asked.kind not in KINDS:
        raise InvalidInput({"kind": _("Pilih salah satu: {choices}.", choices=", ".join(KINDS))})
    wanted = Wanted(
        item=goods_kinds.find_item(session, office.id, asked.item).id if asked.item else None,
        place=goods_kinds.find_place(session, office.id, asked.place).id if asked.place else None,
        kind=asked.kind or None,
        start=asked.start,
        end=asked.end,
        before=asked.before,
    )
    found = goods.movements(session, office.id, wanted, limit=limit)
    items = {row.id: row for row in goods.items(session, office.id)}
    places = {row.id: row.name for row in goods.places(session, office.id)}
    names = users.names(session, {row.recorded_by for row in found})
    undone = goods.reversed_of(session, [row.id for row in found])
    closed = goods.closed_to(session, found, by)
    return [
        Moved(
            row=row,
            item=items[row.item_id],
            place=places.get(row.from_place_id, ""),
            to_place=places.get(row.to_place_id, ""),
            source=row.institution or row.source,
            by="-" if row.case_id in closed else names.get(row.recorded_by, "-"),
            undone=row.id in undone,
        )
        for row in found
    ]


def as_workbook(found: Sequence[Moved], *, lang: str) -> bytes:
    """Return movements as one sheet."""
    return workbook(translate(TITLE, lang), [translate(c, lang) for c in COLUMNS], _cells(found, lang))


def _cells(found: Sequence[Moved], lang: str) -> Iterator[list[Cell]]:
    for one in found:
        row, item = one.row, one.item
        yield [
            row.moved_on, translate(KINDS[row.kind], lang), item.code, one.name.in_(lang), row.quantity, item.unit,
            one.place or None, one.to_place or None, one.source or None, row.document or None, row.document_on,
            row.reason or None, one.by,
        ]  # fmt: skip


def stock_data(found: Sequence[Lying]) -> list[dict[str, Any]]:
    """Return the stock as other programs read it."""
    keys = ("id", "code", "name_id", "name_en", "unit", "pillar", "intervention")
    return [
        {
            **{key: getattr(one.item, key) for key in keys},
            "quantity": one.total,
            "places": [{"id": place.id, "name": place.name, "quantity": quantity} for place, quantity in one.places],
        }
        for one in found
    ]


def movement_data(found: Sequence[Moved]) -> list[dict[str, Any]]:
    """Return movements as other programs read them; that one hangs on a case is said, on which is not."""
    keys = ("id", "kind", "quantity", "moved_on", "document", "document_on", "reason", "recorded_at")
    return [
        {
            **{key: getattr(one.row, key) for key in keys},
            "item": one.item.code,
            "unit": one.item.unit,
            "place": one.place or None,
            "to_place": one.to_place or None,
            "source": one.source or None,
            "reverses": one.row.reverses_id,
            "reversed": one.undone,
            "recorded_by": one.by,
        }
        for one in found
    ]
