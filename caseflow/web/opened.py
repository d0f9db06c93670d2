"""A case opened for a page: read once, told by whoever shows a part of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from caseflow import access
from caseflow.access import Viewer
from caseflow.actions import reading, views
from caseflow.actions.casework import Work
from caseflow.actions.views import CaseView
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
    """Read a case for a page."""

    def looked(session: Session, by: Viewer, at: datetime) -> dict[str, Any]:
        work = reading.look(session, number, by=by, at=at)
        seen = Looked(session, views.view_of(work), work, page.teller(session))
        return {**_head(seen), **run(seen)}

    return page.read(looked, case=number)


def _head(seen: Looked) -> dict[str, Any]:
    view = seen.view
    acts = {act for act, roles in access.ACTS.items() if view.roles.intersection(roles)}
    return {
        "view": view,
        "number": view.row.number,
        "name": seen.teller.say(view.line.name),
        "acts": set() if view.subject.erased_at else acts,
        "teller": seen.teller,
    }
