"""PDFs: opened, everything that acts or hides taken out, written anew."""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pikepdf

from caseflow.uploads.embedded import bare_jpeg, bare_jpeg2000
from caseflow.uploads.refusal import RefusedFile

ACTING = (
    "/OpenAction", "/AA", "/JavaScript", "/JS", "/EmbeddedFiles", "/AF", "/EF", "/XFA", "/RichMediaContent",
    "/Collection", "/Renditions", "/Metadata", "/PieceInfo", "/Requirements", "/Ref", "/OPI", "/Threads", "/URI",
)  # fmt: skip
"""Keys that run something, carry another file, lead out, or say who made it and where: gone wherever they stand."""
ACTIONS = ("/A", "/PA", "/Next")
"""Where an action stands."""
TURNING = ("/GoTo", "/Named")
"""Kinds of actions that turn to a page: every other is emptied."""
RUNNING = (
    "/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE", "/GoToDp", "/Thread", "/URI",
    "/Rendition", "/Movie", "/Sound", "/RichMediaExecute", "/GoTo3DView",
)  # fmt: skip
"""Kinds of actions that are emptied wherever else they stand."""
FILES = ("/F", "/UF", "/DOS", "/Mac", "/Unix")
"""Keys that name another file, where they hold words."""
OUTSIDE = ("/F", "/FFilter", "/FDecodeParms")
"""Keys by which what a stream holds is fetched from elsewhere."""
ACTIVE_NOTES = ("/FileAttachment", "/RichMedia", "/Screen", "/Movie", "/Sound", "/3D")
DEEPEST = 60
SHORT = {
    "/AHx": "/ASCIIHexDecode", "/A85": "/ASCII85Decode", "/LZW": "/LZWDecode", "/Fl": "/FlateDecode",
    "/RL": "/RunLengthDecode", "/DCT": "/DCTDecode",
}  # fmt: skip
PLAIN = frozenset(SHORT.values()) - {"/DCTDecode"}
"""Filters that only pack bytes."""
PICTURES = {"/DCTDecode": bare_jpeg, "/JPXDecode": bare_jpeg2000}
INLINE = re.compile(rb"\bBI\b[^\xff]{0,400}?/(DCT|DCTDecode)\b[^\xff]{0,400}?\bID\b")
"""A photo written between the words of a page."""


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
                if isinstance(each, pikepdf.Stream):
                    _bare(found, each)
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
    for key in OUTSIDE if isinstance(each, pikepdf.Stream) else ():
        if key in each:
            del each[key]
    for key in FILES:
        if isinstance(each.get(key), pikepdf.String):
            del each[key]
    for key in ACTIONS:
        _only_turning(each.get(key))
    if str(each.get("/S", "")) in RUNNING or str(each.get("/Type", "")) == "/Filespec":
        _empty(each)


def _only_turning(action: Any) -> None:  # noqa: ANN401 - whatever stands there
    for one in action if isinstance(action, pikepdf.Array) else (action,):
        if isinstance(one, pikepdf.Dictionary | pikepdf.Stream) and "/S" in one:
            kind = one["/S"]
            if not isinstance(kind, pikepdf.Name) or str(kind) not in TURNING:
                _empty(one)


def _empty(each: pikepdf.Object) -> None:
    for key in list(each.keys()):
        del each[key]


def _bare(found: pikepdf.Pdf, each: pikepdf.Stream) -> None:
    """Take what stands beside the picture out of a photo, however it is packed."""
    filters = [SHORT.get(str(name), str(name)) for name in _listed(each.get("/Filter"))]
    last = filters[-1] if filters else ""
    if last in PICTURES:
        told = _listed(each.get("/DecodeParms"))
        packed = found.make_stream(each.read_raw_bytes())
        if filters[:-1]:
            packed.Filter = pikepdf.Array([pikepdf.Name(name) for name in filters[:-1]])
            packed.DecodeParms = pikepdf.Array([*told, *[None] * len(filters)][: len(filters) - 1])
        colours = told[-1] if len(told) == len(filters) else None
        each.write(PICTURES[last](packed.read_bytes()), filter=pikepdf.Name(last), decode_parms=colours)
    elif PICTURES.keys() & set(filters) or _has_inline_photo(each, filters):
        raise RefusedFile("hidden")


def _has_inline_photo(each: pikepdf.Stream, filters: list[str]) -> bool:
    drawn = each.get("/Subtype") != pikepdf.Name.Image and PLAIN.issuperset(filters)
    return drawn and INLINE.search(each.read_bytes()) is not None


def _listed(value: Any) -> list[Any]:  # noqa: ANN401 - one, several or none
    return list(value) if isinstance(value, pikepdf.Array) else [] if value is None else [value]
