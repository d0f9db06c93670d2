"""The first page of those who hold no cases: the auditor, the administrator, the partner; and nobody sees another's."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from sqlalchemy import insert, text, update

from caseflow.actions import admin, referrals
from caseflow.ids import new_id
from caseflow.store import cases as case_rows
from caseflow.store.tables import case_file, job, role_grant
from caseflow.web.page import homes_of
from tests.web.browsing import Person, Site
from tests.world import ELSEWHERE, START, World, act, may_tell, opened, row_of

PAGES = {"audit": "/pengawasan", "admin": "/sistem", "mitra": "/rujukan-kami"}


@dataclass(frozen=True, slots=True)
class Found:
    """What a check of the installation found."""

    name: str
    level: str
    found: str
    remedy: str = ""


@pytest.mark.parametrize(
    ("name", "heading"), [("audit", "Pengawasan"), ("admin", "Sistem"), ("rina", "Pekerjaan saya")]
)
def test_the_first_page_is_what_the_role_is_about(shared: Site, name: str, heading: str) -> None:
    shown = shared.by(name).get("/")
    assert shown.page.headings[0] == heading
    assert shown.page.link(heading) == "/"


@pytest.mark.parametrize("name", ["rina", "intan", "sari", "kadis", *PAGES])
@pytest.mark.parametrize("path", [*PAGES.values(), "/pengawasan/langkah", "/pengawasan/periksa", "/sistem/pengguna"])
def test_each_page_is_for_its_role_only(shared: Site, name: str, path: str) -> None:
    mine = path.startswith(PAGES.get(name, "-"))
    assert shared.by(name).get(path).status == (200 if mine else 403)


def test_somebody_with_two_roles_finds_both(site: Site) -> None:
    assert homes_of(frozenset({"admin", "supervisor"})) == ("work", "system")
    assert homes_of(frozenset()) == ("work",)
    with site.database.write() as session:
        who = site.filled.office.ids["sari"]
        admin.grant_role(session, who, "admin", "6310", date(2025, 1, 1), None, by=admin.ROOT, at=START)
    sari = site.by("sari")
    sari.get("/")
    assert sari.follow("Sistem").page.headings[0] == "Sistem"
    assert sari.follow("Pekerjaan saya").page.headings[0] == "Pekerjaan saya"


# --- the auditor ---------------------------------------------------------------------------------------------------


def test_the_auditor_sees_steps_refusals_and_readings_of_closed_files(site: Site) -> None:
    number = site.number("assessment")
    with site.database.write() as session:
        world = World(site.filled.office, session, site.at() - timedelta(hours=1))
        closed = opened(world, "AT")
        session.execute(update(case_file).where(case_file.c.id == closed).values(confidentiality="R3"))
        hidden = str(row_of(world, closed).number)
    rina = site.by("rina")
    rina.get(f"/kasus/{number}/langkah/return_for_data")
    rina.press("Kembalikan untuk dilengkapi", {"note": "Data kurang."})
    assert rina.get("/kasus/6310-2026-999999").status == 404
    assert rina.get(f"/kasus/{hidden}").status == 200
    auditor = site.by("audit")
    shown = auditor.get("/")
    assert f"Kembalikan untuk dilengkapi Asesmen → Pengumpulan data {number} Rina" in shown.text
    assert shown.page.link(number) == f"/kasus/{number}"
    assert "Membuka yang tidak ada, atau di luar wewenangnya Tanpa kasus Rina" in shown.text
    assert f"Membuka berkas {hidden} Tertutup Rina" in shown.text
    assert not [to for to, _words in shown.page.links if hidden in to], "that it was read, not what is in it"
    assert auditor.get(f"/kasus/{hidden}").status == 404


def test_older_entries_are_on_pages_of_their_own(shared: Site) -> None:
    auditor = shared.by("audit")
    auditor.get("/pengawasan")
    shown = auditor.get("/pengawasan/langkah")
    assert shown.text.count("Ajukan ke asesmen") >= 3
    last = shown.page.links[-1]
    assert auditor.get("/pengawasan/langkah?sebelum=0").text.count("Ajukan ke asesmen") == 0
    assert last
    assert auditor.get("/pengawasan/apa-saja").status == 404


def test_the_auditor_checks_the_log(site: Site) -> None:
    auditor = site.by("audit")
    auditor.get("/")
    auditor.follow("Periksa log")
    shown = auditor.press("Periksa sekarang")
    assert "Log utuh" in shown.text
    with site.database.write() as session:
        session.execute(text("DROP TRIGGER case_entry_no_update"))
        session.execute(text("UPDATE case_entry SET actor = :who WHERE seq = 1"), {"who": str(new_id())})
    auditor.get("/pengawasan/periksa")
    shown = auditor.press("Periksa sekarang")
    assert "Log tidak utuh" in shown.text
    assert "isinya berubah setelah dicatat" in shown.text


# --- the administrator ---------------------------------------------------------------------------------------------


def test_the_administrator_sees_accounts_and_categories_and_no_case(shared: Site) -> None:
    shown = shared.by("admin").get("/")
    assert "Rina rina Pendamping, Kabupaten Tanah Bumbu" in shown.text
    assert "Fakir miskin FM Biasa" in shown.text
    assert not [to for to, _words in shown.page.links if to.startswith("/kasus")]
    people = shared.by("admin").get("/sistem/pengguna")
    assert "mitra" in people.text
    assert "Tidak ada akun lagi." in shared.by("admin").get("/sistem/pengguna?sesudah=zzz").text


def over_all(site: Site) -> Person:
    """Return the administrator of every office."""
    with site.database.write() as session:
        who = site.filled.office.ids["admin"]
        admin.grant_role(session, who, "admin", ELSEWHERE, date(2025, 1, 1), None, by=admin.ROOT, at=START)
    return site.by("admin")


def test_what_the_installation_needs_comes_first(site: Site) -> None:
    found = [Found("kunci", "ok", "berkasnya ada"), Found("surel", "warn", "tidak diatur", "Atur CASEFLOW_SMTP_URL")]
    site.app.state.doctor = lambda: [*found, Found("log", "fail", "pelindung tidak ada", "Pulihkan")]  # type: ignore[attr-defined]  # the application
    person = over_all(site)
    shown = person.get("/")
    assert "2Perlu perhatian" in shown.text
    assert shown.text.index("pelindung tidak ada") < shown.text.index("Atur CASEFLOW_SMTP_URL")
    assert "Tampilkan 1 yang baik" in shown.text


def test_a_job_that_died_is_told_and_run_again(site: Site) -> None:
    dead = str(new_id())
    with site.database.write() as session:
        values = {"id": dead, "key": "x", "kind": "letter.render", "queue": "letters", "payload": {}, "state": "dead"}
        moments = {"run_at": site.at(), "created_at": site.at()}
        failure = "Surat gagal dibuat"
        session.execute(insert(job).values(**values, **moments, lease_no=3, attempts=10, failure=failure))
    person = over_all(site)
    shown = person.get("/")
    assert "1Tugas gagal" in shown.text
    assert "Membuat surat Gagal Surat gagal dibuat" in shown.text
    shown = person.press("Jalankan lagi sekarang")
    assert "Tugas dijalankan lagi" in shown.text
    assert "0Tugas gagal" in shown.text


def test_who_administers_one_office_only_is_told_who_sees_the_rest(site: Site) -> None:
    admin_of_one = site.by("admin")
    shown = admin_of_one.get("/")
    assert "dilihat oleh admin yang mencakup semua kantor" in shown.text
    assert "Tugas gagal" not in shown.text


# --- the partner ---------------------------------------------------------------------------------------------------


def test_a_partner_without_an_institution_is_told_whom_to_ask(shared: Site) -> None:
    assert "Akun Anda belum dihubungkan dengan sebuah lembaga." in shared.by("mitra").get("/").text


def test_a_partner_sees_what_waits_for_the_own_institution(site: Site) -> None:
    number = site.number("intervention")
    charity = site.filled.office.institutions["charity"]
    with site.database.write() as session:
        world = World(site.filled.office, session, site.at() - timedelta(hours=1))
        row = case_rows.by_number(session, number)
        assert row is not None
        may_tell(world, row.id, "charity")
        act(world, referrals.add_referral, referrals.AddReferral(case=row.id, institution=charity, need="Beras"))
        mine = role_grant.c.user_id == site.filled.office.ids["mitra"]
        session.execute(update(role_grant).where(mine).values(institution_id=charity))
    partner = site.by("mitra")
    shown = partner.get("/")
    assert shown.page.headings[0] == "Rujukan untuk Baznas Kabupaten Tanah Bumbu"
    assert "1Belum dijawab" in shown.text
    assert "Hubungi Rina, Dinas Sosial" in shown.text
    assert f"Sebut nomor kasus {number}." in shown.text
    assert "Beras" not in shown.text
    assert partner.get(f"/kasus/{number}").status == 404
