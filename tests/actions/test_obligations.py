"""What is due, told once, to the right people, in the office's time; on both databases."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Barrier
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select, update

from caseflow.actions import obligations
from caseflow.states.deadlines import Span
from caseflow.store import inbox, offices, users
from caseflow.store import obligations as rows
from caseflow.store.cases import CaseRow
from caseflow.store.session import Database, Session
from caseflow.store.tables import case_file, delivery, job, obligation, person
from caseflow.store.tables import inbox as inbox_table
from tests import factories

WITA = ZoneInfo("Asia/Makassar")
MONDAY = datetime(2026, 11, 16, 9, tzinfo=WITA)
FIVE = Span(5, "working_days")  # from MONDAY: the end of Monday the 23rd


@dataclass(frozen=True)
class Office:
    """An office with one of each, and their cases."""

    id: str
    worker: str
    supervisor: str
    head: str


@pytest.fixture
def database(any_migrated_url: str, tmp_path: Path) -> Iterator[Database]:
    opened = factories.database(any_migrated_url, tmp_path)
    yield opened
    opened.close()


def people(session: Session) -> Office:
    return Office(
        factories.office(session),
        factories.user(session, "pendamping", "caseworker"),
        factories.user(session, "supervisor", "supervisor"),
        factories.user(session, "kadis", "head"),
    )


def start(
    session: Session,
    case: CaseRow,
    *,
    kind: str = "state_deadline",
    span: Span | None = FIVE,
    cause: str = "cause",
    at: datetime = MONDAY,
    recipient: str = "assignee",
    due_on: date | None = None,
    since: datetime | None = None,
) -> str | None:
    calendar = offices.calendar(session, case.office_id)
    return obligations.start(
        session, case=case, kind=kind, span=span, recipient=recipient, basis="dasar", cause_key=cause, at=at,
        calendar=calendar, due_on=due_on, since=since,
    )  # fmt: skip


def due(session: Session, cause: str = "cause") -> str:
    (row,) = session.execute(select(obligation.c.due_at).where(obligation.c.cause_key == cause))
    return f"{row.due_at.astimezone(WITA):%a %d %b %H.%M}"


def told(session: Session) -> list[tuple[str, str, str, int | None]]:
    """Return what everybody was told, in order: when, who, phase, rung."""
    query = select(inbox_table)
    names = users.names(session, set(session.execute(select(inbox_table.c.user_id)).scalars()))
    found = [
        (m.created_at.astimezone(WITA), m.rung, names[m.user_id], m.data.get("phase")) for m in session.execute(query)
    ]
    return [(f"{at:%d %b %H.%M}", who, phase, rung) for at, rung, who, phase in sorted(found)]


def sweep_daily(database: Database, begin: datetime, end: datetime) -> None:
    """Sweep at a few hours of each day from `begin` to `end`, nights and days off included."""
    day = begin.astimezone(WITA).replace(minute=0)
    while day.date() <= end.date():
        for hour in (1, 6, 7, 8, 10, 14, 19, 22):
            at = day.replace(hour=hour)
            if begin <= at <= end:
                with database.write() as session:
                    obligations.sweep(session, at=at)
        day += timedelta(days=1)


def test_a_deadline_climbs_from_the_worker_to_the_head_each_once(database: Database) -> None:
    with database.write() as session:
        office = people(session)
        start(session, factories.case(session, office.id, assignee=office.worker))
        assert due(session) == "Mon 23 Nov 23.59"
    sweep_daily(database, MONDAY, MONDAY + timedelta(days=30))
    with database.read() as session:
        assert told(session) == [
            ("19 Nov 07.00", "Pendamping", "before", 1),
            ("23 Nov 07.00", "Pendamping", "due", 2),
            ("24 Nov 07.00", "Supervisor", "late", 3),
            ("30 Nov 07.00", "Kadis", "late", 4),
        ]


def test_each_message_leaves_through_a_channel_by_a_job(database: Database) -> None:
    with database.write() as session:
        office = people(session)
        start(session, factories.case(session, office.id, assignee=office.worker))
    sweep_daily(database, MONDAY, MONDAY + timedelta(days=4))
    with database.read() as session:
        (message,) = inbox.of_user(session, office.worker)
        (leaving,) = inbox.deliveries(session, message.id)
        assert (leaving.channel, leaving.state, leaving.attempts) == ("record", "waiting", 0)
        (waiting,) = session.execute(select(job))
        assert (waiting.kind, waiting.payload) == ("inbox.notify", {"delivery": leaving.id})
        assert message.data == {"phase": "before", "number": message.number, "state": "assessment", "due": "2026-11-23"}


def test_one_cause_starts_one_obligation(database: Database) -> None:
    with database.write() as session:
        case = factories.case(session, people(session).id)
        assert start(session, case)
        assert start(session, case) is None
        with pytest.raises(ValueError, match="span or a date"):
            start(session, case, span=None, cause="other")


def test_a_visit_an_answer_or_a_closure_ends_it(database: Database) -> None:
    with database.write() as session:
        office = people(session)
        case = factories.case(session, office.id, assignee=office.worker)
        for cause, kind in (("a", "visit"), ("b", "referral_answer"), ("c", "state_deadline"), ("d", "visit")):
            start(session, case, kind=kind, cause=cause)
        other = factories.case(session, office.id, number=2, assignee=office.worker)
        start(session, other, cause="other", kind="visit")
        assert obligations.satisfy(session, case_id=case.id, kind="visit", at=MONDAY) == 2
        assert obligations.satisfy(session, cause_key="b", at=MONDAY) == 1
        assert obligations.satisfy(session, cause_key="b", at=MONDAY) == 0
        assert obligations.cancel(session, cause_key="c", at=MONDAY) == 1
        assert obligations.end_kinds(session, case.id, (), at=MONDAY) == 0
        with pytest.raises(ValueError, match="cause or the case"):
            obligations.satisfy(session, kind="visit", at=MONDAY)
    sweep_daily(database, MONDAY, MONDAY + timedelta(days=30))
    with database.read() as session:
        assert {m.obligation_id for m in session.execute(select(inbox_table))} == {
            row.id for row in rows.of_case(session, other.id)
        }


def test_the_end_of_some_kinds_leaves_the_others(database: Database) -> None:
    with database.write() as session:
        case = factories.case(session, people(session).id)
        for cause, kind in (("a", "visit"), ("b", "state_deadline"), ("c", "review")):
            start(session, case, kind=kind, cause=cause)
        assert obligations.end_kinds(session, case.id, ("visit",), at=MONDAY, satisfied=True) == 1
        assert {row.cause_key for row in rows.live(session, case_id=case.id)} == {"b", "c"}
        assert obligations.end_kinds(session, case.id, at=MONDAY) == 2
        ended = {row.kind: (row.satisfied_at, row.cancelled_at) for row in rows.of_case(session, case.id)}
        assert ended["visit"] == (MONDAY, None)
        assert ended["review"] == (None, MONDAY)


# --- who is told ----------------------------------------------------------------------------------------------------


def test_without_an_assignee_or_with_one_who_left_the_supervisor_is_told(database: Database) -> None:
    with database.write() as session:
        office = people(session)
        gone = factories.user(session, "pergi", "caseworker", active=False)
        start(session, factories.case(session, office.id), cause="nobody")
        start(session, factories.case(session, office.id, number=2, assignee=gone), cause="gone")
    sweep_daily(database, MONDAY, MONDAY + timedelta(days=4))
    with database.read() as session:
        assert told(session) == [("19 Nov 07.00", "Supervisor", "before", 1)] * 2


def test_an_absent_worker_and_an_absent_supervisor_are_stood_in_for(database: Database) -> None:
    with database.write() as session:
        office = people(session)
        days = {"starts_on": date(2026, 11, 18), "ends_on": date(2026, 11, 24)}
        factories.deputy(session, office.worker, factories.user(session, "pengganti"), **days)
        factories.deputy(session, office.supervisor, factories.user(session, "plh"), **days)
        start(session, factories.case(session, office.id, assignee=office.worker))
    sweep_daily(database, MONDAY, MONDAY + timedelta(days=9))
    with database.read() as session:
        assert [(who, rung) for _at, who, _phase, rung in told(session)] == [
            ("Pengganti", 1),
            ("Pengganti", 2),
            ("Plh", 3),
        ]


def test_where_no_supervisor_serves_the_area_the_head_is_told_once(database: Database) -> None:
    with database.write() as session:
        office_id = factories.office(session)
        worker = factories.user(session, "pendamping", "caseworker")
        factories.user(session, "kadis", "head")
        factories.user(session, "jauh", "supervisor", area="6371")
        start(session, factories.case(session, office_id, assignee=worker))
    sweep_daily(database, MONDAY + timedelta(days=8), MONDAY + timedelta(days=30))
    with database.read() as session:
        assert [(who, rung) for _at, who, _phase, rung in told(session)] == [
            ("Pendamping", 2),
            ("Kadis", 3),
            ("Kadis", 4),
        ]


def test_what_nobody_can_be_told_is_still_climbed(database: Database) -> None:
    with database.write() as session:
        case = factories.case(session, factories.office(session))
        obligation_id = start(session, case)
    assert obligation_id
    sweep_daily(database, MONDAY, MONDAY + timedelta(days=15))
    with database.read() as session:
        assert told(session) == []
        assert [(e.what, e.rung, e.told) for e in rows.events(session, obligation_id)] == [
            ("climbed", number, 0) for number in (1, 2, 3, 4)
        ]


def test_of_a_closed_file_the_named_team_hears(database: Database) -> None:
    with database.write() as session:
        office = people(session)
        inside = factories.user(session, "dalam", "supervisor")
        start(
            session,
            factories.case(session, office.id, assignee=office.worker, confidentiality="R3", team=(inside,)),
        )
    sweep_daily(database, MONDAY, MONDAY + timedelta(days=20))
    with database.read() as session:
        assert [who for _at, who, _phase, _rung in told(session)] == ["Pendamping", "Pendamping", "Dalam", "Kadis"]


def test_a_recipient_of_the_category_is_told_instead_of_the_assignee(database: Database) -> None:
    with database.write() as session:
        office = people(session)
        start(
            session, factories.case(session, office.id, assignee=office.worker), kind="review", recipient="supervisor"
        )
    sweep_daily(database, MONDAY, MONDAY + timedelta(days=9))
    with database.read() as session:
        assert told(session) == [("23 Nov 07.00", "Supervisor", "due", 1), ("24 Nov 07.00", "Kadis", "late", 2)]


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


# --- silence --------------------------------------------------------------------------------------------------------


def test_a_death_is_followed_by_a_year_of_silence(database: Database) -> None:
    with database.write() as session:
        office = people(session)
        for number, kind in enumerate(("state_deadline", "visit", "referral_answer", "placement_review"), start=1):
            case = factories.case(session, office.id, number=number, assignee=office.worker)
            start(session, case, kind=kind, cause=kind)
        session.execute(update(person).values(died=True))
    at = MONDAY
    while at < MONDAY + timedelta(days=366):
        with database.write() as session:
            assert obligations.sweep(session, at=at) == 0
        at += timedelta(hours=11)
    with database.read() as session:
        assert told(session) == []


@pytest.mark.parametrize("values", [{"state": "closed"}, {"held_until": date(2026, 12, 31)}], ids=["closed", "held"])
def test_nothing_is_told_of_a_case_that_is_closed_or_held(database: Database, values: dict[str, object]) -> None:
    with database.write() as session:
        office = people(session)
        start(session, factories.case(session, office.id, assignee=office.worker))
        session.execute(update(case_file).values(values))
    sweep_daily(database, MONDAY, MONDAY + timedelta(days=20))
    with database.read() as session:
        assert told(session) == []


# --- many at once ---------------------------------------------------------------------------------------------------


def test_four_sweeps_at_once_tell_each_rung_once(database: Database) -> None:
    cases = 60
    with database.write() as session:
        office = people(session)
        for number in range(1, cases + 1):
            start(session, factories.case(session, office.id, number=number, assignee=office.worker), cause=f"{number}")
    for day in (19, 23, 24, 30):
        together = Barrier(4)
        at = datetime(2026, 11, day, 8, tzinfo=WITA)

        def sweep(_number: int, at: datetime = at, together: Barrier = together) -> int:
            together.wait()
            looked_at = 0
            while True:
                with database.write() as session:
                    found = obligations.sweep(session, at=at, limit=7)
                looked_at += found
                if not found:
                    return looked_at

        with ThreadPoolExecutor(4) as pool:
            assert sum(pool.map(sweep, range(4))) == cases
    with database.read() as session:
        by_rung = session.execute(select(inbox_table.c.rung, func.count().label("n")).group_by(inbox_table.c.rung))
        assert {row.rung: row.n for row in by_rung} == {1: cases, 2: cases, 3: cases, 4: cases}
        for table in (delivery, job):
            assert session.execute(select(func.count()).select_from(table)).scalar() == 4 * cases


def test_a_sweep_takes_no_more_than_it_may(database: Database) -> None:
    with database.write() as session:
        office = people(session)
        for number in range(1, 6):
            start(session, factories.case(session, office.id, number=number, assignee=office.worker), cause=f"{number}")
        at = datetime(2026, 11, 19, 8, tzinfo=UTC)
        assert [obligations.sweep(session, at=at, limit=2) for _round in range(4)] == [2, 2, 1, 0]
