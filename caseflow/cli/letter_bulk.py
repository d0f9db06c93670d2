"""`caseflow letter bulk`: one kind of letter for many cases, what would be refused, and where such an order stands."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from caseflow.access import Viewer
from caseflow.actions import letter_bulk, letter_orders, letter_rows, letters
from caseflow.actions.letter_bulk import OrderLetters, Unfit
from caseflow.cli import forms
from caseflow.cli.frame import verb
from caseflow.cli.letter import Fields, Institution, Name
from caseflow.cli.opening import reading, writing, zone_of
from caseflow.cli.options import By, Json
from caseflow.cli.refusals import REFUSED, data_of, lines
from caseflow.cli.speech import as_json, complain, label, language, say, show, table
from caseflow.errors import InvalidInput, _
from caseflow.i18n import error_message, format_datetime
from caseflow.letters import catalogue
from caseflow.letters.catalogue import LetterKind
from caseflow.paths import why
from caseflow.store.session import Session

BULK_HELP = _(
    """Terbitkan satu jenis surat untuk banyak kasus; yang ditolak tidak menghentikan yang lain.

Berkasnya XLSX atau CSV (kolom pertama nomor kasus, kolom lain isian surat), atau satu kasus tiap baris: nomornya saja,
atau {"case": "6310-2026-000123", "fields": {...}}. Dengan --check hanya disebut yang akan ditolak. Pekerja menerbitkan
dan membuat berkasnya; terputus di tengah, ia meneruskan. Perintah yang sama dua kali dalam sehari adalah satu pesanan.
Isian surat: caseflow letter list --json. Keadaannya: caseflow letter bulk-status ID"""
)
Cases = Annotated[str | None, typer.Option("--cases", metavar="FILE", help=_("Berkas kasus; - dari masukan baku."))]
Category = Annotated[
    str | None, typer.Option("--category", metavar="CODE", help=_("Semua kasus kategori ini pada tahap surat itu."))
]
Run = Annotated[
    str | None, typer.Option("--run", metavar="NAME", help=_("Nama pesanan: dengan nama ini, kapan pun satu pesanan."))
]
Check = Annotated[bool, typer.Option("--check", help=_("Hanya periksa: sebut baris yang akan ditolak."))]
Order = Annotated[str, typer.Argument(metavar="ID", help=_("Id dari caseflow letter bulk."))]
SHEETS = (".csv", ".xlsx")


def attach(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    verb(app, "bulk", BULK_HELP)(bulk)
    verb(app, "bulk-list", _("Pesanan banyak surat milik seorang pengguna, terbaru di atas."))(list_)
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
    check: Check = False,
    json_wanted: Json = False,
) -> None:
    if (cases is None) == (category is None):
        raise typer.BadParameter(say(_("Sebut --cases atau --category, satu saja.")))
    content = _content(cases) if cases else b""
    typed = forms.pairs(fields, "--set")

    def asked(session: Session, viewer: Viewer) -> OrderLetters:
        kind = catalogue.get(letters.kinds(session), name)
        each = _each(kind, content, cases or "") if cases else {}
        return OrderLetters(
            letter=name,
            cases=tuple(each) or letter_bulk.cases_of(session, name, category or "", by=viewer),
            each=each,
            fields=letter_rows.answers(kind, typed),
            institution=forms.institution_id(session, institution) if institution else None,
            run=run,
        )

    def act(session: Session, viewer: Viewer, at: datetime) -> tuple[str, str]:
        order = letter_bulk.order_letters(session, asked(session, viewer), by=viewer, at=at)
        since = letter_orders.progress_of(session, order, by=viewer).ordered_at
        return order, format_datetime(since, zone_of(session), language()) if since < at else ""

    def look(session: Session, viewer: Viewer, at: datetime) -> tuple[int, list[Unfit]]:
        command = asked(session, viewer)
        return len(command.cases), list(letter_bulk.unfit(session, command, by=viewer, at=at))

    if check:
        _tell(*reading(by, look), by=by, json_wanted=json_wanted)
        return
    order, since = writing(by, act)
    if since:
        complain(say(_("Pesanan ini sudah ada sejak {since}; tidak ada yang dipesan lagi."), since=since))
    if json_wanted:
        as_json({"order": order, "repeated": bool(since)})
    else:
        typer.echo(order)


def _tell(count: int, found: list[Unfit], *, by: str, json_wanted: bool) -> None:
    """Say which rows would be refused; exit as for a refusal where there are any."""
    if json_wanted:
        rows = [
            {
                "row": row.position,
                "case": row.case,
                "problem": {
                    "code": row.problem.code,
                    "message": error_message(row.problem, language()),
                    **data_of(row.problem, {}),
                },
            }
            for row in found
        ]
        as_json({"cases": count, "refused": rows})
    else:
        for row in found:
            first, *more = lines(row.problem, {"number": row.case, "by": by})
            complain(say(_("Baris {n}: {why}"), n=row.position, why=f"{row.case}: {first}"))
            for line in more:
                complain(f"  {line}")
        show(_("{n} kasus diperiksa, {refused} akan ditolak."), n=count, refused=len(found))
    if found:
        raise typer.Exit(REFUSED)


def _content(source: str) -> bytes:
    if not source.endswith(SHEETS):
        return forms.read_text(source, "--cases").encode()
    try:
        return Path(source).read_bytes()
    except OSError as problem:
        said = say(_("{file} tidak dapat dibaca: {why}"), file=source, why=why(problem))
        raise typer.BadParameter(said, param_hint="--cases") from None


def _each(kind: LetterKind, content: bytes, source: str) -> dict[str, dict[str, Any]]:
    """Return case number -> what its letter alone says, in the order of the lines."""
    if source.endswith(SHEETS):
        return letter_rows.read(kind, content)
    found: dict[str, dict[str, Any]] = {}
    for place, line in enumerate(content.decode().splitlines(), 1):
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
        data = forms.parsed(text)
    except ValueError:
        return "", {}
    said = data.get("fields", {})
    return str(data.get("case") or ""), said if isinstance(said, dict) else {}


def list_(*, by: By, json_wanted: Json = False) -> None:
    def run(session: Session, viewer: Viewer, _at: datetime) -> list[tuple[letter_orders.Progress, str, str]]:
        kinds, zone = letters.kinds(session), zone_of(session)
        return [
            (
                one,
                label(kinds[one.letter].title) if one.letter in kinds else one.letter,
                format_datetime(one.ordered_at, zone, language()),
            )
            for one in letter_orders.orders_of(session, by=viewer)
        ]

    found = reading(by, run)
    if json_wanted:
        as_json([one for one, _title, _when in found])
        return
    head = (_("Id"), _("Surat"), _("Dipesan"), _("Kasus"), _("Terbit"), _("Ditolak"), _("Menunggu"))
    table(
        [say(name) for name in head],
        [(one.id, title, when, one.cases, one.issued, one.refused, one.waiting) for one, title, when in found],
    )


def status(
    order: Order,
    *,
    by: By,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE.xlsx", help=_("Lembar kerja yang ditulis."))
    ] = None,
    json_wanted: Json = False,
) -> None:
    found = reading(by, lambda s, v, _at: letter_orders.progress_of(s, order, by=v))
    lines = reading(by, lambda s, v, at: letter_orders.lines_of(s, order, by=v, at=at))
    if out is not None:
        out.write_bytes(letter_orders.as_workbook(lines, lang=language()))
        show(_("Ditulis: {file} ({n} kasus)"), file=out, n=len(lines))
    elif json_wanted:
        as_json({"progress": found, "cases": lines})
    else:
        show(
            _("{done} terbit ({rendered} berkas jadi), {refused} ditolak, {waiting} menunggu."),
            done=found.issued, rendered=found.rendered, refused=found.refused, waiting=found.waiting,
        )  # fmt: skip
        if found.initials:
            show(_("{n} surat menunggu paraf dan belum bernomor."), n=found.initials)
        refused = tuple(line for line in lines if line.refused)
        if refused:
            table([say(column) for column in letter_orders.COLUMNS], letter_orders.cells(refused, lang=language()))
