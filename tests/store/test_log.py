"""The audit trail: nothing is changed or removed, and whatever somebody changes all the same is named."""

from dataclasses import fields
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from caseflow.actions import erasing, past, trail, views
from caseflow.actions.records import RecordStage, record_stage
from caseflow.actions.steps import advance_case
from caseflow.errors import ClockBehind, Erased
from caseflow.states.fold import Standing
from caseflow.store import log, subjects, triggers, verify
from caseflow.store.tables import access_entry, case_entry, case_file, name_key, payload, person
from tests.snapshots import contents
from tests.store.tampering import unlock
from tests.world import (
    STATES,
    World,
    act,
    adult,
    advance,
    approved,
    at,
    bring,
    broken,
    days_later,
    opened,
    record,
    refused,
    row_of,
    take,
    viewer,
    visit,
)

LOGGED = {"case_entry": case_entry, "access_entry": access_entry}


def entries(world: World, case: str) -> list[Any]:
    return log.entries_of(world.session, case)


# --- nothing is changed or removed -----------------------------------------------------------------------------------


@pytest.mark.parametrize("table", LOGGED)
def test_the_log_is_append_only(world: World, table: str) -> None:
    logged = LOGGED[table]
    before = world.session.execute(select(func.count()).select_from(logged)).scalar_one()
    attempts: list[Any] = [update(logged).values(code="case:nothing"), delete(logged)]
    if world.session.is_postgresql:
        attempts.append(text(f"TRUNCATE {table} CASCADE"))
        attempts.append(text(f"SET LOCAL session_replication_role = replica; DELETE FROM {table}"))  # noqa: S608 - a name of our own schema
    for attempt in attempts:
        with pytest.raises(DBAPIError, match=triggers.MESSAGE), world.session.conn.begin_nested():
            world.session.conn.execute(attempt)
    assert world.session.execute(select(func.count()).select_from(logged)).scalar_one() == before


def test_an_untouched_log_holds(world: World) -> None:
    at(world, "closed")
    found = verify.run(world.session)
    assert found.broken == ()
    assert found.case_entries == world.session.execute(select(func.count()).select_from(case_entry)).scalar_one()
    assert min(found.case_entries, found.access_entries, found.cases, found.payloads) > 0
    assert found.erased == 0


# --- what somebody changes all the same is named ---------------------------------------------------------------------

OTHER_ID = "019c1bde-00e0-7cdd-ba2a-f5c6d5ebbaba"
CHANGES: dict[str, Any] = {
    "id": lambda _row: OTHER_ID,
    "seq": lambda row: row.seq + 100,
    "prev": lambda row: row.prev[::-1],
    "hash": lambda row: row.hash[::-1],
    "code": lambda row: row.code + "x",
    "event_date": lambda row: row.event_date - timedelta(days=1),
    "entered_at": lambda row: row.entered_at + timedelta(microseconds=1),
    "actor": lambda _row: OTHER_ID,
    "facts_digest": lambda row: row.facts_digest[::-1],
    "data": lambda row: row.data.replace("assessment", "evaluation"),
    "payload_digest": lambda row: (row.payload_digest or "0" * 64)[::-1],
}


def test_every_column_of_an_entry_is_tried() -> None:
    assert set(CHANGES) | {"case_id"} == set(case_entry.c.keys())


@pytest.mark.parametrize("column", CHANGES)
@pytest.mark.parametrize("place", [0, 2, -1])
def test_a_changed_column_names_its_entry(world: World, column: str, place: int) -> None:
    case = at(world, "monitoring")
    row = entries(world, case)[place]
    changed = CHANGES[column](row)
    if changed == getattr(row, column):
        changed = '{"step":"none"}'
    unlock(world.session)
    world.session.execute(update(case_entry).where(case_entry.c.id == row.id).values({column: changed}))
    first = broken(world)[0]
    assert first.case_id == case
    if column == "seq" and place != -1:
        assert first.id == entries(world, case)[place].id, "the entry behind the gap"
    else:
        assert first.id == (changed if column == "id" else row.id)


