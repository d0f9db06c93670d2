"""Who belongs together: a subject, its households, who has the same family card, and who shares one of them."""

from datetime import date
from functools import cache

from sqlalchemy import bindparam, or_, select, union

from caseflow import crypto
from caseflow.store.reads import Read, among, read
from caseflow.store.session import Session
from caseflow.store.subjects import THAT_DAY, in_force, members_of
from caseflow.store.tables import household, household_member, person
from caseflow.store.types import Id


def circle_of(session: Session, subject_id: str, *, kk: str, on: date) -> set[str]:
    """Return the subject, its households, those with this KK as typed, and who belongs to one of them that day."""
    typed = {"of_indexes": crypto.blind_indexes(session.keys, "kk", kk)} if kk else {}
    return set(_circle(with_card=bool(kk)).firsts(session, of_subject=subject_id, that_day=on, **typed))


@cache
def _circle(*, with_card: bool) -> Read:
    this = bindparam("of_subject", type_=Id)
    homes = [
        select(this.label("id")),
        select(household_member.c.household_id).where(household_member.c.person_id == this),
    ]
    people = []
    if with_card:
        homes.append(select(household.c.subject_id).where(among(household.c.kk_index, "of_indexes")))
        people.append(select(person.c.subject_id).where(among(person.c.kk_index, "of_indexes")))
    home = union(*homes).cte("home")
    members = select(household_member.c.person_id).join(home, home.c.id == household_member.c.household_id)
    return read(union(select(home.c.id), members.where(in_force(THAT_DAY)), *people))


def dependants_of(session: Session, person_id: str, on: date) -> set[str]:
    """Return the subjects tied to a person: households they belong to and the other members."""
    mine = select(household_member.c.household_id).where(
        household_member.c.person_id == person_id,
        or_(household_member.c.ends_on.is_(None), household_member.c.ends_on > on),
    )
    houses = set(session.execute(mine).scalars())
    found = set(houses)
    for house in houses:
        found.update(m.person_id for m in members_of(session, house, on))
    return found - {person_id}
