"""Answers by the code on a letter: what its page asks, the answer that waits, and the caseworker's word on it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from caseflow import access, crypto
from caseflow.access import SYSTEM, Viewer
from caseflow.actions import casework, inbox, letter_people, letters, obligations, referrals
from caseflow.actions.casework import Change, Done, Work
from caseflow.actions.referrals import ANSWERS, OFFERED, WAITING, Said
from caseflow.actions.typed import Typed
from caseflow.errors import LoopbackAddress, NotFound, Refused, _
from caseflow.ids import normalise_reply_code
from caseflow.letters.catalogue import LetterKind
from caseflow.states.category import Text
from caseflow.states.deadlines import Span, civil_date
from caseflow.states.lifecycle import CLOSED
from caseflow.store import addressed, children, institutions, offices, users
from caseflow.store import letters as letter_rows
from caseflow.store import obligations as owed_rows
from caseflow.store.log import Entry
from caseflow.store.session import Session
from caseflow.store.tables import referral
from caseflow.store.types import Row

TO_CONFIRM = Span(3, "working_days")
"""How long the caseworker has to look at an answer that came by code."""
AFTERWARDS = ("done", "returned")
"""What may still be said of a referral that was accepted."""
NOTE, NAME, PHONE = 2000, 200, 40
WRONG_CODES, CODES = (20, 15), "reply"
"""Wrong codes an address may send, in so many minutes; every door counts them together, under this name."""
ANSWER_LABELS: dict[str, Text] = {
    "accepted": Text("Diterima, masih berjalan", "Accepted, still running"),
    "done": Text("Selesai dilayani", "Served and done"),
    "refused": Text("Ditolak atau belum dapat dilayani", "Refused, or cannot be served yet"),
    "returned": Text("Dikembalikan atau dirujuk ke tempat lain", "Returned, or referred elsewhere"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferAnswer(Typed):
    """What whoever holds the code of a letter answers."""

    code: str
    status: str
    officer: str = ""
    note: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmAnswer(Typed):
    """The institution really said so."""

    case: str
    referral: str
    expected_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclineAnswer(Typed):
    """The institution did not say so, or not that."""

    case: str
    referral: str
    reason: str = ""
    expected_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeLink(Typed):
    """A new code for a referral, instead of the one before: for a lost letter, or a referral without one."""

    case: str
    referral: str
    expected_version: int | None = None


# --- what a code opens -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What the holder of a code is shown: no more than the letter told, and nothing of the client."""

    state: str
    """open | accepted | waiting | answered | withdrawn | void | closed: only the first two can be answered."""
    institution: str
    title: Text | None
    """The kind of letter where the case is no restricted one; None where no letter went."""
    letter_number: str | None
    sent_on: date
    case_number: str | None
    """For a referral without a letter, which is known by it."""
    office: str
    phone: str
    due: date | None
    choices: tuple[tuple[str, Text], ...]
    declined: bool
    """Whether an earlier answer by this code was not confirmed."""
    replaced_by: tuple[str, date] | None
    """Number and date of the letter that stands instead."""


def question(session: Session, typed: str) -> Question:
    """Return what a code asks; `NotFound` for one that is unknown, or that a newer link replaced."""
    row = _row(session, typed)
    kind = letters.kinds(session).get(row.kind) if row.kind else None
    office = offices.require(session, row.office_id)
    state = _state(row)
    following = letter_rows.replacement_of(session, row.letter_id) if state == "void" else None
    calendar = offices.calendar(session, row.office_id)
    return Question(
        state=state,
        institution=row.institution,
        title=_title(row, kind),
        letter_number=row.letter_number,
        sent_on=row.letter_date or row.sent_on,
        case_number=None if row.letter_id else row.number,
        office=f"{office.agency} {office.government}",
        phone=office.phone,
        due=civil_date(row.due_at, calendar) if row.due_at is not None and state == WAITING else None,
        choices=choices_of(session, row.status, row.kind) if state in referrals.OPEN else (),
        declined=state in referrals.OPEN and _was_declined(session, row),
        replaced_by=(following.number, following.letter_date) if following is not None else None,
    )


def _row(session: Session, typed: str) -> Row[Any]:
    code = normalise_reply_code(typed)
    row = addressed.by_digest(session, crypto.token_digest(code)) if code else None
    if row is None:
        raise NotFound
    return row


