"""Effects: what a step asks for, as data. The actions carry them out in the step's own transaction."""

from dataclasses import dataclass

from caseflow.states.category import Category, LetterUse
from caseflow.states.deadlines import Span
from caseflow.states.facts import Facts
from caseflow.states.lifecycle import CLOSED, Step

EMERGENCY_DEBT = Span(72, "hours")
"""Assessment, plan and ratification are owed within 72 running hours of an emergency step."""


@dataclass(frozen=True, slots=True)
class StartObligation:
    """Something becomes due `span` after the event."""

    kind: str
    span: Span
    recipient: str = "assignee"
    basis: str = ""


@dataclass(frozen=True, slots=True)
class EndObligations:
    """Obligations of these kinds end; an empty tuple means all of the case."""

    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SendLetter:
    """A letter goes out with the step."""

    letter: str


@dataclass(frozen=True, slots=True)
class CancelUnsentLetters:
    """Letters that have not left the office are voided."""


@dataclass(frozen=True, slots=True)
class AlertRelated:
    """The subject's other cases and dependants hear of a death."""


Effect = StartObligation | EndObligations | SendLetter | CancelUnsentLetters | AlertRelated


def letter_applies(use: LetterUse, facts: Facts) -> bool:
    """Tell whether the answers make this letter fit the case; nothing is written about who was erased."""
    if facts.erased:
        return False
    return use.when is None or use.when.holds(facts.answers(use.stage))


def effects_of(step: Step, to: str, facts: Facts, category: Category) -> tuple[Effect, ...]:
    """Return what taking the step asks for, in the order it is to be carried out."""
    effects: list[Effect] = []
    if to == CLOSED:
        effects.append(EndObligations(()))
    elif to != facts.state:
        effects.append(EndObligations(("state_deadline", *(("visit",) if facts.state == "monitoring" else ()))))
    if to != facts.state and (deadline := category.deadlines.get(to)):
        effects.append(StartObligation("state_deadline", deadline.span, deadline.recipient, deadline.basis))
    if to == "monitoring" and facts.state != "monitoring":
        effects.append(StartObligation("visit", category.rhythm.first, category.rhythm.recipient))
    if step.name == "emergency_intervention":
        effects += [
            StartObligation("emergency_debt", EMERGENCY_DEBT),
        ]
    if step.name == "terminate":
        effects.append(CancelUnsentLetters())
        if facts.details.get("reason_code") == "died":
            effects.append(AlertRelated())
    effects += [SendLetter(u.letter) for u in category.letters if step.name in u.sent_by and letter_applies(u, facts)]
    return tuple(effects)
