"""Stories of how cases end: placement first, a death, mistakes taken back, objections, and files opened again."""

import pytest

from caseflow.actions import cases, obligations, placements
from caseflow.actions.steps import advance_case
from caseflow.errors import ClosedCaseExists, DuplicateCase, StepRefused
from caseflow.store import log, subjects
from tests.world import (
    VILLAGE,
    World,
    act,
    adult,
    advance,
    approved,
    at,
    bring,
    broken,
    child,
    codes,
    complete,
    consent,
    days_later,
    household,
    item,
    opened,
    owed,
    ready_to_close,
    record,
    refused,
    row_of,
    state_of,
    take,
    told,
    unmet,
)

DIED = {"reason_code": "died", "death_date": "2026-02-02", "source": "Surat keterangan kematian desa"}


def placed(world: World, case: str) -> str:
    """Let the child of a case live with its aunt."""
    command = placements.StartPlacement(case=case, kind="kin", carer="Bibi Salamah", relation="bibi")
    return str(act(world, placements.start_placement, command).created_id)


def plan_for_kin(world: World, case: str) -> None:
    complete(world, case, "intervention_plan", care_plan="kin", kin_carer="Bibi Salamah")
    item(world, case, intervention="PENGASUHAN")
    consent(world, case, "plan")
    approved(world, case, "approve_plan")


def all_told(world: World, case: str) -> int:
    """Return how many messages about the obligations of a case people have."""
    people = world.office.ids
    return sum(row.case_id == case and row.obligation_id is not None for name in people for row in told(world, name))


def sweep_for(world: World, days: int) -> None:
    """Let days pass, each with its morning sweep."""
    for _day in range(days):
        days_later(world, 1)
        obligations.sweep(world.session, at=world.now)


def test_a_case_is_not_closed_while_the_child_is_placed(world: World) -> None:
    case = at(world, "intervention_plan", "AT")
    plan_for_kin(world, case)
    placement = placed(world, case)
    bring(world, case, "monitoring")
    ready_to_close(world, case)
    outcome = {"outcome": "goals_met"}
    error = refused(world, StepRefused, advance_case, advance(case, "close_case", details=outcome))
    assert (unmet(error), "Penempatan masih berjalan" in str(error)) == (["no_placement_is_open"], True)
    error = refused(world, StepRefused, advance_case, advance(case, "terminate", details={"reason_code": "moved"}))
    assert unmet(error) == ["no_placement_is_open_unless_died"]
    end = placements.EndPlacement(case=case, placement=placement, reason="Kembali kepada ibunya")
    act(world, placements.end_placement, end)
    approved(world, case, "close_case", details=outcome)
    assert state_of(world, case) == "closed"


def test_after_a_death_nobody_is_reminded_for_a_year(world: World) -> None:
    someone = child()
    case = at(world, "intervention_plan", "AT", person=someone)
    plan_for_kin(world, case)
    placed(world, case)
    subject = row_of(world, case).subject_id
    other = opened(world, "FM", subject=subject, by="budi")
    approved(world, case, "terminate", details=DIED)
    row = row_of(world, case)
    assert (row.state, row.outcome, row.closing_step) == ("closed", "died", "terminate")
    assert subjects.summary(world.session, subject, world.today).died
    assert (owed(world, case), owed(world, other)) == ({}, {})
    assert [message.case_id for message in told(world, "budi", "related_death")] == [other]
    before = (all_told(world, case), all_told(world, other))
    sweep_for(world, 365)
    assert (all_told(world, case), all_told(world, other)) == before
    assert not broken(world)


def test_a_death_is_not_undone_by_opening_the_file_again(world: World) -> None:
    case = at(world, "intervention")
    approved(world, case, "terminate", details=DIED)
    error = refused(world, StepRefused, advance_case, advance(case, "reopen"), by="sari")
    assert unmet(error) == ["subject_is_alive"]


def family_of(world: World, *, by: str) -> tuple[str, str]:
    """Open the case of a household, and one of its head; return both."""
    head = adult()
    family = opened(world, "KME", household=household(head, child()), by=by)
    person = subjects.members_of(world.session, row_of(world, family).subject_id, world.today)[0].person_id
    return family, opened(world, "FM", subject=person)


@pytest.mark.parametrize(("opener", "hear"), [("budi", {"budi"}), ("sari", {"sari", "bambang"})])
def test_who_works_with_the_dependants_hears_of_a_death(world: World, opener: str, hear: set[str]) -> None:
    family, own = family_of(world, by=opener)
    approved(world, own, "terminate", details=DIED)
    heard = {name for name in world.office.ids if told(world, name, "related_death")}
    assert heard == hear, "its worker; the supervisors where nobody is assigned"
    assert [message.case_id for message in told(world, opener, "related_death")] == [family]
    assert "state_deadline" in owed(world, family), "the household lives on"


# --- mistakes taken back ---------------------------------------------------------------------------------------------


def test_a_mistaken_death_is_taken_back_with_all_that_was_owed(world: World) -> None:
    case = at(world, "intervention_plan", "AT")
    plan_for_kin(world, case)
    placed(world, case)
    other = opened(world, "FM", subject=row_of(world, case).subject_id, by="budi")
    before = (owed(world, case).keys(), owed(world, other))
    approved(world, case, "terminate", details=DIED)
    days_later(world, 3)
    take(world, case, "undo_termination", by="sari", note="Salah orang.")
    row = row_of(world, case)
    assert (row.state, row.cycle, row.closing_step, row.outcome, row.closed_at) == ("intervention", 1, None, None, None)
    assert not subjects.summary(world.session, row.subject_id, world.today).died
    assert owed(world, case).keys() == before[0]
    assert {kind: found.due_at for kind, found in owed(world, other).items()} == {
        kind: found.due_at for kind, found in before[1].items()
    }
    sweep_for(world, 14)
    assert told(world, "budi", "state_deadline"), "the other case is reminded of again"
    approved(world, case, "terminate", details=DIED)
    assert len(told(world, "budi", "related_death")) == 2, "a death that is real after all is told again"
    assert not broken(world)


