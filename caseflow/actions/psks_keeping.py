"""Keeping the register of helpers: people recorded and corrected, roles recorded, ended, confirmed."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from caseflow import access
from caseflow.access import EVERYWHERE, Viewer
from caseflow.actions import areas
from caseflow.actions.psks import (
    KABUPATEN,
    PersonData,
    RoleData,
    keeps,
    places_of,
    read_areas,
    require_keeper,
    types,
    unknown_type,
    visible,
)
from caseflow.definitions.psks import LEVELS, PsksType
from caseflow.errors import Erased, Forbidden, InvalidInput, NotFound, Sentence, _
from caseflow.ids import area_level, is_id, within_any
from caseflow.states import identity, names
from caseflow.states.identity import NikCheck
from caseflow.store import log, users
from caseflow.store import psks as rows
from caseflow.store.psks import Private
from caseflow.store.session import Session
from caseflow.store.types import Row

OLDEST, YOUNGEST = 100, 15
"""Years of age a helper may have."""
MOST_LANGUAGES, MOST_TRAININGS, MOST_CONFIRMED = 10, 20, 500
FIRST_TRAINING = 1960
FIRST_CONFIRMED = date(2000, 1, 1)
WIDTHS = {"name": 200, "phone": 40, "qualification": 200, "language": 40, "training": 120}

ERASE_REASONS: dict[str, Sentence] = {
    "request": _("Diminta orangnya"),
    "mistake": _("Salah dicatat"),
    "died": _("Meninggal dunia"),
}
"""Why a helper is erased: a word on record, in which nothing personal can stand."""


# --- people ----------------------------------------------------------------------------------------------------------


def add_person(session: Session, command: PersonData, role: RoleData, *, by: Viewer, at: datetime) -> str:
    """Record a helper with the first role and return the person's id. Raises `Forbidden`, `InvalidInput`."""
    require_keeper(by)
    alone_with(session, [command.nik], today=areas.today(session, at))
    person_id = write_person(session, checked_person(session, command, of=None, by=by, at=at), by=by, at=at)
    add_role(session, person_id, role, by=by, at=at)
    return person_id


def write_person(session: Session, checked: tuple[dict[str, Any], Private], *, by: Viewer, at: datetime) -> str:
    """Record a person who was checked; return the id."""
    values, private = checked
    person_id = rows.add_person(session, {**values, "recorded_by": by.user_id}, private, at=at)
    log.note_access(session, "psks:person:recorded", actor=by.user_id, at=at, data={"person": person_id})
    return person_id


def change_person(session: Session, person: str, command: PersonData, *, by: Viewer, at: datetime) -> None:
    """Correct what is recorded of a helper. Raises `Forbidden`, `InvalidInput`, `NotFound`."""
    require_keeper(by)
    row, held = visible(session, person, by)
    if not any(keeps(by, place) for place in places_of(row, held)):
        raise NotFound
    alone_with(session, [command.nik], today=areas.today(session, at))
    rows.hold(session, row.id)
    _require_kept(session, row)
    values, private = checked_person(session, command, of=row, by=by, at=at)
    rows.change_person(session, row, values, private)
    log.note_access(session, "psks:person:changed", actor=by.user_id, at=at, data={"person": row.id})


def erase_person(session: Session, person: str, reason: str, *, by: Viewer, at: datetime) -> None:
    """Erase a helper: the key and the name go for good; the roles stay and are counted.

    An administrator of where the person lives asks for it. Raises `Forbidden`, `NotFound`, `InvalidInput`, `Erased`.
    """
    if "admin" not in by.roles:
        raise Forbidden(action=_("menghapus data PSKS"), allowed=access.names_of(("admin",)))
    row, _held = visible(session, person, by)
    if not access.administers(by, row.area_code):
        raise NotFound
    if reason not in ERASE_REASONS:
        raise InvalidInput({"reason": _("Pilih salah satu: {choices}.", choices=", ".join(ERASE_REASONS))})
    rows.hold(session, row.id)
    _require_kept(session, row)
    rows.erase(session, row, at=at)
    log.note_access(session, "psks:person:erased", actor=by.user_id, at=at, data={"person": row.id, "reason": reason})


def _require_kept(session: Session, row: Row[Any]) -> None:
    if rows.erased(session, [row]):
        raise Erased


