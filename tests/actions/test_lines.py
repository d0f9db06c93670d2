"""Lists read each kind of thing once, however many lines they have."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from caseflow.access import Viewer
from caseflow.actions import lines, views
from caseflow.store import readings
from caseflow.store.cases import Filter
from caseflow.store.session import Session
from tests.world import World, adult, at, child, household, opened, ready_plan, take, viewer, visit


@contextmanager
def counted(world: World) -> Iterator[list[str]]:
    """Yield the statements that are sent."""
    sent: list[str] = []

    driver = world.session.conn.connection.driver_connection

    def traced(statement: str) -> None:
        if statement.startswith(("SELECT", "WITH")):
            sent.append(statement)

    def heard(_conn: Any, _cursor: Any, statement: str, *_more: Any) -> None:  # noqa: ANN401 - of the library
        if not isinstance(driver, sqlite3.Connection) or not statement.startswith(("SELECT", "WITH")):
            sent.append(statement)

    if isinstance(driver, sqlite3.Connection):  # hears what is read on the driver's own cursor, too
        driver.set_trace_callback(traced)
    event.listen(world.session.conn, "before_cursor_execute", heard)
    try:
        yield sent
    finally:
        event.remove(world.session.conn, "before_cursor_execute", heard)
        if isinstance(driver, sqlite3.Connection):
            driver.set_trace_callback(None)


def cost(world: World, read: Callable[[Session, Viewer], Any], name: str) -> tuple[int, int]:
    """Return how many statements a reading takes and how many lines it gives."""
    by = viewer(world, name)
    world.session.subject_keys.clear()
    with counted(world) as sent:
        found = read(world.session, by)
        readings_of(world)
    return len(sent), found


def readings_of(world: World) -> None:
    for write, items in world.session.leaving.items():
        write(world.session, items)
    world.session.leaving.clear()


READS: dict[str, tuple[str, Callable[[World], Callable[[Session, Viewer], int]]]] = {
    "list": ("sari", lambda w: lambda s, by: len(lines.list_cases(s, Filter(limit=500), by=by, at=w.now))),
    "search": ("sari", lambda w: lambda s, by: len(lines.search(s, "Aminah", by=by, at=w.now, limit=500))),
    "reviews": ("sari", lambda w: lambda s, by: len(lines.waiting_reviews(s, by=by, at=w.now))),
    "work": ("rina", lambda w: lambda s, by: len(lines.my_work(s, by=by, at=w.now, today=w.today).cases)),
}


def more(world: World) -> None:
    """Open cases of both kinds with the same name, and ask for the approval of a plan each."""
    for someone, category in ((adult(name="Siti Aminah"), "FM"), (child(name="Aminah"), "AT")):
        case = at(world, "intervention_plan", category, person=someone)
        ready_plan(world, case)
        take(world, case, "approve_plan")


@pytest.mark.parametrize("read", READS)
def test_a_list_takes_as_many_statements_for_many_lines_as_for_few(world: World, read: str) -> None:
    name, reader = READS[read]
    more(world)
    few, shown = cost(world, reader(world), name)
    for _three in range(3):
        more(world)
    many, more_shown = cost(world, reader(world), name)
    assert more_shown >= shown + 6
    assert many <= few


def test_the_members_of_a_household_are_read_together(world: World) -> None:
    small = opened(world, "KME", person=None, household=household(adult()))
    large = opened(world, "KME", person=None, household=household(*(adult() for _ten in range(6))))
    by = viewer(world, "rina")
    found = []
    for case in (small, large):
        world.session.subject_keys.clear()
        world.session.names.clear()
        with counted(world) as sent:
            members = views.view_case(world.session, case, by=by, at=world.now).members
        found.append((len(sent), len(members)))
    assert found[1][1] == found[0][1] + 5
    assert found[1][0] == found[0][0]


def test_who_reads_a_whole_case_reads_its_parts(world: World) -> None:
    case = at(world, "intervention", "AT")
    by = viewer(world, "rina")
    for read in (views.history, views.next_steps, views.view_case, views.history):
        read(world.session, case, by=by, at=world.now)
    lines.list_cases(world.session, Filter(limit=500), by=by, at=world.now)
    ((write, items),) = world.session.leaving.items()
    assert write is readings.write
    assert len(items) > 4
    with counted(world) as sent:
        readings_of(world)
    assert len(sent) == 2, "what is on record already, and one insert"


def test_an_undone_attempt_leaves_what_was_read_before_it(world: World) -> None:
    case = at(world, "intervention", "AT")
    views.view_case(world.session, case, by=viewer(world, "rina"), at=world.now)
    before = {write: list(items) for write, items in world.session.leaving.items()}

    def undone() -> None:
        with world.session.attempt():
            visit(world, case)
            views.view_case(world.session, case, by=viewer(world, "rina"), at=world.now)
            raise ValueError("undone")

    with pytest.raises(ValueError, match="undone"):
        undone()
    assert world.session.leaving == before
