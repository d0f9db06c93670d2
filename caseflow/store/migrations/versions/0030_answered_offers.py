"""An offer names for whom a stand-in made it, and keeps what the case was when it was answered."""

import sqlalchemy as sa
from alembic import op

from caseflow.store.types import Id

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    """Add the columns, empty: of offers answered before, neither category nor secrecy is shown."""
    op.add_column("transfer", sa.Column("offered_for", Id, nullable=True))
    op.add_column("transfer", sa.Column("category", sa.String(length=20), nullable=True))
    op.add_column("transfer", sa.Column("confidentiality", sa.String(length=2), nullable=True))


def downgrade() -> None:
    """Drop them."""
    for name in ("confidentiality", "category", "offered_for"):
        op.drop_column("transfer", name)
