"""`caseflow referral`: requests to other institutions, and their answers."""

from dataclasses import asdict, replace
from datetime import datetime
from typing import Annotated

import typer

from caseflow.access import Viewer
from caseflow.actions import casework, partners, referrals, replies
from caseflow.cli import forms, sheet
from caseflow.cli.acting import carry_out, report
from caseflow.cli.frame import verb
from caseflow.cli.opening import reading, writing
from caseflow.cli.options import By, File, Json, Note, Number, On, Reason, Version
from caseflow.cli.speech import as_json, label, say, show, table
from caseflow.cli.words import word
from caseflow.errors import _
from caseflow.store.session import Session

ADD_HELP = _(
    """Catat rujukan yang pergi tanpa surat dari sini.

Contoh isi REFERRAL.json:

  {"institution": "RSUD dr. H. Andi Abdurrahman Noor", "need": "Pemeriksaan mata", "sent_on": "2026-11-16"}

Lembaga boleh disebut dengan namanya atau id-nya: caseflow institution list"""
)
LINK_HELP = _(
    """Buat tautan jawaban baru untuk sebuah rujukan; lembaga menjawab tanpa akun, dan jawabannya menunggu konfirmasi.

Tautan yang lama, juga kode pada lembar balik suratnya, tidak berlaku lagi. Tautan hanya ditampilkan sekali."""
)
REPLY_HELP = _(
    """Jawab dengan kode balasan sebuah surat, seperti di halaman /jawab. Tanpa jawaban: tampilkan yang ditanyakan."""
)
Referral = Annotated[
    str, typer.Argument(metavar="REFERRAL", help=_("Id rujukan, atau nomor urutnya dalam caseflow case show."))
]

Officer = Annotated[str | None, typer.Option("--officer", metavar="NAME", help=_("Petugas lembaga yang menjawab."))]


def attach(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    verb(app, "add", ADD_HELP)(add)
    verb(app, "answer", _("Catat jawaban lembaga: accepted, refused, done, returned."))(answer)
    verb(app, "confirm", _("Terima jawaban yang masuk lewat kode: mulai berlaku."))(confirm)
    verb(app, "decline", _("Tolak jawaban yang masuk lewat kode, dengan alasan; rujukan ditunggu lagi."))(decline)
    verb(app, "link", LINK_HELP)(link)
    verb(app, "reply", REPLY_HELP)(reply)
    verb(app, "ours", _("Rujukan yang menunggu jawaban lembaga sendiri; untuk mitra."))(ours)
    verb(app, "respond", _("Jawab rujukan untuk lembaga sendiri, sebagai mitra: langsung berlaku."))(respond)
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
    officer: Officer = None,
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


def confirm(
    number: Number, referral: Referral, *, by: By, expected_version: Version = None, json_wanted: Json = False
) -> None:
    values = forms.filled(replies.ConfirmAnswer, None, referral=referral, expected_version=expected_version)
    result = carry_out(replies.confirm_answer, replies.ConfirmAnswer, number, values, by=by, row="referral")
    report(result, json_wanted=json_wanted)


def decline(
    number: Number,
    referral: Referral,
    *,
    by: By,
    reason: Reason = None,
    expected_version: Version = None,
    json_wanted: Json = False,
) -> None:
    values = forms.filled(
        replies.DeclineAnswer, None, referral=referral, reason=reason, expected_version=expected_version
    )
    result = carry_out(replies.decline_answer, replies.DeclineAnswer, number, values, by=by, row="referral")
    report(result, json_wanted=json_wanted)


def link(
    number: Number, referral: Referral, *, by: By, expected_version: Version = None, json_wanted: Json = False
) -> None:
    def act(session: Session, viewer: Viewer, at: datetime) -> replies.Linked:
        work = casework.look(session, number, by=viewer, at=at)
        row = forms.row_id(session, "referral", referral, work)
        command = replies.MakeLink(case=number, referral=row, expected_version=expected_version)
        return replies.make_link(session, command, by=viewer, at=at)

    made = writing(by, act, case=number)
    if json_wanted:
        as_json({**sheet.done(made.done), "url": made.url, "code": made.code})
    else:
        typer.echo(made.url)


def reply(
    code: Annotated[str, typer.Argument(metavar="CODE", help=_("Kode balasan pada lembar balik surat."))],
    status: Annotated[str | None, typer.Argument(metavar="accepted|refused|done|returned", help=_("Jawaban."))] = None,
    *,
    officer: Officer = None,
    note: Note = None,
    phone: Annotated[str | None, typer.Option("--phone", metavar="TEXT", help=_("Telepon petugas itu."))] = None,
    json_wanted: Json = False,
) -> None:
    if status is not None:
        forms.known(status, referrals.ANSWERS, "accepted|refused|done|returned")
        command = replies.OfferAnswer(
            code=code, status=status, officer=officer or "", note=note or "", phone=phone or ""
        )
        writing(None, lambda s, _v, at: replies.offer_answer(s, command, at=at))
    asked = reading(None, lambda s, _v, _at: replies.question(s, code))
    if json_wanted:
        as_json(asked)
        return
    told = (asked.letter_number or asked.case_number, asked.institution, asked.sent_on, word(asked.state))
    typer.echo(", ".join(str(part) for part in told))
    for key, words in asked.choices:
        typer.echo(f"  {key}: {label(words)}")


def ours(*, by: By, json_wanted: Json = False) -> None:
    found = reading(by, lambda s, v, _at: partners.waiting(s, by=v))
    if json_wanted:
        as_json([{**asdict(replace(one, owed=None)), "due_at": one.owed.due_at if one.owed else None} for one in found])
        return
    heads = (_("Id"), _("Surat"), _("Nomor kasus"), _("Tanggal"), _("Keadaan"))
    rows = [
        (one.id, one.letter_number, one.case_number, one.sent_on, word("offered" if one.waiting else one.status))
        for one in found
    ]
    table([say(head) for head in heads], rows)


def respond(
    referral: Annotated[str, typer.Argument(metavar="REFERRAL", help=_("Id rujukan: caseflow referral ours"))],
    status: Annotated[str, typer.Argument(metavar="accepted|refused|done|returned", help=_("Jawaban."))],
    *,
    by: By,
    note: Note = None,
    officer: Officer = None,
) -> None:
    forms.known(status, referrals.ANSWERS, "accepted|refused|done|returned")
    command = partners.AnswerOwn(referral=referral, status=status, note=note or "", officer=officer or "")
    writing(by, lambda s, v, at: partners.answer_own(s, command, by=v, at=at))
    show(_("Jawaban tercatat: {answer}."), answer=word(status))


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
