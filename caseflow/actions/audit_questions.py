"""Questions about a step: asked by who oversees it, answered by who took it, closed by a finding; all on record.

Nobody closes a question about what they asked for or approved: it goes one level up (docs/decisions/0026).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from caseflow import access
from caseflow.access import CONCERNED, Grant, Viewer
from caseflow.actions import audit_desk, audit_limits, casework, inbox, reading
from caseflow.actions.audit_desk import narrowed, require_desk, require_entry, sees
from caseflow.actions.casework import Change, Done, Work
from caseflow.actions.typed import Typed
from caseflow.errors import Erased, Forbidden, InvalidInput, Label, NotFound, Refused, _, listed
from caseflow.i18n import format_date
from caseflow.ids import area_parents, area_within, is_id, new_id
from caseflow.states.category import Text
from caseflow.states.deadlines import Span, civil_date, due_at
from caseflow.states.lifecycle import STEPS
from caseflow.store import audit_desk as rows
from caseflow.store import cases, children, offices, users
from caseflow.store.cases import CaseRow
from caseflow.store.log import Entry
from caseflow.store.session import Session
from caseflow.store.tables import audit_question
from caseflow.store.types import Row

ASKED, ANSWERED, CLOSED = "asked", "answered", "closed"
FINDINGS: dict[str, Text] = {
    "in_order": Text("Sesuai ketentuan", "In order"),
    "correction": Text("Perlu perbaikan", "Correction needed"),
    "misconduct": Text("Dugaan pelanggaran, diteruskan", "Suspected misconduct, reported on"),
}
MOST = 200
QuestionRow = Row[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class AskAbout(Typed):
    """A question about a step, the entry `seq` of a case, to one of those who asked for, typed or approved it."""

    case: str
    seq: int
    of: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerQuestion(Typed):
    """What the person asked answers."""

    question: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseQuestion(Typed):
    """What was found; an order of things needs no words, anything else does."""

    question: str
    finding: str
    text: str = ""


def ask(session: Session, command: AskAbout, *, by: Viewer, at: datetime) -> Done:
    """Ask about a step; the person asked is told. Raises `NotFound`, `Forbidden`, `InvalidInput`, `Refused`, `Erased`.

    Where who asks took part in the step themselves, the question is closed one level up.
    """
    case, entry = require_entry(session, command.case, command.seq, by=by)
    concerned = parties(entry)
    text = _checked(session, command, concerned, by=by)
    question_id = str(new_id(at))
    above = _level_of(by, case) if by.user_id in concerned else None

    def decide(_work: Work) -> Change:
        asked = rows.about(session, [entry.id]).get(entry.id, ())
        if any(q.asked_of == command.of and q.state != CLOSED for q in asked):
            raise Refused(reason=_("Orang ini sudah ditanya tentang langkah ini, dan pertanyaannya belum ditutup."))
        return Change(carry=lambda held: _ask(held, command, question_id, entry, text, above), draft=True)

    return casework.created(_written(session, case.id, decide, by=by, at=at), question_id)


def _checked(session: Session, command: AskAbout, concerned: tuple[str, ...], *, by: Viewer) -> str:
    """Return the question; `InvalidInput` with all that is wrong."""
    problems: dict[str, str] = {}
    if command.of not in concerned or not users.active(session, command.of):
        problems["of"] = _("Pilih orang yang meminta, mengetik, atau menyetujui langkah ini.")
    elif command.of == by.user_id:
        problems["of"] = _("Pertanyaan ditujukan kepada orang lain.")
    try:
        text = casework.require_text(command.text, "text")
    except InvalidInput as error:
        raise InvalidInput(problems | error.data["problems"]) from None
    if problems:
        raise InvalidInput(problems)
    return text


def _ask(
    work: Work, command: AskAbout, question_id: str, entry: Row[Any], text: str, above: str | None
) -> tuple[Entry, ...]:
    step = str(rows.data_of(entry)["step"])
    limits = audit_limits.of(offices.require(work.session, work.row.office_id))
    due = due_at(work.at, Span(limits.answer_days, "working_days"), work.calendar)
    values = {
        "case_id": work.row.id,
        "entry_id": entry.id,
        "seq": command.seq,
        "step": step,
        "asked_of": command.of,
        "asked_by": work.by.user_id,
        "asked_at": work.at,
        "due_at": due,
        "above": above,
        "state": ASKED,
        **dict.fromkeys(("answered_at", "finding", "closed_by", "closed_at")),
    }
    subject = work.row.subject_id
    children.add(work.session, audit_question, subject, values, {"question": text}, at=work.at, row_id=question_id)
    data = {"question": question_id, "step": step, "due": civil_date(due, work.calendar).isoformat()}
    _tell(work, (command.of,), "question_asked", data)
    return (_entry("case:question:asked", question_id, entry.id, command.seq),)


def parties(entry: Row[Any]) -> tuple[str, ...]:
    """Return who has a hand in a step: who asked for it, who typed it, who approved it."""
    data = rows.data_of(entry)
    found = (str(data.get("requested_by") or ""), entry.actor, str(data.get("approved_by") or ""))
    return tuple(dict.fromkeys(user for user in found if user and user != access.SYSTEM_USER))


def _level_of(by: Viewer, case: CaseRow) -> str:
    """Return the widest area in which somebody is supervisor of a case: who closes stands above it."""
    held = [a for a in by.areas("supervisor") if area_within(case.area_code, a)]
    return min(held, key=len, default=case.area_code)


# --- answering -------------------------------------------------------------------------------------------------------


def answer(session: Session, command: AnswerQuestion, *, by: Viewer, at: datetime) -> Done:
    """Answer; only the person asked may, once. Who asked is told, or who is to close it.

    Raises `NotFound`, `Forbidden`, `InvalidInput`, `Refused`.
    """
    row, case = _require(session, command.question, by=by)
    if row.asked_of != by.user_id:
        raise Forbidden(action=_("menjawab pertanyaan ini"), allowed=_("orang yang ditanya"))
    text = casework.require_text(command.text, "text")

    def decide(_work: Work) -> Change:
        _refuse_unless(session, row.id, ASKED)
        return Change(carry=lambda held: _answer(held, row, text), draft=True)

    return _written(session, case.id, decide, by=by, at=at)


def _answer(work: Work, row: QuestionRow, text: str) -> tuple[Entry, ...]:
    _change(work, row, {"state": ANSWERED, "answered_at": work.at}, answer=text)
    data = {"question": row.id, "step": row.step}
    if row.above is None:
        _tell(work, (row.asked_by,), "question_answered", data)
    else:
        _tell(work, (row.asked_by,), "question_raised", data)
        _tell(work, above_of(work.session, row, work.row, work.at), "question_waits", data)
    return (_entry("case:question:answered", row.id, row.entry_id, row.seq),)


# --- closing ---------------------------------------------------------------------------------------------------------


def close(session: Session, command: CloseQuestion, *, by: Viewer, at: datetime) -> Done:
    """Close a question with a finding; who asked and who was asked are told.

    Raises `Forbidden` for who took part in the step, naming who closes it; `NotFound`, `InvalidInput`, and `Refused`
    while an answer may still come.
    """
    row, case = _require(session, command.question, by=by)
    require_desk(by)
    if command.finding not in FINDINGS:
        choices = listed(Label(words.id, en=words.en) for words in FINDINGS.values())
        raise InvalidInput({"finding": _("Pilih temuannya: {choices}.", choices=choices)})
    text = command.text.strip()
    if not _words(session, row, case):
        text = ""  # whoever the case is about was erased: no words about it are kept
    elif command.finding != "in_order" or text:
        text = casework.require_text(text, "text")
    if problem := _against(session, row, case, by=by, at=at):
        raise problem

    def decide(_work: Work) -> Change:
        _refuse_unless(session, row.id, ASKED, ANSWERED)
        return Change(carry=lambda held: _close(held, row, command.finding, text), draft=True)

    return _written(session, case.id, decide, by=by, at=at)


def _close(work: Work, row: QuestionRow, finding: str, text: str) -> tuple[Entry, ...]:
    done = {"state": CLOSED, "finding": finding, "closed_by": work.by.user_id, "closed_at": work.at}
    _change(work, row, done, **({"note": text} if text else {}))
    _tell(work, (row.asked_of, row.asked_by), "question_closed", {"question": row.id, "step": row.step})
    return (_entry("case:question:closed", row.id, row.entry_id, row.seq),)


def _against(
    session: Session, row: QuestionRow, case: CaseRow, *, by: Viewer, at: datetime
) -> Forbidden | Refused | None:
    """Return why somebody of the desk may not close a question now."""
    if not _closes(session, row, case, by=by):
        return _elsewhere(session, row, case, at)
    may_answer = users.active(session, row.asked_of) and bool(_words(session, row, case))
    if row.state == ASKED and at <= row.due_at and may_answer:
        until = format_date(civil_date(row.due_at, offices.calendar(session, case.office_id)), "id")
        return Refused(reason=_("Jawabannya masih ditunggu sampai {until}. Sesudah itu dapat ditutup.", until=until))
    return None


def _closes(session: Session, row: QuestionRow, case: CaseRow, *, by: Viewer) -> bool:
    """Tell whether a finding is somebody's to make: by a role of their own, or lent by who took no part."""
    entry = rows.entry(session, row.case_id, row.seq)
    concerned = set(parties(entry)) if entry is not None else set()
    if row.above is not None:
        concerned.add(row.asked_by)
    scope = cases.scope_of(session, case)
    return by.user_id not in concerned and any(
        grant.for_user not in concerned
        and (grant.role == "auditor" or row.above is None or len(grant.area) < len(row.above))
        and sees(replace(by, grants=(grant,)), scope)
        for grant in narrowed(by).grants
    )


