"""`caseflow attachment`: photos and documents of a case."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from caseflow.access import Viewer
from caseflow.actions import attachments, casework
from caseflow.actions.attachments import KINDS, AttachFile, WithdrawFile, attach_file, withdraw_file
from caseflow.actions.casework import Done
from caseflow.cli import forms
from caseflow.cli.acting import report
from caseflow.cli.frame import verb
from caseflow.cli.opening import reading, writing
from caseflow.cli.options import By, Json, Note, Number, On, Reader, Reason
from caseflow.cli.speech import as_json, language, plain, say, show, table
from caseflow.errors import _
from caseflow.i18n import format_size
from caseflow.store.session import Session

ADD_HELP = _(
    """Lampirkan foto (JPEG, PNG, WebP) atau PDF pada kasus; tempat dan waktu yang disimpan kamera dibuang.

Isi berkas (--kind): house, person, identity, health, decree, other; health menjadikan kasus Terbatas (R2)."""
)
Id = Annotated[str, typer.Argument(metavar="ID", help=_("Id lampiran, dari caseflow attachment list."))]


def attach(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    verb(app, "add", ADD_HELP)(add)
    verb(app, "list", _("Foto dan dokumen sebuah kasus, yang terbaru dahulu."))(list_)
    verb(app, "show", _("Tulis berkas sebuah lampiran; membacanya pada kasus terbatas dicatat."))(fetch)
    verb(app, "withdraw", _("Musnahkan berkas sebuah lampiran, dengan alasan; catatannya tetap."))(withdraw)


def add(
    number: Number,
    file: Annotated[Path, typer.Option("--file", metavar="FILE", exists=True, dir_okay=False, help=_("Berkasnya."))],
    kind: Annotated[str, typer.Option("--kind", metavar="KIND", help=_("Apa isinya."))],
    *,
    by: By,
    note: Note = None,
    on: On = None,
    stage: Annotated[str | None, typer.Option("--stage", metavar="STAGE", help=_("Tahap yang diterangkannya."))] = None,
    visit: Annotated[
        str | None, typer.Option("--visit", metavar="VISIT", help=_("Id kunjungan, atau nomor urutnya."))
    ] = None,
    json_wanted: Json = False,
) -> None:
    forms.known(kind, KINDS, "--kind")
    reading(by, lambda s, v, at: attachments.require_may_attach(s, number, by=v, at=at), case=number)
    made = attachments.prepared(file.read_bytes())

    def act(session: Session, viewer: Viewer, at: datetime) -> Done:
        seen = _visit(session, number, visit, viewer, at) if visit else None
        command = AttachFile(case=number, file=made, kind=kind, note=note or "", taken_on=on, stage=stage, visit=seen)
        return attach_file(session, command, by=viewer, at=at)

    report(writing(by, act, case=number), json_wanted=json_wanted)


def _visit(session: Session, number: str, word: str, by: Viewer, at: datetime) -> str:
    return forms.row_id(session, "visit", word, casework.look(session, number, by=by, at=at))


def list_(number: Number, by: Reader = None, json_wanted: Json = False) -> None:
    found = reading(by, lambda s, v, at: attachments.list_files(s, number, by=v, at=at), case=number)
    if json_wanted:
        as_json([{**plain(each), "label": say(each.label)} for each in found])
        return
    names = (_("Id"), _("Isi"), _("Tanggal"), _("Ukuran"), _("Oleh"), _("Catatan"))
    rows = [
        (each.id, say(each.label), each.taken_on, format_size(each.size, language()), each.added_by, _remark(each))
        for each in found
    ]
    table([say(name) for name in names], rows)


def _remark(each: attachments.Attachment) -> str:
    return say(_("ditarik: {why}", why=each.withdrawn)) if each.withdrawn_at else each.note


def fetch(
    attachment: Id,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help=_("Berkas yang ditulis."))],
    by: Reader = None,
) -> None:
    _found, _name, content = reading(
        by, lambda s, v, at: attachments.file_of(s, attachment, by=v, at=at), case=attachment
    )
    out.write_bytes(content)
    show(_("Ditulis: {file}"), file=out)


def withdraw(attachment: Id, *, by: By, reason: Reason = None, json_wanted: Json = False) -> None:
    command = WithdrawFile(attachment=attachment, reason=reason or "")
    done = writing(by, lambda s, v, at: withdraw_file(s, command, by=v, at=at), case=attachment)
    report(done, json_wanted=json_wanted)
