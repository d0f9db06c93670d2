"""What is due: starting, ending, holding and moving obligations, and the sweep that tells what has come due."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from caseflow.access import SYSTEM_USER
from caseflow.actions import inbox
from caseflow.actions.inbox import Notice
from caseflow.actions.looking_up import Run
from caseflow.ids import new_key
from caseflow.states import ladder
from caseflow.states.deadlines import (
    Calendar,
    Span,
    civil_date,
    due_at,
    end_of_day,
    is_working_day,
    next_working_morning,
    parse_span,
    working_days_between,
)
from caseflow.store import cases, offices
from caseflow.store import obligations as rows
from caseflow.store.cases import CaseRow
from caseflow.store.obligations import ObligationRow
from caseflow.store.session import Session

FIXED = "date"
"""The span of an obligation that has a date of its own instead of a span."""

LONGEST_BASIS = 200
"""What the column takes of a reason; an office may write more in its category."""

_UNITS = {"hours": "h", "days": "d", "working_days": "wd"}
_HIGHER = {"supervisor": ("supervisor", "head"), "head": ("head",)}
_log = logging.getLogger(__name__)


def start(  # noqa: PLR0913 - an obligation is that many facts
    session: Session,
    *,
    case: CaseRow,
    kind: str,
    span: Span | None,
    cause_key: str,
    at: datetime,
    calendar: Calendar,
    recipient: str = "assignee",
    basis: str = "",
    ref_id: str | None = None,
    since: datetime | None = None,
    due_on: date | None = None,
) -> None:
    """Start an obligation due `span` after `since` (else `at`), or at the end of `due_on`, unless its cause has one.

    A rung that is to be told at once is told in this transaction.
    """
    begins = since or at
    if due_on is not None:
        text, due = FIXED, end_of_day(due_on, calendar)
    elif span is not None:
        text, due = f"{span.amount}{_UNITS[span.unit]}", due_at(begins, span, calendar)
    else:
        raise ValueError("an obligation needs a span or a date")
    rungs = ladder.ladder_of(kind, text)
    falls = ladder.instants(rungs, start=begins, due=due, calendar=calendar)
    stands = ladder.first_rung(rungs, falls, at=at)
    obligation_id = new_key(at)
    values = {
        "id": obligation_id,
        "case_id": case.id,
        "kind": kind,
        "cause_key": cause_key,
        "ref_id": ref_id,
        "basis": str(basis)[:LONGEST_BASIS],
        "span": text,
        "recipient": recipient,
        "started_at": begins,
        "counted_from": begins,
        "counted_span": None if text == FIXED else text,
        "due_at": due,
        "rung": stands,
        "next_at": falls[stands] if stands < len(rungs) else None,
    }
    rows.add(session, values)
    if stands < len(rungs) and rungs[stands].phase == "new" and (row := rows.by_id(session, obligation_id)):
        _climb(session, [row], at=at)


# --- ending, holding, moving ----------------------------------------------------------------------------------------


def satisfy(session: Session, *, cause_key: str, at: datetime) -> None:
    """End what was done, by its cause."""
    rows.end_cause(session, cause_key, satisfied=True, at=at)


def cancel(session: Session, *, cause_key: str, at: datetime) -> None:
    """End what fell away, by its cause."""
    rows.end_cause(session, cause_key, satisfied=False, at=at)


def end_kinds(
    session: Session, case_id: str, kinds: Sequence[str] = (), *, at: datetime, satisfied: bool = False
) -> None:
    """End obligations of a case: those kinds, or all."""
    rows.end_case(session, case_id, kinds, satisfied=satisfied, at=at)


def revive(
    session: Session,
    case_id: str,
    *,
    ended_at: datetime,
    wanted: Callable[[ObligationRow], bool],
    at: datetime,
    calendar: Calendar,
    by: str = SYSTEM_USER,
) -> int:
    """Take back that obligations fell away at a moment, those that are still wanted; return how many run again."""
    found = [row for row in rows.fallen_away(session, case_id, at=ended_at) if wanted(row)]
    again = [
        {"id": row.id, "cancelled_at": None, "next_at": _next_at(row, row.rung, row.due_at, calendar)} for row in found
    ]
    rows.change(session, again)
    rows.note(
        session, [{"obligation_id": row.id, "what": "revived", "due_to": row.due_at} for row in found], by=by, at=at
    )
    resume(session, case_id, at=at, calendar=calendar, by=by)
    return len(found)


def pause(session: Session, case_id: str, *, at: datetime, by: str = SYSTEM_USER) -> int:
    """Stop the obligations of a case put on hold; what runs by the hour, and the end of the hold, go on."""
    stopped = [
        row
        for row in rows.live(session, case_id=case_id)
        if row.paused_at is None and ladder.pauses(row.kind, row.span)
    ]
    rows.change(session, [{"id": row.id, "paused_at": at, "next_at": None} for row in stopped])
    rows.note(
        session, [{"obligation_id": row.id, "what": "paused", "due_from": row.due_at} for row in stopped], by=by, at=at
    )
    return len(stopped)


def resume(session: Session, case_id: str, *, at: datetime, calendar: Calendar, by: str = SYSTEM_USER) -> int:
    """Let paused obligations run on: as much time is left as when they stopped, in the days they are counted in."""
    waiting = [row for row in rows.live(session, case_id=case_id) if row.paused_at is not None]
    moves = [_Move(row, *_resumed(row, at, calendar)) for row in waiting]
    return _move_all(session, moves, "resumed", calendar=calendar, by=by, at=at)


def move(
    session: Session, *, cause_key: str, due_on: date, at: datetime, calendar: Calendar, by: str = SYSTEM_USER
) -> bool:
    """Give an obligation another date. The rungs already told stay told; the next one follows the new date."""
    moves = [
        _Move(row, end_of_day(due_on, calendar), row.counted_from, None)
        for row in rows.live(session, cause_key=cause_key)
    ]
    return _move_all(session, moves, "moved", calendar=calendar, by=by, at=at) == 1


def recompute_days(session: Session, office_id: str, *, at: datetime, by: str) -> int:
    """Count every running deadline of an office again after its days changed; return how many due dates moved."""
    cases.lock_of_office(session, office_id)
    calendar = offices.calendar(session, office_id)
    moves = [
        _Move(row, _counted(row, calendar), row.counted_from, row.counted_span)
        for row in rows.live(session, office_id=office_id)
    ]
    return _move_all(session, moves, "recomputed", calendar=calendar, by=by, at=at)


def set_office_day(
    session: Session, office_id: str, day: date, *, works: bool, name: str, by: str, at: datetime
) -> int:
    """Record a day of the office's own and recompute what it moves; return how many due dates moved."""
    offices.set_day(session, office_id, day, works=works, name=name, by=by, at=at)
    return recompute_days(session, office_id, at=at, by=by)


