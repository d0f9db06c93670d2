"""Reads what a decision about a case needs, in one statement; the caller fences with the case row it brings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Select, Table, bindparam, literal_column, select

from caseflow import audit, crypto, ids
from caseflow.access import Viewer
from caseflow.errors import Erased, NotFound
from caseflow.states.deadlines import Calendar
from caseflow.states.facts import Consent, Emergency, Facts, Placement, PlanItem, Referral, Visit
from caseflow.states.identity import is_child
from caseflow.store import cases, offices, subjects, vault
from caseflow.store.cases import CaseRow
from caseflow.store.hot import Hot
from caseflow.store.session import Session
from caseflow.store.sql import json_rows
from caseflow.store.tables import (
    case_entry,
    case_file,
    case_team,
    consent,
    office,
    person,
    placement,
    plan_item,
    referral,
    review,
    stage_record,
    subject,
    visit,
)
from caseflow.store.types import dashed as _id


@dataclass(frozen=True, slots=True)
class Reading:
    """A case as it is in this transaction; the lists hold rows as JSON gives them, sealed values in hexadecimal."""

    row: CaseRow
    calendar: Calendar
    team: frozenset[str]
    newest_entry: datetime | None
    reviews_wait: bool
    records_unlogged: bool
    """Whether something was typed that the log does not tell yet."""
    subject_kind: str
    person: bytes | None
    died: bool
    erased: bool
    records: list[list[Any]]
    plan: list[list[Any]]
    placements: list[list[Any]]
    referrals: list[list[Any]]
    visits: list[list[Any]]
    consents: list[list[Any]]


def read(session: Session, case: str) -> Reading | None:
    """Return a case by id or number with all that a decision needs; None when there is none."""
    found = session.readings.pop(case, None)
    if found is None and cases.is_number(case):
        found = session.first(_BY_NUMBER, {"of_number": case})
    if found is None and ids.is_id(case):
        found = session.first(_BY_ID, {"of_id": case})
    return None if found is None else _reading(session, found)


def read_together(session: Session, wanted: Sequence[str], viewer: Viewer) -> None:
    """Hold the cases that the viewer may see, by id or number, and read them together: `read` has each once.

    They are held in the order of their ids. Of the others none is held: who may not see a case cannot keep those who
    work on it waiting, and is told the same of it as of one that is not there.
    """
    numbers = [case for case in wanted if cases.is_number(case)]
    ids_ = {case for case in wanted if ids.is_id(case)}
    held = cases.hold(session, numbers=numbers, case_ids=ids_, viewer=viewer)
    for found in session.execute(_statement().where(case_file.c.id.in_(held))):
        row = CaseRow._make(found[:_CASE])
        session.readings[row.id if row.id in ids_ else row.number] = list(found)


def _reading(session: Session, found: list[Any]) -> Reading:
    row = CaseRow._make(found[:_CASE])
    zone, week_days, days, newest, kind, wrapped, destroyed, sealed_person, died, *lists = found[_CASE:]
    team, waiting, records, plan, placements, referrals, visits, consents = map(_rows, lists)
    if wrapped is not None and destroyed is None and row.subject_id not in session.subject_keys:
        session.subject_keys[row.subject_id] = crypto.unwrap(session.keys, wrapped, row.subject_id)
    return Reading(
        row=row,
        calendar=offices.calendar_of(zone, week_days, days),
        team=frozenset(_id(member) for (member,) in team),
        newest_entry=newest,
        reviews_wait=bool(waiting),
        records_unlogged=any(logged < version for *_other, version, logged, _sealed in records),
        subject_kind=kind,
        person=sealed_person,
        died=bool(died),
        erased=destroyed is not None,
        records=records,
        plan=plan,
        placements=placements,
        referrals=referrals,
        visits=visits,
        consents=consents,
    )


def of(session: Session, reading: Reading, today: date, *, details: Mapping[str, str] | None = None) -> Facts:
    """Return everything guards may look at."""
    row = reading.row
    return Facts(
        state=row.state,
        cycle=row.cycle,
        today=today,
        subject_kind=reading.subject_kind,
        risk=row.risk,
        child=_is_child(session, reading, today),
        died=reading.died,
        erased=reading.erased,
        held=cases.held_on(row, today) is not None,
        assessed=row.assessed,
        previous_state=row.previous_state,
        closing_step=row.closing_step,
        visits_waived=row.visits_waived,
        records=_records(session, reading),
        plan=_plan(session, reading),
        placements=_placements(reading),
        referrals=_referrals(reading),
        visits=_visits(reading),
        consents=_consents(reading),
        emergency=_emergency(row),
        details=dict(details or {}),
    )


def load(session: Session, case_id: str, today: date) -> Facts:
    """Return the facts of a case that exists, as they are now; `NotFound` otherwise."""
    reading = read(session, case_id)
    if reading is None:
        raise NotFound
    return of(session, reading, today)


# --- the statement ----------------------------------------------------------------------------------------------------


_PENDING = review.c.state == literal_column("'pending'")
"""Written out, not bound: SQLite prepares anew at each run a statement that binds what a partial index names."""


def _listed(table: Table, *columns: ColumnElement[Any], where: ColumnElement[bool] | None = None) -> ColumnElement[str]:
    query = select(json_rows(*columns)).where(table.c.case_id == case_file.c.id)
    return (query if where is None else query.where(where)).scalar_subquery()


def _statement() -> Select[Any]:
    newest = select(case_entry.c.entered_at).where(case_entry.c.case_id == case_file.c.id)
    r, i, p, f = stage_record.c, plan_item.c, placement.c, referral.c
    return (
        select(
            *case_file.c,
            *offices.TIME,
            newest.order_by(case_entry.c.seq.desc()).limit(1).scalar_subquery(),
            subject.c.kind,
            subject.c.wrapped_key,
            subject.c.destroyed_at,
            person.c.sealed,
            person.c.died,
            _listed(case_team, case_team.c.user_id),
            _listed(review, review.c.id, where=_PENDING),
            _listed(stage_record, r.id, r.stage, r.cycle, r.version, r.logged_version, r.sealed),
            _listed(
                plan_item, i.id, i.intervention, i.owner_id, i.due, i.status, i.result, i.sealed,
                where=i.cycle == case_file.c.cycle,
            ),
            _listed(placement, p.id, p.kind, p.starts_on, p.ends_on, p.next_review),
            _listed(
                referral, f.id, f.institution_id, f.status, f.confirmed, f.sent_on,
                where=f.cycle == case_file.c.cycle,
            ),
            _listed(visit, visit.c.id, visit.c.visited_on, visit.c.cycle, visit.c.state),
            _listed(
                consent, consent.c.id, consent.c.purpose, consent.c.relation,
                consent.c.withdrawn_on, consent.c.institution_id, consent.c.receivers,
            ),
        )
        .join_from(case_file, office, office.c.id == case_file.c.office_id)
        .join(subject, subject.c.id == case_file.c.subject_id)
        .outerjoin(person, person.c.subject_id == case_file.c.subject_id)
    )  # fmt: skip


_CASE = len(case_file.c)
_BY_ID = Hot(_statement().where(case_file.c.id == bindparam("of_id")))
_BY_NUMBER = Hot(_statement().where(case_file.c.number == bindparam("of_number")))


# --- from JSON to facts -----------------------------------------------------------------------------------------------


def _rows(text: str | None) -> list[list[Any]]:
    rows: list[list[Any]] = orjson.loads(text) if text else []
    return rows


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _is_child(session: Session, reading: Reading, today: date) -> bool:
    if reading.person is None:
        return False
    subject_id = reading.row.subject_id
    try:
        data = vault.unseal(session, subject_id, subjects.PERSON_PLACE + subject_id, reading.person)
    except Erased:
        return False
    return is_child(subjects.birth_of(data), today)


def _records(session: Session, reading: Reading) -> dict[str, dict[str, Any]]:
    """Return the answers by stage: those of this cycle, data collection from the last cycle that has one."""
    found: dict[str, dict[str, Any]] = {}
    for key, stage, cycle, _version, _logged, sealed in sorted(reading.records, key=lambda record: record[2]):
        if cycle == reading.row.cycle or stage == "data_collection":
            place = f"stage_record.sealed.{_id(key)}"
            try:
                found[stage] = vault.unseal(session, reading.row.subject_id, place, bytes.fromhex(sealed))
            except Erased:
                found[stage] = {}
    return found


def _plan(session: Session, reading: Reading) -> tuple[PlanItem, ...]:
    """Return the plan items of this cycle, oldest first."""
    items = []
    for key, intervention, owner, due, status, result, sealed in sorted(reading.plan):
        item = _id(key)
        try:
            words = vault.unseal(session, reading.row.subject_id, f"plan_item.sealed.{item}", bytes.fromhex(sealed))
        except Erased:
            words = {}
        items.append(
            PlanItem(
                id=item,
                intervention=intervention,
                goal=str(words.get("goal", "")),
                owner=_id(owner) if owner else "",
                due=_day(due),
                status=status,
                result=result,
            )
        )
    return tuple(items)


def _placements(reading: Reading) -> tuple[Placement, ...]:
    return tuple(
        Placement(id=_id(key), kind=kind, start=date.fromisoformat(start), end=_day(end), next_review=_day(next_review))
        for key, kind, start, end, next_review in sorted(reading.placements)
    )


def _referrals(reading: Reading) -> tuple[Referral, ...]:
    return tuple(
        Referral(
            id=_id(key),
            institution=_id(institution),
            status=status if confirmed or status in {"open", "withdrawn"} else "open",
            sent_on=date.fromisoformat(sent_on),
        )
        for key, institution, status, confirmed, sent_on in sorted(reading.referrals)
    )


def _visits(reading: Reading) -> tuple[Visit, ...]:
    found = sorted(reading.visits, key=lambda visited: (visited[1], visited[0]))
    return tuple(
        Visit(id=_id(key), on=date.fromisoformat(on), cycle=cycle, state=state) for key, on, cycle, state in found
    )


def _consents(reading: Reading) -> tuple[Consent, ...]:
    return tuple(
        Consent(
            id=_id(key),
            purpose=purpose,
            relation=relation,
            withdrawn=withdrawn is not None,
            institution=_id(institution) if institution else "",
            receivers=receivers,
        )
        for key, purpose, relation, withdrawn, institution, receivers in sorted(reading.consents)
    )


def _emergency(row: CaseRow) -> Emergency | None:
    if row.emergency_since is None:
        return None
    return Emergency(since=row.emergency_since, ratified=row.emergency_ratified, paid=row.emergency_paid)


def digest(facts: Facts, category_digest: str) -> str:
    """Return the digest of what a reviewer approves: records, plan, consents, placements, risk; no clock, no review."""
    return audit.digest_of(
        {
            "category": category_digest,
            "state": facts.state,
            "cycle": facts.cycle,
            "risk": facts.risk or "",
            "died": facts.died,
            "records": {stage: plain(answers) for stage, answers in facts.records.items() if answers},
            "plan": [
                [i.id, i.intervention, i.goal, i.owner, i.due.isoformat() if i.due else "", i.status, i.result]
                for i in facts.plan
            ],
            "placements": [[p.id, p.kind, p.start.isoformat(), p.end is None] for p in facts.placements],
            "referrals": [[r.id, r.status] for r in facts.referrals],
            "visits": [[v.id, v.on.isoformat()] for v in facts.visits],
            "consents": [[c.id, c.purpose, c.withdrawn] for c in facts.consents],
            "waived": facts.visits_waived,
        }
    )


def plain(value: Any) -> Any:  # noqa: ANN401 - answers of a form
    """Return answers in canonical form: fractions become text."""
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    return str(value) if isinstance(value, float) else value
