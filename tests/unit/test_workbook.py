"""A worksheet as other programs read it: its parts are XML, its texts are texts, its days are days."""

import io
import zipfile
from datetime import date
from xml.etree import ElementTree as ET

from caseflow.exchange.workbook import MAIN, Cell, workbook

HEAD = ["Nomor", "Tanggal", "Isi"]
ROWS: list[list[Cell]] = [
    [1, date(2026, 11, 16), 'Rujukan <anak> & "wali"'],
    [2, None, "=HYPERLINK(1)"],
    [3, date(1900, 3, 1), "عبد\x00"],
]


def sheet(content: bytes) -> ET.Element:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        for name in archive.namelist():
            ET.fromstring(archive.read(name))  # noqa: S314 - our own bytes
        return ET.fromstring(archive.read("xl/worksheets/sheet1.xml"))  # noqa: S314 - our own bytes


def cells(content: bytes) -> list[list[str]]:
    return [["".join(cell.itertext()) for cell in row] for row in sheet(content).iter(f"{{{MAIN}}}row")]


def test_rows_are_written_as_they_are() -> None:
    assert cells(workbook("Buku agenda 2026", HEAD, ROWS)) == [
        HEAD,
        ["1", "46342", 'Rujukan <anak> & "wali"'],
        ["2", "", "=HYPERLINK(1)"],
        ["3", "61", "عبد "],
    ]


def test_a_text_is_never_a_formula_and_the_head_stays_in_view() -> None:
    found = sheet(workbook("Agenda", HEAD, ROWS))
    assert list(found.iter(f"{{{MAIN}}}f")) == []
    types = {cell.get("t") for cell in found.iter(f"{{{MAIN}}}c")}
    assert types == {"inlineStr", None}
    [pane] = found.iter(f"{{{MAIN}}}pane")
    assert (pane.get("ySplit"), pane.get("state")) == ("1", "frozen")
    assert len(list(found.iter(f"{{{MAIN}}}col"))) == len(HEAD)


def test_equal_rows_give_equal_bytes_and_a_name_has_no_sign_that_sheets_refuse() -> None:
    assert workbook("A/B: [2026]?", HEAD, ROWS) == workbook("A/B: [2026]?", HEAD, iter(ROWS))
    with zipfile.ZipFile(io.BytesIO(workbook("A/B: [2026]?" * 9, HEAD, []))) as archive:
        book = ET.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314 - our own bytes
    [named] = book.iter(f"{{{MAIN}}}sheet")
    name = named.get("name") or ""
    assert 0 < len(name) <= 31
    assert not set(name) & set("[]:*?/\\'")
