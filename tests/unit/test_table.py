"""Rows out of files: what spreadsheets write is read, and nothing that hurts."""

import io
import zipfile
from datetime import date
from pathlib import Path

import pytest

from caseflow.actions import letter_rows
from caseflow.errors import InvalidInput
from caseflow.exchange import table
from caseflow.exchange.workbook import MAIN, Cell, workbook
from caseflow.letters import catalogue
from caseflow.paths import templates_root

SPACE = f'xmlns="{MAIN}"'
NUMBER, OTHER = "6310-2026-000001", "6310-2026-000002"


def packed(sheet: str | bytes, **parts: str) -> bytes:
    """Return a workbook with this sheet, its other parts as our own writer makes them."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook("x", ["a"], []))) as old, zipfile.ZipFile(made, "w", 8) as new:
        names = {"xl/worksheets/sheet1.xml": sheet, **{f"xl/{name}.xml": text for name, text in parts.items()}}
        for name in {*old.namelist(), *names}:
            new.writestr(name, names[name] if name in names else old.read(name))
    return made.getvalue()


def test_what_was_written_is_read() -> None:
    content = workbook("Kasus", ["Nomor", "Hari", "Banyak"], [[NUMBER, date(2026, 2, 3), 850000], [None, None, None]])
    assert table.rows(content) == [["Nomor", "Hari", "Banyak"], [NUMBER, "46056", "850000"], ["", "", ""]]


def test_shared_texts_gaps_and_numbers_are_read() -> None:
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row r="2"><c r="B2" t="s"><v>0</v></c><c r="C2"><v>6.310015502900001E+15</v></c><c r="D2"><v>0.5</v></c>'
        '<c r="E2" t="b"><v>1</v></c><c r="F2"><v>1E+400000000</v></c></row></sheetData></worksheet>'
    )
    shared = (
        '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        "<si><r><t>Desa </t></r><r><t>Maju</t></r></si></sst>"
    )
    assert table.rows(packed(sheet, sharedStrings=shared)) == [
        [],
        ["", "Desa Maju", "6310015502900001", "0.5", "1", "1E+400000000"],
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_is_read_as_offices_write_it(delimiter: str) -> None:
    text = f'Nomor kasus{delimiter}Tempat\r\n{NUMBER}{delimiter}"Desa\nMaju, RT 1"\r\n'
    wanted = [["Nomor kasus", "Tempat"], [NUMBER, "Desa\nMaju, RT 1"]]
    assert table.rows(text.encode("utf-8-sig")) == wanted
    assert table.rows(f"é{delimiter}x".encode("cp1252")) == [["é", "x"]]


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04 no archive",
        b"\x00\x01",
        packed("<worksheet>"),
        packed('<!DOCTYPE a [<!ENTITY b "c">]><worksheet>&b;</worksheet>'),
        packed(" " * (table.LARGEST + 1)),
        b"x\n" * (table.MOST_ROWS + 1),
        b"," * (table.MOST_CELLS + 1),
        b"x" * (table.LONGEST + 1),
    ],
)
def test_what_is_no_table_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidInput):
        table.rows(content)


@pytest.mark.parametrize(
    ("sheet", "shared"),
    [
        ('<row><c t="s"><v>0</v></c></row>', f"<si><t>{'x' * (table.LARGEST + 1)}</t></si>"),
        (("<row>" + '<c t="s"><v>0</v></c>' * 50 + "</row>") * 20, f"<si><t> {'x' * (table.LONGEST - 1)}</t></si>"),
        ("<a/>" * (table.MOST_ELEMENTS + 2), ""),
        ("", "<a/>" * (table.MOST_ELEMENTS + 2)),
        ("<row/>" * (table.MOST_ROWS + 1), ""),
        ("<row>" + "<c/>" * (table.MOST_CELLS + 1) + "</row>", ""),
    ],
)
def test_a_small_file_that_unpacks_to_very_much_is_refused(sheet: str, shared: str) -> None:
    content = packed(
        f"<worksheet {SPACE}><sheetData>{sheet}</sheetData></worksheet>", sharedStrings=f"<sst {SPACE}>{shared}</sst>"
    )
    assert len(content) < 30_000
    with pytest.raises(InvalidInput):
        table.rows(content)


def test_a_workbook_is_unpacked_only_where_that_can_be_bounded() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook("x", ["a"], []))) as old, zipfile.ZipFile(made, "w", 14) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    with pytest.raises(InvalidInput):
        table.rows(made.getvalue())
    with pytest.raises(InvalidInput):
        table.rows(packed(f"<!DOCTYPE a><worksheet {SPACE}/>".encode("utf-16")))


def test_a_sheet_says_what_each_letter_says() -> None:
    kind = catalogue.load_one("st", Path(templates_root() / "letters"))
    head = ["Nomor kasus", "Mulai tanggal", "Yang ditugaskan", "task"]
    rows: list[list[Cell]] = [
        [NUMBER, date(2026, 2, 3), "Rina;;TKSK\nBudi", "melakukan asesmen di lapangan"],
        [OTHER, "3/2/2026", "", ""],
    ]
    assert letter_rows.read(kind, workbook("x", head, rows)) == {
        NUMBER: {
            "from_date": "2026-02-03",
            "officers": [["Rina", "", "TKSK"], ["Budi", "", ""]],
            "task": "assess",
        },
        OTHER: {"from_date": "2026-02-03"},
    }
    assert letter_rows.read(kind, f"{NUMBER}\n\n{OTHER}".encode()) == {NUMBER: {}, OTHER: {}}
    assert letter_rows.read(kind, workbook("x", letter_rows.template(kind), [[NUMBER, *([None] * len(kind.fields))]]))


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", "file"),
        (f"Nomor kasus;Warna\n{NUMBER};x", "file"),
        (f"Nomor kasus;task;Tugas\n{NUMBER};x;y", "file"),
        (f"{NUMBER}\n{NUMBER}", "row 2"),
        ("Nomor kasus;task\n;x", "row 2"),
        (f"{NUMBER};Rumah Melati", "row 1"),
    ],
)
def test_a_sheet_that_says_too_much_or_too_little_is_refused(text: str, key: str) -> None:
    kind = catalogue.load_one("st", Path(templates_root() / "letters"))
    with pytest.raises(InvalidInput) as refused:
        letter_rows.read(kind, text.encode())
    assert list(refused.value.data["problems"]) == [key]
