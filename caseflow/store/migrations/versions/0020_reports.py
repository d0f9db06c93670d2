"""Monthly reports and targets."""

import sqlalchemy as sa
from alembic import op

from caseflow.store.types import Id, Instant

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Add both tables, empty."""
    op.create_table(
        "monthly_report",
        sa.Column("id", Id, nullable=False),
        sa.Column("office_id", Id, nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("asked_by", Id, nullable=False),
        sa.Column("asked_at", Instant, nullable=False),
        sa.Column("closed_as_of", Instant, nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("to_count", sa.Integer(), nullable=True),
        sa.Column("frozen_at", Instant, nullable=True),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("letter_number", sa.String(length=80), nullable=True),
        sa.Column("letter_facts", sa.Text(), nullable=True),
        sa.Column("check_code", sa.String(length=24), nullable=True),
        sa.Column("lettered_at", Instant, nullable=True),
        sa.Column("lettered_by", Id, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_monthly_report")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_monthly_report_office_id_office")),
        sa.UniqueConstraint("office_id", "month", "edition", name=op.f("uq_monthly_report_office_id_month_edition")),
        sa.UniqueConstraint("check_code", name=op.f("uq_monthly_report_check_code")),
    )
    op.create_table(
        "target",
        sa.Column("id", Id, nullable=False),
        sa.Column("office_id", Id, nullable=False),
        sa.Column("area_code", sa.String(length=10), nullable=False),
        sa.Column("measure", sa.String(length=10), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("set_by", Id, nullable=False),
        sa.Column("set_at", Instant, nullable=False),
        sa.Column("withdrawn_by", Id, nullable=True),
        sa.Column("withdrawn_at", Instant, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_target")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_target_office_id_office")),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_target_ends_after_start")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_target_amount_is_more_than_none")),
    )
    op.create_index("ix_target_office_id", "target", ["office_id"])
