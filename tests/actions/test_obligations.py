"""What is due, told once, to the right people; on both databases."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from caseflow.actions import obligations
from caseflow.store import inbox
from caseflow.store import obligations as rows
from caseflow.store.session import Database, Session
from caseflow.store.tables import inbox as inbox_table
from caseflow.store.tables import job
from tests import factories
from tests.due import MONDAY, due, people, start, sweep_daily, told


@pytest.fixture
def database(any_migrated_url: str, tmp_path: Path) -> Iterator[Database]:
    opened = factories.database(any_migrated_url, tmp_path)
    yield opened
    opened.close()


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
        assert start(session, case) == start(session, case)
        with pytest.raises(ValueError, match="span or a date"):
            start(session, case, span=None, cause="other")


def causes(session: Session, case_id: str) -> set[str]:
    """Return the causes of what is still owed in a case."""
    return {row.cause_key for row in rows.live(session, case_id=case_id)}


def test_a_visit_an_answer_or_a_closure_ends_it(database: Database) -> None:
    with database.write() as session:
        office = people(session)
        case = factories.case(session, office.id, assignee=office.worker)
        for cause, kind in (("a", "visit"), ("b", "referral_answer"), ("c", "state_deadline"), ("d", "visit")):
            start(session, case, kind=kind, cause=cause)
        other = factories.case(session, office.id, number=2, assignee=office.worker)
        start(session, other, cause="other", kind="visit")
        obligations.end_kinds(session, case.id, ("visit",), satisfied=True, at=MONDAY)
        assert causes(session, case.id) == {"b", "c"}
        obligations.satisfy(session, cause_key="b", at=MONDAY)
        assert causes(session, case.id) == {"c"}
        obligations.cancel(session, cause_key="c", at=MONDAY)
        assert not causes(session, case.id)
        obligations.end_kinds(session, case.id, (), at=MONDAY + timedelta(hours=1))
        assert {row.cancelled_at or row.satisfied_at for row in rows.of_case(session, case.id)} == {MONDAY}
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
        obligations.end_kinds(session, case.id, ("visit",), at=MONDAY, satisfied=True)
        assert causes(session, case.id) == {"b", "c"}
        obligations.end_kinds(session, case.id, at=MONDAY)
        assert not causes(session, case.id)
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
