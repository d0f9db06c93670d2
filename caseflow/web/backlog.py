"""The page that says where cases wait: the bottleneck first, then charts with their tables; filters in the address."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from caseflow.access import Viewer
from caseflow.actions import areas, backlog, backlog_sheet, targets
from caseflow.actions.backlog import Backlog, Line, Name, Wanted
from caseflow.errors import Sentence, _
from caseflow.exchange.workbook import MEDIA_TYPE
from caseflow.i18n import format_datetime
from caseflow.states.category import Text
from caseflow.states.lifecycle import OPEN, STATES
from caseflow.states.suppression import SMALL
from caseflow.store import users
from caseflow.store.session import Session
from caseflow.web import charts
from caseflow.web.environment import Words
from caseflow.web.page import HEADERS, Page, Reading, render
from caseflow.web.route import new_router

router = new_router()
PATH = "/kasus-menunggu"
FILTERS = {"kategori": "category", "wilayah": "area", "petugas": "assignee"}
"""What stands in the address -> what it narrows."""
MOST_ROWS = 20
"""Rows of one table on the page; the worksheet has all."""
LEVELS: dict[int, Sentence] = {
    4: _("Menurut kabupaten"),
    6: _("Menurut kecamatan"),
    10: _("Menurut desa"),
}

SHORT: dict[str, Text] = {
    "data_collection": Text("Data", "Data"),
    "assessment": Text("Asesmen", "Assessment"),
    "intervention_plan": Text("Rencana", "Plan"),
    "intervention": Text("Intervensi", "Intervention"),
    "evaluation": Text("Evaluasi", "Evaluation"),
    "monitoring": Text("Monitoring", "Monitoring"),
}
"""What heads a column."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its two charts: every state, and one state for a phone."""

    of: str
    title: Words
    head: Words
    lines: tuple[Line, ...]
    more: int
    wide: charts.Chart
    narrow: charts.Chart
    links: dict[str, str]
    """Row -> where it leads: the page narrowed to it."""


@router.get(PATH)
def show(page: Reading) -> Response:
    chosen = _chosen(page)
    asked = page.request.query_params.get("tahap", "")

    def reading(session: Session, by: Viewer, at: datetime) -> dict[str, Any]:
        found = backlog.read(session, chosen, by=by, at=at)
        teller = page.teller(session)
        first = found.bottlenecks[0].state if found.bottlenecks else ""
        state = asked if asked in OPEN else first or OPEN[0]
        return {
            "found": found,
            "headline": backlog.headline(found),
            "moment": format_datetime(at, teller.calendar.zone, page.lang),
            "state": state,
            "tables": _tables(found, state, chosen),
            "nik": [(words, found.nik.get(group, 0)) for group, (words, _of) in backlog.NIK.items()],
            "owed": [(backlog.OWED.get(kind, kind), n) for kind, n in found.owed.items()],
            "choices": _choices(session, found),
            "limits": _limits(found),
            "targets": targets.listing(session, by=by, at=at, current_only=True),
        }

    return render(
        page,
        "backlog.html",
        **page.read(reading),
        given=_given(chosen),
        address=lambda **more: _address(chosen, **more),
        cases_of=_cases_of,
        states={state: STATES[state] for state in OPEN},
        short=SHORT,
        small=SMALL,
    )


@router.get(f"{PATH}.xlsx")
def sheet(page: Reading) -> Response:
    """Return the same figures as a worksheet."""
    chosen = _chosen(page)
    found = page.read(lambda session, by, at: backlog.read(session, chosen, by=by, at=at))
    content = backlog_sheet.as_workbook(found, lang=page.lang)
    headers = {**HEADERS, "Content-Disposition": 'attachment; filename="kasus-menunggu.xlsx"'}
    return Response(content, media_type=MEDIA_TYPE, headers=headers)


def _chosen(page: Page) -> Wanted:
    query = page.request.query_params
    return Wanted(**{name: query.get(key, "")[:40].strip() or None for key, name in FILTERS.items()})


def _given(chosen: Wanted) -> dict[str, str]:
    """Return the filters as the address says them."""
    return {key: value for key, name in FILTERS.items() if (value := getattr(chosen, name))}


def _address(chosen: Wanted, *, file: str = "", **more: str) -> str:
    query = urlencode({**_given(chosen), **{key: value for key, value in more.items() if value}})
    return f"{PATH}{file}?{query}" if query else f"{PATH}{file}"


def _cases_of(worst: backlog.Bottleneck) -> str:
    """Return where the late cases of a bottleneck are listed."""
    query = {"tahap": worst.state, "kategori": worst.category, "wilayah": worst.area, "terlambat": "ya"}
    return f"/kasus?{urlencode(query)}"


def _tables(found: Backlog, state: str, chosen: Wanted) -> list[Table]:
    titles: dict[str, tuple[Words, Words, str]] = {
        "category": (_("Menurut kategori"), _("Kategori"), "kategori"),
        "area": (LEVELS[found.level], _("Wilayah"), "wilayah"),
        "assignee": (_("Menurut petugas"), _("Petugas"), "petugas"),
    }
    made = []
    for of, (title, head, key) in titles.items():
        lines = found.tables[of]
        shown = lines[:MOST_ROWS]
        if of == "category" and found.closed:
            shown = (*shown, found.closed)
        links = {line.key: _address(chosen, **{key: line.key}) for line in lines[:MOST_ROWS] if line.key}
        if shown:
            wide, narrow = charts.wide(shown, OPEN), charts.narrow(shown, state)
            made.append(Table(of, title, head, shown, len(lines) - len(lines[:MOST_ROWS]), wide, narrow, links))
    return made


def _choices(session: Session, found: Backlog) -> dict[str, tuple[Words, Words, list[tuple[str, Name]]]]:
    """Return the filters with what can be chosen: what the tables name, and what is chosen already."""
    wanted = found.wanted
    places = [(line.key, line.name) for line in found.tables["area"]]
    people = [(line.key, line.name) for line in found.tables["assignee"] if line.key]
    if wanted.area and wanted.area not in dict(places):
        places.insert(0, (wanted.area, areas.short_name(session, wanted.area).split(", ")[0]))
    if wanted.assignee and wanted.assignee not in dict(people):
        people.insert(0, (wanted.assignee, users.names(session, {wanted.assignee}).get(wanted.assignee, "-")))
    kinds = sorted(session.categories.values(), key=lambda category: category.name.id)
    categories: list[tuple[str, Name]] = [(c.code, c.name) for c in kinds if c.confidentiality != "R3"]
    return {
        "wilayah": (_("Wilayah"), _("Semua wilayah"), places),
        "kategori": (_("Kategori"), _("Semua kategori"), categories),
        "petugas": (_("Petugas"), _("Semua petugas"), people),
    }


def _limits(found: Backlog) -> list[tuple[Words, int]]:
    """Return the limit of each state, on average over the cases that are there."""
    whole = [line.cells for line in found.tables["category"]]
    said: list[tuple[Words, int]] = []
    for state in OPEN:
        cells = [cell for cells in whole if (cell := cells.get(state)) and cell.limited]
        if cells:
            said.append((STATES[state], round(sum(c.allowed for c in cells) / sum(c.limited for c in cells))))
    return said
