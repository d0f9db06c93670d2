"""What a person reads beside a case: own messages, letters, whom work can be given to; each as far as they may see."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from caseflow import access
from caseflow.access import GLASS, Viewer
from caseflow.actions import (
    calendars,
    casework,
    letter_drafts,
    letter_facts,
    letter_records,
    letters,
    messages,
    reading,
)
from caseflow.errors import NotFound
from caseflow.letters.catalogue import LetterKind
from caseflow.states.effects import letter_applies
from caseflow.store import cases, institutions, obligations, users
from caseflow.store import inbox as rows
from caseflow.store import letters as letter_rows
from caseflow.store.cases import CaseRow
from caseflow.store.letters import LetterRow
from caseflow.store.session import Session
from caseflow.store.types import Row

MOST_REMINDERS = 200


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a message went by one way. `failure` is what the other side answered: it may quote the address."""

    channel: str
    state: str
    """waiting | sending | sent | failed | dropped."""
    attempts: int
    maybe_twice: bool
    sent_at: datetime | None
    failure: str | None = None


@dataclass(frozen=True, slots=True)
class Reminder:
    """Whom a reminder of a case reached, and when."""

    title: str
    to: str
    told_at: datetime
    read_at: datetime | None
    done: bool
    deliveries: tuple[Delivery, ...]


def delivery_of(row: Row[Any]) -> Delivery:
    """Return a delivery as it is shown."""
    return Delivery(row.channel, row.state, row.attempts, row.maybe_twice, row.sent_at, row.failure)


@dataclass(frozen=True, slots=True)
class Message:
    """A message of the inbox, said in its reader's language."""

    id: str
    kind: str
    title: str
    text: str
    case_id: str | None
    case_number: str | None
    created_at: datetime
    read_at: datetime | None
    place: str
    """The page it leads to; empty where there is none."""
    done: bool = False
    """What it asked for was done, or fell away."""
    deliveries: tuple[Delivery, ...] = ()
    """By which ways it left the house."""


def inbox(session: Session, *, by: Viewer, lang: str, unread: bool = False, limit: int = 100) -> tuple[Message, ...]:
    """Return a person's messages, newest first."""
    there = rows.of_user(session, by.user_id, unread=unread, limit=limit)
    sent = rows.deliveries_of(session, {row.id for row in there})
    people = users.names(session, {user for row in there for user in row.data.get("workers", ())})
    return tuple(
        Message(
            id=row.id,
            kind=row.kind,
            title=said.title,
            text=said.text,
            case_id=row.case_id,
            case_number=row.number,
            created_at=row.created_at,
            read_at=row.read_at,
            place=messages.place(row.kind, row.data, row.number, cause_key=row.cause_key, ref_id=row.ref_id),
            done=bool(row.done),
            deliveries=tuple(delivery_of(each) for each in sent.get(row.id, ())),
        )
        for row in there
        for said in [messages.say(row.kind, row.data, row.number, lang, people=people)]
    )


def opened(session: Session, message: str, *, by: Viewer, at: datetime) -> str:
    """Mark a message as read and return the page it leads to: of what is done, that of its case. Raises `NotFound`."""
    row = rows.of_person(session, by.user_id, message) if casework.is_id(message) else None
    if row is None:
        raise NotFound
    rows.mark_read(session, by.user_id, message, at=at)
    if row.done:
        return messages.place("", row.data, row.number)
    return messages.place(row.kind, row.data, row.number, cause_key=row.cause_key, ref_id=row.ref_id)


def reminders(session: Session, case: str, *, by: Viewer, at: datetime, lang: str) -> tuple[Reminder, ...]:
    """Return whom the reminders of a case reached, by which ways and when, newest first."""
    work = reading.look(session, case, by=by, at=at, part="reminders")
    there = rows.reminders_of_case(session, work.row.id, limit=MOST_REMINDERS)
    sent = rows.deliveries_of(session, {row.id for row in there})
    return tuple(
        Reminder(
            title=messages.say(row.kind, row.data, row.number, lang).title,
            to=row.name,
            told_at=row.created_at,
            read_at=row.read_at,
            done=bool(row.done),
            deliveries=tuple(delivery_of(each) for each in sent.get(row.id, ())),
        )
        for row in there
    )


