"""Orders of letters: what was typed for a case number is kept only where it is one; a letter may wait for initials."""

import re

import sqlalchemy as sa
from alembic import op

from caseflow.store.types import Id

revision = "0014"
down_revision = "0013"

CASE_NUMBER = re.compile(r"[0-9]{4}-[0-9]{4}-[0-9]{6,9}")
ROW = sa.table("letter_batch_row", sa.column("case_id"), sa.column("case_number"))


def upgrade() -> None:
    """Empty the numbers that are none: they lie in clear, and may be names."""
    op.add_column("letter_batch_row", sa.Column("draft_id", Id, nullable=True))
    bind = op.get_bind()
    unknown = ROW.c.case_id.is_(None)
    typed = bind.execute(sa.select(ROW.c.case_number).where(unknown).distinct()).scalars().all()
    for text in typed:
        if not CASE_NUMBER.fullmatch(text):
            bind.execute(sa.update(ROW).where(unknown, ROW.c.case_number == text).values(case_number=""))
