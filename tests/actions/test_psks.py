"""Helpers: one person, many roles; what is refused, counted, asked about each year; who may look."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select

from caseflow.access import EVERYWHERE, Grant
from caseflow.actions import admin, erasing, psks, psks_keeping, psks_report
from caseflow.actions.psks import PersonData, RoleData, Wanted
from caseflow.definitions import psks as definitions
from caseflow.errors import BrokenDefinition, Erased, Forbidden, InvalidInput, NotFound
from caseflow.exchange import table
from caseflow.ids import new_id
from caseflow.store import psks as rows
from caseflow.store import subjects
from caseflow.store.tables import access_entry, institution, psks_person, psks_role
from tests.world import ELSEWHERE, OTHER_VILLAGE, REGENCY, VILLAGE, World, broken, told, viewer

SINCE = date(2024, 1, 15)
PSM = RoleData(type="PSM", area=VILLAGE, start=SINCE, qualification="SMA", trainings=(("Dasar PSM", 2024),))


def recorded(world: World, role: RoleData = PSM, *, by: str = "sari", **changes: Any) -> str:  # noqa: ANN401 - of a person
    command = PersonData(**{"name": "Siti Rahmah", "area": VILLAGE, **changes})
    return psks_keeping.add_person(world.session, command, role, by=viewer(world, by), at=world.now)


def given(world: World, person: str, *, by: str = "sari", **changes: Any) -> str:  # noqa: ANN401 - of a role
    role = RoleData(**{"type": "PKH", "area": VILLAGE, "start": SINCE, **changes})
    return psks_keeping.add_role(world.session, person, role, by=viewer(world, by), at=world.now)


def why(world: World, person: str, **changes: Any) -> dict[str, str]:  # noqa: ANN401 - of a role
    with pytest.raises(InvalidInput) as refused, world.session.attempt():
        given(world, person, **changes)
    return {key: str(text) for key, text in refused.value.data["problems"].items()}


def seen(world: World, person: str, by: str = "rina") -> psks.Person:
    return psks.one(world.session, person, by=viewer(world, by), at=world.now)


def test_one_person_has_many_roles_and_the_number_lies_under_a_key(world: World) -> None:
    person = recorded(world, phone="0812-5555", sex="P", birth_year=1985, languages=("Banjar", "banjar"), user="dewi")
    given(world, person)
    found = seen(world, person)
    assert (found.name, found.phone, found.languages, found.user) == ("Siti Rahmah", "0812-5555", ("banjar",), "Dewi")
    assert [(r.code, r.running, r.trainings) for r in found.roles] == [
        ("PKH", True, ()),
        ("PSM", True, (("Dasar PSM", 2024),)),
    ]
    assert found.double
    assert b"0812" not in world.session.execute(select(psks_person.c.sealed)).scalar_one()
    changed = PersonData(name="Siti Rahmah, S.Sos", area=OTHER_VILLAGE, languages=("bugis",))
    psks_keeping.change_person(world.session, person, changed, by=viewer(world, "admin"), at=world.now)
    assert (seen(world, person).name, seen(world, person).phone, seen(world, person).user) == (changed.name, "", "")
    codes = world.session.execute(select(access_entry.c.code).where(access_entry.c.code.startswith("psks:"))).scalars()
    assert list(codes) == ["psks:person:recorded", "psks:role:recorded", "psks:role:recorded", "psks:person:changed"]
    assert not broken(world)


def test_what_cannot_be_a_role_is_refused_with_the_sentence(world: World) -> None:
    person = recorded(world)
    assert why(world, person, end=SINCE - timedelta(days=1)) == {"end": "Peran tidak dapat berakhir sebelum mulai."}
    assert "tidak dikenal" in why(world, person, type="XX")["type"]
    assert "sudah tercatat" in why(world, person, type="PSM")["type"]
    assert "sudah tercatat" in why(world, person, type="PSM", start=world.today, end=world.today)["type"]
    assert "catat sebagai lembaga" in why(world, person, type="LKS", area=REGENCY)["type"]
    assert "sampai tingkat kecamatan" in why(world, person, type="TKSK")["area"]
    assert "tidak mencatat PSKS" in why(world, person, area=ELSEWHERE)["area"]
    assert "tahunnya" in why(world, person, trainings=(("Dasar", 2077),))["trainings"]
    with pytest.raises(InvalidInput) as refused:
        recorded(world, sex="x", birth_year=1800, user="siapa")
    assert set(refused.value.data["problems"]) == {"sex", "birth_year", "user"}
    role = seen(world, person).roles[0].id
    acting: dict[str, Any] = {"by": viewer(world, "sari"), "at": world.now}
    with pytest.raises(InvalidInput, match="sebelum mulai"):
        psks_keeping.end_role(world.session, role, SINCE - timedelta(days=1), **acting)
    psks_keeping.end_role(world.session, role, SINCE + timedelta(days=30), **acting)
    given(world, person, type="PSM", start=world.today)


def test_who_may_look_and_who_keeps(world: World) -> None:
    person = recorded(world)
    assert [p.id for p in psks.listing(world.session, Wanted(), by=viewer(world, "dewi"), at=world.now)] == [person]
    for name in ("luar", "luarsup"):
        with pytest.raises(NotFound):
            seen(world, person, name)
        assert psks.listing(world.session, Wanted(), by=viewer(world, name), at=world.now) == []
    with pytest.raises(NotFound):
        given(world, person, by="luarsup")
    for act in (
        lambda: seen(world, person, "mitra"),
        lambda: recorded(world, by="rina"),
        lambda: given(world, person, by="kadis"),
    ):
        with pytest.raises(Forbidden):
            act()
    role = seen(world, person).roles[0].id
    with pytest.raises(NotFound):
        psks_keeping.confirm_roles(world.session, [role], by=viewer(world, "luarsup"), at=world.now)


def test_a_helper_is_erased_by_the_administrator_and_the_roles_stay_counted(world: World) -> None:
    person = recorded(world, phone="0812-5555", user="dewi")
    acting: dict[str, Any] = {"by": viewer(world, "admin"), "at": world.now}
    with pytest.raises(Forbidden):
        psks_keeping.erase_person(world.session, person, "request", **{**acting, "by": viewer(world, "sari")})
    with pytest.raises(InvalidInput):
        psks_keeping.erase_person(world.session, person, "Dia marah.", **acting)
    psks_keeping.erase_person(world.session, person, "request", **acting)
    found = seen(world, person)
    assert (found.name, found.phone, found.user, found.erased) == (str(subjects.ERASED), "", "", True)
    assert [(r.code, r.running, r.trainings) for r in found.roles] == [("PSM", True, ())]
    assert psks_report.read(world.session, **acting).all.persons == 1
    with pytest.raises(Erased):
        given(world, person)
    with pytest.raises(Erased):
        psks_keeping.erase_person(world.session, person, "request", **acting)
    told_of = select(access_entry.c.data).where(access_entry.c.code == "psks:person:erased")
    assert '"reason":"request"' in world.session.execute(told_of).scalar_one()
    assert not broken(world)


def test_a_restored_backup_erases_a_helper_again(world: World) -> None:
    person = recorded(world, phone="0812-5555")
    kept = rows.by_id(world.session, person)
    assert kept is not None
    gone = [erasing.ErasedBefore(kept.key_id, world.now)]
    everywhere = replace(viewer(world, "admin"), grants=(Grant("admin", EVERYWHERE),))
    assert erasing.reapply(world.session, gone, by=everywhere, at=world.now).erased == (kept.key_id,)
    assert seen(world, person).erased


def test_an_account_of_another_office_is_as_unknown_as_none(world: World) -> None:
    said = []
    for name in ("luar", "siapa"):
        with pytest.raises(InvalidInput) as refused:
            recorded(world, user=name)
        said.append(str(refused.value.data["problems"]["user"]).replace(name, "?"))
    assert said[0] == said[1]
    recorded(world, user="dewi")
    listed = psks.listing(world.session, Wanted(), by=viewer(world, "sari"), at=world.now)
    assert {one.username for one in listed} == {""}


def many(world: World, persons: int, doubles: int) -> None:
    """Write PSM into the register; some are pendamping PKH as well, which is how the count of PSKS went wrong."""
    first = recorded(world)
    kept = rows.by_id(world.session, first)
    assert kept is not None
    same = {**kept._mapping}
    role = world.session.execute(select(psks_role)).one()._mapping
    ids = [str(new_id(world.now)) for _n in range(persons - 1)]
    people = [{**same, "id": each, "name": f"PSM {n}", "user_id": None} for n, each in enumerate(ids)]
    held = [{**role, "id": str(new_id(world.now)), "person_id": each} for each in ids]
    held += [
        {**role, "id": str(new_id(world.now)), "person_id": each, "type": "PKH", "area_code": "631002"}
        for each in ids[:doubles]
    ]
    world.session.execute(insert(psks_person), people)
    world.session.execute(insert(psks_role), held)


def test_the_892_are_counted_as_persons_and_roles_apart(world: World) -> None:
    many(world, 892, 59)
    found = psks_report.read(world.session, by=viewer(world, "audit"), at=world.now)
    assert (found.all.persons, found.all.roles, found.doubles) == (892, 951, 59)
    assert {code: (n.persons, n.roles) for code, n in found.by_type.items()} == {"PSM": (892, 892), "PKH": (59, 59)}
    assert {area: (n.persons, n.roles) for area, n in found.by_area.items()} == {
        "631001": (892, 892),
        "631002": (59, 59),
    }
    double = psks.listing(world.session, Wanted(doubles=True, limit=99), by=viewer(world, "rina"), at=world.now)
    assert len(double) == 59
    page = psks.listing(world.session, Wanted(type="PSM", limit=10), by=viewer(world, "rina"), at=world.now)
    later = psks.listing(world.session, Wanted(after=page[-1].id, limit=10), by=viewer(world, "rina"), at=world.now)
    assert not {p.id for p in page} & {p.id for p in later}
    sheet = table.rows(psks_report.export(world.session, by=viewer(world, "kadis"), at=world.now, lang="id"))
    assert ["Semua", "", "", "Orang berperan ganda", "59"] in sheet


def test_villages_with_and_without_a_puskesos(world: World) -> None:
    def covered() -> dict[str, tuple[int, int]]:
        found = psks_report.read(world.session, by=viewer(world, "sari"), at=world.now)
        return {each.area: (each.covered, each.villages) for each in found.coverage}

    person = recorded(world, user="rina")
    assert covered() == {"631001": (0, 1), "631002": (0, 1)}
    role = given(world, person, type="PETUGAS_PUSKESOS", area=VILLAGE)
    place = admin.add_institution(
        world.session, "Puskesos Pagatan", "government", "Kepala", "Pagatan", OTHER_VILLAGE, by=admin.ROOT, at=world.now
    )
    world.session.execute(institution.update().where(institution.c.id == place).values(psks_type="PUSKESOS"))
    assert covered() == {"631001": (1, 1), "631002": (1, 1)}
    psks_keeping.end_role(world.session, role, world.today - timedelta(days=1), by=viewer(world, "sari"), at=world.now)
    found = psks_report.read(world.session, by=viewer(world, "sari"), at=world.now)
    assert (found.percent, found.coverage[0].without) == (50, ((VILLAGE, "Maju Makmur"),))
    assert found.by_type["PUSKESOS"].bodies == 1
    assert [name for name, _open, _late in found.loads] == ["Rina"]


def test_each_year_the_office_is_asked_once_and_confirms_in_one_press(world: World) -> None:
    person = recorded(world)
    given(world, person)
    assert psks_report.remind(world.session, at=world.now) == 0
    world.now += timedelta(days=366)
    assert psks_report.remind(world.session, at=world.now) == 2
    assert psks_report.remind(world.session, at=world.now + timedelta(days=3)) == 0
    assert [row.data for row in told(world, "sari", psks_report.KIND)] == [{"count": 2}]
    assert not told(world, "luarsup", psks_report.KIND)
    due, count = psks_report.to_confirm(world.session, by=viewer(world, "bambang"), at=world.now)
    assert ([name for name, _role in due], count) == (["Siti Rahmah"] * 2, 2)
    chosen = [role.id for _name, role in due]
    assert psks_keeping.confirm_roles(world.session, chosen, by=viewer(world, "bambang"), at=world.now) == 2
    assert psks_report.to_confirm(world.session, by=viewer(world, "sari"), at=world.now) == ([], 0)
    assert {r.confirmed_by for r in seen(world, person).roles} == {"Bambang"}
    world.now += timedelta(days=366)
    assert psks_report.remind(world.session, at=world.now) == 2


def test_an_office_adds_a_kind_and_a_mistake_in_it_is_told(tmp_path: Any) -> None:  # noqa: ANN401 - a folder
    own = tmp_path / definitions.OWN
    own.parent.mkdir()
    own.write_text('[RELAWAN]\nname = { id = "Relawan", en = "Volunteer" }\nlevel = "village"\n')
    assert definitions.load(tmp_path)["RELAWAN"].name.en == "Volunteer"
    assert sum(1 for kind in definitions.load(None).values() if kind.official) == 12
    own.write_text(
        '[RELAWAN]\nname = { id = "Relawan", en = "Volunteer" }\nlevel = "dusun"\nbidang = ["x"]\nwarna = 1\n'
    )
    with pytest.raises(BrokenDefinition) as refused:
        definitions.load(tmp_path)
    assert [one["key"] for one in refused.value.data["list"]] == ["RELAWAN.level", "RELAWAN.bidang", "RELAWAN.warna"]
