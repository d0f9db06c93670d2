"""Each guard, met and unmet, with the places that would mend it."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from caseflow.states import guards
from caseflow.states.category import Category, Choice, Condition, Criterion, Field, Screening, Text
from caseflow.states.facts import Facts
from caseflow.states.guards import GUARDS, criterion_key
from tests.states import sample
from tests.states.sample import AT, FM, KME, consent, emergency, item, placement, referral, visit

HEARD = {"child_opinion": "ingin bersama nenek", "child_opinion_how": "alone", "opinion_heard_on": "2026-11-05"}
PICKUP = {"pickup_officer": "Ahmad", "pickup_date": "2026-11-20"}
DECISION = {"decision_number": "400.9/12", "decision_date": "2026-11-12"}
LETTER = {"facility": "RSUD", "facility_letter_number": "12/RS", "facility_letter_date": "2026-11-10"}
LKSA_ITEM = item(intervention="LKSA", status="planned")


def case(category: Category = AT, state: str = "assessment", **said: Any) -> Facts:  # noqa: ANN401 - fields of Facts
    facts = Facts(state=state, cycle=1, today=sample.TODAY, subject_kind=category.subject_kinds[0], risk="medium")
    return replace(facts, **said)


def lksa(**said: Any) -> Facts:  # noqa: ANN401 - fields of Facts
    """Return a case in which the placement of a child in an institution is asked for."""
    return case(state="intervention", details={"placement": "lksa"}, **said)


def known(stage: str, **answers: Any) -> dict[str, dict[str, Any]]:  # noqa: ANN401 - answers of a form
    return {stage: answers}


def screened(category: Category, **said: str) -> Facts:
    given = {**sample.criteria(category, "no"), **{f"criterion_{key}": value for key, value in said.items()}}
    return case(category, "data_collection", records={"data_collection": given})


def gone(**said: str) -> Facts:
    return case(details=said, placements=(placement(),))


# guard: (category, facts that meet it, facts that do not, the places it names)
TABLE: dict[str, tuple[Category, Facts, Facts, tuple[str, ...]]] = {
    "stage_form_is_complete": (
        AT,
        sample.ready(AT, "monitoring"),
        case(state="monitoring", records=known("monitoring", last_situation="baik", care_is_safe="")),
        ("monitoring.care_is_safe", "monitoring.contact_after"),
    ),
    "screening_finds_the_criteria_met": (
        AT,
        screened(AT, neglected="yes", basic_needs="yes"),
        screened(AT, neglected="yes", basic_needs="unknown"),
        ("data_collection.criterion_basic_needs",),
    ),
    "screening_finds_no_criteria_met": (
        AT,
        screened(AT, neglected="yes"),
        screened(AT, neglected="yes", basic_needs="unknown"),
        ("data_collection.criterion_basic_needs",),
    ),
    "risk_level_is_set": (AT, case(risk="low"), case(risk=None), ("risk",)),
    "risk_level_is_high": (AT, case(risk="high"), case(risk="medium"), ("risk",)),
    "plan_has_an_action": (AT, case(plan=(item(),)), case(plan=(item(status="cancelled"),)), ("plan",)),
    "plan_has_goal_owner_and_date_for_each_action": (
        AT,
        case(plan=(item(), item("i2", goal="", status="cancelled"))),
        case(plan=(item("a", goal=""), item("b", owner=""), item("c", due=None), item("d"))),
        ("plan:a", "plan:b", "plan:c"),
    ),
    "client_agreed_to_the_plan": (
        AT,
        case(consents=(consent("plan"),)),
        case(consents=(consent("plan", withdrawn=True), consent("data"))),
        ("consent:plan",),
    ),
    "every_action_is_settled": (
        AT,
        case(plan=(item(), item("b", status="cancelled"))),
        case(plan=(item(), item("b", status="approved"), item("c", status="planned"))),
        ("plan:b", "plan:c"),
    ),
    "every_referral_is_answered": (
        AT,
        case(referrals=(referral("refused"),)),
        case(referrals=(referral("open"),)),
        ("referral:r1",),
    ),
    "an_emergency_awaits_ratification": (
        AT,
        case(emergency=emergency()),
        case(emergency=emergency(ratified=True)),
        ("emergency",),
    ),
    "emergency_assessment_is_written": (
        KME,
        case(KME, emergency=emergency(), records=sample.records(KME)),
        case(KME, emergency=emergency(), risk=None, records=sample.records(KME)),
        ("risk",),
    ),
    "emergency_plan_is_written": (
        KME,
        case(KME, emergency=emergency(), records=sample.records(KME), plan=(item(),), consents=(consent("plan"),)),
        case(KME, emergency=emergency(), plan=(item(goal=""),)),
        ("intervention_plan.strategies", "plan:i1", "consent:plan"),
    ),
    "emergency_is_ratified": (
        AT,
        case(emergency=emergency(ratified=True)),
        case(emergency=emergency()),
        ("emergency",),
    ),
    "no_emergency_debt": (AT, case(emergency=emergency(paid=True)), case(emergency=emergency()), ("emergency",)),
    "every_goal_is_evaluated": (
        AT,
        case(plan=(item(), item("b", result="", status="cancelled"))),
        case(plan=(item(result=""),)),
        ("plan:i1",),
    ),
    "a_goal_is_not_met": (
        AT,
        case(plan=(item(), item("b", result="partly"))),
        case(plan=(item(), item("b", result="not_met", status="cancelled"))),
        ("evaluation",),
    ),
    "goals_are_met_or_partly_met": (
        AT,
        case(plan=(item(), item("b", result="partly"))),
        case(plan=(item(), item("b", result="not_met"))),
        ("evaluation",),
    ),
    "a_visit_of_this_cycle_is_recorded": (
        AT,
        case(visits=(visit(1),)),
        case(visits=(visit(1, cycle=2), visit(2, state="intervention"))),
        ("visit",),
    ),
    "monitoring_visits_are_done": (
        AT,
        case(visits=(visit(1, month=8), visit(1, month=9), visit(1))),
        case(visits=(visit(1), visit(2), visit(15))),
        ("visit",),
    ),
    "no_placement_is_open": (
        AT,
        case(placements=(placement(end=sample.TODAY),)),
        case(placements=(placement(),)),
        ("placement:p1",),
    ),
    "no_placement_is_open_unless_died": (
        AT,
        gone(reason_code="died"),
        gone(reason_code="moved"),
        ("placement:p1",),
    ),
    "termination_is_documented": (
        AT,
        case(details={"reason_code": "died", "death_date": "2026-11-01", "source": "kepala desa"}),
        case(details={"reason_code": "died"}),
        ("death_date", "source"),
    ),
    "case_was_terminated": (
        AT,
        case(closing_step="terminate", previous_state="assessment"),
        case(closing_step="screen_out", previous_state="assessment"),
        ("history",),
    ),
    "subject_is_alive": (AT, case(), case(died=True), ("history",)),
    "guardian_consents_to_the_placement": (
        AT,
        lksa(consents=(consent("placement"),)),
        lksa(consents=(consent("placement", "kin"), consent("placement", withdrawn=True))),
        ("consent:placement",),
    ),
    "kin_care_was_assessed_first": (
        AT,
        lksa(records=known("assessment", kin_option="not_possible")),
        lksa(records=known("assessment", kin_option="possible_with_support")),
        ("assessment.kin_option",),
    ),
    "child_opinion_was_heard": (
        AT,
        lksa(records=known("assessment", **HEARD)),
        lksa(records=known("assessment", child_opinion="ya")),
        ("assessment.child_opinion_how", "assessment.opinion_heard_on"),
    ),
    "pickup_is_assigned": (
        AT,
        lksa(records=known("intervention_plan", **PICKUP)),
        lksa(),
        ("intervention_plan.pickup_officer", "intervention_plan.pickup_date"),
    ),
    "placement_decision_is_recorded": (
        AT,
        lksa(records=known("intervention_plan", **DECISION)),
        lksa(records=known("intervention_plan", decision_number="400.9/12")),
        ("intervention_plan.decision_date",),
    ),
    "lksa_placement_is_planned": (AT, case(plan=(LKSA_ITEM,)), case(plan=(item(),)), ("plan",)),
    "planned_care_matches_the_actions": (
        AT,
        case(plan=(LKSA_ITEM,), records=known("intervention_plan", care_plan="lksa")),
        case(plan=(LKSA_ITEM,), records=known("intervention_plan", care_plan="kin")),
        ("intervention_plan.care_plan",),
    ),
    "shelter_is_for_high_risk": (
        AT,
        case(risk="high", details={"placement": "shelter"}),
        case(details={"placement": "shelter"}),
        ("risk",),
    ),
    "health_facility_letter_is_recorded": (
        FM,
        case(FM, records=known("assessment", **LETTER)),
        case(FM, records=known("assessment", facility="RSUD")),
        ("assessment.facility_letter_number", "assessment.facility_letter_date"),
    ),
    "pbi_membership_is_inactive": (
        FM,
        case(FM, records=known("assessment", jkn_status="pbi_apbn_inactive")),
        case(FM, records=known("assessment", jkn_status="pbi_apbd_inactive")),
        ("assessment.jkn_status",),
    ),
    "consent_to_share_health_data": (
        FM,
        case(FM, consents=(consent("health_insurance"),)),
        case(FM, risk="high", emergency=emergency()),
        ("consent:health_service", "consent:health_insurance"),
    ),
    "health_data_may_go_to_the_facility": (
        FM,
        case(FM, consents=(consent("health_service"),)),
        case(FM, consents=(consent("health_insurance"),)),
        ("consent:health_service",),
    ),
    "health_data_may_go_to_the_insurer": (
        FM,
        case(FM, consents=(consent("health_insurance"),)),
        case(FM, consents=(consent("health_service"),)),
        ("consent:health_insurance",),
    ),
}


def test_every_guard_has_its_row() -> None:
    assert set(TABLE) == set(GUARDS)


@pytest.mark.parametrize("name", list(TABLE))
def test_a_guard_is_met(name: str) -> None:
    category, met, _unmet, _places = TABLE[name]
    assert guards.check((name,), met, category) == ()


@pytest.mark.parametrize("name", list(TABLE))
def test_an_unmet_guard_names_what_would_mend_it(name: str) -> None:
    category, _met, unmet, places = TABLE[name]
    (found,) = guards.check((name,), unmet, category)
    assert found.places == places
    assert found.label.id.startswith(GUARDS[name].label.id)
    assert found.label.en.startswith(GUARDS[name].label.en)


def test_a_guard_says_which_answers_are_missing_by_their_labels() -> None:
    (found,) = guards.check(("pickup_is_assigned",), lksa(), AT)
    assert found.label.id == "Petugas dan tanggal penjemputan ditetapkan: Petugas penjemput, Tanggal penjemputan"


def test_what_a_guard_reads_is_declared_as_its_needs() -> None:
    for name, guard in GUARDS.items():
        read = {place for place in TABLE[name][3] if "." in place and ".criterion_" not in place}
        if name not in {"stage_form_is_complete", "emergency_plan_is_written"}:
            assert read <= set(guard.needs), name


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
        (case(FM, risk="high", emergency=emergency()), True),
        (case(FM, risk="high", records=known("data_collection", data_basis="vital_interest")), True),
        (case(FM, risk="high", records=known("assessment", emergency=True)), True),
        (case(FM, risk="medium", records=known("assessment", emergency=True)), False),
        (case(FM, risk="high", records=known("data_collection", data_basis="consent")), False),
        (case(FM, risk="high", emergency=emergency(paid=True), records=known("assessment", emergency=True)), False),
    ],
)
def test_only_a_life_at_stake_replaces_consent(facts: Facts, *, may: bool) -> None:
    for name in ("health_data_may_go_to_the_facility", "health_data_may_go_to_the_insurer"):
        assert (guards.check((name,), facts, FM) == ()) is may


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
