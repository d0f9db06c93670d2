"""Stage records: the answers of a stage in a cycle, with the revisions somebody may need under the subject's key."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, bindparam, delete, insert, select, update

from caseflow.ids import new_id
from caseflow.store import proof, vault
from caseflow.store.reads import read
from caseflow.store.session import Session
from caseflow.store.tables import stage_record, stage_revision

RecordRow = Row[Any]
PLACE = "stage_record.sealed."
REVISION_PLACE = "stage_revision.sealed."


_OF_CYCLE = read(
    select(stage_record).where(
        stage_record.c.case_id == bindparam("of_case"),
        stage_record.c.stage == bindparam("of_stage"),
        stage_record.c.cycle == bindparam("of_cycle"),
    )
)


def find(session: Session, case_id: str, stage: str, cycle: int) -> RecordRow | None:
    """Return a stage record of a cycle."""
    return _OF_CYCLE.first(session, of_case=case_id, of_stage=stage, of_cycle=cycle)


def newest(session: Session, case_id: str, stage: str) -> RecordRow | None:
    """Return the record of a stage in the latest cycle that has one."""
    query = select(stage_record).where(stage_record.c.case_id == case_id, stage_record.c.stage == stage)
    return session.execute(query.order_by(stage_record.c.cycle.desc())).first()


def opened(session: Session, subject_id: str, record: RecordRow) -> dict[str, Any]:
    """Return the answers of a record."""
    return vault.unseal(session, subject_id, PLACE + record.id, record.sealed)


def revision(session: Session, subject_id: str, record_id: str, version: int) -> dict[str, Any] | None:
    """Return the answers as they were at a version; version 0 is empty, None is one no longer kept."""
    if version == 0:
        return {}
    query = select(stage_revision.c.sealed).where(
        stage_revision.c.record_id == record_id, stage_revision.c.version == version
    )
    sealed = session.execute(query).scalar()
    return vault.unseal(session, subject_id, f"{REVISION_PLACE}{record_id}.{version}", sealed) if sealed else None


def show(session: Session, record: RecordRow, *, at: datetime) -> None:
    """Let a draft that somebody is shown stay as it is: they may type on it; see `save`."""
    if record.version > record.logged_version:
        session.leave(mark_shown, (record.id, record.version, at))


def mark_shown(session: Session, items: Sequence[tuple[str, int, datetime]]) -> None:
    """Let versions of records stay as they are from now on: (record, version, when it was shown)."""
    for record_id, version, at in items:
        session.execute(update(stage_revision).where(*_unseen(record_id, version)).values(shown_at=at))


def _unseen(record_id: str, version: int) -> tuple[ColumnElement[bool], ...]:
    seen = stage_revision.c
    return (seen.record_id == record_id, seen.version == version, seen.shown_at.is_(None))


def save(  # noqa: PLR0913 - a record is that many facts
    session: Session,
    subject_id: str,
    case_id: str,
    stage: str,
    cycle: int,
    answers: Mapping[str, Any],
    *,
    before: RecordRow | None,
    by: str,
    at: datetime,
    instead: bool = False,
) -> int:
    """Write the answers as the next version and keep the revision; the caller holds the case. Return the version.

    `instead` of the revision before, unless somebody was shown that one.
    """
    record_id = before.id if before else str(new_id(at))
    version = before.version + 1 if before else 1
    sealed = vault.seal(session, subject_id, PLACE + record_id, answers)
    written = {"version": version, "sealed": sealed, "updated_at": at, "updated_by": by}
    if before:
        session.update(stage_record, record_id, written)
    else:
        values = {"id": record_id, "case_id": case_id, "stage": stage, "cycle": cycle, "logged_version": 0}
        session.insert(stage_record, values | written)
    if before and instead:
        session.execute(delete(stage_revision).where(*_unseen(record_id, before.version)))
    kept = vault.seal(session, subject_id, f"{REVISION_PLACE}{record_id}.{version}", answers)
    values = {"record_id": record_id, "version": version, "sealed": kept, "saved_at": at, "saved_by": by}
    session.insert(stage_revision, values)
    return version


def give_up(
    session: Session, subject_id: str, record: RecordRow | None, answers: Mapping[str, Any], *, by: str, at: datetime
) -> None:
    """Keep answers that were given up for those of the record: as a revision under its number, negative."""
    if record is None or not answers:
        return
    version = -record.version
    said = {**opened(session, subject_id, record), **answers}
    sealed = vault.seal(session, subject_id, f"{REVISION_PLACE}{record.id}.{version}", said)
    values = {"record_id": record.id, "version": version, "sealed": sealed, "saved_at": at, "saved_by": by}
    session.execute(insert(stage_revision).values(**values, shown_at=at))


def revisions(session: Session, subject_id: str, record_id: str) -> list[tuple[Any, dict[str, Any]]]:
    """Return every revision that is kept with its answers, newest first."""
    query = select(stage_revision).where(stage_revision.c.record_id == record_id)
    return [
        (row, vault.unseal(session, subject_id, f"{REVISION_PLACE}{record_id}.{row.version}", row.sealed))
        for row in session.execute(query.order_by(stage_revision.c.saved_at.desc(), stage_revision.c.version.desc()))
    ]


_UNLOGGED = read(
    select(stage_record)
    .where(stage_record.c.case_id == bindparam("of_case"), stage_record.c.logged_version < stage_record.c.version)
    .order_by(stage_record.c.id)
)


def unlogged(session: Session, case_id: str) -> list[RecordRow]:
    """Return the records whose last version is not in the log yet."""
    return _UNLOGGED.all(session, of_case=case_id)


def mark_logged(session: Session, record: RecordRow) -> None:
    """Say that this version of the record is in the log."""
    proof.update(session, stage_record, record.id, {"logged_version": record.version})


def of_case(session: Session, case_id: str) -> list[RecordRow]:
    """Return every record of a case, oldest cycle first."""
    query = select(stage_record).where(stage_record.c.case_id == case_id)
    return list(session.execute(query.order_by(stage_record.c.cycle, stage_record.c.stage)))
