"""Exports of the log: what each reader is shown, what is only a hash, and that the whole tree is always there."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from sqlalchemy import delete, select, text

from caseflow import access, audit, checkpoint, crypto, merkle
from caseflow.access import SYSTEM_USER, Grant, Viewer
from caseflow.actions import checkpoints, exports, proofs
from caseflow.actions.exports import ExportLog
from caseflow.checkpoint import Signature
from caseflow.errors import Forbidden, InvalidInput, NotAnExport
from caseflow.exchange import ledger, xes
from caseflow.exchange.ledger import Hidden, Item, Shown
from caseflow.states.lifecycle import STEPS, destinations
from caseflow.store import cases, log, triggers
from caseflow.store.tables import access_entry, case_entry, case_file
from tests.world import VILLAGE_ELSEWHERE, World, adult, at, days_later, opened, row_of, viewer

PLACES = "{http://www.xes-standard.org/}"


def exported(world: World, by: Viewer | str = "audit", **wanted: Any) -> tuple[exports.Export, list[Item]]:  # noqa: ANN401 - of ExportLog
    """Export as somebody, and check what holds of every export: its lines span the tree and lead to its root."""
    reader = viewer(world, by) if isinstance(by, str) else by
    world.now += timedelta(minutes=1)
    export = exports.prepare(world.session, ExportLog(**wanted), by=reader, at=world.now)
    found = list(exports.items(world.session, export, by=reader))
    edge = merkle.Edge()
    for item in found:
        assert item.index == edge.size
        if isinstance(item, Shown):
            merkle.grow(edge, merkle.leaf(bytes.fromhex(item.hash)))
        else:
            merkle.grow(edge, bytes.fromhex(item.hash), item.leaves.bit_length() - 1)
    head = checkpoint.read(export.head.checkpoint).checkpoint
    assert (edge.size, merkle.root(edge)) == (head.size, head.root)
    return export, found


def shown(found: list[Item]) -> set[str]:
    return {item.entry["id"] for item in found if isinstance(item, Shown)}


def everywhere(world: World) -> Viewer:
    return replace(viewer(world, "audit"), grants=(Grant("auditor", "63"),))


def of_case(world: World, case: str) -> set[str]:
    return {entry.id for entry in log.entries_of(world.session, case)}


def elsewhere(world: World) -> str:
    return opened(world, area=VILLAGE_ELSEWHERE, by="luar", person=adult())


# --- who is shown what -----------------------------------------------------------------------------------------------


def test_who_audits_every_office_is_shown_all_but_closed_files(world: World) -> None:
    case = elsewhere(world)
    _export, found = exported(world, everywhere(world))
    every = {row.id for table in (case_entry, access_entry) for row in world.session.execute(select(table.c.id))}
    closed = select(case_entry.c.id).join(case_file, case_file.c.id == case_entry.c.case_id)
    hidden = set(world.session.execute(closed.where(case_file.c.confidentiality == "R3")).scalars())
    assert shown(found) == every - hidden
    assert of_case(world, case) <= shown(found)
    assert all(audit.entry_hash(audit.Envelope(**i.entry)) == i.hash for i in found if isinstance(i, Shown))


def test_a_reader_is_shown_what_the_access_rule_shows(world: World) -> None:
    other = elsewhere(world)
    log.note_access(world.session, "case:file:read", actor=SYSTEM_USER, at=world.now, case_id=other)
    for name in ("audit", "sari", "luarsup", "kadis"):
        _export, found = exported(world, name)
        reader = viewer(world, name)
        rows = world.session.execute(select(case_file.c.id)).scalars().all()
        scopes = {case: cases.scope_of(world.session, row_of(world, case)) for case in rows}
        visible = {case for case, scope in scopes.items() if access.roles_in(reader, scope)}
        assert {i.entry["case_id"] for i in found if isinstance(i, Shown)} <= visible, "and nothing about no case"
        assert set().union(*(of_case(world, case) for case in visible)) <= shown(found)
        assert any(isinstance(item, Hidden) for item in found)
    for name in ("rina", "intan", "admin", "mitra"):
        with pytest.raises(Forbidden):
            exported(world, name)


def test_a_part_by_area_and_by_days(world: World) -> None:
    case = at(world, "assessment")
    first = world.now.date()
    days_later(world, 3)
    later = opened(world)
    _export, found = exported(world, start=world.now.date(), area="6310")
    assert of_case(world, later) <= shown(found)
    assert not shown(found) & of_case(world, case)
    _export, found = exported(world, end=first)
    assert of_case(world, case) <= shown(found)
    assert not shown(found) & of_case(world, later)
    _export, found = exported(world, everywhere(world), area="6302")
    assert shown(found) == set()
    assert len(found) < 40, "a few subtrees are the whole log"


def test_what_cannot_be_asked(world: World) -> None:
    with pytest.raises(InvalidInput):
        exported(world, format="pdf")
    with pytest.raises(InvalidInput):
        exported(world, start=world.today, end=world.today - timedelta(days=1))
    with pytest.raises(InvalidInput):
        exported(world, area="x")


def test_an_export_is_an_entry_itself_under_its_own_checkpoint(world: World) -> None:
    export, found = exported(world, everywhere(world), format="csv", area="6310")
    (row,) = world.session.execute(select(access_entry).where(access_entry.c.code == "log:export:made")).all()
    assert (row.actor, json.loads(row.data)) == (viewer(world, "audit").user_id, {"format": "csv", "area": "6310"})
    assert export.part.size == sum(i.leaves if isinstance(i, Hidden) else 1 for i in found)
    _export, again = exported(world, everywhere(world))
    assert row.id in shown(again)


def test_every_checkpoint_ever_made_can_be_checked_against_an_export(world: World) -> None:
    sizes = []
    for _round in range(4):
        opened(world)
        world.now += timedelta(minutes=1)
        sizes.append(checkpoints.make_now(world.session, by=viewer(world, "audit"), at=world.now).size)
    for area in (None, "6302"):
        _export, found = exported(world, everywhere(world), area=area)
        begins = {item.index for item in found}
        assert begins >= set(sizes), "no hash spans the size of one"


# --- formats ---------------------------------------------------------------------------------------------------------


def test_lines_of_json_and_rows_of_a_table_say_the_same(world: World) -> None:
    elsewhere(world)
    export, found = exported(world)
    head, *lines = map(json.loads, ledger.jsonl(export.head, found))
    assert head == {
        "format": "caseflow-log-1",
        "scope": {"area": None, "from": None, "until": None},
        "checkpoint": export.head.checkpoint,
    }
    out = io.StringIO()
    ledger.write_csv(found, out)
    header, *rows = csv.reader(io.StringIO(out.getvalue()))
    assert tuple(header) == ledger.COLUMNS
    assert len(rows) == len(lines) == len(found)
    for line, row in zip(lines, rows, strict=True):
        said = dict(zip(header, row, strict=True))
        assert int(said["index"]) == line["index"]
        if "subtree" in line:
            assert (int(said["leaves"]), said["hash"], said["id"]) == (line["leaves"], line["subtree"], "")
            continue
        assert (said["leaves"], said["hash"]) == ("1", line["hash"])
        assert json.loads(said["data"]) == line["entry"]["data"]
        plain = {name: "" if line["entry"][name] is None else str(line["entry"][name]) for name in ledger.ENVELOPE[:-1]}
        assert {name: said[name] for name in plain} == plain


def test_an_export_says_nothing_about_a_person(world: World) -> None:
    someone = adult(name="Zubaidah Ramadhani")
    case = at(world, "closed", person=someone)
    export, found = exported(world, everywhere(world))
    texts = ["".join(ledger.jsonl(export.head, found)), "".join(document(world, "sari"))]
    words = {"Zubaidah", "Ramadhani", str(someone.nik), "Nurhayati"}
    assert not [word for word in words for text in texts if word in text]
    assert row_of(world, case).number not in texts[1], "nor a number that letters print"
    assert not [name for name in world.office.ids.values() if name in texts[1]], "nor who works there"


def document(world: World, by: str = "sari", **wanted: Any) -> Iterator[str]:  # noqa: ANN401 - of ExportLog
    world.now += timedelta(minutes=1)
    reader = viewer(world, by)
    export = exports.prepare(world.session, ExportLog(format="xes", **wanted), by=reader, at=world.now)
    about = exports.log_attributes(world.session, export)
    return xes.lines(exports.events(world.session, export, by=reader), about)


def parsed(lines: Iterator[str]) -> ET.Element:
    return ET.fromstring("".join(lines))  # noqa: S314 - written by ourselves


def values(element: ET.Element) -> dict[str, str]:
    return {child.get("key", ""): child.get("value", "") for child in element if child.get("key")}


def test_every_trace_walks_the_lifecycle(world: World) -> None:
    for category in ("AT", "FM"):
        at(world, "closed", category)
    log_element = parsed(document(world))
    about = values(log_element)
    assert about["concept:name"] == "kasus.dinsos.example/caseflow"
    assert checkpoint.read(about["caseflow:checkpoint"]).checkpoint.size == int(about["caseflow:size"])
    traces = log_element.findall(f"{PLACES}trace")
    assert len(traces) == len({values(trace)["concept:name"] for trace in traces})
    assert {values(trace)["caseflow:area"] for trace in traces} == {"6310"}
    taken = 0
    for trace in traces:
        events = [values(event) for event in trace.findall(f"{PLACES}event")]
        times = [event["time:timestamp"] for event in events]
        assert times == sorted(times)
        assert events[0]["concept:name"] == "case:opened"
        state = "data_collection"
        for event in events:
            if event["caseflow:code"] != "case:step:taken":
                assert event["concept:name"] == event["caseflow:code"]
                continue
            step = STEPS[event["concept:name"]]
            assert state == event["caseflow:from"]
            assert state in step.sources
            state = event["caseflow:to"]
            assert state in destinations(step)
            assert event["org:role"] in {*step.takers, *step.approvers}
            taken += 1
    assert taken > 10


def test_events_carry_their_place_in_the_tree(world: World) -> None:
    case = at(world, "assessment")
    _export, found = exported(world, everywhere(world))
    placed = {item.index: item for item in found if isinstance(item, Shown)}
    log_element = parsed(document(world))
    events = [values(event) for event in log_element.iter(f"{PLACES}event")]
    mine = [event for event in events if placed[int(event["caseflow:index"])].entry["case_id"] == case]
    assert len(mine) == len(of_case(world, case))
    for event in events:
        item = placed[int(event["caseflow:index"])]
        assert event["caseflow:hash"] == item.hash
        assert event["time:timestamp"] == item.entry["entered_at"].replace("Z", "+00:00")


def test_a_document_of_nothing_is_a_document(world: World) -> None:
    log_element = parsed(document(world, "luarsup", start=world.today))
    assert log_element.findall(f"{PLACES}trace") == []


# --- read back -------------------------------------------------------------------------------------------------------


def checked(world: World, text: str, **given: Any) -> list[tuple[str, str]]:  # noqa: ANN401 - as verify_export takes it
    found = proofs.verify_export(world.session, io.StringIO(text), **given)
    assert all("{" not in fault.sentence for fault in found.faults)
    return [(fault.reason, fault.source or fault.entry) for fault in found.faults]


def both(world: World, **wanted: Any) -> tuple[list[str], str]:  # noqa: ANN401 - of ExportLog
    export, found = exported(world, everywhere(world), **wanted)
    out = io.StringIO()
    ledger.write_csv(found, out)
    return list(ledger.jsonl(export.head, found)), out.getvalue()


def kept_head(world: World) -> checkpoint.Note:
    world.now += timedelta(minutes=1)
    return checkpoint.read(checkpoints.make_now(world.session, by=viewer(world, "audit"), at=world.now).note)


def test_an_untouched_export_is_whole_and_of_this_log(world: World) -> None:
    early = kept_head(world)
    opened(world)
    for wanted in ({}, {"area": "6302"}):
        lines, table = both(world, **wanted)
        assert checked(world, "".join(lines), outside=early) == []
        assert checked(world, table, outside=early) == []
        found = proofs.verify_export(world.session, io.StringIO("".join(lines)))
        assert found.shown + found.hidden == checkpoint.read(json.loads(lines[0])["checkpoint"]).checkpoint.size


def test_what_was_done_to_an_export_is_named(world: World) -> None:
    case = at(world, "assessment")
    late = kept_head(world)
    lines, table = both(world)
    place = next(n for n, line in enumerate(lines) if f'"case_id":"{case}"' in line and '"seq":2,' in line)
    entry = json.loads(lines[place])["entry"]["id"]
    altered = [*lines[:place], lines[place].replace('"event_date":"20', '"event_date":"19'), *lines[place + 1 :]]
    assert checked(world, "".join(altered)) == [("altered", entry)]
    gone = [*lines[:place], *lines[place + 1 :]]
    assert checked(world, "".join(gone))[0] == ("order", "")
    assert ("chain", json.loads(lines[place])["entry"]["id"]) not in checked(world, "".join(gone))
    assert checked(world, "".join(lines[:-1]), outside=late) == [("short", "export"), ("short", "log")]
    assert checked(world, table[: len(table) // 2], outside=late)[0][0] == "unreadable"
    assert checked(world, "".join([*lines[:place], "x\n", *lines[place:]]))[0] == ("unreadable", "")


def test_an_entry_that_is_gone_is_not_passed_off_as_one_that_may_not_be_seen(world: World) -> None:
    log.note_access(world.session, "user:log_in:done", actor=SYSTEM_USER, at=world.now)
    kept_head(world)
    for name in sorted(triggers.expected()):
        on = f" ON {name.rsplit('_no_', 1)[0]}" if world.session.is_postgresql else ""
        world.session.conn.execute(text(f"DROP TRIGGER {name}{on}"))
    newest = select(access_entry.c.id).where(access_entry.c.code == "user:log_in:done")
    gone = world.session.execute(newest.order_by(access_entry.c.id.desc())).scalars().first()
    world.session.execute(delete(access_entry).where(access_entry.c.id == gone))
    for wanted in ({}, {"area": "6302"}):
        lines, table = both(world, **wanted)
        assert checked(world, "".join(lines)) == [("lost", gone)]
        assert checked(world, table) == [("lost", gone)]


def test_an_export_of_another_log_is_none_of_ours(world: World) -> None:
    lines, _table = both(world)
    head = checkpoint.read(json.loads(lines[0])["checkpoint"])
    other = crypto.keyring_of(bytes(32))
    key_id = checkpoint.key_id(head.checkpoint.origin, crypto.log_key(other))
    theirs = Signature(head.checkpoint.origin, key_id, crypto.sign_log(other, head.text.encode()))
    forged = json.loads(lines[0]) | {"checkpoint": checkpoint.note_of(head.text, [theirs])}
    text = json.dumps(forged) + "\n" + "".join(lines[1:])
    assert checked(world, text) == [("stranger", "export")]
    key = checkpoint.verifier_key(head.checkpoint.origin, crypto.log_key(other))
    assert checked(world, text, key=key) == []
    assert checked(world, "".join(lines), key=key) == [("stranger", "export")]


@pytest.mark.parametrize("text", ["", "x", "{}", '{"format":"caseflow-log-1"}\n', "index,leaves\n"])
def test_a_file_that_is_no_export_is_refused(world: World, text: str) -> None:
    with pytest.raises(NotAnExport):
        checked(world, text)
