"""Requests to erase a person, and two columns of words that go under their subject's key.

Why a letter is void and what a member is to a household stood in clear: each is sealed, and its column goes. That
needs the keys of the installation (`caseflow db upgrade` has them); an empty database needs none.
"""

import sqlalchemy as sa
from alembic import op

from caseflow.crypto import Keyring
from caseflow.store.migrations import sealing
from caseflow.store.migrations.sealing import SUBJECT
from caseflow.store.types import Id, Instant

revision = "0002"
down_revision = "0001"

MEMBER = sa.table(
    "household_member",
    sa.column("id", Id),
    sa.column("person_id", Id),
    sa.column("relation", sa.String),
    sa.column("sealed", sa.LargeBinary),
)
LETTER = sa.table(
    "letter",
    sa.column("id", Id),
    sa.column("case_id", Id),
    sa.column("void_reason", sa.String),
    sa.column("sealed_void", sa.LargeBinary),
)


def upgrade() -> None:
    """Add the requests; seal the words, blank them where they stood, then drop their columns."""
    conn = op.get_bind()
    voided = sa.select(LETTER.c.id).where(LETTER.c.void_reason.is_not(None))
    keys = sealing.keys_for(conn, sa.select(MEMBER.c.id), voided)
    sealing.leave_nothing_behind(conn)
    _add_erasure()
    op.add_column("household_member", sa.Column("sealed", sa.LargeBinary(), nullable=True))
    op.add_column("letter", sa.Column("sealed_void", sa.LargeBinary(), nullable=True))
    if keys is not None:
        _seal_relations(conn, keys)
        _seal_reasons(conn, keys)
    op.drop_column("household_member", "relation")
    op.drop_column("letter", "void_reason")


def _add_erasure() -> None:
    op.create_table(
        "erasure",
        sa.Column("id", Id, nullable=False),
        sa.Column("subject_id", Id, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("basis", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("requested_by", Id, nullable=False),
        sa.Column("requested_at", Instant(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("decided_by", Id, nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_erasure_case_id_case_file")),
        sa.ForeignKeyConstraint(["subject_id"], ["subject.id"], name=op.f("fk_erasure_subject_id_subject")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
    )
    op.create_index(op.f("ix_erasure_case_id"), "erasure", ["case_id"], unique=False)
    op.create_index(op.f("ix_erasure_subject_id"), "erasure", ["subject_id"], unique=False)
    op.create_index(
        "uq_erasure_pending",
        "erasure",
        ["subject_id"],
        unique=True,
        postgresql_where=sa.text("state = 'pending'"),
        sqlite_where=sa.text("state = 'pending'"),
    )


# --- words under keys ------------------------------------------------------------------------------------------------


def _seal_relations(conn: sa.Connection, keys: Keyring) -> None:
    query = sa.select(MEMBER.c.id, MEMBER.c.relation, SUBJECT.c.id.label("subject"), SUBJECT.c.wrapped_key)
    query = query.join(SUBJECT, SUBJECT.c.id == MEMBER.c.person_id)
    for row, key in sealing.rows(conn, query, MEMBER.c.id, keys):
        place = f"household_member.sealed.{row.id}"
        words = sealing.sealed(key, {"relation": row.relation}, place) if key else None
        conn.execute(MEMBER.update().where(MEMBER.c.id == row.id).values(sealed=words, relation=""))


def _seal_reasons(conn: sa.Connection, keys: Keyring) -> None:
    query = sa.select(LETTER.c.id, LETTER.c.void_reason).where(LETTER.c.void_reason.is_not(None))
    for row, key in sealing.rows(conn, sealing.with_key(query, LETTER), LETTER.c.id, keys):
        words = sealing.sealed(key, {"reason": row.void_reason}, f"letter.sealed_void.{row.id}") if key else None
        conn.execute(LETTER.update().where(LETTER.c.id == row.id).values(sealed_void=words, void_reason=""))
