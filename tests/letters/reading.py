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
