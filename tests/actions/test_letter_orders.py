"""An order of letters that are initialled first: what goes back is told with its reason, and may be ordered again."""

import pytest
from sqlalchemy import select

from caseflow.actions import letter_bulk, letter_chains, letter_initials, letter_orders
from caseflow.actions.letter_bulk import OrderLetters
from caseflow.actions.letter_chains import HoldPost, SetChain
from caseflow.actions.letter_initials import ReturnDraft, WithdrawDraft
from caseflow.store.tables import letter_draft
from tests.world import World, act, at, consent, record, row_of, viewer

POST = "Kepala Bidang Rehabilitasi Sosial"
NEED = {"treatment_needed": True, "health_need": "rawat inap"}


def needing(world: World) -> str:
    case = at(world, "assessment")
    record(world, case, "data_collection", NEED)
    consent(world, case, "health_service")
    return case


def work(world: World, order: str) -> None:
    for row in letter_bulk.waiting(world.session, order, limit=9):
        letter_bulk.issue_row(world.session, row, at=world.now)
    letter_bulk.go_on(world.session, order, 1, at=world.now)


def stands(world: World, order: str) -> letter_orders.Progress:
    return letter_orders.progress_of(world.session, order, by=viewer(world, "rina"))


def told(world: World, order: str) -> list[tuple[str, str]]:
    lines = letter_orders.lines_of(world.session, order, by=viewer(world, "rina"), at=world.now)
    return [(str(cells[2]), str(cells[4])) for cells in letter_orders.cells(lines, lang="id")]


@pytest.mark.parametrize("back", ["returned", "withdrawn"])
def test_a_draft_that_went_back_is_no_letter_and_is_ordered_again(world: World, back: str) -> None:
    act(world, letter_chains.hold_post, HoldPost(post=POST, user="sari"), by="admin")
    act(world, letter_chains.set_chain, SetChain(letter="rjk-rs", posts=(POST,)), by="admin")
    cases = [needing(world), needing(world)]
    command = OrderLetters(letter="rjk-rs", cases=tuple(row_of(world, case).number for case in cases))
    order = act(world, letter_bulk.order_letters, command)
    work(world, order)
    assert (stands(world, order).done, stands(world, order).initials, stands(world, order).refused) == (2, 2, 0)
    draft = world.session.execute(select(letter_draft.c.id).where(letter_draft.c.case_id == cases[0])).scalar_one()
    if back == "returned":
        act(world, letter_initials.return_draft, ReturnDraft(letter=draft, reason="NIK keliru."), by="sari")
    else:
        act(world, letter_initials.withdraw_draft, WithdrawDraft(letter=draft, reason="NIK keliru."))
    assert (stands(world, order).issued, stands(world, order).initials, stands(world, order).refused) == (0, 1, 1)
    state = {"returned": "dikembalikan", "withdrawn": "dibatalkan"}[back]
    assert told(world, order) == [(state, "NIK keliru."), ("menunggu paraf", "")]
    again = act(world, letter_bulk.order_letters, command)
    assert (again != order, stands(world, again).cases) == (True, 1)
    work(world, again)
    assert stands(world, again).initials == 1
    assert act(world, letter_bulk.order_letters, command) == again
