"""The options and arguments that many commands share."""

from datetime import date
from typing import Annotated

import typer

from caseflow.cli.speech import say
from caseflow.errors import _


def day(text: str | date) -> date:
    """Read a date as people type it at a prompt: 2026-11-16."""
    if isinstance(text, date):
        return text
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(say(_("tulis tanggal sebagai TTTT-BB-HH, misalnya 2026-11-16"))) from None


def whole(text: str | int) -> int:
    """Read a whole number."""
    try:
        return int(text)
    except ValueError:
        raise typer.BadParameter(say(_("harus bilangan bulat"))) from None


Number = Annotated[str, typer.Argument(metavar="NUMBER", help=_("Nomor kasus, misalnya 6310-2026-000123."))]
By = Annotated[str, typer.Option("--by", metavar="USER", help=_("Nama pengguna yang bertindak."))]
Reader = Annotated[
    str | None,
    typer.Option(
        "--by",
        metavar="USER",
        help=_("Baca sebagai pengguna ini; tanpa ini sebagai petugas sistem (auditor semua kantor)."),
    ),
]
Admin = Annotated[
    str | None,
    typer.Option("--by", metavar="USER", help=_("Admin yang bertindak; tanpa ini sebagai pemegang berkas kunci.")),
]
Json = Annotated[bool, typer.Option("--json", help=_("Tulis JSON, untuk program lain."))]
File = Annotated[
    str | None, typer.Option("--file", metavar="FILE.json", help=_("Isian dari berkas JSON; - membaca masukan baku."))
]
Version = Annotated[
    int | None,
    typer.Option(
        "--expected-version",
        metavar="N",
        parser=whole,
        help=_("Versi kasus yang Anda lihat; ditolak bila kasus sudah berubah."),
    ),
]
Reason = Annotated[str | None, typer.Option("--reason", metavar="TEXT", help=_("Alasan."))]
Note = Annotated[str | None, typer.Option("--note", metavar="TEXT", help=_("Catatan atau alasan."))]
On = Annotated[
    date | None,
    typer.Option("--on", metavar="DATE", parser=day, help=_("Tanggal kejadian; tanpa ini hari ini.")),
]
Limit = Annotated[int, typer.Option("--limit", metavar="N", parser=whole, help=_("Paling banyak sekian baris."))]
