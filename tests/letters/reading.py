"""What a PDF says and how it is built, read back with other libraries than the one that wrote it."""

import io
import json
import re
from collections.abc import Iterator
from typing import Any

import pikepdf
from pypdf import PdfReader

PAINTING = {"Tj", "TJ", "'", '"', "f", "F", "f*", "S", "s", "B", "B*", "b", "b*", "Do", "sh"}


def text(pdf: bytes) -> str:
    """Return the text of all pages without any white space: justified lines break where they like."""
    return squeezed("".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages))


def squeezed(said: str) -> str:
    return re.sub(r"\s+", "", said)


def attached(pdf: bytes) -> Any:  # noqa: ANN401 - JSON
    """Return the facts that travel inside the PDF."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        [(name, file)] = document.attachments.items()
        assert name == "fakta-surat.json"
        return json.loads(file.get_file().read_bytes())


def elements(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Dictionary]:
    """Yield every structure element that is reached from the root."""
    waiting: list[Any] = [pdf.Root.StructTreeRoot.K]
    while waiting:
        item = waiting.pop()
        if isinstance(item, pikepdf.Array):
            waiting += list(item)
        elif isinstance(item, pikepdf.Dictionary):
            if item.get("/Type") == "/StructElem":
                yield item
            if "/K" in item:
                waiting.append(item.K)


def unmarked(page: pikepdf.Page) -> list[str]:
    """Return the painting operators that are neither tagged content nor an artifact."""
    depth, found = 0, []
    for instruction in pikepdf.parse_content_stream(page):
        operator = str(instruction.operator)
        if operator in {"BMC", "BDC"}:
            depth += 1
        elif operator == "EMC":
            depth -= 1
        elif operator in PAINTING and not depth:
            found.append(operator)
    return found


Matrix = tuple[float, float, float, float, float, float]
WHOLE: Matrix = (1, 0, 0, 1, 0, 0)


def marks(page: pikepdf.Page) -> Iterator[tuple[str, float, float, float, float]]:
    """Yield what a page shows (text, picture) with left, bottom, right, top in points."""
    widths = {name: glyph_widths(font) for name, font in page.Resources.get("/Font", {}).items()}
    stack: list[Matrix] = []
    now, text, font, size = WHOLE, WHOLE, "", 0.0
    for instruction in pikepdf.parse_content_stream(page):
        operands: Any = instruction.operands
        match str(instruction.operator):
            case "q":
                stack.append(now)
            case "Q":
                now = stack.pop()
            case "cm":
                now = times(matrix(operands), now)
            case "Tf":
                font, size = str(operands[0]), float(operands[1])
            case "Tm":
                text = matrix(operands)
            case "TJ" | "Tj":
                shown = operands[0] if isinstance(operands[0], pikepdf.Array) else operands
                length = sum(advance(part, widths[font]) for part in shown)
                yield box("text", times(text, now), size * length / 1000, size)
            case "Do":
                if page.Resources.XObject[operands[0]].Subtype == "/Image":
                    yield box("picture", now, 1, 1)


def matrix(operands: Any) -> Matrix:  # noqa: ANN401 - PDF numbers
    a, b, c, d, e, f = (float(number) for number in operands)
    return a, b, c, d, e, f


def times(one: Matrix, other: Matrix) -> Matrix:
    a, b, c, d, e, f = one
    g, h, i, j, k, m = other
    return a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m


def box(kind: str, at: Matrix, width: float, height: float) -> tuple[str, float, float, float, float]:
    a, b, c, d, e, f = at
    xs = [e, e + a * width, e + c * height, e + a * width + c * height]
    ys = [f, f + b * width, f + d * height, f + b * width + d * height]
    return kind, min(xs), min(ys), max(xs), max(ys)


def advance(part: Any, widths: dict[int, float]) -> float:  # noqa: ANN401 - a string of glyphs, or a shift
    if not isinstance(part, pikepdf.String):
        return -float(part)
    glyphs = bytes(part)
    return sum(widths.get(int.from_bytes(glyphs[at : at + 2]), 1000) for at in range(0, len(glyphs), 2))


def glyph_widths(font: Any) -> dict[int, float]:  # noqa: ANN401 - a font of a PDF
    """Return glyph -> width in thousandths, from the /W of a composite font."""
    found: dict[int, float] = {}
    listed = list(font.DescendantFonts[0].get("/W", []))
    for first, widths in zip(listed[::2], listed[1::2], strict=True):
        found |= {int(first) + at: float(width) for at, width in enumerate(widths)}
    return found
