"""Another category and another area on pages: tried, done, offered, accepted by the other side, refused."""

from caseflow.actions import admin, areas
from tests.web.browsing import Site


def test_a_category_is_tried_and_changed_and_its_file_closes(site: Site) -> None:
    number = site.number("assessment")
    sari = site.by("sari")
    sari.get(f"/kasus/{number}")
    name = next(heading for heading in sari.now.page.headings) if sari.now else ""
    sari.follow("Ubah kategori")
    shown = sari.get(f"/kasus/{number}/ubah-kategori?ke=KPO")
    assert "Tertutup: hanya tim yang ditunjuk" in shown.text
    assert "Kategori sekarang: Fakir miskin" in shown.text
    assert "Tenggat tahap ini" in shown.text
    assert "<summary>Nama pertanyaannya berbeda?</summary>" in shown.response.text, "the mapping is folded away"
    assert "Isian ini wajib." in sari.press("Ubah kategori").text
    wrong = sari.press("Ubah kategori", {"reason": "Ternyata korban.", "mapping": "x = 2020-13-45"})
    assert wrong.status == 422
    assert all(words in wrong.response.text for words in ("Ternyata korban.", "2020-13-45", "bukan TOML yang benar"))
    done = sari.press("Ubah kategori", {"reason": "Ternyata korban perdagangan orang.", "mapping": ""})
    assert f"Kategori kasus {number} diubah" in done.text
    assert name not in sari.get("/kasus").text
    assert site.by("kadis").get(f"/kasus/{number}").status == 404
    assert "mengubah kategori kasus" in site.by("sari").get(f"/kasus/{number}/riwayat").text


def test_who_asks_for_another_category_looks_only(site: Site) -> None:
    number = site.number("assessment")
    rina = site.by("rina")
    shown = rina.get(f"/kasus/{number}/ubah-kategori?ke=PRSE")
    assert shown.text.index("Yang mengubah kategori: supervisor") < shown.text.index("Kategori yang baru"), "said first"
    assert site.by("audit").get(f"/kasus/{number}/ubah-kategori?ke=ZZZ").status == 403
    assert rina.get(f"/kasus/{number}/pindahkan").status == 403


def test_a_supervisor_who_stands_in_for_the_head_sees_the_file_stay_closed_first(site: Site) -> None:
    number, sari = site.number("assessment"), site.by("sari")
    sari.get(f"/kasus/{number}/ubah-kategori?ke=KPO")
    sari.press("Ubah kategori", {"reason": "Ternyata korban."})
    alone = sari.get(f"/kasus/{number}/ubah-kategori?ke=PRSE").text
    assert "Dengan alasan tersendiri" not in alone, "the head decides"
    with site.database.write() as session:
        day = areas.today(session, site.at())
        admin.add_stand_in(session, "kadis", "sari", day, day, by=admin.ROOT, at=site.at())
    shown = sari.get(f"/kasus/{number}/ubah-kategori?ke=PRSE").text
    closed = shown.index("Kerahasiaan sesudahnya: Tertutup")
    assert closed < shown.index("Dengan alasan tersendiri di bawah ini: Biasa")
    assert "Isian ini wajib." in sari.press("Ubah kategori").text


def test_a_case_goes_to_another_area(site: Site) -> None:
    number = site.number("assessment")
    sari = site.by("sari")
    sari.get(f"/kasus/{number}")
    sari.follow("Pindahkan ke wilayah lain")
    said = {"reason": "Klien pindah.", "handed": "Bantuan Juni belum diterima."}
    assert "Pilih kecamatannya" in sari.press("Tawarkan kasus", said).text
    assert f"Kasus {number} ditawarkan" in sari.press("Tawarkan kasus", {**said, "area": "630201"}).text
    sari.get(f"/kasus/{number}/pindahkan")
    assert f"Tawaran kasus {number} ditarik" in sari.press("Tarik tawaran").text
    sari.get(f"/kasus/{number}/pindahkan")
    sari.press("Tawarkan kasus", {**said, "area": "630201"})

    there = site.by("luarsup")
    assert "Kasus masuk: 1 menunggu" in there.get("/persetujuan").text
    there.follow("Kasus masuk: 1 menunggu")
    shown = there.follow(number)
    assert "Bantuan Juni belum diterima." in shown.text
    assert there.get(f"/kasus/{number}").status == 404
    there.get("/kasus-masuk")
    there.follow(number)
    assert "Tulis alasannya" in there.press("Tolak").text
    assert "Pilih pendamping" in there.press("Terima kasus").text
    done = there.press("Terima kasus", {"assignee": site.filled.office.ids["luar"]})
    assert f"Kasus {number} diterima" in done.text
    assert sari.get(f"/kasus/{number}").status == 404
    assert number in sari.get("/kasus-masuk").text
