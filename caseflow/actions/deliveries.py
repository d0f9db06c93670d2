"""Goods handed over in a case: on an approved plan and its assessment, with a BAST; given back and undone on record."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson

from caseflow import access
from caseflow.access import Viewer
from caseflow.actions import casework, goods, goods_kinds, handed, letter_drafts, letter_issuing, letters
from caseflow.actions.casework import Change, Done, Work
from caseflow.actions.letter_issuing import Asked, Cause
from caseflow.actions.typed import Typed
from caseflow.errors import InvalidInput, NotFound, Refused, _
from caseflow.i18n import terbilang
from caseflow.ids import is_id, new_id
from caseflow.letters import catalogue
from caseflow.store import children, initials, log, offices, records, shared_items, users
from caseflow.store import goods as rows
from caseflow.store import letters as letter_rows
from caseflow.store.goods import RETURN, GoodsRow
from caseflow.store.log import Entry
from caseflow.store.session import Session
from caseflow.store.tables import plan_item
from caseflow.store.types import Row

BAST = "bast"
MOST_LINES = 20
HOW_MANY = _("Sebut satu sampai {most} jenis barang.", most=MOST_LINES)
APPROVING = ("approve_plan", "ratify_emergency")
GROUNDS = _("Barang hanya diserahkan atas dasar asesmen dan rencana yang disetujui.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line(Typed):
    """So many units of an item, by id or code, from a place, by id or name."""

    item: str
    place: str
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Deliver(Typed):
    """Goods handed over for one item of the plan; what is said beside `goods` stands in the BAST."""

    case: str
    plan_item: str
    goods: tuple[Line, ...]
    delivered_on: date | None = None
    receiver: str = ""
    capacity: str = "self"
    receiver_nik: str = ""
    receiver_address: str = ""
    location: str = ""
    officer_post: str = ""
    officer_nip: str = ""
    source: str = ""
    """Where all of them came from; needed where the receipts of one kind name more than one source, or none."""
    decree: str = ""
    value: int | None = None
    """Rupiah, of all of them."""
    expected_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveBack(Typed):
    """Goods that came back from whoever received them."""

    delivery: str
    item: str
    place: str
    quantity: int
    returned_on: date | None = None
    reason: str = ""
    expected_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo(Typed):
    """A delivery or a return that was recorded by mistake: `what` is the id of a delivery, or of a return."""

    what: str
    reason: str = ""
    expected_version: int | None = None


# --- handing over ----------------------------------------------------------------------------------------------------


def deliver(session: Session, command: Deliver, *, by: Viewer, at: datetime) -> Done:
    """Hand goods over: stock, delivery and BAST in this transaction; the item of the plan stays as it is.

    Raises `Forbidden`, `Refused` (no approved plan or assessment, already handed over, too little in stock, no BAST at
    this stage), `InvalidInput`, and whatever a letter raises.
    """
    delivery_id, letter_id = str(new_id(at)), str(new_id(at))

    def decide(work: Work) -> Change:
        access.require_act(work.roles, "deliver")
        planned = _planned(work, command.plan_item)
        assessment = records.find(session, work.row.id, "assessment", work.row.cycle)
        approved = _approved_on(work, planned)
        if assessment is None or approved is None:
            raise Refused(reason=GROUNDS)
        kind = catalogue.get(letters.kinds(session), BAST)
        letter_drafts.require_issuer(work, kind)
        letter_drafts.require_use(work, kind)
        day = casework.require_past(command.delivered_on, work.today, "delivered_on")
        if day < approved:
            raise InvalidInput({"delivered_on": _("Tanggal ini sebelum rencananya disetujui.")})
        moved = _movements(work, command, planned, day)
        asked = Asked(fields=_fields(work, command, moved, day))
        draft = letter_issuing.draft_of(work, kind, asked)
        words = {"receiver": draft.said["receiver"], "source": draft.said["source"]}
        columns = {
            "id": delivery_id,
            "case_id": work.row.id,
            "cycle": work.row.cycle,
            "plan_item_id": planned.id,
            "assessment_id": assessment.id,
            "delivered_on": day,
            "letter_id": letter_id,
            "recorded_by": by.user_id,
            "recorded_at": at,
        }

        def carry(held: Work) -> tuple[Entry, ...]:
            rows.add_delivery(session, held.row.subject_id, columns, words)
            goods.post(session, [each | {"delivery_id": delivery_id} for each in moved], by=by, at=at)
            cause = Cause(letter_id=letter_id, key=f"letter:{letter_id}", requested_by=by.user_id)
            letter = letter_issuing.issue(held, draft, asked, cause)
            data = {"delivery": delivery_id, "item": planned.id, "intervention": planned.intervention}
            data |= {"assessment": assessment.id, "cycle": held.row.cycle, "goods": _amounts(moved)}
            return (*letter, Entry(code="case:goods:delivered", data=data, payload=words, event_date=day))

        return Change(carry=carry)

    done = casework.change(session, command.case, decide, by=by, at=at, expected_version=command.expected_version)
    return casework.created(done, delivery_id)


def _planned(work: Work, item_id: str) -> Row[Any]:
    row = children.get(work.session, plan_item, work.row.id, item_id) if is_id(item_id) else None
    if row is None or row.cycle != work.row.cycle:
        raise NotFound
    return row


def _approved_on(work: Work, planned: Row[Any]) -> date | None:
    """Return the day the item's plan was approved as it stands; None where it is not."""
    if planned.status not in {"approved", "done"}:
        return None
    found: date | None = None
    for entry in log.entries_of(work.session, work.row.id):
        said = orjson.loads(entry.data)
        if entry.code in {"case:plan_item:added", "case:plan_item:changed"} and said["item"] == planned.id:
            found = None
        if entry.code == "case:step:taken" and said["step"] in APPROVING and found is None:
            found = entry.event_date
    return found


