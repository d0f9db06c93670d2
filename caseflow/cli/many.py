"""`caseflow case open-many` and `advance-many`: a file of many rows, told row by row, going on where it broke off."""

import hashlib
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, TypeVar

import typer

from caseflow import edge as edges
from caseflow.access import Viewer
from caseflow.actions import many
from caseflow.actions.many import Outcome
from caseflow.actions.steps import AdvanceCase
from caseflow.cli import forms
from caseflow.cli.case import opening
from caseflow.cli.frame import verb
from caseflow.cli.opening import opened, viewer
from caseflow.cli.options import By, Json
from caseflow.cli.refusals import REFUSED, data_of, lines
from caseflow.cli.speech import as_json, complain, language, say, show
from caseflow.edge import Numbered, RowDone
from caseflow.errors import CaseflowError, InvalidInput, _
from caseflow.i18n import error_message
from caseflow.store.session import Session

C = TypeVar("C")
OPEN_HELP = _(
    """Buka banyak kasus dari satu berkas: satu objek JSON tiap baris, isinya seperti CASE.json (case open --help).

Baris yang ditolak tidak menghentikan yang lain. Bila terputus, jalankan lagi: baris yang sudah dikerjakan tidak
diulang (dalam sehari, untuk isi berkas yang sama atau --run yang sama)."""
)
ADVANCE_HELP = _(
    """Ambil langkah pada banyak kasus dari satu berkas: satu objek JSON tiap baris.

  {"case": "6310-2026-000001", "step": "submit_for_assessment"}
  {"case": "6310-2026-000002", "step": "return_for_data", "note": "Alamat belum lengkap."}

Setiap langkah melewati syarat dan persetujuan yang sama dengan case advance. Baris yang ditolak tidak menghentikan yang
lain. Bila terputus, jalankan lagi: baris yang sudah dikerjakan tidak diulang (dalam sehari, untuk isi berkas yang sama
atau --run yang sama)."""
)
DONE, WAITS = _("Baris {n}: {number}"), _("Baris {n}: {number}, menunggu persetujuan")
Rows = Annotated[
    str, typer.Argument(metavar="ROWS.jsonl", help=_("Satu objek JSON tiap baris; - membaca masukan baku."))
]
Run = Annotated[
    str | None,
    typer.Option("--run", metavar="NAME", help=_("Nama putaran ini; tanpa ini sidik isi berkasnya.")),
]


def attach(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    verb(app, "open-many", OPEN_HELP)(open_many)
    verb(app, "advance-many", ADVANCE_HELP)(advance_many)


def open_many(rows: Rows, *, by: By, run: Run = None, json_wanted: Json = False) -> None:
    _carry_out(rows, opening, many.open_many, by=by, run=run, json_wanted=json_wanted)


def advance_many(rows: Rows, *, by: By, run: Run = None, json_wanted: Json = False) -> None:
    _carry_out(rows, _advancing, many.advance_many, by=by, run=run, json_wanted=json_wanted)


def _advancing(data: Mapping[str, Any]) -> AdvanceCase:
    case = data.get("case")
    values, problems = forms.fitted(AdvanceCase, {key: value for key, value in data.items() if key != "case"})
    if not isinstance(case, str) or not case:
        problems["case"] = _("Isian ini wajib.")
    if problems:
        raise InvalidInput(problems)
    return AdvanceCase(case=str(case), **values)


def _carry_out(
    source: str,
    read: Callable[[Mapping[str, Any]], C],
    action: Callable[..., list[Outcome]],
    *,
    by: str,
    run: str | None,
    json_wanted: bool,
) -> None:
    content = forms.read_text(source, "ROWS.jsonl")
    key = f"many:{run or hashlib.sha256(content.encode()).hexdigest()[:32]}"
    asked = [_read(number, line, read) for number, line in enumerate(content.splitlines(), 1) if line.strip()]
    wrong = {row.number: row for row in asked if isinstance(row, RowDone)}
    good = [row for row in asked if isinstance(row, Numbered)]

    def act(session: Session, commands: Sequence[C], viewer: Viewer, at: datetime) -> list[Any]:
        return [many.told(outcome) for outcome in action(session, commands, by=viewer, at=at)]

    with opened() as at:
        done = {
            row.number: row for row in _counted(edges.write_many(at, viewer(at, by), good, act, key=key), len(good))
        }
    found = [(wrong | done)[row.number] for row in asked]
    if json_wanted:
        as_json([_plain(row) for row in found])
    refused = [row for row in found if row.problem is not None]
    if not json_wanted:
        about = {row.number: row.case for row in good}
        for row in refused:
            _complain(row, {"number": about.get(row.number) or "NUMBER", "by": by})
        for row in found:
            if row.problem is None:
                show(WAITS if row.body.get("review_id") else DONE, n=row.number, number=row.body["number"])
        again = sum(row.repeated for row in found)
        show(
            _("{done} baris dikerjakan ({again} sudah sebelumnya), {refused} ditolak."),
            done=len(found) - len(refused), again=again, refused=len(refused),
        )  # fmt: skip
    if refused:
        raise typer.Exit(REFUSED)


def _read(number: int, line: str, read: Callable[[Mapping[str, Any]], C]) -> Numbered[C] | RowDone:
    """Return a row as a command, or why it is none: one bad line stops no other."""
    try:
        data = forms.parsed(line)
        if not isinstance(data, dict):
            raise InvalidInput({"row": _("Tulis satu objek JSON tiap baris.")})
        case = data.get("case")
        return Numbered(number, read(data), case if isinstance(case, str) else None)
    except ValueError:
        return RowDone(number, problem=InvalidInput({"row": _("Baris ini bukan JSON yang benar.")}))
    except CaseflowError as problem:
        return RowDone(number, problem=problem)


def _counted(rows: Iterator[RowDone], count: int) -> Iterator[RowDone]:
    """Pass rows on, and show on a terminal how far they are."""
    if not sys.stderr.isatty():
        yield from rows
        return
    with typer.progressbar(rows, length=count, file=sys.stderr) as shown:
        yield from shown


def _plain(row: RowDone) -> dict[str, Any]:
    if row.problem is None:
        return {"row": row.number, "repeated": row.repeated, **row.body}
    problem = row.problem
    said = {"code": problem.code, "message": error_message(problem, language()), **data_of(problem, {})}
    return {"row": row.number, "problem": said}


def _complain(row: RowDone, names: Mapping[str, str]) -> None:
    if row.problem is not None:
        first, *more = lines(row.problem, names)
        complain(say(_("Baris {n}: {why}"), n=row.number, why=first))
        for line in more:
            complain(f"  {line}")
