"""The small forms of a case: plan, visits, consents, placements, referrals; each written, listed and told."""

import pytest

from tests.web.browsing import Person, Site


def at(site: Site, number: str, part: str, words: str, name: str = "rina") -> Person:
    person = site.by(name)
    person.get(f"/kasus/{number}/{part}")
    person.follow(words)
    return person


def test_a_visit_is_recorded_listed_and_told(site: Site) -> None:
    number = site.number("monitoring")
    person = at(site, number, "kunjungan", "Catat kunjungan")
    assert person.now is not None
    assert "Kunjungan monitoring ke-1 dari" in person.now.text
    shown = person.press("Simpan", {"finding": "  "})
    assert shown.errors() == ["Apa yang Anda lihat dan dengar? Isian ini wajib."]
    shown = person.press("Simpan", {"finding": "Sudah bekerja lagi", "progress": "Punya penghasilan"})
    assert "Tersimpan" in shown.text
    assert "Sudah bekerja lagi" in shown.text
    again = at(site, number, "kunjungan", "Catat kunjungan").press("Simpan", {"finding": "Lagi"})
    assert again.errors() == ["Kapan Anda berkunjung? Kunjungan pada tanggal ini sudah tercatat."]
    assert "Hasil: Sudah bekerja lagi" in person.get(f"/kasus/{number}/riwayat").text


def test_the_remaining_visits_are_waived_by_a_supervisor_only(site: Site) -> None:
    number = site.number("monitoring")
    assert "Bebaskan" not in site.by("rina").get(f"/kasus/{number}/kunjungan").text
    person = at(site, number, "kunjungan", "Bebaskan sisa kunjungan", "sari")
    person.press("Bebaskan sisa kunjungan", {"reason": "Klien pindah desa"})
    assert "Sari membebaskan sisa kunjungan monitoring." in person.get(f"/kasus/{number}/riwayat").text
    assert site.by("rina").get(f"/kasus/{number}/kunjungan/bebas").status == 403


def test_a_consent_is_given_and_taken_back(site: Site) -> None:
    number = site.number("intervention_plan")
    person = at(site, number, "persetujuan-klien", "Catat persetujuan klien")
    shown = person.press("Simpan")
    assert len(shown.errors()) == 3
    given = {"purpose": "referral", "giver": "Halimah", "relation": "self", "evidence": "Formulir di map"}
    assert len(person.press("Simpan", given).errors()) == 1, "who may be told is not said"
    hospital = site.filled.office.institutions["health_facility"]
    shown = person.press("Simpan", {**given, "receiver": hospital})
    assert "pilih tujuan: penyampaian data kepada fasilitas kesehatan" in shown.text
    shown = person.press("Simpan", {**given, "receiver": site.filled.office.institutions["charity"]})
    assert "rujukan ke lembaga lain" in shown.text
    assert "Baznas Kabupaten Tanah Bumbu" in shown.text
    assert "Halimah, yang bersangkutan" in shown.text
    person.follow("Tarik persetujuan")
    shown = person.press("Tarik persetujuan", {"reason": "Berubah pikiran"})
    assert "Ditarik" in shown.text
    assert "Rina mencatat bahwa persetujuan ditarik" in person.get(f"/kasus/{number}/riwayat").text


def test_a_child_cannot_consent_for_itself(shared: Site) -> None:
    person = shared.by("rina")
    person.get(f"/kasus/{shared.number('data_collection', 'AT')}/persetujuan-klien/baru")
    assert "self" not in person.form("Simpan").choices["relation"]
    assert person.now is not None
    assert "orang tua atau wali yang sah" in person.now.text


def test_a_referral_is_sent_answered_and_withdrawn(site: Site) -> None:
    number = site.number("intervention")
    office = site.filled.office
    charity = office.institutions["charity"]
    person = at(site, number, "rujukan", "Catat rujukan")
    shown = person.press("Simpan", {"institution": charity, "need": "Bantuan modal"})
    assert "Belum ada persetujuan klien atau walinya" in shown.text
    person.follow("Catat persetujuan untuk Baznas")
    form = person.form("Simpan")
    assert (form.value("purpose"), form.value("receiver")) == ("referral", charity)
    person.press("Simpan", {"giver": "Halimah", "relation": "self", "evidence": "Formulir di map"})
    at(site, number, "rujukan", "Catat rujukan").press("Simpan", {"institution": charity, "need": "Bantuan modal"})
    person = at(site, number, "rujukan", "Catat rujukan")
    person.press("Simpan", {"institution": charity, "need": "Paket pangan"})
    person.follow("Catat jawabannya")
    person.press("Simpan", {"status": "accepted"})
    assert person.now is not None
    assert "Diterima" in person.now.text
    supervisor = at(site, number, "rujukan", "Tarik rujukan", "sari")
    shown = supervisor.press("Tarik rujukan", {"reason": "Tidak dijawab"})
    assert "Ditarik" in shown.text
    assert "Rina merujuk ke Baznas Kabupaten Tanah Bumbu." in person.get(f"/kasus/{number}/riwayat").text
    assert "Tarik rujukan" not in site.by("rina").get(f"/kasus/{number}/rujukan").text


