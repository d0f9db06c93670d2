"""Accounts, dated role grants and stand-ins, as SQL."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, cast, insert, null, or_, select, union_all, update

from caseflow.access import Grant, Viewer
from caseflow.ids import is_id, new_id
from caseflow.store.hot import Hot
from caseflow.store.reads import among, read
from caseflow.store.session import Session
from caseflow.store.tables import api_token, role_grant, stand_in, user_account, web_session


@dataclass(frozen=True, slots=True)
class Account:
    """One account row."""

    id: str
    username: str
    name: str
    email: str | None
    password_hash: str | None
    language: str
    active: bool


def _account(row: object) -> Account:
    return Account(*row)  # type: ignore[misc]  # the columns of _ACCOUNT in order


_ACCOUNT = (
    user_account.c.id,
    user_account.c.username,
    user_account.c.name,
    user_account.c.email,
    user_account.c.password_hash,
    user_account.c.language,
    user_account.c.active,
)


_BY_USERNAME = Hot(select(*_ACCOUNT).where(user_account.c.username == bindparam("of_username")))
_BY_ID = Hot(select(*_ACCOUNT).where(user_account.c.id == bindparam("of_user")))
"""Every request asks who is asking."""
_NAMES = read(select(user_account.c.id, user_account.c.name).where(among(user_account.c.id, "of_users")))


def by_username(session: Session, username: str) -> Account | None:
    """Return the account with this log-in name."""
    row = session.first(_BY_USERNAME, {"of_username": username})
    return _account(row) if row else None


def by_id(session: Session, user_id: str) -> Account | None:
    """Return the account with this id."""
    row = session.first(_BY_ID, {"of_user": user_id}) if is_id(user_id) else None
    return _account(row) if row else None


def by_token(session: Session, digest: str) -> Account | None:
    """Return the account a bearer token belongs to, unless revoked."""
    query = (
        select(*_ACCOUNT)
        .join(api_token, api_token.c.user_id == user_account.c.id)
        .where(api_token.c.digest == digest, api_token.c.revoked_at.is_(None))
    )
    row = session.execute(query).first()
    return _account(row) if row else None


def names(session: Session, ids: set[str]) -> dict[str, str]:
    """Return id -> name for those that exist; an empty id is nobody's."""
    known = session.names
    if wanted := ids - known.keys() - {""}:
        known |= {r.id: r.name for r in _NAMES.all(session, of_users=wanted)}
    return {i: known[i] for i in ids if i in known}


_ACTIVE = Hot(select(user_account.c.active).where(user_account.c.id == bindparam("of_user")))


def active(session: Session, user_id: str) -> bool:
    """Tell whether the account exists and may work."""
    found = session.first(_ACTIVE, {"of_user": user_id})
    return bool(found and found[0])


def _in_force(on: date | BindParameter[date]) -> ColumnElement[bool]:
    return and_(role_grant.c.starts_on <= on, or_(role_grant.c.ends_on.is_(None), role_grant.c.ends_on >= on))


def _standing(on: date | BindParameter[date]) -> ColumnElement[bool]:
    return and_(stand_in.c.starts_on <= on, stand_in.c.ends_on >= on)


_ON: BindParameter[date] = bindparam("that_day", type_=role_grant.c.starts_on.type)
_USER: BindParameter[str] = bindparam("of_user", type_=user_account.c.id.type)
_OWN = select(
    role_grant.c.role,
    role_grant.c.area_code,
    cast(null(), role_grant.c.user_id.type).label("for_user"),
    role_grant.c.institution_id,
).where(role_grant.c.user_id == _USER, _in_force(_ON))
_LENT = (
    select(role_grant.c.role, role_grant.c.area_code, role_grant.c.user_id, role_grant.c.institution_id)
    .join(stand_in, stand_in.c.user_id == role_grant.c.user_id)
    .join(user_account, user_account.c.id == role_grant.c.user_id)
    .where(stand_in.c.deputy_id == _USER, _standing(_ON), user_account.c.active)
    .where(_in_force(_ON), role_grant.c.role != "admin", role_grant.c.granted_at <= stand_in.c.recorded_at)
)
_GRANTS = Hot(union_all(_OWN, _LENT))


