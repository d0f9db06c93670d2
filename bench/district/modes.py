"""The two ways to run: one process with SQLite, or processes behind PostgreSQL and Redis; both work in the background.

What recurs is enqueued by whoever moves the clock, at the same moments in both.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path

import psycopg
from sqlalchemy import and_, or_, select

from bench.district.clock import SimulatedClock
from bench.district.memory import Peak, watched
from bench.district.simulation import Settle
from caseflow import collector
from caseflow.actions import installation
from caseflow.edge import Edge
from caseflow.settings import Settings
from caseflow.store import migrate
from caseflow.store.session import Database
from caseflow.store.tables import job
from workers import runtime, schedule
from workers.embedded import Embedded

PATIENCE = 600
"""Seconds after which something that is waited for is wrong."""
PAUSE = 0.01
STOP_SECONDS = 60
TIDY = 30
"""So many looks of the scheduler lie between two rounds of tidying up."""
ADDRESS = "https://kasus.dinsos.example"
ROOT = Path(__file__).parents[2]
PROGRAMS = Path(sys.executable).parent
PROCESSES = {
    "relay": (str(PROGRAMS / "caseflow"), "relay"),
    "workers": (str(PROGRAMS / "dramatiq"), "workers", "-p", "1", "-t", "4", "-Q", "now", "bulk"),
    "letters": (str(PROGRAMS / "dramatiq"), "workers", "-p", "1", "-t", "2", "-Q", "letters"),
}
"""Name -> command of what runs beside the process that acts."""
TOLD = ("data_dir", "database_url", "redis_url", "public_url", "demo", "demo_clock")
"""Settings that the processes share."""


@dataclass(frozen=True, slots=True)
class Mode:
    """A running installation: its edge, how to wait for its workers, how much memory it took."""

    edge: Edge
    settle: Settle
    peak: Peak


@contextmanager
def embedded(folder: Path) -> Iterator[Mode]:
    """Yield one process with SQLite and its workers as threads."""
    settings = Settings(data_dir=folder, public_url=ADDRESS, demo=True)
    with ExitStack() as stack:
        renderer = stack.enter_context(installation.renderer(settings))
        edge = _opened(settings, SimulatedClock(), stack)
        clock = runtime.Clock(business=edge.clock.now)
        workers = Embedded(runtime.of(edge.database, renderer.render, clock), scheduled=False)
        workers.start()
        stack.callback(workers.stop)
        yield Mode(edge, workers.drain, stack.enter_context(watched()))


def _opened(settings: Settings, clock: SimulatedClock, stack: ExitStack) -> Edge:
    migrate.upgrade(settings.database_url)
    database = installation.open_database(settings, lasting=True)
    stack.callback(database.close)
    collector.spare_loaded()
    return Edge(database, clock)


@contextmanager
def scaled(folder: Path, *, database_url: str, redis_url: str) -> Iterator[Mode]:
    """Yield a process that acts, with relay and workers as processes that read the time it says."""
    clock = SimulatedClock(told=folder / "clock")
    clock.move_to(clock.moment)
    settings = Settings(
        data_dir=folder,
        database_url=database_url,
        redis_url=redis_url,
        public_url=ADDRESS,
        demo=True,
        demo_clock=clock.told,
    )
    with ExitStack() as stack:
        edge = _opened(settings, clock, stack)
        running = [stack.enter_context(_process(name, settings)) for name in PROCESSES]
        yield Mode(edge, _settle(edge, running), stack.enter_context(watched()))


@contextmanager
def _process(name: str, settings: Settings) -> Iterator["subprocess.Popen[bytes]"]:
    shared = {f"CASEFLOW_{key}".upper(): str(getattr(settings, key)) for key in TOLD}
    environment = {**os.environ, **shared, "PYTHONPATH": str(ROOT)}
    with (settings.data_dir / f"{name}.log").open("wb") as output:
        process = subprocess.Popen(
            PROCESSES[name], cwd=ROOT, env=environment, stdout=output, stderr=output, start_new_session=True
        )
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _settle(edge: Edge, running: Sequence["subprocess.Popen[bytes]"]) -> Settle:
    looks = count(1)

    def settle() -> None:
        end = time.monotonic() + PATIENCE
        if next(looks) % TIDY == 0:
            _tidy(edge.database.url)
        with edge.database.write() as session:
            schedule.tick(session, at=edge.clock.now())
        while _busy(edge.database, edge.clock.now()):
            ended = [process.args for process in running if process.poll() is not None]
            if ended or time.monotonic() > end:
                raise RuntimeError(ended or "jobs that nobody does")
            time.sleep(PAUSE)

    return settle


def _tidy(url: str) -> None:
    """Do what a server does by itself where autovacuum is on: on the servers of tests it is off."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def _busy(database: Database, due: datetime) -> bool:
    """Tell whether a job is at work or could be: by one statement, between two of which a relay might take it."""
    at_work, ready = job.c.state.in_(("leased", "running")), and_(job.c.state == "ready", job.c.run_at <= due)
    with database.read() as session:
        return session.execute(select(job.c.id).where(or_(at_work, ready)).limit(1)).first() is not None
