"""By which ways a person is reached outside the log-in, and when they are left in peace."""

from sqlalchemy import Boolean, Column, ForeignKey, Integer, String, Table

from caseflow.store.tables.base import metadata, sealed
from caseflow.store.types import Id, Instant

reach = Table(
    "reach",
    metadata,
    Column("user_id", Id, ForeignKey("user_account.id"), primary_key=True),
    Column("key_id", Id, ForeignKey("subject.id")),  # whose key the addresses lie under: one of this person's own
    sealed(null=True),  # {"email": ..., "whatsapp": ...}: what the person gave
    Column("has_email", Boolean, nullable=False),
    Column("has_whatsapp", Boolean, nullable=False),
    Column("email_on", Boolean, nullable=False),
    Column("whatsapp_on", Boolean, nullable=False),
    Column("quiet_from", Integer, nullable=False),  # minutes after midnight, where the person's office is
    Column("quiet_to", Integer, nullable=False),
    Column("tells", String(8), nullable=False),
    Column("changed_at", Instant, nullable=False),
)
