"""Unanswered questions of the audit desk: what somebody has to answer, and the reminders that climb.

A question outlives its case, and is nobody's business but of those it concerns: it reminds from its own row, by the
same ladder as an obligation (docs/decisions/0032).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from caseflow.access import Viewer
from caseflow.actions import audit_questions, inbox
from caseflow.actions.audit_questions import QuestionRow
from caseflow.actions.inbox import Notice
from caseflow.states import ladder
from caseflow.states.deadlines import Calendar, civil_date
from caseflow.store import audit_desk as rows
from caseflow.store import cases, offices, users
from caseflow.store.session import Session

KIND = "audit_question"
AHEAD = timedelta(days=21)
"""No reminder comes earlier than this before a question is due, holidays included."""


@dataclass(frozen=True, slots=True)
class Reminded:
    """A question whose rung has come: how many people hear of it for the first time."""

    number: str
    due_at: datetime
    rung: int
    told: int


def to_answer(session: Session, *, by: Viewer) -> list[QuestionRow]:
    """Return the questions that wait for somebody's answer, the first due first; their words are not read."""
    return rows.unanswered(session, of=by.user_id)


def remind(session: Session, *, at: datetime) -> list[Reminded]:
    """Tell the rungs that have come; nobody hears one twice, however often and in how many places this runs.

    Before and on its day who was asked hears of it, then who asked, then who else may close it.
    """
    calendars: dict[str, Calendar] = {}
    found = []
    for row in rows.unanswered(session, before=at + AHEAD):
        if row.office_id not in calendars:
            calendars[row.office_id] = offices.calendar(session, row.office_id)
        if ladder.quiet(at, calendars[row.office_id]):
            continue
        told = _climbed(session, row, calendars[row.office_id], at)
        found += [Reminded(row.number, row.due_at, rung, n) for rung, n in told if n]
    return found


def _climbed(session: Session, row: QuestionRow, calendar: Calendar, at: datetime) -> list[tuple[int, int]]:
    """Tell each person of a question the highest rung that has come to them; return rung -> how many are new."""
    rungs = ladder.LADDERS[KIND]
    falls = ladder.instants(rungs, start=row.asked_at, due=row.due_at, calendar=calendar)
    begins = ladder.first_rung(rungs, falls, at=row.asked_at)
    reached = [n for n in range(begins + 1, len(rungs) + 1) if falls[n - 1] <= at]
    seen: set[str] = set()
    told = []
    for number in reversed(reached):
        people = [user for user in _people(session, row, rungs[number - 1].audience, at) if user not in seen]
        seen.update(people)
        told.append((number, inbox.tell_all(session, [_notice(row, number, u, calendar, at) for u in people], at=at)))
    return told


def _people(session: Session, row: QuestionRow, audience: Sequence[str], at: datetime) -> tuple[str, ...]:
    if ladder.ABOVE in audience:
        case = cases.by_id(session, row.case_id)
        return audit_questions.above_of(session, row, case, at) if case is not None else ()
    # Nobody answers for an account that is switched off: who asked may close the question now.
    answers = ladder.RECIPIENT in audience and users.active(session, row.asked_of)
    return (row.asked_of if answers else row.asked_by,)


def _notice(row: QuestionRow, number: int, user_id: str, calendar: Calendar, at: datetime) -> Notice:
    day, today = civil_date(row.due_at, calendar), civil_date(at, calendar)
    phase = "late" if at >= row.due_at else "due" if day == today else "before"
    data = {"phase": phase, "question": row.id, "step": row.step, "number": row.number, "due": day.isoformat()}
    return Notice(
        user_id=user_id, kind=KIND, cause_key=f"question:{row.id}:rung{number}", case_id=row.case_id, data=data
    )
