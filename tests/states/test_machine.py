"""The machine: no illegal state, refusals with all that is unmet, each step reachable, destinations that follow."""

from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from caseflow.errors import (
    CaseflowError,
    OnHold,
    StepOutOfOrder,
    StepRefused,
    UnknownState,
    UnknownStep,
)
from caseflow.states import guards, machine
from caseflow.states.category import Category
from caseflow.states.effects import (
    AlertRelated,
    CancelUnsentLetters,
    EndObligations,
    SendLetter,
    StartObligation,
)
from caseflow.states.facts import Facts
from caseflow.states.lifecycle import CLOSED, OPEN, STATES, STEPS
from tests.states import sample
from tests.states.arbitrary import a_case, facts_of
from tests.states.sample import AT, CATEGORIES, FM

# Said twice on purpose: the table of the design, against the one in the code. "*" is every open state.
DESIGN = {
    "submit_for_assessment": ("data_collection", "assessment"),
    "screen_out": ("data_collection assessment", "closed"),
    "return_for_data": ("assessment", "data_collection"),
    "complete_assessment": ("assessment", "intervention_plan"),
    "return_to_assessment": ("intervention_plan", "assessment"),
    "approve_plan": ("intervention_plan", "intervention"),
    "amend_plan": ("intervention", "intervention_plan"),
    "emergency_intervention": ("data_collection assessment intervention_plan evaluation monitoring", "intervention"),
    "ratify_emergency": ("intervention", "intervention"),
    "complete_intervention": ("intervention", "evaluation"),
    "revise_plan": ("evaluation", "intervention_plan"),
    "start_monitoring": ("evaluation", "monitoring"),
    "replan": ("monitoring", "intervention_plan"),
    "continue_case": ("monitoring", "assessment"),
    "close_case": ("monitoring", "closed"),
    "terminate": ("*", "closed"),
    "undo_termination": ("closed", "*"),
    "reopen": ("closed", "assessment data_collection"),
}
REVIEWED = {"screen_out", "approve_plan", "ratify_emergency", "continue_case", "close_case", "terminate"}


def words(text: str) -> set[str]:
    return set(OPEN) if text == "*" else set(text.split())


@given(a_case, st.sampled_from(list(STEPS)))
def test_a_step_leads_where_the_design_says_or_lists_everything_unmet(case: tuple[Category, Facts], step: str) -> None:
    category, facts = case
    sources, to = DESIGN[step]
    asking = guards.asking(machine.guards_of(category, step), facts, category)
    unmet = [guard.name for guard in asking if guard.gaps(facts, category)]
    decision, refused = outcome(category, facts, step)
    assert (decision is None and not refused) == (facts.state not in words(sources))
    if decision is not None:
        assert unmet == []
        assert decision.to in words(to)
        assert decision.cycle == facts.cycle + (step in {"continue_case", "reopen"})
        assert decision.needs_review == (step in REVIEWED)
    elif refused:
        assert [u["guard"] for u in refused] == unmet
        assert all(u["message"] and u["message_en"] and u["places"] for u in refused)


def outcome(category: Category, facts: Facts, step: str) -> tuple[machine.Decision | None, list[dict[str, str]]]:
    """Return the decision, or what is unmet; neither when the step is out of order."""
    try:
        return machine.advance(category, facts, step), []
    except StepRefused as refused:
        return None, refused.data["unmet"]
    except StepOutOfOrder:
        return None, []


@given(a_case)
def test_what_a_person_is_shown_before_the_click_is_what_the_click_does(case: tuple[Category, Facts]) -> None:
    category, facts = case
    shown = {p.step: p for p in machine.previews(category, facts)}
    assert set(shown) == {step for step, (sources, _to) in DESIGN.items() if facts.state in words(sources)}
    for step, preview in shown.items():
        decision, refused = outcome(category, facts, step)
        assert [u["guard"] for u in refused] == [u.guard for u in preview.unmet]
        assert decision is None or preview.to == decision.to


@given(a_case)
def test_facts_are_never_changed_by_deciding(case: tuple[Category, Facts]) -> None:
    category, facts = case
    before = repr(facts)
    for step in STEPS:
        with suppress(CaseflowError):
            machine.advance(category, facts, step)
    assert repr(facts) == before


# --- walks -----------------------------------------------------------------------------------------------------------


