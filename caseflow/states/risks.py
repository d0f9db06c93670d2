"""Why a step is worth a question: one function a reason, each with the office's limit in its sentence. Pure."""

from bisect import bisect_left, bisect_right
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from caseflow.errors import Sentence, _
from caseflow.states.lifecycle import CLOSED

EMERGENCY = "emergency_intervention"
HOURS = 24
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """From where on an office asks; `answer_days` are the working days an answer may take."""

    backdated_days: int = 3
    quick_days: int = 1
    pair_times: int = 10
    pair_days: int = 90
    bulk_steps: int = 10
    bulk_minutes: int = 10
    night_from: int = 21
    night_until: int = 5
    debt_hours: int = 72
    answer_days: int = 3


RANGES: dict[str, tuple[int, int]] = {
    "backdated_days": (0, 366),
    "quick_days": (1, 366),
    "pair_times": (2, 10_000),
    "pair_days": (1, 366),
    "bulk_steps": (2, 10_000),
    "bulk_minutes": (1, 1440),
    "night_from": (0, 23),
    "night_until": (0, 23),
    "debt_hours": (1, 8784),
    "answer_days": (1, 60),
}
"""Limit -> the least and the most it may be."""


def limits_of(settings: Mapping[str, Any]) -> Limits:
    """Return the limits an office has set, the others as they come."""
    names = {field.name for field in fields(Limits)}
    return Limits(**{name: value for name, value in settings.items() if name in names})


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A step that was taken, and what was going on around it; moments are those of the office's wall."""

    id: str
    office: str
    step: str
    before: str
    to: str
    by: str
    """Who typed it: of a step that needs two people, who approved."""
    requested_by: str
    approved_by: str | None
    happened: date
    typed: datetime
    opened: datetime
    owes: bool = False
    """The debt of this emergency is not paid yet."""
    burst: int = 1
    """Steps of the same person in the fullest span of `bulk_minutes` around it, itself included."""
    batch: int = 1
    """Steps of the same person in the same sending."""
    pair: int = 0
    """Steps of the same two people, one asking and one approving, in the `pair_days` up to it, itself included."""


# --- what was going on around ----------------------------------------------------------------------------------------


def fullest(moments: Sequence[datetime], width: timedelta) -> list[int]:
    """Return for each of the moments, in order, how many lie in the fullest span of that width around it."""
    inside = [bisect_right(moments, moment + width) - n for n, moment in enumerate(moments)]
    found: list[int] = []
    best: deque[int] = deque()
    """Spans that still reach, the fullest first."""
    for n, moment in enumerate(moments):
        while best and inside[best[-1]] <= inside[n]:
            best.pop()
        best.append(n)
        while moments[best[0]] < moment - width:
            best.popleft()
        found.append(inside[best[0]])
    return found


def surrounded(
    steps: Iterable[Taken],
    approvals: Mapping[tuple[str, str, str], Sequence[datetime]],
    limits: Mapping[str, Limits],
) -> list[Taken]:
    """Return the steps, oldest first, with what was going on around them.

    `approvals` are office, who asked and who approved -> when, in order; `limits` those of each office.
    """
    ordered = sorted(steps, key=lambda step: (step.typed, step.id))
    sent = Counter((step.office, step.by, step.typed) for step in ordered)
    mine: dict[tuple[str, str], list[Taken]] = {}
    for step in ordered:
        mine.setdefault((step.office, step.by), []).append(step)
    bursts: dict[str, int] = {}
    for (office, _who), theirs in mine.items():
        width = timedelta(minutes=limits[office].bulk_minutes)
        counted = fullest([step.typed for step in theirs], width)
        bursts |= {step.id: n for step, n in zip(theirs, counted, strict=True)}
    return [
        replace(
            step,
            burst=bursts[step.id],
            batch=sent[step.office, step.by, step.typed],
            pair=_together(step, approvals, limits[step.office]),
        )
        for step in ordered
    ]


def _together(step: Taken, approvals: Mapping[tuple[str, str, str], Sequence[datetime]], limits: Limits) -> int:
    if step.approved_by is None:
        return 0
    moments = approvals.get((step.office, step.requested_by, step.approved_by), ())
    typed = step.typed.astimezone(UTC)  # moments of one zone are compared without asking for their zones
    return bisect_right(moments, typed) - bisect_left(moments, typed - timedelta(days=limits.pair_days))


