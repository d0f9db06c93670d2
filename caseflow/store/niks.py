"""A NIK beside its digits: how it stands with each case, and who else has the same."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import and_, or_, select

from caseflow.store.session import Session
from caseflow.store.tables import case_file, household_member, person

DOUBLE = "ganda"


def doubles_among(session: Session, case_ids: Iterable[str], on: date) -> set[str]:
    """Return those of the cases whose person, or a member of whose household that day, shares a NIK with another."""
    ids = tuple(case_ids)
    double = person.c.nik_status == DOUBLE
    own = select(case_file.c.id).join(person, person.c.subject_id == case_file.c.subject_id)
    of_members = (
        select(case_file.c.id)
        .join(household_member, household_member.c.household_id == case_file.c.subject_id)
        .join(person, person.c.subject_id == household_member.c.person_id)
        .where(
            household_member.c.starts_on <= on,
            or_(household_member.c.ends_on.is_(None), household_member.c.ends_on > on),
        )
    )
    found = [query.where(and_(case_file.c.id.in_(ids), double)) for query in (own, of_members)]
    return {str(case_id) for query in found for case_id in session.execute(query).scalars()} if ids else set()


def double_people(session: Session, subject_ids: Iterable[str]) -> set[str]:
    """Return those of the people whose NIK somebody else has too."""
    query = select(person.c.subject_id).where(
        person.c.subject_id.in_(tuple(subject_ids)), person.c.nik_status == DOUBLE
    )
    return set(session.execute(query).scalars())


def same_as(session: Session, subject_id: str) -> list[str]:
    """Return the other people recorded with this person's NIK; who was never marked is not hinted at."""
    own = select(person.c.nik_index).where(person.c.subject_id == subject_id).scalar_subquery()
    query = select(person.c.subject_id).where(
        person.c.nik_index == own, person.c.subject_id != subject_id, person.c.nik_status == DOUBLE
    )
    return sorted(session.execute(query).scalars())