def _state(row: Row[Any]) -> str:
    if row.letter_state == "void":
        return "void"
    if row.status == "withdrawn":
        return "withdrawn"
    if row.status not in referrals.OPEN:
        return "answered"
    if row.case_state == CLOSED:
        return "closed"
    return "waiting" if row.offered else str(row.status)


def _title(row: Row[Any], kind: LetterKind | None) -> Text | None:
    if not row.letter_id:
        return None
    plain = row.confidentiality == "R1" and row.letter_confidentiality == "R1" and kind is not None
    return kind.title if plain and kind else Text("Surat dinas", "Official letter")


def choices_of(session: Session, status: str, kind_name: str | None) -> tuple[tuple[str, Text], ...]:
    """Return what can be answered to a referral that is open or accepted, in the words of the slip."""
    kind = letters.kinds(session).get(kind_name or "")
    boxes = {o.code: o.label for o in kind.reply.outcomes} if kind is not None and kind.reply else {}
    codes = ANSWERS if status == WAITING else AFTERWARDS
    offered = codes if status != WAITING or not boxes else tuple(c for c in codes if c in boxes)
    return tuple((code, boxes.get(code) or ANSWER_LABELS[code]) for code in offered)


def _was_declined(session: Session, row: Row[Any]) -> bool:
    return bool(children.words(session, referral, row.subject_id, row).get("declined"))


# --- the answer ------------------------------------------------------------------------------------------------------


def offer_answer(session: Session, command: OfferAnswer, *, at: datetime) -> Done:
    """Take an answer from the holder of a code: it waits until the caseworker, or the institution itself, confirms it.

    Raises `NotFound` for an unknown code, `Refused` once the referral is answered, withdrawn or over, `InvalidInput`.
    """
    found = _row(session, command.code)
    digest = found.reply_digest
    officer = casework.require_text(command.officer, "officer", limit=NAME)

    def decide(work: Work) -> Change:
        row = referrals.undecided(work, found.id)
        state = _state(_row(session, command.code))
        if row.reply_digest != digest or state not in referrals.OPEN:
            raise Refused(reason=_("Rujukan ini sudah dijawab atau ditarik."))
        choices = [code for code, _label in choices_of(session, row.status, found.kind)]
        said = referrals.require_said(Said(command.status, command.note, officer, command.phone, "code"), choices)
        require_short(said)
        return Change(carry=lambda held: (_offer(held, row, said),), draft=True)

    return casework.change(session, found.case_id, decide, by=SYSTEM, at=at, expected_version=None, during_hold=True)


def require_short(said: Said) -> None:
    """Raise `InvalidInput` where an answer is longer than one takes."""
    for key, text, limit in (("note", said.note, NOTE), ("phone", said.phone, PHONE)):
        if text.strip():
            casework.require_text(text, key, limit=limit)


def _offer(held: Work, row: Row[Any], said: Said) -> Entry:
    session, subject, at = held.session, held.row.subject_id, held.at
    words = children.words(session, referral, subject, row)
    words.pop("declined", None)
    columns = {"offered": said.status, "offered_at": at}
    children.change(session, referral, subject, row.id, columns, words | {OFFERED: said.words})
    obligations.cancel(session, cause_key=f"referral:{row.id}", at=at)
    cause = referrals.confirmation_of(row.id, at)
    obligations.start(
        session,
        case=held.row,
        kind="answer_confirmation",
        span=TO_CONFIRM,
        basis=_("jawaban lembaga masuk lewat kode"),
        cause_key=cause,
        at=at,
        ref_id=row.id,
        calendar=held.calendar,
    )
    tell(held, kind="referral_offered", cause_key=cause)
    payload = {k: v for k, v in said.words.items() if v}
    return Entry(code="case:referral:offered", data={"referral": row.id, "status": said.status}, payload=payload)


def tell(held: Work, *, kind: str, cause_key: str) -> None:
    """Put an answer into the inbox of the caseworker, or of who stands in; where there is none, of the supervisors."""
    inbox.tell(
        held.session,
        listeners(held),
        kind=kind,
        cause_key=cause_key,
        case_id=held.row.id,
        data={"number": held.row.number},
        at=held.at,
    )


