"""Who belongs to a group or community, from a day to a day: a name under its key, and a person where one is known."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Row, and_, insert, or_, select, update

from caseflow.access import Viewer
from caseflow.ids import new_id
from caseflow.states.names import name_keys
from caseflow.store import cases, proof, scope, sql, subjects, vault
from caseflow.store.session import Session
from caseflow.store.tables import case_file, group_member, person, subject

PLACE = "group_member.sealed."
MOST_OPENED = 5000
"""Members whose names one search opens, those of the newest cases: a fifth of a second; every door says this number."""


def add(session: Session, group_id: str, words: Mapping[str, Any], columns: Mapping[str, Any], *, at: datetime) -> str:
    """Insert a member with its words (name, role) sealed under the group's key; return its id."""
    member_id = str(new_id(at))
    sealed = vault.seal(session, group_id, PLACE + member_id, words)
    values = {"id": member_id, "group_id": group_id, **columns}
    session.execute(insert(group_member).values(sealed=sealed, **values))
    proof.note(session, group_member, {**values, "case_id": proof.first_case(session, group_id)})
    return member_id


def alone(session: Session, group_id: str) -> None:
    """Let nobody else write the roster until this transaction ends: a group has several cases, each with its fence."""
    sql.one_at_a_time(session, f"roster:{group_id}")


def end(session: Session, member_id: str, *, on: date) -> None:
    """Record that somebody no longer belongs to it; the row stays."""
    statement = update(group_member).where(group_member.c.id == member_id).values(ends_on=on)
    for row in session.execute(statement.returning(*group_member.c)):
        values = row._asdict()
        proof.note(session, group_member, {**values, "case_id": proof.first_case(session, row.group_id)})


def by_id(session: Session, member_id: str) -> Row[Any] | None:
    """Return a member."""
    return session.execute(select(group_member).where(group_member.c.id == member_id)).first()


def of_group(session: Session, group_id: str, on: date | None = None) -> list[Row[Any]]:
    """Return the members that day, representatives first; without a day all there ever were."""
    query = select(group_member).where(group_member.c.group_id == group_id)
    if on is not None:
        later = or_(group_member.c.ends_on.is_(None), group_member.c.ends_on > on)
        query = query.where(and_(group_member.c.starts_on <= on, later))
    order = (group_member.c.representative.desc(), group_member.c.starts_on, group_member.c.id)
    return list(session.execute(query.order_by(*order)))


def words(session: Session, member: Row[Any]) -> dict[str, Any]:
    """Return name and role; nothing once the person was erased."""
    if member.sealed is None:
        return {}
    vault.hold(session, member.group_id)
    return vault.unseal(session, member.group_id, PLACE + str(member.id), member.sealed)


def named(session: Session, said: Mapping[str, Any]) -> dict[str, Any]:
    """Return the words of a consent with its giver; the name of who is linked to a person is in the roster alone."""
    member = by_id(session, said["member"]) if said.get("member") else None
    if member is None:
        return dict(said)
    giver = words(session, member).get("name") or subjects.ERASED
    return {**{key: text for key, text in said.items() if key != "member"}, "giver": giver}


def cases_with(
    session: Session, viewer: Viewer, *, indexes: tuple[str, ...], names: tuple[str, ...], most: int = MOST_OPENED
) -> Iterator[str]:
    """Yield the visible cases, newest first, of groups on whose roster is who has an index, or all of the name keys.

    A name on a roster lies under the group's key alone, so members are opened one by one until the reader has enough,
    and no more than `most` of the newest cases. A number finds who is linked where the viewer may open some case of
    that person: whether they have a closed file too is not told.
    """
    running = (case_file.c.subject_id == group_member.c.group_id, group_member.c.ends_on.is_(None))
    seen, newest = scope.visible_to(viewer), case_file.c.id.desc()
    if indexes:
        hit = or_(person.c.nik_index.in_(indexes), person.c.kk_index.in_(indexes), person.c.phone_index.in_(indexes))
        known = cases.seen_of(session, viewer, session.execute(select(person.c.subject_id).where(hit)).scalars().all())
        linked = group_member.c.person_id.in_(sorted(known))
        query = select(case_file.c.id).where(*running, linked, seen).distinct().order_by(newest)
        yield from session.execute(query).scalars().all()
    if names:
        ours = (subject.c.id == group_member.c.group_id, case_file.c.confidentiality != "R3")
        columns = (case_file.c.id.label("case_id"), subject.c.wrapped_key, *group_member.c)
        query = select(*columns).where(*running, *ours, group_member.c.sealed.is_not(None), seen)
        rows = session.execute(query.order_by(newest, group_member.c.id.desc()).limit(most)).all()
        for case, members in groupby(rows, lambda row: str(row.case_id)):
            if any(_is_called(session, member, names) for member in members):
                yield case


def _is_called(session: Session, member: Row[Any], names: tuple[str, ...]) -> bool:
    if member.wrapped_key is None:
        return False
    vault.learn(session, member.group_id, member.wrapped_key)
    said = vault.unseal(session, member.group_id, PLACE + str(member.id), member.sealed)
    return set(names) <= set(name_keys(str(said.get("name", ""))))


def representatives(session: Session, group_id: str, on: date) -> dict[str, str]:
    """Return id -> name of who speaks for the group that day."""
    rows = (row for row in of_group(session, group_id, on) if row.representative)
    named = ((row.id, str(words(session, row).get("name", ""))) for row in rows)
    return {member: name for member, name in named if name}
