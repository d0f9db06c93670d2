"""`caseflow report` and `caseflow target`: the monthly report of an office, and what it is measured against."""

import re
from datetime import date, datetime, tzinfo
from pathlib import Path
from typing import Annotated, Any, cast

import typer

from caseflow import settings
from caseflow.access import Viewer
from caseflow.actions import installation, report_letter, report_sheet, reports, targets
from caseflow.actions.report_letter import closed_line, marked
from caseflow.actions.report_words import MEASURES, said
from caseflow.actions.reports import MakeReport, Report
from caseflow.actions.targets import SetTarget, WithdrawTarget
from caseflow.cli.frame import verb
from caseflow.cli.opening import reading, writing, zone_of
from caseflow.cli.options import By, Json, Reader, Reason, day, whole
from caseflow.cli.speech import as_json, heading, language, pairs, say, show, table
from caseflow.errors import _
from caseflow.store.session import Session

MAKE_HELP = _(
    """Minta laporan satu bulan yang sudah berakhir, misalnya 2026-10.

Pekerja menghitung dan membekukannya; keadaannya: caseflow report list. Bulan yang sudah punya laporan mendapat edisi
baru: sebut --reason. Edisi lama tetap ada, dan angka yang berubah diberi tanda. Untuk supervisor dan kepala dinas."""
)
EXPORT_HELP = _(
    """Tulis satu edisi: lembar kerja (.xlsx), surat kepada kepala daerah (.pdf), atau isi yang dibekukan (.json).

Selama suratnya belum bernomor (caseflow report number), PDF-nya bertanda KONSEP."""
)
NUMBER_HELP = _(
    """Beri surat sebuah edisi nomor dari register, tanggal hari ini, dan penanda tangannya; satu kali.

Hanya edisi terbaru. Untuk supervisor dan kepala dinas."""
)
TARGET_HELP = _(
    """Tetapkan sasaran sebuah wilayah untuk satu masa, dihitung dengan ukuran yang sama dengan laporan bulanan.

Ukuran: opened (kasus baru), closed (kasus ditutup), visits (kunjungan), persons (orang atau keluarga terdata).
Sasaran yang sama (wilayah, ukuran, masa) diganti."""
)
Id = Annotated[str, typer.Argument(metavar="ID", help=_("Id dari caseflow report list."))]
Month = Annotated[str, typer.Argument(metavar="MONTH", help=_("Bulan yang sudah berakhir, misalnya 2026-10."))]
Area = Annotated[
    str | None, typer.Option("--area", metavar="CODE", help=_("Kode wilayah kantor, bila lebih dari satu."))
]
Out = Annotated[
    Path, typer.Option("--out", "-o", metavar="FILE", help=_("Berkas .xlsx, .pdf, atau .json yang ditulis."))
]
IdOrMonth = Annotated[
    str, typer.Argument(metavar="ID|MONTH", help=_("Id dari caseflow report list, atau bulan, misalnya 2026-10."))
]
MONTH = re.compile(r"\d{4}-\d{2}")
FORMS = (".xlsx", ".pdf", ".json")


def attach(report: typer.Typer, target: typer.Typer) -> None:
    """Add the verbs of this module."""
    verb(report, "make", MAKE_HELP)(make)
    verb(report, "list", _("Laporan bulanan dan edisinya, terbaru di atas."))(list_)
    verb(report, "show", _("Satu edisi dengan tabelnya; dari sebuah bulan edisi terbarunya."))(show_report)
    verb(report, "number", NUMBER_HELP)(number)
    verb(report, "export", EXPORT_HELP)(export)
    verb(target, "set", TARGET_HELP)(set_)
    verb(target, "list", _("Sasaran yang berlaku dan yang sudah terhitung."))(list_targets)
    verb(target, "withdraw", _("Tarik sebuah sasaran; ia tetap tercatat."))(withdraw)


def make(month: Month, *, by: By, area: Area = None, reason: Reason = None, json_wanted: Json = False) -> None:
    command = MakeReport(month=month, area=area, reason=reason or "")
    made = writing(by, lambda s, v, at: reports.make(s, command, by=v, at=at))
    if json_wanted:
        as_json({"id": made})
    else:
        typer.echo(made)


def list_(*, by: Reader = None, json_wanted: Json = False) -> None:
    found, zone = reading(by, lambda s, v, _at: (reports.listing(s, by=v), zone_of(s)))
    if json_wanted:
        as_json([report_sheet.edition_data(edition) for edition in found])
        return
    names = (_("Id"), _("Bulan"), _("Edisi"), _("Diminta oleh"), _("Dibekukan"), _("Nomor surat"))
    rows = [
        (e.id, e.month, e.edition, e.asked_by, e.frozen_at or _progress(e.counted, e.to_count), e.letter_number)
        for e in found
    ]
    table([say(name) for name in names], rows, zone=zone)


def _progress(counted: int, to_count: int | None) -> str:
    return say(_("menghitung {n} dari {all}"), n=counted, all="?" if to_count is None else to_count)


