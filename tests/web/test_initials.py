"""Initials (paraf) on the pages: set by the administrator, asked for, given, returned and corrected."""

from sqlalchemy import select

from caseflow.store.tables import letter, letter_draft
from tests.web.browsing import Person, Site
from tests.web.test_letters import SERVICE, needs_treatment

BIDANG, SEKRETARIS = "Kepala Bidang Rehabilitasi Sosial", "Sekretaris Dinas"


def chained(site: Site) -> Person:
    """Let the head of division, then the secretary, initial every letter, as the administrator's page has it."""
    admin = site.by("admin")
    admin.get("/sistem")
    assert "Catat dahulu pemegang jabatannya" in admin.follow("Atur paraf surat").text
    for post, user in ((BIDANG, "sari"), (SEKRETARIS, "bambang")):
        ids = site.filled.office.ids
        assert post in admin.press("Catat pemegang", {"post": post, "user": ids[user], "prefix": "tetap"}).text
    shown = admin.press("Simpan urutan", {"letter": "*", "post1": BIDANG, "post2": SEKRETARIS})
    assert f"1. {BIDANG}" in shown.text
    admin.get("/sistem/paraf")
    assert admin.press("Simpan urutan").response.status_code == 422, "a form that is sent as it stands changes nothing"
    assert f"1. {BIDANG}" in admin.get("/sistem/paraf").text
    return admin


def asked(site: Site) -> tuple[Person, str]:
    """Return who asked for a letter to the hospital that waits, and its case."""
    rina, number = needs_treatment(site)
    rina.get(f"/kasus/{number}/persetujuan-klien/baru?untuk=health_service")
    rina.press("Simpan", {"giver": "Klien", "relation": "self"})
    assert f"sesudah paraf {BIDANG}, {SEKRETARIS}" in rina.get(f"/kasus/{number}/surat/rjk-rs/terbitkan").text
    shown = rina.press("Minta paraf", {"health_need": SERVICE, "urgent": "yes"})
    assert "Konsep surat tersimpan" in shown.text
    assert f"Menunggu paraf {BIDANG} (Sari)." in shown.text
    return rina, number


def tick_and_give(site: Site, name: str) -> str:
    with site.database.read() as session:
        drafts = list(session.execute(select(letter_draft.c.id).where(letter_draft.c.state == "waiting")).scalars())
    person = site.by(name)
    person.get("/paraf")
    return person.press("Paraf yang dipilih", {"konsep": drafts}).text


def test_a_letter_goes_from_hand_to_hand_until_it_has_its_number(site: Site) -> None:
    chained(site)
    rina, number = asked(site)
    assert "Surat rujukannya menunggu paraf" in rina.get(f"/kasus/{number}").text, (
        "a step that needs its answer says so"
    )
    sari = site.by("sari")
    assert "Menunggu paraf saya: 1 konsep" in sari.get("/").text
    assert "Pilih konsep yang Anda paraf." in _nothing_ticked(sari)
    assert "Tidak ada konsep yang menunggu paraf Anda." in tick_and_give(site, "sari")
    bambang = site.by("bambang")
    links = bambang.get(f"/kasus/{number}").page.links
    bambang.get(next(to for to, words in links if words == "Paraf" and to.startswith("/kasus/")))
    shown = bambang.press("Paraf")
    assert "Paraf tercatat" in shown.text
    assert "Nomor 400.9/0001/RJK-RS/DINSOS/2026" in shown.text
    assert "Paraf lengkap: Rekomendasi Pelayanan Kesehatan yang diminta Rina terbit" in shown.text
    site.work()
    with site.database.read() as session:
        assert session.execute(select(letter.c.state)).scalar_one() == "rendered"


def _nothing_ticked(person: Person) -> str:
    person.get("/paraf")
    return person.press("Paraf yang dipilih", {"konsep": []}).text


def test_a_returned_draft_is_corrected_by_a_new_one(site: Site) -> None:
    chained(site)
    rina, number = asked(site)
    sari = site.by("sari")
    sari.get("/paraf")
    sari.follow("Kembalikan konsep")
    assert sari.press("Kembalikan konsep").status == 422
    assert "Konsep dikembalikan" in sari.press("Kembalikan konsep", {"reason": "Sebutkan ruangannya."}).text
    shown = rina.get(f"/kasus/{number}")
    assert "Sebutkan ruangannya." in shown.text
    rina.follow("Perbaiki: buat konsep baru")
    assert rina.form("Minta paraf").value("urgent") == "yes"
    rina.press("Minta paraf")
    with site.database.read() as session:
        assert sorted(session.execute(select(letter_draft.c.state)).scalars()) == ["returned", "waiting"]
        assert session.execute(select(letter.c.id)).first() is None


def test_one_that_is_refused_holds_up_no_other_and_is_named(site: Site) -> None:
    chained(site)
    rina, number = asked(site)
    rina.get(f"/kasus/{number}/surat/rjk-rs/terbitkan")
    rina.press("Minta paraf", {"health_need": SERVICE, "urgent": "no"})
    sari = site.by("sari")
    sari.get("/paraf")
    with site.database.read() as session:
        first, *_others = drafts = list(
            session.execute(select(letter_draft.c.id).order_by(letter_draft.c.id)).scalars()
        )
    rina.get(f"/kasus/{number}/surat/{first}/tarik")
    rina.press("Batalkan konsep", {"reason": "Tidak jadi."})
    shown = sari.press("Paraf yang dipilih", {"konsep": drafts})
    assert (shown.status, "Konsep ini dibatalkan." in shown.text) == (422, True)
    with site.database.read() as session:
        assert sorted(session.execute(select(letter_draft.c.given)).scalars()) == [0, 1]
