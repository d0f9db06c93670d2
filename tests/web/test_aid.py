"""The same help of a household on the page of a request: approved only with the reason, which the history tells."""

from datetime import timedelta

from tests.web.browsing import Site
from tests.world import World, adult, bring, opened, ready_plan, row_of, settle, take


def test_who_approves_reads_what_was_given_and_says_why_all_the_same(site: Site) -> None:
    with site.database.write() as session:
        world = World(site.filled.office, session, site.at() - timedelta(hours=3))
        case = opened(world, person=adult(name="Rusdi"))
        bring(world, case, "intervention")
        settle(world, case)
        take(world, case, "amend_plan")
        ready_plan(world, case)
        review = take(world, case, "approve_plan").review_id
        number = str(row_of(world, case).number)
    assert "Sudah ditangani oleh" in site.by("rina").get(f"/kasus/{number}/rencana").text
    sari = site.by("sari")
    shown = sari.get(f"/persetujuan/{review}")
    assert "Sudah ditangani oleh Dinas Sosial, Batulicin: diberikan" in shown.text
    shown = sari.press("Setujui")
    assert shown.status == 422
    assert [told.partition("?")[0] for told in shown.errors()] == ["Mengapa tetap disetujui"]
    shown = sari.press("Setujui", {"despite": "Banjir kedua."})
    assert f"Kasus {number} disetujui" in shown.text
    assert "tetap disetujui karena: Banjir kedua." in sari.get(f"/kasus/{number}/riwayat").text
