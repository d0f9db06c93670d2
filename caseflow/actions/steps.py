"""Taking a step: at once, or by asking for the second person it needs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from caseflow import access
from caseflow.access import Viewer
from caseflow.actions import casework, conferences, endings, inbox, letter_voids, letters, obligations, plan
from caseflow.actions.casework import Change, Done, Work
from caseflow.actions.typed import Typed
from caseflow.errors import InvalidInput, ReviewPending, UnknownStep, _
from caseflow.ids import new_key
from caseflow.states import effects, machine
from caseflow.states.deadlines import due_at
from caseflow.states.lifecycle import CLOSED, STEPS, Detail, Step
from caseflow.store import cases, reviews, users, vault
from caseflow.store.log import Entry
from caseflow.store.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class AdvanceCase(Typed):
    """A step asked for by a person."""

    case: str
    step: str
    expected_version: int | None = None
    note: str = ""
    event_date: date | None = None
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Taken:
    """A decided step with the words it was asked with."""

    decision: machine.Decision
    note: str
    details: Mapping[str, str]
    event_date: date
    requested_by: str
    review_id: str | None = None


def advance_case(session: Session, command: AdvanceCase, *, by: Viewer, at: datetime) -> Done:
    """Take a step, or ask for its review (`Done.review_id` is set then).

    Raises `UnknownStep`, `StepOutOfOrder`, `StepRefused` (all unmet guards), `Forbidden`, `ReviewPending`,
    `InvalidInput` and what `casework.change` raises.
    """
    step = STEPS.get(command.step)
    if step is None:
        raise UnknownStep(step=command.step, known=", ".join(STEPS))
    asked: list[str] = []

    def decide(work: Work) -> Change:
        access.require_step_roles(work.roles, step.name, machine.takers_of(work.category, step.name))
        note, details, day = _checked(step, command, work)
        decision = machine.advance(work.category, work.facts, step.name)
        if work.row.state == CLOSED:
            endings.require_no_other_open(work)
        if decision.needs_review:
            if any(r.step == step.name for r in reviews.pending_of(session, work.row.id)):
                raise ReviewPending(step=step.label.sentence)
            review_id = new_key(at)
            asked[:] = [review_id]
            return Change(carry=lambda w: ask(w, step, review_id, note, details, day))
        taken = Taken(decision, note, details, day, by.user_id)
        endings.hold_related(work, step.name, details)
        return Change(columns=columns_of(work, taken), carry=lambda w: carry_out(w, taken))

    done = casework.change(
        session,
        command.case,
        decide,
        by=by,
        at=at,
        expected_version=command.expected_version,
        details={key: str(value).strip() for key, value in command.details.items()},
        during_hold=step.during_hold,
    )
    return done if not asked else Done(done.id, done.number, done.state, done.version, done.cycle, done.entry, asked[0])


def _checked(step: Step, command: AdvanceCase, work: Work) -> tuple[str, dict[str, str], date]:
    """Check what was said with the step; all problems at once."""
    problems: dict[str, str] = {}
    note = command.note.strip()
    if step.reason and not note:
        problems["note"] = _("Alasan wajib ditulis untuk langkah ini.")
    details = {}
    for wanted in step.details:
        value = str(command.details.get(wanted.key, "")).strip()
        if problem := _detail_problem(wanted, value, work.today):
            problems[f"details.{wanted.key}"] = problem
        elif value:
            details[wanted.key] = value
    if "duplicate_of" in details and _not_another(work, details["duplicate_of"]):
        problems["details.duplicate_of"] = _("Tulis nomor kasus lain yang ada.")
    for unknown in set(command.details) - {d.key for d in step.details}:
        problems[f"details.{unknown}"] = _("Isian ini tidak dikenal untuk langkah ini.")
    if command.event_date is not None and command.event_date > work.today:
        problems["event_date"] = _("Tanggal ini belum tiba.")
    if command.event_date is not None and command.event_date < work.row.opened_on:
        problems["event_date"] = _("Tanggal ini sebelum kasus dibuka.")
    if problems:
        raise InvalidInput(problems)
    return note, details, command.event_date or work.today


def _not_another(work: Work, number: str) -> bool:
    other = cases.by_number(work.session, number)
    return other is None or other.id == work.row.id


def _detail_problem(wanted: Detail, value: str, today: date) -> str | None:
    if not value:
        return _("Isian ini wajib.") if wanted.required else None
    if wanted.choices and value not in dict(wanted.choices):
        return _("Pilih salah satu: {choices}.", choices=", ".join(dict(wanted.choices)))
    if wanted.kind == "date":
        try:
            day = date.fromisoformat(value)
        except ValueError:
            return _("Tulis tanggal sebagai TTTT-BB-HH.")
        if day > today:
            return _("Tanggal ini belum tiba.")
        if (today - day).days > casework.OLDEST_DAYS:
            return _("Tanggal ini lebih dari lima tahun lalu. Periksa tahunnya.")
    return None


def ask(work: Work, step: Step, review_id: str, note: str, details: Mapping[str, str], day: date) -> tuple[Entry, ...]:
    """Write a review request, its deadline and the messages to those who may grant it."""
    session, row = work.session, work.row
    due = due_at(work.at, work.category.review_within, work.calendar)
    place = f"review.sealed.{review_id}"
    sealed = vault.seal(session, row.subject_id, place, {"note": note, "details": dict(details)})
    reviews.add(
        session,
        {
            "id": review_id,
            "case_id": row.id,
            "step": step.name,
            "facts_digest": work.digest,
            "requested_by": work.by.user_id,
            "requested_at": work.at,
            "event_date": day,
            "due_at": due,
            "sealed": sealed,
        },
    )
    obligations.start(
        session,
        case=row,
        kind="review",
        span=work.category.review_within,
        recipient="supervisor",
        basis=_("tenggat persetujuan"),
        cause_key=f"review:{review_id}",
        at=work.at,
        ref_id=review_id,
        calendar=work.calendar,
    )
    who = deciders(work, step.name)
    message = {"step": step.name, "number": row.number}
    key = f"review:{review_id}:asked"
    inbox.tell(session, who, kind="review_asked", cause_key=key, case_id=row.id, data=message, at=work.at)
    data = {"step": step.name, "review": review_id, "state": row.state, "cycle": row.cycle}
    payload = {"note": note, "details": dict(details)}
    return (Entry(code="case:review:asked", data=data, payload=payload, event_date=day),)


def deciders(work: Work, step: str) -> tuple[str, ...]:
    """Return who may be asked to approve: holders of an approving role in the case's area, nearest role first."""
    for role in machine.approvers_of(work.category, step):
        held = users.holders(work.session, role, work.row.area_code, work.today)
        if found := tuple(u for u in held if u != work.by.user_id):
            return found
    return ()


