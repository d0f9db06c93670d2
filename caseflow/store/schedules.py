"""When recurring jobs fire: one row a kind, which any number of schedulers moves on, one of them each time."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update

from caseflow.store.bulk import insert_all_new
from caseflow.store.hot import Hot
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


_SEEN = [schedule.c[each.name] for each in fields(Schedule)]
_SAME = [column.is_not_distinct_from(bindparam(f"seen_{column.name}", type_=column.type)) for column in _SEEN]
_EVERY = Hot(select(*_SEEN).order_by(schedule.c.kind))
_MOVE_ON = Hot(update(schedule).where(*_SAME).values(last_fired=bindparam("to_fired")))


def every(session: Session) -> list[Schedule]:
    """Return all schedules, by kind."""
    return [Schedule(*row) for row in session.all(_EVERY, {})]


def add_new(session: Session, wanted: Iterable[Schedule]) -> int:
    """Add schedules of kinds that have none; return how many."""
    return insert_all_new(session, schedule, [asdict(one) for one in wanted], ("kind",))


def move_on(session: Session, seen: Schedule, to: datetime) -> bool:
    """Note the last firing of a schedule; False when it is no longer as it was seen: somebody else was quicker."""
    as_seen = {f"seen_{name}": value for name, value in asdict(seen).items()}
    return session.run(_MOVE_ON, {"to_fired": to, **as_seen}) == 1


def change(session: Session, kind: str, values: Mapping[str, Any]) -> None:
    """Change columns of a schedule."""
    session.execute(update(schedule).where(schedule.c.kind == kind).values(**values))
