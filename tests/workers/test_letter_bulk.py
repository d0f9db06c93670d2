"""An order of many letters: each for itself, no number lost, none issued twice, gone on with after a worker died."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from caseflow.actions import letter_bulk, letter_orders
from caseflow.actions.letter_bulk import OrderLetters
from caseflow.errors import (
    CaseflowError,
    Forbidden,
    IdempotencyMismatch,
    InvalidInput,
    Label,
    NotFound,
    Refused,
    StepRefused,
    UnknownLetter,
    _,
)
from caseflow.store import batches
from caseflow.store.tables import access_entry, case_file, job, letter, letter_batch
from tests.workers import parts
from tests.world import START, Office, World, adult, fill, open_database, opened, row_of, viewer
from workers.embedded import Embedded

UNKNOWN = "6310-2020-000999"
DAY = "2026-02-03"
TASK = {"task": "outreach", "place": "Desa Maju Makmur", "officers": [["Rina", "", "TKSK"]]}


@pytest.fixture
def office(any_migrated_url: str, tmp_path: Path) -> Iterator[Office]:
    database = open_database(any_migrated_url, tmp_path)
    yield fill(database)
    database.close()


def cases(office: Office, count: int) -> list[str]:
    """Open some cases and return their numbers."""
    with office.database.write() as session:
        world = World(office, session, START - timedelta(hours=2))
        return [row_of(world, opened(world)).number for _n in range(count)]


def asked(**given: Any) -> OrderLetters:  # noqa: ANN401 - of OrderLetters
    fields = {**TASK, "from_date": (START + timedelta(days=1)).date().isoformat()}
    return OrderLetters(**{"letter": "st", "fields": fields, **given})


def order(office: Office, by: str = "rina", at: datetime = START, **given: Any) -> str:  # noqa: ANN401 - as asked
    with office.database.write() as session:
        world = World(office, session, at)
        return letter_bulk.order_letters(session, asked(**given), by=viewer(world, by), at=at)


def drain(office: Office) -> int:
    clocks = parts.Clocks(business=START + timedelta(minutes=5))
    return Embedded(parts.runtime(office.database, clocks)).drain()


def stands(
    office: Office, batch: str, by: str = "rina"
) -> tuple[letter_orders.Progress, tuple[letter_orders.Line, ...]]:
    with office.database.read() as session:
        asking = viewer(World(office, session, START), by)
        return letter_orders.progress_of(session, batch, by=asking), letter_orders.lines_of(
            session, batch, by=asking, at=START
        )


def test_each_letter_is_for_itself_and_numbers_have_no_gap(office: Office) -> None:
    numbers = cases(office, 3)
    batch = order(office, cases=(numbers[0], UNKNOWN, *numbers[1:]), each={numbers[1]: {"place": ""}})
    assert order(office, cases=(numbers[0], UNKNOWN, *numbers[1:]), each={numbers[1]: {"place": ""}}) == batch
    drain(office)
    progress, lines = stands(office, batch)
    assert (progress.done, progress.refused, progress.waiting, progress.rendered) == (2, 2, 0, 2)
    assert progress.finished
    assert (progress.making, progress.over) == (0, True)
    assert [(line.case, line.state, line.number[:8]) for line in lines] == [
        (numbers[0], "done", "400.9/00"),
        (UNKNOWN, "refused", ""),
        (numbers[1], "refused", ""),
        (numbers[2], "done", "400.9/00"),
    ]
    problem = lines[2].problem
    assert problem is not None
    assert (problem["code"], "place" in problem["en"]) == ("InvalidInput", True)
    assert letter_orders.as_workbook(lines, lang="en").startswith(b"PK")
    with office.database.read() as session:
        assert sorted(session.execute(select(letter.c.running)).scalars()) == [1, 2]
        queues = set(session.execute(select(job.c.queue).where(job.c.kind == "letter.render")).scalars())
        assert queues == {"bulk"}, "a letter somebody waits for overtakes"
        codes = list(session.execute(select(access_entry.c.code)).scalars())
        assert codes.count("letter:batch:ordered") == 1


def test_why_a_closed_file_got_no_letter_is_kept_without_its_name(office: Office) -> None:
    with office.database.write() as session:
        world = World(office, session, START - timedelta(hours=2))
        case = opened(world, person=adult(name="Melati Rahasia"))
        session.execute(update(case_file).where(case_file.c.id == case).values(confidentiality="R3"))
        number = row_of(world, case).number
    batch = order(office, cases=(number,), each={number: {"place": "Rumah Melati Rahasia, Desa Maju Makmur"}})
    drain(office)
    [line] = stands(office, batch)[1]
    assert line.problem == {
        "code": "InvalidInput",
        "id": 'Ada isian yang perlu diperbaiki: place: Surat tentang berkas tertutup tidak menyebut "-".',
        "en": 'Some answers need correcting: place: A letter about a closed file does not say "-".',
    }


def test_of_a_refusal_only_its_sentence_and_the_names_of_fields_and_guards_are_kept() -> None:
    nested = _("Langkah {label}: {who}", label=Label("asesmen", en="assessment"), who="Melati")
    guards = StepRefused(step="s", label="Melati", unmet=[{"guard": "has_nik", "message": "NIK 6310015502900001"}])
    for problem in (Refused(reason=nested), InvalidInput({"Melati": nested, "place": "Melati"}), guards):
        kept = letter_bulk._told(problem, {"place"})
        assert not {"Melati", "6310015502900001"} & set(" ".join(kept.values()).replace(":", " ").split())
    assert letter_bulk._told(guards)["id"] == 'Langkah "-" belum dapat diambil: has_nik'
    assert letter_bulk._told(Refused(reason=nested))["id"] == "Langkah asesmen: -"


def test_what_a_worker_did_before_it_died_is_not_done_again(office: Office) -> None:
    numbers = cases(office, 3)
    batch = order(office, cases=tuple(numbers))
    with office.database.write() as session:
        first = batches.waiting(session, batch, limit=1)[0]
        letter_bulk.issue_row(session, first, at=START + timedelta(minutes=1))
    with office.database.write() as session:
        letter_bulk.issue_row(session, first, at=START + timedelta(minutes=2))  # by whoever did not know
    drain(office)
    drain(office)
    progress, lines = stands(office, batch)
    assert (progress.done, progress.rendered, progress.finished) == (3, 3, True)
    assert len({line.number for line in lines}) == 3
    with office.database.read() as session:
        assert sorted(session.execute(select(letter.c.running)).scalars()) == [1, 2, 3]


def test_who_may_order_and_what_is_no_order(office: Office) -> None:
    (number,) = cases(office, 1)
    wrong: list[tuple[type[CaseflowError], str, dict[str, Any]]] = [
        (UnknownLetter, "rina", {"letter": "praise", "cases": (number,)}),
        (Forbidden, "intan", {"cases": (number,)}),
        (InvalidInput, "rina", {"cases": ()}),
        (InvalidInput, "rina", {"cases": (number, number)}),
        (InvalidInput, "rina", {"cases": (number,), "run": "r" * (letter_bulk.LONGEST_RUN + 1)}),
    ]
    for error, by, given in wrong:
        with pytest.raises(error):
            order(office, by, **given)
    named = order(office, cases=(number,), run="r" * letter_bulk.LONGEST_RUN)
    assert order(office, cases=(number,), run="r" * letter_bulk.LONGEST_RUN) == named
    with pytest.raises(IdempotencyMismatch):
        order(office, cases=(number, UNKNOWN), run="r" * letter_bulk.LONGEST_RUN)
    year = START + timedelta(days=365)
    assert order(office, cases=(number,), run="r" * letter_bulk.LONGEST_RUN, at=year) == named
    assert order(office, cases=(number, UNKNOWN), run="r") != named
    batch = order(office, "luar", cases=(number, UNKNOWN))
    drain(office)
    assert stands(office, batch, "luar")[0].refused == 2, "a case out of one's area is one there is not"
    with office.database.read() as session:
        mine = access_entry.c.code == "case:act:refused"
        noted = session.execute(select(access_entry.c.case_id, access_entry.c.data).where(mine)).all()
        known = session.execute(select(case_file.c.id).where(case_file.c.number == number)).scalar()
    said = {"error": "NotFound", "batch": batch}
    assert {row.case_id: json.loads(row.data) for row in noted} == {known: said, None: said}
    with pytest.raises(NotFound):
        stands(office, batch, "rina")


def test_a_category_with_too_many_cases_is_refused_with_their_number(office: Office) -> None:
    numbers = cases(office, 3)
    with office.database.read() as session:
        by = viewer(World(office, session, START), "rina")
        assert letter_bulk.cases_of(session, "st", "fm", by=by, most=3) == tuple(sorted(numbers))
        with pytest.raises(InvalidInput) as refused:
            letter_bulk.cases_of(session, "st", "fm", by=by, most=2)
    assert refused.value.data["problems"] == {"category": "Ada 3 kasus; satu pesanan paling banyak 2."}


def test_without_a_name_the_same_order_is_wanted_again_the_day_after(office: Office) -> None:
    (number,) = cases(office, 1)
    first = order(office, cases=(number,))
    assert order(office, cases=(number,), at=START + timedelta(hours=23)) == first
    second = order(office, cases=(number,), at=START + timedelta(hours=25))
    assert second != first
    assert order(office, cases=(number,), at=START + timedelta(hours=26)) == second
    with office.database.read() as session:
        by = viewer(World(office, session, START), "rina")
        assert [one.id for one in letter_orders.orders_of(session, by=by)] == [second, first]
        assert [one.id for one in letter_orders.orders_of(session, by=by, before=second)] == [first]
        assert letter_orders.orders_of(session, by=viewer(World(office, session, START), "budi")) == ()


def test_what_no_letter_of_an_order_could_say_is_no_order(office: Office) -> None:
    (number,) = cases(office, 1)
    wrong: list[tuple[dict[str, Any], dict[str, str]]] = [
        ({"fields": {}}, dict.fromkeys(("officers", "task", "place", "from_date"), "memerlukan")),
        (
            {"each": {number: {**TASK, "from_date": DAY}}, "fields": {"colour": "x"}},
            {"colour": "officers, task"},
        ),
        ({"fields": {**TASK, "from_date": "besok"}}, {"from_date": "misalnya 2026-11-16"}),
        ({"fields": {**TASK, "task": "x", "from_date": DAY}}, {"task": "outreach, assess"}),
        ({"each": {number: {"place": 10**30}}}, {"fields": "tidak terbaca"}),
        ({"institution": office.institutions["charity"]}, {"institution": "tidak ditujukan"}),
        ({"letter": "rjk-baz", "institution": UNKNOWN, "fields": {}}, {"institution": "Pilih lembaga"}),
    ]
    for given, told in wrong:
        with pytest.raises(InvalidInput) as refused:
            order(office, cases=(number,), **given)
        problems = refused.value.data["problems"]
        assert problems.keys() == told.keys()
        assert all(part in problems[key] for key, part in told.items()), problems


def test_what_is_typed_for_a_case_is_kept_only_where_it_is_a_number(office: Office) -> None:
    (number,) = cases(office, 1)
    batch = order(office, cases=("Melati Rahasia", number, "6310015502900001"))
    drain(office)
    lines = stands(office, batch)[1]
    assert [(line.case, line.state) for line in lines] == [("", "refused"), (number, "done"), ("", "refused")]
    assert letter_orders.cells(lines, lang="en")[0][1] == "(no case number)"


def test_what_would_be_refused_is_known_beforehand_and_nothing_is_written(office: Office) -> None:
    first, second = cases(office, 2)
    command = asked(cases=(first, UNKNOWN, second, "Melati"), each={second: {"place": "", "officers": [["Rina"]]}})
    with office.database.read() as session:
        by = viewer(World(office, session, START), "rina")
        found = list(letter_bulk.unfit(session, command, by=by, at=START))
        assert list(letter_bulk.unfit(session, command, by=by, at=START, most=1)) == []
    assert [(row.position, row.case, row.problem.code) for row in found] == [
        (2, UNKNOWN, "NotFound"),
        (3, second, "StepRefused"),
        (4, "Melati", "NotFound"),
    ]
    messages = [unmet["message"] for unmet in found[1].problem.data["unmet"]]
    assert [message.split('"')[1] for message in messages] == ["Yang ditugaskan", "Tempat tugas"]
    with office.database.read() as session:
        assert session.execute(select(letter.c.id)).first() is None
        assert session.execute(select(letter_batch.c.id)).first() is None


def test_who_signs_in_a_table_says_as_what(office: Office) -> None:
    (number,) = cases(office, 1)
    team: list[list[str]] = [["Ahmad", "Pekerja Sosial", ""], ["Bahrudin", "", ""]]
    with pytest.raises(InvalidInput) as refused:
        order(office, letter="ba-lap", cases=(number,), fields={"met_on": "2026-02-01", "done": "x", "team": team})
    assert "Kedudukan" in refused.value.data["problems"]["team"]
