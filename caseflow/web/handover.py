"""Handover on pages: who works where and with how much, the open work of one of them, and giving it to others."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.responses import Response

from caseflow import edge as edges
from caseflow.access import Viewer
from caseflow.actions import areas, handover, many
from caseflow.actions.audit_questions import label_of
from caseflow.actions.handover import AWAITED, HandOver, Held, Leaving, Worker
from caseflow.edge import Numbered, RowDone
from caseflow.errors import InvalidInput, _
from caseflow.i18n import error_message, translate
from caseflow.states.lifecycle import STATES
from caseflow.store.session import Session
from caseflow.web.audit_desk import HERE as AUDIT
from caseflow.web.case_view import AWAITED as OF_OTHERS
from caseflow.web.case_view import OWED
from caseflow.web.environment import Words
from caseflow.web.forms import Told
from caseflow.web.page import Acting, Page, Reading, render
from caseflow.web.route import new_router
from caseflow.web.speech import Due, Teller
from caseflow.web.work import category_of

router = new_router()
HERE = "/serah-terima"


@dataclass(frozen=True, slots=True)
class Row:
    """A case as the page shows it."""

    held: Held
    category: Words
    due: Due | None
    owed: Words
    waits: tuple[str, ...]
    able: tuple[Worker, ...]
    suggested: Worker | None


@dataclass(frozen=True, slots=True)
class Became:
    """What became of a case that was handed over."""

    number: str
    name: Words
    to: str
    problem: str


@router.get(HERE)
def listing(page: Reading) -> Response:
    def reading(session: Session, by: Viewer, at: datetime) -> list[tuple[Worker, tuple[str, ...]]]:
        found = handover.workers(session, by=by, at=at)
        places = areas.short_names(session, {area for one in found for area in one.areas})
        return [(one, tuple(places[area] for area in one.areas)) for one in found]

    return render(page, "handovers.html", workers=page.read(reading))


@router.get(HERE + "/{worker}")
def show(page: Reading, worker: str) -> Response:
    return _page(page, worker)


@router.get(HERE + "/{worker}/ringkasan")
def summary(page: Reading, worker: str) -> Response:
    """Show all that waits for somebody as one sheet to print."""
    return render(page, "handover-summary.html", **_read(page, worker))


@router.post(HERE + "/{worker}")
def give(page: Acting, worker: str) -> Response:
    """Give the cases that were chosen, or all as suggested, to others; what is refused stays where it is."""
    form, before = page.posted, _read(page, worker)
    leaver = before["found"].worker.id
    whole = form.one("_aksi") == "saran"
    rows = [
        Numbered(n, HandOver(case=case, worker=leaver, to=to, note=form.one(f"catatan-{case}") or form.one("catatan")))
        for n, case in enumerate(form.all("kasus"), 1)
        if (to := form.one(f"untuk-{case}") or (form.one(f"saran-{case}") if whole else ""))
    ]
    if not rows:
        told = Told(_("Belum ada yang dipilih"), (_("Pilih penerima paling sedikit satu kasus."),))
        return _page(page, worker, status=InvalidInput.status, told=told)
    key = form.key

    def act(session: Session, commands: Sequence[HandOver], by: Viewer, at: datetime) -> list[Any]:
        done = handover.hand_over(session, commands, run=key, by=by, at=at)
        return [many.told(outcome) for outcome in done]

    done = list(edges.write_many(page.edge, page.viewer, rows, act, key=key))
    found = [_became(row, command.command, before["found"], page.lang) for row, command in zip(done, rows, strict=True)]
    return render(
        page,
        "handover-done.html",
        worker=before["found"].worker,
        given=[one for one in found if not one.problem],
        refused=[one for one in found if one.problem],
        note=form.one("catatan"),
        day=before["day"],
    )


def _became(row: RowDone, asked: HandOver, found: Leaving, lang: str) -> Became:
    to = found.colleagues.get(asked.to)
    line = next((one.line for one in found.cases if one.line.id == asked.case), None)
    number = row.body["number"] if row.body else line.number if line else "-"
    return Became(number, line.name if line else "", to.name if to else "", _problem(row, lang))


def _problem(row: RowDone, lang: str) -> str:
    if isinstance(row.problem, InvalidInput):
        return " ".join(translate(text, lang) for text in row.problem.data["problems"].values())
    return error_message(row.problem, lang) if row.problem else ""


def _page(page: Page, worker: str, *, status: int = 200, told: Told | None = None) -> Response:
    typed = {name: page.posted.one(name) for name in page.posted.fields}
    return render(page, "handover.html", status=status, told=told, typed=typed, **_read(page, worker))


def _read(page: Page, worker: str) -> dict[str, Any]:
    def reading(session: Session, by: Viewer, at: datetime) -> dict[str, Any]:
        teller = page.teller(session)
        found = handover.leaving(session, worker, by=by, at=at)
        return {
            "found": found,
            "rows": [_row(session, one, found, teller) for one in found.cases],
            "questions": [
                (f"{AUDIT}/pertanyaan/{q.id}", label_of(q.step), q.number, teller.full_day(teller.day_of(q.due_at)))
                for q in found.questions
            ],
            "posts": [
                (f"{post.prefix} {post.post}".strip(), teller.full_day(post.ends_on) if post.ends_on else "")
                for post in found.posts
            ],
            "day": teller.full_day(teller.today),
        }

    return {"states": STATES, **page.read(reading)}


def _row(session: Session, held: Held, found: Leaving, teller: Teller) -> Row:
    due = held.due
    return Row(
        held=held,
        category=category_of(session, held.line),
        due=teller.due(due, awaited=due.kind in OF_OTHERS) if due else None,
        owed=OWED.get(due.kind, _("Kewajiban")) if due else "",
        waits=tuple(teller.say(AWAITED[kind], n=n) for kind, n in held.waits.items()),
        able=tuple(found.colleagues[user] for user in found.colleagues if user in held.able),
        suggested=found.colleagues.get(held.suggested or ""),
    )
