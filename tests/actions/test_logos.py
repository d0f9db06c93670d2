"""An office's own emblem in the letterhead: set by who administers it, in every letter that is made from then on."""

import pytest
from sqlalchemy import select

from caseflow.actions import letter_files
from caseflow.actions.offices import set_logo
from caseflow.errors import Forbidden, InvalidInput
from caseflow.store import letters as rows
from caseflow.store.tables import access_entry
from tests.actions.test_letters import issued, needing
from tests.world import REGENCY, World, row_of, viewer

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><rect width="8" height="8"/></svg>'


def test_letters_are_made_with_the_emblem_of_their_office(world: World) -> None:
    case = needing(world)
    row = issued(world, case)
    admin = viewer(world, "admin")
    for picture, printed in ((SVG, "data:image/svg+xml;base64,"), (b"\x89PNG\r\n\x1a\n0", "data:image/png;base64,")):
        set_logo(world.session, REGENCY, picture, by=admin, at=world.now)
        prepared = letter_files.prepare_render(world.session, row.id)
        assert prepared is not None
        assert prepared[1]["office"]["logo"].startswith(printed)
    frozen = rows.facts_of(world.session, row_of(world, case).subject_id, row)
    assert frozen["office"]["logo"] is None, "a thousand letters keep it once"
    set_logo(world.session, REGENCY, None, by=admin, at=world.now)
    assert letter_files.prepare_render(world.session, row.id) == (row.kind, frozen)
    noted = select(access_entry.c.id).where(access_entry.c.code == "office:logo:set")
    assert len(world.session.execute(noted).all()) == 3


@pytest.mark.parametrize("picture", [b"%PDF-1.4", b"", b"\xff\xd8\xff" + b"0" * 400_000])
def test_what_is_no_emblem(world: World, picture: bytes) -> None:
    with pytest.raises(InvalidInput):
        set_logo(world.session, REGENCY, picture, by=viewer(world, "admin"), at=world.now)
    with pytest.raises(Forbidden):
        set_logo(world.session, REGENCY, SVG, by=viewer(world, "kadis"), at=world.now)