def test_an_entry_moved_to_another_case_is_named(world: World) -> None:
    case, other = at(world, "monitoring"), at(world, "intervention")
    row = entries(world, case)[-1]
    unlock(world.session)
    world.session.execute(update(case_entry).where(case_entry.c.id == row.id).values(case_id=other, seq=900))
    found = {(each.case_id, each.reason) for each in broken(world)}
    assert found == {(case, "head"), (other, "sequence"), (other, "head"), (other, "payload")}


@pytest.mark.parametrize(
    "data", ["", "{", "[]", "null", "{}", '{"step": "x"}', '{"a":1.5}', '{"a":1,"a":2}', "\\u0000", '{"é":1}']
)
def test_data_that_are_not_ours_name_their_entry(world: World, data: str) -> None:
    case = at(world, "assessment")
    row = entries(world, case)[1]
    unlock(world.session)
    world.session.execute(update(case_entry).where(case_entry.c.id == row.id).values(data=data))
    assert (broken(world)[0].id, broken(world)[0].reason) == (row.id, "hash")


def test_the_same_data_in_other_bytes_are_a_change(world: World) -> None:
    case = at(world, "assessment")
    row = entries(world, case)[0]
    unlock(world.session)
    spaced = row.data.replace('":', '": ')
    world.session.execute(update(case_entry).where(case_entry.c.id == row.id).values(data=spaced))
    assert broken(world)[0].id == row.id


@pytest.mark.parametrize(("place", "reason"), [(0, "sequence"), (3, "sequence"), (-1, "head")])
def test_a_removed_entry_is_noticed(world: World, place: int, reason: str) -> None:
    case = at(world, "monitoring")
    rows = entries(world, case)
    unlock(world.session)
    world.session.execute(delete(case_entry).where(case_entry.c.id == rows[place].id))
    behind = rows[place + 1] if reason == "sequence" else rows[place - 1]
    assert (broken(world)[0].id, broken(world)[0].reason) == (behind.id, reason)


def test_a_case_without_entries_is_noticed(world: World) -> None:
    case = at(world, "monitoring")
    unlock(world.session)
    world.session.execute(delete(case_entry).where(case_entry.c.case_id == case))
    assert [(found.case_id, found.reason) for found in broken(world)] == [(case, "head")]


def test_two_swapped_entries_are_named(world: World) -> None:
    case = at(world, "monitoring")
    rows = entries(world, case)
    unlock(world.session)
    for row, seq in ((rows[2], 500), (rows[3], rows[2].seq), (rows[2], rows[3].seq)):
        world.session.execute(update(case_entry).where(case_entry.c.id == row.id).values(seq=seq))
    found = broken(world)
    assert [each.id for each in found[:2]] == [rows[3].id, rows[2].id]


def test_an_entry_slipped_in_is_named(world: World) -> None:
    case = at(world, "assessment")
    last = entries(world, case)[-1]
    forged = {**last._mapping, "id": OTHER_ID, "seq": last.seq + 1, "prev": last.hash}
    world.session.execute(insert(case_entry).values(forged))
    assert {found.reason for found in broken(world) if found.case_id == case} == {"hash", "head", "payload"}


ACCESS = {
    "id": OTHER_ID,
    "hash": "0" * 64,
    "code": "user:nothing",
    "entered_at": None,
    "actor": OTHER_ID,
    "case_id": OTHER_ID,
    "data": '{"user":"somebody else"}',
    "payload_digest": "0" * 64,
}


@pytest.mark.parametrize("column", ACCESS)
def test_a_changed_access_entry_is_named(world: World, column: str) -> None:
    assert set(access_entry.c.keys()) == set(ACCESS)
    row = world.session.execute(select(access_entry).order_by(access_entry.c.id)).first()
    assert row is not None
    changed = ACCESS[column] or row.entered_at + timedelta(seconds=1)
    unlock(world.session)
    world.session.execute(update(access_entry).where(access_entry.c.id == row.id).values({column: changed}))
    assert [(found.id, found.reason) for found in broken(world)] == [(changed if column == "id" else row.id, "hash")]


