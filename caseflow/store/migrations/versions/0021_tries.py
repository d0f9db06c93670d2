"""How many codes a half-open session has tried."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Add the column, empty."""
    op.add_column("web_session", sa.Column("tries", sa.Integer(), nullable=True))
