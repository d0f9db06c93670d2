"""Helpers and institutions on pages: recorded, given a role, counted, confirmed in one press."""

import zipfile
from datetime import timedelta
from io import BytesIO

from httpx2 import Response
from sqlalchemy import select, update

from caseflow.actions import psks_rows
from caseflow.exchange import table
from caseflow.store.tables import psks_role
from tests.web.browsing import ADDRESS, Person, Shown, Site
from tests.world import VILLAGE

NIK = "6310014107850001"
START = {"start-d": "15", "start-m": "1", "start-y": "2024"}
HERE = {"area": "63.10.01"}


def test_a_helper_is_recorded_given_a_role_counted_and_confirmed(site: Site) -> None:
    sari = site.by("sari")
    sari.get("/psks/baru")
    refused = sari.press("Catat PSKS", {"name": "Siti Rahmah", "home": "63.10.01", "type": "XX"})
    assert refused.status == 422
    given = {"name": "Siti Rahmah", "home": VILLAGE, "type": "PSM", "area": VILLAGE, "phone": "0812-77", **START}
    shown = sari.press("Catat PSKS", {**given, "languages": "banjar", "trainings": "Dasar PSM; 2024"})
    assert shown.page.headings[0] == "Siti Rahmah"
    assert all(said in shown.text for said in ("0812-77", "banjar", "Dasar PSM (2024)", "sejak 15 Januari 2024"))
    again = sari.press("Tambah peran", {"type": "PSM", "area": VILLAGE, **START})
    assert again.status == 422
    assert "sudah tercatat" in again.text
    sari.press("Tambah peran", {"type": "TKSK", **HERE, **START})
    assert "1 orang memegang 2 peran; 1 orang berperan ganda." in sari.get("/psks?ganda=1&jenis=PSM").text
    assert "0 dari 2 desa/kelurahan mempunyai Puskesos (0%)." in sari.get("/psks/jumlah").text
    sheet = sari.client.get(f"{ADDRESS}/psks/jumlah.xlsx")
    with zipfile.ZipFile(BytesIO(sheet.content)) as book:
        assert "Orang berperan ganda" in book.read("xl/worksheets/sheet1.xml").decode()
    assert site.by("rina").get(shown.address).status == 200
    assert site.by("luar").get(shown.address).status == 404
    assert "Hapus data ini" not in shown.text, "only the administrator erases"
    admin = site.by("admin")
    admin.get(shown.address)
    assert admin.press("Hapus data ini").status == 422
    assert "Semua peran sudah dikonfirmasi" in sari.get("/psks/konfirmasi").text
    with site.database.write() as session:
        day = session.execute(select(psks_role.c.confirmed_on)).scalars().first()
        assert day is not None
        session.execute(update(psks_role).values(confirmed_on=day - timedelta(days=366)))
    assert "Siti Rahmah" in sari.get("/psks/konfirmasi").text
    assert "Semua peran sudah dikonfirmasi" in sari.press("Konfirmasi semua yang tampil (2)").text
    sari.get(shown.address)
    assert "Tidak berjalan" not in sari.press("Akhiri hari ini").text, "it is held to the end of this day"


def test_a_helper_who_works_on_cases_is_erased_from_the_page(site: Site) -> None:
    number, sari, admin = site.number("assessment"), site.by("sari"), site.by("admin")
    sari.get("/psks/baru")
    given = {"name": "Siti Rahmah", "home": VILLAGE, "type": "PSM", "area": VILLAGE, "user": "rina", **START}
    person = sari.press("Catat PSKS", {**given, "nik": NIK, "phone": "0812-77"}).address
    assert "PSM" in sari.get(f"/kasus/{number}/berkas/tugaskan").text, "the role ranks who might take a case"
    assert "6310••••••••0001" in site.by("rina").get(person).text
    admin.get(person)
    refused = admin.press("Hapus data ini")
    assert refused.status == 422
    gone = admin.press("Hapus data ini", {"alasan": "request"})
    assert gone.status == 200
    assert "Tersimpan" in gone.text
    assert not any(word in gone.text for word in ("Siti Rahmah", NIK, "0812-77", "Hapus data ini", "Betulkan datanya"))
    assert "Pekerja Sosial Masyarakat" in gone.text, "the role stays"
    for page in ("/psks", "/psks/jumlah", f"/kasus/{number}", f"/kasus/{number}/berkas/tugaskan", "/serah-terima"):
        shown = sari.get(page)
        assert (shown.status, "Siti Rahmah" in shown.text) == (200, False), page
    sari.get("/psks/baru")
    assert sari.press("Catat PSKS", {**given, "name": "Rina"}).page.headings[0] == "Rina", "the account is free again"


