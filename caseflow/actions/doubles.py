"""Whose NIK is recorded twice, and on which other case, as far as the reader may see it."""

from collections.abc import Iterable
from dataclasses import dataclass

from caseflow import access
from caseflow.access import GLASS
from caseflow.actions import reading
from caseflow.actions.casework import Work
from caseflow.actions.letter_facts import shown_name
from caseflow.store import cases, lines, niks, subjects
from caseflow.store.session import Session


@dataclass(frozen=True, slots=True)
class Same:
    """A case of somebody recorded with the same NIK."""

    number: str
    name: str


@dataclass(frozen=True, slots=True)
class Doubles:
    """The people of a case whose NIK somebody else has too, and the cases of those others."""

    people: tuple[str, ...]
    """Their ids."""
    seen: tuple[Same, ...]
    hidden: bool
    """Another record lies outside the reader's authority: a supervisor has to look."""


def of_case(work: Work) -> Doubles:
    """Return the doubles of a case that was looked at."""
    session = work.session
    if GLASS in work.by.roles:  # opened in need is this file, and no other
        return Doubles((), (), hidden=False)
    about = work.row.subject_id
    people = (about, *(m.person_id for m in subjects.members_of(session, about, work.today)))
    shared = niks.double_people(session, people)
    double = tuple(person for person in people if person in shared)
    found: dict[str, Same] = {}
    hidden = False
    for other in (o for p in double for o in niks.same_as(session, p)):
        seen = _visible(session, work, (other, *subjects.households_of(session, other)))
        hidden = hidden or not seen
        found |= {same.number: same for same in seen if same.number != work.row.number}
    return Doubles(double, tuple(found.values()), hidden)


def _visible(session: Session, work: Work, subject_ids: Iterable[str]) -> list[Same]:
    rows = [row for subject in subject_ids for row in cases.of_subject(session, subject)]
    seen = [row for row in rows if access.roles_in(work.by, cases.scope_of(session, row))]
    reading.note(session, (r for r in seen if r.id != work.row.id), by=work.by, at=work.at, part="doubles")
    names = lines.names(session, {row.subject_id for row in seen})
    return [Same(r.number, str(shown_name(r.confidentiality, r.number, names[r.subject_id]))) for r in seen]
