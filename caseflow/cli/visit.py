"""`caseflow visit`: monitoring visits."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

import typer

from caseflow.access import Viewer
from caseflow.actions import many, visits
from caseflow.actions.many import Outcome
from caseflow.cli import forms, together
from caseflow.cli.acting import carry_out, report
from caseflow.cli.frame import verb
from caseflow.cli.opening import writing
from caseflow.cli.options import By, File, Json, Number, On, Reason, Version
from caseflow.errors import _
from caseflow.store.session import Session

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
    also: Annotated[
        list[str] | None,
        typer.Option(
            "--also", metavar="NUMBER", help=_("Kasus lain di rumah itu yang juga dikunjungi; boleh berulang.")
        ),
    ] = None,
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
    if not also:
        result = carry_out(visits.add_visit, visits.AddVisit, number, values, by=by, people=("officer",))
        report(result, json_wanted=json_wanted)
        return
    together.tell(_at_one_door((number, *also), values, by=by), by=by, json_wanted=json_wanted)


def _at_one_door(cases: Sequence[str], values: Mapping[str, Any], *, by: str) -> list[tuple[str, Outcome]]:
    """Record one visit in several cases, in one transaction; one that refuses does not stop the others."""

    def act(session: Session, viewer: Viewer, at: datetime) -> list[Outcome]:
        said = forms.with_ids(session, values, "officer")
        commands = [visits.AddVisit(case=case, **{**said, "expected_version": None}) for case in cases]
        return many.visit_many(session, commands, by=viewer, at=at)

    return list(zip(cases, writing(by, act, case=cases[0]), strict=True))


def waive(
    number: Number, *, by: By, reason: Reason = None, expected_version: Version = None, json_wanted: Json = False
) -> None:
    values = forms.filled(visits.WaiveVisits, None, reason=reason, expected_version=expected_version)
    report(carry_out(visits.waive_visits, visits.WaiveVisits, number, values, by=by), json_wanted=json_wanted)
