"""Instruments on the pages: filled in, told with why, decided, corrected; nothing typed is lost."""

from tests.web.browsing import Person, Site


def test_an_instrument_is_filled_in_told_why_decided_and_corrected(site: Site) -> None:
    number, rina = site.number("assessment"), site.by("rina")
    rina.get(f"/kasus/{number}")
    empty = rina.follow("Instrumen asesmen")
    assert "Belum ada instrumen yang diisi." in empty.text
    form = rina.follow("Garis kemiskinan ekstrem")
    assert form.text.count("(tidak wajib)") == 0, "both are needed"
    refused = rina.press("Simpan dan lihat hasilnya", {"spending": "Rp 1.000.000", "members": "empat"})
    assert refused.status == 422
    assert 'value="Rp 1.000.000"' in refused.response.text
    assert 'value="empat"' in refused.response.text
    refused = rina.press("Simpan dan lihat hasilnya", {"members": "0"})
    assert "Tulis bilangan bulat antara 1 dan 99." in refused.text
    listed = rina.press("Simpan dan lihat hasilnya", {"members": "4"})
    assert "Di bawah garis kemiskinan ekstrem. Rp250.000 seorang sebulan; garisnya" in listed.text
    assert "Belum diputuskan" in listed.text
    shown = rina.follow("Mengapa hasilnya begitu")
    for words in ("Rp1.000.000", "Dihitung", "Versi instrumen:", "Sebagian bawaan"):
        assert words in shown.text, words
    rina.follow("Putuskan")
    wrong = rina.press("Simpan", {"decision": "other", "outcome": "not_below"})
    assert wrong.status == 422
    decided = rina.press("Simpan", {"reason": "Ada kiriman anak tiap bulan."})
    for words in ("Simpulan lain", "Ada kiriman anak tiap bulan.", "Tidak di bawah garis kemiskinan ekstrem"):
        assert words in decided.text, words
    rina.follow("Perbaiki isian")
    corrected = rina.press("Simpan dan lihat hasilnya", {"members": ""})
    assert "Belum dapat disimpulkan. Garis" in corrected.text
    assert "Sudah diperbaiki" in corrected.text
    assert ">–<" in rina.follow("Mengapa hasilnya begitu").response.text, "nothing answered"
    history = rina.get(f"/kasus/{number}/riwayat").text
    for words in ("mengisi instrumen MISKIN-EKSTREM", "memutuskan lain dari hasil", "memperbaiki isian instrumen"):
        assert words in history, words
    assert "Jawab paling sedikit satu" in _empty(rina, number)
    assert site.by("luar").get(f"/kasus/{number}/instrumen").status == 404
    assert "/FM262/isi" not in site.by("audit").get(f"/kasus/{number}/instrumen").text
    assert rina.get(f"/kasus/{number}/instrumen/TIDAK-ADA/isi").status == 404


def _empty(person: Person, number: str) -> str:
    person.get(f"/kasus/{number}/instrumen/BPS14/isi")
    return person.press("Simpan dan lihat hasilnya", {}).text
