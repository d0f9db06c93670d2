"""Comparing rows with what entries say of them: changed, gone, or never told; a table at a time."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Table, and_, select

from caseflow.audit import Broken
from caseflow.errors import Erased, UnreadableSeal
from caseflow.store import letters, log, proof, records, vault
from caseflow.store.session import Session
from caseflow.store.tables import (
    access_entry,
    attachment,
    case_entry,
    case_file,
    file,
    group_member,
    household_member,
    letter,
    placement,
    placement_review,
    referral,
    stage_record,
    stage_revision,
)

CHUNK = 500
FETCHED_FILES = 8
"""Files read at a time."""
FILE_MADE = "case:letter:made"
"""The access entry that tells which file a letter got."""
BELONGING = {group_member: group_member.c.group_id, household_member: household_member.c.household_id}
"""Rows that belong to the subject of a case rather than to one case -> whose they are."""
Claims = dict[tuple[str, str], "Claim"]
Scan = tuple[Row[Any], Mapping[str, Any]]
"""An entry that tells of a signed scan, and what it says."""
Span = tuple[str | None, str | None]
"""Ids of cases: after the first, up to the second; None where there is no such end."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What the newest entry that vouches for a row says of it."""

    digest: object
    entry_id: str
    case_id: str
    seq: int
    data: Mapping[str, Any]


def claimed(row: Row[Any], data: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str], Claim]]:
    """Yield (table, id) and the claim for each row an entry vouches for."""
    found = data.get(proof.ROWS)
    if not isinstance(found, dict):
        return
    for table, digests in found.items():
        for row_id, digest in digests.items() if isinstance(digests, dict) else ():
            yield (table, row_id), Claim(digest, row.id, row.case_id, row.seq, data)


def within(column: ColumnElement[Any], span: Span) -> ColumnElement[bool]:
    """Return the condition that a case's id lies in the span."""
    low, high = span
    ends = [column > low] if low else []
    return and_(column.is_not(None), *ends, *([column <= high] if high else []))


def compare(
    session: Session, span: Span, claims: Claims, damaged: frozenset[str | None], counted: Counter[str]
) -> list[Broken]:
    """Return the rows of the span that are not what their newest entry says, in the order of the entries.

    Rows of `damaged` cases are left alone: their entries say nothing to be relied on.
    """
    left = {key: claim for key, claim in claims.items() if claim.case_id not in damaged}
    found: list[Broken] = []
    untold: list[tuple[Broken, Row[Any]]] = []
    made = _files_made(session, span)
    for name, table in proof.PROVEN.items():
        names = [str(column.name) for column in table.c]
        for row in session.execute(_rows(table, span)):
            counted["rows"] += 1
            claim = left.pop((name, row.id), None)
            if row.owner in damaged:
                continue
            values = dict(zip(names, row, strict=False))
            problem = _problem(session, name, values, row, claim, counted)
            if problem is None and table is letter:
                problem = _file_problem(row, made.get(row.id))
            if problem is None:
                continue
            problem = _told(replace(problem, table=name, row=row.id), row.owner, claim)
            if problem.reason == "unlogged":
                untold.append((problem, row))
            else:
                found.append(problem)
    known = {problem.row for problem in found}
    found += [each for each in _attached(session, span, claims, damaged) if each.row not in known]
    for (name, row_id), claim in left.items():
        found.append(_told(Broken("", None, None, "gone", str(claim.digest), "-", name, row_id), claim.case_id, claim))
    found += _unlogged(session, untold, counted)
    return sorted(found, key=lambda b: (b.case_id or "", b.seq is None, b.seq or 0))


def is_scan(row: Row[Any]) -> bool:
    """Tell whether an entry tells of the signed scan of a letter."""
    return bool(row.code == letters.SCANNED)


def scans(session: Session, scanned: Sequence[Scan], damaged: frozenset[str | None]) -> Iterator[Broken]:
    """Yield the signed scans whose file is gone, or is not the one that its entry names."""
    there: dict[str, str] = {}
    scanned = [scan for scan in scanned if scan[0].case_id not in damaged]
    told = iter(sorted({str(data.get("file")) for _entry, data in scanned}))
    while part := list(islice(told, CHUNK)):
        found = session.execute(select(file.c.id, file.c.sha256).where(file.c.id.in_(part)))
        there |= {row.id: row.sha256 for row in found}
    for entry, data in scanned:
        name, said = str(data.get("file")), str(data.get("sha256"))
        kept = there.get(name)
        if kept != said:
            expected, of = f"{name} {said}", str(data.get("letter"))
            yield Broken(entry.id, entry.case_id, entry.seq, "file", expected, str(kept), str(letter.name), of)


def _attached(session: Session, span: Span, claims: Claims, damaged: frozenset[str | None]) -> Iterator[Broken]:
    """Yield the attachments whose file is gone, or is not the sealed bytes that their row names: no key is needed."""
    query = select(attachment.c.id, attachment.c.case_id, attachment.c.seal_digest, file.c.sealed)
    query = query.outerjoin(file, file.c.id == attachment.c.file_id)
    query = query.where(within(attachment.c.case_id, span), attachment.c.file_id.is_not(None))
    for row in session.execute(query.execution_options(yield_per=FETCHED_FILES)):
        kept = "-" if row.sealed is None else sha256(row.sealed).hexdigest()
        if kept != row.seal_digest and row.case_id not in damaged:
            problem = Broken("", None, None, "file", row.seal_digest, kept, str(attachment.name), row.id)
            yield _told(problem, row.case_id, claims.get((str(attachment.name), row.id)))


