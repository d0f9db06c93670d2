"""Goods as rows: items, places, stock, movements that are never changed, deliveries of a case."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Table, case, func, insert, not_, or_, select, update

from caseflow.access import Viewer
from caseflow.ids import new_id
from caseflow.states.stock import Moved
from caseflow.store import children, proof, scope, sql
from caseflow.store.session import Session
from caseflow.store.tables import (
    case_file,
    goods_delivery,
    goods_item,
    goods_movement,
    goods_place,
    goods_stock,
    institution,
)

GoodsRow = Row[Any]
RETURN, REVERSAL = "return", "reversal"
CEILING = 1_000_000_000
"""Of an item at a place: PostgreSQL counts no further than twice this."""
WORDS = {
    goods_item: ("name_id", "name_en"),
    goods_place: ("name",),
    goods_movement: ("source", "document", "document_on", "reason"),
}
"""What stands in a row as somebody wrote it: its entry holds only a digest of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which movements of an office are asked for."""

    item: str | None = None
    place: str | None = None
    kind: str | None = None
    start: date | None = None
    end: date | None = None
    before: str | None = None
    """Only those recorded before this one."""


def words_digest(table: Table, row: Mapping[Any, Any]) -> str:
    """Return the SHA-256 over the words of an item, a place or a movement."""
    said = [None if row[key] is None else str(row[key]) for key in WORDS[table]]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


# --- items and places ------------------------------------------------------------------------------------------------


def add_item(session: Session, values: Mapping[str, Any]) -> bool:
    """Insert an item; tell whether its office had none of that code."""
    return sql.insert_new(session, goods_item, values, ("office_id", "code"))


def add_place(session: Session, values: Mapping[str, Any]) -> bool:
    """Insert a place; tell whether its office had none of that name."""
    return sql.insert_new(session, goods_place, values, ("office_id", "name"))


def items(session: Session, office_id: str) -> list[GoodsRow]:
    """Return the items of an office, by code."""
    return list(session.execute(select(goods_item).where(goods_item.c.office_id == office_id).order_by("code")))


def places(session: Session, office_id: str) -> list[GoodsRow]:
    """Return the places of an office, by name."""
    return list(session.execute(select(goods_place).where(goods_place.c.office_id == office_id).order_by("name")))


def item(session: Session, item_id: str) -> GoodsRow | None:
    """Return an item."""
    return session.execute(select(goods_item).where(goods_item.c.id == item_id)).first()


def place(session: Session, place_id: str) -> GoodsRow | None:
    """Return a place."""
    return session.execute(select(goods_place).where(goods_place.c.id == place_id)).first()


# --- stock -----------------------------------------------------------------------------------------------------------


def stock(session: Session, office_id: str) -> list[GoodsRow]:
    """Return item, place and quantity of everything that ever lay somewhere, by item and place."""
    query = select(goods_stock.c.quantity, goods_stock.c.item_id, goods_stock.c.place_id)
    query = query.join(goods_item).join(goods_place).where(goods_item.c.office_id == office_id)
    return list(session.execute(query.order_by(goods_item.c.code, goods_place.c.name)))


def change_stock(session: Session, item_id: str, place_id: str, amount: int, *, at: datetime) -> bool:
    """Change the stock of an item at a place, unless it would leave 0..`CEILING`; tell whether it did.

    The row stays locked until the transaction ends: whoever locks more than one takes them in the order of their keys.
    """
    first = {"id": str(new_id(at)), "item_id": item_id, "place_id": place_id, "quantity": 0}
    sql.insert_new(session, goods_stock, first, ("item_id", "place_id"))
    there = (goods_stock.c.item_id == item_id, goods_stock.c.place_id == place_id)
    fits = (goods_stock.c.quantity >= -amount, goods_stock.c.quantity <= CEILING - amount)
    changed = update(goods_stock).where(*there, *fits)
    changed = changed.values(quantity=goods_stock.c.quantity + amount)
    if session.execute(changed).rowcount:
        return True
    session.execute(select(goods_stock.c.id).where(*there).with_for_update())
    return False


def days(session: Session, item_id: str, place_id: str) -> list[Moved]:
    """Return by how much an item grew at a place, day by day."""
    came, went = goods_movement.c.to_place_id == place_id, goods_movement.c.from_place_id == place_id
    amount = func.sum(case((came, goods_movement.c.quantity), else_=-goods_movement.c.quantity)).label("amount")
    query = select(goods_movement.c.moved_on, amount).where(goods_movement.c.item_id == item_id, or_(came, went))
    found = session.execute(query.group_by(goods_movement.c.moved_on))
    return [(row.moved_on, int(row.amount)) for row in found]


def sources(session: Session, item_ids: Collection[str]) -> list[str]:
    """Return where the items came from, by the receipts that stand."""
    undone = select(goods_movement.c.reverses_id).where(goods_movement.c.reverses_id.is_not(None))
    stands = (goods_movement.c.kind == "receipt", goods_movement.c.id.not_in(undone))
    query = select(goods_movement.c.source, institution.c.name).outerjoin(institution)
    query = query.where(goods_movement.c.item_id.in_(item_ids), *stands).distinct()
    return sorted({str(row.name or row.source) for row in session.execute(query)})


# --- movements -------------------------------------------------------------------------------------------------------


def add_movement(session: Session, values: Mapping[str, Any]) -> None:
    """Insert a movement; one that hangs on a case is vouched for by the case's next entry."""
    session.execute(insert(goods_movement).values(dict(values)))
    if values["case_id"]:
        proof.note(session, goods_movement, values)


