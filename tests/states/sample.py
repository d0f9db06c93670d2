"""Facts for tests of the pure core: the shipped categories, and cases in which everything a step asks for is there."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from caseflow.definitions import catalogue
from caseflow.paths import categories_root, templates_root
from caseflow.states.category import Category, Field, is_asked
from caseflow.states.facts import GROUPS, Consent, Emergency, Facts, Placement, PlanItem, Referral, Visit
from caseflow.states.guards import criterion_key
from caseflow.states.lifecycle import CLOSED

TODAY = date(2026, 11, 16)
LETTERS = tuple(sorted(folder.parent.name for folder in (templates_root() / "letters").glob("*/letter.toml")))
CATEGORIES = catalogue.load(categories_root(), letters=LETTERS)
AT, FM, KME = (CATEGORIES[code] for code in ("AT", "FM", "KME"))
ABH, KTK, LUT = (CATEGORIES[code] for code in ("ABH", "KTK", "LUT"))
ORDINARY = {"care_plan": ("parents", "home"), "still_safe": ("yes",), "legal_status": ("diverted",)}
"""Answers of which the ordinary way through a case asks for nothing more."""


def answer(field: Field) -> Any:  # noqa: ANN401 - of whatever type the field has
    match field.type:
        case "choice":
            keys = [c.key for c in field.choices]
            return next((k for k in ORDINARY.get(field.key, ()) if k in keys), keys[0])
        case "choices":
            return [field.choices[0].key]
        case "boolean":
            return True
        case "integer" | "money":
            return 4
        case "date":
            return "2026-11-10"
        case _:
            return "isi"


def answers(category: Category, stage: str, **said: Any) -> dict[str, Any]:  # noqa: ANN401 - answers of a form
    """Answer every required question that is asked; `said` decides the ones it names."""
    given: dict[str, Any] = dict(said)
    for field in category.fields_of(stage):
        if field.required and field.key not in given and is_asked(category.fields_of(stage), field.key, given):
            given[field.key] = answer(field)
    return given


def criteria(category: Category, value: str) -> dict[str, Any]:
    return {criterion_key(c): value for c in category.screening.criteria}


def records(category: Category, **said: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    found = {stage: answers(category, stage, **said.get(stage, {})) for stage in category.stages}
    found["data_collection"] = {**criteria(category, "yes"), **found["data_collection"]}
    return found


def item(key: str = "i1", **said: Any) -> PlanItem:  # noqa: ANN401 - fields of a plan item
    values: dict[str, Any] = {
        "intervention": "SEMBAKO-PAKET",
        "goal": "cukup makan",
        "owner": "u1",
        "due": date(2026, 12, 1),
        "status": "done",
        "result": "met",
    }
    return PlanItem(id=key, **{**values, **said})


def consent(purpose: str, relation: str = "mother", *, withdrawn: bool = False) -> Consent:
    return Consent(id=purpose, purpose=purpose, relation=relation, withdrawn=withdrawn)


def placement(kind: str = "kin", end: date | None = None) -> Placement:
    return Placement(id="p1", kind=kind, start=date(2026, 10, 1), end=end, next_review=None)


def referral(status: str) -> Referral:
    return Referral(id="r1", institution="RSUD", status=status, sent_on=date(2026, 11, 1))


def visit(day: int, *, month: int = 10, cycle: int = 1, state: str = "monitoring") -> Visit:
    return Visit(id=f"{month}-{day}", on=date(2026, month, day), cycle=cycle, state=state)


def emergency(*, ratified: bool = False, paid: bool = False) -> Emergency:
    return Emergency(since=datetime(2026, 11, 15, tzinfo=UTC), ratified=ratified, paid=paid)


def ready(category: Category, state: str, **said: Any) -> Facts:  # noqa: ANN401 - fields of Facts
    """Return a case in which the ordinary next step out of `state` lacks nothing."""
    facts = Facts(
        state=state,
        cycle=1,
        today=TODAY,
        subject_kind=category.subject_kinds[0],
        risk="medium",
        assessed=state not in {"data_collection", "assessment"},
        records=records(category),
        plan=(item(),),
        consents=(consent("plan", "representative" if category.subject_kinds[0] in GROUPS else "mother"),),
        visits=tuple(
            Visit(
                id=str(n),
                on=TODAY - timedelta(days=1 + n * max(category.rhythm.gap_days, 1)),
                cycle=1,
                state="monitoring",
            )
            for n in range(category.rhythm.visits)
        ),
    )
    return replace(facts, **said)


def ready_for(category: Category, step: str) -> Facts:
    """Return facts in which `step` is taken."""
    no = {"data_collection": {**answers(category, "data_collection"), **criteria(category, "no")}}
    special: dict[str, Facts] = {
        "submit_for_assessment": ready(category, "data_collection"),
        "screen_out": ready(category, "data_collection", records=no),
        "return_for_data": ready(category, "assessment"),
        "complete_assessment": ready(category, "assessment"),
        "return_to_assessment": ready(category, "intervention_plan"),
        "approve_plan": ready(category, "intervention_plan"),
        "amend_plan": ready(category, "intervention"),
        "emergency_intervention": ready(category, "assessment", risk="high"),
        "ratify_emergency": ready(category, "intervention", emergency=emergency()),
        "complete_intervention": ready(category, "intervention"),
        "revise_plan": ready(category, "evaluation", plan=(item(result="not_met"),)),
        "start_monitoring": ready(category, "evaluation"),
        "replan": ready(category, "monitoring"),
        "continue_case": ready(category, "monitoring"),
        "close_case": ready(category, "monitoring"),
        "terminate": ready(category, "assessment", details={"reason_code": "moved"}),
        "undo_termination": ready(category, CLOSED, closing_step="terminate", previous_state="assessment"),
        "reopen": ready(category, CLOSED, closing_step="close_case", previous_state="monitoring"),
    }
    return special[step]


LKSA_ITEM = item(intervention="LKSA", status="planned")


def case(category: Category = AT, state: str = "assessment", **said: Any) -> Facts:  # noqa: ANN401 - fields of Facts
    facts = Facts(state=state, cycle=1, today=TODAY, subject_kind=category.subject_kinds[0], risk="medium")
    return replace(facts, **said)


def lksa(**said: Any) -> Facts:  # noqa: ANN401 - fields of Facts
    """Return a case in which the placement of a child in an institution is asked for."""
    return case(state="intervention", details={"placement": "lksa"}, **said)


def known(stage: str, **answers: Any) -> dict[str, dict[str, Any]]:  # noqa: ANN401 - answers of a form
    return {stage: answers}


def screened(category: Category, **said: str) -> Facts:
    given = {**criteria(category, "no"), **{f"criterion_{key}": value for key, value in said.items()}}
    return case(category, "data_collection", records={"data_collection": given})
