"""What running the system asks for: checks at start, the access entries of the doors."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from caseflow.actions import definitions
from caseflow.definitions import instruments, kept, psks, registries
from caseflow.definitions.kept import Stale
from caseflow.errors import BrokenDefinition
from caseflow.ids import is_id
from caseflow.store import (
    attachments,
    audit_desk,
    cases,
    erasures,
    health,
    initials,
    letters,
    log,
    reviews,
    sessions,
    transfers,
)
from caseflow.store import definitions as stored
from caseflow.store.session import Session

LISTS = {"psks": str(psks.OWN), "registries": str(registries.OWN), "instruments": instruments.OWN}
"""What an office may lay over what ships -> where it stands in the folder of its categories."""


def note_access(
    session: Session,
    code: str,
    *,
    actor: str,
    at: datetime,
    case_id: str | None = None,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Write an access entry: a log-in, a refusal."""
    log.note_access(session, code, actor=actor, at=at, case_id=case_id, data=data)


def asked_about(session: Session, typed: str) -> tuple[str | None, dict[str, str]]:
    """Return the case that an id or a number is about, and what of the case it was: a letter, a review, a question."""
    if not is_id(typed):
        row = cases.by_number(session, typed)
        letter = None if row else next(iter(letters.by_number(session, typed)), None)
        return (letter.case_id, {"letter": letter.id}) if letter else (row.id if row else None, {})
    if letter := letters.by_id(session, typed) or initials.draft(session, typed):
        return letter.case_id, {"letter": letter.id}
    if review := reviews.by_id(session, typed):
        return review.case_id, {"review": review.id}
    if erasure := erasures.by_id(session, typed):
        return erasure.case_id, {"erasure": erasure.id}
    if question := audit_desk.question(session, typed):
        return question.case_id, {"question": question.id}
    if attachment := attachments.by_id(session, typed):
        return attachment.case_id, {"attachment": attachment.id}
    if transfer := transfers.by_id(session, typed):
        return transfer.case_id, {"transfer": transfer.id}
    return (typed if cases.by_id(session, typed) else None), {}


def require_definitions(session: Session) -> None:
    """Raise `BrokenDefinition` where open cases follow a category without a file, or a guard this version lacks."""
    in_use = stored.in_use(session)
    definitions.require_files(session, in_use.values())
    definitions.require_known_guards(definitions.of_digest(session, digest) for digest in sorted(in_use))


def stale_lists(session: Session) -> tuple[Stale, ...]:
    """Return the office's own lists that are gone or wrong now, while this program goes on with what was good last."""
    folder = session.settings.categories_dir
    for current in (psks.current, registries.current, instruments.current):
        with suppress(BrokenDefinition):  # of none that was ever good nothing is kept: whoever looks strictly tells it
            current(folder)
    return kept.stale(folder)


def unlisted(session: Session) -> dict[Path, tuple[str, ...]]:
    """Return the office's file or folder -> the codes on record that no list knows any more: it may be gone long."""
    folder = session.settings.categories_dir
    used, known = health.listed_codes(session), [read.current(folder) for read in (psks, registries, instruments)]
    found = zip(LISTS.values(), used, known, strict=True)
    return {Path(own): codes for own, each, there in found if (codes := tuple(sorted(each - set(there))))}


def forget_answers(session: Session, *, before: datetime) -> int:
    """Drop the answers kept for repeated requests that are older; return how many."""
    return sessions.forget(session, before=before)
