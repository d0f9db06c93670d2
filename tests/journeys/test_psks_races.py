"""Two who keep the register of helpers at once: of two links to one account one wins, of two equal sheets one adds."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from caseflow.actions import psks, psks_keeping, psks_sheet
from caseflow.actions.psks import PersonData, RoleData, Wanted
from caseflow.actions.psks_rows import SheetRow
from caseflow.store.session import Session
from tests.journeys.test_concurrency import DatabaseFactory
from tests.journeys.test_reply_races import together
from tests.world import START, VILLAGE, Office, World, fill, open_database, viewer

AT_ONCE = 4
ROLE = RoleData(type="PSM", area=VILLAGE, start=date(2024, 1, 15))


@pytest.fixture(params=["sqlite", "postgresql"])
def busy(request: pytest.FixtureRequest, migrated_url: DatabaseFactory, tmp_path: Path) -> Iterator[Office]:
    """Return an office of this test's own, where transactions end for real."""
    database = open_database(migrated_url(request.param), tmp_path)
    yield fill(database)
    database.close()


def test_of_links_to_one_account_and_of_equal_sheets_one_wins(busy: Office) -> None:
    with busy.database.write() as session:
        acting: dict[str, Any] = {"by": viewer(World(busy, session), "sari"), "at": START}
        people = [
            psks_keeping.add_person(session, PersonData(name=f"Orang {n}", area=VILLAGE), ROLE, **acting)
            for n in range(AT_ONCE)
        ]

    def linking(n: int) -> Callable[[Session], object]:
        command = PersonData(name=f"Orang {n}", area=VILLAGE, user="dewi")
        return lambda session: psks_keeping.change_person(session, people[n], command, **acting)

    assert Counter(together(busy, [linking(n) for n in range(AT_ONCE)])) == {"done": 1, "InvalidInput": AT_ONCE - 1}
    rows = [SheetRow(number=2, name="Ani Baru", type="PSM", area=VILLAGE, start="2024")]
    assert together(busy, [lambda s: psks_sheet.record(s, rows, **acting)] * AT_ONCE) == ["done"] * AT_ONCE
    with busy.database.read() as session:
        names = Counter(one.name for one in psks.listing(session, Wanted(), **acting))
        users = Counter(one.user for one in psks.listing(session, Wanted(), **acting))
    assert (names["Ani Baru"], users["Dewi"]) == (1, 1)
