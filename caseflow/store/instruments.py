"""Instruments that were filled in, as rows; what each was asked by is kept once, by digest."""

import hashlib
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from caseflow.audit import Broken
from caseflow.errors import AuditBroken, NotFound, _
from caseflow.store import sql
from caseflow.store.session import Session
from caseflow.store.tables import instrument_decision, instrument_fill, instrument_version

FillRow = Row[Any]
DecisionRow = Row[Any]


def keep_version(session: Session, digest: str, code: str, body: str, *, at: datetime) -> None:
    """Store a version unless it is there."""
    values = {"digest": digest, "code": code, "body": body, "stored_at": at}
    sql.insert_new(session, instrument_version, values, ("digest",))


def bodies(session: Session, digests: Collection[str]) -> Mapping[str, str]:
    """Return digest -> version as JSON.

    Raises `NotFound` when one was never stored, `AuditBroken` when one is not what its digest says.
    """
    query = select(instrument_version.c.digest, instrument_version.c.body)
    rows = session.execute(query.where(instrument_version.c.digest.in_(digests)))
    found = {str(row.digest): str(row.body) for row in rows}
    if set(digests) - set(found):
        raise NotFound
    if wrong := next((digest for digest, body in found.items() if _digest(body) != digest), None):
        raise AuditBroken(what=_("versi instrumen {digest} berubah", digest=wrong[:12]))
    return found


def unfit(session: Session) -> Iterator[Broken]:
    """Yield the versions whose words are not what their digest says."""
    for row in session.execute(select(instrument_version).order_by(instrument_version.c.digest)):
        if (found := _digest(str(row.body))) != row.digest:
            yield Broken("", None, None, "row", row.digest, found, instrument_version.name, row.digest)


def _digest(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()


def of_case(session: Session, case_id: str) -> list[FillRow]:
    """Return what was filled in for a case, the oldest first, what was corrected since too."""
    query = select(instrument_fill).where(instrument_fill.c.case_id == case_id)
    return list(session.execute(query.order_by(instrument_fill.c.id)))


def decisions_of(session: Session, case_id: str) -> list[DecisionRow]:
    """Return what people decided on them, the oldest first."""
    query = select(instrument_decision).where(instrument_decision.c.case_id == case_id)
    return list(session.execute(query.order_by(instrument_decision.c.id)))
