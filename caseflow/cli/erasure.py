"""`caseflow erasure`: asking for an erasure, deciding it, and the list a restored backup is told."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from caseflow import edge
from caseflow.access import Viewer
from caseflow.actions import erasing, erasure, erasure_desk
from caseflow.actions.admin import ROOT
from caseflow.actions.casework import Done
from caseflow.actions.erasing import ErasedBefore
from caseflow.actions.erasure import BASES, AskErasure, DecideErasure
from caseflow.actions.erasure_desk import Asked, Reach
from caseflow.cli import forms, opening
from caseflow.cli.acting import carry_out, report
from caseflow.cli.frame import verb
from caseflow.cli.opening import administering, reading, writing, zone_of
from caseflow.cli.options import Admin, By, File, Json, Number, Reader, Reason, Version
from caseflow.cli.speech import as_json, heading, label, pairs, plain, say, show, table
from caseflow.cli.words import word
from caseflow.errors import InstantRequired, _
from caseflow.paths import why
from caseflow.store.session import Session

ASK_HELP = _(
    """Catat bahwa klien sebuah kasus, atau yang mewakilinya, meminta datanya dihapus. Kepala dinas yang memutuskan.

  --basis  request, consent_withdrawn, retention_ended, unlawful

Selama kasusnya masih berjalan permintaan ditolak; berkas yang ditutup disimpan dahulu selama CASEFLOW_RETENTION_YEARS
tahun, kecuali datanya diperoleh atau diproses melawan hukum. Contoh isi ERASURE.json:

  {"basis": "request", "applicant": "Aminah, klien sendiri", "reason": "Permintaan sendiri.", "evidence": "KTP"}"""
)
APPROVE_HELP = _(
    """Hapus data orang ini sekarang, dalam semua kasusnya. Tidak dapat dibatalkan oleh siapa pun.

Beri tahu pemohon lebih dahulu: sesudahnya tidak ada lagi yang tahu kepada siapa kabar itu disampaikan."""
)
LEDGER_HELP = _(
    """Daftar orang yang sudah dihapus: hanya id dan waktunya. Simpan terpisah dari cadangan.

