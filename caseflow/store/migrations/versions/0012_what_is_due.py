"""What falls due at one moment has an order: the sweep takes it chunk by chunk and sorts nothing."""

from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Replace the index by one that holds the ids too."""
    op.drop_index("ix_obligation_next_at", "obligation")
    op.create_index("ix_obligation_next_at", "obligation", ["next_at", "id"])
