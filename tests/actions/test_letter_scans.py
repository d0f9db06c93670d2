"""The signed scan of a letter: kept beside the file that was made, sealed, on record by its digest."""

from hashlib import sha256

import pytest
from sqlalchemy import delete, update

from caseflow.actions.letter_scans import AttachScan, attach_scan, scan_of
from caseflow.actions.letters import VoidLetter, void_letter
from caseflow.errors import Forbidden, InvalidInput, NotFound, Refused
from caseflow.store import letters as rows
from caseflow.store import log
from caseflow.store.tables import file
from tests.actions.test_letters import issued, needing, rendered
from tests.world import World, act, broken, refused, viewer

SCAN = b"%PDF-1.4 tinta dan cap"


def test_the_scan_of_a_signed_letter_is_kept_and_the_last_one_counts(world: World) -> None:
    case = needing(world)
    row = issued(world, case)
    assert "sudah jadi" in str(refused(world, Refused, attach_scan, AttachScan(letter=row.id, content=SCAN)))
    rendered(world, row)
    act(world, attach_scan, AttachScan(letter=row.number, content=b"%PDF-1.4 miring"))
    act(world, attach_scan, AttachScan(letter=row.id, content=SCAN))
    found, content = scan_of(world.session, row.id, by=viewer(world, "sari"), at=world.now)
    assert (found.number, content) == (row.number, SCAN)
    said = log.data_of(log.entries_of(world.session, case)[-1].data)
    assert (said["letter"], said["sha256"]) == (row.id, sha256(SCAN).hexdigest())
    assert rows.scans(world.session, case) == {row.id: said["file"]}
    assert broken(world) == ()


def test_who_may_not_and_what_is_no_scan(world: World) -> None:
    row = issued(world, needing(world))
    rendered(world, row)
    command = AttachScan(letter=row.id, content=SCAN)
    refused(world, Forbidden, attach_scan, command, by="audit")
    refused(world, InvalidInput, attach_scan, AttachScan(letter=row.id, content=b"GIF89a"))
    with pytest.raises(NotFound):
        scan_of(world.session, row.id, by=viewer(world, "sari"), at=world.now)
    act(world, attach_scan, command)
    with pytest.raises(NotFound):
        scan_of(world.session, row.id, by=viewer(world, "luar"), at=world.now)
    act(world, void_letter, VoidLetter(letter=row.id, reason="Salah alamat."), by="sari")
    refused(world, Refused, attach_scan, command)
    with pytest.raises(Refused, match="Unduh PDF surat ini, yang bertanda BATAL"):
        scan_of(world.session, row.id, by=viewer(world, "sari"), at=world.now)


@pytest.mark.parametrize("gone", [True, False])
def test_verifying_names_a_scan_that_is_gone_or_another(world: World, *, gone: bool) -> None:
    case = needing(world)
    row = issued(world, case)
    rendered(world, row)
    act(world, attach_scan, AttachScan(letter=row.id, content=SCAN))
    mine = file.c.id == rows.scans(world.session, case)[row.id]
    world.session.execute(delete(file).where(mine) if gone else update(file).where(mine).values(sha256="c" * 64))
    (found,) = broken(world)
    assert (found.case_id, found.reason, found.table, found.row) == (case, "file", "letter", row.id)
