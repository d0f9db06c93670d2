"""`caseflow roster`: who belongs to a group or community, and who speaks for it."""

from datetime import date
from typing import Annotated

import typer

from caseflow.actions import groups
from caseflow.cli import forms, roster_sheet
from caseflow.cli.acting import carry_out, report
from caseflow.cli.frame import verb
from caseflow.cli.opening import reading
from caseflow.cli.options import By, Json, Number, On, Reason, Version, day
from caseflow.cli.speech import as_json, label, say, show
from caseflow.errors import _

ADD_HELP = _(
    """Catat satu anggota kelompok atau komunitas; wakilnya dengan --representative.

  caseflow roster add 6310-2026-000001 "Damang Ayal" --role "kepala adat" --representative --by rina

Persetujuan untuk kelompok atau komunitas diberikan wakilnya:

  caseflow consent add 6310-2026-000001 --purpose plan --relation representative --giver "Damang Ayal" --by rina"""
)


def attach(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    verb(app, "list", _("Anggota kelompok atau komunitas, wakilnya dahulu."))(listing)
    verb(app, "add", ADD_HELP)(add)
    verb(app, "end", _("Catat bahwa seorang anggota keluar; barisnya tetap."))(end)
    roster_sheet.attach(app)


def listing(number: Number, *, by: By, json_wanted: Json = False) -> None:
    found = reading(by, lambda session, viewer, at: groups.show(session, number, by=viewer, at=at))
    if json_wanted:
        as_json({"items": found})
        return
    for each in found:
        said = say(_("wakil")) if each.representative else label(groups.BASES.get(each.basis))
        until = each.ends_on.isoformat() if each.ends_on else ""
        show(
            _("{id} {name}, {role} ({said}), {since}-{until}"),
            id=each.id, name=each.name, role=each.role or "-", said=said, since=each.starts_on.isoformat(), until=until,
        )  # fmt: skip
    if not found:
        show(_("Belum ada anggota yang dicatat."))


def add(
    number: Number,
    name: Annotated[str, typer.Argument(metavar="NAME", help=_("Nama atau panggilannya."))],
    *,
    by: By,
    role: Annotated[str | None, typer.Option("--role", metavar="TEXT", help=_("Sebutan atau jabatannya."))] = None,
    representative: Annotated[bool, typer.Option("--representative", help=_("Mewakili yang lain."))] = False,
    basis: Annotated[
        str | None,
        typer.Option("--basis", metavar="BASIS", help=_("Dari mana diketahui: representative, self, official.")),
    ] = None,
    person_case: Annotated[
        str | None, typer.Option("--person-case", metavar="NUMBER", help=_("Nomor kasus orang ini, bila ada."))
    ] = None,
    since: Annotated[
        date | None, typer.Option("--since", metavar="DATE", parser=day, help=_("Sejak kapan; hari ini bila kosong."))
    ] = None,
    expected_version: Version = None,
    json_wanted: Json = False,
) -> None:
    values = forms.filled(
        groups.AddToRoster,
        None,
        name=name,
        role=role,
        representative=representative or None,
        basis=basis,
        person_case=person_case,
        starts_on=since,
        expected_version=expected_version,
    )
    report(carry_out(groups.add_to_roster, groups.AddToRoster, number, values, by=by), json_wanted=json_wanted)


def end(
    number: Number,
    member: Annotated[str, typer.Argument(metavar="MEMBER", help=_("Id anggota dari caseflow roster list."))],
    *,
    by: By,
    on: On = None,
    reason: Reason = None,
    expected_version: Version = None,
    json_wanted: Json = False,
) -> None:
    values = forms.filled(
        groups.EndOnRoster, None, member=member, ends_on=on, reason=reason, expected_version=expected_version
    )
    report(carry_out(groups.end_on_roster, groups.EndOnRoster, number, values, by=by), json_wanted=json_wanted)
