"""Messages to people as rows: the inbox, and each delivery of a message through a channel."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, Row, bindparam, exists, func, or_, select, update

from caseflow.store.bulk import insert_all, insert_all_new
from caseflow.store.hot import Hot
from caseflow.store.reads import read
from caseflow.store.session import Session
from caseflow.store.tables import case_file, delivery, inbox, obligation, user_account

_FAILURE_LENGTH = 400
ASKED = ":asked"
"""What the cause of a request to approve ends with; before it stands the cause of its deadline."""


def add(session: Session, rows: Sequence[Mapping[str, Any]]) -> set[str]:
    """Insert messages, one a person and cause; return the ids of those that are new."""
    ids = {row["id"] for row in rows}
    if insert_all_new(session, inbox, rows, ("user_id", "cause_key")) == len(ids):
        return ids
    return set(session.execute(select(inbox.c.id).where(inbox.c.id.in_(list(ids)))).scalars())


def add_deliveries(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert the deliveries of new messages."""
    insert_all(session, delivery, rows)


def _done() -> ColumnElement[bool]:
    """Return the condition that what a message asks for was done, or fell away."""
    owed = obligation.alias("owed").c
    ended = or_(owed.satisfied_at.is_not(None), owed.cancelled_at.is_not(None))
    causes = (inbox.c.cause_key, func.replace(inbox.c.cause_key, ASKED, ""))
    ways = (owed.id == inbox.c.obligation_id, *(owed.cause_key == cause for cause in causes))
    return or_(*(exists().where(way, ended) for way in ways))


def of_user(session: Session, user_id: str, *, unread: bool = False, limit: int = 100) -> list[Row[Any]]:
    """Return a person's messages, newest first, with the number of the case, what is owed, and whether it is done.

    What was done by whichever way counts as read.
    """
    columns = (*inbox.c, case_file.c.number, obligation.c.ref_id, _done().label("done"))
    source = inbox.outerjoin(case_file, case_file.c.id == inbox.c.case_id)
    source = source.outerjoin(obligation, obligation.c.id == inbox.c.obligation_id)
    query = select(*columns).select_from(source).where(inbox.c.user_id == user_id)
    if unread:
        query = query.where(inbox.c.read_at.is_(None), ~_done())
    return list(session.execute(query.order_by(inbox.c.created_at.desc(), inbox.c.id.desc()).limit(limit)))


_UNREAD = read(
    select(inbox.c.id)
    .where(inbox.c.user_id == bindparam("of_user"), inbox.c.read_at.is_(None), ~_done())
    .limit(bindparam("most", type_=Integer))
)


def unread(session: Session, user_id: str, *, most: int) -> int:
    """Return how many messages a person has not read, `most` at most."""
    return len(_UNREAD.firsts(session, of_user=user_id, most=most))


def of_person(session: Session, user_id: str, inbox_id: str) -> Row[Any] | None:
    """Return one message of a person, with the number of the case, what is owed, and whether it is done."""
    source = inbox.outerjoin(case_file, case_file.c.id == inbox.c.case_id)
    source = source.outerjoin(obligation, obligation.c.id == inbox.c.obligation_id)
    columns = (*inbox.c, case_file.c.number, obligation.c.ref_id, _done().label("done"))
    query = select(*columns).select_from(source)
    return session.execute(query.where(inbox.c.id == inbox_id, inbox.c.user_id == user_id)).first()


def owner(session: Session, inbox_id: str) -> str | None:
    """Return whose message it is."""
    return session.execute(select(inbox.c.user_id).where(inbox.c.id == inbox_id)).scalar()


def mark_read(session: Session, user_id: str, inbox_id: str, *, at: datetime) -> bool:
    """Mark a person's message as read; False when it is not theirs or was read before."""
    mine = (inbox.c.id == inbox_id, inbox.c.user_id == user_id, inbox.c.read_at.is_(None))
    return session.execute(update(inbox).where(*mine).values(read_at=at)).rowcount == 1


_CAUSE_READ = Hot(
    update(inbox)
    .where(inbox.c.user_id == bindparam("of_user"))
    .where(inbox.c.cause_key == bindparam("of_cause"), inbox.c.read_at.is_(None))
    .values(read_at=bindparam("to_read"))
)


def mark_cause_read(session: Session, user_id: str, cause_key: str, *, at: datetime) -> None:
    """Mark a message as read that needs no reading, by its cause."""
    session.run(_CAUSE_READ, {"of_user": user_id, "of_cause": cause_key, "to_read": at})


def deliveries(session: Session, inbox_id: str) -> list[Row[Any]]:
    """Return how a message was sent."""
    return list(session.execute(select(delivery).where(delivery.c.inbox_id == inbox_id).order_by(delivery.c.channel)))


def deliveries_of(session: Session, inbox_ids: Collection[str]) -> dict[str, list[Row[Any]]]:
    """Return message -> how it was sent, by the name of the way."""
    found: dict[str, list[Row[Any]]] = {}
    if inbox_ids:
        query = select(delivery).where(delivery.c.inbox_id.in_(list(inbox_ids))).order_by(delivery.c.channel)
        for row in session.execute(query):
            found.setdefault(row.inbox_id, []).append(row)
    return found


def reminders_of_case(session: Session, case_id: str, *, limit: int) -> list[Row[Any]]:
    """Return the reminders of a case, newest first, each with its reader and whether it is done."""
    columns = (*inbox.c, case_file.c.number, user_account.c.name, _done().label("done"))
    source = inbox.join(case_file, case_file.c.id == inbox.c.case_id)
    source = source.join(user_account, user_account.c.id == inbox.c.user_id)
    query = select(*columns).select_from(source)
    query = query.where(inbox.c.case_id == case_id, inbox.c.obligation_id.is_not(None))
    return list(session.execute(query.order_by(inbox.c.created_at.desc(), inbox.c.id.desc()).limit(limit)))


_DELIVERY = read(
    select(
        delivery.c.id, delivery.c.inbox_id, delivery.c.channel, delivery.c.state, delivery.c.message_id,
        delivery.c.maybe_twice, inbox.c.kind, inbox.c.cause_key, inbox.c.data, inbox.c.case_id, case_file.c.number,
        inbox.c.user_id, inbox.c.obligation_id, obligation.c.ref_id, _done().label("done"),
    )
    .select_from(delivery)
    .join(inbox, inbox.c.id == delivery.c.inbox_id)
    .outerjoin(case_file, case_file.c.id == inbox.c.case_id)
    .outerjoin(obligation, obligation.c.id == inbox.c.obligation_id)
    .where(delivery.c.id == bindparam("of_id"))
    .with_for_update(of=delivery)
)  # fmt: skip


def delivery_by_id(session: Session, delivery_id: str) -> Row[Any] | None:
    """Return a delivery with its message, its reader and whether what it asks for is done; its row stays locked."""
    return _DELIVERY.first(session, of_id=delivery_id)


def set_delivery(session: Session, delivery_id: str, values: Mapping[str, Any]) -> None:
    """Change a delivery."""
    short = {k: v[:_FAILURE_LENGTH] if k == "failure" and v else v for k, v in values.items()}
    session.update(delivery, delivery_id, short)


_LEAVING = Hot(
    update(delivery)
    .where(delivery.c.id == bindparam("of_id"))
    .values(state="sending", attempts=delivery.c.attempts + 1, maybe_twice=bindparam("perhaps"))
)


def count_attempt(session: Session, delivery_id: str, *, maybe_twice: bool) -> None:
    """Note that a delivery is about to leave."""
    session.run(_LEAVING, {"of_id": delivery_id, "perhaps": maybe_twice})


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
