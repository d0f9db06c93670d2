"""Offers of cases to another area as both sides read them: nobody's name, and of a closed file no category."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from caseflow import access
from caseflow.access import Viewer
from caseflow.actions import areas, casework, reading, transfers
from caseflow.errors import Forbidden, NotFound, _
from caseflow.states.category import Text
from caseflow.states.deadlines import civil_date
from caseflow.states.lifecycle import CLOSED
from caseflow.store import cases, offices, users
from caseflow.store import transfers as rows
from caseflow.store.session import Session
from caseflow.store.transfers import TransferRow

READERS = ("supervisor", "head")


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """An offer as both sides see it: what it takes to decide, nobody's name."""

    id: str
    number: str
    category: Text | None
    """None: a closed file (R3)."""
    confidentiality: str
    case_state: str
    cycle: int
    risk: str | None
    state: str
    from_office: str
    from_area: str
    to_office: str
    to_area: str
    offered_by: str
    offered_on: date
    offered_at: datetime
    due_at: datetime
    due_on: date
    answered_by: str
    answered_on: date | None
    words: dict[str, Any]
    """Reason, what is handed over, and the answer; empty in lists."""
    able: tuple[tuple[str, str], ...] = ()
    """Who may take it (id, name), for whoever decides."""
    may_answer: bool = False
    may_withdraw: bool = False


@dataclass(frozen=True, slots=True)
class Passing:
    """Cases on their way: to the reader's areas, and out of them, with what became of those."""

    coming: tuple[Offer, ...]
    going: tuple[Offer, ...]
    gone: tuple[Offer, ...]


def listing(session: Session, *, by: Viewer, at: datetime) -> Passing:
    """Return the cases on their way to somebody's areas, and out of a supervisor's; a head reads what comes.

    `Forbidden` for who is neither.
    """
    mine, here = by.areas("supervisor"), by.areas(*READERS)
    if not here:
        raise Forbidden(action=_("melihat kasus yang dipindahkan"), allowed=access.names_of(READERS))
    return Passing(
        coming=_shown(session, rows.coming(session, here), by=by, at=at),
        going=_shown(session, rows.going(session, mine, by.user_id, waits=True), by=by, at=at),
        gone=_shown(session, rows.going(session, mine, by.user_id, waits=False), by=by, at=at),
    )


def waiting(session: Session, *, by: Viewer) -> int | None:
    """Return how many offers wait for a supervisor's areas; None for who is none."""
    mine = by.areas("supervisor")
    return rows.how_many(session, mine) if mine else None


def one(session: Session, transfer_id: str, *, by: Viewer, at: datetime) -> Offer:
    """Return an offer with its words, for the supervisors of both sides; `NotFound` for anybody else."""
    row = rows.by_id(session, transfer_id) if casework.is_id(transfer_id) else None
    if row is None:
        raise NotFound
    case = cases.by_id(session, row.case_id)
    seen = case is not None and "supervisor" in access.roles_in(by, cases.scope_of(session, case))
    # Who offered it, and whoever answers for it there, read the offer; that the case went is all the sender keeps.
    sent = row.offered_by == by.user_id and transfers.covers(by, row.from_area)
    if not (seen or sent or (row.state == "offered" and transfers.reads(by, row))):
        raise NotFound
    (offer,) = _shown(session, [row], by=by, at=at)
    able: tuple[tuple[str, str], ...] = ()
    if offer.may_answer:
        on = areas.today(session, at, row.to_area)
        names = users.names(session, set(users.holders(session, "caseworker", row.to_area, on)))
        able = tuple(sorted(names.items(), key=lambda pair: pair[1].casefold()))
    return replace(offer, able=able, words=rows.words(session, row))


def of_case(session: Session, case_id: str, *, by: Viewer, at: datetime) -> Offer | None:
    """Return the offer of a case that waits, for whoever sees the case."""
    row = rows.waiting_of(session, case_id)
    return None if row is None else _shown(session, [row], by=by, at=at)[0]


def _shown(session: Session, offers: list[TransferRow], *, by: Viewer, at: datetime) -> tuple[Offer, ...]:
    known = [case for row in offers if (case := cases.by_id(session, row.case_id)) is not None]
    reading.note(session, known, by=by, at=at, part="transfer")
    scopes = {case.id: cases.scope_of(session, case) for case in known}
    places = areas.short_names(session, {area for row in offers for area in (row.from_area, row.to_area)})
    served = {office.id: office for office in offices.every(session)}
    people = users.names(session, {str(user) for row in offers for user in (row.offered_by, row.answered_by) if user})
    found = []
    for row in offers:
        kind = session.categories.get(row.category)
        calendar = offices.calendar(session, row.to_office)
        waits = row.state == "offered" and row.case_state != CLOSED
        found.append(
            Offer(
                id=row.id,
                number=row.number,
                category=kind.name if kind is not None and row.confidentiality != "R3" else None,
                confidentiality=row.confidentiality,
                case_state=row.case_state if waits else "",
                cycle=row.cycle if waits else 0,
                risk=row.risk if waits else None,
                state=row.state,
                from_office=served[row.from_office].agency + ", " + served[row.from_office].place,
                from_area=places[row.from_area],
                to_office=served[row.to_office].agency + ", " + served[row.to_office].place,
                to_area=places[row.to_area],
                offered_by=people.get(row.offered_by, "-"),
                offered_on=civil_date(row.offered_at, calendar),
                offered_at=row.offered_at,
                due_at=row.due_at,
                due_on=civil_date(row.due_at, calendar),
                answered_by=people.get(row.answered_by or "", ""),
                answered_on=civil_date(row.answered_at, calendar) if row.answered_at else None,
                words={},
                may_answer=waits and transfers.covers(by, row.to_area) and transfers.may_answer(row, by),
                may_withdraw=waits and "supervisor" in access.roles_in(by, scopes[row.case_id]),
            )
        )
    return tuple(found)
