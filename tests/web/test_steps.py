"""Taking steps, asking for approval, deciding: by hand, through forms."""

import re
from datetime import timedelta

import pytest

from caseflow.actions import steps
from caseflow.store import cases as case_rows
from tests.web.browsing import Person, Site
from tests.world import World, act, advance, ready_plan


def case_id(site: Site, number: str) -> str:
    with site.database.read() as session:
        row = case_rows.by_number(session, number)
    assert row is not None
    return str(row.id)


def step(person: Person, number: str, name: str, button: str, **values: str) -> str:
    person.get(f"/kasus/{number}/langkah/{name}")
    return person.press(button, {"note": "Sesuai keadaan.", **values}).text


def decide(site: Site, boss: str, words: str, button: str = "Setujui", reason: str = "Sesuai berkas.") -> Person:
    person = site.by(boss)
    person.get("/persetujuan")
    person.follow(words)
    person.press(button, {"reason": reason})
    return person


def test_a_step_whose_conditions_are_unmet_comes_back_with_all_of_them_and_the_words(site: Site) -> None:
    rina = site.by("rina")
    number = site.number("data_collection")
    rina.get(f"/kasus/{number}/langkah/submit_for_assessment")
    shown = rina.press("Ajukan ke asesmen", {"note": "Mohon segera"})
    assert shown.status == 422
    assert "Belum bisa: 2 syarat belum terpenuhi" in shown.text
    assert "Isian wajib tahap ini lengkap" in shown.text
    assert "Pemilahan menyatakan kriteria kategori terpenuhi" in shown.text
    assert rina.form("Ajukan ke asesmen").value("note") == "Mohon segera"
    assert site.state(number) == "data_collection"
    rina.follow("Tempat klien dapat ditemui")
    assert rina.path == f"/kasus/{number}/catatan/data_collection"


def test_a_reason_is_asked_for_at_its_field(site: Site) -> None:
    rina = site.by("rina")
    rina.get(f"/kasus/{site.number('assessment')}/langkah/return_for_data")
    shown = rina.press("Kembalikan untuk dilengkapi", {"note": "  "})
    assert shown.status == 422
    assert shown.errors() == ["Apa alasannya? Isian ini wajib."]


def test_a_death_is_documented_with_the_step(site: Site) -> None:
    rina = site.by("rina")
    number = site.number("assessment")
    rina.get(f"/kasus/{number}/langkah/terminate")
    shown = rina.press("Minta persetujuan", {"details.reason_code": "died", "note": "Meninggal di rumah."})
    assert shown.status == 422
    assert "Keterangan penghentian lengkap" in shown.text
    day = {"details.death_date-d": "20", "details.death_date-m": "3", "details.death_date-y": "2026"}
    rina.press("Minta persetujuan", {**day, "details.source": "Surat kematian desa"})
    assert "Menunggu persetujuan: Hentikan kasus" in rina.get(f"/kasus/{number}").text
    sari = site.by("sari")
    sari.get("/persetujuan")
    assert "Meninggal dunia" in sari.follow("Hentikan kasus").text
    sari.press("Setujui")
    assert "Meninggal dunia" in sari.get(f"/kasus/{number}").text


def test_a_step_from_another_state_is_told_without_a_form(shared: Site) -> None:
    rina = shared.by("rina")
    shown = rina.get(f"/kasus/{shared.number('closed')}/langkah/start_monitoring")
    assert "Langkah ini tidak dapat diambil dari tahap Ditutup." in shown.text
    assert rina.get(f"/kasus/{shared.number('closed')}/langkah/bukan").status == 404


def test_taking_a_step_twice_takes_it_once(site: Site) -> None:
    rina = site.by("rina")
    number = site.number("assessment")
    path = f"/kasus/{number}/langkah/return_for_data"
    rina.get(path)
    fields = rina.form("Kembalikan").filled({"note": "Datanya kurang."})
    assert [rina.post(path, fields).status for _time in range(2)] == [200, 200]
    text = rina.get(f"/kasus/{number}/riwayat").text
    assert text.count("Kembalikan untuk dilengkapi") == 1


