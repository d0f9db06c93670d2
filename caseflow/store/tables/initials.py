"""Initials (paraf): who holds the posts that initial, the drafts that wait for them, and what was given."""

from sqlalchemy import CheckConstraint, Column, Date, Index, Integer, String, Table, Text, UniqueConstraint, text

from caseflow.store.tables.base import key, metadata, ref, sealed
from caseflow.store.types import Id, Instant

post_holder = Table(
    "post_holder",
    metadata,
    key(),
    ref("office_id", "office"),
    Column("post", String(200), nullable=False),
    Column("prefix", String(10), nullable=False),
    ref("user_id", "user_account", index=True),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date),
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_by", Id, nullable=False),
    CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ends_after_start"),
    Index("ix_post_holder_office_id_post", "office_id", "post"),
)

letter_draft = Table(
    "letter_draft",
    metadata,
    key(),
    ref("case_id", "case_file", index=True),
    ref("office_id", "office"),
    Column("kind", String(40), nullable=False),
    Column("state", String(12), nullable=False),
    Column("cause_key", String(120), nullable=False, unique=True),
    ref("institution_id", "institution", null=True),
    Column("consent_purpose", String(30)),
    Column("referral_id", Id),
    Column("posts", Text, nullable=False),
    Column("given", Integer, nullable=False),
    Column("waits_for", String(200)),
    Column("waits_since", Instant, nullable=False),
    sealed(),
    sealed("sealed_reason", null=True),
    Column("replaces_id", Id),
    Column("requested_at", Instant, nullable=False),
    Column("requested_by", Id, nullable=False),
    Column("settled_at", Instant),
    Index(
        "ix_letter_draft_waiting",
        "office_id",
        "waits_for",
        postgresql_where=text("state = 'waiting'"),
        sqlite_where=text("state = 'waiting'"),
    ),
)

letter_initial = Table(
    "letter_initial",
    metadata,
    key(),
    ref("draft_id", "letter_draft"),
    ref("case_id", "case_file", index=True),
    Column("position", Integer, nullable=False),
    Column("post", String(200), nullable=False),
    Column("prefix", String(10), nullable=False),
    ref("user_id", "user_account"),
    Column("given_at", Instant, nullable=False),
    UniqueConstraint("draft_id", "position"),
    UniqueConstraint("draft_id", "user_id"),
)
