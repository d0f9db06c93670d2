"""Checks in registries, and the rosters of groups and communities."""

import sqlalchemy as sa
from alembic import op

from caseflow.store.types import Id, Instant

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """Add both tables, empty."""
    op.create_table(
        "registry_check",
        sa.Column("id", Id, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("subject_id", Id, nullable=False),
        sa.Column("system", sa.String(length=30), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("decile", sa.Integer(), nullable=True),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_by", Id, nullable=False),
        sa.Column("recorded_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registry_check")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_registry_check_case_id_case_file")),
        sa.ForeignKeyConstraint(["subject_id"], ["subject.id"], name=op.f("fk_registry_check_subject_id_subject")),
    )
    op.create_index("ix_registry_check_case_id", "registry_check", ["case_id"])
    op.create_index("ix_registry_check_subject_id", "registry_check", ["subject_id"])
    op.create_table(
        "group_member",
        sa.Column("id", Id, nullable=False),
        sa.Column("group_id", Id, nullable=False),
        sa.Column("person_id", Id, nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("basis", sa.String(length=20), nullable=False),
        sa.Column("representative", sa.Boolean(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_member")),
        sa.ForeignKeyConstraint(
            ["group_id"], ["household.subject_id"], name=op.f("fk_group_member_group_id_household")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.subject_id"], name=op.f("fk_group_member_person_id_person")),
        sa.CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name=op.f("ck_group_member_ends_after_start")),
    )
    op.create_index("ix_group_member_group_id", "group_member", ["group_id"])
    op.create_index("ix_group_member_person_id", "group_member", ["person_id"])
