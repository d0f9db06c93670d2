"""HTML to a tagged PDF/A-3a with the facts attached: the only importer of WeasyPrint, inside the child process."""

import gc
import logging
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from io import BytesIO
from mimetypes import guess_type
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree as ET

from cssselect2 import ElementWrapper
from weasyprint import CSS, HTML, VERSION, Attachment, Document
from weasyprint.logger import LOGGER
from weasyprint.pdf.metadata import NS, DocumentMetadata
from weasyprint.text.ffi import ffi
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from caseflow import collector, errors
from caseflow.errors import _
from caseflow.letters.catalogue import BASE, LetterKind
from caseflow.letters.extract import Extract
from caseflow.letters.render import ASSETS

ENGINE = f"WeasyPrint {VERSION}"
FAMILIES = frozenset({"Liberation Sans", "Arimo", "Arial"})
GC_THRESHOLD = 50_000  # a letter makes some 100,000 objects and no cycles worth looking for
VARIANT = "pdf/a-3a"
ELEMENTS = Path(__file__).parent / "elements.css"
GLYPHS = range(40, 75)
"""How many signs of a font a letter has: the engine parses the C type of each number anew, 2.5 ms once."""
KEPT = 32  # sheets and pictures an installation really has; more means they keep changing
UA_SCHEMA = """<rdf:Description xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" rdf:about=""
 xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
 xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#"><pdfaExtension:schemas><rdf:Bag>
<rdf:li rdf:parseType="Resource"><pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Which part of ISO 14289 the file keeps</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>"""

Writer = Callable[[bool, int], str]
Folder = LetterKind | Extract
"""What is made: by its name and the folders its files lie in."""
_pictures: dict[str, object] = {}
_sheets: dict[tuple[Path, int, int], CSS] = {}
for _prefix, _path in {"Extension": "extension/", "Schema": "schema#", "Property": "property#"}.items():
    ET.register_namespace(f"pdfa{_prefix}", f"http://www.aiim.org/pdfa/ns/{_path}")


@dataclass(frozen=True, slots=True)
class Made:
    """A PDF and how many pages it has."""

    pdf: bytes
    pages: int


class OwnFiles(URLFetcher):  # type: ignore[misc]  # WeasyPrint ships no types
    """Serves the letter's folder, the frame's folder and data URIs; anything else stops the rendering."""

    def __init__(self, kind: Folder) -> None:
        super().__init__(allowed_protocols=["data"])
        self.kind = kind
        self.refused: list[str] = []

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        if url.startswith("data:"):
            return super().fetch(url, headers)
        path = own_file(self.kind, url)
        if path is None:
            self.refused.append(url[:200])
            raise FatalURLFetchingError(url)
        kind = guess_type(path.name)[0] or "application/octet-stream"
        # The address is no file: one, so that nothing tries to open it again by its path.
        return URLFetcherResponse("letter:" + url.removeprefix(ASSETS), path.read_bytes(), {"Content-Type": kind})


def own_file(kind: Folder, url: str) -> Path | None:
    """Return the file of the letter or of the frame that this address names; None for everything else."""
    if not url.startswith(ASSETS):
        return None
    folder, _slash, member = unquote(urlsplit(url.removeprefix(ASSETS)).path).partition("/")
    if folder not in (kind.name, BASE):
        return None
    for root in kind.roots:
        path = (root / folder / member).resolve()
        if path.is_file() and path.is_relative_to((root / folder).resolve()):
            return path
    return None


class Page(HTML):  # type: ignore[misc]  # WeasyPrint ships no types
    """HTML under our own short sheet of elements; the letters we ship are XML too, which is read ten times as fast."""

    def __init__(self, html: str, base: str, fetcher: URLFetcher, tree: ET.Element | None = None) -> None:
        if tree is None:
            super().__init__(string=html, base_url=base, url_fetcher=fetcher)
            return
        self.base_url, self.url_fetcher, self.media_type = base, fetcher, "print"
        self.wrapper_element = ElementWrapper.from_html_root(tree, content_language=None)
        self.etree_element = tree

    def _ua_stylesheets(self, forms: bool = False) -> list[CSS]:  # noqa: FBT001, FBT002, ARG002 - the engine's signature
        return [elements()]


