"""Questions about entries, and the approvals of a period in the order of an index."""

import sqlalchemy as sa
from alembic import op

from caseflow.store.types import Id, Instant

revision = "0016"
down_revision = "0015"

OPEN = "state <> 'closed'"
GRANTED = "state = 'granted'"


def upgrade() -> None:
    """Add the table, empty, and the index."""
    op.create_table(
        "audit_question",
        sa.Column("id", Id, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("entry_id", Id, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=30), nullable=False),
        sa.Column("asked_of", Id, nullable=False),
        sa.Column("asked_by", Id, nullable=False),
        sa.Column("asked_at", Instant, nullable=False),
        sa.Column("due_at", Instant, nullable=False),
        sa.Column("above", sa.String(length=10), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("answered_at", Instant, nullable=True),
        sa.Column("finding", sa.String(length=12), nullable=True),
        sa.Column("closed_by", Id, nullable=True),
        sa.Column("closed_at", Instant, nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_question")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_audit_question_case_id_case_file")),
        sa.ForeignKeyConstraint(["entry_id"], ["case_entry.id"], name=op.f("fk_audit_question_entry_id_case_entry")),
        sa.ForeignKeyConstraint(
            ["asked_of"], ["user_account.id"], name=op.f("fk_audit_question_asked_of_user_account")
        ),
    )
    op.create_index("ix_audit_question_case_id", "audit_question", ["case_id"])
    op.create_index("ix_audit_question_entry_id", "audit_question", ["entry_id"])
    op.create_index("ix_audit_question_asked_of", "audit_question", ["asked_of"])
    still = sa.text(OPEN)
    op.create_index(
        "uq_audit_question_open",
        "audit_question",
        ["entry_id", "asked_of"],
        unique=True,
        postgresql_where=still,
        sqlite_where=still,
    )
    op.create_index(
        "ix_audit_question_due_at", "audit_question", ["due_at"], postgresql_where=still, sqlite_where=still
    )
    granted = sa.text(GRANTED)
    op.create_index(
        "ix_review_granted",
        "review",
        ["decided_at", "requested_by", "decided_by"],
        postgresql_where=granted,
        sqlite_where=granted,
    )
