"""Giving a case to another area: offered, accepted or refused there, taken back; the sender answers until then."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from caseflow import access
from caseflow.access import CONCERNED, Grant, Viewer
from caseflow.actions import areas, casework, inbox, letter_voids, obligations, reading
from caseflow.actions.casework import Change, Done, Work
from caseflow.actions.typed import Typed
from caseflow.errors import Forbidden, InvalidInput, NotFound, Refused, SelfApproval, _
from caseflow.ids import area_within, new_id
from caseflow.states.category import Text
from caseflow.states.deadlines import Span, civil_date, due_at
from caseflow.states.lifecycle import CLOSED
from caseflow.store import cases, offices, reviews, transfers, users
from caseflow.store.log import Entry
from caseflow.store.session import Session
from caseflow.store.transfers import TransferRow

KIND = "transfer"
ANSWER_WITHIN = Span(3, "working_days")
"""How long the other side has before it is reminded, and then its head and who offered."""
CAUSE = "transfer"


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferTransfer(Typed):
    """A supervisor offers an open case to whoever answers for another area."""

    case: str
    area: str
    reason: str = ""
    handed: str = ""
    """What is handed over: what was promised, what waits, who knows the client."""
    expected_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerTransfer(Typed):
    """The other side accepts and names a worker, or refuses; the sender takes an offer back."""

    transfer: str
    assignee: str = ""
    reason: str = ""


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


# --- offering --------------------------------------------------------------------------------------------------------


def offer_transfer(session: Session, command: OfferTransfer, *, by: Viewer, at: datetime) -> Done:
    """Offer a case to another area; nothing of it changes until the other side accepts.

    Raises `Forbidden`, `InvalidInput` for an area nobody serves or the one where it is, `Refused` for a closed case, an
    unpaid emergency, an offer that waits, and an area without a supervisor.
    """
    problems: dict[str, str] = {}
    said = {name: _text(getattr(command, name), name, problems) for name in ("reason", "handed")}
    if problems:
        raise InvalidInput(problems)
    area = areas.require(session, command.area)
    office = areas.office_for(session, area)
    transfer_id = str(new_id(at))

    def decide(work: Work) -> Change:
        access.require_act(work.roles, "transfer")
        _require_movable(work)
        if area == work.row.area_code:
            raise InvalidInput({"area": _("Kasus ini sudah berada di wilayah itu.")})
        receivers = _receivers(session, area, work.today, without=by.user_id)
        same = office.id == work.row.office_id
        if not receivers and not same:
            raise Refused(reason=_("Wilayah itu belum mempunyai supervisor di sini. Lihat petunjuk memindahkan kasus."))

        def carry(held: Work) -> tuple[Entry, ...]:
            row = held.row
            values: dict[str, Any] = {"id": transfer_id, "case_id": row.id, "state": "offered"}
            values |= {"offered_by": by.user_id}
            values |= {"from_area": row.area_code, "from_office": row.office_id, "to_area": area}
            values |= {"to_office": office.id, "offered_at": at, "answered_by": None, "answered_at": None}
            values |= {"due_at": due_at(at, ANSWER_WITHIN, offices.calendar(session, office.id))}
            transfers.add(session, row.subject_id, values, said)
            _tell(held, receivers, "transfer_offered", transfer_id)
            data = {"transfer": transfer_id, "area": area, "from": row.area_code}
            return (Entry(code="case:transfer:offered", data=data, payload=said),)

        return Change(carry=carry)

    done = casework.change(
        session, command.case, decide, by=by, at=at, expected_version=command.expected_version, during_hold=True
    )
    return casework.created(done, transfer_id)


def _text(value: str, name: str, problems: dict[str, str]) -> str:
    try:
        return casework.require_text(value, name)
    except InvalidInput as error:
        problems |= error.data["problems"]
        return ""


def _require_movable(work: Work) -> None:
    if work.row.state == CLOSED:
        raise Refused(reason=_("Kasus sudah ditutup."))
    if work.row.emergency_since is not None and not work.row.emergency_paid:
        raise Refused(
            reason=_("Tindakan darurat belum lengkap: yang mengambilnya melengkapi dan mengesahkannya dahulu.")
        )
    if transfers.waiting_of(work.session, work.row.id) is not None and not work.by.roles.intersection({CONCERNED}):
        raise Refused(reason=_("Kasus ini sudah ditawarkan; tarik dahulu tawaran yang menunggu."))


def _receivers(session: Session, area: str, on: date, *, without: str = "") -> tuple[str, ...]:
    return tuple(user for user in users.holders(session, "supervisor", area, on) if user != without)


# --- answering -------------------------------------------------------------------------------------------------------


def accept_transfer(session: Session, command: AnswerTransfer, *, by: Viewer, at: datetime) -> Done:
    """Take a case: its area, office, worker and team change in this transaction, and with them who may see it.

    Reviews that wait are void: those who were asked answer for it no more. Drafts of letters are taken back; letters
    that have a number stay what they are. Dates stay as people were told them.

    Raises `NotFound`, `SelfApproval`, `Refused`, `InvalidInput` for a worker who does not work there.
    """
    found = _answerable(session, command.transfer, by=by)

    def decide(work: Work) -> Change:
        row = _waiting(session, found.id)
        _require_movable(work)
        able = users.holders(session, "caseworker", row.to_area, work.today)
        if command.assignee not in able:
            names = ", ".join(sorted(users.names(session, set(able)).values())) or "-"
            raise InvalidInput({"assignee": _("Pilih pendamping yang bertugas di wilayah ini: {names}.", names=names)})
        columns = {"area_code": row.to_area, "office_id": row.to_office, "assignee_id": command.assignee}
        return Change(columns=columns, carry=lambda held: _taken(held, row, command))

    return _decided(session, found, decide, by=by, at=at)


def _taken(work: Work, row: TransferRow, command: AnswerTransfer) -> tuple[Entry, ...]:
    session, case = work.session, work.row
    _settle(work, row, "accepted")
    entries = list(letter_voids.drop_waiting(work, _("kasus pindah ke wilayah lain")))
    entries += _void_reviews(work)
    if case.confidentiality == "R3":
        cases.leave_team(session, case.id)
        cases.join_team(session, case.id, (work.by.user_id, *_receivers(session, row.to_area, work.today)))
    _tell(work, {row.offered_by, case.assignee_id or row.offered_by}, "transfer_accepted", row.id)
    _tell(work, {command.assignee}, "assigned", row.id)
    data = {"transfer": row.id, "area": row.to_area, "from": row.from_area, "assignee": command.assignee}
    data |= {"before": case.assignee_id or ""}
    note = command.reason.strip()
    return (*entries, Entry(code="case:transfer:accepted", data=data, payload={"note": note} if note else None))


def _void_reviews(work: Work) -> list[Entry]:
    entries = []
    for pending in reviews.pending_of(work.session, work.row.id):
        reviews.close(work.session, pending.id, "void", by=work.by.user_id, at=work.at)
        obligations.satisfy(work.session, cause_key=f"review:{pending.id}", at=work.at)
        entries.append(Entry(code="case:review:voided", data={"review": pending.id, "step": pending.step}))
    return entries


def refuse_transfer(session: Session, command: AnswerTransfer, *, by: Viewer, at: datetime) -> Done:
    """Refuse an offer with a reason; the case stays where it is and who offered it is told."""
    found = _answerable(session, command.transfer, by=by)
    return _ended(session, found, "refused", casework.require_text(command.reason, "reason"), by=by, at=at)


def withdraw_transfer(session: Session, command: AnswerTransfer, *, by: Viewer, at: datetime) -> Done:
    """Take an offer back: any supervisor of the case may."""
    found = transfers.by_id(session, command.transfer) if casework.is_id(command.transfer) else None
    if found is None:
        raise NotFound

    def decide(work: Work) -> Change:
        access.require_act(work.roles, "transfer")
        row = _waiting(session, found.id)

        def carry(held: Work) -> tuple[Entry, ...]:
            _settle(held, row, "withdrawn")
            _tell(held, _receivers(session, row.to_area, held.today), "transfer_withdrawn", row.id)
            return (_entry("withdrawn", row, command.reason.strip()),)

        return Change(carry=carry)

    return casework.change(session, found.case_id, decide, by=by, at=at, expected_version=None, during_hold=True)


def _ended(session: Session, found: TransferRow, state: str, reason: str, *, by: Viewer, at: datetime) -> Done:
    def decide(_work: Work) -> Change:
        row = _waiting(session, found.id)

        def carry(held: Work) -> tuple[Entry, ...]:
            _settle(held, row, state)
            _tell(held, {row.offered_by}, f"transfer_{state}", row.id)
            return (_entry(state, row, reason),)

        return Change(carry=carry)

    return _decided(session, found, decide, by=by, at=at)


def _entry(state: str, row: TransferRow, reason: str) -> Entry:
    data = {"transfer": row.id, "area": row.to_area, "from": row.from_area}
    return Entry(code=f"case:transfer:{state}", data=data, payload={"reason": reason} if reason else None)


def _decided(
    session: Session, found: TransferRow, decide: Callable[[Work], Change], *, by: Viewer, at: datetime
) -> Done:
    """Let somebody decide about a case they do not see yet, for this one act."""
    acting = replace(by, grants=(Grant(CONCERNED, ""),))
    return casework.change(session, found.case_id, decide, by=acting, at=at, expected_version=None, during_hold=True)


def _settle(work: Work, row: TransferRow, state: str) -> None:
    if not transfers.answer(work.session, row.id, state, by=work.by.user_id, at=work.at):
        raise _settled()


def _waiting(session: Session, transfer_id: str) -> TransferRow:
    row = transfers.by_id(session, transfer_id)
    if row is None:
        raise NotFound
    if row.state != "offered" or row.case_state == CLOSED:
        raise _settled()
    return row


def _settled() -> Refused:
    return Refused(reason=_("Tawaran ini sudah dijawab atau ditarik."))


def _answerable(session: Session, transfer_id: str, *, by: Viewer) -> TransferRow:
    """Return an offer that `by` answers for: as a supervisor of its area, and not by whoever offered it.

    Within one office both sides are its own: there who offered may also put it in order.
    """
    row = transfers.by_id(session, transfer_id) if casework.is_id(transfer_id) else None
    if row is None or not _covers(by, row.to_area):
        raise NotFound
    if not _may_answer(row, by):
        raise SelfApproval
    return row


def _covers(by: Viewer, area: str) -> bool:
    return any(g.role == "supervisor" and area_within(area, g.area) for g in by.grants)


def _may_answer(row: TransferRow, by: Viewer) -> bool:
    if row.to_office == row.from_office:
        return True
    free = (g for g in by.grants if g.role == "supervisor" and area_within(row.to_area, g.area))
    return row.offered_by != by.user_id and any(g.for_user != row.offered_by for g in free)


def _tell(work: Work, people: Any, kind: str, transfer_id: str) -> None:  # noqa: ANN401 - ids of people
    inbox.tell(
        work.session,
        {user for user in people if user and user != work.by.user_id},
        kind=kind,
        cause_key=f"{CAUSE}:{transfer_id}:{kind}",
        case_id=work.row.id,
        data={"number": work.row.number},
        at=work.at,
    )


# --- reading ---------------------------------------------------------------------------------------------------------


def passing(session: Session, *, by: Viewer, at: datetime) -> Passing:
    """Return the cases on their way to a supervisor's areas and out of them; `Forbidden` for who is none."""
    mine = by.areas("supervisor")
    if not mine:
        raise Forbidden(action=_("melihat kasus yang dipindahkan"), allowed=access.names_of(("supervisor",)))
    out = transfers.going(session, mine, by.user_id)
    return Passing(
        coming=_shown(session, transfers.coming(session, mine), by=by, at=at),
        going=_shown(session, [row for row in out if row.state == "offered"], by=by, at=at),
        gone=_shown(session, [row for row in out if row.state != "offered"], by=by, at=at),
    )