class Accessible(DocumentMetadata):  # type: ignore[misc]  # WeasyPrint ships no types
    """Metadata that names PDF/UA-1 beside PDF/A, in one RDF, with the schema description PDF/A wants for it."""

    def generate_rdf_metadata(self, variant: str, version: int, conformance: str) -> bytes:
        rdf = ET.fromstring(super().generate_rdf_metadata(variant, version, conformance))  # noqa: S314 - ours
        about = {f"{{{NS['rdf']}}}about": ""}
        ET.SubElement(rdf, f"{{{NS['rdf']}}}Description", {**about, f"{{{NS['pdfuaid']}}}part": "1"})
        rdf.append(ET.fromstring(UA_SCHEMA))  # noqa: S314 - a constant
        made: bytes = ET.tostring(rdf, encoding="utf-8")
        return made


class Written:
    """An object of the file, written out once: the engine does so again for the file's identifier, compression too."""

    free = "n"

    def __init__(self, made: Any) -> None:  # noqa: ANN401 - an object of the engine's model of the file
        self.number: int = made.number
        self.generation: int = made.generation
        self.compressible: bool = made.compressible
        self.data: bytes = made.data
        self.offset = 0

    @property
    def indirect(self) -> bytes:
        return b"%d %d obj\n%b\nendobj" % (self.number, self.generation, self.data)


