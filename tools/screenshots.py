"""Makes docs/img/pages: the main pages as they look now, on a desk and on a phone, out of a new demonstration.

`python tools/screenshots.py [NAME ...]`. It plays `caseflow demo` in a folder of its own, serves it on this machine,
and takes each page, named as below, with Debian's Chromium (chromium) and Playwright. Some two minutes.
"""

import os
import re
import subprocess
import sys
import tempfile
import time
from io import BytesIO
from pathlib import Path
from urllib.request import urlopen

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from caseflow.cli import demo

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "img" / "pages"
CHROMIUM = "/usr/bin/chromium"
PORT = 8765
ADDRESS = f"http://127.0.0.1:{PORT}"
WIDTHS = {1200: 800, 360: 740}
"""Width of a window -> its height; a phone's page is taken whole, down to LONGEST."""
LONGEST = 1800
COLOURS = 64
WAITS = 60
PAGES = {
    "my-work": ("rina", "/"),
    "case": ("budi", "{case}"),
    "stage-form": ("rina", "{case}/catatan/data_collection"),
    "new-case": ("rina", "/kasus/baru"),
    "cases": ("wahidah", "/kasus"),
    "approvals": ("wahidah", "/persetujuan"),
    "handover": ("wahidah", "/serah-terima"),
    "waiting": ("nurhayati", "/kasus-menunggu"),
    "report": ("nurhayati", "/laporan"),
    "audit-desk": ("hartati", "/meja-audit"),
    "partner": ("rsud", "/"),
    "system": ("admin", "/sistem"),
    "accounts": ("admin", "/sistem/pengguna"),
}
"""Name of a picture -> who looks, and where; {case} is the first case on the reader's list."""
NUMBER = re.compile(r'href="(/kasus/\d{4}-\d{4}-\d{6})"')


def main(names: list[str]) -> int:
    wanted = {name: PAGES[name] for name in names} if names else PAGES
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        data = Path(temporary, "demo")
        made = demo.run(data, PORT)
        if made is None:
            return 1
        served = {**os.environ, "CASEFLOW_DATA_DIR": str(data), "CASEFLOW_PUBLIC_URL": ADDRESS}
        caseflow = str(Path(sys.executable).parent / "caseflow")
        server = subprocess.Popen([caseflow, "serve", "--port", str(PORT)], env=served)
        try:
            _wait()
            _take(wanted, made.password)
        finally:
            server.terminate()
            server.wait()
    return 0


def _wait() -> None:
    """Return when the pages answer."""
    for _turn in range(WAITS):
        try:
            urlopen(f"{ADDRESS}/healthz", timeout=1).close()  # noqa: S310 - this machine, by http
        except OSError:
            time.sleep(1)
        else:
            return
    sys.exit("caseflow serve did not answer")


def _take(wanted: dict[str, tuple[str, str]], password: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        for who in dict.fromkeys(who for who, _path in wanted.values()):
            page = browser.new_context(base_url=ADDRESS, locale="id-ID").new_page()
            page.goto("/masuk")
            page.fill("[name=nama]", who)
            page.fill("[name=sandi]", password)
            page.click("main button[type=submit]")
            for name, (reader, path) in wanted.items():
                if reader == who:
                    _picture(page, name, path)
            page.context.close()
        browser.close()


def _picture(page: Page, name: str, path: str) -> None:
    if "{case}" in path:
        page.goto("/kasus")
        found = NUMBER.search(page.content())
        if found is None:
            sys.exit(f"{name}: no case on the list")
        path = path.replace("{case}", found[1])
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        answer = page.goto(path)
        if answer is None or not answer.ok:
            sys.exit(f"{name}: {path} was not shown")
        whole = int(page.evaluate("document.documentElement.scrollHeight"))
        tall = min(whole, LONGEST) if width < height else height
        page.set_viewport_size({"width": width, "height": tall})
        taken = Image.open(BytesIO(page.screenshot())).convert("RGB")
        file = FOLDER / f"{name}-{width}.png"
        taken.quantize(COLOURS).save(file, optimize=True)
        print(f"{file.relative_to(ROOT)}: {file.stat().st_size // 1000} kB")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
