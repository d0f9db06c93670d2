"""The numbered letters of monthly reports as files: about no person, so sealed under nobody's key."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select

from caseflow.store.session import Session
from caseflow.store.tables import monthly_report, report_file


def report_of(session: Session, sha256: str) -> Row[Any] | None:
    """Return the edition whose letter is this file."""
    joined = select(monthly_report).join(report_file, report_file.c.report_id == monthly_report.c.id)
    return session.execute(joined.where(report_file.c.sha256 == sha256)).first()


def content_of(session: Session, report_id: str) -> bytes | None:
    """Return the PDF of an edition's letter, once it was made."""
    return session.execute(select(report_file.c.content).where(report_file.c.report_id == report_id)).scalar()


def keep(session: Session, report_id: str, content: bytes, sha256: str, *, at: datetime) -> None:
    """Insert the PDF of an edition's letter."""
    session.execute(insert(report_file).values(report_id=report_id, sha256=sha256, content=content, made_at=at))
