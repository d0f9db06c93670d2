"""Blank forms to print: what a stage of a category asks, with lines and boxes, and nothing of any case."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from starlette.responses import Response

from caseflow.access import Viewer
from caseflow.errors import NotFound, _
from caseflow.states.category import Category
from caseflow.states.lifecycle import INITIAL, OPEN, ROLES, STATES
from caseflow.store.session import Session
from caseflow.web import kinds, newcase
from caseflow.web.areas import AREA, Places
from caseflow.web.environment import Words
from caseflow.web.newcase import Draft
from caseflow.web.page import Page, Reading, render
from caseflow.web.questions import Asked, Question, arranged
from caseflow.web.record_form import criteria_of, question_of
from caseflow.web.route import new_router

router = new_router()
MEMBERS = 4
"""Of a household there is room for so many."""
NOWHERE = Places((), "", wide=False, regencies={})


@dataclass(frozen=True, slots=True)
class Section:
    """Questions of a blank form under a heading."""

    words: Words
    asked: tuple[Asked, ...]


@router.get("/formulir")
def every(page: Reading) -> Response:
    def reading(session: Session, _by: Viewer, _at: datetime) -> dict[str, Any]:
        stages = {c.code: [s for s in OPEN if s == INITIAL or c.fields_of(s)] for c in session.categories.values()}
        return {"shelves": kinds.shelves_of(session), "stages": stages}

    return render(page, "blanks.html", **page.read(reading), states=STATES)


@router.get("/formulir/{category_code}/{stage}")
def show(page: Reading, category_code: str, stage: str) -> Response:
    def reading(session: Session, _by: Viewer, at: datetime) -> dict[str, Any]:
        category = session.categories.get(category_code)
        if category is None or stage not in OPEN or (stage != INITIAL and not category.fields_of(stage)):
            raise NotFound
        teller = page.teller(session)
        sections = tuple(_sections(page, category, stage, teller.today))
        return {"category": category, "sections": sections, "moment": teller.moment(at)}

    return render(page, "blank.html", **page.read(reading), stage=STATES[stage], first=stage == INITIAL)


def _sections(page: Page, category: Category, stage: str, today: date) -> Iterator[Section]:
    if stage == INITIAL:
        kind = next((kind for kind in kinds.SUBJECTS if kind in category.subject_kinds), "person")
        draft = Draft(category, kind, known="", subject="", members=MEMBERS, places=NOWHERE, chosen="", today=today)
        for part in newcase.questions_of(draft):
            yield Section(part.words, arranged(tuple(map(_on_paper, part.questions))))
        yield Section(_("Pemilahan"), arranged(criteria_of(category, {})))
    fields = tuple(question_of(f, {}, frozenset(ROLES), page.lang) for f in category.fields_of(stage))
    yield Section(_("Keterangan"), arranged(fields))


def _on_paper(question: Question) -> Question:
    """Return the question as it can be answered with a pen: no list of places opens."""
    if question.key != AREA:
        return question
    return replace(question, type="text", hint=_("Desa atau kelurahan, dan kecamatannya."))
