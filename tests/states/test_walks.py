"""Each category walked through the lifecycle with answers drawn from its own questions, mended as its refusals say."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from caseflow.errors import StepRefused
from caseflow.states import machine
from caseflow.states.category import Category, Field, is_asked
from caseflow.states.deadlines import Calendar, due_at, working_days_between
from caseflow.states.effects import StartObligation
from caseflow.states.facts import GROUPS, Emergency, Facts, Visit
from caseflow.states.guards import GUARDS, criterion_key
from caseflow.states.lifecycle import OPEN, STEPS
from tests.states import sample
from tests.states.arbitrary import an_answer
from tests.states.sample import CATEGORIES

Draw = Callable[[st.SearchStrategy[Any]], Any]

WAY = (
    ("data_collection", "submit_for_assessment"),
    ("assessment", "complete_assessment"),
    ("intervention_plan", "approve_plan"),
    ("intervention", "complete_intervention"),
    ("evaluation", "start_monitoring"),
    ("monitoring", "close_case"),
)
COMMON = {name for step in STEPS.values() for name in step.guards}
ROUNDS = 12
"""How often a refusal may be mended: more than the longest list of places that hang on one another."""
ONE_CATEGORY = pytest.mark.parametrize("category", CATEGORIES.values(), ids=list(CATEGORIES))
A_WALK = settings(max_examples=6, suppress_health_check=[HealthCheck.too_slow], deadline=None)
WITA = Calendar(ZoneInfo("Asia/Makassar"), holidays=frozenset({date(2026, 11, 18)}))


@ONE_CATEGORY
@A_WALK
@given(data=st.data())
def test_the_way_from_the_report_to_the_closure_is_open(category: Category, data: st.DataObject) -> None:
    category = data.draw(st.sampled_from((category, with_all_an_office_may_ask(category))))
    facts = case(category)
    for state, step in WAY:
        assert facts.state == state
        refusal = refused(category, facts, step)
        asked = any(f.required for f in category.fields_of(state))
        assert bool(refusal) or not asked, "an empty form passes"
        facts = answer_all(facts, category, state, data.draw)
        facts = taken(category, facts, step, data.draw)
    assert facts.state == "closed"


@ONE_CATEGORY
@settings(A_WALK, max_examples=3)
@given(data=st.data())
def test_an_emergency_is_open_from_the_report_and_its_debt_can_be_paid(category: Category, data: st.DataObject) -> None:
    facts = replace(case(category), risk="high")
    assert machine.advance(category, facts, "emergency_intervention").to == "intervention"
    owed = Emergency(since=datetime(2026, 11, 15, tzinfo=UTC), ratified=False, paid=False)
    facts = replace(facts, state="intervention", emergency=owed)
    for stage in ("assessment", "intervention_plan"):
        facts = answer_all(facts, category, stage, data.draw)
    assert taken(category, facts, "ratify_emergency", data.draw).state == "intervention"


@ONE_CATEGORY
def test_who_meets_no_criterion_is_screened_out_and_who_is_not_asked_is_neither(category: Category) -> None:
    none = replace(case(category), records={"data_collection": sample.criteria(category, "no")})
    assert machine.advance(category, none, "screen_out").to == "closed"
    unknown = replace(case(category), records={"data_collection": sample.criteria(category, "unknown")})
    for step in ("screen_out", "submit_for_assessment"):
        names = {u["guard"] for u in refused(category, unknown, step)}
        assert names & {"screening_finds_the_criteria_met", "screening_finds_no_criteria_met"}


@ONE_CATEGORY
def test_every_condition_of_a_letter_or_placement_names_what_would_mend_it(category: Category) -> None:
    acts = [act for act in category.guards if act not in dict(machine.steps_of(category))]
    for act in acts:
        for placement in ("lksa", "shelter", "kin"):
            facts = replace(case(category), state="intervention", details={"placement": placement})
            for unmet in refusal_of_act(category, facts, act):
                assert all(is_real(place, category, facts) for place in unmet["places"].split()), unmet


@ONE_CATEGORY
def test_every_deadline_falls_due_in_its_own_unit(category: Category) -> None:
    start = datetime(2026, 11, 13, 9, tzinfo=WITA.zone)  # a Friday; Wednesday the 18th is a holiday
    spans = [d.span for d in category.deadlines.values()]
    for span in (*spans, category.rhythm.first, category.rhythm.every, category.referral_reply, category.review_within):
        due = due_at(start, span, WITA).astimezone(WITA.zone)
        match span.unit:
            case "hours":
                assert due - start == timedelta(hours=span.amount)
            case "days":
                assert (due.date() - start.date()).days == span.amount
            case "working_days":
                assert working_days_between(start.date(), due.date(), WITA) == span.amount
                assert due.weekday() < 5
                assert due.date() not in WITA.holidays
        assert span.unit == "hours" or due.time() == time(23, 59, 59)


@ONE_CATEGORY
def test_entering_a_state_starts_the_deadline_of_the_category(category: Category) -> None:
    for state, step in WAY[:-1]:
        decision = machine.advance(category, sample.ready(category, state), step)
        started = [e for e in decision.effects if isinstance(e, StartObligation)]
        if decision.to == "monitoring":
            assert started == [StartObligation("visit", category.rhythm.first, category.rhythm.recipient)]
        else:
            due = category.deadlines[decision.to]
            assert started == [StartObligation("state_deadline", due.span, due.recipient, due.basis)]


def with_all_an_office_may_ask(category: Category) -> Category:
    """Return the category with the guards switched on that no shipped one has."""
    ours = {name for shipped in CATEGORIES.values() for names in shipped.guards.values() for name in names}
    optional = tuple(name for name, guard in GUARDS.items() if guard.needs and name not in ours | COMMON)
    assert optional == ("beneficiary_is_named_in_a_decree", "high_risk_was_discussed_in_a_conference")
    asked = (*category.guards.get("approve_plan", ()), *optional)
    return replace(category, guards={**category.guards, "approve_plan": asked})


# --- walking ---------------------------------------------------------------------------------------------------------


def case(category: Category) -> Facts:
    return Facts(state="data_collection", cycle=1, today=sample.TODAY, subject_kind=category.subject_kinds[0])


def refused(category: Category, facts: Facts, step: str) -> list[dict[str, str]]:
    """Return what is unmet; nothing when the step may be taken. Every place must be one a person can go to."""
    try:
        machine.advance(category, facts, step)
    except StepRefused as caught:
        unmet: list[dict[str, str]] = caught.data["unmet"]
        for each in unmet:
            assert each["guard"] in GUARDS
            assert each["message"]
            assert each["message_en"]
            places = each["places"].split()
            assert places
            assert all(is_real(place, category, facts) for place in places), each
        return unmet
    return []


def refusal_of_act(category: Category, facts: Facts, act: str) -> list[dict[str, str]]:
    try:
        machine.require(category, facts, act)
    except StepRefused as caught:
        unmet: list[dict[str, str]] = caught.data["unmet"]
        return unmet
    return []


def is_real(place: str, category: Category, facts: Facts) -> bool:
    """Tell whether a place exists: a question of the category, a criterion, or something of the case."""
    stage, _dot, key = place.partition(".")
    if stage in OPEN and key:
        known = {f.key for f in category.fields_of(stage)}
        if stage == "data_collection":
            known |= {"criteria", *(criterion_key(c) for c in category.screening.criteria)}
        return key in known
    kind, _colon, which = place.partition(":")
    if kind == "plan" and which:
        return which in {i.id for i in facts.plan}
    return place in {"plan", "risk", "visit", "evaluation", "emergency", "history"} or kind == "consent"


def answer_all(facts: Facts, category: Category, stage: str, draw: Draw) -> Facts:
    """Answer the form of a stage in its order: what is required always, the rest as it comes."""
    fields, given_answers = category.fields_of(stage), dict(facts.answers(stage))
    for field in fields:
        if is_asked(fields, field.key, given_answers) and (field.required or draw(st.booleans())):
            given_answers[field.key] = draw(an_answer_given(field))
    if stage == "data_collection":
        given_answers |= sample.criteria(category, "yes")
    risk = given_answers.get("risk", facts.risk)
    return replace(facts, risk=risk, records={**facts.records, stage: given_answers})


def an_answer_given(field: Field) -> st.SearchStrategy[Any]:
    return an_answer(field).filter(lambda value: value not in ("", [], None))


def taken(category: Category, facts: Facts, step: str, draw: Draw) -> Facts:
    """Take the step, doing what each refusal asks for; fail when that does not open it."""
    tried: dict[str, set[str]] = {}
    for _round in range(ROUNDS):
        places = dict.fromkeys(p for u in refused(category, facts, step) for p in u["places"].split())
        for place in places:
            facts = mended(facts, category, place, tried, draw)
        if not places:
            break
    return replace(facts, state=machine.advance(category, facts, step).to)


def mended(facts: Facts, category: Category, place: str, tried: dict[str, set[str]], draw: Draw) -> Facts:
    stage, _dot, key = place.partition(".")
    if key and stage in OPEN:
        field = next(f for f in category.fields_of(stage) if f.key == key)
        if field.type == "choice":
            left = [c.key for c in field.choices if c.key not in tried.setdefault(place, set())]
            assert left, f"no answer of {place} opens the step"
            tried[place].add(left[0])
            value: Any = left[0]
        else:
            value = draw(an_answer_given(field))
        return replace(facts, records={**facts.records, stage: {**facts.answers(stage), key: value}})
    kind, _colon, which = place.partition(":")
    if kind == "consent":
        giver = "representative" if facts.subject_kind in GROUPS else "legal_guardian"
        consents = (*facts.consents, sample.consent(which, giver))
        return replace(facts, consents=consents)
    if place == "visit":
        gap = max(category.rhythm.gap_days, 1)
        days = [sample.TODAY - timedelta(days=1 + n * gap) for n in range(category.rhythm.visits)]
        return replace(facts, visits=tuple(Visit(id=str(d), on=d, cycle=1, state="monitoring") for d in days))
    assert kind == "plan", place
    return replace(facts, plan=(sample.item(intervention=fitting(category, facts)),))


def fitting(category: Category, facts: Facts) -> str:
    """Return a kind of help that suits the care that was chosen."""
    care = facts.answers("intervention_plan").get("care_plan")
    plain = [i.code for i in category.interventions if not i.placement]
    return next((i.code for i in category.interventions if i.placement and i.placement == care), plain[0])
