"""`caseflow case dossier`: why a case was closed, as text, JSON or PDF."""

from pathlib import Path
from typing import Annotated, Any

import typer

from caseflow import settings
from caseflow.actions import dossier, installation
from caseflow.cli.frame import verb
from caseflow.cli.opening import reading
from caseflow.cli.options import Json, Number, Reader
from caseflow.cli.speech import as_json, heading, language, pairs, show
from caseflow.errors import _
from caseflow.letters import extract

DOSSIER_HELP = _(
    """Mengapa kasus ditutup: kriteria, rencana, evaluasi, kunjungan, siapa yang meminta dan menyetujui, bukti log.

Isinya sesuai wewenang pembacanya; membacanya dicatat. Dengan --out ditulis sebagai PDF, tidak bernomor."""
)


def attach(app: typer.Typer) -> None:
    """Add the verb of this module."""
    verb(app, "dossier", DOSSIER_HELP)(show_dossier)


def show_dossier(
    number: Number,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FILE.pdf", help=_("Berkas PDF yang ditulis."))
    ] = None,
    by: Reader = None,
    json_wanted: Json = False,
) -> None:
    lang = language()
    found = reading(by, lambda s, v, at: dossier.dossier(s, number, by=v, at=at, lang=lang), case=number)
    if out is not None:
        facts: Any = dossier.facts(found, lang)
        with installation.renderer(settings.load()) as renderer:
            made = renderer.render(extract.NAME, facts)
        out.write_bytes(made.pdf)
        show(_("Ditulis: {file} ({n} halaman)"), file=out, n=made.pages)
    elif json_wanted:
        as_json(found)
    else:
        typer.echo(found.title)
        typer.echo(found.extract)
        for section in found.sections:
            heading(section.title)
            if section.note:
                typer.echo(section.note)
            pairs((row.label, "; ".join(row.lines)) for row in section.rows)
