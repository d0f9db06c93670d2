"""The tree over the log: positions, complete subtrees, what waits for a position; checkpoints and their copies."""

from sqlalchemy import BigInteger, Boolean, Column, Integer, LargeBinary, SmallInteger, String, Table, Text
from sqlalchemy import UniqueConstraint as Unique

from caseflow.store.tables.base import key, metadata, ref
from caseflow.store.types import Id, Instant

Position = BigInteger().with_variant(Integer, "sqlite")

log_pending = Table(
    "log_pending",
    metadata,
    Column("n", Position, primary_key=True, autoincrement=True),
    Column("entry_id", Id, nullable=False),
)
"""Filled by triggers on the log, in the transaction of the entry; emptied by the sequencer."""

log_leaf = Table(
    "log_leaf",
    metadata,
    Column("position", Position, primary_key=True, autoincrement=False),
    Column("entry_id", Id, nullable=False, unique=True),
    Column("hash", LargeBinary, nullable=False),
)

log_subtree = Table(
    "log_subtree",
    metadata,
    Column("level", SmallInteger, primary_key=True, autoincrement=False),
    Column("number", Position, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary, nullable=False),
)
"""Roots of complete subtrees of 16^level leaves: a sixteenth of the leaves in rows, and few rows for any proof."""

log_checkpoint = Table(
    "log_checkpoint",
    metadata,
    key(),
    Column("cause_key", String(120), nullable=False, unique=True),
    Column("size", BigInteger, nullable=False, index=True),
    Column("made_at", Instant, nullable=False),
    Column("note", Text, nullable=False),
)

checkpoint_copy = Table(
    "checkpoint_copy",
    metadata,
    key(),
    ref("checkpoint_id", "log_checkpoint"),
    Column("channel", String(20), nullable=False),
    Column("address", String(400), nullable=False),
    Column("state", String(12), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("maybe_twice", Boolean, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("sent_at", Instant),
    Column("failure", String(400)),
    Unique("checkpoint_id", "channel", "address"),
)
"""Each place a checkpoint goes to outside this machine, and whether it has arrived."""
