"""SpiffWorkflow: the case is a BPMN process of seven manual tasks, its JSON read and written a step. LGPL."""

import json
import sys
from datetime import UTC, datetime
from itertools import pairwise
from uuid import uuid4

import psycopg
from lxml import etree
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from bench.peers.raw import ENQUEUE, ENTER
from bench.peers.serving import ACTOR, Step, serve

STAGES = ("data_collection", "assessment", "plan", "intervention", "evaluation", "monitoring", "decision")
READ = "SELECT version, workflow FROM engine_case WHERE id = %s"
MOVE = "UPDATE engine_case SET state = %s, version = %s, updated_at = %s, workflow = %s WHERE id = %s AND version = %s"


def bpmn() -> str:
    """Return the lifecycle as a line of manual tasks; a loop would make the JSON grow with each round."""
    chain = ("start", *STAGES, "end")
    tasks = "".join(f'<manualTask id="{stage}"/>' for stage in STAGES)
    flows = "".join(
        f'<sequenceFlow id="f{n}" sourceRef="{source}" targetRef="{target}"/>'
        for n, (source, target) in enumerate(pairwise(chain))
    )
    return (
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="caseflow">'
        f'<process id="lifecycle" isExecutable="true"><startEvent id="start"/>{tasks}<endEvent id="end"/>{flows}'
        "</process></definitions>"
    )


def open_lane() -> Step:
    connection = psycopg.connect(sys.argv[1])
    cursor = connection.cursor(binary=True)
    parser = BpmnParser()
    parser.add_bpmn_xml(etree.fromstring(bpmn()))
    spec, serializer = parser.get_spec("lifecycle"), BpmnWorkflowSerializer()

    def step(case: int) -> None:
        at = datetime.now(UTC)
        row = cursor.execute(READ, (case,)).fetchone()
        assert row
        version, stored = row
        flow = serializer.deserialize_json(stored) if stored else None
        if flow is None or flow.completed:  # the first step of a new file
            flow = BpmnWorkflow(spec)
            flow.do_engine_steps()
        task = flow.get_next_task(state=TaskState.READY, manual=True)
        before = task.task_spec.name
        task.run()
        flow.do_engine_steps()
        after = "closed" if flow.completed else flow.get_next_task(state=TaskState.READY, manual=True).task_spec.name
        moved = (after, version + 1, at, serializer.serialize_json(flow), case, version)
        assert cursor.execute(MOVE, moved).rowcount == 1
        cursor.execute(ENTER, (uuid4(), case, version + 1, before, before, after, ACTOR, at))
        payload = json.dumps({"case": case, "step": before})
        cursor.execute(ENQUEUE, (uuid4(), f"told:{case}:{version + 1}", "case.told", payload, "ready", at))
        connection.commit()

    return step


if __name__ == "__main__":
    with psycopg.connect(sys.argv[1]) as connection:
        connection.execute("ALTER TABLE engine_case ADD COLUMN workflow text")
    serve(open_lane)
