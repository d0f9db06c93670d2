"""Letters on the pages: what one still needs, its PDF, its answer, and the public check."""

import io
from urllib.parse import urlencode

from pypdf import PdfReader
from sqlalchemy import select, update

from caseflow.actions.letter_files import WRONG_CHECKS
from caseflow.store.tables import access_entry, case_file, institution, letter
from tests.web.browsing import ADDRESS, Person, Site
from tests.web.test_records import typed
from tests.world import ANSWERS

SERVICE = "kontrol rutin penyakit dalam"


def today(site: Site, key: str) -> dict[str, str]:
    day = site.at().date()
    return {f"{key}-d": str(day.day), f"{key}-m": str(day.month), f"{key}-y": str(day.year)}


def needs_treatment(site: Site) -> tuple[Person, str]:
    """Return somebody at a case in the intervention whose client needs treatment."""
    rina, number = site.by("rina"), site.number("intervention")
    rina.get(f"/kasus/{number}/catatan/data_collection")
    more = {"treatment_needed": "yes", "health_need": SERVICE}
    rina.press("Simpan", {**typed(ANSWERS["FM"]["data_collection"]), **more})
    return rina, number


def issued(site: Site) -> tuple[Person, str, str]:
    """Return the same with a letter to the hospital, made, and its id."""
    rina, number = needs_treatment(site)
    rina.get(f"/kasus/{number}/persetujuan-klien/baru?untuk=health_service")
    rina.press("Simpan", {"giver": "Klien", "relation": "self"})
    rina.get(f"/kasus/{number}/surat/rjk-rs/terbitkan")
    shown = rina.press("Terbitkan surat", {"health_need": SERVICE, "urgent": "yes"})
    assert "Surat diterbitkan" in shown.text
    site.work()
    with site.database.read() as session:
        return rina, number, str(session.execute(select(letter.c.id)).scalar())


def test_a_letter_that_nobody_could_receive_says_who_records_an_institution(site: Site) -> None:
    rina, number = needs_treatment(site)
    with site.database.write() as session:
        session.execute(update(institution).where(institution.c.kind == "health_facility").values(active=False))
    shown = rina.get(f"/kasus/{number}/surat/rjk-rs/terbitkan").text
    assert "Belum ada lembaga jenis ini yang tercatat: fasilitas kesehatan" in shown
    assert "Lembaga dicatat oleh administrator." in shown
    assert "Surat ini untuk siapa?" not in shown
    many = rina.get("/pesanan-surat/baru/rjk-rs").text
    assert "Belum ada lembaga jenis ini yang tercatat: fasilitas kesehatan" in many
    assert "Periksa dahulu" not in many
    assert "Dirujuk ke lembaga mana?" in rina.get(f"/kasus/{number}/rujukan/baru").text
    with site.database.write() as session:
        session.execute(update(institution).values(active=False))
    shown = rina.get(f"/kasus/{number}/rujukan/baru").text
    assert "Belum ada lembaga yang tercatat." in shown
    assert "Dirujuk ke lembaga mana?" not in shown


def test_a_form_says_what_speaks_against_an_institution(site: Site) -> None:
    rina, number = needs_treatment(site)
    with site.database.write() as session:
        session.execute(update(institution).values(accepts=["st"]))
    for path in (f"/kasus/{number}/surat/rjk-rs/terbitkan", "/pesanan-surat/baru/rjk-rs"):
        assert "perhatian: menurut catatan tidak menerima ini" in rina.get(path).text, path


def test_a_letter_tells_what_it_waits_for(site: Site) -> None:
    rina, number = needs_treatment(site)
    rina.get(f"/kasus/{number}")
    shown = rina.follow("Siapkan: Rekomendasi Pelayanan Kesehatan")
    assert "Belum" in shown.text
    assert "Klien atau walinya setuju data kesehatan diberikan" in shown.text
    refused = rina.press("Terbitkan surat", {"health_need": SERVICE, "financing": "Diajukan"})
    assert refused.status == 422
    assert "Belum bisa: 1 syarat belum terpenuhi" in refused.text
    assert rina.form("Terbitkan surat").value("financing") == "Diajukan"
    rina.follow("Catat persetujuan")
    assert rina.form("Simpan").value("purpose") == "health_service"


