"""When somebody was shown a revision: what others may have typed on is not replaced by what is typed next."""

import sqlalchemy as sa
from alembic import op

from caseflow.store.types import Instant

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Add the column, empty: a revision from before is replaced by nothing but what its own writer types next."""
    op.add_column("stage_revision", sa.Column("shown_at", Instant, nullable=True))
