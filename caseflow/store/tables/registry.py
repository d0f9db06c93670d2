"""What registries say of a subject: each check with its day, and the decile it found."""

from sqlalchemy import Boolean, Column, Date, Integer, String, Table

from caseflow.store.tables.base import key, metadata, ref, sealed
from caseflow.store.types import Id, Instant

registry_check = Table(
    "registry_check",
    metadata,
    key(),
    ref("case_id", "case_file", index=True),
    ref("subject_id", "subject", index=True),
    Column("system", String(30), nullable=False),
    Column("year", Integer),
    Column("listed", Boolean, nullable=False),
    Column("decile", Integer),
    Column("checked_on", Date, nullable=False),
    sealed(),
    Column("recorded_by", Id, nullable=False),
    Column("recorded_at", Instant, nullable=False),
)
