"""The roster of a group out of a sheet on pages: choose a file, see what each row would do, record all of it."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from starlette.responses import Response

from caseflow.access import Viewer
from caseflow.actions import groups, roster_sheet
from caseflow.actions.casework import Work
from caseflow.actions.groups import BASES
from caseflow.actions.roster_sheet import COLUMNS, NEW, REQUIRED, STATES, WRONG, FillRoster, Outcome, RosterRow
from caseflow.errors import InvalidInput, Sentence, _, listed
from caseflow.exchange.workbook import MEDIA_TYPE
from caseflow.store.session import Session
from caseflow.web.forms import looked
from caseflow.web.page import HEADERS, Acting, Page, Reading, act, render
from caseflow.web.route import new_router
from caseflow.web.sheet import Asking
from caseflow.web.sheets.case import shown_name

router = new_router()
HERE = "/kasus/{number}/anggota/impor"
FILE, SENT = "berkas", "baris"
UNREADABLE = _("Kiriman ini tidak terbaca. Muat ulang halamannya, lalu kirim lagi.")
HINTS: dict[str, Sentence] = {
    "role": _("membedakan dua orang senama; boleh kosong"),
    "representative": _("ya, atau kosong"),
    "basis": _("{choices}; kosong: yang pertama", choices=listed([text.sentence for text in BASES.values()])),
    "person_case": _("bila ia tercatat juga sebagai orang, dalam kasus yang boleh Anda buka"),
    "starts_on": _("tanggal seperti 15/1/2024; kosong: hari ini"),
}


@router.get(HERE)
def form(page: Reading, number: str) -> Response:
    return _form(page, number)


@router.get(f"{HERE}/lembar.xlsx")
def template(page: Reading, number: str) -> Response:
    _about(page, number)
    told = {**HEADERS, "Content-Disposition": 'attachment; filename="anggota.xlsx"'}
    return Response(roster_sheet.template(page.lang), media_type=MEDIA_TYPE, headers=told)


@router.post(HERE)
def check(page: Acting, number: str) -> Response:
    """Say what each row would do; nothing is recorded yet."""
    content = page.posted.files.get(FILE)
    if not content:
        return _form(page, number, _("Pilih berkasnya."))
    try:
        rows = roster_sheet.read(content)
    except InvalidInput as error:
        return _form(page, number, error.data["problems"]["file"])
    return _checked(page, number, rows)


@router.post(f"{HERE}/catat")
def record(page: Acting, number: str) -> Response:
    """Record what the page before has shown, or show again what is wrong with it now."""
    _about(page, number)
    command = FillRoster(case=number, rows=_sent(page.posted.one(SENT)), expected_version=page.posted.version)

    def run(session: Session, by: Viewer, at: datetime) -> Mapping[str, str]:
        roster_sheet.record(session, command, by=by, at=at)
        return {"to": f"/kasus/{number}/anggota", "flash": "saved"}

    try:
        return act(page, run, case=number)
    except InvalidInput as refused:
        return _checked(page, number, command.rows, refused.data["problems"])


def _about(page: Page, number: str) -> dict[str, Any]:
    """Return what stands around the pages: of whom the case is; for those alone who add to its roster."""

    def build(session: Session, work: Work) -> dict[str, Any]:
        groups.require_group(work)
        name = shown_name(Asking(session, work, page.teller(session)))
        return {"number": number, "name": name, "version": work.row.version}

    about: dict[str, Any] = looked(page, number, build)
    return about


def _form(page: Page, number: str, problem: Sentence | str = "") -> Response:
    columns = [(text, key in REQUIRED, HINTS.get(key)) for key, text in COLUMNS.items()]
    return render(
        page,
        "roster-import.html",
        status=422 if problem else 200,
        problems={FILE: problem} if problem else {},
        columns=columns,
        most=roster_sheet.MOST,
        labels={FILE: _("Berkas anggota")},
        **_about(page, number),
    )


def _checked(
    page: Page,
    number: str,
    rows: tuple[RosterRow, ...],
    refused: Mapping[str, Sentence | str] = MappingProxyType({}),
) -> Response:
    """Show what each row would do; a row that was `refused` while all was recorded says why."""
    command = FillRoster(case=number, rows=rows)
    found = page.read(lambda session, by, at: roster_sheet.check(session, command, by=by, at=at), case=number)
    found = tuple(
        replace(one, state=WRONG, notes=(refused[row],)) if (row := f"row {one.number}") in refused else one
        for one in found
    )
    return render(
        page,
        "roster-import-check.html",
        found=sorted(found, key=_wrong_first),
        counts={state: sum(one.state == state for one in found) for state in STATES},
        states=STATES,
        brings=sum(one.state == NEW for one in found),
        sent=json.dumps([_plain(row) for row in rows], separators=(",", ":"), ensure_ascii=False),
        **_about(page, number),
    )


def _wrong_first(one: Outcome) -> tuple[bool, int]:
    return one.state != WRONG, one.number


def _plain(row: RosterRow) -> list[str | int]:
    return [row.number, *(getattr(row, key) for key in COLUMNS)]


def _sent(text: str) -> tuple[RosterRow, ...]:
    """Return the rows that a page has shown; `InvalidInput` for anything else."""
    try:
        found = [
            RosterRow(number=int(number), **dict(zip(COLUMNS, map(str, cells), strict=True)))
            for number, *cells in json.loads(text)
        ]
    except (ValueError, TypeError, OverflowError, RecursionError):
        raise InvalidInput({"form": UNREADABLE}) from None
    if not 0 < len(found) <= roster_sheet.MOST:
        raise InvalidInput({"form": UNREADABLE})
    return tuple(found)