def listeners(held: Work) -> tuple[str, ...]:
    """Return who hears of what comes from outside; of a closed file its team, unless it has none."""
    session, row, team = held.session, held.row, held.reading.team

    def told(people: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(user for user in people if row.confidentiality != "R3" or user in team)

    if (assignee := row.assignee_id) is not None and users.active(session, assignee):
        return told(owed_rows.deputies(session, assignee, held.today)) or (assignee,)
    supervisors = users.holders(session, "supervisor", row.area_code, held.today)
    # Where nobody is named at all, a number tells others nothing, and silence would be worse.
    return told(supervisors) or tuple(user for user in sorted(team) if users.active(session, user)) or supervisors


# --- the caseworker's word on it -------------------------------------------------------------------------------------


def confirm_answer(session: Session, command: ConfirmAnswer, *, by: Viewer, at: datetime) -> Done:
    """Let an answer that came by code count; `Refused` when none waits."""

    def decide(work: Work) -> Change:
        access.require_act(work.roles, "referral")
        row = _offered(work, command.referral)
        words = children.words(session, referral, work.row.subject_id, row)[OFFERED]
        said = Said(row.offered, words["note"], words["officer"], words.get("phone", ""), "code")
        day = civil_date(row.offered_at, work.calendar)
        return Change(carry=lambda held: (referrals.take(held, row, said, day),))

    return casework.change(session, command.case, decide, by=by, at=at, expected_version=command.expected_version)


def decline_answer(session: Session, command: DeclineAnswer, *, by: Viewer, at: datetime) -> Done:
    """Do not let an answer count that came by code: the institution is waited for again, until the day it was."""
    reason = casework.require_text(command.reason, "reason")

    def decide(work: Work) -> Change:
        access.require_act(work.roles, "referral")
        row = _offered(work, command.referral)
        return Change(carry=lambda held: (_decline(held, row, reason),))

    return casework.change(session, command.case, decide, by=by, at=at, expected_version=command.expected_version)


def _decline(held: Work, row: Row[Any], reason: str) -> Entry:
    session, subject = held.session, held.row.subject_id
    words = children.words(session, referral, subject, row)
    words.pop(OFFERED, None)
    columns = {"offered": None, "offered_at": None}
    children.change(session, referral, subject, row.id, columns, words | {"declined": held.today.isoformat()})
    obligations.satisfy(session, cause_key=referrals.confirmation_of(row.id, row.offered_at), at=held.at)
    obligations.revive(
        session,
        held.row.id,
        ended_at=row.offered_at,
        wanted=lambda owed: owed.cause_key == f"referral:{row.id}",
        at=held.at,
        calendar=held.calendar,
        by=held.by.user_id,
    )
    data = {"referral": row.id, "status": row.offered}
    return Entry(code="case:referral:declined", data=data, payload={"reason": reason})


def _offered(work: Work, referral_id: str) -> Row[Any]:
    row = referrals.awaited(work, referral_id)
    if not row.offered:
        raise Refused(reason=_("Tidak ada jawaban yang menunggu konfirmasi."))
    return row


# --- a link ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Linked:
    """A referral's new link; the code is kept nowhere, so this is the only time it can be read."""

    done: Done
    code: str
    url: str


def make_link(session: Session, command: MakeLink, *, by: Viewer, at: datetime) -> Linked:
    """Give a referral a code of its own; the one before, on a letter too, opens nothing from now on."""
    if session.settings.is_loopback and not session.settings.demo:
        raise LoopbackAddress
    code, digest = referrals.new_code()

    def decide(work: Work) -> Change:
        access.require_act(work.roles, "referral")
        row = referrals.undecided(work, command.referral)
        sent = letter_rows.by_id(session, row.letter_id) if row.letter_id else None
        if work.row.state == CLOSED or (sent is not None and sent.state == "void"):
            raise Refused(reason=_("Rujukan ini sudah dijawab atau ditarik."))
        if (receiver := institutions.by_id(session, row.institution_id)) is not None:
            letter_people.require_safe(work, receiver)

        def carry(held: Work) -> tuple[Entry, ...]:
            children.change(session, referral, held.row.subject_id, row.id, {"reply_digest": digest})
            return (Entry(code="case:referral:linked", data={"referral": row.id}),)

        return Change(carry=carry)

    done = casework.change(session, command.case, decide, by=by, at=at, expected_version=command.expected_version)
    return Linked(done, code, referrals.link_of(session, code))