@dataclass(frozen=True, slots=True)
class _Move:
    row: ObligationRow
    due: datetime
    counted_from: datetime
    counted_span: str | None


def _move_all(session: Session, moves: Sequence[_Move], what: str, *, calendar: Calendar, by: str, at: datetime) -> int:
    columns = ("due_at", "counted_from", "counted_span", "paused_at", "next_at")
    changed = []
    for m in moves:
        paused = m.row.paused_at if what != "resumed" else None
        after = {
            "id": m.row.id,
            "due_at": m.due,
            "counted_from": m.counted_from,
            "counted_span": m.counted_span,
            "paused_at": paused,
            "next_at": None if paused else _next_at(m.row, m.row.rung, m.due, calendar),
        }
        if any(getattr(m.row, column) != after[column] for column in columns):
            changed.append(after)
    rows.change(session, changed)
    moved = [m for m in moves if m.due != m.row.due_at or what == "resumed"]
    told = [{"obligation_id": m.row.id, "what": what, "due_from": m.row.due_at, "due_to": m.due} for m in moved]
    rows.note(session, told, by=by, at=at)
    return len(moved)


def _counted(row: ObligationRow, calendar: Calendar) -> datetime:
    if row.counted_span is None:
        unchanged: datetime = row.due_at
        return unchanged
    return due_at(row.counted_from, parse_span(row.counted_span), calendar)


def _resumed(row: ObligationRow, at: datetime, calendar: Calendar) -> tuple[datetime, datetime, str | None]:
    """Return the due date after a hold, and how it is counted from now on; what was late stays as late as it was."""
    stopped, ended = civil_date(row.paused_at, calendar), civil_date(row.due_at, calendar)
    day = civil_date(at, calendar)
    working = (row.counted_span or "").endswith("wd")
    left = working_days_between(stopped, ended, calendar) if working else (ended - stopped).days
    if left > 0:
        span = f"{left}{'wd' if working else 'd'}"
        return due_at(at, parse_span(span), calendar), at, span if row.counted_span else None
    while left < 0:
        left += is_working_day(day, calendar) or not working
        day -= timedelta(days=1)
    return end_of_day(day, calendar), at, None


