"""A step, the first page of a caseworker and a case's page in a database of a million cases, beside ten thousand."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import cycle
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from fastapi import FastAPI
from starlette.types import Message

from bench import filler
from bench.figures import Figure
from bench.world import Bench, bench_world
from caseflow import crypto, edge
from caseflow.actions.installation import open_database
from caseflow.actions.letters import letters_root
from caseflow.app import create_app
from caseflow.edge import BusinessClock, Edge
from caseflow.letters.child import Renderer
from caseflow.settings import Settings
from caseflow.store import users
from tests import servers
from workers import runtime
from workers.runtime import Clock

SMALL, LARGE, HUGE = 10_000, 1_000_000, 10_000_000
QUICK = (200, 2_000)
CASES = 40
"""Open cases of the caseworker, made by the product."""
WORKER = "rina"
PAGE_MS = 30
GOAL = 0.9
SECRET = "sandi yang panjang"  # noqa: S105 - of a made-up person


@dataclass(slots=True)
class _Place:
    """A database with many cases of others, and the product at work in it."""

    cases: int
    bench: Bench
    app: FastAPI
    cookie: str
    took: dict[str, list[float]]
    """Seconds of each kind of thing measured."""

    def measure(self, runner: asyncio.Runner, lane: int) -> None:
        """Take a step and open two pages."""
        self._keep("step", self._step, lane)
        self._keep("my work", lambda _lane: runner.run(self._get("/")), lane)
        self._keep("case page", lambda lane: runner.run(self._get(f"/kasus/{self.bench.cases[lane]}")), lane)

    def _keep(self, name: str, what: Callable[[int], float], lane: int) -> None:
        self.took.setdefault(name, []).append(what(lane))

    def _step(self, lane: int) -> float:
        start = perf_counter()
        self.bench.step(lane)
        return perf_counter() - start

    async def _get(self, path: str) -> float:
        """Return the seconds from a request to the end of its answer, inside the process."""
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Message) -> None:
            sent.append(message)

        headers = [(b"host", b"127.0.0.1"), (b"cookie", f"caseflow={self.cookie}".encode())]
        scope: dict[str, Any] = {"type": "http", "http_version": "1.1", "method": "GET", "scheme": "http", "path": path}
        scope |= {"raw_path": path.encode(), "root_path": "", "query_string": b"", "headers": headers}
        scope |= {"asgi": {"version": "3.0"}, "server": ("127.0.0.1", 80), "client": ("127.0.0.1", 1)}
        start = perf_counter()
        await self.app(scope, receive, send)
        took = perf_counter() - start
        if sent[0]["status"] != 200:
            raise ValueError(f"{path}: {sent[0]['status']}")
        return took


def figures(*, quick: bool, huge: bool = False) -> Iterator[Figure]:
    """Yield how much of its speed each thing keeps, and what a page takes where there are most cases."""
    counts = QUICK if quick else (SMALL, HUGE if huge else LARGE)
    rounds, warm = (2, 1) if quick else (400, CASES // 2)
    with servers.postgres_server() as server, TemporaryDirectory() as folder, asyncio.Runner() as runner:
        small, large = _places(server, Path(folder), counts)
        for lane, _round in zip(cycle(range(CASES)), range(rounds + warm), strict=False):
            if _round == warm:
                small.took.clear()
                large.took.clear()
            small.measure(runner, lane)
            large.measure(runner, lane)
        for place in (small, large):
            place.bench.database.close()
            servers.drop_database(server, place.bench.database.url)
    for name, took in large.took.items():
        few, many = median(small.took[name]), median(took)
        note = f"{many * 1000:.1f} ms with {large.cases:,} cases beside {few * 1000:.1f} ms with {small.cases:,}"
        yield Figure(f"growth, {name}", round(few / many, 3), "ratio", GOAL, f"{note}, medians of {rounds}")
    for name in ("my work", "case page"):
        took = sorted(large.took[name])
        note = f"{large.cases:,} cases; 95 of 100 within {took[len(took) * 95 // 100] * 1000:.1f} ms"
        value = round(median(took) * 1000, 1)
        yield Figure(f"growth, {name}, server time", value, "ms", PAGE_MS, note, at_most=True)


def _places(server: str, folder: Path, counts: tuple[int, int]) -> list[_Place]:
    bench = bench_world(server, folder, count=CASES)
    url = bench.database.url
    bench.step(0)
    bench.step(0)
    with bench.database.write() as session:
        users.set_password(session, bench.by.user_id, crypto.hash_password(SECRET))
    bench.database.close()
    urls = [servers.create_database(server, template=url) for _count in counts]
    found = []
    for count, copy in zip(counts, urls, strict=True):
        filler.fill(copy, bench.cases[0], "budi", count)
        found.append(_place(replace(bench, at=list(bench.at), turn=list(bench.turn)), copy, folder, count))
    return found


def _place(bench: Bench, url: str, folder: Path, count: int) -> _Place:
    settings = Settings(data_dir=folder, database_url=url, demo=True)
    bench.database = open_database(settings)
    clock = BusinessClock()
    renderer = Renderer(letters_root())
    app = create_app(settings, clock=clock, runtime=runtime.of(bench.database, renderer.render, Clock(clock.now)))
    return _Place(count, bench, app, edge.log_in(Edge(bench.database, clock), WORKER, SECRET), {})
