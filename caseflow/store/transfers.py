"""Offers of a case to another area as rows: asked, answered, taken back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, ScalarSelect, and_, case, func, or_, select, update

from caseflow.store import children, proof, scope
from caseflow.store.session import Session
from caseflow.store.tables import case_file, transfer

TransferRow = Row[Any]
MOST = 200
_OPEN = transfer.c.state == "offered"
_CATEGORY = case((_OPEN, case_file.c.category), else_=transfer.c.category)
_SECRECY = case((_OPEN, case_file.c.confidentiality), else_=func.coalesce(transfer.c.confidentiality, "R3"))
"""What the case is while an offer waits; of an answered one what it was then, closed where nobody kept it."""
_COLUMNS = (
    *(column for column in transfer.c if column.name not in {"category", "confidentiality"}),
    case_file.c.number,
    _CATEGORY.label("category"),
    case_file.c.subject_id,
    _SECRECY.label("confidentiality"),
    case_file.c.state.label("case_state"),
    case_file.c.risk,
    case_file.c.cycle,
)
_FROM = transfer.join(case_file, case_file.c.id == transfer.c.case_id)
_WAITS = and_(_OPEN, case_file.c.state != "closed")


def add(session: Session, subject_id: str, values: Mapping[str, Any], words: Mapping[str, Any]) -> None:
    """Insert an offer; the caller holds the case."""
    children.add(session, transfer, subject_id, values, words, at=values["offered_at"], row_id=values["id"])


def by_id(session: Session, transfer_id: str) -> TransferRow | None:
    """Return an offer with what its case says of itself."""
    return session.execute(select(*_COLUMNS).select_from(_FROM).where(transfer.c.id == transfer_id)).first()


def waiting_of(session: Session, case_id: str) -> TransferRow | None:
    """Return the offer of a case that waits."""
    query = select(*_COLUMNS).select_from(_FROM)
    return session.execute(query.where(transfer.c.case_id == case_id, transfer.c.state == "offered")).first()


def answer(session: Session, transfer_id: str, state: str, *, by: str, at: datetime) -> bool:
    """Settle a waiting offer: accepted, refused or withdrawn; False when it was settled already.

    It keeps what the case is now: who offered it learns no more of it.
    """
    then = {name: _of_case(name) for name in ("category", "confidentiality")}
    statement = update(transfer).where(transfer.c.id == transfer_id, _OPEN)
    statement = statement.values(state=state, answered_by=by, answered_at=at, **then)
    return len(proof.change(session, transfer, statement)) == 1


def _of_case(name: str) -> ScalarSelect[Any]:
    return select(case_file.c[name]).where(case_file.c.id == transfer.c.case_id).scalar_subquery()


def words(session: Session, row: TransferRow) -> dict[str, Any]:
    """Return what was written with an offer."""
    return children.words(session, transfer, row.subject_id, row)


def coming(session: Session, areas: tuple[str, ...]) -> list[TransferRow]:
    """Return the offers that wait for somebody of these areas, the first due first."""
    return _listed(session, _WAITS, scope.within(areas, transfer.c.to_area))


def how_many(session: Session, areas: tuple[str, ...]) -> int:
    """Return how many offers wait for somebody of these areas."""
    query = select(func.count()).select_from(_FROM).where(_WAITS, scope.within(areas, transfer.c.to_area))
    return int(session.execute(query).scalar_one())


def going(session: Session, areas: tuple[str, ...], user_id: str, *, waits: bool) -> list[TransferRow]:
    """Return what was offered out of these areas, waiting or answered, the newest first.

    Of closed files only what the person offered.
    """
    mine = or_(_SECRECY != "R3", transfer.c.offered_by == user_id)
    still = _OPEN if waits else transfer.c.state != "offered"
    return _listed(session, scope.within(areas, transfer.c.from_area), mine, still, newest=True)


def due(session: Session, *, before: datetime) -> list[TransferRow]:
    """Return every offer that waits and is due before a moment, the first due first."""
    return _listed(session, _WAITS, transfer.c.due_at < before, most=None)


def _listed(
    session: Session, *where: ColumnElement[bool], newest: bool = False, most: int | None = MOST
) -> list[TransferRow]:
    order = (transfer.c.offered_at.desc(), transfer.c.id) if newest else (transfer.c.due_at, transfer.c.id)
    query = select(*_COLUMNS).select_from(_FROM).where(*where).order_by(*order).limit(most)
    return list(session.execute(query))
