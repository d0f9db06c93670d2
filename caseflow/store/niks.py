"""A NIK beside its digits: how it stands with each case, and who else has the same."""

from collections.abc import Collection, Iterable
from datetime import date

from sqlalchemy import Date, bindparam, literal_column, or_, select, union

from caseflow.store.reads import among, read
from caseflow.store.session import Session
from caseflow.store.tables import case_file, household_member, person

DOUBLE = "ganda"
_DOUBLE = person.c.nik_status == literal_column(f"'{DOUBLE}'")
_ON = bindparam("that_day", type_=Date)
_PEOPLE = read(select(person.c.subject_id).where(among(person.c.subject_id, "of_people"), _DOUBLE))
_CASES = read(
    union(
        select(case_file.c.id)
        .join(person, person.c.subject_id == case_file.c.subject_id)
        .where(among(case_file.c.id, "of_cases"), _DOUBLE),
        select(case_file.c.id)
        .join(household_member, household_member.c.household_id == case_file.c.subject_id)
        .join(person, person.c.subject_id == household_member.c.person_id)
        .where(
            among(case_file.c.id, "of_cases"),
            _DOUBLE,
            household_member.c.starts_on <= _ON,
            or_(household_member.c.ends_on.is_(None), household_member.c.ends_on > _ON),
        ),
    )
)


def doubles_among(session: Session, case_ids: Iterable[str], on: date) -> set[str]:
    """Return those of the cases whose person, or a member of whose household that day, shares a NIK with another."""
    ids = tuple(case_ids)
    return set(_CASES.firsts(session, of_cases=ids, that_day=on)) if ids else set()


def double_people(session: Session, subject_ids: Collection[str]) -> set[str]:
    """Return those of the people whose NIK somebody else has too."""
    return set(_PEOPLE.firsts(session, of_people=subject_ids))


def same_as(session: Session, subject_id: str) -> list[str]:
    """Return the other people recorded with this person's NIK; who was never marked is not hinted at."""
    own = select(person.c.nik_index).where(person.c.subject_id == subject_id).scalar_subquery()
    query = select(person.c.subject_id).where(
        person.c.nik_index == own, person.c.subject_id != subject_id, person.c.nik_status == DOUBLE
    )
    return sorted(session.execute(query).scalars())
