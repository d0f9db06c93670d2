"""By which ways people are reached, as rows: what a person chose, addresses under a key of that person's own."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, bindparam, delete, func, insert, or_, select

from caseflow.errors import Erased
from caseflow.states import quiet
from caseflow.store import offices, vault
from caseflow.store.hot import Hot
from caseflow.store.reads import among, read
from caseflow.store.session import Session
from caseflow.store.tables import office, reach, role_grant, user_account

ALL, EACH, DIGEST = TELLS = ("all", "each", "digest")
"""What leaves the house: messages and digests, messages alone, or digests alone."""
EMAIL, WHATSAPP = "email", "whatsapp"
_KIND = "worker"
_PLACE = "reach.sealed."


@dataclass(frozen=True, slots=True)
class Ways:
    """How a person wants to be reached. Nobody who has not chosen is reached otherwise than before there was a choice.

    `email` and `whatsapp` are what the person gave; without an address of their own the account's is used.
    """

    email: str = field(default="", repr=False)
    whatsapp: str = field(default="", repr=False)
    email_on: bool = True
    whatsapp_on: bool = True
    quiet_from: int = quiet.FROM
    quiet_to: int = quiet.TO
    tells: str = ALL


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who may be told, and how."""

    id: str
    username: str
    language: str
    account_email: str | None = field(repr=False)
    ways: Ways

    @property
    def email(self) -> str | None:
        """Where e-mail reaches them; None where it does not."""
        return (self.ways.email or self.account_email or None) if self.ways.email_on else None

    @property
    def whatsapp(self) -> str | None:
        """The number WhatsApp reaches them by; None where it does not."""
        return (self.ways.whatsapp or None) if self.ways.whatsapp_on else None


_ACCOUNT = user_account.c
_READERS = read(
    select(_ACCOUNT.id, _ACCOUNT.username, _ACCOUNT.email, _ACCOUNT.language, *reach.c)
    .select_from(user_account.outerjoin(reach, reach.c.user_id == _ACCOUNT.id))
    .where(among(_ACCOUNT.id, "of_users"), _ACCOUNT.active)
)


def readers(session: Session, user_ids: Collection[str]) -> dict[str, Reader]:
    """Return those of these accounts that may work, each with how they are reached."""
    if not user_ids:
        return {}
    rows = _READERS.all(session, of_users=sorted(user_ids))
    vault.load_keys(session, {row.key_id for row in rows if row.sealed})
    return {row.id: Reader(row.id, row.username, row.language, row.email, _ways(session, row)) for row in rows}


def _ways(session: Session, row: Row[Any]) -> Ways:
    if row.user_id is None:
        return Ways()
    given = _opened(session, row)
    return Ways(
        email=given.get(EMAIL, ""),
        whatsapp=given.get(WHATSAPP, ""),
        email_on=row.email_on,
        whatsapp_on=row.whatsapp_on,
        quiet_from=row.quiet_from,
        quiet_to=row.quiet_to,
        tells=row.tells,
    )


def _opened(session: Session, row: Row[Any]) -> Mapping[str, str]:
    if row.sealed is None:
        return {}
    try:
        return vault.unseal(session, row.key_id, _PLACE + row.user_id, row.sealed)
    except Erased:
        return {}


def set_ways(session: Session, user_id: str, ways: Ways, *, at: datetime) -> None:
    """Keep how a person wants to be reached; an address taken back leaves nothing behind."""
    kept = session.execute(select(reach.c.key_id).where(reach.c.user_id == user_id).with_for_update()).first()
    given = {name: text for name, text in ((EMAIL, ways.email), (WHATSAPP, ways.whatsapp)) if text}
    key_id: str | None = kept.key_id if kept else None
    if given and key_id is None:
        key_id = vault.create_subject(session, _KIND, at=at)
    session.execute(delete(reach).where(reach.c.user_id == user_id))
    session.execute(
        insert(reach).values(
            user_id=user_id,
            key_id=key_id,
            sealed=vault.seal(session, key_id, _PLACE + user_id, given) if key_id and given else None,
            has_email=bool(ways.email),
            has_whatsapp=bool(ways.whatsapp),
            email_on=ways.email_on,
            whatsapp_on=ways.whatsapp_on,
            quiet_from=ways.quiet_from,
            quiet_to=ways.quiet_to,
            tells=ways.tells,
            changed_at=at,
        )
    )


def there(session: Session, user_ids: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Return person -> the ways that exist and are on: never where they lead."""
    columns = (user_account.c.id, user_account.c.email, *(c for c in reach.c if c.name not in {"sealed", "key_id"}))
    query = select(*columns).select_from(user_account.outerjoin(reach, reach.c.user_id == user_account.c.id))
    found = {}
    for row in session.execute(query.where(user_account.c.id.in_(list(user_ids)))) if user_ids else ():
        chosen = row.user_id is not None
        email = bool(row.email or row.has_email) and (row.email_on if chosen else True)
        names = ((EMAIL, email), (WHATSAPP, chosen and row.has_whatsapp and row.whatsapp_on))
        found[row.id] = tuple(name for name, exists in names if exists)
    return found


_SERVED = or_(
    role_grant.c.area_code.startswith(office.c.area_code), office.c.area_code.startswith(role_grant.c.area_code)
)
_ZONE = Hot(
    select(office.c.zone)
    .join(role_grant, _SERVED)
    .where(role_grant.c.user_id == bindparam("of_user"))
    .order_by(func.length(office.c.area_code).desc(), office.c.area_code)
    .limit(1)
)


def zone_of(session: Session, user_id: str) -> ZoneInfo | None:
    """Return the zone of the office somebody works in, else of the first office; None before there is one."""
    found = session.first(_ZONE, {"of_user": user_id})
    return ZoneInfo(found[0]) if found else offices.first_zone(session)
