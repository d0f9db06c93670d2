"""Targets: how many cases, visits or people an area is to reach in a period; counted as the monthly report counts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from caseflow import access
from caseflow.access import AREA_READERS, Viewer
from caseflow.actions import areas
from caseflow.actions.report_words import MEASURES
from caseflow.actions.typed import Typed
from caseflow.errors import Forbidden, InvalidInput, NotFound, Sentence, _
from caseflow.i18n import format_date, translate
from caseflow.ids import area_level, area_within, is_id, new_id, within_any
from caseflow.states.category import Text
from caseflow.store import log, offices, reports
from caseflow.store.offices import OfficeRow
from caseflow.store.session import Session
from caseflow.store.types import Row

SETTERS = ("supervisor", "head")
MOST = 10_000_000
LONGEST = 366 * 5
"""Days a target may last."""
YEARS = (2000, 2200)
LEVELS = ("kabupaten", "kecamatan", "village")


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTarget(Typed):
    """A target; one that stands for the same area, measure and period is replaced."""

    area: str
    measure: str
    start: date
    end: date
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawTarget(Typed):
    """A target that counts no more."""

    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """A target, and what has been reached of it."""

    id: str
    office_id: str
    area: str
    area_name: str
    measure: str
    start: date
    end: date
    amount: int
    counted: int

    @property
    def percent(self) -> int:
        """How much of it is reached; over a hundred where more is."""
        return self.counted * 100 // self.amount

    @property
    def words(self) -> Sentence:
        """What is to be reached, where."""
        return _("{area}: {measure}", area=self.area_name, measure=MEASURES[self.measure])

    @property
    def words_with_period(self) -> Text:
        """What is to be reached, where and when, in both languages."""
        return Text(*(self._said(lang) for lang in ("id", "en")))

    def _said(self, lang: str) -> str:
        said = _("{what}, {start} sampai {end}")
        days = {"start": format_date(self.start, lang), "end": format_date(self.end, lang)}
        return translate(said, lang, what=self.words, **days)


def set_target(session: Session, command: SetTarget, *, by: Viewer, at: datetime) -> str:
    """Set a target and return its id. Raises `Forbidden`, `InvalidInput`, `NotFound` for an area that is not theirs."""
    require_setter(by)
    area = areas.known(session, command.area)
    office = areas.office_for(session, area)
    require_area(by, area)
    problems: dict[str, str] = {}
    if command.measure not in MEASURES:
        problems["measure"] = _("Pilih salah satu: {choices}.", choices=", ".join(MEASURES))
    if area_level(area) not in LEVELS:
        problems["area"] = _("Sasaran ditetapkan untuk kabupaten, kecamatan, atau desa.")
    if not YEARS[0] <= command.start.year <= command.end.year <= YEARS[1] and command.start <= command.end:
        problems["start"] = _("Tahun ini tidak mungkin.")
    if command.end < command.start:
        problems["end"] = _("Tanggal akhir sebelum tanggal mulai.")
    elif (command.end - command.start).days > LONGEST:
        problems["end"] = _("Paling lama lima tahun.")
    if not 0 < command.amount <= MOST:
        problems["amount"] = _("Harus bilangan dari 1 sampai {most}.", most=MOST)
    if problems:
        raise InvalidInput(problems)
    same = (area, command.measure, command.start, command.end)
    for row in reports.targets(session, office.id):
        if (row.area_code, row.measure, row.starts_on, row.ends_on) == same:
            _withdraw(session, row, by=by, at=at)
    target_id = str(new_id(at))
    columns = {
        "id": target_id,
        "office_id": office.id,
        "area_code": area,
        "measure": command.measure,
        "starts_on": command.start,
        "ends_on": command.end,
        "amount": command.amount,
    }
    reports.set_target(session, {**columns, "set_by": by.user_id, "set_at": at})
    days = {"starts_on": command.start.isoformat(), "ends_on": command.end.isoformat()}
    log.note_access(session, "target:area:set", actor=by.user_id, at=at, data={**columns, **days})
    return target_id


def withdraw_target(session: Session, command: WithdrawTarget, *, by: Viewer, at: datetime) -> None:
    """Take a target back; it stays on record. Raises `Forbidden`, `NotFound`."""
    require_setter(by)
    row = reports.target_by_id(session, command.target) if is_id(command.target) else None
    if row is None or row.withdrawn_at is not None:
        raise NotFound
    require_area(by, row.area_code)
    _withdraw(session, row, by=by, at=at)


def _withdraw(session: Session, row: Row[Any], *, by: Viewer, at: datetime) -> None:
    reports.withdraw_target(session, row.id, by=by.user_id, at=at)
    log.note_access(session, "target:area:withdrawn", actor=by.user_id, at=at, data={"target": row.id})


def listing(session: Session, *, by: Viewer, current_only: bool = False, at: datetime) -> list[Progress]:
    """Return the targets of the areas somebody oversees, with what is reached. Raises `Forbidden`."""
    if not by.roles.intersection(AREA_READERS):
        raise Forbidden(action=_("melihat sasaran"), allowed=access.names_of(AREA_READERS))
    found: list[Progress] = []
    mine = by.areas(*AREA_READERS)
    for office in offices.every(session):
        rows = [row for row in reports.targets(session, office.id) if within_any(row.area_code, mine)]
        if current_only:
            today = areas.today(session, at, office.area_code)
            rows = [row for row in rows if row.starts_on <= today <= row.ends_on]
        found += progress(session, office, rows)
    return found


def progress(
    session: Session,
    office: OfficeRow,
    rows: Iterable[Row[Any]],
    *,
    until: date | None = None,
) -> list[Progress]:
    """Return targets with what is reached of them, up to a day where one is given: a query a measure and period."""
    zone = offices.calendar(session, office.id).zone
    listed = list(rows)
    names = areas.short_names(session, [row.area_code for row in listed])
    known: dict[tuple[str, date, date], list[tuple[str, int]]] = {}
    found = []
    for row in listed:
        end = min(row.ends_on, until) if until else row.ends_on
        during, key = reports.period(row.starts_on, end, zone), (row.measure, row.starts_on, end)
        if row.measure == "persons" and area_level(row.area_code) != "village":
            counted = reports.persons(session, office.id, during, row.area_code)
        else:
            if key not in known:
                known[key] = reports.reached(session, office.id, row.measure, during)
            counted = sum(n for area, n in known[key] if area_within(area, row.area_code))
        found.append(
            Progress(
                id=row.id,
                office_id=office.id,
                area=row.area_code,
                area_name=names.get(row.area_code, row.area_code).split(", ")[0],
                measure=row.measure,
                start=row.starts_on,
                end=row.ends_on,
                amount=row.amount,
                counted=counted,
            )
        )
    return found


def require_setter(by: Viewer) -> None:
    """Raise `Forbidden` for whoever sets no targets."""
    if not by.roles.intersection(SETTERS):
        raise Forbidden(action=_("menetapkan sasaran"), allowed=access.names_of(SETTERS))


def require_area(by: Viewer, area: str) -> None:
    """Raise `NotFound` for an area in which somebody does not set targets."""
    if not within_any(area, by.areas(*SETTERS)):
        raise NotFound