def test_a_plan_is_written_changed_and_cancelled(site: Site) -> None:
    number = site.number("intervention_plan")
    person = at(site, number, "rencana", "Tambah kegiatan")
    assert person.press("Simpan").errors() == ["Bantuan atau kegiatan apa? Pilih salah satu jawaban."]
    shown = person.press("Simpan", {"intervention": "USAHA"})
    assert "Tujuannya belum ditulis." in shown.text
    kind = site.database.categories["FM"].intervention("USAHA")
    assert kind is not None
    assert kind.name.id in shown.text
    person.follow("Ubah kegiatan")
    shown = person.press("Simpan", {"goal": "Warung kecil", "due-d": "1", "due-m": "6", "due-y": "2026"})
    assert "Warung kecil" in shown.text
    assert "Tenggat 1 Juni 2026" in shown.text
    person.follow("Batalkan kegiatan")
    assert person.press("Batalkan kegiatan").errors() == ["Mengapa dibatalkan? Isian ini wajib."]
    shown = person.press("Batalkan kegiatan", {"note": "Klien memilih bekerja"})
    assert "Dibatalkan" in shown.text
    assert "Alasan: Klien memilih bekerja" in person.get(f"/kasus/{number}/riwayat").text


def test_a_plan_is_not_written_during_the_intervention(shared: Site) -> None:
    shown = shared.by("rina").get(f"/kasus/{shared.number('intervention')}/rencana")
    assert "Tambah kegiatan" not in shown.text
    person = shared.by("rina")
    person.get(f"/kasus/{shared.number('intervention')}/rencana/baru")
    refused = person.press("Simpan", {"intervention": "USAHA", "goal": "Tetap ada"})
    assert refused.status == 422
    assert person.form("Simpan").value("goal") == "Tetap ada"


def test_kin_care_begins_without_the_conditions_of_an_institution(site: Site) -> None:
    number = site.number("intervention", "AT")
    person = at(site, number, "penempatan", "Mulai penempatan")
    assert person.now is not None
    assert "Pengasuhan kerabat tidak memerlukannya." in person.now.text
    home = site.filled.office.institutions["child_institution"]
    refused = person.press("Simpan", {"kind": "lksa", "institution": home, "carer": "Ibu Asuh"})
    assert refused.status == 422
    for sentence in (
        "Orang tua atau wali yang sah menyetujui penempatan anak",
        "Pengasuhan keluarga atau kerabat sudah dinilai lebih dahulu dan tidak memungkinkan",
        "Pendapat anak sudah didengar dan dicatat",
    ):
        assert sentence in refused.text
    shown = person.press("Simpan", {"kind": "kin", "carer": "Paman Umar", "relation": "paman"})
    assert "Pengasuh: Paman Umar" in shown.text
    assert "Berjalan" in shown.text
    person.follow("Tinjau penempatan")
    person.press("Simpan", {"finding": "Anak senang"})
    person.follow("Akhiri penempatan")
    shown = person.press("Akhiri penempatan", {"reason": "Kembali ke ibu"})
    assert "Berakhir" in shown.text
    history = person.get(f"/kasus/{number}/riwayat").text
    for sentence in ("memulai penempatan", "meninjau penempatan", "mengakhiri penempatan"):
        assert f"Rina {sentence}" in history


FORMS = ("kunjungan", "persetujuan-klien", "rujukan", "rencana", "penempatan")
PATHS = (*(f"{part}/baru" for part in FORMS), "berkas/tunda", "berkas/klien", "berkas/tugaskan")


@pytest.mark.parametrize("path", PATHS)
def test_who_may_not_do_a_thing_reads_who_may(shared: Site, path: str) -> None:
    shown = shared.by("audit").get(f"/kasus/{shared.number('intervention')}/{path}")
    assert shown.status == 403
    assert shown.page.headings == ["Bukan wewenang Anda"]
    assert "Yang berwenang:" in shown.text


NOWHERE = ("rencana/x/ubah", "rujukan/x/jawab", "surat/x/terbitkan", "surat/x/kirim", "x/y", "x/y/z")


@pytest.mark.parametrize("path", NOWHERE)
def test_a_row_that_is_not_of_this_case_is_no_page(shared: Site, path: str) -> None:
    assert shared.by("rina").get(f"/kasus/{shared.number('intervention')}/{path}").status == 404
