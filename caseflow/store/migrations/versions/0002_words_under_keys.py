"""Requests to erase a person, and two columns of words that go under their subject's key.

Why a letter is void and what a member is to a household stood in clear: each is sealed, and its column goes. That
needs the keys of the installation (`caseflow db upgrade` has them); an empty database needs none.
"""

from collections.abc import Callable, Iterator
from typing import Any

import orjson
import sqlalchemy as sa
from alembic import op

from caseflow import crypto
from caseflow.crypto import Keyring
from caseflow.errors import BadKeyFile, _
from caseflow.store.types import Id, Instant

revision = "0002"
down_revision = "0001"

CHUNK = 500
SUBJECT = sa.table("subject", sa.column("id", Id), sa.column("wrapped_key", sa.LargeBinary))
CASE = sa.table("case_file", sa.column("id", Id), sa.column("subject_id", Id))
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
    keys = _keys(conn)
    if conn.dialect.name == "sqlite":
        op.execute("PRAGMA secure_delete = ON")  # what stood in clear is overwritten in the file
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


def _keys(conn: sa.Connection) -> Keyring | None:
    """Return the installation's keys where there are words to seal; `BadKeyFile` before anything is changed."""
    queries = (
        sa.select(MEMBER.c.id),
        sa.select(LETTER.c.id).where(LETTER.c.void_reason.is_not(None)),
    )
    if not any(conn.execute(query.limit(1)).first() for query in queries):
        return None
    config = op.get_context().config
    load: Callable[[], Keyring] | None = config.attributes.get("keys") if config is not None else None
    if load is None:
        raise BadKeyFile(path="-", reason=_("pembaruan skema ini memerlukan kunci: jalankan caseflow db upgrade."))
    return load()


def _seal_relations(conn: sa.Connection, keys: Keyring) -> None:
    query = sa.select(MEMBER.c.id, MEMBER.c.relation, SUBJECT.c.id.label("subject"), SUBJECT.c.wrapped_key)
    query = query.join(SUBJECT, SUBJECT.c.id == MEMBER.c.person_id)
    for row, key in _rows(conn, query, MEMBER.c.id, keys):
        sealed = None if key is None else _sealed(key, {"relation": row.relation}, f"household_member.sealed.{row.id}")
        conn.execute(MEMBER.update().where(MEMBER.c.id == row.id).values(sealed=sealed, relation=""))


def _seal_reasons(conn: sa.Connection, keys: Keyring) -> None:
    query = sa.select(LETTER.c.id, LETTER.c.void_reason).where(LETTER.c.void_reason.is_not(None))
    for row, key in _rows(conn, _with_key(query, LETTER), LETTER.c.id, keys):
        sealed = None if key is None else _sealed(key, {"reason": row.void_reason}, f"letter.sealed_void.{row.id}")
        conn.execute(LETTER.update().where(LETTER.c.id == row.id).values(sealed_void=sealed, void_reason=""))


def _with_key(query: sa.Select[Any], table: sa.TableClause) -> sa.Select[Any]:
    """Add whose case the row hangs on, and the subject's key."""
    joined = query.join(CASE, CASE.c.id == table.c.case_id).join(SUBJECT, SUBJECT.c.id == CASE.c.subject_id)
    return joined.add_columns(SUBJECT.c.id.label("subject"), SUBJECT.c.wrapped_key)


def _rows(
    conn: sa.Connection, query: sa.Select[Any], by: sa.ColumnElement[Any], keys: Keyring
) -> Iterator[tuple[Any, bytes | None]]:
    """Yield every row with its subject's key, None once that was destroyed; some at a time, however many there are."""
    last: str | None = None
    while True:
        found = conn.execute((query if last is None else query.where(by > last)).order_by(by).limit(CHUNK)).all()
        for row in found:
            yield row, None if row.wrapped_key is None else crypto.unwrap(keys, row.wrapped_key, row.subject)
        if len(found) < CHUNK:
            return
        last = found[-1].id


def _sealed(key: bytes, words: dict[str, Any], place: str) -> bytes:
    return crypto.seal(key, orjson.dumps(words), place)
