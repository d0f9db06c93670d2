"""Checkpoints of the log as rows, and where copies of them went."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, insert, select, update

from caseflow.ids import is_id, new_id
from caseflow.store.session import Session
from caseflow.store.sql import insert_new
from caseflow.store.tables import checkpoint_copy, log_checkpoint

_FAILURE_LENGTH = 400


def add(session: Session, *, cause_key: str, size: int, note: str, at: datetime) -> str | None:
    """Insert a checkpoint and return its id; None when this cause has made one before."""
    checkpoint_id = str(new_id(at))
    row = {"id": checkpoint_id, "cause_key": cause_key, "size": size, "made_at": at, "note": note}
    return checkpoint_id if insert_new(session, log_checkpoint, row, ("cause_key",)) else None


def by_id(session: Session, checkpoint_id: str) -> Row[Any] | None:
    """Return a checkpoint."""
    if not is_id(checkpoint_id):
        return None
    return session.execute(select(log_checkpoint).where(log_checkpoint.c.id == checkpoint_id)).first()


def by_cause(session: Session, cause_key: str) -> Row[Any]:
    """Return the checkpoint that a cause made."""
    return session.execute(select(log_checkpoint).where(log_checkpoint.c.cause_key == cause_key)).one()


def has_cause(session: Session, cause_key: str) -> bool:
    """Tell whether this cause has made a checkpoint."""
    query = select(log_checkpoint.c.id).where(log_checkpoint.c.cause_key == cause_key)
    return session.execute(query).first() is not None


def newest(session: Session) -> Row[Any] | None:
    """Return the checkpoint of the largest tree, the latest of them."""
    query = select(log_checkpoint).order_by(log_checkpoint.c.size.desc(), log_checkpoint.c.made_at.desc())
    return session.execute(query.limit(1)).first()


def every(session: Session) -> Sequence[Row[Any]]:
    """Return all checkpoints, by size."""
    order = (log_checkpoint.c.size, log_checkpoint.c.made_at, log_checkpoint.c.id)
    return session.execute(select(log_checkpoint).order_by(*order)).all()


def latest(session: Session, limit: int) -> Sequence[Row[Any]]:
    """Return the checkpoints made last, newest first."""
    order = (log_checkpoint.c.made_at.desc(), log_checkpoint.c.id.desc())
    return session.execute(select(log_checkpoint).order_by(*order).limit(limit)).all()


def count(session: Session) -> int:
    """Return how many checkpoints there are."""
    return int(session.execute(select(func.count()).select_from(log_checkpoint)).scalar_one())


def sizes(session: Session) -> list[int]:
    """Return the sizes at which there are checkpoints, rising."""
    query = select(log_checkpoint.c.size).distinct().order_by(log_checkpoint.c.size)
    return list(session.execute(query).scalars())


# --- copies ----------------------------------------------------------------------------------------------------------


def add_copies(session: Session, checkpoint_id: str, places: Sequence[tuple[str, str]], *, at: datetime) -> list[str]:
    """Insert a copy for each channel and address; return their ids."""
    rows = [
        {
            "id": str(new_id(at)),
            "checkpoint_id": checkpoint_id,
            "channel": channel,
            "address": address,
            "state": "waiting",
            "attempts": 0,
            "maybe_twice": False,
            "created_at": at,
        }
        for channel, address in places
    ]
    if rows:
        session.execute(insert(checkpoint_copy), rows)
    return [str(row["id"]) for row in rows]


def copy_by_id(session: Session, copy_id: str) -> Row[Any] | None:
    """Return a copy with its checkpoint; its row stays locked."""
    query = (
        select(checkpoint_copy, log_checkpoint.c.note, log_checkpoint.c.made_at, log_checkpoint.c.size)
        .join(log_checkpoint, log_checkpoint.c.id == checkpoint_copy.c.checkpoint_id)
        .where(checkpoint_copy.c.id == copy_id)
        .with_for_update(of=checkpoint_copy)
    )
    return session.execute(query).first()


def copies(session: Session, checkpoint_id: str) -> Sequence[Row[Any]]:
    """Return where a checkpoint was sent."""
    query = select(checkpoint_copy).where(checkpoint_copy.c.checkpoint_id == checkpoint_id)
    return session.execute(query.order_by(checkpoint_copy.c.channel, checkpoint_copy.c.address)).all()


def set_copy(session: Session, copy_id: str, values: Mapping[str, Any]) -> None:
    """Change a copy."""
    short = {k: v[:_FAILURE_LENGTH] if k == "failure" and v else v for k, v in values.items()}
    session.execute(update(checkpoint_copy).where(checkpoint_copy.c.id == copy_id).values(short))


def last_sent(session: Session, *, but: str) -> datetime | None:
    """Return when a checkpoint last reached a place outside; `but` is the channel that leads nowhere."""
    sent = select(checkpoint_copy.c.sent_at).where(checkpoint_copy.c.state == "sent", checkpoint_copy.c.channel != but)
    moment: datetime | None = session.execute(sent.order_by(checkpoint_copy.c.sent_at.desc()).limit(1)).scalar()
    return moment