def test_a_case_that_changed_meanwhile_is_shown_with_what_happened(site: Site) -> None:
    rina, budi = site.by("rina"), site.by("budi")
    number = site.number("intervention")
    rina.get(f"/kasus/{number}/kunjungan/baru")
    budi.get(f"/kasus/{number}/kunjungan/baru")
    budi.press(
        "Simpan", {"finding": "Sudah dikunjungi", "visited_on-d": "1", "visited_on-m": "4", "visited_on-y": "2026"}
    )
    shown = rina.press(
        "Simpan", {"finding": "Tulisan saya", "visited_on-d": "2", "visited_on-m": "4", "visited_on-y": "2026"}
    )
    assert shown.status == 409
    assert "Kasus ini berubah sejak Anda membuka formulir ini" in shown.text
    assert "Budi mencatat kunjungan." in shown.text
    assert rina.form("Simpan").value("finding") == "Tulisan saya"
    assert "Tersimpan" in rina.press("Simpan").text


def test_an_emergency_is_taken_at_once_and_its_debt_stands_on_the_page(site: Site) -> None:
    rina = site.by("rina")
    number = site.number("assessment")
    rina.get(f"/kasus/{number}/catatan/assessment")
    rina.press("Simpan", {"risk": "high", "risk_reason": "Memburuk."})
    step(rina, number, "emergency_intervention", "Tindakan darurat")
    assert site.state(number) == "intervention"
    shown = rina.get(f"/kasus/{number}")
    assert "Tindakan darurat belum lengkap." in shown.text
    assert "Asesmen setelah tindakan darurat sudah ditulis" in shown.text
    assert "Lengkapi setelah tindakan darurat" in rina.get("/").text


def test_a_hold_pauses_and_resumes(site: Site) -> None:
    rina = site.by("rina")
    number = site.number("intervention")
    rina.get(f"/kasus/{number}")
    rina.follow("Tunda kasus")
    far = {"until-d": "1", "until-m": "4", "until-y": "2027"}
    shown = rina.press("Tunda kasus", {**far, "reason": "Menunggu BPJS"})
    assert shown.status == 422
    assert len(shown.errors()) == 1
    rina.press("Tunda kasus", {"until-d": "1", "until-m": "5", "until-y": "2026"})
    held = rina.get(f"/kasus/{number}")
    assert "Ditunda sampai 1 Mei 2026" in held.text
    assert "Kasus sedang ditunda. Lanjutkan kasus dahulu." in held.text
    rina.follow("Lanjutkan kasus")
    rina.press("Lanjutkan kasus")
    assert "Ditunda sampai" not in rina.get(f"/kasus/{number}").text.split("Riwayat")[0]


def test_a_supervisor_assigns(site: Site) -> None:
    sari = site.by("sari")
    number = site.number("assessment")
    sari.get(f"/kasus/{number}")
    sari.follow("Tugaskan pendamping")
    assert site.filled.office.ids["dewi"] not in sari.form("Tugaskan").choices["assignee"]
    sari.press("Tugaskan", {"assignee": site.filled.office.ids["budi"], "reason": "Cuti"})
    assert "Sari menugaskan kasus ini kepada Budi." in sari.get(f"/kasus/{number}/riwayat").text
    assert site.by("rina").get(f"/kasus/{number}/berkas/tugaskan").status == 403


def test_the_person_is_changed_and_a_bad_nik_does_not_stop_it(site: Site) -> None:
    rina = site.by("rina")
    number = site.number("data_collection")
    rina.get(f"/kasus/{number}")
    rina.follow("Ubah data diri")
    rina.press("Simpan", {"name": "Nama Baru", "nik": "123", "birth-d": "", "birth-m": "", "birth-y": "1970"})
    shown = rina.get(f"/kasus/{number}")
    assert shown.page.headings[0] == "Nama Baru"
    assert "Bentuk nomornya salah" in shown.text
    rina.get(f"/kasus/{number}/berkas/klien")
    assert rina.form("Simpan").value("birth-y") == "1970"
    assert rina.press("Simpan", {"name": "", "alias": ""}).errors() == [
        "Nama lengkap: Tulis nama, atau nama panggilan bila nama tidak diketahui."
    ]


# --- approvals -----------------------------------------------------------------------------------------------------


def asked(site: Site, *, by: str = "rina") -> str:
    number = site.number("intervention_plan")
    with site.database.write() as session:
        world = World(site.filled.office, session, site.at() - timedelta(hours=1))
        case = case_id(site, number)
        ready_plan(world, case)
        act(world, steps.advance_case, advance(case, "approve_plan", note="Klien siap."), by=by)
    return number


