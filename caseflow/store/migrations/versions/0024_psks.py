"""Helpers (PSKS) with their roles; what an institution takes, how many, and until when it is licensed."""

import sqlalchemy as sa
from alembic import op

from caseflow.store.types import Id, Instant, Json

revision = "0024"
down_revision = "0021"


def upgrade() -> None:
    """Add both tables, empty, and the columns of institutions."""
    op.create_table(
        "psks_person",
        sa.Column("id", Id, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("sex", sa.String(length=1), nullable=True),
        sa.Column("birth_year", sa.Integer(), nullable=True),
        sa.Column("area_code", sa.String(length=10), nullable=False),
        sa.Column("languages", Json, nullable=False),
        sa.Column("user_id", Id, nullable=True),
        sa.Column("key_id", Id, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_at", Instant, nullable=False),
        sa.Column("recorded_by", Id, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_psks_person")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_psks_person_user_id_user_account")),
        sa.ForeignKeyConstraint(["key_id"], ["subject.id"], name=op.f("fk_psks_person_key_id_subject")),
        sa.UniqueConstraint("user_id", name=op.f("uq_psks_person_user_id")),
    )
    op.create_index("ix_psks_person_area_code", "psks_person", ["area_code"])
    op.create_table(
        "psks_role",
        sa.Column("id", Id, nullable=False),
        sa.Column("person_id", Id, nullable=False),
        sa.Column("type", sa.String(length=30), nullable=False),
        sa.Column("area_code", sa.String(length=10), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("qualification", sa.String(length=200), nullable=False),
        sa.Column("trainings", Json, nullable=False),
        sa.Column("confirmed_on", sa.Date(), nullable=False),
        sa.Column("confirmed_by", Id, nullable=False),
        sa.Column("recorded_at", Instant, nullable=False),
        sa.Column("recorded_by", Id, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_psks_role")),
        sa.ForeignKeyConstraint(["person_id"], ["psks_person.id"], name=op.f("fk_psks_role_person_id_psks_person")),
        sa.CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name=op.f("ck_psks_role_ends_after_start")),
    )
    op.create_index("ix_psks_role_person_id", "psks_role", ["person_id"])
    op.create_index("ix_psks_role_area_code", "psks_role", ["area_code"])
    still = sa.text("ends_on IS NULL")
    op.create_index(
        "uq_psks_role_open",
        "psks_role",
        ["person_id", "type", "area_code"],
        unique=True,
        postgresql_where=still,
        sqlite_where=still,
    )
    op.add_column("institution", sa.Column("psks_type", sa.String(length=30), nullable=True))
    op.add_column("institution", sa.Column("contact", sa.String(length=200), nullable=True))
    op.add_column("institution", sa.Column("hours", sa.String(length=200), nullable=True))
    op.add_column("institution", sa.Column("capacity", sa.Integer(), nullable=True))
    op.add_column("institution", sa.Column("accepts", Json, nullable=True))
    op.add_column("institution", sa.Column("licence_number", sa.String(length=80), nullable=True))
    op.add_column("institution", sa.Column("licence_until", sa.Date(), nullable=True))
