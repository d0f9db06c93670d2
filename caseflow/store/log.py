"""The audit trail as rows: chained case entries, leaf-only access entries, payloads apart. Only actions write here."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import Row, Select, String, func, literal_column, select, type_coerce

from caseflow import audit
from caseflow.errors import Erased, NotCanonical, UnreadableSeal
from caseflow.ids import new_id
from caseflow.states.fold import Happened, Standing, after, fold
from caseflow.store import proof, vault
from caseflow.store.hot import insert_row
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
    for entry, said in zip(entries, proof.told(session, (e.data for e in entries)), strict=True):
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
        insert_row(session, case_entry, columns)
        if digest:
            row = {"entry_id": entry_id, "subject_id": chain.subject_id, "salt": salt, "sealed": sealed}
            insert_row(session, payload, row)
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
    columns = {
        "id": entry_id,
        "hash": audit.entry_hash(envelope),
        "code": code,
        "entered_at": at,
        "actor": actor,
        "case_id": case_id,
        "data": audit.canonical(body).decode(),
    }
    insert_row(session, access_entry, columns)


def _access_envelope(
    entry_id: str, code: str, actor: str, at: datetime, case_id: str | None, body: Mapping[str, Any]
) -> audit.Envelope:
    entered = audit.instant(at)
    return audit.Envelope(
        id=entry_id, code=code, actor=actor, event_date=entered[:10], entered_at=entered, case_id=case_id, data=body
    )


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
        data=_data_of(row.data),
    )


def _data_of(text: str) -> Mapping[str, Any]:
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
    return fold(Happened(e.code, e.entered_at, _data_of(e.data)) for e in entries if not until or e.entered_at <= until)


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
    """Check every chain and what it adds up to against its case row, every access leaf, and every payload."""
    rows = {r.id: r for r in session.execute(_standings())}
    heads = {r.id: (r.entry_seq, r.entry_head) for r in rows.values()}
    counted = {"case": 0, "access": 0, "payload": 0, "erased": 0}
    standings: dict[str, tuple[Row[Any], Standing | None]] = {}
    broken: list[audit.Broken] = []

    def stream() -> Iterator[tuple[audit.Envelope, str]]:
        query = select(case_entry).order_by(case_entry.c.case_id, case_entry.c.seq).execution_options(yield_per=CHUNK)
        for row in session.execute(query):
            counted["case"] += 1
            envelope = envelope_of(row)
            before = standings[row.case_id][1] if row.case_id in standings else Standing()
            standings[row.case_id] = (row, _then(before, Happened(row.code, row.entered_at, envelope.data)))
            yield envelope, row.hash

    try:
        broken += audit.verify_chain(stream(), heads=heads)
        for row in session.execute(select(access_entry).execution_options(yield_per=CHUNK)):
            counted["access"] += 1
            envelope = _access_envelope(row.id, row.code, row.actor, row.entered_at, row.case_id, _data_of(row.data))
            envelope = replace(envelope, payload=row.payload_digest)
            if (computed := audit.entry_hash(envelope)) != row.hash:
                broken.append(audit.Broken(row.id, row.case_id, None, "hash", computed, row.hash))
        damaged = {found.case_id for found in broken}
        for case_id, (last, standing) in standings.items():
            if case_id in rows and case_id not in damaged:
                broken += _different(last, standing, rows[case_id])
        broken += _verify_payloads(session, counted)
    except (ValueError, TypeError):  # a column holds what its type cannot be: SQLite lets that happen
        broken += _unreadable(session)
    return Verified(
        counted["case"], counted["access"], len(heads), counted["payload"], counted["erased"], tuple(broken)
    )


def _then(before: Standing | None, entry: Happened) -> Standing | None:
    """Return where a case stands after one more entry; None once an entry says nothing we understand."""
    try:
        return after(before, entry) if before else None
    except (KeyError, TypeError, ValueError):
        return None


def _different(last: Row[Any], standing: Standing | None, row: Row[Any]) -> Iterator[audit.Broken]:
    if standing is None:
        yield audit.Broken(last.id, last.case_id, last.seq, "state", "-", "-")
        return
    said = {f.name: getattr(standing, f.name) for f in fields(standing)}
    wrong = sorted(name for name, value in said.items() if getattr(row, name) != value)
    if wrong:
        expected, found = (", ".join(f"{n}={get(n)}" for n in wrong) for get in (said.get, lambda n: getattr(row, n)))
        yield audit.Broken(last.id, last.case_id, last.seq, "state", expected, found)


def _unreadable(session: Session) -> Iterator[audit.Broken]:
    """Name each entry of which a column cannot be read as its type."""
    for table in (case_entry, access_entry):
        for position in session.execute(select(literal_column("rowid")).select_from(table)).scalars().all():
            query = select(table).where(literal_column("rowid") == position)
            try:
                session.execute(query).one()
            except (ValueError, TypeError) as error:
                raw = session.execute(
                    select(type_coerce(table.c.id, String)).where(literal_column("rowid") == position)
                )
                yield audit.Broken(str(raw.scalar()), None, None, "hash", "-", str(error))


def _standings() -> Select[Any]:
    columns = [case_file.c[f.name] for f in fields(Standing)]
    return select(case_file.c.id, case_file.c.entry_seq, case_file.c.entry_head, *columns)


def _verify_payloads(session: Session, counted: dict[str, int]) -> Iterator[audit.Broken]:
    query = (
        select(case_entry.c.id, case_entry.c.case_id, case_entry.c.seq, case_entry.c.payload_digest)
        .add_columns(payload.c.salt, payload.c.sealed, payload.c.subject_id, case_file.c.subject_id.label("owner"))
        .outerjoin(payload, payload.c.entry_id == case_entry.c.id)
        .outerjoin(case_file, case_file.c.id == case_entry.c.case_id)
        .where(case_entry.c.payload_digest.is_not(None))
    )
    for row in session.execute(query).all():
        counted["payload"] += 1
        if row.sealed is None or row.subject_id != row.owner:
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
