"""A district-year, embedded and scaled: how long it takes, how much it needs, and that both come to the same."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bench.district import modes, result, simulation
from bench.district.modes import Mode
from bench.district.result import Result
from bench.district.simulation import FULL, MINIATURE, Told, Wanted
from bench.figures import Figure
from tests import servers

MINUTES, MEGABYTES = 20, 500


def figures(*, quick: bool) -> Iterator[Figure]:
    """Yield the figures of both; `quick` is a miniature, embedded only."""
    wanted = MINIATURE if quick else FULL
    with TemporaryDirectory() as folder, modes.embedded(Path(folder)) as mode:
        found, minutes = _lived(mode, wanted, "embedded")
        yield from _told("embedded", found, minutes, mode, wanted, goals=not quick)
    if quick:
        return
    with servers.postgres_server() as server, servers.redis_server() as redis, TemporaryDirectory() as folder:
        url = servers.create_database(server)
        with modes.scaled(Path(folder), database_url=url, redis_url=redis) as mode:
            other, minutes = _lived(mode, wanted, "scaled")
            yield from _told("scaled", other, minutes, mode, wanted, goals=False)
        servers.drop_database(server, url)
    yield _compared(found, other)


def _lived(mode: Mode, wanted: Wanted, name: str) -> tuple[Result, float]:
    began = perf_counter()
    with _progress(name, wanted) as told:
        year = simulation.live(mode.edge, wanted, mode.settle, told)
    minutes = (perf_counter() - began) / 60
    return result.read(mode.edge, year), minutes


def _told(name: str, found: Result, minutes: float, mode: Mode, wanted: Wanted, *, goals: bool) -> Iterator[Figure]:
    counts = ", ".join(f"{n} {what}" for what, n in found.counts.items())
    counts = f"{wanted.days} days of business time: {counts}; {len(found.scenarios)} scenarios"
    yield Figure(f"year, {name}", round(minutes, 2), "minutes", MINUTES if goals else None, counts, at_most=True)
    peak = round(mode.peak.resident / 1e6)
    note = "resident, this process and those it started, without the database server"
    yield Figure(f"year, {name}, memory", peak, "MB", MEGABYTES if goals else None, note, at_most=True)
    days = ", ".join(f"{state} {n}" for state, n in found.days_in_state.items())
    note = f"the database at the end; median days in state: {days}"
    yield Figure(f"year, {name}, size", round(found.bytes_stored / 1e6, 1), "MB", None, note)
    entries = found.counts["entries of cases"] + found.counts["entries of access"]
    note = f"{entries} entries with their rows and the tree, no fault"
    yield Figure(f"year, {name}, audit verify", round(found.verify_seconds, 1), "s", None, note)


def _compared(one: Result, other: Result) -> Figure:
    """Yield how many cases came to another scenario: path, cycle, state, letters by kind, reminders by rung."""
    apart = one.scenarios - other.scenarios
    first = f"; first: {next(iter(apart))}" if apart else ""
    note = f"of {sum(one.scenarios.values())} in {len(one.scenarios)} scenarios{first}"
    return Figure("year, cases that differ", sum(apart.values()), "cases", 0, note, at_most=True)


@contextmanager
def _progress(name: str, wanted: Wanted) -> Iterator[Told]:
    """Yield what hears of each day: a bar on a terminal, a line a month elsewhere."""
    console = Console(stderr=True)
    if not console.is_terminal:
        began = perf_counter()

        def line(day: date, cases: int) -> None:
            if day.day == 1:
                print(f"{name}: {day}, {cases} cases, {perf_counter() - began:.0f} s", file=sys.stderr, flush=True)

        yield line
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(f"year, {name}", total=wanted.days)
        yield lambda _day, _cases: bar.advance(task)
