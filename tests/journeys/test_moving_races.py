"""A case that changes category or area while others read and write it: one wins, and nobody reads a name between."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from caseflow.actions import admin, changing, lines, steps, transfers
from caseflow.actions.changing import ChangeCategory
from caseflow.actions.transfers import AnswerTransfer, OfferTransfer
from caseflow.errors import CaseflowError
from caseflow.store.cases import Filter
from tests.journeys.test_concurrency import DatabaseFactory, at_once, does, prepared, whole, written
from tests.world import (
    START,
    VILLAGE_ELSEWHERE,
    Office,
    World,
    act,
    advance,
    fill,
    open_database,
    opened,
    row_of,
    viewer,
)

pytestmark = pytest.mark.slow


@pytest.fixture
def busy(migrated_url: DatabaseFactory, tmp_path: Path) -> Iterator[Office]:
    """Return an office on PostgreSQL, where transactions end for real."""
    database = open_database(migrated_url("postgresql"), tmp_path)
    yield fill(database)
    database.close()


def names(office: Office, case: str, by: str) -> tuple[str, str] | None:
    """Return name and category of a case as somebody's list has it; None where it is not there."""
    with written(office) as world:
        found = lines.list_cases(world.session, Filter(), by=viewer(world, by), at=world.now)
        return next(((line.name, line.category_code) for line in found if line.id == case), None)


class CutOffError(Exception):
    """What ends a transaction before its commit."""


def cut_off(office: Office, case: str, command: ChangeCategory) -> None:
    """Change a category, read the lists beside it, and never commit."""
    before = names(office, case, "kadis")
    with written(office) as world:
        act(world, changing.change_category, command, by="sari")
        assert names(office, case, "kadis") == before
        raise CutOffError


def offered(world: World) -> tuple[str, str]:
    case = opened(world)
    command = OfferTransfer(case=case, area=VILLAGE_ELSEWHERE, reason="Pindah.", handed="Bantuan Juni.")
    return case, str(act(world, transfers.offer_transfer, command, by="sari").created_id)


def test_a_reader_between_sees_all_of_the_change_or_none(busy: Office) -> None:
    case = prepared(busy, opened)
    before = names(busy, case, "kadis")
    assert before is not None
    command = ChangeCategory(case=case, category="KPO", reason="Ternyata korban.")
    with pytest.raises(CutOffError):
        cut_off(busy, case, command)
    assert names(busy, case, "kadis") == before
    assert names(busy, case, "sari") == before
    does(busy, changing.change_category, command, by="sari")
    assert names(busy, case, "kadis") is None
    with written(busy) as world:
        number = row_of(world, case).number
    assert names(busy, case, "sari") == (f"Klien {number[-6:]}", "")
    assert whole(busy)


def test_of_accepting_and_taking_back_or_accepting_twice_one_wins(busy: Office) -> None:
    with busy.database.write() as session:
        admin.grant_role(session, "bambang", "supervisor", "6302", None, None, by=admin.ROOT, at=START)
        admin.grant_role(session, "rina", "caseworker", "6302", None, None, by=admin.ROOT, at=START)
    against = ((transfers.withdraw_transfer, "", "sari"), (transfers.accept_transfer, "rina", "bambang"))
    for day, (other, worker, who) in enumerate(against, 1):
        case, transfer = prepared(busy, offered)
        accept = AnswerTransfer(transfer=transfer, assignee=busy.ids["luar"])
        second = AnswerTransfer(transfer=transfer, assignee=busy.ids.get(worker, ""))
        deeds = ((transfers.accept_transfer, accept, "luarsup"), (other, second, who))
        results = at_once(2, lambda n: does(busy, deeds[n][0], deeds[n][1], by=deeds[n][2], days=day))  # noqa: B023 - used in this round
        lost = [result for result in results if isinstance(result, CaseflowError)]
        assert len(lost) == 1
        assert type(lost[0]).__name__ in {"Refused", "NotFound"}
        with written(busy) as world:
            row = row_of(world, case)
        assert (row.assignee_id == busy.ids["luar"]) is isinstance(results[1], CaseflowError)
        assert (row.area_code == VILLAGE_ELSEWHERE) is (worker != "" or isinstance(results[1], CaseflowError))
    assert whole(busy)


def test_of_another_category_and_a_step_both_or_one_hold(busy: Office) -> None:
    case = prepared(busy, opened)
    with written(busy) as world:
        seen = row_of(world, case).version
    move = ChangeCategory(case=case, category="PRSE", reason="Salah pilih.", expected_version=seen)
    step = advance(case, "terminate", details={"reason_code": "moved"}, expected_version=seen)
    deeds: tuple[tuple[Any, Any, str], ...] = (
        (changing.change_category, move, "sari"),
        (steps.advance_case, step, "rina"),
    )
    results = at_once(2, lambda n: does(busy, deeds[n][0], deeds[n][1], by=deeds[n][2]))
    kinds = Counter(type(result).__name__ for result in results)
    assert kinds == {"Done": 1, "VersionConflict": 1}
    assert whole(busy)
