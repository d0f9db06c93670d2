"""A log of a thousand entries, and what somebody with the database in hand does to it: both verifiers name it."""

import runpy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import Table, delete, insert, select, text, update

from caseflow import audit, checkpoint
from caseflow.access import SYSTEM_USER, Grant, Viewer
from caseflow.actions import checkpoints, exports, proofs, trail
from caseflow.actions.exports import ExportLog
from caseflow.exchange import ledger
from caseflow.ids import new_id
from caseflow.store import log, tree, triggers
from caseflow.store.tables import (
    access_entry,
    case_entry,
    case_file,
    checkpoint_copy,
    log_checkpoint,
    log_leaf,
    log_pending,
    log_subtree,
)  # fmt: skip
from tests.source import ROOT
from tests.world import Office, World, at, rolled_back, viewer

pytestmark = pytest.mark.slow
COUNT = 1000
VERIFIER = runpy.run_path(str(ROOT / "tools" / "verify_audit.py"))["main"]
OTHER = str(new_id())


@dataclass(frozen=True)
class Crime:
    """The log, what the auditor holds outside, and where to write exports."""

    world: World
    outside: str
    key: str
    auditor: Viewer
    folder: Path


@pytest.fixture(scope="module")
def scene(office: Office, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crime]:
    with rolled_back(office) as world:
        for category in ("AT", "FM"):
            for state in ("intervention", "evaluation", "closed"):
                at(world, state, category)
        world.now += timedelta(hours=1)
        while tree.sequence(world.session):
            pass
        for n in range(COUNT - tree.size(world.session)):
            log.note_access(world.session, "user:log_in:done", actor=SYSTEM_USER, at=world.now, data={"n": n})
        auditor = replace(viewer(world, "audit"), grants=(Grant("auditor", "63"),))
        outside = checkpoints.make_now(world.session, by=auditor, at=world.now).note
        for name in sorted(triggers.expected()):
            on = f" ON {name.rsplit('_no_', 1)[0]}" if world.session.is_postgresql else ""
            world.session.conn.execute(text(f"DROP TRIGGER {name}{on}"))
        key = checkpoints.verifier_key(world.session)
        yield Crime(world, outside, key, auditor, tmp_path_factory.mktemp("crime"))


@contextmanager
def undone(scene: Crime) -> Iterator[World]:
    """Yield the world, and put everything back as it was."""
    session = scene.world.session
    point = session.conn.begin_nested()
    session.subject_keys.clear()
    try:
        yield scene.world
    finally:
        point.rollback()


def found(scene: Crime) -> tuple[set[str], set[str]]:
    """Return the reasons of the product's verifier: by the log itself, and against what was kept outside."""
    session = scene.world.session
    inside: set[str] = {fault.broken.reason for fault in trail.verify(session).faults}
    inside |= {fault.reason for fault in proofs.verify(session).faults}
    outside = {fault.reason for fault in proofs.verify(session, outside=checkpoint.read(scene.outside)).faults}
    return inside, outside - inside


