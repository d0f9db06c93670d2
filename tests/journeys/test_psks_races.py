"""Two who keep the register of helpers at once: one links an account, one records a NIK, of equal sheets one adds."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from caseflow.actions import psks, psks_keeping, psks_sheet
from caseflow.actions.psks import PersonData, RoleData, Wanted
from caseflow.actions.psks_rows import SheetRow
from caseflow.errors import InvalidInput
from caseflow.store.session import Session
from tests.actions.test_audit_limits import WAITS
from tests.journeys.test_concurrency import DatabaseFactory
from tests.journeys.test_reply_races import WAIT, together
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


def test_who_records_a_nik_that_another_is_recording_waits_and_is_told(
    migrated_url: DatabaseFactory, tmp_path: Path
) -> None:
    busy = fill(open_database(migrated_url("postgresql"), tmp_path))  # on SQLite every writer is alone anyway
    nameless = PersonData(name="Siti Rahmah", area=VILLAGE)
    person = replace(nameless, nik="6310014107850001")
    row = SheetRow(number=2, name="Rahmah", nik=person.nik, type="PSM", area=VILLAGE, start="2024")
    with busy.database.write() as session:
        acting: dict[str, Any] = {"by": viewer(World(busy, session), "sari"), "at": START}
        known = psks_keeping.add_person(session, nameless, ROLE, **acting)

    def changing() -> list[str]:
        return together(busy, [lambda session: psks_keeping.change_person(session, known, person, **acting)])

    def handing_in() -> list[str]:
        return together(busy, [lambda session: psks_sheet.record(session, [row], **acting)])

    with ThreadPoolExecutor(2) as pool:
        with busy.database.write() as session:
            psks_keeping.add_person(session, replace(person, name="Siti"), ROLE, **acting)
            others = [pool.submit(changing), pool.submit(handing_in)]
            while session.execute(WAITS).scalar_one() + sum(map(Future.done, others)) < len(others):
                pass
        assert [other.result(WAIT) for other in others] == [["InvalidInput"]] * 2
    busy.database.close()


def test_a_row_that_is_refused_while_recording_is_named(migrated_url: DatabaseFactory, tmp_path: Path) -> None:
    busy = fill(open_database(migrated_url("postgresql"), tmp_path))
    with busy.database.write() as session:
        world = World(busy, session)
        acting: dict[str, Any] = {"by": viewer(world, "sari"), "at": START}
        by_root: dict[str, Any] = {"by": viewer(world, "pusat"), "at": START}
        names = ("Ani", "Budi")
        ani, budi = (psks_keeping.add_person(session, PersonData(name=n, area=VILLAGE), ROLE, **acting) for n in names)

    def refused(name: str, meanwhile: Callable[[Session], object]) -> dict[str, str]:
        """Hand a new role in while somebody changes that person, and has not finished when the sheet is checked."""
        row = SheetRow(number=7, name=name, type="TKSK", area=VILLAGE[:6], home=VILLAGE, start="2024")

        def hand_in() -> object:
            with busy.database.write() as session:
                return psks_sheet.record(session, [row], **acting)

        with ThreadPoolExecutor(1) as pool:
            with busy.database.write() as session:
                meanwhile(session)
                other = pool.submit(hand_in)
                while not session.execute(WAITS).scalar_one() and not other.done():
                    pass
            with pytest.raises(InvalidInput) as told:
                other.result(WAIT)
        return {key: str(why) for key, why in told.value.data["problems"].items()}

    same = replace(ROLE, type="TKSK", area=VILLAGE[:6])
    taken = refused("Ani", lambda session: psks_keeping.add_role(session, ani, same, **acting))
    assert taken == {"row 7": "Peran yang sama di wilayah dan masa yang sama sudah tercatat."}
    gone = refused("Budi", lambda session: psks_keeping.erase_person(session, budi, "mistake", **by_root))
    assert list(gone) == ["row 7"]
    busy.database.close()
