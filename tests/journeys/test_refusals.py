"""A refusal leaves nothing behind but its own entry, in transactions that end for real."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from caseflow.actions import cases, letters, plan, records, steps
from caseflow.actions.people import PersonData
from caseflow.edge import BusinessClock, Edge, write
from caseflow.errors import CaseflowError
from caseflow.store.session import Session
from caseflow.store.tables import access_entry
from tests.snapshots import contents
from tests.world import (
    START,
    VILLAGE,
    Office,
    World,
    adult,
    advance,
    at,
    broken,
    fill,
    open_database,
    record,
    viewer,
)

DatabaseFactory = Callable[[str], str]
NOBODY = "019c1bde-00e0-7cdd-ba2a-f5c6d5ebbaba"


@pytest.fixture(params=["sqlite", "postgresql"])
def office(request: pytest.FixtureRequest, migrated_url: DatabaseFactory, tmp_path: Path) -> Iterator[Office]:
    database = open_database(migrated_url(request.param), tmp_path)
    yield fill(database)
    database.close()


# What is asked for, by whom, how it is refused, and whether the refusal is noted.
ASKED: list[tuple[str, str, Callable[..., Any], Callable[[str], object], bool]] = [
    ("StepRefused", "rina", steps.advance_case, lambda c: advance(c, "complete_assessment"), True),
    (
        "StepOutOfOrder",
        "rina",
        steps.advance_case,
        lambda c: advance(c, "close_case", details={"outcome": "goals_met"}),
        False,
    ),
    ("UnknownStep", "rina", steps.advance_case, lambda c: advance(c, "fly"), False),
    ("InvalidInput", "rina", steps.advance_case, lambda c: advance(c, "return_for_data", note=" "), False),
    ("VersionConflict", "rina", steps.advance_case, lambda c: advance(c, "return_for_data", expected_version=1), False),
    ("Forbidden", "audit", steps.advance_case, lambda c: advance(c, "return_for_data"), True),
    ("NotFound", "luar", steps.advance_case, lambda c: advance(c, "return_for_data"), True),
    ("NotFound", "rina", steps.advance_case, lambda _c: advance(NOBODY, "return_for_data"), True),
    (
        "InvalidInput",
        "rina",
        records.record_stage,
        lambda c: records.RecordStage(case=c, stage="assessment", answers={"x": 1}),
        False,
    ),
    ("InvalidInput", "rina", plan.add_item, lambda c: plan.AddItem(case=c, intervention="X"), False),
    ("StepRefused", "rina", letters.issue_letter, lambda c: letters.IssueLetter(case=c, letter="rjk-rs"), True),
    ("UnknownLetter", "rina", letters.issue_letter, lambda c: letters.IssueLetter(case=c, letter="x"), False),
    (
        "InvalidInput",
        "rina",
        cases.open_case,
        lambda _c: cases.OpenCase(category="FM", area=VILLAGE, person=PersonData(nik=5)),
        False,
    ),
    (
        "UnknownCategory",
        "rina",
        cases.open_case,
        lambda _c: cases.OpenCase(category="X", area=VILLAGE, person=adult()),
        False,
    ),
    (
        "Forbidden",
        "audit",
        cases.open_case,
        lambda _c: cases.OpenCase(category="FM", area=VILLAGE, person=adult()),
        True,
    ),
    (
        "InvalidInput",
        "rina",
        cases.open_case,
        lambda _c: cases.OpenCase(category="FM", area=VILLAGE, person=adult(), answers={"situation": 5}),
        False,
    ),
]


def test_a_refusal_leaves_its_own_entry_and_nothing_else(office: Office) -> None:
    with office.database.write() as session:
        world = World(office, session)
        case = at(world, "assessment")
        record(world, case, "data_collection", {"treatment_needed": True, "health_need": "rawat inap"})
        people = {name: viewer(world, name) for name in ("rina", "audit", "luar")}
    clock = BusinessClock()
    clock.move_to(START + timedelta(days=1))
    edge = Edge(office.database, clock)
    for error, by, action, command, noted in ASKED:
        with office.database.read() as session:
            before = contents(session)

        def run(session: Session, who: Any, at: Any) -> tuple[int, None]:  # noqa: ANN401 - as the edge calls it
            action(session, command(case), by=who, at=at)  # noqa: B023 - called in this round
            return 200, None

        with pytest.raises(CaseflowError) as refused:
            write(edge, people[by], run, key="k", request=b"r", case=case)
        assert type(refused.value).__name__ == error, refused.value
        with office.database.read() as session:
            after = contents(session)
            last = session.execute(select(access_entry).order_by(access_entry.c.entered_at.desc())).first()
            assert not broken(World(office, session))
        new = {name: len(after[name]) - len(before[name]) for name in after if after[name] != before[name]}
        assert new.pop("log_pending", 0) == new.get("access_entry", 0), "what was noted waits for its place in the tree"
        assert new == ({"access_entry": 1} if noted else {}), (error, action.__name__)
        if noted:
            assert last is not None
            assert (last.code, last.actor, f'"error":"{error}"' in last.data) == (
                "case:act:refused",
                people[by].user_id,
                True,
            )
