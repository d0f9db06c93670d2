"""Category definitions by content digest."""

from datetime import datetime

from sqlalchemy import select

from caseflow.errors import NotFound
from caseflow.store import sql
from caseflow.store.session import Session
from caseflow.store.tables import case_file, definition


def add(session: Session, digest: str, code: str, body: str, *, at: datetime) -> None:
    """Store a definition unless it is there."""
    values = {"digest": digest, "code": code, "body": body, "stored_at": at}
    sql.insert_new(session, definition, values, ("digest",))


def body(session: Session, digest: str) -> str:
    """Return a stored definition as JSON; `NotFound` when it was never stored."""
    found: str | None = session.execute(select(definition.c.body).where(definition.c.digest == digest)).scalar()
    if found is None:
        raise NotFound
    return found


def in_use(session: Session) -> dict[str, str]:
    """Return digest -> code of the definitions open cases follow."""
    query = (
        select(definition.c.digest, definition.c.code)
        .join(case_file, case_file.c.definition_digest == definition.c.digest)
        .where(case_file.c.state != "closed")
        .distinct()
    )
    return {r.digest: r.code for r in session.execute(query)}
