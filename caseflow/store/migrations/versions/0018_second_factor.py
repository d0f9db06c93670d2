"""The second factor of a log-in, its recovery codes, and what a session still owes before it may do anything."""

import sqlalchemy as sa
from alembic import op

from caseflow.store.types import Id, Instant

revision = "0018"
down_revision = "0016"


def upgrade() -> None:
    """Add the tables, empty, and the columns: sessions from before owe nothing, passwords from before stay."""
    op.create_table(
        "second_factor",
        sa.Column("user_id", Id, nullable=False),
        sa.Column("asked_at", Instant, nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("confirmed_at", Instant, nullable=True),
        sa.Column("counter", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_second_factor")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_second_factor_user_id_user_account")),
    )
    op.create_table(
        "recovery_code",
        sa.Column("user_id", Id, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("used_at", Instant, nullable=True),
        sa.PrimaryKeyConstraint("user_id", "digest", name=op.f("pk_recovery_code")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_recovery_code_user_id_user_account")),
    )
    op.add_column("web_session", sa.Column("owes", sa.String(length=10), nullable=True))
    op.add_column("web_session", sa.Column("device", sa.String(length=60), nullable=True))
    op.add_column("user_account", sa.Column("password_once", sa.Boolean(), nullable=True))
