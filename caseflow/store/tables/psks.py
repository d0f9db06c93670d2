"""Helpers (PSKS and others): a person once, and every role that person has or had."""

from sqlalchemy import CheckConstraint, Column, Date, ForeignKey, Index, Integer, String, Table, text

from caseflow.store.tables.base import key, metadata, ref, sealed
from caseflow.store.types import Id, Instant, Json

psks_person = Table(
    "psks_person",
    metadata,
    key(),
    Column("name", String(200), nullable=False),
    Column("sex", String(1)),
    Column("birth_year", Integer),
    Column("area_code", String(10), nullable=False, index=True),  # where the person lives
    Column("languages", Json, nullable=False),
    Column("user_id", Id, ForeignKey("user_account.id"), unique=True),
    Column("nik_index", String(64), index=True),  # keyed: who looks needs the number itself
    ref("key_id", "subject"),  # whose key telephone number and NIK lie under: this person's own
    sealed(),
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_by", Id, nullable=False),
)

psks_role = Table(
    "psks_role",
    metadata,
    key(),
    ref("person_id", "psks_person", index=True),
    Column("type", String(30), nullable=False),
    Column("area_code", String(10), nullable=False, index=True),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date),
    Column("qualification", String(200), nullable=False),
    Column("trainings", Json, nullable=False),  # [[name, year], ...]
    Column("confirmed_on", Date, nullable=False),
    Column("confirmed_by", Id, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_by", Id, nullable=False),
    CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ends_after_start"),
    Index(
        "uq_psks_role_open",
        "person_id",
        "type",
        "area_code",
        unique=True,
        postgresql_where=text("ends_on IS NULL"),
        sqlite_where=text("ends_on IS NULL"),
    ),
)
