"""Referrals by their receiver, whatever case they hang on."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Select, and_, or_, select

from caseflow.states.lifecycle import CLOSED
from caseflow.store.session import Session
from caseflow.store.tables import case_file, institution, letter, obligation, referral, user_account

AWAITED = ("open", "accepted")
SENT = ("sent", "answered")


def to(session: Session, institution_ids: Sequence[str], *, limit: int) -> list[Row[Any]]:
    """Return the referrals that wait for one of these institutions, the one due first in front.

    With the letter that went, the case's number and worker, and the obligation that runs; nothing about the client.
    """
    query = _sent(institution_ids).order_by(obligation.c.due_at, referral.c.id).limit(limit)
    return list(session.execute(query)) if institution_ids else []


def one(session: Session, institution_ids: Sequence[str], referral_id: str) -> Row[Any] | None:
    """Return one of them."""
    query = _sent(institution_ids).where(referral.c.id == referral_id)
    return session.execute(query).first() if institution_ids else None


def by_digest(session: Session, digest: str) -> Row[Any] | None:
    """Return the referral that a reply code opens, whatever became of it."""
    return session.execute(_query().where(referral.c.reply_digest == digest)).first()


def _sent(institution_ids: Sequence[str]) -> Select[Any]:
    """Select what these institutions still have to answer: sent, in a case that is open."""
    sent = or_(referral.c.letter_id.is_(None), letter.c.state.in_(SENT))
    here = referral.c.institution_id.in_(institution_ids)
    return _query().where(here, referral.c.status.in_(AWAITED), sent, case_file.c.state != CLOSED)


def _query() -> Select[Any]:
    return (
        select(
            *(column for column in referral.c if column is not referral.c.number),
            institution.c.name.label("institution"),
            case_file.c.number,
            case_file.c.office_id,
            case_file.c.subject_id,
            case_file.c.confidentiality,
            case_file.c.state.label("case_state"),
            letter.c.kind,
            letter.c.number.label("letter_number"),
            letter.c.letter_date,
            letter.c.state.label("letter_state"),
            letter.c.confidentiality.label("letter_confidentiality"),
            user_account.c.name.label("worker"),
            obligation.c.kind.label("owed"),
            obligation.c.span,
            obligation.c.started_at,
            obligation.c.due_at,
        )
        .join(institution, institution.c.id == referral.c.institution_id)
        .join(case_file, case_file.c.id == referral.c.case_id)
        .outerjoin(letter, letter.c.id == referral.c.letter_id)
        .outerjoin(user_account, user_account.c.id == case_file.c.assignee_id)
        .outerjoin(
            obligation,
            and_(
                obligation.c.case_id == referral.c.case_id,
                obligation.c.ref_id == referral.c.id,
                obligation.c.kind == "referral_answer",
                obligation.c.satisfied_at.is_(None),
                obligation.c.cancelled_at.is_(None),
            ),
        )
    )
