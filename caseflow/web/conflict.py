"""Two people changed one field of a form: both answers and the earlier one, none chosen, only for those fields."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import SequenceMatcher
from typing import Any

from starlette.responses import Response

from caseflow.access import Viewer
from caseflow.actions import casework
from caseflow.errors import VersionConflict, _
from caseflow.states.lifecycle import STATES
from caseflow.store import records as rows
from caseflow.store import users
from caseflow.store.session import Session
from caseflow.web.page import Page, render
from caseflow.web.posted import Posted
from caseflow.web.questions import CHOOSE, Question, labels_of, read, typed_from, typed_of
from caseflow.web.record_form import Record, told

ASKED = "_isian"
"""The fields that are asked about."""
MINE = "_milik"
"""The fields that this person changed; only they are sent, so that nothing a colleague wrote is overwritten."""
PICKED = "_pilih."
"""Prefix of the answers: yours, theirs or other."""
BEFORE = "_dulu."
"""Prefix of what a field said before both changed it."""
OTHER = "lain."
"""Prefix of the fields of a third answer."""

Marked = tuple[tuple[str, bool], ...]
"""A text in pieces, each with whether the other one does not say it."""


@dataclass(frozen=True, slots=True)
class Clash:
    """One field that two people changed to different answers."""

    question: Question
    before: str
    yours: Marked
    theirs: Marked


def is_settled_by(form: Posted) -> bool:
    """Tell whether a form is the answer to a conflict."""
    return form.has(ASKED)


def settled(record: Record, form: Posted) -> tuple[dict[str, Any], dict[str, Any], list[str]]:
    """Return this person's answers after the choices, those given up, and the fields for which nothing was chosen.

    Theirs is what is stored: the field is not sent, so it stays as it is.
    """
    mine = form.one(MINE).split()
    asked_for = form.one(ASKED).split()
    chosen, _problems = read([q for q in record.every if q.key in mine], form, draft=True)
    typed, left = dict(chosen), []
    for question in (q for q in record.every if q.key in asked_for):
        match form.one(PICKED + question.key):
            case "yours":
                continue
            case "theirs":
                chosen.pop(question.key, None)
            case "other":
                third = _third(question)
                values, problems = read((third,), form, draft=True)
                if problems or values[third.key] is None:
                    left.append(question.key)
                else:
                    chosen[question.key] = values[third.key]
            case _:
                left.append(question.key)
    given_up = {k: typed[k] for k in asked_for if typed.get(k) is not None and chosen.get(k) != typed[k]}
    return chosen, given_up, left


def asked(page: Page, number: str, record: Record, answers: Mapping[str, Any], error: VersionConflict) -> Response:
    """Return the page that asks about the fields of a conflict."""
    keys = {str(k) for k in error.data["fields"]}
    before = {q.key: told(q, error.data["base"].get(q.key), page.lang) for q in record.every if q.key in keys}
    mine = answers if is_settled_by(page.posted) else _changed(page, number, record, answers)
    return _show(page, number, record, mine, before, int(error.data["version"]), ())


def asked_again(
    page: Page, number: str, record: Record, answers: Mapping[str, Any], open_ones: Collection[str]
) -> Response:
    """Return the page again for the fields for which nothing was chosen."""
    form = page.posted
    known = {q.key for q in record.every}
    before = {k: form.one(BEFORE + k) for k in form.one(ASKED).split() if k in known}
    sent, _problems = read([q for q in record.every if q.key in form.one(MINE).split()], form, draft=True)
    return _show(page, number, record, {**answers, **sent}, before, form.version or 0, open_ones)


def _changed(page: Page, number: str, record: Record, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answers that differ from what the form showed when it was opened."""

    def reading(session: Session, by: Viewer, at: datetime) -> dict[str, Any]:
        work = casework.look(session, number, by=by, at=at)
        row = rows.find(session, work.row.id, record.stage, work.row.cycle)
        shown = page.posted.version or 0
        seen = rows.revision(session, work.row.subject_id, row.id, shown) if row is not None else {}
        return {k: v for k, v in answers.items() if seen is None or v != seen.get(k)}

    return page.read(reading)


def _show(
    page: Page,
    number: str,
    record: Record,
    mine: Mapping[str, Any],
    before: Mapping[str, str],
    version: int,
    open_ones: Collection[str],
) -> Response:
    clashes = [
        Clash(q, before[q.key], *marked(told(q, mine.get(q.key), page.lang), told(q, q.value, page.lang)))
        for q in record.every
        if q.key in before
    ]
    kept = typed_of([replace(q, value=mine[q.key]) for q in record.every if q.key in mine])
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
        mine=" ".join(mine),
        version=version,
        kept=[(name, value) for name, values in kept.items() for value in values],
        who=_writer(page, number, record.stage),
        problems=dict.fromkeys(open_ones, CHOOSE),
        labels=labels_of(record.every),
        picked={k: page.posted.one(PICKED + k) for k in before},
        typed=typed_from([_third(q) for q in record.every], page.posted),
    )


def _third(question: Question) -> Question:
    """Return the question again, for an answer that is neither yours nor theirs."""
    key, label = OTHER + question.key, _("Isian lain")
    return Question(key=key, label=label, type=question.type, choices=question.choices)


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
