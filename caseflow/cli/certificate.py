"""`caseflow letter certificate`: by which certificate an office signs the files of its letters."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from caseflow import settings
from caseflow.actions import letter_signing
from caseflow.cli.frame import verb
from caseflow.cli.opening import administering
from caseflow.cli.options import Admin, Json
from caseflow.cli.speech import as_json, language, say, show, table
from caseflow.errors import _
from caseflow.i18n import format_date

SET_HELP = _(
    """Tanda tangani berkas surat sebuah kantor dengan sertifikat kantor itu sendiri (P-256), mulai sekarang.

Bukan tanda tangan elektronik tersertifikasi BSrE: ini memastikan berkasnya utuh dan dari kantor mana. Kunci disalin ke
folder CASEFLOW_CERTIFICATES_DIR dengan izin 0600; hapus salinan asalnya."""
)
Office = Annotated[str | None, typer.Option("--office", metavar="CODE", help=_("Kode wilayah kantor."))]


def attach(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    verb(app, "set", SET_HELP)(set_)
    verb(app, "show", _("Sertifikat setiap kantor, dan sampai kapan berlaku."))(show_)
    verb(app, "remove", _("Berhenti menandatangani; sertifikatnya disimpan untuk memeriksa surat lama."))(remove)


def set_(
    file: Annotated[
        Path, typer.Option("--file", metavar="CERT.pem", exists=True, dir_okay=False, help=_("Sertifikat, PEM."))
    ],
    key: Annotated[
        Path,
        typer.Option(
            "--key", metavar="KEY.pem", exists=True, dir_okay=False, help=_("Kuncinya, PEM tanpa kata sandi.")
        ),
    ],
    office: Office = None,
    by: Admin = None,
) -> None:
    pem, private = file.read_bytes(), key.read_bytes()
    found = administering(
        by, lambda s, v, at: letter_signing.set_certificate(s, pem, private, area=office, by=v, at=at)
    )
    show(_("Surat ditandatangani sebagai {owner} sampai {day}."), owner=found.owner, day=_day(found.ends))


def show_(json_wanted: Json = False) -> None:
    found = letter_signing.held(settings.load())
    if json_wanted:
        as_json(found)
        return
    names = (_("Kantor"), _("Pemilik"), _("Penerbit"), _("Berlaku sampai"), _("Sidik jari"), _("Keadaan"))
    states = {False: say(_("dipakai")), True: say(_("tidak dipakai lagi"))}
    told = [(h, h.certificate) for h in found]
    rows = [(h.area, c.owner, c.issuer, _day(c.ends), c.fingerprint[:16], states[h.former]) for h, c in told]
    table([say(name) for name in names], rows)


def remove(office: Office = None, by: Admin = None) -> None:
    administering(by, lambda s, v, at: letter_signing.remove_certificate(s, area=office, by=v, at=at))
    show(_("Surat tidak ditandatangani secara elektronik lagi."))


def _day(moment: datetime) -> str:
    return format_date(moment.date(), language())
