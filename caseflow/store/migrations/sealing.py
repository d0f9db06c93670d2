"""What migrations share that put words under keys: the installation's keys, rows with their subject's key."""

from collections.abc import Callable, Iterator
from typing import Any

import orjson
import sqlalchemy as sa
from alembic import op

from caseflow import crypto
from caseflow.crypto import Keyring
from caseflow.errors import BadKeyFile, _
from caseflow.store.types import Id

CHUNK = 500
SUBJECT = sa.table("subject", sa.column("id", Id), sa.column("wrapped_key", sa.LargeBinary))
CASE = sa.table("case_file", sa.column("id", Id), sa.column("subject_id", Id))


def keys_for(conn: sa.Connection, *words: sa.Select[Any]) -> Keyring | None:
    """Return the installation's keys where there are words to seal; `BadKeyFile` before anything is changed."""
    if not any(conn.execute(query.limit(1)).first() for query in words):
        return None
    config = op.get_context().config
    load: Callable[[], Keyring] | None = config.attributes.get("keys") if config is not None else None
    if load is None:
        raise BadKeyFile(path="-", reason=_("pembaruan skema ini memerlukan kunci: jalankan caseflow db upgrade."))
    return load()


def leave_nothing_behind(conn: sa.Connection) -> None:
    """Let SQLite overwrite what a statement removes from its file."""
    if conn.dialect.name == "sqlite":
        op.execute("PRAGMA secure_delete = ON")


def with_key(query: sa.Select[Any], table: sa.TableClause) -> sa.Select[Any]:
    """Add whose case a row hangs on, and the subject's key."""
    joined = query.join(CASE, CASE.c.id == table.c.case_id).join(SUBJECT, SUBJECT.c.id == CASE.c.subject_id)
    return joined.add_columns(SUBJECT.c.id.label("subject"), SUBJECT.c.wrapped_key)


def rows(
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


def sealed(key: bytes, words: dict[str, Any], place: str) -> bytes:
    """Return words under a subject's key, bound to their place."""
    return crypto.seal(key, orjson.dumps(words), place)


def unsealed(key: bytes, content: bytes, place: str) -> dict[str, Any]:
    """Return the words that lie under a subject's key."""
    words: dict[str, Any] = orjson.loads(crypto.open_seal(key, content, place))
    return words
