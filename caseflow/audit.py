"""Hashing of the audit trail: canonical bytes, envelopes that commit to payloads, the chain of a case. Pure."""

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from typing import Any, Literal

import orjson

from caseflow.errors import InstantRequired, NotCanonical

GENESIS = "0" * 64
LARGEST = 2**53 - 1  # beyond it JSON readers disagree about whole numbers

_ENTRY = b"caseflow-entry-v1\n"
_FACTS = b"caseflow-facts-v1\n"
_PAYLOAD = b"caseflow-payload-v1\n"
_ROW = b"caseflow-row-v1\n"
_SALT_BYTES = 16
_SORTED = orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER


def canonical(value: Any) -> bytes:  # noqa: ANN401 - checked below
    """One byte string for one value, equal to RFC 8785. Raises NotCanonical for what has no single form.

    Objects with ASCII keys, arrays, strings, whole numbers to 2^53-1, booleans and null. No fractions: write them as
    strings. orjson sorts keys as bytes, RFC 8785 as UTF-16: for ASCII the same.
    """
    if not _single(value):
        raise NotCanonical(where=_offender(value, "$"))
    try:
        return orjson.dumps(value, option=_SORTED)
    except TypeError:
        raise NotCanonical(where="$") from None  # half of a surrogate pair


def _single(value: Any) -> bool:  # noqa: ANN401 - that is the question
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return True
    if kind is int:
        return bool(-LARGEST <= value <= LARGEST)
    if kind is dict:
        for key, inner in value.items():  # a generator would take twice as long
            if type(key) is not str or not key.isascii() or not (type(inner) is str or _single(inner)):
                return False
        return True
    if kind is list or kind is tuple:
        return all(map(_single, value))
    return isinstance(value, str)


def _offender(value: Any, where: str) -> str:  # noqa: ANN401 - as above
    """The place of the first value without a single form; looked for only once there is one."""
    if isinstance(value, dict):
        inner = ((f"{where}.{key}", each) for key, each in value.items())
    elif isinstance(value, (list, tuple)):
        inner = ((f"{where}[{position}]", each) for position, each in enumerate(value))
    else:
        return where
    return next((_offender(each, place) for place, each in inner if not _single(each)), where)


def instant(at: datetime) -> str:
    """`2026-11-21T02:42:13.000000Z`: fixed width, so that text order is time order."""
    if at.tzinfo is None:
        raise InstantRequired
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def digest_of(data: Mapping[str, Any]) -> str:
    """Digest of the facts a decision or a review saw."""
    return hashlib.sha256(_FACTS + canonical(dict(data))).hexdigest()


def new_salt() -> bytes:
    return secrets.token_bytes(_SALT_BYTES)


def payload_digest(salt: bytes, payload: Mapping[str, Any]) -> str:
    """Commit to a payload. The salt is kept with it, under the subject's key: without both, no guess can be tested."""
    if len(salt) != _SALT_BYTES:
        raise ValueError(f"the salt has {_SALT_BYTES} bytes, not {len(salt)}")
    return hmac.digest(salt, _PAYLOAD + canonical(dict(payload)), "sha256").hex()


def row_digest(table: str, columns: Mapping[str, Any]) -> str:
    """Commit to a row as it stands. Sealed words enter as the digest of their ciphertext: it holds without their key.

    A column without a value is left out, so that a column added later changes no digest.
    """
    said = [table, {str(name): _plain(value) for name, value in columns.items() if value is not None}]
    try:
        told = orjson.dumps(said, option=_SORTED)
    except TypeError:  # a number no JSON reader holds, put there by somebody else
        told = repr(said).encode()
    return hashlib.sha256(_ROW + told).hexdigest()


