"""Many rows in one statement: days, and what is there already."""

from datetime import date

from sqlalchemy import select

from caseflow.store import bulk
from caseflow.store.tables import case_file, counter
from tests.world import World, opened, row_of


def test_a_day_is_written_as_a_day(world: World) -> None:
    case = opened(world)
    bulk.update_all(world.session, case_file, [{"id": case, "opened_on": date(2026, 1, 5)}])
    assert row_of(world, case).opened_on == date(2026, 1, 5)


def test_what_is_there_already_is_not_counted_as_new(world: World) -> None:
    rows = [{"scope": f"trial:{name}", "value": 1} for name in "cab"]
    assert bulk.insert_all_new(world.session, counter, rows, ("scope",)) == 3
    assert bulk.insert_all_new(world.session, counter, [*rows, {"scope": "trial:d", "value": 2}], ("scope",)) == 1
    kept = select(counter.c.scope).where(counter.c.scope.startswith("trial:"))
    assert set(world.session.execute(kept).scalars()) == {f"trial:{name}" for name in "abcd"}
