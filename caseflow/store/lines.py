"""What lists need to know of many cases: one statement for each kind of thing, however many lines there are."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Row, or_, select

from caseflow.ids import area_parents, is_id
from caseflow.store import obligations, vault
from caseflow.store.cases import CaseRow, is_number
from caseflow.store.obligations import ObligationRow
from caseflow.store.reads import among, read
from caseflow.store.session import Session
from caseflow.store.subjects import ERASED, HOUSEHOLD_PLACE, PERSON_PLACE
from caseflow.store.tables import area, case_file, household, institution, person, referral, review, subject

_CASES = read(select(case_file).where(among(case_file.c.id, "of_ids")))
_NAMED = read(
    select(subject.c.id, subject.c.wrapped_key, person.c.sealed.label("person"), household.c.sealed.label("household"))
    .outerjoin(person, person.c.subject_id == subject.c.id)
    .outerjoin(household, household.c.subject_id == subject.c.id)
    .where(among(subject.c.id, "of_ids"))
)
_AREAS = read(select(area).where(among(area.c.code, "of_codes")))
_RECEIVERS = read(
    select(referral.c.id, institution.c.name)
    .join(institution, institution.c.id == referral.c.institution_id)
    .where(among(referral.c.id, "of_ids"))
)
_STEPS = read(select(review.c.id, review.c.step).where(among(review.c.id, "of_ids")))


def cases(session: Session, case_ids: Collection[str]) -> dict[str, CaseRow]:
    """Return id -> row of those cases that exist."""
    return {row.id: CaseRow._make(row) for row in _CASES.all(session, of_ids=case_ids)} if case_ids else {}


def by_names(session: Session, wanted: Collection[str]) -> list[CaseRow]:
    """Return those of these cases that exist, each by id or number."""
    ids_ = [name for name in wanted if is_id(name)]
    numbers = [name for name in wanted if is_number(name)]
    query = select(case_file).where(or_(case_file.c.id.in_(ids_), case_file.c.number.in_(numbers)))
    return [CaseRow._make(row) for row in session.execute(query)]


def names(session: Session, subject_ids: Collection[str]) -> dict[str, str]:
    """Return subject -> name; keys that were destroyed leave a mark instead of a name."""
    rows = _NAMED.all(session, of_ids=subject_ids) if subject_ids else ()
    return {row.id: _name(session, row) for row in rows if row.person or row.household}


def _name(session: Session, row: Row[Any]) -> str:
    if row.wrapped_key is None:
        return ERASED
    vault.learn(session, row.id, row.wrapped_key)
    place = HOUSEHOLD_PLACE if row.household else PERSON_PLACE
    data = vault.unseal(session, row.id, place + row.id, row.household or row.person)
    found: str = data.get("name") or data.get("alias") or ERASED
    return found


def areas(session: Session, codes: Collection[str]) -> dict[str, list[Row[Any]]]:
    """Return code -> the area and those around it that are on record, smallest first."""
    around = {code: [code, *reversed(area_parents(code))] for code in codes}
    wanted = {each for chain in around.values() for each in chain}
    if not wanted:
        return {}
    known = {row.code: row for row in _AREAS.all(session, of_codes=wanted)}
    return {code: [known[each] for each in chain if each in known] for code, chain in around.items()}


def owed(session: Session, case_ids: Collection[str]) -> list[ObligationRow]:
    """Return what runs in these cases, the earliest due first; what is paused is left out."""
    return obligations.running(session, case_ids=case_ids) if case_ids else []


def receivers(session: Session, referral_ids: Collection[str]) -> dict[str, str]:
    """Return referral -> name of the institution that is to answer."""
    return {r.id: r.name for r in _RECEIVERS.all(session, of_ids=referral_ids)} if referral_ids else {}


def steps_asked(session: Session, review_ids: Collection[str]) -> dict[str, str]:
    """Return review -> the step that waits for it."""
    return {r.id: r.step for r in _STEPS.all(session, of_ids=review_ids)} if review_ids else {}
