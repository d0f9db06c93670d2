"""Checking an office's goods: kinds, places and movements against the log's entries, both ways; the stock is their sum.

Movements that hang on a case are vouched for by the entries of the case.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, select

from caseflow.audit import Broken
from caseflow.store import goods, log
from caseflow.store.session import Session
from caseflow.store.tables import access_entry, goods_item, goods_movement, goods_place, goods_stock

MISSING = "-"
TABLES = (goods_item, goods_place, goods_movement, goods_stock)


@dataclass(frozen=True, slots=True)
class _Kind:
    """What an entry tells of a row: which one, its columns by the name they have there, who wrote it and when."""

    table: Table
    key: str
    columns: Mapping[str, str]
    stamp: str
    """`added` or `recorded`: the columns ..._by and ..._at."""


def _same(*names: str) -> dict[str, str]:
    return {name: name for name in names}


KINDS = {
    "goods:item:added": _Kind(
        goods_item, "item", _same("office_id", "code", "unit", "pillar", "intervention"), "added"
    ),
    "goods:place:added": _Kind(goods_place, "place", {"office_id": "office_id", "area": "area_code"}, "added"),
    "goods:movement:recorded": _Kind(
        goods_movement,
        "movement",
        _same("office_id", "kind", "item_id", "from_place_id", "to_place_id", "quantity", "moved_on")
        | _same("institution_id", "reverses_id", "case_id", "delivery_id"),
        "recorded",
    ),
}
"""Code of an entry -> what it tells."""


def run(session: Session) -> Iterator[Broken]:
    """Yield rows that are not as recorded, that no entry tells of or that are gone, and stock that is no sum."""
    for code, kind in KINDS.items():
        yield from _rows(session, code, kind)
    yield from _stock(session)


def _rows(session: Session, code: str, kind: _Kind) -> Iterator[Broken]:
    table, name = kind.table, kind.table.name
    rows = {row["id"]: row for row in session.execute(select(table)).mappings()}
    told: set[str] = set()
    query = select(access_entry).where(access_entry.c.code == code)
    for entry in session.execute(query.order_by(access_entry.c.id)):
        said = log.data_of(entry.data)
        key = str(said[kind.key])
        told.add(key)
        if key not in rows:
            yield Broken(entry.id, None, None, "gone", key, MISSING, name, key)
            continue
        row = rows[key]
        wanted = {column: _said(said.get(known)) for known, column in kind.columns.items()}
        kept = {column: _said(row[column]) for column in wanted}
        wanted |= {f"{kind.stamp}_by": str(entry.actor), f"{kind.stamp}_at": str(entry.entered_at)}
        kept |= {column: str(row[column]) for column in (f"{kind.stamp}_by", f"{kind.stamp}_at")}
        if "words" in said:
            wanted["words"], kept["words"] = str(said["words"]), goods.words_digest(table, row)
        if wrong := sorted(column for column in wanted if wanted[column] != kept[column]):
            expected, found = (", ".join(f"{column}={each[column]}" for column in wrong) for each in (wanted, kept))
            yield Broken(entry.id, None, None, "row", expected, found, name, key)
    for key, row in rows.items():
        if key not in told and row.get("case_id") is None:
            yield Broken("", None, None, "unlogged", MISSING, key, name, key)


def _stock(session: Session) -> Iterator[Broken]:
    sums: Counter[tuple[str, str]] = Counter()
    for row in session.execute(select(goods_movement)):
        for place, amount in ((row.to_place_id, row.quantity), (row.from_place_id, -row.quantity)):
            if place is not None:
                sums[row.item_id, place] += amount
    for row in session.execute(select(goods_stock)):
        wanted = sums.pop((row.item_id, row.place_id), 0)
        if row.quantity != wanted:
            yield Broken("", None, None, "row", str(wanted), str(row.quantity), goods_stock.name, row.id)
    for (item_id, place_id), wanted in sums.items():
        if wanted:
            yield Broken("", None, None, "gone", str(wanted), MISSING, goods_stock.name, f"{item_id} {place_id}")


def _said(value: Any) -> str:  # noqa: ANN401 - of any column
    return MISSING if value is None else str(value)
