"""One action of several cases, written from each at the same moment: its goods go out once, and none waits for ever."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Select, select, update

from caseflow.actions import deliveries, goods, many, plan, shared_items
from caseflow.actions.casework import Done
from caseflow.actions.plan import SettleItem
from caseflow.actions.visits import AddVisit
from caseflow.store.session import Session
from caseflow.store.tables import case_file, plan_item
from tests.actions.test_audit_limits import WAITS
from tests.journeys.test_concurrency import DatabaseFactory
from tests.journeys.test_reply_races import WAIT, together
from tests.warehouse import delivery, receipt, stored
from tests.world import MINUTE, START, Office, World, act, bring, fill, items_of, open_database, opened, viewer


@pytest.fixture
def busy(migrated_url: DatabaseFactory, tmp_path: Path) -> Iterator[Office]:
    """Return an office of this test's own on PostgreSQL: on SQLite every writer is alone anyway."""
    database = open_database(migrated_url("postgresql"), tmp_path)
    yield fill(database)
    database.close()


def served(world: World, n: int) -> dict[str, str]:
    """Return cases in intervention that one action serves, each with its row."""
    cases = [bring(world, opened(world), "intervention") for _ in range(n)]
    rows = [items_of(world, case)[0].id for case in cases]
    world.session.execute(update(plan_item).where(plan_item.c.id.in_(rows[1:])).values(origin_id=rows[0]))
    return dict(zip(cases, rows, strict=True))


def test_goods_recorded_in_each_case_at_once_go_out_once(busy: Office) -> None:
    with busy.database.write() as session:
        world = World(busy, session, START)
        rows = served(world, 3)
        stored(world, "KURSI-RODA")
        act(world, goods.receive, receipt(9), by="sari")
        by, at = viewer(world, "rina"), world.now + MINUTE

    def delivering(case: str) -> Callable[[Session], object]:
        return lambda session: deliveries.deliver(session, delivery(case, rows[case]), by=by, at=at)

    assert together(busy, [delivering(case) for case in rows]) == ["Refused", "Refused", "done"]


def test_all_cases_are_held_before_the_first_is_written(busy: Office) -> None:
    with busy.database.write() as session:
        world = World(busy, session, START)
        rows = served(world, 3)
        by, at = viewer(world, "rina"), world.now + MINUTE
    free: list[int] = []

    def finish(session: Session, command: SettleItem, **acting: Any) -> Done:  # noqa: ANN401 - by and at
        with busy.database.read() as other:
            query = select(case_file.c.id).where(case_file.c.id.in_(rows)).with_for_update(skip_locked=True)
            free.append(len(other.execute(query).all()))
        return plan.finish_item(session, command, **acting)

    commands = [SettleItem(case=case, item=row, note="Diserahkan.") for case, row in reversed(rows.items())]
    with busy.database.write() as session:
        done = shared_items.in_each(session, finish, commands, by=by, at=at)
    assert [outcome.problem for outcome in done] == [None] * 3
    assert free == [0] * 3, "in one order: two who begin at either end never wait for each other"


def test_cases_of_one_visit_are_waited_for_in_one_order(busy: Office) -> None:
    with busy.database.write() as session:
        world = World(busy, session, START)
        first, last = sorted(served(world, 2))
        by, at = viewer(world, "rina"), world.now + MINUTE
    commands = [AddVisit(case=case, finding=f"Sehat {case}.") for case in (last, first)]

    def visiting() -> list[many.Outcome]:
        with busy.database.write() as session:
            return many.visit_many(session, commands, by=by, at=at)

    def held(case: str) -> Select[Any]:
        return select(case_file.c.id).where(case_file.c.id == case).with_for_update(skip_locked=True)

    with ThreadPoolExecutor(1) as pool:
        with busy.database.write() as session:
            session.execute(held(first))
            other = pool.submit(visiting)
            while not session.execute(WAITS).scalar_one() and not other.done():
                pass
            free = session.execute(held(last)).first()
        done = other.result(WAIT)
    assert free is not None, (
        "whoever waits for the first holds none behind it: two who begin at either end both come on"
    )
    assert [outcome.problem for outcome in done] == [None, None]
