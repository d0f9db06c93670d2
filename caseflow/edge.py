"""What both doors share: who is asking, what time it is, one transaction a request, answers to repeated requests."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import ceil
from threading import Lock
from typing import Any, Generic, TypeVar

import orjson
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from caseflow import crypto
from caseflow.access import Viewer
from caseflow.actions import entering, operations
from caseflow.errors import (
    BadCredentials,
    Busy,
    CaseflowError,
    Forbidden,
    IdempotencyMismatch,
    NotAuthenticated,
    NotFound,
    SelfApproval,
    StepRefused,
    TooManyAttempts,
    VersionConflict,
)
from caseflow.store import offices, records, sessions, users
from caseflow.store.session import Database, Session
from caseflow.store.types import Row as StoredRow

T = TypeVar("T")
C = TypeVar("C")
Window = tuple[RateLimitItem, tuple[str, ...]]
OK = 200
LONGEST_KEY = 120
FAILED_TOKENS = RateLimitItemPerMinute(20, 5)
"""Wrong bearer tokens an address may send; a right one is never held back: an office may share one address."""
FAILED_LOG_INS = RateLimitItemPerMinute(10, 15)
"""Wrong passwords for one name from one address: a stranger cannot lock the owner out from elsewhere."""
FAILED_ADDRESS = RateLimitItemPerMinute(100, 15)
"""Wrong passwords from one address, whatever the name."""
REFUSALS: tuple[type[CaseflowError], ...] = (Forbidden, SelfApproval, StepRefused, NotFound)
"""Refusals that leave an access entry, in a transaction of their own after the rollback."""


def real_now() -> datetime:
    """Return the time of the machine: what leases and sessions use."""
    return datetime.now(UTC)


@dataclass(slots=True)
class BusinessClock:
    """The time the work happens in: the machine's, moved by what a demonstration has simulated."""

    ahead: timedelta = timedelta(0)

    def now(self) -> datetime:
        """Return the business time."""
        return real_now() + self.ahead

    def move_to(self, at: datetime) -> None:
        """Let business time go on from `at`."""
        self.ahead = at - real_now()


