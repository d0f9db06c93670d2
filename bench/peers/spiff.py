"""SpiffWorkflow: the case is a BPMN process of seven tasks and gateways, its JSON read and written a step. LGPL."""

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
    """Return the lifecycle: a manual task a stage, then a gateway that leads on where its condition holds.

    No way leads back: a loop would make the JSON grow with each round.
    """
    nodes, flows = ['<startEvent id="start"/><endEvent id="end"/>'], [_flow("start", STAGES[0])]
    for stage, after in pairwise((*STAGES, "end")):
        nodes.append(f'<manualTask id="{stage}"/><exclusiveGateway id="after_{stage}" default="no_{stage}"/>')
        flows.append(_flow(stage, f"after_{stage}"))
        flows.append(_flow(f"after_{stage}", after, f"yes_{stage}", "known"))
        flows.append(_flow(f"after_{stage}", "end", f"no_{stage}"))
    return (
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="caseflow">'
        f'<process id="lifecycle" isExecutable="true">{"".join(nodes + flows)}</process></definitions>'
    )


def _flow(source: str, target: str, name: str = "", condition: str = "") -> str:
    said = f"<conditionExpression>{condition}</conditionExpression>" if condition else ""
    name = name or f"to_{target}"
    return f'<sequenceFlow id="{name}" sourceRef="{source}" targetRef="{target}">{said}</sequenceFlow>'


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
        task.data["known"] = version > 0
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
