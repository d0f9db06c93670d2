"""Where a case stands by its entries alone: a fold over what was logged, without the case's own row."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from caseflow.states.lifecycle import CLOSED, STEPS


@dataclass(frozen=True, slots=True)
class Happened:
    """One entry as the fold reads it: its code, when it was typed, and its data (ids, codes and dates only)."""

    code: str
    at: datetime
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the entries say about a case; the names are those of the case's columns."""

    state: str = ""
    state_since: datetime | None = None
    cycle: int = 1
    confidentiality: str = ""
    assignee_id: str | None = None
    held_until: date | None = None
    assessed: bool = False
    previous_state: str | None = None
    closing_step: str | None = None
    outcome: str | None = None
    closed_at: datetime | None = None
    visits_waived: bool = False
    emergency_since: datetime | None = None
    emergency_ratified: bool = False
    emergency_paid: bool = False


def fold(entries: Iterable[Happened]) -> Standing:
    """Return where a case stands after its entries, given oldest first."""
    standing = Standing()
    for entry in entries:
        standing = after(standing, entry)
    return standing


def after(standing: Standing, entry: Happened) -> Standing:
    """Return where a case stands after one more entry; what an entry does not change stays."""
    data = entry.data
    match entry.code:
        case "case:opened":
            return replace(
                standing,
                state=data["state"],
                state_since=entry.at,
                cycle=data["cycle"],
                confidentiality=data["confidentiality"],
                assignee_id=data.get("assignee"),
            )
        case "case:assigned":
            return replace(standing, assignee_id=data["assignee"])
        case "case:held" | "case:resumed":
            return replace(standing, held_until=date.fromisoformat(data["until"]) if "until" in data else None)
        case "case:person:changed" | "case:confidentiality:raised":
            return replace(standing, confidentiality=data.get("confidentiality", standing.confidentiality))
        case "case:visits:waived":
            return replace(standing, visits_waived=True)
        case "case:emergency:paid":
            return replace(standing, emergency_paid=True, assessed=True)
        case "case:step:taken":
            return _moved(standing, data["step"], data, entry.at)
        case _:
            return standing


def _moved(before: Standing, step: str, data: Mapping[str, Any], at: datetime) -> Standing:
    now = replace(before, state=data["to"], cycle=data["cycle"])
    if data["to"] != before.state:
        now = replace(now, state_since=at)
    if step == "complete_assessment":
        now = replace(now, assessed=True)
    if step == "emergency_intervention":
        now = replace(now, emergency_since=at, emergency_ratified=False, emergency_paid=False)
    if step == "ratify_emergency":
        now = replace(now, emergency_ratified=True)
    if step in STEPS and STEPS[step].during_hold:
        now = replace(now, held_until=None)
    if data["to"] == CLOSED:
        outcome = data.get("outcome") or data.get("reason_code") or "not_eligible"
        now = replace(now, previous_state=before.state, closing_step=step, outcome=outcome, closed_at=at)
    if before.state == CLOSED:
        now = replace(now, closing_step=None, outcome=None, closed_at=None)
    if data["cycle"] != before.cycle:
        now = replace(now, visits_waived=False, emergency_since=None, emergency_ratified=False, emergency_paid=False)
    return now
