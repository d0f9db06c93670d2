"""The page of one case: who and where, the lifecycle, next steps, records, letters, what happened last."""

from dataclasses import dataclass
from typing import Any

from starlette.responses import RedirectResponse, Response

from caseflow import access
from caseflow.access import GLASS
from caseflow.actions import casework, doubles, erasure_desk, family, glass, views
from caseflow.actions.views import CaseView, NextStep
from caseflow.errors import _
from caseflow.states import guards, machine
from caseflow.states.lifecycle import CLOSED, OPEN, STATES, STEPS
from caseflow.store import cases
from caseflow.web import attachments, case_view, history, letter_view
from caseflow.web.case_view import ABOUT, ONWARD, Step
from caseflow.web.environment import Words
from caseflow.web.opened import Looked, opened
from caseflow.web.page import HEADERS, Page, Reading, render
from caseflow.web.places import checks_of
from caseflow.web.route import new_router
from caseflow.web.sheet import Asking
from caseflow.web.sheets.letters import offered
from caseflow.web.sheets.steps import roles_said
from caseflow.web.speech import Teller

router = new_router()
NEWEST = 4
"""Entries of the history on the case page; the others have a page of their own."""


@router.get("/cases/{case_id}")
def by_id(page: Reading, case_id: str) -> Response:
    """Lead a link of a message to the case's own address."""
    number = page.read(lambda session, by, at: casework.look(session, case_id, by=by, at=at).row.number, case=case_id)
    return RedirectResponse(f"/kasus/{number}", 303, dict(HEADERS))


@router.get("/kasus/{number}")
def show(page: Reading, number: str) -> Response:
    context = opened(page, number, lambda seen: _case(page, seen))
    return render(page, "case.html", **context)


def _case(page: Page, seen: Looked) -> dict[str, Any]:
    view, teller, session = seen.view, seen.teller, seen.session
    at = page.edge.clock.now()
    events = views.history_of(seen.work)
    opened_until = glass.until(session, view.row.id, by=seen.work.by, at=at)
    told = history.told(session, events[-NEWEST:], view.category, teller, history.receivers(view))
    onward, aside = case_view.ordered(view.steps)
    cycles = [e for e in events if e.code == "case:step:taken" and e.data["step"] in {"continue_case", "reopen"}]
    offers = offered(Asking(session, seen.work, teller)) if view.row.state != CLOSED else ()
    return {
        "opened_until": teller.hour(opened_until) if opened_until else "",
        "facts": case_view.facts_of(view, teller),
        "doubles": doubles.of_case(seen.work),
        "family": () if GLASS in seen.work.by.roles else family.of_case(seen.work, view.subject),
        "risk": case_view.RISKS.get(view.row.risk or ""),
        "secrecy": case_view.SECRECY.get(view.row.confidentiality),
        "outcome": case_view.outcome_of(view),
        "held": teller.full_day(until) if (until := cases.held_on(view.row, view.today)) else "",
        "emergency": view.row.emergency_since is not None and not view.row.emergency_paid,
        "stages": case_view.stages_of(view, events, teller),
        "states": STATES,
        "at": list(STATES).index(view.row.state) + 1,
        "of": len(STATES),
        "cycles": [_cycle(teller, e) for e in cycles],
        "onward": [_step(seen, s) for s in onward],
        "aside": [_step(seen, s) for s in aside],
        "pending": [_pending(seen, r) for r in view.reviews if r.state == "pending"],
        "owed": case_view.owed_of(view, teller),
        "records": _records(seen),
        "drafts": letter_view.drafts_of(session, view, teller, {kind.name for kind, _use in offers}),
        "letters": letter_view.letters_of(session, view, teller, {kind.name for kind, _use in offers}),
        "offered": letter_view.grouped(seen.work, offers),
        "attached": attachments.shown_of(seen),
        "entries": told,
        "earlier": max(0, len(events) - NEWEST),
        "visits_told": case_view.visits_told(view, teller),
        "unanswered": sum(r.columns["status"] == "open" for r in view.referrals),
        "standing": sum(c.columns["withdrawn_on"] is None for c in view.consents),
        "running": sum(p.columns["ends_on"] is None for p in view.placements),
        "erasure": erasure_desk.of_case(session, seen.work) if view.row.state == CLOSED else None,
        "places": any(i.placement for i in view.category.interventions),
    }


def _cycle(teller: Teller, event: views.Event) -> str:
    if event.data["step"] == "reopen":
        return teller.say(
            _("Dibuka kembali {day} untuk siklus {n}.", day=teller.day(event.event_date), n=event.data["cycle"])
        )
    before = int(event.data["cycle"]) - 1
    day = teller.day(event.event_date)
    return teller.say(_("Siklus {n} berakhir {day} dengan keputusan berlanjut.", n=before, day=day))


