"""What people read of one case: all of it, its next steps, its history; a restricted case shown is on record."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import orjson

from caseflow.access import GLASS, Viewer
from caseflow.actions import areas, glass, letter_files, letter_waiting, lines, reading, registry
from caseflow.actions.casework import Work
from caseflow.actions.letter_files import Voided
from caseflow.actions.letter_waiting import DraftView
from caseflow.actions.lines import Line
from caseflow.errors import Erased, Sentence
from caseflow.states import guards, machine
from caseflow.states.category import Category, Text
from caseflow.states.identity import masked
from caseflow.states.lifecycle import INITIAL
from caseflow.states.notices import notices
from caseflow.store import children, log, obligations, proof, records, rosters, subjects, users
from caseflow.store import lines as line_rows
from caseflow.store.cases import CaseRow
from caseflow.store.session import Session
from caseflow.store.tables import consent, placement, plan_item, referral, visit
from caseflow.store.types import Row

UNSHOWN = {"sealed", proof.ROWS, "origin", "origin_id"}
"""What no reader is shown: digests, and the row of another case that an action is too, maybe of a closed file (R3)."""


@dataclass(frozen=True, slots=True)
class NextStep:
    """A possible next step for this reader."""

    step: str
    label: Text
    to: str
    allowed: bool
    may_take: bool
    unmet: tuple[guards.Unmet, ...]
    approval: tuple[str, ...]
    reason: bool


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the history."""

    seq: int
    code: str
    event_date: date
    entered_at: datetime
    actor: str
    actor_name: str
    data: Mapping[str, Any]
    words: Mapping[str, Any] | None
    """What was said; None once erased."""


@dataclass(frozen=True, slots=True)
class Thing:
    """A row that hangs on the case: its columns and its opened words."""

    id: str
    columns: Mapping[str, Any]
    words: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CaseView:
    """Everything a case page shows."""

    line: Line
    row: CaseRow
    category: Category
    subject: subjects.Summary
    area_name: str
    people: Mapping[str, str]
    records: Mapping[str, Mapping[str, Any]]
    record_versions: Mapping[str, int]
    plan: tuple[Thing, ...]
    placements: tuple[Thing, ...]
    referrals: tuple[Thing, ...]
    visits: tuple[Thing, ...]
    consents: tuple[Thing, ...]
    letters: tuple[Row[Any], ...]
    voided: Mapping[str, Voided]
    """Letter -> how it was voided, of those that count no more."""
    drafts: tuple[DraftView, ...]
    """Letters without a number: those that wait for initials, and those that went back."""
    reviews: tuple[Row[Any], ...]
    obligations: tuple[Row[Any], ...]
    steps: tuple[NextStep, ...]
    roles: frozenset[str]
    screening: bool | None
    counted_visits: int
    notices: tuple[Sentence, ...]
    """What the worker is told without being stopped."""
    today: date
    members: tuple[Mapping[str, Any], ...]


def view_case(session: Session, case: str, *, by: Viewer, at: datetime) -> CaseView:
    """Return a case as `by` may see it; `NotFound` when absent or not visible."""
    work = reading.look(session, case, by=by, at=at)
    view = view_of(work)
    return _in_need(view) if GLASS in work.by.roles and not view.subject.erased_at else view


def view_of(work: Work) -> CaseView:
    """Return a case already looked at, the reading on record."""
    session, row = work.session, work.row
    subject = subjects.summary(session, row.subject_id, work.today)
    ids = {row.assignee_id, row.opened_by}
    hanging = children.together(session, row.id)
    things = {t.name: _things(work, t, hanging[t.name]) for t in (plan_item, placement, referral, visit, consent)}
    ids |= {v.columns.get("officer_id") for v in (*things["visit"], *things["referral"])} | {
        i.columns.get("owner_id") for i in things["plan_item"]
    }
    asked, sent = tuple(reversed(hanging["review"])), tuple(hanging["letter"])
    ids |= {r.requested_by for r in asked} | {r.decided_by for r in asked}
    kept = [r for r in hanging["stage_record"] if r.cycle == row.cycle]
    for record in kept:
        records.show(session, record, at=work.at)
    versions = {r.stage: r.version for r in kept}
    people, area = users.names(session, {str(i) for i in ids if i}), areas.full_name(session, row.area_code)
    view = CaseView(
        line=lines.line_of(session, row, subject.name, areas.shortened(area), people),
        row=row,
        category=work.category,
        subject=subject,
        area_name=area,
        people=people,
        records=work.facts.records,
        record_versions=versions,
        plan=tuple(t for t in things["plan_item"] if t.columns["cycle"] == row.cycle),
        placements=things["placement"],
        referrals=_named_referrals(session, things["referral"]),
        visits=things["visit"],
        consents=things["consent"],
        letters=sent,
        voided=letter_files.voided_of(session, row, sent),
        drafts=letter_waiting.drafts_of(work, hanging["letter_draft"]) if work.roles else (),
        reviews=asked,
        obligations=tuple(o for o in obligations.of_case(session, row.id) if not (o.satisfied_at or o.cancelled_at)),
        steps=next_steps_of(work),
        roles=work.roles,
        screening=guards.screening(work.facts, work.category),
        counted_visits=guards.counted_visits(work.facts, work.category),
        notices=notices(
            work.category,
            work.facts,
            age=subject.age,
            sex=subject.sex,
            fresh_days=registry.fresh_days(session, work.facts),
        ),
        today=work.today,
        members=_members(work) if subject.kind == "household" else (),
    )
    return view if work.roles else _status_only(view)