def stranger(scene: Crime, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """Export the log as it is now, and return what the separate verifier says of it."""
    session = scene.world.session
    export = exports.prepare(session, ExportLog(), by=scene.auditor, at=scene.world.now)
    file, kept = scene.folder / "log.jsonl", scene.folder / "kept"
    file.write_text("".join(ledger.jsonl(export.head, exports.items(session, export, by=scene.auditor))))
    kept.write_text(scene.outside)
    code: int = VERIFIER([str(file), "--key", scene.key, "--checkpoint", str(kept)])
    return code, capsys.readouterr().out


def some(scene: Crime, table: Table, *conditions: Any) -> Any:  # noqa: ANN401 - a row
    """Return an entry, the same in every run."""
    rows = scene.world.session.execute(select(table).where(*conditions).order_by(table.c.id)).all()
    return Random(20261122).choice(rows)


def rebuild(scene: Crime) -> None:
    """Compute tree and queue anew over the entries there are, and take the signed heads away, as a forger would."""
    session = scene.world.session
    order = list(session.execute(select(log_leaf.c.entry_id).order_by(log_leaf.c.position)).scalars())
    there = {row for table in (case_entry, access_entry) for row in session.execute(select(table.c.id)).scalars()}
    for table in (log_leaf, log_subtree, log_pending, checkpoint_copy, log_checkpoint):
        session.execute(delete(table))
    session.execute(insert(log_pending), [{"entry_id": entry} for entry in order if entry in there])
    checkpoints.sequence_all(session)


def test_an_untouched_log_passes(scene: Crime, capsys: pytest.CaptureFixture[str]) -> None:
    with undone(scene) as world:
        assert tree.size(world.session) == COUNT + 1
        assert found(scene) == (set(), set())
        code, said = stranger(scene, capsys)
        assert code == 0, said


# --- a byte in any column --------------------------------------------------------------------------------------------


def flipped(value: Any) -> Any:  # noqa: ANN401 - a column of any type
    if isinstance(value, int):
        return value + 1000
    if isinstance(value, str) and len(value) == len(OTHER) and value.count("-") == 4:
        return OTHER
    if isinstance(value, str):
        return value[:-2] + ("~" if value[-2] != "~" else "!") + value[-1]
    return value - timedelta(days=400)


@pytest.mark.parametrize("column", [c.name for c in case_entry.c if c.name != "case_id"])
def test_a_byte_in_any_column_of_a_case_entry(scene: Crime, column: str, capsys: pytest.CaptureFixture[str]) -> None:
    with undone(scene) as world:
        row = some(scene, case_entry, case_entry.c.seq > 2, case_entry.c.payload_digest.is_not(None))
        changed = {column: flipped(getattr(row, column))}
        world.session.execute(update(case_entry).where(case_entry.c.id == row.id).values(changed))
        inside, _outside = found(scene)
        assert inside, column
        code, said = stranger(scene, capsys)
        assert code == 1, (column, said)


@pytest.mark.parametrize("column", [c.name for c in access_entry.c if c.name not in {"case_id", "payload_digest"}])
def test_a_byte_in_any_column_of_an_access_entry(scene: Crime, column: str, capsys: pytest.CaptureFixture[str]) -> None:
    with undone(scene) as world:
        row = some(scene, access_entry, access_entry.c.case_id.is_(None))
        changed = {column: flipped(getattr(row, column))}
        world.session.execute(update(access_entry).where(access_entry.c.id == row.id).values(changed))
        assert found(scene)[0], column
        assert stranger(scene, capsys)[0] == 1


# --- rows ------------------------------------------------------------------------------------------------------------


def test_a_removed_row(scene: Crime, capsys: pytest.CaptureFixture[str]) -> None:
    with undone(scene) as world:
        row = some(scene, case_entry, case_entry.c.seq == 3)
        world.session.execute(delete(case_entry).where(case_entry.c.id == row.id))
        assert found(scene)[0] >= {"sequence", "gone"}
        code, said = stranger(scene, capsys)
        assert (code, row.id in said, "tidak ada lagi" in said) == (1, True, True)


def test_two_swapped_rows(scene: Crime, capsys: pytest.CaptureFixture[str]) -> None:
    with undone(scene) as world:
        one = some(scene, case_entry, case_entry.c.seq == 3)
        mine = case_entry.c.case_id == one.case_id
        for seq, to in ((3, 900), (4, 3), (900, 4)):
            world.session.execute(update(case_entry).where(mine, case_entry.c.seq == seq).values(seq=to))
        assert found(scene)[0]
        assert stranger(scene, capsys)[0] == 1


# --- what only a copy outside shows ----------------------------------------------------------------------------------


def cut_the_tail(scene: Crime) -> None:
    session = scene.world.session
    newest = select(log_leaf.c.entry_id).where(log_leaf.c.position >= COUNT - 20)
    session.execute(delete(access_entry).where(access_entry.c.id.in_(list(session.execute(newest).scalars()))))


def forge_with_a_right_chain(scene: Crime) -> None:
    """Put the day of a case's last entry back, with hash, chain and head of the case as they then must be."""
    session = scene.world.session
    case = some(scene, case_file, case_file.c.state == "closed", case_file.c.confidentiality != "R3")
    last = case_entry.c.case_id == case.id, case_entry.c.seq == case.entry_seq
    row = session.execute(select(case_entry).where(*last)).one()
    day = row.event_date - timedelta(days=30)
    hashed = audit.entry_hash(replace(log.envelope_of(row), event_date=day.isoformat()))
    session.execute(update(case_entry).where(*last).values(event_date=day, hash=hashed))
    session.execute(update(case_file).where(case_file.c.id == case.id).values(entry_head=hashed))


@pytest.mark.parametrize(("crime", "reason", "words"), [
    (cut_the_tail, "short", "dipotong atau dimundurkan"),
    (forge_with_a_right_chain, "root", "berubah pada atau sesudah posisi"),
])  # fmt: skip
def test_a_log_made_right_again_fits_no_copy_outside(
    scene: Crime, crime: Callable[[Crime], None], reason: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with undone(scene):
        crime(scene)
        rebuild(scene)
        inside, outside = found(scene)
        assert (inside, outside) == (set(), {reason}), "whole in itself, signed again or not"
        code, said = stranger(scene, capsys)
        assert (code, words in said) == (1, True), said
