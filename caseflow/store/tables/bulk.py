"""Many letters asked for at once: the order, and a row for each case of it."""

from sqlalchemy import Column, Index, Integer, String, Table, UniqueConstraint

from caseflow.store.tables.base import key, metadata, ref, sealed
from caseflow.store.types import Id, Instant, Json

letter_batch = Table(
    "letter_batch",
    metadata,
    key(),
    Column("cause_key", String(120), nullable=False, unique=True),
    Column("kind", String(40), nullable=False),
    ref("institution_id", "institution", null=True),
    Column("ordered_by", Id, nullable=False),
    Column("ordered_at", Instant, nullable=False),
    Column("finished_at", Instant),
)

letter_batch_row = Table(
    "letter_batch_row",
    metadata,
    key(),
    ref("batch_id", "letter_batch"),
    Column("position", Integer, nullable=False),
    Column("case_number", String(40), nullable=False),
    ref("case_id", "case_file", null=True),
    Column("state", String(12), nullable=False),
    sealed(null=True),
    ref("letter_id", "letter", null=True),
    Column("draft_id", Id),  # of a letter that waits for initials: its own id once it has a number
    Column("problem", Json),
    UniqueConstraint("batch_id", "position"),
    UniqueConstraint("batch_id", "case_id"),
    Index("ix_letter_batch_row_batch_id_state", "batch_id", "state"),
)
