"""PDFs: opened, everything that acts or hides taken out, written anew."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pikepdf

from caseflow.uploads.refusal import RefusedFile

ACTING = (
    "/OpenAction", "/AA", "/JavaScript", "/JS", "/EmbeddedFiles", "/AF", "/EF", "/XFA", "/RichMediaContent",
    "/Collection", "/Renditions", "/Metadata", "/PieceInfo", "/Requirements",
)  # fmt: skip
"""Keys that run something, carry another file, lead out, or say who made it and where: gone wherever they stand."""
RUNNING = (
    "/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE", "/URI", "/Rendition", "/Movie",
    "/Sound", "/RichMediaExecute", "/GoTo3DView",
)  # fmt: skip
"""Kinds of actions that do more than turn to a page: they are emptied wherever they stand."""
ACTIVE_NOTES = ("/FileAttachment", "/RichMedia", "/Screen", "/Movie", "/Sound", "/3D")
DEEPEST = 60
MARKER, PICTURE_BEGINS = b"\xff", 0xDA
NOTES = frozenset({*range(0xE1, 0xEE), 0xEF, 0xFE})
"""Segments of a JPEG that say something beside the picture: APP1 to APP13, APP15 and comments."""


def cleaned(content: bytes, *, pages: int) -> bytes:
    """Return the PDF with its pages, and nothing in it that acts; a signature on it counts no more."""
    try:
        with pikepdf.open(BytesIO(content)) as found:
            if len(found.pages) > pages:
                raise RefusedFile("pages")
            if not found.pages:
                raise RefusedFile("broken")
            for page in found.pages:
                _without_active_notes(page.obj)
            for each in _everything(found):
                _harmless(each)
            if "/Info" in found.trailer:
                del found.trailer["/Info"]
            made = BytesIO()
            found.save(made, encryption=False, deterministic_id=True)
    except pikepdf.PasswordError as problem:
        raise RefusedFile("locked") from problem
    except (pikepdf.PdfError, pikepdf.ForeignObjectError, ValueError, TypeError, RuntimeError, MemoryError) as problem:
        raise RefusedFile("broken") from problem
    return made.getvalue()


def _without_active_notes(page: pikepdf.Object) -> None:
    notes = page.get("/Annots")
    if isinstance(notes, pikepdf.Array):
        kept = [note for note in notes if not _is_active(note)]
        page["/Annots"] = pikepdf.Array(kept)


def _is_active(note: Any) -> bool:  # noqa: ANN401 - whatever stands in the list
    return not isinstance(note, pikepdf.Dictionary) or str(note.get("/Subtype", "")) in ACTIVE_NOTES


def _everything(found: pikepdf.Pdf) -> Iterator[pikepdf.Object]:
    """Yield every dictionary of the file, those within others too."""
    waiting: list[tuple[Any, int]] = [(each, 0) for each in found.objects]
    while waiting:
        each, depth = waiting.pop()
        if depth > DEEPEST:
            raise RefusedFile("broken")
        inner: Any = ()
        if isinstance(each, pikepdf.Array):
            inner = list(each)
        elif isinstance(each, pikepdf.Dictionary | pikepdf.Stream):
            yield each
            inner = [value for _key, value in each.items()]
        direct = (value for value in inner if isinstance(value, pikepdf.Object) and not value.is_indirect)
        waiting += [(value, depth + 1) for value in direct]


def _harmless(each: pikepdf.Object) -> None:
    for key in ACTING:
        if key in each:
            del each[key]
    if str(each.get("/S", "")) in RUNNING:
        for key in list(each.keys()):
            del each[key]
    if isinstance(each, pikepdf.Stream) and _is_jpeg(each):
        each.write(_without_notes(each.read_raw_bytes()), filter=pikepdf.Name.DCTDecode)


def _is_jpeg(each: pikepdf.Stream) -> bool:
    said = each.get("/Filter")
    filters = list(said) if isinstance(said, pikepdf.Array) else [said]
    return filters == [pikepdf.Name.DCTDecode]


def _without_notes(jpeg: bytes) -> bytes:
    """Return a JPEG within the PDF without its comments and application segments but those that tell its colours.

    A camera writes the place into one of them (Exif, in APP1).
    """
    made, at = bytearray(jpeg[:2]), 2
    while jpeg[at : at + 1] == MARKER and at + 4 <= len(jpeg) and jpeg[at + 1] != PICTURE_BEGINS:
        marker, size = jpeg[at + 1], int.from_bytes(jpeg[at + 2 : at + 4], "big")
        if marker not in NOTES:
            made += jpeg[at : at + 2 + size]
        at += 2 + size
    return bytes(made) + jpeg[at:]
