"""The product's own parts: its session, its statements of the hot path behind a fence, its machine and guards."""

import os
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import BigInteger, Column, Integer, MetaData, String, Table, bindparam, select, update

from bench.forms import ANSWERS
from bench.peers.serving import ACTOR, MOVES, Step, serve
from caseflow import crypto, settings
from caseflow.definitions import catalogue
from caseflow.ids import new_id
from caseflow.paths import categories_root
from caseflow.states import machine
from caseflow.states.facts import Facts
from caseflow.store.hot import Hot, assignments, fencing, prefixed
from caseflow.store.session import Database
from caseflow.store.types import Id, Instant, Json

CATEGORY = "FM"
FACTS = Facts(state="", cycle=1, today=date(2026, 11, 16), subject_kind="person", records={"data_collection": ANSWERS})
"""What the guards look at. Reading it belongs to the full action (`bench.action`)."""

metadata = MetaData()
case = Table(
    "engine_case",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("state", String(30)),
    Column("version", Integer),
    Column("area", String(10)),
    Column("updated_at", Instant),
)
entry = Table(
    "engine_entry",
    metadata,
    Column("id", Id, primary_key=True),
    Column("case_id", BigInteger),
    Column("seq", Integer),
    Column("step", String(30)),
    Column("from_state", String(30)),
    Column("to_state", String(30)),
    Column("actor", Id),
    Column("entered_at", Instant),
)
job = Table(
    "engine_job",
    metadata,
    Column("id", Id, primary_key=True),
    Column("key", String(160)),
    Column("kind", String(40)),
    Column("payload", Json),
    Column("state", String(10)),
    Column("run_at", Instant),
)
READ = Hot(select(*case.c).where(case.c.id == bindparam("of_id")))
FENCE = fencing(
    case,
    update(case)
    .where(case.c.id == bindparam("of_id"), case.c.version == bindparam("at_version"))
    .values(assignments(("state", "version", "updated_at"))),
)


def opened(url: str) -> Database:
    chosen = settings.load(data_dir=Path("/nonexistent"), database_url=url)
    return Database(url, crypto.keyring_of(os.urandom(32)), chosen, catalogue.load(categories_root()))


def advance(database: Database, of_id: int) -> None:
    """Take one step as `actions.casework` does, without access, facts, chain and sealing."""
    at = datetime.now(UTC)
    with database.write() as session:
        row = session.first(READ, {"of_id": of_id})
        assert row
        _id, state, version, _area, _since = row
        name = MOVES[state][0]
        decision = machine.advance(session.categories[CATEGORY], replace(FACTS, state=state), name)
        moved = {"state": decision.to, "version": version + 1, "updated_at": at}
        session.fence(str(of_id), FENCE, {"of_id": of_id, "at_version": version, **prefixed(moved)})
        told = {"step": name, "from_state": state, "to_state": decision.to, "actor": ACTOR, "entered_at": at}
        session.insert(entry, {"id": str(new_id(at)), "case_id": of_id, "seq": version + 1, **told})
        work = {"kind": "case.told", "payload": {"case": of_id, "step": name}, "state": "ready", "run_at": at}
        session.insert(job, {"id": str(new_id(at)), "key": f"told:{of_id}:{version + 1}", **work})


if __name__ == "__main__":
    database = opened(sys.argv[1])

    def open_lane() -> Step:
        return lambda of_id: advance(database, of_id)

    serve(open_lane)
