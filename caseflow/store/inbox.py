"""Messages to people as rows: the inbox, and each delivery of a message through a channel."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update

from caseflow.store.bulk import insert_all_new
from caseflow.store.session import Session
from caseflow.store.tables import case_file, delivery, inbox, obligation, user_account

_FAILURE_LENGTH = 400


def add(session: Session, rows: Sequence[Mapping[str, Any]]) -> set[str]:
    """Insert messages, one a person and cause; return the ids of those that are new."""
    ids = {row["id"] for row in rows}
    if insert_all_new(session, inbox, rows, ("user_id", "cause_key")) == len(ids):
        return ids
    return set(session.execute(select(inbox.c.id).where(inbox.c.id.in_(list(ids)))).scalars())


def add_deliveries(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert the deliveries of new messages."""
    if rows:
        session.execute(insert(delivery), [dict(row) for row in rows])


def recipients(session: Session, user_ids: Sequence[str]) -> dict[str, Row[Any]]:
    """Return id -> username, email, language of those accounts that may work."""
    columns = (user_account.c.id, user_account.c.username, user_account.c.email, user_account.c.language)
    query = select(*columns).where(user_account.c.id.in_(list(user_ids)), user_account.c.active)
    return {row.id: row for row in session.execute(query)} if user_ids else {}


def of_user(session: Session, user_id: str, *, unread: bool = False, limit: int = 100) -> list[Row[Any]]:
    """Return a person's messages with the number of the case, newest first."""
    query = select(inbox, case_file.c.number).outerjoin(case_file, case_file.c.id == inbox.c.case_id)
    query = query.where(inbox.c.user_id == user_id)
    if unread:
        query = query.where(inbox.c.read_at.is_(None))
    return list(session.execute(query.order_by(inbox.c.created_at.desc(), inbox.c.id.desc()).limit(limit)))


def owner(session: Session, inbox_id: str) -> str | None:
    """Return whose message it is."""
    return session.execute(select(inbox.c.user_id).where(inbox.c.id == inbox_id)).scalar()


def mark_read(session: Session, user_id: str, inbox_id: str, *, at: datetime) -> bool:
    """Mark a person's message as read; False when it is not theirs or was read before."""
    mine = (inbox.c.id == inbox_id, inbox.c.user_id == user_id, inbox.c.read_at.is_(None))
    return session.execute(update(inbox).where(*mine).values(read_at=at)).rowcount == 1


def deliveries(session: Session, inbox_id: str) -> list[Row[Any]]:
    """Return how a message was sent."""
    return list(session.execute(select(delivery).where(delivery.c.inbox_id == inbox_id).order_by(delivery.c.channel)))


def delivery_by_id(session: Session, delivery_id: str) -> Row[Any] | None:
    """Return a delivery with its message, its reader and whether its obligation has ended; its row stays locked."""
    columns = (
        delivery.c.id, delivery.c.channel, delivery.c.state, delivery.c.message_id, delivery.c.maybe_twice,
        inbox.c.kind, inbox.c.data, inbox.c.case_id, case_file.c.number,
        user_account.c.id.label("user_id"), user_account.c.username, user_account.c.email,
        user_account.c.language, user_account.c.active,
        obligation.c.satisfied_at, obligation.c.cancelled_at,
    )  # fmt: skip
    query = (
        select(*columns)
        .select_from(delivery)
        .join(inbox, inbox.c.id == delivery.c.inbox_id)
        .join(user_account, user_account.c.id == inbox.c.user_id)
        .outerjoin(case_file, case_file.c.id == inbox.c.case_id)
        .outerjoin(obligation, obligation.c.id == inbox.c.obligation_id)
        .where(delivery.c.id == delivery_id)
        .with_for_update(of=delivery)
    )
    return session.execute(query).first()


def set_delivery(session: Session, delivery_id: str, values: Mapping[str, Any]) -> None:
    """Change a delivery."""
    short = {k: v[:_FAILURE_LENGTH] if k == "failure" and v else v for k, v in values.items()}
    session.execute(update(delivery).where(delivery.c.id == delivery_id).values(short))


def count_attempt(session: Session, delivery_id: str, *, maybe_twice: bool) -> None:
    """Note that a delivery is about to leave."""
    values = {"state": "sending", "attempts": delivery.c.attempts + 1, "maybe_twice": maybe_twice}
    session.execute(update(delivery).where(delivery.c.id == delivery_id).values(values))


def rungs_of_case(session: Session, case_id: str) -> dict[str, list[int]]:
    """Return kind of obligation -> the rungs that were told in a case, in order."""
    query = (
        select(obligation.c.kind, inbox.c.rung)
        .join(obligation, obligation.c.id == inbox.c.obligation_id)
        .where(obligation.c.case_id == case_id)
        .order_by(inbox.c.created_at, inbox.c.rung)
    )
    found: dict[str, list[int]] = {}
    for row in session.execute(query):
        found.setdefault(row.kind, []).append(row.rung)
    return found
