"""Errors as pages, in both languages: what happened, what it means for what was typed, and where to go on."""

import pytest
from sqlalchemy import text, update
from starlette.requests import Request

from caseflow.errors import BodyTooLarge, Busy, ClockBehind, Forbidden, NotFound, StepRefused, TooManyAttempts
from caseflow.store.tables import user_account
from caseflow.web import faults, flashes
from caseflow.web.page import stranger
from tests.web.browsing import ADDRESS, FORM, PASSWORD, Site


def test_a_body_that_is_too_large_gets_a_page_and_not_a_broken_connection(site: Site) -> None:
    person = site.by("rina")
    path = f"/kasus/{site.number('intervention')}/kunjungan/baru"
    person.get(path)
    shown = person.post(path, person.form("Simpan").filled({"finding": "x" * 10_000_000}))
    assert shown.status == 413
    assert shown.page.headings == ["Kiriman terlalu besar"]
    assert "1024 kB" in shown.text
    assert "Tidak ada yang tersimpan." in shown.text
    assert "Belum ada kunjungan." in person.get(f"/kasus/{site.number('intervention')}/kunjungan").text


@pytest.mark.parametrize("body", [b"\xff\xfe=1", b"&".join(b"a%d=1" % n for n in range(1500))])
def test_a_body_that_cannot_be_read_gets_a_page(shared: Site, body: bytes) -> None:
    person = shared.by("rina")
    answer = person.client.post(f"{ADDRESS}/cari", content=body, headers=FORM | {"Origin": ADDRESS})
    assert answer.status_code == 422
    assert "Kiriman ini tidak terbaca" in answer.text


def test_a_fault_of_ours_says_so_and_nothing_else(site: Site) -> None:
    person = site.by("rina")
    with site.database.write() as session:
        session.execute(text("DROP TABLE delivery"))
        session.execute(text("DROP TABLE inbox"))
    shown = person.get("/kotak-masuk")
    assert shown.status == 500
    assert shown.page.headings == ["Ada yang tidak beres di sistem kami"]
    assert "inbox" not in shown.response.text
    assert shown.response.headers["x-request-id"] in shown.text
    assert "Ke halaman pertama Anda" in shown.text
    assert "kirim" not in shown.text
    assert "default-src 'none'" in shown.response.headers["content-security-policy"]


def test_without_a_database_there_is_still_a_page(site: Site) -> None:
    person = site.by("rina")
    with site.database.write() as session:
        session.execute(text("DROP TABLE web_session"))
    shown = person.get("/")
    assert shown.status == 500
    assert shown.page.headings == ["Ada yang tidak beres di sistem kami"]


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (NotFound(), 404, "Data itu tidak ada"),
        (Forbidden(action="membuka", allowed="supervisor"), 403, "supervisor"),
        (BodyTooLarge(limit_kb=7), 413, "7 kB"),
        (Busy(), 503, "sedang diubah orang lain"),
        (ClockBehind(now="a", newest="b"), 503, "Jam mesin"),
        (TooManyAttempts(minutes=3), 429, "3 menit"),
        (StepRefused(step="x", label="X", unmet=[{"guard": "g", "message": "Belum lengkap"}]), 422, "Belum lengkap"),
    ],
)
def test_every_kind_of_refusal_has_a_page(shared: Site, error: Exception, status: int, words: str) -> None:
    scope = {"type": "http", "method": "GET", "path": "/", "headers": [], "query_string": b"", "app": shared.app}
    answer = faults.page_of(stranger(Request(scope)), error)
    assert answer.status_code == status
    assert words in bytes(answer.body).decode()


def test_too_many_wrong_passwords_are_told_how_long_to_wait(site: Site) -> None:
    person = site.stranger()
    person.get("/masuk")
    for _time in range(10):
        person.press("Masuk", {"nama": "rina", "sandi": "salah"})
    shown = person.press("Masuk", {"nama": "rina", "sandi": PASSWORD})
    assert shown.status == 429
    assert "Terlalu banyak percobaan." in shown.text


def test_errors_are_told_in_the_language_of_the_account(site: Site) -> None:
    with site.database.write() as session:
        session.execute(update(user_account).where(user_account.c.username == "rina").values(language="en"))
    person = site.by("rina")
    assert person.get("/kasus/x").page.headings == ["There is no such page"]
    path = f"/kasus/{site.number('intervention')}/kunjungan/baru"
    person.get(path)
    shown = person.press("Save", {"finding": ""})
    assert shown.page.title.startswith("Error:")
    assert "1 answer needs mending" in shown.text
    assert shown.errors() == ["What did you see and hear? This field is required."]
    assert "Saved at" in person.press("Save", {"finding": "Fine"}).text


def test_the_other_language_is_the_same_page(shared: Site) -> None:
    sari = shared.by("sari")
    path = f"/kasus/{shared.number('intervention')}/kunjungan/baru"
    form = sari.get(f"{path}?dari=a%26b&lang=id")
    assert form.page.link("English") == f"{path}?dari=a%26b&lang=en"
    rina = shared.by("rina")
    rina.get(path)
    told = rina.press("Simpan", {"finding": ""})
    token = rina.form("Keluar").filled({})
    refused = rina.post("/psks/impor/catat", [*token, ("baris", "[1")])
    for answer in (told, refused):
        assert "English" not in [words for _to, words in answer.page.links], "what was sent would be lost on the way"


def test_a_message_that_was_not_ours_is_not_shown(shared: Site) -> None:
    person = shared.by("rina")
    for forged in ("<script>-10:42", "saved-<b>", "saved-99999999", "bukan-10:42"):
        person.client.cookies.set("__Host-caseflow-kabar", forged)
        shown = person.get("/")
        assert "<script>" not in shown.response.text
        assert "<b></b>" not in shown.response.text
    assert set(flashes.FLASHES) >= {"saved", "merged", "opened", "taken", "asked"}
