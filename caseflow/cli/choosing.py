"""`caseflow case assignees`: who can take a case, best first, and why."""

import typer

from caseflow.actions import choosing
from caseflow.cli.frame import verb
from caseflow.cli.opening import reading
from caseflow.cli.options import Json, Number, Reader
from caseflow.cli.speech import as_json, language, say, table
from caseflow.errors import _
from caseflow.i18n import translate


def attach(app: typer.Typer) -> None:
    """Add the verb of this module."""
    verb(app, "assignees", _("Siapa dapat menerima sebuah kasus, yang paling sesuai di depan, dengan alasannya."))(
        list_
    )


def list_(number: Number, *, by: Reader = None, json_wanted: Json = False) -> None:
    found = reading(by, lambda s, v, at: choosing.for_case(s, number, by=v, at=at), case=number)
    rows = [
        (one.candidate.name, one.candidate.load.open, [translate(reason, language()) for reason in one.reasons])
        for one in found
    ]
    if json_wanted:
        as_json(
            [
                {"id": one.candidate.id, "name": name, "open": opened, "reasons": why}
                for one, (name, opened, why) in zip(found, rows, strict=True)
            ]
        )
        return
    table([say(_("Nama")), say(_("Alasan"))], [(name, ", ".join(why)) for name, _opened, why in rows])
