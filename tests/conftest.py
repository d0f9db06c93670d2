"""What every test may ask for: databases of both kinds and Redis, in a process without a network or own settings."""

import gc
import ipaddress
import os
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import cache
from pathlib import Path
from typing import Protocol
from uuid import uuid4

import pytest
import redis
from anyio.from_thread import BlockingPortal, start_blocking_portal
from hypothesis import HealthCheck, settings
from sqlalchemy import make_url

from caseflow.store import migrate
from tests import servers
from tests.world import Office, World, build, open_database, rolled_back

SERVER_FIXTURES = {"postgres_url", "redis_url", "new_database", "migrated_url", "shared_url", "template_url"}
LONGEST = ("test_killed_processes.py", "test_demo_scaled.py", "test_seeing.py", "test_year.py", "test_whole_path.py")
"""Run first: one of these that begins last is waited for alone."""
DatabaseFactory = Callable[[str], str]  # "sqlite" or "postgresql" -> the URL of a database

gc.disable()  # until everything is collected: of what imports and parameters make, nothing is garbage

# A person's own settings must not decide whether a test passes.
for name in [name for name in os.environ if name.startswith("CASEFLOW_") and not name.startswith("CASEFLOW_TEST_")]:
    del os.environ[name]

settings.register_profile("caseflow", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("caseflow"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "caseflow")


TEST_HOSTS = {make_url(url).host for name, url in os.environ.items() if name.startswith("CASEFLOW_TEST_")}


def _only_this_machine(event: str, arguments: tuple[object, ...]) -> None:
    """Refuse a connection, or a look-up of a name, that would leave this machine."""
    if event == "socket.connect":
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else None
    elif event == "socket.getaddrinfo":
        host = arguments[0]
    else:
        return
    host = host.decode() if isinstance(host, bytes) else host
    if not isinstance(host, str) or host in {"", "localhost"} or host in TEST_HOSTS:
        return
    try:
        local = ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        local = False
    if not local:
        message = f"tests have no network, and this one asked for {host}"
        raise RuntimeError(message)


sys.addaudithook(_only_this_machine)


def pytest_xdist_auto_num_workers() -> int:
    """Run one process more than there are cores: many tests wait for servers and other processes."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest first; mark what needs a server, by the fixtures it asks for: with "sqlite" a test does not."""
    items.sort(key=lambda item: item.path.name not in LONGEST)
    for item in items:
        if not isinstance(item, pytest.Function) or not SERVER_FIXTURES.intersection(item.fixturenames):
            continue
        parameters = item.callspec.params.values() if hasattr(item, "callspec") else ()
        if "sqlite" not in parameters or "redis_url" in item.fixturenames:
            item.add_marker(pytest.mark.servers)


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop() -> None:
    """Let the collector of garbage look only at what tests make: what is there now stays to the end."""
    gc.freeze()
    gc.enable()


# --- servers: started when the first test asks, one of each for every process of pytest ------------------------------


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Callable[[], str]]:
    """Return what starts the server on first use and gives its address; it outlives every database made on it."""
    with ExitStack() as running:
        yield cache(lambda: running.enter_context(servers.postgres_server()))


@pytest.fixture(scope="session")
def redis_server(worker_id: str) -> Iterator[str]:
    """Return the address of a database of this process's own, also where all of them share one given server."""
    number = 0 if worker_id == "master" else int(worker_id.removeprefix("gw"))
    with servers.redis_server() as url:
        yield make_url(url).set(database=str(number)).render_as_string(hide_password=False)


@pytest.fixture
def redis_url(redis_server: str) -> str:
    """Return the address of an empty Redis database."""
    with redis.Redis.from_url(redis_server) as client:
        client.flushdb()
    return redis_server


@pytest.fixture(scope="session")
def portal() -> Iterator[BlockingPortal]:
    """Return the one loop in which applications answer test clients: else each request starts a loop and threads."""
    with start_blocking_portal() as found:
        yield found


