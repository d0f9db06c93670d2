"""Makes docs/img/letters.png: the first page of every letter, from its sample. Needs pdftoppm (poppler-utils).

`python tools/contact_sheet.py [--pages FOLDER]` also keeps every page, large enough to read, in FOLDER.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

from caseflow.letters import catalogue
from caseflow.letters.child import Renderer
from caseflow.paths import templates_root

ROOT = Path(__file__).resolve().parent.parent
SHEET = ROOT / "docs" / "img" / "letters.png"
ACROSS, WIDTH, GAP = 5, 540, 16
READABLE, FINE = 90, 150
"""Dots per inch: pages to be looked at, and pages to be made small."""


def pictures(pdf: bytes, folder: Path, name: str, dpi: int) -> list[Path]:
    """Write every page of a PDF as a picture and return them in order."""
    program = shutil.which("pdftoppm")
    if program is None:
        sys.exit("pdftoppm is missing: install poppler-utils")
    file = folder / f"{name}.pdf"
    file.write_bytes(pdf)
    subprocess.run([program, "-r", str(dpi), "-png", str(file), str(folder / name)], check=True)
    return sorted(folder.glob(f"{name}-*.png"))


def sheet(first: list[Path]) -> Image.Image:
    """Return the pages side by side."""
    pages = [Image.open(path).convert("RGB") for path in first]
    height = WIDTH * pages[0].height // pages[0].width
    down = -(-len(pages) // ACROSS)
    made = Image.new("RGB", (ACROSS * (WIDTH + GAP) + GAP, down * (height + GAP) + GAP), "#999")
    for at, page in enumerate(pages):
        place = (GAP + at % ACROSS * (WIDTH + GAP), GAP + at // ACROSS * (height + GAP))
        made.paste(page.resize((WIDTH, height), Image.Resampling.LANCZOS), place)
    return made


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=Path, metavar="FOLDER", help="keep every page here too")
    options = parser.parse_args(arguments)
    root = templates_root() / "letters"
    kinds = sorted(catalogue.load(root).values(), key=lambda kind: (kind.shape != "korespondensi", kind.code))
    first: list[Path] = []
    with Renderer(root) as renderer, tempfile.TemporaryDirectory() as temporary:
        for kind in kinds:
            made = renderer.render(kind.name, catalogue.sample(kind))
            first.append(pictures(made.pdf, Path(temporary), kind.name, FINE)[0])
            if options.pages:
                options.pages.mkdir(parents=True, exist_ok=True)
                pictures(made.pdf, options.pages, kind.name, READABLE)
        sheet(first).quantize(32, Image.Quantize.FASTOCTREE).save(SHEET, optimize=True)
    print(f"{SHEET.relative_to(ROOT)}: {len(first)} letters, {SHEET.stat().st_size // 1000} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
