"""Offices as rows, and their time: zone, week, national holidays with joint leave, and the office's own days."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache, lru_cache
from importlib import import_module
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import Row, bindparam, func, insert, select, update

from caseflow.errors import InvalidInput, NotFound, _
from caseflow.ids import new_id
from caseflow.states.deadlines import FIVE_DAYS, SIX_DAYS, Calendar
from caseflow.store.hot import Hot
from caseflow.store.reads import read
from caseflow.store.session import Session
from caseflow.store.sql import insert_new, json_rows
from caseflow.store.tables import office, office_day

OfficeRow = Row[Any]

LOGO = "logo"
"""Under this name an office's settings keep its emblem, as a data URI."""
YEARS = range(2020, 2046)
"""Years whose national holidays are known; those of a coming year are the library's estimate until the decree."""


def add(session: Session, values: Mapping[str, Any]) -> None:
    """Insert an office."""
    session.execute(insert(office).values(dict(values)))


_BY_ID = read(select(office).where(office.c.id == bindparam("of_id")))


def by_id(session: Session, office_id: str) -> OfficeRow | None:
    """Return an office."""
    return _BY_ID.first(session, of_id=office_id)


def set_settings(session: Session, office_id: str, settings: Mapping[str, Any]) -> None:
    """Replace the settings of an office."""
    session.execute(update(office).where(office.c.id == office_id).values(settings=dict(settings)))


def require(session: Session, office_id: str) -> OfficeRow:
    """Return an office a case belongs to. Raises `NotFound`."""
    row = by_id(session, office_id)
    if row is None:
        raise NotFound
    return row


_OF_AREA = read(
    select(office)
    .where(bindparam("of_area", type_=office.c.area_code.type).startswith(office.c.area_code))
    .order_by(func.length(office.c.area_code).desc())
)


def of_area(session: Session, area_code: str) -> OfficeRow | None:
    """Return the office that serves an area: the one with the longest code that the area lies in."""
    return _OF_AREA.first(session, of_area=area_code)


_EVERY = read(select(office).order_by(office.c.area_code))


def every(session: Session) -> list[OfficeRow]:
    """Return all offices, by area."""
    return _EVERY.all(session)


_FIRST_ZONE = Hot(select(office.c.zone).order_by(office.c.area_code).limit(1))


def first_zone(session: Session) -> ZoneInfo | None:
    """Return the zone of the first office; every request asks, for the day it is there. None before there is one."""
    found = session.first(_FIRST_ZONE, {})
    return ZoneInfo(found[0]) if found else None


def settings_to_change(session: Session, office_id: str) -> dict[str, Any]:
    """Return an office's settings; nobody else changes them until this transaction ends."""
    query = select(office.c.settings).where(office.c.id == office_id).with_for_update()
    return dict(session.execute(query).scalar_one())


_OWN_DAYS = select(json_rows(office_day.c.day, office_day.c.works)).where(office_day.c.office_id == office.c.id)
TIME = (office.c.zone, office.c.week_days, _OWN_DAYS.scalar_subquery())
"""What `calendar_of` takes, beside an office in whatever statement reads it."""
_CALENDAR = Hot(select(*TIME).where(office.c.id == bindparam("of_id")))


def calendar(session: Session, office_id: str) -> Calendar:
    """Return the office's time as deadlines count it. Raises `NotFound` for an unknown office."""
    found = session.first(_CALENDAR, {"of_id": office_id})
    if found is None:
        raise NotFound
    return calendar_of(*found)


def calendar_of(zone: str, week_days: int, own: str | None) -> Calendar:
    """Return the time of an office; `own` are its days as JSON, each with whether it is worked."""
    days = {date.fromisoformat(day): bool(works) for day, works in orjson.loads(own or "[]")}
    off, on = (frozenset(day for day, works in days.items() if works is wanted) for wanted in (False, True))
    return _calendar(zone, week_days, off, on)


@lru_cache(maxsize=512)
def _calendar(zone: str, week_days: int, off: frozenset[date], on: frozenset[date]) -> Calendar:
    week = SIX_DAYS if week_days == len(SIX_DAYS) else FIVE_DAYS
    return Calendar(zone=ZoneInfo(zone), week=week, holidays=(national_holidays() | off) - on)


@cache
def national_holidays() -> frozenset[date]:
    """Return the national holidays and joint leave (cuti bersama) of all known years."""
    # The library takes most of a second to import: only what counts days pays for it.
    library = import_module("holidays")
    return frozenset(library.country_holidays("ID", years=YEARS, categories=("public", "government")))


def set_day(session: Session, office_id: str, day: date, *, works: bool, name: str, by: str, at: datetime) -> None:
    """Record a day of the office's own: off, or worked although the nation is off. The last word on a day counts.

    Raises `InvalidInput` for work on a day outside the office's week.
    """
    if works and day.weekday() not in calendar(session, office_id).week:
        raise InvalidInput({"day": _("Hari itu di luar pekan kerja kantor: ubah pekan kerja kantornya.")})
    values = {"works": works, "name": name, "recorded_at": at, "recorded_by": by}
    row = {"id": str(new_id(at)), "office_id": office_id, "day": day, **values}
    if not insert_new(session, office_day, row, ("office_id", "day")):
        same = (office_day.c.office_id == office_id, office_day.c.day == day)
        session.execute(update(office_day).where(*same).values(values))


def days(session: Session, office_id: str) -> list[Row[Any]]:
    """Return the office's own days, in order."""
    return list(
        session.execute(select(office_day).where(office_day.c.office_id == office_id).order_by(office_day.c.day))
    )
