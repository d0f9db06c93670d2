"""What waits for the reader: my work, the list of cases, the search."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from starlette.responses import Response

from caseflow.access import ACTS, CONTENT_ROLES, Viewer
from caseflow.actions import areas, glass, letter_waiting, lines, question_reminders
from caseflow.actions.audit_questions import QuestionRow, label_of
from caseflow.actions.lines import Line, MyWork, Task, Waiting
from caseflow.errors import NotFound, _
from caseflow.i18n import format_weekday_date
from caseflow.ids import AREA_LENGTHS
from caseflow.states.category import Text
from caseflow.states.lifecycle import CLOSED, ROLES, STATES, STEPS
from caseflow.store import niks
from caseflow.store.cases import Filter
from caseflow.store.session import Session
from caseflow.web.audit_desk import HERE as AUDIT
from caseflow.web.case_view import AWAITED, OWED
from caseflow.web.environment import Words
from caseflow.web.page import Acting, Page, Reading, render
from caseflow.web.route import new_router
from caseflow.web.sheets.initials import Turn, turn_of
from caseflow.web.speech import Due, Teller

router = new_router()
PAGE = 50

STAGE_WORK: dict[str, Words] = {
    "data_collection": _("Lengkapi data dan pemilahan"),
    "assessment": _("Selesaikan asesmen"),
    "intervention_plan": _("Susun rencana intervensi"),
    "intervention": _("Selesaikan intervensi"),
    "evaluation": _("Selesaikan evaluasi"),
    "monitoring": _("Selesaikan monitoring"),
}
PLACES = {"visit": "/kunjungan/baru", "placement_review": "/penempatan", "hold_end": "/berkas/lanjutkan"}
"""Kind of obligation -> where it is done, below the case; the others are done from the case's page."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to do, with the reason and the place."""

    title: Words
    about: Words
    """Whose case it is, or its number."""
    category: Words
    confidentiality: str
    due: Due
    to: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Group:
    """Things to do under one heading."""

    key: str
    words: Words
    items: tuple[Item, ...]
    empty: Words


def show(page: Page) -> Response:
    """Return my work."""

    def reading(session: Session, by: Viewer, at: datetime) -> dict[str, Any]:
        teller = page.teller(session)
        work = lines.my_work(session, by=by, at=at, today=teller.today)
        drafts = letter_waiting.waiting(session, by=by, at=at)
        return {
            "groups": _groups(session, work, drafts, by, at, teller),
            "initials": len(drafts),
            "day": format_weekday_date(teller.today, page.lang),
            "cases": rows_of(session, work.cases, teller.today),
            "content": bool(by.roles.intersection(CONTENT_ROLES)),
            "roles": [ROLES[r] for r in ROLES if r in by.roles],
            "states": STATES,
        }

    return render(page, "work.html", **page.read(reading))


def _groups(
    session: Session,
    work: MyWork,
    drafts: Sequence[letter_waiting.Waiting],
    by: Viewer,
    at: datetime,
    teller: Teller,
) -> tuple[Group, ...]:
    mine = [_item(session, t, teller) for t in (*work.overdue, *work.today, *work.coming)]
    mine += [_review(session, w, teller) for w in lines.waiting_reviews(session, by=by, at=at) if w.may_decide]
    mine += [_initial(session, w, teller) for w in drafts]
    mine += [_question(row, teller) for row in question_reminders.to_answer(session, by=by)]
    others = [_item(session, t, teller) for t in work.waiting_others]

    def those(items: Iterable[Item], *looks: str) -> tuple[Item, ...]:
        return tuple(sorted((i for i in items if i.due.look in looks), key=lambda i: i.at))

    late_others = those(others, "late")
    return (
        Group("today", _("Hari ini"), those(mine, "today"), _("Tidak ada yang jatuh tempo hari ini.")),
        Group("late", _("Terlambat"), (*those(mine, "late"), *late_others), _("Tidak ada yang terlambat.")),
        Group("mine", _("Menunggu saya"), those(mine, "soon", "waiting"), _("Tidak ada yang menunggu Anda.")),
        Group(
            "others",
            _("Menunggu pihak lain"),
            those(others, "soon", "waiting", "today"),
            _("Tidak ada yang ditunggu dari pihak lain."),
        ),
    )


def _item(session: Session, task: Task, teller: Teller) -> Item:
    due = teller.due(task.owed, awaited=task.kind in AWAITED)
    base = f"/kasus/{task.line.number}"
    to = base + PLACES.get(task.kind, "#langkah")
    title: Words = OWED.get(task.kind, _("Kewajiban"))
    match task.kind:
        case "state_deadline":
            title = STAGE_WORK.get(task.line.state, title)
        case "referral_answer":
            title, to = _("Jawaban {name}", name=task.receiver) if task.receiver else title, f"{base}/rujukan"
        case "answer_confirmation":
            to = f"{base}/rujukan/{task.ref_id}/konfirmasi"
        case "review":
            if task.step in STEPS:
                label = STEPS[task.step].label
                title = Text(f"Keputusan: {label.id}", f"Decision: {label.en}")
            due = (
                replace(due, rest=teller.say(_("Menunggu keputusan.")) + " " + due.rest)
                if due.look == "waiting"
                else due
            )
        case "letter_initial":
            to = f"{base}#surat"
        case "placement_review":
            to = f"{base}/penempatan/{task.ref_id}/tinjau"
        case _:
            pass
    return _of(session, task.line, title, due, to, task.due_at)


