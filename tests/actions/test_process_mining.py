"""The XES export read by a process mining library: every trace is one that the lifecycle, drawn as a net, allows."""

from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from caseflow.actions import exports
from caseflow.actions.exports import ExportLog
from caseflow.exchange import xes
from caseflow.states.lifecycle import INITIAL, STATES, STEPS, destinations
from tests.world import World, at, bring, days_later, take, viewer

STEP = "case:step:taken"
LIBRARY = "pm4py"
"""Imported by the test alone: that takes six seconds, and every process of pytest imports every module of tests."""
# What the library warns of is its own: it takes a warning raised inside for a net that cannot be replayed.
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]


def net_of_the_lifecycle() -> tuple[Any, Any, Any]:
    """Return the lifecycle: a place for each state, a transition for each way a step may go; it may stop anywhere."""
    nets = import_module(f"{LIBRARY}.objects.petri_net.obj")
    parts = import_module(f"{LIBRARY}.objects.petri_net.utils.petri_utils")
    net = nets.PetriNet("lifecycle")
    places = {state: nets.PetriNet.Place(state) for state in (*STATES, "stopped")}
    for place in places.values():
        net.places.add(place)

    def connect(source: str, to: str, label: str | None) -> None:
        transition = nets.PetriNet.Transition(f"{label}:{source}:{to}", label)
        net.transitions.add(transition)
        parts.add_arc_from_to(places[source], transition, net)
        parts.add_arc_from_to(transition, places[to], net)

    for step in STEPS.values():
        for source in step.sources:
            for to in destinations(step):
                connect(source, to, step.name)
    for state in STATES:
        connect(state, "stopped", None)
    return net, nets.Marking({places[INITIAL]: 1}), nets.Marking({places["stopped"]: 1})


def test_every_trace_conforms_to_the_lifecycle(world: World, tmp_path: Path) -> None:
    for category in ("AT", "FM"):
        for state in ("evaluation", "closed"):
            at(world, state, category)
    back = at(world, "closed", "FM")
    days_later(world, 1)
    take(world, back, "reopen", by="sari")
    bring(world, back, "monitoring")
    world.now += timedelta(minutes=1)
    reader, file = viewer(world, "sari"), tmp_path / "log.xes"
    export = exports.prepare(world.session, ExportLog(format="xes"), by=reader, at=world.now)
    lines = xes.lines(exports.events(world.session, export, by=reader), exports.log_attributes(world.session, export))
    file.write_text("".join(lines), encoding="utf-8")

    pm4py = import_module(LIBRARY)
    table = pm4py.read_xes(str(file))
    assert {"case:concept:name", "concept:name", "time:timestamp", "org:role", "case:caseflow:category"} <= set(table)
    steps = table[table["caseflow:code"] == STEP]
    assert len(steps) > 40
    assert set(steps["concept:name"]) <= set(STEPS)
    aligned = pm4py.conformance_diagnostics_alignments(steps, *net_of_the_lifecycle())
    assert len(aligned) == steps["case:concept:name"].nunique()
    assert {trace["fitness"] for trace in aligned} == {1.0}

    forged = steps.copy()
    forged.loc[forged["concept:name"] == "approve_plan", "concept:name"] = "close_case"
    caught = pm4py.conformance_diagnostics_alignments(forged, *net_of_the_lifecycle())
    assert min(trace["fitness"] for trace in caught) < 1.0, "the net does not allow just anything"
