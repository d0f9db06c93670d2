"""One action of a plan for several cases of a household: which, and its outcome written in each at once."""

from collections.abc import Callable, Sequence
from datetime import datetime

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from caseflow.access import Viewer
from caseflow.actions import plan, shared_items
from caseflow.actions.casework import Done
from caseflow.actions.many import Outcome
from caseflow.actions.plan import EvaluateItem, SettleItem
from caseflow.actions.shared_items import OnItem, ShareItem
from caseflow.api import door
from caseflow.api.door import Reader, Writer
from caseflow.api.fields import Body, Note, TypedDay, Word
from caseflow.api.many import MOST_AT_A_DOOR, RowsNow, row_by_row
from caseflow.api.models import CASE_ID, Answer
from caseflow.api.problems import READING, refusals
from caseflow.edge import Numbered
from caseflow.store.session import Session

router: APIRouter = door.routes("Rencana")
SETTLE = {"done": plan.finish_item, "cancelled": plan.cancel_item}
OTHERS = Field(min_length=1, max_length=MOST_AT_A_DOOR, examples=[["6310-2026-000124"]])


class ShareWith(Body):
    """Other cases of the household that rely on an action."""

    cases: list[Word] = OTHERS


class WriteOutcome(Body):
    """What became of an action, in the case of the address and in others that rely on it."""

    cases: list[Word] = OTHERS
    outcome: Word = Field(json_schema_extra={"enum": [*SETTLE, *plan.RESULTS]}, examples=["done"])
    note: Note = Field("", description="Wajib bila cancelled.")
    event_date: TypedDay | None = Field(None, description="Hari selesai atau batal; tanpa ini hari ini.")


class Served(Answer):
    """Another case that relies on an action of this plan."""

    item: str = Field(description="Id kegiatan dalam kasus ini.", examples=[CASE_ID])
    case: str = Field(examples=["6310-2026-000124"])
    state: str = Field(examples=["intervention"])
    status: str = Field(json_schema_extra={"enum": ["planned", "approved", "done", "cancelled"]})
    result: str = Field(description="met, partly, not_met; kosong sebelum dinilai.")


class AllServed(Answer):
    """What the caller may know of it."""

    items: list[Served]


@router.get("/cases/{case}/shared-items", responses=refusals(*READING), summary="Kegiatan bersama")
def served(caller: Reader, case: str) -> AllServed:
    """Kasus lain serumah yang memakai kegiatan rencana ini, sejauh boleh Anda buka."""
    found = door.read(caller, lambda session, by, at: shared_items.show(session, case, by=by, at=at), case=case)
    items = [Served(item=p.item, case=p.number, state=p.state, status=p.status, result=p.result) for p in found]
    return AllServed(items=items)


@door.writes(router.post, "/cases/{case}/plan-items/{item}/cases", "Pakai kegiatan untuk kasus lain", model=RowsNow)
def share(caller: Writer, case: str, item: str, body: ShareWith) -> Response:
    """Tulis kegiatan ini juga dalam rencana kasus lain serumah; tiap kasus punya barisnya sendiri.

    Kasus yang menolak tidak menghentikan yang lain.
    """
    commands = [ShareItem(case=other, of=case, item=item) for other in body.cases]
    return row_by_row(caller, [Numbered(n, c, c.case) for n, c in enumerate(commands, 1)], shared_items.share_many)


@door.writes(router.post, "/cases/{case}/plan-items/{item}/outcome", "Hasil kegiatan bersama", model=RowsNow)
def write_outcome(caller: Writer, case: str, item: str, body: WriteOutcome) -> Response:
    """Catat hasil satu kegiatan dalam kasus ini (baris 1) dan kasus lain yang memakainya.

    Kasus yang menolak tidak menghentikan yang lain.
    """
    done, cases = body.outcome, (case, *body.cases)
    commands: list[OnItem] = (
        [SettleItem(case=each, item=item, note=body.note, event_date=body.event_date) for each in cases]
        if done in SETTLE
        else [EvaluateItem(case=each, item=item, note=body.note, result=done) for each in cases]
    )
    rows = [Numbered(n, command, command.case) for n, command in enumerate(commands, 1)]
    return row_by_row(caller, rows, _in_each(SETTLE.get(done, plan.evaluate_item)))


def _in_each(act: Callable[..., Done]) -> Callable[..., list[Outcome]]:
    def action(session: Session, commands: Sequence[OnItem], *, by: Viewer, at: datetime) -> list[Outcome]:
        return shared_items.in_each(session, act, commands, by=by, at=at)

    return action
