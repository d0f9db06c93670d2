"""The audit trail as rows: chained case entries, leaf-only access entries, payloads apart. Only actions write here."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import Row, func, insert, select

from caseflow import audit
from caseflow.errors import ClockBehind, Erased, UnreadableSeal
from caseflow.ids import new_id
from caseflow.store import vault
from caseflow.store.session import Session
from caseflow.store.tables import access_entry, case_entry, case_file, payload

CHUNK = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What an action says about a case: `data` holds ids, codes and dates only; names and words go in `payload`."""

    code: str
    data: Mapping[str, Any]
    payload: Mapping[str, Any] | None = None
    event_date: date | None = None


@dataclass(frozen=True, slots=True)
class Chain:
    """The end of a case's chain."""

    case_id: str
    subject_id: str
    seq: int
    head: str


def append(
    session: Session, chain: Chain, entries: tuple[Entry, ...], *, actor: str, at: datetime, today: date, facts: str
) -> Chain:
    """Write entries behind the chain's end and return the new end; the caller holds the case's row."""
    for entry in entries:
        entry_id = str(new_id(at))
        sealed, digest, salt = b"", None, b""
        if entry.payload:
            salt = audit.new_salt()
            digest = audit.payload_digest(salt, entry.payload)
            sealed = vault.seal(session, chain.subject_id, f"payload.sealed.{entry_id}", entry.payload)
        envelope = audit.Envelope(
            id=entry_id,
            code=entry.code,
            actor=actor,
            event_date=(entry.event_date or today).isoformat(),
            entered_at=audit.instant(at),
            case_id=chain.case_id,
            seq=chain.seq + 1,
            prev=chain.head,
            facts=facts,
            payload=digest,
            data=entry.data,
        )
        hashed = audit.entry_hash(envelope)
        session.execute(
            insert(case_entry).values(
                id=entry_id,
                case_id=chain.case_id,
                seq=chain.seq + 1,
                prev=chain.head,
                hash=hashed,
                code=entry.code,
                event_date=entry.event_date or today,
                entered_at=at,
                actor=actor,
                facts_digest=facts,
                data=audit.canonical(dict(entry.data)).decode(),
                payload_digest=digest,
            )
        )
        if digest:
            row = {"entry_id": entry_id, "subject_id": chain.subject_id, "salt": salt, "sealed": sealed}
            session.execute(insert(payload).values(row))
        chain = Chain(chain.case_id, chain.subject_id, chain.seq + 1, hashed)
    return chain


