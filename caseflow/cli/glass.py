"""`caseflow case open-closed`: break-the-glass, a closed file read in need for three hours, on record and told."""

from typing import Annotated

import typer

from caseflow.actions import glass
from caseflow.actions.glass import OpenFile
from caseflow.cli.frame import verb
from caseflow.cli.opening import writing
from caseflow.cli.options import By, Json, Number
from caseflow.cli.speech import as_json, show
from caseflow.errors import _

HELP = _(
    """Buka berkas tertutup (R3) orang lain untuk dibaca selama tiga jam, dalam keadaan darurat.

  caseflow case open-closed 6310-2026-000123 --reason "Klien di IGD, obatnya harus diketahui." --by budi
  caseflow case show 6310-2026-000123 --by budi

Tercatat dengan alasannya; tim berkas, pendamping, supervisor, dan kepala dinas diberi tahu. Tidak ada yang dapat
diubah, dan berkas tidak muncul di daftar mana pun."""
)
Why = Annotated[str, typer.Option("--reason", metavar="TEXT", help=_("Mengapa harus dibaca sekarang."))]


def attach(app: typer.Typer) -> None:
    """Add the verb of this module."""
    verb(app, "open-closed", HELP)(open_closed)


def open_closed(number: Number, *, reason: Why, by: By, json_wanted: Json = False) -> None:
    command = OpenFile(case=number, reason=reason)
    done = writing(by, lambda s, v, at: glass.open_file(s, command, by=v, at=at), case=number)
    if json_wanted:
        as_json({"number": done.number, "hours": 3})
    else:
        show(_("{number} terbuka bagi Anda selama tiga jam, untuk dibaca."), number=done.number)
