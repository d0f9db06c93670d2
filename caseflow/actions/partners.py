"""What a partner institution sees: the referrals addressed to it that wait for its answer, nothing of the client."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from caseflow import access
from caseflow.access import Viewer
from caseflow.actions import letters
from caseflow.errors import Forbidden, _
from caseflow.states.category import Text
from caseflow.store import addressed, institutions, offices
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


def institutions_of(session: Session, *, by: Viewer) -> tuple[str, ...]:
    """Return the names of the institutions a partner works for; `Forbidden` for anybody else."""
    return tuple(row.name for i in _ids(by) if (row := institutions.by_id(session, i)) is not None)


def waiting(session: Session, *, by: Viewer) -> tuple[Addressed, ...]:
    """Return the referrals sent to the partner's institutions that wait for an answer, the one due first in front."""
    kinds = letters.kinds(session)
    known = {office.id: office for office in offices.every(session)}
    return tuple(
        Addressed(
            id=row.id,
            institution=row.institution,
            title=kinds[row.kind].title if row.kind in kinds else None,
            letter_number=row.letter_number,
            sent_on=row.letter_date or row.sent_on,
            status=row.status,
            case_number=row.number,
            worker=row.worker,
            office=known[row.office_id].agency,
            phone=known[row.office_id].phone,
            owed=row if row.due_at is not None else None,
        )
        for row in addressed.to(session, _ids(by), limit=MOST)
    )


def _ids(by: Viewer) -> tuple[str, ...]:
    if "partner" not in by.roles:
        raise Forbidden(action=_("membaca rujukan untuk lembaganya"), allowed=access.names_of(("partner",)))
    return tuple(sorted({g.institution_id for g in by.grants if g.role == "partner" and g.institution_id}))
