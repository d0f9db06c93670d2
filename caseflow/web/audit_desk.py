"""The audit desk: steps picked by risk, one step with its reasons, and the question about it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from starlette.datastructures import QueryParams
from starlette.responses import Response

from caseflow.access import Viewer
from caseflow.actions import areas, audit_desk, audit_limits, audit_questions
from caseflow.actions.audit_desk import Desk, Looked, Pick, Wanted
from caseflow.actions.audit_questions import AskAbout, label_of
from caseflow.errors import CaseflowError, Forbidden, InvalidInput, NotFound, Sentence, _
from caseflow.exchange.workbook import MEDIA_TYPE, Cell, workbook
from caseflow.i18n import error_message
from caseflow.ids import AREA_LENGTHS
from caseflow.states.deadlines import add_working_days
from caseflow.states.lifecycle import STATES
from caseflow.states.risks import REASONS
from caseflow.store import offices
from caseflow.store.session import Session
from caseflow.web.environment import Words
from caseflow.web.forms import Told
from caseflow.web.page import HEADERS, Acting, Page, Reading, act, render
from caseflow.web.route import new_router
from caseflow.web.speech import Teller

router = new_router()
PAGE = 25
MOST_DOWNLOADED = 2000
HERE = "/meja-audit"


@dataclass(frozen=True, slots=True)
class Status:
    """How far asking about a step has come: badge, icon, words, and what comes next."""

    look: str
    mark: str
    words: Words
    rest: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A step as the list shows it."""

    pick: Pick
    step: Words
    to: str
    category: Words
    requester: str
    approver: Words
    event: str
    typed: str
    hour: str
    gap: Words
    late: bool
    reasons: tuple[tuple[Words, Words], ...]
    status: Status
    chosen: bool


# --- what is asked for -----------------------------------------------------------------------------------------------


def wanted_of(query: QueryParams) -> Wanted:
    """Return what the address asks for; what it cannot mean is left out."""
    area = query.get("wilayah", "")
    return Wanted(
        start=_day(query.get("dari", "")),
        end=_day(query.get("sampai", "")),
        worker=query.get("petugas", ""),
        area=area if area.isdecimal() and len(area) in AREA_LENGTHS else "",
        category=query.get("kategori", ""),
        step=query.get("langkah", ""),
        reasons=tuple(name for name in REASONS if name in query.getlist("alasan")),
        every=query.get("semua") == "ya",
    )


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


def _query(wanted: Wanted, **more: str) -> str:
    """Return the address of the list as it was asked for."""
    given: list[tuple[str, str]] = [
        ("petugas", wanted.worker),
        ("wilayah", wanted.area),
        ("kategori", wanted.category),
        ("langkah", wanted.step),
        ("dari", wanted.start.isoformat() if wanted.start else ""),
        ("sampai", wanted.end.isoformat() if wanted.end else ""),
        *(("alasan", name) for name in wanted.reasons),
        ("semua", "ya" if wanted.every else ""),
        *more.items(),
    ]
    kept = [(key, value) for key, value in given if value]
    return f"?{urlencode(kept)}" if kept else ""


def _filters(wanted: Wanted) -> int:
    """Count the filters that are set."""
    narrowed = (wanted.worker, wanted.area, wanted.category, wanted.step, wanted.start or wanted.end)
    return sum(bool(one) for one in narrowed) + len(wanted.reasons) + wanted.every


# --- the list --------------------------------------------------------------------------------------------------------


@router.get("/meja-audit")
def listing(page: Reading) -> Response:
    return _desk(page)


@router.get("/meja-audit/unduh")
def download(page: Reading) -> Response:
    """Return the steps that fit as a worksheet."""
    wanted = wanted_of(page.request.query_params)

    def reading(session: Session, by: Viewer, at: datetime) -> bytes:
        teller = page.teller(session)
        found = audit_desk.desk(session, wanted, by=by, at=at, limit=MOST_DOWNLOADED)
        audit_desk.note_download(session, found, by=by, at=at)
        head = [teller.say(words) for words in HEAD]
        places = areas.short_names(session, {pick.area for pick in found.picks if pick.area})
        rows = [_cells(session, found, pick, teller, places.get(pick.area, "")) for pick in found.picks]
        return workbook(teller.say(_("Meja audit")), head, rows)

    kind = {"Content-Disposition": 'attachment; filename="meja-audit.xlsx"'}
    return Response(page.read(reading), 200, {**HEADERS, **kind}, MEDIA_TYPE)