def _review(session: Session, waiting: Waiting, teller: Teller) -> Item:
    row = waiting.review
    label = STEPS[row.step].label if row.step in STEPS else Text(row.step, row.step)
    due = (
        teller.due(waiting.owed)
        if waiting.owed
        else Due("soon", teller.say(_("Paling lambat {day}.", day=teller.day(teller.day_of(row.due_at)))), "")
    )
    asked = teller.say(_("Diminta {who}.", who=waiting.requester))
    due = replace(due, rest=f"{due.rest}. {asked}" if due.rest else asked)
    title = Text(f"Putuskan: {label.id}", f"Decide: {label.en}")
    return _of(session, waiting.line, title, due, f"/persetujuan/{row.id}", row.due_at)


def _initial(session: Session, waiting: letter_waiting.Waiting, teller: Teller) -> Item:
    title = Text(f"Paraf: {waiting.title.id}", f"Initial: {waiting.title.en}")
    to = f"/kasus/{waiting.line.number}/surat/{waiting.id}/paraf"
    due = teller.due(turn_of(waiting))
    asked = teller.say(_("Diminta {who}.", who=waiting.requester))
    due = replace(due, rest=f"{due.rest}. {asked}" if due.rest else asked)
    return _of(session, waiting.line, title, due, to, waiting.due_at)


def _question(row: QuestionRow, teller: Teller) -> Item:
    """Return a question of the audit desk as something to answer; who is asked need not see its case any more."""
    label = label_of(row.step)
    title = Text(f"Jawab pertanyaan: {label.id}", f"Answer the question: {label.en}")
    due = teller.due(Turn(question_reminders.KIND, "1wd", row.asked_at, row.due_at))
    return Item(title, row.number, "", row.confidentiality, due, f"{AUDIT}/pertanyaan/{row.id}", row.due_at)


def _of(session: Session, line: Line, title: Words, due: Due, to: str, at: datetime) -> Item:
    category = category_of(session, line) if line.category else ""
    return Item(title, line.name, category, line.confidentiality, due, to, at)


def category_of(session: Session, line: Line) -> Words:
    """Return the category of a line in both languages; a closed file has none in lists."""
    return next((c.name for c in session.categories.values() if c.name.id == line.category), line.category)


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case in a list."""

    line: Line
    category: Words
    double: bool
    """A NIK in it is somebody else's too."""


def rows_of(session: Session, lines: Sequence[Line], today: date) -> list[CaseRow]:
    """Return cases as lists show them."""
    doubles = niks.doubles_among(session, (line.id for line in lines), today)
    return [CaseRow(line, category_of(session, line), line.id in doubles) for line in lines]


# --- lists ---------------------------------------------------------------------------------------------------------


def _by_name(session: Session) -> list[tuple[str, Text]]:
    return sorted(((code, c.name) for code, c in session.categories.items()), key=lambda pair: pair[1].id)


def _require_content(page: Page) -> None:
    if not page.viewer.roles.intersection(CONTENT_ROLES):
        raise NotFound


@router.get("/kasus")
def listing(page: Reading) -> Response:
    _require_content(page)
    query = page.request.query_params
    state = query.get("tahap", "") if query.get("tahap", "") in STATES else ""

    def reading(session: Session, by: Viewer, at: datetime) -> dict[str, Any]:
        category = query.get("kategori", "") if query.get("kategori", "") in session.categories else ""
        late = query.get("terlambat") == "ya"
        area = query.get("wilayah", "")
        area = area if area.isdecimal() and len(area) in AREA_LENGTHS else ""
        wanted = Filter(
            state=state or None,
            category=category or None,
            area=area or None,
            overdue_at=at if late else None,
            cursor=query.get("sebelum") or None,
            limit=PAGE + 1,
        )
        found = lines.list_cases(session, wanted, by=by, at=at)
        return {
            "cases": rows_of(session, found[:PAGE], page.teller(session).today),
            "more": found[PAGE - 1].number if len(found) > PAGE else "",
            "state": state,
            "category": category,
            "late": late,
            "area": area,
            "place": areas.short_name(session, area) if area else "",
            "categories": _by_name(session),
            "states": STATES,
            "closed": CLOSED,
            "orders": bool(by.roles.intersection(ACTS["issue_letter"])),
        }

    return render(page, "cases.html", **page.read(reading))


@router.get("/cari")
def search_form(page: Reading) -> Response:
    _require_content(page)
    return _search(page, "", None)


@router.post("/cari")
def search(page: Acting) -> Response:
    """Search by POST: what is typed is personal data and must not stand in an address."""
    _require_content(page)
    typed = page.posted.one("q").strip()

    def reading(session: Session, by: Viewer, at: datetime) -> list[CaseRow]:
        return rows_of(session, lines.search(session, typed, by=by, at=at), page.teller(session).today)

    return _search(page, typed, page.read(reading) if typed else None)


def _search(page: Page, typed: str, found: list[CaseRow] | None) -> Response:
    breaks = bool(page.viewer.areas(*glass.BREAKERS))
    return render(page, "search.html", typed=typed, cases=found, states=STATES, breaks=breaks)
