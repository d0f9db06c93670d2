"""`caseflow consent`: who agreed to what, and who took it back."""

from typing import Annotated

import typer

from caseflow.actions import consents
from caseflow.cli import forms
from caseflow.cli.acting import carry_out, report
from caseflow.cli.frame import verb
from caseflow.cli.options import By, File, Json, Number, On, Reason, Version
from caseflow.errors import _

ADD_HELP = _(
    """Catat persetujuan klien atau walinya.

  --purpose   data, plan, placement, health_service, health_insurance, referral
  --relation  self, father, mother, legal_guardian, court_order, kin, other; representative bagi kelompok
  --receiver  nama atau id lembaga, jenisnya (health_facility, charity, ...), atau any: yang diperlukan rencana

Contoh isi CONSENT.json:

  {"purpose": "health_service", "receiver": "RSUD dr. H. Andi Abdurrahman Noor", "relation": "mother",
   "giver": "Halimah", "given_on": "2026-11-16"}"""
)
Consent = Annotated[
    str, typer.Argument(metavar="CONSENT", help=_("Id persetujuan, atau nomor urutnya dalam caseflow case show."))
]


def attach(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    verb(app, "add", ADD_HELP)(add)
    verb(app, "withdraw", _("Catat persetujuan ditarik; surat yang bersandar padanya dan belum pergi dibatalkan."))(
        withdraw
    )


def add(
    number: Number,
    *,
    by: By,
    purpose: Annotated[str | None, typer.Option("--purpose", metavar="PURPOSE", help=_("Untuk apa."))] = None,
    relation: Annotated[
        str | None, typer.Option("--relation", metavar="RELATION", help=_("Hubungan dengan klien."))
    ] = None,
    giver: Annotated[str | None, typer.Option("--giver", metavar="NAME", help=_("Yang menyetujui."))] = None,
    addressee: Annotated[
        str | None, typer.Option("--addressee", metavar="TEXT", help=_("Penerimanya dengan kata-kata, bila perlu."))
    ] = None,
    receiver: Annotated[
        str | None, typer.Option("--receiver", metavar="NAME|KIND|any", help=_("Lembaga yang boleh diberi tahu."))
    ] = None,
    evidence: Annotated[
        str | None, typer.Option("--evidence", metavar="TEXT", help=_("Bukti, misalnya nomor formulir."))
    ] = None,
    on: On = None,
    file: File = None,
    expected_version: Version = None,
    json_wanted: Json = False,
) -> None:
    values = forms.filled(
        consents.AddConsent,
        file,
        purpose=purpose,
        relation=relation,
        giver=giver,
        addressee=addressee,
        receiver=receiver,
        evidence=evidence,
        given_on=on,
        expected_version=expected_version,
    )
    report(carry_out(consents.add_consent, consents.AddConsent, number, values, by=by), json_wanted=json_wanted)


def withdraw(
    number: Number,
    consent: Consent,
    *,
    by: By,
    reason: Reason = None,
    on: On = None,
    expected_version: Version = None,
    json_wanted: Json = False,
) -> None:
    values = forms.filled(
        consents.WithdrawConsent,
        None,
        consent=consent,
        reason=reason,
        withdrawn_on=on,
        expected_version=expected_version,
    )
    result = carry_out(consents.withdraw_consent, consents.WithdrawConsent, number, values, by=by, row="consent")
    report(result, json_wanted=json_wanted)
