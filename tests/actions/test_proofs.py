"""What the log proves, and to whom: whole against its checkpoints, an entry under one, one the beginning of another."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, text, update

from caseflow import audit, checkpoint, crypto, merkle
from caseflow.access import SYSTEM_USER, Grant
from caseflow.actions import checkpoints, proofs
from caseflow.checkpoint import Checkpoint, Note, Signature
from caseflow.errors import BadCheckpoint, NotFound, Refused
from caseflow.ids import new_id
from caseflow.store import log, triggers
from caseflow.store.session import Session
from caseflow.store.tables import access_entry, log_checkpoint, log_leaf, log_pending
from tests.world import World, at, opened, row_of, viewer

OTHER = crypto.keyring_of(bytes(32))


def head(world: World) -> Note:
    """Sign the log as it is now."""
    world.now += timedelta(minutes=1)
    return checkpoint.read(checkpoints.make_now(world.session, by=viewer(world, "audit"), at=world.now).note)


def signed_by(keys: crypto.Keyring, stated: Checkpoint) -> Note:
    body, public = checkpoint.text_of(stated), crypto.log_key(keys)
    key_id = checkpoint.key_id(stated.origin, public)
    signature = Signature(stated.origin, key_id, crypto.sign_log(keys, body.encode()))
    return checkpoint.read(checkpoint.note_of(body, [signature]))


def unlock(session: Session) -> None:
    for name in sorted(triggers.expected()):
        on = f" ON {name.rsplit('_no_', 1)[0]}" if session.is_postgresql else ""
        session.conn.execute(text(f"DROP TRIGGER {name}{on}"))


def faults(world: World, **given: Any) -> list[tuple[str, str]]:  # noqa: ANN401 - as verify takes it
    return [(fault.reason, fault.source) for fault in proofs.verify(world.session, **given).faults]


# --- the whole log ---------------------------------------------------------------------------------------------------


def test_a_log_that_only_grew_fits_every_checkpoint(world: World) -> None:
    first = head(world)
    at(world, "assessment")
    second = head(world)
    opened(world)
    for outside in (None, first, second):
        found = proofs.verify(world.session, outside=outside)
        assert (found.faults, found.checkpoints, found.leaves) == ((), 2, second.checkpoint.size)
        assert found.waiting > 0


def test_a_log_put_back_to_an_earlier_state_is_shorter_than_the_auditors_copy(world: World) -> None:
    outside = head(world)
    unlock(world.session)
    last = outside.checkpoint.size - 1
    entry = world.session.execute(select(log_leaf.c.entry_id).where(log_leaf.c.position == last)).scalar_one()
    world.session.execute(delete(log_leaf).where(log_leaf.c.position == last))
    world.session.execute(delete(access_entry).where(access_entry.c.id == entry))
    world.session.execute(delete(log_checkpoint))
    assert ("short", "outside") in faults(world, outside=outside)
    (said,) = [f.sentence for f in proofs.verify(world.session, outside=outside).faults if f.reason == "short"]
    assert str(last + 1) in said
    assert "{" not in said


def test_a_resigned_log_does_not_fit_the_auditors_copy(world: World) -> None:
    """Whoever holds database and key can write another log and sign it: only the copy outside tells."""
    outside = head(world)
    stated = Checkpoint(outside.checkpoint.origin, outside.checkpoint.size, bytes(32), outside.checkpoint.at)
    kept = signed_by(world.session.keys, stated)
    assert faults(world, outside=kept) == [("root", "outside")]
    assert proofs.verify(world.session, outside=kept).faults[0].position == outside.checkpoint.size, "ours still holds"


@pytest.mark.parametrize("change", ["text", "signature", "size"])
def test_a_checkpoint_changed_in_the_database_is_named(world: World, change: str) -> None:
    note = head(world)
    (row,) = world.session.execute(select(log_checkpoint)).all()
    unlock(world.session)
    values: dict[str, Any] = {
        "text": {"note": "log\n"},
        "signature": {"note": row.note.replace("time 2026", "time 2025")},
        "size": {"size": note.checkpoint.size - 1},
    }[change]
    world.session.execute(update(log_checkpoint).values(values))
    (fault,) = proofs.verify(world.session).faults
    assert fault.reason == "signature"
    assert "{" not in fault.sentence


def test_a_checkpoint_of_somebody_else_is_none_of_ours(world: World) -> None:
    ours = head(world)
    theirs = signed_by(OTHER, ours.checkpoint)
    assert faults(world, outside=theirs) == [("stranger", "outside")]
    key = checkpoint.verifier_key(ours.checkpoint.origin, crypto.log_key(OTHER))
    assert faults(world, outside=theirs, key=key) == [], "an earlier key of this log, say"
    assert faults(world, outside=ours, key=key) == [("stranger", "outside")]
    with pytest.raises(BadCheckpoint):
        proofs.verify(world.session, outside=ours, key="kunci")


def test_a_checkpoint_with_another_signature_as_well_still_counts(world: World) -> None:
    """So a key can be changed: the last checkpoint under the old one is signed with both."""
    ours = head(world)
    both = Note(ours.checkpoint, ours.text, (*signed_by(OTHER, ours.checkpoint).signatures, *ours.signatures))
    assert faults(world, outside=both) == []


def test_every_reason_is_a_sentence(world: World) -> None:
    head(world)
    unlock(world.session)
    for position, values in ((3, {"hash": bytes(32)}), (5, {"entry_id": str(new_id(world.now))})):
        world.session.execute(update(log_leaf).where(log_leaf.c.position == position).values(values))
    world.session.execute(delete(log_leaf).where(log_leaf.c.position == 20))
    log.note_access(world.session, "user:log_in:done", actor=SYSTEM_USER, at=world.now)
    world.session.execute(delete(log_pending))
    found = proofs.verify(world.session).faults
    assert {fault.reason for fault in found} >= {"leaf", "gone", "gap", "unplaced", "subtree"}
    assert all("{" not in fault.sentence and "None" not in fault.sentence for fault in found)


def proven(world: World, entry: str, *, by: str = "audit", note: Note | None = None) -> Mapping[str, Any]:
    return proofs.inclusion(world.session, entry, by=viewer(world, by), at=world.now, note=note)


# --- an entry --------------------------------------------------------------------------------------------------------


def test_a_proof_leads_from_an_entry_to_the_checkpoint(world: World) -> None:
    case = at(world, "assessment")
    note = head(world)
    opened(world)
    head(world)
    number, third = row_of(world, case).number, log.entries_of(world.session, case)[2]
    for brought in (None, note):
        proof = proven(world, f"{number}/3", note=brought)
        again = proven(world, third.id, by="sari", note=brought)
        assert proof == again
        assert (proof["format"], proof["hash"]) == (proofs.INCLUSION, third.hash)
        assert audit.entry_hash(audit.Envelope(**proof["entry"])) == third.hash
        over = checkpoint.read(proof["checkpoint"])
        path = [bytes.fromhex(step) for step in proof["path"]]
        leaf = merkle.leaf(bytes.fromhex(proof["hash"]))
        assert merkle.is_included(leaf, proof["index"], over.checkpoint.size, path, over.checkpoint.root)
        assert proofs.signer(over, crypto.log_key(world.session.keys)) == "own"
    noted = world.session.execute(select(access_entry).where(access_entry.c.code == "log:proof:made")).all()
    assert {(row.case_id, row.data) for row in noted} == {(case, f'{{"entry":"{third.id}"}}')}


def test_an_entry_is_proven_to_those_who_may_see_it(world: World) -> None:
    case = at(world, "assessment")
    log.note_access(world.session, "case:file:read", actor=SYSTEM_USER, at=world.now, case_id=case)
    log.note_access(world.session, "user:log_in:done", actor=SYSTEM_USER, at=world.now)
    alone, about = world.session.execute(
        select(access_entry.c.id).order_by(access_entry.c.id.desc()).limit(2)
    ).scalars()
    head(world)
    number = row_of(world, case).number
    for name, entry in (
        ("luar", f"{number}/1"),
        ("luarsup", about),
        ("audit", alone),
        ("rina", alone),
        ("mitra", about),
    ):
        with pytest.raises(NotFound):
            proven(world, entry, by=name)
    assert proven(world, about)
    everywhere = replace(viewer(world, "audit"), grants=(Grant("auditor", "63"),))
    assert proofs.sees_everything(world.session, everywhere)
    assert proofs.inclusion(world.session, alone, by=everywhere, at=world.now)


@pytest.mark.parametrize("entry", ["", "/", "x", "6310-2026-000001/", "6310-2026-000001/x", "6310-2026-999999/1", "'"])
def test_an_entry_that_is_none_is_not_found(world: World, entry: str) -> None:
    head(world)
    with pytest.raises(NotFound):
        proven(world, entry)


def test_an_entry_newer_than_every_checkpoint_waits_for_the_next(world: World) -> None:
    early = head(world)
    case = opened(world)
    entry = log.entries_of(world.session, case)[0].id
    with pytest.raises(NotFound):
        proven(world, entry)
    checkpoints.sequence_all(world.session)
    for note in (None, early):
        with pytest.raises(Refused, match="belum tercakup"):
            proven(world, entry, note=note)
    head(world)
    assert proven(world, entry)


# --- growth ----------------------------------------------------------------------------------------------------------


def test_an_older_checkpoint_is_proven_a_beginning_of_a_newer(world: World) -> None:
    with pytest.raises(Refused, match="belum mempunyai"):
        proofs.consistency(world.session, signed_by(OTHER, Checkpoint("x", 1, bytes(32))))
    first = head(world)
    at(world, "closed")
    second = head(world)
    for newer in (None, second):
        proof = proofs.consistency(world.session, first, newer)
        old, new = (checkpoint.read(proof[which]).checkpoint for which in ("old", "new"))
        path = [bytes.fromhex(step) for step in proof["path"]]
        assert proof["format"] == proofs.CONSISTENCY
        assert (old, new) == (first.checkpoint, second.checkpoint)
        assert merkle.is_consistent(old.size, old.root, new.size, new.root, path)
    with pytest.raises(Refused, match="lebih lama"):
        proofs.consistency(world.session, second, first)
    strange = signed_by(world.session.keys, Checkpoint("x", first.checkpoint.size, bytes(32)))
    with pytest.raises(Refused, match="tidak cocok"):
        proofs.consistency(world.session, strange)