def test_a_request_shows_what_it_rests_on(site: Site) -> None:
    number = asked(site)
    sari = site.by("sari")
    assert "Persetujuan" in sari.get("/").text
    assert "Putuskan: Setujui rencana" in sari.get("/").text
    sari.get("/persetujuan")
    shown = sari.follow("Setujui rencana")
    assert "Klien siap." in shown.text
    assert number in shown.text
    assert "Kebutuhan dasar terpenuhi" in shown.text
    assert "Tidak ada yang perlu berobat" in shown.text
    assert "Klien atau walinya menyetujui rencana" in shown.text


def test_a_refusal_needs_a_reason_and_tells_it(site: Site) -> None:
    number = asked(site)
    sari = site.by("sari")
    sari.get("/persetujuan")
    sari.follow("Setujui rencana")
    assert sari.press("Tolak").errors() == ["Apa alasannya? Tulis alasannya: peminta perlu tahu."]
    sari.press("Tolak", {"reason": "Tenggatnya terlalu dekat"})
    assert sari.path == "/persetujuan"
    assert sari.now is not None
    assert "Ditolak" in sari.now.text
    assert site.state(number) == "intervention_plan"
    rina = site.by("rina")
    assert "Alasan: Tenggatnya terlalu dekat" in rina.get(f"/kasus/{number}/riwayat").text
    assert "Tidak disetujui" in rina.get("/kotak-masuk").text


def test_who_asked_or_wrote_the_plan_reads_why_they_may_not_decide(site: Site) -> None:
    asked(site)
    rina = site.by("rina")
    rina.get("/persetujuan")
    shown = rina.follow("Setujui rencana")
    assert "Yang memutuskan permintaan ini adalah orang lain" in shown.text
    assert not [b for form in shown.page.forms for b in form.buttons if "Setujui" in b[2]]


def test_a_request_that_is_pushed_through_by_its_requester_is_refused(site: Site) -> None:
    asked(site)
    rina, sari = site.by("rina"), site.by("sari")
    sari.get("/persetujuan")
    sari.follow("Setujui rencana")
    path, fields = sari.path, sari.form("Setujui").filled({"reason": "x"})
    rina.get(path)
    token = rina.form("Keluar").value("_token")
    mine = {"_token": token, "_siapa": site.filled.office.ids["rina"]}
    shown = rina.post(path, [(k, mine.get(k, v)) for k, v in fields] + [("_putusan", "setuju")])
    assert shown.status == 403
    assert site.state(site.number("intervention_plan")) == "intervention_plan"


def test_a_request_whose_facts_changed_is_void(site: Site) -> None:
    number = asked(site)
    sari, rina = site.by("sari"), site.by("rina")
    sari.get("/persetujuan")
    sari.follow("Setujui rencana")
    rina.get(f"/kasus/{number}/rencana")
    rina.follow("Ubah kegiatan")
    rina.press("Simpan", {"goal": "Tujuan lain"})
    shown = sari.press("Setujui")
    assert shown.status == 409
    assert "Kasus ini berubah sejak Anda membuka halaman" in shown.text
    assert "Permintaan ini gugur karena datanya berubah." in shown.text
    assert site.state(number) == "intervention_plan"


def test_a_request_can_be_taken_back(site: Site) -> None:
    number = asked(site)
    rina = site.by("rina")
    rina.get(f"/kasus/{number}")
    rina.follow("Tarik permintaan")
    rina.press("Tarik permintaan")
    assert "Menunggu persetujuan" not in rina.get(f"/kasus/{number}").text
    assert "Tidak ada permintaan yang menunggu Anda." in site.by("sari").get("/persetujuan").text


def test_a_decided_request_stays_readable(site: Site) -> None:
    number = asked(site)
    sari = site.by("sari")
    sari.get("/persetujuan")
    sari.follow("Setujui rencana")
    path = sari.path
    sari.press("Setujui")
    shown = site.by("kadis").get(path)
    assert "Permintaan ini sudah disetujui." in shown.text
    assert re.search(r"Sari, \d+ April 2026", shown.text)
    assert site.state(number) == "intervention"


@pytest.mark.parametrize("name", ["luar", "luarsup", "admin", "mitra"])
def test_requests_of_others_are_as_if_they_were_not_there(site: Site, name: str) -> None:
    asked(site)
    sari = site.by("sari")
    sari.get("/persetujuan")
    sari.follow("Setujui rencana")
    person = site.by(name)
    assert person.get(sari.path).status == 404
    assert "Setujui rencana" not in person.get("/persetujuan").text
