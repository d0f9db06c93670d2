"""Checking the log and what it vouches for: chains, leaves, payloads, case heads and rows, some cases at a time."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from datetime import date
from itertools import islice, pairwise
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, String, Table, literal_column, select, type_coerce
from sqlalchemy.exc import OperationalError

from caseflow import audit, crypto
from caseflow.audit import Broken
from caseflow.errors import NotCanonical, UnreadableSeal
from caseflow.states.fold import Happened, Standing, after
from caseflow.store import instruments, log, proof, verify_goods, verify_reports, vouched
from caseflow.store.session import Session
from caseflow.store.tables import access_entry, case_entry, case_file, payload, subject
from caseflow.store.vouched import Claims, Span, within

CASES = 500
"""How many cases are held in memory at a time."""
CHUNK = 1000
UNREADABLE = (ValueError, TypeError, OperationalError)
"""What reading raises where a column holds what its type cannot be: SQLite lets that happen."""


ERASED = "case:subject:erased"
COUNTED = ("case_entries", "access_entries", "cases", "payloads", "erased", "rows", "drafts", "older")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What an audit run looked at, and what does not hold, the first first."""

    case_entries: int
    access_entries: int
    cases: int
    payloads: int
    erased: int
    rows: int
    """Rows that hang on a case."""
    drafts: int
    """Of these, records that are being typed: their newest version is not in the log yet."""
    older: int
    """Of these, rows that their entries name without a digest: written before entries vouched for rows."""
    broken: tuple[Broken, ...]


def run(session: Session) -> Verified:
    """Check every chain and what it adds up to against its case and rows, every access leaf, and every payload.

    On PostgreSQL ask within `Database.snapshot`: a case that moves on meanwhile would look cut off.
    """
    counted: Counter[str] = Counter()
    broken: list[Broken] = []
    for span in _spans(session):
        broken += _span(session, span, counted)
        session.subject_keys.clear()
    broken += _leaves(session, counted)
    broken += verify_reports.run(session)
    broken += _goods(session)
    broken += instruments.unfit(session)
    return Verified(**{name: counted[name] for name in COUNTED}, broken=tuple(broken))


def numbers_of(session: Session, case_ids: Iterable[str]) -> dict[str, str]:
    """Return id -> number of those cases that exist."""
    found: dict[str, str] = {}
    wanted = iter(sorted(case_ids))
    while part := list(islice(wanted, CHUNK)):
        query = select(case_file.c.id, case_file.c.number).where(case_file.c.id.in_(part))
        found |= {row.id: row.number for row in session.execute(query)}
    return found


def _case_id(session: Session) -> ColumnElement[str]:
    """Return the id of a case as it is stored: on SQLite it may be none."""
    return case_file.c.id if session.is_postgresql else type_coerce(case_file.c.id, String)


def _spans(session: Session) -> Iterator[Span]:
    """Yield spans of case ids that together hold every case, and every entry of a case that is gone."""
    low: str | None = None
    while True:
        query = select(_case_id(session)).order_by(case_file.c.id).offset(CASES - 1).limit(1)
        high = session.execute(query.where(case_file.c.id > low) if low else query).scalar()
        yield low, high
        if high is None:
            return
        low = high


def _span(session: Session, span: Span, counted: Counter[str]) -> list[Broken]:
    """Check a span of cases; where something in it cannot be read, one case after another."""
    tried: Counter[str] = Counter()
    broken: list[Broken] = []
    try:
        _cases(session, span, tried, broken)
    except UNREADABLE as error:
        if session.is_postgresql:
            raise
        ids = session.execute(select(_case_id(session)).where(within(case_file.c.id, span)).order_by(case_file.c.id))
        edges = [span[0], *ids.scalars().all()[:-1], span[1]]
        if len(edges) > 2:  # noqa: PLR2004 - more than one case
            return [found for part in pairwise(edges) for found in _span(session, part, counted)]
        broken += _unreadable(session, span, error)
    counted.update(tried)
    return broken


