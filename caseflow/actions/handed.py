"""The deliveries of a case as its readers see them: what was handed over, to whom, what came back, what was undone."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from caseflow.access import GLASS, Viewer
from caseflow.actions import goods_kinds, reading
from caseflow.actions.casework import Work
from caseflow.actions.glass import UNNAMED
from caseflow.errors import Erased, Label, NotFound, Refused, _
from caseflow.store import children, goods, letters, shared_items, users
from caseflow.store.goods import RETURN, REVERSAL, GoodsRow
from caseflow.store.session import Session
from caseflow.store.tables import goods_delivery


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """One kind of goods of a delivery; `returns` are those that stand."""

    item: GoodsRow
    quantity: int
    returned: int
    returns: tuple[tuple[str, date, int], ...]
    """Id, day and quantity of each."""

    @property
    def name(self) -> Label:
        """What it is called."""
        return goods_kinds.label(self.item)

    @property
    def kept(self) -> int:
        """How much of it is still with the receiver."""
        return self.quantity - self.returned


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A delivery as a reader of the case sees it."""

    id: str
    plan_item: str
    delivered_on: date
    receiver: str
    goods: tuple[Handed, ...]
    letter_id: str
    letter_number: str | None
    has_file: bool
    """The PDF of its BAST is there."""
    undone: bool
    by: str
    recorded_at: datetime

    @property
    def office_id(self) -> str:
        """Whose stock it came from: the case may have gone to another office since."""
        return str(self.goods[0].item.office_id)


def of_case(session: Session, case: str, *, by: Viewer, at: datetime) -> list[Delivery]:
    """Return the deliveries of a case, the newest first; `NotFound` for who only follows it."""
    work = reading.look(session, case, by=by, at=at, part="goods")
    if not work.roles:
        raise NotFound
    return of_work(work)


def of_work(work: Work) -> list[Delivery]:
    """Return the deliveries of a case that is being shown, the newest first."""
    session = work.session
    made = children.of_case(session, goods_delivery, work.row.id)
    moved = goods.of_case(session, work.row.id) if made else []
    names = users.names(session, {row.recorded_by for row in made})
    return [_shown(work, row, [m for m in moved if m.delivery_id == row.id], names) for row in reversed(made)]


def still_out(made: Iterable[Delivery], plan_item: str) -> list[Handed]:
    """Return the goods handed over for an action and not returned; `made` are the deliveries of the case."""
    return [g for one in made if one.plan_item == plan_item and not one.undone for g in one.goods if g.kept]


def served(work: Work, plan_item: str, made: Iterable[Delivery]) -> set[str]:
    """Return the kinds of goods that are out for an action, in this case or in another it serves."""
    here = {each.item.id for each in still_out(made, plan_item)}
    return here | shared_items.handed_elsewhere(work.session, plan_item)


def require_none_elsewhere(session: Session, plan_item: str, kinds: Collection[str] | None = None) -> None:
    """Raise `Refused` where another case handed goods over, of these kinds, for an action that serves both.

    The refusal says nothing of that case, not even that there is one: it may be a closed file (R3).
    """
    found = sorted(shared_items.handed_elsewhere(session, plan_item))
    items = [goods.item(session, each) for each in found if kinds is None or each in kinds]
    if out := next((each for each in items if each is not None), None):
        raise Refused(reason=_("{item} sudah diserahkan untuk kegiatan ini.", item=goods_kinds.label(out)))


def _shown(work: Work, row: GoodsRow, moved: Sequence[GoodsRow], names: Mapping[str, str]) -> Delivery:
    reversed_ids = {m.reverses_id for m in moved if m.kind == REVERSAL}
    given = [m for m in moved if m.kind == "delivery"]
    back = [m for m in moved if m.kind == RETURN and m.id not in reversed_ids]
    letter = letters.by_id(work.session, row.letter_id)
    return Delivery(
        id=row.id,
        plan_item=row.plan_item_id,
        delivered_on=row.delivered_on,
        receiver=_receiver(work, row),
        goods=tuple(_handed(work.session, item, given, back) for item in dict.fromkeys(m.item_id for m in given)),
        letter_id=row.letter_id,
        letter_number=letter.number if letter is not None else None,
        has_file=letter is not None and letter.file_id is not None,
        undone=any(m.id in reversed_ids for m in given),
        by=names.get(row.recorded_by, "-"),
        recorded_at=row.recorded_at,
    )


def _receiver(work: Work, row: GoodsRow) -> str:
    if GLASS in work.by.roles:
        return UNNAMED
    try:
        return str(children.words(work.session, goods_delivery, work.row.subject_id, row).get("receiver", "-"))
    except Erased:
        return "-"


def _handed(session: Session, item_id: str, given: Sequence[GoodsRow], back: Sequence[GoodsRow]) -> Handed:
    """Return one kind of goods of a delivery, whatever places it came from."""
    item = goods.item(session, item_id)
    if item is None:
        raise NotFound
    quantity = sum(m.quantity for m in given if m.item_id == item_id)
    returns = tuple((m.id, m.moved_on, m.quantity) for m in back if m.item_id == item_id)
    returned = sum(n for _id, _day, n in returns)
    return Handed(item=item, quantity=quantity, returned=returned, returns=returns)


def as_data(made: Delivery) -> dict[str, Any]:
    """Return a delivery as other programs read it."""
    keys = ("id", "plan_item", "delivered_on", "receiver", "letter_id", "letter_number", "undone", "by", "recorded_at")
    return {
        **{key: getattr(made, key) for key in keys},
        "goods": [
            {
                "item": each.item.code,
                "name_id": each.item.name_id,
                "name_en": each.item.name_en,
                "unit": each.item.unit,
                "quantity": each.quantity,
                "returned": each.returned,
                "returns": [{"id": key, "returned_on": day, "quantity": n} for key, day, n in each.returns],
            }
            for each in made.goods
        ],
    }
