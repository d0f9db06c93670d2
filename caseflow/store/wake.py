"""Waking relays of other processes: NOTIFY outside the transaction, coalesced, and LISTEN. PostgreSQL only."""

import logging
from collections.abc import Callable
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


def notifier(url: str, *, ask: float = _ASK) -> Callable[[], None]:
    """Return what to call after each commit that added jobs: many calls in a moment become one NOTIFY.

    The connection it keeps says that this process is at work. At rest it is asked every `ask` seconds whether it is
    still there, and made anew where the server dropped it.
    """
    called = Event()
    Thread(target=_notify_for_ever, args=(url, called, ask), name="notify", daemon=True).start()
    return called.set


def _notify_for_ever(url: str, called: Event, ask: float) -> None:
    while True:
        try:
            with presence.connect(url) as connection:
                while True:
                    told = called.wait(ask)
                    called.clear()
                    connection.execute(_NOTIFY if told else _THERE)
        except psycopg.Error as problem:
            _log.warning("relays cannot be woken (%s); they look by themselves meanwhile", type(problem).__name__)
            called.set()  # whatever was to be told then is told once it can be
            Event().wait(_PAUSE)


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
