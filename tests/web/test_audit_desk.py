"""The audit desk by hand: a step is picked, asked about, answered and closed; others find neither list nor question."""

from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from sqlalchemy import select, update

from caseflow.actions import audit_questions
from caseflow.actions.audit_questions import AskAbout
from caseflow.store.tables import access_entry, case_entry, case_file
from tests.web.browsing import Site
from tests.world import World, approved, opened, row_of, viewer

MOVED = {"reason_code": "moved", "source": "RT"}


def ended(site: Site) -> str:
    """Have a case ended on the day it was opened, an hour ago, and return its number."""
    with site.database.write() as session:
        world = World(site.filled.office, session, site.at() - timedelta(hours=1))
        case = opened(world)
        approved(world, case, "terminate", details=MOVED)
        return str(row_of(world, case).number)


def test_a_step_is_picked_asked_about_answered_and_closed(site: Site) -> None:
    number = ended(site)
    boss = site.by("bambang")
    boss.get("/")
    boss.follow("Meja audit")
    assert boss.now is not None
    assert "Ditutup" in boss.now.text
    assert "(batas kantor: 1 hari)" in boss.now.text
    assert "Belum ditanya" in boss.now.text
    row = boss.now.page.links
    to = next(to for to, _words in row if to.startswith(f"/meja-audit/{number}/"))
    refused = boss.get(f"/meja-audit/{number}/1")
    assert (refused.status, "entry:" in refused.text) == (422, False)
    assert "Yang dapat ditanyakan hanya langkah kasus." in refused.text
    shown = boss.get(to)
    assert "Utuh, entri 1 sampai" in shown.text
    assert boss.press("Kirim pertanyaan").errors() == [
        "Kepada siapa? Pilih orang yang meminta, mengetik, atau menyetujui langkah ini.",
        "Apa pertanyaannya? Isian ini wajib.",
    ]
    shown = boss.press("Kirim pertanyaan", {"of": site.filled.office.ids["rina"], "text": "Mengapa hari itu juga?"})
    assert "Pertanyaan kepada Rina" in shown.text
    assert "jawab s.d." in boss.get("/meja-audit").text

    rina = site.by("rina")
    assert "Jawab pertanyaan: Hentikan" in rina.get("/").text
    assert "Mengapa" not in rina.get("/kotak-masuk").text
    rina.follow("Buka pertanyaannya")
    assert rina.press("Kirim jawaban").status == 422
    shown = rina.press("Kirim jawaban", {"text": "Keluarganya pindah pagi itu."})
    assert "“Keluarganya pindah pagi itu.”" in shown.text
    assert "Temuan" not in shown.page.headings
    assert rina.get("/meja-audit").status == 403

    boss.get("/meja-audit")
    boss.follow("1 pertanyaan belum ditutup")
    boss.follow("Hentikan")
    assert boss.press("Tutup pertanyaan").status == 422
    shown = boss.press("Tutup pertanyaan", {"finding": "correction", "text": "Tulis sumbernya."})
    assert "Perlu perbaikan. Bambang" in shown.text
    assert "Temuan" in boss.get("/meja-audit").text
    history = rina.get(f"/kasus/{number}/riwayat").text
    assert "Bambang menutup pertanyaan tentang sebuah langkah." in history
    assert "Tulis sumbernya" not in history


def test_the_supervisor_who_approved_is_told_who_closes(site: Site) -> None:
    number = ended(site)
    sari = site.by("sari")
    sari.get("/meja-audit")
    sari.get(
        next(to for to, _words in sari.now.page.links if to.startswith(f"/meja-audit/{number}/")) if sari.now else ""
    )
    assert sari.now is not None
    assert "ditutup satu tingkat di atas Anda" in sari.now.text
    sari.press("Kirim pertanyaan", {"text": "Mengapa hari itu juga?"})
    sari.follow("Buka pertanyaannya")
    assert sari.now is not None
    assert "Yang berwenang: Audit." in sari.now.text
    auditor = site.by("audit")
    auditor.get("/")
    auditor.follow("Meja audit")
    assert auditor.get(sari.path).status == 200