@dataclass(frozen=True, slots=True)
class Edge:
    """One process's database and clock, the failed attempts it remembers, and those under way."""

    database: Database
    clock: BusinessClock
    failures: MovingWindowRateLimiter = field(default_factory=lambda: MovingWindowRateLimiter(MemoryStorage()))
    trying: list[Window] = field(default_factory=list)
    turn: Lock = field(default_factory=Lock)

    def today(self, session: Session) -> datetime:
        """Return the business time in the zone of the first office; UTC before there is one."""
        return self.clock.now().astimezone(offices.first_zone(session) or UTC)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a write answered: a status and plain JSON, kept for a repeated request."""

    status: int
    body: Any
    repeated: bool = False


# --- failed attempts -------------------------------------------------------------------------------------------------


def require_calm(edge: Edge, limit: RateLimitItem, *who: str) -> None:
    """Raise `TooManyAttempts` when `who` has used the limit up."""
    if not edge.failures.test(limit, *who, cost=1 + edge.trying.count((limit, who))):
        window = edge.failures.get_window_stats(limit, *who)
        seconds = max(1, ceil(window.reset_time - real_now().timestamp()))
        raise TooManyAttempts(minutes=ceil(seconds / 60), seconds=seconds)


def count_failure(edge: Edge, limit: RateLimitItem, *who: str) -> None:
    """Remember one failed attempt of `who`; `TooManyAttempts` where the limit was used up before it."""
    require_calm(edge, limit, *who)
    edge.failures.hit(limit, *who)


@contextmanager
def attempt(edge: Edge, wrong: type[CaseflowError], *windows: Window) -> Iterator[None]:
    """Let somebody try once; what is under way counts, so many at once are no more than one after another."""
    with edge.turn:
        for limit, who in windows:
            require_calm(edge, limit, *who)
        edge.trying.extend(windows)
    try:
        yield
    except wrong:
        for limit, who in windows:
            edge.failures.hit(limit, *who)
        raise
    finally:
        with edge.turn:
            for window in windows:
                edge.trying.remove(window)


# --- who is asking ---------------------------------------------------------------------------------------------------


def viewer_of_token(edge: Edge, token: str) -> Viewer:
    """Return who a bearer token belongs to; `NotAuthenticated` when unknown, revoked or deactivated."""
    with edge.database.read() as session:
        account = users.by_token(session, crypto.token_digest(token))
        if account is None or not account.active:
            raise NotAuthenticated
        return users.viewer(session, account, edge.today(session).date())


@dataclass(frozen=True, slots=True)
class WebSession:
    """A person logged in on the pages."""

    viewer: Viewer
    csrf: str
    digest: str


def log_in(edge: Edge, username: str, password: str, *, address: str = "", device: str = "") -> str:
    """Check a password and open a session, half-open where the log-in owes more; return the cookie's value.

    `BadCredentials` says nothing more. `TooManyAttempts`: failures for this name, or of any name, from this address.
    """
    name = username.strip()
    windows = [(FAILED_LOG_INS, (name.casefold(), address)), *([(FAILED_ADDRESS, (address,))] if address else [])]
    with attempt(edge, BadCredentials, *windows):
        with edge.database.read() as session:
            account = users.by_username(session, name) if name.isprintable() else None
        good = crypto.verify_password(account.password_hash if account else None, password)
        if account is None or not good or not account.active:
            if account is not None:
                note(edge, "user:log_in:refused", account.id, None, {})
            raise BadCredentials
    with edge.database.write() as session:
        plain = entering.enter(session, account.id, device, now=real_now(), at=edge.today(session))
        if crypto.needs_rehash(str(account.password_hash)):
            users.set_password(session, account.id, crypto.hash_password(password))
    return plain


def web_session(edge: Edge, cookie: str | None) -> WebSession:
    """Return who a cookie belongs to; `NotAuthenticated` when it ended, was revoked or is unknown."""
    if not cookie:
        raise NotAuthenticated
    digest, now = crypto.token_digest(cookie), real_now()
    idle = timedelta(minutes=edge.database.settings.session_idle_minutes)
    with edge.database.read() as session:
        row = sessions.find(session, digest)
        account = users.by_id(session, row.user_id) if row else None
        if row is None or account is None or not account.active or now >= row.ends_at or now - row.seen_at > idle:
            raise NotAuthenticated
        viewer = users.viewer(session, account, edge.today(session).date())
    if now - row.seen_at > timedelta(minutes=1):
        with edge.database.write() as session:
            sessions.touch(session, digest, at=now)
    return WebSession(viewer, row.csrf, digest)


def log_out(edge: Edge, cookie: str | None) -> None:
    """End a session."""
    if cookie:
        with edge.database.write() as session:
            sessions.revoke(session, crypto.token_digest(cookie), at=real_now())


class _OvertakenError(Exception):
    """The same request was quicker elsewhere: its answer can be read now."""


# --- one transaction a request ----------------------------------------------------------------------------------------


def read(edge: Edge, by: Viewer, run: Callable[[Session, Viewer, datetime], T], *, case: str | None = None) -> T:
    """Run a reading action. Where a `case` is named, a refusal leaves an access entry, as with a write.

    A letter or a review names its case too, each by id or number.
    """
    try:
        with edge.database.read() as session:
            return run(session, by, edge.clock.now())
    except REFUSALS as error:
        if case is not None:
            _note_refusal(edge, by, error, case)
        raise


def write(
    edge: Edge,
    by: Viewer,
    run: Callable[[Session, Viewer, datetime], tuple[int, Any]],
    *,
    key: str | None,
    request: bytes,
    case: str | None = None,
) -> Answer:
    """Run a writing action in one transaction and keep its answer under the idempotency key.

    The same key with the same request answers again without doing it again; with another request it raises
    `IdempotencyMismatch`. A refusal is noted after the rollback, and the version a conflict shows stays, for the answer
    to it. `request` says what was asked.
    """
    digest = hashlib.sha256(request).hexdigest()
    try:
        try:
            return _once(edge, by, run, key, digest)
        except _OvertakenError:
            return _once(edge, by, run, key, digest)
    except REFUSALS as error:
        _note_refusal(edge, by, error, case)
        raise
    except VersionConflict as error:
        if error.record:
            with edge.database.write() as session:
                records.mark_shown(session, [(error.record, error.data["version"], edge.clock.now())])
        raise


def _once(
    edge: Edge, by: Viewer, run: Callable[[Session, Viewer, datetime], tuple[int, Any]], key: str | None, digest: str
) -> Answer:
    with edge.database.write() as session:
        if key:
            # Sent twice at once, the second waits here: it must find the first answer, not the first one's effects.
            sessions.wait_for(session, by.user_id, key[:LONGEST_KEY])
            if known := sessions.recall(session, by.user_id, key[:LONGEST_KEY]):
                return _opened(session, by, key[:LONGEST_KEY], digest, known)
        at = edge.clock.now()
        status, body = run(session, by, at)
        if key:
            sealed = crypto.seal_json(session.keys.token, body, _place(by, key[:LONGEST_KEY]))
            kept = sessions.remember(session, by.user_id, key[:LONGEST_KEY], digest, status, sealed, at=at)
            if not kept:
                raise _OvertakenError
        return Answer(status, body)


def _opened(session: Session, by: Viewer, key: str, digest: str, row: StoredRow[Any]) -> Answer:
    if row.digest != digest:
        raise IdempotencyMismatch
    return Answer(row.status, crypto.open_json(session.keys.token, row.response, _place(by, key)), repeated=True)


def _place(by: Viewer, key: str) -> str:
    return f"idempotency.response.{by.user_id}.{key}"


# --- many commands a request ------------------------------------------------------------------------------------------

CHUNK = 100
"""Commands of one transaction: enough to share its cost, few enough that nobody waits long for the cases it holds."""


@dataclass(frozen=True, slots=True)
class Numbered(Generic[C]):
    """One of many commands: its position, from 1, and the case it is about if it names one."""

    number: int
    command: C
    case: str | None = None


Several = Callable[[Session, Sequence[C], Viewer, datetime], Sequence[Any]]
"""What carries out some commands in one transaction: for each plain JSON, or the error that refused it."""


@dataclass(frozen=True, slots=True)
class RowDone:
    """What became of a row: plain JSON of what was done, or the reason why not."""

    number: int
    body: Any = None
    problem: CaseflowError | None = None
    repeated: bool = False


def write_many(
    edge: Edge, by: Viewer, rows: Sequence[Numbered[C]], act: Several[C], *, key: str | None
) -> Iterator[RowDone]:
    """Carry out many commands, some in one transaction, and yield what became of each in order.

    A refused row stops no other. With a `key` a row that was done is not done again within a day: a run that broke off
    goes on where it was.
    """
    chunks = [rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK)]
    with edge.database.read() as session:  # before the first is done: another content under the key does nothing
        for chunk in chunks if key else ():
            _known(session, by, chunk, key)
    for chunk in chunks:
        try:
            done = _some(edge, by, chunk, act, key)
        except Busy:  # somebody held one of them too long: each waits for its own
            done = [_by_itself(edge, by, row, act, key) for row in chunk]
        for each, row in zip(done, chunk, strict=True):
            if isinstance(each.problem, REFUSALS):
                _note_refusal(edge, by, each.problem, row.case)
        yield from done


def _by_itself(edge: Edge, by: Viewer, row: Numbered[C], act: Several[C], key: str | None) -> RowDone:
    try:
        return _some(edge, by, [row], act, key)[0]
    except Busy as problem:
        return RowDone(row.number, problem=problem)


def _some(edge: Edge, by: Viewer, rows: Sequence[Numbered[C]], act: Several[C], key: str | None) -> list[RowDone]:
    with edge.database.write() as session:
        if key:
            sessions.wait_for(session, by.user_id, _row_key(key, 0))
        found = _known(session, by, rows, key)
        left = [row for row in rows if row.number not in found]
        at = edge.clock.now()
        for row, body in zip(left, act(session, [row.command for row in left], by, at), strict=True):
            if isinstance(body, CaseflowError):
                found[row.number] = RowDone(row.number, problem=body)
                continue
            found[row.number] = RowDone(row.number, body=body)
            if key:
                name = _row_key(key, row.number)
                sealed = crypto.seal_json(session.keys.token, body, _place(by, name))
                sessions.remember(session, by.user_id, name, _digest_of(row.command), OK, sealed, at=at)
        return [found[row.number] for row in rows]


def _known(session: Session, by: Viewer, rows: Sequence[Numbered[C]], key: str | None) -> dict[int, RowDone]:
    """Return the rows that were done under the key, by their numbers."""
    keys = {_row_key(key, row.number): row for row in rows} if key else {}
    found = {}
    for kept in sessions.recall_all(session, by.user_id, list(keys)) if keys else ():
        row = keys[kept.key]
        answer = _opened(session, by, kept.key, _digest_of(row.command), kept)
        found[row.number] = RowDone(row.number, body=answer.body, repeated=True)
    return found


def _row_key(key: str, number: int) -> str:
    """Return the key of one row of a run: of a fixed length, whatever the run is called."""
    return f"{hashlib.sha256(key.encode()).hexdigest()}:{number}"


def _digest_of(command: object) -> str:
    """Return what tells whether a row is the one that was done under its key."""
    return hashlib.sha256(repr(command).encode()).hexdigest()


def request_bytes(method: str, path: str, body: Any) -> bytes:  # noqa: ANN401 - parsed JSON
    """Return what identifies a request for its idempotency key."""
    return f"{method} {path}\n".encode() + orjson.dumps(body, option=orjson.OPT_SORT_KEYS, default=str)


def _note_refusal(edge: Edge, by: Viewer, error: CaseflowError, case: str | None) -> None:
    data: dict[str, Any] = {"error": error.code}
    if isinstance(error, StepRefused):
        data |= {"step": error.data["step"], "unmet": [u["guard"] for u in error.data["unmet"]]}
    case_id = None
    if case:
        with edge.database.read() as session:
            case_id, about = operations.asked_about(session, case)
        data |= about
    note(edge, "case:act:refused", by.user_id, case_id, data)


def note(edge: Edge, code: str, actor: str, case_id: str | None, data: dict[str, Any]) -> None:
    """Write an access entry in a transaction of its own."""
    with edge.database.write() as session:
        operations.note_access(session, code, actor=actor, at=edge.clock.now(), case_id=case_id, data=data)