# --- reasons ---------------------------------------------------------------------------------------------------------


def backdated(step: Taken, limits: Limits, _now: datetime) -> Sentence | None:
    """Tell a step that was typed long after it happened."""
    days = (step.typed.date() - step.happened).days
    if days <= limits.backdated_days:
        return None
    return _("Diketik {n} hari setelah kejadian (batas kantor: {limit} hari).", n=days, limit=limits.backdated_days)


def quick(step: Taken, limits: Limits, _now: datetime) -> Sentence | None:
    """Tell a case that was closed soon after it was opened."""
    lasted = step.typed - step.opened
    if step.to != CLOSED or lasted > timedelta(days=limits.quick_days):
        return None
    if lasted < timedelta(days=2):
        hours = max(1, round(lasted / _HOUR))
        return _("Ditutup {n} jam sejak dibuka (batas kantor: {limit} hari).", n=hours, limit=limits.quick_days)
    return _("Ditutup {n} hari sejak dibuka (batas kantor: {limit} hari).", n=lasted.days, limit=limits.quick_days)


def pair(step: Taken, limits: Limits, _now: datetime) -> Sentence | None:
    """Tell two people who ask and approve between themselves again and again."""
    if step.pair < limits.pair_times:
        return None
    return _(
        "{n} langkah dalam {days} hari diminta dan disetujui oleh dua orang yang sama (batas kantor: {limit}).",
        n=step.pair,
        days=limits.pair_days,
        limit=limits.pair_times,
    )


def bulk(step: Taken, limits: Limits, _now: datetime) -> Sentence | None:
    """Tell many steps by one person in a short time, and whether they were sent as one list."""
    if max(step.burst, step.batch) < limits.bulk_steps:
        return None
    said = {"limit": limits.bulk_steps, "minutes": limits.bulk_minutes}
    if step.batch > 1:
        return _(
            "{n} langkah dikirim sekaligus sebagai satu daftar (batas kantor: {limit} dalam {minutes} menit).",
            n=step.batch,
            **said,
        )
    return _(
        "{n} langkah oleh orang yang sama dalam {minutes} menit (batas kantor: {limit} dalam {minutes} menit).",
        n=step.burst,
        **said,
    )


def night(step: Taken, limits: Limits, _now: datetime) -> Sentence | None:
    """Tell a step that was typed in the hours in which nobody works."""
    start, end, hour = limits.night_from, limits.night_until, step.typed.hour
    dark = start <= hour < end if start <= end else hour >= start or hour < end
    if not dark:
        return None
    return _(
        "Diketik pukul {hour} (malam menurut kantor: {start} sampai {end}).",
        hour=f"{step.typed:%H.%M}",
        start=f"{start:02d}.00",
        end=f"{end:02d}.00",
    )


def debt(step: Taken, limits: Limits, now: datetime) -> Sentence | None:
    """Tell an emergency whose assessment, plan or ratification is still owed."""
    hours = int((now - step.typed) / _HOUR)
    if step.step != EMERGENCY or not step.owes or hours < limits.debt_hours:
        return None
    if hours < 2 * limits.debt_hours:
        return _(
            "Kelengkapan darurat belum lunas sesudah {n} jam (batas kantor: {limit} jam).",
            n=hours,
            limit=limits.debt_hours,
        )
    return _(
        "Kelengkapan darurat belum lunas sesudah {n} hari (batas kantor: {limit} jam).",
        n=hours // HOURS,
        limit=limits.debt_hours,
    )


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason by name: what tells it, and whether a step shows it."""

    label: Sentence
    find: Callable[[Taken, Limits, datetime], Sentence | None]


REASONS: dict[str, Reason] = {
    "backdated": Reason(_("Tanggal mundur"), backdated),
    "quick": Reason(_("Ditutup segera"), quick),
    "pair": Reason(_("Pasangan berulang"), pair),
    "bulk": Reason(_("Banyak sekaligus"), bulk),
    "night": Reason(_("Malam hari"), night),
    "debt": Reason(_("Kelengkapan darurat tertunda"), debt),
}


def reasons(step: Taken, limits: Limits, now: datetime) -> dict[str, Sentence]:
    """Return every reason to ask about a step, each with its sentence."""
    found = {name: reason.find(step, limits, now) for name, reason in REASONS.items()}
    return {name: sentence for name, sentence in found.items() if sentence is not None}
