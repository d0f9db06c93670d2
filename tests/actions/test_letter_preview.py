"""Drafts of letters from a case: what they say, what they tell is missing, and that nothing is left behind."""

from typing import Any

import pytest

from caseflow.actions import casework, letter_facts, letter_preview, letters
from caseflow.actions.letter_drafts import Draft
from caseflow.actions.letters import IssueLetter, issue_letter
from caseflow.errors import Forbidden, InvalidInput, NotFound
from caseflow.letters import catalogue, render
from caseflow.letters.facts import BLANK
from caseflow.store import offices
from tests.actions.test_letters import issue, issued, needing
from tests.snapshots import snapshot
from tests.world import World, act, at, record, viewer


def drafted(world: World, command: IssueLetter, *, by: str = "rina") -> letter_preview.Preview:
    """Return a draft; no row is other than before."""
    before = snapshot(world.session)
    found = letter_preview.preview_letter(world.session, command, by=viewer(world, by), at=world.now)
    assert snapshot(world.session) == before
    return found


def test_a_draft_says_what_the_letter_would_and_draws_no_number(world: World) -> None:
    case = needing(world)
    found = drafted(world, issue(case))
    assert (found.facts["draft"], found.facts["number"], found.facts["check"]) == (True, None, None)
    assert found.facts["reply"] == {"code": None, "url": None, "days": 14}
    assert found.missing == ()
    assert act(world, issue_letter, issue(case)).created_id, "and the letter has the first number"
    html = render.html(found.kind, found.facts, pages=1)  # type: ignore[arg-type]  # plain JSON
    assert "KONSEP" in html
    assert "rawat inap" in html


def test_a_draft_tells_all_that_is_missing_and_prints_dots(world: World) -> None:
    case = needing(world, agreed=False)
    found = drafted(world, issue(case, "rjk-lksa", signatory="siapa"))
    said = {told["guard"] for told in found.missing}
    assert {"letter:rjk-lksa:use", "letter:rjk-lksa:signatory"} <= said
    assert "consent_covers_the_receiver" in said
    assert BLANK in str(found.facts["fields"].values())
    assert all(told["message"] and told["message_en"] for told in found.missing)


@pytest.mark.parametrize(
    "name", sorted(n for n, k in catalogue.load(letters.letters_root()).items() if k.about == "case")
)
def test_every_kind_can_be_drafted_with_nothing_filled_in(world: World, name: str) -> None:
    work = casework.look(world.session, at(world, "intervention"), by=viewer(world, "rina"), at=world.now)
    kind = letters.kinds(world.session)[name]
    said = letter_facts.with_blanks(kind, letter_facts.fields_so_far(kind, {}, {}, today=work.today)[0])
    draft = Draft(kind=kind, receiver=None, said=said, basis=None)
    office = offices.require(world.session, work.row.office_id)
    facts: Any = letter_facts.freeze(work, draft, office=office, signer=None, number=None, code=None)
    assert BLANK in render.html(kind, facts, pages=1)


def test_who_may_not_issue_sees_no_draft(world: World) -> None:
    case = needing(world)
    for name, error in (("audit", Forbidden), ("intan", NotFound), ("luar", NotFound), ("mitra", NotFound)):
        with pytest.raises(error):
            drafted(world, issue(case), by=name)


def test_a_draft_of_a_correction_names_what_it_would_replace(world: World) -> None:
    case = needing(world)
    old = issued(world, case)
    assert drafted(world, issue(case, replaces=old.number)).facts["replaces"]["number"] == old.number
    with pytest.raises(InvalidInput):
        drafted(world, issue(case, replaces="tidak ada"))


def test_what_is_typed_wrongly_is_told_and_left_out(world: World) -> None:
    case = at(world, "intervention")
    record(world, case, "data_collection", {"treatment_needed": True})
    found = drafted(world, issue(case, fields={"health_need": "x" * 5000, "unknown": 1}))
    assert {"letter:rjk-rs:health_need", "letter:rjk-rs:unknown"} <= {told["guard"] for told in found.missing}
    assert found.facts["fields"]["health_need"] == BLANK
