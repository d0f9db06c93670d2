"""Requests that wait for a second person: what is asked, what it rests on, and the decision."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.responses import Response

from caseflow.access import Viewer
from caseflow.actions import aid, casework, erasure_desk, lines, offers, registry, shared_items, views
from caseflow.actions import reviews as actions
from caseflow.actions.lines import Waiting
from caseflow.actions.reviews import DecideReview
from caseflow.errors import (
    CaseflowError,
    InvalidInput,
    NotFound,
    ReviewClosed,
    ReviewVoided,
    Sentence,
    StepRefused,
    VersionConflict,
    _,
)
from caseflow.i18n import error_message
from caseflow.states import machine
from caseflow.states.lifecycle import OUTCOMES, STAGE_WRITERS, STATES, STEPS, TERMINATION_REASONS
from caseflow.store import reviews as rows
from caseflow.store.session import Session
from caseflow.web import case_view, history, lists
from caseflow.web.environment import Words
from caseflow.web.forms import Told
from caseflow.web.opened import Looked, opened
from caseflow.web.page import Acting, Page, Reading, act, render
from caseflow.web.places import checks_of, checks_told
from caseflow.web.questions import Question
from caseflow.web.record_form import said
from caseflow.web.route import new_router
from caseflow.web.speech import Due
from caseflow.web.work import category_of

router = new_router()
MOST_CHANGES = 8
OF_PLAN = ("approve_plan", "ratify_emergency", "close_case", "continue_case")
"""Steps that are decided with the plan in view."""

DECIDED: dict[str, Sentence] = {
    "granted": _("Permintaan ini sudah disetujui."),
    "refused": _("Permintaan ini sudah ditolak."),
    "withdrawn": _("Permintaan ini sudah ditarik oleh peminta."),
    "void": _("Permintaan ini gugur karena datanya berubah. Peminta dapat meminta lagi."),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A request in the list."""

    id: str
    words: Words
    waiting: Waiting
    category: Words
    due: Due


@router.get("/persetujuan")
def listing(page: Reading) -> Response:
    def reading(session: Session, by: Viewer, at: datetime) -> list[Asked]:
        teller = page.teller(session)
        return [
            Asked(
                w.review.id,
                STEPS[w.review.step].label if w.review.step in STEPS else w.review.step,
                w,
                category_of(session, w.line),
                _due(teller, w.review),
            )
            for w in lines.waiting_reviews(session, by=by, at=at)
        ]

    found = page.read(reading)
    return render(
        page,
        "reviews.html",
        mine=[a for a in found if a.waiting.may_decide],
        others=[a for a in found if not a.waiting.may_decide],
        risks=case_view.RISKS,
        incoming=page.read(lambda session, by, _at: offers.waiting(session, by=by)),
        erasures=page.read(lambda session, by, _at: erasure_desk.count(session, by=by)),
    )


@dataclass(frozen=True, slots=True)
class _Owed:
    kind: str
    span: str
    started_at: datetime
    due_at: datetime


def _due(teller: Any, row: Any) -> Due:  # noqa: ANN401 - a teller, a row of review
    told: Due = teller.due(_Owed("review", "1d", row.requested_at, row.due_at))
    return told


# --- one request ---------------------------------------------------------------------------------------------------


@router.get("/persetujuan/{review_id}")
def show(page: Reading, review_id: str) -> Response:
    return _page(page, review_id)


@router.post("/persetujuan/{review_id}")
def decide(page: Acting, review_id: str) -> Response:
    form = page.posted
    granting = form.one("_putusan") == "setuju"
    reason = form.one("reason").strip()
    if not granting and not reason:
        return _page(page, review_id, status=422, problems={"reason": _("Tulis alasannya: peminta perlu tahu.")})

    def run(session: Session, by: Viewer, at: datetime) -> dict[str, str]:
        said = {"despite": form.one("despite"), "known": form.one("known")} if granting else {}
        command = DecideReview(review=review_id, reason=reason, expected_version=form.version, **said)
        decision = actions.grant_review if granting else actions.refuse_review
        done = decision(session, command, by=by, at=at)
        left = next((w.review.id for w in lines.waiting_reviews(session, by=by, at=at) if w.may_decide), "")
        flash = "granted" if granting else "refused"
        return {"to": f"/persetujuan/{left}".rstrip("/"), "flash": flash, "case": done.number}

    try:
        return act(page, run, case=form.one("_kasus") or review_id)
    except NotFound:
        raise
    except InvalidInput:
        problem = {"despite": _("Baca bantuan yang sama di bawah, lalu tulis mengapa rencana tetap disetujui.")}
        return _page(page, review_id, status=422, problems=problem)
    except CaseflowError as error:
        return _page(page, review_id, status=error.status, error=error)


def _page(
    page: Page,
    review_id: str,
    *,
    status: int = 200,
    problems: dict[str, Sentence] | None = None,
    error: CaseflowError | None = None,
) -> Response:
    number = page.read(lambda session, by, at: _case_of(session, review_id, by, at), case=review_id)
    context = opened(page, number, lambda seen: _asked(page, seen, review_id, error))
    typed = {"reason": page.posted.one("reason"), "despite": page.posted.one("despite")}
    return render(page, "review.html", status=status, problems=problems or {}, **typed, **context)


