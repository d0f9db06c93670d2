"""What an ending means beyond its own step: a death reaches other cases, and a mistaken ending is taken back."""

from collections.abc import Callable, Mapping

from caseflow.actions import inbox, obligations
from caseflow.actions.casework import Work
from caseflow.errors import DuplicateCase
from caseflow.states.lifecycle import CLOSED
from caseflow.store import cases, circles, subjects, users
from caseflow.store.cases import CaseRow
from caseflow.store.obligations import ObligationRow


def require_no_other_open(work: Work) -> None:
    """Raise `DuplicateCase` where a closed case would become a second open one of its subject and category."""
    if found := cases.open_of(work.session, work.row.subject_id, work.row.category):
        raise DuplicateCase(number=found.number, case=found.id)


def hold_related(work: Work, step: str, details: Mapping[str, str]) -> None:
    """Hold the other cases of the subject before a step that reaches them: a death, or a death taken back."""
    died = "died" in {details.get("reason_code"), work.row.outcome}
    if step in {"terminate", "undo_termination"} and died:
        cases.lock_of_subject(work.session, work.row.subject_id)


def record_death(work: Work) -> None:
    """Mark the subject as dead, end the reminders of its other cases and tell who is concerned.

    A dead person is owed no visit in any case.
    """
    subjects.record_death(work.session, work.row.subject_id, died=True)
    for other in _other_open_cases(work):
        cases.raise_facts(work.session, other.id)
        obligations.end_kinds(work.session, other.id, (), at=work.at)


def alert_related(work: Work) -> None:
    """Tell the workers of the subject's other cases, and of dependants' cases, that the subject died."""
    session, row = work.session, work.row
    for subject_id in (row.subject_id, *sorted(circles.dependants_of(session, row.subject_id, work.today))):
        for other in cases.of_subject(session, subject_id):
            if other.id == row.id or other.state == CLOSED:
                continue
            nobody_yet = () if other.assignee_id else users.holders(session, "supervisor", other.area_code, work.today)
            inbox.tell(
                session,
                (other.assignee_id,) if other.assignee_id else nobody_yet,
                kind="related_death",
                cause_key=f"death:{row.id}:{row.entry_seq + 1}:{other.id}",
                case_id=other.id,
                data={"number": other.number},
                at=work.at,
            )


def take_back(work: Work) -> None:
    """Undo a termination beyond its own step: the subject lives again, and what is still owed is reminded of again."""
    session, row = work.session, work.row
    running = {f.id for f in work.facts.placements if f.end is None}
    running |= {f.id for f in work.facts.referrals if f.status == "open"}

    def still_owed(owed: ObligationRow) -> bool:
        if owed.kind == "emergency_debt":
            return row.emergency_since is not None and not row.emergency_paid
        return owed.kind in {"placement_review", "referral_answer", "answer_confirmation"} and owed.ref_id in running

    _revive(work, row, still_owed)
    if row.outcome == "died":
        subjects.record_death(session, row.subject_id, died=False)
        for other in _other_open_cases(work):
            cases.raise_facts(session, other.id)
            _revive(work, other, lambda _owed: True)


def _revive(work: Work, case: CaseRow, wanted: Callable[[ObligationRow], bool]) -> None:
    if (ended_at := work.row.closed_at) is None:
        raise ValueError("only a closed case is taken back")
    obligations.revive(work.session, case.id, ended_at=ended_at, wanted=wanted, at=work.at, calendar=work.calendar)


def _other_open_cases(work: Work) -> list[CaseRow]:
    """Return the subject's other open cases in the order in which they are locked."""
    found = [c for c in cases.of_subject(work.session, work.row.subject_id) if c.state != CLOSED]
    return sorted((c for c in found if c.id != work.row.id), key=lambda c: str(c.id))
