"""`caseflow registry`: what registries say of whom a case is about."""

from datetime import date
from typing import Annotated

import typer

from caseflow import settings
from caseflow.actions import registry
from caseflow.cli import forms
from caseflow.cli.acting import carry_out, report
from caseflow.cli.frame import verb
from caseflow.cli.opening import reading
from caseflow.cli.options import By, File, Json, Note, Number, Version, day, whole
from caseflow.cli.speech import as_json, label, show
from caseflow.definitions import registries
from caseflow.errors import _

ADD_HELP = _(
    """Catat satu pemeriksaan data terpadu: data mana, kapan, dan apa katanya.

  caseflow registry add 6310-2026-000001 DTSEN --decile 2 --on 2026-11-16 --by rina

Data yang dikenal: caseflow registry systems. Yang terbaru juga menjadi jawaban pengumpulan data."""
)


def attach(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    verb(app, "add", ADD_HELP)(add)
    verb(app, "list", _("Pemeriksaan data terpadu, yang terbaru dahulu, masing-masing dengan tanggalnya."))(listing)
    verb(app, "systems", _("Data yang dikenal, dan sesudah berapa hari pemeriksaannya dianggap lama."))(systems)


def add(
    number: Number,
    system: Annotated[str, typer.Argument(metavar="SYSTEM", help=_("Kode data, misalnya DTSEN."))],
    *,
    by: By,
    decile: Annotated[
        int | None, typer.Option("--decile", metavar="N", parser=whole, help=_("Desil 1 sampai 10."))
    ] = None,
    not_listed: Annotated[bool, typer.Option("--not-listed", help=_("Klien tidak ada dalam data itu."))] = False,
    identifier: Annotated[str | None, typer.Option("--id", metavar="TEXT", help=_("Nomor dalam data itu."))] = None,
    year: Annotated[int | None, typer.Option("--year", metavar="YEAR", parser=whole, help=_("Tahun data."))] = None,
    checked_on: Annotated[
        date | None, typer.Option("--on", metavar="DATE", parser=day, help=_("Hari melihat datanya."))
    ] = None,
    note: Note = None,
    file: File = None,
    expected_version: Version = None,
    json_wanted: Json = False,
) -> None:
    values = forms.filled(
        registry.AddCheck,
        file,
        system=system,
        decile=decile,
        listed=False if not_listed else None,
        identifier=identifier,
        year=year,
        checked_on=checked_on,
        note=note,
        expected_version=expected_version,
    )
    report(carry_out(registry.add_check, registry.AddCheck, number, values, by=by), json_wanted=json_wanted)


def listing(number: Number, *, by: By, json_wanted: Json = False) -> None:
    found = reading(by, lambda session, viewer, at: registry.show(session, number, by=viewer, at=at))
    if json_wanted:
        as_json({"items": found})
        return
    for each in found:
        show(
            _("{day} {system}: desil {decile}, {number} ({who})"),
            day=each.checked_on.isoformat(), system=each.system, who=each.checked_by,
            decile=each.decile or "-", number=each.identifier or "-",
        )  # fmt: skip
    if found and found[0].old:
        show(_("Lebih dari {n} hari: periksa lagi"), n=found[0].days)
    if not found:
        show(_("Belum ada pemeriksaan yang dicatat."))


def systems(*, json_wanted: Json = False) -> None:
    found = list(registries.load(settings.load().categories_dir).values())
    if json_wanted:
        as_json({"items": found})
        return
    for each in found:
        if each.refresh_days:
            show(_("{code}: {name}, {n} hari"), code=each.code, name=label(each.name), n=each.refresh_days)
        else:
            show(_("{code}: {name}, tanpa batas hari"), code=each.code, name=label(each.name))
