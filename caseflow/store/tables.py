"""The schema, one for SQLite and PostgreSQL. "sealed" columns hold JSON encrypted under the subject's key."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from caseflow.store.types import Id, Instant, Json

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _id(name: str = "id") -> Column[str]:
    return Column(name, Id, primary_key=True)


def _ref(name: str, target: str, *, null: bool = False, index: bool = False) -> Column[str]:
    return Column(name, Id, ForeignKey(f"{target}.id"), nullable=null, index=index)


def _sealed(name: str = "sealed", *, null: bool = False) -> Column[bytes]:
    return Column(name, LargeBinary, nullable=null)


# --- the office and its people ---------------------------------------------------------------------------------------

area = Table(
    "area",
    metadata,
    Column("code", String(10), primary_key=True),
    Column("name", String(120), nullable=False),
    Column("level", String(12), nullable=False),
    Column("head_title", String(40)),
)

office = Table(
    "office",
    metadata,
    _id(),
    Column("area_code", String(10), nullable=False, unique=True),
    Column("government", String(200), nullable=False),
    Column("agency", String(200), nullable=False),
    Column("address", Json, nullable=False),
    Column("phone", String(40), nullable=False),
    Column("email", String(120)),
    Column("website", String(120)),
    Column("postal_code", String(10)),
    Column("place", String(120), nullable=False),
    Column("unit_code", String(40), nullable=False),
    Column("zone", String(40), nullable=False),
    Column("week_days", Integer, nullable=False),
    Column("settings", Json, nullable=False),
)

office_day = Table(
    "office_day",
    metadata,
    _id(),
    _ref("office_id", "office"),
    Column("day", Date, nullable=False),
    Column("works", Boolean, nullable=False),
    Column("name", String(200), nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_by", Id, nullable=False),
    UniqueConstraint("office_id", "day"),
)

user_account = Table(
    "user_account",
    metadata,
    _id(),
    Column("username", String(80), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("email", String(200)),
    Column("password_hash", String(200)),
    Column("language", String(2), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("created_at", Instant, nullable=False),
)

role_grant = Table(
    "role_grant",
    metadata,
    _id(),
    _ref("user_id", "user_account", index=True),
    Column("role", String(20), nullable=False),
    Column("area_code", String(10), nullable=False),
    Column("institution_id", Id, ForeignKey("institution.id")),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date),
    Column("granted_at", Instant, nullable=False),
    Column("granted_by", Id, nullable=False),
    CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ends_after_start"),
)

stand_in = Table(
    "stand_in",
    metadata,
    _id(),
    _ref("user_id", "user_account", index=True),
    _ref("deputy_id", "user_account", index=True),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_by", Id, nullable=False),
    CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
    CheckConstraint("user_id <> deputy_id", name="another_person"),
)

api_token = Table(
    "api_token",
    metadata,
    _id(),
    _ref("user_id", "user_account", index=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("label", String(120), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("revoked_at", Instant),
)

web_session = Table(
    "web_session",
    metadata,
    Column("digest", String(64), primary_key=True),
    _ref("user_id", "user_account", index=True),
    Column("csrf", String(64), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("revoked_at", Instant),
)

institution = Table(
    "institution",
    metadata,
    _id(),
    Column("name", String(200), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("addressee", String(200), nullable=False),
    Column("place", String(120), nullable=False),
    Column("area_code", String(10), nullable=False),
    Column("email", String(200)),
    Column("phone", String(40)),
    Column("active", Boolean, nullable=False),
)

signatory_post = Table(
    "signatory_post",
    metadata,
    _id(),
    _ref("office_id", "office", index=True),
    Column("post", String(200), nullable=False),
    Column("prefix", String(10), nullable=False),
    Column("holder", String(200), nullable=False),
    Column("rank", String(120), nullable=False),
    Column("nip", String(40), nullable=False),
    Column("user_id", Id, ForeignKey("user_account.id")),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date),
)

# --- the subjects: everything personal lies under the subject's own key ------------------------------------------------

subject = Table(
    "subject",
    metadata,
    _id(),
    Column("kind", String(12), nullable=False),
    Column("wrapped_key", LargeBinary),
    Column("created_at", Instant, nullable=False),
    Column("destroyed_at", Instant),
)

person = Table(
    "person",
    metadata,
    Column("subject_id", Id, ForeignKey("subject.id"), primary_key=True),
    _sealed(),
    Column("sex", String(1)),
    Column("age_band", String(12)),
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
    _sealed(),
    Column("area_code", String(10), nullable=False, index=True),
    Column("kk_index", String(64), index=True),
    Column("version", Integer, nullable=False),
    Column("updated_at", Instant, nullable=False),
)

household_member = Table(
    "household_member",
    metadata,
    _id(),
    Column("household_id", Id, ForeignKey("household.subject_id"), nullable=False, index=True),
    Column("person_id", Id, ForeignKey("person.subject_id"), nullable=False, index=True),
    Column("relation", String(40), nullable=False),
    Column("basis", String(12), nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date),
    CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ends_after_start"),
)

# --- the case ----------------------------------------------------------------------------------------------------------

definition = Table(
    "definition",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("code", String(20), nullable=False),
    Column("body", Text, nullable=False),
    Column("stored_at", Instant, nullable=False),
)

case_file = Table(
    "case_file",
    metadata,
    _id(),
    Column("number", String(24), nullable=False, unique=True),
    _ref("office_id", "office"),
    Column("category", String(20), nullable=False),
    Column("definition_digest", String(64), ForeignKey("definition.digest"), nullable=False),
    _ref("subject_id", "subject", index=True),
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
    _id(),
    _ref("case_id", "case_file"),
    Column("stage", String(30), nullable=False),
    Column("cycle", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("logged_version", Integer, nullable=False),
    _sealed(),
    Column("updated_at", Instant, nullable=False),
    Column("updated_by", Id, nullable=False),
    UniqueConstraint("case_id", "stage", "cycle"),
)

stage_revision = Table(
    "stage_revision",
    metadata,
    Column("record_id", Id, ForeignKey("stage_record.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    _sealed(),
    Column("saved_at", Instant, nullable=False),
    Column("saved_by", Id, nullable=False),
)

plan_item = Table(
    "plan_item",
    metadata,
    _id(),
    _ref("case_id", "case_file", index=True),
    Column("cycle", Integer, nullable=False),
    Column("intervention", String(30), nullable=False),
    Column("pillar", String(20), nullable=False),
    Column("owner_id", Id, ForeignKey("user_account.id")),
    Column("due", Date),
    Column("status", String(12), nullable=False),
    Column("result", String(10), nullable=False),
    _sealed(),
    Column("created_by", Id, nullable=False),
    Column("updated_at", Instant, nullable=False),
)

placement = Table(
    "placement",
    metadata,
    _id(),
    _ref("case_id", "case_file", index=True),
    Column("kind", String(10), nullable=False),
    Column("institution_id", Id, ForeignKey("institution.id")),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date),
    Column("next_review", Date),
    _sealed(),
    CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ends_after_start"),
)

placement_review = Table(
    "placement_review",
    metadata,
    _id(),
    _ref("placement_id", "placement", index=True),
    Column("reviewed_on", Date, nullable=False),
    Column("reviewed_by", Id, nullable=False),
    _sealed(),
)

visit = Table(
    "visit",
    metadata,
    _id(),
    _ref("case_id", "case_file", index=True),
    Column("cycle", Integer, nullable=False),
    Column("state", String(30), nullable=False),
    Column("visited_on", Date, nullable=False),
    _ref("officer_id", "user_account"),
    _sealed(),
    Column("recorded_at", Instant, nullable=False),
)

consent = Table(
    "consent",
    metadata,
    _id(),
    _ref("case_id", "case_file", index=True),
    Column("purpose", String(30), nullable=False),
    Column("relation", String(20), nullable=False),
    Column("addressee", String(200), nullable=False),
    Column("given_on", Date, nullable=False),
    Column("withdrawn_on", Date),
    _sealed(),
    Column("recorded_by", Id, nullable=False),
)

review = Table(
    "review",
    metadata,
    _id(),
    _ref("case_id", "case_file", index=True),
    Column("step", String(30), nullable=False),
    Column("state", String(10), nullable=False),
    Column("facts_digest", String(64), nullable=False),
    Column("requested_by", Id, nullable=False),
    Column("requested_at", Instant, nullable=False),
    Column("event_date", Date, nullable=False),
    Column("due_at", Instant, nullable=False),
    _sealed(),
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
)

letter = Table(
    "letter",
    metadata,
    _id(),
    _ref("case_id", "case_file", index=True),
    _ref("office_id", "office"),
    Column("kind", String(40), nullable=False),
    Column("code", String(20), nullable=False),
    Column("number", String(80), nullable=False),
    Column("year", Integer, nullable=False),
    Column("running", Integer, nullable=False),
    Column("letter_date", Date, nullable=False),
    Column("state", String(12), nullable=False),
    Column("cause_key", String(120), nullable=False, unique=True),
    _ref("institution_id", "institution", null=True),
    Column("addressee", String(200), nullable=False),
    Column("confidentiality", String(2), nullable=False),
    Column("consent_purpose", String(30)),
    Column("check_code", String(24), nullable=False, unique=True),
    Column("reply_digest", String(64), unique=True),
    Column("template_digest", String(64), nullable=False),
    _sealed("sealed_facts"),
    Column("file_id", Id, ForeignKey("file.id")),
    Column("sha256", String(64), index=True),
    Column("issued_at", Instant, nullable=False),
    Column("issued_by", Id, nullable=False),
    Column("voided_at", Instant),
    Column("void_reason", String(400)),
    UniqueConstraint("office_id", "kind", "year", "running"),
)

referral = Table(
    "referral",
    metadata,
    _id(),
    _ref("case_id", "case_file", index=True),
    Column("cycle", Integer, nullable=False),
    _ref("institution_id", "institution"),
    _ref("letter_id", "letter", null=True),
    Column("sent_on", Date, nullable=False),
    Column("status", String(12), nullable=False),
    Column("answered_on", Date),
    Column("answered_by", Id),
    Column("confirmed", Boolean, nullable=False),
    _sealed(),
)

file = Table(
    "file",
    metadata,
    _id(),
    _ref("subject_id", "subject", null=True),
    Column("media_type", String(80), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("size", Integer, nullable=False),
    _sealed(),
    Column("stored_at", Instant, nullable=False),
)

counter = Table(
    "counter",
    metadata,
    Column("scope", String(120), primary_key=True),
    Column("value", BigInteger, nullable=False),
)

# --- what is due, and who was told -------------------------------------------------------------------------------------

obligation = Table(
    "obligation",
    metadata,
    _id(),
    _ref("case_id", "case_file", index=True),
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
    Index("ix_obligation_next_at", "next_at"),
)

obligation_event = Table(
    "obligation_event",
    metadata,
    _id(),
    _ref("obligation_id", "obligation", index=True),
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
    _id(),
    _ref("user_id", "user_account", index=True),
    Column("cause_key", String(160), nullable=False),
    Column("kind", String(40), nullable=False),
    _ref("case_id", "case_file", null=True),
    _ref("obligation_id", "obligation", null=True, index=True),
    Column("rung", Integer),
    Column("data", Json, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("read_at", Instant),
    UniqueConstraint("user_id", "cause_key"),
)

delivery = Table(
    "delivery",
    metadata,
    _id(),
    _ref("inbox_id", "inbox", index=True),
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
    _id(),
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
    Column("done_at", Instant),
    Index("ix_job_state_queue_run_at", "state", "queue", "run_at"),
)

# --- the log: append only, triggers forbid the rest ----------------------------------------------------------------------

case_entry = Table(
    "case_entry",
    metadata,
    _id(),
    _ref("case_id", "case_file"),
    Column("seq", Integer, nullable=False),
    Column("prev", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Column("code", String(60), nullable=False),
    Column("event_date", Date, nullable=False),
    Column("entered_at", Instant, nullable=False, index=True),
    Column("actor", Id, nullable=False),
    Column("facts_digest", String(64), nullable=False),
    Column("data", Text, nullable=False),
    Column("payload_digest", String(64)),
    UniqueConstraint("case_id", "seq"),
)

access_entry = Table(
    "access_entry",
    metadata,
    _id(),
    Column("hash", String(64), nullable=False),
    Column("code", String(60), nullable=False),
    Column("entered_at", Instant, nullable=False, index=True),
    Column("actor", Id, nullable=False),
    Column("case_id", Id, index=True),
    Column("data", Text, nullable=False),
    Column("payload_digest", String(64)),
)

payload = Table(
    "payload",
    metadata,
    Column("entry_id", Id, primary_key=True),
    _ref("subject_id", "subject", index=True),
    Column("salt", LargeBinary, nullable=False),
    _sealed(),
)

idempotency = Table(
    "idempotency",
    metadata,
    Column("user_id", Id, primary_key=True),
    Column("key", String(120), primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("status", Integer, nullable=False),
    _sealed("response"),
    Column("created_at", Instant, nullable=False),
)

APPEND_ONLY = ("case_entry", "access_entry")
"""Tables whose rows triggers protect from UPDATE, DELETE and TRUNCATE."""
