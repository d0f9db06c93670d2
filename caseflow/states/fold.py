"""Where a case stands by its entries alone, and what hangs on it: folds over what was logged, without any row."""

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

    number: str | None = None
    """None for a case opened before its entry told it."""
    category: str = ""
    definition_digest: str = ""
    area_code: str = ""
    office_id: str | None = None
    """None for a case whose opening did not tell it, until it is accepted elsewhere."""
    issue: str | None = None
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


def after(standing: Standing, entry: Happened) -> Standing:  # noqa: C901, PLR0911 - one for each kind of entry
    """Return where a case stands after one more entry; what an entry does not change stays."""
    data = entry.data
    match entry.code:
        case "case:opened":
            return replace(
                standing,
                number=data.get("number"),
                category=data["category"],
                definition_digest=data["definition"],
                area_code=data["area"],
                office_id=data.get("office"),
                issue=data["issue"] or None,
                state=data["state"],
                state_since=entry.at,
                cycle=data["cycle"],
                confidentiality=data["confidentiality"],
                assignee_id=data.get("assignee"),
            )
        case "case:definition:migrated":
            issue = (data["issue"] or None) if "issue" in data else standing.issue
            return replace(standing, definition_digest=data["definition"], issue=issue)
        case "case:category:changed":
            new = {"category": data["category"], "definition_digest": data["definition"]}
            return replace(standing, **new, issue=data["issue"] or None)
        case "case:transfer:accepted":
            there = {"area_code": data["area"], "office_id": data.get("office")}  # an older one may have gone anywhere
            return replace(standing, **there, assignee_id=data["assignee"])
        case "case:assigned":
            return replace(standing, assignee_id=data["assignee"])
        case "case:held" | "case:resumed":
            return replace(standing, held_until=date.fromisoformat(data["until"]) if "until" in data else None)
        case "case:person:changed" | "case:confidentiality:raised" | "case:confidentiality:lowered":
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


# --- what hangs on a case --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Thing:
    """A plan item, a visit, a referral as the entries leave it; `result` says whether a plan item met its goal."""

    kind: str
    id: str
    status: str
    cycle: int
    on: date
    """When it began: the day of the event, not of the typing."""
    result: str = ""


SAID: dict[str, tuple[str, str, str]] = {
    "case:plan_item:added": ("plan_item", "item", "planned"),
    "case:plan_item:changed": ("plan_item", "item", "planned"),
    "case:plan_item:done": ("plan_item", "item", "done"),
    "case:plan_item:cancelled": ("plan_item", "item", "cancelled"),
    "case:plan_item:evaluated": ("plan_item", "item", ""),
    "case:consent:given": ("consent", "consent", "given"),
    "case:consent:withdrawn": ("consent", "consent", "withdrawn"),
    "case:placement:started": ("placement", "placement", "running"),
    "case:placement:reviewed": ("placement", "placement", ""),
    "case:placement:ended": ("placement", "placement", "ended"),
    "case:referral:sent": ("referral", "referral", "open"),
    "case:referral:answered": ("referral", "referral", ""),
    "case:referral:withdrawn": ("referral", "referral", "withdrawn"),
    "case:visit:recorded": ("visit", "visit", "recorded"),
    "case:conference:planned": ("conference", "conference", "planned"),
    "case:conference:held": ("conference", "conference", "held"),
    "case:conference:cancelled": ("conference", "conference", "cancelled"),
    "case:transfer:offered": ("transfer", "transfer", "offered"),
    "case:transfer:accepted": ("transfer", "transfer", "accepted"),
    "case:transfer:refused": ("transfer", "transfer", "refused"),
    "case:transfer:withdrawn": ("transfer", "transfer", "withdrawn"),
    "case:attachment:added": ("attachment", "attachment", "kept"),
    "case:attachment:withdrawn": ("attachment", "attachment", "withdrawn"),
    "case:registry:checked": ("registry_check", "check", "recorded"),
    "case:instrument:filled": ("instrument", "fill", "filled"),
    "case:instrument:decided": ("instrument", "fill", "decided"),
    "case:goods:delivered": ("goods_delivery", "delivery", "delivered"),
    "case:goods:returned": ("goods_delivery", "delivery", ""),
    "case:goods:reversed": ("goods_delivery", "delivery", "reversed"),
    "case:goods_return:reversed": ("goods_delivery", "delivery", ""),
    "case:letter:drafted": ("letter", "letter", "waiting"),
    "case:letter:initialled": ("letter", "letter", ""),
    "case:letter:returned": ("letter", "letter", "returned"),
    "case:letter:withdrawn": ("letter", "letter", "withdrawn"),
    "case:letter:issued": ("letter", "letter", "issued"),
    "case:letter:sent": ("letter", "letter", "sent"),
    "case:letter:voided": ("letter", "letter", "void"),
    "case:review:asked": ("review", "review", "pending"),
    "case:review:granted": ("review", "review", "granted"),
    "case:review:refused": ("review", "review", "refused"),
    "case:review:withdrawn": ("review", "review", "withdrawn"),
    "case:review:voided": ("review", "review", "void"),
}
"""Code -> kind of thing, the key of its id in the entry's data, and what it is then ("" leaves it, or data say)."""
OF_REFERRAL = {
    "case:letter:drafted": "waiting",
    "case:letter:issued": "open",
    "case:letter:returned": "withdrawn",
    "case:letter:withdrawn": "withdrawn",
    "case:letter:voided": "withdrawn",
}
"""What a letter's entry makes of its referral."""
_APPROVING = ("approve_plan", "ratify_emergency")
_REOPENING = ("revise_plan", "replan")


def things(entries: Iterable[tuple[Happened, date]]) -> dict[str, Thing]:
    """Return id -> thing after a case's entries, each with the day of its event, given oldest first."""
    found: dict[str, Thing] = {}
    cycle = 1
    for entry, day in entries:
        data = entry.data
        if entry.code in SAID:
            kind, key, status = SAID[entry.code]
            _said(found, Thing(kind, data[key], status or data.get("status", ""), cycle, day, data.get("result", "")))
        if entry.code == "case:step:taken":
            _moved_on(found, data["step"], cycle)
            cycle = data["cycle"]
        _along(found, entry, cycle, day)
    return found


def _said(found: dict[str, Thing], now: Thing) -> None:
    before = found.get(now.id)
    if before is None:
        found[now.id] = now
        return
    found[now.id] = replace(before, status=now.status or before.status, result=now.result or before.result)


def _moved_on(found: dict[str, Thing], step: str, cycle: int) -> None:
    """Carry over to the plan of the cycle what a step does to all of it."""
    for item in [t for t in found.values() if t.kind == "plan_item" and t.cycle == cycle]:
        if step in _APPROVING and item.status == "planned":
            found[item.id] = replace(item, status="approved")
        if step in _REOPENING and item.result in {"partly", "not_met"}:
            found[item.id] = replace(item, result="")


def _along(found: dict[str, Thing], entry: Happened, cycle: int, day: date) -> None:
    """Take up what an entry vouches for without telling it: a letter's referral begins, ends or is answered with it."""
    rows = entry.data.get("rows", {})
    for row_id in rows.get("referral", ()):
        begun = found.setdefault(row_id, Thing("referral", row_id, "open", cycle, day))
        if status := OF_REFERRAL.get(entry.code):
            found[row_id] = replace(begun, status=status)
    if entry.code == "case:referral:answered":
        for row_id in rows.get("letter", ()):
            if row_id in found and found[row_id].status != "void":
                found[row_id] = replace(found[row_id], status="answered")
