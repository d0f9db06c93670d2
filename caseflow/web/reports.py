"""Monthly reports on pages: the list, one edition with tables and charts, making one; targets with what is reached."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any

from starlette.responses import Response

from caseflow.access import Viewer
from caseflow.actions import report_letter, report_sheet, reports, targets
from caseflow.actions.report_words import MEASURES, said
from caseflow.actions.reports import MakeReport, Report
from caseflow.actions.targets import SetTarget, WithdrawTarget
from caseflow.errors import InvalidInput, Refused, _
from caseflow.exchange.workbook import MEDIA_TYPE
from caseflow.i18n import format_datetime
from caseflow.store import areas
from caseflow.store.session import Session
from caseflow.web import charts
from caseflow.web.environment import Words
from caseflow.web.page import HEADERS, Acting, Page, Reading, act, render
from caseflow.web.questions import Question, labels_of, read
from caseflow.web.route import new_router

router = new_router()
HOME, TARGETS = "/laporan", "/laporan/sasaran"
DRAWN = {"category": "running", "kecamatan": "running"}
"""Tables that have a chart, and the column it draws."""
MOST_DRAWN = 12
OFFERED = ("kabupaten", "kecamatan")
"""Areas the page offers for a target; a village is set by the API or the command line."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a report in one language, with its chart where it has one."""

    code: str
    title: str
    head: str
    note: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[tuple[int, int | None], ...]], ...]
    """Label, and each figure with what it was before."""
    chart: charts.Ranked | None


@router.get(HOME)
def listing(page: Reading) -> Response:
    return _home(page)


@router.post(HOME)
def make(page: Acting) -> Response:
    """Ask for a report of a month."""
    month = page.posted.one("bulan")[:20].strip()
    command = MakeReport(month=month, reason=page.posted.one("alasan").strip())

    def run(session: Session, by: Viewer, at: datetime) -> Mapping[str, str]:
        return {"to": f"{HOME}/{reports.make(session, command, by=by, at=at)}", "flash": "report_asked"}

    try:
        return act(page, run)
    except InvalidInput as error:
        names = {"month": "bulan", "reason": "alasan"}
        problems = {names.get(key, "bulan"): text for key, text in error.data["problems"].items()}
    except Refused as error:
        problems = {"bulan": error.data["reason"]}
    return _home(page, problems=problems, status=422)


def _home(page: Page, *, problems: Mapping[str, Words] | None = None, status: int = 200) -> Response:
    asked = _questions()

    def reading(session: Session, by: Viewer, at: datetime) -> dict[str, Any]:
        found = reports.listing(session, by=by)
        zone = page.teller(session).calendar.zone
        told = [(e, reports.month_name(e.month, page.lang), _when(e.frozen_at, zone, page)) for e in found]
        return {
            "found": told,
            "targets": targets.listing(session, by=by, at=at, current_only=True),
            "may_make": bool(by.roles.intersection(reports.MAKERS)),
        }

    typed = {q.key: [page.posted.one(q.key)] for q in asked}
    return render(
        page,
        "reports.html",
        status=status,
        **page.read(reading),
        questions=asked,
        labels=labels_of(asked),
        problems=problems or {},
        typed=typed,
    )


def _questions() -> tuple[Question, ...]:
    return (
        Question(key="bulan", label=_("Bulan"), hint=_("Bulan yang sudah berakhir, misalnya 2026-10."), limit=7),
        Question(
            key="alasan",
            label=_("Mengapa edisi baru?"),
            hint=_("Hanya bila bulan itu sudah punya laporan. Tanpa nama orang: alasan ini dicetak."),
            required=False,
            limit=reports.REASON_LENGTH,
        ),
    )


def _when(at: datetime | None, zone: tzinfo, page: Page) -> str:
    return format_datetime(at, zone, page.lang) if at else ""


# --- targets ---------------------------------------------------------------------------------------------------------


@router.get(TARGETS)
def target_page(page: Reading) -> Response:
    return _targets(page)


def _target_questions(places: list[tuple[str, str]]) -> tuple[Question, ...]:
    measures: tuple[tuple[str, Words], ...] = tuple(MEASURES.items())
    named: tuple[tuple[str, Words], ...] = tuple(places)
    return (
        Question(key="area", label=_("Wilayah mana?"), type="choice", choices=named),
        Question(key="measure", label=_("Apa yang dihitung?"), type="choice", choices=measures),
        Question(key="start", label=_("Mulai kapan?"), type="date"),
        Question(key="end", label=_("Sampai kapan?"), type="date"),
        Question(key="amount", label=_("Berapa yang hendak dicapai?"), type="integer"),
    )


def _asked(session: Session, by: Viewer) -> tuple[Question, ...]:
    found = [area for mine in by.areas(*targets.SETTERS) for area in areas.under(session, mine)]
    return _target_questions([(area.code, area.name) for area in found if area.level in OFFERED])