def show_report(report: IdOrMonth, *, by: Reader = None, json_wanted: Json = False) -> None:
    def look(session: Session, viewer: Viewer, _at: datetime) -> tuple[Report, tzinfo]:
        editions = reports.listing(session, by=viewer) if MONTH.fullmatch(report) else []
        newest = next((each.id for each in editions if each.month == report and each.newest), report)
        return reports.read(session, newest, by=viewer), zone_of(session)

    found, zone = reading(by, look)
    if json_wanted or found.content is None:
        as_json(report_sheet.as_data(found))
        return
    lang, content = language(), found.content
    show(_("{month}, edisi {n}"), month=found.title(lang), n=found.edition.edition)
    pairs(
        (
            (say(_("Diminta oleh")), found.edition.asked_by),
            (say(_("Dibekukan")), found.edition.frozen_at),
            (say(_("Alasan")), found.edition.reason),
        ),
        zone=zone,
    )
    for each in content["tables"]:
        heading(said(each["title"], lang))
        rows = []
        for row in each["rows"]:
            keys = [(each["code"], row["key"], column["key"]) for column in each["columns"]]
            cells = (marked(n, found.corrections.get(at), lang) for n, at in zip(row["cells"], keys, strict=True))
            rows.append((said(row["label"], lang), *cells))
        if rows:
            table(["", *(said(column["label"], lang) for column in each["columns"])], rows, together=True)
        else:
            show(_("Tidak ada."))
        if each["note"]:
            typer.echo(said(each["note"], lang))
    typer.echo()
    typer.echo(closed_line(content, lang))
    pairs(
        (
            (say(report_sheet.DIGEST), found.edition.digest),
            (say(report_sheet.SIZE), content["log"]["size"]),
            (say(report_sheet.ROOT), content["log"]["root"]),
        )
    )


def number(report: Id, *, by: By, json_wanted: Json = False) -> None:
    made = writing(by, lambda s, v, at: report_letter.number(s, report, by=v, at=at))
    if json_wanted:
        as_json({"number": made})
    else:
        typer.echo(made)


def export(report: Id, *, out: Out, by: Reader = None) -> None:
    if out.suffix not in FORMS:
        raise typer.BadParameter(say(_("Pilih salah satu: {choices}."), choices=", ".join(FORMS)))

    def look(session: Session, viewer: Viewer, at: datetime) -> tuple[Report, dict[str, Any], bytes | None]:
        letter = report_letter.letter_of(session, report, by=viewer, at=at) if out.suffix == ".pdf" else {}
        kept = report_letter.file_of(session, report, by=viewer)
        return reports.read(session, report, by=viewer), letter, kept

    found, letter, kept = reading(by, look)
    match out.suffix:
        case ".xlsx":
            content = report_sheet.as_workbook(found, lang=language())
        case ".json":
            content = reports.frozen_bytes(found)
        case _ if kept:
            content = kept
        case _:
            with installation.renderer(settings.load()) as renderer:
                content = renderer.render(report_letter.KIND, cast("Any", letter)).pdf
    out.write_bytes(content)
    show(_("Ditulis: {file}"), file=out)


# --- targets ---------------------------------------------------------------------------------------------------------

TargetArea = Annotated[str, typer.Option("--area", metavar="CODE", help=_("Kode kabupaten, kecamatan, atau desa."))]
Measure = Annotated[str, typer.Option("--measure", metavar="MEASURE", help=", ".join(MEASURES))]
Start = Annotated[date, typer.Option("--from", metavar="DATE", parser=day, help=_("Hari pertama."))]
End = Annotated[date, typer.Option("--until", metavar="DATE", parser=day, help=_("Hari terakhir."))]
Amount = Annotated[int, typer.Option("--amount", metavar="N", parser=whole, help=_("Berapa yang hendak dicapai."))]


def set_(
    *, area: TargetArea, measure: Measure, start: Start, end: End, amount: Amount, by: By, json_wanted: Json = False
) -> None:
    command = SetTarget(area=area, measure=measure, start=start, end=end, amount=amount)
    made = writing(by, lambda s, v, at: targets.set_target(s, command, by=v, at=at))
    if json_wanted:
        as_json({"id": made})
    else:
        typer.echo(made)


def list_targets(*, by: Reader = None, json_wanted: Json = False) -> None:
    def look(session: Session, viewer: Viewer, at: datetime) -> tuple[list[targets.Progress], tzinfo]:
        return targets.listing(session, by=viewer, at=at), zone_of(session)

    found, zone = reading(by, look)
    if json_wanted:
        as_json(report_sheet.target_data(found))
        return
    names = (_("Id"), _("Wilayah"), _("Ukuran"), _("Mulai"), _("Sampai"), _("Sasaran"), _("Terhitung"), "%")
    rows = [
        (t.id, t.area_name, say(MEASURES[t.measure]), t.start, t.end, t.amount, t.counted, t.percent) for t in found
    ]
    table([say(name) for name in names], rows, zone=zone)


def withdraw(target: Annotated[str, typer.Argument(metavar="ID", help=_("Id sasaran."))], *, by: By) -> None:
    writing(by, lambda s, v, at: targets.withdraw_target(s, WithdrawTarget(target=target), by=v, at=at))
