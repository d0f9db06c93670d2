"""Goods of an office: items, places, what comes in, is moved, counted and reversed; each movement stays on record."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from caseflow import access
from caseflow.access import Viewer
from caseflow.actions import areas, casework, goods_kinds
from caseflow.actions.typed import Typed
from caseflow.errors import InvalidInput, NotFound, Refused, _
from caseflow.i18n import format_date
from caseflow.ids import is_id, new_id
from caseflow.states.names import line
from caseflow.states.stock import at_end_of, left_from
from caseflow.store import goods, institutions, log
from caseflow.store.goods import REVERSAL, GoodsRow
from caseflow.store.offices import OfficeRow
from caseflow.store.session import Session
from caseflow.store.tables import goods_movement

SOURCE, DOCUMENT, REASON = 200, 120, 400
KINDS = {
    "receipt": _("Penerimaan"),
    "transfer": _("Pemindahan"),
    "delivery": _("Penyerahan"),
    "return": _("Pengembalian"),
    "correction": _("Penyesuaian hasil hitung"),
    REVERSAL: _("Pembatalan"),
}
"""Kind of movement -> what people call it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receive(Typed):
    """Goods that came, from an institution on record or from a source named in words."""

    item: str
    place: str
    quantity: int
    received_on: date | None = None
    institution: str | None = None
    source: str = ""
    document: str = ""
    document_on: date | None = None
    area: str | None = None
    """The office's, where somebody keeps the goods of more than one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move(Typed):
    """Goods that were taken from one place to another."""

    item: str
    place: str
    to_place: str
    quantity: int
    moved_on: date | None = None
    reason: str = ""
    area: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CountStock(Typed):
    """What was counted at the end of a day; the difference becomes a movement."""

    item: str
    place: str
    counted: int
    counted_on: date | None = None
    reason: str = ""
    area: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reverse(Typed):
    """A movement of the office that is reversed on record, once."""

    movement: str
    reason: str = ""


# --- movements of the office -----------------------------------------------------------------------------------------


def receive(session: Session, command: Receive, *, by: Viewer, at: datetime) -> str:
    """Record goods that came; return the movement's id."""
    office = _kept_office(session, command.area, by)
    item, place = (
        goods_kinds.find_item(session, office.id, command.item),
        _kept_place(session, office.id, command.place, by),
    )
    quantity = goods_kinds.whole(command.quantity, "quantity")
    today = areas.today(session, at, place.area_code)
    day = casework.require_past(command.received_on, today, "received_on")
    problems: dict[str, str] = {}
    if not command.institution and not command.source.strip():
        problems["source"] = _("Sebut sumbernya: lembaga yang tercatat, atau satu kata seperti APBD atau CSR.")
    elif len(command.source.strip()) > SOURCE:
        problems["source"] = _("Paling banyak {n} huruf.", n=SOURCE)
    problems |= goods_kinds.misfit("document", command.document, DOCUMENT)
    if command.document_on is None:
        problems["document_on"] = _("Isian ini wajib.")
    if problems:
        raise InvalidInput(problems)
    dated = casework.require_past(command.document_on, today, "document_on")
    giver = institutions.require(session, command.institution).id if command.institution else None
    movement = {
        "kind": "receipt",
        "item_id": item.id,
        "to_place_id": place.id,
        "quantity": quantity,
        "moved_on": day,
        "institution_id": giver,
        "source": line(command.source),
        "document": line(command.document),
        "document_on": dated,
    }
    return _recorded(session, movement, by=by, at=at)


def move(session: Session, command: Move, *, by: Viewer, at: datetime) -> str:
    """Record goods that were taken from one place of the office to another; return the movement's id."""
    office = _kept_office(session, command.area, by)
    item, place = (
        goods_kinds.find_item(session, office.id, command.item),
        _kept_place(session, office.id, command.place, by),
    )
    to_place = _kept_place(session, office.id, command.to_place, by, "to_place")
    if place.id == to_place.id:
        raise InvalidInput({"to_place": _("Pilih tempat lain: barangnya sudah di sini.")})
    today = areas.today(session, at, place.area_code)
    movement = {
        "kind": "transfer",
        "item_id": item.id,
        "from_place_id": place.id,
        "to_place_id": to_place.id,
        "quantity": goods_kinds.whole(command.quantity, "quantity"),
        "moved_on": casework.require_past(command.moved_on, today, "moved_on"),
        "reason": _reason(command.reason, required=False),
    }
    return _recorded(session, movement, by=by, at=at)


