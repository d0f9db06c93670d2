"""`caseflow roster import` and `template`: the roster of a group out of an Excel or CSV file."""

from pathlib import Path
from typing import Annotated, Any

import typer

from caseflow.actions import roster_sheet
from caseflow.actions.roster_sheet import STATES, WRONG, FillRoster, Outcome
from caseflow.cli.frame import verb
from caseflow.cli.opening import reading, writing
from caseflow.cli.options import By, Json, Number, Version
from caseflow.cli.refusals import REFUSED
from caseflow.cli.speech import as_json, language, say, show, table
from caseflow.errors import _
from caseflow.i18n import translate
from caseflow.paths import why

IMPORT_HELP = _(
    """Catat anggota kelompok atau komunitas dari berkas XLSX atau CSV, satu orang tiap baris.

  caseflow roster template anggota.xlsx
  caseflow roster import 6310-2026-000001 anggota.xlsx --dry-run --by rina
  caseflow roster import 6310-2026-000001 anggota.xlsx --by rina

Satu baris yang salah: tidak ada yang dicatat. Yang sudah di daftar tidak diubah. NIK tidak diminta dan tidak
disimpan."""
)
HEADS = (_("Baris"), _("Nama"), _("Keadaan"), _("Keterangan"))


def attach(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    verb(app, "template", _("Tulis lembar kosong dengan kolom untuk caseflow roster import."))(template)
    verb(app, "import", IMPORT_HELP)(import_)


def template(
    out: Annotated[Path, typer.Argument(metavar="FILE.xlsx", help=_("Lembar kerja yang ditulis."))],
) -> None:
    out.write_bytes(roster_sheet.template(language()))
    show(_("Ditulis: {file}"), file=out)


def import_(
    number: Number,
    file: Annotated[Path, typer.Argument(metavar="FILE", help=_("Berkas XLSX atau CSV."))],
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=_("Hanya periksa: sebut apa jadinya tiap baris."))] = False,
    expected_version: Version = None,
    by: By,
    json_wanted: Json = False,
) -> None:
    try:
        content = file.read_bytes()
    except OSError as problem:
        said = say(_("{file} tidak dapat dibaca: {why}"), file=file, why=why(problem))
        raise typer.BadParameter(said, param_hint="FILE") from None
    command = FillRoster(case=number, rows=roster_sheet.read(content), expected_version=expected_version)
    found = reading(by, lambda s, v, at: roster_sheet.check(s, command, by=v, at=at), case=number)
    wrong = any(one.state == WRONG for one in found)
    if dry_run or wrong:
        _tell(found, json_wanted=json_wanted)
        if wrong:
            raise typer.Exit(REFUSED)
        return
    done = writing(by, lambda s, v, at: roster_sheet.record(s, command, by=v, at=at), case=number)
    if json_wanted:
        as_json({"members": done.members, "known": done.known})
    else:
        show(_("{members} anggota dicatat; {known} sudah di daftar."), members=done.members, known=done.known)


def _tell(found: tuple[Outcome, ...], *, json_wanted: bool) -> None:
    if json_wanted:
        as_json({"rows": [_data(one) for one in found], "recorded": False})
        return
    table([say(head) for head in HEADS], [(one.number, one.name, say(STATES[one.state]), _notes(one)) for one in found])
    show(_("Tidak ada yang dicatat."))


def _data(one: Outcome) -> dict[str, Any]:
    notes = [translate(note, language()) for note in one.notes]
    return {"row": one.number, "name": one.name, "state": one.state, "notes": notes}


def _notes(one: Outcome) -> str:
    return " ".join(translate(note, language()) for note in one.notes)
