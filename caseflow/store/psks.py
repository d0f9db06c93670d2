"""Helpers (PSKS and others) as rows: people, their roles, and what is counted of them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, exists, func, or_, select, true, update

from caseflow import crypto
from caseflow.errors import Erased
from caseflow.ids import new_id
from caseflow.store import scope, sql, vault
from caseflow.store.reads import among, read
from caseflow.store.session import Session
from caseflow.store.subjects import ERASED
from caseflow.store.tables import area, institution, psks_person, psks_role, subject

_KIND = "worker"
_PLACE = "psks_person.sealed."
_KABUPATEN = 4
_ANY_NIK = read(select(psks_person.c.id).where(among(psks_person.c.nik_index, "of_hits")).limit(1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Which people a list is about: in these areas (code prefixes), by what they hold on a day."""

    areas: tuple[str, ...]
    on: date
    type: str | None = None
    area: str | None = None
    """The role, or where none is asked for the person's home, lies in this area."""
    doubles: bool = False
    after: tuple[str, str] | None = None
    """Name and id of the last one before."""
    limit: int = 100


@dataclass(frozen=True, slots=True)
class Private:
    """What lies under a person's own key."""

    phone: str = ""
    nik: str = ""


# --- people ----------------------------------------------------------------------------------------------------------


def add_person(session: Session, values: Mapping[str, Any], private: Private, *, at: datetime) -> str:
    """Insert a person with a key of their own, under which telephone number and NIK lie; return the id."""
    row_id, key_id = str(new_id(at)), vault.create_subject(session, _KIND, at=at)
    under = {"id": row_id, "key_id": key_id, "recorded_at": at, **_sealed(session, row_id, key_id, private)}
    session.insert(psks_person, {**under, **values})
    return row_id


def change_person(session: Session, row: Row[Any], values: Mapping[str, Any], private: Private) -> None:
    """Write what is known of a person now."""
    under = _sealed(session, row.id, row.key_id, private)
    session.execute(update(psks_person).where(psks_person.c.id == row.id).values(**under, **values))


def _sealed(session: Session, row_id: str, key_id: str, private: Private) -> dict[str, Any]:
    said = {"phone": private.phone, "nik": private.nik}
    return {
        "sealed": vault.seal(session, key_id, _PLACE + row_id, said),
        "nik_index": crypto.blind_index(session.keys, "nik", private.nik) if private.nik else None,
    }


def move_index(session: Session, key_id: str) -> None:
    """Write the index of a person's NIK anew, under the newest key."""
    row = by_key(session, key_id)
    if row is not None and row.nik_index:
        fresh = crypto.blind_index(session.keys, "nik", private_of(session, row).nik)
        session.execute(update(psks_person).where(psks_person.c.id == row.id).values(nik_index=fresh))


def erase(session: Session, row: Row[Any], *, at: datetime) -> None:
    """Destroy a person's key and blank who it was: roles stay, to be counted; of the home the regency is left."""
    vault.erase(session, row.key_id, at=at)
    blank: dict[str, Any] = {"name": str(ERASED), "sex": None, "birth_year": None, "languages": [], "user_id": None}
    blank |= {"area_code": row.area_code[:_KABUPATEN], "nik_index": None}
    session.execute(update(psks_person).where(psks_person.c.id == row.id).values(blank))
    said = {"qualification": "", "trainings": []}
    session.execute(update(psks_role).where(psks_role.c.person_id == row.id).values(said))


def erased(session: Session, rows: Collection[Row[Any]]) -> set[str]:
    """Return the ids of those of these people who were erased."""
    query = select(psks_person.c.id).join(subject, subject.c.id == psks_person.c.key_id)
    query = query.where(psks_person.c.id.in_([row.id for row in rows]), subject.c.destroyed_at.is_not(None))
    return set(session.execute(query).scalars())


def by_key(session: Session, key_id: str) -> Row[Any] | None:
    """Return the person whose key this is."""
    return session.execute(select(psks_person).where(psks_person.c.key_id == key_id)).first()


def private_of(session: Session, row: Row[Any]) -> Private:
    """Return a person's telephone number and NIK; empty where there is none, or the key is gone."""
    try:
        said = vault.unseal(session, row.key_id, _PLACE + row.id, row.sealed)
    except Erased:
        return Private()
    return Private(phone=said["phone"], nik=said.get("nik", ""))


