"""Referrals to other institutions, with or without a letter, and the answers that close the loop."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from caseflow import access, crypto
from caseflow.access import Viewer
from caseflow.actions import casework, letter_people, obligations, sharing
from caseflow.actions.casework import Change, Done, Work
from caseflow.actions.typed import Typed
from caseflow.errors import InvalidInput, NotFound, Refused, _
from caseflow.ids import new_id, reply_code
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
PREPARED = "waiting"
"""Its letter waits for initials."""


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

    Raises `StepRefused` where neither a consent nor an emergency lets the institution be told, `InvalidInput` where
    somebody who must not know of the case opens its post.
    """
    row_id = str(new_id(at))
    need = casework.require_text(command.need, "need")

    def decide(work: Work) -> Change:
        access.require_act(work.roles, "referral")
        if work.row.state not in {"intervention", "evaluation", "monitoring"}:
            raise Refused(reason=_("Rujukan dicatat pada tahap intervensi atau sesudahnya."))
        receiver = institutions.require(session, command.institution)
        letter_people.require_safe(work, receiver)
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


def start(  # noqa: PLR0913 - a referral is that many facts
    work: Work,
    institution_id: str,
    *,
    need: str,
    day: date,
    span: Span,
    because: str,
    letter_id: str | None = None,
    reply_digest: str | None = None,
    row_id: str | None = None,
    prepared: str | None = None,
) -> str:
    """Write a referral that waits for its answer, and the obligation to look after it; return its id.

    `prepared` is one that waited for its letter. The caller has the right to.
    """
    session, subject = work.session, work.row.subject_id
    columns = {"letter_id": letter_id, "sent_on": day, "status": WAITING, "reply_digest": reply_digest}
    row_id = prepared or row_id or str(new_id(work.at))
    if prepared:
        children.change(session, referral, subject, row_id, columns)
    else:
        columns |= _about(work, institution_id)
        children.add(session, referral, subject, columns, {"need": need}, at=work.at, row_id=row_id)
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
    return row_id


def prepare(work: Work, institution_id: str, *, need: str, row_id: str) -> None:
    """Write a referral whose letter waits for initials: nobody was told, so nobody answers, and guards see it open."""
    columns = {"letter_id": None, "sent_on": work.today, "status": PREPARED, **_about(work, institution_id)}
    children.add(work.session, referral, work.row.subject_id, columns, {"need": need}, at=work.at, row_id=row_id)


def _about(work: Work, institution_id: str) -> dict[str, Any]:
    """Return what every referral has: its institution, who answers for it here, and a number no other one has."""
    sent = len(children.of_case(work.session, referral, work.row.id))
    return {
        "case_id": work.row.id,
        "cycle": work.row.cycle,
        "institution_id": institution_id,
        "confirmed": False,
        "officer_id": work.by.user_id,
        "number": f"{work.row.number}/R{sent + 1}",
    }


def new_code() -> tuple[str, str]:
    """Return a code that lets its holder answer, and the digest that is kept of it."""
    code = reply_code()
    return code, crypto.token_digest(code)


def link_of(session: Session, code: str) -> str:
    """Return the address that leads to the answer."""
    return f"{session.settings.public_url.rstrip('/')}/jawab/{code}"


def answer_referral(session: Session, command: AnswerReferral, *, by: Viewer, at: datetime) -> Done:
    """Record an answer, typed from the reply slip; "returned" and "done" may follow "accepted"."""
    said = require_said(Said(command.status, command.note, command.officer))

    def decide(work: Work) -> Change:
        access.require_act(work.roles, "referral")
        row = undecided(work, command.referral)
        day = casework.require_past(command.answered_on, work.today, "answered_on")
        if day < row.sent_on:
            raise InvalidInput({"answered_on": _("Tanggal ini sebelum rujukan dikirim.")})
        return Change(carry=lambda held: (take(held, row, said, day),))

    return casework.change(session, command.case, decide, by=by, at=at, expected_version=command.expected_version)


@dataclass(frozen=True, slots=True)
class Said:
    """An answer, whichever way it came; `way` is slip, code or account."""

    status: str
    note: str = ""
    officer: str = ""
    phone: str = ""
    way: str = "slip"

    @property
    def words(self) -> dict[str, str]:
        """What is sealed of it."""
        told = {"note": self.note.strip(), "officer": names.line(self.officer), "phone": names.line(self.phone)}
        return told if told["phone"] else {"note": told["note"], "officer": told["officer"]}