class Complaints(logging.Handler):
    """What the engine only logs: a missing picture or description makes the letter fail instead."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.heard.append(record.getMessage()[:300])


def warm_up() -> None:
    """Load what the first letter would otherwise wait for."""
    plain = '<html lang="id"><title>-</title><p>a<b>b</b></p><ol><li>c</ol><table><tr><th>d<td>e</table>'
    nowhere = URLFetcher(allowed_protocols=["data"])
    Page(plain, ASSETS, nowhere).write_pdf(font_config=fonts(), pdf_variant=VARIANT)
    for glyphs in GLYPHS:
        ffi.typeof(f"hb_codepoint_t[{glyphs}]")


def settle() -> None:
    """Keep the collector away from what is loaded by now."""
    collector.spare_loaded()
    gc.set_threshold(GC_THRESHOLD, 50, 100)


def tidy_up() -> None:
    """Free what a letter leaves behind, while nobody waits: what the collector meets in the middle of one it keeps."""
    gc.collect(1)


def forget() -> None:
    """Drop decoded pictures: a file of the letter has changed."""
    _pictures.clear()


@lru_cache(maxsize=1)
def fonts() -> FontConfiguration:
    """One configuration a process: each one leaks 0.22 MB."""
    return FontConfiguration()


@lru_cache(maxsize=1)
def elements() -> CSS:
    return CSS(string=ELEMENTS.read_text("utf-8"), base_url=ASSETS, font_config=fonts())


def make(
    kind: Folder, page: Writer, attached: bytes, made_at: datetime, *, slips: int, lasting: Collection[str] = ()
) -> Made:
    """Return the PDF; equal arguments give equal bytes.

    `page(tight, pages)` is the HTML, `slips` how many pages follow the letter itself; `lasting` names the data URIs
    that many letters share (an office's logo), worth keeping decoded. Raises LetterFailed.
    """
    fetcher = OwnFiles(kind)
    images = dict(_pictures)
    content = Attachment(
        file_obj=BytesIO(attached),
        name="isi-petikan.json" if isinstance(kind, Extract) else "fakta-surat.json",
        description="Isi petikan sebagai data" if isinstance(kind, Extract) else "Isi surat sebagai data",
        created=made_at.astimezone(UTC),
        modified=made_at.astimezone(UTC),
        relationship="Data",
    )
    with _listening() as complaints:
        try:
            document = _fitted(kind, page, slips, fetcher, images)
            pdf = document.write_pdf(finisher=_tidied, pdf_variant=VARIANT, attachments=[content])
        except FatalURLFetchingError as problem:
            raise _outside(kind, fetcher) from problem
    if fetcher.refused:
        raise _outside(kind, fetcher)
    if complaints:
        raise errors.LetterFailed(letter=kind.name, reason="; ".join(complaints))
    _require_glyphs(kind, document)
    _keep(images, lasting)
    return Made(pdf, len(document.pages))


def _fitted(kind: Folder, page: Writer, slips: int, fetcher: OwnFiles, images: dict[str, object]) -> Document:
    """Lay the letter out: one page, else one page one size smaller, else as many as it takes.

    The total is said beforehand and checked: the engine's own `counter(pages)` lays every letter out twice.
    """
    expected = 1 + slips
    document = _laid_out(kind, page(False, expected), fetcher, images)
    if len(document.pages) == expected + 1:
        tighter = _laid_out(kind, page(True, expected), fetcher, images)
        if len(tighter.pages) == expected:
            return tighter
    if len(document.pages) != expected:
        return _laid_out(kind, page(False, len(document.pages)), fetcher, images)
    return document


def _laid_out(kind: Folder, html: str, fetcher: OwnFiles, images: dict[str, object]) -> Document:
    source = Page(html, f"{ASSETS}{kind.name}/", fetcher, as_xml(kind, html))
    styles = [_style(file, fetcher) for file in _style_files(kind)]
    document = source.render(font_config=fonts(), stylesheets=styles, cache=images, pdf_variant=VARIANT)
    document.metadata = Accessible(**vars(document.metadata))
    return document


def as_xml(kind: Folder, html: str) -> ET.Element | None:
    """Return the page as it is nested; None where an office wrote a part of it: that is HTML, with all its rules."""
    if any((root / folder).is_dir() for root in kind.roots[:-1] for folder in (BASE, kind.name)):
        return None
    try:
        return ET.fromstring(html)  # noqa: S314 - our markup around escaped words
    except ET.ParseError:
        return None  # a sign that XML knows no way to write


def _tidied(_document: Document, pdf: Any) -> None:  # noqa: ANN401 - the engine's own model of the file
    """Name the attached file once (the engine lists it both as a name and as an object), and write each object once."""
    files = pdf.catalog["AF"]
    pdf.catalog["AF"] = type(files)(dict.fromkeys(files))
    pdf.objects[:] = [Written(each) if each.free == "n" else each for each in pdf.objects]


def _outside(kind: Folder, fetcher: OwnFiles) -> errors.LetterFailed:
    reason = _("alamat di luar folder surat tidak dibuka: {url}", url=fetcher.refused[-1])
    return errors.LetterFailed(letter=kind.name, reason=reason)


def _require_glyphs(kind: Folder, document: Document) -> None:
    used = document.fonts.values()
    if used and not FAMILIES & {font.family for font in used}:
        reason = _("huruf Liberation Sans belum terpasang (paket fonts-liberation)")
        raise errors.LetterFailed(letter=kind.name, reason=reason)
    if missing := sorted({chr(point) for font in used for point in font.missing}):
        reason = _("tidak ada huruf untuk {what} (pasang fonts-dejavu atau fonts-noto)", what=" ".join(missing))
        raise errors.LetterFailed(letter=kind.name, reason=reason)


@contextmanager
def _listening() -> Iterator[list[str]]:
    complaints = Complaints()
    LOGGER.addHandler(complaints)
    try:
        yield complaints.heard
    finally:
        LOGGER.removeHandler(complaints)


def _style_files(kind: Folder) -> list[Path]:
    return [path for folder in (BASE, kind.name) for path in [own_file(kind, f"{ASSETS}{folder}/letter.css")] if path]


def _style(file: Path, fetcher: OwnFiles) -> CSS:
    """Return the parsed sheet, parsed anew only when the file has changed."""
    status = file.stat()
    key = (file, status.st_mtime_ns, status.st_size)
    if key not in _sheets:
        base = f"{ASSETS}{file.parent.name}/"
        text = file.read_text("utf-8")
        _bounded(_sheets)[key] = CSS(string=text, base_url=base, font_config=fonts(), url_fetcher=fetcher)
    return _sheets[key]


def _keep(images: dict[str, object], lasting: Collection[str]) -> None:
    """Remember decoded pictures that later letters show too; never the QR, which no other letter has."""
    for url, image in images.items():
        if image is not None and url not in _pictures and (url in lasting or url.startswith(ASSETS)):
            _bounded(_pictures)[url] = image


def _bounded(kept: dict[Any, Any]) -> dict[Any, Any]:
    if len(kept) >= KEPT:
        kept.clear()
    return kept