def movement(session: Session, movement_id: str) -> GoodsRow | None:
    """Return a movement."""
    return session.execute(select(goods_movement).where(goods_movement.c.id == movement_id)).first()


def reversed_of(session: Session, movement_ids: Iterable[str]) -> frozenset[str]:
    """Return which of these movements were reversed."""
    query = select(goods_movement.c.reverses_id).where(goods_movement.c.reverses_id.in_(list(movement_ids)))
    return frozenset(session.execute(query).scalars())


def movements(session: Session, office_id: str, wanted: Wanted, *, limit: int) -> list[GoodsRow]:
    """Return the movements of an office, the newest first, each with the name of the institution it came from."""
    moved = goods_movement.c
    where: list[ColumnElement[bool]] = [moved.office_id == office_id]
    where += [moved.item_id == wanted.item] if wanted.item else []
    where += [or_(moved.from_place_id == wanted.place, moved.to_place_id == wanted.place)] if wanted.place else []
    where += [moved.kind == wanted.kind] if wanted.kind else []
    where += [moved.moved_on >= wanted.start] if wanted.start else []
    where += [moved.moved_on <= wanted.end] if wanted.end else []
    where += [moved.id < wanted.before] if wanted.before else []
    query: Select[Any] = select(goods_movement, institution.c.name.label("institution")).outerjoin(institution)
    return list(session.execute(query.where(*where).order_by(moved.id.desc()).limit(limit)))


def closed_to(session: Session, rows: Iterable[GoodsRow], viewer: Viewer) -> frozenset[str]:
    """Return which of the cases that movements hang on are closed files (R3) the viewer is not of the team of."""
    cases = {row.case_id for row in rows if row.case_id is not None}
    query = select(case_file.c.id).where(case_file.c.id.in_(cases), case_file.c.confidentiality == "R3")
    return frozenset(session.execute(query.where(not_(scope.visible_to(viewer)))).scalars()) if cases else frozenset()


# --- deliveries of a case --------------------------------------------------------------------------------------------


def add_delivery(session: Session, subject_id: str, values: Mapping[str, Any], words: Mapping[str, Any]) -> None:
    """Insert a delivery with its words sealed."""
    columns = {k: v for k, v in values.items() if k != "id"}
    children.add(session, goods_delivery, subject_id, columns, words, at=values["recorded_at"], row_id=values["id"])


def delivery(session: Session, delivery_id: str) -> GoodsRow | None:
    """Return a delivery."""
    return session.execute(select(goods_delivery).where(goods_delivery.c.id == delivery_id)).first()


def of_case(session: Session, case_id: str) -> list[GoodsRow]:
    """Return the movements that hang on a case, the oldest first."""
    query = select(goods_movement).where(goods_movement.c.case_id == case_id)
    return list(session.execute(query.order_by(goods_movement.c.id)))