def _case_of(session: Session, review_id: str, by: Viewer, at: datetime) -> str:
    row = rows.by_id(session, review_id) if casework.is_id(review_id) else None
    if row is None:
        raise NotFound
    return str(casework.look(session, row.case_id, by=by, at=at).row.number)


def _asked(page: Page, seen: Looked, review_id: str, error: CaseflowError | None) -> dict[str, Any]:
    view, work, teller = seen.view, seen.work, seen.teller
    row = next(r for r in view.reviews if r.id == review_id)
    at = page.edge.clock.now()
    waiting = next(iter(lines.waiting_reviews(seen.session, by=page.viewer, at=at, only=review_id)), None)
    step = STEPS[row.step]
    preview = next((s for s in view.steps if s.step == row.step), None)
    unmet = checks_told(seen.session, work, error.data["unmet"]) if isinstance(error, StepRefused) else ()
    wrote = actions.written_by(work, row.step)
    items = view.plan if row.step in OF_PLAN else ()
    places = shared_items.elsewhere(work) if items else ()
    return {
        "row": row,
        "step": step,
        "waiting": waiting,
        "requester": view.people.get(row.requested_by, "-"),
        "decider": view.people.get(row.decided_by or "", ""),
        "asked_at": teller.moment(row.requested_at),
        "decided_at": teller.moment(row.decided_at) if row.decided_at else "",
        "due": _due(teller, row),
        "to": STATES[preview.to] if preview else None,
        "details": _details(waiting, teller) if waiting else [],
        "checks": checks_of(seen.session, work, row.step, preview.unmet) if preview else (),
        "changed": _changed(seen, row),
        "answers": _answers(seen, row.step, page.lang),
        "stage": STATES[view.row.state],
        "decided": DECIDED.get(row.state),
        "own": row.requested_by == page.viewer.user_id or page.viewer.user_id in wrote,
        "may": waiting is not None and bool(work.roles.intersection(machine.approvers_of(work.category, row.step))),
        "unmet": unmet,
        "told": None if error is None or unmet else _told(error, page.lang),
        "risk": case_view.RISKS.get(view.row.risk or ""),
        "same": aid.of_case(work) if row.state == "pending" and row.step in aid.STEPS else aid.Findings(),
        "limits": registry.of_help(work) if row.step in aid.STEPS else {},
        "items": items,
        "served": {item.id: [lists.served(p, teller) for p in places if p.item == item.id] for item in items},
    }


def _told(error: CaseflowError, lang: str) -> Told:
    match error:
        case VersionConflict() | ReviewVoided():
            return Told(
                _("Kasus ini berubah sejak Anda membuka halaman"), (_("Periksa lagi isinya di bawah, lalu putuskan."),)
            )
        case ReviewClosed():
            return Told(_("Permintaan ini sudah diputus"))
        case _:
            return Told(error_message(error, lang))


def _details(waiting: Waiting, teller: Any) -> list[tuple[Words, str]]:  # noqa: ANN401 - a teller
    step = STEPS[waiting.review.step]
    labels: dict[str, Words] = {**OUTCOMES, **TERMINATION_REASONS}
    return [
        (d.label, teller.say(labels.get(waiting.details[d.key], waiting.details[d.key])))
        for d in step.details
        if waiting.details.get(d.key)
    ]


def _changed(seen: Looked, row: Any) -> tuple[history.Told, ...]:  # noqa: ANN401 - a row of review
    """Return what was typed since the step before this one, the newest few; the request itself left out."""
    work = seen.work
    events = views.history_of(work)
    last = max((e.seq for e in events if e.code == "case:step:taken" and e.entered_at < row.requested_at), default=1)
    since = [e for e in events if e.seq > last and e.data.get("review") != row.id]
    return history.told(seen.session, since[-MOST_CHANGES:], work.category, seen.teller, history.receivers(seen.view))


def _answers(seen: Looked, step: str, lang: str) -> list[tuple[Words, list[tuple[Words, str]]]]:
    """Return the records the decision rests on: the stage the case is in, and those an emergency owed."""
    view = seen.view
    stages = ("assessment", "intervention_plan") if step == "ratify_emergency" else (view.row.state,)
    found: list[tuple[Words, list[tuple[Words, str]]]] = []
    for stage in (s for s in stages if s in STAGE_WRITERS):
        answers = view.records.get(stage, {})
        lines: list[tuple[Words, str]] = []
        for field in view.category.fields_of(stage):
            value = answers.get(field.key)
            if value in (None, "", []):
                continue
            choices = tuple((c.key, c.label) for c in field.choices)
            question = Question(key=field.key, label=field.label, type=field.type, choices=choices, value=value)
            lines.append((field.label, said(question, lang)))
        if lines:
            found.append((STATES[stage], lines))
    return found
