"""Reviews as rows: asked, decided, voided."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import Integer, Row, and_, bindparam, literal_column, select, update

from caseflow.access import Viewer
from caseflow.store import proof, scope, vault
from caseflow.store.reads import READERS, Read, among, read
from caseflow.store.session import Session
from caseflow.store.tables import (
    case_entry,
    case_file,
    obligation,
    plan_item,
    review,
    stage_record,
    stage_revision,
)

ReviewRow = Row[Any]


def add(session: Session, values: Mapping[str, Any]) -> None:
    """Insert a pending review."""
    row = {"state": "pending", **values}
    session.insert(review, row)
    proof.note(session, review, row)


_BY_ID = read(select(review).where(review.c.id == bindparam("of_id")))
_WAITING = review.c.state == literal_column("'pending'")
"""Written out, as the index says it."""
_WAITING_OF = read(select(review).where(review.c.case_id == bindparam("of_case"), _WAITING).order_by(review.c.id))


def by_id(session: Session, review_id: str) -> ReviewRow | None:
    """Return a review."""
    return _BY_ID.first(session, of_id=review_id)


def pending_of(session: Session, case_id: str) -> list[ReviewRow]:
    """Return the reviews of a case that wait."""
    return _WAITING_OF.all(session, of_case=case_id)


def pending_for(session: Session, viewer: Viewer, limit: int = 200) -> list[ReviewRow]:
    """Return the waiting reviews of cases the viewer may see, the earliest due first."""
    return _pending_for(viewer).all(session, most=limit)


@lru_cache(maxsize=READERS)
def _pending_for(viewer: Viewer) -> Read:
    """Return the statement for a person with exactly these grants."""
    return read(
        select(review)
        .join(case_file, case_file.c.id == review.c.case_id)
        .where(_WAITING, scope.visible_to(viewer))
        .order_by(review.c.due_at)
        .limit(bindparam("most", type_=Integer))
    )


def of_case(session: Session, case_id: str) -> list[ReviewRow]:
    """Return every review of a case, newest first."""
    return list(session.execute(select(review).where(review.c.case_id == case_id).order_by(review.c.id.desc())))


def close(session: Session, review_id: str, state: str, *, by: str, at: datetime) -> bool:
    """Decide a pending review: granted, refused, withdrawn or void; False when it was decided already."""
    statement = (
        update(review)
        .where(review.c.id == review_id, review.c.state == "pending")
        .values(state=state, decided_by=by, decided_at=at)
    )
    return len(proof.change(session, review, statement)) == 1


def adrift(session: Session, *, office_id: str | None = None, case_id: str | None = None) -> list[Row[Any]]:
    """Return the waiting reviews whose obligation is now due at another time (`due_to`) than they say."""
    owed = and_(
        obligation.c.ref_id == review.c.id,
        obligation.c.kind == "review",
        obligation.c.satisfied_at.is_(None),
        obligation.c.cancelled_at.is_(None),
    )
    query = (
        select(review.c.id, review.c.case_id, review.c.step, review.c.due_at, obligation.c.due_at.label("due_to"))
        .join(obligation, owed)
        .where(review.c.state == "pending", review.c.due_at != obligation.c.due_at)
        .order_by(review.c.case_id, review.c.id)
    )
    if case_id is not None:
        query = query.where(review.c.case_id == case_id)
    if office_id is not None:
        query = query.join(case_file, case_file.c.id == review.c.case_id).where(case_file.c.office_id == office_id)
    return list(session.execute(query))


def move(session: Session, review_id: str, due_at: datetime) -> None:
    """Give a waiting review another deadline."""
    statement = update(review).where(review.c.id == review_id, review.c.state == "pending").values(due_at=due_at)
    proof.change(session, review, statement)


_AUTHORS = read(
    select(stage_revision.c.saved_by)
    .join(stage_record, stage_record.c.id == stage_revision.c.record_id)
    .where(
        stage_record.c.case_id == bindparam("of_case"),
        stage_record.c.cycle == bindparam("of_cycle"),
        among(stage_record.c.stage, "of_stages"),
    )
)
_ENTRIES = read(
    select(case_entry.c.code, case_entry.c.actor, case_entry.c.data).where(
        case_entry.c.case_id == bindparam("of_case"), among(case_entry.c.code, "of_codes")
    )
)
_STANDING = read(
    select(plan_item.c.id).where(
        plan_item.c.case_id == bindparam("of_case"),
        plan_item.c.cycle == bindparam("of_cycle"),
        plan_item.c.status != "cancelled",
    )
)


def authors(session: Session, case_id: str, cycle: int, stages: tuple[str, ...], *, plan: bool) -> set[str]:
    """Return who wrote what a review approves: the stage records of a cycle, and the plan items where it counts."""
    found = set(_AUTHORS.firsts(session, of_case=case_id, of_cycle=cycle, of_stages=stages))
    return found | _planners(session, case_id, cycle) if plan else found


def actors(session: Session, case_id: str, codes: tuple[str, ...], cycle: int) -> set[str]:
    """Return who wrote entries of these codes in a cycle; a step is named as "case:step:taken:<step>".

    Consents say no cycle: those of the whole case count.
    """
    plain = {code.removesuffix(f":{code.rsplit(':', 1)[1]}") if code.count(":") > 2 else code for code in codes}  # noqa: PLR2004 - a code has three parts
    found = set()
    for entry in _ENTRIES.all(session, of_case=case_id, of_codes=sorted(plain)):
        said = orjson.loads(entry.data)
        name = f"{entry.code}:{said['step']}" if entry.code == "case:step:taken" else entry.code
        if name in codes and said.get("cycle", cycle) == cycle:
            found.add(entry.actor)
    return found


def _planners(session: Session, case_id: str, cycle: int) -> set[str]:
    """Return who planned or changed an action of the plan as it stands, by the log: later hands hide no earlier one."""
    items = set(_STANDING.firsts(session, of_case=case_id, of_cycle=cycle))
    written = _ENTRIES.all(session, of_case=case_id, of_codes=("case:plan_item:added", "case:plan_item:changed"))
    return {entry.actor for entry in written if orjson.loads(entry.data)["item"] in items}


def words(session: Session, subject_id: str, row: ReviewRow) -> dict[str, Any]:
    """Return what was said when the review was asked: note and details."""
    return vault.unseal(session, subject_id, f"review.sealed.{row.id}", row.sealed)
