"""Recurring jobs: the time of firing is part of the key, so any number of schedulers makes each job once."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Event

from cronsim import CronSim

from caseflow.store import jobs
from caseflow.store.session import Session
from workers.runtime import Runtime, log

LONGEST_REST = 30.0
BROKEN_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Recurring:
    """A kind of job and when it fires, in UTC business time. Of firings that were missed only the last counts."""

    kind: str
    cron: str
    queue: str = "now"


RECURRING = (
    Recurring("obligation.sweep", "*/5 * * * *"),
    Recurring("job.prune", "17 19 * * *", "bulk"),
    Recurring("log.sequence", "* * * * *"),
    Recurring("log.checkpoint", "5 17 * * *", "bulk"),  # five past midnight in western Indonesia
)


def last_fire(recurring: Recurring, at: datetime) -> datetime:
    """Return when it fired last, up to and including `at`."""
    return next(CronSim(recurring.cron, at.astimezone(UTC) + timedelta(seconds=1), reverse=True))


def next_fire(recurring: Recurring, at: datetime) -> datetime:
    """Return when it fires next, after `at`."""
    return next(CronSim(recurring.cron, at.astimezone(UTC)))


def tick(session: Session, *, at: datetime) -> int:
    """Enqueue what has fired and is not there yet; return how many are new."""
    return sum(_enqueue(session, recurring, last_fire(recurring, at), at=at) for recurring in RECURRING)


def _enqueue(session: Session, recurring: Recurring, fire: datetime, *, at: datetime) -> bool:
    key = f"{recurring.kind}@{fire:%Y-%m-%dT%H:%MZ}"
    return jobs.enqueue(session, kind=recurring.kind, key=key, payload={}, run_at=fire, at=at, queue=recurring.queue)


def run(runtime: Runtime, stopped: Event) -> None:
    """Enqueue recurring jobs until stopped."""
    while not stopped.is_set():
        at = runtime.clock.business()
        try:
            with runtime.database.write() as session:
                tick(session, at=at)
        except Exception:  # noqa: BLE001 - the database is away: what was missed fires once when it is back
            log.warning("the scheduler could not work; it tries again", exc_info=True)
            stopped.wait(BROKEN_SECONDS)
            continue
        rest = min((next_fire(recurring, at) - runtime.clock.business()).total_seconds() for recurring in RECURRING)
        stopped.wait(min(max(rest, 0.05), LONGEST_REST))
