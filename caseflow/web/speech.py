"""Dates, hours and due dates in the words of one reader: language, office zone and calendar."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from caseflow.errors import Sentence, _
from caseflow.i18n import format_date, format_time, translate, weekday_name
from caseflow.states.deadlines import Calendar, civil_date, parse_span, span_words, working_days_between
from caseflow.states.ladder import is_running
from caseflow.web.environment import Words, say

WEEK = 7
LONG = 72
"""From so many hours on, people count days."""


class Owed(Protocol):
    """What a due date is told from: an obligation."""

    @property
    def kind(self) -> str: ...
    @property
    def span(self) -> str: ...
    @property
    def started_at(self) -> datetime: ...
    @property
    def due_at(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Due:
    """A due date for people: the word first, then the reason; `look` picks icon and colour."""

    look: str
    """late | today | waiting | soon."""
    lead: str
    rest: str


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells one reader about time."""

    lang: str
    calendar: Calendar
    now: datetime

    @property
    def today(self) -> date:
        return civil_date(self.now, self.calendar)

    def say(self, words: Words, /, **data: Any) -> str:  # noqa: ANN401 - each sentence carries data of its own
        return translate(words, self.lang, **data) if isinstance(words, Sentence) else say(words, self.lang)

    def day(self, day: date) -> str:
        """`16 November`, with the year where it is another one."""
        full = format_date(day, self.lang)
        return full if day.year != self.today.year else full.rsplit(" ", 1)[0]

    def full_day(self, day: date) -> str:
        return format_date(day, self.lang)

    def day_of(self, at: datetime) -> date:
        return civil_date(at, self.calendar)

    def hour(self, at: datetime) -> str:
        return format_time(at, self.calendar.zone, self.lang)

    def moment(self, at: datetime) -> str:
        """`18 November 2026, 09.15`."""
        return f"{self.full_day(self.day_of(at))}, {self.hour(at)}"

    def zone(self) -> str:
        return self.now.astimezone(self.calendar.zone).tzname() or ""

    def near(self, day: date) -> str:
        """A weekday within seven days, else the date."""
        if timedelta(0) < day - self.today < timedelta(days=WEEK):
            return weekday_name(day, self.lang)
        return self.day(day)

    def due(self, owed: Owed, *, awaited: bool = False) -> Due:
        """Say when something is due; `awaited`: by somebody else, so the days that passed are told."""
        if owed.due_at < self.now:
            return self._late(owed)
        if awaited and not is_running(owed.kind, owed.span):
            return self._awaited(owed)
        day = self.day_of(owed.due_at)
        running = is_running(owed.kind, owed.span)
        if day == self.today:
            lead = _("Hari ini pukul {hour}.", hour=self.hour(owed.due_at)) if running else _("Hari ini.")
            return Due("today", self.say(lead), "")
        if running:
            lead = _("Paling lambat {day} pukul {hour}.", day=self.near(day), hour=self.hour(owed.due_at))
            return Due("soon", self.say(lead), "")
        rest = self.say(_("Masih {n} hari kerja", n=self._left(day)))
        return Due("soon", self.say(_("Paling lambat {day}.", day=self.near(day))), rest)

    def _late(self, owed: Owed) -> Due:
        day = self.day_of(owed.due_at)
        if is_running(owed.kind, owed.span):
            hours = max(1, int((self.now - owed.due_at).total_seconds() // 3600))
            late = _("Terlambat {n} jam.", n=hours) if hours < LONG else _("Terlambat {n} hari.", n=hours // 24)
            when = _(
                "Batas {span} lewat {day} pukul {hour}",
                span=self._span(owed),
                day=self.day(day),
                hour=self.hour(owed.due_at),
            )
            return Due("late", self.say(late), self.say(when))
        days = max(1, working_days_between(day, self.today, self.calendar))
        return Due(
            "late", self.say(_("Terlambat {n} hari kerja.", n=days)), self.say(_("Batasnya {day}", day=self.day(day)))
        )

    def _awaited(self, owed: Owed) -> Due:
        start, end = self.day_of(owed.started_at), self.day_of(owed.due_at)
        lead = self.progress(start, end)
        return Due("waiting", lead, self.say(_("Batasnya {day}", day=self.day(end))))

    def progress(self, start: date, end: date) -> str:
        """`Hari kerja ke-6 dari 14.`."""
        passed = max(1, working_days_between(start, self.today, self.calendar))
        total = max(1, working_days_between(start, end, self.calendar))
        return self.say(_("Hari kerja ke-{at} dari {total}.", at=passed, total=total))

    def _left(self, day: date) -> int:
        return working_days_between(self.today, day, self.calendar)

    def _span(self, owed: Owed) -> str:
        return self.say(span_words(parse_span(owed.span)))
