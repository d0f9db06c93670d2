"""`caseflow visit`: monitoring visits."""

from typing import Annotated

import typer

from caseflow.actions import visits
from caseflow.cli import forms
from caseflow.cli.acting import carry_out, report
from caseflow.cli.frame import verb
from caseflow.cli.options import By, File, Json, Number, On, Reason, Version
from caseflow.errors import _

ADD_HELP = _(
    """Catat satu kunjungan, dari pilihan atau berkas.

Contoh isi VISIT.json:

  {"visited_on": "2026-11-16", "officer": "rina", "finding": "Anak bersekolah tiap hari", "progress": "..."}"""
)


def attach(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    verb(app, "add", ADD_HELP)(add)
    verb(app, "waive", _("Bebaskan sisa kunjungan monitoring siklus ini, dengan alasan; wewenang supervisor."))(waive)


def add(
    number: Number,
    *,
    by: By,
    on: On = None,
    officer: Annotated[
        str | None,
        typer.Option("--officer", metavar="USER", help=_("Petugas yang berkunjung; tanpa ini Anda sendiri.")),
    ] = None,
    finding: Annotated[str | None, typer.Option("--finding", metavar="TEXT", help=_("Temuan."))] = None,
    progress: Annotated[str | None, typer.Option("--progress", metavar="TEXT", help=_("Kemajuan."))] = None,
    file: File = None,
    expected_version: Version = None,
    json_wanted: Json = False,
) -> None:
    values = forms.filled(
        visits.AddVisit,
        file,
        visited_on=on,
        officer=officer,
        finding=finding,
        progress=progress,
        expected_version=expected_version,
    )
    result = carry_out(visits.add_visit, visits.AddVisit, number, values, by=by, people=("officer",))
    report(result, json_wanted=json_wanted)


def waive(
    number: Number, *, by: By, reason: Reason = None, expected_version: Version = None, json_wanted: Json = False
) -> None:
    values = forms.filled(visits.WaiveVisits, None, reason=reason, expected_version=expected_version)
    report(carry_out(visits.waive_visits, visits.WaiveVisits, number, values, by=by), json_wanted=json_wanted)
