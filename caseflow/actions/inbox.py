"""Telling people: inbox rows with their deliveries, in the step's own transaction; and the life of a delivery."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from caseflow.actions import calendars, messages, reaching
from caseflow.channels import registry
from caseflow.channels.protocol import Message
from caseflow.ids import new_id
from caseflow.settings import Settings
from caseflow.store import inbox as rows
from caseflow.store import jobs, reach
from caseflow.store.jobs import NewJob
from caseflow.store.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One message to one person; `data` holds ids, codes, numbers and dates only."""

    user_id: str
    kind: str
    cause_key: str
    case_id: str | None
    data: Mapping[str, Any]
    obligation_id: str | None = None
    rung: int | None = None


def tell(  # noqa: PLR0913 - one message is that many facts
    session: Session,
    user_ids: Collection[str],
    *,
    kind: str,
    cause_key: str,
    case_id: str | None,
    data: Mapping[str, Any],
    at: datetime,
    obligation_id: str | None = None,
    rung: int | None = None,
) -> int:
    """Put a message into people's inboxes and send it through their channels; return how many are new.

    Nobody is told the same cause twice.
    """
    notices = [
        Notice(
            user_id=user_id,
            kind=kind,
            cause_key=cause_key,
            case_id=case_id,
            data=data,
            obligation_id=obligation_id,
            rung=rung,
        )
        for user_id in sorted(set(user_ids))
    ]
    return tell_all(session, notices, at=at)


def tell_all(session: Session, notices: Sequence[Notice], *, at: datetime) -> int:
    """Put many messages into inboxes at once; those to accounts that are switched off are left out.

    Return how many were not there yet.
    """
    return len(tell_new(session, notices, at=at))


def tell_new(session: Session, notices: Sequence[Notice], *, at: datetime) -> list[Notice]:
    """Put many messages into inboxes at once, as `tell_all`; return those that were not there yet."""
    readers = reach.readers(session, {n.user_id for n in notices})
    found = [(str(new_id(at)), notice) for notice in notices if notice.user_id in readers]
    new = rows.add(session, [_inbox_row(inbox_id, notice, at) for inbox_id, notice in found])
    deliveries = [
        _delivery_row(inbox_id, channel, session.settings, at)
        for inbox_id, notice in found
        if inbox_id in new
        for channel in _ways(session.settings, readers[notice.user_id], notice.kind, notice.data)
    ]
    rows.add_deliveries(session, deliveries)
    jobs.enqueue_all(session, [_job(row["id"], at) for row in deliveries], at=at)
    return [notice for inbox_id, notice in found if inbox_id in new]


def _ways(settings: Settings, reader: reach.Reader, kind: str, data: Mapping[str, Any]) -> tuple[str, ...]:
    digest, urgent = kind in messages.DIGESTS, messages.is_urgent(kind, data)
    return reaching.ways_out(settings, reader, digest=digest, urgent=urgent)


def _inbox_row(inbox_id: str, notice: Notice, at: datetime) -> dict[str, Any]:
    return {
        "id": inbox_id,
        "user_id": notice.user_id,
        "cause_key": notice.cause_key,
        "kind": notice.kind,
        "case_id": notice.case_id,
        "obligation_id": notice.obligation_id,
        "rung": notice.rung,
        "data": dict(notice.data),
        "created_at": at,
    }


def _delivery_row(inbox_id: str, channel: str, settings: Settings, at: datetime) -> dict[str, Any]:
    delivery_id = str(new_id(at))
    host = urlsplit(settings.public_url).hostname or "localhost"
    return {
        "id": delivery_id,
        "inbox_id": inbox_id,
        "channel": channel,
        "state": "waiting",
        # The same however often the job runs: a mail server or reader can tell a second copy by it.
        "message_id": f"<{delivery_id}@{host}>",
        "attempts": 0,
        "maybe_twice": False,
        "created_at": at,
    }


def _job(delivery_id: str, at: datetime, *, put_off: bool = False) -> NewJob:
    # What is put off until the morning is a job of its own: the first one has ended.
    key = f"inbox.notify:{delivery_id}" + (f":{at:%Y%m%d%H%M}" if put_off else "")
    return NewJob(kind="inbox.notify", key=key, payload={"delivery": delivery_id}, run_at=at)


# --- the life of a delivery: begun and committed before anything leaves, ended in the job's last transaction --------


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message that is about to leave."""

    channel: str
    message: Message


def begin_delivery(session: Session, delivery_id: str, *, at: datetime) -> Outgoing | None:
    """Count the attempt and return what to send; None when nothing is to be sent any more, or not before the morning.

    A delivery found half-way was cut off by a crash: it may have left, so the next one may be the second.
    """
    row = rows.delivery_by_id(session, delivery_id)
    if row is None or row.state in {"sent", "dropped", "failed"}:
        return None
    reader = reach.readers(session, {row.user_id}).get(row.user_id)
    if reader is None or row.done or row.channel not in _ways(session.settings, reader, row.kind, row.data):
        rows.set_delivery(session, delivery_id, {"state": "dropped"})
        return None
    awake = at if messages.is_urgent(row.kind, row.data) else reaching.awake_at(session, reader, at)
    if awake > at:
        jobs.enqueue_all(session, [_job(delivery_id, awake, put_off=True)], at=at)
        return None
    rows.count_attempt(session, delivery_id, maybe_twice=row.maybe_twice or row.state == "sending")
    return Outgoing(row.channel, _message(session, row, reader, at))


def _message(session: Session, row: Any, reader: reach.Reader, at: datetime) -> Message:  # noqa: ANN401 - of a delivery
    url = session.settings.public_url
    path = messages.place(row.kind, row.data, row.number, cause_key=row.cause_key, ref_id=row.ref_id)
    letter = messages.letter(row.kind, row.data, row.number, reader.language, public_url=url, path=path)
    return Message(
        id=row.message_id,
        to=registry.active(session.settings)[row.channel].address(reaching.recipient(reader)) or "",
        subject=letter.subject,
        text=letter.text,
        language=reader.language,
        at=at,
        link=f"{url}/pesan/{row.inbox_id}",
        calendar=calendars.attached(session, row.kind, row.obligation_id, lang=reader.language, at=at),
    )


def delivered(session: Session, delivery_id: str, *, at: datetime) -> None:
    """Note that a message left."""
    rows.set_delivery(session, delivery_id, {"state": "sent", "sent_at": at, "failure": None})


def not_delivered(session: Session, delivery_id: str, *, failure: str, final: bool, maybe_sent: bool) -> None:
    """Note that a message did not leave; unless `final` it is tried again. Where nobody knows, that is noted too."""
    changes: dict[str, Any] = {"state": "failed" if final else "waiting", "failure": failure}
    rows.set_delivery(session, delivery_id, changes | ({"maybe_twice": True} if maybe_sent else {}))
