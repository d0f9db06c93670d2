"""Photos and documents of a case: what each is, and its small picture; the file itself lies in `file`."""

from sqlalchemy import Column, Date, Integer, String, Table

from caseflow.store.tables.base import key, metadata, ref, sealed
from caseflow.store.types import Id, Instant

attachment = Table(
    "attachment",
    metadata,
    key(),
    ref("case_id", "case_file", index=True),
    Column("cycle", Integer, nullable=False),
    Column("stage", String(30)),
    ref("visit_id", "visit", null=True),
    Column("kind", String(20), nullable=False),
    Column("media_type", String(80), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("size", Integer, nullable=False),
    Column("taken_on", Date, nullable=False),
    sealed(),
    sealed("sealed_thumb", null=True),
    ref("file_id", "file", null=True),
    Column("seal_digest", String(64), nullable=False),
    Column("added_by", Id, nullable=False),
    Column("added_at", Instant, nullable=False),
    Column("withdrawn_by", Id),
    Column("withdrawn_at", Instant),
)
