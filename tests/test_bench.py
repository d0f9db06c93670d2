"""The benchmarks still run: their names, steps of the engine and of its floor, the filling of a database."""

import re
import tomllib
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from psycopg import sql

from bench import __main__ as program
from bench import engine, filler
from bench.world import bench_world
from tests.source import ROOT

LOCK = (ROOT / "requirements-bench.lock").read_text()
GROUP = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]["peers"]


def test_each_benchmark_has_a_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert program.main(["--list"]) == 0
    assert {"engine", "action", "growth", "sweep", "letters", "log"} <= set(capsys.readouterr().out.split())
    with pytest.raises(SystemExit, match="2"):
        program.main(["nothing"])


def test_the_engine_and_its_floor_take_steps(postgres_server: Callable[[], str]) -> None:
    with ExitStack() as stack:
        runs = engine._started(stack, postgres_server(), (engine.RAW, engine.OURS))
        assert all(run.run(threads, 0.02) > 0 for run in runs.values() for threads in engine.THREADS)


def test_copies_of_a_case_have_all_its_rows(postgres_server: Callable[[], str], tmp_path: Path) -> None:
    bench, copies = bench_world(postgres_server(), tmp_path), 30
    url = bench.database.url
    bench.step(0)
    bench.database.close()

    def rows() -> dict[str, int]:
        with psycopg.connect(url) as connection:
            count = sql.SQL("SELECT count(*) FROM {}")
            return {
                table: connection.execute(count.format(sql.Identifier(table))).fetchall()[0][0]
                for table in filler.WHOSE
            }

    before = rows()
    filler.fill(url, bench.cases[0], "budi", copies)
    assert rows() == {table: count * (copies + 1) for table, count in before.items()}


def test_the_lock_of_the_other_engines_is_hashed_names_no_address_and_holds_what_is_declared() -> None:
    blocks = re.split(r"\n(?=[a-z0-9])", LOCK)[1:]
    assert "://" not in LOCK
    assert [block.splitlines()[0] for block in blocks if "--hash=sha256:" not in block] == []
    found = re.findall(r"^([\w.-]+)==([^\s;]+)", LOCK, re.MULTILINE)
    locked = {canonicalize_name(name): version for name, version in found}
    wanted = [Requirement(line) for line in GROUP]
    assert [str(need) for need in wanted if not need.specifier.contains(locked[canonicalize_name(need.name)])] == []
