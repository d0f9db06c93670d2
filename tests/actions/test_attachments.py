"""Photos and documents of a case: who attaches, sees and withdraws them, and what is left of them."""

from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from caseflow.access import GLASS, Grant
from caseflow.actions.attachments import (
    AttachFile,
    Attachment,
    WithdrawFile,
    attach_file,
    file_of,
    list_files,
    require_may_attach,
    thumb_of,
    withdraw_file,
)
from caseflow.actions.records import RecordStage, record_stage
from caseflow.errors import Erased, Forbidden, InvalidInput, NotFound, Refused, VersionConflict
from caseflow.store import log, proof
from caseflow.store.tables import access_entry, attachment, file
from caseflow.uploads.cleaning import Cleaned
from tests.actions.test_erased import erase
from tests.world import World, act, adult, at, bring, broken, codes, days_later, opened, refused, row_of, viewer, visit

PHOTO = Cleaned("image/jpeg", b"\xff\xd8 rumah panggung", b"\xff\xd8 kecil")
PAPER = Cleaned("application/pdf", b"%PDF-1.7 hasil periksa")


def attached(world: World, case: str, *, by: str = "rina", **said: Any) -> str:  # noqa: ANN401 - of AttachFile
    command = AttachFile(**{"case": case, "file": PHOTO, "kind": "house", **said})
    return str(act(world, attach_file, command, by=by).created_id)


def listed(world: World, case: str, by: str = "rina") -> list[Attachment]:
    return list_files(world.session, case, by=viewer(world, by), at=world.now)


def read(world: World, attachment_id: str, by: str = "rina") -> tuple[str, bytes]:
    _shown, name, content = file_of(world.session, attachment_id, by=viewer(world, by), at=world.now)
    return name, content


def readings(world: World, case: str) -> list[tuple[str, dict[str, Any]]]:
    for write, items in world.session.leaving.items():
        write(world.session, items)
    world.session.leaving.clear()
    rows = world.session.execute(select(access_entry).where(access_entry.c.case_id == case))
    return [(row.code, dict(log.data_of(row.data))) for row in rows]


def test_a_photo_is_kept_under_the_key_and_its_entry_says_its_digest(world: World) -> None:
    case = at(world, "monitoring")
    visit(world, case)
    seen = world.session.execute(
        select(proof.PROVEN["visit"].c.id).order_by(proof.PROVEN["visit"].c.id.desc())
    ).scalar()
    before = row_of(world, case).version
    mine = attached(world, case, note="Atap bocor.", visit=seen, taken_on=world.today)
    (found,) = listed(world, case)
    assert (found.id, found.kind, found.note, found.visit) == (mine, "house", "Atap bocor.", seen)
    assert (found.size, found.sha256) == (len(PHOTO.content), sha256(PHOTO.content).hexdigest())
    assert found.visited_on is not None
    assert found.has_thumb
    assert read(world, mine) == (f"{row_of(world, case).number}-house-{world.today}.jpg", PHOTO.content)
    assert thumb_of(world.session, mine, by=viewer(world, "sari"), at=world.now) == PHOTO.thumb
    entry = log.entries_of(world.session, case)[-1]
    said = log.data_of(entry.data)
    assert (entry.code, said["attachment"], said["sha256"]) == ("case:attachment:added", mine, found.sha256)
    assert "bocor" not in entry.data
    stored = world.session.execute(select(file.c.sealed).where(file.c.id == said["file"])).scalar_one()
    assert PHOTO.content not in stored
    assert row_of(world, case).version == before, "a photo makes nobody's form old"
    assert not broken(world)


def test_what_is_not_attached(world: World) -> None:
    case = at(world, "assessment")
    command = AttachFile(case=case, file=PHOTO, kind="house")
    refused(world, Forbidden, attach_file, command, by="audit")
    refused(world, NotFound, attach_file, command, by="luar")
    for wrong in (
        {"kind": "selfie"},
        {"note": "x" * 401},
        {"stage": "nowhere"},
        {"visit": "019c1bde-00e0-7cdd-ba2a-f5c6d5ebbaba"},
        {"stage": "assessment", "visit": "x"},
        {"taken_on": world.today.replace(year=2031)},
    ):
        refused(world, InvalidInput, attach_file, replace(command, **wrong))
    refused(world, VersionConflict, attach_file, replace(command, expected_version=1))
    attached(world, case, stage="assessment")
    assert "sudah terlampir" in str(refused(world, Refused, attach_file, command))
    closed = at(world, "closed")
    assert "sudah ditutup" in str(refused(world, Refused, attach_file, replace(command, case=closed)))
    for case_, by, error in ((closed, "rina", Refused), (case, "luar", NotFound), (case, "audit", Forbidden)):
        with pytest.raises(error):
            require_may_attach(world.session, case_, by=viewer(world, by), at=world.now)


def test_a_case_holds_no_more_than_its_share(world: World) -> None:
    case = opened(world)
    attached(world, case)
    values = {"size": 60 << 20}
    world.session.execute(update(attachment).where(attachment.c.case_id == case).values(values))
    other = AttachFile(case=case, file=PAPER, kind="other")
    assert "paling banyak 100 berkas, bersama-sama 60 MB" in str(refused(world, Refused, attach_file, other))