@pytest.mark.parametrize("column", ["salt", "sealed", "subject_id", "entry_id", "gone"])
def test_a_changed_payload_names_its_entry(world: World, column: str) -> None:
    case, other = at(world, "assessment"), at(world, "intervention")
    row = entries(world, case)[0]
    mine = payload.c.entry_id == row.id
    if column == "gone":
        world.session.execute(delete(payload).where(mine))
    else:
        changed: dict[str, Any] = {
            "salt": b"0" * 16,
            "sealed": b"\x01" * 60,
            "subject_id": row_of(world, other).subject_id,
            "entry_id": OTHER_ID,
        }
        world.session.execute(update(payload).where(mine).values({column: changed[column]}))
    assert [(found.id, found.reason) for found in broken(world)] == [(row.id, "payload")]


def test_a_payload_is_not_passed_off_as_erased(world: World) -> None:
    """Hung on a person whose key was destroyed, it would read as erased."""
    case, gone = at(world, "assessment"), opened(world, person=adult())
    erased(world, row_of(world, gone).subject_id)
    row = entries(world, case)[0]
    moved = update(payload).where(payload.c.entry_id == row.id).values(subject_id=row_of(world, gone).subject_id)
    world.session.execute(moved)
    assert [(found.id, found.reason) for found in broken(world)] == [(row.id, "payload")]


BEHIND: dict[str, Any] = {
    "state": "closed",
    "state_since": None,
    "cycle": 7,
    "confidentiality": "R1",
    "assignee_id": None,
    "held_until": date(2026, 12, 1),
    "assessed": False,
    "previous_state": "assessment",
    "closing_step": "terminate",
    "outcome": "died",
    "closed_at": None,
    "visits_waived": True,
    "emergency_since": None,
    "emergency_ratified": True,
    "emergency_paid": True,
}


@pytest.mark.parametrize("column", BEHIND)
def test_a_case_changed_behind_the_log_is_named(world: World, column: str) -> None:
    """Whoever writes "closed" into the row, without a step, leaves a case that its entries do not add up to."""
    case = at(world, "intervention", "AT")
    changed = world.now + timedelta(days=1) if column.endswith(("_since", "closed_at")) else BEHIND[column]
    assert changed != getattr(row_of(world, case), column)
    world.session.execute(update(case_file).where(case_file.c.id == case).values({column: changed}))
    (found,) = broken(world)
    assert (found.case_id, found.reason, found.id) == (case, "state", entries(world, case)[-1].id)
    assert column in found.expected
    (fault,) = trail.verify(world.session).faults
    assert (fault.number, "keadaan kasus" in fault.reason) == (row_of(world, case).number, True)


# --- a date that is none: SQLite stores whatever it is given ---------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("case_entry", "event_date", "2026-99-99"),
        ("case_entry", "entered_at", "not a day"),
        ("access_entry", "entered_at", "2026-02-02 25:00:00.000000"),
    ],
)
def test_what_cannot_be_read_names_its_entry(world: World, table: str, column: str, value: str) -> None:
    unlock(world.session)
    logged = LOGGED[table]
    row = world.session.execute(select(logged).order_by(logged.c.id)).first()
    assert row is not None
    statement = f"UPDATE {table} SET {column} = :value WHERE hash = :hash"  # noqa: S608 - names of our own schema
    if world.session.is_postgresql:
        with pytest.raises(DBAPIError), world.session.conn.begin_nested():
            world.session.conn.execute(text(statement), {"value": value, "hash": row.hash})
        return
    world.session.conn.execute(text(statement), {"value": value, "hash": row.hash})
    assert [found.id.replace("-", "") for found in broken(world)] == [str(row.id).replace("-", "")]


# --- where a case stood ----------------------------------------------------------------------------------------------


def test_where_a_case_stood_at_any_moment(world: World) -> None:
    """A fold over the entries until then gives the columns the row had then."""
    case = opened(world)
    stood = []
    for state in STATES[1:]:
        days_later(world, 2)
        bring(world, case, state)
        stood.append((world.now, row_of(world, case)))
    days_later(world, 2)
    take(world, case, "reopen", by="sari")
    closing = past.case_as_of(world.session, case, stood[-1][0].date(), by=viewer(world, "sari"), at=world.now)
    assert set(closing.records) == {"data_collection", "assessment", "intervention_plan", "evaluation", "monitoring"}
    for moment, row in stood:
        then = log.standing_of(world.session, case, until=moment)
        told = [f.name for f in fields(Standing)]
        assert {name: getattr(then, name) for name in told} == {name: getattr(row, name) for name in told}
        shown = past.case_as_of(world.session, case, moment.date(), by=viewer(world, "sari"), at=world.now)
        assert (shown.state, shown.cycle, shown.entry) == (row.state, 1, row.entry_seq)


