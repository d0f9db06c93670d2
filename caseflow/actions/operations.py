"""What running the system asks for: checks at start, the access entries of the doors."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from caseflow.definitions import stored
from caseflow.errors import BrokenDefinition, _
from caseflow.states.guards import GUARDS
from caseflow.store import definitions, log, sessions
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


def require_known_guards(session: Session) -> None:
    """Raise `BrokenDefinition` when open cases follow a definition with a guard this version does not have."""
    findings = []
    for digest, code in sorted(definitions.in_use(session).items()):
        category = stored.from_json(definitions.body(session, digest))
        named = {name for names in category.guards.values() for name in names}
        findings += [
            _(
                '{category} {digest}: syarat "{guard}" tidak dikenal versi ini.',
                category=code,
                digest=digest[:12],
                guard=g,
            )
            for g in sorted(named - set(GUARDS))
        ]
    if findings:
        raise BrokenDefinition(findings="\n".join(findings))


def forget_answers(session: Session, *, before: datetime) -> int:
    """Drop the answers kept for repeated requests that are older; return how many."""
    return sessions.forget(session, before=before)
