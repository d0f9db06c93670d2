"""Files opened in need are found by who opened them: every page of a case asks."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0026"

OPENED = sa.text("code = 'case:file:opened'")


def upgrade() -> None:
    """Add the index."""
    op.create_index(
        "ix_case_entry_opened",
        "case_entry",
        ["actor", "entered_at"],
        postgresql_where=OPENED,
        sqlite_where=OPENED,
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_index("ix_case_entry_opened", "case_entry")
