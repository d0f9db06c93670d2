"""A photo in a real browser: made smaller on the phone, said in words, kept with what was typed without a line."""

import re
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, expect

from tests.web.live import PHONE, Live

WAIT = 60_000


def photo(folder: Path) -> Path:
    """Return a photo of some megabytes."""
    file = folder / "IMG_20260402.jpg"
    picture = BytesIO()
    Image.effect_noise((2400, 1800), 90).convert("RGB").save(picture, "JPEG", quality=95)
    file.write_bytes(picture.getvalue())
    assert file.stat().st_size > 2_000_000
    return file


def test_a_photo_is_made_smaller_and_waits_for_the_line(browser: Browser, live: Live, tmp_path: Path) -> None:
    number = live.filled.numbers["FM", "intervention"]
    with browser.new_context(viewport=PHONE, base_url=live.address) as context:  # type: ignore[arg-type]  # a size
        context.set_default_timeout(WAIT)
        page = context.new_page()
        page.goto(f"/kasus/{number}/lampiran/baru")
        live.log_in(page, "rina")
        page.set_input_files("#f-file", photo(tmp_path))
        told = page.locator("#attaching")
        expect(told).to_have_text(re.compile(r"^Dikecilkan dari \d,\d MB menjadi .+ [kM]B\.$"), timeout=WAIT)
        small = page.evaluate("document.querySelector('#f-file').files[0].size")
        assert small < 2_000_000
        page.select_option("select[name=kind]", "house")
        page.fill("#f-note", "Dinding timur lapuk.")
        live.down()
        page.click("main button.btn-primary")
        expect(told).to_contain_text("Tidak tersambung.", timeout=WAIT)
        assert page.input_value("#f-note") == "Dinding timur lapuk."
        live.up()
        page.click("main button.btn-primary")
        page.wait_for_url("**/kasus/*#lampiran")
        expect(page.locator("#lampiran img")).to_be_visible()
        assert page.evaluate("document.querySelector('#lampiran img').naturalWidth > 100")
