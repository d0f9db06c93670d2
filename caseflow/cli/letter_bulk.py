"""`caseflow letter bulk`: one kind of letter for many cases, and where such an order stands."""

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from caseflow.access import Viewer
from caseflow.actions import letter_bulk, letters
from caseflow.actions.letter_bulk import OrderLetters
from caseflow.cli import forms
from caseflow.cli.frame import verb
from caseflow.cli.letter import Fields, Institution, Name
from caseflow.cli.opening import reading, writing, zone_of
from caseflow.cli.options import By, Json
from caseflow.cli.speech import as_json, complain, language, say, show, table
from caseflow.errors import InvalidInput, _
from caseflow.i18n import format_datetime
from caseflow.letters import catalogue
from caseflow.store.session import Session

BULK_HELP = _(
    """Terbitkan satu jenis surat untuk banyak kasus; yang ditolak tidak menghentikan yang lain.

Berkasnya satu kasus tiap baris: nomornya saja, atau {"case": "6310-2026-000123", "fields": {...}}. Pekerja menerbitkan
dan membuat berkasnya; terputus di tengah, ia meneruskan. Perintah yang sama dua kali adalah satu pesanan.
Keadaannya: caseflow letter bulk-status ID"""
)
Cases = Annotated[str | None, typer.Option("--cases", metavar="FILE", help=_("Berkas kasus; - dari masukan baku."))]
Category = Annotated[
    str | None, typer.Option("--category", metavar="CODE", help=_("Semua kasus kategori ini pada tahap surat itu."))
]
Run = Annotated[str | None, typer.Option("--run", metavar="NAME", help=_("Nama pesanan, agar dapat dipesan lagi."))]
Order = Annotated[str, typer.Argument(metavar="ID", help=_("Id dari caseflow letter bulk."))]


def attach(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    verb(app, "bulk", BULK_HELP)(bulk)
    verb(app, "bulk-status", _("Sampai di mana pesanan banyak surat, dan apa jadinya tiap kasus."))(status)


def bulk(
    name: Name,
    *,
    by: By,
    cases: Cases = None,
    category: Category = None,
    institution: Institution = None,
    fields: Fields = None,
    run: Run = None,
) -> None:
    if (cases is None) == (category is None):
        raise typer.BadParameter(say(_("Sebut --cases atau --category, satu saja.")))
    each = _each(forms.read_text(cases)) if cases else {}
    typed = forms.pairs(fields, "--set")

    def act(session: Session, viewer: Viewer, at: datetime) -> tuple[str, str]:
        types = {f.key: f.type for f in catalogue.get(letters.kinds(session), name).fields}
        numbers = tuple(each) or letter_bulk.cases_of(session, name, category or "", by=viewer)
        command = OrderLetters(
            letter=name,
            cases=numbers,
            each=each,
            fields={key: forms.typed(value, types.get(key, "text")) for key, value in typed.items()},
            institution=forms.institution_id(session, institution) if institution else None,
            run=run,
        )
        order = letter_bulk.order_letters(session, command, by=viewer, at=at)
        since = letter_bulk.progress_of(session, order, by=viewer).ordered_at
        return order, format_datetime(since, zone_of(session), language()) if since < at else ""

    order, since = writing(by, act)
    if since:
        complain(say(_("Pesanan ini sudah ada sejak {since}; tidak ada yang dipesan lagi."), since=since))
    typer.echo(order)


def _each(content: str) -> dict[str, dict[str, Any]]:
    """Return case number -> what its letter alone says, in the order of the lines."""
    found: dict[str, dict[str, Any]] = {}
    for place, line in enumerate(content.splitlines(), 1):
        text = line.strip()
        if not text:
            continue
        number, said = _line(text) if text.startswith("{") else (text, {})
        if not number or number in found:
            raise InvalidInput({f"row {place}": _("Sebut satu kasus tiap baris, masing-masing satu kali.")})
        found[number] = said
    return found


def _line(text: str) -> tuple[str, dict[str, Any]]:
    try:
        data = json.loads(text, parse_constant=forms.refuse_constant)
    except ValueError:
        return "", {}
    said = data.get("fields", {})
    return str(data.get("case") or ""), said if isinstance(said, dict) else {}


def status(
    order: Order,
    *,
    by: By,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE.xlsx", help=_("Lembar kerja yang ditulis."))
    ] = None,
    json_wanted: Json = False,
) -> None:
    found = reading(by, lambda s, v, _at: letter_bulk.progress_of(s, order, by=v))
    lines = reading(by, lambda s, v, _at: letter_bulk.lines_of(s, order, by=v))
    if out is not None:
        out.write_bytes(letter_bulk.as_workbook(lines, lang=language()))
        show(_("Ditulis: {file} ({n} kasus)"), file=out, n=len(lines))
    elif json_wanted:
        as_json({"progress": found, "cases": lines})
    else:
        show(
            _("{done} terbit ({rendered} berkas jadi), {refused} ditolak, {waiting} menunggu."),
            done=found.done, rendered=found.rendered, refused=found.refused, waiting=found.waiting,
        )  # fmt: skip
        refused = tuple(line for line in lines if line.state == "refused")
        if refused:
            table([say(column) for column in letter_bulk.COLUMNS], letter_bulk.cells(refused, lang=language()))
