"""An action of a plan may serve several cases of a household: its row in each other case names the first."""

import sqlalchemy as sa
from alembic import op

from caseflow.store.types import Id

revision = "0032"
down_revision = "0030"


def upgrade() -> None:
    """Add the column, empty: nothing planned before is shared."""
    op.add_column("plan_item", sa.Column("origin_id", Id, nullable=True))
    op.create_index("ix_plan_item_origin_id", "plan_item", ["origin_id"])


def downgrade() -> None:
    """Drop it; the rows stay, each in the plan of its case."""
    op.drop_index("ix_plan_item_origin_id", table_name="plan_item")
    op.drop_column("plan_item", "origin_id")
