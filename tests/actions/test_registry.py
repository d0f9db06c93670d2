"""What registries say, checked on a day: history kept, the newest answers the form, high or unknown deciles warn."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from caseflow.actions import casework, registry
from caseflow.actions.registry import AddCheck, Check, add_check
from caseflow.definitions import registries
from caseflow.errors import Forbidden, InvalidInput, NotFound
from caseflow.store.tables import case_file
from tests.world import (
    World,
    act,
    adult,
    at,
    bring,
    broken,
    codes,
    days_later,
    household,
    item,
    opened,
    refused,
    viewer,
)


def check(case: str, system: str = "DTSEN", **more: Any) -> AddCheck:  # noqa: ANN401 - of AddCheck
    return AddCheck(**{"case": case, "system": system, **more})


def shown(world: World, case: str, by: str = "rina") -> tuple[Check, ...]:
    return registry.of_case(casework.look(world.session, case, by=viewer(world, by), at=world.now))


def warned(world: World, case: str) -> dict[str, str]:
    work = casework.look(world.session, case, by=viewer(world, "rina"), at=world.now)
    return {code: str(said) for code, said in registry.of_help(work).items()}


def test_checks_are_kept_and_the_newest_is_what_form_letter_and_warning_read(world: World) -> None:
    case = at(world, "intervention_plan")
    item(world, case, intervention="SEMBAKO")
    assert "Desil belum diketahui" in warned(world, case)["SEMBAKO"]
    day = world.today
    act(world, add_check, check(case, decile=6, identifier="ID-77", year=2026))
    assert f"Desil 6 (diperiksa {day:%d-%m-%Y}) di atas batas Program Sembako (BPNT)" in warned(world, case)["SEMBAKO"]
    days_later(world, 100)
    assert shown(world, case)[0].old
    act(world, add_check, check(case, "P3KE", decile=2, checked_on=day - timedelta(days=1)))
    assert "Desil 6" in warned(world, case)["SEMBAKO"], "an older check answers nothing"
    act(world, add_check, check(case, decile=3))
    assert warned(world, case) == {}
    found = shown(world, case)
    assert [(c.system, c.decile, c.identifier, c.old) for c in found] == [
        ("DTSEN", 3, "", False),
        ("DTSEN", 6, "ID-77", True),
        ("P3KE", 2, "", False),
    ]
    assert found[0].checked_by == "Rina"
    days_later(world, 93)
    assert "sudah lama" in warned(world, case)["SEMBAKO"]
    assert codes(world, case).count("case:registry:checked") == 3
    assert not broken(world)


@pytest.mark.parametrize(
    ("more", "key"),
    [
        ({"system": "LAMA"}, "system"),
        ({"decile": 11}, "decile"),
        ({"decile": 2, "listed": False}, "decile"),
        ({"system": "BPJS", "decile": 2}, "decile"),
        ({"year": 1990}, "year"),
        ({"identifier": "9" * 61}, "identifier"),
    ],
)
def test_what_no_registry_says_is_refused(world: World, more: dict[str, Any], key: str) -> None:
    error = refused(world, InvalidInput, add_check, check(at(world, "assessment"), **more))
    assert set(error.data["problems"]) == {key}


def test_who_may_not_write_about_the_person_records_none(world: World) -> None:
    case = at(world, "assessment")
    refused(world, Forbidden, add_check, check(case), by="sari")
    refused(world, NotFound, add_check, check(case), by="luar")


def test_who_only_follows_a_case_reads_no_check(world: World) -> None:
    case = opened(world, by="intan")
    act(world, add_check, check(case, decile=2))
    assert shown(world, case, "intan")
    bring(world, case, "assessment")
    assert shown(world, case, "intan") == ()


def test_a_member_shows_the_check_of_the_household_unless_it_stands_in_a_closed_file(world: World) -> None:
    head = adult()
    own = opened(world, person=head)
    family = opened(world, "KME", household=household(head, adult()))
    act(world, add_check, check(family, decile=1))
    assert [c.decile for c in shown(world, own)] == [1]
    rina = world.office.ids["rina"]
    closed = update(case_file).where(case_file.c.id == family).values(confidentiality="R3", assignee_id=rina)
    world.session.execute(closed)
    assert shown(world, own) == ()
    assert [c.decile for c in shown(world, family)] == [1]


def test_an_office_adds_a_registry_and_a_mistake_in_it_is_told(tmp_path: Any) -> None:  # noqa: ANN401 - a folder
    own = tmp_path / "registries" / "systems.toml"
    own.parent.mkdir()
    own.write_text('[SEPAKAT]\nname = { id = "Sepakat", en = "Sepakat" }\ndecile = true\n')
    known = registries.load(tmp_path)
    assert known["SEPAKAT"].answer == "other"
    assert "DTSEN" in known
    own.write_text('[SEPAKAT]\nname = { id = "Sepakat", en = "Sepakat" }\nrefresh_days = 10\n')
    with pytest.raises(Exception, match="basis"):
        registries.load(tmp_path)
