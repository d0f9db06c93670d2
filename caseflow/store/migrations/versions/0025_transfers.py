"""Offers of a case to another area."""

import sqlalchemy as sa
from alembic import op

from caseflow.store.types import Id, Instant

revision = "0025"
down_revision = "0028"
STILL = "state = 'offered'"


def upgrade() -> None:
    """Add the table, empty."""
    op.create_table(
        "transfer",
        sa.Column("id", Id, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("from_area", sa.String(length=10), nullable=False),
        sa.Column("from_office", Id, nullable=False),
        sa.Column("to_area", sa.String(length=10), nullable=False),
        sa.Column("to_office", Id, nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("offered_by", Id, nullable=False),
        sa.Column("offered_at", Instant, nullable=False),
        sa.Column("due_at", Instant, nullable=False),
        sa.Column("answered_by", Id, nullable=True),
        sa.Column("answered_at", Instant, nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_transfer_case_id_case_file")),
        sa.ForeignKeyConstraint(["from_office"], ["office.id"], name=op.f("fk_transfer_from_office_office")),
        sa.ForeignKeyConstraint(["to_office"], ["office.id"], name=op.f("fk_transfer_to_office_office")),
        sa.ForeignKeyConstraint(["offered_by"], ["user_account.id"], name=op.f("fk_transfer_offered_by_user_account")),
    )
    op.create_index("ix_transfer_case_id", "transfer", ["case_id"])
    op.create_index("ix_transfer_from_area", "transfer", ["from_area"])
    op.create_index("ix_transfer_to_area", "transfer", ["to_area"])
    still = sa.text(STILL)
    op.create_index(
        "uq_transfer_open", "transfer", ["case_id"], unique=True, postgresql_where=still, sqlite_where=still
    )
    op.create_index("ix_transfer_due_at", "transfer", ["due_at"], postgresql_where=still, sqlite_where=still)