def count(session: Session, command: CountStock, *, by: Viewer, at: datetime) -> str | None:
    """Record what was counted; return the id of the movement that makes up the difference, if there is one."""
    office = _kept_office(session, command.area, by)
    item, place = (
        goods_kinds.find_item(session, office.id, command.item),
        _kept_place(session, office.id, command.place, by),
    )
    counted = goods_kinds.whole(command.counted, "counted", least=0)
    today = areas.today(session, at, place.area_code)
    day = casework.require_past(command.counted_on, today, "counted_on")
    reason = _reason(command.reason)
    goods.change_stock(session, item.id, place.id, 0, at=at)  # nobody moves any of it until this is written
    booked = at_end_of(goods.days(session, item.id, place.id), day)
    said = {"item": item.id, "place": place.id, "counted": counted, "booked": booked, "day": day.isoformat()}
    log.note_access(session, "goods:stock:counted", actor=by.user_id, at=at, data=said)
    if counted == booked:
        return None
    side = "to_place_id" if counted > booked else "from_place_id"
    movement = {
        "kind": "correction",
        "item_id": item.id,
        side: place.id,
        "quantity": abs(counted - booked),
        "moved_on": day,
        "reason": reason,
    }
    return _recorded(session, movement, by=by, at=at)


def reverse(session: Session, command: Reverse, *, by: Viewer, at: datetime) -> str:
    """Reverse a receipt, transfer or correction by a movement of today that names it; return that one's id."""
    row = kept(session, command.movement, by=by)
    place = _kept_place(session, row.office_id, row.to_place_id or row.from_place_id, by)
    today = areas.today(session, at, place.area_code)
    movement = opposite(row, today) | {"reason": _reason(command.reason)}
    return _recorded(session, movement, by=by, at=at)


def kept(session: Session, movement_id: str, *, by: Viewer) -> GoodsRow:
    """Return a movement of the office at places whose goods somebody keeps. Raises `NotFound`, `Refused`."""
    row = goods.movement(session, movement_id) if is_id(movement_id) else None
    if row is None:
        raise NotFound
    touched = [goods.place(session, each) for each in (row.from_place_id, row.to_place_id) if each is not None]
    if not all(place is not None and access.keeps_goods(by, place.area_code) for place in touched):
        raise NotFound
    if row.case_id is not None:
        raise Refused(reason=_("Penyerahan dan pengembalian dibatalkan dari halaman barang kasusnya."))
    return row


def opposite(row: GoodsRow, today: date) -> dict[str, Any]:
    """Return the movement of today that reverses another. Raises `Refused` for one that is a reversal itself."""
    if row.kind == REVERSAL:
        raise Refused(reason=_("Pembatalan tidak dapat dibatalkan. Catat mutasi yang baru."))
    return {
        "kind": REVERSAL,
        "item_id": row.item_id,
        "from_place_id": row.to_place_id,
        "to_place_id": row.from_place_id,
        "quantity": row.quantity,
        "moved_on": max(today, row.moved_on),
        "case_id": row.case_id,
        "delivery_id": row.delivery_id,
        "reverses_id": row.id,
    }


def _recorded(session: Session, movement: Mapping[str, Any], *, by: Viewer, at: datetime) -> str:
    """Carry out a movement of the office and put it on record; return its id."""
    (row,) = post(session, (movement,), by=by, at=at)
    keys = ("office_id", "kind", "item_id", "from_place_id", "to_place_id", "quantity", "institution_id", "reverses_id")
    said = {key: row[key] for key in keys if row[key] is not None}
    said |= {"movement": row["id"], "moved_on": row["moved_on"].isoformat()}
    said["words"] = goods.words_digest(goods_movement, row)
    log.note_access(session, "goods:movement:recorded", actor=by.user_id, at=at, data=said)
    return str(row["id"])


