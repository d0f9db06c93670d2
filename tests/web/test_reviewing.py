"""One request after the other: what changed and the checks before the buttons, then the next one, never all at once."""

from datetime import timedelta

from caseflow.store import cases as case_rows
from tests.web.browsing import Site
from tests.world import World, take, visit

MOVED = {"reason_code": "moved", "source": "RT"}


def test_an_approval_leads_to_the_next_request_with_what_changed(site: Site) -> None:
    with site.database.write() as session:
        world = World(site.filled.office, session, site.at() - timedelta(hours=2))
        for state in ("intervention", "monitoring"):
            row = case_rows.by_number(session, site.number(state))
            assert row is not None
            visit(world, row.id)
            take(world, row.id, "terminate", details=MOVED)
    sari = site.by("sari")
    shown = sari.get("/persetujuan")
    assert "Setujui" not in shown.text, "each by itself, on its own page"
    sari.follow("Hentikan")
    assert sari.now is not None
    first = sari.path
    assert "Rina mencatat kunjungan." in sari.now.text
    assert "meminta persetujuan" not in sari.now.text, "the request itself is above"
    shown = sari.press("Setujui")
    assert sari.path.startswith("/persetujuan/")
    assert sari.path != first
    numbers = [site.number(state) for state in ("intervention", "monitoring")]
    assert any(f"Kasus {number} disetujui" in shown.text for number in numbers)
    assert "Rina mencatat kunjungan." in shown.text
    sari.press("Tolak", {"reason": "Belum jelas ke mana."})
    assert sari.path == "/persetujuan"
