"""The Merkle tree over the log, checkpoints and their copies; every entry there is waits for its position."""

import sqlalchemy as sa
from alembic import op

from caseflow.store.triggers import create_feeders, create_triggers
from caseflow.store.types import Id, Instant

revision = "0003"
down_revision = "0002"

POSITION = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
PROTECTED = ("log_leaf", "log_subtree", "log_checkpoint")


def upgrade() -> None:
    """Create the tables, protect them, and let the entries of the log wait in the order they were written."""
    op.create_table(
        "log_pending",
        sa.Column("n", POSITION, autoincrement=True, nullable=False),
        sa.Column("entry_id", Id, nullable=False),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_log_pending")),
    )
    op.create_table(
        "log_leaf",
        sa.Column("position", POSITION, autoincrement=False, nullable=False),
        sa.Column("entry_id", Id, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_log_leaf")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_log_leaf_entry_id")),
    )
    op.create_table(
        "log_subtree",
        sa.Column("level", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("number", POSITION, autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("level", "number", name=op.f("pk_log_subtree")),
    )
    op.create_table(
        "log_checkpoint",
        sa.Column("id", Id, nullable=False),
        sa.Column("cause_key", sa.String(length=120), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_checkpoint")),
        sa.UniqueConstraint("cause_key", name=op.f("uq_log_checkpoint_cause_key")),
    )
    op.create_index(op.f("ix_log_checkpoint_size"), "log_checkpoint", ["size"], unique=False)
    op.create_table(
        "checkpoint_copy",
        sa.Column("id", Id, nullable=False),
        sa.Column("checkpoint_id", Id, nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("address", sa.String(length=400), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("maybe_twice", sa.Boolean(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("sent_at", Instant(), nullable=True),
        sa.Column("failure", sa.String(length=400), nullable=True),
        sa.ForeignKeyConstraint(
            ["checkpoint_id"], ["log_checkpoint.id"], name=op.f("fk_checkpoint_copy_checkpoint_id_log_checkpoint")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkpoint_copy")),
        sa.UniqueConstraint(
            "checkpoint_id", "channel", "address", name=op.f("uq_checkpoint_copy_checkpoint_id_channel_address")
        ),
    )
    create_triggers(op.get_bind(), PROTECTED)
    create_feeders(op.get_bind())
    _let_wait()


def _let_wait() -> None:
    entries = sa.table("case_entry", sa.column("id"), sa.column("case_id"), sa.column("seq"), sa.column("entered_at"))
    access = sa.table("access_entry", sa.column("id"), sa.column("entered_at"))
    pending = sa.table("log_pending", sa.column("entry_id"))
    cases = sa.select(entries.c.id, entries.c.entered_at, entries.c.case_id, entries.c.seq)
    alone = sa.select(access.c.id, access.c.entered_at, sa.null().label("case_id"), sa.literal(0).label("seq"))
    every = sa.union_all(cases, alone).subquery()
    ordered = sa.select(every.c.id).order_by(every.c.entered_at, every.c.case_id, every.c.seq)
    op.execute(sa.insert(pending).from_select(["entry_id"], ordered))
