"""When reminders are told: quiet hours, running hours, zones, holds, moved dates, holidays; on both databases."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from caseflow.actions import obligations
from caseflow.states.deadlines import Span
from caseflow.store import obligations as rows
from caseflow.store import offices
from caseflow.store.session import Database
from caseflow.store.tables import case_file
from tests import factories
from tests.due import MONDAY, WITA, due, people, start, sweep_daily, told


@pytest.fixture
def database(any_migrated_url: str, tmp_path: Path) -> Iterator[Database]:
    opened = factories.database(any_migrated_url, tmp_path)
    yield opened
    opened.close()


# --- when -----------------------------------------------------------------------------------------------------------


def test_after_days_without_a_sweep_each_hears_of_the_highest_rung_and_all_is_recorded(database: Database) -> None:
    with database.write() as session:
        office = people(session)
        obligation_id = start(session, factories.case(session, office.id, assignee=office.worker))
    assert obligation_id
    back = datetime(2026, 12, 2, 10, tzinfo=WITA)
    with database.write() as session:
        assert obligations.sweep(session, at=back) == 1
        assert obligations.sweep(session, at=back) == 0
        assert told(session) == [
            ("02 Dec 10.00", "Pendamping", "late", 2),
            ("02 Dec 10.00", "Supervisor", "late", 3),
            ("02 Dec 10.00", "Kadis", "late", 4),
        ]
        climbed = sorted((e.rung, e.told) for e in rows.events(session, obligation_id))
        assert climbed == [(1, 0), (2, 1), (3, 1), (4, 1)]


@pytest.mark.parametrize(
    ("back", "told_at"),
    [
        (datetime(2026, 11, 19, 22, tzinfo=WITA), "20 Nov 07.00"),
        (datetime(2026, 11, 21, 10, tzinfo=WITA), "23 Nov 07.00"),
        (datetime(2026, 11, 19, 19, tzinfo=WITA), "19 Nov 19.00"),
    ],
)
def test_a_late_sweep_leaves_nights_and_days_off_in_peace(database: Database, back: datetime, told_at: str) -> None:
    with database.write() as session:
        office = people(session)
        start(session, factories.case(session, office.id, assignee=office.worker))
    sweep_daily(database, back, back + timedelta(days=3))
    with database.read() as session:
        assert told(session)[0][0] == told_at


def test_an_emergency_is_told_at_once_and_runs_through_the_holiday(database: Database) -> None:
    night = datetime(2026, 12, 23, 22, tzinfo=WITA)
    with database.write() as session:
        office = people(session)
        case = factories.case(session, office.id, assignee=office.worker)
        start(session, case, kind="emergency_debt", span=Span(72, "hours"), at=night)
        assert told(session) == [("23 Dec 22.00", "Supervisor", "new", 1)]
        assert due(session) == "Sat 26 Dec 22.00"
    sweep_daily(database, night, night + timedelta(days=9))
    with database.read() as session:
        assert told(session) == [
            ("23 Dec 22.00", "Supervisor", "new", 1),
            ("25 Dec 22.00", "Pendamping", "before", 2),
            ("26 Dec 22.00", "Kadis", "late", 3),
            ("26 Dec 22.00", "Supervisor", "late", 3),
        ]


def test_a_deadline_of_hours_ignores_holidays_and_the_hold(database: Database) -> None:
    night = datetime(2026, 12, 23, 22, tzinfo=WITA)
    with database.write() as session:
        office = people(session)
        case = factories.case(session, office.id, assignee=office.worker)
        start(session, case, span=Span(24, "hours"), at=night)
        assert obligations.pause(session, case.id, at=night) == 0
        session.execute(update(case_file).values(held_until=date(2027, 1, 31)))
    sweep_daily(database, night, night + timedelta(days=3))
    with database.read() as session:
        assert [(at, rung) for at, _who, _phase, rung in told(session)] == [
            ("24 Dec 14.00", 1),
            ("24 Dec 22.00", 2),
            ("24 Dec 22.00", 2),
            ("25 Dec 22.00", 3),
        ]


def test_what_happened_earlier_is_counted_from_then(database: Database) -> None:
    with database.write() as session:
        office = people(session)
        case = factories.case(session, office.id, assignee=office.worker)
        start(session, case, since=MONDAY - timedelta(days=14))
        assert due(session) == "Mon 09 Nov 23.59"
    sweep_daily(database, MONDAY, MONDAY + timedelta(hours=2))
    with database.read() as session:
        assert [(who, phase) for _at, who, phase, _rung in told(session)] == [("Supervisor", "late"), ("Kadis", "late")]


def test_offices_wake_in_their_own_zone(database: Database) -> None:
    with database.write() as session:
        west = factories.office(session, area="61", zone="Asia/Jakarta")
        east = factories.office(session, area="91", zone="Asia/Jayapura")
        worker = factories.user(session, "pendamping")
        for number, office_id in enumerate((west, east), start=1):
            case = factories.case(session, office_id, number=number, assignee=worker)
            start(session, case, cause=office_id, due_on=date(2026, 11, 20), span=None)
    sweep_daily(database, MONDAY, MONDAY + timedelta(days=3))
    with database.read() as session:
        hours = [at for at, *_rest in told(session)]
        assert hours == ["18 Nov 06.00", "18 Nov 08.00"]


# --- holds and moved dates ------------------------------------------------------------------------------------------


def test_a_hold_stops_the_clock_and_shifts_what_remains(database: Database) -> None:
    with database.write() as session:
        office = people(session)
        case = factories.case(session, office.id, assignee=office.worker)
        calendar = offices.calendar(session, office.id)
        obligation_id = start(session, case)
        start(session, case, cause="days", kind="visit", span=Span(10, "days"))
        paused_at = MONDAY + timedelta(days=1)
        assert obligations.pause(session, case.id, at=paused_at) == 2
        assert obligations.pause(session, case.id, at=paused_at) == 0
    sweep_daily(database, MONDAY, MONDAY + timedelta(days=20))
    with database.write() as session:
        assert told(session) == []
        back = datetime(2026, 12, 7, 10, tzinfo=WITA)
        assert obligations.resume(session, case.id, at=back, calendar=calendar) == 2
        assert obligations.resume(session, case.id, at=back, calendar=calendar) == 0
        assert due(session) == "Fri 11 Dec 23.59", "four working days were left"
        assert due(session, "days") == "Wed 16 Dec 23.59", "nine days were left"
        assert obligation_id
        assert [e.what for e in rows.events(session, obligation_id)] == ["paused", "resumed"]
    sweep_daily(database, back, back + timedelta(days=2))
    with database.read() as session:
        assert told(session) == [("09 Dec 07.00", "Pendamping", "before", 1)]


def test_what_was_late_before_the_hold_is_as_late_after_it(database: Database) -> None:
    with database.write() as session:
        office = people(session)
        case = factories.case(session, office.id, assignee=office.worker)
        start(session, case)
    sweep_daily(database, MONDAY, datetime(2026, 11, 25, 10, tzinfo=WITA))
    with database.write() as session:
        assert [rung for *_rest, rung in told(session)] == [1, 2, 3]
        obligations.pause(session, case.id, at=datetime(2026, 11, 25, 10, tzinfo=WITA))
        back = datetime(2026, 12, 16, 10, tzinfo=WITA)
        obligations.resume(session, case.id, at=back, calendar=offices.calendar(session, office.id))
        assert due(session) == "Mon 14 Dec 23.59", "two working days late then, two now"
    sweep_daily(database, back, back + timedelta(days=14))
    with database.read() as session:
        assert told(session)[3:] == [("21 Dec 07.00", "Kadis", "late", 4)]


def test_the_end_of_the_hold_is_told_during_the_hold(database: Database) -> None:
    with database.write() as session:
        office = people(session)
        case = factories.case(session, office.id, assignee=office.worker, held_until=date(2026, 11, 27))
        start(session, case, kind="hold_end", span=None, due_on=date(2026, 11, 27))
        start(session, case, cause="other")
        assert obligations.pause(session, case.id, at=MONDAY) == 1
    sweep_daily(database, MONDAY, datetime(2026, 11, 27, 12, tzinfo=WITA))
    with database.read() as session:
        assert told(session) == [("24 Nov 07.00", "Pendamping", "before", 1), ("27 Nov 07.00", "Pendamping", "due", 2)]


def test_a_moved_date_never_reminds_twice(database: Database) -> None:
    with database.write() as session:
        office = people(session)
        obligation_id = start(session, factories.case(session, office.id, assignee=office.worker), kind="visit")
    sweep_daily(database, MONDAY, datetime(2026, 11, 23, 10, tzinfo=WITA))
    with database.write() as session:
        assert [rung for *_rest, rung in told(session)] == [1, 2]
        calendar = offices.calendar(session, office.id)
        at = datetime(2026, 11, 23, 11, tzinfo=WITA)
        for day in (date(2026, 12, 11), date(2026, 12, 18)):
            assert obligations.move(session, cause_key="cause", due_on=day, at=at, calendar=calendar, by=office.worker)
        assert not obligations.move(session, cause_key="none", due_on=date(2026, 12, 11), at=at, calendar=calendar)
    sweep_daily(database, datetime(2026, 11, 23, 12, tzinfo=WITA), datetime(2026, 12, 22, 12, tzinfo=WITA))
    with database.read() as session:
        assert told(session)[2:] == [("22 Dec 07.00", "Supervisor", "late", 3)]
        assert obligation_id
        moved = [
            (e.due_from.astimezone(WITA).day, e.due_to.astimezone(WITA).day)
            for e in rows.events(session, obligation_id)
            if e.what == "moved"
        ]
        assert moved == [(23, 11), (11, 18)]


def test_a_changed_holiday_list_recomputes_due_dates_on_record(database: Database) -> None:
    day = date(2026, 11, 19)
    with database.write() as session:
        office = people(session)
        elsewhere = factories.office(session, area="6371")
        case = factories.case(session, office.id, assignee=office.worker)
        obligation_id = start(session, case)
        start(session, case, cause="days", kind="visit", span=Span(7, "days"))
        start(session, factories.case(session, elsewhere, number=2), cause="elsewhere")
        held = factories.case(session, office.id, number=3)
        start(session, held, cause="held")
        obligations.pause(session, held.id, at=MONDAY)
        by = factories.user(session, "admin", "admin")
        at = MONDAY + timedelta(hours=1)
        moved = obligations.set_office_day(session, office.id, day, works=False, name="Hari jadi", by=by, at=at)
        assert moved == 2
        assert due(session) == "Tue 24 Nov 23.59"
        assert due(session, "held") == "Tue 24 Nov 23.59"
        assert due(session, "days") == due(session, "elsewhere") == "Mon 23 Nov 23.59"
        assert obligation_id
        (event,) = rows.events(session, obligation_id)
        assert (event.what, event.actor, event.due_from.day, event.due_to.day) == ("recomputed", by, 23, 24)
        assert obligations.recompute_days(session, office.id, at=at, by=by) == 0
    sweep_daily(database, MONDAY, MONDAY + timedelta(days=5))
    with database.read() as session:
        # Two working days before: of the visit, whose date stayed; of the other office's case; of the moved deadline.
        assert [at for at, *_rest in told(session)] == ["18 Nov 07.00", "19 Nov 07.00", "20 Nov 07.00"]


def test_a_recomputed_date_never_reminds_twice(database: Database) -> None:
    with database.write() as session:
        office = people(session)
        start(session, factories.case(session, office.id, assignee=office.worker))
    sweep_daily(database, MONDAY, datetime(2026, 11, 19, 10, tzinfo=WITA))
    with database.write() as session:
        at = datetime(2026, 11, 19, 11, tzinfo=WITA)
        for day in (20, 23):
            obligations.set_office_day(
                session, office.id, date(2026, 11, day), works=False, name="Libur", by=office.head, at=at
            )
        assert due(session) == "Wed 25 Nov 23.59"
    sweep_daily(database, at, datetime(2026, 11, 25, 10, tzinfo=WITA))
    with database.read() as session:
        assert [(at, rung) for at, _who, _phase, rung in told(session)] == [("19 Nov 07.00", 1), ("25 Nov 07.00", 2)]