def checked_person(
    session: Session, command: PersonData, *, of: Row[Any] | None, by: Viewer, at: datetime
) -> tuple[dict[str, Any], Private]:
    """Return the columns of a person, and what is sealed; `of` is what stands there now."""
    name, phone = names.line(command.name), names.line(command.phone)
    languages = tuple(dict.fromkeys(names.line(word).lower() for word in command.languages if word.strip()))
    problems: dict[str, str] = {}
    if not name or len(name) > WIDTHS["name"]:
        problems["name"] = _("Nama wajib, paling banyak {n} huruf.", n=WIDTHS["name"])
    if command.sex not in {"", "L", "P"}:
        problems["sex"] = _("Pilih salah satu: {choices}.", choices="L, P")
    today = areas.today(session, at)
    year = today.year
    if command.birth_year is not None and not year - OLDEST <= command.birth_year <= year - YOUNGEST:
        problems["birth_year"] = _("Tahun ini tidak mungkin.")
    if len(phone) > WIDTHS["phone"]:
        problems["phone"] = _("Paling banyak {n} huruf.", n=WIDTHS["phone"])
    if len(languages) > MOST_LANGUAGES or any(len(word) > WIDTHS["language"] for word in languages):
        problems["languages"] = _("Paling banyak {n} bahasa, masing-masing satu nama.", n=MOST_LANGUAGES)
    user_id = _account(session, command.user, of, problems, by=by, today=today)
    nik = _nik(session, command, of, problems, by=by, today=today)
    area = _area(session, command.area, problems)
    if problems:
        raise InvalidInput(problems)
    if of is None or area != of.area_code:
        require_area(by, area)
    values = {
        "name": name,
        "sex": command.sex or None,
        "birth_year": command.birth_year,
        "area_code": area,
        "languages": list(languages),
        "user_id": user_id,
    }
    return values, Private(phone=phone, nik=nik)


def _nik(
    session: Session, command: PersonData, of: Row[Any] | None, problems: dict[str, str], *, by: Viewer, today: date
) -> str:
    """Return the sixteen digits, empty where there are none, or note what is wrong with them."""
    known = _read_nik(command.nik, today)
    if known.status == "format_salah":
        problems["nik"] = known.warnings[0]
    elif known.kept:
        for other in rows.with_nik(session, known.kept, read_areas(by)):
            if of is None or other.id != of.id:
                problems["nik"] = _("NIK ini sudah tercatat untuk {name}: tambahkan perannya di sana.", name=other.name)
    return known.kept or ""


def alone_with(session: Session, typed: Iterable[str], *, today: date) -> None:
    """Two who record one NIK at the same moment must find each other: the second waits for the first."""
    rows.alone_with(session, [_read_nik(nik, today).kept or "" for nik in typed])


def _read_nik(typed: str, today: date) -> NikCheck:
    return identity.check_nik(typed, birth_date=None, sex=None, known_prefix=None, on=today)


def _account(
    session: Session, username: str, of: Row[Any] | None, problems: dict[str, str], *, by: Viewer, today: date
) -> str | None:
    """Return the account, or note why it is none; of another office as little is told as of one that is not there."""
    if not username:
        return None
    account = users.by_username(session, username)
    linked = of is not None and account is not None and of.user_id == account.id
    if account is None or not (linked or _of_the_office(session, account, by, today)):
        problems["user"] = _('Pengguna "{name}" tidak dikenal atau tidak aktif.', name=username)
        return None
    rows.alone(session, f"account:{account.id}")
    if any(of is None or other.id != of.id for other in rows.of_users(session, [account.id])):
        problems["user"] = _("Akun itu sudah dihubungkan dengan orang lain.")
    return account.id


def _of_the_office(session: Session, account: users.Account, by: Viewer, today: date) -> bool:
    """Tell whether an account works, by any role, in a kabupaten whose register somebody keeps."""
    mine = {area[:KABUPATEN] for area in require_keeper(by)}
    held = users.viewer(session, account, today).grants
    return EVERYWHERE in mine or any(within_any(grant.area, mine) for grant in held)


def _area(session: Session, typed: str, problems: dict[str, str]) -> str:
    """Return the code of a known area, or note why it is none."""
    try:
        return areas.known(session, typed)
    except InvalidInput as unknown:
        problems |= unknown.data["problems"]
        return ""


def require_area(by: Viewer, area: str) -> None:
    if not keeps(by, area):
        raise InvalidInput({"area": _("Anda tidak mencatat PSKS di wilayah itu.")})


# --- roles -----------------------------------------------------------------------------------------------------------


def add_role(session: Session, person: str, command: RoleData, *, by: Viewer, at: datetime) -> str:
    """Record a role of a helper and return its id; recording it confirms it.

    Raises `Forbidden`, `NotFound`, `InvalidInput`: an unknown kind, one that is a body, an area deeper than the kind
    serves, an end before the start, the same role in the same area at the same time.
    """
    require_keeper(by)
    row, _held = visible(session, person, by)
    rows.hold(session, row.id)
    _require_kept(session, row)
    today = areas.today(session, at)
    kind, area = checked_role(session, command, today)
    require_area(by, area)
    if rows.overlapping(session, row.id, kind.code, area, (command.start, command.end)):
        raise InvalidInput({"type": _("Peran yang sama di wilayah dan masa yang sama sudah tercatat.")})
    dated = replace(command, area=area, confirmed_on=command.confirmed_on or today)
    return write_role(session, row.id, dated, by=by, at=at)


