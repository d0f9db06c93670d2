"""Logging in and out, forms from elsewhere, sessions that end while somebody types."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from caseflow.edge import real_now
from caseflow.store.tables import user_account, web_session
from caseflow.web.page import HOMES, homes_of
from tests.web.browsing import ADDRESS, PASSWORD, Person, Shown, Site
from tests.world import PEOPLE

WORDS = "Ditulis panjang\nsebelum sesi berakhir."


def expire(site: Site) -> None:
    """Let every session end, as if nobody had done anything for hours."""
    with site.database.write() as session:
        session.execute(update(web_session).values(seen_at=real_now() - timedelta(hours=5)))


def test_the_first_page_asks_to_log_in(shared: Site) -> None:
    shown = shared.stranger().get("/")
    assert shown.page.headings == ["Masuk"]
    assert "nama" in dict(shown.page.forms[0].fields)


def test_the_cookie_is_out_of_reach(shared: Site) -> None:
    person = shared.stranger()
    person.get("/masuk")
    form = person.form("Masuk").filled({"nama": "rina", "sandi": PASSWORD})
    answer = person.client.post("/masuk", data=dict(form), headers={"Origin": ADDRESS}, follow_redirects=False)
    cookie = answer.headers["set-cookie"]
    assert answer.status_code == 303
    assert cookie.startswith("__Host-caseflow=")
    for part in ("HttpOnly", "SameSite=lax", "Secure", "Path=/"):
        assert part in cookie
    assert "Domain" not in cookie


def test_a_wrong_password_says_no_more_than_that(shared: Site) -> None:
    person = shared.stranger()
    person.get("/masuk")
    known = person.press("Masuk", {"nama": "rina", "sandi": "salah"})
    unknown = person.press("Masuk", {"nama": "tidak-ada", "sandi": "salah"})
    assert known.status == unknown.status == 401
    assert known.errors() == unknown.errors() == ["Nama pengguna atau kata sandi tidak cocok."]
    assert known.page.title.startswith("Galat:")
    assert known.page.form("Masuk").value("nama") == "rina"
    assert known.page.form("Masuk").value("sandi") == ""


def test_the_log_in_leads_on_to_where_one_wanted_to_go(shared: Site) -> None:
    person = shared.stranger()
    number = shared.number("assessment")
    person.get(f"/kasus/{number}")
    assert person.path == "/masuk"
    person.press("Masuk", {"nama": "rina", "sandi": PASSWORD})
    assert person.path == f"/kasus/{number}"


@pytest.mark.parametrize("to", ["https://jahat.example/", "//jahat.example", "/\\jahat.example", "javascript:x"])
def test_the_log_in_leads_nowhere_else(shared: Site, to: str) -> None:
    person = shared.stranger()
    person.get("/masuk")
    form = person.form("Masuk").filled({"nama": "rina", "sandi": PASSWORD, "_ke": to})
    answer = person.client.post("/masuk", data=dict(form), headers={"Origin": ADDRESS}, follow_redirects=False)
    assert answer.headers["location"] == "/"


def test_logging_out_ends_the_session_on_the_server(shared: Site) -> None:
    person = shared.by("rina")
    before = dict(person.client.cookies)
    person.get("/")
    person.press("Keluar")
    assert person.path == "/masuk"
    person.client.cookies.update(before)
    assert person.get("/").page.headings == ["Masuk"]


@pytest.mark.parametrize(
    "path", ["/", "/kasus", "/kasus/baru", "/kotak-masuk", "/persetujuan", "/cari", "/surat/x.pdf"]
)
def test_nothing_is_shown_without_a_session(shared: Site, path: str) -> None:
    assert shared.stranger().get(path).page.headings == ["Masuk"]


def test_every_page_forbids_scripts_frames_and_keeping(shared: Site) -> None:
    person = shared.by("rina")
    for path in ("/masuk", "/", f"/kasus/{shared.number('intervention')}", "/kasus/tidak-ada", "/verify"):
        headers = person.get(path).response.headers
        assert headers["cache-control"] == "no-store"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"


def test_no_page_carries_script_or_style(shared: Site) -> None:
    person = shared.by("rina")
    for path in ("/", "/kasus", "/kasus/baru", f"/kasus/{shared.number('intervention')}"):
        for tag, given in person.get(path).page.tags:
            assert tag != "style"
            assert tag != "script" or given["src"].startswith("/static/")
            assert not [name for name in given if name == "style" or name.startswith("on")]


def test_stylesheet_and_icon_may_be_kept(shared: Site) -> None:
    person = shared.stranger()
    sheet = next(given["href"] for tag, given in person.get("/masuk").page.tags if given.get("rel") == "stylesheet")
    answer = person.client.get(sheet)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/css")
    assert "immutable" in answer.headers["cache-control"]


# --- forms from elsewhere ------------------------------------------------------------------------------------------


def visit_form(site: Site, person: Person) -> tuple[str, list[tuple[str, str]]]:
    path = f"/kasus/{site.number('intervention')}/kunjungan/baru"
    person.get(path)
    return path, person.form("Simpan").filled({"finding": WORDS})


@pytest.mark.parametrize(
    "origin",
    ["https://jahat.example", "http://kasus.dinsos.example", "http://localhost:3000", "null", "http://[", None],
)
def test_a_form_from_elsewhere_is_not_carried_out(shared: Site, origin: str | None) -> None:
    person = shared.by("rina")
    path, fields = visit_form(shared, person)
    shown = person.post(path, fields, origin=origin)
    assert shown.status == 403
    assert "dari luar caseflow" in shown.text
    assert "Kunjungan" not in person.get(f"/kasus/{shared.number('intervention')}/riwayat").text.replace(
        "mencatat kunjungan", ""
    )


def test_logging_in_from_elsewhere_is_refused_too(shared: Site) -> None:
    person = shared.stranger()
    fields = [("nama", "rina"), ("sandi", PASSWORD)]
    assert person.post("/masuk", fields, origin="https://jahat.example").status == 403


@pytest.mark.parametrize("token", ["", "bukan-token"])
def test_a_form_without_the_session_s_token_is_asked_again(site: Site, token: str) -> None:
    person = site.by("rina")
    path, fields = visit_form(site, person)
    shown = person.post(path, [(k, token if k == "_token" else v) for k, v in fields])
    assert shown.status == 403
    assert shown.page.headings == ["Tulisan Anda masih ada"]
    assert "Tersimpan" in person.press("Kirim sekarang").text


def test_the_form_of_another_user_is_neither_sent_nor_shown(shared: Site) -> None:
    rina, budi = shared.by("rina"), shared.by("budi")
    path, fields = visit_form(shared, rina)
    shown = budi.post(path, fields)
    assert shown.status == 403
    assert shown.page.headings == ["Formulir orang lain"]
    assert "Ditulis panjang" not in shown.response.text


# --- a session that ended ------------------------------------------------------------------------------------------


def ended(site: Site, person: Person) -> Shown:
    path, fields = visit_form(site, person)
    expire(site)
    return person.post(path, fields)


def test_words_typed_before_the_session_ended_come_back(site: Site) -> None:
    person = site.by("rina")
    shown = ended(site, person)
    assert shown.status == 401
    assert "Masuk lagi, tulisan Anda tetap ada." in shown.text
    assert "Ditulis panjang" not in shown.response.text, "on a shared phone the words are for their writer only"
    back = person.press("Masuk", {"nama": "rina", "sandi": PASSWORD})
    assert back.page.headings == ["Tulisan Anda masih ada"]
    assert back.page.form("Kirim sekarang").value("finding") == WORDS
    saved = person.press("Kirim sekarang")
    assert "Tersimpan" in saved.text
    assert "Ditulis panjang" in saved.text


def test_they_survive_a_wrong_password(site: Site) -> None:
    person = site.by("rina")
    ended(site, person)
    person.press("Masuk", {"nama": "rina", "sandi": "salah"})
    back = person.press("Masuk", {"nama": "rina", "sandi": PASSWORD})
    assert back.page.form("Kirim sekarang").value("finding") == WORDS


def test_they_are_for_nobody_else(site: Site) -> None:
    person = site.by("rina")
    ended(site, person)
    shown = person.press("Masuk", {"nama": "budi", "sandi": PASSWORD})
    assert person.path == "/"
    assert "Ditulis panjang" not in shown.response.text


def test_what_was_tampered_with_is_dropped(site: Site) -> None:
    person = site.by("rina")
    ended(site, person)
    kept = person.form("Masuk").value("_simpanan")
    for broken in (kept[:-8], kept + "AA", "bukan.apa-apa", f"{kept.partition('.')[0]}.====", kept.partition(".")[2]):
        form = person.form("Masuk").filled({"nama": "rina", "sandi": PASSWORD, "_simpanan": broken})
        other = site.stranger()
        other.get("/masuk")
        assert other.post("/masuk", form).status == 200
        assert other.path == "/"


# --- languages -----------------------------------------------------------------------------------------------------


def test_an_account_in_english_reads_english(site: Site) -> None:
    with site.database.write() as session:
        session.execute(update(user_account).where(user_account.c.username == "rina").values(language="en"))
    person = site.by("rina")
    assert person.get("/").page.headings[0] == "My work"
    case = person.get(f"/kasus/{site.number('intervention')}")
    assert "Next steps" in case.page.headings
    assert "Each action is done, or cancelled with a reason" in case.text
    for path in ("/kasus", "/kasus/baru", "/kotak-masuk", "/cari", f"/kasus/{site.number('intervention')}/riwayat"):
        text = person.get(path).text
        assert not [word for word in ("Kasus ", "Langkah ", "belum ", "Simpan") if word in text], path


def test_a_device_keeps_the_language_it_was_asked_in(site: Site) -> None:
    person = site.by("rina")
    person.get("/kotak-masuk")
    assert person.follow("English").page.headings[0] == "Inbox"
    assert person.get("/").page.headings[0] == "My work"
    assert person.follow("Bahasa Indonesia").page.headings[0] == "Pekerjaan saya"
    assert person.get("/").page.headings[0] == "Pekerjaan saya"


def test_the_log_in_can_be_read_in_english(shared: Site) -> None:
    person = shared.stranger()
    person.get("/masuk")
    assert person.follow("English").page.headings == ["Log in"]


@pytest.mark.parametrize("name", PEOPLE)
def test_everybody_has_a_first_page(shared: Site, name: str) -> None:
    shown = shared.by(name).get("/")
    assert shown.status == 200
    roles = frozenset({PEOPLE[name][0]})
    assert shown.page.headings[0] == HOMES[homes_of(roles)[0]][2]
    assert name.title() in shown.text


def test_no_word_is_lost_to_the_other_language_before_a_log_in_either(site: Site) -> None:
    person = site.stranger()
    for path, turned in (("/verify", "/verify?lang=en"), ("/masuk?ke=/kasus", "/masuk?ke=%2Fkasus&lang=en")):
        links = [given["href"] for _tag, given in person.get(path).page.tags if "data-turn" in given]
        assert links == [turned], "its script takes along what was typed"
    refused = person.press("Masuk", {"nama": "rina", "sandi": "salah"})
    assert not [given for _tag, given in refused.page.tags if "hreflang" in given], "what travels with it would stay"
