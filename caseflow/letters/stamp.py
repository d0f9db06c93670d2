"""What is handed out of a letter that counts no more: the stored file, with a mark on every page."""

import io
from collections.abc import Mapping
from math import atan2, cos, hypot, sin

from pikepdf import Array, Dictionary, Name, Object, Page, Pdf, String

WORDS = "BATAL / TIDAK BERLAKU"
_EMS = 12.443
"""How wide the words are in Helvetica Bold, in units of its size."""
_FONTS = {"/StampBold": "/Helvetica-Bold", "/StampPlain": "/Helvetica"}
_BAND, _SIZE, _MARGIN = 20.0, 9.5, 42.0
_LETTER = 0.56
"""How wide a letter of plain words is at most on average, in units of its size: a long name is set smaller."""
_RED = "0.72 0.05 0.05"
_CLAIMS = ("pdfaid:part", "pdfaid:conformance", "pdfuaid:part")
"""What the record says of itself, and a marked copy does not: its mark is set in a font that every reader has."""


def void(pdf: bytes, said: str) -> bytes:
    """Return a copy that says on every page that the letter is void, and `said`: since when, and by whom.

    Equal arguments give equal bytes. The mark is text that can be searched, copied and read aloud.
    """
    with Pdf.open(io.BytesIO(pdf)) as document:
        fonts = {name: document.make_indirect(_font(base)) for name, base in _FONTS.items()}
        faint = document.make_indirect(Dictionary(Type=Name.ExtGState, ca=0.22, CA=0.22))
        for page in document.pages:
            _mark(document, page, fonts, faint, said)
        _unsign(document)
        with document.open_metadata(set_pikepdf_as_editor=False, update_docinfo=True) as about:
            about["dc:title"] = f"{WORDS}: {about.get('dc:title') or ''}".rstrip(": ")
            for claim in _CLAIMS:
                if claim in about:
                    del about[claim]
        made = io.BytesIO()
        document.save(made, deterministic_id=True)
    return made.getvalue()


def _unsign(document: Pdf) -> None:
    """Take the office's signature off the copy: it speaks for the stored file only."""
    if "/AcroForm" not in document.Root:
        return
    del document.Root["/AcroForm"]
    for page in document.pages:
        kept = [each for each in page.obj.get("/Annots", []) if each.get("/Subtype") != Name.Widget]
        if kept:
            page.obj["/Annots"] = Array(kept)
        elif "/Annots" in page.obj:
            del page.obj["/Annots"]


def _font(base: str) -> Dictionary:
    return Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name(base), Encoding=Name.WinAnsiEncoding)


def _mark(document: Pdf, page: Page, fonts: Mapping[str, Object], faint: Object, said: str) -> None:
    for name, font in fonts.items():
        page.add_resource(font, Name.Font, Name(name), replace_existing=True)
    page.add_resource(faint, Name.ExtGState, Name("/StampFaint"), replace_existing=True)
    left, bottom, right, top = (float(edge) for edge in page.mediabox)
    tagged = _tagged(document, page)
    opening = f"/P <</MCID {tagged}>> BDC" if tagged is not None else "/Artifact BMC"
    size = hypot(right - left, top - bottom) * 0.8 / _EMS
    slope = atan2(top - bottom, right - left)
    turn = f"{cos(slope):.5f} {sin(slope):.5f} {-sin(slope):.5f} {cos(slope):.5f}"
    half, low = _EMS * size / 2, size * 0.35
    x = (left + right) / 2 - half * cos(slope) + low * sin(slope)
    y = (bottom + top) / 2 - half * sin(slope) - low * cos(slope)
    line = top - _BAND + (_BAND - _SIZE) / 2 + 1
    room = right - left - 2 * _MARGIN - _EMS * _SIZE
    small = min(_SIZE, room / (_LETTER * (len(said) + 2)))
    mark = (
        f"Q /Artifact BMC q {_RED} rg /StampFaint gs BT /StampBold {size:.2f} Tf {turn} {x:.2f} {y:.2f} Tm "
        f"({WORDS}) Tj ET {left:.2f} {top - _BAND:.2f} {right - left:.2f} 0 re f Q "
        f"q {_RED} rg {left:.2f} {top - _BAND:.2f} {right - left:.2f} {_BAND:.2f} re f Q EMC "
        f"{opening} q 1 1 1 rg BT /StampBold {_SIZE} Tf {left + _MARGIN:.2f} {line:.2f} Td ({WORDS}) Tj "
        f"/StampPlain {small:.2f} Tf (  {_escaped(said)}) Tj ET Q EMC"
    )
    page.contents_add(b"q", prepend=True)
    page.contents_add(mark.encode("cp1252", "replace"))


def _escaped(said: str) -> str:
    return said.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def _tagged(document: Pdf, page: Page) -> int | None:
    """Let the mark be the first paragraph of the page for who has it read aloud; return its number there."""
    root, number = document.Root.get("/StructTreeRoot"), page.obj.get("/StructParents")
    if root is None or number is None:
        return None
    numbers = root.ParentTree.get("/Nums")
    if numbers is None:
        return None
    place = next((n for n in range(0, len(numbers), 2) if int(numbers[n]) == int(number)), None)
    if place is None:
        return None
    marked = numbers[place + 1]
    body = root.K[0] if isinstance(root.K, Array) else root.K
    said = Dictionary(
        Type=Name.StructElem, S=Name.P, P=body, Pg=page.obj, K=len(marked), Lang=String("id"), T=String(WORDS)
    )
    paragraph = document.make_indirect(said)
    marked.append(paragraph)
    body.K = Array([paragraph, *(body.K if isinstance(body.K, Array) else [body.K])])
    return len(marked) - 1
