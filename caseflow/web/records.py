"""Saving the form of a stage: as a draft at any time; what a colleague changed meanwhile is kept or asked about."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from starlette.responses import JSONResponse, Response

from caseflow import edge as door
from caseflow.access import Viewer
from caseflow.actions import records
from caseflow.actions.records import RecordStage
from caseflow.errors import CaseflowError, Forbidden, IdempotencyMismatch, InvalidInput, NotFound, VersionConflict, _
from caseflow.i18n import error_message
from caseflow.states.lifecycle import STATES
from caseflow.store.session import Session
from caseflow.web import conflict, copies
from caseflow.web.environment import say
from caseflow.web.forms import Told
from caseflow.web.page import HEADERS, Acting, Page, Reading, act, render
from caseflow.web.questions import Typed, arranged, labels_of, names_of, read, typed_from, typed_of
from caseflow.web.record_form import Record, record_of, revisions_of, said
from caseflow.web.route import new_router

router = new_router()


@router.get("/kasus/{number}/catatan/{stage}")
def show(page: Reading, number: str, stage: str) -> Response:
    record = record_of(page, number, stage)
    return _render(page, number, record, typed_of(record.every))


@router.get("/kasus/{number}/catatan/{stage}/dahulu")
def earlier(page: Reading, number: str, stage: str) -> Response:
    """Show every revision that is kept: what it changed, and what was given up for a colleague's answer."""
    name, revisions = revisions_of(page, number, stage)
    return render(page, "revisions.html", number=number, name=name, title=STATES[stage], revisions=revisions)


@router.post("/kasus/{number}/catatan/{stage}")
def save(page: Acting, number: str, stage: str) -> Response:
    record = record_of(page, number, stage)
    form = page.posted
    given_up: dict[str, Any] = {}
    if conflict.is_settled_by(form):
        answers, given_up, open_ones = conflict.settled(record, form)
        if open_ones:
            return conflict.asked_again(page, number, record, answers, open_ones)
    else:
        answers, problems = read(record.every, form, draft=True)
        if problems:
            return _render(page, number, record, _typed(record, page), status=InvalidInput.status, problems=problems)

    def run(session: Session, by: Viewer, at: datetime) -> dict[str, str]:
        command = RecordStage(
            case=number, stage=stage, answers=answers, record_version=form.version or 0, final=True, unchosen=given_up
        )
        done = records.record_stage(session, command, by=by, at=at)
        return {"to": f"/kasus/{number}#catatan", "flash": "merged" if done.merged else "saved"}

    try:
        return act(page, run, case=number)
    except (NotFound, Forbidden):
        raise
    except InvalidInput as error:
        problems = error.data["problems"]
        return _render(page, number, record, _typed(record, page), status=error.status, problems=problems)
    except VersionConflict as error:
        return conflict.asked(page, number, record_of(page, number, stage), answers, error)
    except CaseflowError as error:
        twice = isinstance(error, IdempotencyMismatch)
        title = _("Formulir ini sudah terkirim dengan isi lain") if twice else error_message(error, page.lang)
        return _render(page, number, record, _typed(record, page), status=error.status, told=Told(title))


@router.post("/kasus/{number}/catatan/{stage}/draf")
def keep(page: Acting, number: str, stage: str) -> Response:
    """Save what is being typed, as far as it can be read; the script of the form says what became of it.

    `theirs` is what colleagues wrote meanwhile: the form shows it from then on, else its next save would undo it.
    """
    record = record_of(page, number, stage, shown=False)
    answers, unreadable = read(record.every, page.posted, draft=True)
    left = ", ".join(say(q.label, page.lang) for q in record.every if q.key in unreadable)

    def run(session: Session, by: Viewer, at: datetime) -> tuple[int, dict[str, object]]:
        version = page.posted.version or 0
        command = RecordStage(case=number, stage=stage, answers=answers, record_version=version, typing=True)
        done = records.record_stage(session, command, by=by, at=at)
        other = [q for q in record.every if q.key in answers and done.answers.get(q.key) != answers[q.key]]
        typed = typed_of([replace(q, value=done.answers.get(q.key)) for q in other])
        theirs = {name: typed.get(name, []) for q in other for name in names_of(q)}
        hour = page.teller(session).hour(at)
        return 200, {"version": done.version, "hour": hour, "left": left, "theirs": theirs}

    try:
        answer = door.write(page.edge, page.viewer, run, key=None, request=b"", case=number)
    except (NotFound, Forbidden):
        raise
    except CaseflowError as error:
        return JSONResponse({"why": error_message(error, page.lang)}, error.status, dict(HEADERS))
    return JSONResponse(answer.body, answer.status, dict(HEADERS))


def _typed(record: Record, page: Page) -> Typed:
    return typed_from(record.every, page.posted)


def _render(
    page: Page,
    number: str,
    record: Record,
    typed: Typed,
    *,
    status: int = 200,
    problems: Mapping[str, str] | None = None,
    told: Told | None = None,
) -> Response:
    return render(
        page,
        "record.html",
        status=status,
        number=number,
        name=record.name,
        record=record,
        title=STATES[record.stage],
        criteria=arranged(record.criteria),
        asked=arranged(record.questions),
        typed=typed,
        answers=[(q.label, said(q, page.lang)) for q in record.every if q.value not in (None, "", [])],
        problems=problems or {},
        labels=labels_of(record.every),
        told=told,
        copy_keys=copies.keys_of(page.edge.database.keys, page.viewer.user_id) if record.writable else "",
    )