def _movements(work: Work, command: Deliver, planned: Row[Any], day: date) -> list[dict[str, Any]]:
    if not 0 < len(command.goods) <= MOST_LINES:
        raise InvalidInput({"goods": HOW_MANY})
    office_id, session = work.row.office_id, work.session
    moved = []
    for line in command.goods:
        item = goods_kinds.find_item(session, office_id, line.item)
        place = goods_kinds.find_place(session, office_id, line.place)
        if item.intervention != planned.intervention:
            named = {"item": goods_kinds.label(item), "help": item.intervention, "planned": planned.intervention}
            raise Refused(reason=_("{item} dicatat untuk bantuan {help}; kegiatan rencana ini {planned}.", **named))
        movement = {"kind": "delivery", "item_id": item.id, "from_place_id": place.id, "case_id": work.row.id}
        moved.append(movement | {"quantity": goods_kinds.whole(line.quantity, "quantity"), "moved_on": day})
    if len({(each["item_id"], each["from_place_id"]) for each in moved}) < len(moved):
        raise InvalidInput({"goods": _("Sebut setiap jenis barang satu kali untuk tiap tempat.")})
    kept = {each.item.id: each.name for each in handed.still_out(handed.of_work(work), planned.id)}
    if again := next((kept[each["item_id"]] for each in moved if each["item_id"] in kept), None):
        raise Refused(reason=_("{item} sudah diserahkan untuk kegiatan ini.", item=again))
    shared_items.alone(session, planned.id)
    handed.require_none_elsewhere(session, planned.id, {each["item_id"] for each in moved})
    return moved


def _fields(work: Work, command: Deliver, moved: Sequence[Mapping[str, Any]], day: date) -> dict[str, Any]:
    """Return what the BAST says: its list of goods from the delivery, who and where as told."""
    given = _amounts(moved)
    sources = {item_id: _source(work, command, item_id) for item_id in given}
    told_by_hand: dict[str, Any] = {
        "officer": users.names(work.session, {work.by.user_id}).get(work.by.user_id, ""),
        "officer_post": command.officer_post,
        "officer_nip": command.officer_nip,
        "receiver": command.receiver,
        "receiver_nik": command.receiver_nik,
        "receiver_address": command.receiver_address,
        "capacity": command.capacity,
        "place": command.location,
        "decree": command.decree,
        "value": command.value,
        "source": _together(sorted(set(sources.values()))),
        "handed_on": day.isoformat(),
        "items": [_line_said(work, item_id, n, sources[item_id]) for item_id, n in given.items()],
    }
    said = {key: value.strip() if isinstance(value, str) else value for key, value in told_by_hand.items()}
    return {key: value for key, value in said.items() if value not in ("", None)}


def _source(work: Work, command: Deliver, item_id: str) -> str:
    """Return where goods of a kind came from: as told, else as their receipts say it alone."""
    if told := command.source.strip():
        return told
    known = rows.sources(work.session, [item_id])
    if not known:
        raise InvalidInput({"source": _("Asal barang ini tidak tercatat. Sebut sumbernya.")})
    if len(known) > 1:
        several = _("Barang ini berasal dari beberapa sumber. Sebut yang mana: {known}.", known="; ".join(known))
        raise InvalidInput({"source": several})
    return known[0]


def _together(names: Sequence[str]) -> str:
    """Return sources as the BAST lists them in a sentence."""
    *first, last = names
    return f"{', '.join(first)} dan {last}" if first else last


def _line_said(work: Work, item_id: str, n: int, source: str) -> list[str]:
    item = rows.item(work.session, item_id)
    if item is None:
        raise NotFound
    return [item.name_id, f"{n} ({terbilang(n)}) {item.unit}", source]