def note_access(
    session: Session,
    code: str,
    *,
    actor: str,
    at: datetime,
    case_id: str | None = None,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Write a leaf-only entry: a read of a restricted case, a refusal, a log-in, an export, administration."""
    entry_id = str(new_id(at))
    body = dict(data or {})
    envelope = _access_envelope(entry_id, code, actor, at, case_id, body)
    session.execute(
        insert(access_entry).values(
            id=entry_id,
            hash=audit.entry_hash(envelope),
            code=code,
            entered_at=at,
            actor=actor,
            case_id=case_id,
            data=audit.canonical(body).decode(),
        )
    )


def _access_envelope(
    entry_id: str, code: str, actor: str, at: datetime, case_id: str | None, body: Mapping[str, Any]
) -> audit.Envelope:
    entered = audit.instant(at)
    return audit.Envelope(
        id=entry_id, code=code, actor=actor, event_date=entered[:10], entered_at=entered, case_id=case_id, data=body
    )


def require_clock(session: Session, case_id: str, *, at: datetime) -> None:
    """Raise `ClockBehind` when `at` lies before the newest entry of the case: a chain never runs backwards."""
    newest = session.execute(select(func.max(case_entry.c.entered_at)).where(case_entry.c.case_id == case_id)).scalar()
    if newest is not None and at < newest:
        raise ClockBehind(now=at.isoformat(timespec="seconds"), newest=newest.isoformat(timespec="seconds"))


def newest_entry(session: Session) -> datetime | None:
    """Return when the newest case entry was typed."""
    moment: datetime | None = session.execute(select(func.max(case_entry.c.entered_at))).scalar()
    return moment


def entries_of(session: Session, case_id: str, *, after: int = 0) -> list[Row[Any]]:
    """Return a case's entries in order, from the one behind `after`."""
    query = (
        select(case_entry).where(case_entry.c.case_id == case_id, case_entry.c.seq > after).order_by(case_entry.c.seq)
    )
    return list(session.execute(query))


def payloads_of(session: Session, subject_id: str, case_id: str) -> dict[str, dict[str, Any] | None]:
    """Return entry id -> payload of a case; None where it was erased."""
    query = (
        select(payload.c.entry_id, payload.c.sealed)
        .join(case_entry, case_entry.c.id == payload.c.entry_id)
        .where(case_entry.c.case_id == case_id)
    )
    found: dict[str, dict[str, Any] | None] = {}
    for row in session.execute(query):
        try:
            found[row.entry_id] = vault.unseal(session, subject_id, f"payload.sealed.{row.entry_id}", row.sealed)
        except Erased:
            found[row.entry_id] = None
    return found


def envelope_of(row: Row[Any]) -> audit.Envelope:
    """Return a case entry row as the envelope that was hashed."""
    return audit.Envelope(
        id=row.id,
        code=row.code,
        actor=row.actor,
        event_date=row.event_date.isoformat(),
        entered_at=audit.instant(row.entered_at),
        case_id=row.case_id,
        seq=row.seq,
        prev=row.prev,
        facts=row.facts_digest,
        payload=row.payload_digest,
        data=orjson.loads(row.data),
    )


@dataclass(frozen=True, slots=True)
class Verified:
    """What an audit run looked at, and what does not hold."""

    case_entries: int
    access_entries: int
    cases: int
    payloads: int
    erased: int
    broken: tuple[audit.Broken, ...]


def verify(session: Session) -> Verified:
    """Check every chain against its case row, every access leaf, and every payload against its commitment."""
    heads = {r.id: (r.entry_seq, r.entry_head) for r in session.execute(_heads())}
    counted = {"case": 0, "access": 0, "payload": 0, "erased": 0}
    broken: list[audit.Broken] = []

    def stream() -> Iterator[tuple[audit.Envelope, str]]:
        query = select(case_entry).order_by(case_entry.c.case_id, case_entry.c.seq).execution_options(yield_per=CHUNK)
        for row in session.execute(query):
            counted["case"] += 1
            yield envelope_of(row), row.hash

    broken += audit.verify_chain(stream(), heads=heads)
    for row in session.execute(select(access_entry).execution_options(yield_per=CHUNK)):
        counted["access"] += 1
        envelope = _access_envelope(row.id, row.code, row.actor, row.entered_at, row.case_id, orjson.loads(row.data))
        if (computed := audit.entry_hash(envelope)) != row.hash:
            broken.append(audit.Broken(row.id, row.case_id, None, "hash", computed, row.hash))
    broken += _verify_payloads(session, counted)
    return Verified(
        counted["case"], counted["access"], len(heads), counted["payload"], counted["erased"], tuple(broken)
    )


def _heads() -> Any:  # noqa: ANN401 - a select of three columns
    return select(case_file.c.id, case_file.c.entry_seq, case_file.c.entry_head)


def _verify_payloads(session: Session, counted: dict[str, int]) -> Iterator[audit.Broken]:
    query = (
        select(case_entry.c.id, case_entry.c.case_id, case_entry.c.seq, case_entry.c.payload_digest)
        .add_columns(payload.c.salt, payload.c.sealed, payload.c.subject_id)
        .outerjoin(payload, payload.c.entry_id == case_entry.c.id)
        .where(case_entry.c.payload_digest.is_not(None))
    )
    for row in session.execute(query).all():
        counted["payload"] += 1
        if row.sealed is None:
            yield audit.Broken(row.id, row.case_id, row.seq, "payload", row.payload_digest, "")
            continue
        try:
            opened = vault.unseal(session, row.subject_id, f"payload.sealed.{row.id}", row.sealed)
        except Erased:
            counted["erased"] += 1
            continue
        except UnreadableSeal:
            yield audit.Broken(row.id, row.case_id, row.seq, "payload", row.payload_digest, "")
            continue
        if (found := audit.payload_digest(row.salt, opened)) != row.payload_digest:
            yield audit.Broken(row.id, row.case_id, row.seq, "payload", row.payload_digest, found)
