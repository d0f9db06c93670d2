"""Indexes for lists among a million cases: of a kabupaten, of who opened them, on hold, overdue."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

KABUPATEN = "substr(area_code, 1, 4)"
HELD = "held_until IS NOT NULL"
LIVE = "satisfied_at IS NULL AND cancelled_at IS NULL"


def upgrade() -> None:
    """Add them; none is unique, so no row can be in the way."""
    if op.get_bind().dialect.name == "postgresql":
        for name, columns in (("", ()), ("_state", ("state",)), ("_category", ("category",))):
            op.create_index(f"ix_case_file_kabupaten{name}", "case_file", [sa.text(KABUPATEN), *columns, "number"])
    op.create_index("ix_case_file_opened_by", "case_file", ["opened_by"])
    for name, table, column, where in (
        ("ix_case_file_held_until", "case_file", "held_until", HELD),
        ("ix_obligation_live", "obligation", "due_at", LIVE),
    ):
        op.create_index(name, table, [column], postgresql_where=sa.text(where), sqlite_where=sa.text(where))
