"""Requests to erase somebody as rows, and what an erasure holds, cuts off and leaves for a restored backup."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from caseflow.access import Viewer
from caseflow.errors import Busy, Erased
from caseflow.store import cases, proof, scope, vault
from caseflow.store.cases import CaseRow
from caseflow.store.session import Session
from caseflow.store.tables import (
    case_file,
    delivery,
    erasure,
    household_member,
    inbox,
    job,
    letter,
    subject,
)

ErasureRow = Row[Any]
PLACE = "erasure.sealed."


def add(session: Session, subject_id: str, values: Mapping[str, Any], words: Mapping[str, str]) -> None:
    """Insert a request that waits; `Busy` when another was made for this person at this moment."""
    sealed = vault.seal(session, subject_id, PLACE + values["id"], words)
    row = {"subject_id": subject_id, "state": "pending", "sealed": sealed, **values}
    try:
        session.execute(insert(erasure).values(row))
    except IntegrityError as error:
        raise Busy from error
    proof.note(session, erasure, row)


def by_id(session: Session, erasure_id: str) -> ErasureRow | None:
    """Return a request."""
    return session.execute(select(erasure).where(erasure.c.id == erasure_id)).first()


def pending_of(session: Session, subject_id: str) -> ErasureRow | None:
    """Return the request for a person that waits."""
    query = select(erasure).where(erasure.c.subject_id == subject_id, erasure.c.state == "pending")
    return session.execute(query).first()


def of_subject(session: Session, subject_id: str) -> list[ErasureRow]:
    """Return every request for a person, newest first."""
    query = select(erasure).where(erasure.c.subject_id == subject_id)
    return list(session.execute(query.order_by(erasure.c.id.desc())))


def visible(session: Session, viewer: Viewer, *, pending: bool, limit: int) -> list[ErasureRow]:
    """Return the requests made in cases the viewer may see, the oldest first; only those that wait, when asked so."""
    query = select(erasure).join(case_file, case_file.c.id == erasure.c.case_id).where(scope.visible_to(viewer))
    if pending:
        query = query.where(erasure.c.state == "pending")
    return list(session.execute(query.order_by(erasure.c.requested_at, erasure.c.id).limit(limit)))


def words(session: Session, row: ErasureRow) -> dict[str, Any]:
    """Return what was said with a request: reason, applicant, evidence; nothing once the person was erased."""
    try:
        return vault.unseal(session, row.subject_id, PLACE + row.id, row.sealed)
    except Erased:
        return {}


def close(session: Session, erasure_id: str, state: str, *, by: str, at: datetime) -> bool:
    """Decide a request that waits: granted, refused or withdrawn; False when it was decided already."""
    statement = (
        update(erasure)
        .where(erasure.c.id == erasure_id, erasure.c.state == "pending")
        .values(state=state, decided_by=by, decided_at=at)
    )
    return len(proof.change(session, erasure, statement)) == 1


# --- whom it takes along ----------------------------------------------------------------------------------------------


def households_left_empty(session: Session, person_id: str) -> list[str]:
    """Return the households of which this person is the last member whose data are kept."""
    mine = select(household_member.c.household_id).where(household_member.c.person_id == person_id)
    others = (
        select(household_member.c.household_id)
        .join(subject, subject.c.id == household_member.c.person_id)
        .where(household_member.c.person_id != person_id, subject.c.destroyed_at.is_(None))
    )
    query = select(subject.c.id).where(
        subject.c.id.in_(mine), subject.c.id.not_in(others), subject.c.destroyed_at.is_(None)
    )
    return sorted(session.execute(query).scalars())


def hold(session: Session, subject_ids: Iterable[str]) -> list[CaseRow]:
    """Hold every case of these subjects, in the order of their ids, then the subjects themselves; return the cases.

    Nobody opens a case for them meanwhile: that needs the subject's row.
    """
    ids = sorted(subject_ids)
    query = select(case_file).where(case_file.c.subject_id.in_(ids)).order_by(case_file.c.id)
    held = [CaseRow._make(row) for row in session.execute(query.with_for_update())]
    session.execute(select(subject.c.id).where(subject.c.id.in_(ids)).order_by(subject.c.id).with_for_update()).all()
    found = [CaseRow._make(row) for row in session.execute(query)]
    if [case.id for case in found] != [case.id for case in held]:
        raise Busy  # a case was opened between the two: asked again, it is held too
    return found


def open_households(session: Session, person_id: str) -> list[CaseRow]:
    """Return the open cases of the households a person still belongs to."""
    mine = select(household_member.c.household_id).where(
        household_member.c.person_id == person_id, household_member.c.ends_on.is_(None)
    )
    query = select(case_file).where(case_file.c.subject_id.in_(mine), case_file.c.state != "closed")
    return [CaseRow._make(row) for row in session.execute(query.order_by(case_file.c.number))]


def letters_of(session: Session, case_ids: Collection[str]) -> int:
    """Return how many letters hang on these cases."""
    query = select(func.count(letter.c.id)).where(letter.c.case_id.in_(list(case_ids)))
    return int(session.execute(query).scalar_one())


# --- what it cuts off -------------------------------------------------------------------------------------------------


def cut_off(session: Session, case_id: str) -> None:
    """Stop what of a case is on its way out: messages not sent, links to answer by, and what failures quote."""
    statement = update(letter).where(letter.c.case_id == case_id, letter.c.reply_digest.is_not(None))
    proof.change(session, letter, statement.values(reply_digest=None))
    told = select(inbox.c.id).where(inbox.c.case_id == case_id)
    waiting = (delivery.c.inbox_id.in_(told), delivery.c.state.in_(("waiting", "sending")))
    session.execute(update(delivery).where(*waiting).values(state="dropped"))
    session.execute(update(delivery).where(delivery.c.inbox_id.in_(told)).values(failure=None))
    letters = session.execute(select(letter.c.id).where(letter.c.case_id == case_id)).scalars()
    keys = [f"letter.render:{letter_id}" for letter_id in letters]
    if keys:
        session.execute(update(job).where(job.c.key.in_(keys)).values(failure=None))


# --- what a restored backup is told -----------------------------------------------------------------------------------


def ledger(session: Session) -> list[Row[Any]]:
    """Return everybody who was erased: (id, kind, destroyed_at), the first first. No data, only ids and moments."""
    query = select(subject.c.id, subject.c.kind, subject.c.destroyed_at).where(subject.c.destroyed_at.is_not(None))
    return list(session.execute(query.order_by(subject.c.destroyed_at, subject.c.id)))


def kept(session: Session, subject_id: str) -> bool | None:
    """Tell whether somebody's data are still readable; None when there is no such subject."""
    row = session.execute(select(subject.c.destroyed_at).where(subject.c.id == subject_id)).first()
    return None if row is None else row.destroyed_at is None


def last_closed(session: Session, subject_ids: Iterable[str]) -> datetime | None:
    """Return when the newest of the closed cases of these subjects was closed."""
    closed = [case.closed_at for each in subject_ids for case in cases.of_subject(session, each) if case.closed_at]
    return max(closed, default=None)
