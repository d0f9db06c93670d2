"""Helpers out of a sheet on pages: choose a file, see what each row would do, record all of it."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from starlette.responses import Response

from caseflow.access import Viewer
from caseflow.actions import psks, psks_rows, psks_sheet
from caseflow.actions.psks_rows import COLUMNS, REQUIRED, SheetRow
from caseflow.actions.psks_sheet import NEW, ROLE, STATES, WRONG, Outcome
from caseflow.errors import InvalidInput, Sentence, _
from caseflow.exchange.workbook import MEDIA_TYPE
from caseflow.store.session import Session
from caseflow.web.page import HEADERS, Acting, Page, Reading, act, render
from caseflow.web.route import new_router

router = new_router()
HOME = "/psks/impor"
FILE, SENT = "berkas", "baris"
UNREADABLE = _("Kiriman ini tidak terbaca. Muat ulang halamannya, lalu kirim lagi.")
Problems = Mapping[str, Sentence | str]


@router.get(HOME)
def form(page: Reading) -> Response:
    return _form(page)


@router.get(f"{HOME}/lembar.xlsx")
def template(page: Reading) -> Response:
    page.read(lambda _session, by, _at: psks.require_keeper(by))
    told = {**HEADERS, "Content-Disposition": 'attachment; filename="psks-impor.xlsx"'}
    return Response(psks_sheet.template(page.lang), media_type=MEDIA_TYPE, headers=told)


@router.post(HOME)
def check(page: Acting) -> Response:
    """Say what each row would do; nothing is recorded yet."""
    page.read(lambda _session, by, _at: psks.require_keeper(by))
    content = page.posted.files.get(FILE)
    if not content:
        return _form(page, problems={FILE: _("Pilih berkasnya.")}, status=422)
    try:
        sheet = psks_sheet.read(content)
    except InvalidInput as error:
        return _form(page, problems={FILE: error.data["problems"]["file"]}, status=422)
    return _checked(page, sheet)


@router.post(f"{HOME}/catat")
def record(page: Acting) -> Response:
    """Record what the page before has shown, or show again what is wrong with it now."""
    page.read(lambda _session, by, _at: psks.require_keeper(by))
    sheet = _sent(page.posted.one(SENT))

    def run(session: Session, by: Viewer, at: datetime) -> Mapping[str, str]:
        psks_sheet.record(session, sheet, by=by, at=at)
        return {"to": "/psks", "flash": "saved"}

    try:
        return act(page, run)
    except InvalidInput as refused:
        return _checked(page, sheet, refused.data["problems"])


def _form(page: Page, *, problems: Problems | None = None, status: int = 200) -> Response:
    page.read(lambda _session, by, _at: psks.require_keeper(by))
    columns = [(text, key in REQUIRED, HINTS.get(key)) for key, text in COLUMNS.items()]
    shown = {"columns": columns, "most": psks_rows.MOST, "labels": {FILE: _("Berkas PSKS")}}
    return render(page, "psks-import.html", status=status, problems=problems or {}, **shown)


HINTS: dict[str, Sentence] = {
    "nik": _("16 angka, sel berformat teks; boleh kosong"),
    "sex": _("L atau P"),
    "home": _("nama atau kode; kosong: sama dengan wilayah tugasnya"),
    "type": _("kode atau nama jenisnya, misalnya PSM"),
    "area": _("nama desa atau kecamatan, atau kodenya"),
    "start": _("tanggal, atau tahunnya saja"),
    "end": _("kosong bila masih dipegang"),
    "trainings": _("Dasar PSM; 2024, dan | di antara beberapa pelatihan"),
    "confirmed": _("kosong: ditanyakan pada konfirmasi tahunan"),
}


def _checked(page: Page, sheet: tuple[SheetRow, ...], refused: Problems = MappingProxyType({})) -> Response:
    """Show what each row would do; a row that was `refused` while all was recorded says why."""
    found = page.read(lambda session, by, at: psks_sheet.check(session, sheet, by=by, at=at))
    found = tuple(
        replace(one, state=WRONG, notes=(refused[row],))
        if one.state != WRONG and (row := f"row {one.number}") in refused
        else one
        for one in found
    )
    counts = {state: sum(one.state == state for one in found) for state in STATES}
    return render(
        page,
        "psks-import-check.html",
        found=sorted(found, key=_wrong_first),
        counts=counts,
        states=STATES,
        brings=counts[NEW] + counts[ROLE],
        sent=json.dumps([_plain(row) for row in sheet], separators=(",", ":"), ensure_ascii=False),
    )


def _wrong_first(one: Outcome) -> tuple[bool, int]:
    return one.state != WRONG, one.number


def _plain(row: SheetRow) -> list[str | int]:
    return [row.number, *(getattr(row, key) for key in COLUMNS)]


def _sent(text: str) -> tuple[SheetRow, ...]:
    """Return the rows that a page has shown; `InvalidInput` for anything else."""
    try:
        found = [
            SheetRow(number=int(number), **dict(zip(COLUMNS, map(str, cells), strict=True)))
            for number, *cells in json.loads(text)
        ]
    except (ValueError, TypeError, OverflowError, RecursionError):
        raise InvalidInput({"form": UNREADABLE}) from None
    if len(found) > psks_rows.MOST:
        raise InvalidInput({"form": UNREADABLE})
    return tuple(found)
