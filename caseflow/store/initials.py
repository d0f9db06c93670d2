"""Initials (paraf) as rows: holders of posts, an office's chains, drafts that wait, what was given."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import BindParameter, Date, Row, and_, bindparam, delete, insert, or_, select, update

from caseflow.access import Viewer
from caseflow.errors import Erased
from caseflow.ids import new_id
from caseflow.store import children, proof, scope, vault
from caseflow.store.reads import among, read
from caseflow.store.session import Session
from caseflow.store.tables import (
    case_entry,
    case_file,
    letter,
    letter_draft,
    letter_initial,
    office,
    post_holder,
    user_account,
)

DraftRow = Row[Any]
WAITING = "waiting"
SETTING = "initials"
"""Under this name an office's settings keep kind of letter -> the posts that initial it, in order."""


# --- posts and chains ------------------------------------------------------------------------------------------------


def add_holder(session: Session, values: Mapping[str, Any], *, by: str, at: datetime) -> str:
    """Record who holds a post, from day to day; return the row's id."""
    row_id = str(new_id(at))
    session.execute(insert(post_holder).values(id=row_id, **values, recorded_at=at, recorded_by=by))
    return row_id


def end_holder(session: Session, row_id: str, last_day: date) -> None:
    """Let somebody hold a post no longer than this day."""
    session.execute(update(post_holder).where(post_holder.c.id == row_id).values(ends_on=last_day))


def remove_holder(session: Session, row_id: str) -> None:
    """Forget that somebody holds a post; that it was given and ended stays in the access log."""
    session.execute(delete(post_holder).where(post_holder.c.id == row_id))


def holder(session: Session, row_id: str) -> Row[Any] | None:
    """Return one holder with the office's area."""
    query = select(*post_holder.c, office.c.area_code).join(office, office.c.id == post_holder.c.office_id)
    return session.execute(query.where(post_holder.c.id == row_id)).first()


def holders(session: Session, office_id: str, post: str | None = None, on: date | None = None) -> list[Row[Any]]:
    """Return who holds the posts of an office, or one of them, ever or that day: its holder before who acts in it."""
    query = select(*post_holder.c, user_account.c.name, user_account.c.username, user_account.c.active)
    query = query.join(user_account, user_account.c.id == post_holder.c.user_id)
    query = query.where(post_holder.c.office_id == office_id)
    if post is not None:
        query = query.where(post_holder.c.post == post)
    if on is not None:
        query = query.where(_in_force(on), user_account.c.active)
    return list(session.execute(query.order_by(post_holder.c.post, post_holder.c.prefix, post_holder.c.starts_on)))


def held_by(session: Session, user_ids: Collection[str]) -> list[Row[Any]]:
    """Return every post these people hold, held or will hold."""
    return _HELD_BY.all(session, of_users=user_ids)


def holds(session: Session, user_id: str, on: date) -> bool:
    """Tell whether somebody holds a post that initials letters that day."""
    return _HOLDS.first(session, of_user=user_id, that_day=on) is not None


def _in_force(on: date | BindParameter[date]) -> Any:  # noqa: ANN401 - a condition
    return and_(post_holder.c.starts_on <= on, or_(post_holder.c.ends_on.is_(None), post_holder.c.ends_on >= on))


_HELD_BY = read(select(post_holder).where(among(post_holder.c.user_id, "of_users")))
_HOLDS = read(
    select(post_holder.c.id)
    .where(post_holder.c.user_id == bindparam("of_user"), _in_force(bindparam("that_day", type_=Date)))
    .limit(1)
)


# --- drafts ----------------------------------------------------------------------------------------------------------


def add_draft(
    session: Session, subject_id: str, columns: Mapping[str, Any], words: Mapping[str, Any], *, at: datetime
) -> None:
    """Insert a draft that waits; what it will say lies under the subject's key."""
    values = {k: v for k, v in columns.items() if k != "id"}
    children.add(session, letter_draft, subject_id, values, words, at=at, row_id=columns["id"])


def draft(session: Session, draft_id: str) -> DraftRow | None:
    """Return a draft."""
    return session.execute(select(letter_draft).where(letter_draft.c.id == draft_id)).first()


def drafts_of(session: Session, case_id: str, *, waiting: bool = False) -> list[DraftRow]:
    """Return the drafts of a case, oldest first."""
    query = select(letter_draft).where(letter_draft.c.case_id == case_id)
    query = query.where(letter_draft.c.state == WAITING) if waiting else query
    return list(session.execute(query.order_by(letter_draft.c.id)))


