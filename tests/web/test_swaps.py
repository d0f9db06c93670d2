"""Parts of pages that htmx swaps, in a real browser: a list on its own, a lost line and an ended session in words."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.live import PHONE, Live

WAIT = 60_000


@pytest.fixture
def phone(browser: Browser, live: Live) -> Iterator[Page]:
    """Return a page on a phone before the list of cases, that knows whether it was loaded anew."""
    with browser.new_context(viewport=PHONE, base_url=live.address) as context:  # type: ignore[arg-type]  # a size
        context.set_default_timeout(WAIT)
        page = context.new_page()
        page.goto("/kasus")
        live.log_in(page, "sari")
        page.wait_for_selector("#daftar")
        page.evaluate("window.same = true")
        yield page


def test_a_list_a_search_and_what_they_say_when_the_line_or_the_session_ends(phone: Page, live: Live) -> None:
    said: list[str] = []
    phone.on("console", lambda message: said.append(message.text))
    expect.set_options(timeout=WAIT)
    phone.select_option("#tahap", "intervention")
    phone.click("#terapkan")
    expect(phone.locator("#tahap")).to_have_value("intervention")
    phone.wait_for_url("**/kasus?tahap=intervention*")
    assert set(phone.locator("td[data-label=Tahap]").all_inner_texts()) == {"Intervensi"}
    assert phone.evaluate("[window.same, document.activeElement.id]") == [True, "terapkan"]
    assert said == [], "no content policy was broken"

    phone.goto("/cari")
    phone.fill("#f-q", "tidak ada orangnya")
    live.down()
    phone.click("main button[type=submit]")
    expect(phone.locator("#jalur")).to_have_text("Sambungan terputus. Yang Anda ketik masih ada; ulangi sebentar lagi.")
    expect(phone.locator("#f-q")).to_have_value("tidak ada orangnya")
    live.up()
    phone.click("main button[type=submit]")
    expect(phone.locator("#hasil")).to_contain_text("Tidak ada kasus yang cocok")
    expect(phone.locator("#jalur")).to_be_hidden()
    assert phone.url.endswith("/cari"), "what is searched for stands in no address"

    phone.context.clear_cookies()
    phone.click("main button[type=submit]")
    expect(phone.locator("main")).to_contain_text("Masuk lagi, tulisan Anda tetap ada")
