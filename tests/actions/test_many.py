"""Many commands at once: each as if it came alone, whatever becomes of the others."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from caseflow import edge as edges
from caseflow.actions import many
from caseflow.actions.cases import OpenCase
from caseflow.actions.people import PersonData
from caseflow.actions.steps import AdvanceCase
from caseflow.edge import BusinessClock, Edge, Numbered
from caseflow.errors import Busy, IdempotencyMismatch, InvalidInput, NotFound, StepOutOfOrder, StepRefused
from caseflow.store import log
from caseflow.store.session import Database, Session
from caseflow.store.tables import access_entry, case_file, obligation, subject
from tests.world import (
    START,
    VILLAGE,
    VILLAGE_ELSEWHERE,
    Office,
    World,
    advance,
    at,
    broken,
    codes,
    complete,
    fill,
    open_database,
    opened,
    owed,
    row_of,
    state_of,
    take,
    viewer,
)


def all_at_once(world: World, commands: list[AdvanceCase], by: str = "rina") -> list[many.Outcome]:
    world.now += timedelta(minutes=1)
    return many.advance_many(world.session, commands, by=viewer(world, by), at=world.now)


def became(outcome: many.Outcome) -> str:
    """Return the state a row led to, or the code of what refused it."""
    told = many.told(outcome)
    return str(told["state"]) if isinstance(told, dict) else told.code


def traces(world: World, case: str) -> dict[str, Any]:
    """Return what a step leaves, but for what differs from case to case."""
    row = row_of(world, case)._asdict()
    for name in ("id", "number", "subject_id", "entry_head", "state_since", "opened_at"):
        del row[name]
    due = [(o.kind, o.basis, o.span, o.due_at.date(), o.rung) for o in owed(world, case).values()]
    said = [(e.code, e.seq, e.actor, log.data_of(e.data).get("to")) for e in log.entries_of(world.session, case)]
    return {"row": row, "owed": sorted(due), "said": said}


def test_many_steps_leave_what_each_would_leave_alone(world: World) -> None:
    cases = [opened(world) for _n in range(4)]
    for case in cases:
        complete(world, case, "data_collection")
    alone = cases.pop()
    take(world, alone, "submit_for_assessment")
    done = all_at_once(world, [advance(case, "submit_for_assessment") for case in cases])
    assert [outcome.done.state for outcome in done if outcome.done] == ["assessment"] * 3
    for case in cases:
        assert traces(world, case) == traces(world, alone)
    assert not world.session.readings
    assert broken(world) == ()


def test_a_refused_row_stops_no_other_and_each_says_why(world: World) -> None:
    ready, empty, planned = at(world, "assessment"), opened(world), at(world, "evaluation")
    complete(world, ready, "assessment")
    elsewhere = opened(world, by="luar", area=VILLAGE_ELSEWHERE)
    rows = [
        advance(empty, "submit_for_assessment"),
        advance(ready, "complete_assessment"),
        advance("6310-2026-999999", "complete_assessment"),
        advance(elsewhere, "submit_for_assessment"),
        advance(planned, "continue_case"),
        advance(ready, "return_to_assessment"),
        advance(ready, "terminate", details={"reason_code": "declined"}),
        advance(empty, "no_such_step"),
        AdvanceCase(case=planned, step="revise_plan", note=""),
    ]
    found = all_at_once(world, rows)
    assert [became(outcome) for outcome in found] == [
        "StepRefused", "intervention_plan", "NotFound", "NotFound", "StepOutOfOrder", "assessment", "assessment",
        "UnknownStep", "InvalidInput",
    ]  # fmt: skip
    assert found[6].done is not None
    assert found[6].done.review_id, "a review was asked for"
    assert isinstance(found[0].problem, StepRefused)
    assert found[0].problem.data["unmet"]
    assert codes(world, ready)[-3:] == ["case:step:taken", "case:step:taken", "case:review:asked"]
    assert state_of(world, empty) == "data_collection"
    assert broken(world) == ()


def test_cases_are_opened_each_for_itself(world: World) -> None:
    people = [PersonData(name="Siti"), PersonData(), PersonData(name="Aminah")]
    commands = [OpenCase(category="FM", area=VILLAGE, person=person) for person in people]
    found = many.open_many(world.session, commands, by=viewer(world, "rina"), at=world.now)
    numbers = [outcome.done.number for outcome in found if outcome.done]
    assert isinstance(found[1].problem, InvalidInput)
    first, second = (int(number.rpartition("-")[2]) for number in numbers)
    assert second == first + 1, "a refused row takes no number"
    assert broken(world) == ()


# --- some in one transaction, and going on after a break --------------------------------------------------------------


@pytest.fixture(params=["sqlite", "postgresql"])
def own(request: pytest.FixtureRequest, migrated_url: Callable[[str], str], tmp_path: Path) -> Iterator[Office]:
    """Return an office with a database of its own, where transactions end."""
    made = fill(open_database(migrated_url(request.param), tmp_path))
    yield made
    made.database.close()


def runner(database: Database) -> Edge:
    clock = BusinessClock()
    clock.move_to(START)
    return Edge(database, clock)


def opening(session: Session, commands: Any, by: Any, moment: Any) -> list[Any]:  # noqa: ANN401 - as the edge calls it
    return [many.told(outcome) for outcome in many.open_many(session, commands, by=by, at=moment)]


def rows(count: int) -> list[Numbered[OpenCase]]:
    people = [PersonData(name=f"Orang {n}" if n != 3 else "") for n in range(1, count + 1)]
    return [Numbered(n, OpenCase(category="FM", area=VILLAGE, person=person)) for n, person in enumerate(people, 1)]


def test_a_run_that_broke_off_goes_on_where_it_was(own: Office) -> None:
    database = own.database
    edge = runner(database)
    with database.read() as session:
        by = viewer(World(own, session), "rina")
    asked = rows(edges.CHUNK + 20)
    calls: list[int] = []

    def breaking(session: Session, commands: Any, by: Any, moment: Any) -> list[Any]:  # noqa: ANN401 - as the edge calls it
        calls.append(len(commands))
        found = opening(session, commands, by, moment)
        if len(calls) == 2:
            raise KeyError  # the machine goes down before the second commit
        return found

    with pytest.raises(KeyError):
        list(edges.write_many(edge, by, asked, breaking, key="pagi"))
    again = list(edges.write_many(edge, by, asked, opening, key="pagi"))
    assert [row.repeated for row in again] == [n != 2 and n < edges.CHUNK for n in range(len(asked))]
    assert [row.number for row in again if row.problem] == [3]
    with database.read() as session:
        numbers = session.execute(select(case_file.c.number).order_by(case_file.c.number)).scalars().all()
        assert [int(number[-6:]) for number in numbers] == list(range(1, len(asked))), "one each, without a gap"
    other = [Numbered(1, OpenCase(category="FM", area=VILLAGE, person=PersonData(name="Lain")))]
    with pytest.raises(IdempotencyMismatch):
        list(edges.write_many(edge, by, other, opening, key="pagi"))


def test_a_refused_row_leaves_its_access_entry(own: Office) -> None:
    edge = runner(own.database)
    with own.database.write() as session:
        world = World(own, session)
        case = opened(world)
        by = viewer(world, "rina")
    edge.clock.move_to(START + timedelta(hours=1))
    commands = [advance(case, "submit_for_assessment"), advance("6310-2026-000999", "submit_for_assessment")]
    asked = [Numbered(n, command, command.case) for n, command in enumerate(commands, 1)]

    def advancing(session: Session, commands: Any, by: Any, moment: Any) -> list[Any]:  # noqa: ANN401 - as above
        return [many.told(outcome) for outcome in many.advance_many(session, commands, by=by, at=moment)]

    done = list(edges.write_many(edge, by, asked, advancing, key=None))
    assert [type(row.problem) for row in done] == [StepRefused, NotFound]
    with own.database.read() as session:
        noted = session.execute(select(access_entry).where(access_entry.c.code == "case:act:refused")).all()
        assert sorted(row.case_id or "" for row in noted) == sorted([case, ""])
        assert not session.execute(select(obligation).where(obligation.c.kind == "review")).all()


def test_out_of_order_is_told_for_its_row(world: World) -> None:
    case = at(world, "monitoring")
    (found,) = all_at_once(world, [advance(case, "approve_plan")])
    assert isinstance(found.problem, StepOutOfOrder)


def test_another_content_under_the_key_is_refused_before_anything_is_done(own: Office) -> None:
    edge = runner(own.database)
    with own.database.read() as session:
        by = viewer(World(own, session), "rina")
    key = "k" * edges.LONGEST_KEY
    last = edges.CHUNK + 1
    list(edges.write_many(edge, by, rows(last)[-1:], opening, key=key))
    asked = [*rows(last)[:-1], Numbered(last, OpenCase(category="FM", area=VILLAGE, person=PersonData(name="Lain")))]
    with pytest.raises(IdempotencyMismatch):
        list(edges.write_many(edge, by, asked, opening, key=key))
    with own.database.read() as session:
        assert len(session.execute(select(case_file.c.id)).all()) == 1


def test_a_case_that_cannot_be_read_fails_alone(world: World) -> None:
    whole = at(world, "assessment")
    broken_one = opened(world)
    gone = update(subject).where(subject.c.id == row_of(world, broken_one).subject_id).values(wrapped_key=b"x" * 80)
    world.session.execute(gone)
    world.session.subject_keys.clear()
    found = all_at_once(world, [advance(case, "return_for_data") for case in (whole, broken_one)])
    assert [became(outcome) for outcome in found] == ["data_collection", "UnreadableSeal"]


@pytest.mark.parametrize("own", ["postgresql"], indirect=True)
def test_who_may_not_see_a_case_does_not_hold_it(own: Office) -> None:
    with own.database.write() as session:
        world = World(own, session)
        case = opened(world)
        stranger, worker = viewer(world, "luar"), viewer(world, "rina")
    asked = [advance(case, "submit_for_assessment"), advance("6310-2026-999999", "submit_for_assessment")]
    row = select(case_file.c.id).where(case_file.c.id == case).with_for_update(nowait=True)
    with own.database.write() as trying:
        found = many.advance_many(trying, asked, by=stranger, at=START + timedelta(hours=1))
        assert [became(outcome) for outcome in found] == ["NotFound", "NotFound"]
        with own.database.write() as working:
            assert working.execute(row).scalar() == case
    with own.database.write() as trying:
        many.advance_many(trying, asked, by=worker, at=START + timedelta(hours=1))
        with pytest.raises(Busy), own.database.write() as working:
            working.execute(row)
