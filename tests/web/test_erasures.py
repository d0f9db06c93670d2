"""Erasing somebody by hand: asked on the case page, decided by the head, and every page about somebody who is gone."""

from datetime import timedelta

import pytest

from tests.web.browsing import Person, Site

SAID = {"basis": "request", "applicant": "Aminah, klien sendiri", "reason": "Permintaan sendiri.", "evidence": "KTP"}
GONE = "Data dihapus atas permintaan"


def years_later(site: Site) -> None:
    site.clock.ahead += timedelta(days=6 * 366)


def asked(site: Site, number: str, by: str = "rina", **more: str) -> Person:
    person = site.by(by)
    person.get(f"/kasus/{number}")
    person.follow("Minta penghapusan data")
    person.press("Kirim permintaan", {**SAID, **more})
    return person


def erased(site: Site, number: str) -> Person:
    years_later(site)
    asked(site, number)
    head = site.by("kadis")
    head.get("/penghapusan")
    head.get(head.now.page.link("Warga") if head.now else "")
    head.press("Hapus data selamanya", {"paham": "ya"})
    return head


def test_a_request_goes_from_the_case_to_the_head_and_the_data_are_gone(site: Site) -> None:
    number = site.number("closed")
    years_later(site)
    rina = asked(site, number)
    assert rina.now is not None
    assert "terkirim" in rina.now.text
    page = rina.get(f"/kasus/{number}")
    assert "Penghapusan data diminta." in page.text
    assert "Minta penghapusan data" not in page.text

    head = site.by("kadis")
    assert "Penghapusan data: 1 permintaan menunggu" in head.get("/persetujuan").text
    head.follow("Penghapusan data: 1")
    head.follow("Warga")
    assert head.now is not None
    assert all(
        words in head.now.text for words in ("Aminah, klien sendiri", "Permintaan sendiri.", "UU 27/2022", number)
    )
    shown = head.press("Hapus data selamanya")
    assert shown.status == 422
    assert "Centang ini bila pemohon sudah diberi tahu" in shown.text
    head.press("Hapus data selamanya", {"paham": "ya"})
    assert head.path == "/penghapusan"
    assert head.now is not None
    assert "Data orang ini sudah dihapus." in head.now.text
    head.follow("(data dihapus atas permintaan)")
    assert head.now is not None
    assert "Permintaan sendiri." not in head.now.text

    page = rina.get(f"/kasus/{number}")
    assert page.page.headings[0] == "(data dihapus atas permintaan)"
    assert GONE in page.text
    assert "Ubah data diri" not in page.text
    assert "Isinya dihapus atas permintaan" in page.text
    assert "disetujui Kadis" in page.text


def test_who_asked_may_take_it_back_and_not_decide(site: Site) -> None:
    number = site.number("closed")
    years_later(site)
    rina = asked(site, number)
    rina.get(f"/kasus/{number}")
    rina.follow("Lihat permintaan ini")
    assert rina.now is not None
    assert "Hapus data selamanya" not in rina.now.text
    rina.press("Tarik permintaan")
    assert rina.path == "/penghapusan"
    assert "Minta penghapusan data" in rina.get(f"/kasus/{number}").text
    sari = asked(site, number, by="sari")
    sari.get(f"/kasus/{number}")
    head = site.by("kadis")
    head.get(f"/kasus/{number}")
    head.follow("Putuskan permintaan ini")
    assert head.press("Tolak").status == 422
    head.press("Tolak", {"reason": "Perkaranya masih berjalan."})
    assert "Permintaan ini sudah ditolak." in head.get("/penghapusan").text
    assert "Perkaranya masih berjalan." in sari.get(f"/kasus/{number}/riwayat").text


def test_what_stands_against_it_is_said_before_the_button(site: Site) -> None:
    number = site.number("closed")
    asked(site, number)
    head = site.by("kadis")
    head.get(f"/kasus/{number}")
    head.follow("Putuskan permintaan ini")
    assert head.now is not None
    assert "wajib disimpan 5 tahun" in head.now.text
    assert "Hapus data selamanya" not in head.now.text


def test_the_form_is_shut_while_the_case_is_open(site: Site) -> None:
    rina = site.by("rina")
    number = site.number("assessment")
    assert "Minta penghapusan data" not in rina.get(f"/kasus/{number}").text
    page = rina.get(f"/kasus/{number}/data/hapus")
    assert "Tutup atau hentikan kasusnya dahulu" in page.text
    assert not page.page.forms or "Kirim permintaan" not in page.text


def test_a_mistake_in_the_form_comes_back_with_the_words(site: Site) -> None:
    number = site.number("closed")
    rina = site.by("rina")
    rina.get(f"/kasus/{number}/data/hapus")
    shown = rina.press("Kirim permintaan", {"reason": "Permintaan sendiri."})
    assert shown.status == 422
    assert rina.form("Kirim permintaan").value("reason") == "Permintaan sendiri."


@pytest.mark.parametrize("who", ["audit", "luar", "admin"])
def test_others_neither_ask_nor_decide(site: Site, who: str) -> None:
    number = site.number("closed")
    asked(site, number)
    head = site.by("kadis")
    head.get(f"/kasus/{number}")
    head.follow("Putuskan permintaan ini")
    other = site.by(who)
    assert other.get(f"/kasus/{number}/data/hapus").status in {403, 404}
    page = other.get(head.path)
    assert page.status == (200 if who == "audit" else 404)
    assert "Hapus data selamanya" not in page.text


def test_no_page_about_somebody_who_was_erased_fails(site: Site) -> None:
    number = site.number("closed")
    rina = site.by("rina")
    name = rina.get(f"/kasus/{number}").page.headings[0]
    erased(site, number)
    stages = ("data_collection", "assessment", "intervention_plan", "intervention", "evaluation", "monitoring")
    parts = (
        "",
        "/riwayat",
        "/rencana",
        "/kunjungan",
        "/rujukan",
        "/persetujuan-klien",
        "/penempatan",
        "/langkah/reopen",
    )
    for person in (rina, site.by("sari"), site.by("audit"), site.by("kadis")):
        for part in (*parts, *(f"/catatan/{stage}" for stage in stages)):
            page = person.get(f"/kasus/{number}{part}")
            assert page.status in {200, 403, 404}, part
            assert f"{name}\n" not in page.text, part
        for path in ("/", "/kasus", "/persetujuan", "/penghapusan", "/kotak-masuk"):
            assert person.get(path).status in {200, 303}, path
    rina.get("/cari")
    found = rina.press("Cari", {"q": number})
    assert "(data dihapus atas permintaan)" in found.text
    sari = site.by("sari")
    sari.get(f"/kasus/{number}/langkah/reopen")
    shown = sari.press("Buka kembali", {"note": "Klien datang lagi."})
    assert shown.status == 422
    assert "belum dihapus atas permintaan" in shown.text
    refused = rina.get(f"/kasus/{number}/berkas/klien")
    assert refused.status == 200
    assert rina.press("Simpan", {"name": "Aminah"}).status == 410
    assert rina.get(f"/kasus/{number}/data/hapus").status == 404
    assert rina.get(f"/kasus/baru?dari={number}").status in {200, 303, 404, 410, 422}