def columns_of(work: Work, taken: Taken) -> dict[str, Any]:
    """Return the columns of the case that a step changes."""
    decision, row = taken.decision, work.row
    step = STEPS[decision.step]
    columns: dict[str, Any] = {"cycle": decision.cycle}
    if decision.to != row.state:
        columns |= {"state": decision.to, "state_since": work.at}
    if decision.step == "complete_assessment":
        columns["assessed"] = True
    if decision.step == "emergency_intervention":
        columns |= {"emergency_since": work.at, "emergency_ratified": False, "emergency_paid": False}
    if decision.step == "ratify_emergency":
        columns["emergency_ratified"] = True
    if step.during_hold:
        columns["held_until"] = None
    if decision.to == CLOSED:
        outcome = taken.details.get("outcome") or taken.details.get("reason_code") or "not_eligible"
        columns |= {
            "previous_state": row.state,
            "closing_step": decision.step,
            "outcome": outcome,
            "closed_at": work.at,
        }
    if row.state == CLOSED:
        columns |= {"closing_step": None, "outcome": None, "closed_at": None}
    if step.new_cycle:
        columns |= {
            "visits_waived": False,
            "emergency_since": None,
            "emergency_ratified": False,
            "emergency_paid": False,
        }
    return columns


def carry_out(work: Work, taken: Taken) -> tuple[Entry, ...]:
    """Write the step's entry and what its effects ask for."""
    row, decision = work.row, taken.decision
    data = {
        "step": decision.step,
        "from": row.state,
        "to": decision.to,
        "cycle": decision.cycle,
        "requested_by": taken.requested_by,
        **({"review": taken.review_id} if taken.review_id else {}),
        **({"approved_by": work.by.user_id} if taken.review_id else {}),
        **{k: v for k, v in taken.details.items() if k in {"outcome", "reason_code"}},
    }
    entries = [
        Entry(
            code="case:step:taken",
            data=data,
            payload={"note": taken.note, "details": dict(taken.details)},
            event_date=taken.event_date,
        )
    ]
    if decision.step == "terminate" and taken.details.get("reason_code") == "died":
        endings.record_death(work)
    if decision.to == CLOSED:
        entries += letter_voids.drop_waiting(work, _("kasus ditutup"))
        entries += casework.take_back_offer(work)
        entries += conferences.call_off_planned(work)
    elif STEPS[decision.step].new_cycle:
        entries += letter_voids.drop_waiting(work, _("siklus baru dimulai"))
    for effect in decision.effects:
        entries += _carry(work, taken, effect)
    if decision.step in {"approve_plan", "ratify_emergency"}:
        plan.approve_items(work)
    if decision.step in {"revise_plan", "replan"}:
        plan.reopen_goals(work)
    if decision.step == "undo_termination":
        endings.take_back(work)
    if row.held_until is not None and STEPS[decision.step].during_hold and decision.to != CLOSED:
        casework.run_on(work)
    return tuple(entries)


def _carry(work: Work, taken: Taken, effect: effects.Effect) -> list[Entry]:
    session, row = work.session, work.row
    match effect:
        case effects.StartObligation():
            start = work.at
            cause = f"{effect.kind}:{row.id}:{row.entry_seq + 1}"
            obligations.start(
                session,
                case=row,
                kind=effect.kind,
                span=effect.span,
                recipient=effect.recipient,
                basis=effect.basis,
                cause_key=cause,
                at=start,
                calendar=work.calendar,
            )
        case effects.EndObligations():
            obligations.end_kinds(session, row.id, effect.kinds, at=work.at)
        case effects.SendLetter():
            return letters.send_with_step(work, effect.letter, taken.decision.step)
        case effects.CancelUnsentLetters():
            return letter_voids.void_unsent(work, _("kasus dihentikan"))
        case effects.AlertRelated():
            endings.alert_related(work)
    return []
