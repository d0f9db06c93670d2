"""Predicates where a row of met and unmet is not enough: screening, conditions, placements, health data, visits."""

from dataclasses import replace
from datetime import date

import pytest

from caseflow.states import guards
from caseflow.states.category import Category, Choice, Condition, Criterion, Field, Screening, Text
from caseflow.states.facts import Facts
from caseflow.states.guards import GUARDS, criterion_key
from tests.states import sample
from tests.states.sample import AT, FM, KME, LKSA_ITEM, case, consent, emergency, item, known, lksa, screened, visit

# --- screening -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("category", "said", "result"),
    [
        (AT, {"poor_family": "yes"}, False),
        (AT, {"poor_family": "yes", "neglected": "unknown"}, None),
        (AT, {"poor_family": "unknown"}, False),
        (AT, {"poor_family": "yes", "basic_needs": "yes"}, True),
        (FM, {"no_home": "yes"}, True),
        (FM, {"no_home": "unknown"}, None),
        (FM, {"needs_not_met": "yes"}, True),
        (FM, {}, False),
        (KME, {"no_home": "yes"}, True),
        (KME, {"floor": "yes", "wall": "yes"}, False),
        (KME, {"floor": "yes", "wall": "yes", "toilet": "yes"}, True),
        (KME, {"floor": "yes", "wall": "yes", "toilet": "unknown"}, None),
        (KME, {"no_home": "unknown", "floor": "yes", "wall": "yes", "toilet": "yes"}, True),
    ],
)
def test_screening_never_counts_an_answer_that_is_not_there(
    category: Category, said: dict[str, str], *, result: bool | None
) -> None:
    assert guards.screening(screened(category, **said), category) is result


def test_nothing_answered_is_undecided() -> None:
    for category in sample.CATEGORIES.values():
        assert guards.screening(case(category), category) is None


def test_criteria_that_are_all_gates_decide_by_any_of_them() -> None:
    gate = Criterion("lost", Text("Hilang", "Lost"), gate=True)
    category = replace(AT, screening=Screening((gate,), 1, "dasar"))
    for value, result in (("yes", True), ("no", False), ("unknown", None)):
        facts = case(records=known("data_collection", **{criterion_key(gate): value}))
        assert guards.screening(facts, category) is result


# --- answers ---------------------------------------------------------------------------------------------------------


def a_field(key: str, when: Condition | None = None) -> Field:
    choices = (Choice("yes", Text("Ya", "Yes")), Choice("no", Text("Tidak", "No")))
    return Field(key, Text(key, key), "choice", required=True, choices=choices, when=when)


def test_a_question_is_asked_only_while_all_it_depends_on_are_asked() -> None:
    fields = (a_field("a"), a_field("b", Condition("a", ("yes",))), a_field("c", Condition("b", ("no",))))
    assert guards.missing_fields(fields, {}) == ("a",)
    assert guards.missing_fields(fields, {"a": "yes"}) == ("b",)
    assert guards.missing_fields(fields, {"a": "yes", "b": "no"}) == ("c",)
    # An answer that is left from before, under a question that is no longer asked, asks nothing more.
    assert guards.missing_fields(fields, {"a": "no", "b": "no"}) == ()


@pytest.mark.parametrize("value", [False, 0, "x", ["a"]])
def test_false_and_zero_are_answers(value: object) -> None:
    assert guards.answered(value)


@pytest.mark.parametrize("value", [None, "", [], ()])
def test_nothing_is_no_answer(value: object) -> None:
    assert not guards.answered(value)


@pytest.mark.parametrize(
    ("value", "holds"), [(True, True), (False, False), (["no", "yes"], True), ([], False), (None, False), ("yes", True)]
)
def test_a_condition_reads_yes_no_one_and_several(value: object, *, holds: bool) -> None:
    assert Condition("x", ("yes",)).holds({"x": value}) is holds


# --- placement of a child: the story of the field --------------------------------------------------------------------

PLACING = ("guardian_consents_to_the_placement", "kin_care_was_assessed_first", "child_opinion_was_heard")


def test_an_uncle_who_is_no_guardian_cannot_place_a_child_but_kin_care_goes_on() -> None:
    told = (consent("plan", "kin"), consent("placement", "kin"))
    facts = case(state="intervention", consents=told)
    act = AT.guards["start_placement"]
    asked = guards.check(act, replace(facts, details={"placement": "lksa"}), AT)
    assert set(PLACING) <= {u.guard for u in asked}
    assert guards.check(act, replace(facts, details={"placement": "kin"}), AT) == ()


