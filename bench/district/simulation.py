"""The queue of events: whoever is next acts at their moment, and the recurring jobs run at theirs."""

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from bench.district import world
from bench.district.life import Life, Office, Script
from bench.district.paths import PATHS
from caseflow.cli.demo_world import ZONE
from caseflow.edge import Edge
from caseflow.states.deadlines import is_working_day
from caseflow.store import offices

FIRST_DAY = date(2026, 1, 1)
MORNING = 7
"""At which hour every letter of the day before is waited for, too: the reminders of the day have fallen due."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """How large a year: cases, days, and of how many villages (None: all of the kabupaten)."""

    cases: int
    days: int = 365
    villages: int | None = None
    seed: int = 6310
    looks: tuple[int, ...] = (MORNING, 13, 20)
    """Hours of the day at which the scheduler looks what has fired since: of five-minute jobs only the last counts."""


FULL = Wanted(5000)
MINIATURE = Wanted(6, days=14, villages=3, looks=(MORNING,))


@dataclass(frozen=True, slots=True)
class Year:
    """What was lived: number -> path of every case, and how often each action was done."""

    paths: dict[str, str]
    acts: dict[str, int]


Settle = Callable[[], object]
"""Enqueue what has fired, and wait until everything that is due at this moment has been done."""
Told = Callable[[date, int], None]
"""Hears of each day that begins, with how many cases there are."""


def live(edge: Edge, wanted: Wanted, settle: Settle, told: Told = lambda _day, _cases: None) -> Year:
    """Fill an empty installation and live a year in it; return number -> path of every case."""
    begin = datetime.combine(FIRST_DAY, time(0, 30), ZoneInfo(ZONE))
    end = begin + timedelta(days=wanted.days)
    edge.clock.move_to(begin)
    place = world.fill(edge, villages=wanted.villages)
    with edge.database.read() as session:
        office = Office(edge, place, offices.calendar(session, place.office))
    lives = list(_lives(office, wanted))
    running: dict[int, Script[None]] = {}
    due = [(at, life.n) for life, at in lives]
    due.append((_hour(begin, wanted.looks[0]), -1))
    heapq.heapify(due)
    while due and due[0][0] < end:
        at, n = heapq.heappop(due)
        edge.clock.move_to(at)
        if n < 0:
            _look(edge, settle, office, told)
            heapq.heappush(due, (_next_look(at, wanted.looks), -1))
            continue
        life = lives[n][0]
        script = running.setdefault(n, PATHS_BY_NAME[life.path](life))
        try:
            heapq.heappush(due, (max(next(script), at), n))
        except StopIteration:
            del running[n]
        except Exception as problem:
            problem.add_note(f"case {n} {lives[n][0].number}, {lives[n][0].category.code}, {lives[n][0].path}, {at}")
            raise
    edge.clock.move_to(end)
    _look(edge, settle, office, told)
    return Year({life.number: life.path for life, _at in lives if life.number}, dict(office.acts))


PATHS_BY_NAME = {path.__name__: path for path in PATHS}


def _lives(office: Office, wanted: Wanted) -> Iterator[tuple[Life, datetime]]:
    """Yield each case with the moment at which it is opened; the first few take every path and category once."""
    drawn = Random(wanted.seed)
    categories = sorted(office.edge.database.categories.items())
    names, weights = list(PATHS_BY_NAME), list(PATHS.values())
    for n in range(wanted.cases):
        path = names[n] if n < len(names) else drawn.choices(names, weights)[0]
        _code, category = categories[n] if n < len(categories) else drawn.choice(categories)
        life = Life(office, n, path, category, drawn.choice(office.world.villages), Random(f"{wanted.seed}.{n}"))
        yield life, _opening(office, drawn, 10 if n < len(names) else wanted.days)


def _opening(office: Office, drawn: Random, days: int) -> datetime:
    """Return a moment of a working day of the year; of its first days, where the whole path is to be seen."""
    while True:
        day = FIRST_DAY + timedelta(days=drawn.randrange(days))
        if is_working_day(day, office.calendar):
            minute = drawn.randrange(8 * 60, 15 * 60)
            return datetime.combine(day, time(minute // 60, minute % 60), office.calendar.zone)


# --- the recurring jobs ----------------------------------------------------------------------------------------------


def _hour(at: datetime, hour: int) -> datetime:
    return at.replace(hour=hour, minute=0, second=0, microsecond=0)


def _next_look(at: datetime, looks: tuple[int, ...]) -> datetime:
    later = [hour for hour in looks if hour > at.hour]
    return _hour(at, later[0]) if later else _hour(at + timedelta(days=1), looks[0])


def _look(edge: Edge, settle: Settle, office: Office, told: Told) -> None:
    """Let what has fired run, with everything else that is due."""
    settle()
    at = edge.clock.now()
    if at.hour == MORNING:
        told(at.date(), len(office.numbers))
