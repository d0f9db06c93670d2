"""The pages of a case for each role: what is shown, to whom, and that absent and not visible are one page."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from caseflow.actions import cases
from caseflow.actions.people import PersonData
from caseflow.store import cases as case_rows
from caseflow.store.tables import access_entry, case_file, case_team
from tests.web.browsing import Person, Site
from tests.world import STATES, VILLAGE, World, act, nik, opened, row_of

READERS = ("rina", "budi", "sari", "kadis", "audit")
PARTS = (
    "",
    "/riwayat",
    "/rencana",
    "/kunjungan",
    "/rujukan",
    "/persetujuan-klien",
    "/penempatan",
    "/catatan/assessment",
)


def reads(site: Site, number: str) -> int:
    """Count how often a case was opened on record."""
    query = select(access_entry.c.id).join(case_file, case_file.c.id == access_entry.c.case_id)
    query = query.where(case_file.c.number == number, access_entry.c.code == "case:file:read")
    with site.database.read() as session:
        return len(session.execute(query).all())


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("state", STATES)
def test_every_state_has_a_page_for_everybody_who_may_read_it(shared: Site, name: str, state: str) -> None:
    number = shared.number(state)
    shown = shared.by(name).get(f"/kasus/{number}")
    assert shown.status == 200
    assert number in shown.text
    assert {"Tahap kasus", "Langkah berikutnya", "Catatan", "Riwayat"} <= {
        re.sub(r" (Siklus|\d).*", "", heading) for heading in shown.page.headings
    }
    current = [given for _tag, given in shown.page.tags if given.get("aria-current") == "step"]
    assert len(current) == 1


@pytest.mark.parametrize("name", READERS)
def test_every_part_of_a_case_has_a_page(shared: Site, name: str) -> None:
    person = shared.by(name)
    for part in PARTS:
        shown = person.get(f"/kasus/{shared.number('intervention', 'AT')}{part}")
        assert shown.status == 200, part
        assert "{" not in shown.text, part


@pytest.mark.parametrize(
    "path", ["/kasus/x", "/kasus/6310-2026-000001/tidak-ada", "/persetujuan/x", "/surat/x.pdf", "/tidak-ada"]
)
def test_what_does_not_exist_is_that_page_too(shared: Site, path: str) -> None:
    shown = shared.by("rina").get(path)
    assert shown.status == 404
    assert shown.page.headings == ["Halaman ini tidak ada"]


def test_a_closed_file_shows_a_pseudonym_to_its_team_and_nothing_to_others(site: Site) -> None:
    number = site.number("intervention")
    with site.database.write() as session:
        row = case_rows.by_number(session, number)
        assert row is not None
        session.execute(update(case_file).where(case_file.c.id == row.id).values(confidentiality="R3"))
        session.execute(case_team.insert().values(case_id=row.id, user_id=site.filled.office.ids["sari"]))
    shown = site.by("sari").get("/kasus")
    assert f"Klien {number[-6:]}" in shown.text
    assert shown.text.count("Tertutup") == 1
    page = site.by("sari").get(f"/kasus/{number}")
    assert page.page.headings[0] == f"Klien {number[-6:]}"
    assert page.page.title == f"Kasus {number} – caseflow"
    assert site.by("bambang").get(f"/kasus/{number}").status == 404
    assert number not in site.by("bambang").get("/kasus").text


def test_opening_a_restricted_case_is_on_record_before_it_is_shown(site: Site) -> None:
    number, open_case = site.number("data_collection", "AT"), site.number("intervention")
    person = site.by("rina")
    for part in ("", "/riwayat", "/catatan/data_collection", "/rencana", "/berkas/klien"):
        before = reads(site, number)
        assert person.get(f"/kasus/{number}{part}").status == 200
        assert reads(site, number) == before + 1, part
    person.get(f"/kasus/{open_case}")
    assert reads(site, open_case) == 0


def test_what_people_type_is_shown_as_they_typed_it_and_never_run(site: Site) -> None:
    name = '<script>alert("x")</script>'
    with site.database.write() as session:
        world = World(site.filled.office, session, site.at())
        case = opened(world, person=PersonData(name=name, alias="'\"><img src=x onerror=y>", address="<b>RT 1</b>"))
        number = row_of(world, case).number
    person = site.by("rina")
    for path in ("/", "/kasus", f"/kasus/{number}", f"/kasus/{number}/berkas/klien", f"/kasus/{number}/riwayat"):
        shown = person.get(path)
        assert "<script>" not in shown.response.text, path
        assert "<img" not in shown.response.text
    assert person.get(f"/kasus/{number}").page.headings[0] == name


def test_a_link_of_a_message_leads_to_the_case(shared: Site) -> None:
    number = shared.number("intervention")
    with shared.database.read() as session:
        row = case_rows.by_number(session, number)
    assert row is not None
    person = shared.by("rina")
    person.get(f"/cases/{row.id}")
    assert person.path == f"/kasus/{number}"
    assert shared.by("luar").get(f"/cases/{row.id}").status == 404


# --- what is shown -------------------------------------------------------------------------------------------------


def test_unmet_conditions_are_shown_before_the_click_with_links_to_where_they_are_met(shared: Site) -> None:
    person = shared.by("rina")
    number = shared.number("intervention")
    shown = person.get(f"/kasus/{number}")
    assert "Belum bisa: 1 dari" in shown.text
    assert "Setiap kegiatan rencana selesai, atau dibatalkan dengan alasan" in shown.text
    person.follow("Isi hasil:")
    assert re.fullmatch(rf"/kasus/{number}/rencana/[0-9a-f-]+/selesai", person.path)


def test_no_button_is_ever_disabled(shared: Site) -> None:
    for name in READERS:
        person = shared.by(name)
        for state in STATES:
            for path in ("", "/langkah/terminate"):
                tags = person.get(f"/kasus/{shared.number(state)}{path}").page.tags
                assert not [given for tag, given in tags if "disabled" in given]


def test_who_may_not_take_a_step_reads_who_may(shared: Site) -> None:
    number = shared.number("assessment")
    person = shared.by("audit")
    assert "Yang dapat mengambil langkah ini: pendamping." in person.get(f"/kasus/{number}").text
    shown = person.get(f"/kasus/{number}/langkah/complete_assessment")
    assert "Yang dapat mengambil langkah ini: pendamping." in shown.text
    assert {form.action for form in shown.page.forms} == {"/keluar"}, "only those that log out"


def test_no_link_of_a_case_leads_where_its_reader_may_not_go(shared: Site) -> None:
    for name, state in (("sari", "intervention"), ("sari", "intervention_plan"), ("audit", "intervention_plan")):
        person, base = shared.by(name), f"/kasus/{shared.number(state)}"
        seen, waiting = set[str](), [base]
        while waiting:
            path = waiting.pop()
            shown = person.get(path)
            assert shown.status == 200, (name, path)
            seen.add(path)
            steps = path == base or "/langkah/" in path
            links = {to.split("#")[0] for to, _words in shown.page.links} if steps else set()
            waiting += [to for to in links - seen - {*waiting} if to.startswith(f"{base}/") and not to.endswith(".pdf")]


def test_the_record_is_read_by_who_may_not_write_it(shared: Site) -> None:
    shown = shared.by("audit").get(f"/kasus/{shared.number('intervention')}/catatan/assessment")
    assert "Yang dapat mengisi catatan ini: pendamping." in shown.text
    assert "Buruh harian." in shown.text
    assert "Belum diketahui" in shown.text, "the word of an answer, never its code"


def test_the_history_is_told_in_sentences_without_codes(shared: Site) -> None:
    person = shared.by("sari")
    for category, state in (("FM", "closed"), ("AT", "intervention"), ("KME", "assessment")):
        text = person.get(f"/kasus/{shared.number(state, category)}/riwayat").text
        assert "Rina mencatat kasus baru." in text
        assert "Kasus berpindah dari" in text
        assert not re.search(r"[a-z]+_[a-z]+|case:", text)
    assert "Sari menyetujui" in person.get(f"/kasus/{shared.number('closed')}/riwayat").text
    assert "Tujuan tercapai, sampai di sini" in person.get(f"/kasus/{shared.number('closed')}/riwayat").text


def test_the_gap_between_what_happened_and_what_was_typed_is_told(site: Site) -> None:
    person = site.by("rina")
    number = site.number("intervention")
    person.get(f"/kasus/{number}/kunjungan/baru")
    today = site.at().astimezone().date()
    day = int(person.form("Simpan").value("visited_on-d"))
    month = int(person.form("Simpan").value("visited_on-m"))
    assert (day, month) == (today.day, today.month)
    person.press("Simpan", {"finding": "Baik.", "visited_on-d": "20", "visited_on-m": "3", "visited_on-y": "2026"})
    assert re.search(r"Terjadi 20 Maret, diketik \d+ hari kemudian", person.get(f"/kasus/{number}/riwayat").text)


def test_a_nik_is_half_hidden_on_the_case_page(site: Site) -> None:
    with site.database.write() as session:
        world = World(site.filled.office, session, site.at())
        case = opened(world, person=PersonData(name="Bermasalah", nik="6310014107160001", birth="2016-07-01", sex="P"))
        number = row_of(world, case).number
    text = site.by("rina").get(f"/kasus/{number}").text
    assert "6310••••••••0001" in text
    assert "6310014107160001" not in text


def test_a_household_names_its_members(shared: Site) -> None:
    shown = shared.by("rina").get(f"/kasus/{shared.number('assessment', 'KME')}")
    assert "Anggota keluarga" in shown.text
    assert "kepala keluarga" in shown.text
    assert "(tinggal bersama)" in shown.text


def test_members_join_and_leave(site: Site) -> None:
    person = site.by("rina")
    number = site.number("assessment", "KME")
    person.get(f"/kasus/{number}")
    person.follow("Tambah anggota keluarga")
    person.press("Simpan", {"name": "Kakek Umar", "relation": "kerabat", "basis": "lives_with"})
    shown = person.get(f"/kasus/{number}")
    assert "Kakek Umar, kerabat" in shown.text
    links = [to for to, words in shown.page.links if words == "Catat keluar"]
    person.get(links[-1])
    person.press("Simpan", {"reason": "Pindah"})
    assert "Kakek Umar, kerabat" not in person.get(f"/kasus/{number}").text
    assert "Rina mencatat anggota yang keluar." in person.get(f"/kasus/{number}/riwayat").text


# --- lists ---------------------------------------------------------------------------------------------------------


def test_the_list_holds_what_one_may_see(shared: Site) -> None:
    number = shared.number("intervention")
    for name in READERS:
        assert number in shared.by(name).get("/kasus").text
    for name in ("admin", "mitra"):
        assert shared.by(name).get("/kasus").status == 404
    assert number not in shared.by("luar").get("/kasus").text


def test_the_list_narrows_and_says_when_nothing_fits(shared: Site) -> None:
    person = shared.by("sari")
    assert shared.number("intervention") not in person.get("/kasus?tahap=assessment").text
    assert shared.number("assessment") in person.get("/kasus?tahap=assessment&kategori=FM").text
    nothing = person.get("/kasus?tahap=closed&kategori=KME")
    assert "Tidak ada kasus yang cocok." in nothing.text
    assert person.follow("Hapus filter").status == 200
    assert person.get("/kasus?tahap=bukan&kategori=bukan&sebelum=%27").status == 200


def test_the_list_goes_on_after_fifty(site: Site) -> None:
    with site.database.write() as session:
        world = World(site.filled.office, session, site.at())
        for _n in range(55):
            act(
                world,
                cases.open_case,
                cases.OpenCase(category="FM", area=VILLAGE, person=PersonData(alias="X")),
                by="rina",
            )
    person = site.by("sari")
    first = {to for to, _words in person.get("/kasus").page.links if to.startswith("/kasus/6310")}
    second = {to for to, _words in person.follow("Halaman berikutnya").page.links if to.startswith("/kasus/6310")}
    assert len(first) == 50
    assert second
    assert not first & second


def search(person: Person, typed: str) -> str:
    person.get("/cari")
    return person.press("Cari", {"q": typed}).text


def test_searching_finds_names_spelled_otherwise_and_never_stands_in_an_address(site: Site) -> None:
    with site.database.write() as session:
        world = World(site.filled.office, session, site.at())
        opened(world, person=PersonData(name="Mochamad Djunaidi", nik="6310010101800007", phone="0812 3456 7890"))
    person = site.by("sari")
    for typed in ("Muhammad Junaidi", "6310010101800007", "081234567890"):
        assert "Mochamad Djunaidi" in search(person, typed), typed
        assert person.path == "/cari"
        assert person.now is not None
        assert "?" not in person.now.address
    assert "Tidak ada kasus yang cocok" in search(person, "Zulkarnain")
    assert "Tidak ada kasus yang cocok" in search(site.by("luar"), "Muhammad Junaidi")
    assert site.by("mitra").get("/cari").status == 404


def test_an_empty_search_asks_again(shared: Site) -> None:
    person = shared.by("sari")
    assert "Hasil" not in search(person, "  ")


def test_an_intake_officer_sees_data_collection_of_the_area_only(shared: Site) -> None:
    person = shared.by("intan")
    assert person.get(f"/kasus/{shared.number('data_collection')}").status == 200
    assert person.get(f"/kasus/{shared.number('assessment')}").status == 404


# --- one NIK, two people -------------------------------------------------------------------------------------------


BORN = date(1980, 3, 9)
KNOWN = PersonData(name="", nik=nik(BORN, "P", 421), sex="P", birth=BORN.isoformat())


def test_a_double_nik_is_named_in_lists_and_on_the_case_with_what_to_do(site: Site) -> None:
    with site.database.write() as session:
        world = World(site.filled.office, session, site.at() - timedelta(hours=1))
        one, other = (
            str(row_of(world, opened(world, person=replace(KNOWN, name=name))).number)
            for name in ("Aminah Satu", "Halimah Dua")
        )
    rina = site.by("rina")
    shown = rina.get(f"/kasus/{one}")
    assert "NIK ini tercatat pada lebih dari satu orang." in shown.text
    assert "Cocokkan dengan KTP atau KK asli." in shown.text
    assert shown.page.link("Halimah Dua") == f"/kasus/{other}"
    assert shown.page.link("Hentikan sebagai data ganda") == f"/kasus/{one}/langkah/terminate"
    for path in ("/kasus", "/"):
        text = rina.get(path).text
        assert re.search(r"Aminah Satu\s*NIK ganda", text)
        assert text.count("NIK ganda") == 2, "only the two"
    rina.get(f"/kasus/{other}")
    rina.follow("Ubah data diri")
    assert "Tersimpan" in rina.press("Simpan", {"nik": ""}).text
    assert "NIK ganda" not in rina.get(f"/kasus/{one}").text
