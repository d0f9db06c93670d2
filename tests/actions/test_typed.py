"""Texts as they are kept: every command takes them so, whatever was pasted; a name is one line, in any script."""

import pkgutil
from dataclasses import fields, is_dataclass
from importlib import import_module

import pytest

from caseflow import actions
from caseflow.actions import cases, lines, records
from caseflow.actions.people import HouseholdMember, PersonData
from caseflow.actions.typed import Typed
from caseflow.errors import InvalidInput
from caseflow.store import subjects
from tests.world import World, adult, household, opened, refused, row_of, viewer

NO_COMMANDS = {
    "Asked", "Attachment", "Backlog", "Cause", "Conference", "Decision", "Delivery", "Draft", "Edition", "Filled",
    "Handed", "Institution", "Lying", "Moved", "Notice", "Offer", "Past", "Progress", "Question", "Report", "Restored",
    "Version", "Wanted",
}  # fmt: skip
"""What is made here, not by people."""
HIDDEN = "\u200b\u202e\u2066\ufeff"


def _is_command(found: object, module: str) -> bool:
    here = isinstance(found, type) and found.__module__ == module and found.__name__ not in NO_COMMANDS
    return here and is_dataclass(found) and all(field.kw_only for field in fields(found))


MODULES = [import_module(f"caseflow.actions.{module.name}") for module in pkgutil.iter_modules(actions.__path__)]
COMMANDS = [found for module in MODULES for found in vars(module).values() if _is_command(found, module.__name__)]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda one: one.__name__)
def test_every_command_takes_its_texts_as_they_are_kept(command: type) -> None:
    assert issubclass(command, Typed)


def test_texts_within_a_command_are_kept_too() -> None:
    said = {"text": f"a{HIDDEN}b", "list": [f"c{HIDDEN}"], "number": 3, "nothing": None}
    command = records.RecordStage(case="x", stage="assessment", answers=said)
    assert command.answers == {"text": "ab", "list": ["c"], "number": 3, "nothing": None}


def _data(world: World, case: str) -> dict[str, object]:
    return dict(subjects.summary(world.session, row_of(world, case).subject_id, world.today).data)


def test_a_name_is_kept_as_it_is_seen(world: World) -> None:
    typed = {"name": f"Si{HIDDEN}ti\n  Aminah{HIDDEN}", "alias": "Rene\u0301", "phone": "\u202a0812 5550\u202c"}
    case = opened(world, person=adult(**typed))
    kept = _data(world, case)
    assert (kept["name"], kept["alias"], kept["phone"]) == ("Siti Aminah", "Ren\u00e9", "0812 5550")
    assert kept["nik_status"] == "belum_dicek"


@pytest.mark.parametrize("name", [HIDDEN, "\u3164", "\u2800 \u00a0"])
def test_a_name_of_which_nothing_is_seen_is_none(world: World, name: str) -> None:
    command = cases.OpenCase(category="FM", area="6310012001", person=PersonData(name=name))
    assert set(refused(world, InvalidInput, cases.open_case, command).data["problems"]) == {"name"}


@pytest.mark.parametrize("name", ["محمد بن عبد الله", "مُحَمَّد ٱلْفَاتِح"])
def test_an_arabic_name_is_kept_and_found(world: World, name: str) -> None:
    case = opened(world, person=adult(name=name))
    assert _data(world, case)["name"] == name
    found = lines.search(world.session, "محمد", by=viewer(world, "rina"), at=world.now)
    assert case in {line.id for line in found}


def test_a_household_is_called_as_its_head_is_seen(world: World) -> None:
    home = household(adult(name=f"Pak{HIDDEN} Ahmad"), adult())
    assert all(isinstance(member, HouseholdMember) for member in home.members)
    assert _data(world, opened(world, "KME", household=home))["name"] == "Pak Ahmad"
