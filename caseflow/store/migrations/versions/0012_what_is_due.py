"""What is due is read in the order of an index: by the sweep chunk by chunk, and what waits for a decision."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

PENDING = "state = 'pending'"


def upgrade() -> None:
    """Let what falls due at one moment have an order, and find the reviews that wait without sorting all of them."""
    op.drop_index("ix_obligation_next_at", "obligation")
    op.create_index("ix_obligation_next_at", "obligation", ["next_at", "id"])
    where = sa.text(PENDING)
    op.create_index("ix_review_pending_due", "review", ["due_at"], postgresql_where=where, sqlite_where=where)
