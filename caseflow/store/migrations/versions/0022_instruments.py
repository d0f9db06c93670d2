"""Instruments that were filled in, by version, and what people decided."""

import sqlalchemy as sa
from alembic import op

from caseflow.store.types import Id, Instant

revision = "0022"
down_revision = "0023"


def upgrade() -> None:
    """Add the tables, empty."""
    op.create_table(
        "instrument_version",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("stored_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_instrument_version")),
    )
    op.create_table(
        "instrument_fill",
        sa.Column("id", Id, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("instrument", sa.String(length=20), nullable=False),
        sa.Column("version_digest", sa.String(length=64), nullable=False),
        sa.Column("filled_on", sa.Date(), nullable=False),
        sa.Column("replaces_id", Id, nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("filled_by", Id, nullable=False),
        sa.Column("filled_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instrument_fill")),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_instrument_fill_replaces_id")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_instrument_fill_case_id_case_file")),
        sa.ForeignKeyConstraint(
            ["version_digest"],
            ["instrument_version.digest"],
            name=op.f("fk_instrument_fill_version_digest_instrument_version"),
        ),
    )
    op.create_index("ix_instrument_fill_case_id", "instrument_fill", ["case_id"])
    op.create_table(
        "instrument_decision",
        sa.Column("id", Id, nullable=False),
        sa.Column("fill_id", Id, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("decision", sa.String(length=20), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("decided_by", Id, nullable=False),
        sa.Column("decided_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instrument_decision")),
        sa.ForeignKeyConstraint(
            ["fill_id"], ["instrument_fill.id"], name=op.f("fk_instrument_decision_fill_id_instrument_fill")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_instrument_decision_case_id_case_file")),
    )
    op.create_index("ix_instrument_decision_fill_id", "instrument_decision", ["fill_id"])
