"""What entries say of the rows their action wrote: a digest of each, so that a change behind the log is noticed."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import sqlalchemy
from sqlalchemy import ColumnElement, Row, Table, Update, bindparam, exists, select

from caseflow import audit
from caseflow.store.hot import assignments, prefixed
from caseflow.store.reads import Read, read
from caseflow.store.session import Session
from caseflow.store.tables import (
    attachment,
    audit_question,
    case_file,
    conference,
    consent,
    erasure,
    goods_delivery,
    goods_movement,
    group_member,
    household_member,
    instrument_decision,
    instrument_fill,
    letter,
    letter_draft,
    letter_initial,
    placement,
    placement_review,
    plan_item,
    referral,
    registry_check,
    review,
    stage_record,
    transfer,
    visit,
)

PROVEN: dict[str, Table] = {
    str(table.name): table
    for table in (
        attachment,
        audit_question,
        conference,
        consent,
        erasure,
        goods_delivery,
        goods_movement,
        group_member,
        household_member,
        instrument_decision,
        instrument_fill,
        letter,
        letter_draft,
        letter_initial,
        placement,
        placement_review,
        plan_item,
        referral,
        registry_check,
        review,
        stage_record,
        transfer,
        visit,
    )
}
"""Tables every row of which an entry must vouch for."""
COLUMNS: dict[str, tuple[str, ...]] = {
    "attachment": (
        """id case_id cycle stage visit_id kind media_type sha256 size taken_on sealed sealed_thumb file_id seal_digest
        added_by added_at withdrawn_by withdrawn_at""",
    ),
    "audit_question": (
        """id case_id entry_id seq step asked_of asked_by asked_at due_at above state answered_at finding closed_by
        closed_at sealed""",
    ),
    "conference": ("id case_id cycle status meets_on sealed recorded_by recorded_at",),
    "consent": ("id case_id purpose relation institution_id receivers given_on withdrawn_on sealed recorded_by",),
    "erasure": ("id subject_id case_id basis state requested_by requested_at sealed decided_by decided_at",),
    "goods_delivery": (
        "id case_id cycle plan_item_id assessment_id delivered_on letter_id sealed recorded_by recorded_at",
    ),
    "goods_movement": (
        """id office_id kind item_id from_place_id to_place_id quantity moved_on institution_id source document
        document_on reason case_id delivery_id reverses_id recorded_by recorded_at""",
    ),
    "group_member": ("id group_id person_id basis representative starts_on ends_on",),
    "household_member": ("id household_id person_id basis starts_on ends_on",),
    "instrument_decision": ("id fill_id case_id decision sealed decided_by decided_at",),
    "instrument_fill": ("id case_id cycle instrument version_digest filled_on replaces_id sealed filled_by filled_at",),
    "letter": (
        """id case_id office_id kind code number year running letter_date state cause_key institution_id addressee
        confidentiality consent_purpose check_code reply_digest template_digest sealed_facts issued_at issued_by
        voided_at sealed_void""",
        """id case_id office_id kind code number year running letter_date state cause_key institution_id addressee
        confidentiality consent_purpose check_code reply_digest template_digest sealed_facts issued_at issued_by
        voided_at sealed_void replaces_id""",
    ),
    "letter_draft": (
        """id case_id office_id kind state cause_key institution_id consent_purpose referral_id posts given waits_for
        waits_since sealed sealed_reason replaces_id requested_at requested_by settled_at""",
    ),
    "letter_initial": ("id draft_id case_id position post prefix user_id given_at",),
    "placement": ("id case_id kind institution_id starts_on ends_on next_review sealed",),
    "placement_review": ("id placement_id reviewed_on reviewed_by sealed",),
    "plan_item": (
        "id case_id cycle intervention pillar owner_id due status result sealed created_by updated_at",
        "id case_id cycle intervention pillar owner_id due status result sealed created_by updated_at origin_id",
    ),
    "referral": (
        "id case_id cycle institution_id letter_id sent_on status answered_on answered_by confirmed sealed",
        """id case_id cycle institution_id letter_id sent_on status answered_on answered_by confirmed sealed
        reply_digest offered offered_at""",
        """id case_id cycle institution_id letter_id sent_on status answered_on answered_by confirmed sealed
        reply_digest offered offered_at officer_id number""",
    ),
    "registry_check": ("id case_id subject_id system year listed decile checked_on sealed recorded_by recorded_at",),
    "review": (
        """id case_id step state facts_digest requested_by requested_at event_date due_at sealed decided_by
        decided_at""",
    ),
    "stage_record": ("id case_id stage cycle version logged_version sealed updated_at updated_by",),
    "transfer": (
        """id case_id from_area from_office to_area to_office state offered_by offered_at due_at answered_by answered_at
        sealed""",
        """id case_id from_area from_office to_area to_office state offered_by offered_at due_at answered_by answered_at
        sealed offered_for category confidentiality""",
    ),
    "visit": ("id case_id cycle state visited_on officer_id sealed recorded_at",),
}
"""Columns a digest commits to, by the number that stands before it: a new column makes a new list behind the old."""
APART = {
    "letter": frozenset({"file_id", "sha256"}),
    "group_member": frozenset({"sealed"}),
    "household_member": frozenset({"sealed"}),
}
"""Columns that an entry of their own tells: the file of a letter is made afterwards; and the words of who belongs to a
group or a household, which go when the person is erased, whatever chain that is told in."""
MAKING = ("numbered", "failed", "rendered")
"""States of a letter that differ by whether its file is made yet."""
ROWS = "rows"
"""Where an entry's data keep it: table -> id -> digest."""
_LISTS = {name: tuple(columns.split() for columns in lists) for name, lists in COLUMNS.items()}