def write_role(session: Session, person_id: str, command: RoleData, *, by: Viewer, at: datetime) -> str:
    """Record a role that was checked, with its area as a code and the day of its confirmation; return its id."""
    area = command.area
    values = {
        "person_id": person_id,
        "type": command.type,
        "area_code": area,
        "starts_on": command.start,
        "ends_on": command.end,
        "qualification": names.line(command.qualification),
        "trainings": [[names.line(name), year] for name, year in command.trainings],
        "confirmed_on": command.confirmed_on,
        "confirmed_by": by.user_id,
        "recorded_by": by.user_id,
    }
    role_id = rows.add_role(session, values, at=at)
    began = command.start.isoformat()
    data = {"person": person_id, "role": role_id, "type": command.type, "area": area, "starts_on": began}
    log.note_access(session, "psks:role:recorded", actor=by.user_id, at=at, data=data)
    return role_id


def checked_role(session: Session, command: RoleData, today: date) -> tuple[PsksType, str]:
    """Return kind and area of a role, or raise `InvalidInput` with all that is wrong with it."""
    kind = types(session).get(command.type)
    if kind is None:
        raise unknown_type(session)
    problems: dict[str, str] = {}
    area = _area(session, command.area, problems)
    if kind.body:
        problems["type"] = _("{type} adalah lembaga: catat sebagai lembaga.", type=kind.name.sentence)
    if area and not kind.serves(area_level(area)):
        told = _("{type} bertugas sampai tingkat {level}.", type=kind.name.sentence, level=LEVELS[kind.level].sentence)
        problems["area"] = told
    if command.end is not None and command.end < command.start:
        problems["end"] = _("Peran tidak dapat berakhir sebelum mulai.")
    if not today.year - OLDEST <= command.start.year <= today.year + 1:
        problems["start"] = _("Tahun ini tidak mungkin.")
    if command.confirmed_on is not None and not FIRST_CONFIRMED <= command.confirmed_on <= today:
        problems["confirmed_on"] = _("Tanggal ini tidak mungkin, atau belum datang.")
    if len(command.qualification) > WIDTHS["qualification"]:
        problems["qualification"] = _("Paling banyak {n} huruf.", n=WIDTHS["qualification"])
    if problem := _trainings(command.trainings, today):
        problems["trainings"] = problem
    if problems:
        raise InvalidInput(problems)
    return kind, area


def _trainings(given: Sequence[tuple[str, int]], today: date) -> str | None:
    if len(given) > MOST_TRAININGS:
        return _("Paling banyak {n} pelatihan.", n=MOST_TRAININGS)
    for name, year in given:
        if not name.strip() or len(name) > WIDTHS["training"] or not FIRST_TRAINING <= year <= today.year:
            return _("Tulis nama pelatihan dan tahunnya, misalnya Pelatihan dasar PSM; 2024.")
    return None


def end_role(session: Session, role: str, last_day: date | None, *, by: Viewer, at: datetime) -> str:
    """Let a role end after a day (None: today); return whose it is. Raises `Forbidden`, `NotFound`, `InvalidInput`."""
    require_keeper(by)
    (row,) = _mine(session, [role], by)
    last_day = last_day or areas.today(session, at)
    if last_day < row.starts_on:
        raise InvalidInput({"last_day": _("Peran tidak dapat berakhir sebelum mulai.")})
    if row.ends_on is not None and last_day > row.ends_on:
        raise InvalidInput({"last_day": _("Peran ini sudah berakhir.")})
    rows.end_role(session, row.id, last_day)
    data = {"person": row.person_id, "role": row.id, "until": last_day.isoformat()}
    log.note_access(session, "psks:role:ended", actor=by.user_id, at=at, data=data)
    return str(row.person_id)


def confirm_roles(session: Session, roles: Collection[str], *, by: Viewer, at: datetime) -> int:
    """Note that roles are still held as recorded; return how many. Raises `Forbidden`, `NotFound`, `InvalidInput`."""
    require_keeper(by)
    if not roles:
        raise InvalidInput({"roles": _("Pilih paling sedikit satu peran.")})
    if len(roles) > MOST_CONFIRMED:
        raise InvalidInput({"roles": _("Paling banyak {n} peran sekaligus.", n=MOST_CONFIRMED)})
    found = _mine(session, sorted(set(roles)), by)
    rows.confirm(session, [row.id for row in found], on=areas.today(session, at), by=by.user_id)
    data = {"roles": [row.id for row in found]}
    log.note_access(session, "psks:role:confirmed", actor=by.user_id, at=at, data=data)
    return len(found)


def _mine(session: Session, roles: Sequence[str], by: Viewer) -> list[Row[Any]]:
    """Return these roles where somebody keeps them all; `NotFound` otherwise."""
    found = rows.roles_by_id(session, [role for role in roles if is_id(role)])
    if len(found) < len(roles) or not all(keeps(by, row.area_code) for row in found):
        raise NotFound
    return found
