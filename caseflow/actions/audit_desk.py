"""The audit desk: the steps of a period, picked by risk; each with the reasons to ask about it."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from caseflow import access, audit
from caseflow.access import Scope, Viewer
from caseflow.actions import areas, audit_limits, reading
from caseflow.actions.audit_limits import Wall
from caseflow.actions.typed import Typed
from caseflow.errors import Forbidden, InvalidInput, NotFound, Sentence, _
from caseflow.ids import is_id, normalise_area, within_any
from caseflow.states import risks
from caseflow.states.risks import EMERGENCY, Taken
from caseflow.store import audit_desk as rows
from caseflow.store import cases, lines, log, offices, users
from caseflow.store.cases import CaseRow
from caseflow.store.session import Session
from caseflow.store.types import Row

DESK = ("supervisor", "auditor")
DAYS = 30
"""Days of the period where none is asked for, today included."""
KECAMATAN = 6
"""Digits of the areas a list is narrowed to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted(Typed):
    """Which steps: days are those on which they were typed, both included."""

    start: date | None = None
    end: date | None = None
    worker: str = ""
    """Id of who asked for it, typed or approved it."""
    area: str = ""
    category: str = ""
    step: str = ""
    reasons: tuple[str, ...] = ()
    """None named: any."""
    every: bool = False
    """Also the steps without a reason."""


