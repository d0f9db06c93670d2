"""Who belongs to a household: the chain of its first case vouches for it, whoever writes it, and after an erasure."""

from dataclasses import replace

from sqlalchemy import select, update

from caseflow import audit
from caseflow.actions.erasing import erase
from caseflow.actions.households import AddMember, EndMember, add_member, end_member
from caseflow.store import log, subjects, verify
from caseflow.store.tables import case_entry, case_file, household_member
from tests.store.tampering import unlock
from tests.store.test_rows import entry_of
from tests.world import World, act, adult, broken, opened, row_of, viewer


def found(world: World) -> list[tuple[str | None, str, str]]:
    return [(b.case_id, b.reason, b.row) for b in broken(world) if b.table == "household_member"]


def test_the_first_case_of_a_household_vouches_for_who_belongs_to_it(world: World) -> None:
    first = opened(world, "KME")
    subject = row_of(world, first).subject_id
    head, other = subjects.members_of(world.session, subject, world.today)
    # so that a second one of its category may be opened
    world.session.execute(update(case_file).where(case_file.c.id == first).values(category="FM"))
    second = opened(world, "KME", household=None, subject=subject)
    joined = str(act(world, add_member, AddMember(case=second, person=adult(), relation="ipar")).created_id)
    act(world, end_member, EndMember(case=second, member=other.id))
    assert {entry_of(world, "household_member", each).case_id for each in (head.id, other.id, joined)} == {first}
    assert found(world) == []
    said = {"basis": "request"}
    erase(world.session, [head.person_id], said, granted_at=world.now, by=viewer(world, "kadis"), at=world.now)
    ended = {row.person_id: row.ends_on for row in subjects.memberships(world.session, head.person_id)}
    assert ended == {head.person_id: world.today}
    assert found(world) == [], "who was erased has left, on record"
    gone = [row.person_id for row in subjects.members_of(world.session, subject, world.today)]
    erase(world.session, [*gone, subject], said, granted_at=world.now, by=viewer(world, "kadis"), at=world.now)
    assert found(world) == [], "a household that goes ends all of it"
    changed = update(household_member).where(household_member.c.id == joined)
    world.session.execute(changed.values(basis="lives_with"))
    assert found(world) == [(first, "row", joined)]


def test_a_household_from_before_its_members_were_vouched_for_is_counted_apart(world: World) -> None:
    case = opened(world, "KME")
    (entry,) = log.entries_of(world.session, case)
    written = log.envelope_of(world.session.execute(select(case_entry).where(case_entry.c.id == entry.id)).one())
    rows = {name: told for name, told in written.data["rows"].items() if name != "household_member"}
    older = replace(written, data={**written.data, "rows": rows})
    unlock(world.session, "case_entry_no_update")
    values = {"data": audit.canonical(older.data).decode(), "hash": audit.entry_hash(older)}
    world.session.execute(update(case_entry).where(case_entry.c.id == entry.id).values(values))
    world.session.execute(update(case_file).where(case_file.c.id == case).values(entry_head=values["hash"]))
    counted = verify.run(world.session)
    assert (counted.broken, counted.older) == ((), 2)
    head = subjects.members_of(world.session, row_of(world, case).subject_id, world.today)[0]
    act(world, end_member, EndMember(case=case, member=head.id))
    assert verify.run(world.session).older == 1, "what is written now is vouched for"
