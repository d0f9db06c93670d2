"""Carrying out an erasure: an entry in every case, then the key; and doing it again after a backup was restored."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from caseflow import access
from caseflow.access import Viewer
from caseflow.actions import admin, areas, casework, letter_voids, obligations, people, referrals, steps
from caseflow.actions.casework import Change, Done, Work
from caseflow.errors import _
from caseflow.states.deadlines import civil_date
from caseflow.states.lifecycle import CLOSED, ERASED
from caseflow.states.machine import Decision
from caseflow.store import cases, children, erasures, offices, psks, registry, reviews, sessions, subjects
from caseflow.store.cases import CaseRow
from caseflow.store.log import Entry
from caseflow.store.session import Session
from caseflow.store.tables import referral
from caseflow.store.types import Row


@dataclass(frozen=True, slots=True)
class ErasedBefore:
    """One line of the list that a restored backup is told: who was erased, and when."""

    subject: str
    erased_at: datetime


@dataclass(frozen=True, slots=True)
class Reapplied:
    """What the list did to a restored backup: erased again, erased there already, recorded after the backup."""

    erased: tuple[str, ...]
    already: int
    absent: int


def erase(
    session: Session,
    subject_ids: Sequence[str],
    said: Mapping[str, Any],
    *,
    granted_at: datetime,
    by: Viewer,
    at: datetime,
) -> dict[str, Done]:
    """Erase a person, and households left without anybody; return case -> what was written.

    `said` goes into each chain. The caller holds the cases. What could be read is gone when this returns.
    """
    held = [case for subject_id in subject_ids for case in cases.of_subject(session, subject_id)]
    today = civil_date(at, offices.calendar(session, held[0].office_id)) if held else areas.today(session, at)
    before = {subject_id: subjects.memberships(session, subject_id) for subject_id in subject_ids}
    subjects.end_memberships(session, subject_ids, on=today)
    done = {case.id: _leave_word(session, case, said, by=by, at=at) for case in sorted(held, key=lambda c: c.id)}
    for subject_id in subject_ids:
        _leave_families(session, before[subject_id], subject_ids, said, by=by, at=at)
        _forget(session, subject_id, granted_at, today=today)
    # Answers kept for repeated requests may quote a form: those from before the files were closed go too.
    if (closed := erasures.last_closed(session, subject_ids)) is not None:
        sessions.forget(session, before=closed)
    return done


def _leave_word(session: Session, case: CaseRow, said: Mapping[str, Any], *, by: Viewer, at: datetime) -> Done:
    """Stop what a case still has on its way, and write the erasure into its chain; nothing personal is in it."""

    def decide(work: Work) -> Change:
        taken = _ended(work) if work.row.state != CLOSED else None
        columns = steps.columns_of(work, taken) if taken else {}

        def carry(held: Work) -> tuple[Entry, ...]:
            last = steps.carry_out(held, taken) if taken else ()
            stopped = letter_voids.void_unsent(held, _("data dihapus atas permintaan"))
            taken_back = _referrals_taken_back(held)
            voided = [_void(held, pending) for pending in reviews.pending_of(session, held.row.id)]
            obligations.end_kinds(session, held.row.id, at=at)
            erasures.cut_off(session, held.row.id)
            registry.blank(session, held.row.id)
            return (*last, *stopped, *taken_back, *voided, Entry(code="case:subject:erased", data=said))

        return Change(columns=columns, carry=carry)

    return _write(session, case, decide, by=by, at=at)


def _ended(work: Work) -> steps.Taken:
    decision = Decision("terminate", CLOSED, work.row.cycle, needs_review=False, effects=())
    return steps.Taken(decision, "", {"reason_code": ERASED}, work.today, work.by.user_id)


def _referrals_taken_back(work: Work) -> list[Entry]:
    """Nobody is asked any more to answer about somebody who is gone."""
    entries = []
    for sent in children.of_case(work.session, referral, work.row.id):
        if sent.status == referrals.WAITING or sent.offered:
            referrals.let_go(work, sent)
        if sent.status == referrals.WAITING:
            entries.append(Entry(code="case:referral:withdrawn", data={"referral": sent.id}))
    return entries


def _void(work: Work, pending: reviews.ReviewRow) -> Entry:
    reviews.close(work.session, pending.id, "void", by=access.SYSTEM_USER, at=work.at)
    return Entry(code="case:review:voided", data={"review": pending.id, "step": pending.step})


def _leave_families(
    session: Session,
    memberships: Sequence[Row[Any]],
    going: Sequence[str],
    said: Mapping[str, Any],
    *,
    by: Viewer,
    at: datetime,
) -> None:
    """Tell the chain of a household that stays that this member is no longer in it; as these were before."""
    for member in memberships:
        if member.household_id in going or not erasures.kept(session, member.household_id):
            continue
        of_family = cases.of_subject(session, member.household_id)
        closed = any(case.confidentiality == "R3" for case in of_family)
        subjects.forget_head(session, member.household_id, member.person_id, closed=closed, at=at)
        if member.ends_on is not None:
            continue
        erasure = {"erasure": said["erasure"]} if "erasure" in said else {}
        left = Entry(code="case:household:left", data={"member": member.id, "person": member.person_id, **erasure})
        for case in sorted(of_family, key=lambda c: c.id):
            _write(session, case, _entering(left), by=by, at=at)


def _entering(entry: Entry) -> Callable[[Work], Change]:
    return lambda _work: Change(carry=lambda _held: (entry,))


def _write(session: Session, case: CaseRow, decide: Callable[[Work], Change], *, by: Viewer, at: datetime) -> Done:
    """Write on a case. Whoever decides need not see every file: a closed one of others is told by the system itself."""
    seer = by if access.roles_in(by, cases.scope_of(session, case)) else access.SYSTEM
    return casework.change(session, case.id, decide, by=seer, at=at, expected_version=None, during_hold=True)


def _forget(session: Session, subject_id: str, granted_at: datetime, *, today: date) -> None:
    nik = subjects.summary(session, subject_id, today).data.get("nik")
    subjects.erase(session, subject_id, at=granted_at)
    if nik:
        people.free_single(session, nik, today)
    for case in cases.of_subject(session, subject_id):
        cases.raise_facts(session, case.id)


# --- after a backup was restored --------------------------------------------------------------------------------------


def ledger(session: Session, *, by: Viewer) -> tuple[ErasedBefore, ...]:
    """Return everybody who was erased, and when: ids and moments, to be kept apart from the backups."""
    admin.require_installation(session, by)
    return tuple(ErasedBefore(row.id, row.destroyed_at) for row in erasures.ledger(session))


def reapply(session: Session, gone: Iterable[ErasedBefore], *, by: Viewer, at: datetime) -> Reapplied:
    """Erase again whom a restored backup brought back, as of the day it was granted. An act on the whole installation.

    A case that was open in the backup ends with it: nobody could write in it any more.
    """
    admin.require_installation(session, by)
    again: list[str] = []
    already = absent = 0
    for each in gone:
        kept = erasures.kept(session, each.subject)
        if kept is None:
            absent += 1
        elif not kept:
            already += 1
        elif (helper := psks.by_key(session, each.subject)) is not None:
            psks.erase(session, helper, at=each.erased_at)
            again.append(each.subject)
        else:
            subject_ids = (each.subject, *erasures.households_left_empty(session, each.subject))
            erasures.hold(session, subject_ids)
            if (pending := erasures.pending_of(session, each.subject)) is not None:
                erasures.close(session, pending.id, "granted", by=by.user_id, at=at)
            said = {"again": True, "erased_on": areas.today(session, each.erased_at).isoformat()}
            erase(session, subject_ids, said, granted_at=each.erased_at, by=by, at=at)
            again.append(each.subject)
    return Reapplied(tuple(again), already, absent)
