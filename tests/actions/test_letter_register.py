"""The agenda book of an office: every number of a year, void ones with their reason, restricted ones without a word."""

from datetime import timedelta
from typing import Any

import pytest

from caseflow.actions import letter_files, letter_register
from caseflow.actions.letter_register import Agenda, Book
from caseflow.actions.letters import IssueLetter, MarkSent, VoidLetter, issue_letter, mark_sent, void_letter
from caseflow.errors import CaseflowError, Forbidden, InvalidInput, NotFound, UnknownLetter
from caseflow.store.tables import access_entry
from tests.world import World, act, at, viewer

TASK = {"task": "visit", "place": "Desa Maju Makmur", "officers": [["Rina", "", "TKSK"]]}


def book(world: World, *, by: str = "sari", **wanted: Any) -> Book:  # noqa: ANN401 - of Agenda
    return letter_register.read(world.session, Agenda(**wanted), by=viewer(world, by), at=world.now)


def issued(world: World, case: str) -> str:
    """Issue an assignment and return its id."""
    fields = {**TASK, "from_date": (world.today + timedelta(days=1)).isoformat()}
    return str(act(world, issue_letter, IssueLetter(case=case, letter="st", fields=fields)).created_id)


def test_every_number_stands_in_it_void_ones_with_their_reason(world: World) -> None:
    case = at(world, "intervention")
    numbers = [issued(world, case) for _time in range(2)]
    act(world, void_letter, VoidLetter(letter=numbers[0], reason="Salah tanggal."), by="sari")
    found = book(world)
    assert found.year == world.today.year
    assert [(line.running, line.state, line.remark) for line in found.lines] == [
        (1, "void", "Salah tanggal."),
        (2, "numbered", ""),
    ]
    assert [line.summary for line in found.lines] == ["Surat Tugas", "Surat Tugas"]
    assert book(world, kind="rjk-rs").lines == ()
    assert book(world, kind="ST") == found
    assert book(world, year=world.today.year - 1).lines == ()


def test_a_restricted_letter_says_no_more_than_its_number(world: World) -> None:
    case = at(world, "intervention", "AT")
    act(world, void_letter, VoidLetter(letter=issued(world, case), reason="Anak sudah pindah."), by="sari")
    [line] = book(world).lines
    assert (line.number, line.state) == (f"400.9/0001/ST/DINSOS/{world.today.year}", "void")
    assert (line.summary, line.addressee, line.remark) == ("surat dinas", "", "")


def test_the_day_it_left_is_told(world: World) -> None:
    from_case = issued(world, at(world, "intervention"))
    assert letter_files.store_rendered(world.session, from_case, b"%PDF-1.7 made", "a" * 64, at=world.now)
    act(world, mark_sent, MarkSent(letter=from_case))
    [line] = book(world).lines
    assert (line.sent_on, line.state) == (world.today, "sent")


@pytest.mark.parametrize(
    ("by", "wanted", "error"),
    [
        ("rina", {}, Forbidden),
        ("intan", {}, Forbidden),
        ("admin", {}, Forbidden),
        ("sari", {"area": "6302"}, NotFound),
        ("luarsup", {"area": "6310"}, NotFound),
        ("sari", {"year": 1800}, InvalidInput),
        ("sari", {"kind": "praise"}, UnknownLetter),
    ],
)
def test_who_may_not_read_it_and_what_is_no_book(
    world: World, by: str, wanted: dict[str, object], error: type[CaseflowError]
) -> None:
    with pytest.raises(error):
        book(world, by=by, **wanted)


@pytest.mark.parametrize("by", ["sari", "kadis", "audit"])
def test_that_it_was_read_is_on_record(world: World, by: str) -> None:
    issued(world, at(world, "intervention"))
    assert len(book(world, by=by, area="63.10").lines) == 1
    [(write, [item])] = [(w, i) for w, i in world.session.leaving.items() if "letter_register" in w.__module__]
    write(world.session, [item])
    world.session.flush()
    row = world.session.execute(access_entry.select().where(access_entry.c.code == "letter:register:read")).one()
    assert row.actor == world.office.ids[by]


def test_the_worksheet_is_in_the_readers_language(world: World) -> None:
    issued(world, at(world, "intervention"))
    rows = letter_register.rows(book(world), lang="en")
    assert [len(row) for row in rows] == [len(letter_register.COLUMNS)]
    assert rows[0][-1] == "numbered"
    assert letter_register.rows(book(world), lang="id")[0][-1] == "bernomor"
    assert letter_register.as_workbook(book(world), lang="id").startswith(b"PK")
