"""`caseflow conference`: case conferences, their invitations and minutes."""

from datetime import date
from typing import Annotated

import typer

from caseflow.actions import conferences
from caseflow.actions.conferences import CancelConference, HoldConference, PlanConference
from caseflow.cli import forms
from caseflow.cli.acting import carry_out, report
from caseflow.cli.frame import verb
from caseflow.cli.opening import reading
from caseflow.cli.options import By, File, Json, Number, On, Reader, Reason, Version, day
from caseflow.cli.speech import as_json, plain, say, table
from caseflow.cli.words import word
from caseflow.errors import _

PLAN_HELP = _(
    """Rencanakan pembahasan kasus (case conference); undangannya: caseflow letter issue NUMBER und-cc.

Sebut tiap undangan dengan --invited "NAMA; INSTANSI". Acara tidak memuat nama atau keadaan klien. Contoh PLAN.json:

  {"meets_on": "2026-11-24", "time": "09.00 WITA", "place": "Ruang rapat", "agenda": "pembagian peran",
   "invited": [["Kepala Puskesmas Batulicin", "Puskesmas"]]}"""
)
HOLD_HELP = _(
    """Catat notulen pembahasan kasus; berita acaranya: caseflow letter issue NUMBER not-cc.

Dengan --conference yang direncanakan di sini; tanpanya yang tidak direncanakan. Contoh MINUTES.json:

  {"held_on": "2026-11-24", "place": "Ruang rapat", "chair": "Kepala Bidang", "discussion": "Pilihan layanan",
   "present": [["Rina", "Pekerja Sosial"]], "decisions": [["Pemeriksaan", "Puskesmas", "1 Desember 2026"]]}"""
)
Day = Annotated[
    date | None, typer.Option("--on", metavar="DATE", parser=day, help=_("Tanggal pembahasan, sampai 6 bulan lagi."))
]
Id = Annotated[str, typer.Argument(metavar="ID", help=_("Id pembahasan, dari caseflow conference list."))]


def attach(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    verb(app, "plan", PLAN_HELP)(plan)
    verb(app, "held", HOLD_HELP)(held)
    verb(app, "cancel", _("Batalkan pembahasan yang direncanakan, dengan alasan."))(cancel)
    verb(app, "list", _("Pembahasan sebuah kasus, yang terbaru dahulu."))(list_)


def plan(
    number: Number,
    *,
    by: By,
    on: Day = None,
    time: Annotated[str | None, typer.Option("--time", metavar="TIME", help=_("Pukul berapa."))] = None,
    place: Annotated[str | None, typer.Option("--place", metavar="PLACE", help=_("Tempat."))] = None,
    agenda: Annotated[str | None, typer.Option("--agenda", metavar="TEXT", help=_("Acara, tanpa nama."))] = None,
    invited: Annotated[
        list[str] | None, typer.Option("--invited", metavar="WHO", help=_('Satu undangan: "NAMA; INSTANSI".'))
    ] = None,
    file: File = None,
    expected_version: Version = None,
    json_wanted: Json = False,
) -> None:
    people = forms.typed("\n".join(invited), "table") if invited else None
    words = {"meets_on": on, "time": time, "place": place, "agenda": agenda, "invited": people}
    values = forms.filled(PlanConference, file, **words, expected_version=expected_version)
    report(carry_out(conferences.plan_conference, PlanConference, number, values, by=by), json_wanted=json_wanted)


def held(
    number: Number,
    *,
    by: By,
    conference: Annotated[
        str | None, typer.Option("--conference", metavar="ID", help=_("Id yang direncanakan di sini."))
    ] = None,
    on: On = None,
    file: File = None,
    expected_version: Version = None,
    json_wanted: Json = False,
) -> None:
    values = forms.filled(HoldConference, file, conference=conference, held_on=on, expected_version=expected_version)
    report(carry_out(conferences.hold_conference, HoldConference, number, values, by=by), json_wanted=json_wanted)


def cancel(
    number: Number,
    conference: Id,
    *,
    by: By,
    reason: Reason = None,
    expected_version: Version = None,
    json_wanted: Json = False,
) -> None:
    values = forms.filled(
        CancelConference, None, conference=conference, reason=reason, expected_version=expected_version
    )
    report(carry_out(conferences.cancel_conference, CancelConference, number, values, by=by), json_wanted=json_wanted)


def list_(number: Number, by: Reader = None, json_wanted: Json = False) -> None:
    found = reading(by, lambda s, v, at: conferences.list_conferences(s, number, by=v, at=at), case=number)
    if json_wanted:
        as_json([plain(each) for each in found])
        return
    names = (_("Id"), _("Keadaan"), _("Tanggal"), _("Tempat"), _("Orang"), _("Keputusan"))
    rows = [
        (each.id, word(each.status), each.meets_on, each.place, len(each.present or each.invited), _decided(each))
        for each in found
    ]
    table([say(name) for name in names], rows)


def _decided(found: conferences.Conference) -> str:
    return "; ".join(", ".join(row) for row in found.decisions)
