"""What became of the open cases of one version of a category in another: the mappings, by their digest."""

import sqlalchemy as sa
from alembic import op

from caseflow.store.types import Instant

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the table of mappings."""
    op.create_table(
        "definition_map",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("stored_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_definition_map")),
    )