def above_of(session: Session, row: QuestionRow, case: CaseRow, at: datetime) -> tuple[str, ...]:
    """Return who closes what went one level up: supervisors of a wider area, and where there is none the auditors."""
    entry = rows.entry(session, row.case_id, row.seq)
    concerned = {*(parties(entry) if entry is not None else ()), row.asked_by}
    on = civil_date(at, offices.calendar(session, case.office_id))
    wider = area_parents(row.above or case.area_code)
    team = cases.scope_of(session, case).team
    found = users.holders(session, "supervisor", wider[-1], on) if wider else ()
    if case.confidentiality == "R3":
        found = tuple(user for user in found if user in team)
    found = tuple(user for user in found if user not in concerned)
    held = found or users.holders(session, "auditor", case.area_code, on)
    return tuple(user for user in held if user not in concerned)


def _elsewhere(session: Session, row: QuestionRow, case: CaseRow, at: datetime) -> Forbidden:
    """Return who closes a question instead: who asked it, or one level up those above who asked it."""
    if row.above is None:
        action = _("menutup pertanyaan tentang langkah yang diikuti sendiri")
        return Forbidden(action=action, allowed=users.names(session, {row.asked_by}).get(row.asked_by, "-"))
    action = _("menutup pertanyaan yang naik satu tingkat karena penanyanya ikut dalam langkah itu")
    names = users.names(session, set(above_of(session, row, case, at)))
    nobody = _("supervisor wilayah di atasnya atau auditor, yang belum ada; minta admin mencatatnya")
    return Forbidden(action=action, allowed=", ".join(sorted(names.values())) or nobody)


