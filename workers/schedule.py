"""The scheduler: enqueues what has fired, and sleeps until something fires next. Any number may run."""

from threading import Event

from caseflow.actions import schedules
from workers.runtime import Runtime, log

tick = schedules.tick

LONGEST_REST = 30.0
"""An administrator may have changed the table meanwhile."""
SHORTEST_REST = 0.05
BROKEN_SECONDS = 2.0


def run(runtime: Runtime, stopped: Event) -> None:
    """Enqueue recurring jobs until stopped."""
    while not stopped.is_set():
        try:
            pause = pump(runtime)
        except Exception:  # noqa: BLE001 - the database is away: what is missed meanwhile follows its own policy
            log.warning("the scheduler could not work; it tries again", exc_info=True)
            pause = BROKEN_SECONDS
        stopped.wait(pause)


def pump(runtime: Runtime) -> float:
    """Look once, and write only where something has fired; return the seconds until the next look is worth it."""
    at = runtime.clock.business()
    with runtime.database.read() as session:
        pause = schedules.rest(session, at=at).total_seconds()
    if pause <= 0:
        with runtime.database.write() as session:
            schedules.tick(session, at=at)
            pause = schedules.rest(session, at=at).total_seconds()
    return min(max(pause, SHORTEST_REST), LONGEST_REST)