def test_a_draft_is_looked_at_before_the_letter_is_issued(site: Site) -> None:
    rina, number = needs_treatment(site)
    rina.get(f"/kasus/{number}/surat/rjk-rs/terbitkan")
    form = rina.form("Terbitkan surat")
    fields = urlencode(form.filled({"health_need": SERVICE}))
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": ADDRESS}
    answer = rina.client.post(f"{ADDRESS}/kasus/{number}/surat/rjk-rs/konsep", content=fields, headers=headers)
    assert answer.status_code == 200, answer.text
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
    assert "KONSEP" in text
    assert "(belum bernomor)" in text
    assert SERVICE in text
    with site.database.read() as session:
        assert session.execute(select(letter.c.id)).first() is None


def test_a_letter_is_corrected_by_one_that_names_it(site: Site) -> None:
    rina, number, _letter = issued(site)
    rina.get(f"/kasus/{number}")
    rina.follow("Ganti surat")
    shown = rina.press("Terbitkan surat", {"health_need": SERVICE, "urgent": "no"})
    assert "Menggantikan nomor 400.9/0001/RJK-RS/DINSOS/2026" in shown.text
    assert "diganti oleh surat nomor 400.9/0002/RJK-RS/DINSOS/2026" in shown.text
    with site.database.read() as session:
        code = session.execute(select(letter.c.check_code).where(letter.c.state == "void")).scalar()
    public = site.stranger().get(f"/verify/{code}").text
    assert "nomor 400.9/0002/RJK-RS/DINSOS/2026" in public


def test_a_letter_is_issued_made_and_downloaded(site: Site) -> None:
    rina, number, letter_id = issued(site)
    shown = rina.get(f"/kasus/{number}")
    assert "Siap dikirim" in shown.text
    assert "1 belum dijawab" in shown.text
    answer = rina.client.get(f"{ADDRESS}/surat/{letter_id}.pdf")
    assert answer.status_code == 200
    assert answer.content.startswith(b"%PDF")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == 'attachment; filename="400.9-0001-RJK-RS-DINSOS-2026.pdf"'
    assert answer.headers["cache-control"] == "no-store"
    for name in ("luar", "admin", "mitra"):
        assert site.by(name).get(f"/surat/{letter_id}.pdf").status == 404


def test_a_letter_that_is_being_made_says_so(site: Site) -> None:
    rina, number = needs_treatment(site)
    rina.get(f"/kasus/{number}/persetujuan-klien/baru?untuk=health_service")
    rina.press("Simpan", {"giver": "Klien", "relation": "self"})
    rina.get(f"/kasus/{number}/surat/rjk-rs/terbitkan")
    rina.press("Terbitkan surat", {"health_need": SERVICE})
    shown = rina.get(f"/kasus/{number}")
    assert "Berkas sedang dibuat" in shown.text
    with site.database.read() as session:
        letter_id = session.execute(select(letter.c.id)).scalar()
    waiting = rina.get(f"/surat/{letter_id}.pdf")
    assert waiting.status == 422
    assert "Berkas surat sedang dibuat." in waiting.text


def test_it_is_sent_answered_and_the_answer_stands_beside_it(site: Site) -> None:
    rina, number, _id = issued(site)
    rina.get(f"/kasus/{number}")
    rina.follow("Catat terkirim")
    rina.press("Simpan")
    shown = rina.get(f"/kasus/{number}")
    assert "Belum dijawab" in shown.text
    assert "Hari kerja ke-1 dari 14." in shown.text
    rina.follow("RSUD dr. H. Andi Abdurrahman Noor belum menjawab")
    refused = rina.press("Simpan", {"status": "refused"})
    assert refused.errors() == ["Apa keterangannya? Isian ini wajib."]
    rina.press("Simpan", {"status": "refused", "note": "Ruang penuh", "officer": "dr. Contoh"})
    shown = rina.get(f"/kasus/{number}")
    assert "Ditolak" in shown.text
    assert "Ruang penuh" in shown.text
    history = rina.get(f"/kasus/{number}/riwayat").text
    assert "RSUD dr. H. Andi Abdurrahman Noor menjawab rujukan: ditolak" in history