def require_said(said: Said, choices: Collection[str] = ANSWERS) -> Said:
    """Return an answer that can be taken; `InvalidInput` for another status, or a refusal without its reason."""
    if said.status not in choices:
        raise InvalidInput({"status": _("Pilih salah satu: {choices}.", choices=", ".join(choices))})
    if said.status in {"refused", "returned"}:
        casework.require_text(said.note, "note")
    return said


def take(held: Work, row: Row[Any], said: Said, day: date) -> Entry:
    """Let an answer count: for guards, for the letter, for who waits. One that waited for confirmation is settled."""
    session, subject = held.session, held.row.subject_id
    words = children.words(session, referral, subject, row)
    words.pop(OFFERED, None)
    columns = {
        "status": said.status,
        "answered_on": day,
        "answered_by": held.by.user_id,
        "confirmed": True,
        "offered": None,
        "offered_at": None,
    }
    children.change(session, referral, subject, row.id, columns, words | said.words)
    obligations.satisfy(session, cause_key=f"referral:{row.id}", at=held.at)
    if row.offered:
        obligations.satisfy(session, cause_key=confirmation_of(row.id, row.offered_at), at=held.at)
    if row.letter_id:
        letters.mark_answered(session, row.letter_id)
    data = {"referral": row.id, "status": said.status, **({"way": said.way} if said.way != "slip" else {})}
    return Entry(
        code="case:referral:answered",
        data=data,
        payload={k: v for k, v in said.words.items() if v} or None,
        event_date=day,
    )


OFFERED = "offer"
"""Under this name a referral's sealed words keep an answer that waits for confirmation."""


def confirmation_of(referral_id: str, offered_at: datetime) -> str:
    """Return the cause of the obligation to look at an answer that waits."""
    return f"answer:{referral_id}:{int(offered_at.timestamp() * 1_000_000)}"


def withdraw_referral(session: Session, command: WithdrawReferral, *, by: Viewer, at: datetime) -> Done:
    """Withdraw an unanswered referral with a reason; a supervisor's act."""
    reason = casework.require_text(command.reason, "reason")

    def decide(work: Work) -> Change:
        access.require_act(work.roles, "withdraw_referral")
        row = undecided(work, command.referral)
        if row.status != WAITING:
            raise Refused(reason=_("Rujukan ini sudah dijawab atau ditarik."))

        def carry(held: Work) -> tuple[Entry, ...]:
            let_go(held, row)
            return (Entry(code="case:referral:withdrawn", data={"referral": row.id}, payload={"reason": reason}),)

        return Change(carry=carry)

    return casework.change(session, command.case, decide, by=by, at=at, expected_version=command.expected_version)


def let_go(held: Work, row: Row[Any]) -> None:
    """Wait no longer for an answer, nor for the confirmation of one."""
    columns: dict[str, Any] = {"offered": None, "offered_at": None}
    if row.status in {WAITING, PREPARED}:
        columns |= {
            "status": "withdrawn",
            "answered_on": held.today,
            "answered_by": held.by.user_id,
            "confirmed": True,
        }
    children.change(held.session, referral, held.row.subject_id, row.id, columns)
    obligations.cancel(held.session, cause_key=f"referral:{row.id}", at=held.at)
    if row.offered:
        obligations.cancel(held.session, cause_key=confirmation_of(row.id, row.offered_at), at=held.at)


def awaited(work: Work, referral_id: str) -> Row[Any]:
    """Return a referral of the case that can still be answered; `NotFound`, or `Refused` once it is over."""
    row = children.get(work.session, referral, work.row.id, referral_id) if casework.is_id(referral_id) else None
    if row is None:
        raise NotFound
    if row.status == PREPARED:
        raise Refused(reason=_("Surat rujukan ini masih menunggu paraf dan belum terbit."))
    if row.status not in OPEN:
        raise Refused(reason=_("Rujukan ini sudah dijawab atau ditarik."))
    return row


def undecided(work: Work, referral_id: str) -> Row[Any]:
    """Return a referral that can still be answered, and about which no answer waits to be looked at."""
    row = awaited(work, referral_id)
    if row.offered:
        raise Refused(reason=_("Jawaban lembaga sudah masuk dan menunggu konfirmasi. Terima atau tolak dahulu."))
    return row