# --- reading ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Question:
    """A question as one of those it concerns reads it."""

    row: QuestionRow
    number: str
    confidentiality: str
    asker: str
    asked: str
    closer: str
    words: Mapping[str, Any]
    """Question, answer and note; nothing once the person of the case was erased."""
    withheld: bool
    """Only the question is shown: a closed file (R3) of others, of whom the reader did not ask."""
    may_answer: bool
    may_close: bool
    against: Forbidden | Refused | None
    """Why somebody of the desk may not close it now."""
    may_open: bool


def one(session: Session, question: str, *, by: Viewer, at: datetime) -> Question:
    """Return a question; `NotFound` for whom it does not concern."""
    row, case = _require(session, question, by=by)
    return _question(session, row, case, by=by, at=at, part="question")


def of_entry(session: Session, looked: audit_desk.Looked, *, by: Viewer, at: datetime) -> tuple[Question, ...]:
    """Return the questions about a step that the reader looks at."""
    asked = looked.pick.questions
    return tuple(_question(session, row, looked.case, by=by, at=at, part="question") for row in asked)


def waiting(session: Session, *, by: Viewer, at: datetime) -> tuple[Question, ...]:
    """Return the questions not closed yet that concern the reader, the first due first."""
    found = ((row, cases.by_id(session, row.case_id)) for row in rows.open_questions(session, narrowed(by), MOST))
    return tuple(_question(session, row, case, by=by, at=at, part="questions") for row, case in found if case)