# --- erased ----------------------------------------------------------------------------------------------------------


def erased(world: World, subject: str) -> None:
    """Erase a person, as granting the request does last."""
    said = {"again": True, "erased_on": world.today.isoformat()}
    world.now += timedelta(minutes=1)
    erasing.erase(world.session, (subject,), said, granted_at=world.now, by=viewer(world, "kadis"), at=world.now)


def test_after_erasure_the_log_still_holds_and_says_so(world: World) -> None:
    someone = adult(phone="0812-5550-1000", kk="6310010101150001")
    case = at(world, "closed", person=someone)
    subject = row_of(world, case).subject_id
    mine = world.session.execute(select(func.count()).select_from(payload).where(payload.c.subject_id == subject))
    erased(world, subject)
    found = verify.run(world.session)
    assert (found.broken, found.erased) == ((), mine.scalar_one())
    told = views.history(world.session, case, by=viewer(world, "sari"), at=world.now)
    assert {event.words is None for event in told if event.code in {"case:opened", "case:step:taken"}} == {True}
    assert [event.code for event in told] == [entry.code for entry in entries(world, case)]
    assert subjects.name_of(world.session, subject) == "(data dihapus atas permintaan)"
    assert not subjects.by_nik(world.session, str(someone.nik))
    row = world.session.execute(select(person).where(person.c.subject_id == subject)).one()
    assert (row.nik_index, row.kk_index, row.phone_index, row.sex, row.age_band) == (None,) * 5
    assert world.session.execute(select(name_key).where(name_key.c.subject_id == subject)).all() == []


def test_nothing_more_is_written_about_who_was_erased(world: World) -> None:
    case = at(world, "assessment")
    subjects.erase(world.session, row_of(world, case).subject_id, at=world.now)
    refused(world, Erased, record_stage, RecordStage(case=case, stage="assessment", answers={"problems": "x"}))
    refused(world, Erased, advance_case, advance(case, "return_for_data"))


def test_a_key_that_is_gone_without_an_erasure_on_record_is_named(world: World) -> None:
    """Whoever destroys the key to hide what was said does not read as a person's own wish."""
    case = at(world, "assessment")
    subjects.erase(world.session, row_of(world, case).subject_id, at=world.now)
    assert {(found.case_id, found.reason) for found in broken(world)} == {(case, "payload")}


# --- the clock -------------------------------------------------------------------------------------------------------


def test_a_clock_that_is_behind_writes_nothing(world: World) -> None:
    case = at(world, "monitoring")
    newest = entries(world, case)[-1].entered_at
    early = newest - timedelta(minutes=2)
    error = refused(world, ClockBehind, advance_case, advance(case, "replan"), at=early)
    assert str(newest.date()) in str(error)
    refused(world, ClockBehind, record_stage, RecordStage(case=case, stage="monitoring", answers={}), at=early)
    take(world, case, "replan")


def test_who_waited_a_moment_behind_another_comes_right_after(world: World) -> None:
    case = at(world, "monitoring")
    newest = entries(world, case)[-1].entered_at
    take_at = newest - timedelta(seconds=50)
    act(world, advance_case, advance(case, "replan"), at=take_at)
    assert entries(world, case)[-1].entered_at == newest
    assert not broken(world)


def test_entries_of_one_moment_are_in_order(world: World) -> None:
    case = at(world, "monitoring")
    visit(world, case)
    record(world, case, "monitoring", {"contact_after": "x"})
    approved(world, case, "continue_case")
    before = world.now
    act(world, advance_case, advance(case, "return_for_data"), at=before)
    assert not broken(world)
    assert contents(world.session)
