"""What tests of workers are put together from: a runtime with clocks that stand still until told, and waiting."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from threading import Event, Thread
from typing import Any

from caseflow.channels import record
from caseflow.channels.protocol import Channel, Message
from caseflow.store import jobs
from caseflow.store.jobs import Lease
from caseflow.store.session import Database
from tests import factories
from workers.runtime import Clock, Runtime

SECONDS = 60


@dataclass
class Clocks:
    """Both clocks, set by hand."""

    business: datetime = factories.MONDAY
    real: datetime = field(default_factory=lambda: datetime(2030, 1, 1, tzinfo=UTC))

    def pass_by(self, **span: float) -> None:
        """Let the same time go by on both."""
        self.business += timedelta(**span)
        self.real += timedelta(**span)


@dataclass(frozen=True)
class Made:
    """A letter of these tests."""

    pdf: bytes

    @property
    def sha256(self) -> str:
        return sha256(self.pdf).hexdigest()


def made(kind: str, _facts: Any) -> Made:  # noqa: ANN401 - frozen facts of any kind
    return Made(kind.encode())


def runtime(database: Database, clocks: Clocks | None = None, channels: Mapping[str, Channel] | None = None) -> Runtime:
    """Return a runtime whose clocks are set by hand, or the machine's."""
    clock = Clock(real=lambda: clocks.real, business=lambda: clocks.business) if clocks else Clock()
    return Runtime(database=database, render=made, channels=channels or kept([]), clock=clock)


def kept(messages: list[Message]) -> dict[str, Channel]:
    return {record.NAME: record.in_memory(messages)}


def add(
    database: Database, *keys: str, kind: str = "test.kind", queue: str = "now", at: datetime = factories.MONDAY
) -> None:
    with database.write() as session:
        new = [jobs.NewJob(kind=kind, key=key, payload={"key": key}, run_at=at, queue=queue) for key in keys]
        jobs.enqueue_all(session, new, at=at)


def lease(database: Database, clocks: Clocks, limit: int = 1) -> list[Lease]:
    with database.write() as session:
        return jobs.lease(session, now_real=clocks.real, due=clocks.business, limit=limit, seconds=30)


def all_jobs(database: Database) -> dict[str, Any]:
    """Return key -> row of every job."""
    with database.read() as session:
        return {row.key: row for row in jobs.listing(session, states=jobs.STATES, limit=100_000)}


@contextmanager
def beside(run: Callable[..., object], *given: object, until: Event) -> Iterator[None]:
    """Let something run in a thread of its own; the end of the block sets `until` and waits for it."""
    thread = Thread(target=run, args=given)
    thread.start()
    try:
        yield
    finally:
        until.set()
        thread.join()


def wait_until(what: Callable[[], object], seconds: float = SECONDS) -> None:
    """Wait for another thread or process to have done something; fail when it never does."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, f"waited {seconds} s in vain"
        time.sleep(0.01)
