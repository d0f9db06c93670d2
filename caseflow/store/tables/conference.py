"""Case conferences: planned, held with minutes, or called off; who came and what was decided lies under the key."""

from sqlalchemy import Column, Date, Integer, String, Table

from caseflow.store.tables.base import key, metadata, ref, sealed
from caseflow.store.types import Id, Instant

conference = Table(
    "conference",
    metadata,
    key(),
    ref("case_id", "case_file", index=True),
    Column("cycle", Integer, nullable=False),
    Column("status", String(12), nullable=False),
    Column("meets_on", Date, nullable=False),
    sealed(),
    Column("recorded_by", Id, nullable=False),
    Column("recorded_at", Instant, nullable=False),
)