def test_reading_a_letter_of_a_restricted_case_is_on_record(site: Site) -> None:
    rina, number, letter_id = issued(site)
    rina.get(f"/surat/{letter_id}.pdf")
    query = select(access_entry.c.id).where(access_entry.c.code == "case:letter:read")
    with site.database.write() as session:
        assert len(session.execute(query).all()) == 1, "a case with answers about health is limited"
        session.execute(update(case_file).where(case_file.c.number == number).values(confidentiality="R1"))
    rina.get(f"/surat/{letter_id}.pdf")
    with site.database.read() as session:
        assert len(session.execute(query).all()) == 1


def test_a_void_letter_says_so_on_its_page_and_in_its_file(site: Site) -> None:
    _rina, number, letter_id = issued(site)
    sari = site.by("sari")
    sari.get(f"/kasus/{number}/surat/{letter_id}/batal")
    sari.press("Batalkan surat", {"reason": "Salah alamat."})
    shown = sari.get(f"/kasus/{number}").text
    assert "PDF bertanda BATAL" in shown
    assert "oleh Sari. Salah alamat." in shown
    found = sari.get(f"/surat/{letter_id}.pdf").response
    assert found.headers["content-disposition"].endswith('-BATAL.pdf"')
    for page in PdfReader(io.BytesIO(found.content)).pages:
        assert "BATAL / TIDAK BERLAKU" in " ".join(page.extract_text().split())


# --- the public check ----------------------------------------------------------------------------------------------


def code_of(site: Site) -> str:
    with site.database.read() as session:
        return str(session.execute(select(letter.c.check_code)).scalar())


def test_anybody_can_check_a_letter_and_learns_nothing_about_anybody(site: Site) -> None:
    rina, number, _id = issued(site)
    client = rina.get(f"/kasus/{number}").page.headings[0]
    person = site.stranger()
    person.get("/verify")
    shown = person.press("Periksa kode", {"kode": code_of(site).lower().replace("-", " ")})
    assert person.path == f"/verify/{code_of(site)}"
    assert "Surat ini diterbitkan oleh kantor di bawah" in shown.text
    for part in ("400.9/0001/RJK-RS/DINSOS/2026", "3 April 2026", "Dinas Sosial", "Surat dinas"):
        assert part in shown.text
    for secret in (client, number, SERVICE, "Fakir miskin", "Rina", "Kesehatan"):
        assert secret not in shown.response.text
    assert "sah" not in shown.text.lower().split()
    assert "dapat diperiksa" in person.get("/verify").text


def test_a_void_letter_is_told_as_void(site: Site) -> None:
    _rina, number, letter_id = issued(site)
    sari = site.by("sari")
    sari.get(f"/kasus/{number}/surat/{letter_id}/batal")
    sari.press("Batalkan surat", {"reason": "Salah alamat"})
    assert "Batal" in sari.get(f"/kasus/{number}").text
    shown = site.stranger().get(f"/verify/{code_of(site)}")
    assert "Surat ini sudah dibatalkan" in shown.text
    assert "Salah alamat" not in shown.text


def test_an_unknown_code_is_not_found_and_a_mistyped_one_is_named(shared: Site) -> None:
    person = shared.stranger()
    assert person.get("/verify/7K3M-9Q2X-4D8F-1BCZ").status == 404
    person.get("/verify")
    shown = person.press("Periksa kode", {"kode": "123"})
    assert shown.status == 422
    assert len(shown.errors()) == 1
    assert person.get("/verify/<script>").status == 404


