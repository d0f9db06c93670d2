"""The full action beside raw SQL writing exactly the same rows: what access, facts, guards, chain and sealing cost."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg

from bench.databases import NAME
from bench.figures import Figure, seconds
from bench.world import WARM, Bench, bench_world
from tests import servers

BLOCK, QUICK = 20, 4
"""Steps in one block; blocks of the product and of raw SQL alternate, so that a noisy machine disturbs both alike.

Each lane of each block has a case of its own: none collects more deadlines that fell away than a case of an office.
"""
THREADS = 8
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON")

Statement = tuple[str, tuple[Any, ...]]
Transaction = list[Statement]
"""The statements of one step, with ready bytes: one update of the case, the inserts, what ended."""


def figures(*, quick: bool) -> Iterator[Figure]:
    """Yield the ratios on both databases."""
    size = (1, QUICK) if quick else (25, BLOCK)
    with TemporaryDirectory() as folder:
        yield _sqlite(Path(folder), size)
    with servers.postgres_server() as server:
        with TemporaryDirectory() as folder:
            yield _postgresql(server, Path(folder), size, threads=1, goal=0.60)
        with TemporaryDirectory() as folder:
            yield _postgresql(server, Path(folder), size, threads=THREADS, goal=0.55)


def _sqlite(folder: Path, size: tuple[int, int]) -> Figure:
    bench = bench_world(None, folder, count=WARM + size[0])
    paths = (folder / NAME, folder / "raw.db")
    source, raw = (sqlite3.connect(path, isolation_level=None, check_same_thread=False) for path in paths)
    source.backup(raw)
    for pragma in PRAGMAS:
        raw.execute(f"PRAGMA {pragma}")

    def replay(_lane: int, written: Transaction) -> None:
        raw.execute("BEGIN IMMEDIATE")
        for statement, values in written:
            raw.execute(statement, values)
        raw.execute("COMMIT")

    def rows(query: str) -> list[dict[str, Any]]:
        found = source.execute(query)
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found]

    measured = _alternate(bench, _Written(rows, "?"), replay, range(1), size)
    source.close()
    raw.close()
    return _figure("full action, SQLite", measured, "1 connection", 0.40)


def _postgresql(server: str, folder: Path, size: tuple[int, int], *, threads: int, goal: float) -> Figure:
    bench = bench_world(server, folder, count=threads * (WARM + size[0]))
    url = bench.database.url
    bench.database.close()
    copy = servers.create_database(server, template=url)
    with psycopg.connect(url, autocommit=True) as source:
        lanes = [psycopg.connect(copy, autocommit=True) for _lane in range(threads)]
        source.execute("ANALYZE")
        lanes[0].execute("ANALYZE")
        commit = min(seconds(lambda: lanes[0].execute("SELECT txid_current()")) for _n in range(50))

        def replay(lane: int, written: Transaction) -> None:
            with lanes[lane].transaction():
                for statement, values in written:
                    lanes[lane].execute(statement, values, prepare=True)

        def rows(query: str) -> list[dict[str, Any]]:
            found = source.execute(query)
            names = [column.name for column in found.description or ()]
            return [dict(zip(names, row, strict=True)) for row in found]

        measured = _alternate(bench, _Written(rows, "%s"), replay, range(threads), size)
        for connection in lanes:
            connection.close()
    bench.database.close()
    how = f"{threads} thread{'s' if threads > 1 else ''}, commit {commit * 1e6:.0f} us"
    return _figure(f"full action, PostgreSQL, {threads}", measured, how, goal)


@dataclass(slots=True)
class _Written:
    """What the product has written, as statements of raw SQL."""

    rows: Callable[[str], list[dict[str, Any]]]
    mark: str

    def of(self, case: str, opened: int) -> list[Transaction]:
        """Return the transactions of a case's steps, in order: its entries behind the first `opened`."""
        found = self.rows(f"SELECT * FROM case_file WHERE number = '{case}'")[0]  # noqa: S608 - our own numbers
        where = f"case_id = '{found['id']}' AND seq > {opened}"
        entries = self.rows(f"SELECT * FROM case_entry WHERE {where} ORDER BY seq")  # noqa: S608 - as above
        return [self._step(found, entry) for entry in entries]

    def _step(self, case: dict[str, Any], entry: dict[str, Any]) -> Transaction:
        state = json.loads(entry["data"])["to"]
        columns = {"state": state, "state_since": entry["entered_at"], "cycle": 1, "version": entry["seq"]}
        columns |= {"facts_version": entry["seq"], "entry_seq": entry["seq"], "entry_head": entry["hash"]}
        moved = ", ".join(f"{name} = {self.mark}" for name in columns)
        update = f"UPDATE case_file SET {moved} WHERE id = {self.mark}"  # noqa: S608 - as above
        step = [(update, (*columns.values(), case["id"]))]
        step.append(self._insert("case_entry", entry))
        of_case = f"case_id = '{case['id']}'"
        for table, where in (
            ("payload", f"entry_id = '{entry['id']}'"),
            ("obligation", f"{of_case} AND started_at = '{entry['entered_at']}'"),
        ):
            found = self.rows(f"SELECT * FROM {table} WHERE {where}")  # noqa: S608 - as above
            step += [self._insert(table, _as_new(row)) for row in found]
        ended = f"{of_case} AND cancelled_at = '{entry['entered_at']}'"
        for row in self.rows(f"SELECT id, cancelled_at FROM obligation WHERE {ended}"):  # noqa: S608 - as above
            statement = f"UPDATE obligation SET cancelled_at = {self.mark}, next_at = NULL WHERE id = {self.mark}"  # noqa: S608 - as above
            step.append((statement, (row["cancelled_at"], row["id"])))
        return step

    def _insert(self, table: str, row: dict[str, Any]) -> Statement:
        marks = ", ".join([self.mark] * len(row))
        return f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", tuple(row.values())  # noqa: S608 - as above