def mark_read(session: Session, message: str, *, by: Viewer, at: datetime) -> None:
    """Mark a message as read; `NotFound` when it is not the person's. Once read it stays read."""
    if not casework.is_id(message) or rows.owner(session, message) != by.user_id:
        raise NotFound
    rows.mark_read(session, by.user_id, message, at=at)


def visit_date(session: Session, case: str, obligation: str, *, by: Viewer, at: datetime, lang: str) -> str:
    """Return a planned visit of a case as a date for a calendar; `NotFound` when absent or not visible."""
    work = reading.look(session, case, by=by, at=at, part="calendar")
    row = obligations.by_id(session, obligation) if casework.is_id(obligation) else None
    if row is None or row.case_id != work.row.id or row.kind != calendars.VISIT:
        raise NotFound
    return calendars.written(session, row, lang=lang, at=at)


def letter(session: Session, letter_id: str, *, by: Viewer, at: datetime) -> tuple[LetterRow, CaseRow]:
    """Return a letter and its case for showing it; `NotFound` when absent or not visible."""
    row, case = find_letter(session, letter_id, by=by)
    reading.note(session, (case,), by=by, at=at, letter_id=row.id)
    return row, case


def find_letter(session: Session, letter_id: str, *, by: Viewer) -> tuple[LetterRow, CaseRow]:
    """Return a letter and its case for working on it; `NotFound` when absent or not visible."""
    row = letter_rows.by_id(session, letter_id) if casework.is_id(letter_id) else None
    case = cases.by_id(session, row.case_id) if row is not None else None
    if row is None or case is None:
        raise NotFound
    access.require_visible(by, cases.scope_of(session, case))
    return row, case


@dataclass(frozen=True, slots=True)
class Offer:
    """A letter that can be issued by hand in a case, with what it still waits for."""

    kind: LetterKind
    allowed: bool
    unmet: tuple[Mapping[str, str], ...]
    fields: Mapping[str, Any]
    """What the case already answers of the letter's own fields."""
    institutions: tuple[Row[Any], ...]
    signers: tuple[Row[Any], ...]
    """Who may sign it today, first who does unless somebody else is chosen."""
    suggested: bool
    """Whether it is offered before the others."""


def offers(session: Session, case: str, *, by: Viewer, at: datetime) -> tuple[Offer, ...]:
    """Return the letters of the case's category that its present state offers, those it suggests first.

    None to who opened the file in need: they issue nothing, and what a letter would say names people.
    """
    work = reading.look(session, case, by=by, at=at, part="letters")
    if GLASS in work.by.roles:
        return ()
    known = letters.kinds(session)
    receivers: dict[str, list[Row[Any]]] = {}
    for receiver in institutions.listing(session):
        receivers.setdefault(receiver.kind, []).append(receiver)
    found = []
    for use in work.category.letters:
        kind = known.get(use.letter)
        if kind is None or work.row.state not in (use.states or kind.states) or not letter_applies(use, work.facts):
            continue
        unmet = tuple(letter_drafts.lacking(work, kind))
        may = bool(work.roles.intersection(kind.issued_by) and work.roles.intersection(access.ACTS["issue_letter"]))
        told = letter_records.of(work, kind)
        held = {f.key: letter_facts.from_case(f, told) for f in kind.fields}
        to = tuple(receivers.get(kind.addressee, ()))
        signers = tuple(letter_rows.signatories(session, work.row.office_id, work.today, kind.name))
        first = letter_drafts.suggested(work, kind, use)
        found.append(Offer(kind, may and not unmet and not work.facts.held, unmet, held, to, signers, first))
    return tuple(sorted(found, key=lambda offer: not offer.suggested))