def digest_of(table: str, row: Mapping[str, Any], number: int | None = None) -> str:
    """Return the digest of a row as it stands, by the newest list of columns or by the list of that number."""
    number = number or len(_LISTS[table])
    said = {name: row.get(name) for name in _LISTS[table][number - 1]}
    if table == "letter" and said["state"] in MAKING:
        said["state"] = "issued"
    return f"{number}.{audit.row_digest(table, said)}"


def holds(table: str, row: Mapping[str, Any], claimed: object) -> bool:
    """Tell whether a row still is what an entry says of it."""
    number = str(claimed).partition(".")[0]
    known = number.isdecimal() and 1 <= int(number) <= len(_LISTS[table])
    return known and digest_of(table, row, int(number)) == claimed


def note(session: Session, table: Table, row: Mapping[str, Any]) -> None:
    """Remember a row that was written: the next entry of this transaction vouches for it."""
    name = str(table.name)
    if name in PROVEN:
        session.written[row.get("case_id", ""), name, row["id"]] = digest_of(name, row)


def first() -> ColumnElement[bool]:
    """Return the condition that a case is the first about its subject: in its chain entries vouch for who belongs."""
    earlier = case_file.alias()
    older = exists().where(earlier.c.subject_id == case_file.c.subject_id, earlier.c.id < case_file.c.id)
    return ~older.correlate(case_file)


def first_case(session: Session, subject_id: str) -> str:
    """Return the first case of a group or household; none while that is being opened."""
    return next(iter(_first_case().firsts(session, of_subject=subject_id)), "")


@cache
def _first_case() -> Read:
    return read(select(case_file.c.id).where(case_file.c.subject_id == bindparam("of_subject"), first()))


def change(session: Session, table: Table, statement: Update) -> list[Row[Any]]:
    """Run an update, remember the rows as they stand after it and return them."""
    return _noted(session, table, list(session.execute(statement.returning(*table.c))))


def update(session: Session, table: Table, row_id: str, values: Mapping[str, Any]) -> list[Row[Any]]:
    """Update columns of the row with this id, as `change` does."""
    return _noted(session, table, _updating(table, tuple(values)).all(session, of_id=row_id, **prefixed(values)))


def _noted(session: Session, table: Table, rows: list[Row[Any]]) -> list[Row[Any]]:
    for row in rows:
        note(session, table, row._asdict())
    return rows


@cache
def _updating(table: Table, columns: tuple[str, ...]) -> Read:
    changed = sqlalchemy.update(table).where(table.c.id == bindparam("of_id")).values(assignments(columns))
    return read(changed.returning(*table.c))


def told(session: Session, case_id: str, said: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the data of a case's entries with the digests of what was written in it before them.

    An entry that names a row vouches for it; for a row that none names (an item approved with its plan) the last does.
    """
    data = list(said)
    if not data or not session.written:
        return data
    rows: list[dict[str, dict[str, str]]] = [{} for _each in data]
    for key in [key for key in session.written if key[0] in {"", case_id}]:
        _case, table, row_id = key
        place = next((n for n, each in enumerate(data) if row_id in each.values()), -1)
        rows[place].setdefault(table, {})[row_id] = session.written.pop(key)
    return [{**each, ROWS: found} if found else each for each, found in zip(data, rows, strict=True)]
