"""Setting up an office: who it is, where, in which time; its areas; its own days."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any
from zoneinfo import available_timezones

from caseflow.access import Viewer
from caseflow.actions import areas, obligations, reviews
from caseflow.actions.admin import require_admin, require_area
from caseflow.actions.typed import Typed
from caseflow.errors import InvalidInput, Sentence, _
from caseflow.ids import area_level, format_area, new_id, normalise_area
from caseflow.letters import check
from caseflow.states import names
from caseflow.store import log, offices
from caseflow.store.offices import LOGO
from caseflow.store.session import Session

WEEKS = (5, 6)
WIB, WITA, WIT = "Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"
_CENTRAL = ("51", "52", "53", "63", "64", "65", "71", "72", "73", "74", "75", "76")
_EASTERN = ("81", "82", "91", "92", "93", "94", "95", "96", "97")
_TEXTS = {"government": 200, "agency": 200, "place": 120, "unit_code": 40}


@dataclass(frozen=True, slots=True, kw_only=True)
class AddOffice(Typed):
    """An office as its letterhead says it; `area` is the kabupaten or kota it serves."""

    area: str
    government: str
    agency: str
    place: str
    unit_code: str
    address: tuple[str, ...] = ()
    phone: str = ""
    email: str | None = None
    website: str | None = None
    zone: str | None = None
    """An IANA zone; None: the one of the province."""
    week_days: int = 5


def zone_of(area: str) -> str:
    """Return the time zone of a province: WIB, WITA or WIT (Keppres 41/1987)."""
    province = normalise_area(area)[:2]
    return WITA if province in _CENTRAL else WIT if province in _EASTERN else WIB


def add_office(session: Session, command: AddOffice, *, by: Viewer, at: datetime) -> str:
    """Record an office with its areas; return its id."""
    require_admin(by)
    code = normalise_area(command.area)
    require_area(by, code)
    problems: dict[str, Sentence] = {}
    if area_level(code) != "kabupaten":
        problems["area"] = _("Kode kabupaten/kota terdiri dari 4 angka, misalnya 63.10.")
    elif any(office.area_code == code for office in offices.every(session)):
        problems["area"] = _("Wilayah {code} sudah dilayani kantor lain.", code=format_area(code))
    for name, most in _TEXTS.items():
        text = getattr(command, name).strip()
        if not text:
            problems[name] = _("Isian ini wajib.")
        elif len(text) > most:
            problems[name] = _("Paling banyak {n} huruf.", n=most)
    zone = command.zone or zone_of(code)
    if zone not in available_timezones():
        problems["zone"] = _("Pilih salah satu: {choices}.", choices=f"{WIB}, {WITA}, {WIT}")
    if command.week_days not in WEEKS:
        problems["week_days"] = _("Pilih salah satu: {choices}.", choices="5, 6")
    if problems:
        raise InvalidInput(dict(problems))
    areas.import_areas(session, code)
    office_id = str(new_id(at))
    offices.add(session, {"id": office_id, "area_code": code, "zone": zone, **_columns(command)})
    log.note_access(session, "office:added", actor=by.user_id, at=at, data={"office": office_id, "area": code})
    return office_id


def _columns(command: AddOffice) -> Mapping[str, Any]:
    return {
        "government": names.line(command.government),
        "agency": names.line(command.agency),
        "address": [kept for kept in map(names.line, command.address) if kept],
        "phone": names.line(command.phone),
        "email": command.email,
        "website": command.website,
        "place": names.line(command.place),
        "unit_code": names.line(command.unit_code),
        "week_days": command.week_days,
        "settings": {},
    }


def set_logo(session: Session, area: str, picture: bytes | None, *, by: Viewer, at: datetime) -> None:
    """Print an office's own emblem (PNG, JPEG or SVG) in its letterhead, or the neutral one. Raises `InvalidInput`.

    A letter is made with the emblem of that hour: it is the office's, and not among the facts a letter freezes.
    """
    require_admin(by)
    office = areas.office_for(session, normalise_area(area))
    require_area(by, office.area_code)
    logo = None if picture is None else check.logo_of(picture)
    if picture is not None and logo is None:
        raise InvalidInput({"file": _("harus gambar PNG, JPEG, atau SVG sebagai data, paling besar 300 kB")})
    settings = offices.settings_to_change(session, office.id)
    settings.pop(LOGO, None)
    offices.set_settings(session, office.id, settings | ({LOGO: logo} if logo else {}))
    data = {"office": office.id, "sha256": sha256(picture).hexdigest() if picture is not None else ""}
    log.note_access(session, "office:logo:set", actor=by.user_id, at=at, data=data)


def import_areas(session: Session, kabupaten: str, *, by: Viewer, at: datetime) -> int:
    """Record the areas of a kabupaten or kota that are not there yet; return how many were new."""
    require_area(by, normalise_area(kabupaten))
    added = areas.import_areas(session, kabupaten)
    data = {"area": normalise_area(kabupaten), "added": added}
    log.note_access(session, "office:areas:imported", actor=by.user_id, at=at, data=data)
    return added


def set_day(session: Session, area: str, day: date, *, works: bool, name: str, by: Viewer, at: datetime) -> int:
    """Record a day of an office's own; return how many due dates moved with it."""
    require_admin(by)
    office = areas.office_for(session, normalise_area(area))
    require_area(by, office.area_code)
    name = names.line(name)
    moved = obligations.set_office_day(session, office.id, day, works=works, name=name, by=by.user_id, at=at)
    reviews.follow_deadlines(session, office.id, by=by.user_id, at=at)
    data = {"office": office.id, "day": day.isoformat(), "works": works}
    log.note_access(session, "office:day:set", actor=by.user_id, at=at, data=data)
    return moved
