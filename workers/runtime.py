"""What a process that works needs: database, clocks, the renderer of letters, channels; and putting it together."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from caseflow.channels import registry
from caseflow.channels.protocol import Channel
from caseflow.store.session import Database

Effects = Callable[..., None]
"""What a handler leaves to be written: called with the session of the transaction that also ends the job."""

log = logging.getLogger("caseflow.workers")


class Rendered(Protocol):
    """A finished letter."""

    @property
    def pdf(self) -> bytes: ...
    @property
    def sha256(self) -> str: ...


Render = Callable[[str, Any], Rendered]
"""Kind and frozen facts of a letter -> the letter; raises LetterFailed. Slow, and safe to call from any thread."""


def real_now() -> datetime:
    """Return the machine's time."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Clock:
    """Two clocks: leases go by real time; what is due, and every date, by business time, which a demo makes."""

    real: Callable[[], datetime] = real_now
    business: Callable[[], datetime] = real_now


def told(path: Path) -> Clock:
    """Return clocks of which the business time is what a file says: a simulated demonstration moves it."""
    return Clock(business=lambda: datetime.fromisoformat(path.read_text(encoding="ascii")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """What handlers work with."""

    database: Database
    render: Render
    channels: Mapping[str, Channel]
    clock: Clock = Clock()
    lease_seconds: float = 30
    """How long a job stays taken without a sign of life; one that runs longer renews its lease."""


def of(database: Database, render: Render, clock: Clock | None = None) -> Runtime:
    """Return the runtime of a database, with the channels its settings ask for."""
    return Runtime(
        database=database,
        render=render,
        channels=registry.active(database.settings),
        clock=clock or Clock(),
        lease_seconds=database.settings.lease_seconds,
    )