@dataclass(frozen=True, slots=True)
class Pick:
    """A step, and why to ask about it. Of a closed file (R3) lists name no category, and to an auditor no place."""

    id: str
    case_id: str
    number: str
    seq: int
    confidentiality: str
    visible: bool
    """The reader may open the case."""
    category: str
    area: str
    office: str
    step: str
    before: str
    to: str
    by: str
    requested_by: str
    approved_by: str | None
    happened: date
    typed: datetime
    gap: int
    """Days between the event and its entry."""
    reasons: Mapping[str, Sentence]
    questions: tuple[Row[Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Desk:
    """What a reader finds: a part of the steps that fit, and what can be asked for."""

    start: date
    end: date
    picks: tuple[Pick, ...]
    found: int
    looked_at: int
    since: datetime | None
    """The period has more steps than are looked at together: only those typed since then were."""
    counts: Mapping[str, int]
    """Reason -> steps that show it and fit otherwise."""
    people: Mapping[str, str]
    areas: Mapping[str, str]
    categories: tuple[str, ...]
    steps: tuple[str, ...]


# --- who may ---------------------------------------------------------------------------------------------------------


def require_desk(by: Viewer) -> Viewer:
    """Return the person with the grants that count here; `Forbidden` where there are none."""
    found = narrowed(by)
    if not found.grants:
        raise Forbidden(action=_("membuka meja audit"), allowed=access.names_of(DESK))
    return found


def narrowed(by: Viewer) -> Viewer:
    """Return somebody with the roles of the desk alone."""
    return replace(by, grants=tuple(grant for grant in by.grants if grant.role in DESK))


def sees(viewer: Viewer, scope: Scope) -> bool:
    """Tell whether a narrowed viewer may see the entries of a case; an auditor those of closed files too."""
    if access.roles_in(viewer, scope):
        return True
    return scope.confidentiality == "R3" and within_any(scope.area, viewer.areas("auditor"))


def require_entry(session: Session, case: str, seq: int, *, by: Viewer) -> tuple[CaseRow, Row[Any]]:
    """Return the case and the entry of a step; `NotFound` when absent or not visible."""
    viewer = require_desk(by)
    row = cases.by_id(session, case) if is_id(case) else cases.by_number(session, case)
    if row is None or not sees(viewer, cases.scope_of(session, row)):
        raise NotFound
    found = rows.entry(session, row.id, seq) if 0 < seq < 2**31 else None
    if found is None:
        if not 0 < seq <= row.entry_seq:
            raise NotFound
        steps = ", ".join(map(str, rows.steps_of(session, row.id))) or "-"
        raise InvalidInput(
            {"entry": _("Yang dapat ditanyakan hanya langkah kasus. Entri langkahnya: {steps}.", steps=steps)}
        )
    return row, found


# --- the list --------------------------------------------------------------------------------------------------------


def desk(session: Session, wanted: Wanted, *, by: Viewer, at: datetime, offset: int = 0, limit: int = 25) -> Desk:
    """Return the steps of a period that fit, most reasons first, then the newest; what is shown is on record.

    Raises `Forbidden`, `InvalidInput`. At most `rows.MOST` steps are looked at: the newest that the reader sees.
    """
    viewer = require_desk(by)
    start, end = _period(session, wanted, at)
    zone = offices.first_zone(session) or at.tzinfo
    first = datetime.combine(start, time(), zone)
    last = datetime.combine(end + timedelta(days=1), time(), zone)
    since = rows.cut(session, viewer, first, last)
    every = _steps(session, viewer, since or first, last, at)
    fits = _fitting(wanted)
    fitting = [pick for pick in every if fits(pick)]
    counts = Counter(name for pick in fitting for name in pick.reasons)
    found = [pick for pick in fitting if _picked(pick, wanted)]
    found.sort(key=lambda pick: (len(pick.reasons), pick.typed, pick.id), reverse=True)
    return Desk(
        start=start,
        end=end,
        picks=_shown(session, found[offset : offset + limit], by=by, at=at),
        found=len(found),
        looked_at=len(every),
        since=since,
        counts={name: counts[name] for name in risks.REASONS},
        people=_people(session, every),
        areas=_districts(session, every),
        categories=tuple(sorted({pick.category for pick in every} - {""})),
        steps=tuple(sorted({pick.step for pick in every})),
    )


def _period(session: Session, wanted: Wanted, at: datetime) -> tuple[date, date]:
    end = wanted.end or areas.today(session, at)
    start = wanted.start or end - timedelta(days=DAYS - 1)
    if end < start:
        raise InvalidInput({"end": _("Tanggal akhir sebelum tanggal mulai.")})
    return start, end


def _fitting(wanted: Wanted) -> Callable[[Pick], bool]:
    area = normalise_area(wanted.area) if wanted.area else ""

    def fits(pick: Pick) -> bool:
        """What is not shown of a closed file does not narrow a list either: that would tell it."""
        return (
            wanted.worker in {"", pick.by, pick.requested_by}
            and pick.area.startswith(area)
            and wanted.category in {"", pick.category}
            and wanted.step in {"", pick.step}
        )

    return fits


def _picked(pick: Pick, wanted: Wanted) -> bool:
    if wanted.reasons:
        return bool(pick.reasons.keys() & set(wanted.reasons))
    return wanted.every or bool(pick.reasons)


def _shown(session: Session, picks: list[Pick], *, by: Viewer, at: datetime) -> tuple[Pick, ...]:
    """Put on record that these are shown, and add the questions about them."""
    asked = rows.about(session, [pick.id for pick in picks])
    opened = lines.cases(session, {pick.case_id for pick in picks if pick.visible})
    reading.note(session, opened.values(), by=by, at=at, part="audit")
    return tuple(replace(pick, questions=tuple(asked.get(pick.id, ()))) for pick in picks)


def _people(session: Session, picks: list[Pick]) -> dict[str, str]:
    names = users.names(session, {user for pick in picks for user in (pick.by, pick.requested_by)})
    return dict(sorted(names.items(), key=lambda pair: pair[1]))


def _districts(session: Session, picks: list[Pick]) -> dict[str, str]:
    codes = {pick.area[:KECAMATAN] for pick in picks if len(pick.area) >= KECAMATAN}
    names = areas.short_names(session, codes)
    return {code: names[code].split(", ")[0] for code in sorted(codes)}


def note_download(session: Session, found: Desk, *, by: Viewer, at: datetime) -> None:
    """Put on record that a list leaves as a file."""
    session.leave(_downloads, (by.user_id, at, found.start, found.end, len(found.picks)))


def _downloads(session: Session, items: list[tuple[str, datetime, date, date, int]]) -> None:
    for actor, at, start, end, picks in items:
        data = {"from": start.isoformat(), "until": end.isoformat(), "steps": picks}
        log.note_access(session, "audit:steps:exported", actor=actor, at=at, data=data)


# --- steps -----------------------------------------------------------------------------------------------------------


def _steps(session: Session, viewer: Viewer, first: datetime, last: datetime, at: datetime) -> list[Pick]:
    """Return the steps of a period with their reasons; what lies around its ends counts too, as far as it is seen."""
    walls = audit_limits.walls(session)
    around = timedelta(minutes=max((wall.limits.bulk_minutes for wall in walls.values()), default=0))
    days = timedelta(days=max((wall.limits.pair_days for wall in walls.values()), default=0))
    found = {row.id: row for row in rows.taken(session, viewer, first - around, last + around)}
    approvals = rows.approvals(session, viewer, first - days, last + around)
    limits = {office: wall.limits for office, wall in walls.items()}
    taken = [_taken(row, walls[row.office_id]) for row in found.values()]
    picks = [
        _pick(found[step.id], step, risks.reasons(step, limits[step.office], at))
        for step in risks.surrounded(taken, approvals, limits)
    ]
    return [pick for pick in picks if first <= pick.typed < last]


def _taken(row: Row[Any], wall: Wall) -> Taken:
    data = rows.data_of(row)
    return Taken(
        id=row.id,
        office=row.office_id,
        step=str(data["step"]),
        to=str(data["to"]),
        by=row.actor,
        requested_by=str(data.get("requested_by") or row.actor),
        approved_by=data.get("approved_by"),
        happened=row.event_date,
        typed=row.entered_at.astimezone(wall.zone),
        opened=row.opened_at.astimezone(wall.zone),
        before=str(data["from"]),
        owes=data["step"] == EMERGENCY and row.emergency_since == row.entered_at and not row.emergency_paid,
    )


def _pick(row: Row[Any], step: Taken, reasons: Mapping[str, Sentence]) -> Pick:
    return Pick(
        id=row.id,
        case_id=row.case_id,
        number=row.number,
        seq=row.seq,
        confidentiality=row.confidentiality,
        visible=bool(row.visible),
        category="" if row.confidentiality == "R3" else row.category,
        area=row.area_code if row.visible else "",
        office=row.office_id,
        step=step.step,
        before=step.before,
        to=step.to,
        by=step.by,
        requested_by=step.requested_by,
        approved_by=step.approved_by,
        happened=step.happened,
        typed=row.entered_at,
        gap=max(0, (step.typed.date() - step.happened).days),
        reasons=reasons,
    )


# --- one step --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Looked:
    """One step with all that the log says of it."""

    pick: Pick
    case: CaseRow
    people: Mapping[str, str]
    note: str
    """What was said with it, where the reader may open the case."""
    hash: str
    entries: int
    intact: bool
    """The chain of the case holds from its first entry to its last."""


def look(session: Session, case: str, seq: int, *, by: Viewer, at: datetime) -> Looked:
    """Return one step of a case by the number of its entry. Raises `Forbidden`, `NotFound`."""
    row, entry = require_entry(session, case, seq, by=by)
    moment = entry.entered_at
    near = _steps(session, require_desk(by), moment, moment + timedelta(microseconds=1), at)
    pick = next(pick for pick in near if pick.id == entry.id)
    asked = rows.about(session, [pick.id]).get(pick.id, ())
    if pick.visible:
        reading.note(session, (row,), by=by, at=at, part="entry")
    entries = log.entries_of(session, row.id)
    chain = ((log.envelope_of(each), each.hash) for each in entries)
    broken = audit.verify_chain(chain, heads={row.id: (row.entry_seq, row.entry_head)})
    return Looked(
        pick=replace(pick, questions=tuple(asked)),
        case=row,
        people=users.names(session, {user for user in (pick.by, pick.requested_by, pick.approved_by) if user}),
        note=_note(session, row, pick) if pick.visible else "",
        hash=entry.hash,
        entries=len(entries),
        intact=next(broken, None) is None,
    )


def _note(session: Session, row: CaseRow, pick: Pick) -> str:
    said = log.payloads_of(session, row.subject_id, row.id).get(pick.id) or {}
    return str(said.get("note") or "")
