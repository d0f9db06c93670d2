"""`caseflow audit export`: the log as files, as far as somebody may see, under a checkpoint made for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Annotated, TextIO

import typer

from caseflow.access import Viewer
from caseflow.actions import exports, proofs
from caseflow.actions.exports import Export, ExportLog
from caseflow.checkpoint import Note
from caseflow.cli import checkpoint, forms, opening
from caseflow.cli.frame import verb
from caseflow.cli.opening import opened
from caseflow.cli.options import Reader, day
from caseflow.cli.refusals import REFUSED
from caseflow.cli.speech import as_json, complain, language, plain, say, show, waiting
from caseflow.errors import AuditBroken, NotAnExport, _
from caseflow.exchange import ledger, xes
from caseflow.i18n import error_message
from caseflow.store.session import Session

EXPORT_HELP = _(
    """Ekspor log: jsonl (untuk pemeriksa), csv (untuk lembar kerja) atau xes (untuk penambangan proses).

Memuat entri yang boleh dilihat pengguna; yang lain hanya sebagai sidik, sehingga seluruh berkas tetap dapat diuji
terhadap titik periksa, dengan tools/verify_audit.py di mesin mana pun. Tanpa nama atau tulisan. Ekspor dicatat dalam
log, dan titik periksanya ditulis di samping berkas."""
)
MOST_NAMED = 50
From = Annotated[date | None, typer.Option("--from", metavar="DATE", parser=day, help=_("Dicatat mulai tanggal ini."))]
Until = Annotated[
    date | None, typer.Option("--until", metavar="DATE", parser=day, help=_("Dicatat sampai dengan tanggal ini."))
]


def attach(app: typer.Typer) -> None:
    """Add the verb of this module."""
    verb(app, "export", EXPORT_HELP)(export)


def export(
    *,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help=_("Berkas yang ditulis."))],
    kind: Annotated[str, typer.Option("--format", metavar="FORMAT", help=_("jsonl, csv atau xes."))] = "jsonl",
    area: Annotated[
        str | None, typer.Option("--area", metavar="CODE", help=_("Kode wilayah, utuh atau awalnya."))
    ] = None,
    start: From = None,
    end: Until = None,
    by: Reader = None,
) -> None:
    command = ExportLog(format=forms.known(kind, exports.FORMATS, "--format"), area=area, start=start, end=end)
    checkpoint.sequence()
    with opened() as at, waiting(_("Mengekspor log ...")):
        viewer = opening.viewer(at, by)
        begun = opening.change(at, viewer, lambda s, v, moment: exports.prepare(s, command, by=v, at=moment))
        with at.database.snapshot() as session, _whole(out) as file:
            write(session, begun, command.format, file, by=viewer)
    beside = out.with_name(f"{out.name}.checkpoint")
    beside.write_text(begun.head.checkpoint, encoding="utf-8")
    complain(say(_("Ditulis ke {path}; titik periksanya {beside}."), path=out, beside=beside))


def write(session: Session, export: Export, kind: str, file: TextIO, *, by: Viewer) -> None:
    """Write an export that is prepared, as it streams out of the database."""
    match kind:
        case "jsonl":
            file.writelines(ledger.jsonl(export.head, exports.items(session, export, by=by)))
        case "csv":
            ledger.write_csv(exports.items(session, export, by=by), file)
        case _:
            about = exports.log_attributes(session, export)
            file.writelines(xes.lines(exports.events(session, export, by=by), about))


def verify(path: Path, outside: Note | None, key: str | None, *, json_wanted: bool) -> None:
    """Check an export against its checkpoint, this log, and a checkpoint that was kept outside."""
    with opened() as at, at.database.snapshot() as session, _readable(path) as file:
        found = proofs.verify_export(session, file, outside=outside, key=key)
    sentences = [say(fault.sentence) for fault in found.faults]
    if json_wanted:
        faults = [{**plain(f), "sentence": s} for f, s in zip(found.faults, sentences, strict=True)]
        as_json({"intact": not faults, "shown": found.shown, "hidden": found.hidden, "faults": faults})
    elif not sentences:
        show(_("Ekspor utuh: {shown} entri, {hidden} hanya sebagai sidik."), shown=found.shown, hidden=found.hidden)
    if sentences:
        complain(error_message(AuditBroken(what=sentences[0]), language()))
        for sentence in sentences[1:MOST_NAMED]:
            complain(f"  - {sentence}")
        complain(say(_("Jumlah temuan: {n}."), n=len(sentences)))
        raise typer.Exit(REFUSED)


@contextmanager
def _readable(path: Path) -> Iterator[TextIO]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            yield file
    except (OSError, UnicodeDecodeError) as problem:
        raise NotAnExport from problem


@contextmanager
def _whole(path: Path) -> Iterator[TextIO]:
    """Yield a file that takes its name only once it is complete: a cut export must not look like one."""
    draft = path.with_name(f"{path.name}.part")
    try:
        with draft.open("w", encoding="utf-8", newline="") as file:
            yield file
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
