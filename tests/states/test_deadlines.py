"""Due dates against brute force, in the three zones of Indonesia and in weeks of five and six days."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseflow.errors import InstantRequired, InvalidInput
from caseflow.states.deadlines import (
    FIVE_DAYS,
    SIX_DAYS,
    Calendar,
    Span,
    Unit,
    add_working_days,
    civil_date,
    due_at,
    is_working_day,
    next_working_morning,
    parse_span,
    span_words,
    working_days_between,
)

WIB, WITA, WIT = (ZoneInfo(f"Asia/{city}") for city in ("Jakarta", "Makassar", "Jayapura"))
DAY_UNITS: st.SearchStrategy[Unit] = st.sampled_from(["days", "working_days"])
DAYS = st.dates(date(2024, 1, 1), date(2027, 12, 31))
INSTANTS = st.datetimes(datetime(2024, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - bounds
CALENDARS = st.builds(
    Calendar,
    zone=st.sampled_from([WIB, WITA, WIT]),
    week=st.sampled_from([FIVE_DAYS, SIX_DAYS, frozenset({6})]),
    holidays=st.frozensets(DAYS, max_size=40),
)
LOCAL = Calendar(WITA, holidays=frozenset({date(2026, 3, 19), date(2026, 3, 20), date(2026, 3, 23)}))


def wita(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=WITA)


@pytest.mark.parametrize(
    ("text", "span", "words"),
    [
        ("72h", Span(72, "hours"), "72 jam"),
        ("14d", Span(14, "days"), "14 hari"),
        (" 5wd ", Span(5, "working_days"), "5 hari kerja"),
    ],
)
def test_a_span_is_read_and_said(text: str, span: Span, words: str) -> None:
    assert parse_span(text) == span
    assert span_words(span) == words


@pytest.mark.parametrize("text", ["", "5", "0d", "-3d", "1.5h", "5 wd", "5w", "wd", "5WD", "999999h", "٣d", "5d\n6d"])
def test_a_span_that_is_not_one_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(InvalidInput, match="72h"):
        parse_span(text)


@pytest.mark.parametrize("week", [frozenset[int](), frozenset({7}), frozenset({-1, 2})])
def test_a_week_without_working_days_is_refused(week: frozenset[int]) -> None:
    with pytest.raises(InvalidInput, match="Pekan kerja"):
        Calendar(WIB, week)


def test_hours_run_through_the_holidays() -> None:
    # 22:00 on the evening before a long holiday: the debt of an emergency is due in 72 running hours all the same.
    assert due_at(wita(18, 22), Span(72, "hours"), LOCAL) == wita(21, 22)


def test_working_days_skip_the_weekend_and_the_holidays_and_end_with_the_day() -> None:
    due = due_at(wita(18, 22), Span(2, "working_days"), LOCAL)
    assert due == datetime(2026, 3, 25, 23, 59, 59, tzinfo=WITA)
    assert due.tzinfo is UTC
    assert civil_date(due, LOCAL) == date(2026, 3, 25)


def test_a_six_day_week_counts_saturday() -> None:
    friday = datetime(2026, 11, 20, 9, tzinfo=WIB)
    assert civil_date(due_at(friday, Span(1, "working_days"), Calendar(WIB, FIVE_DAYS)), LOCAL) == date(2026, 11, 24)
    assert due_at(friday, Span(1, "working_days"), Calendar(WIB, SIX_DAYS)).astimezone(WIB).date() == date(2026, 11, 21)


def test_the_civil_date_is_the_one_on_the_wall_of_the_office() -> None:
    at = datetime(2026, 12, 31, 15, 30, tzinfo=UTC)
    assert [civil_date(at, Calendar(zone)).isoformat() for zone in (WIB, WITA, WIT)] == [
        "2026-12-31",
        "2026-12-31",
        "2027-01-01",
    ]


@pytest.mark.parametrize("unit", ["hours", "days", "working_days"])
def test_a_time_without_a_zone_is_refused(unit: Unit) -> None:
    with pytest.raises(InstantRequired):
        due_at(datetime(2026, 3, 18, 9), Span(1, unit), LOCAL)  # noqa: DTZ001 - the point of it


def test_next_working_morning_is_today_before_seven_and_else_the_next_one() -> None:
    assert next_working_morning(wita(18, 6, 59), LOCAL) == wita(18, 7)
    assert next_working_morning(wita(18, 7), LOCAL) == wita(18, 7)
    assert next_working_morning(wita(18, 7, 1), LOCAL) == wita(24, 7)
    assert next_working_morning(wita(21, 3), LOCAL, hour=9) == wita(24, 9)


def brute_working_days(start: date, end: date, calendar: Calendar) -> int:
    days = (start + timedelta(days=i) for i in range(1, (end - start).days + 1))
    return sum(day.weekday() in calendar.week and day not in calendar.holidays for day in days)


@given(DAYS, DAYS, CALENDARS)
def test_working_days_between_equals_counting(one: date, other: date, calendar: Calendar) -> None:
    start, end = sorted((one, other))
    assert working_days_between(start, end, calendar) == brute_working_days(start, end, calendar)
    assert working_days_between(end, start, calendar) == -brute_working_days(start, end, calendar)


@given(DAYS, st.integers(0, 60), CALENDARS)
def test_adding_working_days_lands_on_one_and_counts_back(day: date, amount: int, calendar: Calendar) -> None:
    landed = add_working_days(day, amount, calendar)
    assert is_working_day(landed, calendar)
    assert amount == 0 or brute_working_days(day, landed, calendar) == amount


@given(INSTANTS, st.integers(1, 90), DAY_UNITS, CALENDARS)
def test_days_end_at_the_end_of_a_civil_day(start: datetime, amount: int, unit: Unit, calendar: Calendar) -> None:
    due = due_at(start, Span(amount, unit), calendar)
    local = due.astimezone(calendar.zone)
    first = start.astimezone(calendar.zone).date()
    assert local.time() == time(23, 59, 59)
    assert due > start
    assert (local.date() - first).days == amount or unit == "working_days"
    assert unit == "days" or brute_working_days(first, local.date(), calendar) == amount


@given(INSTANTS, st.integers(1, 2000), CALENDARS)
def test_hours_are_exact(start: datetime, amount: int, calendar: Calendar) -> None:
    assert due_at(start, Span(amount, "hours"), calendar) - start == timedelta(hours=amount)


@given(INSTANTS, st.integers(0, 23), CALENDARS)
def test_next_working_morning_is_the_first_one_not_before(at: datetime, hour: int, calendar: Calendar) -> None:
    found = next_working_morning(at, calendar, hour)
    mornings = (
        datetime.combine(at.astimezone(calendar.zone).date() + timedelta(days=i), time(hour), calendar.zone)
        for i in range(500)
    )
    assert found == next(m for m in mornings if m >= at and is_working_day(m.date(), calendar))
