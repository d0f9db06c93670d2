"""A filled office behind the application, a copy of it for each test, and people who call it with their tokens."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from caseflow.actions import admin
from caseflow.app import create_app
from caseflow.edge import BusinessClock
from caseflow.letters.child import Renderer
from caseflow.paths import templates_root
from tests.api.calling import Api, Filled
from tests.conftest import DatabaseFactory
from tests.world import PEOPLE, START, STATES, World, bring, fill, open_database, opened
from workers import runtime
from workers.runtime import Clock

WAITING = (*(("FM", state) for state in STATES), ("AT", "data_collection"), ("AT", "intervention"))
"""A case that waits for tests: category and state."""


@pytest.fixture(scope="session")
def filled(template_url: DatabaseFactory, tmp_path_factory: pytest.TempPathFactory) -> Filled:
    """Return an office with a case in every state and a token for everybody: never connect to it."""
    folder = tmp_path_factory.mktemp("api")
    url = f"sqlite:///{folder / 'filled.db'}"
    _copy(template_url("sqlite"), url)
    database = open_database(url, folder)
    office = fill(database)
    waiting = {}
    for category, state in WAITING:
        with database.write() as session:
            world = World(office, session)
            waiting[category, state] = bring(world, opened(world, category), state)
    with database.write() as session:
        tokens = {name: admin.add_token(session, name, "tes", by=admin.ROOT, at=START) for name in PEOPLE}
    database.close()
    return Filled(url, folder, office.ids, office.institutions, waiting, tokens)


@pytest.fixture(scope="session")
def renderer() -> Iterator[Renderer]:
    """Return what makes letters, in a real child process that stays warm."""
    with Renderer(templates_root() / "letters") as found:
        yield found


@pytest.fixture
def api(filled: Filled, renderer: Renderer, tmp_path: Path) -> Iterator[Api]:
    """Return the application on a database of this test's own."""
    url = f"sqlite:///{tmp_path / 'api.db'}"
    _copy(filled.url, url)
    database = open_database(url, filled.folder)
    clock = BusinessClock()
    clock.move_to(START + timedelta(days=365))
    working = runtime.of(database, renderer.render, Clock(business=clock.now))
    app = create_app(database.settings, clock=clock, runtime=working)
    yield Api(TestClient(app, raise_server_exceptions=False), filled, database, clock, working)
    database.close()


def _copy(source: str, target: str) -> None:
    paths = (url.removeprefix("sqlite:///") for url in (source, target))
    with closing(sqlite3.connect(next(paths))) as old, closing(sqlite3.connect(next(paths))) as new:
        old.backup(new)
