"""Accounts as an administrator sees them: which lie within reach, their roles, when somebody last logged in."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, exists, func, not_, or_, select, true, update

from caseflow.access import EVERYWHERE, Viewer
from caseflow.store import reach, scope
from caseflow.store.session import Session
from caseflow.store.tables import role_grant, second_factor, stand_in, user_account, web_session


@dataclass(frozen=True, slots=True)
class Held:
    """A role in an area from a day to a day, past and coming ones included."""

    id: str
    user_id: str
    role: str
    area: str
    starts_on: date
    ends_on: date | None
    institution_id: str | None


@dataclass(frozen=True, slots=True)
class Listed:
    """An account with its roles in the areas of who looks; `managed` tells whether who looks may change the account."""

    id: str
    username: str
    name: str
    email: str | None
    language: str
    active: bool
    created_at: datetime
    last_log_in: datetime | None
    managed: bool
    second_factor: bool
    reached_by: tuple[str, ...]
    """The ways by which messages reach the person: that there is one, never where it leads."""
    roles: tuple[Held, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which accounts, by log-in name; `after` is the last of the page before."""

    area: str = ""
    role: str = ""
    username: str = ""
    active: bool | None = None
    after: str = ""
    limit: int = 50


_WITH_FACTOR = select(second_factor.c.user_id).where(second_factor.c.confirmed_at.is_not(None))
_HELD = (
    role_grant.c.id,
    role_grant.c.user_id,
    role_grant.c.role,
    role_grant.c.area_code,
    role_grant.c.starts_on,
    role_grant.c.ends_on,
    role_grant.c.institution_id,
)


def listing(session: Session, viewer: Viewer, wanted: Wanted, *, on: date) -> list[Listed]:
    """Return the accounts with a role, now or ever, where the viewer administers."""
    mine = (web_session.c.user_id == user_account.c.id, web_session.c.owes.is_(None))
    last = select(func.max(web_session.c.created_at)).where(*mine)
    columns = (
        user_account.c.id,
        user_account.c.username,
        user_account.c.name,
        user_account.c.email,
        user_account.c.language,
        user_account.c.active,
        user_account.c.created_at,
        last.scalar_subquery().label("last_log_in"),
        _managed(viewer, on).label("managed"),
        user_account.c.id.in_(_WITH_FACTOR).label("second_factor"),
    )
    query = select(*columns).where(_seen(viewer), user_account.c.username > wanted.after)
    if wanted.area or wanted.role:
        query = query.where(_holds(wanted, on))
    if wanted.username:
        query = query.where(user_account.c.username == wanted.username)
    if wanted.active is not None:
        query = query.where(user_account.c.active.is_(wanted.active))
    rows = session.execute(query.order_by(user_account.c.username).limit(wanted.limit)).all()
    roles = _roles(session, viewer, [row.id for row in rows])
    ways = reach.there(session, [row.id for row in rows])
    return [_listed(row, tuple(roles.get(row.id, ())), ways.get(row.id, ())) for row in rows]


def _listed(row: Row[Any], roles: tuple[Held, ...], ways: tuple[str, ...]) -> Listed:
    return Listed(
        id=row.id,
        username=row.username,
        name=row.name,
        email=row.email,
        language=row.language,
        active=row.active,
        created_at=row.created_at,
        last_log_in=row.last_log_in,
        managed=bool(row.managed),
        second_factor=bool(row.second_factor),
        reached_by=ways,
        roles=roles,
    )


def seen(session: Session, viewer: Viewer, user_id: str) -> bool:
    """Tell whether an account is in the viewer's list."""
    query = select(user_account.c.id).where(user_account.c.id == user_id, _seen(viewer))
    return session.execute(query).first() is not None


def managed(session: Session, viewer: Viewer, user_id: str, *, on: date) -> bool:
    """Tell whether the viewer may change an account: nothing the person may do lies outside the viewer's areas."""
    query = select(user_account.c.id).where(user_account.c.id == user_id, _managed(viewer, on))
    return session.execute(query).first() is not None


@dataclass(frozen=True, slots=True)
class Lent:
    """A stand-in from a day to a day: who is absent, who stands in."""

    id: str
    absent: str
    deputy: str
    starts_on: date
    ends_on: date


