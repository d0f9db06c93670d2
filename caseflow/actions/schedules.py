"""Recurring jobs: what fires when, what becomes of firings that were missed, and an administrator's changes to it.

The time of firing is part of a job's key, and one scheduler moves the row on: any number of them makes each job once.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice, takewhile
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from cronsim import CronSim, CronSimError

from caseflow.access import Viewer
from caseflow.actions.admin import require_installation
from caseflow.errors import InvalidInput, _
from caseflow.store import jobs, log, offices, schedules
from caseflow.store.jobs import NewJob
from caseflow.store.schedules import MISSED, Schedule
from caseflow.store.session import Session

QUEUES = {
    "backup.make": "bulk",
    "digest.daily": "now",
    "digest.weekly": "now",
    "job.prune": "bulk",
    "log.checkpoint": "bulk",
    "log.sequence": "now",
    "obligation.sweep": "now",
    "psks.due": "bulk",
    "report.due": "bulk",
}
"""The recurring kinds this version knows -> where their jobs wait. Schedules of other kinds are left alone."""
JAKARTA = "Asia/Jakarta"
"""The clock of the jobs of a day before there is an office; each begins by the clock of the first office."""
DEFAULTS = (
    Schedule("backup.make", "30 1 * * *", JAKARTA, "latest", enabled=False),
    # Every hour: each office is asked for by the clock on its own wall.
    Schedule("digest.daily", "0 * * * *", "UTC", "latest"),
    Schedule("digest.weekly", "0 * * * *", "UTC", "latest"),
    Schedule("job.prune", "17 2 * * *", JAKARTA, "latest"),
    Schedule("log.checkpoint", "5 0 * * *", JAKARTA, "latest"),
    Schedule("log.sequence", "* * * * *", "UTC", "latest"),
    Schedule("obligation.sweep", "*/5 * * * *", "UTC", "latest"),
    Schedule("psks.due", "40 5 * * *", JAKARTA, "latest"),
    Schedule("report.due", "30 5 * * *", JAKARTA, "latest"),
)
"""What a new installation begins with; from then on the table counts."""
MOST = 1000
"""Firings made up for at once under `all`: the newest; those before them are gone."""
LATE = timedelta(minutes=5)
"""Under `skip`, a firing this long ago was missed."""
AHEAD = timedelta(days=1)
"""A last firing so far in the future came from a wrong clock, not from another machine's: it counts for nothing."""
FIELDS = (
    (_("bagian menit"), "0-59"),
    (_("bagian jam"), "0-23"),
    (_("bagian tanggal"), "1-31"),
    (_("bagian bulan"), "1-12"),
    (_("bagian hari"), "0-7"),
)
"""The parts of a cron line, and from what to what each goes."""
_LONGEST = 120


@dataclass(frozen=True, slots=True)
class ChangeSchedule:
    """What an administrator changes about a recurring job; what is None stays."""

    kind: str
    cron: str | None = None
    zone: str | None = None
    missed: str | None = None
    enabled: bool | None = None


# --- firing -----------------------------------------------------------------------------------------------------------


def rest(session: Session, *, at: datetime) -> timedelta:
    """Return how long nothing fires; zero or less when `tick` has something to do."""
    known = _known(session)
    if len(known) < len(DEFAULTS) or any(_fired(one, at) for one in known):
        return timedelta(0)
    return min((next_fire(one, at) - at for one in known if one.enabled), default=timedelta.max)


def tick(session: Session, *, at: datetime) -> int:
    """Enqueue what has fired and nobody enqueued yet; return how many jobs are new."""
    schedules.add_new(session, defaults(session))
    new: list[NewJob] = []
    for one in _known(session):
        fires = _fired(one, at)
        if fires and schedules.move_on(session, one, fires[-1]):
            new += [_job(one.kind, fire) for fire in fires]
    return jobs.enqueue_all(session, new, at=at)


def defaults(session: Session) -> tuple[Schedule, ...]:
    """Return what begins by itself, the jobs of a day by the clock of the first office."""
    zone = offices.first_zone(session)
    return tuple(replace(one, zone=zone.key) if zone and one.zone == JAKARTA else one for one in DEFAULTS)


def last_fire(one: Schedule, at: datetime) -> datetime:
    """Return when it fired last, up to and including `at`."""
    return next(_backwards(one, at))


