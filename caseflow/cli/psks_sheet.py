"""`caseflow psks import` and `template`: helpers out of an Excel or CSV file."""

from pathlib import Path
from typing import Annotated, Any

import typer

from caseflow.actions import psks_sheet
from caseflow.actions.psks_sheet import STATES, WRONG, Outcome
from caseflow.cli.frame import verb
from caseflow.cli.opening import reading, writing
from caseflow.cli.options import By, Json
from caseflow.cli.refusals import REFUSED
from caseflow.cli.speech import as_json, language, say, show, table
from caseflow.errors import _
from caseflow.i18n import translate
from caseflow.paths import why

IMPORT_HELP = _(
    """Catat PSKS dari berkas XLSX atau CSV: satu baris satu peran, satu orang boleh beberapa baris.

  caseflow psks template psks.xlsx
  caseflow psks import psks.xlsx --dry-run --by sari
  caseflow psks import psks.xlsx --by sari

Dengan --dry-run hanya disebut apa jadinya tiap baris. Satu baris yang salah: tidak ada yang dicatat. Yang sudah
tercatat tidak diubah, jadi berkas yang sama dua kali tidak menambah apa pun. Untuk supervisor dan admin."""
)
FileIn = Annotated[Path, typer.Argument(metavar="FILE", help=_("Berkas XLSX atau CSV."))]
FileOut = Annotated[Path, typer.Argument(metavar="FILE.xlsx", help=_("Lembar kerja yang ditulis."))]
Dry = Annotated[bool, typer.Option("--dry-run", help=_("Hanya periksa: sebut apa jadinya tiap baris."))]
ReportOut = Annotated[
    Path | None, typer.Option("--report", metavar="OUT.xlsx", help=_("Tulis apa jadinya tiap baris ke lembar kerja."))
]


def attach(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    verb(app, "template", _("Tulis lembar kosong dengan kolom untuk caseflow psks import."))(template)
    verb(app, "import", IMPORT_HELP)(import_)


def template(out: FileOut) -> None:
    out.write_bytes(psks_sheet.template(language()))
    show(_("Ditulis: {file}"), file=out)


def import_(file: FileIn, *, dry_run: Dry = False, report: ReportOut = None, by: By, json_wanted: Json = False) -> None:
    try:
        content = file.read_bytes()
    except OSError as problem:
        said = say(_("{file} tidak dapat dibaca: {why}"), file=file, why=why(problem))
        raise typer.BadParameter(said, param_hint="FILE") from None
    rows = psks_sheet.read(content)
    found = reading(by, lambda s, v, at: psks_sheet.check(s, rows, by=v, at=at))
    if report is not None:
        report.write_bytes(psks_sheet.as_workbook(found, lang=language()))
    wrong = any(one.state == WRONG for one in found)
    if not dry_run and not wrong:
        done = writing(by, lambda s, v, at: psks_sheet.record(s, rows, by=v, at=at))
        if json_wanted:
            as_json({"persons": done.persons, "roles": done.roles, "known": done.known})
        else:
            said = _("{persons} orang dan {roles} peran dicatat; {known} baris sudah tercatat.")
            show(said, persons=done.persons, roles=done.roles, known=done.known)
        return
    _tell(found, json_wanted=json_wanted)
    if wrong:
        raise typer.Exit(REFUSED)


def _tell(found: tuple[Outcome, ...], *, json_wanted: bool) -> None:
    if json_wanted:
        as_json({"rows": [_data(one) for one in found], "recorded": False})
        return
    told = [
        (one.number, one.name, translate(one.role, language()), say(STATES[one.state]), _notes(one)) for one in found
    ]
    table([say(head) for head in psks_sheet.REPORT], told)
    states = [one.state for one in found]
    counts = {state: states.count(state) for state in STATES}
    show(_("{new} orang baru, {role} peran baru, {known} sudah tercatat, {wrong} perlu dibetulkan."), **counts)
    show(_("Tidak ada yang dicatat."))


def _data(one: Outcome) -> dict[str, Any]:
    notes = [translate(note, language()) for note in one.notes]
    return {"row": one.number, "name": one.name, "state": one.state, "notes": notes, "person": one.person or None}


def _notes(one: Outcome) -> str:
    return " ".join(translate(note, language()) for note in one.notes)
