"""Steps of a period as the audit desk reads them, the approvals around them, and the questions about them."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Row, and_, bindparam, literal_column, or_, select

from caseflow.access import Viewer
from caseflow.store import scope
from caseflow.store.reads import read
from caseflow.store.session import Session
from caseflow.store.tables import audit_question, case_entry, case_file, review

MOST = 10_000
"""Steps looked at together: the newest of the period; older ones in a period of their own."""
MOST_APPROVALS = 100_000
_OF_CASE = (
    case_file.c.number,
    case_file.c.office_id,
    case_file.c.confidentiality,
    case_file.c.category,
    case_file.c.area_code,
    case_file.c.opened_at,
    case_file.c.emergency_since,
    case_file.c.emergency_paid,
)
_COLUMNS = tuple(case_entry.c[name] for name in ("id", "case_id", "seq", "actor", "event_date", "entered_at", "data"))
_TAKEN: ColumnElement[bool] = case_entry.c.code == literal_column("'case:step:taken'")


def _of(start: datetime, end: datetime) -> ColumnElement[bool]:
    return and_(_TAKEN, case_entry.c.entered_at >= start, case_entry.c.entered_at < end)


def cut(session: Session, viewer: Viewer, start: datetime, end: datetime, most: int = MOST) -> datetime | None:
    """Return since when a period is looked at where the viewer sees too many steps in it; None where they do not.

    Everybody's steps are counted first, in an index alone: mostly they are few enough for anybody.
    """
    query = select(case_entry.c.entered_at).where(_of(start, end))
    query = query.order_by(case_entry.c.entered_at.desc()).offset(most).limit(1)
    if session.execute(query).scalar() is None:
        return None
    own = query.join(case_file, case_file.c.id == case_entry.c.case_id).where(seen_by(viewer))
    found: datetime | None = session.execute(own).scalar()
    return found


def taken(session: Session, viewer: Viewer, start: datetime, end: datetime) -> list[Row[Any]]:
    """Return the steps typed from `start` until before `end` whose entries the viewer may see, newest first.

    `visible` tells whether the viewer may open the case: of a closed file an auditor sees the entry alone.
    """
    query = (
        select(*_COLUMNS, *_OF_CASE, scope.visible_to(viewer).label("visible"))
        .join(case_file, case_file.c.id == case_entry.c.case_id)
        .where(_of(start, end), seen_by(viewer))
    )
    return list(session.execute(query.order_by(case_entry.c.entered_at.desc(), case_entry.c.id.desc())))


def seen_by(viewer: Viewer) -> ColumnElement[bool]:
    """Return the condition that the viewer may see the entries of a case: `audit_desk.sees` as a filter."""
    closed = and_(case_file.c.confidentiality == "R3", scope.within(viewer.areas("auditor")))
    return or_(scope.visible_to(viewer), closed)


def entry(session: Session, case_id: str, seq: int) -> Row[Any] | None:
    """Return one step of a case by the number of its entry."""
    query = select(*_COLUMNS, case_entry.c.hash, case_entry.c.facts_digest)
    return session.execute(
        query.where(case_entry.c.case_id == case_id, case_entry.c.seq == seq, case_entry.c.code == "case:step:taken")
    ).first()


def steps_of(session: Session, case_id: str) -> list[int]:
    """Return the numbers of a case's entries that are steps, in order."""
    query = select(case_entry.c.seq).where(case_entry.c.case_id == case_id, _TAKEN)
    return list(session.execute(query.order_by(case_entry.c.seq)).scalars())


def data_of(row: Row[Any]) -> Mapping[str, Any]:
    """Return what an entry says."""
    found: Mapping[str, Any] = orjson.loads(row.data)
    return found


def approvals(
    session: Session, viewer: Viewer, start: datetime, end: datetime
) -> dict[tuple[str, str, str], list[datetime]]:
    """Return office, who asked and who approved -> when, of what was approved in a period, in order."""
    query = (
        select(case_file.c.office_id, review.c.requested_by, review.c.decided_by, review.c.decided_at)
        .join(case_file, case_file.c.id == review.c.case_id)
        .where(review.c.state == literal_column("'granted'"), seen_by(viewer))
        .where(review.c.decided_at >= start, review.c.decided_at < end)
        .order_by(review.c.decided_at.desc())
        .limit(MOST_APPROVALS)
    )
    found: dict[tuple[str, str, str], list[datetime]] = {}
    for row in session.execute(query):
        found.setdefault((row.office_id, row.requested_by, row.decided_by), []).append(row.decided_at)
    return {key: moments[::-1] for key, moments in found.items()}


# --- questions -------------------------------------------------------------------------------------------------------


def question(session: Session, question_id: str) -> Row[Any] | None:
    """Return a question."""
    return session.execute(select(audit_question).where(audit_question.c.id == question_id)).first()


def about(session: Session, entry_ids: Collection[str]) -> dict[str, list[Row[Any]]]:
    """Return entry -> the questions about it, oldest first."""
    found: dict[str, list[Row[Any]]] = {}
    if entry_ids:
        query = select(audit_question).where(audit_question.c.entry_id.in_(entry_ids)).order_by(audit_question.c.id)
        for row in session.execute(query):
            found.setdefault(row.entry_id, []).append(row)
    return found


def open_questions(session: Session, viewer: Viewer, limit: int) -> list[Row[Any]]:
    """Return the questions not closed yet that the viewer may see, the first due first, with their cases."""
    mine = or_(audit_question.c.asked_of == viewer.user_id, audit_question.c.asked_by == viewer.user_id)
    query = (
        select(audit_question, case_file.c.number, case_file.c.confidentiality)
        .join(case_file, case_file.c.id == audit_question.c.case_id)
        .where(audit_question.c.state != literal_column("'closed'"), or_(seen_by(viewer), mine))
        .order_by(audit_question.c.due_at, audit_question.c.id)
        .limit(limit)
    )
    return list(session.execute(query))


_UNANSWERED = (
    select(audit_question, case_file.c.number, case_file.c.confidentiality, case_file.c.office_id)
    .join(case_file, case_file.c.id == audit_question.c.case_id)
    .where(audit_question.c.state == literal_column("'asked'"))
    .order_by(audit_question.c.due_at, audit_question.c.id)
)
_ASKED_OF = read(_UNANSWERED.where(audit_question.c.asked_of == bindparam("of_user")))
"""My work asks it at each opening."""


def unanswered(session: Session, *, before: datetime | None = None, of: str | None = None) -> list[Row[Any]]:
    """Return the questions that nobody has answered, with number, office and level of their cases, first due first.

    Those due before a moment, or those somebody was asked.
    """
    if of is not None and before is None:
        return _ASKED_OF.all(session, of_user=of)
    query = _UNANSWERED
    if before is not None:
        query = query.where(audit_question.c.due_at < before)
    if of is not None:
        query = query.where(audit_question.c.asked_of == of)
    return list(session.execute(query))
