"""An office's time: national holidays with joint leave, its own days, its zone and week."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from caseflow.errors import InvalidInput, NotFound
from caseflow.ids import new_id
from caseflow.states.deadlines import is_working_day
from caseflow.store import offices
from caseflow.store.session import Database
from tests import factories

AT = factories.MONDAY


@pytest.fixture
def database(any_migrated_url: str, tmp_path: Path) -> Iterator[Database]:
    opened = factories.database(any_migrated_url, tmp_path)
    yield opened
    opened.close()


def test_the_calendar_knows_holidays_and_joint_leave(database: Database) -> None:
    with database.write() as session:
        calendar = offices.calendar(session, factories.office(session))
    assert str(calendar.zone) == "Asia/Makassar"
    assert not is_working_day(date(2026, 8, 17), calendar)
    assert not is_working_day(date(2026, 12, 24), calendar), "cuti bersama"
    assert not is_working_day(date(2026, 11, 14), calendar)
    assert is_working_day(date(2026, 11, 16), calendar)


def test_an_office_with_six_days_works_on_saturday(database: Database) -> None:
    with database.write() as session:
        calendar = offices.calendar(session, factories.office(session, week_days=6))
    assert is_working_day(date(2026, 11, 14), calendar)
    assert not is_working_day(date(2026, 11, 15), calendar)


def test_the_offices_own_days_count_and_the_last_word_wins(database: Database) -> None:
    day, christmas_eve = date(2026, 11, 20), date(2026, 12, 24)
    with database.write() as session:
        here, there = factories.office(session), factories.office(session, area="6371")
        by = factories.user(session, "admin")
        offices.set_day(session, here, day, works=False, name="Hari jadi kabupaten", by=by, at=AT)
        offices.set_day(session, here, christmas_eve, works=True, name="Layanan tetap buka", by=by, at=AT)
        calendar = offices.calendar(session, here)
        assert not is_working_day(day, calendar)
        assert is_working_day(christmas_eve, calendar)
        assert is_working_day(day, offices.calendar(session, there))
        offices.set_day(session, here, day, works=True, name="Batal", by=by, at=AT)
        assert is_working_day(day, offices.calendar(session, here))
        assert [(row.day, row.works, row.name) for row in offices.days(session, here)] == [
            (day, True, "Batal"),
            (christmas_eve, True, "Layanan tetap buka"),
        ]


def test_work_outside_the_week_is_refused(database: Database) -> None:
    sunday = date(2026, 11, 15)
    with database.write() as session:
        here = factories.office(session)
        with pytest.raises(InvalidInput, match="pekan kerja"):
            offices.set_day(session, here, sunday, works=True, name="Lembur", by=here, at=AT)


def test_the_office_of_an_area_is_the_nearest(database: Database) -> None:
    with database.write() as session:
        province, here = factories.office(session, area="63"), factories.office(session)
        found = [offices.of_area(session, code) for code in ("6310012001", "6310", "6371", "31")]
        assert [row.id if row else None for row in found] == [here, here, province, None]
        assert [row.id for row in offices.every(session)] == [province, here]


def test_an_unknown_office_has_no_calendar(database: Database) -> None:
    with database.read() as session, pytest.raises(NotFound):
        offices.calendar(session, str(new_id(AT)))
