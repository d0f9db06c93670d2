"""A filled office behind the application, a copy of it for each test, and people who call it with their tokens."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest
from anyio.from_thread import BlockingPortal
from starlette.testclient import TestClient

from caseflow.actions import admin
from caseflow.app import create_app
from caseflow.edge import BusinessClock, Edge
from caseflow.letters.child import Renderer
from caseflow.paths import templates_root
from caseflow.store.session import Database
from tests import servers
from tests.api.calling import Api, Filled
from tests.conftest import DatabaseFactory
from tests.world import PEOPLE, START, STATES, fill, open_database, taken
from workers import runtime
from workers.runtime import Clock, Runtime

WAITING = (*(("FM", state) for state in STATES), ("AT", "data_collection"), ("AT", "intervention"))
"""A case that waits for tests: category and state."""
YEAR = timedelta(days=365)
ADDRESS = "http://127.0.0.1"

FilledFactory = Callable[[str], Filled]


@pytest.fixture(scope="session")
def filled(
    postgres_server: Callable[[], str], template_url: DatabaseFactory, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[FilledFactory]:
    """Return what gives an office with a case in every state and a token for everybody: never connect to it."""
    made: list[str] = []

    @cache
    def filled_on(kind: str) -> Filled:
        folder = tmp_path_factory.mktemp(f"api-{kind}")
        if kind == "sqlite":
            url = f"sqlite:///{folder / 'filled.db'}"
            _restore(template_url(kind), url)
        else:
            url = servers.create_database(postgres_server(), template=template_url(kind))
            made.append(url)
        return _fill(url, folder)

    yield filled_on
    for url in made:
        servers.drop_database(postgres_server(), url)


def _fill(url: str, folder: Path) -> Filled:
    database = open_database(url, folder)
    office = fill(database)
    waiting = {place: case for place, (case, _since) in taken(office, WAITING).items()}
    with database.write() as session:
        tokens = {name: admin.add_token(session, name, "tes", by=admin.ROOT, at=START) for name in PEOPLE}
    database.close()
    return Filled(url, folder, office.ids, office.institutions, waiting, tokens)


@pytest.fixture(scope="session")
def renderer() -> Iterator[Renderer]:
    """Return what makes letters, in a real child process that stays warm."""
    with Renderer(templates_root() / "letters") as found:
        yield found


@pytest.fixture(scope="session")
def app(
    filled: FilledFactory, renderer: Renderer, portal: BlockingPortal, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Api]:
    """Return the application on SQLite, once for all tests: whoever uses it puts its database back first."""
    office = filled("sqlite")
    url = f"sqlite:///{tmp_path_factory.mktemp('app') / 'caseflow.db'}"
    _restore(office.url, url)
    with _opened(url, office, renderer) as (database, clock, working):
        made = create_app(database.settings, clock=clock, runtime=working)
        client = TestClient(made, base_url=ADDRESS, raise_server_exceptions=False)
        client.portal = portal
        yield Api(client, office, database, clock, working)


@pytest.fixture
def api(app: Api) -> Api:
    """Return the application on SQLite, with everything as it was."""
    _restore(app.filled.url, app.database.url)
    app.clock.move_to(START + YEAR)
    return _entered(app)


@pytest.fixture
def postgres_api(
    app: Api, filled: FilledFactory, renderer: Renderer, postgres_server: Callable[[], str]
) -> Iterator[Api]:
    """Return the application on a PostgreSQL database of this test's own."""
    with _on_postgres(app, filled("postgresql"), renderer, postgres_server) as found:
        yield _entered(found)


@pytest.fixture(scope="session")
def shared_postgres(
    app: Api, filled: FilledFactory, renderer: Renderer, postgres_server: Callable[[], str]
) -> Iterator[Callable[[], Api]]:
    """Return what opens one PostgreSQL database for all tests that only read."""
    with ExitStack() as opened_once:
        yield cache(
            lambda: opened_once.enter_context(_on_postgres(app, filled("postgresql"), renderer, postgres_server))
        )


@pytest.fixture(params=["sqlite", "postgresql"])
def any_api(request: pytest.FixtureRequest) -> Api:
    """Return the application on a database of this test's own; the test runs on each kind."""
    found: Api = request.getfixturevalue("api" if request.param == "sqlite" else "postgres_api")
    return found


@pytest.fixture(params=["sqlite", "postgresql"])
def reading_api(request: pytest.FixtureRequest, shared_postgres: Callable[[], Api]) -> Api:
    """Return the application for a test that changes nothing; it runs on each kind of database."""
    if request.param == "sqlite":
        found: Api = request.getfixturevalue("api")
        return found
    return _entered(shared_postgres())


@contextmanager
def _on_postgres(app: Api, office: Filled, renderer: Renderer, server: Callable[[], str]) -> Iterator[Api]:
    url = servers.create_database(server(), template=office.url)
    with _opened(url, office, renderer) as (database, clock, working):
        yield Api(app.client, office, database, clock, working)
    servers.drop_database(server(), url)


@contextmanager
def _opened(url: str, office: Filled, renderer: Renderer) -> Iterator[tuple[Database, BusinessClock, Runtime]]:
    database, clock = open_database(url, office.folder), BusinessClock()
    clock.move_to(START + YEAR)
    yield database, clock, runtime.of(database, renderer.render, Clock(business=clock.now))
    database.close()


def _entered(api: Api) -> Api:
    """Let the one application work on this database, and forget who failed to come in."""
    api.application.state.edge = Edge(api.database, api.clock)
    return api


def _restore(source: str, target: str) -> None:
    with closing(sqlite3.connect(_path(source))) as old, closing(sqlite3.connect(_path(target))) as new:
        old.backup(new)


def _path(url: str) -> str:
    return url.removeprefix("sqlite:///")