@pytest.mark.parametrize("relation", ["father", "mother", "legal_guardian", "court_order"])
def test_parents_a_guardian_or_the_court_can(relation: str) -> None:
    assert not guards.check(
        ("guardian_consents_to_the_placement",), lksa(consents=(consent("placement", relation),)), AT
    )


@pytest.mark.parametrize(
    "facts",
    [
        case(state="intervention_plan", plan=(LKSA_ITEM,)),
        case(state="intervention_plan", records=known("intervention_plan", care_plan="lksa")),
    ],
)
def test_a_plan_for_an_institution_meets_the_same_conditions(facts: Facts) -> None:
    assert set(PLACING) <= {u.guard for u in guards.check(AT.guards["approve_plan"], facts, AT)}


def test_a_cancelled_placement_asks_for_nothing() -> None:
    facts = case(state="intervention_plan", plan=(item(intervention="LKSA", status="cancelled"),))
    assert guards.check(PLACING, facts, AT) == ()


@pytest.mark.parametrize(
    ("care", "interventions", "places"),
    [
        ("parents", ("YAPI", "PKH"), ()),
        ("kin", ("PENGASUHAN",), ()),
        ("kin", ("YAPI",), ()),
        ("lksa", ("LKSA", "YAPI"), ()),
        ("lksa", ("YAPI",), ("plan",)),
        ("lksa", ("LKSA", "PENGASUHAN"), ("intervention_plan.care_plan",)),
        ("parents", ("PENGASUHAN",), ("intervention_plan.care_plan",)),
        ("parents", ("RUMAH-AMAN",), ()),
        ("lksa", ("RUMAH-AMAN",), ("plan",)),
        (None, ("LKSA",), ("intervention_plan.care_plan",)),
    ],
)
def test_the_form_and_the_actions_say_the_same_about_care(
    care: str | None, interventions: tuple[str, ...], places: tuple[str, ...]
) -> None:
    plan = tuple(item(code, intervention=code) for code in interventions)
    facts = case(plan=plan, records=known("intervention_plan", care_plan=care))
    assert GUARDS["planned_care_matches_the_actions"].gaps(facts, AT) == places


# --- health data -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "may"),
    [
        (case(FM, risk="high", emergency=emergency(), today=date(2026, 11, 18)), True),
        (case(FM, risk="high", emergency=emergency(), today=date(2026, 11, 20)), False),
        (case(FM, risk="medium", emergency=emergency(), today=date(2026, 11, 18)), False),
        (case(FM, risk="high", records=known("data_collection", data_basis="vital_interest")), False),
        (case(FM, risk="high", records=known("assessment", emergency=True)), False),
        (case(FM, risk="high", records=known("data_collection", data_basis="consent")), False),
        (case(FM, risk="high", emergency=emergency(paid=True), records=known("assessment", emergency=True)), False),
    ],
)
def test_only_a_life_at_stake_replaces_consent(facts: Facts, *, may: bool) -> None:
    assert (guards.check(("health_data_may_go_to_the_facility",), facts, FM) == ()) is may
    assert guards.check(("health_data_may_go_to_the_insurer",), facts, FM) != (), "an insurer saves no life tonight"


# --- visits and debt -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "count"), [((), 0), ((1,), 1), ((1, 1), 1), ((1, 14), 1), ((1, 15), 2), ((1, 10, 20), 2), ((1, 15, 29), 3)]
)
def test_visits_count_on_distinct_days_that_keep_the_gap(days: tuple[int, ...], count: int) -> None:
    visits = tuple(replace(visit(day), id=str(n)) for n, day in enumerate(reversed(days)))
    assert guards.counted_visits(case(visits=visits), AT) == count


def test_a_supervisor_may_waive_visits() -> None:
    assert guards.check(("monitoring_visits_are_done",), case(visits_waived=True), AT) == ()


def test_an_emergency_is_paid_by_assessment_plan_and_ratification() -> None:
    full = case(
        KME,
        "intervention",
        records=sample.records(KME),
        plan=(item(),),
        consents=(consent("plan"),),
        emergency=emergency(ratified=True),
    )
    assert guards.emergency_is_paid(full, KME)
    assert not guards.emergency_is_paid(replace(full, emergency=None), KME)
    assert not guards.emergency_is_paid(replace(full, emergency=emergency()), KME)
    assert not guards.emergency_is_paid(replace(full, plan=()), KME)
    assert not guards.emergency_is_paid(replace(full, records={}), KME)


def test_a_line_of_another_year_is_not_used_before_its_time() -> None:
    newest = KME.figure("extreme_poverty_line", date(2026, 1, 1).year)
    assert newest is not None
    assert newest.year == 2025
    assert KME.figure("extreme_poverty_line", 2020) is None
