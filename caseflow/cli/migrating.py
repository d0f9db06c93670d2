"""`caseflow category migrate` and `map`: moving open cases to another version of their category, and by what."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from caseflow.access import Viewer
from caseflow.actions import migrating
from caseflow.actions.admin import ROOT
from caseflow.actions.migrating import Migration, Outcome, Reason, Waiting
from caseflow.cli import opening, progress
from caseflow.cli.frame import verb
from caseflow.cli.opening import opened, reading
from caseflow.cli.options import Admin, Json, Reader
from caseflow.cli.refusals import REFUSED
from caseflow.cli.speech import as_json, heading, language, say, show
from caseflow.edge import Edge
from caseflow.errors import CaseflowError, ServiceUnavailable, _
from caseflow.i18n import translate

MIGRATE_HELP = _(
    """Pindahkan kasus yang terbuka dari satu versi kategorinya ke versi lain, menurut sebuah pemetaan.

  caseflow category migrate FM --from 3f2a91 --to 8c04d7 --map fm.toml --dry-run

D1 dan D2 awal sidik versinya (caseflow category list). --dry-run menunjukkan kasus mana yang tidak dapat pindah dan
sebabnya, tanpa memindahkan apa pun; dicatat siapa yang mencoba. Berkas tertutup, dan yang tinggal karena jawaban
kesehatan, hanya dihitung, dan bila sedikit pun tidak. Tiap kasus pindah sendiri; yang tidak dapat tidak menahan yang
lain. Bila terputus, jalankan lagi: yang sudah pindah dilewati. Kode keluar 1 bila ada yang tinggal, atau bila itu tidak
dapat disebut."""
)
MAP_HELP = _("Tampilkan sebuah pemetaan yang pernah dipakai, menurut awal sidiknya dalam log.")
CHUNK = 500
PARTS = 20
"""How often it is told how far it is, where there is no terminal."""


def attach(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    verb(app, "migrate", MIGRATE_HELP)(migrate)
    verb(app, "map", MAP_HELP)(map_)


def migrate(
    code: Annotated[str, typer.Argument(metavar="CODE", help=_("Kode kategori."))],
    old: Annotated[str, typer.Option("--from", metavar="D1", help=_("Awal sidik versi asal."))],
    new: Annotated[str, typer.Option("--to", metavar="D2", help=_("Awal sidik versi tujuan."))],
    file: Annotated[Path, typer.Option("--map", metavar="FILE", help=_("Berkas pemetaan (TOML)."))],
    dry_run: Annotated[bool, typer.Option("--dry-run", help=_("Tunjukkan saja."))] = False,
    by: Admin = None,
    json_wanted: Json = False,
) -> None:
    text = _text(file)
    with opened() as at:
        viewer = opening.viewer(at, by) if by else ROOT
        with at.database.read() as session:
            migration = migrating.prepare(
                session, code, old, new, text, file=file.name, by=viewer, at=at.clock.now()
            )  # fmt: skip
        noted = migrating.note_tried if dry_run else migrating.announce
        opening.change(at, viewer, lambda s, v, moment: noted(s, migration, by=v, at=moment))
        found = _carried_out(at, migration, viewer, dry_run=dry_run)
    _tell(migration, found, dry_run=dry_run, json_wanted=json_wanted)
    if not found.complete:
        raise typer.Exit(REFUSED)


def map_(
    digest: Annotated[str, typer.Argument(metavar="DIGEST", help=_("Awal sidik pemetaan."))],
    by: Reader = None,
    json_wanted: Json = False,
) -> None:
    found = reading(by, lambda s, v, _at: migrating.mapping_of(s, digest, by=v))
    if json_wanted:
        as_json(found._asdict())
    else:
        typer.echo(found.body, nl=False)


def _text(file: Path) -> str:
    try:
        return file.read_bytes().decode()
    except (OSError, UnicodeDecodeError):
        raise typer.BadParameter(say(_("{path} tidak dapat dibaca"), path=file), param_hint="--map") from None


# --- case by case ----------------------------------------------------------------------------------------------------


def _carried_out(at: Edge, migration: Migration, by: Viewer, *, dry_run: bool) -> Outcome:
    found = Outcome()
    waiting = list(_waiting(at, migration))
    with progress.shown(_("Memeriksa kasus ...") if dry_run else _("Memindahkan kasus ...")) as watch:
        for done, case in enumerate(waiting, start=1):
            found.add(case, _tried(at, migration, case) if dry_run else _moved(at, migration, case, by))
            watch(f"{done * PARTS // len(waiting) * 100 // PARTS}%", done, len(waiting))
    return found


def _waiting(at: Edge, migration: Migration) -> Iterator[Waiting]:
    last: str | None = None
    while True:
        with at.database.read() as session:
            part = migrating.waiting(session, migration, after=last, limit=CHUNK)
        yield from part
        if len(part) < CHUNK:
            return
        last = part[-1].id


def _tried(at: Edge, migration: Migration, case: Waiting) -> tuple[Reason, ...]:
    with at.database.read() as session:
        return migrating.reasons(session, migration, case.id, at=at.clock.now())


def _moved(at: Edge, migration: Migration, case: Waiting, by: Viewer) -> tuple[Reason, ...]:
    """Move a case in a transaction of its own; return why not, if so."""
    try:
        with at.database.write() as session:
            migrating.migrate(session, migration, case.id, by=by, at=at.clock.now())
    except ServiceUnavailable:
        raise
    except CaseflowError as refused:
        return migrating.reasons_of(refused)
    return ()


# --- telling ---------------------------------------------------------------------------------------------------------


def _tell(migration: Migration, found: Outcome, *, dry_run: bool, json_wanted: bool) -> None:
    unnamed = found.unnamed
    if json_wanted:
        as_json({
            "category": migration.new.code, "from": migration.old.digest, "to": migration.new.digest,
            "map": migration.digest, "dry_run": dry_run, "moved": found.moved, "gaps": migration.gaps,
            "stay": [
                {"number": number, "reasons": [{"place": r.place, "sentence": _said(r.sentence)} for r in reasons]}
                for number, reasons in found.stay.items()
            ],
            "unnamed": None if unnamed is None else {"moved": unnamed[0], "stay": unnamed[1]},
        })  # fmt: skip
        return
    show(
        _("{code}: versi {old} ke {new}, pemetaan {map}"),
        code=migration.new.code,
        old=migration.old.digest[:12],
        new=migration.new.digest[:12],
        map=migration.digest[:12],
    )
    if migration.gaps:
        heading(say(_("Tanpa tempat di versi baru; kasus yang memakainya tinggal:")))
        for gap in migration.gaps:
            typer.echo(f"  {gap.key}: {_said(gap.reason)}")
    if found.stay:
        heading(say(_("Belum dapat pindah:")))
    for number, reasons in found.stay.items():
        for reason in reasons:
            typer.echo("\t".join((number, reason.place or "-", _said(reason.sentence))))
    sentence = _("{n} kasus dapat pindah, {stay} tinggal.") if dry_run else _("{n} kasus pindah, {stay} tinggal.")
    show(sentence, n=found.moved, stay=len(found.stay))
    if unnamed is None:
        show(_("Berkas tertutup, dan kasus dengan jawaban kesehatan: terlalu sedikit untuk disebut jumlahnya."))
    elif any(unnamed):
        show(
            _(
                "Berkas tertutup, dan kasus dengan jawaban kesehatan, tidak termasuk: {n} pindah atau dapat pindah, "
                "{stay} tinggal."
            ),
            n=unnamed[0],
            stay=unnamed[1],
        )


def _said(sentence: str) -> str:
    return translate(sentence, language())
