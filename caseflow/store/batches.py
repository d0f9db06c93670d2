"""Orders of many letters, and where each of their rows stands."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update

from caseflow.ids import new_id
from caseflow.store import vault
from caseflow.store.initials import WAITING
from caseflow.store.session import Session
from caseflow.store.sql import one_at_a_time
from caseflow.store.tables import letter, letter_batch, letter_batch_row, letter_draft
from caseflow.store.types import Row

DIGEST = 32
"""Letters of the digest behind the name of an order."""
STATES = ("waiting", "done", "refused")
STANDS = ("rendered", "making", "initials")
"""Where a letter of an order stands: its file is made, or to be made, or it waits for initials, without a number."""
WITH_LETTER = letter_batch_row.outerjoin(
    letter, letter.c.id == func.coalesce(letter_batch_row.c.letter_id, letter_batch_row.c.draft_id)
).outerjoin(letter_draft, letter_draft.c.id == letter_batch_row.c.draft_id)
DROPPED = ("returned", "withdrawn")
"""States of a draft that gets no number: its row counts as refused, and may be ordered again."""


@dataclass(frozen=True, slots=True)
class NewRow:
    """One case of an order; without an id it is a number nobody knows."""

    case_number: str
    """Empty where what was typed is no number: it lies in clear, and may be a name."""
    case_id: str | None
    subject_id: str | None
    said: Mapping[str, Any]
    problem: Mapping[str, str] | None = None


def add(session: Session, batch: Mapping[str, Any], rows: Iterable[NewRow], *, at: datetime) -> None:
    """Write an order with its rows; what each letter says lies under the key of its case's subject."""
    session.execute(insert(letter_batch).values(**batch, ordered_at=at))
    made = []
    for position, row in enumerate(rows, 1):
        row_id = str(new_id(at))
        sealed = vault.seal(session, row.subject_id, _place(row_id), row.said) if row.subject_id else None
        made.append(
            {
                "id": row_id,
                "batch_id": batch["id"],
                "position": position,
                "case_number": row.case_number,
                "case_id": row.case_id,
                "state": "refused" if row.problem else "waiting",
                "sealed": sealed,
                "problem": dict(row.problem) if row.problem else None,
            }
        )
    session.execute(insert(letter_batch_row), made)


def named(session: Session, name: str, *, since: datetime | None = None) -> Row[Any] | None:
    """Return the last order whose cause is this name and a digest behind it, `since` a moment if one is given.

    Nobody else makes one of this name until the end.
    """
    one_at_a_time(session, name)
    cause = letter_batch.c.cause_key
    mine = [func.substr(cause, 1, len(name)) == name, func.length(cause) == len(name) + DIGEST]
    if since is not None:
        mine.append(letter_batch.c.ordered_at > since)
    return session.execute(select(letter_batch).where(*mine).order_by(letter_batch.c.id.desc())).first()


def ordered_by(session: Session, user_id: str, *, before: str = "", limit: int) -> list[Row[Any]]:
    """Return somebody's orders, the newest first; those older than `before`."""
    mine = [letter_batch.c.ordered_by == user_id, *([letter_batch.c.id < before] if before else [])]
    return list(session.execute(select(letter_batch).where(*mine).order_by(letter_batch.c.id.desc()).limit(limit)))


def find(session: Session, batch_id: str) -> Row[Any] | None:
    return session.execute(select(letter_batch).where(letter_batch.c.id == batch_id)).first()


def row_of(session: Session, row_id: str) -> Row[Any] | None:
    return session.execute(select(letter_batch_row).where(letter_batch_row.c.id == row_id)).first()


def said_in(session: Session, subject_id: str, row: Row[Any]) -> dict[str, Any]:
    """Return what the letter of a row is to say."""
    return vault.unseal(session, subject_id, _place(row.id), row.sealed)


def waiting(session: Session, batch_id: str, *, limit: int) -> list[str]:
    """Return the next rows, in their order."""
    mine = (letter_batch_row.c.batch_id == batch_id, letter_batch_row.c.state == "waiting")
    query = select(letter_batch_row.c.id).where(*mine).order_by(letter_batch_row.c.position).limit(limit)
    return list(session.execute(query).scalars())


def settle(
    session: Session, row_id: str, *, letter_id: str | None = None, problem: Mapping[str, str] | None = None
) -> bool:
    """Say what became of a row; False when that is known already."""
    mine = update(letter_batch_row).where(letter_batch_row.c.id == row_id, letter_batch_row.c.state == "waiting")
    numbered = session.execute(select(letter.c.id).where(letter.c.id == letter_id)).first() is not None
    values = {
        "state": "refused" if problem else "done",
        "letter_id": letter_id if numbered else None,
        "draft_id": None if numbered else letter_id,
        "problem": dict(problem) if problem else None,
    }
    return bool(session.execute(mine.values(values)).rowcount)


def finish(session: Session, batch_id: str, *, at: datetime) -> None:
    session.execute(update(letter_batch).where(letter_batch.c.id == batch_id).values(finished_at=at))


def counts(session: Session, batch_ids: Collection[str]) -> dict[str, dict[str, int]]:
    """Return of each order: state -> rows, and of those that are done how many stand where (`STANDS`)."""
    found = {batch_id: dict.fromkeys((*STATES, *STANDS), 0) for batch_id in batch_ids}
    row = letter_batch_row.c
    stands = (
        func.count().filter(letter.c.file_id.is_not(None)).label("rendered"),
        func.count().filter(letter.c.state == "numbered", letter.c.file_id.is_(None)).label("making"),
        func.count().filter(letter_draft.c.state == WAITING).label("initials"),
    )
    kept = (row.batch_id, row.state, letter_draft.c.state)
    columns = (row.batch_id, row.state, letter_draft.c.state.label("draft"), func.count().label("n"), *stands)
    query = select(*columns).select_from(WITH_LETTER).where(row.batch_id.in_(batch_ids))
    for told in session.execute(query.group_by(*kept)):
        of_order = found[told.batch_id]
        of_order["refused" if told.draft in DROPPED else told.state] += told.n
        for name in STANDS:
            of_order[name] += getattr(told, name)
    return found


def rows_of(session: Session, batch_id: str) -> list[Row[Any]]:
    """Return the rows of an order with the numbers of their letters; of a draft its id, state and sealed reason."""
    columns = (
        letter_batch_row.c.position,
        letter_batch_row.c.case_number,
        letter_batch_row.c.case_id,
        letter_batch_row.c.state,
        letter_batch_row.c.problem,
        letter.c.number,
        letter_draft.c.id,
        letter_draft.c.state.label("draft"),
        letter_draft.c.sealed_reason,
    )
    query = select(*columns).select_from(WITH_LETTER).where(letter_batch_row.c.batch_id == batch_id)
    return list(session.execute(query.order_by(letter_batch_row.c.position)))


def dropped(session: Session, batch_id: str) -> set[str]:
    """Return the numbers of the cases whose draft went back or was withdrawn."""
    query = select(letter_batch_row.c.case_number).select_from(WITH_LETTER)
    query = query.where(letter_batch_row.c.batch_id == batch_id, letter_draft.c.state.in_(DROPPED))
    return set(session.execute(query).scalars())


def _place(row_id: str) -> str:
    return f"letter_batch_row.sealed.{row_id}"
