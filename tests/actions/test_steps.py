"""Each step of the lifecycle: once taken, and refused by role, area, state, version, words and guards."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest

from caseflow.actions import plan
from caseflow.actions.steps import AdvanceCase, advance_case
from caseflow.errors import (
    Forbidden,
    InvalidInput,
    NotFound,
    Refused,
    ReviewPending,
    StepOutOfOrder,
    StepRefused,
    UnknownStep,
    VersionConflict,
)
from caseflow.states.lifecycle import STEPS
from caseflow.store import log
from tests.world import (
    World,
    advance,
    approved,
    at,
    broken,
    clock,
    codes,
    complete,
    evaluate,
    grant,
    item,
    items_of,
    opened,
    owed,
    ready_plan,
    ready_to_close,
    record,
    refused,
    row_of,
    settle,
    state_of,
    take,
    told,
    unmet,
    visit,
)


@dataclass(frozen=True, slots=True)
class Way:
    """How a step is taken: from where, after what, by whom, to where."""

    state: str
    to: str
    prepare: Callable[[World, str], object]
    by: str = "rina"
    boss: str = ""
    details: dict[str, str] = field(default_factory=dict)


def nothing(_world: World, _case: str) -> None:
    """Need nothing more."""


def no_criterion(world: World, case: str) -> None:
    record(world, case, "data_collection", {"criterion_no_livelihood": "no", "criterion_needs_not_met": "no"})


def all_asked(world: World, case: str) -> None:
    complete(world, case, "data_collection")


def at_risk(world: World, case: str) -> None:
    record(world, case, "data_collection", {"risk": "high"})
    record(world, case, "assessment", {"risk": "high"})


def emergency(world: World, case: str) -> None:
    at_risk(world, case)
    take(world, case, "emergency_intervention")


def debt_written(world: World, case: str) -> None:
    emergency(world, case)
    complete(world, case, "assessment", risk="high")
    ready_plan(world, case)


def goals(result: str) -> Callable[[World, str], None]:
    return lambda world, case: evaluate(world, case, result)


def terminated(world: World, case: str) -> None:
    approved(world, case, "terminate", details={"reason_code": "moved"})


WAYS = {
    "submit_for_assessment": Way("data_collection", "assessment", all_asked),
    "screen_out": Way("assessment", "closed", no_criterion, boss="sari"),
    "return_for_data": Way("assessment", "data_collection", nothing),
    "complete_assessment": Way(
        "assessment", "intervention_plan", lambda world, case: complete(world, case, "assessment")
    ),
    "return_to_assessment": Way("intervention_plan", "assessment", nothing),
    "approve_plan": Way("intervention_plan", "intervention", ready_plan, boss="sari"),
    "amend_plan": Way("intervention", "intervention_plan", nothing),
    "emergency_intervention": Way("assessment", "intervention", at_risk),
    "ratify_emergency": Way("assessment", "intervention", debt_written, boss="sari"),
    "complete_intervention": Way("intervention", "evaluation", settle),
    "revise_plan": Way("evaluation", "intervention_plan", goals("not_met")),
    "start_monitoring": Way("evaluation", "monitoring", goals("partly")),
    "replan": Way("monitoring", "intervention_plan", nothing),
    "continue_case": Way("monitoring", "assessment", visit, boss="sari"),
    "close_case": Way("monitoring", "closed", ready_to_close, boss="sari", details={"outcome": "goals_met"}),
    "terminate": Way("intervention", "closed", nothing, boss="sari", details={"reason_code": "declined"}),
    "undo_termination": Way("evaluation", "evaluation", terminated, by="sari"),
    "reopen": Way("closed", "assessment", nothing, by="sari"),
}


def test_every_step_has_its_way() -> None:
    assert set(WAYS) == set(STEPS)


@pytest.mark.parametrize("step", WAYS)
def test_a_step_is_taken(world: World, step: str) -> None:
    way = WAYS[step]
    case = at(world, way.state)
    way.prepare(world, case)
    before = row_of(world, case)
    done = take(world, case, step, by=way.by, details=way.details)
    if way.boss:
        asked = row_of(world, case)
        assert (asked.state, asked.version, codes(world, case)[-1]) == (
            before.state,
            before.version + 1,
            "case:review:asked",
        )
        assert told(world, way.boss, "review_asked")
        done = grant(world, done.review_id, by=way.boss)
    after = row_of(world, case)
    entry = next(e for e in reversed(log.entries_of(world.session, case)) if e.code == "case:step:taken")
    assert (after.state, done.state, done.version) == (way.to, way.to, after.version)
    assert after.version == before.version + (2 if way.boss else 1)
    assert after.cycle == before.cycle + STEPS[step].new_cycle
    assert (f'"step":"{step}"' in entry.data, f'"to":"{way.to}"' in entry.data) == (True, True)
    assert entry.actor == world.office.ids[way.boss or way.by]
    assert not broken(world)


@pytest.mark.parametrize("step", WAYS)
def test_a_step_is_refused_to_who_may_not_take_it(world: World, step: str) -> None:
    way = WAYS[step]
    case = at(world, way.state)
    error = refused(world, Forbidden, advance_case, advance(case, step, details=way.details), by="audit")
    assert STEPS[step].label.id in str(error)
    refused(world, NotFound, advance_case, advance(case, step, details=way.details), by="luar")
    refused(world, NotFound, advance_case, advance(case, step, details=way.details), by="mitra")
    refused(world, NotFound, advance_case, advance(case, step, details=way.details), by="admin")


@pytest.mark.parametrize("step", WAYS)
def test_a_step_is_refused_out_of_order(world: World, step: str) -> None:
    wrong = "closed" if "closed" not in STEPS[step].sources else "assessment"
    case = at(world, wrong)
    error = refused(
        world,
        StepOutOfOrder,
        advance_case,
        advance(case, step, details=WAYS[step].details),
        by=WAYS[step].by,
    )
    assert error.data["state"] == wrong
    assert "reopen" in error.data["possible"] if wrong == "closed" else "complete_assessment" in error.data["possible"]


@pytest.mark.parametrize("step", WAYS)
def test_a_step_needs_the_version_that_was_seen(world: World, step: str) -> None:
    way = WAYS[step]
    case = at(world, way.state)
    way.prepare(world, case)
    seen = row_of(world, case).version
    error = refused(
        world,
        VersionConflict,
        advance_case,
        advance(case, step, expected_version=seen - 1, details=way.details),
        by=way.by,
    )
    assert (error.data["base"], error.data["theirs"]["version"]) == (seen - 1, seen)
    assert error.data["since"][-1]["seq"] == row_of(world, case).entry_seq
    assert take(world, case, step, by=way.by, expected_version=seen, details=way.details).version == seen + 1


# --- what is unmet: all of it, not the first -------------------------------------------------------------------------


def half_a_plan(world: World, case: str) -> None:
    item(world, case, owner=None, goal="")


def one_item_open(world: World, case: str) -> None:
    emergency(world, case)
    item(world, case)


GAPS: list[tuple[str, str, Callable[[World, str], object], dict[str, str], list[str]]] = [
    (
        "submit_for_assessment",
        "opened",
        nothing,
        {},
        ["stage_form_is_complete", "screening_finds_the_criteria_met"],
    ),
    ("screen_out", "opened", nothing, {}, ["screening_finds_no_criteria_met"]),
    ("complete_assessment", "assessment", nothing, {}, ["stage_form_is_complete"]),
    (
        "approve_plan",
        "intervention_plan",
        nothing,
        {},
        ["stage_form_is_complete", "plan_has_an_action", "client_agreed_to_the_plan"],
    ),
    (
        "approve_plan",
        "intervention_plan",
        half_a_plan,
        {},
        ["stage_form_is_complete", "plan_has_goal_owner_and_date_for_each_action", "client_agreed_to_the_plan"],
    ),
    ("emergency_intervention", "monitoring", nothing, {}, ["risk_level_is_high"]),
    ("ratify_emergency", "intervention", nothing, {}, ["an_emergency_awaits_ratification"]),
    ("ratify_emergency", "assessment", emergency, {}, ["emergency_assessment_is_written", "emergency_plan_is_written"]),
    ("amend_plan", "assessment", emergency, {}, ["no_emergency_debt"]),
    ("complete_intervention", "intervention", nothing, {}, ["every_action_is_settled"]),
    (
        "complete_intervention",
        "assessment",
        one_item_open,
        {},
        [
            "every_action_is_settled",
            "emergency_assessment_is_written",
            "emergency_plan_is_written",
            "emergency_is_ratified",
        ],
    ),
    (
        "start_monitoring",
        "evaluation",
        nothing,
        {},
        ["stage_form_is_complete", "every_goal_is_evaluated", "goals_are_met_or_partly_met"],
    ),
    ("start_monitoring", "evaluation", goals("not_met"), {}, ["goals_are_met_or_partly_met"]),
    ("revise_plan", "evaluation", goals("met"), {}, ["a_goal_is_not_met"]),
    ("continue_case", "monitoring", nothing, {}, ["a_visit_of_this_cycle_is_recorded"]),
    (
        "close_case",
        "monitoring",
        visit,
        {"outcome": "goals_met"},
        ["stage_form_is_complete", "monitoring_visits_are_done"],
    ),
    ("terminate", "intervention", nothing, {"reason_code": "died"}, ["termination_is_documented"]),
    ("terminate", "intervention", nothing, {"reason_code": "duplicate"}, ["termination_is_documented"]),
    ("undo_termination", "closed", nothing, {}, ["case_was_terminated"]),
]


@pytest.mark.parametrize(("step", "state", "prepare", "details", "names"), GAPS)
def test_a_refusal_lists_everything_that_is_unmet(
    world: World,
    step: str,
    state: str,
    prepare: Callable[[World, str], object],
    details: dict[str, str],
    names: list[str],
) -> None:
    case = opened(world) if state == "opened" else at(world, state)
    prepare(world, case)
    error = refused(world, StepRefused, advance_case, advance(case, step, details=details), by=WAYS[step].by)
    assert unmet(error) == names
    for found in error.data["unmet"]:
        assert found["message"] in str(error)
        assert found["places"], "a refusal says what would mend it"


def test_the_form_that_is_not_complete_names_its_questions(world: World) -> None:
    case = opened(world)
    error = refused(world, StepRefused, advance_case, advance(case, "submit_for_assessment"))
    assert "Pelapor" in str(error)
    assert "data_collection.reporter_kind" in error.data["unmet"][0]["places"].split()


# --- what is said with a step ----------------------------------------------------------------------------------------


def test_all_that_is_wrong_with_the_words_is_said_at_once(world: World) -> None:
    case = at(world, "monitoring")
    tomorrow = world.today + timedelta(days=1)
    command = AdvanceCase(
        case=case,
        step="terminate",
        event_date=tomorrow,
        details={"reason_code": "bored", "death_date": "31-01-2026", "colour": "red"},
    )
    error = refused(world, InvalidInput, advance_case, command)
    assert set(error.data["problems"]) == {
        "note",
        "event_date",
        "details.reason_code",
        "details.death_date",
        "details.colour",
    }


def test_a_death_is_not_recorded_ahead(world: World) -> None:
    case = at(world, "monitoring")
    details = {
        "reason_code": "died",
        "death_date": (world.today + timedelta(days=1)).isoformat(),
        "source": "Puskesmas",
    }
    error = refused(world, InvalidInput, advance_case, advance(case, "terminate", details=details))
    assert set(error.data["problems"]) == {"details.death_date"}


def test_spaces_around_a_detail_hide_nothing(world: World) -> None:
    case = at(world, "intervention")
    command = advance(case, "terminate", details={"reason_code": " died "})
    assert unmet(refused(world, StepRefused, advance_case, command)) == ["termination_is_documented"]


@pytest.mark.parametrize(
    ("day", "allowed"),
    [(date(2026, 2, 1), False), (date(2026, 2, 2), True), (date(2026, 2, 3), True), (date(2026, 2, 5), False)],
)
def test_a_step_happened_between_the_opening_and_today(world: World, day: date, allowed: bool) -> None:  # noqa: FBT001 - a column of the table
    case = opened(world)
    complete(world, case, "data_collection")
    world.now = clock(2026, 2, 3)
    command = advance(case, "submit_for_assessment", event_date=day)
    if not allowed:
        assert set(refused(world, InvalidInput, advance_case, command).data["problems"]) == {"event_date"}
        return
    take(world, case, "submit_for_assessment", event_date=day)
    entry = log.entries_of(world.session, case)[-1]
    assert (entry.event_date, entry.entered_at.date()) == (day, date(2026, 2, 3))


def test_an_unknown_step_names_the_known_ones(world: World) -> None:
    case = at(world, "assessment")
    error = refused(world, UnknownStep, advance_case, AdvanceCase(case=case, step="to_closed"))
    assert "complete_assessment" in error.data["known"]


def test_a_step_is_asked_for_once(world: World) -> None:
    case = at(world, "intervention_plan")
    ready_plan(world, case)
    take(world, case, "approve_plan")
    refused(world, ReviewPending, advance_case, advance(case, "approve_plan"))


# --- what follows from a step ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "kinds"),
    [
        ("data_collection", {"state_deadline"}),
        ("intervention", {"state_deadline"}),
        ("monitoring", {"visit"}),
        ("closed", set()),
    ],
)
def test_a_state_owes_what_its_category_says(world: World, state: str, kinds: set[str]) -> None:
    assert set(owed(world, at(world, state))) == kinds


def test_a_plan_that_was_approved_is_marked_so(world: World) -> None:
    case = at(world, "intervention")
    assert [planned.status for planned in items_of(world, case)] == ["approved"]


def test_a_ratified_plan_is_an_approved_plan(world: World) -> None:
    case = at(world, "assessment")
    debt_written(world, case)
    approved(world, case, "ratify_emergency")
    row = row_of(world, case)
    assert [planned.status for planned in items_of(world, case)] == ["approved"]
    assert (row.emergency_ratified, row.emergency_paid, row.assessed) == (True, True, True)
    assert codes(world, case)[-1] == "case:emergency:paid"
    assert "emergency_debt" not in owed(world, case)
    settle(world, case)
    take(world, case, "complete_intervention")
    assert state_of(world, case) == "evaluation"


def test_a_plan_is_amended_by_its_own_step(world: World) -> None:
    case = at(world, "intervention")
    planned = items_of(world, case)[0]
    change = plan.ChangeItem(case=case, item=planned.id, goal="Tujuan lain")
    assert "Ubah rencana" in str(refused(world, Refused, plan.change_item, change))
    take(world, case, "amend_plan")
