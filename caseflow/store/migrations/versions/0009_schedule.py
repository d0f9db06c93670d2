"""When recurring jobs fire is a table; how jobs ended is counted, and when one was begun is known."""

import sqlalchemy as sa
from alembic import op

from caseflow.store.types import Instant

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add two tables and a column; schedulers fill in what repeats."""
    op.create_table(
        "schedule",
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("cron", sa.String(length=120), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("missed", sa.String(length=8), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("last_fired", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_schedule")),
    )
    op.create_table(
        "job_tally",
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("outcome", sa.String(length=8), nullable=False),
        sa.Column("bucket", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("shard", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("jobs", sa.BigInteger(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "outcome", "bucket", "shard", name=op.f("pk_job_tally")),
    )
    op.add_column("job", sa.Column("began_at", Instant(), nullable=True))