class Walk(RuleBasedStateMachine):
    """A case that takes any step with any facts, from opening on."""

    def __init__(self) -> None:
        super().__init__()
        self.category: Category = AT
        self.facts = Facts(state="data_collection", cycle=1, today=sample.TODAY, subject_kind="person")

    @rule(data=st.data(), step=st.sampled_from(list(STEPS)), good=st.booleans())
    def take(self, data: st.DataObject, step: str, *, good: bool) -> None:
        around = sample.ready_for(self.category, step) if good else data.draw(facts_of(self.category))
        facts = replace(
            around,
            state=self.facts.state,
            cycle=self.facts.cycle,
            assessed=self.facts.assessed,
            previous_state=self.facts.previous_state,
            closing_step=self.facts.closing_step,
        )
        decision, _refused = outcome(self.category, facts, step)
        if decision is None:
            return
        sources, to = DESIGN[step]
        assert self.facts.state in words(sources)
        assert decision.to in words(to)
        assert decision.cycle >= self.facts.cycle
        if step == "undo_termination":
            assert self.facts.closing_step == "terminate"
            assert decision.to == self.facts.previous_state
        closed = decision.to == CLOSED
        self.facts = replace(
            self.facts,
            state=decision.to,
            cycle=decision.cycle,
            assessed=self.facts.assessed or step == "complete_assessment",
            previous_state=self.facts.state if closed else self.facts.previous_state,
            closing_step=step if closed else None,
        )

    @invariant()
    def is_legal(self) -> None:
        assert self.facts.state in STATES
        assert (self.facts.closing_step is not None) == (self.facts.state == CLOSED)


TestWalk = Walk.TestCase
TestWalk.settings = settings(max_examples=20, stateful_step_count=20)


# --- each step -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", list(CATEGORIES))
@pytest.mark.parametrize("step", list(STEPS))
def test_every_step_can_be_taken_in_every_category(step: str, code: str) -> None:
    facts = sample.ready_for(CATEGORIES[code], step)
    decision = machine.advance(CATEGORIES[code], facts, step)
    assert decision.step == step
    assert decision.to in words(DESIGN[step][1])


def test_the_table_of_the_design_is_the_table_of_the_code() -> None:
    assert set(DESIGN) == set(STEPS)
    for name, (sources, _to) in DESIGN.items():
        assert set(STEPS[name].sources) == words(sources), name
    assert {name for name, step in STEPS.items() if step.approvers} == REVIEWED


@pytest.mark.parametrize("state", OPEN)
def test_a_mistaken_termination_goes_back_to_where_the_case_was(state: str) -> None:
    facts = sample.ready(AT, CLOSED, closing_step="terminate", previous_state=state)
    assert machine.advance(AT, facts, "undo_termination").to == state


def test_only_a_termination_can_be_undone() -> None:
    facts = sample.ready(AT, CLOSED, closing_step="close_case", previous_state="monitoring")
    with pytest.raises(StepRefused) as refused:
        machine.advance(AT, facts, "undo_termination")
    assert [u["guard"] for u in refused.value.data["unmet"]] == ["case_was_terminated"]


@pytest.mark.parametrize(("assessed", "to"), [(True, "assessment"), (False, "data_collection")])
def test_reopening_starts_a_new_cycle_where_the_case_had_come_to(*, assessed: bool, to: str) -> None:
    facts = sample.ready(AT, CLOSED, closing_step="screen_out", assessed=assessed)
    decision = machine.advance(AT, facts, "reopen")
    assert (decision.to, decision.cycle) == (to, 2)


def test_the_dead_are_not_reopened() -> None:
    facts = sample.ready(AT, CLOSED, closing_step="terminate", previous_state="assessment", died=True)
    with pytest.raises(StepRefused):
        machine.advance(AT, facts, "reopen")
    assert machine.advance(AT, facts, "undo_termination").to == "assessment"


def test_a_refusal_names_every_unmet_guard_at_once() -> None:
    facts = Facts(state="intervention_plan", cycle=1, today=sample.TODAY, subject_kind="person")
    with pytest.raises(StepRefused) as refused:
        machine.advance(AT, facts, "approve_plan")
    assert [u["guard"] for u in refused.value.data["unmet"]] == [
        "stage_form_is_complete",
        "plan_has_an_action",
        "client_agreed_to_the_plan",
    ]
    assert "Pengasuhan anak selanjutnya" in str(refused.value)


# --- hold, order, words ----------------------------------------------------------------------------------------------


def test_a_hold_lets_only_termination_and_emergency_pass() -> None:
    allowed = set()
    for step in STEPS:
        facts = replace(sample.ready_for(AT, step), held=True)
        try:
            machine.advance(AT, facts, step)
            allowed.add(step)
        except OnHold:
            pass
    assert allowed == {"terminate", "emergency_intervention"}


