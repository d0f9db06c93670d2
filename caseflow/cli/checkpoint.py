"""`caseflow audit checkpoint|checkpoints|key|proof|consistency`: signed heads of the log, and what they prove."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from caseflow import checkpoint
from caseflow.actions import checkpoints, proofs
from caseflow.actions.checkpoints import Copy
from caseflow.actions.proofs import TreeResult
from caseflow.checkpoint import Note
from caseflow.cli import opening
from caseflow.cli.frame import verb
from caseflow.cli.opening import administering, opened, reading
from caseflow.cli.options import Admin, Json, Limit, Reader
from caseflow.cli.speech import as_json, plain, say, show, table
from caseflow.errors import BadCheckpoint, _

CHECKPOINT_HELP = _(
    """Buat titik periksa log sekarang: jumlah entri dan akar pohonnya, ditandatangani kunci instalasi ini.

Salinannya dikirim ke CASEFLOW_CHECKPOINT_DIR dan CASEFLOW_CHECKPOINT_MAIL; pekerja melakukannya sendiri setiap hari.
Hanya terhadap salinan di luar mesin ini terlihat bila log dipotong atau ditulis ulang."""
)
PROOF_HELP = _(
    """Bukti bahwa satu entri ada dalam log di bawah titik periksa: berkas JSON, diperiksa dengan tools/verify_audit.py.

ENTRY adalah id entri, atau nomor kasus dan urutannya: 6310-2026-000123/5."""
)
CONSISTENCY_HELP = _(
    """Bukti bahwa log pada titik periksa lama adalah awal log pada titik periksa baru: tidak ada yang diubah.

Tanpa NEW dipakai titik periksa terbaru instalasi ini."""
)
STATES = {
    "waiting": _("menunggu"),
    "sending": _("sedang dikirim"),
    "sent": _("sampai"),
    "failed": _("gagal"),
    "dropped": _("salurannya tidak ada lagi"),
}
"""What a copy can be -> what people call it."""
Out = Annotated[
    Path | None, typer.Option("--out", metavar="FILE", help=_("Tulis ke berkas ini; tanpa ini ke keluaran baku."))
]


def attach(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    verb(app, "checkpoint", CHECKPOINT_HELP)(make)
    verb(app, "checkpoints", _("Titik periksa yang sudah dibuat, dan ke mana salinannya."))(list_)
    verb(app, "key", _("Kunci pemeriksa log ini, untuk diberikan kepada auditor."))(key)
    verb(app, "proof", PROOF_HELP)(proof)
    verb(app, "consistency", CONSISTENCY_HELP)(consistency)


def make(out: Out = None, by: Admin = None, json_wanted: Json = False) -> None:
    sequence()
    made = administering(by, lambda s, v, at: checkpoints.make_now(s, by=v, at=at))
    if out is not None:
        out.write_text(made.note, encoding="utf-8")
    if json_wanted:
        as_json({"id": made.id, "size": made.size, "made_at": made.made_at, "note": made.note})
    elif out is None:
        typer.echo(made.note, nl=False)
    else:
        show(_("{size} entri; ditulis ke {path}."), size=made.size, path=out)


def sequence() -> None:
    """Let no entry wait, in short transactions: what follows in one finds nearly all of them placed."""
    with opened() as at:
        waited = 1
        while waited:
            with at.database.write() as session:
                waited = checkpoints.sequence(session)


def list_(limit: Limit = 50, json_wanted: Json = False) -> None:
    found = reading(None, lambda s, _v, _at: checkpoints.listing(s, limit=limit))
    if json_wanted:
        as_json([{**plain(made), "copies": copies} for made, copies in found])
        return
    names = (_("Dibuat"), _("Entri"), _("Saluran"), _("Alamat"), _("Keadaan"), _("Sebab gagal"))
    nowhere = Copy("", "", "", 0, maybe_twice=False, sent_at=None, failure=None)
    shown = [
        (made.made_at, made.size, copy.channel, copy.address, say(STATES.get(copy.state, "")), copy.failure)
        for made, copies in found
        for copy in copies or (nowhere,)
    ]
    table([say(name) for name in names], shown)


def key(json_wanted: Json = False) -> None:
    said = reading(None, lambda s, _v, _at: checkpoints.verifier_key(s))
    if json_wanted:
        as_json({"key": said})
    else:
        typer.echo(said)


def proof(
    entry: Annotated[str, typer.Argument(metavar="ENTRY", help=_("Id entri, atau NOMOR/URUTAN."))],
    under: Annotated[
        Path | None,
        typer.Option("--checkpoint", metavar="FILE", help=_("Titik periksa yang dipegang; tanpa ini yang terbaru.")),
    ] = None,
    out: Out = None,
    by: Reader = None,
) -> None:
    note = read(under)
    with opened() as at:
        viewer = opening.viewer(at, by)
        made = opening.change(at, viewer, lambda s, v, moment: proofs.inclusion(s, entry, by=v, at=moment, note=note))
    _write(made, out)


def consistency(
    old: Annotated[Path, typer.Argument(metavar="OLD", help=_("Berkas titik periksa yang lebih lama."))],
    new: Annotated[Path | None, typer.Argument(metavar="NEW", help=_("Berkas titik periksa yang lebih baru."))] = None,
    out: Out = None,
) -> None:
    before, after = read(old), read(new)
    if before is None:
        raise BadCheckpoint(reason=_("berkasnya tidak disebut"))
    _write(reading(None, lambda s, _v, _at: proofs.consistency(s, before, after)), out)


def read(path: Path | None) -> Note | None:
    """Read a checkpoint that somebody kept; raises `BadCheckpoint`."""
    if path is None:
        return None
    try:
        return checkpoint.read(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as problem:
        raise BadCheckpoint(reason=_("{path} tidak dapat dibaca", path=path)) from problem


def tree_data(found: TreeResult) -> dict[str, Any]:
    """Return what was found of tree and checkpoints as plain data."""
    names = ("leaves", "waiting", "checkpoints")
    faults = [{**plain(fault), "sentence": say(fault.sentence)} for fault in found.faults]
    return {**{name: getattr(found, name) for name in names}, "faults": faults}


def tree_pairs(found: TreeResult) -> list[tuple[str, object]]:
    """Return how much was looked at, named."""
    named = ((_("posisi dalam pohon"), found.leaves), (_("menunggu posisi"), found.waiting))
    return [(say(name), n) for name, n in (*named, (_("titik periksa"), found.checkpoints))]


def _write(made: Mapping[str, Any], out: Path | None) -> None:
    """Write a proof; its format comes first, so that it is told apart from an export."""
    text = orjson.dumps(made, option=orjson.OPT_INDENT_2).decode() + "\n"
    if out is None:
        typer.echo(text, nl=False)
    else:
        out.write_text(text, encoding="utf-8")
        show(_("Ditulis ke {path}."), path=out)
