"""Who else of one household has an open case that the reader may open, and what help they had; closed files never."""

from dataclasses import dataclass

from caseflow import access
from caseflow.actions import casework, reading
from caseflow.actions.casework import Work
from caseflow.states.category import Text
from caseflow.states.lifecycle import CLOSED
from caseflow.store import cases, children, circles, lines
from caseflow.store.session import Session
from caseflow.store.subjects import Summary
from caseflow.store.tables import plan_item


@dataclass(frozen=True, slots=True)
class Relative:
    """An open case in the same household."""

    number: str
    name: str
    category: Text
    state: str
    helped: tuple[Text, ...]
    """What was handed over or done there in this cycle: not to be planned twice."""


def of_case(work: Work, about: Summary) -> tuple[Relative, ...]:
    """Return the open cases of the household of a case's subject, of those the reader may open, no closed files.

    A closed file of a member stands in no case but its own, whoever reads: nothing here tells that there is one.
    """
    session = work.session
    rows = [row for subject in sorted(household_of(work, about)) for row in cases.of_subject(session, subject)]
    rows = [row for row in rows if row.state != CLOSED and row.confidentiality != "R3"]
    roles = {row.id: access.roles_in(work.by, cases.scope_of(session, row)) for row in rows}
    seen = [row for row in rows if casework.acting(roles[row.id], row.state)]
    reading.note(session, seen, by=work.by, at=work.at, part="household")
    names = lines.names(session, {row.subject_id for row in seen})
    known = session.categories
    return tuple(
        Relative(row.number, names[row.subject_id], known[row.category].name, row.state, _helped(session, row))
        for row in seen
        if row.category in known
    )


def household_of(work: Work, about: Summary) -> set[str]:
    """Return who shares a household or a family card with the subject of a case, that one left out."""
    return circles.circle_of(work.session, about.id, kk=str(about.data.get("kk") or ""), on=work.today) - {about.id}


def _helped(session: Session, row: cases.CaseRow) -> tuple[Text, ...]:
    category = session.categories[row.category]
    done = {i.intervention for i in children.of_case(session, plan_item, row.id) if i.status == "done"}
    return tuple(kind.name for code in sorted(done) if (kind := category.intervention(code)) is not None)
