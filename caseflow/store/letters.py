"""Letters as records: register, signatories, the file made afterwards."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import Row, bindparam, case, insert, or_, select, update

from caseflow.errors import Erased
from caseflow.ids import new_id
from caseflow.store import proof, vault
from caseflow.store.reads import read
from caseflow.store.session import Session
from caseflow.store.tables import case_entry, case_file, file, letter, signatory_post

LetterRow = Row[Any]
UNMADE = ("numbered", "failed")
UNSENT = (*UNMADE, "rendered")
SCANNED = "case:letter:scanned"
"""The entry that tells which file is the signed scan of a letter."""
ON_BEHALF = "a.n."
PREFIXES = ("Plt.", "Plh.", ON_BEHALF, "")
"""How somebody signs for a post: acting in it, on its behalf, as its holder; whoever comes first here signs first."""


def add(session: Session, values: Mapping[str, Any]) -> None:
    """Insert a letter."""
    session.execute(insert(letter).values(dict(values)))
    proof.note(session, letter, values)


_BY_ID = read(select(letter).where(letter.c.id == bindparam("of_id")))


def by_id(session: Session, letter_id: str) -> LetterRow | None:
    """Return a letter."""
    return _BY_ID.first(session, of_id=letter_id)


def by_number(session: Session, number: str) -> list[LetterRow]:
    """Return the letters with this register number: one in each office that uses the same form."""
    if not number.isprintable():
        return []
    return list(session.execute(select(letter).where(letter.c.number == number).order_by(letter.c.id)))


def by_check_code(session: Session, code: str) -> LetterRow | None:
    """Return the letter with this check code."""
    return session.execute(select(letter).where(letter.c.check_code == code)).first()


def by_sha256(session: Session, sha256: str) -> LetterRow | None:
    """Return the letter whose stored PDF has this digest."""
    return session.execute(select(letter).where(letter.c.sha256 == sha256)).first()


def replacement_of(session: Session, letter_id: str) -> LetterRow | None:
    """Return the letter that stands instead of this one."""
    return session.execute(select(letter).where(letter.c.replaces_id == letter_id)).first()


def replacements(session: Session, office_id: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return, of the letters of an office that were replaced: id -> number, and id -> number of what stands instead."""
    new = letter.alias()
    query = select(letter.c.id, letter.c.number, new.c.number.label("instead"))
    query = query.join(new, new.c.replaces_id == letter.c.id).where(letter.c.office_id == office_id)
    rows = session.execute(query).all()
    return {row.id: row.number for row in rows}, {row.id: row.instead for row in rows}


def of_case(session: Session, case_id: str) -> list[LetterRow]:
    """Return the letters of a case, oldest first."""
    return list(session.execute(select(letter).where(letter.c.case_id == case_id).order_by(letter.c.id)))


def of_year(session: Session, office_id: str, year: int, kind: str | None = None) -> list[Row[Any]]:
    """Return the letters of an office's register, by kind and number, with the subject of their case."""
    query = select(letter, case_file.c.subject_id).join(case_file, case_file.c.id == letter.c.case_id)
    query = query.where(letter.c.office_id == office_id, letter.c.year == year)
    if kind:
        query = query.where(letter.c.kind == kind)
    return list(session.execute(query.order_by(letter.c.code, letter.c.running)))


def sent_days(session: Session, office_id: str, year: int) -> dict[str, date]:
    """Return letter -> the day it left, for the register of a year, as the entries of the cases say."""
    cases = select(letter.c.case_id).where(letter.c.office_id == office_id, letter.c.year == year)
    query = select(case_entry.c.event_date, case_entry.c.data)
    query = query.where(case_entry.c.code == "case:letter:sent", case_entry.c.case_id.in_(cases))
    return {orjson.loads(e.data)["letter"]: e.event_date for e in session.execute(query)}


def change(session: Session, letter_id: str, values: Mapping[str, Any]) -> None:
    """Update a letter."""
    proof.update(session, letter, letter_id, values)


def attach(session: Session, letter_id: str, file_id: str, sha256: str) -> bool:
    """Give a letter its file, once; False when it has one or was voided meanwhile."""
    statement = (
        update(letter)
        .where(letter.c.id == letter_id, letter.c.file_id.is_(None), letter.c.state != "void")
        .values(
            file_id=file_id, sha256=sha256, state=case((letter.c.state.in_(UNMADE), "rendered"), else_=letter.c.state)
        )
    )
    return session.execute(statement).rowcount == 1