@router.post(TARGETS)
def set_target(page: Acting) -> Response:
    def asked(session: Session, by: Viewer, _at: datetime) -> tuple[Question, ...]:
        targets.require_setter(by)
        return _asked(session, by)

    answers, problems = read(page.read(asked), page.posted)
    if problems:
        return _targets(page, problems=problems, status=422)

    def run(session: Session, by: Viewer, at: datetime) -> Mapping[str, str]:
        days = {key: date.fromisoformat(answers[key]) for key in ("start", "end")}
        targets.set_target(session, SetTarget(**{**answers, **days}), by=by, at=at)
        return {"to": TARGETS, "flash": "saved"}

    try:
        return act(page, run)
    except InvalidInput as error:
        return _targets(page, problems=error.data["problems"], status=422)


@router.post(f"{TARGETS}/{{target}}/tarik")
def withdraw(page: Acting, target: str) -> Response:
    def run(session: Session, by: Viewer, at: datetime) -> Mapping[str, str]:
        targets.withdraw_target(session, WithdrawTarget(target=target), by=by, at=at)
        return {"to": TARGETS, "flash": "saved"}

    return act(page, run)


def _targets(page: Page, *, problems: Mapping[str, Words] | None = None, status: int = 200) -> Response:
    def reading(session: Session, by: Viewer, at: datetime) -> dict[str, Any]:
        found = targets.listing(session, by=by, at=at)
        asked = _asked(session, by)
        return {"targets": found, "questions": asked, "labels": labels_of(asked)}

    read_here = page.read(reading)
    typed = {key: list(values) for key, values in page.posted.fields.items()}
    return render(page, "targets.html", status=status, **read_here, problems=problems or {}, typed=typed)


# --- one edition -----------------------------------------------------------------------------------------------------


@router.get(f"{HOME}/{{report}}")
def show(page: Reading, report: str) -> Response:
    def reading(session: Session, by: Viewer, _at: datetime) -> dict[str, Any]:
        found = reports.read(session, report, by=by)
        row = reports.find(session, report, by=by)
        zone = page.teller(session).calendar.zone
        return {
            "found": found,
            "title": found.title(page.lang),
            "frozen": _when(found.edition.frozen_at, zone, page),
            "editions": [e for e in reports.editions(session, row) if e.id != found.edition.id],
            "tables": _tables(found, page.lang),
            "closed": report_letter.closed_line(found.content, page.lang) if found.content else "",
            "closed_note": said(found.content["closed_files"]["note"], page.lang) if found.content else "",
            "may_number": bool(by.roles.intersection(reports.MAKERS)),
        }

    return render(page, "report.html", **page.read(reading))


@router.get(f"{HOME}/{{report}}/angka.xlsx")
def sheet(page: Reading, report: str) -> Response:
    found = page.read(lambda session, by, _at: reports.read(session, report, by=by))
    name = f'attachment; filename="laporan-{found.edition.month}-{found.edition.edition}.xlsx"'
    content = report_sheet.as_workbook(found, lang=page.lang)
    return Response(content, media_type=MEDIA_TYPE, headers={**HEADERS, "Content-Disposition": name})


@router.get(f"{HOME}/{{report}}/surat.pdf")
def letter(page: Reading, report: str) -> Response:
    def reading(session: Session, by: Viewer, at: datetime) -> tuple[dict[str, Any], bytes | None]:
        return report_letter.letter_of(session, report, by=by, at=at), report_letter.file_of(session, report, by=by)

    facts, kept = page.read(reading)
    content = kept or page.request.app.state.render(report_letter.KIND, facts).pdf
    name = f'attachment; filename="laporan-{facts["fields"]["month"].replace(" ", "-").lower()}.pdf"'
    return Response(content, media_type="application/pdf", headers={**HEADERS, "Content-Disposition": name})


@router.post(f"{HOME}/{{report}}/nomor")
def number(page: Acting, report: str) -> Response:
    def run(session: Session, by: Viewer, at: datetime) -> Mapping[str, str]:
        report_letter.number(session, report, by=by, at=at)
        return {"to": f"{HOME}/{report}", "flash": "saved"}

    return act(page, run)


def _tables(found: Report, lang: str) -> list[Table]:
    return [_table(each, found, lang) for each in (found.content or {"tables": []})["tables"] if each["rows"]]


def _table(kept: Mapping[str, Any], found: Report, lang: str) -> Table:
    keys = [column["key"] for column in kept["columns"]]
    rows = tuple(
        (
            said(row["label"], lang),
            tuple(
                (n, found.corrections.get((kept["code"], row["key"], key)))
                for key, n in zip(keys, row["cells"], strict=True)
            ),
        )
        for row in kept["rows"]
    )
    chart = None
    if kept["code"] in DRAWN:
        place = keys.index(DRAWN[kept["code"]])
        bars = sorted(((label, cells[place][0]) for label, cells in rows), key=lambda bar: -bar[1])
        chart = charts.ranked([bar for bar in bars if bar[1]][:MOST_DRAWN])
    return Table(
        code=kept["code"],
        title=said(kept["title"], lang),
        head=said(kept["head"], lang),
        note=said(kept["note"], lang),
        columns=tuple(said(column["label"], lang) for column in kept["columns"]),
        rows=rows,
        chart=chart,
    )