def _unlogged(session: Session, untold: list[tuple[Broken, Row[Any]]], counted: Counter[str]) -> Iterator[Broken]:
    """Yield the rows no entry tells of; those that an entry names without a digest are older than digests."""
    known: set[tuple[object, ...]] = set()
    cases = iter(sorted({row.owner for _problem, row in untold}))
    while part := list(islice(cases, CHUNK)):
        query = select(case_entry.c.case_id, case_entry.c.seq, case_entry.c.data).where(case_entry.c.case_id.in_(part))
        for entry in session.execute(query):
            data = log.data_of(entry.data)
            if entry.seq == 1 and household_member.name not in data.get(proof.ROWS, {}):
                known.add((entry.case_id, household_member.name))  # opened before its members were vouched for
            if proof.ROWS not in data:
                known.update((entry.case_id, value) for value in data.values() if isinstance(value, str))
                known.add((entry.case_id, data.get("stage"), data.get("cycle"), data.get("version")))
    for problem, row in untold:
        told: set[tuple[object, ...]] = {(row.owner, row.id)}
        if problem.table == stage_record.name:
            told = {(row.owner, row.stage, row.cycle, row.logged_version)}
        if problem.table == household_member.name:
            told.add((row.owner, household_member.name))
        if problem.table == referral.name:
            told.add((row.owner, row.letter_id))
        if told & known:
            counted["older"] += 1
        else:
            yield problem


def _told(problem: Broken, case_id: str, claim: Claim | None) -> Broken:
    """Return a finding with the entry that vouches for the row."""
    if claim is None:
        return replace(problem, case_id=case_id)
    return replace(problem, id=claim.entry_id, case_id=claim.case_id, seq=claim.seq)


def _rows(table: Table, span: Span) -> Select[Any]:
    """Select the rows of a table with their case, and with what else it takes to judge them."""
    if table is placement_review:
        query = select(*table.c, placement.c.case_id.label("owner")).join(placement)
        return query.where(within(placement.c.case_id, span))
    if table in BELONGING:
        query = select(*table.c, case_file.c.id.label("owner"))
        query = query.join(case_file, case_file.c.subject_id == BELONGING[table])
        return query.where(within(case_file.c.id, span), proof.first())
    query = select(*table.c, table.c.case_id.label("owner"))
    if table is letter:
        query = query.add_columns(file.c.sha256.label("file_sha256")).outerjoin(file, file.c.id == letter.c.file_id)
    if table is stage_record:
        newest = and_(stage_revision.c.record_id == table.c.id, stage_revision.c.version == table.c.version)
        kept = (stage_revision.c.sealed.label("kept"), stage_revision.c.saved_by, stage_revision.c.saved_at)
        query = query.add_columns(*kept, case_file.c.subject_id).outerjoin(stage_revision, newest).join(case_file)
    return query.where(within(table.c.case_id, span))


def _problem(
    session: Session, name: str, values: Mapping[str, Any], row: Row[Any], claim: Claim | None, counted: Counter[str]
) -> Broken | None:
    if name == stage_record.name and row.version > row.logged_version:
        counted["drafts"] += 1
        return _draft_problem(session, row, claim)
    if claim is None:
        return Broken("", None, None, "unlogged", "-", proof.digest_of(name, values))
    if not proof.holds(name, values, claim.digest):
        return Broken("", None, None, "row", str(claim.digest), proof.digest_of(name, values))
    if name == stage_record.name and (row.updated_by, row.updated_at) != (row.saved_by, row.saved_at):
        return Broken("", None, None, "row", f"{row.updated_by} {row.updated_at}", f"{row.saved_by} {row.saved_at}")
    return None


def _draft_problem(session: Session, row: Row[Any], claim: Claim | None) -> Broken | None:
    """Judge a record that was typed on since it was logged: its last revision, and what the entry says, must agree."""
    said = (claim.data.get("stage"), claim.data.get("cycle"), claim.data.get("version")) if claim else None
    there = (row.stage, row.cycle, row.logged_version)
    if said != (there if claim else None) or (claim is None and row.logged_version):
        return Broken("", None, None, "row" if claim else "unlogged", str(said), str(there))
    by = (row.updated_by, row.updated_at)
    if by != (row.saved_by, row.saved_at) or not _same_words(session, row):
        return Broken("", None, None, "row", f"{row.saved_by} {row.saved_at}", f"{by[0]} {by[1]}")
    return None


def _same_words(session: Session, row: Row[Any]) -> bool:
    try:
        kept = vault.unseal(session, row.subject_id, f"{records.REVISION_PLACE}{row.id}.{row.version}", row.kept)
        return kept == vault.unseal(session, row.subject_id, records.PLACE + row.id, row.sealed)
    except Erased:
        return True
    except UnreadableSeal:
        return False


def _files_made(session: Session, span: Span) -> dict[str, tuple[str, str]]:
    """Return letter -> (file, digest of the PDF), as the entries say."""
    query = select(access_entry.c.data).where(access_entry.c.code == FILE_MADE, within(access_entry.c.case_id, span))
    said = [log.data_of(data) for data in session.execute(query).scalars()]
    return {str(each.get("letter")): (str(each.get("file")), str(each.get("sha256"))) for each in said}


def _file_problem(row: Row[Any], made: tuple[str, str] | None) -> Broken | None:
    """Judge the file of a letter, and whether its state says that it is made."""
    there = (row.file_id, row.sha256) if row.file_id or row.sha256 else None
    waiting = row.state in {"numbered", "failed"} if made else row.state == "rendered"
    if there != made or waiting or row.file_sha256 != row.sha256:
        return Broken("", None, None, "file", str(made), f"{row.state} {there} {row.file_sha256}")
    return None