def test_an_unknown_step_names_those_that_exist() -> None:
    with pytest.raises(UnknownStep) as refused:
        machine.advance(AT, sample.ready(AT, "assessment"), "to_closed")
    assert "close_case" in str(refused.value)


def test_a_state_that_is_none_is_refused_not_repaired() -> None:
    with pytest.raises(UnknownState):
        machine.advance(AT, sample.ready(AT, "asesmen"), "complete_assessment")


def test_a_step_that_the_category_switches_off_is_unknown() -> None:
    without = replace(AT, without_steps=("return_for_data",))
    with pytest.raises(UnknownStep):
        machine.advance(without, sample.ready(AT, "assessment"), "return_for_data")
    assert "return_for_data" not in machine.possible_steps(without, sample.ready(AT, "assessment"))


def test_a_step_out_of_order_says_what_is_possible() -> None:
    with pytest.raises(StepOutOfOrder) as refused:
        machine.advance(AT, sample.ready(AT, "data_collection"), "close_case")
    assert "submit_for_assessment" in refused.value.data["possible"]
    assert (refused.value.data["step"], refused.value.data["state"]) == ("close_case", "data_collection")
    assert "Ajukan ke asesmen" in str(refused.value)
    assert "_" not in str(refused.value), "a person reads names, not ids"


def test_roles_of_a_step_are_the_categorys_own_where_it_says_so() -> None:
    stricter = replace(AT, takers={"approve_plan": ("supervisor",)}, approvers={"approve_plan": ("head",)})
    assert machine.takers_of(stricter, "approve_plan") == ("supervisor",)
    assert machine.approvers_of(stricter, "approve_plan") == ("head",)


# --- what a step asks for --------------------------------------------------------------------------------------------


def effects(category: Category, step: str, **said: Any) -> tuple[Any, ...]:  # noqa: ANN401 - fields of Facts
    return machine.advance(category, replace(sample.ready_for(category, step), **said), step).effects


def test_entering_a_state_starts_its_deadline_and_ends_the_last_one() -> None:
    deadline = AT.deadlines["assessment"]
    assert effects(AT, "submit_for_assessment") == (
        EndObligations(("state_deadline",)),
        StartObligation("state_deadline", deadline.span, "assignee", deadline.basis),
    )


def test_monitoring_starts_with_its_first_visit() -> None:
    assert StartObligation("visit", AT.rhythm.first) in effects(AT, "start_monitoring")
    assert EndObligations(("state_deadline", "visit")) in effects(AT, "replan")


def test_an_emergency_leaves_a_debt_of_72_running_hours() -> None:
    found = effects(AT, "emergency_intervention")
    debt = next(e for e in found if isinstance(e, StartObligation) and e.kind == "emergency_debt")
    assert (debt.span.amount, debt.span.unit) == (72, "hours")
    assert not any(isinstance(e, SendLetter) for e in found)


@pytest.mark.parametrize(("needed", "letters"), [(True, [SendLetter("rjk-rs")]), (False, [])])
def test_an_emergency_sends_the_hospital_letter_when_somebody_needs_treatment(
    *, needed: bool, letters: list[SendLetter]
) -> None:
    known = {"data_collection": {"treatment_needed": needed}}
    found = effects(FM, "emergency_intervention", records=known)
    assert [e for e in found if isinstance(e, SendLetter)] == letters


def test_a_death_ends_everything_and_alerts_the_others() -> None:
    details = {"reason_code": "died", "death_date": "2026-11-01", "source": "kepala desa"}
    found = effects(AT, "terminate", details=details)
    assert {EndObligations(()), CancelUnsentLetters(), AlertRelated()} <= set(found)
    assert AlertRelated() not in effects(AT, "terminate")


def test_ratifying_does_not_start_the_clock_of_the_intervention_again() -> None:
    assert effects(AT, "ratify_emergency") == ()


def test_an_act_is_refused_with_all_its_unmet_guards() -> None:
    facts = replace(sample.ready(AT, "intervention"), details={"placement": "lksa"})
    with pytest.raises(StepRefused) as refused:
        machine.require(AT, facts, "start_placement")
    assert {u["guard"] for u in refused.value.data["unmet"]} >= {
        "guardian_consents_to_the_placement",
        "kin_care_was_assessed_first",
        "child_opinion_was_heard",
    }
    machine.require(AT, replace(facts, details={"placement": "kin"}), "start_placement")


def test_the_machine_keeps_no_case_and_has_no_back_doors() -> None:
    built = machine._machine(tuple(STEPS))
    assert built.models == []
    assert set(built.events) == set(STEPS)
