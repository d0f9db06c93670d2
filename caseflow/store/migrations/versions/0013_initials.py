"""Initials (paraf): who holds the posts that initial, the drafts that wait for them, and what was given."""

import sqlalchemy as sa
from alembic import op

from caseflow.store.types import Id, Instant

revision = "0013"
down_revision = "0012"

WAITING = "state = 'waiting'"


def upgrade() -> None:
    """Add the three tables, empty: an office without a chain of posts numbers its letters at once, as before."""
    op.create_table(
        "post_holder",
        sa.Column("id", Id, nullable=False),
        sa.Column("office_id", Id, nullable=False),
        sa.Column("post", sa.String(length=200), nullable=False),
        sa.Column("prefix", sa.String(length=10), nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("recorded_at", Instant, nullable=False),
        sa.Column("recorded_by", Id, nullable=False),
        sa.CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name=op.f("ck_post_holder_ends_after_start")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_post_holder_office_id_office")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_post_holder_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_holder")),
    )
    op.create_index("ix_post_holder_office_id_post", "post_holder", ["office_id", "post"])
    op.create_index(op.f("ix_post_holder_user_id"), "post_holder", ["user_id"])
    op.create_table(
        "letter_draft",
        sa.Column("id", Id, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("office_id", Id, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("cause_key", sa.String(length=120), nullable=False),
        sa.Column("institution_id", Id, nullable=True),
        sa.Column("consent_purpose", sa.String(length=30), nullable=True),
        sa.Column("referral_id", Id, nullable=True),
        sa.Column("posts", sa.Text(), nullable=False),
        sa.Column("given", sa.Integer(), nullable=False),
        sa.Column("waits_for", sa.String(length=200), nullable=True),
        sa.Column("waits_since", Instant, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_reason", sa.LargeBinary(), nullable=True),
        sa.Column("replaces_id", Id, nullable=True),
        sa.Column("requested_at", Instant, nullable=False),
        sa.Column("requested_by", Id, nullable=False),
        sa.Column("settled_at", Instant, nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_letter_draft_case_id_case_file")),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_letter_draft_institution_id_institution")
        ),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_letter_draft_office_id_office")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_draft")),
        sa.UniqueConstraint("cause_key", name=op.f("uq_letter_draft_cause_key")),
    )
    op.create_index(op.f("ix_letter_draft_case_id"), "letter_draft", ["case_id"])
    where = sa.text(WAITING)
    op.create_index(
        "ix_letter_draft_waiting", "letter_draft", ["office_id", "waits_for"],
        postgresql_where=where, sqlite_where=where,
    )  # fmt: skip
    op.create_table(
        "letter_initial",
        sa.Column("id", Id, nullable=False),
        sa.Column("draft_id", Id, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("post", sa.String(length=200), nullable=False),
        sa.Column("prefix", sa.String(length=10), nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("given_at", Instant, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_letter_initial_case_id_case_file")),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["letter_draft.id"], name=op.f("fk_letter_initial_draft_id_letter_draft")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_letter_initial_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_initial")),
        sa.UniqueConstraint("draft_id", "position", name=op.f("uq_letter_initial_draft_id_position")),
        sa.UniqueConstraint("draft_id", "user_id", name=op.f("uq_letter_initial_draft_id_user_id")),
    )
    op.create_index(op.f("ix_letter_initial_case_id"), "letter_initial", ["case_id"])
