"""Referrals to other institutions, with or without a letter, and the answers that close the loop."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from caseflow import access
from caseflow.access import Viewer
from caseflow.actions import casework, obligations, sharing
from caseflow.actions.casework import Change, Done, Work
from caseflow.actions.typed import Typed
from caseflow.errors import InvalidInput, NotFound, Refused, _
from caseflow.ids import new_id
from caseflow.states import names
from caseflow.states.deadlines import Span
from caseflow.states.sharing import purposes_of
from caseflow.store import children, institutions, letters
from caseflow.store.log import Entry
from caseflow.store.session import Session
from caseflow.store.tables import referral
from caseflow.store.types import Row

ANSWERS = ("accepted", "refused", "done", "returned")
WAITING = "open"
OPEN = (WAITING, "accepted")


@dataclass(frozen=True, slots=True, kw_only=True)
class AddReferral(Typed):
    """A request to an institution that went without a letter of ours."""

    case: str
    institution: str
    need: str = ""
    sent_on: date | None = None
    expected_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerReferral(Typed):
    """What the institution answered: accepted, refused, done, returned."""

    case: str
    referral: str
    status: str
    note: str = ""
    officer: str = ""
    answered_on: date | None = None
    expected_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawReferral(Typed):
    """A supervisor withdraws a referral nobody answers."""

    case: str
    referral: str
    reason: str = ""
    expected_version: int | None = None


def add_referral(session: Session, command: AddReferral, *, by: Viewer, at: datetime) -> Done:
    """Record a referral; its answer is due after the category's working days.

    Raises `StepRefused` where neither a consent nor an emergency lets the institution be told.
    """
    row_id = str(new_id(at))
    need = casework.require_text(command.need, "need")

    def decide(work: Work) -> Change:
        access.require_act(work.roles, "referral")
        if work.row.state not in {"intervention", "evaluation", "monitoring"}:
            raise Refused(reason=_("Rujukan dicatat pada tahap intervensi atau sesudahnya."))
        receiver = institutions.require(session, command.institution)
        basis = sharing.require(
            work,
            purposes_of(receiver.kind),
            receiver,
            by_name=work.row.confidentiality == "R3",
            step="referral",
            label=_("Catat rujukan"),
        )
        day = casework.require_past(command.sent_on, work.today, "sent_on")
        if day < work.row.opened_on:
            raise InvalidInput({"sent_on": _("Tanggal ini sebelum kasus dibuka.")})

        def carry(held: Work) -> tuple[Entry, ...]:
            span, words = held.category.referral_reply, _("tenggat jawaban rujukan kategori")
            start(held, receiver.id, need=need, day=day, span=span, because=words, row_id=row_id)
            data = {"referral": row_id, "institution": receiver.id, "basis": basis.code, "consent": basis.consent}
            return (Entry(code="case:referral:sent", data=data, payload={"need": need}, event_date=day),)

        return Change(carry=carry)

    done = casework.change(session, command.case, decide, by=by, at=at, expected_version=command.expected_version)
    return casework.created(done, row_id)


def start(
    work: Work,
    institution_id: str,
    *,
    need: str,
    day: date,
    span: Span,
    because: str,
    letter_id: str | None = None,
    row_id: str | None = None,
) -> None:
    """Write a referral that waits for its answer, and the obligation to look after it. The caller has the right to."""
    row_id = row_id or str(new_id(work.at))
    columns = {
        "case_id": work.row.id,
        "cycle": work.row.cycle,
        "institution_id": institution_id,
        "letter_id": letter_id,
        "sent_on": day,
        "status": WAITING,
        "confirmed": False,
    }
    children.add(work.session, referral, work.row.subject_id, columns, {"need": need}, at=work.at, row_id=row_id)
    obligations.start(
        work.session,
        case=work.row,
        kind="referral_answer",
        span=span,
        recipient="assignee",
        basis=because,
        cause_key=f"referral:{row_id}",
        at=work.at,
        ref_id=row_id,
        calendar=work.calendar,
    )


def answer_referral(session: Session, command: AnswerReferral, *, by: Viewer, at: datetime) -> Done:
    """Record an answer, typed from the reply slip; "returned" and "done" may follow "accepted"."""
    if command.status not in ANSWERS:
        raise InvalidInput({"status": _("Pilih salah satu: {choices}.", choices=", ".join(ANSWERS))})
    if command.status in {"refused", "returned"}:
        casework.require_text(command.note, "note")

    def decide(work: Work) -> Change:
        access.require_act(work.roles, "referral")
        row = _row(work, command.referral)
        day = casework.require_past(command.answered_on, work.today, "answered_on")
        if day < row.sent_on:
            raise InvalidInput({"answered_on": _("Tanggal ini sebelum rujukan dikirim.")})

        def carry(held: Work) -> tuple[Entry, ...]:
            subject = held.row.subject_id
            words = children.words(session, referral, subject, row)
            words |= {"note": command.note.strip(), "officer": names.line(command.officer)}
            columns = {"status": command.status, "answered_on": day, "answered_by": by.user_id, "confirmed": True}
            children.change(session, referral, subject, row.id, columns, words)
            obligations.satisfy(session, cause_key=f"referral:{row.id}", at=at)
            if row.letter_id:
                letters.mark_answered(session, row.letter_id)
            data = {"referral": row.id, "status": command.status}
            said = {k: v for k, v in (("note", command.note), ("officer", command.officer)) if v}
            return (Entry(code="case:referral:answered", data=data, payload=said or None, event_date=day),)

        return Change(carry=carry)

    return casework.change(session, command.case, decide, by=by, at=at, expected_version=command.expected_version)


def withdraw_referral(session: Session, command: WithdrawReferral, *, by: Viewer, at: datetime) -> Done:
    """Withdraw an unanswered referral with a reason; a supervisor's act."""
    reason = casework.require_text(command.reason, "reason")

    def decide(work: Work) -> Change:
        access.require_act(work.roles, "withdraw_referral")
        row = _row(work, command.referral)
        if row.status != WAITING:
            raise Refused(reason=_("Rujukan ini sudah dijawab atau ditarik."))

        def carry(held: Work) -> tuple[Entry, ...]:
            columns = {"status": "withdrawn", "answered_on": held.today, "answered_by": by.user_id, "confirmed": True}
            children.change(session, referral, held.row.subject_id, row.id, columns)
            obligations.cancel(session, cause_key=f"referral:{row.id}", at=at)
            return (Entry(code="case:referral:withdrawn", data={"referral": row.id}, payload={"reason": reason}),)

        return Change(carry=carry)

    return casework.change(session, command.case, decide, by=by, at=at, expected_version=command.expected_version)


def _row(work: Work, referral_id: str) -> Row[Any]:
    row = children.get(work.session, referral, work.row.id, referral_id) if casework.is_id(referral_id) else None
    if row is None:
        raise NotFound
    if row.status not in OPEN:
        raise Refused(reason=_("Rujukan ini sudah dijawab atau ditarik."))
    return row
