"""`caseflow audit`: whether the log still is what was written."""

from pathlib import Path
from typing import Annotated

import typer

from caseflow.actions import proofs, trail
from caseflow.actions.trail import Fault
from caseflow.cli import audit_desk, checkpoint, export
from caseflow.cli.frame import verb
from caseflow.cli.opening import opened
from caseflow.cli.options import Json
from caseflow.cli.refusals import REFUSED
from caseflow.cli.speech import as_json, complain, language, pairs, say, show, waiting
from caseflow.errors import AuditBroken, _
from caseflow.i18n import error_message

VERIFY_HELP = _(
    """Periksa seluruh log: setiap rantai kasus, entri akses, isi tertutup, dan setiap baris yang dicatatnya.

Bila ada yang tidak utuh, yang pertama disebut, lalu sisanya dan jumlahnya; kode keluar 1. Trigger pelindung log yang
hilang atau dimatikan juga disebut."""
)
NAMES = {
    "case_entries": _("entri kasus"),
    "access_entries": _("entri akses"),
    "cases": _("kasus"),
    "payloads": _("isi tertutup"),
    "erased": _("dihapus sesuai permintaan"),
    "rows": _("baris yang dijamin entri"),
    "drafts": _("catatan yang sedang diketik"),
    "older": _("baris yang hanya disebut entrinya"),
}
Kept = Annotated[
    Path | None,
    typer.Option(
        "--checkpoint", metavar="FILE", help=_("Titik periksa yang disimpan di luar: log harus cocok dengannya.")
    ),
]
Exported = Annotated[
    Path | None,
    typer.Option("--export", metavar="FILE", help=_("Periksa ekspor ini (jsonl atau csv), bukan log di sini.")),
]
Key = Annotated[
    str | None,
    typer.Option("--key", metavar="KEY", help=_("Kunci pemeriksa titik periksa itu, bila bukan kunci yang sekarang.")),
]
MOST_NAMED = 50
"""Findings said on a terminal; the others are counted, and in the JSON."""


def attach(app: typer.Typer) -> None:
    """Add the verbs of this module and its neighbours."""
    verb(app, "verify", VERIFY_HELP)(verify)
    audit_desk.attach(app)
    export.attach(app)
    checkpoint.attach(app)


def verify(kept: Kept = None, exported: Exported = None, key: Key = None, json_wanted: Json = False) -> None:
    note = checkpoint.read(kept)
    if exported is not None:
        export.verify(exported, note, key, json_wanted=json_wanted)
        return
    with waiting(_("Memeriksa log ...")), opened() as at, at.database.snapshot() as session:
        result, tree = trail.verify(session), proofs.verify(session, outside=note, key=key)
    intact = result.intact and not tree.faults
    if json_wanted:
        faults = [_data(f) for f in result.faults]
        counts = {**result.counts(), "tree": checkpoint.tree_data(tree)}
        as_json({"intact": intact, **counts, "faults": faults, "triggers": result.triggers})
    if intact:
        if not json_wanted:
            show(_("Log audit utuh."))
            counted = [(say(NAMES[name]), n) for name, n in result.counts().items()]
            pairs([*counted, *checkpoint.tree_pairs(tree)])
        return
    if found := [*map(_sentence, result.faults), *(say(fault.sentence) for fault in tree.faults)]:
        complain(error_message(AuditBroken(what=found[0]), language()))
        for sentence in found[1:MOST_NAMED]:
            complain(f"  - {sentence}")
        complain(say(_("Jumlah temuan: {n}."), n=len(found)))
    if result.triggers:
        complain(say(_("Trigger pelindung log hilang atau dimatikan: {names}."), names=", ".join(result.triggers)))
    raise typer.Exit(REFUSED)


def _sentence(fault: Fault) -> str:
    broken, reason = fault.broken, say(fault.reason)
    if fault.thing:
        reason = say(_("{thing} {id} {reason}"), thing=say(fault.thing), id=broken.row, reason=reason)
    if broken.case_id is None:
        return (
            reason
            if fault.thing or not broken.id
            else say(_("entri akses {id}: {reason}"), id=broken.id, reason=reason)
        )
    number = fault.number or broken.case_id
    if not broken.id:
        return say(_("kasus {number}: {reason}"), number=number, reason=reason)
    return say(
        _("kasus {number}, entri ke-{seq} ({id}): {reason}"), number=number, seq=broken.seq, id=broken.id, reason=reason
    )


def _data(fault: Fault) -> dict[str, object]:
    b = fault.broken
    return {
        "id": b.id or None,
        "case": fault.number,
        "case_id": b.case_id,
        "seq": b.seq,
        "reason": b.reason,
        "expected": b.expected,
        "found": b.found,
        "table": b.table or None,
        "row": b.row or None,
    }
