"""What decides who sees a case is what its entries say; triggers that do nothing are no triggers. On both databases."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import insert, select, text, update

from caseflow import audit
from caseflow.actions import areas, trail
from caseflow.store import children, log
from caseflow.store.tables import case_entry, case_file, definition
from tests.store.tampering import unlock
from tests.world import VILLAGE_ELSEWHERE, World, bring, opened

ELSE = {
    "area_code": VILLAGE_ELSEWHERE,
    "category": "GLD",
    "number": "6310-2026-999999",
    "issue": "lain",
    "definition_digest": "0" * 64,
    "opened_by": "019c1bde-00e0-7cdd-ba2a-f5c6d5ebbaba",
    "opened_on": date(2020, 1, 1),
}


def office_elsewhere(world: World) -> str:
    return str(areas.office_for(world.session, VILLAGE_ELSEWHERE).id)


@pytest.mark.parametrize("column", [*sorted(ELSE), "office_id"])
def test_a_case_row_is_what_its_entries_say(world: World, column: str) -> None:
    case = opened(world)
    if column == "definition_digest":
        row = {"digest": ELSE[column], "code": "FM", "body": "{}", "stored_at": world.now}
        world.session.execute(insert(definition).values(row))
    value = office_elsewhere(world) if column == "office_id" else ELSE[column]
    world.session.execute(update(case_file).where(case_file.c.id == case).values({column: value}))
    (found,) = trail.verify(world.session).faults
    assert (found.broken.case_id, found.broken.reason) == (case, "state")
    assert column in found.broken.expected


def test_an_opening_that_told_no_office_holds_as_it_was_written(world: World) -> None:
    case = opened(world)
    (entry,) = log.entries_of(world.session, case)
    written = log.envelope_of(world.session.execute(select(case_entry).where(case_entry.c.id == entry.id)).one())
    older = replace(written, data={key: value for key, value in written.data.items() if key != "office"})
    unlock(world.session, "case_entry_no_update")
    values = {"data": audit.canonical(older.data).decode(), "hash": audit.entry_hash(older)}
    world.session.execute(update(case_entry).where(case_entry.c.id == entry.id).values(values))
    head = {"entry_head": values["hash"], "office_id": office_elsewhere(world)}
    world.session.execute(update(case_file).where(case_file.c.id == case).values(head))
    assert trail.verify(world.session).faults == ()


def hollow(world: World) -> tuple[str, ...]:
    return trail.verify(world.session).triggers


def test_a_trigger_that_does_nothing_is_told(world: World) -> None:
    unlock(world.session, "case_entry_no_update")
    if world.session.is_postgresql:
        made = (
            "CREATE TRIGGER case_entry_no_update BEFORE UPDATE ON case_entry FOR EACH ROW WHEN (false) "
            "EXECUTE FUNCTION log_is_append_only()"
        )
        world.session.conn.execute(text(made))
        world.session.conn.execute(text("ALTER TABLE case_entry ENABLE ALWAYS TRIGGER case_entry_no_update"))
    else:
        made = "CREATE TRIGGER case_entry_no_update BEFORE UPDATE ON case_entry WHEN 0 BEGIN SELECT 1; END"
        world.session.conn.execute(text(made))
    assert hollow(world) == ("case_entry_no_update",)


def test_a_function_that_lets_pass_and_a_lost_truncate_are_told(world: World) -> None:
    if not world.session.is_postgresql:
        return  # SQLite has neither
    world.session.conn.execute(text("DROP TRIGGER case_entry_no_truncate ON case_entry"))
    assert hollow(world) == ("case_entry_no_truncate",)
    body = "$$ BEGIN RETURN NEW; END $$"
    made = f"CREATE OR REPLACE FUNCTION log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS {body}"
    world.session.conn.execute(text(made))
    assert len(hollow(world)) > 1


def test_what_hangs_on_a_case_is_the_same_read_together_as_table_by_table(world: World) -> None:
    case = bring(world, opened(world), "closed")
    together = children.together(world.session, case)
    apart = {table.name: children.of_case(world.session, table, case) for table in children.HANGING}
    assert together == apart
    assert {name for name, rows in apart.items() if rows} >= {"plan_item", "visit", "consent", "review", "stage_record"}
    assert [row._mapping for row in together["visit"]] == [row._mapping for row in apart["visit"]]
