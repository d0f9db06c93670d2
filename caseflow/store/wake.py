"""Waking relays of other processes: NOTIFY outside the transaction, coalesced, and LISTEN. PostgreSQL only."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event, Thread

import psycopg

from caseflow.store import presence

CHANNEL = "caseflow_jobs"
_LISTEN = f"LISTEN {CHANNEL}"
_NOTIFY = f"NOTIFY {CHANNEL}"
_THERE = "SELECT 1"
_PAUSE = 1.0
_LOOK_UP = 0.5
"""How often a listener looks whether it is to stop, in seconds."""
_ASK = 5.0
"""How long a connection that says who is at work may have been gone unnoticed, in seconds."""

_log = logging.getLogger(__name__)


def notify(url: str) -> None:
    """Wake all relays once: for a process that ends after its commit, such as a command."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(_NOTIFY)


@dataclass(frozen=True, slots=True)
class Notifier:
    """Wakes all relays when it is called after a commit that added jobs: many calls in a moment become one NOTIFY."""

    called: Event = field(default_factory=Event)
    stopped: Event = field(default_factory=Event)

    def __call__(self) -> None:
        self.called.set()

    def stop(self) -> None:
        """End the connection: this process is no longer at work."""
        self.stopped.set()
        self.called.set()


def notifier(url: str, *, ask: float = _ASK) -> Notifier:
    """Return what to call after each commit that added jobs, until it is stopped.

    The connection it keeps says that this process is at work. At rest it is asked every `ask` seconds whether it is
    still there, and made anew where the server dropped it.
    """
    made = Notifier()
    Thread(target=_notify_until_stopped, args=(url, made, ask), name="notify", daemon=True).start()
    return made


def _notify_until_stopped(url: str, made: Notifier, ask: float) -> None:
    while not made.stopped.is_set():
        try:
            with presence.connect(url) as connection:
                while not made.stopped.is_set():
                    told = made.called.wait(ask)
                    made.called.clear()
                    connection.execute(_NOTIFY if told else _THERE)
        except psycopg.Error as problem:
            if made.stopped.is_set():
                return
            _log.warning("relays cannot be woken (%s); they look by themselves meanwhile", type(problem).__name__)
            made.called.set()  # whatever was to be told then is told once it can be
            made.stopped.wait(_PAUSE)


def listen(url: str, on_wake: Callable[[], None], stopped: Event) -> None:
    """Call `on_wake` for each wake-up until stopped; `url` must not lead through a transaction pooler."""
    while not stopped.is_set():
        try:
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute(_LISTEN)
                on_wake()  # for whatever came while nobody listened
                while not stopped.is_set():
                    for _notification in connection.notifies(timeout=_LOOK_UP, stop_after=1):
                        on_wake()
        except psycopg.Error as problem:
            _log.warning("wake-ups cannot be heard (%s); the relay looks by itself meanwhile", type(problem).__name__)
            stopped.wait(_PAUSE)
