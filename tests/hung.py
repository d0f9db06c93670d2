"""What hangs on a case, twice: as the tables have it, and by its entries alone."""

from typing import Any

from sqlalchemy import select

from caseflow.actions import past
from caseflow.store import log, proof
from caseflow.store.goods import REVERSAL
from caseflow.store.tables import (
    attachment,
    conference,
    consent,
    goods_delivery,
    goods_movement,
    instrument_decision,
    instrument_fill,
    letter,
    placement,
    plan_item,
    referral,
    registry_check,
    review,
    transfer,
    visit,
)
from tests.world import World

TABLES = (
    attachment, conference, consent, goods_delivery, instrument_fill, letter, placement, plan_item, referral,
    registry_check, review, transfer, visit,
)  # fmt: skip
NAMED = {"instrument_fill": "instrument"}
"""Table -> what the fold calls its rows, where it is another name."""
Hung = dict[str, tuple[str, str, int | None, str]]
"""Id -> kind, status, cycle where the row has one, result."""


def stored(world: World, case: str) -> Hung:
    """Return what the rows say."""
    found: Hung = {}
    for table in TABLES:
        for row in world.session.execute(select(table).where(table.c.case_id == case)):
            cycle, result = getattr(row, "cycle", None), getattr(row, "result", None) or ""
            kind = NAMED.get(str(table.name), str(table.name))
            found[row.id] = (kind, _status(world, kind, row), cycle, result)
    return found


def _status(world: World, kind: str, row: Any) -> str:  # noqa: ANN401, PLR0911 - of a kind each
    match kind:
        case "instrument":
            decided = select(instrument_decision.c.id).where(instrument_decision.c.fill_id == row.id)
            return "decided" if world.session.execute(decided).first() else "filled"
        case "goods_delivery":
            undone = select(goods_movement.c.id).where(goods_movement.c.delivery_id == row.id)
            undone = undone.where(goods_movement.c.kind == REVERSAL, goods_movement.c.to_place_id.is_not(None))
            return "reversed" if world.session.execute(undone).first() else "delivered"
        case "attachment":
            return "withdrawn" if row.withdrawn_at else "kept"
        case "consent":
            return "withdrawn" if row.withdrawn_on else "given"
        case "placement":
            return "ended" if row.ends_on else "running"
        case "visit" | "registry_check":
            return "recorded"
        case "letter":
            return "issued" if row.state in proof.MAKING else str(row.state)
        case "review" | "transfer":
            return str(row.state)
        case _:
            return str(row.status)


def folded(world: World, case: str) -> Hung:
    """Return what the entries say; the cycle only of what has one as a row."""
    without = {row_id for row_id, (_kind, _status, cycle, _result) in stored(world, case).items() if cycle is None}
    hung = past.things_of(log.entries_of(world.session, case)).values()
    return {t.id: (t.kind, t.status, None if t.id in without else t.cycle, t.result) for t in hung}
