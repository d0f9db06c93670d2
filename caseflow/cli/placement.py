"""`caseflow placement`: a child with a carer, its reviews, its end."""

from typing import Annotated

import typer

from caseflow.actions import placements
from caseflow.cli import forms
from caseflow.cli.acting import carry_out, report
from caseflow.cli.frame import verb
from caseflow.cli.options import By, File, Json, Number, On, Reason, Version
from caseflow.errors import _

START_HELP = _(
    """Mulai penempatan anak: kin (keluarga atau kerabat), lksa, atau shelter (rumah perlindungan sementara).

Contoh isi PLACEMENT.json:

  {"kind": "kin", "carer": "Halimah", "relation": "bibi", "starts_on": "2026-11-16"}

Untuk lksa sebut juga "institution": nama atau id-nya dalam caseflow institution list."""
)
Placement = Annotated[
    str, typer.Argument(metavar="PLACEMENT", help=_("Id penempatan, atau nomor urutnya dalam caseflow case show."))
]


def attach(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    verb(app, "start", START_HELP)(start)
    verb(app, "review", _("Catat tinjauan penempatan (paling lama tiap enam bulan)."))(review)
    verb(app, "end", _("Akhiri penempatan dengan alasan."))(end)


def start(
    number: Number,
    *,
    by: By,
    kind: Annotated[str | None, typer.Option("--kind", metavar="KIND", help=_("kin, lksa, atau shelter."))] = None,
    carer: Annotated[str | None, typer.Option("--carer", metavar="NAME", help=_("Pengasuh."))] = None,
    relation: Annotated[str | None, typer.Option("--relation", metavar="TEXT", help=_("Hubungan dengan anak."))] = None,
    institution: Annotated[
        str | None, typer.Option("--institution", metavar="NAME", help=_("Nama atau id LKSA."))
    ] = None,
    on: On = None,
    file: File = None,
    expected_version: Version = None,
    json_wanted: Json = False,
) -> None:
    values = forms.filled(
        placements.StartPlacement,
        file,
        kind=kind,
        carer=carer,
        relation=relation,
        institution=institution,
        starts_on=on,
        expected_version=expected_version,
    )
    report(
        carry_out(placements.start_placement, placements.StartPlacement, number, values, by=by), json_wanted=json_wanted
    )


def review(
    number: Number,
    placement: Placement,
    *,
    by: By,
    finding: Annotated[str | None, typer.Option("--finding", metavar="TEXT", help=_("Temuan tinjauan."))] = None,
    on: On = None,
    expected_version: Version = None,
    json_wanted: Json = False,
) -> None:
    values = forms.filled(
        placements.ReviewPlacement,
        None,
        placement=placement,
        finding=finding,
        reviewed_on=on,
        expected_version=expected_version,
    )
    result = carry_out(placements.review_placement, placements.ReviewPlacement, number, values, by=by, row="placement")
    report(result, json_wanted=json_wanted)


def end(
    number: Number,
    placement: Placement,
    *,
    by: By,
    reason: Reason = None,
    on: On = None,
    expected_version: Version = None,
    json_wanted: Json = False,
) -> None:
    values = forms.filled(
        placements.EndPlacement,
        None,
        placement=placement,
        reason=reason,
        ends_on=on,
        expected_version=expected_version,
    )
    result = carry_out(placements.end_placement, placements.EndPlacement, number, values, by=by, row="placement")
    report(result, json_wanted=json_wanted)
