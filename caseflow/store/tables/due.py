"""What is due and who was told: obligations, inbox, deliveries, jobs."""

from sqlalchemy import Boolean, Column, Index, Integer, String, Table, UniqueConstraint, text

from caseflow.store.tables.base import key, metadata, ref
from caseflow.store.types import Id, Instant, Json

obligation = Table(
    "obligation",
    metadata,
    key(),
    ref("case_id", "case_file", index=True),
    Column("kind", String(30), nullable=False),
    Column("cause_key", String(120), nullable=False, unique=True),
    Column("ref_id", Id),
    Column("basis", String(200), nullable=False),
    Column("span", String(16), nullable=False),
    Column("recipient", String(20), nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("counted_from", Instant, nullable=False),
    Column("counted_span", String(16)),
    Column("due_at", Instant, nullable=False),
    Column("rung", Integer, nullable=False),
    Column("next_at", Instant),
    Column("paused_at", Instant),
    Column("satisfied_at", Instant),
    Column("cancelled_at", Instant),
    Index("ix_obligation_next_at", "next_at", "id"),
    Index(
        "ix_obligation_live",
        "due_at",
        postgresql_where=text("satisfied_at IS NULL AND cancelled_at IS NULL"),
        sqlite_where=text("satisfied_at IS NULL AND cancelled_at IS NULL"),
    ),
)

obligation_event = Table(
    "obligation_event",
    metadata,
    key(),
    ref("obligation_id", "obligation", index=True),
    Column("what", String(12), nullable=False),
    Column("rung", Integer),
    Column("told", Integer),
    Column("due_from", Instant),
    Column("due_to", Instant),
    Column("happened_at", Instant, nullable=False),
    Column("actor", Id, nullable=False),
    Index(
        "uq_obligation_event_climbed",
        "obligation_id",
        "rung",
        unique=True,
        postgresql_where=text("what = 'climbed'"),
        sqlite_where=text("what = 'climbed'"),
    ),
)

inbox = Table(
    "inbox",
    metadata,
    key(),
    ref("user_id", "user_account", index=True),
    Column("cause_key", String(160), nullable=False),
    Column("kind", String(40), nullable=False),
    ref("case_id", "case_file", null=True),
    ref("obligation_id", "obligation", null=True, index=True),
    Column("rung", Integer),
    Column("data", Json, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("read_at", Instant),
    UniqueConstraint("user_id", "cause_key"),
)

delivery = Table(
    "delivery",
    metadata,
    key(),
    ref("inbox_id", "inbox", index=True),
    Column("channel", String(20), nullable=False),
    Column("state", String(12), nullable=False),
    Column("message_id", String(200), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("maybe_twice", Boolean, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("sent_at", Instant),
    Column("failure", String(400)),
    UniqueConstraint("inbox_id", "channel"),
)

job = Table(
    "job",
    metadata,
    key(),
    Column("key", String(160), nullable=False, unique=True),
    Column("kind", String(40), nullable=False),
    Column("queue", String(20), nullable=False),
    Column("payload", Json, nullable=False),
    Column("state", String(10), nullable=False),
    Column("run_at", Instant, nullable=False),
    Column("lease_no", Integer, nullable=False),
    Column("lease_until", Instant),
    Column("attempts", Integer, nullable=False),
    Column("failure", String(400)),
    Column("created_at", Instant, nullable=False),
    Column("began_at", Instant),
    Column("done_at", Instant),
    Index("ix_job_state_queue_run_at", "state", "queue", "run_at"),
)
