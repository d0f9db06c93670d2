"""What people read of requests to erase somebody: which wait, what each would take along, what stands against it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from caseflow import access
from caseflow.access import Viewer
from caseflow.actions import casework, erasure, letter_facts, reading
from caseflow.actions.casework import Work
from caseflow.errors import NotFound, Sentence
from caseflow.store import cases, erasures, subjects, users
from caseflow.store.cases import CaseRow
from caseflow.store.erasures import ErasureRow
from caseflow.store.session import Session

MOST = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as a list shows it."""

    row: ErasureRow
    case: CaseRow
    name: str
    """As lists show it: of a closed file (R3) a pseudonym."""
    requester: str
    decider: str
    words: Mapping[str, Any]
    """Reason, applicant and evidence; nothing once the person was erased."""
    may_decide: bool
    own: bool


@dataclass(frozen=True, slots=True)
class Reach:
    """What granting a request would take along."""

    cases: tuple[str, ...]
    """Numbers of those the reader may see."""
    unseen: int
    letters: int
    households: tuple[str, ...]
    kept_until: date | None
    """Until when the file must be kept; None where the request does not wait for that."""
    against: tuple[Sentence, ...]
    """Why it cannot be granted today."""


def waiting(session: Session, *, by: Viewer, at: datetime) -> list[Asked]:
    """Return the requests that wait in cases `by` may see, the oldest first."""
    return _listed(session, erasures.visible(session, by, pending=True, limit=MOST), by=by, at=at)


def every(session: Session, *, by: Viewer, at: datetime) -> list[Asked]:
    """Return every request in cases `by` may see, the oldest first."""
    return _listed(session, erasures.visible(session, by, pending=False, limit=MOST), by=by, at=at)


def _listed(session: Session, rows: list[ErasureRow], *, by: Viewer, at: datetime) -> list[Asked]:
    found = [_asked(session, row, by=by, at=at) for row in rows]
    reading.note(session, (asked.case for asked in found), by=by, at=at, part="erasures")
    return found


def count(session: Session, *, by: Viewer) -> int:
    """Return how many requests wait in cases `by` may see."""
    return len(erasures.visible(session, by, pending=True, limit=MOST))


def to_decide(session: Session, *, by: Viewer) -> int:
    """Return how many requests wait for somebody who may decide: a number beside a menu."""
    if not by.roles.intersection(access.ACTS["erase"]):
        return 0
    found = erasures.visible(session, by, pending=True, limit=MOST)
    return sum(row.requested_by != by.user_id for row in found)


def named(session: Session, typed: str, *, by: Viewer) -> str:
    """Return the request somebody means by its id, or by the number of the case where it waits."""
    row = cases.by_number(session, typed)
    if row is None:
        return typed
    asked = [e for e in erasures.of_subject(session, row.subject_id) if e.case_id == row.id]
    if not asked or not access.roles_in(by, cases.scope_of(session, row)):
        raise NotFound
    return str(asked[0].id)


def one(session: Session, erasure_id: str, *, by: Viewer, at: datetime) -> tuple[Asked, Reach]:
    """Return a request with what it would take along; `NotFound` when absent or not visible."""
    row = erasure.visible(session, erasure_id, by=by)
    reading.look(session, row.case_id, by=by, at=at, part="erasure")
    return _asked(session, row, by=by, at=at), _reach(session, row, by=by, at=at)


def of_case(session: Session, work: Work) -> Asked | None:
    """Return the request for the person of a case that waits, if any."""
    row = erasures.pending_of(session, work.row.subject_id)
    case = cases.by_id(session, row.case_id) if row is not None else None
    if row is None or case is None or not access.roles_in(work.by, cases.scope_of(session, case)):
        return None
    return _asked(session, row, by=work.by, at=work.at)


def _asked(session: Session, row: ErasureRow, *, by: Viewer, at: datetime) -> Asked:
    work = casework.look(session, row.case_id, by=by, at=at)
    people = users.names(session, {user for user in (row.requested_by, row.decided_by) if user})
    decides = bool(work.roles.intersection(access.ACTS["erase"])) and erasure.decides(work, row)
    return Asked(
        row=row,
        case=work.row,
        name=letter_facts.shown_name(
            work.row.confidentiality, work.row.number, subjects.name_of(session, row.subject_id)
        ),
        requester=people.get(row.requested_by, "-"),
        decider=people.get(row.decided_by or "", ""),
        words=erasures.words(session, row) if work.roles else {},
        may_decide=decides and row.state == "pending",
        own=row.requested_by == by.user_id,
    )


def _reach(session: Session, row: ErasureRow, *, by: Viewer, at: datetime) -> Reach:
    families = erasures.households_left_empty(session, row.subject_id)
    held = [case for each in (row.subject_id, *families) for case in cases.of_subject(session, each)]
    seen = [case.number for case in held if access.roles_in(by, cases.scope_of(session, case))]
    pending = row.state == "pending"
    return Reach(
        cases=tuple(sorted(seen)),
        unseen=len(held) - len(seen),
        letters=erasures.letters_of(session, [case.id for case in held]),
        households=tuple(subjects.name_of(session, each) for each in families),
        kept_until=erasure.kept_until(session, row, held) if pending else None,
        against=tuple(erasure.against(session, row, held, by=by, at=at)) if pending else (),
    )