def _as_new(row: dict[str, Any]) -> dict[str, Any]:
    """Return an obligation as it was before the next step ended it: it stood in the index of what is due."""
    return row | {"cancelled_at": None, "next_at": row["due_at"]} if row.get("cancelled_at") else row


@dataclass(slots=True)
class _Measured:
    """Seconds both took for the same number of steps."""

    product: float = 0.0
    floor: float = 0.0
    steps: int = 0


def _alternate(
    bench: Bench,
    written: _Written,
    replay: Callable[[int, Transaction], None],
    lanes: range,
    size: tuple[int, int],
) -> _Measured:
    """Run block after block of both; `size` says how many, and the steps of one."""
    blocks, block_steps = size
    measured = _Measured()
    with ThreadPoolExecutor(len(lanes)) as pool:

        def product(case: int) -> None:
            for _n in range(block_steps):
                bench.step(case)

        def raw(lane: int, transactions: list[Transaction]) -> None:
            for transaction in transactions:
                replay(lane, transaction)

        for block in range(WARM + blocks):
            cases = range(block * len(lanes), (block + 1) * len(lanes))
            took = seconds(lambda cases=cases: list(pool.map(product, cases)))  # type: ignore[misc]  # bound now
            told = [written.of(bench.cases[case], bench.opened) for case in cases]
            floor = seconds(lambda told=told: list(pool.map(raw, lanes, told)))  # type: ignore[misc]  # bound now
            if block >= WARM:
                measured.product += took
                measured.floor += floor
                measured.steps += block_steps * len(lanes)
    return measured


def _figure(name: str, measured: _Measured, how: str, goal: float) -> Figure:
    rate, floor = measured.steps / measured.product, measured.steps / measured.floor
    note = f"{rate:.0f} a second beside {floor:.0f} of raw SQL writing the same rows, {how}"
    return Figure(name, round(rate / floor, 3), "ratio", goal, note)