def scans(session: Session, case_id: str) -> dict[str, str]:
    """Return letter -> the file of its signed scan, the latest of each, as the entries of the case say."""
    query = select(case_entry.c.data).where(case_entry.c.case_id == case_id, case_entry.c.code == SCANNED)
    said = [orjson.loads(data) for data in session.execute(query.order_by(case_entry.c.seq)).scalars()]
    return {each["letter"]: each["file"] for each in said}


def mark_answered(session: Session, letter_id: str) -> None:
    """Note that the answer to a letter came; a letter that was voided meanwhile stays void."""
    waiting = (letter.c.id == letter_id, letter.c.state != "void")
    proof.change(session, letter, update(letter).where(*waiting).values(state="answered"))


def void(session: Session, subject_id: str, letter_id: str, reason: str, *, at: datetime) -> None:
    """Mark a letter that must not count any more; the reason is the case's own words."""
    sealed = vault.seal(session, subject_id, f"letter.sealed_void.{letter_id}", {"reason": reason})
    change(session, letter_id, {"state": "void", "voided_at": at, "sealed_void": sealed})


def void_reason(session: Session, subject_id: str, row: LetterRow) -> str | None:
    """Return why a letter is void; None for one that counts, and once the words were erased."""
    if row.sealed_void is None:
        return None
    try:
        return str(vault.unseal(session, subject_id, f"letter.sealed_void.{row.id}", row.sealed_void)["reason"])
    except Erased:
        return None


def voidings(session: Session, case_id: str) -> dict[str, tuple[str, date]]:
    """Return void letter -> who voided it, and on which day, as the entries of the case say."""
    query = select(case_entry.c.actor, case_entry.c.event_date, case_entry.c.data)
    query = query.where(case_entry.c.case_id == case_id, case_entry.c.code == "case:letter:voided")
    return {orjson.loads(e.data)["letter"]: (e.actor, e.event_date) for e in session.execute(query)}


def facts_of(session: Session, subject_id: str, row: LetterRow) -> dict[str, Any]:
    """Return the frozen facts of a letter."""
    return vault.unseal(session, subject_id, f"letter.sealed_facts.{row.id}", row.sealed_facts)


def signatory(session: Session, office_id: str, on: date) -> Row[Any] | None:
    """Return who signs for the office that day unless somebody else is chosen."""
    return next(iter(signatories(session, office_id, on)), None)


def signatories(session: Session, office_id: str, on: date, kind: str | None = None) -> list[Row[Any]]:
    """Return who may sign for the office that day, a kind of letter where one is named, by `PREFIXES`, the later first.

    A post that signs some letters only comes after those that sign all.
    """
    query = select(signatory_post).where(
        signatory_post.c.office_id == office_id,
        signatory_post.c.starts_on <= on,
        or_(signatory_post.c.ends_on.is_(None), signatory_post.c.ends_on >= on),
    )
    order = {prefix: rank for rank, prefix in enumerate(PREFIXES)}
    found = [row for row in session.execute(query) if row.letters is None or kind in row.letters.split()]
    return sorted(found, key=lambda r: (r.letters is not None, order[r.prefix], -r.starts_on.toordinal()))


def add_signatory(session: Session, values: Mapping[str, Any], *, at: datetime) -> str:
    """Insert a dated holder of a signing post; return its id."""
    row_id = str(new_id(at))
    session.execute(insert(signatory_post).values(id=row_id, **values))
    return row_id


def store_file(session: Session, subject_id: str, content: bytes, sha256: str, *, at: datetime) -> str:
    """Seal a PDF under the subject's key; return the file's id."""
    file_id = str(new_id(at))
    sealed = vault.seal_bytes(session, subject_id, f"file.sealed.{file_id}", content)
    values = {"id": file_id, "subject_id": subject_id, "media_type": "application/pdf", "sha256": sha256}
    session.execute(insert(file).values(**values, size=len(content), sealed=sealed, stored_at=at))
    return file_id


def file_content(session: Session, subject_id: str, file_id: str) -> bytes | None:
    """Return the bytes of a stored file."""
    row = session.execute(select(file).where(file.c.id == file_id, file.c.subject_id == subject_id)).first()
    return vault.unseal_bytes(session, subject_id, f"file.sealed.{file_id}", row.sealed) if row else None
