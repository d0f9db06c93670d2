"""The state machine: decides a step on a throw-away object, with every unmet guard; the only user of `transitions`."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import cast

from transitions import EventData, Machine, MachineError

from caseflow.errors import OnHold, StepOutOfOrder, StepRefused, UnknownState, UnknownStep, listed
from caseflow.states import guards
from caseflow.states.category import Category, Text
from caseflow.states.effects import Effect, effects_of
from caseflow.states.facts import Facts
from caseflow.states.lifecycle import (
    ACTS,
    FIRST_OR_ASSESSMENT,
    INITIAL,
    PREVIOUS,
    STATES,
    STEPS,
    Step,
    destinations,
)


@dataclass(frozen=True, slots=True)
class Decision:
    """A step that may be taken: where it leads and what it asks for."""

    step: str
    to: str
    cycle: int
    needs_review: bool
    effects: tuple[Effect, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """One possible next step as a person sees it before the click."""

    step: str
    label: Text
    to: str
    unmet: tuple[guards.Unmet, ...]
    approvers: tuple[str, ...]
    takers: tuple[str, ...]
    reason: bool
    during_hold: bool


@dataclass(slots=True)
class _Cursor:
    """The throw-away object a decision is made on; never a row, never kept."""

    state: str
    facts: Facts
    category: Category
    unmet: tuple[guards.Unmet, ...] = field(default=())


def steps_of(category: Category) -> dict[str, Step]:
    """Return the lifecycle's steps without those the category switches off."""
    return {n: s for n, s in STEPS.items() if n not in category.without_steps}


def guards_of(category: Category, step: str) -> tuple[str, ...]:
    """Return the guards of a step or act: the lifecycle's first, then the category's."""
    common = STEPS[step].guards if step in STEPS else ()
    return tuple(dict.fromkeys((*common, *category.guards.get(step, ()))))


def takers_of(category: Category, step: str) -> tuple[str, ...]:
    """Return the roles that may take the step."""
    return category.takers.get(step, STEPS[step].takers)


def approvers_of(category: Category, step: str) -> tuple[str, ...]:
    """Return the roles that must approve the step; none means it needs no second person."""
    return category.approvers.get(step, STEPS[step].approvers)


def advance(category: Category, facts: Facts, step: str) -> Decision:
    """Decide a step, or raise `UnknownState`, `UnknownStep`, `OnHold`, `StepOutOfOrder`, `StepRefused` (all unmet)."""
    steps = steps_of(category)
    if facts.state not in STATES:
        raise UnknownState(state=facts.state)
    if step not in steps:
        raise UnknownStep(step=step, known=", ".join(steps))
    if facts.held and not steps[step].during_hold:
        raise OnHold(until="-")
    cursor = _Cursor(facts.state, facts, category)
    try:
        moved = _machine(tuple(steps)).events[step].trigger(cursor)
    except MachineError:
        raise _out_of_order(category, facts, step) from None
    if not moved:
        raise StepRefused(step=step, label=steps[step].label.sentence, unmet=[describe(u) for u in cursor.unmet])
    chosen = steps[step]
    return Decision(
        step=step,
        to=cursor.state,
        cycle=facts.cycle + (1 if chosen.new_cycle else 0),
        needs_review=bool(approvers_of(category, step)),
        effects=effects_of(chosen, cursor.state, facts, category),
    )


def _out_of_order(category: Category, facts: Facts, step: str) -> StepOutOfOrder:
    possible = possible_steps(category, facts)
    return StepOutOfOrder(
        step=step,
        label=STEPS[step].label.sentence,
        state=facts.state,
        state_label=STATES[facts.state].sentence,
        possible=list(possible),
        possible_labels=listed(STEPS[name].label.sentence for name in possible) or "-",
    )


def possible_steps(category: Category, facts: Facts) -> tuple[str, ...]:
    """Return the steps that lead out of the present state, unmet guards or not."""
    return tuple(n for n, s in steps_of(category).items() if facts.state in s.sources)


def previews(category: Category, facts: Facts) -> tuple[Preview, ...]:
    """Return every step out of this state with all of its unmet guards."""
    return tuple(
        Preview(
            step=name,
            label=STEPS[name].label,
            to=_destination(STEPS[name], facts),
            unmet=guards.check(guards_of(category, name), facts, category),
            approvers=approvers_of(category, name),
            takers=takers_of(category, name),
            reason=STEPS[name].reason,
            during_hold=STEPS[name].during_hold,
        )
        for name in possible_steps(category, facts)
    )


def require(category: Category, facts: Facts, act: str) -> None:
    """Raise `StepRefused` with every unmet guard of an act that is no step (a placement, a letter)."""
    if unmet := guards.check(guards_of(category, act), facts, category):
        label = ACTS[act].sentence if act in ACTS else act
        raise StepRefused(step=act, label=label, unmet=[describe(u) for u in unmet])


def describe(unmet: guards.Unmet) -> dict[str, str]:
    """Return an unmet guard as plain strings for an error."""
    return {
        "guard": unmet.guard,
        "message": unmet.label.id,
        "message_en": unmet.label.en,
        "places": " ".join(unmet.places),
    }


def _destination(step: Step, facts: Facts) -> str:
    if step.to == PREVIOUS:
        return facts.previous_state or INITIAL
    if step.to == FIRST_OR_ASSESSMENT:
        return "assessment" if facts.assessed else INITIAL
    return step.to


def _nothing_unmet(event: EventData) -> bool:
    cursor = cast("_Cursor", event.model)
    cursor.unmet = guards.check(guards_of(cursor.category, event.event.name), cursor.facts, cursor.category)
    return not cursor.unmet


@lru_cache(maxsize=64)
def _machine(steps: tuple[str, ...]) -> Machine:
    """Build the machine once per set of steps; it holds no model."""

    def leads_to(name: str, to: str) -> tuple[Callable[[EventData], bool], ...]:
        if len(destinations(STEPS[name])) == 1:
            return ()
        return (lambda event: _destination(STEPS[name], cast("_Cursor", event.model).facts) == to,)

    transitions = [
        {
            "trigger": name,
            "source": source,
            "dest": to,
            "conditions": [*leads_to(name, to), _nothing_unmet],
        }
        for name in steps
        for source in STEPS[name].sources
        for to in destinations(STEPS[name])
    ]
    return Machine(
        model=None,
        states=list(STATES),
        transitions=transitions,
        initial=INITIAL,
        auto_transitions=False,
        send_event=True,
    )
