"""By which ways each person is reached, and when they are left in peace."""

import sqlalchemy as sa
from alembic import op

from caseflow.store.types import Id, Instant

revision = "0019"
down_revision = "0017"


def upgrade() -> None:
    """Add the table, empty: until somebody chooses, everybody is reached as before."""
    op.create_table(
        "reach",
        sa.Column("user_id", Id, nullable=False),
        sa.Column("key_id", Id, nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("has_email", sa.Boolean(), nullable=False),
        sa.Column("has_whatsapp", sa.Boolean(), nullable=False),
        sa.Column("email_on", sa.Boolean(), nullable=False),
        sa.Column("whatsapp_on", sa.Boolean(), nullable=False),
        sa.Column("quiet_from", sa.Integer(), nullable=False),
        sa.Column("quiet_to", sa.Integer(), nullable=False),
        sa.Column("tells", sa.String(length=8), nullable=False),
        sa.Column("changed_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_reach")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_reach_user_id_user_account")),
        sa.ForeignKeyConstraint(["key_id"], ["subject.id"], name=op.f("fk_reach_key_id_subject")),
    )