def count_waiting(session: Session, *, by: Viewer) -> int:
    """Return how many questions wait, without reading them."""
    return len(rows.open_questions(session, narrowed(by), MOST))


def may_ask(looked: audit_desk.Looked, entry_parties: Iterable[str], *, by: Viewer) -> dict[str, str]:
    """Return id -> name of those somebody may ask about a step."""
    busy = {q.asked_of for q in looked.pick.questions if q.state != CLOSED}
    free = [user for user in entry_parties if user != by.user_id and user not in busy]
    return {user: looked.people[user] for user in free if user in looked.people}


def _question(session: Session, row: QuestionRow, case: CaseRow, *, by: Viewer, at: datetime, part: str) -> Question:
    """Return a question as the reader may know it; that they read its words is on record."""
    people = users.names(session, {user for user in (row.asked_by, row.asked_of, row.closed_by) if user})
    scope = cases.scope_of(session, case)
    oversees = bool(narrowed(by).grants) and sees(narrowed(by), scope)
    against = _against(session, row, case, by=by, at=at) if oversees and row.state != CLOSED else None
    words = _words(session, row, case)
    withheld = by.user_id not in {row.asked_by, row.asked_of} and not access.roles_in(by, scope)
    if words:
        reading.note(session, (case,), by=by, at=at, part=part)
    return Question(
        row=row,
        number=case.number,
        confidentiality=case.confidentiality,
        asker=people.get(row.asked_by, "-"),
        asked=people.get(row.asked_of, "-"),
        closer=people.get(row.closed_by or "", ""),
        words={key: said for key, said in words.items() if key == "question" or not withheld},
        withheld=withheld and bool(words),
        may_answer=row.asked_of == by.user_id and row.state == ASKED,
        may_close=oversees and row.state != CLOSED and against is None,
        against=against,
        may_open=oversees,
    )


def _words(session: Session, row: QuestionRow, case: CaseRow) -> Mapping[str, Any]:
    try:
        return children.words(session, audit_question, case.subject_id, row)
    except Erased:
        return {}


# --- what all share --------------------------------------------------------------------------------------------------


def _require(session: Session, question: str, *, by: Viewer) -> tuple[QuestionRow, CaseRow]:
    """Return a question and its case for who asked, who was asked, and who oversees the step; else `NotFound`."""
    row = rows.question(session, question) if is_id(question) else None
    case = cases.by_id(session, row.case_id) if row is not None else None
    if row is None or case is None:
        raise NotFound
    if by.user_id not in {row.asked_by, row.asked_of} and not sees(narrowed(by), cases.scope_of(session, case)):
        raise NotFound
    return row, case


def _refuse_unless(session: Session, question_id: str, *states: str) -> None:
    row = rows.question(session, question_id)
    if row is None or row.state == CLOSED:
        raise Refused(reason=_("Pertanyaan ini sudah ditutup."))
    if row.state not in states:
        raise Refused(reason=_("Pertanyaan ini sudah dijawab."))


def _written(session: Session, case_id: str, decide: Any, *, by: Viewer, at: datetime) -> Done:  # noqa: ANN401 - the decider of casework.change
    """Write in a case as who is concerned by one entry of it, whether or not they see the case."""
    acting = replace(by, grants=(Grant(CONCERNED, ""),))
    return casework.change(session, case_id, decide, by=acting, at=at, expected_version=None, during_hold=True)


def _change(work: Work, row: QuestionRow, columns: Mapping[str, Any], **words: str) -> None:
    subject = work.row.subject_id
    said = {**children.words(work.session, audit_question, subject, row), **words} if words else None
    children.change(work.session, audit_question, subject, row.id, columns, said)


def _tell(work: Work, user_ids: Iterable[str], kind: str, data: Mapping[str, Any]) -> None:
    told = tuple(user for user in user_ids if user != work.by.user_id)
    key = f"question:{data['question']}:{kind}"
    about = {**data, "number": work.row.number}
    inbox.tell(work.session, told, kind=kind, cause_key=key, case_id=work.row.id, data=about, at=work.at)


def _entry(code: str, question_id: str, entry_id: str, seq: int) -> Entry:
    return Entry(code=code, data={"question": question_id, "entry": entry_id, "about": seq})


def label_of(step: str) -> Text:
    """Return what a step is called."""
    return STEPS[step].label if step in STEPS else Text(step, step)
