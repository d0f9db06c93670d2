"""The first schema, with the triggers that keep the log append-only."""

from alembic import op

from caseflow.store.tables import metadata
from caseflow.store.triggers import create_triggers

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create every table and trigger."""
    metadata.create_all(op.get_bind())
    create_triggers(op.get_bind())
