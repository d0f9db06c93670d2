"""Areas by Kemendagri code: names, and the title of who heads them."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, bindparam, func, insert, select

from caseflow.ids import area_parents
from caseflow.store.reads import among, read
from caseflow.store.session import Session
from caseflow.store.tables import area

_ONE = read(select(area).where(area.c.code == bindparam("of_code")))
_THESE = read(select(area).where(among(area.c.code, "of_codes")))


def fill(session: Session, rows: Iterable[dict[str, Any]]) -> None:
    """Insert areas: code, name, level, head_title."""
    session.execute(insert(area), list(rows))


def by_code(session: Session, code: str) -> Row[Any] | None:
    """Return an area."""
    return _ONE.first(session, of_code=code)


def chain(session: Session, code: str) -> list[Row[Any]]:
    """Return the area and those around it, smallest first."""
    codes = [*area_parents(code), code]
    return sorted(_THESE.all(session, of_codes=codes), key=lambda r: -len(r.code))


def widest(session: Session, prefix: str, limit: int) -> list[Row[Any]]:
    """Return the areas in an area, itself first, the large ones before those in them."""
    query = select(area).where(area.c.code.startswith(prefix, autoescape=True))
    return list(session.execute(query.order_by(func.length(area.c.code), area.c.code).limit(limit)))


def under(session: Session, prefix: str, level: str | None = None) -> list[Row[Any]]:
    """Return the areas in an area, by code."""
    query = select(area).where(area.c.code.startswith(prefix, autoescape=True))
    if level:
        query = query.where(area.c.level == level)
    return list(session.execute(query.order_by(area.c.code)))
