"""A monthly report as a worksheet and as plain data: the same figures for every door."""

from collections.abc import Iterator, Sequence
from typing import Any

from caseflow.actions.report_letter import closed_line
from caseflow.actions.report_words import said
from caseflow.actions.reports import Edition, Report
from caseflow.actions.targets import Progress
from caseflow.errors import Refused, _
from caseflow.exchange.workbook import Cell, workbook
from caseflow.i18n import translate

COLUMNS = (_("Tabel"), _("Baris"), _("Kolom"), _("Jumlah"), _("Semula"))
PROOF = _("Bukti")
EDITION, DIGEST = _("Edisi"), _("Sidik laporan (SHA-256)")
SIZE, ROOT = _("Entri log saat dibekukan"), _("Akar log (SHA-256)")


def as_workbook(found: Report, *, lang: str) -> bytes:
    """Return every table as one sheet, a row for each figure. Raises `Refused` while it is being counted."""
    if found.content is None:
        raise Refused(reason=_("Laporan ini belum selesai dihitung."))
    head = [translate(column, lang) for column in COLUMNS]
    return workbook(found.edition.month, head, _rows(found, found.content, lang))


def _rows(found: Report, content: dict[str, Any], lang: str) -> Iterator[list[Cell]]:
    for table in content["tables"]:
        for row in table["rows"]:
            for column, n in zip(table["columns"], row["cells"], strict=True):
                was = found.corrections.get((table["code"], row["key"], column["key"]))
                names = (said(words["label"], lang) for words in (row, column))
                yield [said(table["title"], lang), *names, n, was]
    yield [said(content["closed_files"]["label"], lang), closed_line(content, lang), None, None, None]
    for table in content["tables"]:
        if table["note"]:
            yield [said(table["title"], lang), said(table["note"], lang), None, None, None]
    proof = translate(PROOF, lang)
    log = content["log"]
    told = ((EDITION, content["edition"]), (SIZE, log["size"]), (DIGEST, found.edition.digest), (ROOT, log["root"]))
    for label, value in told:
        number = value if isinstance(value, int) else None
        yield [proof, translate(label, lang), None if number is not None else str(value), number, None]


def edition_data(edition: Edition) -> dict[str, Any]:
    """Return an edition as other programs read it."""
    names = ("id", "office", "month", "edition", "newest", "reason", "asked_by", "asked_at", "counted", "to_count")
    return {name: getattr(edition, name) for name in (*names, "frozen_at", "digest", "letter_number")}


def as_data(found: Report) -> dict[str, Any]:
    """Return a report as other programs read it: `content` is what was frozen, whose SHA-256 is the digest."""
    return {**edition_data(found.edition), "content": found.content}


def target_data(found: Sequence[Progress]) -> list[dict[str, Any]]:
    """Return targets as other programs read them."""
    names = ("id", "area", "area_name", "measure", "start", "end", "amount", "counted", "percent")
    return [{name: getattr(each, name) for name in names} for each in found]
