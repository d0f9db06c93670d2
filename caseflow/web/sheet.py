"""A form that writes one thing on a case: its questions, what it needs first, and the action behind it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from caseflow.access import Viewer
from caseflow.actions.casework import Work
from caseflow.errors import _
from caseflow.store.session import Session
from caseflow.web.environment import Words
from caseflow.web.places import Check
from caseflow.web.questions import Question
from caseflow.web.speech import Teller

Answers = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Asking:
    """The case a form is for, as its reader sees it; `item` names the row of the case it is about."""

    session: Session
    work: Work
    teller: Teller
    item: str = ""
    query: Mapping[str, str] | None = None

    @property
    def number(self) -> str:
        return str(self.work.row.number)

    @property
    def today(self) -> date:
        return self.work.today


@dataclass(frozen=True, slots=True)
class Saving:
    """What an action is given beside the answers."""

    session: Session
    version: int | None
    by: Viewer
    at: datetime
    seen: str = ""
    """What stood in the form when it was shown: see `Sheet.seen`."""


SAVE = _("Simpan")
Save = Callable[[Saving, Answers], str | None]
"""Runs the action; returns the code of a message other than "saved", if any, and behind a space the case it names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A form on its own page."""

    title: Words
    save: Save
    questions: tuple[Question, ...] = ()
    intro: tuple[Words, ...] = ()
    checks: tuple[Check, ...] = ()
    button: Words = SAVE
    back: str = ""
    """Where it leads after saving, below the case's address."""
    aside: tuple[str, Words] | None = None
    """A second button: where it sends the form, and its words."""
    seen: str = ""
    """Which version of its questions the form shows; it comes back with the answers."""
    shut: Words | None = None
    """Why there is nothing to send: who may, or what has to happen first."""


Builder = Callable[[Asking], Sheet]


def event_question(asking: Asking, key: str, label: Words, hint: Words | None = None) -> Question:
    """Ask for the day something happened; today stands there already."""
    shown = hint or _("Tanggal kejadian, bukan tanggal mengetik.")
    return Question(key=key, label=label, type="date", hint=shown, value=asking.today.isoformat())