def words(session: Session, subject_id: str, row: DraftRow) -> dict[str, Any]:
    """Return what a draft says, and what was asked for."""
    return children.words(session, letter_draft, subject_id, row)


def change(session: Session, draft_id: str, values: Mapping[str, Any]) -> None:
    """Update a draft."""
    proof.update(session, letter_draft, draft_id, values)


def settle(
    session: Session, subject_id: str, draft_id: str, state: str, *, at: datetime, reason: str | None = None
) -> None:
    """Say what became of a draft; why is the case's own words."""
    values: dict[str, Any] = {"state": state, "waits_for": None, "settled_at": at}
    if reason is not None:
        place = f"letter_draft.sealed_reason.{draft_id}"
        values["sealed_reason"] = vault.seal(session, subject_id, place, {"reason": reason})
    change(session, draft_id, values)


def reason(session: Session, subject_id: str, row: DraftRow) -> str | None:
    """Return why a draft went back or was dropped; None once the words were erased."""
    if row.sealed_reason is None:
        return None
    try:
        place = f"letter_draft.sealed_reason.{row.id}"
        return str(vault.unseal(session, subject_id, place, row.sealed_reason)["reason"])
    except Erased:
        return None


def waiting_for(session: Session, viewer: Viewer, posts: Sequence[tuple[str, str]], limit: int = 200) -> list[Row[Any]]:
    """Return the drafts that wait for one of these (office, post), of cases the viewer sees, the longest wait first."""
    if not posts:
        return []
    query = select(*letter_draft.c, case_file.c.number, user_account.c.name.label("requester"))
    query = query.join(case_file, case_file.c.id == letter_draft.c.case_id)
    query = query.outerjoin(user_account, user_account.c.id == letter_draft.c.requested_by)
    mine = [and_(letter_draft.c.office_id == place, letter_draft.c.waits_for == post) for place, post in posts]
    query = query.where(letter_draft.c.state == WAITING, or_(*mine), scope.visible_to(viewer))
    return list(session.execute(query.order_by(letter_draft.c.waits_since, letter_draft.c.id).limit(limit)))


# --- initials --------------------------------------------------------------------------------------------------------


def add_initial(session: Session, values: Mapping[str, Any], *, at: datetime) -> None:
    """Record an initial."""
    row = {"id": str(new_id(at)), **values, "given_at": at}
    session.execute(insert(letter_initial).values(row))
    proof.note(session, letter_initial, row)


def given(session: Session, draft_ids: Collection[str]) -> dict[str, list[Row[Any]]]:
    """Return draft -> its initials in order, each with the name of who gave it."""
    query = select(*letter_initial.c, user_account.c.name)
    query = query.join(user_account, user_account.c.id == letter_initial.c.user_id)
    query = query.where(letter_initial.c.draft_id.in_(list(draft_ids)))
    found: dict[str, list[Row[Any]]] = {}
    for row in session.execute(query.order_by(letter_initial.c.draft_id, letter_initial.c.position)):
        found.setdefault(row.draft_id, []).append(row)
    return found


def of_year(session: Session, office_id: str, year: int) -> dict[str, list[str]]:
    """Return letter -> the posts that initialled it, in order, for the register of a year."""
    query = select(letter_initial.c.draft_id, letter_initial.c.prefix, letter_initial.c.post)
    query = query.join(letter, letter.c.id == letter_initial.c.draft_id)
    query = query.where(letter.c.office_id == office_id, letter.c.year == year)
    found: dict[str, list[str]] = {}
    for row in session.execute(query.order_by(letter_initial.c.draft_id, letter_initial.c.position)):
        found.setdefault(row.draft_id, []).append(f"{row.prefix} {row.post}".strip())
    return found


def without(session: Session, office_id: str, year: int) -> set[str]:
    """Return the letters of a year that an emergency sent without the initials its office asks for."""
    cases = select(letter.c.case_id).where(letter.c.office_id == office_id, letter.c.year == year)
    query = select(case_entry.c.data).where(case_entry.c.code == "case:letter:issued", case_entry.c.case_id.in_(cases))
    query = query.where(case_entry.c.data.contains(f'"{WITHOUT}":true'))
    return {orjson.loads(data)["letter"] for data in session.execute(query).scalars()}


WITHOUT = "without_initials"
"""What the entry of a letter says that an emergency did not let wait."""
