"""Which definition a case follows: stored by content digest, so an open case stays on its version."""

from datetime import datetime
from functools import lru_cache

from caseflow.definitions import stored as digests
from caseflow.errors import UnknownCategory
from caseflow.states.category import Category
from caseflow.store import definitions as stored
from caseflow.store.cases import CaseRow
from caseflow.store.session import Session


def current(session: Session, code: str) -> Category:
    """Return the category new cases follow; `UnknownCategory` names those that exist."""
    found = session.categories.get(code.upper()) if code else None
    if found is None:
        raise UnknownCategory(category=code, known=", ".join(sorted(session.categories)))
    return found


def keep(session: Session, category: Category, *, at: datetime) -> None:
    """Store the category under its digest, once."""
    stored.add(session, category.digest, category.code, digests.to_json(category), at=at)


def of_case(session: Session, row: CaseRow) -> Category:
    """Return the definition a case was opened with, or migrated to."""
    now = session.categories.get(row.category)
    if now is not None and now.digest == row.definition_digest:
        return now
    return _parsed(stored.body(session, row.definition_digest))


@lru_cache(maxsize=256)
def _parsed(body: str) -> Category:
    return digests.from_json(body)
