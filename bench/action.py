"""The full action beside raw SQL writing exactly the same rows: what access, facts, guards, chain and sealing cost."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
from psycopg.rows import tuple_row
from sqlalchemy import event

from bench.figures import Figure, seconds
from bench.world import WARM, Bench, bench_world
from caseflow.actions import steps
from tests import servers

BLOCK = 20
"""Steps in one block; blocks of the product and of raw SQL alternate, so that a noisy machine disturbs both alike."""

Written = list[tuple[str, Any]]


def figures(*, quick: bool) -> Iterator[Figure]:
    """Yield the ratio on both databases."""
    blocks = 5 if quick else 25
    with TemporaryDirectory() as folder:
        yield _sqlite(Path(folder), blocks)
    with servers.postgres_server() as server, TemporaryDirectory() as folder:
        yield _postgresql(server, Path(folder), blocks)


def _sqlite(folder: Path, blocks: int) -> Figure:
    path = folder / "product.db"
    bench = bench_world(f"sqlite:///{path}", folder)
    copy = folder / "raw.db"
    with sqlite3.connect(path) as source, sqlite3.connect(copy) as target:
        source.backup(target)
    raw = sqlite3.connect(copy, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        raw.execute(f"PRAGMA {pragma}")

    def replay(written: Written) -> None:
        raw.execute("BEGIN IMMEDIATE")
        for statement, values in written:
            raw.execute(statement, values)
        raw.execute("COMMIT")

    product, floor = _alternate(bench, replay, blocks)
    raw.close()
    return _figure("full action, SQLite", product, floor, blocks, 0.40)


def _postgresql(server: str, folder: Path, blocks: int) -> Figure:
    url = servers.create_database(server)
    bench = bench_world(url, folder)
    bench.database.close()
    copy = servers.create_database(server, template=url)
    commit = 0.0
    with psycopg.connect(copy, autocommit=True, row_factory=tuple_row) as raw:
        commit = min(seconds(lambda: raw.execute("SELECT txid_current()")) for _n in range(50))

        def replay(written: Written) -> None:
            with raw.transaction():
                for statement, values in written:
                    raw.execute(statement, values)

        product, floor = _alternate(bench, replay, blocks)
    return _figure(f"full action, PostgreSQL (commit {commit * 1e6:.0f} us)", product, floor, blocks, 0.60)


def _alternate(bench: Bench, replay: Callable[[Written], None], blocks: int) -> tuple[float, float]:
    """Run block after block of both; return the seconds of each."""
    product = floor = 0.0
    for _warm in range(WARM):
        for written in _recorded(bench)[1]:
            replay(written)
    for _block in range(blocks):
        took, transactions = _recorded(bench)
        product += took

        def replayed(transactions: list[Written] = transactions) -> None:
            for written in transactions:
                replay(written)

        floor += seconds(replayed)
    return product, floor


def _recorded(bench: Bench) -> tuple[float, list[Written]]:
    """Take a block of steps and return how long it took, with the statements of each transaction that wrote."""
    transactions: list[Written] = []
    with _listening(bench, transactions):
        took = seconds(lambda: _block(bench, transactions))
    return took, transactions


def _block(bench: Bench, transactions: list[Written]) -> None:
    for _n in range(BLOCK):
        _one(bench, transactions)


def _one(bench: Bench, transactions: list[Written]) -> None:
    transactions.append([])
    bench.at += timedelta(minutes=1)
    bench.turn = not bench.turn
    step = "submit_for_assessment" if bench.turn else "return_for_data"
    command = steps.AdvanceCase(case=bench.case, step=step, note="" if bench.turn else "Kurang lengkap.")
    at: datetime = bench.at
    with bench.database.write() as session:
        steps.advance_case(session, command, by=bench.by, at=at)


@contextmanager
def _listening(bench: Bench, transactions: list[Written]) -> Iterator[None]:
    engine = bench.database.writer

    def keep(_conn: object, _cursor: object, statement: str, values: Any, _context: object, many: bool) -> None:  # noqa: ANN401, FBT001 - the hook's own signature
        if statement.lstrip()[:6].upper() in {"INSERT", "UPDATE", "DELETE"}:
            transactions[-1] += [(statement, v) for v in values] if many else [(statement, values)]

    event.listen(engine, "before_cursor_execute", keep)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", keep)


def _figure(name: str, product: float, floor: float, blocks: int, goal: float) -> Figure:
    count = blocks * BLOCK
    note = f"{count / product:.0f} a second beside {count / floor:.0f} of raw SQL writing the same rows, 1 connection"
    return Figure(name, round(floor / product, 3), "ratio", goal, note)