def with_nik(session: Session, nik: str, areas: tuple[str, ...]) -> list[Row[Any]]:
    """Return the people of these areas who are recorded with a NIK."""
    hits = crypto.blind_indexes(session.keys, "nik", nik)
    if _ANY_NIK.first(session, of_hits=hits) is None:
        return []
    return list(session.execute(select(psks_person).where(psks_person.c.nik_index.in_(hits), seen(areas))))


def everybody(session: Session, areas: tuple[str, ...]) -> list[Row[Any]]:
    """Return what tells the people of these areas from each other; who was erased is left out."""
    columns = ("id", "name", "birth_year", "area_code", "nik_index")
    query = select(*(psks_person.c[name] for name in columns)).join(subject, subject.c.id == psks_person.c.key_id)
    query = query.where(seen(areas), subject.c.destroyed_at.is_(None))
    return list(session.execute(query.order_by(psks_person.c.name, psks_person.c.id)))


def alone(session: Session, *what: str) -> None:
    """Let nobody else link an account, record a NIK or hand in a sheet for an area until this transaction ends."""
    sql.one_at_a_time(session, *(f"psks:{each}" for each in what))


def alone_with(session: Session, niks: Iterable[str]) -> None:
    """Let nobody else record one of these numbers until this transaction ends: who comes second must find the first."""
    indexes = {index for nik in niks if nik for index in crypto.blind_indexes(session.keys, "nik", nik)}
    alone(session, *(f"nik:{index}" for index in sorted(indexes)))


def by_id(session: Session, person_id: str) -> Row[Any] | None:
    """Return a person."""
    return session.execute(select(psks_person).where(psks_person.c.id == person_id)).first()


def of_users(session: Session, user_ids: Collection[str]) -> list[Row[Any]]:
    """Return the people behind these accounts."""
    return list(session.execute(select(psks_person).where(psks_person.c.user_id.in_(list(user_ids)))))


def seen(areas: tuple[str, ...]) -> ColumnElement[bool]:
    """Return the condition that a person lives, or has or had a role, in one of the areas."""
    if "" in areas:
        return true()
    held = exists().where(psks_role.c.person_id == psks_person.c.id, scope.within(areas, psks_role.c.area_code))
    return or_(scope.within(areas, psks_person.c.area_code), held)


def people(session: Session, wanted: Found) -> list[Row[Any]]:
    """Return people by name, then id."""
    query = select(psks_person).where(seen(wanted.areas))
    open_role = [psks_role.c.person_id == psks_person.c.id, running(wanted.on)]
    if wanted.type:
        open_role.append(psks_role.c.type == wanted.type)
    if wanted.area:
        open_role.append(scope.within((wanted.area,), psks_role.c.area_code))
    if wanted.type or wanted.area:
        query = query.where(exists().where(*open_role))
    if wanted.doubles:
        held = select(func.count()).select_from(psks_role)
        held = held.where(psks_role.c.person_id == psks_person.c.id, running(wanted.on))
        query = query.where(held.correlate(psks_person).scalar_subquery() > 1)
    if wanted.after:
        name, row_id = wanted.after
        later = (psks_person.c.name == name) & (psks_person.c.id > row_id)
        query = query.where(or_(psks_person.c.name > name, later))
    return list(session.execute(query.order_by(psks_person.c.name, psks_person.c.id).limit(wanted.limit)))


# --- roles -----------------------------------------------------------------------------------------------------------


def running(on: date) -> ColumnElement[bool]:
    """Return the condition that a role is held that day."""
    return (psks_role.c.starts_on <= on) & or_(psks_role.c.ends_on.is_(None), psks_role.c.ends_on >= on)


def roles_of(session: Session, person_ids: Collection[str]) -> dict[str, list[Row[Any]]]:
    """Return person -> every role, the one that began last in front."""
    query = select(psks_role).where(psks_role.c.person_id.in_(list(person_ids)))
    found: dict[str, list[Row[Any]]] = {}
    for row in session.execute(query.order_by(psks_role.c.starts_on.desc(), psks_role.c.id.desc())):
        found.setdefault(row.person_id, []).append(row)
    return found