HEAD: tuple[Sentence, ...] = (
    _("Alasan dipilih"),
    _("Langkah"),
    _("Kasus"),
    _("Kategori"),
    _("Wilayah"),
    _("Diminta"),
    _("Disetujui"),
    _("Kejadian"),
    _("Diketik"),
    _("Selisih"),
    _("Status"),
)


def _cells(session: Session, found: Desk, pick: Pick, teller: Teller, place: str) -> list[Cell]:
    line = _line(session, found.people, pick, teller, "")
    return [
        " ".join(teller.say(sentence) for _label, sentence in line.reasons),
        teller.say(line.step),
        pick.number,
        teller.say(line.category),
        place,
        line.requester,
        teller.say(line.approver),
        pick.happened,
        f"{teller.day_of(pick.typed).isoformat()} {teller.hour(pick.typed)}",
        pick.gap,
        f"{teller.say(line.status.words)} {line.status.rest}".strip(),
    ]


def _line(session: Session, people: Any, pick: Pick, teller: Teller, to: str, chosen: str = "") -> Line:  # noqa: ANN401 - id -> name
    category = session.categories.get(pick.category)
    typed = teller.day_of(pick.typed)
    approver: Words = _("Tanpa persetujuan") if pick.approved_by is None else people.get(pick.approved_by, "-")
    return Line(
        pick=pick,
        step=label_of(pick.step),
        to=to,
        category=category.name if category else pick.category,
        requester=people.get(pick.requested_by, "-"),
        approver=approver,
        event=teller.day(pick.happened),
        typed=teller.day(typed),
        hour=teller.hour(pick.typed),
        gap=_("{n} hari", n=pick.gap),
        late="backdated" in pick.reasons,
        reasons=tuple((REASONS[name].label, sentence) for name, sentence in pick.reasons.items()),
        status=_status(pick, teller),
        chosen=pick.id == chosen,
    )


def _status(pick: Pick, teller: Teller) -> Status:
    """Tell the question that needs somebody first; then a finding; then that all was in order."""
    by_state = {q.state: q for q in pick.questions if q.state != audit_questions.CLOSED}
    findings = [q for q in pick.questions if q.state == audit_questions.CLOSED]
    if waits := by_state.get(audit_questions.ASKED):
        day = teller.day(teller.day_of(waits.due_at))
        if waits.due_at < teller.now:
            return Status("late", "late", _("Belum dijawab"), teller.say(_("batasnya {day}", day=day)))
        return Status("waiting", "waiting", _("Ditanya"), teller.say(_("jawab s.d. {day}", day=day)))
    if audit_questions.ANSWERED in by_state:
        return Status("done", "done", _("Dijawab"), teller.say(_("menunggu temuan")))
    if not findings:
        return Status("", "", _("Belum ditanya"))
    worst = next((q for q in findings if q.finding != "in_order"), None)
    if worst is None:
        return Status("plain", "done", _("Selesai"), teller.say(_("tanpa temuan")))
    return Status("late", "late", _("Temuan"), teller.day(teller.day_of(worst.closed_at)))


# --- one step --------------------------------------------------------------------------------------------------------


@router.get("/meja-audit/{number}/{seq}")
def show(page: Reading, number: str, seq: int) -> Response:
    try:
        return _desk(page, chosen=(number, seq))
    except InvalidInput as error:  # an entry that is no step: the desk, and which entries are
        return _desk(page, status=error.status, told=Told(*error.data["problems"].values()))


@router.post("/meja-audit/{number}/{seq}")
def ask(page: Acting, number: str, seq: int) -> Response:
    """Ask somebody about this step."""
    command = AskAbout(case=number, seq=seq, of=page.posted.one("of"), text=page.posted.one("text"))
    back = f"{HERE}/{number}/{seq}{_query(wanted_of(page.request.query_params))}"

    def run(session: Session, by: Viewer, at: datetime) -> dict[str, str]:
        audit_questions.ask(session, command, by=by, at=at)
        return {"to": back, "flash": "question_asked"}

    try:
        return act(page, run, case=number)
    except (NotFound, Forbidden):
        raise
    except InvalidInput as error:
        return _desk(page, chosen=(number, seq), status=error.status, problems=error.data["problems"])
    except CaseflowError as error:
        told = Told(_("Belum dapat dijalankan"), (error_message(error, page.lang),))
        return _desk(page, chosen=(number, seq), status=error.status, told=told)