def viewer(session: Session, account: Account, on: date) -> Viewer:
    """Return the person with today's grants, those of absent colleagues they stand in for included.

    A stand-in lends what was held when it was recorded; nobody could consent to lending what came later.
    """
    rows = session.all(_GRANTS, {"of_user": account.id, "that_day": on})
    grants = tuple(Grant(r[0], r[1], str(r[2] or ""), str(r[3] or "")) for r in rows)
    return Viewer(account.id, account.name, grants, account.language, account.username)


_HELD = read(
    select(role_grant.c.user_id, role_grant.c.granted_at)
    .join(user_account, user_account.c.id == role_grant.c.user_id)
    .where(
        role_grant.c.role == bindparam("of_role"),
        bindparam("of_area", type_=role_grant.c.area_code.type).startswith(role_grant.c.area_code),
        _in_force(_ON),
        user_account.c.active,
    )
    .order_by(role_grant.c.granted_at.desc())
)
_ABSENT = read(
    select(stand_in.c.user_id, stand_in.c.deputy_id, stand_in.c.recorded_at)
    .join(user_account, user_account.c.id == stand_in.c.deputy_id)
    .where(among(stand_in.c.user_id, "of_users"), _standing(_ON), user_account.c.active)
)


def holders(session: Session, role: str, area_code: str, on: date) -> tuple[str, ...]:
    """Return who holds a role for an area that day: absent holders are replaced by their stand-ins."""
    held = _HELD.all(session, of_role=role, of_area=area_code, that_day=on)
    since = {row.user_id: row.granted_at for row in held}
    found = set(since)
    for row in _ABSENT.all(session, of_users=sorted(found), that_day=on):
        if since[row.user_id] <= row.recorded_at:
            found.discard(row.user_id)
            found.add(row.deputy_id)
    return tuple(sorted(found))


def add(
    session: Session,
    username: str,
    name: str,
    password_hash: str | None,
    email: str | None,
    language: str,
    *,
    at: datetime,
) -> str:
    """Insert an account; return its id."""
    user_id = str(new_id(at))
    values = {"id": user_id, "username": username, "name": name, "password_hash": password_hash, "email": email}
    session.execute(insert(user_account).values(**values, language=language, active=True, created_at=at))
    return user_id


def grant(  # noqa: PLR0913 - a grant is that many facts
    session: Session,
    user_id: str,
    role: str,
    area_code: str,
    starts_on: date,
    ends_on: date | None,
    institution_id: str | None,
    *,
    by: str,
    at: datetime,
) -> str:
    """Insert a dated role grant; return its id."""
    grant_id = str(new_id(at))
    values = {"id": grant_id, "user_id": user_id, "role": role, "area_code": area_code, "starts_on": starts_on}
    values |= {"ends_on": ends_on, "institution_id": institution_id, "granted_by": by, "granted_at": at}
    session.execute(insert(role_grant).values(values))
    return grant_id


def add_stand_in(
    session: Session, user_id: str, deputy_id: str, starts_on: date, ends_on: date, *, by: str, at: datetime
) -> str:
    """Insert a dated stand-in; return its id."""
    row_id = str(new_id(at))
    values = {"id": row_id, "user_id": user_id, "deputy_id": deputy_id, "starts_on": starts_on}
    session.execute(insert(stand_in).values(**values, ends_on=ends_on, recorded_by=by, recorded_at=at))
    return row_id


def add_token(session: Session, user_id: str, digest: str, label: str, *, at: datetime) -> None:
    """Insert a bearer token by its digest."""
    values = {"id": str(new_id(at)), "user_id": user_id, "digest": digest, "label": label, "created_at": at}
    session.execute(insert(api_token).values(values))


def deactivate(session: Session, user_id: str, *, at: datetime) -> None:
    """Switch an account off and end its sessions and tokens."""
    session.execute(update(user_account).where(user_account.c.id == user_id).values(active=False))
    ended = {"revoked_at": at}
    session.execute(
        update(api_token).where(api_token.c.user_id == user_id, api_token.c.revoked_at.is_(None)).values(ended)
    )
    session.execute(
        update(web_session).where(web_session.c.user_id == user_id, web_session.c.revoked_at.is_(None)).values(ended)
    )


def set_password(session: Session, user_id: str, password_hash: str, *, once: bool | None = None) -> None:
    """Replace the password hash; one that is good `once` asks for another at its first log-in. None: as it was."""
    values = {"password_hash": password_hash} | ({} if once is None else {"password_once": once})
    session.execute(update(user_account).where(user_account.c.id == user_id).values(values))
