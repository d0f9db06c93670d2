"""`caseflow case waiting`: where cases wait, as tables, JSON or a worksheet."""

from collections.abc import Iterator
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Annotated

import typer

from caseflow.access import Viewer
from caseflow.actions import backlog, backlog_sheet
from caseflow.actions.backlog import NIK, OWED, Backlog, Line, Tally, Wanted
from caseflow.cli import forms
from caseflow.cli.frame import verb
from caseflow.cli.opening import reading, zone_of
from caseflow.cli.options import Json, Reader
from caseflow.cli.speech import as_json, cell, heading, label, language, pairs, say, show, table
from caseflow.errors import _
from caseflow.states.lifecycle import OPEN, STATES
from caseflow.states.suppression import SMALL
from caseflow.store.session import Session

WAITING_HELP = _(
    """Di mana kasus menunggu: lamanya dalam tiap tahap menurut kategori, wilayah dan petugas, serta hambatan terbesar.

Setiap sel: rata-rata hari kerja (jumlah kasus). Berkas tertutup (R3) punya baris sendiri, dan di bawah 5 tidak
ditampilkan. Untuk supervisor, kepala dan auditor. Dengan --out ditulis sebagai lembar kerja (XLSX)."""
)


def attach(app: typer.Typer) -> None:
    """Add the verb of this module."""
    verb(app, "waiting", WAITING_HELP)(waiting)


def waiting(
    *,
    category: Annotated[str | None, typer.Option("--category", metavar="CODE", help=_("Kode kategori."))] = None,
    area: Annotated[
        str | None, typer.Option("--area", metavar="CODE", help=_("Kode wilayah, utuh atau awalnya."))
    ] = None,
    assignee: Annotated[str | None, typer.Option("--assignee", metavar="USER", help=_("Pendamping."))] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE.xlsx", help=_("Lembar kerja yang ditulis."))
    ] = None,
    by: Reader = None,
    json_wanted: Json = False,
) -> None:
    def look(session: Session, viewer: Viewer, at: datetime) -> tuple[Backlog, tzinfo]:
        wanted = Wanted(
            category=category.upper() if category else None,
            area=area,
            assignee=forms.user_id(session, "assignee", assignee) if assignee else None,
        )
        return backlog.read(session, wanted, by=viewer, at=at), zone_of(session)

    found, zone = reading(by, look)
    if out is not None:
        out.write_bytes(backlog_sheet.as_workbook(found, lang=language()))
        show(_("Ditulis: {file}"), file=out)
    elif json_wanted:
        as_json(backlog_sheet.as_data(found, lang=language()))
    else:
        _tables(found, zone)


def _tables(found: Backlog, zone: tzinfo) -> None:
    show(_("{n} kasus terbuka, keadaan {moment}."), n=found.open.cases, moment=cell(found.at, zone))
    show(backlog.headline(found))
    for cause in found.causes:
        show(cause)
    for of, lines in found.tables.items():
        rows = [*lines, *([found.closed] if of == "category" and found.closed else [])]
        if rows:
            heading(say(backlog_sheet.TABLES[of]))
            totals = (_("Jumlah kasus"), _("Lewat batas"), _("Hari-kasus"))
            heads = ["", *(label(STATES[state]) for state in OPEN), *map(say, totals)]
            table(heads, [list(_row(line)) for line in rows])
    heading(say(backlog_sheet.OWED_TITLE))
    pairs((say(OWED.get(kind, kind)), n) for kind, n in found.owed.items())
    heading(say(backlog_sheet.NIK_TITLE))
    pairs((say(words), found.nik.get(group, 0)) for group, (words, _statuses) in NIK.items())


def _row(line: Line) -> Iterator[object]:
    yield backlog_sheet.said(line.name, language())
    for state in OPEN:
        yield _cell(line.cells[state]) if state in line.cells else None
    whole = line.whole
    yield from (whole.cases, whole.late, whole.over) if whole else (None, None, None)


def _cell(tally: Tally | None) -> str:
    return f"< {SMALL}" if tally is None else f"{tally.days} ({tally.cases})"
