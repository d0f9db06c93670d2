"""When each rung falls, by the office's own days: table, edges, and what holds for every date."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseflow.states import ladder
from caseflow.states.deadlines import SIX_DAYS, Calendar, civil_date, end_of_day, is_working_day
from caseflow.states.ladder import LADDERS, RUNNING

WITA = ZoneInfo("Asia/Makassar")
OFFICE = Calendar(zone=WITA, holidays=frozenset({date(2026, 12, 24), date(2026, 12, 25)}))
MONDAY = datetime(2026, 11, 16, 9, tzinfo=WITA)


def falls(kind: str, due: date, *, start: datetime = MONDAY, calendar: Calendar = OFFICE) -> list[str]:
    found = ladder.instants(LADDERS[kind], start=start, due=end_of_day(due, calendar), calendar=calendar)
    return [f"{instant.astimezone(calendar.zone):%a %d %b %H.%M}" for instant in found]


def test_a_deadline_is_told_before_at_and_after_its_day() -> None:
    assert falls("state_deadline", date(2026, 11, 27)) == [
        "Wed 25 Nov 07.00",
        "Fri 27 Nov 07.00",
        "Mon 30 Nov 07.00",
        "Fri 04 Dec 07.00",
    ]


def test_days_off_are_stepped_over_and_a_date_on_one_is_told_before_it() -> None:
    assert falls("visit", date(2026, 12, 25)) == [
        "Tue 22 Dec 07.00",
        "Wed 23 Dec 07.00",
        "Tue 29 Dec 07.00",
        "Tue 05 Jan 07.00",
    ]


def test_an_emergency_runs_by_the_hour_through_the_night() -> None:
    night = datetime(2026, 12, 23, 22, 15, tzinfo=WITA)
    found = ladder.instants(LADDERS["emergency_debt"], start=night, due=night + timedelta(hours=72), calendar=OFFICE)
    assert found == (night, night + timedelta(hours=48), night + timedelta(hours=72))


def test_a_deadline_counted_in_hours_climbs_by_the_hour() -> None:
    assert ladder.ladder_of("state_deadline", "24h") == RUNNING
    assert ladder.is_running("state_deadline", "24h")
    for span in ("14d", "5wd", "date"):
        assert ladder.ladder_of("state_deadline", span) == LADDERS["state_deadline"]
        assert not ladder.is_running("state_deadline", span)
    assert ladder.ladder_of("of another version", "5wd") == LADDERS["state_deadline"]


@pytest.mark.parametrize(
    ("kind", "span", "pauses"),
    [
        ("state_deadline", "5wd", True),
        ("visit", "30d", True),
        ("state_deadline", "24h", False),
        ("emergency_debt", "72h", False),
        ("hold_end", "date", False),
    ],
)
def test_what_runs_by_the_hour_and_the_end_of_the_hold_never_pause(kind: str, span: str, *, pauses: bool) -> None:
    assert ladder.pauses(kind, span) is pauses


def test_reminders_before_the_beginning_are_never_told() -> None:
    rungs = LADDERS["state_deadline"]
    at = datetime(2026, 11, 16, 9, tzinfo=WITA)

    def stands(due: date) -> int:
        found = ladder.instants(rungs, start=at, due=end_of_day(due, OFFICE), calendar=OFFICE)
        return ladder.first_rung(rungs, found, at=at)

    assert stands(date(2026, 11, 27)) == 0
    assert stands(date(2026, 11, 17)) == 1
    assert stands(date(2026, 11, 16)) == 2
    assert stands(date(2026, 11, 2)) == 2, "what is late when it begins is told as late"


@pytest.mark.parametrize(
    ("local", "quiet"),
    [
        ("2026-11-16 06:59", True),
        ("2026-11-16 07:00", False),
        ("2026-11-16 19:59", False),
        ("2026-11-16 20:00", True),
        ("2026-11-15 10:00", True),
        ("2026-12-24 10:00", True),
    ],
)
def test_nights_and_days_off_are_quiet(local: str, *, quiet: bool) -> None:
    assert ladder.quiet(datetime.fromisoformat(local).replace(tzinfo=WITA), OFFICE) is quiet


def test_quiet_is_what_the_office_says() -> None:
    saturday = datetime(2026, 11, 14, 10, tzinfo=WITA)
    assert ladder.quiet(saturday, OFFICE)
    assert not ladder.quiet(saturday, Calendar(zone=WITA, week=SIX_DAYS))
    assert ladder.quiet(saturday.replace(hour=6), Calendar(zone=ZoneInfo("Asia/Jakarta"), week=SIX_DAYS))


def test_every_ladder_climbs() -> None:
    for rungs in (*LADDERS.values(), RUNNING):
        assert rungs
        assert all(rung.audience for rung in rungs)
        offsets = [(rung.anchor == "due", rung.offset) for rung in rungs]
        assert offsets == sorted(offsets)


@given(
    kind=st.sampled_from(sorted(LADDERS)),
    due=st.dates(date(2026, 1, 1), date(2027, 12, 31)),
    ahead=st.timedeltas(timedelta(0), timedelta(days=90)),
    holidays=st.frozensets(st.dates(date(2026, 1, 1), date(2027, 12, 31)), max_size=60),
    zone=st.sampled_from(["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"]),
)
def test_rungs_rise_and_fall_in_working_mornings(
    kind: str, due: date, ahead: timedelta, holidays: frozenset[date], zone: str
) -> None:
    calendar = Calendar(zone=ZoneInfo(zone), holidays=holidays)
    end = end_of_day(due, calendar)
    found = ladder.instants(LADDERS[kind], start=end - ahead, due=end, calendar=calendar)
    assert all(earlier <= later for earlier, later in pairwise(found))
    assert all(instant.tzinfo is UTC for instant in found if kind != "emergency_debt")
    for rung, instant in zip(LADDERS[kind], found, strict=True):
        if rung.unit == "working_days":
            assert instant.astimezone(calendar.zone).hour == 7
            assert is_working_day(civil_date(instant, calendar), calendar)
            assert (instant > end) is (rung.phase == "late")
