"""`caseflow doctor`: every check, with what to do where something is wrong."""

from typing import Annotated

import typer

from caseflow import settings
from caseflow.cli import checks
from caseflow.cli.finding import FAIL, MISSING, OK, Check
from caseflow.cli.frame import verb
from caseflow.cli.options import Json
from caseflow.cli.refusals import MISSING as SERVICE_MISSING
from caseflow.cli.refusals import REFUSED
from caseflow.cli.speech import as_json, language, say
from caseflow.errors import _
from caseflow.i18n import translate

DOCTOR_HELP = _(
    """Periksa instalasi: apa yang diatur, terjangkau, kurang, dan apa yang harus dilakukan.

Satu contoh surat dibuat; dengan --letters satu dari tiap jenis, setengah menit lamanya.

Kode keluar 0: dapat dipakai (peringatan boleh ada); 1: ada yang rusak; 3: ada layanan yang tidak terjangkau."""
)
_COLOURS = {OK: "green", "warn": "yellow", FAIL: "red", MISSING: "red"}


def attach(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    verb(app, "doctor", DOCTOR_HELP)(doctor)


def doctor(
    letters: Annotated[bool, typer.Option("--letters", help=_("Buat contoh setiap jenis surat."))] = False,
    json_wanted: Json = False,
) -> None:
    found = []
    for check in checks.all_of(settings.load(), every_letter=letters):
        found.append(check)
        if not json_wanted:
            _show(check)
    levels = {c.level for c in found}
    if json_wanted:
        as_json({"healthy": not levels & {FAIL, MISSING}, "checks": [_data(c) for c in found]})
    if MISSING in levels:
        raise typer.Exit(SERVICE_MISSING)
    if FAIL in levels:
        raise typer.Exit(REFUSED)


def _data(check: Check) -> dict[str, str]:
    return {
        "name": translate(check.name, language()),
        "level": check.level,
        "found": translate(check.found, language()),
        "remedy": translate(check.remedy, language()),
    }


def _show(check: Check) -> None:
    marks = {OK: _("baik"), "warn": _("perhatian"), FAIL: _("rusak"), MISSING: _("tidak ada")}
    mark = typer.style(f"{say(marks[check.level]):<10}", fg=_COLOURS[check.level])
    said = _data(check)
    typer.echo(f"{mark} {said['name']}: {said['found']}")
    if said["remedy"] and check.level != OK:
        typer.echo(f"           -> {said['remedy']}")
