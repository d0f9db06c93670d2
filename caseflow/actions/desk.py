"""What a person reads beside a case: own messages, letters, whom work can be given to; each as far as they may see."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from caseflow import access
from caseflow.access import Viewer
from caseflow.actions import casework, letter_drafts, letter_facts, letter_records, letters, messages, reading
from caseflow.errors import NotFound
from caseflow.letters.catalogue import LetterKind
from caseflow.states.effects import letter_applies
from caseflow.store import cases, institutions, users
from caseflow.store import inbox as rows
from caseflow.store import letters as letter_rows
from caseflow.store.cases import CaseRow
from caseflow.store.letters import LetterRow
from caseflow.store.session import Session
from caseflow.store.types import Row


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


def inbox(session: Session, *, by: Viewer, lang: str, unread: bool = False, limit: int = 100) -> tuple[Message, ...]:
    """Return a person's messages, newest first."""
    found = []
    for row in rows.of_user(session, by.user_id, unread=unread, limit=limit):
        said = messages.say(row.kind, row.data, row.number, lang)
        place = messages.place(row.data, row.number)
        moments = (row.created_at, row.read_at)
        found.append(Message(row.id, row.kind, said.title, said.text, row.case_id, row.number, *moments, place))
    return tuple(found)


def mark_read(session: Session, message: str, *, by: Viewer, at: datetime) -> None:
    """Mark a message as read; `NotFound` when it is not the person's. Once read it stays read."""
    if not casework.is_id(message) or rows.owner(session, message) != by.user_id:
        raise NotFound
    rows.mark_read(session, by.user_id, message, at=at)


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
    """Return the letters of the case's category that its present state offers, those it suggests first."""
    work = reading.look(session, case, by=by, at=at, part="letters")
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


def assignable(session: Session, case: str, *, by: Viewer, at: datetime) -> Mapping[str, str]:
    """Return id -> name of the workers a case can be given to."""
    work = casework.look(session, case, by=by, at=at)
    return users.names(session, set(users.holders(session, "caseworker", work.row.area_code, work.today)))
