"""`caseflow backup` and `caseflow restore`: everything out of an installation at work, and back into one."""

from datetime import tzinfo
from pathlib import Path
from typing import Annotated

import typer

from caseflow import settings
from caseflow.actions import backups, installation, restoring
from caseflow.actions.restoring import Restored
from caseflow.cli import erasure, progress
from caseflow.cli.frame import verb
from caseflow.cli.opening import opened, zone_of
from caseflow.cli.options import Json, whole
from caseflow.cli.refusals import REFUSED
from caseflow.cli.speech import as_json, cell, complain, pairs, say, show
from caseflow.edge import real_now
from caseflow.errors import _

BACKUP_HELP = _(
    """Buat cadangan seluruh instalasi, selagi dipakai, sebagai sub-folder baru dari DIR.

Tanpa DIR dipakai CASEFLOW_BACKUP_DIR, tanpa itu DATA_DIR/backups. Kunci TIDAK ikut: simpan salinannya terpisah dengan
caseflow keys export. Cadangan dari SQLite dapat dipulihkan ke PostgreSQL, dan sebaliknya."""
)
RESTORE_HELP = _(
    """Pulihkan sebuah cadangan, atau yang terbaru dan lengkap dalam DIR, ke basis data yang diatur.

Cadangan diperiksa, dimuat di samping basis data yang ada, lognya diperiksa, yang pernah dihapus atas permintaan dihapus
lagi; baru sesudah itu ia menempati tempatnya. Berkas kuncinya harus ada: caseflow keys import. Hentikan dahulu caseflow
serve dan pekerjanya."""
)
Target = Annotated[Path | None, typer.Argument(metavar="DIR", help=_("Folder tempat cadangan-cadangan."))]
Source = Annotated[Path, typer.Argument(metavar="DIR", help=_("Sebuah cadangan, atau folder tempatnya."))]
Keep = Annotated[
    int | None,
    typer.Option(
        "--keep", metavar="N", parser=whole, help=_("Sisakan N cadangan terbaru instalasi ini di folder itu.")
    ),
]
Replace = Annotated[
    bool, typer.Option("--replace", help=_("Gantikan basis data yang sudah berisi; yang lama disimpan."))
]
Erased = Annotated[
    Path | None,
    typer.Option(
        "--erased", metavar="FILE", help=_("Daftar dari caseflow erasure ledger yang lebih baru dari cadangan ini.")
    ),
]
Broken = Annotated[
    bool, typer.Option("--broken-log", help=_("Pulihkan juga bila log dalam cadangan itu sudah tidak utuh."))
]
Without = Annotated[
    bool,
    typer.Option(
        "--without-lists", help=_("Pulihkan juga bila sebuah daftar orang yang dihapus ada tetapi tidak terbaca.")
    ),
]


def attach(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    verb(app, "backup", BACKUP_HELP)(backup)
    verb(app, "restore", RESTORE_HELP)(restore)


def backup(folder: Target = None, keep: Keep = None, json_wanted: Json = False) -> None:
    given = settings.load()
    target = folder.absolute() if folder else given.backup_dir
    with opened(given) as at, progress.shown(_("Mencadangkan ...")) as watch:
        made = backups.make(at.database, target, at=real_now(), keep=keep, watch=watch)
    manifest = made.manifest
    if made.ahead:
        names = ", ".join(made.ahead)
        complain(
            say(
                _("Dari masa depan, jadi ada jam yang salah: {names}. Pulihkan yang lain dengan menyebutnya."),
                names=names,
            )
        )
    if json_wanted:
        sizes = {part.table: part.rows for part in manifest.tables}
        as_json(
            {
                "path": str(made.path),
                "made_at": manifest.made_at,
                "rows": manifest.rows,
                "bytes": sum(part.bytes for part in manifest.parts),
                "tables": sizes,
                "log_size": manifest.log_size,
                "keys": manifest.keys,
                "removed": made.removed,
                "ahead": made.ahead,
            }
        )
        return
    show(_("Cadangan lengkap: {path} ({rows} baris)."), path=made.path, rows=manifest.rows)
    if made.removed:
        show(_("Cadangan lama dihapus: {names}"), names=", ".join(made.removed))
    show(
        _("Kunci {names} tidak ada di dalamnya: simpan terpisah (caseflow keys export)."),
        names=", ".join(manifest.keys),
    )


def restore(
    folder: Source,
    replace: Replace = False,
    erased: Erased = None,
    broken_log: Broken = False,
    without_lists: Without = False,
    json_wanted: Json = False,
) -> None:
    brought = tuple(erasure.read_list(erased)) if erased else ()
    given = settings.load()
    with progress.shown(_("Memulihkan ...")) as watch:
        done = restoring.restore(
            given,
            folder.absolute(),
            installation.categories(given),
            at=real_now(),
            replace=replace,
            broken_log=broken_log,
            without_lists=without_lists,
            erased=brought,
            watch=watch,
        )
    if json_wanted:
        as_json(_data(done))
    else:
        with opened(given) as at, at.database.read() as session:
            _tell(done, zone_of(session))
    if done.faults:
        complain(say(_("Log dalam cadangan itu tidak utuh: {what}"), what=say(done.faults[0])))
    if done.unread:
        names = ", ".join(done.unread)
        complain(say(_("Dipulihkan tanpa daftar penghapusan ini, yang tidak terbaca: {names}"), names=names))
    if done.faults or done.unread:
        raise typer.Exit(REFUSED)


def _data(done: Restored) -> dict[str, object]:
    return {
        "backup": done.name,
        "made_at": done.manifest.made_at,
        "rows": done.manifest.rows,
        "tables": {part.table: part.rows for part in done.manifest.tables},
        "log_size": done.manifest.log_size,
        "intact": not done.faults,
        "faults": [say(fault) for fault in done.faults],
        "erased": done.erased,
        "lists_unread": done.unread,
        "ledgers": [ledger.source for ledger in done.ledgers],
        "leases_freed": done.leases,
        "kept": done.kept,
    }


def _tell(done: Restored, zone: tzinfo) -> None:
    manifest = done.manifest
    show(_("Dipulihkan dari {name}, yang dibuat {at}."), name=done.name, at=cell(manifest.moment, zone))
    pairs(
        [
            (say(_("Jumlah baris")), manifest.rows),
            (say(_("Log audit")), say(_("{n} entri, utuh"), n=manifest.log_size) if not done.faults else None),
            (say(_("Dihapus lagi")), len(done.erased.erased)),
            (say(_("Tugas dilepas")), done.leases or None),
            (say(_("Basis data lama")), done.kept),
        ]
    )
    if all(ledger.until <= manifest.moment for ledger in done.ledgers):
        show(
            _("Tidak ada daftar penghapusan yang lebih baru dari cadangan itu. Bila ada: caseflow erasure reapply FILE")
        )
    show(
        _(
            """Periksa sendiri: nomor kasus dan surat yang terbit sesudah waktu itu akan terpakai lagi, pesan sesudahnya
dapat terkirim lagi, dan akun, peran atau token yang dicabut sesudahnya hidup lagi."""
        )
    )
    if done.kept:
        show(_("Hapus basis data lama itu begitu tidak diperlukan: isinya data pribadi."))