def handed_in(person: Person, content: str) -> Shown:
    """Send the form of an import with a file; what comes back is the present page."""
    shown = person.get("/psks/impor")
    fields = dict(person.form("Periksa dahulu").filled({}))
    files = {"berkas": ("psks.csv", content.encode(), "text/csv")} if content else None
    answer: Response = person.client.post(shown.address, data=fields, files=files, headers={"Origin": ADDRESS})
    person.now = Shown(answer, shown.address)
    return person.now


def test_a_sheet_of_helpers_is_checked_and_recorded(site: Site) -> None:
    sari = site.by("sari")
    sheet = sari.client.get(f"{ADDRESS}/psks/impor/lembar.xlsx")
    assert psks_rows.COLUMNS["confirmed"] in table.rows(sheet.content)[0]
    assert "Pilih berkasnya." in handed_in(sari, "").text
    head = "Nama;NIK;Peran;Wilayah;Mulai\n"
    wrong = handed_in(sari, f"{head}Siti;{NIK};PSM;Maju Makmur;2024\nBudi;;XX;Maju Makmur;2024\n")
    assert wrong.status == 200
    assert "Belum ada yang dicatat." in wrong.text
    assert "tidak dikenal" in wrong.text
    assert 'name="baris"' not in wrong.text
    right = f"{head}Siti;{NIK};PSM;Maju Makmur;2024\nSiti;{NIK};PKH;Batulicin;2024\n"
    assert "1 orang baru, 1 peran baru" in handed_in(sari, right).text
    assert "1 orang memegang 2 peran" in sari.press("Catat 2 peran").text
    again = handed_in(sari, right)
    assert "2 sudah tercatat, 0 perlu dibetulkan" in again.text
    assert 'name="baris"' not in again.text
    for text in ("[1", '[[Infinity,"N"]]'):
        assert sari.post("/psks/impor/catat", [*sari.form("Keluar").filled({}), ("baris", text)]).status == 422


def test_an_institution_is_recorded_by_the_administrator_and_chosen_with_its_room(site: Site) -> None:
    admin = site.by("admin")
    admin.get("/lembaga/baru")
    home = {
        "name": "Balai Sejahtera", "kind": "care_home", "psks_type": "LKS", "addressee": "Kepala Balai Sejahtera",
        "place": "Batulicin", "area": "63.10", "capacity": "0", "accepts": "referral", "active": "yes",
        "licence_until-d": "1", "licence_until-m": "1", "licence_until-y": "2025",
    }  # fmt: skip
    shown = admin.press("Catat lembaga", home)
    assert shown.page.headings[0] == "Balai Sejahtera"
    assert all(said in shown.text for said in ("Penuh", "Izin berakhir", "0 dari 0 terisi", "rujukan tanpa surat"))
    refused = admin.press("Simpan", {**home, "name": ""})
    assert refused.status == 422
    assert "Izin berakhir" not in admin.press("Simpan", {**home, "licence_until-y": "2099"}).text
    rina = site.by("rina")
    assert "Balai Sejahtera" in rina.get("/lembaga").text
    assert "Yang tercatat" not in rina.get(shown.address).text
    choose = rina.get(f"/kasus/{site.number('intervention')}/rujukan/baru").text
    assert "Balai Sejahtera (penuh, 0 dari 0 tempat terisi)" in choose
