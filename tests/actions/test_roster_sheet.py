"""The roster of a group out of a sheet: all rows or none, each wrong row by its number, nothing twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text

from caseflow.actions import groups, roster_sheet
from caseflow.actions.groups import AddToRoster, EndOnRoster, GroupData
from caseflow.actions.roster_sheet import FillRoster, Recorded
from caseflow.errors import Forbidden, InvalidInput, NotFound, Refused
from caseflow.store import cases
from tests.world import (
    World,
    act,
    adult,
    broken,
    codes,
    fill,
    open_database,
    opened,
    refused,
    row_of,
    viewer,
)

WAITS = text("SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))")
HEAD = "Nama atau panggilan,Sebutan atau jabatan,Wakil,Dasar,Nomor kasus,Sejak\n"


def group_case(world: World) -> str:
    return opened(world, "KAT", person=None, group=GroupData(kind="community", name="Balai Adat Meratus"))


def sheet(case: str, text: str) -> FillRoster:
    return FillRoster(case=case, rows=roster_sheet.read((HEAD + text).encode()))


def recorded(world: World, command: FillRoster, by: str = "rina") -> Recorded:
    return roster_sheet.record(world.session, command, by=viewer(world, by), at=world.now)


def test_a_sheet_is_recorded_whole_and_once(world: World) -> None:
    case, someone = group_case(world), opened(world, person=adult(name="Utuh"))
    number = str(row_of(world, someone).number)
    command = sheet(case, f"Damang Ayal,kepala adat,ya,daftar resmi desa atau kantor,,1/2/2026\nSi Utuh,,,,{number},\n")
    version = row_of(world, case).version
    assert recorded(world, command) == Recorded(2, 0)
    found = groups.show(world.session, case, by=viewer(world, "rina"), at=world.now)
    assert [(one.name, one.representative, one.basis, one.linked) for one in found] == [
        ("Damang Ayal", True, "official", False),
        ("Si Utuh", False, "representative", True),
    ]
    assert found[0].starts_on.isoformat() == "2026-02-01"
    assert codes(world, case)[-2:] == ["case:roster:joined"] * 2
    assert row_of(world, case).version == version + 1, "one write"
    assert not broken(world)
    assert recorded(world, command) == Recorded(0, 2)
    assert row_of(world, case).version == version + 1, "what is on the roster already is left alone"


def test_one_wrong_row_records_nothing_and_is_told_by_its_number(world: World) -> None:
    case, someone = group_case(world), opened(world, person=adult(name="Utuh"))
    number = str(row_of(world, someone).number)
    wrong = (
        f"Idah,,,,,\n,,,,,1/2/2026\nIdah,,,,,\n6310 0101 0190 0001,,,,,\nAcil,,mungkin,,,\nAmas,,,katanya,,\n"
        f"Anang,,,,6310-2026-999999,\nAluh,,,,,31/31/2026\nUtuh,,,,{number},\nSi Utuh,tetua,,,{number},\n"
    )
    command = sheet(case, wrong)
    with pytest.raises(InvalidInput) as refusal:
        recorded(world, command)
    problems = refusal.value.data["problems"]
    assert list(problems) == [f"row {n}" for n in (3, 4, 5, 6, 7, 8, 9, 11)]
    assert all(word not in str(problems) for word in ("Idah", "6310", "Acil", "Utuh")), "no personal words in an error"
    assert "baris 2" in str(problems["row 4"])
    assert groups.show(world.session, case, by=viewer(world, "rina"), at=world.now) == ()
    assert cases.by_id(world.session, case) == row_of(world, case)


def test_a_column_for_niks_is_none_of_a_roster() -> None:
    with pytest.raises(InvalidInput) as refusal:
        roster_sheet.read(b"Nama atau panggilan,NIK\nIdah,6310010101900001\n")
    assert set(refusal.value.data["problems"]) == {"file"}


def test_a_sheet_is_for_those_who_add_to_a_roster(world: World) -> None:
    case = group_case(world)
    for by, error in (("sari", Forbidden), ("luar", NotFound)):
        with pytest.raises(error):
            recorded(world, sheet(case, "Idah,,,,,\n"), by=by)
    refused(world, Refused, roster_sheet.record, sheet(opened(world), "Idah,,,,,\n"))
    act(world, groups.add_to_roster, groups.AddToRoster(case=case, name="Idah"))
    assert recorded(world, sheet(case, "idah,,,,,\nAmas,,,,,\n")) == Recorded(1, 1)


def test_two_cases_of_one_group_write_its_roster_one_after_the_other(
    migrated_url: Callable[[str], str], tmp_path: Path
) -> None:
    office = fill(open_database(migrated_url("postgresql"), tmp_path))
    with office.database.write() as session:
        world = World(office, session)
        case = group_case(world)
        other = opened(world, "KBA", person=None, subject=row_of(world, case).subject_id)
        now = world.now

    def meanwhile(action: Callable[[World], object]) -> object:
        with office.database.write() as session:
            try:
                return action(World(office, session, now))
            except NotFound as gone:
                return gone

    def at_once(first: Callable[[World], object], second: Callable[[World], object]) -> object:
        with ThreadPoolExecutor(1) as pool:
            with office.database.write() as session:
                first(World(office, session, now))
                waiting = pool.submit(meanwhile, second)
                while not session.execute(WAITS).scalar_one() and not waiting.done():
                    pass
            return waiting.result(30)

    def join(world: World) -> str:
        return str(act(world, groups.add_to_roster, AddToRoster(case=case, name="Idah")).created_id)

    def leave(case: str) -> Callable[[World], object]:
        return lambda world: act(world, groups.end_on_roster, EndOnRoster(case=case, member=members[0].id))

    assert at_once(join, lambda world: recorded(world, sheet(other, "Idah,,,,,\nAmas,,,,,\n"))) == Recorded(1, 1)
    with office.database.read() as session:
        members = groups.show(session, other, by=viewer(World(office, session, now), "rina"), at=now)
    assert sorted(one.name for one in members) == ["Amas", "Idah"]
    assert isinstance(at_once(leave(other), leave(case)), NotFound), "nobody leaves twice"
    with office.database.read() as session:
        assert not broken(World(office, session, now))
    office.database.close()
