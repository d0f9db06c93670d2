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


def test_what_is_typed_goes_along_into_the_other_language(phone: Page, live: Live) -> None:
    phone.goto(f"/kasus/{live.filled.numbers['FM', 'intervention']}/langkah/terminate")
    phone.fill("#f-note", "Keluarga sedang pulang kampung.")
    phone.get_by_role("link", name="English").click()
    phone.wait_for_selector("html[lang=en]")
    expect(phone.locator("#f-note")).to_have_value("Keluarga sedang pulang kampung.")
    assert phone.evaluate("sessionStorage.getItem('caseflow:turned')") is None, "it waits no longer than it has to"
    phone.get_by_role("link", name="Bahasa Indonesia").click()
    phone.wait_for_selector("html[lang=id]")
    expect(phone.locator("#f-note")).to_have_value("Keluarga sedang pulang kampung.")
    phone.fill("#f-note", "")
    phone.click("main button.btn-primary")
    expect(phone.locator("section.summary")).to_be_visible()
    expect(phone.get_by_role("link", name="English")).to_have_count(0)
