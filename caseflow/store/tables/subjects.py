"""The subjects: everything personal lies sealed under the subject's own key."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    text,
)

from caseflow.store.tables.base import key, metadata, ref, sealed
from caseflow.store.types import Id, Instant

subject = Table(
    "subject",
    metadata,
    key(),
    Column("kind", String(12), nullable=False),
    Column("wrapped_key", LargeBinary),
    Column("created_at", Instant, nullable=False),
    Column("destroyed_at", Instant),
)

person = Table(
    "person",
    metadata,
    Column("subject_id", Id, ForeignKey("subject.id"), primary_key=True),
    sealed(),
    Column("sex", String(1)),
    Column("age_band", String(20)),
    Column("area_code", String(10), nullable=False, index=True),
    Column("nik_status", String(20), nullable=False),
    Column("nik_index", String(64), index=True),
    Column("kk_index", String(64), index=True),
    Column("phone_index", String(64), index=True),
    Column("died", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    Column("updated_at", Instant, nullable=False),
)

name_key = Table(
    "name_key",
    metadata,
    Column("subject_id", Id, ForeignKey("subject.id"), primary_key=True),
    Column("key", String(64), primary_key=True),
    Index("ix_name_key_key", "key"),
)

household = Table(
    "household",
    metadata,
    Column("subject_id", Id, ForeignKey("subject.id"), primary_key=True),
    sealed(),
    Column("area_code", String(10), nullable=False, index=True),
    Column("kk_index", String(64), index=True),
    Column("version", Integer, nullable=False),
    Column("updated_at", Instant, nullable=False),
)

household_member = Table(
    "household_member",
    metadata,
    key(),
    Column("household_id", Id, ForeignKey("household.subject_id"), nullable=False, index=True),
    Column("person_id", Id, ForeignKey("person.subject_id"), nullable=False, index=True),
    sealed(null=True),
    Column("basis", String(12), nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date),
    CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ends_after_start"),
)

group_member = Table(
    "group_member",
    metadata,
    key(),
    Column("group_id", Id, ForeignKey("household.subject_id"), nullable=False, index=True),
    Column("person_id", Id, ForeignKey("person.subject_id"), index=True),
    sealed(null=True),
    Column("basis", String(20), nullable=False),
    Column("representative", Boolean, nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date),
    CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ends_after_start"),
)
"""The roster of a group or community, whose own row is one of `household`; a person is linked where one is known."""


erasure = Table(
    "erasure",
    metadata,
    key(),
    ref("subject_id", "subject", index=True),
    ref("case_id", "case_file", index=True),
    Column("basis", String(20), nullable=False),
    Column("state", String(10), nullable=False),
    Column("requested_by", Id, nullable=False),
    Column("requested_at", Instant, nullable=False),
    sealed(),
    Column("decided_by", Id),
    Column("decided_at", Instant),
    Index(
        "uq_erasure_pending",
        "subject_id",
        unique=True,
        postgresql_where=text("state = 'pending'"),
        sqlite_where=text("state = 'pending'"),
    ),
)
"""Requests to erase a person; what was said with one lies under the key that granting it destroys."""
