"""Parts of a letter's sheet: who signs beside the official, and the columns of a table."""

from collections.abc import Collection
from dataclasses import dataclass

from caseflow.letters.sheet import Sheet
from caseflow.states.category import Text

SIGNATURES = ("official", "two_parties", "team", "citizen", "author")
"""The official alone; two parties; a table of a team; the citizen alone; the officer who wrote it."""
NAMED = {"family": "recipient", "several": "invited"}
"""Addressees that are no institution, and the field of the letter that names them."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a field of type table."""

    key: str
    label: Text
    width: int
    """Millimetres; 0: an equal share of what the others leave."""


@dataclass(frozen=True, slots=True)
class Hand:
    """Somebody who signs where the official does not; all but the role name a field of the letter, or nothing."""

    role: str
    """What stands above the signature: "PIHAK PERTAMA"."""
    name: str
    """A text, or a table each row of which signs: its first columns are name, role, identity."""
    post: str
    identity: str
    address: str


def column(key: str, sheet: Sheet) -> Column:
    """Read `{ id = "...", en = "...", width = 30 }`."""
    read = Column(
        key, Text(sheet.text("id", required=True), sheet.text("en", required=True)), sheet.take("width", int, 0)
    )
    sheet.finish()
    return read


def hands(sheet: Sheet, signature: str, fields: Collection[str]) -> tuple[Hand, ...]:
    """Read who signs, in the order of the sheet; every part must be a field of the letter."""
    found = tuple(_hand(inner, fields) for _key, inner in sheet.each("hands"))
    if (signature == "official") == bool(found):
        reason = "penanda tangan dan jenis tanda tangan tidak cocok"
        sheet.problem("hands", reason, "Sebut [hands.…] bila yang menandatangani bukan pejabat saja")
    return found


def _hand(sheet: Sheet, fields: Collection[str]) -> Hand:
    named = {key: sheet.text(key, required=key == "name") for key in ("name", "post", "identity", "address")}
    for key, field in named.items():
        if field and field not in fields:
            sheet.problem(key, f'isian "{field}" tidak ada', f"Tambahkan [fields.{field}]")
    read = Hand(sheet.text("role"), named["name"], named["post"], named["identity"], named["address"])
    sheet.finish()
    return read


def require_named(sheet: Sheet, addressee: str, fields: Collection[str]) -> None:
    """An addressee that is no institution is named by a field of the letter."""
    own = NAMED.get(addressee)
    if own and own not in fields:
        sheet.problem("addressee", f'tujuan "{addressee}" memerlukan isian {own}', f"Tambahkan [fields.{own}]")