def _step(seen: Looked, found: NextStep) -> Step:
    view, teller = seen.view, seen.teller
    lead = ABOUT.get(found.step)
    words = teller.say(lead) if lead else ""
    if found.step in ONWARD and found.to != view.row.state:
        words = teller.say(_("Menuju tahap {state}.", state=teller.say(STATES[found.to])))
    checks = checks_of(seen.session, seen.work, found.step, found.unmet)
    return Step(
        name=found.step,
        words=found.label,
        lead=words,
        verdict=teller.say(_verdict(seen, found, len(checks))),
        checks=checks,
        ready=found.allowed and not _asked_already(view, found.step),
        to=f"/kasus/{view.row.number}/langkah/{found.step}",
    )


def _asked_already(view: CaseView, step: str) -> bool:
    return any(r.step == step and r.state == "pending" for r in view.reviews)


def _verdict(seen: Looked, found: NextStep, conditions: int) -> Words:
    view, lang = seen.view, seen.teller.lang
    if not found.may_take:
        takers = machine.takers_of(view.category, found.step)
        return _("Yang dapat mengambil langkah ini: {roles}.", roles=roles_said(takers, lang))
    if _asked_already(view, found.step):
        return _("Sudah diminta, menunggu keputusan.")
    if cases.held_on(view.row, view.today) and not STEPS[found.step].during_hold:
        return _("Kasus sedang ditunda. Lanjutkan kasus dahulu.")
    if found.unmet:
        return _("Belum bisa: {n} dari {total} syarat belum terpenuhi.", n=len(found.unmet), total=conditions)
    if found.approval:
        return _("Bisa diminta. Yang memutuskan: {roles}.", roles=roles_said(found.approval, lang))
    return _("Bisa diambil sekarang.")


@dataclass(frozen=True, slots=True)
class Pending:
    """A request that waits."""

    words: Words
    said: str
    due: object
    mine: bool
    withdraw: str
    decide: str


def _pending(seen: Looked, row: Any) -> Pending:  # noqa: ANN401 - a row of review
    view, teller = seen.view, seen.teller
    who = view.people.get(row.requested_by, "-")
    owed = next((o for o in view.obligations if o.ref_id == row.id), None)
    decides = view.roles.intersection(machine.approvers_of(view.category, row.step))
    return Pending(
        words=STEPS[row.step].label if row.step in STEPS else row.step,
        said=teller.say(_("Diminta {who}, {when}.", who=who, when=teller.moment(row.requested_at))),
        due=teller.due(owed, awaited=True) if owed else None,
        mine=row.requested_by == seen.work.by.user_id,
        withdraw=f"/kasus/{view.row.number}/persetujuan/{row.id}/tarik",
        decide=f"/persetujuan/{row.id}" if decides else "",
    )


# --- records -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RecordShown:
    """How far the form of a stage is."""

    stage: str
    words: Words
    now: bool
    said: str
    missing: tuple[Words, ...]
    to: str
    writable: bool


def _records(seen: Looked) -> list[RecordShown]:
    view, teller = seen.view, seen.teller
    last = list(STATES).index(view.row.state)
    shown = [s for i, s in enumerate(OPEN) if i <= last or s in view.record_versions]
    return [_record(seen, stage, teller) for stage in shown if view.category.fields_of(stage)]


def _record(seen: Looked, stage: str, teller: Teller) -> RecordShown:
    view = seen.view
    fields, answers = view.category.fields_of(stage), view.records.get(stage, {})
    missing = [next(f.label for f in fields if f.key == key) for key in guards.missing_fields(fields, answers)]
    if stage == "data_collection":
        criteria = view.category.screening.criteria
        missing += [c.label for c in criteria if answers.get(guards.criterion_key(c)) in {None, ""}]
    filled = sum(guards.answered(v) for v in answers.values())
    if view.subject.erased_at:
        said = _("Isinya dihapus atas permintaan")
    elif not filled:
        said = _("Belum diisi")
    elif missing:
        said = _("{n} isian wajib belum dijawab", n=len(missing))
    else:
        said = _("Isian wajib lengkap")
    act = "record_data_collection" if stage == "data_collection" else "record"
    return RecordShown(
        stage=stage,
        words=STATES[stage],
        now=stage == view.row.state,
        said=teller.say(said),
        missing=tuple(missing),
        to=f"/kasus/{view.row.number}/catatan/{stage}",
        writable=view.row.state != CLOSED and bool(view.roles.intersection(access.ACTS[act])),
    )
