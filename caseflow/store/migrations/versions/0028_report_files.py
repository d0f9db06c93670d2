"""The PDF of a report's numbered letter, as it was made."""

import sqlalchemy as sa
from alembic import op

from caseflow.store.types import Id, Instant

revision = "0028"
down_revision = "0022"


def upgrade() -> None:
    """Add the table, empty: a letter numbered before is made each time it is fetched."""
    op.create_table(
        "report_file",
        sa.Column("report_id", Id, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_report_file")),
        sa.ForeignKeyConstraint(
            ["report_id"], ["monthly_report.id"], name=op.f("fk_report_file_report_id_monthly_report")
        ),
        sa.UniqueConstraint("sha256", name=op.f("uq_report_file_sha256")),
    )
