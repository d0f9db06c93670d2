"""Where cases wait, as a worksheet and as plain data: the same figures for every door."""

from collections.abc import Iterator
from typing import Any

from caseflow.actions.backlog import NIK, OWED, Backlog, Line, Name, Tally, headline
from caseflow.errors import Sentence, _
from caseflow.exchange.workbook import Cell, workbook
from caseflow.i18n import translate
from caseflow.states.category import Text
from caseflow.states.lifecycle import STATES
from caseflow.states.suppression import SMALL

TITLE = _("Di mana kasus menunggu")
TABLES: dict[str, Sentence] = {
    "category": _("Menurut kategori"),
    "area": _("Menurut wilayah"),
    "assignee": _("Menurut petugas"),
}
CLOSED = _("Berkas tertutup (R3)")
NIK_TITLE, OWED_TITLE = _("Status NIK"), _("Yang terlambat")
WHOLE = _("Semua tahap")
COLUMNS = (
    _("Tabel"),
    _("Baris"),
    _("Tahap"),
    _("Jumlah kasus"),
    _("Rata-rata hari kerja"),
    _("Batas hari kerja"),
    _("Kasus lewat batas"),
    _("Hari-kasus di atas batas"),
)


def as_workbook(found: Backlog, *, lang: str) -> bytes:
    """Return every table as one sheet, a row for each place and state."""
    return workbook(translate(TITLE, lang), [translate(c, lang) for c in COLUMNS], _rows(found, lang))


def _rows(found: Backlog, lang: str) -> Iterator[list[Cell]]:
    for of, lines in found.tables.items():
        for line in lines:
            yield from _line(translate(TABLES[of], lang), line, lang)
    if found.closed:
        yield from _line(translate(CLOSED, lang), found.closed, lang)
    for group, (words, _statuses) in NIK.items():
        yield [translate(NIK_TITLE, lang), translate(words, lang), None, found.nik.get(group, 0), *[None] * 4]
    for kind, late in found.owed.items():
        yield [translate(OWED_TITLE, lang), translate(OWED.get(kind, kind), lang), None, late, *[None] * 4]


def _line(title: str, line: Line, lang: str) -> Iterator[list[Cell]]:
    name = said(line.name, lang)
    for state in STATES:
        if state in line.cells:
            yield [title, name, STATES[state].in_(lang), *_cells(line.cells[state])]
    yield [title, name, translate(WHOLE, lang), *_cells(line.whole)]


def _cells(tally: Tally | None) -> list[Cell]:
    if tally is None:
        return [f"< {SMALL}", None, None, None, None]
    return [tally.cases, tally.days, tally.limit, tally.late, tally.over]


def as_data(found: Backlog, *, lang: str) -> dict[str, Any]:
    """Return everything as other programs read it; null stands for fewer than five closed files, or none."""
    return {
        "at": found.at,
        "headline": translate(headline(found), lang),
        "causes": [translate(cause, lang) for cause in found.causes],
        "open": _data(found.open),
        "bottlenecks": [
            {
                "state": b.state,
                "category": b.category,
                "area": b.area,
                "place": translate(b.place, lang),
                **(_data(b.tally) or {}),
            }
            for b in found.bottlenecks
        ],
        "by": {of: [_line_data(line, lang) for line in lines] for of, lines in found.tables.items()},
        "closed_files": _line_data(found.closed, lang) if found.closed else None,
        "nik": {group: found.nik.get(group, 0) for group in NIK},
        "late": dict(found.owed),
    }


def _line_data(line: Line, lang: str) -> dict[str, Any]:
    return {
        "key": line.key,
        "name": said(line.name, lang),
        "states": {state: _data(tally) for state, tally in line.cells.items()},
        "all": _data(line.whole),
    }


def _data(tally: Tally | None) -> dict[str, int | None] | None:
    if tally is None:
        return None
    return {
        "cases": tally.cases,
        "days": tally.days,
        "limit": tally.limit,
        "late": tally.late,
        "case_days_over": tally.over,
    }


def said(name: Name, lang: str) -> str:
    """Return a name in a language."""
    return name.in_(lang) if isinstance(name, Text) else translate(name, lang) if isinstance(name, Sentence) else name
