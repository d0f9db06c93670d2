"""`caseflow keys`: a new master key, its copy under a passphrase, and bringing that back."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from caseflow import settings
from caseflow.actions import checkpoints, keys
from caseflow.cli import progress
from caseflow.cli.frame import verb
from caseflow.cli.opening import opened
from caseflow.cli.options import Json
from caseflow.cli.speech import as_json, plain, say, show, table
from caseflow.edge import real_now
from caseflow.errors import _

ROTATE_HELP = _(
    """Ganti kunci induk: buat yang baru, lalu pindahkan semua data ke bawahnya selagi instalasi dipakai.

Terputus di tengah, perintah yang sama meneruskannya. Kunci lama tetap membuka data sampai dibuang dengan caseflow keys
retire. Berkas kunci yang ada di beberapa mesin: hentikan layanannya dahulu, lalu salin berkas yang baru ke semuanya."""
)
RETIRE_HELP = _(
    """Buang kunci lama dari berkas kunci, setelah tidak ada lagi data di bawahnya.

Ditolak selama cadangan terbaru di CASEFLOW_BACKUP_DIR masih memerlukan kunci lama. Cadangan dari masa kunci itu tetap
memerlukannya: sebelumnya simpan salinannya (caseflow keys export) selama cadangan itu ada."""
)
EXPORT_HELP = _(
    """Salin kunci ke sebuah berkas di bawah kata sandi, untuk disimpan TERPISAH dari cadangan.

Kata sandi ditanyakan di terminal, atau dibaca dari --passphrase-file atau variabel CASEFLOW_PASSPHRASE."""
)
IMPORT_HELP = _(
    """Bawa kembali kunci dari caseflow keys export, misalnya sebelum caseflow restore di mesin baru.

Kunci yang sudah ada tetap di tempatnya; yang belum ada ditambahkan di belakangnya."""
)
VARIABLE = "CASEFLOW_PASSPHRASE"
File = Annotated[Path, typer.Argument(metavar="FILE", help=_("Berkas kunci di bawah kata sandi."))]
PassphraseFile = Annotated[
    Path | None,
    typer.Option("--passphrase-file", metavar="FILE", help=_("Baca kata sandi dari baris pertama berkas ini.")),
]


def attach(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    verb(app, "list", _("Kunci dalam berkas kunci, dan berapa orang di bawah masing-masing."))(list_)
    verb(app, "rotate", ROTATE_HELP)(rotate)
    verb(app, "retire", RETIRE_HELP)(retire)
    verb(app, "export", EXPORT_HELP)(export)
    verb(app, "import", IMPORT_HELP)(import_)


def list_(json_wanted: Json = False) -> None:
    with opened() as at:
        found = keys.held(at.database)
    if json_wanted:
        as_json(found)
        return
    rows = [(each.name, each.newest, each.subjects) for each in found]
    table([say(name) for name in (_("Kunci"), _("Terbaru"), _("Orang dan keluarga"))], rows)


def rotate(json_wanted: Json = False) -> None:
    with opened() as at, progress.shown(_("Memindahkan ke kunci baru ...")) as watch:
        done = keys.rotate(at.database, at=real_now(), watch=lambda moved, rows: watch("", moved, rows))
        with at.database.read() as session:
            verifier = checkpoints.verifier_key(session)
    if json_wanted:
        as_json({**plain(done), "verifier": verifier})
        return
    show(_("Kunci yang berlaku: {name}. Dipindahkan: {n} orang dan keluarga."), name=done.newest, n=done.moved)
    show(_("Kunci pemeriksa log yang baru, untuk auditor: {key}"), key=verifier)
    if done.removable:
        show(_("Kunci lama tidak menyimpan apa pun lagi: {names}"), names=", ".join(done.removable))
        show(_("Salin kunci (caseflow keys export), buat cadangan baru, lalu buang yang lama: caseflow keys retire"))
    if done.answers:
        show(
            _("{n} jawaban untuk permintaan yang diulang masih memakainya; itu hilang sendiri dalam sehari."),
            n=done.answers,
        )


def retire(
    yes: Annotated[
        bool, typer.Option("--yes", help=_("Buang juga tanpa cadangan dari sesudah pergantian kunci."))
    ] = False,
    json_wanted: Json = False,
) -> None:
    with opened() as at:
        gone = keys.retire(at.database, at=real_now(), without_backup=yes)
    if json_wanted:
        as_json({"retired": gone})
        return
    show(_("Dibuang dari berkas kunci: {names}"), names=", ".join(gone))
    show(
        _(
            "Cadangan dari sebelum pergantian kunci memerlukannya untuk selamanya: simpan berkas caseflow keys export "
            "dari sebelum ini selama cadangan itu ada."
        )
    )


def export(file: File, passphrase_file: PassphraseFile = None, json_wanted: Json = False) -> None:
    names = keys.export(settings.load(), file, _passphrase(passphrase_file, twice=True))
    if json_wanted:
        as_json({"path": str(file), "keys": names})
        return
    show(_("Kunci {names} ditulis ke {path}."), names=", ".join(names), path=file)
    show(
        _("Simpan berkas ini dan kata sandinya terpisah, dan keduanya jauh dari cadangan: bersama-sama semua terbuka.")
    )


def import_(file: File, passphrase_file: PassphraseFile = None, json_wanted: Json = False) -> None:
    given = settings.load()
    names = keys.bring_back(given, file, _passphrase(passphrase_file, twice=False))
    if json_wanted:
        as_json({"path": str(given.secret_key_file), "keys": names})
    elif names:
        show(_("Kunci {names} ditambahkan ke {path}."), names=", ".join(names), path=given.secret_key_file)
    else:
        show(_("Semua kunci itu sudah ada di {path}."), path=given.secret_key_file)


def _passphrase(file: Path | None, *, twice: bool) -> str:
    """Return the passphrase: never from the command line, which every user of the machine can read."""
    if file is not None:
        try:
            return file.read_text(encoding="utf-8").partition("\n")[0].rstrip("\r")
        except (OSError, UnicodeDecodeError):
            text = say(_("{file} tidak dapat dibaca: {why}"), file=file, why="-")
            raise typer.BadParameter(text, param_hint="--passphrase-file") from None
    if said := os.environ.get(VARIABLE):
        return said
    if not sys.stdin.isatty():
        text = say(_("Kata sandi: pakai --passphrase-file atau {variable}"), variable=VARIABLE)
        raise typer.BadParameter(text, param_hint="--passphrase-file")
    again = say(_("Ulangi kata sandi")) if twice else False
    typed: str = typer.prompt(say(_("Kata sandi kunci")), hide_input=True, confirmation_prompt=again)
    return typed
