"""`caseflow audit`: whether the log still is what was written."""

import typer

from caseflow.actions import trail
from caseflow.actions.trail import Fault
from caseflow.cli.frame import verb
from caseflow.cli.opening import reading
from caseflow.cli.options import Json
from caseflow.cli.refusals import REFUSED
from caseflow.cli.speech import as_json, complain, language, pairs, say, show, waiting
from caseflow.errors import AuditBroken, _
from caseflow.i18n import error_message

VERIFY_HELP = _(
    """Periksa seluruh log: setiap rantai kasus, setiap entri akses, setiap isi tertutup.

Bila ada yang tidak utuh, entri pertama disebut dan kode keluar 1."""
)


def attach(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    verb(app, "verify", VERIFY_HELP)(verify)


def verify(json_wanted: Json = False) -> None:
    with waiting(_("Memeriksa log ...")):
        result = reading(None, lambda s, _v, _at: trail.verify(s))
    if json_wanted:
        as_json({"intact": not result.faults, **result.counts(), "faults": [_data(f) for f in result.faults]})
    if not result.faults:
        if not json_wanted:
            show(_("Log audit utuh."))
            names = (_("entri kasus"), _("entri akses"), _("kasus"), _("isi tertutup"), _("dihapus sesuai permintaan"))
            pairs((say(name), n) for name, n in zip(names, result.counts().values(), strict=True))
        return
    complain(error_message(AuditBroken(what=_sentence(result.faults[0])), language()))
    for fault in result.faults[1:]:
        complain(f"  - {_sentence(fault)}")
    raise typer.Exit(REFUSED)


def _sentence(fault: Fault) -> str:
    broken, reason = fault.broken, say(fault.reason)
    if broken.case_id is None:
        return say(_("entri akses {id}: {reason}"), id=broken.id, reason=reason)
    number = fault.number or broken.case_id
    return say(
        _("kasus {number}, entri ke-{seq} ({id}): {reason}"), number=number, seq=broken.seq, id=broken.id, reason=reason
    )


def _data(fault: Fault) -> dict[str, object]:
    b = fault.broken
    return {
        "id": b.id,
        "case": fault.number,
        "case_id": b.case_id,
        "seq": b.seq,
        "reason": b.reason,
        "expected": b.expected,
        "found": b.found,
    }