def _cases(session: Session, span: Span, counted: Counter[str], broken: list[Broken]) -> None:
    """Check the chains of a span of cases, then what they add up to, their payloads and their rows."""
    files = {r.id: r for r in session.execute(_standings(span))}
    counted["cases"] += len(files)
    claims: Claims = {}
    standings: dict[str, tuple[Row[Any], Standing | None]] = {}
    opened: dict[str, tuple[str, date]] = {}
    erased: set[str] = set()
    scanned: list[vouched.Scan] = []

    def stream() -> Iterator[tuple[audit.Envelope, str]]:
        query = select(case_entry).where(within(case_entry.c.case_id, span))
        for row in session.execute(query.order_by(case_entry.c.case_id, case_entry.c.seq)):
            counted["case_entries"] += 1
            envelope = log.envelope_of(row)
            before = standings[row.case_id][1] if row.case_id in standings else Standing()
            if row.case_id not in standings:
                opened[row.case_id] = (row.actor, row.event_date)
            standings[row.case_id] = (row, _then(before, Happened(row.code, row.entered_at, envelope.data)))
            claims.update(vouched.claimed(row, envelope.data))
            if row.code == ERASED:
                erased.add(row.case_id)
            if vouched.is_scan(row):
                scanned.append((row, envelope.data))
            yield envelope, row.hash

    broken += audit.verify_chain(stream(), heads={i: (r.entry_seq, r.entry_head) for i, r in files.items()})
    damaged = frozenset(found.case_id for found in broken)
    for case_id, (last, standing) in standings.items():
        if case_id not in files:
            broken.append(Broken(last.id, case_id, last.seq, "gone", "-", "-", str(case_file.name), case_id))
        elif case_id not in damaged:
            broken += _different(last, standing, files[case_id], opened[case_id])
    broken += _payloads(session, span, erased, counted)
    broken += vouched.compare(session, span, claims, damaged, counted)
    broken += vouched.scans(session, scanned, damaged)


def _standings(span: Span) -> Select[Any]:
    columns = [case_file.c[f.name] for f in fields(Standing)] + [case_file.c.opened_by, case_file.c.opened_on]
    query = select(case_file.c.id, case_file.c.entry_seq, case_file.c.entry_head, *columns)
    return query.where(within(case_file.c.id, span))


def _then(before: Standing | None, entry: Happened) -> Standing | None:
    """Return where a case stands after one more entry; None once an entry says nothing we understand."""
    try:
        return after(before, entry) if before else None
    except (KeyError, TypeError, ValueError):
        return None


def _different(last: Row[Any], standing: Standing | None, row: Row[Any], opened: tuple[str, date]) -> Iterator[Broken]:
    """Yield what the case row says other than its entries; `opened` is by whom and when, as the first of them says."""
    if standing is None:
        yield Broken(last.id, last.case_id, last.seq, "state", "-", "-")
        return
    said = {f.name: getattr(standing, f.name) for f in fields(standing)}
    said["opened_by"], said["opened_on"] = opened
    for name in ("number", "office_id"):  # what older entries do not tell
        if said[name] is None:
            del said[name]
    wrong = sorted(name for name, value in said.items() if getattr(row, name) != value)
    if wrong:
        expected, found = (", ".join(f"{n}={get(n)}" for n in wrong) for get in (said.get, lambda n: getattr(row, n)))
        yield Broken(last.id, last.case_id, last.seq, "state", expected, found)


def _payloads(session: Session, span: Span, erased: set[str], counted: Counter[str]) -> Iterator[Broken]:
    """Open every payload; one whose key is gone reads as erased only where an entry says that it was."""
    query = (
        select(case_entry.c.id, case_entry.c.case_id, case_entry.c.seq, case_entry.c.payload_digest)
        .add_columns(payload.c.salt, payload.c.sealed, payload.c.subject_id, case_file.c.subject_id.label("owner"))
        .add_columns(subject.c.wrapped_key)
        .outerjoin(payload, payload.c.entry_id == case_entry.c.id)
        .outerjoin(case_file, case_file.c.id == case_entry.c.case_id)
        .outerjoin(subject, subject.c.id == payload.c.subject_id)
        .where(case_entry.c.payload_digest.is_not(None), within(case_entry.c.case_id, span))
    )
    for row in session.execute(query.order_by(case_entry.c.case_id, case_entry.c.seq)).all():
        counted["payloads"] += 1
        if row.sealed is None or row.subject_id != row.owner:
            yield Broken(row.id, row.case_id, row.seq, "payload", row.payload_digest, "")
        elif row.wrapped_key is None and row.case_id in erased:
            counted["erased"] += 1
        elif row.wrapped_key is None:
            yield Broken(row.id, row.case_id, row.seq, "payload", row.payload_digest, "")
        elif (found := _digest(session, row)) != row.payload_digest:
            yield Broken(row.id, row.case_id, row.seq, "payload", row.payload_digest, found)


