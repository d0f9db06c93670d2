"""Every page by axe-core, on a phone and at twice the size; what a keyboard alone reaches."""

from collections.abc import Callable

from playwright.sync_api import Browser, Page, Route

from tests.web import doors
from tests.web.browsing import ADDRESS, Person
from tests.web.doors import TABLE, OfCase, Own, Public, Row
from tests.web.furnishing import Place
from tests.web.live import AXE, PHONE

TWICE = {"width": 640, "height": 500}
"""A window of 1280 at 200 %."""
WIDE = {"width": 1280, "height": 900}
RULES = """() => axe.run(document, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], resultTypes: ["violations"],
}).then((found) => found.violations.map((one) => one.id + ": " + one.nodes.map((node) => node.html).join(" ")))"""
HERE = "() => [...document.querySelectorAll('form:not([action])')].map(() => 'a form says not where to')"
WIDER = "() => document.documentElement.scrollWidth - window.innerWidth"
NOT_PAGES = (".pdf", ".xlsx", ".ics", ".svg", ".jpg", "/unduh", "/cases/{case_id}", "/{attachment}")
AT_BOTH_WIDTHS = ("/", "/kasus", "/kasus/{number}", "/meja-audit", "/kasus-menunggu", "/persetujuan")
HOMES = ("rina", "sari", "kadis", "audit", "admin", "mitra")
"""Whose first pages differ."""
AGAIN = {
    "/barang": ("sari",),
    "/kasus/{number}": ("sari", "audit"),
    "/kotak-masuk": ("mitra",),
    "/laporan": ("audit",),
    "/lembaga": ("admin",),
    "/meja-audit": ("audit",),
    "/meja-audit/batas": ("admin",),
    "/persetujuan": ("mitra",),
    "/psks": ("admin",),
}
"""Pages that other readers see otherwise than the first one, with forms or without: they are looked at as these too."""
OF_A_KIND = 1
"""Pages of one address that are looked at: the others are put together of the same parts."""
TWO_OF_A_KIND = {"/kasus/{number}/{part}"}
"""The plan, and the roster of a group."""


def of(person: Person) -> Callable[[Route], None]:
    """Let the browser be answered by the application itself, as this person."""

    def answer(route: Route) -> None:
        asked = route.request
        sent = {"Content-Type": asked.headers.get("content-type", ""), "Origin": ADDRESS}
        got = person.client.request(asked.method, asked.url, content=asked.post_data_buffer, headers=sent)
        kept = {k: v for k, v in got.headers.items() if k not in {"set-cookie", "content-length", "content-encoding"}}
        route.fulfill(status=got.status_code, headers=kept, body=got.content)

    return answer


def reader_of(row: Row) -> str:
    """Return who opens a page: whoever sees most of it; nobody where nobody of the tests may."""
    if isinstance(row, Public):
        return "rina"
    who = (row.who or doors.READERS)["R1"] if isinstance(row, OfCase) else row.who
    return next((name for name in (*HOMES, *sorted(who)) if name in who), "")


def pages(place: Place) -> dict[str, list[tuple[str, str]]]:
    """Return reader -> addresses of every page there is, with the route of each; a first page for everybody."""
    found: dict[str, list[tuple[str, str]]] = {name: [("/", "/")] for name in HOMES}
    for route, row in TABLE.items():
        method, path = route.split()
        reader = reader_of(row)
        if (
            method != "GET"
            or not reader
            or path.endswith(NOT_PAGES)
            or (isinstance(row, Own | OfCase) and not row.made)
        ):
            continue
        for more in row.more[: OF_A_KIND + (path in TWO_OF_A_KIND)] if isinstance(row, OfCase) else ("",):
            address = place.address(path, more) if "{code}" not in path else path.format(code="ABCDEFGHJKMNPQRS")
            for name in (reader, *AGAIN.get(path, ())):
                found.setdefault(name, []).append((path, address))
    return found


def test_no_page_has_a_barrier(browser: Browser, place: Place) -> None:
    place.turn_into("R1")
    wrong: list[str] = []
    rules = AXE.read_text("utf-8")
    for name, addresses in pages(place).items():
        context = browser.new_context(viewport=PHONE, base_url=ADDRESS, bypass_csp=True)  # type: ignore[arg-type]  # a size
        context.add_init_script(rules)
        page = context.new_page()
        page.route("**/*", of(place.people[name]))
        if not wrong and name == "rina":
            page.goto("/cari")
            page.evaluate("document.querySelector('label').remove()")
            assert page.evaluate(RULES), "a field without a name is found"
        for path, address in addresses:
            wrong += [f"{path} ({name}): {one}" for one in barriers(page, path, address)]
        context.close()
    assert not wrong, "\n".join(wrong)


def barriers(page: Page, path: str, address: str) -> list[str]:
    """Return what axe finds on a page, and at which widths it must be moved sideways."""
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # a size
    answer = page.goto(address)
    assert answer is not None
    found = [f"is answered {answer.status}"] if answer.status not in {200, 403, 404, 409, 422} else []
    found += [*page.evaluate(RULES), *page.evaluate(HERE)]
    found += too_wide(page)
    if path in AT_BOTH_WIDTHS:
        page.set_viewport_size(TWICE)  # type: ignore[arg-type]  # a size
        found += too_wide(page)
        page.set_viewport_size(WIDE)  # type: ignore[arg-type]  # a size
        found += [f"at {WIDE['width']}: {one}" for one in page.evaluate(RULES)]
    return found


def too_wide(page: Page) -> list[str]:
    return [f"is {more} px too wide"] if (more := page.evaluate(WIDER)) > 0 else []


def test_the_bar_is_one_line_for_every_role(browser: Browser, place: Place) -> None:
    bars = {}
    for name in HOMES:
        context = browser.new_context(viewport={"width": 992, "height": 500}, base_url=ADDRESS)
        page = context.new_page()
        page.route("**/*", of(place.people[name]))
        for lang in ("en", "id"):
            page.goto(f"/?lang={lang}")
            bars[name, lang] = page.evaluate("document.getElementById('bilah').offsetHeight"), page.evaluate(WIDER)
        context.close()
    assert set(bars.values()) == {(48, 0)}, bars


FOCUS = """() => {
    const at = document.activeElement, look = getComputedStyle(at);
    const seen = (look.outlineStyle !== "none" && parseFloat(look.outlineWidth) >= 2) || look.boxShadow !== "none";
    return [at.closest("main") && at.type === "submit" ? "button" : "", seen ? "" : at.outerHTML];
}"""
MOST_TABS = 60


def test_a_keyboard_alone_sends_a_form_and_is_led_to_what_is_wrong(browser: Browser, place: Place) -> None:
    place.turn_into("R1")
    context = browser.new_context(viewport=WIDE, base_url=ADDRESS)  # type: ignore[arg-type]  # a size
    page = context.new_page()
    page.route("**/*", of(place.people["rina"]))
    page.goto(place.address("/kasus/{number}/kunjungan/baru", ""))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#isi"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "isi", "the link past the menu leads into the page"
    unseen, reached = [], ""
    for _tab in range(MOST_TABS):
        page.keyboard.press("Tab")
        reached, hidden = page.evaluate(FOCUS)
        unseen += [hidden] if hidden else []
        if reached:
            break
    assert (reached, unseen) == ("button", [])
    page.keyboard.press("Enter")
    page.wait_for_selector("main [role=alert]")
    assert page.evaluate("document.activeElement.getAttribute('role')") == "alert", (
        "the summary of errors has the focus"
    )
    context.close()
