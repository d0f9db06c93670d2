"""Helpers out of a sheet: what is wrong with each row, who is recorded already, all or nothing, nothing twice."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from caseflow import crypto
from caseflow.actions import psks, psks_keeping, psks_report, psks_sheet
from caseflow.actions.psks import PersonData, RoleData, Wanted
from caseflow.actions.psks_sheet import Outcome, Recorded
from caseflow.definitions import psks as types
from caseflow.errors import Forbidden, InvalidInput
from caseflow.exchange import table
from caseflow.exchange.workbook import Cell, workbook
from caseflow.store import psks as rows
from caseflow.store.tables import psks_person
from tests.actions.test_lines import counted
from tests.world import OTHER_VILLAGE, VILLAGE, World, broken, viewer

HEAD: tuple[str, ...] = ("Nama", "NIK", "Tahun lahir", "Tempat tinggal", "Peran", "Wilayah", "Mulai", "Sampai")
HEAD = (*HEAD, "Pelatihan", "Terakhir dikonfirmasi")
NIK = "6310014107850001"
SITI = ("Siti Rahmah", NIK, 1985, "Maju Makmur", "PSM", "Maju Makmur", date(2024, 1, 15), None, "Dasar PSM; 2024", "")
ALSO = ("Hj. Siti Rahmah", NIK, "", "", "Pendamping PKH", "Batulicin", "2023", "", "", "2/1/2026")
BUDI = ("Budi", "", "1990", "63.10.02.2001", "tksk", "63.10.02", "1/2/2020", "31/1/2025", "", "")


def sheet(*lines: tuple[Cell, ...], head: tuple[str, ...] = HEAD) -> bytes:
    return workbook("PSKS", head, lines)


def checked(world: World, *lines: tuple[Cell, ...], by: str = "sari") -> tuple[Outcome, ...]:
    return psks_sheet.check(world.session, psks_sheet.read(sheet(*lines)), by=viewer(world, by), at=world.now)


def recorded(world: World, *lines: tuple[Cell, ...]) -> Recorded:
    return psks_sheet.record(world.session, psks_sheet.read(sheet(*lines)), by=viewer(world, "sari"), at=world.now)


def states(found: tuple[Outcome, ...]) -> list[str]:
    return [one.state for one in found]


def listed(world: World) -> list[psks.Person]:
    return psks.listing(world.session, Wanted(), by=viewer(world, "sari"), at=world.now)


def changed(line: tuple[Cell, ...], **values: Any) -> tuple[Cell, ...]:  # noqa: ANN401 - cells
    places = dict(
        zip(("name", "nik", "year", "home", "type", "area", "start", "end", "training", "seen"), line, strict=True)
    )
    return tuple({**places, **values}.values())


def test_a_sheet_is_recorded_once(world: World) -> None:
    assert states(checked(world, SITI, ALSO, BUDI)) == ["new", "role", "new"]
    assert listed(world) == []
    assert recorded(world, SITI, ALSO, BUDI) == Recorded(persons=2, roles=3, known=0)
    budi, siti = listed(world)
    assert (siti.name, siti.area, siti.birth_year, siti.nik) == ("Siti Rahmah", VILLAGE, 1985, "")
    assert {(r.code, r.area, r.confirmed_on, r.due) for r in siti.roles} == {
        ("PSM", VILLAGE, date(2024, 1, 15), True),
        ("PKH", "631001", date(2026, 1, 2), False),
    }
    assert [r.trainings for r in siti.roles if r.code == "PSM"] == [(("Dasar PSM", 2024),)]
    assert [(r.code, r.end, r.running) for r in budi.roles] == [("TKSK", date(2025, 1, 31), False)]
    assert states(checked(world, SITI, ALSO, BUDI)) == ["known"] * 3
    assert recorded(world, SITI, ALSO, BUDI) == Recorded(persons=0, roles=0, known=3)
    assert len(listed(world)) == 2
    report = psks_report.to_confirm(world.session, by=viewer(world, "sari"), at=world.now)
    assert [name for name, _role in report[0]] == ["Siti Rahmah"]
    assert not broken(world)


def test_what_each_row_would_do_is_written_in_the_language_asked_for() -> None:
    kind = types.load(None)["TKSK"].name
    found = Outcome(2, "Budi", kind.sentence, "new")
    assert list(table.rows(psks_sheet.as_workbook([found], lang="en")))[1][1:4] == ["Budi", kind.en, "new person"]


def test_one_wrong_row_records_nothing_and_each_says_why(world: World) -> None:
    wrong = (
        changed(SITI, name=""),
        changed(SITI, nik="631001410785", home="", area="Entah"),
        changed(BUDI, type="Karang Taruna"),
        changed(BUDI, type="zz"),
        changed(BUDI, start="kemarin", end=""),
        changed(BUDI, end="31/1/2019"),
        changed(BUDI, area="63.02.01"),
        changed(BUDI, year="85", training="Dasar"),
        changed(BUDI, seen=world.today + timedelta(days=1)),
    )
    found = checked(world, BUDI, *wrong)
    assert states(found) == ["new", *["wrong"] * len(wrong)]
    said = [" ".join(map(str, one.notes)) for one in found[1:]]
    parts = (
        "Nama: Nama wajib", "NIK: Nomor ini 12 angka", "lembaga", "tidak dikenal", "Mulai: Tulis tanggal",
        "Sampai: Peran tidak dapat", "Wilayah: Anda tidak mencatat", "Tahun lahir: Tulis tahunnya",
        "Terakhir dikonfirmasi: ",
    )  # fmt: skip
    assert [part for part, text in zip(parts, said, strict=True) if part not in text] == []
    assert 'Wilayah: Wilayah "Entah" tidak ada' in said[1]
    assert "Tempat tinggal" not in said[1], "one cell for both is told once"
    lost = checked(world, changed(BUDI, home="Entah"))[0]
    assert [str(note) for note in lost.notes if "Entah" not in note] == []
    assert str(lost.notes[0]).startswith("Tempat tinggal: ")
    with pytest.raises(InvalidInput) as refused:
        recorded(world, BUDI, *wrong)
    assert list(refused.value.data["problems"]) == [f"row {n}" for n in range(3, 12)]
    assert listed(world) == []
    with pytest.raises(Forbidden):
        checked(world, BUDI, by="rina")


def test_a_namesake_is_told_apart_or_asked_about(world: World) -> None:
    assert recorded(world, changed(SITI, nik=""), BUDI).persons == 2
    same_home = changed(SITI, nik="", year="", name="Sitti Rahmah binti Ahmad", type="PKH")
    assert states(checked(world, same_home)) == ["role"]
    elsewhere = changed(SITI, nik="", year="", home=OTHER_VILLAGE, type="PKH")
    (asked,) = checked(world, elsewhere)
    assert asked.state == "wrong"
    assert "Mungkin orang yang sama dengan Siti Rahmah (63.10.01.2001)" in str(asked.notes[0])
    assert states(checked(world, changed(elsewhere, year="1970"))) == ["new"]
    twice = checked(world, changed(elsewhere, name="Ani"), changed(elsewhere, name="Ani", home=VILLAGE))
    assert states(twice) == ["new", "wrong"]
    assert "(baris 2)" in str(twice[1].notes[0])


def test_a_nik_says_who_somebody_is_and_lies_under_the_key(world: World) -> None:
    recorded(world, SITI)
    (person,) = listed(world)
    moved = changed(SITI, year="", home=OTHER_VILLAGE, type="PKH", name="Siti Rohmah")
    (other,) = checked(world, moved)
    assert "NIK ini tercatat untuk Siti Rahmah" in str(other.notes[0])
    assert states(checked(world, changed(moved, name="Siti Rahmah, S.Sos"))) == ["role"]
    shown = {
        name: psks.one(world.session, person.id, by=viewer(world, name), at=world.now).nik for name in ("sari", "rina")
    }
    assert shown == {"sari": NIK, "rina": "6310••••••••0001"}
    stored = world.session.execute(select(psks_person.c.nik_index, psks_person.c.sealed)).one()
    assert stored.nik_index == crypto.blind_index(world.session.keys, "nik", NIK)
    assert NIK.encode() not in stored.sealed
    acting: dict[str, Any] = {"by": viewer(world, "sari"), "at": world.now}
    role = RoleData(type="PSM", area=VILLAGE, start=world.today)
    with pytest.raises(InvalidInput) as refused:
        psks_keeping.add_person(world.session, PersonData(name="Lain", area=VILLAGE, nik=NIK), role, **acting)
    assert "sudah tercatat untuk Siti Rahmah" in refused.value.data["problems"]["nik"]
    rows.move_index(world.session, str(world.session.execute(select(psks_person.c.key_id)).scalar_one()))
    psks_keeping.erase_person(world.session, person.id, "request", **{**acting, "by": viewer(world, "admin")})
    assert world.session.execute(select(func.count(psks_person.c.nik_index))).scalar_one() == 0
    assert states(checked(world, SITI)) == ["new"], "who was erased is known to nobody"


def test_a_role_that_began_long_ago_is_asked_about_and_not_stuck(world: World) -> None:
    old = changed(BUDI, start="1998", end="")
    assert states(checked(world, old)) == ["new"]
    assert recorded(world, old).roles == 1
    ((role,),) = [one.roles for one in listed(world)]
    assert (role.start, role.confirmed_on, role.due) == (date(1998, 1, 1), date(2000, 1, 1), True)


def test_a_nik_is_never_lost_to_a_namesake_without_one(world: World) -> None:
    without, other = changed(SITI, nik=""), changed(SITI, nik="6310014108860002", type="PKH")
    (_new, *asked) = checked(world, without, changed(SITI, type="PKH"), other)
    assert states(tuple(asked)) == ["wrong", "wrong"]
    recorded(world, without)
    asked = list(checked(world, changed(SITI, type="PKH"), other))
    assert states(tuple(asked)) == ["wrong", "wrong"]
    assert "Siti Rahmah (63.10.01.2001) tercatat tanpa NIK" in str(asked[0].notes[0])


def test_a_row_asks_the_database_little(world: World) -> None:
    people = [changed(SITI, nik=f"631001410785{n:04d}", name=f"Orang {n}") for n in range(1, 21)]
    with counted(world) as few:
        recorded(world, *people[:5])
    with counted(world) as many:
        recorded(world, *people[5:])
    assert len(many) - len(few) <= 10 * 5, "a sheet holds every writer on SQLite while it is recorded"


def test_what_is_no_such_sheet_is_told() -> None:
    refused = {
        "Belum ada: Wilayah, Mulai": sheet(("Siti", "PSM"), head=("Nama", "Peran")),
        'Kolom "Gaji" tidak dikenal': sheet(("Siti",), head=("Gaji",)),
        "tidak memuat satu orang pun": sheet(),
        "bukan CSV": b"PK\x03\x04",
        "Paling banyak 500": b"nama;peran;wilayah;mulai\n" + b"A;PSM;63;2020\n" * 1001,
        "di luar kolom": b"nama;peran;wilayah;mulai\nA;PSM;63;2020;lagi\n",
    }
    for part, content in refused.items():
        with pytest.raises(InvalidInput) as told:
            psks_sheet.read(content)
        assert part in str(told.value.data["problems"]["file"])
    assert psks_sheet.read(b"nama,peran,wilayah,mulai\nSiti,PSM,63,2020\n")[0].type == "PSM"
