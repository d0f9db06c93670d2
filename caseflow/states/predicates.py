"""The predicates behind the guards: each returns the places still to fill, none when it is met; pure and total."""

from collections.abc import Callable, Mapping
from typing import Any

from caseflow.states.category import Category, Criterion, Field, is_asked
from caseflow.states.facts import GUARDIANS, Facts, PlanItem, Visit

SETTLED_ITEM = ("done", "cancelled")
ANSWERED_REFERRAL = ("accepted", "refused", "done", "returned", "withdrawn")
YES, NO = "yes", "no"
INSTITUTION = "panti"
MAY_PLACE_A_CHILD = (*GUARDIANS, "court_order")
"""Parents, a guardian by court order, or the court in their place where they fail the child (UU 23/2002 Ps 57-58)."""
HEALTH_PURPOSES = ("health_service", "health_insurance")

Gaps = tuple[str, ...]
Predicate = Callable[[Facts, Category], Gaps]


# --- in which cases a condition asks for anything ---------------------------------------------------------------------


def always(_facts: Facts, _category: Category) -> bool:
    return True


def is_high_risk(facts: Facts, _: Category) -> bool:
    return facts.risk == "high"


def had_emergency(facts: Facts, _: Category) -> bool:
    return facts.emergency is not None


def was_referred(facts: Facts, _: Category) -> bool:
    return bool(facts.referrals)


def was_placed(facts: Facts, _: Category) -> bool:
    return bool(facts.placements)


def visits_are_owed(facts: Facts, _: Category) -> bool:
    return not facts.visits_waived


def lksa_is_at_stake(facts: Facts, category: Category) -> bool:
    """Tell whether an LKSA placement is asked for now, or planned by an item or by the form: kin care needs none."""
    if asked := facts.details.get("placement"):
        return bool(asked == "lksa")
    return _care(facts) == "lksa" or "lksa" in _planned_moves(facts, category)


def shelter_is_asked(facts: Facts, _: Category) -> bool:
    return bool(facts.details.get("placement") == "shelter")


def institution_is_chosen(facts: Facts, _: Category) -> bool:
    return _care(facts) == INSTITUTION


# --- reading answers -------------------------------------------------------------------------------------------------


def answered(value: object) -> bool:
    """Tell whether an answer was given; False and 0 are answers."""
    return value is not None and value not in ("", [], ())


def missing_fields(fields: tuple[Field, ...], answers: Mapping[str, Any]) -> Gaps:
    """Return the keys of required fields without an answer; a field whose condition does not hold is not asked."""
    return tuple(
        f.key for f in fields if f.required and is_asked(fields, f.key, answers) and not answered(answers.get(f.key))
    )


def _stage_gaps(stage: str, facts: Facts, category: Category) -> Gaps:
    return tuple(f"{stage}.{key}" for key in missing_fields(category.fields_of(stage), facts.answers(stage)))


def _unanswered(facts: Facts, stage: str, *keys: str) -> Gaps:
    answers = facts.answers(stage)
    return tuple(f"{stage}.{k}" for k in keys if not answered(answers.get(k)))


# --- screening -------------------------------------------------------------------------------------------------------


def criterion_key(criterion: Criterion) -> str:
    """Return the answer key of a criterion in the data collection record."""
    return f"criterion_{criterion.key}"


def screening(facts: Facts, category: Category) -> bool | None:
    """Return whether the criteria are met; None while answers are missing that could still change it.

    Any gate criterion decides alone; else at least `at_least` of the others. Missing answers never become a score.
    """
    answers = facts.answers("data_collection")
    given = {c: answers.get(criterion_key(c)) for c in category.screening.criteria}
    if any(v == YES for c, v in given.items() if c.gate):
        return True
    yes = sum(v == YES for c, v in given.items() if not c.gate)
    if yes >= category.screening.at_least and not all(c.gate for c in given):
        return True
    open_gate = any(v != NO for c, v in given.items() if c.gate)
    unknown = sum(v not in {YES, NO} for c, v in given.items() if not c.gate)
    return None if open_gate or yes + unknown >= category.screening.at_least else False


def _screening_places(facts: Facts, category: Category) -> Gaps:
    answers = facts.answers("data_collection")
    unanswered = [c for c in category.screening.criteria if answers.get(criterion_key(c)) not in {YES, NO}]
    return tuple(f"data_collection.{criterion_key(c)}" for c in unanswered) or ("data_collection.criteria",)


def criteria_met(facts: Facts, category: Category) -> Gaps:
    return () if screening(facts, category) else _screening_places(facts, category)


def criteria_not_met(facts: Facts, category: Category) -> Gaps:
    return () if screening(facts, category) is False else _screening_places(facts, category)


# --- assessment and plan ---------------------------------------------------------------------------------------------


def form_complete(facts: Facts, category: Category) -> Gaps:
    return _stage_gaps(facts.state, facts, category)


def risk_set(facts: Facts, _: Category) -> Gaps:
    return () if facts.risk else ("risk",)