Sesudah memulihkan cadangan lama: caseflow erasure reapply BERKAS."""
)
Asking = Annotated[
    str,
    typer.Argument(metavar="NUMBER", help=_("Nomor kasus tempat permintaan itu dicatat, atau id permintaannya.")),
]
Out = Annotated[
    Path | None, typer.Option("--out", metavar="FILE", help=_("Tulis ke berkas ini; tanpa ini ke keluaran baku."))
]
List = Annotated[Path, typer.Argument(metavar="FILE", help=_("Daftar dari caseflow erasure ledger."))]


def attach(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    verb(app, "ask", ASK_HELP)(ask)
    verb(app, "list", _("Permintaan yang menunggu, yang terlama dahulu."))(list_)
    verb(app, "show", _("Satu permintaan: apa yang ikut terhapus, dan apa yang masih menghalanginya."))(show_one)
    verb(app, "approve", APPROVE_HELP)(approve)
    verb(app, "refuse", _("Tolak permintaan dengan alasan; datanya tetap tersimpan."))(refuse)
    verb(app, "withdraw", _("Tarik kembali permintaan sendiri."))(withdraw)
    verb(app, "ledger", LEDGER_HELP)(ledger)
    verb(app, "reapply", _("Hapus lagi data yang dibawa kembali oleh cadangan yang dipulihkan."))(reapply)


def ask(
    number: Number,
    *,
    by: By,
    basis: Annotated[str | None, typer.Option("--basis", metavar="BASIS", help=_("Dasarnya."))] = None,
    applicant: Annotated[
        str | None, typer.Option("--applicant", metavar="TEXT", help=_("Yang meminta, dan hubungannya."))
    ] = None,
    reason: Reason = None,
    evidence: Annotated[
        str | None, typer.Option("--evidence", metavar="TEXT", help=_("Cara pemohon dikenali; surat permohonan."))
    ] = None,
    file: File = None,
    expected_version: Version = None,
    json_wanted: Json = False,
) -> None:
    values = forms.filled(
        AskErasure,
        file,
        basis=basis,
        applicant=applicant,
        reason=reason,
        evidence=evidence,
        expected_version=expected_version,
    )
    report(carry_out(erasure.ask_erasure, AskErasure, number, values, by=by), json_wanted=json_wanted)


# --- reading ---------------------------------------------------------------------------------------------------------


def list_(
    *,
    by: Reader = None,
    decided: Annotated[bool, typer.Option("--all", help=_("Juga yang sudah diputus."))] = False,
    json_wanted: Json = False,
) -> None:
    read = erasure_desk.every if decided else erasure_desk.waiting

    def act(session: Session, viewer: Viewer, at: datetime) -> tuple[list[Asked], Any]:
        return read(session, by=viewer, at=at), zone_of(session)

    found, zone = reading(by, act)
    if json_wanted:
        as_json([_data(asked) for asked in found])
        return
    rows = [
        (
            a.case.number,
            say(a.name),
            label(BASES[a.row.basis].label),
            word(a.row.state),
            a.row.requested_at,
            a.requester,
        )
        for a in found
    ]
    names = (_("Kasus"), _("Klien"), _("Dasar"), _("Keadaan"), _("Diminta"), _("Oleh"))
    table([say(name) for name in names], rows, zone=zone)


def show_one(number: Asking, by: Reader = None, json_wanted: Json = False) -> None:
    def act(session: Session, viewer: Viewer, at: datetime) -> tuple[Asked, Reach, Any]:
        erasure_id = erasure_desk.named(session, number, by=viewer)
        return (*erasure_desk.one(session, erasure_id, by=viewer, at=at), zone_of(session))

    asked, reach, zone = reading(by, act, case=number)
    if json_wanted:
        against = [say(sentence) for sentence in reach.against]
        as_json({**_data(asked), **plain(reach), "against": against})
        return
    basis = BASES[asked.row.basis]
    pairs(
        [
            (say(_("Kasus")), f"{asked.case.number}, {say(asked.name)}"),
            (say(_("Keadaan")), word(asked.row.state)),
            (say(_("Dasar")), f"{label(basis.label)} ({basis.law})"),
            (say(_("Pemohon")), asked.words.get("applicant")),
            (say(_("Alasan")), asked.words.get("reason")),
            (say(_("Bukti")), asked.words.get("evidence")),
            (say(_("Diminta")), asked.row.requested_at),
            (say(_("Oleh")), asked.requester),
            (say(_("Diputus")), asked.row.decided_at),
            (say(_("Diputus oleh")), asked.decider),
            (say(_("Disimpan sampai")), reach.kept_until),
            (say(_("Kasus yang terhapus")), ", ".join(reach.cases)),
            (say(_("Kasus di luar wewenang Anda")), reach.unseen or None),
            (say(_("Surat")), reach.letters or None),
            (say(_("Keluarga yang ikut terhapus")), ", ".join(reach.households)),
        ],
        zone,
    )
    if reach.against:
        heading(say(_("Belum dapat disetujui")))
        for sentence in reach.against:
            typer.echo(f"  - {say(sentence)}")


def _data(asked: Asked) -> dict[str, Any]:
    columns = {key: value for key, value in asked.row._asdict().items() if key != "sealed"}
    return {
        **columns,
        "number": asked.case.number,
        "case_version": asked.case.version,
        "name": say(asked.name),
        "requester": asked.requester,
        "decider": asked.decider,
        "may_decide": asked.may_decide,
        **asked.words,
    }


# --- deciding --------------------------------------------------------------------------------------------------------


def approve(number: Asking, *, by: By, expected_version: Version = None, json_wanted: Json = False) -> None:
    _decide(erasure.approve_erasure, number, by, None, expected_version, json_wanted=json_wanted)


def refuse(
    number: Asking, *, by: By, reason: Reason = None, expected_version: Version = None, json_wanted: Json = False
) -> None:
    _decide(erasure.refuse_erasure, number, by, reason, expected_version, json_wanted=json_wanted)


def withdraw(
    number: Asking, *, by: By, reason: Reason = None, expected_version: Version = None, json_wanted: Json = False
) -> None:
    _decide(erasure.withdraw_erasure, number, by, reason, expected_version, json_wanted=json_wanted)


def _decide(
    decision: Callable[..., Done],
    number: str,
    by: str,
    reason: str | None,
    expected_version: int | None,
    *,
    json_wanted: bool,
) -> None:
    def act(session: Session, viewer: Viewer, at: datetime) -> Done:
        erasure_id = erasure_desk.named(session, number, by=viewer)
        command = DecideErasure(erasure=erasure_id, reason=reason or "", expected_version=expected_version)
        return decision(session, command, by=viewer, at=at)

    report(writing(by, act, case=number), json_wanted=json_wanted)


# --- backups ---------------------------------------------------------------------------------------------------------


def ledger(*, out: Out = None, by: Admin = None) -> None:
    with opening.opened() as at:
        who = opening.viewer(at, by) if by else ROOT
        found = edge.read(at, who, lambda session, viewer, _at: erasing.ledger(session, by=viewer))
    content = orjson.dumps(plain(found), option=orjson.OPT_INDENT_2)
    if out is None:
        typer.echo(content.decode())
        return
    out.write_bytes(content + b"\n")
    show(_("{n} orang ditulis ke {path}."), n=len(found), path=out)


def reapply(file: List, *, by: Admin = None, json_wanted: Json = False) -> None:
    gone = read_list(file)
    done = administering(by, lambda session, viewer, at: erasing.reapply(session, gone, by=viewer, at=at))
    if json_wanted:
        as_json(done)
        return
    show(
        _("{n} orang dihapus lagi, {already} memang sudah terhapus, {absent} tidak ada dalam basis data ini."),
        n=len(done.erased),
        already=done.already,
        absent=done.absent,
    )


def read_list(file: Path) -> list[ErasedBefore]:
    """Return the list as `ledger` wrote it; what is no such list is a usage error."""
    try:
        lines = orjson.loads(file.read_bytes())
        found = [ErasedBefore(line["subject"], datetime.fromisoformat(line["erased_at"])) for line in lines[:]]
    except OSError as problem:
        text = say(_("{file} tidak dapat dibaca: {why}"), file=file, why=why(problem))
        raise typer.BadParameter(text, param_hint="FILE") from None
    except (ValueError, TypeError, KeyError):
        text = say(_("{file} bukan daftar dari caseflow erasure ledger"), file=file)
        raise typer.BadParameter(text, param_hint="FILE") from None
    if any(each.erased_at.tzinfo is None for each in found):
        raise InstantRequired
    return found
