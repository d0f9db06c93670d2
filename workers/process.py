"""Processes of a scaled installation: `dramatiq workers`, relay and schedule, each put together from the settings."""

from threading import Event, Thread

import dramatiq

from caseflow import crypto, settings
from caseflow.definitions import catalogue as definitions
from caseflow.errors import CaseflowError, ServiceUnavailable, _
from caseflow.letters import catalogue as letters
from caseflow.letters.child import Renderer
from caseflow.paths import categories_root, templates_root
from caseflow.settings import Settings
from caseflow.store import wake
from caseflow.store.session import Database
from workers import actors, relay, runtime, schedule
from workers.broker import build
from workers.relay import Relay
from workers.runtime import Clock, Runtime

SERVICE_MISSING = 3
"""Exit code where something needed is not there."""


def open_runtime(given: Settings, clock: Clock | None = None) -> Runtime:
    """Open what the settings name: keys, categories, letters, database (a commit with jobs wakes the relays)."""
    templates = templates_root() / "letters"
    kinds = letters.load(templates, given.templates_dir)
    categories = definitions.load(categories_root(), given.categories_dir, letters=set(kinds))
    keys = crypto.load_or_create(given.secret_key_file)
    database = Database(given.database_url, keys, given, categories)
    if not given.is_sqlite:
        database.wake = wake.notifier(given.database_direct_url)
    renderer = Renderer(
        templates,
        given.templates_dir,
        seconds=given.letter_wall_seconds,
        memory=given.letter_memory_mb << 20,
    )
    return runtime.of(database, renderer.render, clock)


def boot() -> None:
    """Give dramatiq its broker; called when its own command imports this package."""
    try:
        given = settings.load()
        opened = open_runtime(given)
        broker = build(_redis(given), give_back=lambda held: actors.give_back(opened, held))
    except CaseflowError as problem:
        runtime.log.critical("%s", problem)
        raise SystemExit(SERVICE_MISSING) from problem
    actors.declare(broker, opened)
    dramatiq.set_broker(broker)


def run_relay(opened: Runtime, stopped: Event) -> None:
    """Relay jobs to the workers behind Redis until stopped."""
    given = opened.database.settings
    running = Relay(opened, build(_redis(given)), stopped=stopped)
    if not given.is_sqlite:
        arguments = (given.database_direct_url, running.woken.set, stopped)
        Thread(target=wake.listen, args=arguments, name="listen", daemon=True).start()
    relay.run(running)


def run_schedule(opened: Runtime, stopped: Event) -> None:
    """Enqueue recurring jobs until stopped."""
    schedule.run(opened, stopped)


def _redis(given: Settings) -> str:
    if given.redis_url is None:
        hint = _("CASEFLOW_REDIS_URL belum diatur; tanpa itu pekerja berjalan di dalam caseflow serve.")
        raise ServiceUnavailable(service="redis", hint=hint)
    return given.redis_url
