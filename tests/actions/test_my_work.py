"""My work: what is due today is what is due today where the office is."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from caseflow.actions import lines
from caseflow.store.tables import obligation
from tests.world import World, clock, opened, viewer


@pytest.mark.parametrize(("hour", "days", "today"), [(23, 0, True), (1, 1, False), (7, 1, False), (9, 1, False)])
def test_due_today_is_by_the_clock_of_the_office(
    world: World,
    hour: int,
    days: int,
    today: bool,  # noqa: FBT001 - a column of the table
) -> None:
    case = opened(world)
    due = clock(2026, 2, 2, hour) + timedelta(days=days)
    world.session.execute(update(obligation).where(obligation.c.case_id == case).values(due_at=due))
    work = lines.my_work(world.session, by=viewer(world, "rina"), at=world.now, today=world.today)
    assert case in {task.line.id for task in (work.today if today else work.coming)}
