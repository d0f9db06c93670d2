"""When recurring jobs fire: one row a kind, which any number of schedulers moves on, one of them each time."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from caseflow.store.bulk import insert_all_new
from caseflow.store.session import Session
from caseflow.store.tables import schedule

MISSED = ("all", "latest", "skip")
"""What becomes of firings nobody was there for: each is made up for, only the last one, or none."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """A kind of job and when it fires: five fields of cron, by the clock of an IANA zone."""

    kind: str
    cron: str
    zone: str
    missed: str
    enabled: bool = True
    last_fired: datetime | None = None
    """Firings up to here are dealt with; a change of the schedule deals with all before it."""


def every(session: Session) -> list[Schedule]:
    """Return all schedules, by kind."""
    rows = session.execute(select(schedule).order_by(schedule.c.kind))
    return [Schedule(r.kind, r.cron, r.zone, r.missed, r.enabled, r.last_fired) for r in rows]


def add_new(session: Session, wanted: Iterable[Schedule]) -> int:
    """Add schedules of kinds that have none; return how many."""
    return insert_all_new(session, schedule, [asdict(one) for one in wanted], ("kind",))


def move_on(session: Session, seen: Schedule, to: datetime) -> bool:
    """Note the last firing of a schedule; False when it is no longer as it was seen: somebody else was quicker."""
    same = [schedule.c[name].is_not_distinct_from(value) for name, value in asdict(seen).items()]
    return session.execute(update(schedule).where(*same).values(last_fired=to)).rowcount == 1


def change(session: Session, kind: str, values: Mapping[str, Any]) -> None:
    """Change columns of a schedule."""
    session.execute(update(schedule).where(schedule.c.kind == kind).values(**values))
