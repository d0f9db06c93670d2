"""Offers of a case to another area: from where to where, who answered, and the words under the subject's key."""

from sqlalchemy import Column, Index, String, Table, text

from caseflow.store.tables.base import key, metadata, ref, sealed
from caseflow.store.types import Id, Instant

OPEN = "state = 'offered'"

transfer = Table(
    "transfer",
    metadata,
    key(),
    ref("case_id", "case_file", index=True),
    Column("from_area", String(10), nullable=False, index=True),
    ref("from_office", "office"),
    Column("to_area", String(10), nullable=False, index=True),
    ref("to_office", "office"),
    Column("state", String(12), nullable=False),
    ref("offered_by", "user_account"),
    Column("offered_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("answered_by", Id),
    Column("answered_at", Instant),
    # For whom a stand-in offered; and, once it is answered, what the case was then: it goes on without the sender.
    Column("offered_for", Id),
    Column("category", String(20)),
    Column("confidentiality", String(2)),
    sealed(),
    Index("uq_transfer_open", "case_id", unique=True, postgresql_where=text(OPEN), sqlite_where=text(OPEN)),
    Index("ix_transfer_due_at", "due_at", postgresql_where=text(OPEN), sqlite_where=text(OPEN)),
)
