"""What repeats, and how jobs have ended so far."""

from sqlalchemy import BigInteger, Boolean, Column, Float, SmallInteger, String, Table

from caseflow.store.tables.base import metadata
from caseflow.store.types import Instant

schedule = Table(
    "schedule",
    metadata,
    Column("kind", String(40), primary_key=True),
    Column("cron", String(120), nullable=False),
    Column("zone", String(64), nullable=False),
    Column("missed", String(8), nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("last_fired", Instant),
)

# One row would be a queue for all workers: each counts in the row of one of many shards.
job_tally = Table(
    "job_tally",
    metadata,
    Column("kind", String(40), primary_key=True),
    Column("outcome", String(8), primary_key=True),
    Column("bucket", SmallInteger, primary_key=True, autoincrement=False),
    Column("shard", SmallInteger, primary_key=True, autoincrement=False),
    Column("jobs", BigInteger, nullable=False),
    Column("seconds", Float, nullable=False),
)
