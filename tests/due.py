"""What tests of reminders share: an office, obligations from one Monday on, sweeps, and who was told what."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from caseflow.actions import obligations
from caseflow.states.deadlines import Span
from caseflow.store import offices, users
from caseflow.store.cases import CaseRow
from caseflow.store.session import Database, Session
from caseflow.store.tables import inbox as inbox_table
from caseflow.store.tables import obligation
from tests import factories

WITA = ZoneInfo("Asia/Makassar")
MONDAY = datetime(2026, 11, 16, 9, tzinfo=WITA)
FIVE = Span(5, "working_days")  # from MONDAY: the end of Monday the 23rd


@dataclass(frozen=True)
class Office:
    """An office with one of each, and their cases."""

    id: str
    worker: str
    supervisor: str
    head: str


def people(session: Session) -> Office:
    return Office(
        factories.office(session),
        factories.user(session, "pendamping", "caseworker"),
        factories.user(session, "supervisor", "supervisor"),
        factories.user(session, "kadis", "head"),
    )


def start(
    session: Session,
    case: CaseRow,
    *,
    kind: str = "state_deadline",
    span: Span | None = FIVE,
    cause: str = "cause",
    at: datetime = MONDAY,
    recipient: str = "assignee",
    due_on: date | None = None,
    since: datetime | None = None,
) -> str:
    calendar = offices.calendar(session, case.office_id)
    obligations.start(
        session, case=case, kind=kind, span=span, recipient=recipient, basis="dasar", cause_key=cause, at=at,
        calendar=calendar, due_on=due_on, since=since,
    )  # fmt: skip
    started: str = session.execute(select(obligation.c.id).where(obligation.c.cause_key == cause)).scalar_one()
    return started


def due(session: Session, cause: str = "cause") -> str:
    (row,) = session.execute(select(obligation.c.due_at).where(obligation.c.cause_key == cause))
    return f"{row.due_at.astimezone(WITA):%a %d %b %H.%M}"


def told(session: Session) -> list[tuple[str, str, str, int | None]]:
    """Return what everybody was reminded of, in order: when, who, phase, rung."""
    query = select(inbox_table).where(inbox_table.c.obligation_id.is_not(None))
    names = users.names(session, set(session.execute(select(inbox_table.c.user_id)).scalars()))
    found = [
        (m.created_at.astimezone(WITA), m.rung, names[m.user_id], m.data.get("phase")) for m in session.execute(query)
    ]
    return [(f"{at:%d %b %H.%M}", who, phase, rung) for at, rung, who, phase in sorted(found)]


def sweep_daily(database: Database, begin: datetime, end: datetime) -> None:
    """Sweep at a few hours of each day from `begin` to `end`, nights and days off included."""
    day = begin.astimezone(WITA).replace(minute=0)
    while day.date() <= end.date():
        for hour in (1, 6, 7, 8, 10, 14, 19, 22):
            at = day.replace(hour=hour)
            if begin <= at <= end:
                with database.write() as session:
                    obligations.sweep(session, at=at)
        day += timedelta(days=1)