def risk_high(facts: Facts, _: Category) -> Gaps:
    return () if facts.risk == "high" else ("risk",)


def _live_items(facts: Facts) -> tuple[PlanItem, ...]:
    return tuple(i for i in facts.plan if i.status != "cancelled")


def plan_has_action(facts: Facts, _: Category) -> Gaps:
    return () if _live_items(facts) else ("plan",)


def plan_items_complete(facts: Facts, _: Category) -> Gaps:
    return tuple(f"plan:{i.id}" for i in _live_items(facts) if not (i.goal and i.owner and i.due))


def client_agreed(facts: Facts, _: Category) -> Gaps:
    return () if facts.consents_for("plan") else ("consent:plan",)


def items_settled(facts: Facts, _: Category) -> Gaps:
    return tuple(f"plan:{i.id}" for i in facts.plan if i.status not in SETTLED_ITEM)


def referrals_answered(facts: Facts, _: Category) -> Gaps:
    return tuple(f"referral:{r.id}" for r in facts.referrals if r.status not in ANSWERED_REFERRAL)


def decreed(facts: Facts, _: Category) -> Gaps:
    # A beneficiary is who meets the conditions and is named in a decree (Permensos 15/2025 Ps 1 number 7).
    return _unanswered(facts, "intervention_plan", "decree_number", "decree_date", "decree_official")


def high_risk_discussed(facts: Facts, _: Category) -> Gaps:
    # The answer is the day of the minutes: `records` takes no other (docs/decisions/0040).
    return _unanswered(facts, "intervention_plan", "conference_on")


# --- emergency -------------------------------------------------------------------------------------------------------


def _owes(facts: Facts) -> bool:
    return facts.emergency is not None and not facts.emergency.paid


def emergency_awaits(facts: Facts, _: Category) -> Gaps:
    owed = facts.emergency is not None and not facts.emergency.ratified
    return () if owed else ("emergency",)


def emergency_assessed(facts: Facts, category: Category) -> Gaps:
    if not _owes(facts):
        return ()
    return _stage_gaps("assessment", facts, category) or (() if facts.risk else ("risk",))


def emergency_planned(facts: Facts, category: Category) -> Gaps:
    if not _owes(facts):
        return ()
    return (
        *_stage_gaps("intervention_plan", facts, category),
        *plan_has_action(facts, category),
        *plan_items_complete(facts, category),
        *client_agreed(facts, category),
    )


def emergency_ratified(facts: Facts, _: Category) -> Gaps:
    return ("emergency",) if facts.emergency is not None and not facts.emergency.ratified else ()


def no_debt(facts: Facts, _: Category) -> Gaps:
    return ("emergency",) if _owes(facts) else ()


def emergency_is_paid(facts: Facts, category: Category) -> bool:
    """Tell whether assessment, plan and ratification are all there."""
    checks = (emergency_assessed, emergency_planned, emergency_ratified)
    return facts.emergency is not None and not any(gaps(facts, category) for gaps in checks)


# --- evaluation, monitoring, ending ----------------------------------------------------------------------------------


def goals_evaluated(facts: Facts, _: Category) -> Gaps:
    return tuple(f"plan:{i.id}" for i in _live_items(facts) if not i.result)


def goal_not_met(facts: Facts, _: Category) -> Gaps:
    return () if any(i.result in {"not_met", "partly"} for i in _live_items(facts)) else ("evaluation",)


def goals_met(facts: Facts, _: Category) -> Gaps:
    results = [i.result for i in _live_items(facts)]
    return () if results and all(r in {"met", "partly"} for r in results) else ("evaluation",)


def _cycle_visits(facts: Facts) -> list[Visit]:
    return sorted((v for v in facts.visits if v.cycle == facts.cycle and v.state == "monitoring"), key=lambda v: v.on)


def a_visit(facts: Facts, _: Category) -> Gaps:
    return () if _cycle_visits(facts) else ("visit",)


def counted_visits(facts: Facts, category: Category) -> int:
    """Count the monitoring visits of this cycle on distinct days that keep the category's gap."""
    last, count = None, 0
    for visit in _cycle_visits(facts):
        if last is None or (visit.on - last).days >= max(category.rhythm.gap_days, 1):
            last, count = visit.on, count + 1
    return count


def visits_done(facts: Facts, category: Category) -> Gaps:
    return () if counted_visits(facts, category) >= category.rhythm.visits else ("visit",)


def _open_placements(facts: Facts) -> Gaps:
    return tuple(f"placement:{p.id}" for p in facts.placements if p.end is None)


def no_placement(facts: Facts, _: Category) -> Gaps:
    return _open_placements(facts)


def no_placement_unless_died(facts: Facts, _: Category) -> Gaps:
    return () if facts.details.get("reason_code") == "died" else _open_placements(facts)


def termination_documented(facts: Facts, _: Category) -> Gaps:
    needed = {"died": ("death_date", "source"), "duplicate": ("duplicate_of",)}
    return tuple(k for k in needed.get(facts.details.get("reason_code", ""), ()) if not facts.details.get(k))