# --- databases: each one new, each gone after the test ----------------------------------------------------------------


class _MakeDatabase(Protocol):
    def __call__(self, kind: str, template: str | None = None) -> str: ...


@contextmanager
def _databases(server: Callable[[], str], folder: Path) -> Iterator[_MakeDatabase]:
    """Yield a function that makes a database, empty or a copy of `template` (a URL); they are dropped at the end."""
    created: list[str] = []

    def make(kind: str, template: str | None = None) -> str:
        if kind == "sqlite":
            path = folder / f"{uuid4().hex}.db"
            if template:
                with closing(sqlite3.connect(_path(template))) as source, closing(sqlite3.connect(path)) as target:
                    source.backup(target)
            return f"sqlite:///{path}"
        created.append(servers.create_database(server(), template=template))
        return created[-1]

    yield make
    for url in created:
        servers.drop_database(server(), url)


def _path(sqlite_url: str) -> str:
    return sqlite_url.removeprefix("sqlite:///")


@pytest.fixture
def new_database(postgres_server: Callable[[], str], tmp_path: Path) -> Iterator[DatabaseFactory]:
    """Return a function of the kind that makes an empty database."""
    with _databases(postgres_server, tmp_path) as make:
        yield make


@pytest.fixture
def postgres_url(new_database: DatabaseFactory) -> str:
    """Return the URL of an empty PostgreSQL database."""
    return new_database("postgresql")


@pytest.fixture(params=["sqlite", "postgresql"])
def any_database_url(request: pytest.FixtureRequest, new_database: DatabaseFactory) -> str:
    """Return the URL of an empty database; the test runs on each kind."""
    return new_database(request.param)


@pytest.fixture(scope="session")
def template_url(
    postgres_server: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[DatabaseFactory]:
    """Return a function of the kind that gives the migrated database all others are copies of: never connect to it."""
    with _databases(postgres_server, tmp_path_factory.mktemp("templates")) as make:

        @cache
        def migrated(kind: str) -> str:
            url = make(kind)
            migrate.upgrade(url)
            return url

        yield migrated


@pytest.fixture
def migrated_url(
    postgres_server: Callable[[], str], tmp_path: Path, template_url: DatabaseFactory
) -> Iterator[DatabaseFactory]:
    """Return a function of the kind that makes a migrated database for this test alone."""
    with _databases(postgres_server, tmp_path) as make:
        yield lambda kind: make(kind, template_url(kind))


@pytest.fixture(params=["sqlite", "postgresql"])
def any_migrated_url(request: pytest.FixtureRequest, migrated_url: DatabaseFactory) -> str:
    """Return the URL of a migrated database for this test alone; the test runs on each kind."""
    return migrated_url(request.param)


@pytest.fixture(scope="session")
def shared_url(
    postgres_server: Callable[[], str], tmp_path_factory: pytest.TempPathFactory, template_url: DatabaseFactory
) -> Iterator[DatabaseFactory]:
    """Return a function of the kind that gives one migrated database to all tests: roll back whatever you do there."""
    with _databases(postgres_server, tmp_path_factory.mktemp("shared")) as make:
        yield cache(lambda kind: make(kind, template_url(kind)))


# --- a district office at work ----------------------------------------------------------------------------------------


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def office(
    request: pytest.FixtureRequest,
    postgres_server: Callable[[], str],
    tmp_path_factory: pytest.TempPathFactory,
    template_url: DatabaseFactory,
) -> Iterator[Office]:
    """Return an office with people, institutions and a case in every state, for all tests: roll back what you do."""
    folder = tmp_path_factory.mktemp("office")
    with _databases(postgres_server, folder) as make:
        database = open_database(make(request.param, template_url(request.param)), folder)
        yield build(database)
        database.close()


@pytest.fixture
def world(office: Office) -> Iterator[World]:
    """Return the office in a transaction of this test's own, of which nothing stays."""
    with rolled_back(office) as mine:
        yield mine