def hold(session: Session, person_id: str) -> Row[Any] | None:
    """Return a person, whose roles nobody else changes until this transaction ends."""
    return session.execute(select(psks_person).where(psks_person.c.id == person_id).with_for_update()).first()


def overlapping(session: Session, person_id: str, type_: str, area_code: str, span: tuple[date, date | None]) -> bool:
    """Tell whether a person holds the same role in the same area at some time of a span."""
    first, last = span
    query = select(psks_role.c.id).where(
        psks_role.c.person_id == person_id,
        psks_role.c.type == type_,
        psks_role.c.area_code == area_code,
        or_(psks_role.c.ends_on.is_(None), psks_role.c.ends_on >= first),
    )
    if last is not None:
        query = query.where(psks_role.c.starts_on <= last)
    return session.execute(query).first() is not None


def add_role(session: Session, values: Mapping[str, Any], *, at: datetime) -> str:
    """Insert a role and return its id."""
    row_id = str(new_id(at))
    session.insert(psks_role, {"id": row_id, "recorded_at": at, **values})
    return row_id


def roles_by_id(session: Session, role_ids: Sequence[str]) -> list[Row[Any]]:
    """Return roles."""
    return list(session.execute(select(psks_role).where(psks_role.c.id.in_(role_ids)).order_by(psks_role.c.id)))


def end_role(session: Session, role_id: str, on: date) -> None:
    """Let a role end after a day."""
    session.execute(update(psks_role).where(psks_role.c.id == role_id).values(ends_on=on))


def confirm(session: Session, role_ids: Sequence[str], *, on: date, by: str) -> None:
    """Note that these roles are held as recorded."""
    session.execute(update(psks_role).where(psks_role.c.id.in_(role_ids)).values(confirmed_on=on, confirmed_by=by))


def unconfirmed(
    session: Session, areas: tuple[str, ...], *, on: date, before: date, limit: int | None = None
) -> list[Row[Any]]:
    """Return the roles held that day which nobody confirmed since a day before, with the person, the oldest first."""
    query = (
        select(*psks_role.c, psks_person.c.name.label("person"))
        .join(psks_person, psks_person.c.id == psks_role.c.person_id)
        .where(running(on), psks_role.c.confirmed_on <= before, _within(areas))
        .order_by(psks_role.c.confirmed_on, psks_person.c.name, psks_role.c.id)
    )
    return list(session.execute(query.limit(limit) if limit else query))


def count_unconfirmed(session: Session, areas: tuple[str, ...], *, on: date, before: date) -> int:
    """Return how many those are."""
    query = select(func.count()).where(running(on), psks_role.c.confirmed_on <= before, _within(areas))
    return int(session.execute(query).scalar_one())


def _within(areas: tuple[str, ...]) -> ColumnElement[bool]:
    return true() if "" in areas else scope.within(areas, psks_role.c.area_code)


# --- counting --------------------------------------------------------------------------------------------------------


def held(session: Session, areas: tuple[str, ...], on: date) -> list[Row[Any]]:
    """Return person, type, area and account of every role held that day in these areas."""
    columns = (psks_role.c.person_id, psks_role.c.type, psks_role.c.area_code, psks_person.c.user_id)
    query = select(*columns).join(psks_person, psks_person.c.id == psks_role.c.person_id)
    return list(session.execute(query.where(running(on), _within(areas))))


def bodies(session: Session, areas: tuple[str, ...]) -> list[Row[Any]]:
    """Return type and area of every active institution that is a PSKS."""
    here = true() if "" in areas else scope.within(areas, institution.c.area_code)
    query = select(institution.c.psks_type.label("type"), institution.c.area_code)
    return list(session.execute(query.where(institution.c.active, institution.c.psks_type.is_not(None), here)))


def villages(session: Session, areas: tuple[str, ...]) -> list[Row[Any]]:
    """Return code and name of every village in these areas."""
    here = true() if "" in areas else scope.within(areas, area.c.code)
    query = select(area.c.code, area.c.name).where(area.c.level == "village", here)
    return list(session.execute(query.order_by(area.c.code)))
