"""The audit trail as rows: chained case entries, leaf-only access entries, payloads apart. Only actions write here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import Row, bindparam, func, select

from caseflow import audit
from caseflow.errors import Erased, NotCanonical
from caseflow.ids import new_key
from caseflow.states.fold import Happened, Standing, fold
from caseflow.store import proof, vault
from caseflow.store.hot import Hot
from caseflow.store.reads import read
from caseflow.store.session import Session
from caseflow.store.tables import access_entry, case_entry, payload

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
    for entry, said in zip(entries, proof.told(session, chain.case_id, (e.data for e in entries)), strict=True):
        entry_id = new_key(at)
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
            data=said,
        )
        hashed = audit.entry_hash(envelope)
        columns = {
            "id": entry_id,
            "case_id": chain.case_id,
            "seq": chain.seq + 1,
            "prev": chain.head,
            "hash": hashed,
            "code": entry.code,
            "event_date": entry.event_date or today,
            "entered_at": at,
            "actor": actor,
            "facts_digest": facts,
            "data": audit.canonical(dict(said)).decode(),
            "payload_digest": digest,
        }
        session.insert(case_entry, columns)
        if digest:
            row = {"entry_id": entry_id, "subject_id": chain.subject_id, "salt": salt, "sealed": sealed}
            session.insert(payload, row)
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
    session.insert(access_entry, access_columns(code, actor=actor, at=at, case_id=case_id, data=data))


def access_columns(
    code: str, *, actor: str, at: datetime, case_id: str | None = None, data: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return the row of a leaf-only entry."""
    entry_id = new_key(at)
    body = dict(data or {})
    envelope = access_envelope(entry_id, code, actor, at, case_id, body)
    return {
        "id": entry_id,
        "hash": audit.entry_hash(envelope),
        "code": code,
        "entered_at": at,
        "actor": actor,
        "case_id": case_id,
        "data": audit.canonical(body).decode(),
    }


def access_envelope(
    entry_id: str, code: str, actor: str, at: datetime, case_id: str | None, body: Mapping[str, Any]
) -> audit.Envelope:
    """Return an access entry as the envelope that is hashed."""
    entered = audit.instant(at)
    return audit.Envelope(
        id=entry_id, code=code, actor=actor, event_date=entered[:10], entered_at=entered, case_id=case_id, data=body
    )


_NEWEST = Hot(select(func.max(case_entry.c.entered_at)))


def newest_entry(session: Session) -> datetime | None:
    """Return when the newest case entry was typed."""
    found = session.first(_NEWEST, {})
    return found[0] if found else None


_OF_CASE = read(
    select(case_entry)
    .where(case_entry.c.case_id == bindparam("of_case"), case_entry.c.seq > bindparam("after"))
    .order_by(case_entry.c.seq)
)
_PAYLOADS = read(
    select(payload.c.entry_id, payload.c.sealed)
    .join(case_entry, case_entry.c.id == payload.c.entry_id)
    .where(case_entry.c.case_id == bindparam("of_case"))
)


def entries_of(session: Session, case_id: str, *, after: int = 0) -> list[Row[Any]]:
    """Return a case's entries in order, from the one behind `after`."""
    return _OF_CASE.all(session, of_case=case_id, after=after)


def payloads_of(session: Session, subject_id: str, case_id: str) -> dict[str, dict[str, Any] | None]:
    """Return entry id -> payload of a case; None where it was erased."""
    found: dict[str, dict[str, Any] | None] = {}
    for row in _PAYLOADS.all(session, of_case=case_id):
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
        data=data_of(row.data),
    )


def data_of(text: str) -> Mapping[str, Any]:
    """Return the data of an entry; bytes that we did not write ourselves come back as they are and match no hash."""
    try:
        data = orjson.loads(text)
        if isinstance(data, dict) and audit.canonical(data).decode() == text:
            return data
    except (orjson.JSONDecodeError, NotCanonical):
        pass
    return {"unreadable": text}


def standing_of(session: Session, case_id: str, *, until: datetime | None = None) -> Standing:
    """Return where a case stood at a moment (now, when not said) by its entries alone."""
    entries = entries_of(session, case_id)
    return fold(Happened(e.code, e.entered_at, data_of(e.data)) for e in entries if not until or e.entered_at <= until)
