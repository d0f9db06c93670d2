"""`caseflow visit`: monitoring visits."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

import typer

from caseflow.access import Viewer
from caseflow.actions import many, visits
from caseflow.actions.many import Outcome
from caseflow.cli import forms, refusals, sheet
from caseflow.cli.acting import carry_out, report
from caseflow.cli.frame import verb
from caseflow.cli.opening import writing
from caseflow.cli.options import By, File, Json, Number, On, Reason, Version
from caseflow.cli.speech import as_json
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
    outcomes = _at_one_door((number, *also), values, by=by)
    if json_wanted:
        as_json([_plain(case, outcome) for case, outcome in outcomes])
    for case, outcome in () if json_wanted else outcomes:
        if outcome.done is not None:
            report(outcome.done, json_wanted=False)
        elif outcome.problem is not None:
            refusals.show(outcome.problem, {"number": case, "by": by})
    if any(outcome.problem for _case, outcome in outcomes):
        raise typer.Exit(refusals.REFUSED)


def _at_one_door(cases: Sequence[str], values: Mapping[str, Any], *, by: str) -> list[tuple[str, Outcome]]:
    """Record one visit in several cases, in one transaction; one that refuses does not stop the others."""

    def act(session: Session, viewer: Viewer, at: datetime) -> list[Outcome]:
        said = forms.with_ids(session, values, "officer")
        commands = [visits.AddVisit(case=case, **{**said, "expected_version": None}) for case in cases]
        return many.visit_many(session, commands, by=viewer, at=at)

    return list(zip(cases, writing(by, act, case=cases[0]), strict=True))


def _plain(case: str, outcome: Outcome) -> dict[str, Any]:
    if outcome.done is not None:
        return sheet.done(outcome.done)
    told = outcome.problem
    return {"number": case, "problem": told and {"code": told.code, **refusals.data_of(told, {})}}


def waive(
    number: Number, *, by: By, reason: Reason = None, expected_version: Version = None, json_wanted: Json = False
) -> None:
    values = forms.filled(visits.WaiveVisits, None, reason=reason, expected_version=expected_version)
    report(carry_out(visits.waive_visits, visits.WaiveVisits, number, values, by=by), json_wanted=json_wanted)
