"""What a partner institution sees and answers: the referrals addressed to it, nothing of the client."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from caseflow import access
from caseflow.access import ADDRESSEE, Grant, Viewer
from caseflow.actions import casework, letters, referrals, replies
from caseflow.actions.casework import Change, Done, Work
from caseflow.actions.referrals import Said
from caseflow.actions.typed import Typed
from caseflow.errors import Forbidden, NotFound, _
from caseflow.states import names
from caseflow.states.category import Text
from caseflow.states.lifecycle import INITIAL
from caseflow.store import addressed, institutions, offices, records
from caseflow.store.log import Entry
from caseflow.store.session import Session
from caseflow.store.types import Row

MOST = 200


@dataclass(frozen=True, slots=True)
class Addressed:
    """A referral as its receiver sees it: who the client is stands in the letter."""

    id: str
    institution: str
    title: Text | None
    """The letter that brought it; None where none went."""
    letter_number: str | None
    sent_on: date
    status: str
    case_number: str
    worker: str | None
    office: str
    phone: str
    owed: Row[Any] | None
    """When the answer is due; None once it no longer runs."""
    waiting: bool = False
    """An answer came by the code on the letter, and is not confirmed yet."""
    choices: tuple[tuple[str, Text], ...] = ()
    """What can be answered now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerOwn(Typed):
    """What an institution answers by its own log-in: that counts, and replaces an answer that waits."""

    referral: str
    status: str
    note: str = ""
    officer: str = ""


def institutions_of(session: Session, *, by: Viewer) -> tuple[str, ...]:
    """Return the names of the institutions a partner works for; `Forbidden` for anybody else."""
    return tuple(row.name for i in _ids(by) if (row := institutions.by_id(session, i)) is not None)


def waiting(session: Session, *, by: Viewer) -> tuple[Addressed, ...]:
    """Return the referrals sent to the partner's institutions that wait for an answer, the one due first in front."""
    known = {office.id: office for office in offices.every(session)}
    rows = [row for row in addressed.to(session, _ids(by), limit=MOST) if _may_know(session, row, by)]
    return tuple(_shown(session, row, known[row.office_id]) for row in rows)


def one(session: Session, referral: str, *, by: Viewer) -> Addressed:
    """Return one of them; `NotFound` for any other, and for one that is over."""
    row = _require(session, referral, by=by)
    return _shown(session, row, offices.require(session, row.office_id))


def answer_own(session: Session, command: AnswerOwn, *, by: Viewer, at: datetime) -> Done:
    """Answer a referral for the own institution; the caseworker is told, nobody has to confirm it.

    Raises `NotFound` for a referral that is not the institution's or is over, `InvalidInput`.
    """
    found = _require(session, command.referral, by=by)
    acting = replace(by, grants=(Grant(ADDRESSEE, ""),))

    def decide(work: Work) -> Change:
        row = referrals.awaited(work, found.id)
        if row.institution_id != found.institution_id:
            raise NotFound
        choices = [code for code, _label in replies.choices_of(session, row.status, found.kind)]
        officer = command.officer.strip() or by.name
        said = referrals.require_said(Said(command.status, command.note, officer, way="account"), choices)
        replies.require_short(said)

        def carry(held: Work) -> tuple[Entry, ...]:
            entry = referrals.take(held, row, said, held.today)
            replies.tell(held, kind="referral_answered", cause_key=f"referral:{row.id}:{said.status}")
            return (entry,)

        return Change(carry=carry)

    return casework.change(session, found.case_id, decide, by=acting, at=at, expected_version=None, during_hold=True)


def _require(session: Session, referral: str, *, by: Viewer) -> Row[Any]:
    row = addressed.one(session, _ids(by), referral) if casework.is_id(referral) else None
    if row is None or not _may_know(session, row, by):
        raise NotFound
    return row


def _may_know(session: Session, row: Row[Any], by: Viewer) -> bool:
    """Tell whether somebody of the institution may learn of the case: its record may say that they must not."""
    record = records.newest(session, row.case_id, INITIAL)
    if record is None:
        return True
    secret = names.persons_in(str(records.opened(session, row.subject_id, record).get("must_not_know") or ""))
    return not any(names.is_meant(person, by.name) for person in secret)


def _shown(session: Session, row: Row[Any], office: Row[Any]) -> Addressed:
    kind = letters.kinds(session).get(row.kind)
    return Addressed(
        id=row.id,
        institution=row.institution,
        title=kind.title if kind else None,
        letter_number=row.letter_number,
        sent_on=row.letter_date or row.sent_on,
        status=row.status,
        case_number=row.number,
        worker=row.worker,
        office=office.agency,
        phone=office.phone,
        owed=row if row.due_at is not None else None,
        waiting=row.offered is not None,
        choices=replies.choices_of(session, row.status, row.kind),
    )


def _ids(by: Viewer) -> tuple[str, ...]:
    if "partner" not in by.roles:
        raise Forbidden(action=_("membaca rujukan untuk lembaganya"), allowed=access.names_of(("partner",)))
    return tuple(sorted({g.institution_id for g in by.grants if g.role == "partner" and g.institution_id}))