def test_a_paper_about_health_makes_a_case_limited_for_good(world: World) -> None:
    case = opened(world)
    assert row_of(world, case).confidentiality == "R1"
    typed = {"treatment_needed": True, "health_need": "rawat jalan"}
    act(world, record_stage, RecordStage(case=case, stage="data_collection", answers=typed))
    mine = attached(world, case, kind="health", file=PAPER)
    taken_back = dict.fromkeys(typed)
    act(world, record_stage, RecordStage(case=case, stage="data_collection", answers=taken_back))
    act(world, withdraw_file, WithdrawFile(attachment=mine, reason="Milik orang lain."))
    assert row_of(world, case).confidentiality == "R2"
    plain = opened(world)
    attached(world, plain, kind="health", file=PAPER)
    assert codes(world, plain)[-2:] == ["case:attachment:added", "case:confidentiality:raised"]
    assert not listed(world, plain)[0].has_thumb
    assert not broken(world)


def test_reading_of_a_limited_case_is_on_record_each_file_once(world: World) -> None:
    case = at(world, "assessment", "AT")
    mine = attached(world, case)
    read(world, mine, by="sari")
    thumb_of(world.session, mine, by=viewer(world, "sari"), at=world.now)
    assert readings(world, case)
    thumb_of(world.session, mine, by=viewer(world, "sari"), at=world.now)
    found = readings(world, case)
    assert ("case:attachment:read", {"attachment": mine}) in found
    assert found.count(("case:line:read", {"list": "thumbs"})) == 1


def test_who_sees_them(world: World) -> None:
    case = at(world, "assessment")
    mine = attached(world, case)
    for name in ("luar", "dewi", "mitra", "admin", "intan"):
        for ask in (read, lambda w, _mine, who: listed(w, case, who)):
            with pytest.raises(NotFound):
                ask(world, mine, name)
    assert read(world, mine, by="audit")[1] == PHOTO.content
    closed_file = opened(world, "KTK", person=adult())
    theirs = attached(world, closed_file)
    assert read(world, theirs)[1] == PHOTO.content
    for name in ("budi", "audit"):
        with pytest.raises(NotFound):
            read(world, theirs, name)
    in_need = replace(viewer(world, "budi"), grants=(Grant(GLASS, ""),))
    assert file_of(world.session, theirs, by=in_need, at=world.now)[2] == PHOTO.content
    with pytest.raises(NotFound):
        thumb_of(world.session, theirs, by=viewer(world, "rina"), at=world.now)
    assert not listed(world, closed_file)[0].has_thumb


def test_a_withdrawn_file_is_destroyed_and_its_entry_stays(world: World) -> None:
    case = at(world, "assessment")
    mine, theirs = attached(world, case), attached(world, case, file=PAPER, kind="other", by="budi")
    command = WithdrawFile(attachment=mine, reason="Salah orang.")
    refused(world, InvalidInput, withdraw_file, replace(command, reason=" "))
    refused(world, NotFound, withdraw_file, command, by="luar")
    assert "Supervisor" in str(refused(world, Forbidden, withdraw_file, command, by="budi")).title()
    act(world, withdraw_file, command)
    act(world, withdraw_file, replace(command, attachment=theirs), by="sari")
    refused(world, Refused, withdraw_file, command)
    with pytest.raises(NotFound):
        read(world, mine)
    with pytest.raises(NotFound):
        thumb_of(world.session, mine, by=viewer(world, "rina"), at=world.now)
    found = {each.id: each for each in listed(world, case)}
    assert (found[mine].withdrawn, found[mine].withdrawn_by, found[mine].readable) == ("Salah orang.", "Rina", False)
    assert world.session.execute(select(file.c.id).where(file.c.sha256 == PHOTO.sha256)).first() is None
    assert codes(world, case)[-1] == "case:attachment:withdrawn"
    attached(world, case)  # the same file may come again
    assert not broken(world)


@pytest.mark.parametrize("how", ["a byte", "gone", "another"])
def test_verifying_names_a_file_of_which_a_byte_changed(world: World, how: str) -> None:
    case = opened(world)
    mine, other = attached(world, case), attached(world, case, file=PAPER, kind="other")
    row = world.session.execute(select(attachment).where(attachment.c.id == mine)).one()
    sealed = world.session.execute(select(file.c.sealed).where(file.c.id == row.file_id)).scalar_one()
    on = file.c.id == row.file_id
    if how == "another":
        theirs = select(attachment.c.file_id).where(attachment.c.id == other).scalar_subquery()
        sealed = world.session.execute(select(file.c.sealed).where(file.c.id == theirs)).scalar_one()
        world.session.execute(update(file).where(on).values(sealed=sealed))
    elif how == "gone":
        alone = "ALTER TABLE attachment DROP CONSTRAINT fk_attachment_file_id_file"
        world.session.conn.exec_driver_sql(alone if world.session.is_postgresql else "PRAGMA defer_foreign_keys = ON")
        world.session.execute(delete(file).where(on))
    else:
        world.session.execute(update(file).where(on).values(sealed=sealed[:-1] + bytes([sealed[-1] ^ 1])))
    (found,) = broken(world)
    assert (found.case_id, found.table, found.row, found.reason) == (case, "attachment", mine, "file")
    assert found.seq == log.entries_of(world.session, case)[-2].seq


def test_erasing_leaves_no_byte_of_it(world: World) -> None:
    case = at(world, "monitoring")
    mine = attached(world, case, note="Rumah Zubaidah.")
    act(world, withdraw_file, WithdrawFile(attachment=attached(world, case, file=PAPER, kind="other"), reason="Salah."))
    bring(world, case, "closed")
    days_later(world, 6 * 366)
    erase(world, case)
    (_gone, found) = listed(world, case, by="sari")
    assert (found.id, found.note, found.readable, found.has_thumb) == (mine, "", False, False)
    with pytest.raises(Erased):
        read(world, mine, by="sari")
    assert not broken(world)
