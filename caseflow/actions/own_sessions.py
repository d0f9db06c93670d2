"""Where somebody is logged in, and ending that: one's own sessions only, and never anybody else's."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from caseflow.access import Viewer
from caseflow.errors import NotFound
from caseflow.store import log, sessions
from caseflow.store.session import Session


@dataclass(frozen=True, slots=True)
class Place:
    """A browser somebody is logged in with."""

    handle: str
    device: str
    """Browser and system; empty where the browser did not say."""
    since: datetime
    seen: datetime
    ends: datetime
    """When it ends whatever is done in it."""
    this: bool


def listing(session: Session, digest: str, *, by: Viewer, now: datetime) -> list[Place]:
    """Return where one is logged in now, this session first, then the one used last."""
    idle = timedelta(minutes=session.settings.session_idle_minutes)
    rows = sessions.of_user(session, by.user_id, now=now, seen_since=now - idle)
    found = [
        Place(
            handle=row.digest[: sessions.HANDLE],
            device=row.device or "",
            since=row.created_at,
            seen=row.seen_at,
            ends=row.ends_at,
            this=row.digest == digest,
        )
        for row in rows
    ]
    return sorted(found, key=lambda place: not place.this)


def end(session: Session, handle: str, *, by: Viewer, at: datetime, now: datetime) -> None:
    """End one of one's own sessions; `NotFound` for one that is not there, or is somebody else's."""
    if not sessions.revoke_by_handle(session, by.user_id, handle, at=now):
        raise NotFound
    log.note_access(session, "user:session:ended", actor=by.user_id, at=at)


def end_others(session: Session, digest: str, *, by: Viewer, at: datetime, now: datetime) -> None:
    """End every session of one's own but the present one."""
    ended = sessions.revoke_others(session, by.user_id, digest, at=now)
    log.note_access(session, "user:session:ended", actor=by.user_id, at=at, data={"sessions": ended})
