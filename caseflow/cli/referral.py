"""`caseflow referral`: requests to other institutions, and their answers."""

from typing import Annotated

import typer

from caseflow.actions import referrals
from caseflow.cli import forms
from caseflow.cli.acting import carry_out, report
from caseflow.cli.frame import verb
from caseflow.cli.options import By, File, Json, Note, Number, On, Reason, Version
from caseflow.errors import _

ADD_HELP = _(
    """Catat rujukan yang pergi tanpa surat dari sini.

Contoh isi REFERRAL.json:

  {"institution": "RSUD dr. H. Andi Abdurrahman Noor", "need": "Pemeriksaan mata", "sent_on": "2026-11-16"}

Lembaga boleh disebut dengan namanya atau id-nya: caseflow institution list"""
)
Referral = Annotated[
    str, typer.Argument(metavar="REFERRAL", help=_("Id rujukan, atau nomor urutnya dalam caseflow case show."))
]


def attach(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    verb(app, "add", ADD_HELP)(add)
    verb(app, "answer", _("Catat jawaban lembaga: accepted, refused, done, returned."))(answer)
    verb(app, "withdraw", _("Tarik rujukan yang tidak dijawab, dengan alasan; wewenang supervisor."))(withdraw)


def add(
    number: Number,
    *,
    by: By,
    institution: Annotated[
        str | None, typer.Option("--institution", metavar="NAME", help=_("Nama atau id lembaga tujuan."))
    ] = None,
    need: Annotated[str | None, typer.Option("--need", metavar="TEXT", help=_("Yang diminta."))] = None,
    on: On = None,
    file: File = None,
    expected_version: Version = None,
    json_wanted: Json = False,
) -> None:
    values = forms.filled(
        referrals.AddReferral,
        file,
        institution=institution,
        need=need,
        sent_on=on,
        expected_version=expected_version,
    )
    report(carry_out(referrals.add_referral, referrals.AddReferral, number, values, by=by), json_wanted=json_wanted)


def answer(
    number: Number,
    referral: Referral,
    status: Annotated[str, typer.Argument(metavar="accepted|refused|done|returned", help=_("Jawaban."))],
    *,
    by: By,
    note: Note = None,
    officer: Annotated[
        str | None, typer.Option("--officer", metavar="NAME", help=_("Petugas lembaga yang menjawab."))
    ] = None,
    on: On = None,
    expected_version: Version = None,
    json_wanted: Json = False,
) -> None:
    forms.known(status, referrals.ANSWERS, "accepted|refused|done|returned")
    values = forms.filled(
        referrals.AnswerReferral,
        None,
        referral=referral,
        status=status,
        note=note,
        officer=officer,
        answered_on=on,
        expected_version=expected_version,
    )
    result = carry_out(referrals.answer_referral, referrals.AnswerReferral, number, values, by=by, row="referral")
    report(result, json_wanted=json_wanted)


def withdraw(
    number: Number,
    referral: Referral,
    *,
    by: By,
    reason: Reason = None,
    expected_version: Version = None,
    json_wanted: Json = False,
) -> None:
    values = forms.filled(
        referrals.WithdrawReferral, None, referral=referral, reason=reason, expected_version=expected_version
    )
    result = carry_out(referrals.withdraw_referral, referrals.WithdrawReferral, number, values, by=by, row="referral")
    report(result, json_wanted=json_wanted)
