"""Offers of cases that nobody answers: their receiver is reminded, then its head, then who offered them.

An obligation belongs to a case and to who answers for it; an offer is owed by somebody else. So it reminds from its own
row, by the same ladder (docs/decisions/0038), as a question of the audit desk does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from caseflow.actions import inbox
from caseflow.actions.inbox import Notice
from caseflow.actions.transfers import CAUSE, KIND
from caseflow.states import ladder
from caseflow.states.deadlines import Calendar, civil_date
from caseflow.store import offices, transfers, users
from caseflow.store.session import Session
from caseflow.store.transfers import TransferRow


@dataclass(frozen=True, slots=True)
class Reminded:
    """An offer whose rung has come: how many people hear of it for the first time."""

    number: str
    due_at: datetime
    rung: int
    told: int


def remind(session: Session, *, at: datetime) -> list[Reminded]:
    """Tell the rungs that have come; nobody hears one twice, however often and in how many places this runs."""
    found = []
    for row in transfers.due(session):
        calendar = offices.calendar(session, row.to_office)
        if not ladder.quiet(at, calendar):
            found += [
                Reminded(row.number, row.due_at, rung, n) for rung, n in _climbed(session, row, calendar, at) if n
            ]
    return found


def _climbed(session: Session, row: TransferRow, calendar: Calendar, at: datetime) -> list[tuple[int, int]]:
    rungs = ladder.LADDERS[KIND]
    falls = ladder.instants(rungs, start=row.offered_at, due=row.due_at, calendar=calendar)
    told = []
    for number, rung in enumerate(rungs, 1):
        if falls[number - 1] <= at:
            people = _people(session, row, rung.audience, civil_date(at, calendar))
            told.append(
                (number, inbox.tell_all(session, [_notice(row, number, u, calendar, at) for u in people], at=at))
            )
    return told


def _people(session: Session, row: TransferRow, audience: Sequence[str], on: date) -> tuple[str, ...]:
    if ladder.ASKER in audience:
        return (row.offered_by,)
    role = "head" if "head" in audience else "supervisor"
    return users.holders(session, role, row.to_area, on)


def _notice(row: TransferRow, number: int, user_id: str, calendar: Calendar, at: datetime) -> Notice:
    day, today = civil_date(row.due_at, calendar), civil_date(at, calendar)
    phase = "late" if at >= row.due_at else "due" if day == today else "before"
    data = {"phase": phase, "number": row.number, "due": day.isoformat()}
    return Notice(
        user_id=user_id, kind=KIND, cause_key=f"{CAUSE}:{row.id}:rung{number}", case_id=row.case_id, data=data
    )
