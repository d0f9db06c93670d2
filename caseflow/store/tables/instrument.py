"""Instruments that were filled in: the version asked by, the answers with their result, and what a person decided."""

from sqlalchemy import Column, Date, ForeignKey, Integer, String, Table, Text, UniqueConstraint

from caseflow.store.tables.base import key, metadata, ref, sealed
from caseflow.store.types import Id, Instant

instrument_version = Table(
    "instrument_version",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("code", String(20), nullable=False),
    Column("body", Text, nullable=False),
    Column("stored_at", Instant, nullable=False),
)

instrument_fill = Table(
    "instrument_fill",
    metadata,
    key(),
    ref("case_id", "case_file", index=True),
    Column("cycle", Integer, nullable=False),
    Column("instrument", String(20), nullable=False),
    Column("version_digest", String(64), ForeignKey("instrument_version.digest"), nullable=False),
    Column("filled_on", Date, nullable=False),
    Column("replaces_id", Id),
    sealed(),
    Column("filled_by", Id, nullable=False),
    Column("filled_at", Instant, nullable=False),
    UniqueConstraint("replaces_id"),
)

instrument_decision = Table(
    "instrument_decision",
    metadata,
    key(),
    ref("fill_id", "instrument_fill", index=True),
    ref("case_id", "case_file"),
    Column("decision", String(20), nullable=False),
    sealed(),
    Column("decided_by", Id, nullable=False),
    Column("decided_at", Instant, nullable=False),
)
