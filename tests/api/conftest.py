"""A filled office behind the application, a copy of it for each test, and people who call it with their tokens."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from caseflow.actions import admin
from caseflow.app import create_app
from caseflow.edge import BusinessClock
from caseflow.letters.child import Renderer
from caseflow.paths import templates_root
from tests import servers
from tests.api.calling import Api, Filled
from tests.conftest import DatabaseFactory
from tests.world import PEOPLE, START, STATES, World, bring, fill, open_database, opened
from workers import runtime
from workers.runtime import Clock

WAITING = (*(("FM", state) for state in STATES), ("AT", "data_collection"), ("AT", "intervention"))
"""A case that waits for tests: category and state."""
YEAR = timedelta(days=365)

FilledFactory = Callable[[str], Filled]
ApiFactory = Callable[[str], Api]


@pytest.fixture(scope="session")
def filled(
    postgres_server: Callable[[], str], template_url: DatabaseFactory, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[FilledFactory]:
    """Return what gives an office with a case in every state and a token for everybody: never connect to it."""
    made: list[str] = []

    @cache
    def filled_on(kind: str) -> Filled:
        folder = tmp_path_factory.mktemp(f"api-{kind}")
        made.append(_copy(template_url(kind), folder, postgres_server))
        return _fill(made[-1], folder)

    yield filled_on
    for url in made:
        _drop(url, postgres_server)


def _fill(url: str, folder: Path) -> Filled:
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
def api_on(
    filled: FilledFactory, renderer: Renderer, postgres_server: Callable[[], str], tmp_path: Path
) -> Iterator[ApiFactory]:
    """Return a function of the kind that gives the application on a database of this test's own."""

    @contextmanager
    def running(kind: str) -> Iterator[Api]:
        office = filled(kind)
        url = _copy(office.url, tmp_path, postgres_server)
        database = open_database(url, office.folder)
        clock = BusinessClock()
        clock.move_to(START + YEAR)
        working = runtime.of(database, renderer.render, Clock(business=clock.now))
        app = create_app(database.settings, clock=clock, runtime=working)
        yield Api(TestClient(app, raise_server_exceptions=False), office, database, clock, working)
        database.close()
        _drop(url, postgres_server)

    with ExitStack() as started:
        yield lambda kind: started.enter_context(running(kind))


@pytest.fixture
def api(api_on: ApiFactory) -> Api:
    """Return the application on SQLite."""
    return api_on("sqlite")


@pytest.fixture(params=["sqlite", "postgresql"])
def any_api(request: pytest.FixtureRequest, api_on: ApiFactory) -> Api:
    """Return the application; the test runs on each kind of database."""
    return api_on(request.param)


@pytest.fixture
def postgres_api(api_on: ApiFactory) -> Api:
    """Return the application on PostgreSQL."""
    return api_on("postgresql")


def _copy(source: str, folder: Path, server: Callable[[], str]) -> str:
    if not source.startswith("sqlite"):
        return servers.create_database(server(), template=source)
    url = f"sqlite:///{folder / 'api.db'}"
    with closing(sqlite3.connect(_path(source))) as old, closing(sqlite3.connect(_path(url))) as new:
        old.backup(new)
    return url


def _drop(url: str, server: Callable[[], str]) -> None:
    if not url.startswith("sqlite"):
        servers.drop_database(server(), url)


def _path(url: str) -> str:
    return url.removeprefix("sqlite:///")
