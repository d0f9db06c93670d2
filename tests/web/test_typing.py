"""What is typed into the form of a stage, in a real browser: kept whatever happens to session, server and line."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from caseflow.actions import casework
from caseflow.edge import real_now
from caseflow.store import sessions
from caseflow.web import copies
from tests.web.conftest import LATER
from tests.web.live import PHONE, Live
from tests.world import START, World, viewer

WAIT = 60_000
FIELD = "#f-location"
SAVING = "#saving"


@pytest.fixture
def phone(browser: Browser, live: Live) -> Iterator[Page]:
    """Return a page on a phone, logged in and before the form of data collection."""
    with browser.new_context(viewport=PHONE, base_url=live.address) as context:  # type: ignore[arg-type]  # a size
        context.set_default_timeout(WAIT)
        page = context.new_page()
        page.goto(form_of(live))
        live.log_in(page, "rina")
        page.wait_for_selector(FIELD)
        yield page


def form_of(live: Live) -> str:
    return f"/kasus/{live.filled.numbers['FM', 'data_collection']}/catatan/data_collection"


def stored(live: Live) -> Mapping[str, Any]:
    database = live.app.state.edge.database
    with database.read() as session:
        world = World(live.filled.office, session, START + LATER)
        number = live.filled.numbers["FM", "data_collection"]
        return casework.look(session, number, by=viewer(world, "rina"), at=world.now).facts.answers("data_collection")


def says(page: Page, text: str) -> None:
    expect(page.locator(SAVING)).to_contain_text(text, timeout=WAIT)


def test_what_is_typed_is_saved_by_itself_and_the_button_still_saves(live: Live, phone: Page) -> None:
    phone.fill(FIELD, "Dusun 4")
    says(phone, "Tersimpan ")
    assert stored(live)["location"] == "Dusun 4"
    phone.fill(FIELD, "Dusun 5")
    phone.click("main button.btn-primary")
    phone.wait_for_url("**/kasus/*#catatan")
    phone.wait_for_function("localStorage.length === 0")
    assert stored(live)["location"] == "Dusun 5"
    phone.goto(form_of(live))
    expect(phone.locator("#kept")).to_be_hidden()
    assert phone.evaluate("localStorage.length") == 0, "what has arrived is not kept on the phone"


def test_a_line_that_is_gone_loses_no_word(live: Live, phone: Page) -> None:
    live.down()
    phone.fill(FIELD, "Tepi sungai")
    says(phone, "Luring. Semua tulisan aman di perangkat ini.")
    live.up()
    phone.evaluate("window.dispatchEvent(new Event('online'))")
    says(phone, "Tersimpan ")
    assert stored(live)["location"] == "Tepi sungai"


AGED = """() => {
    const plain = { at: Date.now() - 8 * 864e5, fields: [["location", "Lama"]], version: 0 };
    const { fields, ...sealed } = { ...plain, sealed: "" };
    localStorage.setItem("caseflow:x:/a", JSON.stringify(plain));
    localStorage.setItem("caseflow:x:/b#", JSON.stringify({ at: plain.at, copies: [plain, sealed] }));
}"""
"""Copies of an earlier version on this device, eight days old: readable ones, and a sealed one."""


def test_a_page_that_was_closed_offers_what_was_not_sent(live: Live, phone: Page) -> None:
    other = phone.context.new_page()
    other.goto(form_of(live))
    live.down()
    phone.fill(FIELD, "Belakang pasar")
    says(phone, "Luring")
    there = phone.evaluate("JSON.stringify(localStorage)")
    assert ("sealed" in there, "pasar" in there) == (True, False), "whoever takes up the phone next reads nothing"
    phone.evaluate(AGED)
    phone.close()
    live.up()
    other.fill("#f-situation", "Di tab lain.")
    says(other, "Tersimpan ")
    other.reload()
    expect(other.locator("#kept")).to_be_visible()
    assert "Lama" not in other.evaluate("JSON.stringify(localStorage)"), "readable copies are kept for a week only"
    other.click("#kept [data-use]")
    assert other.input_value(FIELD) == "Belakang pasar"
    says(other, "Tersimpan ")
    assert stored(live) == {"location": "Belakang pasar", "situation": "Di tab lain."}
    assert other.evaluate("Object.keys(localStorage)") == ["caseflow:x:/b#"]


def test_what_was_just_typed_goes_along_into_the_other_language_and_other_returns_are_asked(
    live: Live, phone: Page
) -> None:
    phone.evaluate("setTimeout = () => 0")  # nothing is sent before the language is changed
    phone.fill(FIELD, "Seberang jembatan")
    phone.get_by_role("link", name="English").click()
    phone.wait_for_selector("html[lang=en]")
    expect(phone.locator(FIELD)).to_have_value("Seberang jembatan")
    expect(phone.locator("#kept")).to_be_hidden()
    says(phone, "Saved ")
    assert stored(live)["location"] == "Seberang jembatan"
    assert phone.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
    phone.clock.set_fixed_time("2026-11-22T23:37:00Z")
    phone.evaluate("setTimeout = () => 0")
    phone.fill(FIELD, "Belakang balai")
    phone.wait_for_function("localStorage.length === 1")
    phone.reload()
    expect(phone.locator("#kept [data-when]")).to_have_text("23 November 2026, 07:37")
    expect(phone.locator(FIELD)).to_have_value("Seberang jembatan")


def test_what_is_typed_beside_an_offer_takes_nothing_from_it(live: Live, phone: Page) -> None:
    live.down()
    phone.fill(FIELD, "Tepi rawa")
    says(phone, "Luring")
    phone.click("main button.btn-primary")
    assert phone.input_value(FIELD) == "Tepi rawa", "pressing the button while offline leaves the form where it is"
    live.up()
    phone.goto(form_of(live))
    phone.fill("#f-situation", "Baru.")
    says(phone, "Tersimpan ")
    phone.reload()
    phone.click("#kept [data-use]")
    says(phone, "Tersimpan ")
    assert stored(live) == {"location": "Tepi rawa", "situation": "Baru."}
    assert phone.input_value("#f-situation") == "Baru.", "the form shows what stands there now"
    phone.fill(FIELD, "Tepi sawah")
    phone.click("main button.btn-primary")
    phone.wait_for_url("**/kasus/*#catatan")
    assert stored(live) == {"location": "Tepi sawah", "situation": "Baru."}


def test_a_session_that_ended_leaves_the_words_on_the_phone(live: Live, phone: Page) -> None:
    with live.app.state.edge.database.write() as session:
        sessions.revoke_all(session, live.filled.office.ids["rina"], at=real_now())
    phone.fill(FIELD, "Gang tiga")
    says(phone, "Sesi berakhir. Masuk lagi, tulisan Anda tetap ada di perangkat ini.")
    assert "location" not in stored(live)
    phone.goto(form_of(live))
    live.log_in(phone, "budi")
    phone.wait_for_selector(FIELD)
    expect(phone.locator("#kept")).to_be_hidden()
    keys, ids = live.app.state.edge.database.keys, live.filled.office.ids
    assert phone.get_attribute("[data-keys]", "data-keys") == copies.keys_of(keys, ids["budi"])
    assert copies.keys_of(keys, ids["budi"]) != copies.keys_of(keys, ids["rina"])
    phone.context.clear_cookies()
    phone.goto(form_of(live))
    live.log_in(phone, "rina")
    phone.click("#kept [data-use]")
    says(phone, "Tersimpan ")
    assert stored(live)["location"] == "Gang tiga"


def test_two_tabs_that_disagree_are_asked_and_nothing_is_chosen_for_them(live: Live, phone: Page) -> None:
    other = phone.context.new_page()
    other.goto(form_of(live))
    phone.fill(FIELD, "Utara")
    says(phone, "Tersimpan ")
    other.fill(FIELD, "Selatan")
    says(other, "Dua isian tidak sama. Tekan Simpan untuk memilih.")
    assert stored(live)["location"] == "Utara"
    other.click("main button.btn-primary")
    expect(other.locator("main")).to_contain_text("Utara")
    expect(other.locator("main")).to_contain_text("Selatan")


def test_what_a_colleague_wrote_meanwhile_is_not_overwritten_by_an_old_copy(live: Live, phone: Page) -> None:
    live.down()
    phone.fill(FIELD, "Hulu")
    says(phone, "Luring")
    live.up()
    other = phone.context.browser.new_context(viewport=PHONE, base_url=live.address)  # type: ignore[union-attr, arg-type]  # it has one
    page = other.new_page()
    page.goto(form_of(live))
    live.log_in(page, "budi")
    page.fill("#f-situation", "Ditulis rekan.")
    says(page, "Tersimpan ")
    other.close()
    phone.goto(form_of(live))
    phone.click("#kept [data-use]")
    says(phone, "Tersimpan ")
    assert stored(live) == {"location": "Hulu", "situation": "Ditulis rekan."}
