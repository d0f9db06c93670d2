"""One sheet as an XLSX file: a bold head that stays in view, texts as texts, days as days."""

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date
from xml.sax.saxutils import escape, quoteattr

Cell = str | int | date | None
FIRST_DAY = date(1899, 12, 30)
"""Day 0 of a worksheet, which believes in a 29 February 1900."""
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
MADE = (1980, 1, 1, 0, 0, 0)
NARROWEST, WIDEST = 8, 60
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
MEDIA_TYPE = f"{KIND}.sheet"
PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{KIND}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{KIND}.worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{KIND}.styles+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{LINKS}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="r2" Type="{LINKS}/styles" Target="styles.xml"/></Relationships>',
    "xl/styles.xml": f'<styleSheet xmlns="{MAIN}">'
    '<numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="1"><fill><patternFill patternType="none"/></fill></fills><borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf/><xf numFmtId="164" applyNumberFormat="1"/>'
    '<xf fontId="1" applyFont="1"/></cellXfs></styleSheet>',
}
DAY, BOLD = 1, 2


def workbook(title: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return the bytes of a workbook with one sheet; equal rows give equal bytes. No text is read as a formula."""
    listed = [list(row) for row in rows]
    name = re.sub(r"[\[\]:*?/\\']", " ", title)[:31].strip() or "Sheet1"
    book = f'<workbook xmlns="{MAIN}" xmlns:r="{LINKS}"><sheets><sheet name={quoteattr(name)} sheetId="1" r:id="r1"/>'
    parts = {
        **PARTS,
        "xl/workbook.xml": f"{book}</sheets></workbook>",
        "xl/worksheets/sheet1.xml": _sheet(head, listed),
    }
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in parts.items():
            archive.writestr(zipfile.ZipInfo(path, MADE), HEAD + content, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def _sheet(head: Sequence[str], rows: list[list[Cell]]) -> str:
    widths = [max(len(str(cell or "")) for cell in column) for column in zip(head, *rows, strict=True)]
    columns = "".join(
        f'<col min="{n}" max="{n}" width="{min(max(width, NARROWEST), WIDEST) + 2}" customWidth="1"/>'
        for n, width in enumerate(widths, 1)
    )
    lines = [_row(1, head, BOLD), *(_row(n, row) for n, row in enumerate(rows, 2))]
    pane = '<sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" state="frozen"/></sheetView>'
    data = f"<sheetViews>{pane}</sheetViews><cols>{columns}</cols><sheetData>{''.join(lines)}</sheetData>"
    return f'<worksheet xmlns="{MAIN}">{data}</worksheet>'


def _row(number: int, cells: Sequence[Cell], style: int = 0) -> str:
    return f'<row r="{number}">{"".join(_cell(cell, style) for cell in cells)}</row>'


def _cell(value: Cell, style: int) -> str:
    if value is None:
        return "<c/>"
    if isinstance(value, date):
        return f'<c s="{DAY}"><v>{(value - FIRST_DAY).days}</v></c>'
    if isinstance(value, int):
        return f"<c><v>{value}</v></c>"
    text = escape(UNWRITABLE.sub(" ", value))
    return f'<c s="{style}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
