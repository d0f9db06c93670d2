"""Ladders: how a thing that is due is told and climbs, per kind of obligation, as one literal table. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Literal

from caseflow.states.deadlines import Calendar, add_working_days, civil_date, is_working_day

RECIPIENT = "recipient"
"""Audience of a rung: whomever the obligation is addressed to (its assignee, unless the category says otherwise)."""
ASKER, ABOVE = "asker", "above"
"""Audiences of a question of the audit desk: who asked, and who may close it beside them."""

Phase = Literal["new", "before", "due", "late"]

_MORNING = time(7)
_EVENING = time(20)
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Rung:
    """One telling: `offset` from the start or the due date, to whom.

    In working days it falls on the morning of that day; in hours at that very minute, night and holiday or not.
    """

    anchor: Literal["start", "due"]
    offset: int
    unit: Literal["hours", "working_days"]
    audience: tuple[str, ...]
    phase: Phase


def _before(days: int) -> Rung:
    return Rung("due", -days, "working_days", (RECIPIENT,), "before")


def _due_to(*audience: str) -> Rung:
    return Rung("due", 0, "working_days", audience, "due")


def _late(days: int, *audience: str) -> Rung:
    return Rung("due", days, "working_days", audience, "late")


LADDERS: dict[str, tuple[Rung, ...]] = {
    "state_deadline": (_before(2), _due_to(RECIPIENT), _late(1, "supervisor"), _late(5, "head")),
    "visit": (_before(2), _due_to(RECIPIENT), _late(2, "supervisor"), _late(7, "head")),
    "referral_answer": (_before(3), _due_to(RECIPIENT), _late(2, "supervisor"), _late(10, "head")),
    "answer_confirmation": (_due_to(RECIPIENT), _late(1, "supervisor"), _late(5, "head")),
    "letter_initial": (_due_to(RECIPIENT), _late(2, "supervisor"), _late(5, "head")),
    "audit_question": (_before(1), _due_to(RECIPIENT), _late(1, ASKER), _late(5, ABOVE)),
    "transfer": (_due_to(RECIPIENT), _late(1, "head"), _late(3, ASKER)),
    "review": (_due_to(RECIPIENT), _late(1, "head")),
    "placement_review": (_before(10), _due_to(RECIPIENT), _late(2, "supervisor"), _late(10, "head")),
    "hold_end": (_before(3), _due_to(RECIPIENT), _late(1, "supervisor"), _late(5, "head")),
    "emergency_debt": (
        Rung("start", 0, "hours", ("supervisor",), "new"),
        Rung("start", 48, "hours", (RECIPIENT,), "before"),
        Rung("due", 0, "hours", ("supervisor", "head"), "late"),
    ),
}
"""Kind -> its rungs, earliest first; a rung's number is its place, from 1."""

RUNNING: tuple[Rung, ...] = (
    Rung("due", -8, "hours", (RECIPIENT,), "before"),
    Rung("due", 0, "hours", (RECIPIENT, "supervisor"), "late"),
    Rung("due", 24, "hours", ("head",), "late"),
)
"""For a deadline that a category counts in running hours."""


NEVER_PAUSED = ("emergency_debt", "hold_end")
"""Kinds that a hold leaves alone, beside what is counted in running hours."""


def is_running(kind: str, span: str) -> bool:
    """Tell whether the clock never stops for it: no hold pauses it, no quiet hours delay it. `span` as parse_span."""
    return kind == "emergency_debt" or span.endswith("h")


def pauses(kind: str, span: str) -> bool:
    """Tell whether a hold of the case stops it."""
    return kind not in NEVER_PAUSED and not is_running(kind, span)


def ladder_of(kind: str, span: str) -> tuple[Rung, ...]:
    """Return the rungs of a kind; an unknown kind climbs like the deadline of a state."""
    if is_running(kind, span) and kind != "emergency_debt":
        return RUNNING
    return LADDERS.get(kind, LADDERS["state_deadline"])


def instants(rungs: tuple[Rung, ...], *, start: datetime, due: datetime, calendar: Calendar) -> tuple[datetime, ...]:
    """Return when each rung falls, in UTC, never earlier than the rung below it."""
    found: list[datetime] = []
    for rung in rungs:
        instant = _instant(rung, start if rung.anchor == "start" else due, calendar)
        found.append(max(instant, *found[-1:]) if found else instant)
    return tuple(found)


def first_rung(rungs: tuple[Rung, ...], falls: tuple[datetime, ...], *, at: datetime) -> int:
    """Return the rung a new obligation stands on: reminders that would lie before it began are never told."""
    stands = 0
    for rung, instant in zip(rungs, falls, strict=True):
        if rung.phase not in {"before", "due"} or instant > at:
            break
        stands += 1
    return stands


def _instant(rung: Rung, anchor: datetime, calendar: Calendar) -> datetime:
    if rung.unit == "hours":
        return anchor + timedelta(hours=rung.offset)
    day = civil_date(anchor, calendar)
    if rung.offset > 0:
        day = add_working_days(day, rung.offset, calendar)
    else:
        # A date that falls on a day off is told on the last working morning before it, never after.
        left = -rung.offset
        while left > 0 or not is_working_day(day, calendar):
            day -= _ONE_DAY
            left -= is_working_day(day, calendar)
    return datetime.combine(day, _MORNING, calendar.zone).astimezone(UTC)


def quiet(at: datetime, calendar: Calendar) -> bool:
    """Tell whether people are left in peace: nights (20.00-07.00) and days off, where the office is."""
    local = at.astimezone(calendar.zone)
    return not is_working_day(local.date(), calendar) or not _MORNING <= local.time() < _EVENING
