"""The log: append only, triggers forbid the rest; payloads apart; answers kept for repeated requests."""

from sqlalchemy import Column, Date, Index, Integer, LargeBinary, String, Table, Text, UniqueConstraint, text

from caseflow.store.tables.base import key, metadata, ref, sealed
from caseflow.store.types import Id, Instant

ONLY_OPENED = "code = 'case:file:opened'"
"""The entries that say who opened a closed file in need: every page of a case looks for them."""

case_entry = Table(
    "case_entry",
    metadata,
    key(),
    ref("case_id", "case_file"),
    Column("seq", Integer, nullable=False),
    Column("prev", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Column("code", String(60), nullable=False),
    Column("event_date", Date, nullable=False),
    Column("entered_at", Instant, nullable=False, index=True),
    Column("actor", Id, nullable=False),
    Column("facts_digest", String(64), nullable=False),
    Column("data", Text, nullable=False),
    Column("payload_digest", String(64)),
    UniqueConstraint("case_id", "seq"),
    Index(
        "ix_case_entry_opened",
        "actor",
        "entered_at",
        postgresql_where=text(ONLY_OPENED),
        sqlite_where=text(ONLY_OPENED),
    ),
)

access_entry = Table(
    "access_entry",
    metadata,
    key(),
    Column("hash", String(64), nullable=False),
    Column("code", String(60), nullable=False),
    Column("entered_at", Instant, nullable=False, index=True),
    Column("actor", Id, nullable=False),
    Column("case_id", Id, index=True),
    Column("data", Text, nullable=False),
    Column("payload_digest", String(64)),
)

payload = Table(
    "payload",
    metadata,
    Column("entry_id", Id, primary_key=True),
    ref("subject_id", "subject", index=True),
    Column("salt", LargeBinary, nullable=False),
    sealed(),
)

idempotency = Table(
    "idempotency",
    metadata,
    Column("user_id", Id, primary_key=True),
    Column("key", String(120), primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("status", Integer, nullable=False),
    sealed("response"),
    Column("created_at", Instant, nullable=False),
)

APPEND_ONLY = ("case_entry", "access_entry", "log_leaf", "log_subtree", "log_checkpoint")
"""Tables whose rows triggers protect from UPDATE, DELETE and TRUNCATE."""