def _next_at(row: ObligationRow, stands: int, due: datetime, calendar: Calendar) -> datetime | None:
    rungs = ladder.ladder_of(row.kind, row.span)
    falls = ladder.instants(rungs, start=row.started_at, due=due, calendar=calendar)
    return falls[stands] if stands < len(rungs) else None


# --- the sweep ------------------------------------------------------------------------------------------------------


def sweep(session: Session, *, at: datetime, limit: int = 500) -> int:
    """Tell the rungs that have come, of up to `limit` obligations; return how many were looked at.

    Any number of sweeps may run at once. After days without a sweep each person hears of the highest rung only; every
    rung climbed is recorded. Nights and days off are left in peace, except for what runs by the hour.
    """
    found = rows.due(session, at=at, limit=limit)
    _climb(session, found, at=at)
    return len(found)


@dataclass(slots=True)
class _Sweep(Run):
    teams: dict[str, frozenset[str]] = field(default_factory=dict)

    def deputies(self, user_id: str, on: date) -> tuple[str, ...]:
        key = ("", user_id, on)
        if key not in self.held:
            self.held[key] = rows.deputies(self.session, user_id, on)
        return self.held[key]


def _climb(session: Session, found: Sequence[ObligationRow], *, at: datetime) -> None:
    closed = [row.case_id for row in found if row.confidentiality == "R3"]
    now = _Sweep(session, at, teams=rows.teams(session, closed))
    stand: list[dict[str, Any]] = []
    events: list[dict[str, Any]] = []
    notices: list[Notice] = []
    for row in found:
        calendar = now.calendar(row.office_id)
        if ladder.quiet(at, calendar) and not ladder.is_running(row.kind, row.span):
            stand.append({"id": row.id, "rung": row.rung, "next_at": next_working_morning(at, calendar)})
            continue
        rungs = ladder.ladder_of(row.kind, row.span)
        falls = ladder.instants(rungs, start=row.started_at, due=row.due_at, calendar=calendar)
        reached = [number for number in range(row.rung + 1, len(rungs) + 1) if falls[number - 1] <= at]
        top = max(reached, default=row.rung)
        stand.append({"id": row.id, "rung": top, "next_at": falls[top] if top < len(rungs) else None})
        told: dict[str, int] = {}
        for number in reversed(reached):
            before = len(told)
            for user_id in _audience(now, row, rungs[number - 1].audience, civil_date(at, calendar)):
                told.setdefault(user_id, number)
            events.append({"obligation_id": row.id, "what": "climbed", "rung": number, "told": len(told) - before})
        if reached and not told:
            _log.warning("nobody to remind of obligation %s: no holder of a role for its area", row.id)
        notices += [_notice(row, number, rungs[number - 1].phase, user, at, calendar) for user, number in told.items()]
    rows.change(session, stand)
    rows.note(session, events, by=SYSTEM_USER, at=at)
    inbox.tell_all(session, notices, at=at)


def _audience(now: _Sweep, row: ObligationRow, audience: Sequence[str], on: date) -> list[str]:
    found: list[str] = []
    for who in audience:
        found += _people(now, row, row.recipient if who == ladder.RECIPIENT else who, on)
    return list(dict.fromkeys(found))


def _people(now: _Sweep, row: ObligationRow, who: str, on: date) -> tuple[str, ...]:
    """Return who that is today: a missing, deactivated or unfilled one is the next higher role."""
    if who == "assignee":
        if row.assignee_id and row.assignee_active:
            return now.deputies(row.assignee_id, on) or (row.assignee_id,)
        who = "supervisor"
    for role in _HIGHER.get(who, (who, *_HIGHER["supervisor"])):
        held = now.holders(role, row.area_code, on)
        # Of a closed file the named team hears first; a number tells others nothing, and silence would be worse.
        if found := tuple(u for u in held if u in now.teams.get(row.case_id, ())) or held:
            return found
    return ()


def _notice(
    row: ObligationRow, number: int, phase: ladder.Phase, user_id: str, at: datetime, calendar: Calendar
) -> Notice:
    day = civil_date(row.due_at, calendar)
    if phase != "new":
        phase = "late" if at >= row.due_at else "due" if day == civil_date(at, calendar) else "before"
    data = {"phase": phase, "number": row.number, "state": row.state, "due": day.isoformat()}
    if ladder.is_running(row.kind, row.span):
        data |= {"due_at": row.due_at.isoformat(), "zone": str(calendar.zone)}
    return Notice(
        user_id=user_id,
        kind=row.kind,
        cause_key=f"obligation:{row.id}:{number}",
        case_id=row.case_id,
        data=data,
        obligation_id=row.id,
        rung=number,
    )
