"""The lifecycle itself, and planted mistakes that the linter must find in others."""

from dataclasses import replace
from itertools import combinations

import pytest

from caseflow.states.category import Text
from caseflow.states.guards import GUARDS
from caseflow.states.lifecycle import (
    ABOVE,
    ACTS,
    CLOSED,
    FIRST_OR_ASSESSMENT,
    INITIAL,
    OPEN,
    PREVIOUS,
    ROLES,
    STAGE_WRITERS,
    STATES,
    STEPS,
    TAKING,
    Step,
    destinations,
    letter_act,
)
from caseflow.states.linter import Finding, lint_lifecycle

LABEL = Text("Langkah", "Step")
GOOD = (
    Step("go", LABEL, ("start",), "work"),
    Step("stop", LABEL, ("start", "work"), "end"),
)


def lint(
    *steps: Step, states: tuple[str, ...] = ("start", "work", "end"), initial: str = "start"
) -> tuple[Finding, ...]:
    return lint_lifecycle(states, steps, initial, end="end")


def test_the_shipped_lifecycle_has_no_mistake() -> None:
    assert lint_lifecycle(STATES, STEPS.values(), INITIAL) == ()


def test_it_has_none_either_with_any_optional_step_switched_off() -> None:
    optional = [name for name, step in STEPS.items() if step.optional]
    assert optional
    for count in range(len(optional) + 1):
        for off in combinations(optional, count):
            assert lint_lifecycle(STATES, [s for n, s in STEPS.items() if n not in off], INITIAL) == ()


def test_a_small_sound_lifecycle_has_no_mistake() -> None:
    assert lint(*GOOD) == ()


@pytest.mark.parametrize(
    ("steps", "key", "words"),
    [
        ((*GOOD, Step("go", LABEL, ("start",), "end")), "steps.go", "bernama sama"),
        ((*GOOD, Step("twice", LABEL, ("start", "start"), "work")), "steps.twice", "bernama sama"),
        ((GOOD[1],), "states.work", "tidak terjangkau"),
        ((GOOD[0], replace(GOOD[1], sources=("start",))), "states.work", "buntu"),
        ((*GOOD, Step("back", LABEL, ("work",), "strat")), "steps.back", '"strat" tidak dikenal'),
        ((*GOOD, Step("back", LABEL, ("wrok",), "start")), "steps.back", '"wrok" tidak dikenal'),
        ((*GOOD, Step("back", LABEL, ("work",), "start", takers=())), "steps.back.takers", "tidak ada peran"),
        ((*GOOD, Step("back", LABEL, ("work",), "start", takers=("auditor",))), "steps.back.takers", '"auditor"'),
        ((*GOOD, Step("back", LABEL, ("work",), "start", approvers=("caseworker",))), "steps.back.approvers", '"casew'),
        ((*GOOD, Step("back", LABEL, ("work",), "start", guards=("risk_is_high",))), "steps.back.guards", '"risk_is'),
    ],
)
def test_a_planted_mistake_is_found(steps: tuple[Step, ...], key: str, words: str) -> None:
    found = [f for f in lint(*steps) if f.key == key]
    assert [f for f in found if words in f.reason], lint(*steps)
    assert all(f.suggestion for f in found)


def test_states_that_only_lead_to_each_other_are_a_trap() -> None:
    ring = (Step("in", LABEL, ("start",), "a"), Step("on", LABEL, ("a",), "b"), Step("round", LABEL, ("b",), "a"))
    found = lint(*GOOD, *ring, states=("start", "work", "a", "b", "end"))
    assert [f.key for f in found] == ["states.a", "states.b"]


def test_going_back_to_where_a_case_was_makes_no_state_reachable() -> None:
    undo = Step("undo", LABEL, ("end",), PREVIOUS)
    reopen = Step("reopen", LABEL, ("end",), FIRST_OR_ASSESSMENT)
    found = lint(GOOD[1], undo, reopen)
    assert [f.key for f in found] == ["states.work"]


def test_an_unknown_first_state_is_found() -> None:
    assert lint(*GOOD, initial="begin")[0].key == "initial"


def test_all_mistakes_are_told_at_once() -> None:
    found = lint(GOOD[0], Step("go", LABEL, ("start",), "wrok", takers=(), guards=("nothing",)))
    assert {f.key for f in found} == {
        "steps.go",
        "steps.go.takers",
        "steps.go.guards",
        "states.work",
        "states.start",
        "states.end",
    }


# --- the table -------------------------------------------------------------------------------------------------------


def test_every_word_of_the_table_is_known() -> None:
    for step in STEPS.values():
        assert set(step.sources) <= set(STATES)
        assert set(destinations(step)) <= set(STATES)
        assert set(step.takers) <= set(TAKING) <= set(ROLES)
        assert set(step.approvers) <= set(ABOVE)
        assert set(step.guards) <= set(GUARDS)
        assert step.label.id
        assert step.label.en


def test_every_open_state_has_a_form_with_writers_and_can_be_terminated() -> None:
    assert set(STAGE_WRITERS) == set(OPEN)
    assert set(STEPS["terminate"].sources) == set(OPEN)
    assert all(STAGE_WRITERS[state] for state in OPEN)


def test_leaving_the_straight_path_needs_a_reason() -> None:
    silent = {name for name, step in STEPS.items() if not step.reason}
    assert silent == {
        "submit_for_assessment",
        "complete_assessment",
        "approve_plan",
        "complete_intervention",
        "start_monitoring",
        "ratify_emergency",
    }


def test_acts_that_are_no_steps_have_names_of_their_own() -> None:
    assert not set(ACTS) & set(STEPS)
    assert letter_act("rjk-lksa") == "issue:rjk-lksa"
    assert CLOSED not in OPEN
