"""The case and what hangs on it: records, plan, placements, visits, consents, reviews, letters, referrals."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from caseflow.store.tables.base import key, metadata, ref, sealed
from caseflow.store.types import Id, Instant

definition = Table(
    "definition",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("code", String(20), nullable=False),
    Column("body", Text, nullable=False),
    Column("stored_at", Instant, nullable=False),
)

definition_map = Table(
    "definition_map",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("code", String(20), nullable=False),
    Column("body", Text, nullable=False),
    Column("stored_at", Instant, nullable=False),
)

case_file = Table(
    "case_file",
    metadata,
    key(),
    Column("number", String(24), nullable=False, unique=True),
    ref("office_id", "office"),
    Column("category", String(20), nullable=False),
    Column("definition_digest", String(64), ForeignKey("definition.digest"), nullable=False),
    ref("subject_id", "subject", index=True),
    Column("area_code", String(10), nullable=False, index=True),
    Column("confidentiality", String(2), nullable=False),
    Column("issue", String(40)),
    Column("state", String(30), nullable=False),
    Column("state_since", Instant, nullable=False),
    Column("cycle", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("facts_version", Integer, nullable=False),
    Column("entry_seq", Integer, nullable=False),
    Column("entry_head", String(64), nullable=False),
    Column("risk", String(8)),
    Column("assignee_id", Id, ForeignKey("user_account.id"), index=True),
    Column("opened_by", Id, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("opened_on", Date, nullable=False),
    Column("held_until", Date),
    Column("assessed", Boolean, nullable=False),
    Column("previous_state", String(30)),
    Column("closing_step", String(30)),
    Column("outcome", String(30)),
    Column("closed_at", Instant),
    Column("visits_waived", Boolean, nullable=False),
    Column("emergency_since", Instant),
    Column("emergency_ratified", Boolean, nullable=False),
    Column("emergency_paid", Boolean, nullable=False),
    Index(
        "uq_case_file_open",
        "subject_id",
        "category",
        unique=True,
        postgresql_where=text("state <> 'closed'"),
        sqlite_where=text("state <> 'closed'"),
    ),
    # Lists: the newest numbers of a kabupaten, all or of one state or category (store/scope.py). SQLite serves one
    # office: there nearly every number is of the kabupaten.
    *(
        Index(f"ix_case_file_kabupaten{name}", text("substr(area_code, 1, 4)"), *columns, "number").ddl_if("postgresql")
        for name, columns in (("", ()), ("_state", ("state",)), ("_category", ("category",)))
    ),
    Index("ix_case_file_opened_by", "opened_by"),
    Index(
        "ix_case_file_held_until",
        "held_until",
        postgresql_where=text("held_until IS NOT NULL"),
        sqlite_where=text("held_until IS NOT NULL"),
    ),
)

case_team = Table(
    "case_team",
    metadata,
    Column("case_id", Id, ForeignKey("case_file.id"), primary_key=True),
    Column("user_id", Id, ForeignKey("user_account.id"), primary_key=True),
)

stage_record = Table(
    "stage_record",
    metadata,
    key(),
    ref("case_id", "case_file"),
    Column("stage", String(30), nullable=False),
    Column("cycle", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("logged_version", Integer, nullable=False),
    sealed(),
    Column("updated_at", Instant, nullable=False),
    Column("updated_by", Id, nullable=False),
    UniqueConstraint("case_id", "stage", "cycle"),
)

stage_revision = Table(
    "stage_revision",
    metadata,
    Column("record_id", Id, ForeignKey("stage_record.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    sealed(),
    Column("saved_at", Instant, nullable=False),
    Column("saved_by", Id, nullable=False),
    Column("shown_at", Instant),
)

plan_item = Table(
    "plan_item",
    metadata,
    key(),
    ref("case_id", "case_file", index=True),
    Column("cycle", Integer, nullable=False),
    Column("intervention", String(30), nullable=False),
    Column("pillar", String(20), nullable=False),
    Column("owner_id", Id, ForeignKey("user_account.id")),
    Column("due", Date),
    Column("status", String(12), nullable=False),
    Column("result", String(10), nullable=False),
    sealed(),
    Column("created_by", Id, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("origin_id", Id, index=True),
)

placement = Table(
    "placement",
    metadata,
    key(),
    ref("case_id", "case_file", index=True),
    Column("kind", String(10), nullable=False),
    Column("institution_id", Id, ForeignKey("institution.id")),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date),
    Column("next_review", Date),
    sealed(),
    CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ends_after_start"),
)

placement_review = Table(
    "placement_review",
    metadata,
    key(),
    ref("placement_id", "placement", index=True),
    Column("reviewed_on", Date, nullable=False),
    Column("reviewed_by", Id, nullable=False),
    sealed(),
)

visit = Table(
    "visit",
    metadata,
    key(),
    ref("case_id", "case_file", index=True),
    Column("cycle", Integer, nullable=False),
    Column("state", String(30), nullable=False),
    Column("visited_on", Date, nullable=False),
    ref("officer_id", "user_account"),
    sealed(),
    Column("recorded_at", Instant, nullable=False),
)

consent = Table(
    "consent",
    metadata,
    key(),
    ref("case_id", "case_file", index=True),
    Column("purpose", String(30), nullable=False),
    Column("relation", String(20), nullable=False),
    ref("institution_id", "institution", null=True),
    Column("receivers", String(20), nullable=False),
    Column("given_on", Date, nullable=False),
    Column("withdrawn_on", Date),
    sealed(),
    Column("recorded_by", Id, nullable=False),
)

review = Table(
    "review",
    metadata,
    key(),
    ref("case_id", "case_file", index=True),
    Column("step", String(30), nullable=False),
    Column("state", String(10), nullable=False),
    Column("facts_digest", String(64), nullable=False),
    Column("requested_by", Id, nullable=False),
    Column("requested_at", Instant, nullable=False),
    Column("event_date", Date, nullable=False),
    Column("due_at", Instant, nullable=False),
    sealed(),
    Column("decided_by", Id),
    Column("decided_at", Instant),
    Index(
        "uq_review_pending",
        "case_id",
        "step",
        unique=True,
        postgresql_where=text("state = 'pending'"),
        sqlite_where=text("state = 'pending'"),
    ),
    Index(
        "ix_review_pending_due",
        "due_at",
        postgresql_where=text("state = 'pending'"),
        sqlite_where=text("state = 'pending'"),
    ),
    Index(
        "ix_review_granted",
        "decided_at",
        "requested_by",
        "decided_by",
        postgresql_where=text("state = 'granted'"),
        sqlite_where=text("state = 'granted'"),
    ),
)

letter = Table(
    "letter",
    metadata,
    key(),
    ref("case_id", "case_file", index=True),
    ref("office_id", "office"),
    Column("kind", String(40), nullable=False),
    Column("code", String(20), nullable=False),
    Column("number", String(80), nullable=False),
    Column("year", Integer, nullable=False),
    Column("running", Integer, nullable=False),
    Column("letter_date", Date, nullable=False),
    Column("state", String(12), nullable=False),
    Column("cause_key", String(120), nullable=False, unique=True),
    ref("institution_id", "institution", null=True),
    Column("addressee", String(200), nullable=False),
    Column("confidentiality", String(2), nullable=False),
    Column("consent_purpose", String(30)),
    Column("check_code", String(24), nullable=False, unique=True),
    Column("reply_digest", String(64), unique=True),
    Column("template_digest", String(64), nullable=False),
    sealed("sealed_facts"),
    Column("file_id", Id, ForeignKey("file.id")),
    Column("sha256", String(64), index=True),
    Column("issued_at", Instant, nullable=False),
    Column("issued_by", Id, nullable=False),
    Column("voided_at", Instant),
    sealed("sealed_void", null=True),
    Column("replaces_id", Id),
    UniqueConstraint("office_id", "kind", "year", "running"),
    Index("uq_letter_replaces_id", "replaces_id", unique=True),
)

referral = Table(
    "referral",
    metadata,
    key(),
    ref("case_id", "case_file", index=True),
    Column("cycle", Integer, nullable=False),
    ref("institution_id", "institution"),
    ref("letter_id", "letter", null=True),
    Column("sent_on", Date, nullable=False),
    Column("status", String(12), nullable=False),
    Column("answered_on", Date),
    Column("answered_by", Id),
    Column("confirmed", Boolean, nullable=False),
    sealed(),
    Column("reply_digest", String(64)),
    Column("offered", String(12)),
    Column("offered_at", Instant),
    Column("officer_id", Id),
    Column("number", String(40)),
    Index("uq_referral_reply_digest", "reply_digest", unique=True),
    Index("uq_referral_number", "number", unique=True),
)

file = Table(
    "file",
    metadata,
    key(),
    ref("subject_id", "subject", null=True),
    Column("media_type", String(80), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("size", Integer, nullable=False),
    sealed(),
    Column("stored_at", Instant, nullable=False),
)

counter = Table(
    "counter",
    metadata,
    Column("scope", String(120), primary_key=True),
    Column("value", BigInteger, nullable=False),
)
