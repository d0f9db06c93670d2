"""The form of a stage: shown with its criteria, saved, and in a conflict only the fields that two people changed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from difflib import SequenceMatcher
from typing import Any

from starlette.responses import Response

from caseflow import access
from caseflow.access import Viewer
from caseflow.actions import casework, records
from caseflow.actions.casework import Work
from caseflow.actions.records import RecordStage
from caseflow.errors import CaseflowError, Forbidden, IdempotencyMismatch, InvalidInput, NotFound, VersionConflict, _
from caseflow.i18n import error_message, format_date, format_money
from caseflow.states import notices
from caseflow.states.category import Category, Field
from caseflow.states.guards import criterion_key
from caseflow.states.lifecycle import CLOSED, OPEN, STATES
from caseflow.store import records as rows
from caseflow.store import subjects, users
from caseflow.store.session import Session
from caseflow.web.environment import Words, say
from caseflow.web.forms import Told
from caseflow.web.opened import note_opened
from caseflow.web.page import Acting, Page, Reading, act, render
from caseflow.web.questions import Question, Typed, arranged, names_of, read, typed_from, typed_of
from caseflow.web.route import new_router
from caseflow.web.sheet import Asking
from caseflow.web.sheets import case
from caseflow.web.sheets.steps import roles_said
from caseflow.web.speech import Teller

router = new_router()
PICKED = "_pilih."
"""Prefix of the answers to a conflict: yours, theirs or other."""
BEFORE = "_dulu."
"""Prefix of what a field said before both changed it."""
OTHER = "lain."
"""Prefix of the fields of a third answer to a conflict."""


@dataclass(frozen=True, slots=True)
class Record:
    """The form of a stage as its reader sees it."""

    name: str
    stage: str
    criteria: tuple[Question, ...]
    questions: tuple[Question, ...]
    version: int
    saved: str
    notices: tuple[Words, ...]
    writable: bool
    shut: Words | None
    basis: str
    lang: str

    @property
    def every(self) -> tuple[Question, ...]:
        return (*self.criteria, *self.questions)


@router.get("/kasus/{number}/catatan/{stage}")
def show(page: Reading, number: str, stage: str) -> Response:
    record = _record(page, number, stage)
    return _render(page, number, record, typed_of(record.every))


@router.post("/kasus/{number}/catatan/{stage}")
def save(page: Acting, number: str, stage: str) -> Response:
    record = _record(page, number, stage)
    form = page.posted
    answers, problems = read(record.every, form, draft=True)
    answers, unpicked = _resolved(record, page, answers)
    if unpicked:
        return _conflict_again(page, number, record, _unpicked(record, unpicked, page.lang))
    if problems:
        return _render(page, number, record, _typed(record, page), status=422, problems=problems)

    def run(session: Session, by: Viewer, at: datetime) -> dict[str, str]:
        command = RecordStage(case=number, stage=stage, answers=answers, record_version=form.version or 0, final=True)
        done = records.record_stage(session, command, by=by, at=at)
        return {"to": f"/kasus/{number}#catatan", "flash": "merged" if done.merged else "saved"}

    try:
        return act(page, run, case=number)
    except (NotFound, Forbidden):
        raise
    except InvalidInput as error:
        return _render(page, number, record, _typed(record, page), status=422, problems=error.data["problems"])
    except VersionConflict as error:
        return _conflict(page, number, _record(page, number, stage), error)
    except CaseflowError as error:
        twice = isinstance(error, IdempotencyMismatch)
        title = _("Formulir ini sudah terkirim dengan isi lain") if twice else error_message(error, page.lang)
        return _render(page, number, record, _typed(record, page), status=error.status, told=Told(title))


def _typed(record: Record, page: Page) -> Typed:
    return typed_from(record.every, page.posted)


# --- the form ------------------------------------------------------------------------------------------------------


def _record(page: Page, number: str, stage: str) -> Record:
    if stage not in OPEN:
        raise NotFound

    def reading(session: Session, by: Viewer, at: datetime) -> tuple[Work, Record]:
        work = casework.look(session, number, by=by, at=at)
        asking = Asking(session, work, page.teller(session))
        return work, _of(asking, stage)

    work, record = page.read(reading, case=number)
    note_opened(page, work.row)
    return record


def _of(asking: Asking, stage: str) -> Record:
    work, teller = asking.work, asking.teller
    row = rows.find(asking.session, work.row.id, stage, work.row.cycle)
    answers = work.facts.answers(stage)
    screening = work.category.screening
    criteria = _criteria(work.category, answers) if stage == "data_collection" else ()
    about = subjects.summary(asking.session, work.row.subject_id, work.today)
    saved = ""
    if row is not None:
        who = users.names(asking.session, {row.updated_by}).get(row.updated_by, "-")
        saved = teller.say(_("Terakhir disimpan {who}, {when}.", who=who, when=teller.moment(row.updated_at)))
    shut = _shut(work, stage, teller)
    return Record(
        name=case.shown_name(asking),
        stage=stage,
        criteria=criteria,
        questions=tuple(_question(f, answers, work.roles, teller.lang) for f in work.category.fields_of(stage)),
        version=row.version if row is not None else 0,
        saved=saved,
        notices=notices.notices(work.category, work.facts, age=about.age),
        writable=shut is None,
        shut=shut,
        basis=screening.basis if criteria else "",
        lang=teller.lang,
    )


def _shut(work: Work, stage: str, teller: Teller) -> Words | None:
    roles = access.ACTS["record_data_collection" if stage == "data_collection" else "record"]
    if work.row.state == CLOSED:
        return _("Kasus sudah ditutup. Buka kembali dahulu untuk mengisi catatan.")
    if not work.roles.intersection(roles):
        return _("Yang dapat mengisi catatan ini: {roles}.", roles=roles_said(roles, teller.lang))
    if "caseworker" not in work.roles and work.row.state != "data_collection":
        return _("Yang dapat mengisi catatan ini: {roles}.", roles=roles_said(("caseworker",), teller.lang))
    return None


def _criteria(category: Category, answers: Mapping[str, Any]) -> tuple[Question, ...]:
    return tuple(
        Question(
            key=criterion_key(c),
            label=c.label,
            type="criterion",
            hint=c.help,
            value=answers.get(criterion_key(c)),
        )
        for c in category.screening.criteria
    )


def _question(field: Field, answers: Mapping[str, Any], roles: frozenset[str], lang: str) -> Question:
    others = field.filled_by and not roles.intersection(field.filled_by)
    return Question(
        key=field.key,
        label=field.label,
        type=field.type,
        hint=field.help,
        required=field.required,
        choices=tuple((c.key, c.label) for c in field.choices),
        when=field.when,
        fixed=_("Diisi oleh {roles}.", roles=roles_said(field.filled_by, lang)) if others else None,
        value=answers.get(field.key),
    )


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
        told=told,
    )


def said(question: Question, lang: str, value: Any = None) -> str:  # noqa: ANN401 - an answer
    """Return an answer in the words of its reader."""
    answer = question.value if value is None else value
    labels = {key: say(label, lang) for key, label in question.options()}
    match question.type:
        case "money":
            return format_money(answer, lang) if isinstance(answer, int) else str(answer)
        case "boolean":
            return labels["yes" if answer else "no"]
        case "choices":
            return ", ".join(labels.get(str(a), str(a)) for a in answer)
        case "choice" | "criterion":
            return labels.get(str(answer), str(answer))
        case "date":
            return _day(str(answer), lang)
        case _:
            return str(answer)


# --- the conflict --------------------------------------------------------------------------------------------------


Marked = tuple[tuple[str, bool], ...]
"""A text in pieces, each with whether the other one does not say it."""


@dataclass(frozen=True, slots=True)
class Clash:
    """One field that two people changed to different answers."""

    question: Question
    before: str
    yours: Marked
    theirs: Marked


def _conflict(page: Page, number: str, record: Record, error: VersionConflict) -> Response:
    keys = tuple(str(k) for k in error.data["fields"])
    before = {q.key: _told(q, error.data["base"].get(q.key), page.lang) for q in record.every if q.key in keys}
    return _show_conflict(page, number, record, before, int(error.data["version"]), {})


def _conflict_again(page: Page, number: str, record: Record, problems: Mapping[str, str]) -> Response:
    keys = tuple(k for k in page.posted.one("_isian").split() if k in {q.key for q in record.every})
    before = {k: page.posted.one(BEFORE + k) for k in keys}
    return _show_conflict(page, number, record, before, page.posted.version or 0, problems)


def _show_conflict(
    page: Page,
    number: str,
    record: Record,
    before: Mapping[str, str],
    version: int,
    problems: Mapping[str, str],
) -> Response:
    yours, _unread = read(record.every, page.posted, draft=True)
    clashes = [
        Clash(q, before[q.key], *marked(_told(q, yours.get(q.key), page.lang), _told(q, q.value, page.lang)))
        for q in record.every
        if q.key in before
    ]
    names = {name for q in record.every for name in names_of(q)}
    kept = [(name, value) for name in sorted(names) for value in page.posted.all(name)]
    return render(
        page,
        "conflict.html",
        status=409,
        number=number,
        name=record.name,
        record=record,
        title=STATES[record.stage],
        clashes=clashes,
        others=[_third(c.question) for c in clashes],
        before=before,
        version=version,
        kept=kept,
        who=_writer(page, number, record.stage),
        problems=problems,
        picked={k: page.posted.one(PICKED + k) for k in before},
        typed=typed_from([_third(q) for q in record.every], page.posted),
    )


def marked(yours: str, theirs: str) -> tuple[Marked, Marked]:
    """Return two texts in pieces, marking the words that differ; texts with nothing in common are left plain."""
    a, b = (re.findall(r"\s+|\S+", text) for text in (yours, theirs))
    blocks = SequenceMatcher(a=a, b=b, autojunk=False).get_opcodes()
    if not any(tag == "equal" and "".join(a[i:j]).strip() for tag, i, j, _k, _l in blocks):
        return ((yours, False),), ((theirs, False),)
    mine = tuple(("".join(a[i:j]), tag != "equal") for tag, i, j, _k, _l in blocks if j > i)
    other = tuple(("".join(b[k:end]), tag != "equal") for tag, _i, _j, k, end in blocks if end > k)
    return mine, other


def _writer(page: Page, number: str, stage: str) -> str:
    def reading(session: Session, by: Viewer, at: datetime) -> str:
        work = casework.look(session, number, by=by, at=at)
        row = rows.find(session, work.row.id, stage, work.row.cycle)
        return users.names(session, {row.updated_by}).get(row.updated_by, "-") if row else "-"

    return page.read(reading)


def _told(question: Question, value: Any, lang: str) -> str:  # noqa: ANN401 - an answer
    if value in (None, "", []):
        return say(_("Belum diisi"), lang)
    return said(question, lang, value)


def _unpicked(record: Record, keys: list[str], lang: str) -> dict[str, str]:
    labels = {q.key: say(q.label, lang) for q in record.every}
    return {key: _("Pilih isian untuk: {field}", field=labels[key]) for key in keys}


def _third(question: Question) -> Question:
    """Return the question again, for an answer that is neither yours nor theirs."""
    return Question(
        key=OTHER + question.key,
        label=_("Isian lain"),
        type=question.type,
        choices=question.choices,
    )


def _resolved(record: Record, page: Page, answers: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Return the answers after the choices made in a conflict, and the fields for which nothing was chosen.

    Theirs is what is stored: the field is not sent, so it stays as it is.
    """
    form = page.posted
    keys = form.one("_isian").split()
    chosen = dict(answers)
    unpicked = []
    for question in record.every:
        if question.key not in keys:
            continue
        match form.one(PICKED + question.key):
            case "yours":
                continue
            case "theirs":
                chosen.pop(question.key, None)
            case "other":
                third = _third(question)
                values, problems = read((third,), form, draft=True)
                if problems or values[third.key] is None:
                    unpicked.append(question.key)
                else:
                    chosen[question.key] = values[third.key]
            case _:
                unpicked.append(question.key)
    return chosen, unpicked


def _day(text: str, lang: str) -> str:
    try:
        return format_date(date.fromisoformat(text), lang)
    except ValueError:
        return text
