"""What an operator reads off the rows: messages by channel, when the installation began."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select

from caseflow.store.session import Session
from caseflow.store.tables import delivery, user_account


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of the messages of a channel."""

    last: datetime | None
    waiting: int
    failed: int
    """Given up since a moment."""
    failure: str
    """Why the last of these was given up; empty where none was."""


def by_channel(session: Session, *, since: datetime) -> dict[str, Sent]:
    """Return what became of messages, by channel; those given up since a moment only."""
    lost = (delivery.c.state == "failed", delivery.c.created_at >= since)
    waits = delivery.c.state.in_(("waiting", "sending"))
    query = select(
        delivery.c.channel,
        func.max(delivery.c.sent_at).label("last"),
        func.sum(case((waits, 1), else_=0)).label("waiting"),
        func.sum(case((lost[0] & lost[1], 1), else_=0)).label("failed"),
    ).group_by(delivery.c.channel)
    found = {}
    for row in session.execute(query):
        why = select(delivery.c.failure).where(delivery.c.channel == row.channel, *lost)
        newest = why.order_by(delivery.c.created_at.desc(), delivery.c.id.desc()).limit(1)
        failure = session.execute(newest).scalar() if row.failed else ""
        found[row.channel] = Sent(row.last, int(row.waiting), int(row.failed), failure or "")
    return found


def began(session: Session) -> datetime | None:
    """Return when the first account was made; None while there is none."""
    moment: datetime | None = session.execute(select(func.min(user_account.c.created_at))).scalar()
    return moment
