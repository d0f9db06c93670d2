"""Monthly reports and targets on pages: asked for, counted by a worker, read, numbered, corrected; whose they are."""

import zipfile
from hashlib import sha256
from io import BytesIO

import pytest

from caseflow.actions import letter_files, letter_register, reports
from caseflow.store import verify_reports
from tests.web.browsing import ADDRESS, Site
from tests.world import World, viewer

HOME, TARGETS = "/laporan", "/laporan/sasaran"
PERIOD = {"start-d": "1", "start-m": "1", "start-y": "2026", "end-d": "31", "end-m": "12", "end-y": "2026"}


def test_a_report_is_made_read_numbered_and_corrected(site: Site) -> None:
    sari = site.by("sari")
    sari.get(TARGETS)
    aimed = sari.press("Simpan sasaran", {"area": "631001", "measure": "opened", "amount": "50", **PERIOD})
    assert "Kecamatan Batulicin: kasus baru, 1 Januari 2026 sampai 31 Desember 2026" in aimed.text
    sari.get("/")
    assert sari.follow("Laporan").page.headings[0] == "Laporan bulanan"
    asked = sari.press("Hitung dan bekukan", {"bulan": "2026-02"})
    assert "Sedang dihitung" in asked.text
    site.work()
    shown = sari.get(asked.address)
    assert shown.status == 200
    assert "Menurut kecamatan" in shown.page.headings
    assert "Berkas tertutup (R3): kurang dari lima, atau tidak ada." in shown.text
    charts = [given for tag, given in shown.page.tags if tag == "svg" and given.get("role") == "img"]
    assert len(charts) == 2
    sheet = sari.client.get(f"{ADDRESS}{shown.page.link('Unduh XLSX')}")
    with zipfile.ZipFile(BytesIO(sheet.content)) as book:
        cells = book.read("xl/worksheets/sheet1.xml").decode()
    assert "Fakir miskin" in cells
    numbered = sari.press("Beri nomor surat")
    assert "Surat nomor 400.9/0001/LAP-BLN/DINSOS/2026." in numbered.text
    letter = sari.client.get(f"{ADDRESS}{numbered.page.link('Unduh surat (PDF)')}")
    assert letter.content.startswith(b"%PDF-")
    site.work()
    kept = sari.client.get(f"{ADDRESS}{numbered.page.link('Unduh surat (PDF)')}")
    assert kept.content == letter.content, "what the job keeps is what was handed out before"
    with site.database.read() as session:
        assert list(verify_reports.run(session)) == []
        as_file = letter_files.verify_file(session, sha256(kept.content).hexdigest())
    assert (as_file.state, as_file.number) == ("genuine", "400.9/0001/LAP-BLN/DINSOS/2026")
    with site.database.read() as session:
        by = viewer(World(site.filled.office, session, site.at()), "audit")
        agenda = letter_register.read(session, letter_register.Agenda(kind="LAP-BLN"), by=by, at=site.at())
        row = next(each for each in reports.listing(session, by=by) if each.month == "2026-02")
        found = letter_files.verify_code(session, reports.find(session, row.id, by=by).check_code)
    assert [(line.running, line.addressee) for line in agenda.lines] == [(1, "Bupati Tanah Bumbu")]
    assert (found.state, found.number) == ("genuine", "400.9/0001/LAP-BLN/DINSOS/2026")
    sari.get(HOME)
    again = sari.press("Hitung dan bekukan", {"bulan": "2026-02"})
    assert again.status == 422
    assert "sudah ada" in again.text
    second = sari.press("Hitung dan bekukan", {"bulan": "2026-02", "alasan": "Kunjungan terlambat dicatat."})
    assert "Sebab edisi ini: Kunjungan terlambat dicatat." in second.text
    assert "digantikan" not in sari.get(HOME).text, "an edition that is being counted replaces none yet"
    assert "50" in sari.get("/kasus-menunggu").text
    assert "Sasaran" in sari.get("/kasus-menunggu").page.headings
    sari.get(TARGETS)
    assert "Belum ada sasaran." in sari.press("Tarik sasaran").text


@pytest.mark.parametrize(
    ("name", "status"), [("kadis", 200), ("audit", 200), ("rina", 403), ("intan", 403), ("admin", 403), ("mitra", 403)]
)
def test_who_reads_reports(shared: Site, name: str, status: int) -> None:
    person = shared.by(name)
    assert person.get(HOME).status == status
    assert person.get(TARGETS).status == status
    assert person.get(f"{HOME}/019c1bde-00e0-7cdd-ba2a-f5c6d5ebbaba").status == (404 if status == 200 else status)
