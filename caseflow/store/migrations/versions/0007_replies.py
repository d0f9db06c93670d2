"""Reply codes and answers that wait for confirmation; the letter that one replaces; what a post may sign."""

import sqlalchemy as sa
from alembic import op

from caseflow.store.types import Id, Instant

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the columns, all empty: a letter from before has no code, and its slip is answered by hand."""
    op.add_column("referral", sa.Column("reply_digest", sa.String(length=64), nullable=True))
    op.add_column("referral", sa.Column("offered", sa.String(length=12), nullable=True))
    op.add_column("referral", sa.Column("offered_at", Instant, nullable=True))
    op.create_index("uq_referral_reply_digest", "referral", ["reply_digest"], unique=True)
    op.add_column("letter", sa.Column("replaces_id", Id, nullable=True))
    op.create_index("uq_letter_replaces_id", "letter", ["replaces_id"], unique=True)
    op.add_column("signatory_post", sa.Column("letters", sa.String(length=400), nullable=True))
