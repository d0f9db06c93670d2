"""What came of a year: cases by scenario, counts, time in each state, size; read from the database as it lies there."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import orjson
from sqlalchemy import Table, func, or_, select, text

from bench.district.simulation import Year
from caseflow.actions import trail
from caseflow.edge import Edge
from caseflow.states.lifecycle import INITIAL, STATES
from caseflow.store import tables
from caseflow.store.session import Session

Scenario = tuple[str, int, str, tuple[tuple[str, int], ...], tuple[tuple[str, int, int], ...]]
"""Path, cycle, state, letters by kind, reminders by kind and rung."""
COUNTED: dict[str, Table] = {
    "cases": tables.case_file,
    "drafts and records": tables.stage_revision,
    "plan items": tables.plan_item,
    "reviews": tables.review,
    "visits": tables.visit,
    "consents": tables.consent,
    "letters": tables.letter,
    "referrals": tables.referral,
    "obligations": tables.obligation,
    "messages": tables.inbox,
    "entries of cases": tables.case_entry,
    "entries of access": tables.access_entry,
    "jobs kept": tables.job,
}


@dataclass(frozen=True, slots=True)
class Result:
    """What is compared and told."""

    scenarios: Counter[Scenario]
    counts: dict[str, int]
    days_in_state: dict[str, float]
    """State -> the median of how many days a case stayed in it, of those that left it."""
    bytes_stored: int
    verify_seconds: float
    """How long `audit verify` took; it raises where the log does not hold."""
    unfinished_jobs: int


def read(edge: Edge, year: Year) -> Result:
    """Read what came of a year, and verify its log. Raises `ValueError` with the first fault of the log."""
    with edge.database.snapshot() as session:
        began = perf_counter()
        verified = trail.verify(session)
        took = perf_counter() - began
        if verified.faults:
            raise ValueError(verified.faults[0])
        # What is put off until the quiet hours end has not been begun.
        begun = or_(tables.job.c.run_at <= edge.clock.now(), tables.job.c.attempts > 0)
        unfinished = select(func.count()).select_from(tables.job).where(tables.job.c.state != "done", begun)
        return Result(
            scenarios=_scenarios(session, year.paths),
            counts={name: _count(session, table) for name, table in COUNTED.items()} | _more(session, year),
            days_in_state=_days(session),
            bytes_stored=_size(session, edge),
            verify_seconds=took,
            unfinished_jobs=session.execute(unfinished).scalar_one(),
        )


def _scenarios(session: Session, paths: Mapping[str, str]) -> Counter[Scenario]:
    letter, inbox, obligation, case = tables.letter, tables.inbox, tables.obligation, tables.case_file
    letters: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for row in session.execute(
        select(letter.c.case_id, letter.c.kind, func.count().label("n")).group_by(letter.c.case_id, letter.c.kind)
    ):
        letters[row.case_id].append((row.kind, row.n))
    told: dict[str, list[tuple[str, int, int]]] = defaultdict(list)
    rungs = select(obligation.c.case_id, obligation.c.kind, inbox.c.rung, func.count().label("n"))
    rungs = rungs.join(obligation, obligation.c.id == inbox.c.obligation_id)
    for row in session.execute(rungs.group_by(obligation.c.case_id, obligation.c.kind, inbox.c.rung)):
        told[row.case_id].append((row.kind, row.rung, row.n))
    every = session.execute(select(case.c.id, case.c.number, case.c.cycle, case.c.state))
    return Counter(
        (paths[r.number], r.cycle, r.state, tuple(sorted(letters[r.id])), tuple(sorted(told[r.id]))) for r in every
    )


def _count(session: Session, table: Table) -> int:
    return int(session.execute(select(func.count()).select_from(table)).scalar_one())


def _more(session: Session, year: Year) -> dict[str, int]:
    case, inbox = tables.case_file, tables.inbox
    closed = select(func.count()).select_from(case).where(case.c.state == "closed")
    told = select(func.count()).select_from(inbox).where(inbox.c.obligation_id.is_not(None))
    counted = {
        name: int(session.execute(query).scalar_one()) for name, query in (("closed", closed), ("reminders", told))
    }
    return {"acts": sum(year.acts.values()), **counted}


def _days(session: Session) -> dict[str, float]:
    entry = tables.case_entry
    taken = select(entry.c.case_id, entry.c.code, entry.c.entered_at, entry.c.data)
    taken = taken.where(entry.c.code.in_(("case:opened", "case:step:taken"))).order_by(entry.c.case_id, entry.c.seq)
    stayed: dict[str, list[float]] = defaultdict(list)
    since: dict[str, tuple[str, datetime]] = {}
    for row in session.execute(taken):
        state = INITIAL if row.code == "case:opened" else orjson.loads(row.data)["to"]
        at = _moment(row.entered_at)
        before, came = since.get(row.case_id, (state, at))
        if before != state:
            stayed[before].append((at - came).total_seconds() / 86_400)
        if before != state or row.case_id not in since:
            since[row.case_id] = (state, at)
    return {state: round(median(stayed[state]), 1) for state in STATES if stayed[state]}


def _moment(value: Any) -> datetime:  # noqa: ANN401 - text on SQLite
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)


def _size(session: Session, edge: Edge) -> int:
    if session.is_postgresql:
        return int(session.execute(text("SELECT pg_database_size(current_database())")).scalar_one())
    path = Path(edge.database.url.removeprefix("sqlite:///"))
    return sum(f.stat().st_size for f in (path, path.with_name(f"{path.name}-wal")) if f.exists())
