"""Reads the facts of one case for the guards; the caller fences with the case row it passes in."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Row, select

from caseflow import audit
from caseflow.errors import Erased
from caseflow.states.facts import Consent, Emergency, Facts, Placement, PlanItem, Referral, Visit
from caseflow.store import cases, subjects, vault
from caseflow.store.cases import CaseRow
from caseflow.store.session import Session
from caseflow.store.tables import consent, placement, plan_item, referral, stage_record, visit


def load(
    session: Session, row: CaseRow, today: date, *, details: Mapping[str, str] | None = None, note: str = ""
) -> Facts:
    """Return everything guards may look at, as it is in this transaction."""
    subject = subjects.summary(session, row.subject_id, today)
    return Facts(
        state=row.state,
        cycle=row.cycle,
        today=today,
        subject_kind=subject.kind,
        risk=row.risk,
        child=subject.child,
        died=subject.died,
        held=cases.held_since(row, today),
        assessed=row.assessed,
        previous_state=row.previous_state,
        closing_step=row.closing_step,
        visits_waived=row.visits_waived,
        records=records(session, row),
        plan=plan(session, row),
        placements=_placements(session, row),
        referrals=_referrals(session, row),
        visits=_visits(session, row),
        consents=_consents(session, row),
        emergency=_emergency(row),
        details=dict(details or {}),
        note=note,
    )


def records(session: Session, row: CaseRow) -> dict[str, dict[str, Any]]:
    """Return the answers by stage: those of this cycle, data collection from the last cycle that has one."""
    query = (
        select(stage_record.c.id, stage_record.c.stage, stage_record.c.cycle, stage_record.c.sealed)
        .where(stage_record.c.case_id == row.id)
        .order_by(stage_record.c.cycle)
    )
    found: dict[str, dict[str, Any]] = {}
    for record in session.execute(query):
        if record.cycle == row.cycle or record.stage == "data_collection":
            place = f"stage_record.sealed.{record.id}"
            try:
                found[record.stage] = vault.unseal(session, row.subject_id, place, record.sealed)
            except Erased:
                found[record.stage] = {}
    return found


def plan(session: Session, row: CaseRow) -> tuple[PlanItem, ...]:
    """Return the plan items of this cycle, oldest first."""
    query = select(plan_item).where(plan_item.c.case_id == row.id, plan_item.c.cycle == row.cycle)
    items = []
    for item in session.execute(query.order_by(plan_item.c.id)):
        goal = _goal(session, row, item)
        items.append(
            PlanItem(
                id=item.id,
                intervention=item.intervention,
                goal=goal,
                owner=item.owner_id or "",
                due=item.due,
                status=item.status,
                result=item.result,
            )
        )
    return tuple(items)


def _goal(session: Session, row: CaseRow, item: Row[Any]) -> str:
    try:
        return str(vault.unseal(session, row.subject_id, f"plan_item.sealed.{item.id}", item.sealed).get("goal", ""))
    except Erased:
        return ""


def _placements(session: Session, row: CaseRow) -> tuple[Placement, ...]:
    query = select(placement).where(placement.c.case_id == row.id).order_by(placement.c.id)
    return tuple(
        Placement(id=p.id, kind=p.kind, start=p.starts_on, end=p.ends_on, next_review=p.next_review)
        for p in session.execute(query)
    )


def _referrals(session: Session, row: CaseRow) -> tuple[Referral, ...]:
    query = select(referral).where(referral.c.case_id == row.id, referral.c.cycle == row.cycle).order_by(referral.c.id)
    return tuple(
        Referral(
            id=r.id,
            institution=r.institution_id,
            status=r.status if r.confirmed or r.status in {"open", "withdrawn"} else "open",
            sent_on=r.sent_on,
        )
        for r in session.execute(query)
    )


def _visits(session: Session, row: CaseRow) -> tuple[Visit, ...]:
    query = select(visit.c.id, visit.c.visited_on, visit.c.cycle, visit.c.state).where(visit.c.case_id == row.id)
    found = session.execute(query.order_by(visit.c.visited_on, visit.c.id))
    return tuple(Visit(id=v.id, on=v.visited_on, cycle=v.cycle, state=v.state) for v in found)


def _consents(session: Session, row: CaseRow) -> tuple[Consent, ...]:
    query = select(consent).where(consent.c.case_id == row.id).order_by(consent.c.id)
    return tuple(
        Consent(
            id=c.id,
            purpose=c.purpose,
            relation=c.relation,
            addressee=c.addressee,
            withdrawn=c.withdrawn_on is not None,
        )
        for c in session.execute(query)
    )


def _emergency(row: CaseRow) -> Emergency | None:
    if row.emergency_since is None:
        return None
    return Emergency(since=row.emergency_since, ratified=row.emergency_ratified, paid=row.emergency_paid)


def digest(facts: Facts, category_digest: str) -> str:
    """Return the digest of what a reviewer approves: records, plan, consents, placements, risk; no clock, no review."""
    return audit.digest_of(
        {
            "category": category_digest,
            "state": facts.state,
            "cycle": facts.cycle,
            "risk": facts.risk or "",
            "died": facts.died,
            "records": {stage: plain(answers) for stage, answers in facts.records.items() if answers},
            "plan": [
                [i.id, i.intervention, i.goal, i.owner, i.due.isoformat() if i.due else "", i.status, i.result]
                for i in facts.plan
            ],
            "placements": [[p.id, p.kind, p.start.isoformat(), p.end is None] for p in facts.placements],
            "referrals": [[r.id, r.status] for r in facts.referrals],
            "visits": [[v.id, v.on.isoformat()] for v in facts.visits],
            "consents": [[c.id, c.purpose, c.withdrawn] for c in facts.consents],
            "waived": facts.visits_waived,
        }
    )


def plain(value: Any) -> Any:  # noqa: ANN401 - answers of a form
    """Return answers in canonical form: fractions become text."""
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    return str(value) if isinstance(value, float) else value
