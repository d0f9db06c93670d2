"""The office and its people: areas, accounts, grants, sessions, institutions, signatories."""

from sqlalchemy import Boolean, CheckConstraint, Column, Date, ForeignKey, Integer, String, Table, UniqueConstraint

from caseflow.store.tables.base import key, metadata, ref
from caseflow.store.types import Id, Instant, Json

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
    key(),
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
    key(),
    ref("office_id", "office"),
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
    key(),
    Column("username", String(80), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("email", String(200)),
    Column("password_hash", String(200)),
    Column("language", String(2), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("password_once", Boolean),  # given by an administrator: good for one log-in, which asks for another
)

role_grant = Table(
    "role_grant",
    metadata,
    key(),
    ref("user_id", "user_account", index=True),
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
    key(),
    ref("user_id", "user_account", index=True),
    ref("deputy_id", "user_account", index=True),
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
    key(),
    ref("user_id", "user_account", index=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("label", String(120), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("revoked_at", Instant),
)

web_session = Table(
    "web_session",
    metadata,
    Column("digest", String(64), primary_key=True),
    ref("user_id", "user_account", index=True),
    Column("csrf", String(64), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("revoked_at", Instant),
    Column("owes", String(10)),  # what is still asked before it is a session at all
    Column("device", String(60)),
    Column("tries", Integer),  # codes tried while something is owed
)

institution = Table(
    "institution",
    metadata,
    key(),
    Column("name", String(200), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("addressee", String(200), nullable=False),
    Column("place", String(120), nullable=False),
    Column("area_code", String(10), nullable=False),
    Column("email", String(200)),
    Column("phone", String(40)),
    Column("active", Boolean, nullable=False),
    Column("psks_type", String(30)),
    Column("contact", String(200)),
    Column("hours", String(200)),
    Column("capacity", Integer),
    Column("accepts", Json),  # what is sent there: names of letters, and "referral" for one without a letter
    Column("licence_number", String(80)),
    Column("licence_until", Date),
)

signatory_post = Table(
    "signatory_post",
    metadata,
    key(),
    ref("office_id", "office", index=True),
    Column("post", String(200), nullable=False),
    Column("prefix", String(10), nullable=False),
    Column("own_post", String(200)),
    Column("holder", String(200), nullable=False),
    Column("rank", String(120), nullable=False),
    Column("nip", String(40), nullable=False),
    Column("user_id", Id, ForeignKey("user_account.id")),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date),
    Column("letters", String(400)),
)
