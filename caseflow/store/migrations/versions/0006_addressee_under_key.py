"""Whom a consent lets hear, in words, goes under the subject's key, to the giver and the evidence."""

import sqlalchemy as sa
from alembic import op

from caseflow.crypto import Keyring
from caseflow.store.migrations import sealing
from caseflow.store.types import Id

revision = "0006"
down_revision = "0005"

CONSENT = sa.table(
    "consent",
    sa.column("id", Id),
    sa.column("case_id", Id),
    sa.column("addressee", sa.String),
    sa.column("sealed", sa.LargeBinary),
)


def upgrade() -> None:
    """Seal the words with their neighbours, blank them where they stood, then drop the column."""
    conn = op.get_bind()
    keys = sealing.keys_for(conn, sa.select(CONSENT.c.id).where(CONSENT.c.addressee != ""))
    sealing.leave_nothing_behind(conn)
    if keys is not None:
        _seal_addressees(conn, keys)
    op.drop_column("consent", "addressee")


def _seal_addressees(conn: sa.Connection, keys: Keyring) -> None:
    query = sa.select(CONSENT.c.id, CONSENT.c.addressee, CONSENT.c.sealed).where(CONSENT.c.addressee != "")
    for row, key in sealing.rows(conn, sealing.with_key(query, CONSENT), CONSENT.c.id, keys):
        content, place = row.sealed, f"consent.sealed.{row.id}"
        if key is not None:
            words = sealing.unsealed(key, content, place)
            content = sealing.sealed(key, {**words, "addressee": row.addressee}, place)
        conn.execute(CONSENT.update().where(CONSENT.c.id == row.id).values(sealed=content, addressee=""))
