"""Processes of a scaled installation: `dramatiq workers`, relay and schedule, each put together from the settings."""

import sys
from threading import Event, Thread

import dramatiq

from caseflow import collector, settings
from caseflow.actions import installation
from caseflow.errors import CaseflowError, ServiceUnavailable, _
from caseflow.logs import configure_logging
from caseflow.settings import Settings
from caseflow.store import wake
from workers import actors, relay, runtime, schedule
from workers.broker import build
from workers.relay import Relay
from workers.runtime import Clock, Runtime

SERVICE_MISSING = 3
"""Exit code where something needed is not there."""


def open_runtime(given: Settings, clock: Clock | None = None) -> Runtime:
    """Open the installation the settings name, for a process that stays; raises as `installation.open_database`."""
    database = installation.open_database(given, lasting=True)
    if clock is None and given.demo_clock:
        clock = runtime.told(given.demo_clock)
    return runtime.of(database, installation.renderer(given).render, clock)


def boot() -> None:
    """Give dramatiq its broker; called when its own command imports this package."""
    configure_logging(sys.stderr)
    try:
        given = settings.load()
        opened = open_runtime(given)
        broker = build(_redis(given), give_back=lambda held: actors.give_back(opened, held))
    except CaseflowError as problem:
        runtime.log.critical("%s", problem)
        raise SystemExit(SERVICE_MISSING) from problem
    actors.declare(broker, opened)
    dramatiq.set_broker(broker)
    collector.spare_loaded()


def run_relay(opened: Runtime, stopped: Event) -> None:
    """Relay jobs to the workers behind Redis until stopped."""
    collector.spare_loaded()
    given = opened.database.settings
    running = Relay(opened, build(_redis(given)), stopped=stopped)
    Thread(target=_end, args=(running,), name="end", daemon=True).start()
    if not given.is_sqlite:
        arguments = (given.database_direct_url, running.woken.set, stopped)
        Thread(target=wake.listen, args=arguments, name="listen", daemon=True).start()
    relay.run(running)


def _end(running: Relay) -> None:
    """Wake the relay when it is told to stop, however long it meant to sleep."""
    running.stopped.wait()
    relay.stop(running)


def run_schedule(opened: Runtime, stopped: Event) -> None:
    """Enqueue recurring jobs until stopped."""
    collector.spare_loaded()
    schedule.run(opened, stopped)


def _redis(given: Settings) -> str:
    if given.redis_url is None:
        hint = _("CASEFLOW_REDIS_URL belum diatur; tanpa itu pekerja berjalan di dalam caseflow serve.")
        raise ServiceUnavailable(service="redis", hint=hint)
    return given.redis_url
