"""A filled office behind the pages, a copy of its database for each test."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from anyio.from_thread import BlockingPortal
from playwright.sync_api import Browser

from caseflow import crypto, settings
from caseflow.app import create_app
from caseflow.edge import BusinessClock
from caseflow.letters.child import Renderer
from caseflow.paths import templates_root
from caseflow.store import users
from caseflow.store.session import Database
from tests.conftest import DatabaseFactory
from tests.web.browsing import PASSWORD, Filled, Site
from tests.web.furnishing import Place, furnished
from tests.web.live import Live, chromium, free_port
from tests.world import PEOPLE, START, STATES, World, fill, open_database, row_of, taken
from workers import runtime
from workers.runtime import Clock

WAITING = (
    *(("FM", state) for state in STATES),
    ("AT", "data_collection"),
    ("AT", "intervention"),
    ("KME", "assessment"),
)
"""A case that waits for tests: category and state."""
LATER = timedelta(days=60)


@pytest.fixture(scope="session")
def filled(template_url: DatabaseFactory, tmp_path_factory: pytest.TempPathFactory) -> Filled:
    """Return an office with cases in every state and a password for everybody: never connect to it."""
    folder = tmp_path_factory.mktemp("web")
    url = f"sqlite:///{folder / 'filled.db'}"
    copied(template_url("sqlite"), url)
    database = open_database(url, folder)
    office = fill(database)
    ready = taken(office, WAITING)
    with database.read() as session:
        numbers = {place: str(row_of(World(office, session), case).number) for place, (case, _since) in ready.items()}
    hashed = crypto.hash_password(PASSWORD)
    with database.write() as session:
        for name in PEOPLE:
            users.set_password(session, office.ids[name], hashed)
    database.close()
    return Filled(url, folder, office, numbers)


@pytest.fixture(scope="session")
def renderer() -> Iterator[Renderer]:
    """Return what makes letters, in a real child process that stays warm."""
    with Renderer(templates_root() / "letters") as found:
        yield found


@pytest.fixture
def site(filled: Filled, renderer: Renderer, portal: BlockingPortal, tmp_path: Path) -> Iterator[Site]:
    """Return the application on a database of this test's own, two months after the cases came where they are."""
    with _running(filled, renderer, portal, tmp_path) as found:
        yield found


@pytest.fixture(scope="session")
def shared(
    filled: Filled, renderer: Renderer, portal: BlockingPortal, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """Return the application for tests that only read."""
    with _running(filled, renderer, portal, tmp_path_factory.mktemp("shared")) as found:
        yield found


@pytest.fixture(scope="session")
def place(
    filled: Filled, renderer: Renderer, portal: BlockingPortal, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    """Return an office with one of everything, for tests that knock at every page."""
    with _running(filled, renderer, portal, tmp_path_factory.mktemp("place")) as site:
        yield furnished(site)


@contextmanager
def _running(filled: Filled, renderer: Renderer, portal: BlockingPortal, folder: Path) -> Iterator[Site]:
    url = f"sqlite:///{folder / 'web.db'}"
    copied(filled.url, url)
    database = open_database(url, filled.folder)
    clock = BusinessClock()
    clock.move_to(START + LATER)
    working = runtime.of(database, renderer.render, Clock(business=clock.now))
    made = create_app(database.settings, clock=clock, runtime=working)
    yield Site(made, filled, database, clock, working, portal)
    database.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture
def live(filled: Filled, renderer: Renderer, tmp_path: Path) -> Iterator[Live]:
    url, port = f"sqlite:///{tmp_path / 'live.db'}", free_port()
    copied(filled.url, url)
    opened = open_database(url, filled.folder)
    given = settings.load(data_dir=filled.folder, database_url=url, public_url="http://kasus.dinsos.example")
    database = Database(url, opened.keys, given, opened.categories)
    clock = BusinessClock()
    clock.move_to(START + LATER)
    working = runtime.of(database, renderer.render, Clock(business=clock.now))
    found = Live(create_app(given, clock=clock, runtime=working), filled, port)
    found.up()
    yield found
    found.down()
    database.close()
    opened.close()


def copied(source: str, target: str) -> None:
    """Copy a database file as it stands."""
    old, new = (url.removeprefix("sqlite:///") for url in (source, target))
    with closing(sqlite3.connect(old)) as before, closing(sqlite3.connect(new)) as after:
        before.backup(after)
