"""Rows out of a file somebody hands in: CSV as spreadsheets write it, or the first sheet of a workbook (XLSX)."""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from posixpath import join, normpath
from xml.etree import ElementTree as ET

from caseflow.errors import InvalidInput, _
from caseflow.exchange.workbook import FIRST_DAY, LINKS, MAIN, PACKAGE

LARGEST = 4 << 20
"""Bytes of a CSV, of the unpacked parts of a workbook, and letters of all its cells: a small file may hold a lot."""
MOST_ROWS, MOST_CELLS, LONGEST = 5001, 60, 6000
MOST_ELEMENTS = MOST_ROWS * MOST_CELLS
DIGITS = 20
UNREADABLE = _("Berkas ini bukan CSV atau XLSX yang dapat dibaca.")
BROKEN = (
    *(zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError),  # RuntimeError: under a password
    *(ET.ParseError, csv.Error, LookupError, ValueError, StopIteration),
)
DAY = re.compile(r"([0-9]{1,2})[-/. ]([0-9]{1,2})[-/. ]([0-9]{4})")
SERIAL = re.compile(r"[3-6][0-9]{4}")
"""A day as worksheets count it."""
SHARED = "xl/sharedStrings.xml"
Rows = list[list[str]]


def rows(content: bytes) -> Rows:
    """Return the rows as texts, empty ones too, so that their numbers are those people see; raises `InvalidInput`."""
    try:
        found = _workbook(content) if content.startswith(b"PK") else _csv(content)
    except BROKEN:
        raise InvalidInput({"file": UNREADABLE}) from None
    if len(found) > MOST_ROWS:
        raise InvalidInput({"file": _("Paling banyak {n} baris.", n=MOST_ROWS)})
    if any(len(row) > MOST_CELLS or max(map(len, row), default=0) > LONGEST for row in found):
        raise InvalidInput({"file": _("Paling banyak {n} kolom, dan {long} huruf di satu sel.", n=60, long=LONGEST)})
    return found


def day(text: str) -> str:
    """Return a day as `2026-11-16`: also typed as 16/11/2026, or counted by a worksheet; anything else as it is."""
    if SERIAL.fullmatch(text):
        return (FIRST_DAY + timedelta(days=int(text))).isoformat()
    parts = DAY.fullmatch(text)
    if parts is None:
        return text
    number, month, year = (int(part) for part in parts.groups())
    try:
        return date(year, month, number).isoformat()
    except ValueError:
        return text


def _csv(content: bytes) -> Rows:
    if len(content) > LARGEST:
        raise ValueError("too large")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252")
    if "\x00" in text:
        raise ValueError("no text")
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    read = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    return [[cell.strip() for cell in row] for row in _some(read)]


def _some(read: Iterator[list[str]]) -> Iterator[list[str]]:
    """Stop one row, and one cell, behind the most: whoever sends a million is told without reading them."""
    for _n, row in zip(range(MOST_ROWS + 1), read, strict=False):
        yield row[: MOST_CELLS + 1]


def _workbook(content: bytes) -> Rows:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        first = _first_sheet(archive)
        sheet = _part(archive, first, LARGEST)
        texts = _part(archive, SHARED, LARGEST - len(sheet)) if SHARED in archive.namelist() else b"<none/>"
    shared = ["".join(_texts(item)).strip()[: LONGEST + 1] for item in _elements(texts, "si")]
    found: Rows = []
    letters = 0
    for row in _elements(sheet, "row"):
        at = int(row.get("r", len(found) + 1))
        if max(at, len(found) + 1) > MOST_ROWS:
            return [*found, *([[]] * (MOST_ROWS + 1 - len(found)))]
        found += [[] for _n in range(at - 1 - len(found))]
        found.append(_cells(row, shared))
        letters += sum(map(len, found[-1]))
        if letters > LARGEST:
            raise ValueError("a shared text in very many cells")
    return found


def _first_sheet(archive: zipfile.ZipFile) -> str:
    sheet = next(_elements(_part(archive, "xl/workbook.xml", LARGEST), "sheet", MAIN))
    wanted = sheet.get(f"{{{LINKS}}}id")
    links = _elements(_part(archive, "xl/_rels/workbook.xml.rels", LARGEST), "Relationship", f"{PACKAGE}/relationships")
    target = next(link.get("Target", "") for link in links if link.get("Id") == wanted)
    return target.lstrip("/") if target.startswith("/") else normpath(join("xl", target))


def _part(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    """Return a part of at most so many bytes, whatever the archive says; only deflate unpacks no further than asked."""
    if archive.getinfo(name).compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise ValueError("packed otherwise")
    with archive.open(name) as part:
        content = part.read(most + 1)
    if len(content) > most or any(mark in content for mark in (b"\x00", b"<!DOCTYPE", b"<!ENTITY")):
        raise ValueError("too large, in UTF-16, or with entities")
    return content


def _elements(content: bytes, name: str, space: str = MAIN) -> Iterator[ET.Element]:
    """Yield the elements of a name as they end, each emptied behind its reader."""
    read = ET.iterparse(io.BytesIO(content))  # noqa: S314 - without a document type there are no entities
    for seen, (_event, element) in enumerate(read):
        if seen > MOST_ELEMENTS:
            raise ValueError("too many elements")
        if element.tag == f"{{{space}}}{name}":
            yield element
            element.clear()


def _cells(row: ET.Element, shared: list[str]) -> list[str]:
    cells: list[str] = []
    for cell in row:
        at = _column(cell.get("r", "")) or len(cells) + 1
        if at > MOST_CELLS:
            return [""] * (MOST_CELLS + 1)
        cells += [""] * (at - 1 - len(cells))
        cells.append(_text(cell, shared).strip())
    return cells


def _column(place: str) -> int:
    """Return the number of a column: of `B3` 2, of `AA1` 27."""
    number = 0
    for letter in place.rstrip("0123456789")[:3]:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _text(cell: ET.Element, shared: list[str]) -> str:
    value = cell.findtext(f"{{{MAIN}}}v") or ""
    match cell.get("t", "n"):
        case "s":
            return shared[int(value)]
        case "inlineStr":
            return "".join(_texts(cell))
        case "n":
            return _number(value)
        case _:
            return value


def _texts(element: ET.Element) -> Iterator[str]:
    return (text.text or "" for text in element.iter(f"{{{MAIN}}}t"))


def _number(value: str) -> str:
    """Return a number as people write it: a whole one without a point or a power of ten."""
    try:
        number = Decimal(value)
    except InvalidOperation:
        return value
    whole = number.is_finite() and abs(number.adjusted()) < DIGITS and number == number.to_integral_value()
    return f"{number.to_integral_value():f}" if whole else value