def _desk(
    page: Page,
    *,
    chosen: tuple[str, int] | None = None,
    status: int = 200,
    problems: dict[str, Sentence] | None = None,
    told: Told | None = None,
) -> Response:
    wanted = wanted_of(page.request.query_params)
    number = max(1, _whole(page.request.query_params.get("halaman", "")))

    def reading(session: Session, by: Viewer, at: datetime) -> dict[str, Any]:
        teller = page.teller(session)
        asked, refused = wanted, None
        try:
            found = audit_desk.desk(session, wanted, by=by, at=at, offset=(number - 1) * PAGE, limit=PAGE)
        except InvalidInput as error:  # an end before its start: the usual days instead, and why
            asked = Wanted(worker=wanted.worker, reasons=wanted.reasons)
            found = audit_desk.desk(session, asked, by=by, at=at, limit=PAGE)
            refused = Told(*error.data["problems"].values())
        looked = audit_desk.look(session, *chosen, by=by, at=at) if chosen else None
        query = _query(asked, halaman=str(number) if number > 1 else "")
        return {
            "found": found,
            "categories": [(code, c.name) for code, c in session.categories.items() if code in found.categories],
            "lines": _lines(session, found, teller, query, looked),
            "panel": _panel(session, looked, teller, by, at) if looked else None,
            "refused": refused,
            "asked": asked,
            "since": teller.moment(found.since) if found.since else "",
            "earlier": _query(Wanted(end=teller.day_of(found.since))) if found.since else "",
            "waiting": audit_questions.count_waiting(session, by=by),
            "limits": audit_limits.shown(session, by=by),
            "now": f"{teller.hour(at)} {teller.zone()}, {teller.full_day(teller.today)}",
        }

    context = page.read(reading, case=chosen[0] if chosen else None)
    asked: Wanted = context["asked"]
    return render(
        page,
        "audit-desk.html",
        status=status,
        problems=problems or {},
        told=told or context["refused"],
        typed=page.posted.one("text"),
        of=page.posted.one("of"),
        reasons=REASONS,
        first=(number - 1) * PAGE + 1,
        before=HERE + _query(asked, halaman=str(number - 1)) if number > 1 else "",
        after=HERE + _query(asked, halaman=str(number + 1)) if number * PAGE < context["found"].found else "",
        all=HERE + _query(asked),
        sheet=f"{HERE}/unduh{_query(asked)}",
        filters=_filters(asked),
        step_of=label_of,
        **context,
    )


def _whole(typed: str) -> int:
    return int(typed) if typed.isdecimal() and len(typed) < 6 else 1  # noqa: PLR2004 - more pages than anybody turns


def _lines(session: Session, found: Desk, teller: Teller, query: str, looked: Looked | None) -> list[Line]:
    chosen = looked.pick.id if looked else ""
    return [
        _line(session, found.people, pick, teller, f"{HERE}/{pick.number}/{pick.seq}{query}", chosen)
        for pick in found.picks
    ]


def _panel(session: Session, looked: Looked, teller: Teller, by: Viewer, at: datetime) -> dict[str, Any]:
    """Return one step as its panel shows it."""
    pick = looked.pick
    _row, entry = audit_desk.require_entry(session, pick.number, pick.seq, by=by)
    office = offices.require(session, pick.office)
    days = audit_limits.of(office).answer_days
    until = add_working_days(teller.today, days, offices.calendar(session, office.id))
    return {
        "line": _line(session, looked.people, pick, teller, ""),
        "area": areas.short_name(session, pick.area) if pick.area else "",
        "before": STATES.get(pick.before),
        "after": STATES.get(pick.to),
        "typed": teller.moment(pick.typed),
        "event": teller.full_day(pick.happened),
        "note": looked.note,
        "hash": f"{looked.hash[:12]}…{looked.hash[-4:]}",
        "intact": looked.intact,
        "entries": looked.entries,
        "questions": [shown(question, teller) for question in audit_questions.of_entry(session, looked, by=by, at=at)],
        "people": audit_questions.may_ask(looked, audit_questions.parties(entry), by=by),
        "own": by.user_id in audit_questions.parties(entry),
        "days": days,
        "until": teller.full_day(until),
    }


def shown(question: audit_questions.Question, teller: Teller) -> dict[str, Any]:
    """Return a question as pages show it."""
    row = question.row
    finding = audit_questions.FINDINGS.get(row.finding or "")
    return {
        "one": question,
        "to": f"{HERE}/pertanyaan/{row.id}",
        "asked_at": teller.moment(row.asked_at),
        "due": teller.full_day(teller.day_of(row.due_at)),
        "late": row.state == audit_questions.ASKED and row.due_at < teller.now,
        "answered_at": teller.moment(row.answered_at) if row.answered_at else "",
        "finding": finding,
        "closed_at": teller.moment(row.closed_at) if row.closed_at else "",
        "step": label_of(row.step),
    }
