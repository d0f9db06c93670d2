"""What a log-in asks for besides a password: the second factor and its recovery codes."""

from sqlalchemy import Column, ForeignKey, Integer, String, Table

from caseflow.store.tables.base import metadata, sealed
from caseflow.store.types import Id, Instant

second_factor = Table(
    "second_factor",
    metadata,
    Column("user_id", Id, ForeignKey("user_account.id"), primary_key=True),
    Column("asked_at", Instant),  # since when one is asked for: the grace begins
    sealed(null=True),  # the secret, under the key that wraps the keys of subjects
    Column("confirmed_at", Instant),  # from here on it is asked at every log-in
    Column("counter", Integer),  # the last interval whose code was used
)

recovery_code = Table(
    "recovery_code",
    metadata,
    Column("user_id", Id, ForeignKey("user_account.id"), primary_key=True),
    Column("digest", String(64), primary_key=True),
    Column("used_at", Instant),
)
