"""Helpers are told apart by NIK: a keyed index of the number that lies under each one's own key."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0032"


def upgrade() -> None:
    """Add the column, empty: no NIK was recorded before."""
    op.add_column("psks_person", sa.Column("nik_index", sa.String(length=64), nullable=True))
    op.create_index("ix_psks_person_nik_index", "psks_person", ["nik_index"])


def downgrade() -> None:
    """Drop it."""
    op.drop_index("ix_psks_person_nik_index", table_name="psks_person")
    op.drop_column("psks_person", "nik_index")