def test_filters_stand_in_the_address_and_the_list_leaves_as_a_sheet(site: Site) -> None:
    number = ended(site)
    boss = site.by("bambang")
    rina = site.filled.office.ids["rina"]
    shown = boss.get(f"/meja-audit?petugas={rina}&wilayah=631001&kategori=FM&langkah=terminate&alasan=quick")
    assert number in shown.text
    assert "Filter (5)" in shown.text
    sheet = boss.client.get(shown.page.link("Unduh XLSX"), follow_redirects=True)
    with ZipFile(BytesIO(sheet.content)) as book:
        assert f">{number}<".encode() in book.read("xl/worksheets/sheet1.xml")
    with site.database.read() as session:
        left = select(access_entry.c.data).where(access_entry.c.code == "audit:steps:exported")
        assert '"steps":1' in str(session.execute(left).scalar_one())
    for nothing in ("alasan=debt", "wilayah=631002", "sampai=2020-01-01", "kategori=AT&langkah=terminate"):
        assert number not in boss.get(f"/meja-audit?{nothing}").text
    assert "Tanggal akhir sebelum tanggal mulai" in boss.get("/meja-audit?dari=2026-05-01&sampai=2026-04-01").text
    assert boss.get("/meja-audit?wilayah=x&dari=y&halaman=z&alasan=w").status == 200


@pytest.mark.parametrize("who", ["rina", "kadis", "admin", "mitra", "luarsup"])
def test_others_find_neither_the_desk_nor_the_step(shared: Site, who: str) -> None:
    person = shared.by(who)
    assert person.get("/meja-audit").status == (200 if who == "luarsup" else 403)
    number = shared.number("closed")
    assert person.get(f"/meja-audit/{number}/5").status == (404 if who == "luarsup" else 403)
    assert person.get("/meja-audit/pertanyaan/019c1bde-00e0-7cdd-ba2a-f5c6d5ebbaba").status == 404
    if who == "luarsup":
        assert shared.number("assessment") not in person.get("/meja-audit?semua=ya&dari=2020-01-01").text


def test_of_a_closed_file_who_answers_is_warned_and_another_auditor_reads_no_answer(site: Site) -> None:
    number = ended(site)
    rina, office = site.by("rina"), site.filled.office
    with site.database.write() as session:
        world = World(office, session, site.at())
        case = session.execute(select(case_file.c.id).where(case_file.c.number == number)).scalar_one()
        step = select(case_entry.c.seq).where(case_entry.c.case_id == case, case_entry.c.code == "case:step:taken")
        seq = session.execute(step).scalar_one()
        asked = AskAbout(case=number, seq=seq, of=office.ids["rina"], text="Mengapa hari itu juga?")
        question = audit_questions.ask(session, asked, by=viewer(world, "bambang"), at=world.now).created_id
        session.execute(update(case_file).where(case_file.c.id == case).values(confidentiality="R3"))
    shown = rina.get(f"/meja-audit/pertanyaan/{question}")
    assert "jangan menulis nama atau keadaan siapa pun" in shown.text
    rina.press("Kirim jawaban", {"text": "Keluarganya pindah pagi itu."})
    read = site.by("audit").get(f"/meja-audit/pertanyaan/{question}").text
    assert "Mengapa hari itu juga?" in read
    assert "pindah pagi itu" not in read
    assert "Tidak ditampilkan: berkas ini tertutup" in read


def test_the_limits_of_an_office_stand_beside_their_reasons_and_its_admin_sets_them(site: Site) -> None:
    boss, admin = site.by("bambang"), site.by("admin")
    boss.get("/meja-audit")
    shown = boss.follow("Batas dan alasannya")
    assert "Lebih dari 3 hari antara kejadian dan pengetikan." in shown.text
    assert not [form for form in shown.page.forms if "batas" in form.action]
    admin.get("/sistem")
    admin.follow("Atur batas meja audit")
    wrong = admin.press("Simpan batas", {"night_from": "25", "pair_days": "x"})
    assert wrong.status == 422
    assert wrong.errors() == ["Dalam berapa hari? Isi bilangan dari 1 sampai 366."]
    assert "Tersimpan" in admin.press("Simpan batas", {"night_from": "20", "pair_days": "90"}).text
    assert "Malam mulai pukul 20." in boss.get("/meja-audit/batas").text
