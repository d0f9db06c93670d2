"""SELECTs that are compiled once: what they find among many values, and how their rows are read; on both databases."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Integer, bindparam, insert, select

from caseflow.ids import new_id
from caseflow.store.reads import among, read
from caseflow.store.session import Database
from caseflow.store.tables import area, counter, user_account
from tests.world import open_database

AT = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
PLACES = read(select(area).where(among(area.c.code, "codes")).order_by(area.c.code))
PEOPLE = read(select(user_account.c.id, user_account.c.created_at).where(among(user_account.c.id, "ids")))
NUMBERS = read(select(counter.c.value).where(among(counter.c.value, "values")).limit(bindparam("most", type_=Integer)))


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, migrated_url: Callable[[str], str], tmp_path: Path) -> Iterator[Database]:
    opened = open_database(migrated_url(request.param), tmp_path)
    yield opened
    opened.close()


def test_however_many_are_given_those_that_are_there_are_found(database: Database) -> None:
    with database.write() as session:
        named = {"level": "province", "head_title": None}
        session.execute(insert(area), [{"code": code, "name": f"N{code}", **named} for code in ("97", "98", "99")])
        assert PLACES.all(session, codes=()) == []
        found = PLACES.all(session, codes={"97", "99", "00"})
        assert [(row.code, row.name, row.head_title) for row in found] == [("97", "N97", None), ("99", "N99", None)]
        first = PLACES.first(session, codes=["98"])
        assert first is not None
        assert first._mapping["name"] == "N98"
        assert PLACES.first(session, codes=["it's none"]) is None
        assert PLACES.firsts(session, codes=("99", "98")) == ["98", "99"]


def test_ids_and_moments_come_back_as_everywhere(database: Database) -> None:
    one, other = str(new_id(AT)), str(new_id(AT))
    with database.write() as session:
        account = {"password_hash": None, "email": None, "language": "id", "active": True, "created_at": AT}
        people = [{"id": each, "username": each[-8:], "name": "X", **account} for each in (one, other)]
        session.execute(insert(user_account), people)
        assert [tuple(row) for row in PEOPLE.all(session, ids=[one, str(new_id(AT))])] == [(one, AT)]


def test_numbers_are_found_and_a_limit_is_a_bind(database: Database) -> None:
    with database.write() as session:
        session.execute(insert(counter), [{"scope": f"s{n}", "value": n} for n in range(5)])
        assert sorted(NUMBERS.firsts(session, values=[1, 3, 9], most=10)) == [1, 3]
        assert len(NUMBERS.all(session, values=range(5), most=2)) == 2
