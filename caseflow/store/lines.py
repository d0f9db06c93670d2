"""What lists need to know of many cases: one statement for each kind of thing, however many lines there are."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Row, or_, select

from caseflow.errors import Erased
from caseflow.ids import area_parents, is_id
from caseflow.store import obligations, vault
from caseflow.store.cases import CaseRow, is_number
from caseflow.store.obligations import ObligationRow
from caseflow.store.session import Session
from caseflow.store.subjects import ERASED, HOUSEHOLD_PLACE, PERSON_PLACE
from caseflow.store.tables import area, case_file, household, institution, person, referral, review


def cases(session: Session, case_ids: Collection[str]) -> dict[str, CaseRow]:
    """Return id -> row of those cases that exist."""
    query = select(case_file).where(case_file.c.id.in_(case_ids))
    return {row.id: CaseRow._make(row) for row in session.execute(query)} if case_ids else {}


def by_names(session: Session, wanted: Collection[str]) -> list[CaseRow]:
    """Return those of these cases that exist, each by id or number."""
    ids_ = [name for name in wanted if is_id(name)]
    numbers = [name for name in wanted if is_number(name)]
    query = select(case_file).where(or_(case_file.c.id.in_(ids_), case_file.c.number.in_(numbers)))
    return [CaseRow._make(row) for row in session.execute(query)]


def names(session: Session, subject_ids: Collection[str]) -> dict[str, str]:
    """Return subject -> name; keys that were destroyed leave a mark instead of a name."""
    found: dict[str, str] = {}
    if not subject_ids:
        return found
    vault.load_keys(session, subject_ids)
    for table, place in ((person, PERSON_PLACE), (household, HOUSEHOLD_PLACE)):
        query = select(table.c.subject_id, table.c.sealed).where(table.c.subject_id.in_(subject_ids))
        for row in session.execute(query).all():
            found[row.subject_id] = _name(session, row, place)
    return found


def _name(session: Session, row: Row[Any], place: str) -> str:
    try:
        data = vault.unseal(session, row.subject_id, place + row.subject_id, row.sealed)
    except Erased:
        data = {}
    found: str = data.get("name") or data.get("alias") or ERASED
    return found


def areas(session: Session, codes: Collection[str]) -> dict[str, list[Row[Any]]]:
    """Return code -> the area and those around it that are on record, smallest first."""
    around = {code: [code, *reversed(area_parents(code))] for code in codes}
    wanted = {each for chain in around.values() for each in chain}
    if not wanted:
        return {}
    known = {row.code: row for row in session.execute(select(area).where(area.c.code.in_(wanted)))}
    return {code: [known[each] for each in chain if each in known] for code, chain in around.items()}


def owed(session: Session, case_ids: Collection[str]) -> list[ObligationRow]:
    """Return what runs in these cases, the earliest due first; what is paused is left out."""
    return obligations.running(session, case_ids=case_ids) if case_ids else []


def receivers(session: Session, referral_ids: Collection[str]) -> dict[str, str]:
    """Return referral -> name of the institution that is to answer."""
    query = select(referral.c.id, institution.c.name).join(institution, institution.c.id == referral.c.institution_id)
    return {r.id: r.name for r in session.execute(query.where(referral.c.id.in_(referral_ids)))} if referral_ids else {}


def steps_asked(session: Session, review_ids: Collection[str]) -> dict[str, str]:
    """Return review -> the step that waits for it."""
    query = select(review.c.id, review.c.step).where(review.c.id.in_(review_ids))
    return {r.id: r.step for r in session.execute(query)} if review_ids else {}