def _in_need(view: CaseView) -> CaseView:
    """Return a closed file as who opened it in need reads it: nobody by name, numbers masked (decision 34)."""
    data = view.subject.data
    kept = {key: masked(str(data[key])) for key in ("nik", "kk") if data.get(key)}
    kept |= {"nik_status": data["nik_status"]} if "nik_status" in data else {}
    members = tuple({**member, "name": glass.UNNAMED} for member in view.members)
    consents = tuple(replace(c, words={**c.words, "giver": glass.UNNAMED}) for c in view.consents)
    subject = replace(view.subject, name=view.line.name, data=kept)
    return replace(view, subject=subject, members=members, consents=consents)


def _status_only(view: CaseView) -> CaseView:
    """Return what somebody follows of a case they may no longer write on: where it stands, not what was found."""
    kept = {stage: answers for stage, answers in view.records.items() if stage == INITIAL}
    return replace(
        view,
        records=kept,
        record_versions={},
        plan=(),
        placements=(),
        referrals=(),
        visits=(),
        consents=(),
        letters=(),
        drafts=(),
        reviews=(),
        obligations=(),
        steps=(),
        notices=(),
        members=(),
    )


def _things(work: Work, table: Any, rows: Sequence[Row[Any]]) -> tuple[Thing, ...]:  # noqa: ANN401 - a table
    found = []
    for row in rows:
        try:
            words = children.words(work.session, table, work.row.subject_id, row)
            words = rosters.named(work.session, words) if table is consent else words
        except Erased:
            words = {}
        columns = {k: v for k, v in row._mapping.items() if k not in UNSHOWN}  # noqa: SLF001 - the library's public name
        found.append(Thing(row.id, columns, words))
    return tuple(found)


def _named_referrals(session: Session, found: tuple[Thing, ...]) -> tuple[Thing, ...]:
    names = line_rows.receivers(session, {thing.id for thing in found})
    return tuple(replace(t, columns={**t.columns, "institution": names.get(t.id, "-")}) for t in found)


def _members(work: Work) -> tuple[Mapping[str, Any], ...]:
    found = []
    members = subjects.members_of(work.session, work.row.subject_id, work.today)
    people = subjects.summaries(work.session, {m.person_id for m in members}, work.today)
    for member in members:
        person = people[member.person_id]
        found.append(
            {
                "id": member.person_id,
                "member": member.id,
                "name": person.name,
                "relation": subjects.relation_of(work.session, member),
                "basis": member.basis,
                "age": person.age,
            }
        )
    return tuple(found)


def next_steps(session: Session, case: str, *, by: Viewer, at: datetime) -> tuple[NextStep, ...]:
    """Return every step out of the present state, with all unmet guards and whether `by` may take it."""
    return next_steps_of(reading.look(session, case, by=by, at=at, part="steps"))


def next_steps_of(work: Work) -> tuple[NextStep, ...]:
    """Return the next steps of a case already looked at."""
    found = []
    for preview in machine.previews(work.category, work.facts):
        may = bool(work.roles.intersection(preview.takers))
        held = work.facts.held and not preview.during_hold
        allowed = may and not preview.unmet and not held
        found.append(
            NextStep(
                preview.step, preview.label, preview.to, allowed, may, preview.unmet, preview.approvers, preview.reason
            )
        )
    return tuple(found)


def history(session: Session, case: str, *, by: Viewer, at: datetime) -> tuple[Event, ...]:
    """Return the case's entries, oldest first, with what was said as far as it still exists."""
    return history_of(reading.look(session, case, by=by, at=at, part="history"))


def history_of(work: Work) -> tuple[Event, ...]:
    """Return the entries of a case already looked at."""
    session = work.session
    rows = log.entries_of(session, work.row.id)
    words = log.payloads_of(session, work.row.subject_id, work.row.id)
    people = users.names(session, {r.actor for r in rows})
    return tuple(
        Event(
            seq=r.seq,
            code=r.code,
            event_date=r.event_date,
            entered_at=r.entered_at,
            actor=r.actor,
            actor_name=people.get(r.actor, "caseflow"),
            data={k: v for k, v in orjson.loads(r.data).items() if k not in UNSHOWN},
            words=glass.told(words.get(r.id, {}), by=work.by) if r.payload_digest and work.roles else {},
        )
        for r in rows
    )
