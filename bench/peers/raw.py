"""The floor: the driver alone, a statement a row."""

import json
import sys
from datetime import UTC, datetime
from uuid import uuid4

import psycopg

from bench.peers.serving import ACTOR, MOVES, Step, serve

READ = "SELECT id, state, version, area, updated_at FROM engine_case WHERE id = %s"
MOVE = "UPDATE engine_case SET state = %s, version = %s, updated_at = %s WHERE id = %s AND version = %s"
ENTER = (
    "INSERT INTO engine_entry (id, case_id, seq, step, from_state, to_state, actor, entered_at)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"
)
ENQUEUE = "INSERT INTO engine_job (id, key, kind, payload, state, run_at) VALUES (%s, %s, %s, %s, %s, %s)"


def open_lane() -> Step:
    connection = psycopg.connect(sys.argv[1])
    cursor = connection.cursor(binary=True)

    def step(case: int) -> None:
        at = datetime.now(UTC)
        row = cursor.execute(READ, (case,)).fetchone()
        assert row
        _id, state, version, _area, _since = row
        name, to = MOVES[state]
        moved = cursor.execute(MOVE, (to, version + 1, at, case, version)).rowcount
        assert moved == 1
        cursor.execute(ENTER, (uuid4(), case, version + 1, name, state, to, ACTOR, at))
        payload = json.dumps({"case": case, "step": name})
        cursor.execute(ENQUEUE, (uuid4(), f"told:{case}:{version + 1}", "case.told", payload, "ready", at))
        connection.commit()

    return step


if __name__ == "__main__":
    serve(open_lane)
