"""A case opened for a page: read once, and the opening of a restricted one on record before the page leaves."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from caseflow import access
from caseflow.access import Viewer
from caseflow.actions import casework, desk, views
from caseflow.actions.casework import Work
from caseflow.actions.views import CaseView
from caseflow.store.cases import CaseRow
from caseflow.store.session import Session
from caseflow.web.page import Page
from caseflow.web.speech import Teller


@dataclass(frozen=True, slots=True)
class Looked:
    """A case that was opened, with what it takes to tell of it."""

    session: Session
    view: CaseView
    work: Work
    teller: Teller


def opened(page: Page, number: str, run: Callable[[Looked], dict[str, Any]]) -> dict[str, Any]:
    """Read a case for a page; the entry of opening a restricted one is written before the page leaves."""

    def reading(session: Session, by: Viewer, at: datetime) -> tuple[CaseView, dict[str, Any]]:
        view = views.view_case(session, number, by=by, at=at)
        work = casework.look(session, number, by=by, at=at)
        seen = Looked(session, view, work, page.teller(session))
        return view, {**_head(seen), **run(seen)}

    view, context = page.read(reading, case=number)
    note_opened(page, view.row)
    return context


def _head(seen: Looked) -> dict[str, Any]:
    view = seen.view
    return {
        "view": view,
        "number": view.row.number,
        "name": seen.teller.say(view.line.name),
        "acts": {act for act, roles in access.ACTS.items() if view.roles.intersection(roles)},
        "teller": seen.teller,
    }


def note_opened(page: Page, case: CaseRow, *, letter_id: str | None = None) -> None:
    """Note that a restricted case, or a letter of it, was read; only then does the page leave."""
    if case.confidentiality != "R1":
        with page.edge.database.write() as session:
            desk.note_reading(session, case, by=page.viewer, at=page.edge.clock.now(), letter_id=letter_id)
