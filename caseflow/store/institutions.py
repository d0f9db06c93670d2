"""Institutions letters and referrals go to."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, insert, select, update

from caseflow.access import Viewer
from caseflow.errors import InvalidInput, _
from caseflow.ids import area_within, is_id, new_id
from caseflow.states.sharing import INSTITUTIONS
from caseflow.store import scope
from caseflow.store.session import Session
from caseflow.store.tables import case_file, institution, placement, referral

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


def inactive(session: Session, kind: str | None = None) -> list[Row[Any]]:
    """Return the institutions that are switched off, by name."""
    query = select(institution).where(~institution.c.active)
    if kind:
        query = query.where(institution.c.kind == kind)
    return list(session.execute(query.order_by(institution.c.name)))


def change(session: Session, institution_id: str, values: Mapping[str, Any]) -> None:
    """Write what is known of an institution now."""
    session.execute(update(institution).where(institution.c.id == institution_id).values(dict(values)))


def placed(session: Session) -> dict[str, int]:
    """Return institution -> open placements there, closed files (R3) aside."""
    query = (
        select(placement.c.institution_id, func.count().label("placed"))
        .join(case_file, case_file.c.id == placement.c.case_id)
        .where(placement.c.institution_id.is_not(None), placement.c.ends_on.is_(None))
        .where(case_file.c.confidentiality != "R3")
        .group_by(placement.c.institution_id)
    )
    return {row.institution_id: row.placed for row in session.execute(query)}


def referrals_to(session: Session, viewer: Viewer, institution_id: str) -> list[Row[Any]]:
    """Return status and days of the referrals sent there in cases the viewer may see, closed files (R3) aside."""
    query = (
        select(referral.c.status, referral.c.sent_on, referral.c.answered_on)
        .join(case_file, case_file.c.id == referral.c.case_id)
        .where(referral.c.institution_id == institution_id, referral.c.status != "waiting")
        .where(case_file.c.confidentiality != "R3", scope.visible_to(viewer))
    )
    return list(session.execute(query))


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
