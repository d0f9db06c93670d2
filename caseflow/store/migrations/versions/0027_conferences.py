"""Case conferences; who answers for a referral, and its own number."""

import sqlalchemy as sa
from alembic import op

from caseflow.store.types import Id, Instant

revision = "0027"
down_revision = "0024"


def upgrade() -> None:
    """Add the table, and the columns: a referral from before has neither officer nor number."""
    op.create_table(
        "conference",
        sa.Column("id", Id, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("meets_on", sa.Date(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_by", Id, nullable=False),
        sa.Column("recorded_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conference")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_conference_case_id_case_file")),
    )
    op.create_index("ix_conference_case_id", "conference", ["case_id"])
    op.add_column("referral", sa.Column("officer_id", Id, nullable=True))
    op.add_column("referral", sa.Column("number", sa.String(length=40), nullable=True))
    op.create_index("uq_referral_number", "referral", ["number"], unique=True)
