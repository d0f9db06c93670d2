"""Many letters asked for at once: the order, and a row for each case of it."""

import sqlalchemy as sa
from alembic import op

from caseflow.store.types import Id, Instant, Json

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add both tables, empty."""
    op.create_table(
        "letter_batch",
        sa.Column("id", Id, nullable=False),
        sa.Column("cause_key", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("institution_id", Id, nullable=True),
        sa.Column("ordered_by", Id, nullable=False),
        sa.Column("ordered_at", Instant, nullable=False),
        sa.Column("finished_at", Instant, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_batch")),
        sa.UniqueConstraint("cause_key", name=op.f("uq_letter_batch_cause_key")),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_letter_batch_institution_id_institution")
        ),
    )
    op.create_table(
        "letter_batch_row",
        sa.Column("id", Id, nullable=False),
        sa.Column("batch_id", Id, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("case_number", sa.String(length=40), nullable=False),
        sa.Column("case_id", Id, nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("letter_id", Id, nullable=True),
        sa.Column("problem", Json, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_batch_row")),
        sa.UniqueConstraint("batch_id", "position", name=op.f("uq_letter_batch_row_batch_id_position")),
        sa.UniqueConstraint("batch_id", "case_id", name=op.f("uq_letter_batch_row_batch_id_case_id")),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["letter_batch.id"], name=op.f("fk_letter_batch_row_batch_id_letter_batch")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_letter_batch_row_case_id_case_file")),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_letter_batch_row_letter_id_letter")),
    )
    op.create_index("ix_letter_batch_row_batch_id_state", "letter_batch_row", ["batch_id", "state"])