def _plain(value: Any) -> Any:  # noqa: ANN401 - a column of any type
    if isinstance(value, str | int):
        return value
    if isinstance(value, bytes):
        return hashlib.sha256(value).hexdigest()
    if isinstance(value, datetime):
        return instant(value)
    return value.isoformat() if isinstance(value, date) else f"{type(value).__name__} {value!r}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What the log hashes: ids, codes, states, dates and digests; never a name nor free text.

    A case entry has `seq` (from 1) and `prev`; an access entry has neither.
    """

    id: str
    code: str  # noun:subject:past-verb, such as case:letter:issued
    actor: str
    event_date: str  # when it happened: an ISO date in the office's zone
    entered_at: str  # when it was typed: `instant`
    case_id: str | None = None
    seq: int | None = None
    prev: str | None = None
    facts: str | None = None
    payload: str | None = None
    data: Mapping[str, Any]


_FIELDS = tuple(f.name for f in fields(Envelope))


def as_dict(envelope: Envelope) -> dict[str, Any]:
    """Plain data for exports, and the order-free form that is hashed."""
    plain = {name: getattr(envelope, name) for name in _FIELDS}
    plain["data"] = dict(envelope.data)
    return plain


def entry_hash(envelope: Envelope) -> str:
    return hashlib.sha256(_ENTRY + canonical(as_dict(envelope))).hexdigest()


# --- verifying -----------------------------------------------------------------------------------------------------

Reason = Literal[
    "sequence", "previous", "hash", "time", "head", "payload", "state", "row", "gone", "unlogged", "file", "unreadable"
]


@dataclass(frozen=True, slots=True)
class Broken:
    """An entry that does not hold, or a row that is not what its entry says: `reason`, what was expected and found.

    A row that no entry tells of (`unlogged`) has no entry id.
    """

    id: str
    case_id: str | None
    seq: int | None
    reason: Reason
    expected: str
    found: str
    table: str = ""
    row: str = ""


@dataclass(frozen=True, slots=True)
class _Seen:
    id: str
    seq: int
    hash: str
    entered_at: str


def verify_chain(
    entries: Iterable[tuple[Envelope, str]], *, heads: Mapping[str, tuple[int, str]] | None = None
) -> Iterator[Broken]:
    """Check (envelope, stored hash) pairs as they stream by: each case's entries in order, cases in any mixture.

    One finding an entry, its first: a gap in `seq`, a `prev` that is not the hash before, a hash that is not its own, a
    clock that ran backwards. With `heads` (case -> last seq and hash, as the case row says) a cut end is found too.
    """
    seen: dict[str, _Seen] = {}
    for envelope, stored in entries:
        before = seen.get(envelope.case_id) if envelope.case_id is not None else None
        problem = _problem(envelope, stored, before)
        if problem is not None:
            reason, expected, found = problem
            yield Broken(envelope.id, envelope.case_id, envelope.seq, reason, expected, found)
        if envelope.case_id is not None and envelope.seq is not None:
            seen[envelope.case_id] = _Seen(envelope.id, envelope.seq, stored, envelope.entered_at)
    for case_id, (seq, head) in (heads or {}).items():
        last = seen.get(case_id)
        found_seq, found_hash = (last.seq, last.hash) if last else (0, GENESIS)
        if (seq, head) != (found_seq, found_hash):
            yield Broken(
                last.id if last else "", case_id, found_seq, "head", f"{seq} {head}", f"{found_seq} {found_hash}"
            )


def _problem(envelope: Envelope, stored: str, before: _Seen | None) -> tuple[Reason, str, str] | None:
    if envelope.seq is not None or envelope.prev is not None:
        expected_seq = before.seq + 1 if before else 1
        if envelope.seq != expected_seq:
            return "sequence", str(expected_seq), str(envelope.seq)
        expected_prev = before.hash if before else GENESIS
        if envelope.prev != expected_prev:
            return "previous", expected_prev, str(envelope.prev)
    try:
        computed = entry_hash(envelope)
    except NotCanonical as error:
        computed = str(error.data["where"])
    if computed != stored:
        return "hash", computed, str(stored)
    if envelope.seq is not None and before and envelope.entered_at < before.entered_at:
        return "time", f">= {before.entered_at}", envelope.entered_at
    return None
