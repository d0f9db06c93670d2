"""Arbitrary facts for Hypothesis: any state, answers with gaps, plans, consents, visits, emergencies."""

from datetime import date
from typing import Any

from hypothesis import strategies as st

from caseflow.states.category import Category, Field
from caseflow.states.facts import Consent, Emergency, Facts, Placement, PlanItem, Referral, Visit
from caseflow.states.guards import criterion_key
from caseflow.states.lifecycle import OPEN, STATES
from tests.states import sample
from tests.states.sample import CATEGORIES

DAYS = st.dates(date(2026, 1, 1), sample.TODAY)


def an_answer(field: Field) -> st.SearchStrategy[Any]:
    keys = [c.key for c in field.choices]
    match field.type:
        case "choice":
            return st.sampled_from(keys)
        case "choices":
            return st.lists(st.sampled_from(keys), unique=True)
        case "boolean":
            return st.booleans()
        case "integer" | "money":
            return st.integers(0, 9)
        case "date":
            return DAYS.map(date.isoformat)
        case _:
            return st.sampled_from(["", "isi"])


def records(category: Category) -> st.SearchStrategy[dict[str, dict[str, Any]]]:
    """Draw nothing, or complete answers with a few of them changed or missing."""
    full = sample.records(category)
    asked = [(stage, f.key, st.none() | an_answer(f)) for stage, fields in category.stages.items() for f in fields]
    yes_no = st.sampled_from(["yes", "no", "unknown", None])
    asked += [("data_collection", criterion_key(c), yes_no) for c in category.screening.criteria]
    changes = st.lists(
        st.sampled_from(asked).flatmap(lambda a: st.tuples(st.just(a[0]), st.just(a[1]), a[2])), max_size=6
    )

    def changed(some: list[tuple[str, str, Any]]) -> dict[str, dict[str, Any]]:
        found = {stage: dict(answers) for stage, answers in full.items()}
        for stage, key, value in some:
            found[stage][key] = value
        return found

    return st.just({}) | changes.map(changed)


def facts_of(category: Category) -> st.SearchStrategy[Facts]:
    ids = st.sampled_from(["a", "b", "c"])
    items = st.builds(
        PlanItem,
        id=ids,
        intervention=st.sampled_from([i.code for i in category.interventions]),
        goal=st.sampled_from(["", "tujuan"]),
        owner=st.sampled_from(["", "u1"]),
        due=st.none() | DAYS,
        status=st.sampled_from(["planned", "approved", "done", "cancelled"]),
        result=st.sampled_from(["", "met", "partly", "not_met"]),
    )
    consents = st.builds(
        Consent,
        id=ids,
        purpose=st.sampled_from(["plan", "placement", "health_service", "health_insurance"]),
        relation=st.sampled_from(["self", "mother", "legal_guardian", "court_order", "kin"]),
        withdrawn=st.booleans(),
    )
    return st.builds(
        Facts,
        state=st.sampled_from(list(STATES)),
        cycle=st.integers(1, 2),
        today=st.just(sample.TODAY),
        subject_kind=st.sampled_from(category.subject_kinds),
        risk=st.sampled_from([None, "low", "medium", "high"]),
        died=st.booleans(),
        erased=st.booleans(),
        assessed=st.booleans(),
        previous_state=st.none() | st.sampled_from(OPEN),
        closing_step=st.sampled_from([None, "terminate", "close_case", "screen_out"]),
        visits_waived=st.booleans(),
        records=records(category),
        plan=st.lists(items, max_size=3).map(tuple),
        placements=st.lists(
            st.builds(
                Placement,
                id=ids,
                kind=st.sampled_from(["kin", "lksa", "shelter"]),
                start=DAYS,
                end=st.none() | DAYS,
                next_review=st.none(),
            ),
            max_size=2,
        ).map(tuple),
        referrals=st.lists(
            st.builds(
                Referral,
                id=ids,
                institution=st.just("RSUD"),
                status=st.sampled_from(["open", "accepted", "refused", "done", "returned", "withdrawn"]),
                sent_on=DAYS,
            ),
            max_size=2,
        ).map(tuple),
        visits=st.lists(
            st.builds(
                Visit, id=ids, on=DAYS, cycle=st.integers(1, 2), state=st.sampled_from(["monitoring", "intervention"])
            ),
            max_size=4,
        ).map(tuple),
        consents=st.lists(consents, max_size=3).map(tuple),
        emergency=st.none()
        | st.builds(Emergency, since=st.just(sample.emergency().since), ratified=st.booleans(), paid=st.booleans()),
        details=st.fixed_dictionaries(
            {},
            optional={
                "reason_code": st.sampled_from(["died", "moved", "duplicate"]),
                "death_date": st.just("2026-11-01"),
                "source": st.just("keluarga"),
                "placement": st.sampled_from(["kin", "lksa", "shelter"]),
            },
        ),
    )


a_category = st.sampled_from(list(CATEGORIES.values()))
a_case = a_category.flatmap(lambda c: st.tuples(st.just(c), facts_of(c)))