def was_terminated(facts: Facts, _: Category) -> Gaps:
    return () if facts.closing_step == "terminate" and facts.previous_state else ("history",)


def alive(facts: Facts, _: Category) -> Gaps:
    return ("history",) if facts.died else ()


def data_kept(facts: Facts, _: Category) -> Gaps:
    return ("history",) if facts.erased else ()


# --- placement of a child --------------------------------------------------------------------------------------------


def _planned_moves(facts: Facts, category: Category) -> set[str]:
    """Return the kinds of placement the live plan items ask for."""
    kinds = {i.code: i.placement for i in category.interventions}
    return {kinds[i.intervention] for i in _live_items(facts) if kinds.get(i.intervention)}


def _care(facts: Facts) -> str:
    return str(facts.answers("intervention_plan").get("care_plan") or "")


def placement_consent(facts: Facts, _: Category) -> Gaps:
    given = any(c.relation in MAY_PLACE_A_CHILD for c in facts.consents_for("placement"))
    return () if given else ("consent:placement",)


def kin_assessed(facts: Facts, _: Category) -> Gaps:
    return () if facts.answers("assessment").get("kin_option") == "not_possible" else ("assessment.kin_option",)


def child_heard(facts: Facts, _: Category) -> Gaps:
    return _unanswered(facts, "assessment", "child_opinion", "child_opinion_how", "opinion_heard_on")


def pickup_assigned(facts: Facts, _: Category) -> Gaps:
    return _unanswered(facts, "intervention_plan", "pickup_officer", "pickup_date")


def placement_decided(facts: Facts, _: Category) -> Gaps:
    return _unanswered(facts, "intervention_plan", "decision_number", "decision_date")


def lksa_planned(facts: Facts, category: Category) -> Gaps:
    return () if "lksa" in _planned_moves(facts, category) else ("plan",)


def care_matches(facts: Facts, category: Category) -> Gaps:
    care, moves = _care(facts), _planned_moves(facts, category) - {"shelter"}
    if care == "lksa" and not moves:
        return ("plan",)
    return () if moves <= {care} else ("intervention_plan.care_plan",)


# --- adults, victims, children before the law ------------------------------------------------------------------------

DECIDES_FOR_AN_ADULT = ("legal_guardian", "court_order")


def own_will(facts: Facts, _: Category) -> Gaps:
    # An adult moves by their own will, or by the decision of a guardian or court (UU 8/2016, UU 13/1998).
    willing = facts.answers("intervention_plan").get("willing")
    if willing == YES:
        return ()
    decided = any(c.relation in DECIDES_FOR_AN_ADULT for c in facts.consents_for("plan"))
    if willing == "cannot_say":
        return () if decided else ("consent:plan",)
    return ("intervention_plan.willing",)


def _over_or_handed_over(key: str, *over: str) -> Predicate:
    """Return a condition on an answer at monitoring that another service may also take over."""

    def gaps(facts: Facts, _: Category) -> Gaps:
        handed_over = facts.details.get("outcome") == "handed_over"
        return () if handed_over or facts.answers("monitoring").get(key) in over else (f"monitoring.{key}",)

    return gaps


danger_over = _over_or_handed_over("still_safe", YES)
legal_process_over = _over_or_handed_over(
    "legal_status", "diverted", "returned", "sentenced", "released", "not_charged"
)


# --- health ----------------------------------------------------------------------------------------------------------


def facility_letter(facts: Facts, _: Category) -> Gaps:
    return _unanswered(facts, "assessment", "facility", "facility_letter_number", "facility_letter_date")


def pbi_inactive(facts: Facts, _: Category) -> Gaps:
    # PBI-JK is the central scheme (APBN); what a regency pays for, the regency reactivates, not Permensos 3/2026.
    return () if facts.answers("assessment").get("jkn_status") == "pbi_apbn_inactive" else ("assessment.jkn_status",)


EMERGENCY_DAYS = 4
"""Dates on which 72 hours may still run, whatever the office's zone."""


def vital_interest(facts: Facts) -> bool:
    """Tell whether a life at stake replaces consent (UU 27/2022 Ps 20(2)d): high risk, and an emergency step taken.

    An answer in a form is no emergency: the step leaves a debt, which a second person ratifies. Once the debt is paid,
    or its days are over, consent is asked for as for anybody else. To the hour this is asked when somebody is told.
    """
    if facts.emergency is None or facts.emergency.paid:
        return False
    return facts.risk == "high" and (facts.today - facts.emergency.since.date()).days <= EMERGENCY_DAYS


def health_consent(*purposes: str, or_vital_interest: bool = False) -> Predicate:
    def gaps(facts: Facts, _: Category) -> Gaps:
        if any(facts.consents_for(p) for p in purposes) or (or_vital_interest and vital_interest(facts)):
            return ()
        return tuple(f"consent:{p}" for p in purposes)

    return gaps