def test_a_file_is_compared_byte_for_byte(site: Site) -> None:
    rina, _number, letter_id = issued(site)
    pdf = rina.client.get(f"{ADDRESS}/surat/{letter_id}.pdf").content
    person = site.stranger()
    for content, status, words in (
        (pdf, 200, "Surat ini diterbitkan oleh kantor di bawah"),
        (pdf + b" ", 404, "Berkas ini tidak sama dengan surat mana pun yang kami buat."),
    ):
        files = {"berkas": ("surat.pdf", content, "application/pdf")}
        answer = person.client.post(f"{ADDRESS}/verify", files=files, headers={"Origin": ADDRESS})
        assert answer.status_code == status
        assert words in answer.text


def test_the_check_can_be_read_in_english(site: Site) -> None:
    issued(site)
    shown = site.stranger().get(f"/verify/{code_of(site)}?lang=en")
    assert "This letter was issued by the office below" in shown.text
    assert "3 April 2026" in shown.text
    assert "Official letter" in shown.text


def test_a_table_is_typed_a_row_a_line(site: Site) -> None:
    rina, number = site.by("rina"), site.number("intervention")
    rina.get(f"/kasus/{number}/surat/st/terbitkan")
    answers = {"task": "visit", "place": "Desa Maju", **today(site, "from_date")}
    answers["officers"] = "Rina; 19850101 201001 1 003\nBudi; ; Pengemudi; lebih"
    refused = rina.press("Terbitkan surat", answers)
    assert refused.status == 422
    assert "Paling banyak 3 kolom dalam satu baris." in refused.text
    assert "Nama; NIP; Jabatan" in refused.text
    assert "Surat diterbitkan" in rina.press("Terbitkan surat", {"officers": "Rina; 19850101\nBudi; ; Pengemudi"}).text
    site.work()
    with site.database.read() as session:
        letter_id = str(session.execute(select(letter.c.id)).scalar())
    pages = PdfReader(io.BytesIO(rina.client.get(f"{ADDRESS}/surat/{letter_id}.pdf").content)).pages
    said = " ".join("".join(page.extract_text() for page in pages).split())
    assert "2 Budi Pengemudi" in said
    assert "MENUGASKAN" in said


def test_what_the_record_holds_of_a_table_is_shown_and_may_be_sent_back(site: Site) -> None:
    rina, number = site.by("rina"), site.number("intervention")
    shown = rina.get(f"/kasus/{number}/surat/kes/terbitkan")
    assert "Kegiatan; Tujuan; Penanggung jawab; Tenggat" in shown.text
    assert "Kebutuhan dasar terpenuhi" in rina.form("Terbitkan surat").value("actions")
    assert "Surat diterbitkan" in rina.press("Terbitkan surat", {"officer_post": "TKSK"}).text


def test_unknown_letters_are_counted_and_genuine_ones_are_not(site: Site) -> None:
    _rina, _number, letter_id = issued(site)
    with site.database.read() as session:
        code = session.execute(select(letter.c.check_code).where(letter.c.id == letter_id)).scalar()
    public = site.stranger()
    public.get("/verify")
    form, headers = public.form("Periksa berkas"), {"Origin": ADDRESS}
    often, _minutes = WRONG_CHECKS
    for n in range(often - 1):
        assert public.client.get(f"{ADDRESS}/verify/{n:016d}").status_code == 404
    pdf = {"berkas": ("surat.pdf", b"%PDF-1.7 not ours", "application/pdf")}
    assert public.client.post(f"{ADDRESS}{form.action}", files=pdf, headers=headers).status_code == 404
    refused = public.client.post(f"{ADDRESS}{form.action}", files=pdf, headers=headers)
    assert (refused.status_code, int(refused.headers["retry-after"]) > 0) == (429, True)
    assert "Coba lagi setelah 5 menit" in refused.text
    assert public.get("/verify/0000-0000-0000-0099").status == 429
    assert public.get(f"/verify/{code}").status == 200
