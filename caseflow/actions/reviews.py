"""Deciding a review: granting re-runs every guard; never by the requester nor an author of what is approved."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from caseflow import access
from caseflow.access import Viewer
from caseflow.actions import aid, casework, endings, inbox, obligations, steps
from caseflow.actions.aid import Findings
from caseflow.actions.casework import Change, Done, Work
from caseflow.actions.typed import Typed
from caseflow.errors import NotFound, ReviewClosed, ReviewVoided, SelfApproval
from caseflow.states import machine
from caseflow.store import cases, reviews
from caseflow.store.log import Entry
from caseflow.store.reviews import ReviewRow
from caseflow.store.session import Session

EVIDENCE = ("case:visit:recorded", "case:visits:waived")
RESTS_ON: dict[str, tuple[str, ...]] = {
    "approve_plan": ("case:consent:given",),
    "ratify_emergency": ("case:consent:given", "case:step:taken:emergency_intervention"),
    "close_case": EVIDENCE,
    "continue_case": EVIDENCE,
}
"""Entries a step's guards rest on: who wrote one has a hand in what is approved, and may not approve it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideReview(Typed):
    """A person's answer to a review request."""

    review: str
    reason: str = ""
    despite: str = ""
    """Why a plan is approved although the household has or had the same help."""
    known: str = ""
    """The mark of the findings that were read (`aid.Findings.mark`)."""
    expected_version: int | None = None


def grant_review(session: Session, command: DecideReview, *, by: Viewer, at: datetime) -> Done:
    """Approve: the step is taken now, if all guards still hold and the facts are those that were asked about.

    Where the household already has what a plan gives, `despite` says why it is approved all the same.

    Raises `SelfApproval`, `Forbidden`, `ReviewClosed`, `ReviewVoided`, `StepRefused`, `StepOutOfOrder`, `InvalidInput`.
    """
    asked = _visible(session, command.review, by=by)
    words = _words(session, asked)

    def decide(work: Work) -> Change:
        row = _pending(session, command.review)
        _require_second_person(work, row)
        if row.facts_digest != work.digest:
            raise ReviewVoided
        decision = machine.advance(work.category, work.facts, row.step)
        found = aid.require_known(work, row.step, despite=command.despite, known=command.known)
        endings.hold_related(work, row.step, words["details"])
        taken = steps.Taken(decision, words["note"], words["details"], row.event_date, row.requested_by, row.id)

        def carry(held: Work) -> tuple[Entry, ...]:
            _close(held, row, "granted")
            granted = _entry("case:review:granted", row, command.reason)
            if found.aids:
                granted = _knowing(granted, found, command.despite)
            return (granted, *steps.carry_out(held, taken))

        return Change(columns=steps.columns_of(work, taken), carry=carry)

    return _decided(session, asked, decide, command, by=by, at=at, details=words["details"])


def _knowing(granted: Entry, found: Findings, despite: str) -> Entry:
    """Put on record what was known of the same help: how much and its mark in the open, the reason under the key."""
    data = {**granted.data, "same_aid": len(found.aids), "same_aid_mark": found.mark}
    return replace(granted, data=data, payload={**(granted.payload or {}), "despite": despite.strip()})


def refuse_review(session: Session, command: DecideReview, *, by: Viewer, at: datetime) -> Done:
    """Refuse with a reason; the case stays where it is and the requester is told."""
    asked = _visible(session, command.review, by=by)
    reason = casework.require_text(command.reason, "reason")

    def decide(work: Work) -> Change:
        row = _pending(session, command.review)
        _require_second_person(work, row)

        def carry(held: Work) -> tuple[Entry, ...]:
            _close(held, row, "refused")
            return (_entry("case:review:refused", row, reason),)

        return Change(carry=carry)

    return _decided(session, asked, decide, command, by=by, at=at, details={})


def withdraw_review(session: Session, command: DecideReview, *, by: Viewer, at: datetime) -> Done:
    """Take a request back; only the requester may."""
    asked = _visible(session, command.review, by=by)

    def decide(_work: Work) -> Change:
        row = _pending(session, command.review)
        if row.requested_by != by.user_id:
            raise NotFound

        def carry(held: Work) -> tuple[Entry, ...]:
            _close(held, row, "withdrawn")
            return (_entry("case:review:withdrawn", row, command.reason),)

        return Change(carry=carry)

    return _decided(session, asked, decide, command, by=by, at=at, details={})