def stand_ins(session: Session, user_id: str, *, on: date) -> list[Lent]:
    """Return the stand-ins of an account that have not ended, whether it is absent in them or stands in, with names."""
    absent, deputy = user_account.alias("absent"), user_account.alias("deputy")
    query = (
        select(stand_in.c.id, absent.c.name.label("absent"), deputy.c.name.label("deputy"))
        .add_columns(stand_in.c.starts_on, stand_in.c.ends_on)
        .join(absent, absent.c.id == stand_in.c.user_id)
        .join(deputy, deputy.c.id == stand_in.c.deputy_id)
        .where(or_(stand_in.c.user_id == user_id, stand_in.c.deputy_id == user_id), stand_in.c.ends_on >= on)
        .order_by(stand_in.c.starts_on, stand_in.c.id)
    )
    return [Lent(r.id, r.absent, r.deputy, r.starts_on, r.ends_on) for r in session.execute(query)]


def grant_of(session: Session, grant_id: str) -> Held | None:
    """Return a role somebody holds."""
    row = session.execute(select(*_HELD).where(role_grant.c.id == grant_id)).first()
    return _held(row) if row else None


def _held(row: Row[Any]) -> Held:
    return Held(row.id, row.user_id, row.role, row.area_code, row.starts_on, row.ends_on, row.institution_id)


def unended(session: Session, user_id: str, role: str, area: str, *, on: date) -> list[Held]:
    """Return the grants of a role in just this area that have not ended, the first to begin first."""
    query = select(*_HELD).where(role_grant.c.user_id == user_id, role_grant.c.role == role, _unended(on))
    rows = session.execute(query.where(role_grant.c.area_code == area).order_by(role_grant.c.starts_on))
    return [_held(row) for row in rows]


def end_grant(session: Session, grant_id: str, ends_on: date) -> None:
    """Let a role end on a day."""
    session.execute(update(role_grant).where(role_grant.c.id == grant_id).values(ends_on=ends_on))


def activate(session: Session, user_id: str) -> None:
    """Switch an account on again; what ended with it stays ended."""
    session.execute(update(user_account).where(user_account.c.id == user_id).values(active=True))


def _roles(session: Session, viewer: Viewer, users: Collection[str]) -> dict[str, list[Held]]:
    query = select(*_HELD).where(role_grant.c.user_id.in_(users), scope.administered(viewer, role_grant.c.area_code))
    found: dict[str, list[Held]] = {}
    for row in session.execute(query.order_by(role_grant.c.starts_on, role_grant.c.id)):
        found.setdefault(row.user_id, []).append(_held(row))
    return found


# --- conditions on user_account --------------------------------------------------------------------------------------


def _grant(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists(select(role_grant.c.id).where(role_grant.c.user_id == user_account.c.id, *conditions))


def _unended(on: date) -> ColumnElement[bool]:
    return or_(role_grant.c.ends_on.is_(None), role_grant.c.ends_on >= on)


def _holds(wanted: Wanted, on: date) -> ColumnElement[bool]:
    conditions = [_unended(on)]
    if wanted.role:
        conditions.append(role_grant.c.role == wanted.role)
    if wanted.area:
        conditions.append(scope.within((wanted.area,), role_grant.c.area_code))
    return _grant(*conditions)


def _seen(viewer: Viewer) -> ColumnElement[bool]:
    if EVERYWHERE in viewer.areas("admin"):
        return true()
    return _grant(scope.administered(viewer, role_grant.c.area_code))


def _managed(viewer: Viewer, on: date) -> ColumnElement[bool]:
    """Every role that has not ended lies inside, those lent by colleagues included; without any, every role ever held.

    Else whoever sets a password could take over what somebody may do elsewhere.
    """
    if EVERYWHERE in viewer.areas("admin"):
        return true()
    outside = not_(scope.administered(viewer, role_grant.c.area_code))
    lent = (
        select(role_grant.c.id)
        .join(stand_in, stand_in.c.user_id == role_grant.c.user_id)
        .where(stand_in.c.deputy_id == user_account.c.id, stand_in.c.ends_on >= on, role_grant.c.role != "admin")
        .where(_unended(on), outside)
    )
    return and_(
        _seen(viewer),
        not_(_grant(_unended(on), outside)),
        or_(_grant(_unended(on)), not_(_grant(outside))),
        not_(exists(lent)),
    )
