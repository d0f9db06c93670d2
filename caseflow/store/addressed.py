"""Referrals by their receiver, whatever case they hang on."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, and_, or_, select

from caseflow.store.session import Session
from caseflow.store.tables import case_file, institution, letter, obligation, referral, user_account

AWAITED = ("open", "accepted")
SENT = ("sent", "answered")


def to(session: Session, institution_ids: Sequence[str], *, limit: int) -> list[Row[Any]]:
    """Return the referrals that wait for one of these institutions, the one due first in front.

    With the letter that went, the case's number and worker, and the obligation that runs; nothing about the client.
    """
    sent = or_(referral.c.letter_id.is_(None), letter.c.state.in_(SENT))
    query = (
        select(
            referral.c.id,
            referral.c.status,
            referral.c.sent_on,
            institution.c.name.label("institution"),
            case_file.c.number,
            case_file.c.office_id,
            letter.c.kind,
            letter.c.number.label("letter_number"),
            letter.c.letter_date,
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
                obligation.c.satisfied_at.is_(None),
                obligation.c.cancelled_at.is_(None),
            ),
        )
        .where(referral.c.institution_id.in_(institution_ids), referral.c.status.in_(AWAITED), sent)
        .order_by(obligation.c.due_at, referral.c.id)
        .limit(limit)
    )
    return list(session.execute(query)) if institution_ids else []
