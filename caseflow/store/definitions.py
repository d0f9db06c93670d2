"""Category definitions and the mappings between them, by content digest; which cases follow which."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select

from caseflow.errors import NotFound
from caseflow.store import sql
from caseflow.store.session import Session
from caseflow.store.tables import case_file, definition, definition_map


def add(session: Session, digest: str, code: str, body: str, *, at: datetime) -> None:
    """Store a definition unless it is there."""
    values = {"digest": digest, "code": code, "body": body, "stored_at": at}
    sql.insert_new(session, definition, values, ("digest",))


def is_kept(session: Session, digest: str) -> bool:
    """Tell whether a definition is stored."""
    return session.execute(select(definition.c.digest).where(definition.c.digest == digest)).first() is not None


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
        .where(_open())
        .distinct()
    )
    return {r.digest: r.code for r in session.execute(query)}


def versions(session: Session) -> list[Row[Any]]:
    """Return digest, code, stored_at and the number of open cases of every version ever followed, newest first."""
    counted = (
        select(case_file.c.definition_digest, func.count().label("n"))
        .where(_open())
        .group_by(case_file.c.definition_digest)
        .subquery()
    )
    query = (
        select(
            definition.c.digest,
            definition.c.code,
            definition.c.stored_at,
            func.coalesce(counted.c.n, 0).label("open_cases"),
        )
        .outerjoin(counted, counted.c.definition_digest == definition.c.digest)
        .order_by(definition.c.code, definition.c.stored_at.desc(), definition.c.digest)
    )
    return list(session.execute(query))


def followers(session: Session, code: str, digest: str, *, after: str | None, limit: int) -> list[Row[Any]]:
    """Return id, number, confidentiality of open cases that follow a version, in the order of their ids, after one."""
    query = select(case_file.c.id, case_file.c.number, case_file.c.confidentiality).where(
        _open(), case_file.c.category == code, case_file.c.definition_digest == digest
    )
    if after is not None:
        query = query.where(case_file.c.id > after)
    return list(session.execute(query.order_by(case_file.c.id).limit(limit)))


def _open() -> ColumnElement[bool]:
    return case_file.c.state != "closed"


# --- mappings --------------------------------------------------------------------------------------------------------


def add_map(session: Session, digest: str, code: str, body: str, *, at: datetime) -> None:
    """Store a mapping, the file as it stands, unless it is there."""
    values = {"digest": digest, "code": code, "body": body, "stored_at": at}
    sql.insert_new(session, definition_map, values, ("digest",))


def maps(session: Session, prefix: str) -> list[Row[Any]]:
    """Return the mappings whose digest begins so: digest, code, body, stored_at."""
    query = select(definition_map).where(definition_map.c.digest.startswith(prefix, autoescape=True))
    return list(session.execute(query.order_by(definition_map.c.digest)))
