"""Institutions letters and referrals go to."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select

from caseflow.errors import InvalidInput, _
from caseflow.ids import area_within, is_id, new_id
from caseflow.states.sharing import INSTITUTIONS
from caseflow.store.session import Session
from caseflow.store.tables import institution

KINDS = tuple(INSTITUTIONS)


def add(  # noqa: PLR0913 - an institution is that many facts
    session: Session,
    *,
    name: str,
    kind: str,
    addressee: str,
    place: str,
    area_code: str,
    email: str | None = None,
    phone: str | None = None,
    at: datetime,
) -> str:
    """Insert an institution; `addressee` is the post a letter is written to ("Direktur RSUD ..."). Return its id."""
    if kind not in KINDS:
        raise InvalidInput({"kind": _("Pilih salah satu: {choices}.", choices=", ".join(KINDS))})
    row_id = str(new_id(at))
    values: dict[str, Any] = {"id": row_id, "name": name, "kind": kind, "addressee": addressee, "place": place}
    values |= {"area_code": area_code, "email": email, "phone": phone, "active": True}
    session.execute(insert(institution).values(values))
    return row_id


def by_id(session: Session, institution_id: str) -> Row[Any] | None:
    """Return an institution."""
    return session.execute(select(institution).where(institution.c.id == institution_id)).first()


def listing(session: Session, kind: str | None = None) -> list[Row[Any]]:
    """Return the active institutions, by name."""
    query = select(institution).where(institution.c.active)
    if kind:
        query = query.where(institution.c.kind == kind)
    return list(session.execute(query.order_by(institution.c.name)))


def require(session: Session, institution_id: str | None, kind: str | None = None) -> Row[Any]:
    """Return an active institution of a kind, or raise `InvalidInput` saying what to choose from."""
    row = by_id(session, institution_id) if institution_id and is_id(institution_id) else None
    if row is None or not row.active or (kind is not None and row.kind != kind):
        known = "; ".join(f"{i.name} ({i.id})" for i in listing(session, kind)) or "-"
        raise InvalidInput({"institution": _("Pilih lembaga tujuan yang sesuai: {known}.", known=known)})
    return row


def nearest(session: Session, kind: str, area_code: str) -> Row[Any] | None:
    """Return the institution of a kind for an area when there is exactly one in the same kabupaten or kota."""
    found = [i for i in listing(session, kind) if area_within(area_code, i.area_code[:4])]
    return found[0] if len(found) == 1 else None