def one(session: Session, transfer_id: str, *, by: Viewer, at: datetime) -> Offer:
    """Return an offer with its words, for the supervisors of both sides; `NotFound` for anybody else."""
    row = transfers.by_id(session, transfer_id) if casework.is_id(transfer_id) else None
    if row is None:
        raise NotFound
    case = cases.by_id(session, row.case_id)
    seen = case is not None and "supervisor" in access.roles_in(by, cases.scope_of(session, case))
    # Who offered it, and whoever answers for it there, read the offer; that the case went is all the sender keeps.
    if not (seen or row.offered_by == by.user_id or (row.state == "offered" and _covers(by, row.to_area))):
        raise NotFound
    (offer,) = _shown(session, [row], by=by, at=at)
    able: tuple[tuple[str, str], ...] = ()
    if offer.may_answer:
        on = areas.today(session, at, row.to_area)
        names = users.names(session, set(users.holders(session, "caseworker", row.to_area, on)))
        able = tuple(sorted(names.items(), key=lambda pair: pair[1].casefold()))
    return replace(offer, able=able, words=transfers.words(session, row))


def of_case(session: Session, case_id: str, *, by: Viewer, at: datetime) -> Offer | None:
    """Return the offer of a case that waits, for whoever sees the case."""
    row = transfers.waiting_of(session, case_id)
    return None if row is None else _shown(session, [row], by=by, at=at)[0]


def _shown(session: Session, rows: list[TransferRow], *, by: Viewer, at: datetime) -> tuple[Offer, ...]:
    known = [case for row in rows if (case := cases.by_id(session, row.case_id)) is not None]
    reading.note(session, known, by=by, at=at, part="transfer")
    scopes = {case.id: cases.scope_of(session, case) for case in known}
    places = areas.short_names(session, {area for row in rows for area in (row.from_area, row.to_area)})
    served = {office.id: office for office in offices.every(session)}
    people = users.names(session, {str(user) for row in rows for user in (row.offered_by, row.answered_by) if user})
    found = []
    for row in rows:
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
                cycle=row.cycle,
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
                may_answer=waits and _covers(by, row.to_area) and _may_answer(row, by),
                may_withdraw=waits and "supervisor" in access.roles_in(by, scopes[row.case_id]),
            )
        )
    return tuple(found)
