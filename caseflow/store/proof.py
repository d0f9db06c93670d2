"""What entries say of the rows their action wrote: a digest of each, so that a change behind the log is noticed."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Row, Table, Update

from caseflow import audit
from caseflow.store.session import Session
from caseflow.store.tables import (
    consent,
    letter,
    placement,
    placement_review,
    plan_item,
    referral,
    review,
    stage_record,
    visit,
)

PROVEN: dict[str, Table] = {
    str(table.name): table
    for table in (consent, letter, placement, placement_review, plan_item, referral, review, stage_record, visit)
}
"""Tables every row of which an entry must vouch for."""
ROWS = "rows"
"""Where an entry's data keep it: table -> id -> digest."""
MAKING = ("numbered", "failed", "rendered")
"""States of a letter that no entry tells: whether its file is made yet."""
_APART: dict[str, frozenset[str]] = {"letter": frozenset({"file_id", "sha256"})}
"""Columns an entry of their own tells: the file of a letter is made afterwards."""


def digest_of(table: str, row: Mapping[str, Any]) -> str:
    """Return the digest of a row as it stands."""
    said = {name: value for name, value in row.items() if name not in _APART.get(table, ())}
    if table == "letter" and said["state"] in MAKING:
        said["state"] = "issued"
    return audit.row_digest(table, said)


def note(session: Session, table: Table, row: Mapping[str, Any]) -> None:
    """Remember a row that was written: the next entry of this transaction vouches for it."""
    name = str(table.name)
    if name in PROVEN:
        session.written[name, row["id"]] = digest_of(name, row)


def change(session: Session, table: Table, statement: Update) -> list[Row[Any]]:
    """Run an update, remember the rows as they stand after it and return them."""
    rows = list(session.execute(statement.returning(*table.c)))
    for row in rows:
        note(session, table, row._asdict())
    return rows


def told(session: Session, said: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the data of entries with the digests of what was written before them.

    An entry that names a row vouches for it; for a row that none names (an item approved with its plan) the last does.
    """
    data = list(said)
    if not data or not session.written:
        return data
    rows: list[dict[str, dict[str, str]]] = [{} for _each in data]
    for (table, row_id), digest in session.written.items():
        place = next((n for n, each in enumerate(data) if row_id in each.values()), -1)
        rows[place].setdefault(table, {})[row_id] = digest
    session.written.clear()
    return [{**each, ROWS: found} if found else each for each, found in zip(data, rows, strict=True)]
