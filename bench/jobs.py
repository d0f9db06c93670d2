"""Jobs end to end beside bare dramatiq: how soon one begins when nobody is busy, how many a second when all are."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import dramatiq
import redis
from dramatiq import Message

from bench.databases import empty_database
from bench.figures import Figure
from caseflow import crypto
from caseflow.settings import Settings
from caseflow.store import jobs, wake
from caseflow.store.jobs import QUEUES, Job, NewJob
from caseflow.store.session import Database
from tests import servers
from tests.processes import CASEFLOW, fleet, workers_of
from workers.broker import build
from workers.embedded import Embedded
from workers.runtime import Rendered, Runtime, real_now

KIND, BARE, MARKS = "bench.mark", "bench.bare", "bench:marks"
"""A kind of job, a bare message, and where each notes when it began: bench.job_worker."""
SINGLE, QUICK_SINGLE = 100, 5
MANY, QUICK_MANY = 3000, 100
ROUNDS, QUICK_ROUNDS = 3, 1
THREADS = 8
PAUSE = 0.13
"""Between single jobs: longer than an idle worker waits between two looks."""
PATIENCE = 120.0
SOON = 100.0
"""Milliseconds."""
SHARE = 0.1
"""docs/decisions/0017"""


@dataclass(slots=True)
class Bench:
    """A scaled installation of its own with one relay and one worker process."""

    database: Database
    broker: dramatiq.Broker
    client: redis.Redis
    told: int = 0

    def jobs(self, names: list[str]) -> float:
        """Commit jobs; return when that was done."""
        with self.database.write() as session:
            at = real_now()
            new = [NewJob(kind=KIND, key=name, payload={}, run_at=at) for name in names]
            jobs.enqueue_all(session, new, at=at)
        return time.time()

    def bare(self, names: list[str]) -> float:
        """Send messages; return when that was done."""
        for name in names:
            self.broker.enqueue(Message(queue_name=QUEUES[0], actor_name=BARE, args=(name,), kwargs={}, options={}))
        return time.time()

    def begun(self, count: int) -> list[float]:
        """Wait for so many more to begin; return when each did."""
        self.told += count
        end = time.monotonic() + PATIENCE
        while self.client.llen(MARKS) < self.told:
            if time.monotonic() > end:
                raise TimeoutError(count)
            time.sleep(0.002)
        return [float(line.split()[1]) for line in self.client.lrange(MARKS, self.told - count, -1)]

    def soon(self, send: Callable[[list[str]], float], count: int, prefix: str) -> float:
        """Return the median of milliseconds until a single one begins."""
        took = []
        for n in range(count):
            time.sleep(PAUSE)
            sent = send([f"{prefix}{n}"])
            took.append(self.begun(1)[0] - sent)
        return median(took) * 1000

    def rate(self, send: Callable[[list[str]], float], count: int, prefix: str) -> float:
        """Return how many a second, from before they are sent until the last has begun."""
        began = time.time()
        send([f"{prefix}{n}" for n in range(count)])
        return count / (max(self.begun(count)) - began)


def figures(*, quick: bool) -> Iterator[Figure]:
    """Yield the latency of both ways to run, and the throughput of the scaled one."""
    single, many, rounds = (QUICK_SINGLE, QUICK_MANY, QUICK_ROUNDS) if quick else (SINGLE, MANY, ROUNDS)
    with TemporaryDirectory() as folder:
        soon = _embedded(Path(folder), single)
    yield Figure("job begins, embedded", round(soon, 1), "ms", SOON, "median, after the commit, SQLite", at_most=True)
    with ExitStack() as stack:
        bench = _scaled(stack)
        bench.soon(bench.jobs, 5, "warm")
        bench.soon(bench.bare, 5, "warm")
        ours, theirs = bench.soon(bench.jobs, single, "single"), bench.soon(bench.bare, single, "bare")
        note = f"median, after the commit, PostgreSQL and Redis; a bare message {theirs:.0f} ms"
        yield Figure("job begins, scaled", round(ours, 1), "ms", SOON, note, at_most=True)
        rates = [
            (bench.rate(bench.jobs, many, f"{n}many"), bench.rate(bench.bare, many, f"{n}bare")) for n in range(rounds)
        ]
        ours, theirs = median(rate for rate, _bare in rates), median(bare for _rate, bare in rates)
        note = f"{ours:.0f} jobs a second beside {theirs:.0f} bare messages, one process of {THREADS} threads"
        yield Figure("jobs end to end", round(ours / theirs, 3), "of bare dramatiq", SHARE, note)


def _embedded(folder: Path, count: int) -> float:
    begun: list[float] = []

    def mark(_runtime: Runtime, _job: Job) -> None:
        begun.append(time.time())

    settings = Settings(data_dir=folder, database_url=empty_database(None, folder))
    database = Database(settings.database_url, crypto.load_or_create(settings.secret_key_file), settings, {})
    workers = Embedded(Runtime(database=database, render=_nothing, channels={}), {KIND: mark})
    workers.start()
    took = []
    for n in range(count):
        time.sleep(PAUSE)
        with database.write() as session:
            jobs.enqueue(session, kind=KIND, key=f"{n}", payload={}, run_at=real_now(), at=real_now())
        sent = time.time()
        while len(begun) <= n:
            time.sleep(0.001)
        took.append(begun[n] - sent)
    workers.stop()
    database.close()
    return median(took) * 1000


def _nothing(kind: str, _facts: object) -> Rendered:
    raise LookupError(kind)


def _scaled(stack: ExitStack) -> Bench:
    folder = Path(stack.enter_context(TemporaryDirectory()))
    server, redis_url = stack.enter_context(servers.postgres_server()), stack.enter_context(servers.redis_server())
    url = empty_database(server, folder)
    stack.callback(servers.drop_database, server, url)
    settings = Settings(data_dir=folder, database_url=url, redis_url=redis_url)
    database = Database(url, crypto.load_or_create(settings.secret_key_file), settings, {})
    stack.callback(database.close)
    database.wake = waker = wake.notifier(url)
    database.closing = waker.stop
    commands = {"relay": [CASEFLOW, "relay"], "workers": workers_of("bench.job_worker", threads=THREADS)}
    running = stack.enter_context(fleet(settings, commands))
    end = time.monotonic() + PATIENCE
    while len(running.ready()) < len(commands):
        if time.monotonic() > end:
            raise TimeoutError("".join(map(running.log, commands)))
        time.sleep(0.05)
    client = stack.enter_context(redis.Redis.from_url(redis_url))
    return Bench(database, build(redis_url), client)
