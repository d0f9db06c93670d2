"""Monthly reports of an office, edition by edition, their letters as files, and the targets they are measured by."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from caseflow.store.tables.base import key, metadata, ref
from caseflow.store.types import Id, Instant

monthly_report = Table(
    "monthly_report",
    metadata,
    key(),
    ref("office_id", "office"),
    Column("month", String(7), nullable=False),
    Column("edition", Integer, nullable=False),
    Column("reason", String(500), nullable=False),
    Column("asked_by", Id, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("closed_as_of", Instant, nullable=False),
    Column("counted", Integer, nullable=False),
    Column("to_count", Integer),
    Column("frozen_at", Instant),
    Column("content", Text),
    Column("digest", String(64)),
    Column("letter_number", String(80)),
    Column("letter_facts", Text),
    Column("check_code", String(24), unique=True),
    Column("lettered_at", Instant),
    Column("lettered_by", Id),
    UniqueConstraint("office_id", "month", "edition"),
)

report_file = Table(
    "report_file",
    metadata,
    Column("report_id", Id, ForeignKey("monthly_report.id"), primary_key=True),
    Column("sha256", String(64), nullable=False, unique=True),
    Column("content", LargeBinary, nullable=False),
    Column("made_at", Instant, nullable=False),
)

target = Table(
    "target",
    metadata,
    key(),
    ref("office_id", "office", index=True),
    Column("area_code", String(10), nullable=False),
    Column("measure", String(10), nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date, nullable=False),
    Column("amount", Integer, nullable=False),
    Column("set_by", Id, nullable=False),
    Column("set_at", Instant, nullable=False),
    Column("withdrawn_by", Id),
    Column("withdrawn_at", Instant),
    CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
    CheckConstraint("amount > 0", name="amount_is_more_than_none"),
)
