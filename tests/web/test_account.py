"""The second factor at the log-in, one's own sessions, one's own password."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

import pyotp
import pytest
from sqlalchemy import select, update
from starlette.testclient import TestClient

from caseflow.edge import Edge, log_in, real_now
from caseflow.errors import CaseflowError
from caseflow.store.tables import access_entry, recovery_code, second_factor, web_session
from tests.web.browsing import ADDRESS, FORM, PASSWORD, Person, Shown, Site

SECRET = re.compile(r"(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}")


@dataclass(frozen=True, slots=True)
class Enrolled:
    """Somebody who has set a second factor up."""

    person: Person
    secret: str
    used: str
    codes: tuple[str, ...]


def secret_on(shown: Shown) -> str:
    """Return the secret as it stands on the page, in letters."""
    found = SECRET.search(shown.text)
    assert found is not None
    return found[0].replace(" ", "")


def code_of(secret: str, ahead: int = 0) -> str:
    """Return the code of now, or of an interval later: the clock may turn meanwhile, and both stay good."""
    return pyotp.TOTP(secret).at(real_now() + timedelta(seconds=30 * ahead))


def with_factor(site: Site, name: str) -> Enrolled:
    person = site.by(name)
    person.get("/keamanan-akun")
    secret = secret_on(person.press("Pasang langkah kedua"))
    used = code_of(secret)
    wrong = person.press("Pasang", {"kode": used, "sandi": "salah"})
    assert wrong.errors() == ["Ini bukan kata sandi Anda yang sekarang."]
    shown = person.press("Pasang", {"kode": used, "sandi": PASSWORD})
    assert shown.page.headings == ["Kode pemulihan"]
    return Enrolled(person, secret, used, recovery_on(shown))


def recovery_on(shown: Shown) -> tuple[str, ...]:
    return tuple(word for word in shown.text.split() if word.count("-") == 3)


def begun(site: Site, name: str) -> Person:
    """Return somebody whose password was right."""
    person = site.stranger()
    person.get("/masuk")
    person.press("Masuk", {"nama": name, "sandi": PASSWORD})
    return person


def entries(site: Site, code: str) -> int:
    with site.database.read() as session:
        return len(session.execute(select(access_entry.c.id).where(access_entry.c.code == code)).all())


# --- the second factor -----------------------------------------------------------------------------------------------


def test_a_code_is_asked_after_the_password_and_is_good_once(site: Site) -> None:
    enrolled = with_factor(site, "sari")
    assert len(set(enrolled.codes)) == 10
    assert entries(site, "user:second_factor:added") == 1
    person = begun(site, "sari")
    assert person.now is not None
    assert person.now.page.headings == ["Langkah kedua"]
    # Until then it is nobody's session: every page leads to the log-in.
    assert person.get("/kasus").page.headings == ["Masuk"]
    person.get("/masuk/lanjut")
    used = person.press("Lanjut", {"kode": enrolled.used})
    assert used.status == 422
    assert used.errors() == [
        "Kode ini tidak cocok, sudah lewat, atau sudah dipakai. Tunggu kode berikutnya di aplikasi, lalu ketik lagi."
    ]
    assert entries(site, "user:second_factor:refused") == 1
    person.press("Lanjut", {"kode": code_of(enrolled.secret, 1)})
    assert person.path == "/"
    assert person.get("/kasus").status == 200


def test_a_recovery_code_is_good_once(site: Site) -> None:
    enrolled = with_factor(site, "kadis")
    person = begun(site, "kadis")
    person.press("Lanjut", {"kode": enrolled.codes[3].lower().replace("-", " ")})
    assert person.path == "/"
    again = begun(site, "kadis")
    assert again.press("Lanjut", {"kode": enrolled.codes[3]}).status == 422
    with site.database.read() as session:
        digests = session.execute(select(recovery_code.c.digest)).scalars().all()
    assert len(digests) == 10
    assert not set(digests).intersection(enrolled.codes)


def test_wrong_codes_are_counted_where_they_come_from(site: Site) -> None:
    enrolled = with_factor(site, "audit")
    stranger = begun(site, "audit")
    for _attempt in range(5):
        assert stranger.press("Lanjut", {"kode": "000000"}).status == 422
    late = stranger.press("Lanjut", {"kode": code_of(enrolled.secret, 1)})
    assert late.status == 429
    assert "Terlalu banyak percobaan" in late.errors()[0]


def test_many_wrong_codes_at_once_and_from_everywhere_end_the_half_open_session(site: Site) -> None:
    enrolled = with_factor(site, "audit")
    person = begun(site, "audit")
    form, cookies = urlencode(person.form("Lanjut").filled({"kode": "000000"})).encode(), dict(person.client.cookies)

    def tried(address: str) -> int:
        client = TestClient(site.app, base_url=ADDRESS, cookies=cookies, client=(address, 4000))  # type: ignore[arg-type]  # an ASGI application
        return client.post("/masuk/lanjut", content=form, headers=FORM | {"Origin": ADDRESS}).status_code

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(tried, [f"2001:db8::{n}" for n in range(3)] + ["192.0.2.7"] * 6))
    assert answers.count(422) == 5
    assert tried("192.0.2.8") == 401, "the password is asked for again"
    assert person.press("Lanjut", {"kode": code_of(enrolled.secret, 1)}).status == 401


def test_many_wrong_passwords_at_once_are_no_more_than_one_after_another(site: Site) -> None:
    edge = Edge(site.database, site.clock)

    def tried(n: int) -> str:
        try:
            log_in(edge, "rina", f"salah {n}")
        except CaseflowError as error:
            return error.code
        return ""

    with ThreadPoolExecutor(14) as pool:
        answers = list(pool.map(tried, range(14)))
    assert sorted(answers) == ["BadCredentials"] * 10 + ["TooManyAttempts"] * 4


def test_a_half_open_session_does_not_wait_for_ever(site: Site) -> None:
    enrolled = with_factor(site, "sari")
    person = begun(site, "sari")
    with site.database.write() as session:
        session.execute(update(web_session).where(web_session.c.owes == "code").values(ends_at=real_now()))
    ended = person.press("Lanjut", {"kode": code_of(enrolled.secret, 1)})
    assert (ended.status, ended.page.headings) == (401, ["Masuk"])


def test_where_one_wanted_to_go_and_what_was_typed_come_through_both_steps(site: Site) -> None:
    enrolled = with_factor(site, "sari")
    person = site.stranger()
    person.get("/kasus?tahap=assessment")
    person.press("Masuk", {"nama": "sari", "sandi": PASSWORD})
    person.press("Lanjut", {"kode": code_of(enrolled.secret, 1)})
    assert person.path == "/kasus"


def test_after_the_grace_the_log_in_leads_to_setting_it_up(site: Site) -> None:
    site.by("sari")
    with site.database.write() as session:
        session.execute(update(second_factor).values(asked_at=real_now() - timedelta(days=15)))
    person = begun(site, "sari")
    assert person.now is not None
    assert person.now.page.headings == ["Pasang langkah kedua"]
    assert person.get("/kasus").page.headings == ["Masuk"]
    shown = person.get("/masuk/lanjut")
    shown = person.press("Lanjut", {"kode": code_of(secret_on(shown))})
    assert shown.page.headings == ["Kode pemulihan"]
    person.press("Sudah saya simpan, lanjut")
    assert person.path == "/"
    # Nobody below is asked for one.
    site.by("rina")


@pytest.mark.parametrize("name", ["sari", "kadis", "audit", "admin"])
def test_who_needs_one_is_told_at_the_log_in(shared: Site, name: str) -> None:
    person = begun(shared, name)
    assert person.now is not None
    assert "Peran Anda memerlukan langkah kedua saat masuk." in person.now.text
    assert "Mulai" in person.get("/keamanan-akun").text


def test_a_new_phone_is_set_up_by_oneself(site: Site) -> None:
    enrolled = with_factor(site, "sari")
    person = enrolled.person
    person.get("/keamanan-akun")
    assert "Kode pemulihan yang belum dipakai: 10." in person.get("/keamanan-akun").text
    renewed = person.press("Buat kode baru", {"kode-baru": code_of(enrolled.secret, 1)})
    fresh = recovery_on(renewed)
    assert not set(fresh).intersection(enrolled.codes)
    person.get("/keamanan-akun")
    assert person.press("Hapus langkah kedua", {"kode-hapus": enrolled.codes[0]}).status == 422
    shown = person.press("Hapus langkah kedua", {"kode-hapus": fresh[0]})
    assert "Langkah kedua dihapus" in shown.text
    assert begun(site, "sari").path == "/"


# --- sessions --------------------------------------------------------------------------------------------------------


def test_sessions_are_listed_and_ended(site: Site) -> None:
    phone, desk, third = site.by("rina"), site.by("rina"), site.by("rina")
    shown = desk.get("/keamanan-akun")
    assert shown.text.count("Terakhir dipakai") == 3
    desk.press("Akhiri")
    assert desk.now is not None
    assert desk.now.text.count("Terakhir dipakai") == 2
    alive = [person for person in (phone, third) if person.get("/").page.headings != ["Masuk"]]
    assert len(alive) == 1
    desk.get("/keamanan-akun")
    desk.press("Akhiri semua yang lain")
    assert alive[0].get("/").page.headings == ["Masuk"]
    assert desk.get("/").page.headings != ["Masuk"]


def test_nobody_ends_the_session_of_somebody_else(site: Site) -> None:
    rina, budi = site.by("rina"), site.by("budi")
    with site.database.read() as session:
        handle = session.execute(
            select(web_session.c.digest).where(web_session.c.user_id == site.filled.office.ids["rina"])
        ).scalar_one()[:16]
    form = budi.get("/keamanan-akun").page.form("Keluar")
    answer = budi.post(f"/keamanan-akun/sesi/{handle}/akhiri", form.filled({}))
    assert answer.status == 404
    assert rina.get("/").page.headings != ["Masuk"]


# --- the password ----------------------------------------------------------------------------------------------------


def test_a_new_password_needs_the_old_one_and_ends_the_other_sessions(site: Site) -> None:
    elsewhere, person = site.by("rina"), site.by("rina")
    person.get("/keamanan-akun")
    new = "kalimat baru yang panjang"
    wrong = person.press("Ganti kata sandi", {"lama": "salah", "baru": new, "ulang": new})
    assert wrong.errors() == ["Ini bukan kata sandi Anda yang sekarang."]
    short = person.press("Ganti kata sandi", {"lama": PASSWORD, "baru": "pendek", "ulang": "pendek"})
    assert short.errors() == ["Kata sandi paling sedikit 10 karakter."]
    other = person.press("Ganti kata sandi", {"lama": PASSWORD, "baru": new, "ulang": f"{new}!"})
    assert other.errors() == ["Kedua kata sandi baru tidak sama."]
    assert "Kata sandi diganti" in person.press("Ganti kata sandi", {"lama": PASSWORD, "baru": new, "ulang": new}).text
    assert elsewhere.get("/").page.headings == ["Masuk"]
    fresh = site.stranger()
    fresh.get("/masuk")
    assert fresh.press("Masuk", {"nama": "rina", "sandi": PASSWORD}).status == 401
    fresh.press("Masuk", {"nama": "rina", "sandi": new})
    assert fresh.path == "/"
