"""Giving a case to another area: offered, accepted or refused there, taken back; the sender answers until then."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from caseflow import access
from caseflow.access import CONCERNED, Grant, Viewer
from caseflow.actions import areas, casework, inbox, letter_records, letter_voids, obligations
from caseflow.actions.casework import Change, Done, Work
from caseflow.actions.typed import Typed
from caseflow.errors import Forbidden, InvalidInput, NotFound, Refused, SelfApproval, _
from caseflow.ids import area_within, new_id
from caseflow.states.deadlines import Span, due_at
from caseflow.states.lifecycle import CLOSED
from caseflow.store import cases, children, initials, offices, reviews, transfers, users
from caseflow.store.log import Entry
from caseflow.store.session import Session
from caseflow.store.tables import goods_delivery
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


# --- offering --------------------------------------------------------------------------------------------------------


def offer_transfer(session: Session, command: OfferTransfer, *, by: Viewer, at: datetime) -> Done:
    """Offer a case to another area; nothing of it changes until the other side accepts.

    Raises `Forbidden`, `InvalidInput` for an area nobody serves or the one where it is and for words by which the
    client is known, `Refused` for a closed case, an unpaid emergency, an offer that waits, and an area without a
    supervisor.
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
        if spoken := letter_records.telling(work, said):
            raise InvalidInput({key: _('Tawaran tidak menyebut "{word}".', word=w) for key, w in spoken.items()})
        if area == work.row.area_code:
            raise InvalidInput({"area": _("Kasus ini sudah berada di wilayah itu.")})
        receivers = _receivers(session, area, work.today, without=by.user_id)
        same = office.id == work.row.office_id
        if not receivers and not same:
            raise Refused(reason=_("Wilayah itu belum mempunyai supervisor di sini. Lihat petunjuk memindahkan kasus."))

        def carry(held: Work) -> tuple[Entry, ...]:
            row = held.row
            values: dict[str, Any] = {"id": transfer_id, "case_id": row.id, "state": "offered"}
            values |= {"offered_by": by.user_id, "offered_for": _standing_in_for(held)}
            values |= {"category": None, "confidentiality": None}
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
    drafts = {row.id for row in initials.drafts_of(work.session, work.row.id, waiting=True)}
    if drafts.intersection(row.letter_id for row in children.of_case(work.session, goods_delivery, work.row.id)):
        raise Refused(reason=_("Berita acara barang yang diserahkan masih menunggu paraf di kantor asal."))
    if transfers.waiting_of(work.session, work.row.id) is not None and not work.by.roles.intersection({CONCERNED}):
        raise Refused(reason=_("Kasus ini sudah ditawarkan; tarik dahulu tawaran yang menunggu."))


def _standing_in_for(work: Work) -> str | None:
    """Return for whom a supervisor acts in this case; None for who is one by a grant of their own."""
    held = [g for g in work.by.grants if g.role == "supervisor" and area_within(work.row.area_code, g.area)]
    absent = {g.for_user for g in held}
    return None if not absent or "" in absent else min(absent)


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
    _tell(work, {row.offered_by}, "transfer_accepted", row.id)
    _tell(work, {case.assignee_id} - {row.offered_by, command.assignee}, "transfer_left", row.id)
    _tell(work, {command.assignee}, "assigned", row.id)
    data = {"transfer": row.id, "area": row.to_area, "from": row.from_area, "assignee": command.assignee}
    data |= {"office": row.to_office}
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
    if row is None or not reads(by, row):
        raise NotFound
    if not covers(by, row.to_area):
        raise Forbidden(action=access.ACT_LABELS["transfer"], allowed=access.names_of(access.ACTS["transfer"]))
    if not may_answer(row, by):
        raise SelfApproval
    return row


def covers(by: Viewer, area: str, role: str = "supervisor") -> bool:
    """Tell whether somebody is a supervisor, or another role, of an area."""
    return any(g.role == role and area_within(area, g.area) for g in by.grants)


def reads(by: Viewer, row: TransferRow) -> bool:
    """Tell whether an offer comes to somebody: the supervisors there answer it, their head is told when they do not."""
    return covers(by, row.to_area) or (row.state == "offered" and covers(by, row.to_area, "head"))


def may_answer(row: TransferRow, by: Viewer) -> bool:
    """Tell whether a supervisor of the area an offer goes to is another than who offered it, and for whom."""
    if row.to_office == row.from_office:
        return True
    asking = {row.offered_by, row.offered_for}
    free = (g for g in by.grants if g.role == "supervisor" and area_within(row.to_area, g.area))
    return by.user_id not in asking and any(g.for_user not in asking for g in free)


def _tell(work: Work, people: Iterable[str | None], kind: str, transfer_id: str) -> None:
    inbox.tell(
        work.session,
        {user for user in people if user and user != work.by.user_id},
        kind=kind,
        cause_key=f"{CAUSE}:{transfer_id}:{kind}",
        case_id=work.row.id,
        data={"number": work.row.number},
        at=work.at,
    )
