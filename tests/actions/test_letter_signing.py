"""The files of a certificate change once that is on record, and only then."""

from pathlib import Path

import pytest
from sqlalchemy import select

from caseflow.actions import letter_signing
from caseflow.store.tables import access_entry
from tests.conftest import DatabaseFactory
from tests.letters.test_signature import pair
from tests.world import REGENCY, START, World, fill, open_database, viewer


def test_the_files_of_an_office_change_only_with_the_commit(migrated_url: DatabaseFactory, tmp_path: Path) -> None:
    database = open_database(migrated_url("sqlite"), tmp_path)
    office = fill(database)

    def change(owner: str | None, *, breaks: bool = False) -> None:
        with database.write() as session:
            by = viewer(World(office, session, START), "admin")
            if owner:
                letter_signing.set_certificate(session, *pair(owner), area=REGENCY, by=by, at=START)
            else:
                letter_signing.remove_certificate(session, area=REGENCY, by=by, at=START)
            if breaks:
                raise BrokenPipeError

    def stands() -> tuple[list[tuple[str, bool]], list[str]]:
        mine = access_entry.c.code.startswith("office:certificate:")
        with database.read() as session:
            codes = list(
                session.execute(select(access_entry.c.code).where(mine).order_by(access_entry.c.code)).scalars()
            )
        return [(held.certificate.owner, held.former) for held in letter_signing.held(database.settings)], codes

    change("Kantor lama")
    for owner in ("Kantor baru", None):
        with pytest.raises(BrokenPipeError):
            change(owner, breaks=True)
        assert stands() == ([("Kantor lama", False)], ["office:certificate:set"])
    change("Kantor baru")
    change(None)
    assert [former for _owner, former in stands()[0]] == [True, True]
    assert stands()[1] == ["office:certificate:removed", "office:certificate:set", "office:certificate:set"]
    database.close()
