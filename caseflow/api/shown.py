"""Turns what the actions read into answers."""

from collections.abc import Mapping
from typing import Any

from caseflow.actions.past import Past
from caseflow.actions.views import CaseView, NextStep, Thing
from caseflow.api.models import (
    CaseShown,
    CaseThen,
    ConsentShown,
    MemberShown,
    Named,
    ObligationShown,
    PlacementShown,
    PlanItemShown,
    ReferralShown,
    ReviewShown,
    StageShown,
    StepOffer,
    SubjectShown,
    Unmet,
    VisitShown,
    letter_of,
)
from caseflow.states.lifecycle import OPEN, STATES
from caseflow.store.obligations import ObligationRow
from caseflow.store.reviews import ReviewRow

FROM_ROW = (
    "id", "number", "category", "issue", "state", "state_since", "cycle", "version", "risk", "confidentiality",
    "area_code", "opened_on", "opened_at", "held_until", "closing_step", "outcome", "closed_at", "emergency_since",
    "visits_waived",
)  # fmt: skip
FROM_DATA = (
    "alias", "nik", "nik_status", "kk", "birth_date", "birth_accuracy", "birth_place", "address", "phone",
    "mother_name",
)  # fmt: skip


def case(view: CaseView, lang: str) -> CaseShown:
    """Return a case with all that hangs on it."""
    people = view.people
    return CaseShown(
        **{name: getattr(view.row, name) for name in FROM_ROW},
        category_name=view.category.name.in_(lang),
        state_label=STATES[view.row.state].in_(lang),
        area=view.area_name,
        assignee=person(view.row.assignee_id, people),
        opened_by=_somebody(view.row.opened_by, people),
        visits_counted=view.counted_visits,
        criteria_met=view.screening,
        subject=_subject(view),
        members=[MemberShown.model_validate(m) for m in view.members],
        stages=[stage(view, name) for name in OPEN if name in view.record_versions],
        plan=[_plan_item(t, people) for t in view.plan],
        placements=[PlacementShown(**_all(t, carer="", relation="")) for t in view.placements],
        referrals=[_referral(t) for t in view.referrals],
        visits=[
            VisitShown(**_all(t, finding="", progress=""), officer=_somebody(t.columns["officer_id"], people))
            for t in view.visits
        ],
        consents=[ConsentShown(**_all(t, giver="", evidence="", addressee="")) for t in view.consents],
        letters=[letter_of(row, view.voided.get(row.id)) for row in view.letters],
        reviews=[review(row, people) for row in view.reviews],
        obligations=[_obligation(row) for row in view.obligations],
        steps=[step(offer, lang) for offer in view.steps],
        roles=sorted(view.roles),
    )


def person(user_id: str | None, people: Mapping[str, str]) -> Named | None:
    """Return somebody by id; nobody is null."""
    return _somebody(user_id, people) if user_id else None


def _somebody(user_id: str, people: Mapping[str, str]) -> Named:
    return Named(id=user_id, name=people.get(user_id, "-"))


def _subject(view: CaseView) -> SubjectShown:
    about = view.subject
    known = {key: about.data.get(key) for key in FROM_DATA}
    return SubjectShown(
        id=about.id,
        kind=about.kind,
        name=about.name,
        age=about.age,
        child=about.child,
        died=about.died,
        erased_at=about.erased_at,
        sex=about.sex,
        **known,
    )


def stage(view: CaseView, name: str) -> StageShown:
    """Return the answers of a stage in this cycle."""
    return StageShown(stage=name, version=view.record_versions.get(name, 0), answers=dict(view.records.get(name, {})))


def _all(thing: Thing, **blank: str) -> dict[str, Any]:
    """Return columns and words together; words that were erased are blank."""
    return {**blank, **thing.columns, **thing.words}


def _plan_item(thing: Thing, people: Mapping[str, str]) -> PlanItemShown:
    words = _all(thing, goal="", description="", note="", result_note="")
    return PlanItemShown(**words, owner=person(thing.columns["owner_id"], people))


def _referral(thing: Thing) -> ReferralShown:
    words = _all(thing, need="", note="", officer="")
    receiver = Named(id=words["institution_id"], name=words["institution"])
    return ReferralShown(**{**words, "institution": receiver})


def review(row: ReviewRow, people: Mapping[str, str]) -> ReviewShown:
    """Return a review of a case."""
    return ReviewShown(
        id=row.id,
        step=row.step,
        state=row.state,
        requested_by=_somebody(row.requested_by, people),
        requested_at=row.requested_at,
        due_at=row.due_at,
        decided_by=person(row.decided_by, people),
        decided_at=row.decided_at,
    )


def _obligation(row: ObligationRow) -> ObligationShown:
    return ObligationShown(
        id=row.id,
        kind=row.kind,
        basis=row.basis,
        due_at=row.due_at,
        rung=row.rung,
        paused=row.paused_at is not None,
    )


def step(offer: NextStep, lang: str) -> StepOffer:
    """Return a possible next step."""
    return StepOffer(
        step=offer.step,
        to=offer.to,
        label=offer.label.in_(lang),
        allowed=offer.allowed,
        may_take=offer.may_take,
        unmet=[Unmet(guard=u.guard, message=u.label.in_(lang), places=list(u.places)) for u in offer.unmet],
        approval=list(offer.approval),
        reason=offer.reason,
    )


def then(past: Past, lang: str) -> CaseThen:
    """Return a case as it stood on a day."""
    return CaseThen(
        id=past.id,
        number=past.number,
        as_of=past.day,
        entry=past.entry,
        state=past.state,
        state_label=STATES[past.state].in_(lang),
        cycle=past.cycle,
        assignee=past.assignee,
        held_until=past.held_until,
        outcome=past.outcome,
        stages={name: dict(said) if said is not None else None for name, said in past.records.items()},
    )