def _digest(session: Session, row: Row[Any]) -> str:
    """Return the digest of a payload as it opens; nothing where it does not."""
    try:
        key = session.subject_keys.get(row.subject_id)
        if key is None:
            key = session.subject_keys[row.subject_id] = crypto.unwrap(session.keys, row.wrapped_key, row.subject_id)
        return audit.payload_digest(row.salt, crypto.open_json(key, row.sealed, f"payload.sealed.{row.id}"))
    except UnreadableSeal:
        return ""


def _leaves(session: Session, counted: Counter[str]) -> list[Broken]:
    """Check the access entries; where one cannot be read, one after another."""
    tried: Counter[str] = Counter()
    broken: list[Broken] = []
    try:
        for row in session.execute(select(access_entry).execution_options(yield_per=CHUNK)):
            tried["access_entries"] += 1
            broken += _leaf(row)
    except UNREADABLE:
        if session.is_postgresql:
            raise
        tried.clear()
        broken.clear()
        for entry, unreadable in _each(session, access_entry, None):
            tried["access_entries"] += 1
            broken += _leaf(entry) if entry is not None else ()
            broken += unreadable
    counted.update(tried)
    return broken


def _leaf(row: Row[Any]) -> Iterator[Broken]:
    envelope = log.access_envelope(row.id, row.code, row.actor, row.entered_at, row.case_id, log.data_of(row.data))
    try:
        computed = audit.entry_hash(replace(envelope, payload=row.payload_digest))
    except NotCanonical as error:
        computed = str(error.data["where"])
    if computed != row.hash:
        yield Broken(row.id, row.case_id, None, "hash", computed, str(row.hash))


def _goods(session: Session) -> list[Broken]:
    """Check the goods of the offices; where a row cannot be read, name each that cannot."""
    try:
        return list(verify_goods.run(session))
    except UNREADABLE as error:
        if session.is_postgresql:
            raise
        named = [found for table in verify_goods.TABLES for _row, each in _each(session, table, None) for found in each]
        return named or [Broken("", None, None, "unreadable", "-", str(error))]


# --- what SQLite lets anybody write -----------------------------------------------------------------------------------


def _unreadable(session: Session, span: Span, error: Exception) -> list[Broken]:
    """Name each row of a span of cases of which a column cannot be read as its type."""
    named: list[Broken] = []
    for table in (case_file, case_entry, *proof.PROVEN.values()):
        owner = table.c.id if table is case_file else table.c.get("case_id")
        for _row, found in _each(session, table, None if owner is None else within(owner, span)):
            named += found
    return named or [Broken("", None, None, "unreadable", "-", str(error))]


def _each(
    session: Session, table: Table, condition: ColumnElement[bool] | None
) -> Iterator[tuple[Row[Any] | None, tuple[Broken, ...]]]:
    """Yield each row by itself, or the finding that it cannot be read."""
    position: ColumnElement[int] = literal_column("rowid")
    places = select(position).select_from(table)
    for place in session.execute(places if condition is None else places.where(condition)).scalars().all():
        try:
            yield session.execute(select(table).where(position == place)).one(), ()
        except UNREADABLE as problem:
            raw = session.execute(select(type_coerce(table.c.id, String)).where(position == place)).scalar()
            entry = str(raw) if table in (case_entry, access_entry) else ""
            yield None, (Broken(entry, None, None, "unreadable", "-", str(problem), str(table.name), str(raw)),)
