"""The register of helpers (PSKS and others): one person, many roles; who may look them up (docs/decisions/0037)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from caseflow import access
from caseflow.access import CONTENT_ROLES, EVERYWHERE, Viewer
from caseflow.actions import areas
from caseflow.actions.typed import Typed
from caseflow.definitions import psks as definitions
from caseflow.definitions.psks import PsksType
from caseflow.errors import Forbidden, InvalidInput, NotFound, _
from caseflow.ids import area_within, is_id
from caseflow.states import identity
from caseflow.store import handover, users
from caseflow.store import psks as rows
from caseflow.store.psks import Found
from caseflow.store.session import Session
from caseflow.store.types import Row

READERS = (*CONTENT_ROLES, "admin")
KEEPERS = ("supervisor", "admin")
KABUPATEN = 4
"""Digits of the code of a kabupaten: whoever works in one sees the register of the whole of it."""
YEARLY = timedelta(days=365)
"""A role that nobody confirmed for so long is asked about."""
PAGE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonData(Typed):
    """What is recorded of a helper; `user` is the log-in name of the account they work by, where they have one."""

    name: str
    area: str
    """Where they live: a kecamatan or village, or the kabupaten where no more is known."""
    sex: str = ""
    birth_year: int | None = None
    phone: str = ""
    nik: str = ""
    languages: tuple[str, ...] = ()
    user: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleData(Typed):
    """A role to record; `trainings` are names with years. Recording it confirms it, unless a day is named."""

    type: str
    area: str
    start: date
    end: date | None = None
    qualification: str = ""
    trainings: tuple[tuple[str, int], ...] = ()
    confirmed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Role:
    """A role as it is shown."""

    id: str
    person: str
    type: PsksType | None
    """None: the office no longer knows this kind."""
    code: str
    area: str
    area_name: str
    start: date
    end: date | None
    qualification: str
    trainings: tuple[tuple[str, int], ...]
    confirmed_on: date
    confirmed_by: str
    running: bool
    due: bool
    """Nobody confirmed it for a year."""
    mine: bool
    """The reader may end and confirm it."""


@dataclass(frozen=True, slots=True)
class Person:
    """A helper with every role; without telephone number and NIK in lists."""

    id: str
    name: str
    sex: str
    birth_year: int | None
    area: str
    area_name: str
    languages: tuple[str, ...]
    user: str
    """Name of the account they work by."""
    username: str
    """Its log-in name, for who may change what is recorded."""
    roles: tuple[Role, ...]
    phone: str = ""
    nik: str = ""
    """With its middle hidden for who only looks the person up."""
    mine: bool = False
    """The reader may change what is recorded."""
    erased: bool = False
    may_erase: bool = False

    @property
    def running(self) -> tuple[Role, ...]:
        """The roles held today."""
        return tuple(role for role in self.roles if role.running)

    @property
    def double(self) -> bool:
        """Whether more than one role is held today."""
        return len(self.running) > 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a list is narrowed to; `after` is the id of the last person before."""

    type: str | None = None
    area: str | None = None
    doubles: bool = False
    after: str | None = None
    limit: int = PAGE


# --- who may ---------------------------------------------------------------------------------------------------------


def types(session: Session) -> Mapping[str, PsksType]:
    """Return the kinds of helpers of this installation, by code."""
    return definitions.current(session.settings.categories_dir)


def unknown_type(session: Session) -> InvalidInput:
    """Return what is told of a kind nobody knows: those there are."""
    known = ", ".join(types(session))
    return InvalidInput({"type": _("Jenis PSKS ini tidak dikenal. Yang ada: {known}.", known=known)})


def read_areas(by: Viewer) -> tuple[str, ...]:
    """Return the areas whose helpers somebody may look up: whole kabupaten; `Forbidden` for who works in none."""
    found = tuple(sorted({area[:KABUPATEN] for area in by.areas(*READERS)}))
    if not found:
        raise Forbidden(action=_("melihat daftar PSKS"), allowed=access.names_of(READERS))
    return found


def require_keeper(by: Viewer) -> tuple[str, ...]:
    """Return the areas whose helpers somebody keeps; `Forbidden` for who keeps none."""
    if not by.roles.intersection(KEEPERS):
        raise Forbidden(action=_("mencatat PSKS"), allowed=access.names_of(KEEPERS))
    return by.areas(*KEEPERS)


def keeps(by: Viewer, area: str) -> bool:
    """Tell whether somebody keeps the register of an area."""
    return any(mine == EVERYWHERE or area_within(area, mine) for mine in by.areas(*KEEPERS))