# --- carrying out ----------------------------------------------------------------------------------------------------


def post(session: Session, movements: Sequence[Mapping[str, Any]], *, by: Viewer, at: datetime) -> list[dict[str, Any]]:
    """Change the stock and write movements of items that exist; return the rows.

    Each row of stock is locked in the order of its key; the caller holds the case, if there is one, and takes counters
    afterwards. Raises `Refused` where a day from the movement's on would end below zero, or one is reversed twice.
    """
    blank = dict.fromkeys(("from_place_id", "to_place_id", "institution_id", "document_on", "case_id", "delivery_id"))
    rows = []
    for each in movements:
        item = goods.item(session, each["item_id"])
        if item is None:
            raise NotFound
        texts = {"source": "", "document": "", "reason": "", "reverses_id": None}
        known = {"office_id": item.office_id, "recorded_by": by.user_id, "recorded_at": at}
        rows.append({**blank, **texts, "id": str(new_id(at)), **each, **known})
    for (item_id, place_id), (amount, day) in sorted(_effects(rows).items()):
        if not goods.change_stock(session, item_id, place_id, amount, at=at):
            if amount > 0:
                raise Refused(reason=_("Stok di satu tempat paling banyak {most}.", most=goods.CEILING))
            raise _too_little(session, item_id, place_id, day)
        _require_left(session, item_id, place_id, rows, day)
    if goods.reversed_of(session, [row["reverses_id"] for row in rows if row["reverses_id"]]):
        raise Refused(reason=_("Mutasi ini sudah dibatalkan."))
    for row in rows:
        goods.add_movement(session, row)
    return rows


def _effects(rows: Sequence[Mapping[str, Any]]) -> dict[tuple[str, str], tuple[int, date]]:
    """Return item and place -> by how much it grows, and the first day of it."""
    amounts: Counter[tuple[str, str]] = Counter()
    first: dict[tuple[str, str], date] = {}
    for row in rows:
        for side, sign in (("to_place_id", 1), ("from_place_id", -1)):
            if row[side] is not None:
                key = (row["item_id"], row[side])
                amounts[key] += sign * row["quantity"]
                first[key] = min(row["moved_on"], first.get(key, row["moved_on"]))
    return {key: (amount, first[key]) for key, amount in amounts.items()}


def _require_left(session: Session, item_id: str, place_id: str, rows: Sequence[Mapping[str, Any]], day: date) -> None:
    """Raise `Refused` where goods would leave that were not there at the end of some day."""
    taken = sum(r["quantity"] for r in rows if (r["item_id"], r["from_place_id"]) == (item_id, place_id))
    if taken and left_from(goods.days(session, item_id, place_id), day) < taken:
        raise _too_little(session, item_id, place_id, day)


def _too_little(session: Session, item_id: str, place_id: str, day: date) -> Refused:
    item, place = goods.item(session, item_id), goods.place(session, place_id)
    if item is None or place is None:
        raise NotFound
    moves = goods.days(session, item_id, place_id)
    named = {"item": goods_kinds.label(item), "place": place.name, "unit": item.unit}
    left, now = left_from(moves, day), at_end_of(moves, date.max)
    if left == now:
        return Refused(reason=_("Stok {item} di {place} tinggal {left} {unit}.", left=now, **named))
    since = format_date(day, "id")
    return Refused(
        reason=_("Stok {item} di {place} sejak {day} pernah tinggal {left} {unit}.", left=left, day=since, **named)
    )


def _kept_office(session: Session, area: str | None, by: Viewer) -> OfficeRow:
    return goods_kinds.office_of(session, area, by=by, keeps=True)


def _kept_place(session: Session, office_id: str, named: str, by: Viewer, key: str = "place") -> GoodsRow:
    """Return a place whose goods the keeper records."""
    place = goods_kinds.find_place(session, office_id, named, key)
    goods_kinds.require_keeper(by, place.area_code)
    return place


def _reason(text: str, *, required: bool = True) -> str:
    return casework.require_text(text, "reason", limit=REASON) if required or text.strip() else ""
