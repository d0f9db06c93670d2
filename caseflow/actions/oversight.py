"""What an auditor watches: steps taken, acts refused, closed files read, in the area; and the state of categories."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import orjson

from caseflow import access
from caseflow.access import Viewer
from caseflow.actions.admin import require_admin
from caseflow.errors import Forbidden, _
from caseflow.states.category import Text
from caseflow.store import oversight as rows
from caseflow.store import users
from caseflow.store.session import Session
from caseflow.store.types import Row

OVERSEERS = ("auditor",)
SMALL = 5
"""Fewer open cases of a closed category than this are not counted out: a number could point at somebody."""
WEEK = timedelta(days=7)
Query = Callable[..., list[Row[Any]]]


@dataclass(frozen=True, slots=True)
class Noted:
    """An entry as an auditor reads it: ids, codes and days. A closed file has its number only."""

    id: str
    code: str
    number: str | None
    """The case; None where there was none."""
    closed_file: bool
    visible: bool
    """The auditor may open the case."""
    actor: str
    entered_at: datetime
    event_date: date | None
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Week:
    """How much there was in seven days."""

    steps: int
    refusals: int
    readings: int


def require_overseer(by: Viewer) -> tuple[str, ...]:
    """Return the areas in which the person oversees the log; `Forbidden` where there are none."""
    areas = by.areas(*OVERSEERS)
    if not areas:
        raise Forbidden(action=_("membaca jejak audit"), allowed=access.names_of(OVERSEERS))
    return areas


def steps(session: Session, *, by: Viewer, limit: int, before: str = "") -> tuple[Noted, ...]:
    """Return the steps taken in the auditor's areas, newest first, from the one before the entry `before`."""
    return _noted(session, rows.steps, by, before, limit)


def refusals(session: Session, *, by: Viewer, limit: int, before: str = "") -> tuple[Noted, ...]:
    """Return what was refused, to whom; an address that leads nowhere counts too."""
    return _noted(session, rows.refusals, by, before, limit)


def readings(session: Session, *, by: Viewer, limit: int, before: str = "") -> tuple[Noted, ...]:
    """Return who read closed files (R3): that they were read is for the auditor, what is in them is not."""
    return _noted(session, rows.readings, by, before, limit)


def week(session: Session, *, by: Viewer, at: datetime) -> Week:
    """Count the last seven days."""
    return Week(*rows.counts(session, require_overseer(by), since=at - WEEK))


def _noted(session: Session, query: Query, by: Viewer, before: str, limit: int) -> tuple[Noted, ...]:
    found = query(session, require_overseer(by), by, before=before, limit=limit)
    people = users.names(session, {row.actor for row in found})
    return tuple(
        Noted(
            id=row.id,
            code=row.code,
            number=row.number,
            closed_file=row.confidentiality == "R3",
            visible=bool(row.visible) and row.number is not None,
            actor=people.get(row.actor, "caseflow"),
            entered_at=row.entered_at,
            event_date=getattr(row, "event_date", None),
            data=orjson.loads(row.data),
        )
        for row in found
    )


# --- categories ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CategoryState:
    """A category of the installation: which version new cases follow, and how many open cases follow which."""

    code: str
    name: Text
    confidentiality: str
    digest: str
    current: int | None
    """Open cases on the present version; None: few, of a closed category."""
    older: int | None
    """Open cases that stay on an earlier version; None: few, of a closed category."""

    @property
    def in_use(self) -> bool:
        """Tell whether there is a number to show."""
        return bool(self.current or self.older)


def categories(session: Session, *, by: Viewer) -> tuple[CategoryState, ...]:
    """Return the categories in use or on offer, by name, with counts of the areas the person administers."""
    require_admin(by)
    counted: dict[str, dict[str, int]] = {}
    for row in rows.open_by_definition(session, by):
        counted.setdefault(row.category, {})[row.definition_digest] = row.n
    found = []
    for code, category in session.categories.items():
        by_digest = counted.get(code, {})
        current = by_digest.get(category.digest, 0)
        older = sum(by_digest.values()) - current
        least = SMALL if category.confidentiality == "R3" else 0
        found.append(
            CategoryState(
                code,
                category.name,
                category.confidentiality,
                category.digest,
                None if current < least else current,
                None if older < least else older,
            )
        )
    return tuple(sorted(found, key=lambda state: state.name.id))
