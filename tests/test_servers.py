"""The test servers themselves: databases are new, nothing reaches out, nothing outlives its process."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
import redis
from sqlalchemy import create_engine, inspect, text


def test_each_database_is_new_and_gone_afterwards(new_database: Callable[[str], str]) -> None:
    first, second = new_database("postgresql"), new_database("postgresql")
    with psycopg.connect(first) as connection:
        connection.execute("CREATE TABLE only_here (id int)")
        connection.commit()
    with psycopg.connect(second) as connection:
        assert connection.execute("SELECT to_regclass('only_here')").fetchone() == (None,)


def test_an_empty_database_of_each_kind(any_database_url: str) -> None:
    engine = create_engine(any_database_url)
    assert inspect(engine).get_table_names() == []
    engine.dispose()


def test_text_sorts_by_byte_on_both_kinds(any_database_url: str) -> None:
    engine = create_engine(any_database_url)
    names = text("SELECT name FROM (SELECT 'b' AS name UNION SELECT 'a' UNION SELECT 'B') AS names ORDER BY name")
    with engine.connect() as connection:
        assert list(connection.scalars(names)) == ["B", "a", "b"]
    engine.dispose()


@pytest.mark.parametrize("_run", [1, 2])
def test_redis_is_empty_at_the_start_of_each_test(redis_url: str, _run: int) -> None:
    with redis.Redis.from_url(redis_url) as client:
        assert client.dbsize() == 0
        client.set("left", "behind")
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}


def test_a_connection_to_another_machine_is_refused() -> None:
    with pytest.raises(RuntimeError, match="no network"):
        socket.create_connection(("192.0.2.1", 80), timeout=1)
    with pytest.raises(RuntimeError, match="no network"):
        socket.getaddrinfo("caseflow.example", 443)


@pytest.mark.slow
def test_a_killed_test_process_takes_its_server_along() -> None:
    program = (
        "from tests import servers\nwith servers.redis_server() as url:\n    print(url, flush=True)\n    input()\n"
    )
    own_server = {name: value for name, value in os.environ.items() if name != "CASEFLOW_TEST_REDIS_URL"}
    root = Path(__file__).parent.parent
    with subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=root,
        env=own_server,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        with redis.Redis.from_url(process.stdout.readline().strip()) as client:
            pubsub = client.pubsub()
            pubsub.subscribe("until the server ends")
            process.send_signal(signal.SIGKILL)
            with pytest.raises(redis.ConnectionError):
                for _ in pubsub.listen():
                    pass
            pubsub.close()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_copies_of_the_migrated_database_are_apart(kind: str, migrated_url: Callable[[str], str]) -> None:
    first, second = create_engine(migrated_url(kind)), create_engine(migrated_url(kind))
    tables = inspect(first).get_table_names()
    assert "alembic_version" in tables
    with first.begin() as connection:
        connection.execute(text("CREATE TABLE only_here (id int)"))
    assert inspect(second).get_table_names() == tables
    first.dispose()
    second.dispose()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_the_shared_database_is_one(kind: str, shared_url: Callable[[str], str]) -> None:
    assert shared_url(kind) == shared_url(kind)
