"""Many steps at once beside the same steps one by one: what sharing reading, writing and the transaction gains."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.figures import Figure, seconds
from bench.world import Bench, bench_world
from caseflow import edge as edges
from caseflow.actions import many
from tests import servers

COUNT, QUICK = 1000, 15
BLOCKS, QUICK_BLOCKS = 4, 2
GOAL = 3.0


def figures(*, quick: bool) -> Iterator[Figure]:
    """Yield the ratio on both databases."""
    count = QUICK if quick else COUNT
    with servers.postgres_server() as server, TemporaryDirectory() as folder:
        yield _figure("PostgreSQL", server, Path(folder), count, quick=quick)
    with TemporaryDirectory() as folder:
        yield _figure("SQLite", None, Path(folder), count, quick=quick)


def _figure(name: str, server: str | None, folder: Path, count: int, *, quick: bool) -> Figure:
    bench = bench_world(server, folder, count=count)
    together = alone = 0.0
    for block in range(QUICK_BLOCKS if quick else BLOCKS):
        took = seconds(lambda: _one_by_one(bench))
        many_took = seconds(lambda: _at_once(bench))
        if block:  # the first is for plans and caches
            alone, together = alone + took, together + many_took
    bench.database.close()
    blocks = (QUICK_BLOCKS if quick else BLOCKS) - 1
    note = f"{count * blocks / together:.0f} a second beside {count * blocks / alone:.0f} one by one, {count} rows"
    return Figure(f"advance_many, {name}", round(alone / together, 2), "ratio", GOAL, note)


def _one_by_one(bench: Bench) -> None:
    for lane in range(len(bench.cases)):
        bench.step(lane)


def _at_once(bench: Bench) -> None:
    """Take the next step in every lane, by the chunks of the edge."""
    commands = [bench.command(lane) for lane in range(len(bench.cases))]
    at = max(bench.at) + timedelta(minutes=1)
    bench.at[:] = [at] * len(bench.at)
    for start in range(0, len(commands), edges.CHUNK):
        with bench.database.write() as session:
            _all_done(many.advance_many(session, commands[start : start + edges.CHUNK], by=bench.by, at=at))


def _all_done(found: list[many.Outcome]) -> None:
    if wrong := [outcome.problem for outcome in found if outcome.problem]:
        raise wrong[0]
