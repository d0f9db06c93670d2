"""Each guard, met and unmet, with the places that would mend it."""

import pytest

from caseflow.states import guards, machine
from caseflow.states.category import Category
from caseflow.states.category_guards import CATEGORY_GUARDS
from caseflow.states.facts import Facts
from caseflow.states.guards import GUARDS
from caseflow.states.predicates import always
from tests.states import sample
from tests.states.sample import (
    ABH,
    AT,
    FM,
    KME,
    KTK,
    LKSA_ITEM,
    LUT,
    case,
    consent,
    emergency,
    item,
    known,
    lksa,
    placement,
    referral,
    screened,
    visit,
)

HEARD = {"child_opinion": "ingin bersama nenek", "child_opinion_how": "alone", "opinion_heard_on": "2026-11-05"}
PICKUP = {"pickup_officer": "Ahmad", "pickup_date": "2026-11-20"}
DECISION = {"decision_number": "400.9/12", "decision_date": "2026-11-12"}
DECREE = {"decree_number": "188.45/310", "decree_date": "2026-10-01", "decree_official": "Bupati Contoh"}
LETTER = {"facility": "RSUD", "facility_letter_number": "12/RS", "facility_letter_date": "2026-11-10"}


PANTI = known("intervention_plan", care_plan="panti")


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
    "data_of_the_subject_are_kept": (AT, case(), case(erased=True), ("history",)),
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
    "family_care_was_considered_first": (
        LUT,
        case(LUT, records={**PANTI, **known("assessment", kin_option="not_possible")}),
        case(LUT, records={**PANTI, **known("assessment", kin_option="possible")}),
        ("assessment.kin_option",),
    ),
    "moving_is_the_persons_own_will": (
        LUT,
        case(LUT, records=known("intervention_plan", care_plan="panti", willing="yes")),
        case(LUT, records=known("intervention_plan", care_plan="panti", willing="no"), consents=(consent("plan"),)),
        ("intervention_plan.willing",),
    ),
    "the_danger_is_over": (
        KTK,
        case(KTK, records=known("monitoring", still_safe="yes")),
        case(KTK, records=known("monitoring", still_safe="not_sure"), details={"outcome": "goals_met"}),
        ("monitoring.still_safe",),
    ),
    "the_legal_process_is_over": (
        ABH,
        case(ABH, records=known("monitoring", legal_status="diverted")),
        case(ABH, records=known("monitoring", legal_status="running"), details={"outcome": "partly_met"}),
        ("monitoring.legal_status",),
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
    "beneficiary_is_named_in_a_decree": (
        FM,
        case(FM, records=known("intervention_plan", **DECREE)),
        case(FM, records=known("intervention_plan", decree_official="Bupati")),
        ("intervention_plan.decree_number", "intervention_plan.decree_date"),
    ),
    "high_risk_was_discussed_in_a_conference": (
        AT,
        case(risk="high", records=known("intervention_plan", conference_on="2026-11-12")),
        case(risk="high"),
        ("intervention_plan.conference_on",),
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
    said = GUARDS[name].refusal or GUARDS[name].label
    assert found.label.id.startswith(said.id)
    assert found.label.en.startswith(said.en)


@pytest.mark.parametrize(
    ("willing", "relation", "met"),
    [
        ("cannot_say", "legal_guardian", True),
        ("cannot_say", "court_order", True),
        ("cannot_say", "kin", False),
        ("no", "legal_guardian", False),
        (None, "legal_guardian", False),
    ],
)
def test_nobody_but_a_guardian_or_court_decides_for_an_adult_who_cannot_say(
    willing: str | None, relation: str, *, met: bool
) -> None:
    records = known("intervention_plan", care_plan="panti", willing=willing)
    facts = case(LUT, records=records, consents=(consent("plan", relation),))
    unmet = guards.check(("moving_is_the_persons_own_will",), facts, LUT)
    assert (not unmet) == met
    at_home = case(LUT, records=known("intervention_plan", care_plan="home"))
    assert guards.check(("moving_is_the_persons_own_will", "family_care_was_considered_first"), at_home, LUT) == ()


@pytest.mark.parametrize(("category", "away", "stays"), [(LUT, "panti", "home"), (AT, "lksa", "kin")])
def test_a_condition_that_asks_for_nothing_in_a_case_is_not_listed(category: Category, away: str, stays: str) -> None:
    def listed(care: str) -> set[str]:
        facts = case(category, records=known("intervention_plan", care_plan=care))
        return {guard.name for guard in guards.asking(machine.guards_of(category, "approve_plan"), facts, category)}

    of_moving = {guard.name for guard in CATEGORY_GUARDS if guard.applies is not always} - {"shelter_is_for_high_risk"}
    assert listed(away) & of_moving
    assert not listed(stays) & of_moving


def test_what_a_case_never_had_is_not_listed_as_settled() -> None:
    every = guards.asking(tuple(GUARDS), case(), AT)
    assert not {guard.name for guard in every} & {
        "every_referral_is_answered", "no_emergency_debt", "no_placement_is_open", "no_placement_is_open_unless_died",
    }  # fmt: skip


@pytest.mark.parametrize("guard", ["the_danger_is_over", "the_legal_process_is_over"])
def test_another_service_may_take_over_what_is_not_over(guard: str) -> None:
    assert guards.check((guard,), case(details={"outcome": "handed_over"}), AT) == ()


def test_a_conference_is_asked_for_at_high_risk_only() -> None:
    for risk in (None, "low", "medium"):
        assert guards.check(("high_risk_was_discussed_in_a_conference",), case(risk=risk), AT) == ()


def test_a_guard_says_which_answers_are_missing_by_their_labels() -> None:
    (found,) = guards.check(("pickup_is_assigned",), lksa(), AT)
    assert found.label.id == "Petugas dan tanggal penjemputan ditetapkan: Petugas penjemput, Tanggal penjemputan"


def test_what_a_guard_reads_is_declared_as_its_needs() -> None:
    for name, guard in GUARDS.items():
        read = {place for place in TABLE[name][3] if "." in place and ".criterion_" not in place}
        if name not in {"stage_form_is_complete", "emergency_plan_is_written"}:
            assert read <= set(guard.needs), name
