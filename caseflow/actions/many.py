"""Many commands in one transaction: read together, decided one by one, written together; each for itself."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, TypeVar

from caseflow.access import Viewer
from caseflow.actions import cases, steps, visits
from caseflow.actions.cases import OpenCase
from caseflow.actions.casework import Done
from caseflow.actions.steps import AdvanceCase
from caseflow.actions.visits import AddVisit
from caseflow.errors import CaseflowError, Refused, _
from caseflow.ids import is_id
from caseflow.store import cases as case_rows
from caseflow.store import facts
from caseflow.store.hot import Apart, FenceLost
from caseflow.store.session import Session

C = TypeVar("C")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one command: done, or refused with the reason."""

    done: Done | None = None
    problem: CaseflowError | None = None


def told(outcome: Outcome) -> dict[str, Any] | CaseflowError:
    """Return an outcome as plain JSON, or as the error that refused it."""
    if outcome.problem is not None:
        return outcome.problem
    if outcome.done is None:
        raise ValueError("an outcome is done or refused")
    return asdict(outcome.done)


def advance_many(session: Session, commands: Sequence[AdvanceCase], *, by: Viewer, at: datetime) -> list[Outcome]:
    """Take many steps, each as `steps.advance_case` does; the cases are held while they are decided.

    A step that causes no more than rows of its own case is written together with the others; whatever needs more (a
    letter, a review to ask for, the same case again) follows behind them, by itself.
    """

    def act(command: AdvanceCase) -> Done:
        return steps.advance_case(session, command, by=by, at=at)

    return together(session, act, commands, [command.case for command in commands], by=by)


def visit_many(session: Session, commands: Sequence[AddVisit], *, by: Viewer, at: datetime) -> list[Outcome]:
    """Record one visit in several cases of a family, or many visits: each case has its own row and its own entry.

    What was found in a closed file (R3) is written in that file alone, what was found in a home in no other's.
    """
    hold(session, [command.case for command in commands], by=by)
    secret = visits.closed_findings(session, commands, by=by, at=at)
    strangers = visits.strangers(session, commands, by=by, at=at)

    def act(command: AddVisit) -> Done:
        if command.case in strangers:
            raise Refused(reason=_("Kasus itu bukan kasus lain dari rumah atau KK yang sama."))
        return visits.add_visit(session, command, by=by, at=at, secret=secret)

    return _alone(session, act, commands, {}, range(len(commands)))


def together(
    session: Session, act: Callable[[C], Done], commands: Sequence[C], about: Sequence[str], *, by: Viewer
) -> list[Outcome]:
    """Carry out commands `about` these cases: those are held and read together, and what each writes is sent together.

    An action that asks the database for more is decided again by itself, behind the others.
    """
    found: dict[int, Outcome] = {}
    apart: list[int] = []
    try:
        with session.attempt():
            facts.read_together(session, about, by)
            with session.gather():
                for place, command in enumerate(commands):
                    try:
                        found[place] = _tried(session, act, command)
                    except Apart:
                        apart.append(place)
    except FenceLost:
        # Something else came between: nothing of the others was kept, each is decided again by itself.
        found, apart = {}, list(range(len(commands)))
    session.readings.clear()
    return _alone(session, act, commands, found, apart)


def open_many(session: Session, commands: Sequence[OpenCase], *, by: Viewer, at: datetime) -> list[Outcome]:
    """Open many cases, each as `cases.open_case` does."""

    def act(command: OpenCase) -> Done:
        return cases.open_case(session, command, by=by, at=at).case

    return _alone(session, act, commands, {}, range(len(commands)))


def hold(session: Session, about: Sequence[str], *, by: Viewer) -> None:
    """Hold cases, by id or number, until the transaction ends: two who write in the same never wait for each other."""
    numbers = [case for case in about if case_rows.is_number(case)]
    case_rows.hold(session, numbers=numbers, case_ids={case for case in about if is_id(case)}, viewer=by)


def each(session: Session, act: Callable[[C], Done], commands: Sequence[C]) -> list[Outcome]:
    """Carry out commands one by one, in this transaction; one that is refused leaves nothing and stops no other."""
    return _alone(session, act, commands, {}, range(len(commands)))


def _alone(
    session: Session, act: Callable[[C], Done], commands: Sequence[C], found: dict[int, Outcome], places: Sequence[int]
) -> list[Outcome]:
    for place in places:
        found[place] = _tried(session, act, commands[place])
    return [found[place] for place in range(len(commands))]


def _tried(session: Session, act: Callable[[C], Done], command: C) -> Outcome:
    try:
        with session.attempt():
            return Outcome(done=act(command))
    except CaseflowError as problem:
        return Outcome(problem=problem)
