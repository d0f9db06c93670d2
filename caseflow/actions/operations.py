"""What running the system asks for: checks at start, the access entries of the doors."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from caseflow.actions import definitions
from caseflow.ids import is_id
from caseflow.store import (
    attachments,
    audit_desk,
    cases,
    erasures,
    initials,
    letters,
    log,
    reviews,
    sessions,
    transfers,
)
from caseflow.store import definitions as stored
from caseflow.store.session import Session


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


def forget_answers(session: Session, *, before: datetime) -> int:
    """Drop the answers kept for repeated requests that are older; return how many."""
    return sessions.forget(session, before=before)