def test_a_termination_taken_back_leaves_the_emergency_owed(world: World) -> None:
    case = at(world, "assessment")
    record(world, case, "data_collection", {"risk": "high"})
    take(world, case, "emergency_intervention")
    due = owed(world, case)["emergency_debt"].due_at
    approved(world, case, "terminate", details={"reason_code": "moved"})
    assert owed(world, case) == {}
    take(world, case, "undo_termination", by="sari")
    assert owed(world, case)["emergency_debt"].due_at == due


def test_what_was_answered_by_the_termination_is_not_owed_again(world: World) -> None:
    case = at(world, "intervention_plan", "AT")
    plan_for_kin(world, case)
    placement = placed(world, case)
    end = placements.EndPlacement(case=case, placement=placement, reason="Pulang")
    act(world, placements.end_placement, end)
    approved(world, case, "terminate", details={"reason_code": "moved"})
    take(world, case, "undo_termination", by="sari")
    assert owed(world, case).keys() == {"state_deadline"}


@pytest.mark.parametrize(("ending", "back"), [("terminate", "undo_termination"), ("screen_out", "reopen")])
def test_a_closed_case_does_not_become_a_second_open_one(world: World, ending: str, back: str) -> None:
    case = at(world, "assessment")
    record(world, case, "data_collection", {"criterion_no_livelihood": "no", "criterion_needs_not_met": "no"})
    approved(world, case, ending, details={"reason_code": "moved"} if ending == "terminate" else {})
    again = cases.OpenCase(category="FM", area=VILLAGE, subject=row_of(world, case).subject_id)
    closed = refused(world, ClosedCaseExists, cases.open_case, again)
    assert closed.data["number"] == row_of(world, case).number
    second = opened(world, subject=row_of(world, case).subject_id, new_despite_closed=True)
    error = refused(world, DuplicateCase, advance_case, advance(case, back), by="sari")
    assert error.data["number"] == row_of(world, second).number


# --- objections, and files opened again ------------------------------------------------------------------------------


def test_who_is_screened_out_may_object(world: World) -> None:
    case = at(world, "assessment")
    record(world, case, "data_collection", {"criterion_no_livelihood": "no", "criterion_needs_not_met": "no"})
    approved(world, case, "screen_out", note="Punya penghasilan tetap.")
    row = row_of(world, case)
    assert (row.state, row.outcome, row.previous_state) == ("closed", "not_eligible", "assessment")
    take(world, case, "reopen", by="sari", note="Keberatan diterima: penghasilan berhenti.")
    row = row_of(world, case)
    assert (row.state, row.cycle, row.outcome) == ("data_collection", 2, None), "it was never assessed"
    assert owed(world, case).keys() == {"state_deadline"}


def test_a_file_opened_again_keeps_its_first_closure(world: World) -> None:
    case = at(world, "closed")
    take(world, case, "reopen", by="sari", note="Keadaan memburuk lagi.")
    row = row_of(world, case)
    assert (row.state, row.cycle, row.outcome, row.visits_waived) == ("assessment", 2, None, False)
    steps_taken = [e.data for e in log.entries_of(world.session, case) if e.code == "case:step:taken"]
    assert '"outcome":"goals_met"' in steps_taken[-2]
    assert '"step":"reopen"' in steps_taken[-1]
    bring(world, case, "closed")
    assert codes(world, case).count("case:review:granted") == 4, "plan and closure, twice"
    assert not broken(world)


def test_after_an_emergency_that_was_paid_a_file_opens_at_the_assessment(world: World) -> None:
    case = opened(world)
    complete(world, case, "data_collection", risk="high")
    take(world, case, "emergency_intervention")
    complete(world, case, "assessment", risk="high")
    complete(world, case, "intervention_plan")
    item(world, case)
    consent(world, case, "plan")
    approved(world, case, "ratify_emergency")
    approved(world, case, "terminate", details={"reason_code": "moved"})
    take(world, case, "reopen", by="sari")
    assert state_of(world, case) == "assessment"


def test_continuing_starts_a_cycle_that_asks_for_its_own_visits(world: World) -> None:
    case = at(world, "monitoring")
    ready_to_close(world, case)
    approved(world, case, "continue_case")
    assert (state_of(world, case), row_of(world, case).cycle) == ("assessment", 2)
    bring(world, case, "monitoring")
    complete(world, case, "monitoring")
    error = refused(world, StepRefused, advance_case, advance(case, "close_case", details={"outcome": "goals_met"}))
    assert unmet(error) == ["monitoring_visits_are_done"]


def test_closing_ends_every_reminder(world: World) -> None:
    case = at(world, "closed")
    before = all_told(world, case)
    sweep_for(world, 120)
    assert (owed(world, case), all_told(world, case)) == ({}, before)


def test_only_a_terminated_case_is_taken_back(world: World) -> None:
    case = at(world, "closed")
    refused(world, StepRefused, advance_case, advance(case, "undo_termination"), by="sari")
    assert state_of(world, case) == "closed"
