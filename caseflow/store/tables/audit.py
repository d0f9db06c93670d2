"""Questions about entries of the log: asked, answered, closed by a finding."""

from sqlalchemy import Column, Index, Integer, String, Table, text

from caseflow.store.tables.base import key, metadata, ref, sealed
from caseflow.store.types import Id, Instant

OPEN = "state <> 'closed'"

audit_question = Table(
    "audit_question",
    metadata,
    key(),
    ref("case_id", "case_file", index=True),
    ref("entry_id", "case_entry"),
    Column("seq", Integer, nullable=False),
    Column("step", String(30), nullable=False),
    ref("asked_of", "user_account", index=True),
    Column("asked_by", Id, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("above", String(10)),
    Column("state", String(10), nullable=False),
    Column("answered_at", Instant),
    Column("finding", String(12)),
    Column("closed_by", Id),
    Column("closed_at", Instant),
    sealed(),
    Index("ix_audit_question_entry_id", "entry_id"),
    Index(
        "uq_audit_question_open",
        "entry_id",
        "asked_of",
        unique=True,
        postgresql_where=text(OPEN),
        sqlite_where=text(OPEN),
    ),
    Index("ix_audit_question_due_at", "due_at", postgresql_where=text(OPEN), sqlite_where=text(OPEN)),
)
