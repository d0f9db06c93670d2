"""When something is due: running hours, calendar days and working days in the office's own zone, week and holidays."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import Literal

from caseflow.errors import InstantRequired, InvalidInput, Sentence, _

Unit = Literal["hours", "days", "working_days"]

FIVE_DAYS = frozenset(range(5))  # Monday to Friday, as date.weekday() counts
SIX_DAYS = frozenset(range(6))

_DAYS_A_WEEK = 7
_UNITS: dict[str, Unit] = {"h": "hours", "d": "days", "wd": "working_days"}
# The last second, not the midnight after it: what is due on the 16th must read "16".
_END_OF_DAY = time(23, 59, 59)
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Calendar:
    """An office's time: its zone, the weekdays it works, and the days it does not (national, joint leave, its own)."""

    zone: tzinfo
    week: frozenset[int] = FIVE_DAYS
    holidays: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        if not self.week or not self.week <= set(range(_DAYS_A_WEEK)):
            raise InvalidInput({"week": _("Pekan kerja berisi paling sedikit satu hari, 0 (Senin) sampai 6 (Minggu).")})


@dataclass(frozen=True, slots=True)
class Span:
    amount: int
    unit: Unit


def parse_span(text: str) -> Span:
    """`72h` running hours, `14d` calendar days, `5wd` working days."""
    parts = re.fullmatch(r"([1-9][0-9]{0,4})(h|d|wd)", text.strip())
    if parts is None:
        raise InvalidInput({"span": _('Jangka waktu "{text}" tidak dikenal: tulis 72h, 14d atau 5wd.', text=text)})
    return Span(int(parts[1]), _UNITS[parts[2]])


def span_words(span: Span) -> Sentence:
    """For people: `72 jam`, `14 hari`, `5 hari kerja`."""
    match span.unit:
        case "hours":
            return _("{n} jam", n=span.amount)
        case "days":
            return _("{n} hari", n=span.amount)
        case "working_days":
            return _("{n} hari kerja", n=span.amount)


def civil_date(at: datetime, calendar: Calendar) -> date:
    """The date on the office's wall at that instant."""
    if at.tzinfo is None:
        raise InstantRequired
    return at.astimezone(calendar.zone).date()


def is_working_day(day: date, calendar: Calendar) -> bool:
    return day.weekday() in calendar.week and day not in calendar.holidays


def due_at(start: datetime, span: Span, calendar: Calendar) -> datetime:
    """The last instant that is still in time, in UTC.

    Hours run through nights and holidays. Days and working days are counted from the day after `start` and end at
    23:59:59 in the office's zone, so that whoever starts at 08:00 and whoever starts at 16:00 have the same day.
    """
    day = civil_date(start, calendar)
    match span.unit:
        case "hours":
            return start.astimezone(UTC) + timedelta(hours=span.amount)
        case "days":
            return end_of_day(day + timedelta(days=span.amount), calendar)
        case "working_days":
            return end_of_day(add_working_days(day, span.amount, calendar), calendar)


def end_of_day(day: date, calendar: Calendar) -> datetime:
    return datetime.combine(day, _END_OF_DAY, calendar.zone).astimezone(UTC)


def add_working_days(day: date, amount: int, calendar: Calendar) -> date:
    """The `amount`-th working day after `day`; with 0, `day` itself or the next working day."""
    if amount == 0:
        return day if is_working_day(day, calendar) else add_working_days(day, 1, calendar)
    while amount > 0:
        day += _ONE_DAY
        amount -= is_working_day(day, calendar)
    return day


@lru_cache(maxsize=4096)
def working_days_between(start: date, end: date, calendar: Calendar) -> int:
    """Working days after `start` up to and including `end`; negative when `end` comes first.

    `add_working_days(start, n)` lies n working days after `start`.
    """
    if end < start:
        return -working_days_between(end, start, calendar)
    weeks, rest = divmod((end - start).days, _DAYS_A_WEEK)
    count = weeks * len(calendar.week)
    count += sum((start.weekday() + i) % _DAYS_A_WEEK in calendar.week for i in range(1, rest + 1))
    return count - sum(start < day <= end and day.weekday() in calendar.week for day in calendar.holidays)


def next_working_morning(at: datetime, calendar: Calendar, hour: int = 7) -> datetime:
    """The first `hour` o'clock of a working day that is not before `at`, in UTC: when a message may be delivered."""
    day = civil_date(at, calendar)
    while True:
        morning = datetime.combine(day, time(hour), calendar.zone)
        if is_working_day(day, calendar) and morning >= at:
            return morning.astimezone(UTC)
        day += _ONE_DAY