def next_fire(one: Schedule, at: datetime) -> datetime:
    """Return when it fires next, after `at`."""
    return next(CronSim(one.cron, at.astimezone(ZoneInfo(one.zone)))).astimezone(UTC)


def _known(session: Session) -> list[Schedule]:
    return [one for one in schedules.every(session) if one.kind in QUEUES]


def _fired(one: Schedule, at: datetime) -> list[datetime]:
    """Return the firings to make jobs of, oldest first."""
    if not one.enabled:
        return []
    last = one.last_fired
    if last is None or last > at + AHEAD:
        fires = [last_fire(one, at)]
    else:
        most = MOST if one.missed == "all" else 1
        fires = list(islice(takewhile(lambda fire: fire > last, _backwards(one, at)), most))[::-1]
    if one.missed == "skip":
        return [fire for fire in fires if at - fire <= LATE]
    return fires


def _backwards(one: Schedule, at: datetime) -> Iterator[datetime]:
    start = at.astimezone(ZoneInfo(one.zone)) + timedelta(seconds=1)
    return (fire.astimezone(UTC) for fire in CronSim(one.cron, start, reverse=True) if fire <= at)


def _job(kind: str, fire: datetime) -> NewJob:
    moment = f"{fire:%Y-%m-%dT%H:%MZ}"
    return NewJob(kind=kind, key=f"{kind}@{moment}", payload={"fired": moment}, run_at=fire, queue=QUEUES[kind])


# --- the administrator's side -----------------------------------------------------------------------------------------


def listing(session: Session, *, by: Viewer, at: datetime) -> list[dict[str, Any]]:
    """Return every schedule with its next firing, None where it is off or this version does not know the kind.

    With its last one, None where it has not fired since it was changed.
    """
    require_installation(session, by)
    there = {one.kind: one for one in (*defaults(session), *schedules.every(session))}
    return [
        {
            **asdict(one),
            "last_fired": one.last_fired if _has_fired(one) else None,
            "next": next_fire(one, at) if one.enabled and kind in QUEUES else None,
        }
        for kind, one in sorted(there.items())
    ]


def _has_fired(one: Schedule) -> bool:
    """Tell a firing from the moment of a change, from which on firings count."""
    return one.last_fired is not None and last_fire(one, one.last_fired) == one.last_fired


def change(session: Session, command: ChangeSchedule, *, by: Viewer, at: datetime) -> None:
    """Change when a recurring job fires; from now on, nothing before is made up for. Raises `InvalidInput`."""
    require_installation(session, by)
    values = {name: value for name, value in asdict(command).items() if name != "kind" and value is not None}
    _check(values)
    schedules.add_new(session, defaults(session))
    known = sorted(one.kind for one in schedules.every(session))
    if command.kind not in known:
        raise InvalidInput({"kind": _("tidak dikenal; yang ada: {known}", known=", ".join(known))})
    schedules.change(session, command.kind, {**values, "last_fired": at})
    data = {"kind": command.kind, **values}
    log.note_access(session, "job:schedule:changed", actor=by.user_id, at=at, data=data)


def _check(values: dict[str, Any]) -> None:
    problems: dict[str, str] = {}
    if not values:
        problems["schedule"] = _("tidak ada yang diubah")
    if "cron" in values and (problem := _cron_problem(values["cron"])):
        problems["cron"] = problem
    if "zone" in values and values["zone"] not in available_timezones():
        problems["zone"] = _("zona waktu tidak dikenal; tulis misalnya Asia/Makassar")
    if "missed" in values and values["missed"] not in MISSED:
        problems["missed"] = _("harus salah satu dari {choices}", choices=", ".join(MISSED))
    if problems:
        raise InvalidInput(problems)


def _cron_problem(text: str) -> str | None:
    parts = text.split()
    if len(text) > _LONGEST or len(parts) != len(FIELDS):
        return _("harus lima bagian: menit jam tanggal bulan hari, misalnya */5 * * * *")
    for place, (name, limits) in enumerate(FIELDS):
        alone = [part if place == other else "*" for other, part in enumerate(parts)]
        if not _fires(" ".join(alone)):
            return _(
                '{name} "{part}" tidak dapat dipakai; batasnya {limits}', name=name, part=parts[place], limits=limits
            )
    return None if _fires(text) else _("tanggal itu tidak pernah tiba")


def _fires(text: str) -> bool:
    try:
        next(CronSim(text, datetime(2026, 1, 1, tzinfo=UTC)))
    except (CronSimError, StopIteration):
        return False
    return True
