"""The form of a stage as its reader sees it: criteria, questions, what was saved last, and answers in words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from caseflow import access
from caseflow.access import Viewer
from caseflow.actions import casework, reading, registry
from caseflow.actions.casework import Work
from caseflow.errors import NotFound, _
from caseflow.i18n import format_date, format_money
from caseflow.states import notices
from caseflow.states.category import Category, Field
from caseflow.states.guards import criterion_key
from caseflow.states.lifecycle import CLOSED, OPEN
from caseflow.store import records as rows
from caseflow.store import subjects, users
from caseflow.store.session import Session
from caseflow.web.environment import Words, say
from caseflow.web.page import Page
from caseflow.web.questions import Question
from caseflow.web.sheet import Asking
from caseflow.web.sheets import case
from caseflow.web.sheets.steps import roles_said
from caseflow.web.speech import Teller


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
    zone: str
    """The office's zone as a browser knows it: `Asia/Makassar`."""
    category: str

    @property
    def every(self) -> tuple[Question, ...]:
        return (*self.criteria, *self.questions)


def record_of(page: Page, number: str, stage: str, *, shown: bool = True) -> Record:
    """Return the form; `shown` to somebody, which is on record, and not only to understand what was typed in it."""
    if stage not in OPEN:
        raise NotFound

    def looking(session: Session, by: Viewer, at: datetime) -> Record:
        work = casework.look(session, number, by=by, at=at)
        if shown:
            reading.note(session, (work.row,), by=by, at=at, part="form")
        return _of(Asking(session, work, page.teller(session)), stage, shown=shown)

    return page.read(looking, case=number)


@dataclass(frozen=True, slots=True)
class Revision:
    """A version of a form: who saved it and when, and what it says otherwise than the one before."""

    when: str
    who: str
    given_up: bool
    """What somebody typed and gave up for another answer: it says otherwise than what was kept instead."""
    answers: tuple[tuple[Words, str], ...]


def revisions_of(page: Page, number: str, stage: str) -> tuple[str, tuple[Revision, ...]]:
    """Return who the case is about, and the versions that are kept of a form in this cycle, newest first."""
    if stage not in OPEN:
        raise NotFound

    def looking(session: Session, by: Viewer, at: datetime) -> tuple[str, tuple[Revision, ...]]:
        work = reading.look(session, number, by=by, at=at, part="form")
        asking = Asking(session, work, page.teller(session))
        row = rows.find(session, work.row.id, stage, work.row.cycle)
        kept = rows.revisions(session, work.row.subject_id, row.id) if row is not None else []
        return case.shown_name(asking), tuple(_revisions(asking, stage, kept))

    return page.read(looking, case=number)


def _revisions(asking: Asking, stage: str, kept: Sequence[tuple[Any, dict[str, Any]]]) -> Iterator[Revision]:
    work, teller = asking.work, asking.teller
    names = users.names(asking.session, {row.saved_by for row, _said in kept})
    questions = (*criteria_of(work.category, {}), *_questions(work, stage, {}, teller.lang))
    stored = sorted(((row.version, answers) for row, answers in kept if row.version > 0), key=lambda one: one[0])
    for row, answers in kept:
        before: dict[str, Any] = next((said for version, said in reversed(stored) if version < row.version), {})
        if row.version < 0:  # given up for the answers that were there, and those saved with them
            before = dict(stored).get(-row.version, {})
        other = tuple(
            (q.label, told(q, answers.get(q.key), teller.lang))
            for q in questions
            if answers.get(q.key) != before.get(q.key)
        )
        if other:
            yield Revision(teller.moment(row.saved_at), names.get(row.saved_by, "-"), row.version < 0, other)


def _questions(work: Work, stage: str, answers: Mapping[str, Any], lang: str) -> tuple[Question, ...]:
    return tuple(question_of(f, answers, work.roles, lang) for f in work.category.fields_of(stage))


def _of(asking: Asking, stage: str, *, shown: bool) -> Record:
    work, teller = asking.work, asking.teller
    row = rows.find(asking.session, work.row.id, stage, work.row.cycle)
    if shown and row is not None:
        rows.show(asking.session, row, at=work.at)
    answers = work.facts.answers(stage)
    screening = work.category.screening
    criteria = criteria_of(work.category, answers) if stage == "data_collection" else ()
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
        questions=_questions(work, stage, answers, teller.lang),
        version=row.version if row is not None else 0,
        saved=saved,
        notices=notices.notices(
            work.category,
            work.facts,
            age=about.age,
            sex=about.sex,
            fresh_days=registry.fresh_days(asking.session, work.facts),
        ),
        writable=shut is None,
        shut=shut,
        basis=screening.basis if criteria else "",
        lang=teller.lang,
        zone=str(teller.calendar.zone),
        category=work.category.code,
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


def criteria_of(category: Category, answers: Mapping[str, Any]) -> tuple[Question, ...]:
    """Ask for the criteria of a category."""
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


def question_of(field: Field, answers: Mapping[str, Any], roles: frozenset[str], lang: str) -> Question:
    """Ask for a field of a stage; who may not answer reads who may."""
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


def told(question: Question, value: Any, lang: str) -> str:  # noqa: ANN401 - an answer
    if value in (None, "", []):
        return say(_("Belum diisi"), lang)
    return said(question, lang, value)


def _day(text: str, lang: str) -> str:
    try:
        return format_date(date.fromisoformat(text), lang)
    except ValueError:
        return text
