"""Whom a digest concerns: those who hold a role in the area an office serves."""

from datetime import date

from sqlalchemy import or_, select

from caseflow.store.offices import OfficeRow
from caseflow.store.session import Session
from caseflow.store.tables import role_grant, user_account


def holders(session: Session, office: OfficeRow, role: str, on: date) -> list[str]:
    """Return who may work and holds a role that day anywhere in an office's area, or above it."""
    area = role_grant.c.area_code
    query = (
        select(user_account.c.id)
        .join(role_grant, role_grant.c.user_id == user_account.c.id)
        .where(role_grant.c.role == role, user_account.c.active, role_grant.c.starts_on <= on)
        .where(or_(role_grant.c.ends_on.is_(None), role_grant.c.ends_on >= on))
        .where(or_(area.startswith(office.area_code), area == office.area_code[:2], area == ""))
    )
    return sorted(set(session.execute(query).scalars()))
