"""Which definition a case follows: stored by content digest, so an open case stays on its version."""

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache

from caseflow.definitions import stored as digests
from caseflow.errors import BrokenDefinition, UnknownCategory, _
from caseflow.states.category import Category
from caseflow.states.guards import GUARDS
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
    if not stored.is_kept(session, category.digest):  # writing it out takes longer than the rest of opening a case
        stored.add(session, category.digest, category.code, digests.to_json(category), at=at)


def of_case(session: Session, row: CaseRow) -> Category:
    """Return the definition a case was opened with, or migrated to."""
    now = session.categories.get(row.category)
    if now is not None and now.digest == row.definition_digest:
        return now
    return _parsed(stored.body(session, row.definition_digest))


def of_digest(session: Session, digest: str) -> Category:
    """Return a version by its whole digest: one in the files, or one that was kept; `NotFound` otherwise."""
    now = next((c for c in session.categories.values() if c.digest == digest), None)
    return now or _parsed(stored.body(session, digest))


def require_files(session: Session, in_use: Iterable[str]) -> None:
    """Raise `BrokenDefinition` where a category that open cases follow is in no file any more: it is not removed."""
    findings = [
        _("{category}: masih dipakai kasus terbuka. Kembalikan berkasnya, atau tutup kasusnya dahulu.", category=code)
        for code in sorted(set(in_use) - set(session.categories))
    ]
    if findings:
        raise BrokenDefinition(findings="\n".join(findings))


def require_known_guards(categories: Iterable[Category]) -> None:
    """Raise `BrokenDefinition` where a definition names a guard this version of caseflow does not have."""
    findings = [
        _(
            '{category} {digest}: syarat "{guard}" tidak dikenal versi ini.',
            category=c.code,
            digest=c.digest[:12],
            guard=g,
        )
        for c in categories
        for g in sorted({name for names in c.guards.values() for name in names} - set(GUARDS))
    ]
    if findings:
        raise BrokenDefinition(findings="\n".join(findings))


@lru_cache(maxsize=256)
def _parsed(body: str) -> Category:
    return digests.from_json(body)
