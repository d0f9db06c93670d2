"""Offers of cases that nobody answers: their receiver is reminded, then its head, then who offered them.

An obligation belongs to a case and to who answers for it; an offer is owed by somebody else. So it reminds from its own
row, by the same ladder (docs/decisions/0038), as a question of the audit desk does.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from caseflow.actions import inbox
from caseflow.actions.inbox import Notice
from caseflow.actions.looking_up import Run
from caseflow.actions.transfers import CAUSE, KIND
from caseflow.states import ladder
from caseflow.states.deadlines import Calendar, civil_date
from caseflow.store import transfers, users
from caseflow.store.session import Session
from caseflow.store.transfers import TransferRow

AHEAD = timedelta(days=21)
"""No reminder comes earlier than this before an offer is due, holidays included."""


@dataclass(frozen=True, slots=True)
class Reminded:
    """An offer whose rung has come: how many people hear of it for the first time."""

    number: str
    due_at: datetime
    rung: int
    told: int


@dataclass(slots=True)
class _Run(Run):
    accounts: dict[str, bool] = field(default_factory=dict)

    def active(self, user_id: str) -> bool:
        if user_id not in self.accounts:
            self.accounts[user_id] = users.active(self.session, user_id)
        return self.accounts[user_id]


def remind(session: Session, *, at: datetime) -> list[Reminded]:
    """Tell the rungs that have come; nobody hears one twice, however often and in how many places this runs.

    After days without a run each person hears of the highest rung only.
    """
    now = _Run(session, at)
    reached: list[tuple[TransferRow, int]] = []
    notices: list[Notice] = []
    for row in transfers.due(session, before=at + AHEAD):
        calendar = now.calendar(row.to_office)
        if not ladder.quiet(at, calendar):
            rungs = _reached(row, calendar, at)
            reached += [(row, rung) for rung in rungs]
            notices += [_notice(row, rung, user, calendar, at) for user, rung in _told(now, row, rungs).items()]
    new = Counter(notice.cause_key for notice in inbox.tell_new(session, notices, at=at))
    return [Reminded(row.number, row.due_at, rung, told) for row, rung in reached if (told := new[_cause(row, rung)])]


def _reached(row: TransferRow, calendar: Calendar, at: datetime) -> list[int]:
    falls = ladder.instants(ladder.LADDERS[KIND], start=row.offered_at, due=row.due_at, calendar=calendar)
    return [number for number, instant in enumerate(falls, 1) if instant <= at]


def _told(now: _Run, row: TransferRow, rungs: list[int]) -> dict[str, int]:
    """Return user -> the highest rung that has come to them."""
    found: dict[str, int] = {}
    for number in reversed(rungs):
        for user_id in _people(now, row, ladder.LADDERS[KIND][number - 1].audience):
            found.setdefault(user_id, number)
    return found


def _people(now: _Run, row: TransferRow, audience: tuple[str, ...]) -> tuple[str, ...]:
    on = civil_date(now.at, now.calendar(row.to_office))
    if ladder.ASKER in audience:
        # An account that is switched off hears nothing: the supervisors it offered for do.
        gone = not now.active(row.offered_by)
        return now.holders("supervisor", row.from_area, on) if gone else (row.offered_by,)
    return now.holders("head" if "head" in audience else "supervisor", row.to_area, on)


def _notice(row: TransferRow, number: int, user_id: str, calendar: Calendar, at: datetime) -> Notice:
    day, today = civil_date(row.due_at, calendar), civil_date(at, calendar)
    phase = "late" if at >= row.due_at else "due" if day == today else "before"
    data = {"phase": phase, "number": row.number, "due": day.isoformat()}
    return Notice(user_id=user_id, kind=KIND, cause_key=_cause(row, number), case_id=row.case_id, data=data)


def _cause(row: TransferRow, number: int) -> str:
    return f"{CAUSE}:{row.id}:rung{number}"
