"""How jobs have ended, counted in the transaction that ended each: true over all processes, and never counting down."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Insert, bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite

from caseflow.store.hot import Hot
from caseflow.store.jobs import Job
from caseflow.store.session import Session
from caseflow.store.tables import job_tally

OUTCOMES = ("done", "failed", "dead")
"""An attempt ends done; failed, to be tried again; or dead, when it was the last."""
BOUNDS = (0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
"""Seconds an attempt took, from claim to end: the upper end of each bucket but the last, which has none."""
_SHARDS = 16


@dataclass(frozen=True, slots=True)
class Tally:
    """Attempts of one kind that ended one way: how many in each bucket, and their seconds in all."""

    kind: str
    outcome: str
    jobs: Sequence[int]
    seconds: float


def _counting(made: Any) -> Insert:  # noqa: ANN401 - an INSERT of either database
    given = made.values({column.name: bindparam(column.name) for column in job_tally.c})
    more = {name: job_tally.c[name] + made.excluded[name] for name in ("jobs", "seconds")}
    stated: Insert = given.on_conflict_do_update(index_elements=list(job_tally.primary_key), set_=more)
    return stated


_COUNTING = Hot({"postgresql": _counting(postgresql.insert(job_tally)), "sqlite": _counting(sqlite.insert(job_tally))})


def count(session: Session, ended: Job, outcome: str, seconds: float) -> None:
    """Count an attempt: last in its transaction, so that others wait for this row no longer than a commit takes."""
    bucket = sum(seconds > bound for bound in BOUNDS)
    row = {
        "kind": ended.kind, "outcome": outcome, "bucket": bucket, "shard": hash(ended.id) % _SHARDS,
        "jobs": 1, "seconds": seconds,
    }  # fmt: skip
    session.run(_COUNTING, row)


def every(session: Session) -> list[Tally]:
    """Return what has been counted since the installation began."""
    by = (job_tally.c.kind, job_tally.c.outcome, job_tally.c.bucket)
    query = select(*by, func.sum(job_tally.c.jobs).label("jobs"), func.sum(job_tally.c.seconds).label("seconds"))
    found: dict[tuple[str, str], Tally] = {}
    for row in session.execute(query.group_by(*by).order_by(*by)):
        before = found.get((row.kind, row.outcome), Tally(row.kind, row.outcome, [0] * (len(BOUNDS) + 1), 0.0))
        jobs = [n + (int(row.jobs) if place == row.bucket else 0) for place, n in enumerate(before.jobs)]
        found[row.kind, row.outcome] = Tally(row.kind, row.outcome, jobs, before.seconds + row.seconds)
    return list(found.values())
