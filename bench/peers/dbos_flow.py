"""DBOS: each step of a case a durable workflow with one transaction in it."""

import json
import sys
from datetime import UTC, datetime
from uuid import uuid4

from dbos import DBOS, DBOSConfig
from sqlalchemy import Engine, event, text

from bench.peers.serving import ACTOR, MOVES, Step, serve

READ = text("SELECT state, version FROM engine_case WHERE id = :case")
MOVE = text("UPDATE engine_case SET state = :to, version = :seq, updated_at = :at WHERE id = :case AND version = :seen")
ENTER = text(
    "INSERT INTO engine_entry (id, case_id, seq, step, from_state, to_state, actor, entered_at)"
    " VALUES (:id, :case, :seq, :step, :before, :to, :actor, :at)"
)
ENQUEUE = text(
    "INSERT INTO engine_job (id, key, kind, payload, state, run_at) VALUES (:id, :key, :kind, :payload, :state, :at)"
)


@DBOS.transaction()
def moved(case: int) -> None:
    at, session = datetime.now(UTC), DBOS.sql_session
    state, version = session.execute(READ, {"case": case}).one()
    name, to = MOVES[state]
    told = {"case": case, "seq": version + 1, "to": to, "at": at}
    assert session.execute(MOVE, {**told, "seen": version}).rowcount == 1
    session.execute(ENTER, {**told, "id": uuid4(), "step": name, "before": state, "actor": ACTOR})
    payload = json.dumps({"case": case, "step": name})
    work = {"id": uuid4(), "key": f"told:{case}:{version + 1}", "kind": "case.told", "state": "ready"}
    session.execute(ENQUEUE, {**work, "payload": payload, "at": at})


@DBOS.workflow()
def advance(case: int) -> None:
    moved(case)


def open_lane() -> Step:
    found: Step = advance
    return found


def without_extension(
    _conn: object, _cursor: object, statement: str, given: object, *_more: object
) -> tuple[str, object]:
    """Leave out of the first migration an extension that nothing uses and a bare PostgreSQL does not have."""
    return statement.replace('CREATE EXTENSION IF NOT EXISTS "uuid-ossp";', ""), given


if __name__ == "__main__":
    url = sys.argv[1]
    config: DBOSConfig = {
        "name": "peer",
        "system_database_url": url,
        "application_database_url": url,
        "log_level": "ERROR",
    }
    DBOS(config=config)
    event.listen(Engine, "before_cursor_execute", without_extension, retval=True)
    DBOS.launch()
    event.remove(Engine, "before_cursor_execute", without_extension)
    serve(open_lane)
    DBOS.destroy()
