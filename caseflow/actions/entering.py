"""Between the password and the session: what a log-in still owes, one thing after another.

A half-open session may do nothing but give what it owes; then it ends, and the next one begins, half-open or whole.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from caseflow import crypto
from caseflow.access import Viewer
from caseflow.actions import second_factor
from caseflow.errors import NotAuthenticated
from caseflow.store import log, second_factors, sessions, users
from caseflow.store.session import Session

CODE, PASSWORD, ENROLMENT = "code", "password", "enrolment"
ORDER = (CODE, PASSWORD, ENROLMENT)
"""What a log-in may owe besides the password: a code, another password, setting up a second factor."""
HALF_OPEN = timedelta(minutes=10)
"""For so long a password waits for the rest."""
MOST_CODES = 5
"""Codes that may be tried behind one password; then it is asked for again."""


@dataclass(frozen=True, slots=True)
class Half:
    """A log-in that still owes something."""

    viewer: Viewer
    owes: str
    digest: str
    device: str


def enter(session: Session, user_id: str, device: str, *, now: datetime, at: datetime) -> str:
    """Open a session for somebody whose password was right; return the cookie's value."""
    return _open(session, second_factor.own(session, user_id, at=at), "", device, now=now, at=at)


def half(session: Session, cookie: str, *, now: datetime, at: datetime) -> Half:
    """Return the half-open session a cookie belongs to; `NotAuthenticated` where there is none, or none any more."""
    digest = crypto.token_digest(cookie)
    row = sessions.half_open(session, digest)
    account = users.by_id(session, row.user_id) if row else None
    if row is None or account is None or not account.active or now >= row.ends_at:
        raise NotAuthenticated
    return Half(users.viewer(session, account, at.date()), row.owes, digest, row.device or "")


def count_code(session: Session, given: Half, *, now: datetime) -> None:
    """Count a code before it is looked at; `NotAuthenticated` where the half-open session has ended, as by too many."""
    if not sessions.count_try(session, given.digest, most=MOST_CODES, at=now):
        raise NotAuthenticated


def go_on(session: Session, given: Half, *, now: datetime, at: datetime) -> str:
    """End a half-open session that gave what it owed, and open the next; return the cookie's value."""
    sessions.revoke(session, given.digest, at=now)
    return _open(session, given.viewer, given.owes, given.device, now=now, at=at)


def _open(session: Session, viewer: Viewer, given: str, device: str, *, now: datetime, at: datetime) -> str:
    owes = _owed(session, viewer, given, now=now)
    if owes == ENROLMENT:
        second_factor.enrol(session, by=viewer)
    plain, digest = crypto.new_token()
    lasts = HALF_OPEN if owes else timedelta(hours=session.settings.session_hours)
    csrf = secrets.token_urlsafe(32)
    sessions.add(session, digest, viewer.user_id, csrf, at=now, ends_at=now + lasts, owes=owes, device=device)
    code = "user:log_in:half" if owes else "user:log_in:done"
    log.note_access(session, code, actor=viewer.user_id, at=at, data={"owes": owes} if owes else None)
    return plain


def _owed(session: Session, viewer: Viewer, given: str, *, now: datetime) -> str | None:
    """Return what is owed next, behind what was just given; the first log-in with such a role begins the grace."""
    duties = second_factors.duties(session, viewer.user_id)
    owed = set()
    if duties.confirmed_at:
        owed.add(CODE)
    elif second_factor.needed(session, viewer.roles):
        second_factors.ask(session, viewer.user_id, at=now)
        since = duties.asked_at or now
        if now >= since + timedelta(days=session.settings.second_factor_days):
            owed.add(ENROLMENT)
    if duties.password_once:
        owed.add(PASSWORD)
    left = ORDER[ORDER.index(given) + 1 :] if given else ORDER
    return next((each for each in left if each in owed), None)