def follow_deadlines(session: Session, office_id: str, *, by: str, at: datetime) -> int:
    """Move the waiting reviews of an office to where their obligations moved, each with an entry; return how many."""
    found = reviews.adrift(session, office_id=office_id)
    for case_id in dict.fromkeys(row.case_id for row in found):
        casework.change(
            session,
            case_id,
            lambda _work: Change(carry=lambda held: _follow(held, by), draft=True),
            by=access.SYSTEM,
            at=at,
            expected_version=None,
            during_hold=True,
        )
    return len(found)


def _follow(work: Work, by: str) -> tuple[Entry, ...]:
    entries = []
    for row in reviews.adrift(work.session, case_id=work.row.id):
        reviews.move(work.session, row.id, row.due_to)
        data = {"review": row.id, "step": row.step, "changed_by": by}
        data |= {"due_from": row.due_at.isoformat(), "due_to": row.due_to.isoformat()}
        entries.append(Entry(code="case:review:moved", data=data))
    return tuple(entries)


def _decided(
    session: Session,
    asked: ReviewRow,
    decide: Any,  # noqa: ANN401 - the decider of casework.change
    command: DecideReview,
    *,
    by: Viewer,
    at: datetime,
    details: Mapping[str, str],
) -> Done:
    return casework.change(
        session,
        asked.case_id,
        decide,
        by=by,
        at=at,
        expected_version=command.expected_version,
        details=details,
        during_hold=True,
    )


def _visible(session: Session, review_id: str, *, by: Viewer) -> ReviewRow:
    row = reviews.by_id(session, review_id) if casework.is_id(review_id) else None
    case = cases.by_id(session, row.case_id) if row is not None else None
    if row is None or case is None:
        raise NotFound
    access.require_visible(by, cases.scope_of(session, case))
    return row


def _pending(session: Session, review_id: str) -> ReviewRow:
    row = reviews.by_id(session, review_id)
    if row is None:
        raise NotFound
    if row.state == "void":
        raise ReviewVoided
    if row.state != "pending":
        raise ReviewClosed(state=row.state)
    return row


def _require_second_person(work: Work, row: ReviewRow) -> None:
    approvers = machine.approvers_of(work.category, row.step)
    access.require_step_roles(work.roles, row.step, approvers)
    concerned = {row.requested_by, *written_by(work, row.step)}
    if work.by.user_id in concerned or not _holds_freely(work, approvers, concerned):
        raise SelfApproval


def _holds_freely(work: Work, approvers: tuple[str, ...], concerned: set[str]) -> bool:
    """Tell whether one approving role counts in this case that is not lent by somebody who may not approve."""
    scope = cases.scope_of(work.session, work.row)
    return any(
        grant.role in approvers
        and grant.for_user not in concerned
        and access.roles_in(replace(work.by, grants=(grant,)), scope)
        for grant in work.by.grants
    )


def written_by(work: Work, step: str) -> set[str]:
    """Return the authors of what this review approves; they may not approve it."""
    stages = (work.row.state, "assessment", "intervention_plan") if step == "ratify_emergency" else (work.row.state,)
    plan = step in {"approve_plan", "ratify_emergency"}
    found = reviews.authors(work.session, work.row.id, work.row.cycle, stages, plan=plan)
    return found | reviews.actors(work.session, work.row.id, RESTS_ON.get(step, ()), work.row.cycle)


def _words(session: Session, row: ReviewRow) -> dict[str, Any]:
    case = cases.by_id(session, row.case_id)
    if case is None:
        raise NotFound
    return reviews.words(session, case.subject_id, row)


def _close(work: Work, row: ReviewRow, state: str) -> None:
    if not reviews.close(work.session, row.id, state, by=work.by.user_id, at=work.at):
        raise ReviewClosed(state=state)
    obligations.satisfy(work.session, cause_key=f"review:{row.id}", at=work.at)
    if row.requested_by != work.by.user_id:
        inbox.tell(
            work.session,
            (row.requested_by,),
            kind=f"review_{state}",
            cause_key=f"review:{row.id}:{state}",
            case_id=work.row.id,
            data={"step": row.step, "number": work.row.number},
            at=work.at,
        )


def _entry(code: str, row: ReviewRow, reason: str) -> Entry:
    data = {"review": row.id, "step": row.step, "requested_by": row.requested_by}
    return Entry(code=code, data=data, payload={"reason": reason} if reason else None)