def visible(session: Session, person: str, by: Viewer) -> tuple[Row[Any], list[Row[Any]]]:
    """Return a person and every role; `NotFound` for who is not of the reader's kabupaten."""
    found = rows.by_id(session, person) if is_id(person) else None
    if found is None:
        raise NotFound
    held = rows.roles_of(session, [found.id]).get(found.id, [])
    if not any(area_within(place, mine) for place in places_of(found, held) for mine in read_areas(by)):
        raise NotFound
    return found, held


def places_of(person: Row[Any], held: Sequence[Row[Any]]) -> set[str]:
    """Return where somebody lives and has or had a role."""
    return {person.area_code, *(role.area_code for role in held)}


# --- reading ---------------------------------------------------------------------------------------------------------


def listing(session: Session, wanted: Wanted, *, by: Viewer, at: datetime) -> list[Person]:
    """Return helpers by name, without telephone numbers. Raises `Forbidden`, `InvalidInput`."""
    mine, today = read_areas(by), areas.today(session, at)
    after = rows.by_id(session, wanted.after) if wanted.after and is_id(wanted.after) else None
    if wanted.type and wanted.type not in types(session):
        raise unknown_type(session)
    found = rows.people(
        session,
        Found(
            areas=mine,
            on=today,
            type=wanted.type,
            area=areas.known(session, wanted.area) if wanted.area else None,
            doubles=wanted.doubles,
            after=(after.name, after.id) if after else None,
            limit=wanted.limit,
        ),
    )
    return _people(session, found, rows.roles_of(session, [row.id for row in found]), by=by, today=today)


def one(session: Session, person: str, *, by: Viewer, at: datetime) -> Person:
    """Return a helper with the telephone number. Raises `Forbidden`; `NotFound` for who is not of the own kabupaten."""
    row, held = visible(session, person, by)
    (found,) = _people(session, [row], {row.id: held}, by=by, today=areas.today(session, at), full=True)
    return found


def _people(
    session: Session,
    found: Sequence[Row[Any]],
    held: Mapping[str, Sequence[Row[Any]]],
    *,
    by: Viewer,
    today: date,
    full: bool = False,
) -> list[Person]:
    every = [role for roles in held.values() for role in roles]
    places = areas.short_names(session, {row.area_code for row in found})
    accounts = {row.id: row for row in handover.accounts(session, {row.user_id for row in found if row.user_id})}
    gone = rows.erased(session, found)
    shown: dict[str, list[Role]] = {}
    for role, row in zip(roles_shown(session, every, by=by, today=today), every, strict=True):
        shown.setdefault(row.person_id, []).append(role)

    def person_of(row: Row[Any]) -> Person:
        mine = row.id not in gone and any(keeps(by, place) for place in places_of(row, held.get(row.id, ())))
        account = accounts.get(row.user_id)
        private = rows.private_of(session, row) if full else rows.Private()
        return Person(
            id=row.id,
            name=row.name,
            sex=row.sex or "",
            birth_year=row.birth_year,
            area=row.area_code,
            area_name=places.get(row.area_code, row.area_code),
            languages=tuple(row.languages),
            user=account.name if account else "",
            username=account.username if account and full and mine else "",
            roles=tuple(shown.get(row.id, ())),
            phone=private.phone,
            nik=private.nik if mine else identity.masked(private.nik),
            mine=mine,
            erased=row.id in gone,
            may_erase=row.id not in gone and access.administers(by, row.area_code),
        )

    return [person_of(row) for row in found]


def roles_shown(session: Session, found: Sequence[Row[Any]], *, by: Viewer, today: date) -> list[Role]:
    """Return roles as they are shown to somebody, in this order."""
    known = types(session)
    places = areas.short_names(session, {row.area_code for row in found})
    people = users.names(session, {row.confirmed_by for row in found})

    def role_of(row: Row[Any]) -> Role:
        running = row.starts_on <= today and (row.ends_on is None or row.ends_on >= today)
        return Role(
            id=row.id,
            person=row.person_id,
            type=known.get(row.type),
            code=row.type,
            area=row.area_code,
            area_name=places.get(row.area_code, row.area_code),
            start=row.starts_on,
            end=row.ends_on,
            qualification=row.qualification,
            trainings=tuple((name, year) for name, year in row.trainings),
            confirmed_on=row.confirmed_on,
            confirmed_by=people.get(row.confirmed_by, ""),
            running=running,
            due=running and row.confirmed_on <= today - YEARLY,
            mine=keeps(by, row.area_code),
        )

    return [role_of(row) for row in found]