def _amounts(moved: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Return item -> how much of it, from all places."""
    found: dict[str, int] = {}
    for each in moved:
        found[each["item_id"]] = found.get(each["item_id"], 0) + each["quantity"]
    return found


# --- back, and undone ------------------------------------------------------------------------------------------------


def give_back(session: Session, command: GiveBack, *, by: Viewer, at: datetime) -> Done:
    """Record goods that came back; what came back may be handed over again."""
    return_id = str(new_id(at))
    reason = casework.require_text(command.reason, "reason", limit=goods.REASON)
    quantity = goods_kinds.whole(command.quantity, "quantity")
    row = _find(session, command.delivery)

    def decide(work: Work) -> Change:
        access.require_act(work.roles, "deliver")
        made = next(each for each in handed.of_work(work) if each.id == row.id)
        _require_standing(made)
        office_id = made.office_id
        item = goods_kinds.find_item(session, office_id, command.item)
        place = goods_kinds.find_place(session, office_id, command.place)
        given = next((each for each in made.goods if each.item.id == item.id), None)
        left = given.kept if given else 0
        if quantity > left:
            named = {"unit": item.unit, "item": goods_kinds.label(item)}
            raise Refused(reason=_("Dari penyerahan ini masih {left} {unit} {item}.", left=left, **named))
        day = casework.require_past(command.returned_on, work.today, "returned_on")
        if day < row.delivered_on:
            raise InvalidInput({"returned_on": _("Tanggal ini sebelum barangnya diserahkan.")})
        movement = {"kind": RETURN, "item_id": item.id, "to_place_id": place.id, "quantity": quantity, "moved_on": day}
        movement |= {"id": return_id, "case_id": row.case_id, "delivery_id": row.id}

        def carry(_held: Work) -> tuple[Entry, ...]:
            goods.post(session, (movement,), by=by, at=at)
            data = {"delivery": row.id, "movement": return_id, "goods": {item.id: quantity}}
            return (Entry(code="case:goods:returned", data=data, payload={"reason": reason}, event_date=day),)

        return Change(carry=carry)

    done = _on_case(session, row.case_id, decide, command.expected_version, by=by, at=at)
    return casework.created(done, return_id)


def undo(session: Session, command: Undo, *, by: Viewer, at: datetime) -> Done:
    """Undo a delivery with its BAST, or a return, by movements of today that name what they undo; once."""
    reason = casework.require_text(command.reason, "reason", limit=goods.REASON)
    returned = rows.movement(session, command.what) if is_id(command.what) else None
    if returned is not None and returned.kind != RETURN:
        raise NotFound
    row = _find(session, str(returned.delivery_id) if returned is not None else command.what)
    code = "case:goods:reversed" if returned is None else "case:goods_return:reversed"

    def voided(held: Work) -> tuple[Entry, ...]:
        """Void the BAST of a delivery that never was; withdraw it where it waits for initials."""
        if returned is not None:
            return ()
        draft = initials.draft(session, row.letter_id)
        if draft is not None and draft.state == initials.WAITING:
            return (letter_issuing.drop(held, draft, "withdrawn", reason),)
        letter = letter_rows.by_id(session, row.letter_id)
        return () if letter is None or letter.state == "void" else (letter_issuing.void(held, letter, reason),)

    def decide(work: Work) -> Change:
        access.require_act(work.roles, "undo_delivery")
        made = next(each for each in handed.of_work(work) if each.id == row.id)
        _require_standing(made)
        moved = [each for each in rows.of_case(session, row.case_id) if each.delivery_id == row.id]
        office = offices.require(session, made.office_id)
        if returned is None and office.id != work.row.office_id:
            named = {"agency": office.agency, "place": office.place}
            raise Refused(reason=_("Barang ini dari stok {agency} {place}. Catat barangnya kembali saja.", **named))
        if returned is None and any(each.returned for each in made.goods):
            raise Refused(reason=_("Sebagian barang sudah dikembalikan. Batalkan pengembaliannya dahulu."))
        undone = [returned] if returned is not None else [each for each in moved if each.kind == "delivery"]
        movements = [goods.opposite(each, work.today) for each in undone]

        def carry(held: Work) -> tuple[Entry, ...]:
            goods.post(session, movements, by=by, at=at)
            data = {"delivery": row.id, "goods": _amounts(movements)}
            entry = Entry(code=code, data=data, payload={"reason": reason})
            return (*voided(held), entry)

        return Change(carry=carry)

    return _on_case(session, row.case_id, decide, command.expected_version, by=by, at=at)


def _on_case(
    session: Session,
    case_id: str,
    decide: Callable[[Work], Change],
    version: int | None,
    *,
    by: Viewer,
    at: datetime,
) -> Done:
    return casework.change(session, case_id, decide, by=by, at=at, expected_version=version, during_hold=True)


def _find(session: Session, delivery_id: str) -> GoodsRow:
    row = rows.delivery(session, delivery_id) if is_id(delivery_id) else None
    if row is None:
        raise NotFound
    return row


def _require_standing(made: handed.Delivery) -> None:
    if made.undone:
        raise Refused(reason=_("Penyerahan ini sudah dibatalkan."))
