"""Why a case was closed, as one document: on its page, as a PDF, and at the edge; as much as its reader may know."""

from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlalchemy import select, update

from caseflow.actions import checkpoints, dossier
from caseflow.actions.dossier import Dossier
from caseflow.actions.dossier_words import WITHHELD
from caseflow.store.tables import access_entry, case_file
from tests.actions.test_letters import issued, needing
from tests.web.browsing import Site
from tests.world import World, approved, opened, record, row_of, viewer

FOUND = ("Memenuhi kriteria", "Ada penghasilan.", "Keadaan baik.", "Diminta Rina, ", "Disetujui oleh Sari, ", "Setuju.")
"""What a reader of the whole case finds in the document of a case that ended well."""


def text(found: Dossier) -> str:
    """Return all that a document says."""
    parts = [found.title, found.marking, found.extract]
    for section in found.sections:
        parts += [section.title, section.note, *(" ".join((row.label, *row.lines)) for row in section.rows)]
    return "\n".join(parts)


def read(site: Site, number: str, name: str, lang: str = "id") -> Dossier:
    with site.database.write() as session:
        world = World(site.filled.office, session, site.at())
        return dossier.dossier(session, number, by=viewer(world, name), at=site.at(), lang=lang)


def test_the_page_of_a_closed_case_leads_to_it(shared: Site) -> None:
    number = shared.number("closed")
    sari = shared.by("sari")
    sari.get(f"/kasus/{number}")
    shown = sari.follow("Mengapa kasus ini ditutup")
    assert shown.page.headings[:3] == [f"Petikan berkas kasus {number}: mengapa ditutup", "Kasus", "Mengapa ditutup"]
    assert all(words in shown.text for words in FOUND)
    assert "Petikan untuk Sari (Supervisor), 3 April 2026" in shown.text
    assert shown.page.link("Unduh PDF") == f"/kasus/{number}/petikan.pdf"


def test_the_pdf_says_the_same_marked_for_its_reader_on_every_page(shared: Site) -> None:
    number = shared.number("closed")
    answer = shared.by("sari").client.get(f"https://kasus.dinsos.example/kasus/{number}/petikan.pdf")
    assert answer.headers["content-type"] == "application/pdf"
    pages = [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(answer.content)).pages]
    assert len(pages) > 1
    assert all("Petikan untuk Sari (Supervisor), 3 April 2026" in page for page in pages)
    assert all(f"Halaman {n} dari {len(pages)}" in page for n, page in enumerate(pages, start=1))
    whole = " ".join(pages)
    assert all(words in whole for words in FOUND)
    assert "Nomor:" not in whole
    english = shared.by("sari").client.get(f"https://kasus.dinsos.example/kasus/{number}/petikan.pdf?lang=en")
    first = " ".join(PdfReader(BytesIO(english.content)).pages[0].extract_text().split())
    assert "Why it was closed" in first
    assert f"Page 1 of {len(pages)}" in first


@pytest.mark.parametrize(("name", "status"), [("audit", 200), ("rina", 200), ("luar", 404), ("admin", 404)])
def test_whoever_may_not_see_the_case_finds_nothing(shared: Site, name: str, status: int) -> None:
    person, number = shared.by(name), shared.number("closed")
    for path in ("petikan", "petikan.pdf"):
        assert person.client.get(f"https://kasus.dinsos.example/kasus/{number}/{path}").status_code == status


def test_an_open_case_has_none(shared: Site) -> None:
    sari, number = shared.by("sari"), shared.number("monitoring")
    assert "Mengapa kasus ini ditutup" not in sari.get(f"/kasus/{number}").text
    shown = sari.get(f"/kasus/{number}/petikan")
    assert (shown.status, "Kasus ini masih berjalan" in shown.text) == (422, True)


def test_reading_it_is_on_record_where_reading_the_case_is(site: Site) -> None:
    number = site.number("closed")

    def readings() -> list[str]:
        query = select(access_entry.c.code).join(case_file, case_file.c.id == access_entry.c.case_id)
        with site.database.read() as session:
            return list(session.execute(query.where(case_file.c.number == number)).scalars())

    for level, noted in (("R1", []), ("R2", ["case:file:read"])):
        with site.database.write() as session:
            session.execute(update(case_file).where(case_file.c.number == number).values(confidentiality=level))
        before = readings()
        assert site.by("sari").get(f"/kasus/{number}/petikan").status == 200
        assert readings() == [*before, *noted]


def test_of_a_closed_file_it_says_who_and_when_and_not_what(site: Site) -> None:
    number = site.number("closed")
    name = site.by("sari").get(f"/kasus/{number}").page.headings[0]
    with site.database.write() as session:
        mine = {"confidentiality": "R3", "assignee_id": site.filled.office.ids["rina"]}
        session.execute(update(case_file).where(case_file.c.number == number).values(mine))
    told = text(read(site, number, "rina"))
    assert f"Klien {number[-6:]}" in told
    assert "Tutup kasus, sampai di sini" in told
    assert "Disetujui oleh Sari, " in told
    assert str(WITHHELD) in told
    hidden = (name, "Fakir miskin", "Maju Makmur", "Ada penghasilan.", "Keadaan baik.", "Sesuai keadaan.", "Setuju.")
    assert not [words for words in hidden if words in told]
    assert site.by("sari").get(f"/kasus/{number}/petikan").status == 404


def test_of_a_closed_file_the_number_of_a_letter_tells_no_category(site: Site) -> None:
    with site.database.write() as session:
        world = World(site.filled.office, session, site.at())
        case = needing(world)
        number = row_of(world, case).number
        letter = issued(world, case)
        approved(world, case, "terminate", details={"reason_code": "moved", "source": "RT"})
    assert letter.number in text(read(site, number, "rina"))
    with site.database.write() as session:
        mine = {"confidentiality": "R3", "assignee_id": site.filled.office.ids["rina"]}
        session.execute(update(case_file).where(case_file.c.number == number).values(mine))
    told = text(read(site, number, "rina"))
    assert "RJK" not in told
    assert f"Surat dinas {letter.running}/{letter.year}, " in told


def test_a_terminated_case_says_its_cause_and_who_only_follows_reads_no_reason(site: Site) -> None:
    with site.database.write() as session:
        world = World(site.filled.office, session, site.at())
        case = opened(world, by="intan")
        record(world, case, "data_collection", {"situation": "Rumahnya kosong."}, by="intan")
        details = {"reason_code": "moved", "source": "RT"}
        approved(world, case, "terminate", note="Pindah ke Kotabaru.", details=details)
        number = str(row_of(world, case).number)
    told = text(read(site, number, "sari"))
    assert "Sebab Pindah ke luar wilayah" in told
    assert "Alasan Pindah ke Kotabaru." in told
    assert "Hasil pemilahan Belum dapat diputuskan" in told
    follows = text(read(site, number, "intan"))
    assert "Sebab" not in follows
    assert "Pindah ke Kotabaru." not in follows
    assert "Disetujui oleh Sari, " in follows


def test_the_log_vouches_for_the_entry_that_closed_it(site: Site) -> None:
    number = site.number("closed")
    assert "Titik periksa" not in text(read(site, number, "sari"))
    with site.database.write() as session:
        checkpoints.sequence_all(session)
        checkpoints.make(session, cause_key="uji", at=site.at())
    found = read(site, number, "sari", "en")
    assert "The checkpoint of 3 April 2026" in text(found)
    assert f"caseflow audit proof {number}/" in text(found)
    assert found.sections[-1].title == "Proof by the log"
