"""Orders of many letters, and where each of their rows stands."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update

from caseflow.ids import new_id
from caseflow.store import vault
from caseflow.store.session import Session
from caseflow.store.sql import one_at_a_time
from caseflow.store.tables import letter, letter_batch, letter_batch_row
from caseflow.store.types import Row

DIGEST = 32
"""Letters of the digest behind the name of an order."""
STATES = ("waiting", "done", "refused")


@dataclass(frozen=True, slots=True)
class NewRow:
    """One case of an order; without an id it is a number nobody knows."""

    case_number: str
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
                "case_number": row.case_number[:40],
                "case_id": row.case_id,
                "state": "refused" if row.problem else "waiting",
                "sealed": sealed,
                "problem": dict(row.problem) if row.problem else None,
            }
        )
    session.execute(insert(letter_batch_row), made)


def named(session: Session, name: str) -> Row[Any] | None:
    """Return the order whose cause is this name and the digest behind it; nobody else makes one until the end."""
    one_at_a_time(session, name)
    cause = letter_batch.c.cause_key
    mine = (func.substr(cause, 1, len(name)) == name, func.length(cause) == len(name) + DIGEST)
    return session.execute(select(letter_batch).where(*mine)).first()


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
    state = "done" if letter_id else "refused"
    values = {"state": state, "letter_id": letter_id, "problem": dict(problem) if problem else None}
    return bool(session.execute(mine.values(values)).rowcount)


def finish(session: Session, batch_id: str, *, at: datetime) -> None:
    session.execute(update(letter_batch).where(letter_batch.c.id == batch_id).values(finished_at=at))


def counts(session: Session, batch_id: str) -> dict[str, int]:
    """Return state -> rows, and under "rendered" the letters whose file is made."""
    mine = letter_batch_row.c.batch_id == batch_id
    query = select(letter_batch_row.c.state, func.count().label("n")).where(mine).group_by(letter_batch_row.c.state)
    found = dict.fromkeys(STATES, 0) | {row.state: row.n for row in session.execute(query)}
    made = select(func.count()).select_from(letter_batch_row.join(letter, letter.c.id == letter_batch_row.c.letter_id))
    found["rendered"] = session.execute(made.where(mine, letter.c.file_id.is_not(None))).scalar_one()
    return found


def rows_of(session: Session, batch_id: str) -> list[Row[Any]]:
    """Return the rows of an order with the numbers of their letters."""
    source = letter_batch_row.outerjoin(letter, letter.c.id == letter_batch_row.c.letter_id)
    columns = (
        letter_batch_row.c.position,
        letter_batch_row.c.case_number,
        letter_batch_row.c.state,
        letter_batch_row.c.problem,
        letter.c.number,
    )
    query = select(*columns).select_from(source).where(letter_batch_row.c.batch_id == batch_id)
    return list(session.execute(query.order_by(letter_batch_row.c.position)))


def _place(row_id: str) -> str:
    return f"letter_batch_row.sealed.{row_id}"
