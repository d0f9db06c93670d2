"""Open cases move to another version of their category: answers mapped, on record; what stays says why."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from caseflow import access
from caseflow.actions import definitions, migrating, operations, past, transfers
from caseflow.actions.admin import ROOT
from caseflow.actions.migrating import Migration, Outcome, Reason, Waiting
from caseflow.actions.reviews import DecideReview, grant_review
from caseflow.definitions import stored as digests
from caseflow.errors import BrokenDefinition, CannotMigrate, ClockBehind, Forbidden, InvalidInput, ReviewVoided
from caseflow.states.category import Category, Condition
from caseflow.store import log, records
from caseflow.store.tables import access_entry, case_file, case_team, plan_item
from tests.hung import folded, stored
from tests.world import (
    VILLAGE,
    VILLAGE_ELSEWHERE,
    World,
    act,
    adult,
    at,
    broken,
    codes,
    complete,
    days_later,
    opened,
    owed,
    ready_plan,
    record,
    refused,
    row_of,
    take,
    told,
    viewer,
)

MAP = """
# A livelihood was one question; it is now where the income comes from.
[stages.assessment.fields]
livelihood = "income_source"

[stages.assessment.choices.jkn_status]
unknown = "not_asked"

[stages.assessment.defaults]
income_checked = false

[interventions]
SEMBAKO = "PANGAN"
"""
PAYLOAD = "Buruh harian."


def newer(old: Category, change: Callable[[Category], Category] = lambda category: category) -> Category:
    """Return the next version of FM: a question and an answer renamed, a question added, a kind of help renamed."""
    asked = []
    for field in old.stages["assessment"]:
        if field.key == "livelihood":
            checked = replace(field, key="income_checked", type="boolean", required=False)
            asked += [replace(field, key="income_source"), checked]
        elif field.key == "jkn_status":
            choices = [replace(c, key="not_asked" if c.key == "unknown" else c.key) for c in field.choices]
            asked.append(replace(field, choices=tuple(choices)))
        else:
            asked.append(field)
    help_ = [replace(i, code="PANGAN", pillar="jaminan") if i.code == "SEMBAKO" else i for i in old.interventions]
    made = replace(old, stages={**old.stages, "assessment": tuple(asked)}, interventions=tuple(help_))
    made = change(made)
    return replace(made, digest=digests.digest_of(made))


def prepared(world: World, text: str = MAP, new: Category | None = None, code: str = "FM") -> Migration:
    """Return the migration to a version that was kept, announced by the operator."""
    old = world.session.categories[code]
    new = new or newer(old)
    definitions.keep(world.session, new, at=world.now)
    made = migrating.prepare(
        world.session, code, old.digest[:8], new.digest[:8].upper(), text, file="map.toml", by=ROOT, at=world.now
    )
    migrating.announce(world.session, made, by=ROOT, at=world.now)
    return made


def move(world: World, migration: Migration, case: str) -> None:
    with world.session.attempt():
        migrating.migrate(
            world.session, migration, case, by=viewer(world, "pusat"), at=world.now + timedelta(minutes=1)
        )
    world.now += timedelta(minutes=1)


def why(world: World, migration: Migration, case: str) -> dict[str, str]:
    """Return the reasons of a dry run; the real run has the same."""
    found = migrating.reasons(world.session, migration, case, at=world.now)
    if found:
        with pytest.raises(CannotMigrate) as caught, world.session.attempt():
            migrating.migrate(world.session, migration, case, by=ROOT, at=world.now)
        assert migrating.reasons_of(caught.value) == found
    return {reason.place: reason.sentence for reason in found}


def answers(world: World, case: str, stage: str) -> dict[str, object]:
    row = row_of(world, case)
    found = records.newest(world.session, case, stage)
    assert found is not None
    return records.opened(world.session, row.subject_id, found)


def holds(world: World, case: str) -> None:
    """Check that the log vouches for the case, and that folding it gives what is stored."""
    assert broken(world) == ()
    assert folded(world, case) == stored(world, case)
    row, standing = row_of(world, case), log.standing_of(world.session, case)
    assert (standing.definition_digest, standing.issue) == (row.definition_digest, row.issue)
    assert (standing.confidentiality, standing.state) == (row.confidentiality, row.state)


# --- a case that moves -----------------------------------------------------------------------------------------------


def test_a_case_moves_with_its_answers_and_its_plan(world: World) -> None:
    case = at(world, "intervention_plan", "FM")
    ready_plan(world, case)
    review = take(world, case, "approve_plan").review_id
    before, deadline = row_of(world, case), owed(world, case)["state_deadline"].due_at
    migration = prepared(world)
    assert why(world, migration, case) == {}
    move(world, migration, case)

    row = row_of(world, case)
    assert (row.definition_digest, row.version) == (migration.new.digest, before.version + 1)
    said = answers(world, case, "assessment")
    assert (said["income_source"], said["jkn_status"], said["income_checked"]) == (PAYLOAD, "not_asked", False)
    assert "livelihood" not in said
    (planned,) = world.session.execute(select(plan_item).where(plan_item.c.case_id == case))
    assert (planned.intervention, planned.pillar, planned.status) == ("PANGAN", "jaminan", "planned")
    assert sorted(codes(world, case)[-3:]) == ["case:definition:migrated", "case:record:saved", "case:review:voided"]
    assert owed(world, case).keys() == {"state_deadline"}, "what is asked about again is not owed"
    assert owed(world, case)["state_deadline"].due_at == deadline
    assert [told_.data["step"] for told_ in told(world, "rina", "review_voided", case=case)] == ["approve_plan"]
    holds(world, case)
    refused(world, ReviewVoided, grant_review, DecideReview(review=str(review)), by="sari")
    take(world, case, "approve_plan")


def test_a_version_of_which_no_answer_changes_voids_a_review_too(world: World) -> None:
    case = at(world, "intervention_plan", "FM")
    ready_plan(world, case)
    take(world, case, "approve_plan")
    old = world.session.categories["FM"]
    new = replace(old, hold_max_days=old.hold_max_days + 1)
    before = row_of(world, case).version
    move(world, prepared(world, "", replace(new, digest=digests.digest_of(new))), case)
    assert codes(world, case)[-2:] == ["case:definition:migrated", "case:review:voided"]
    assert row_of(world, case).version == before + 1, "a form that somebody has open is of the old version"
    holds(world, case)


def test_the_entry_names_both_versions_the_mapping_and_who(world: World) -> None:
    case = at(world, "assessment", "FM")
    migration = prepared(world)
    move(world, migration, case)
    entry = log.entries_of(world.session, case)[-1]
    assert (entry.code, entry.actor) == ("case:definition:migrated", access.SYSTEM_USER)
    said = {"before": migration.old.digest, "definition": migration.new.digest, "map": migration.digest}
    assert log.data_of(entry.data) == {**said, "changed_by": world.office.ids["pusat"]}
    begun = world.session.execute(select(access_entry.c.data).where(access_entry.c.code == "category:migration:begun"))
    assert log.data_of(begun.scalar_one()) == {"category": "FM", **said}
    for reader in ("audit", "admin"):
        row = migrating.mapping_of(world.session, migration.digest[:10], by=viewer(world, reader))
        assert (row.body, row.code) == (MAP, "FM")
    with pytest.raises(Forbidden):
        migrating.mapping_of(world.session, migration.digest, by=viewer(world, "sari"))
    with pytest.raises(InvalidInput):
        migrating.mapping_of(world.session, "f0f0f0", by=ROOT)


def test_what_is_being_typed_goes_into_the_log_as_it_was_typed(world: World) -> None:
    case = at(world, "assessment", "FM")
    complete(world, case, "assessment")  # a draft: not in the log yet
    day, migration = world.today, prepared(world)
    days_later(world, 1)
    move(world, migration, case)
    saved = [e for e in log.entries_of(world.session, case) if e.code == "case:record:saved"]
    typed, mapped = (log.data_of(entry.data) for entry in saved[-2:])
    assert (typed["saved_by"], typed["version"]) == (world.office.ids["rina"], 1)
    assert (mapped["saved_by"], mapped["version"]) == (access.SYSTEM_USER, 2)
    words = log.payloads_of(world.session, row_of(world, case).subject_id, case)
    first, second = (words[entry.id] or {} for entry in saved[-2:])
    assert "income_source" not in first["answers"]
    assert second["answers"]["income_source"] == PAYLOAD
    record(world, case, "assessment", {"income_source": "Berdagang."})  # and a draft on top of it
    holds(world, case)
    take(world, case, "complete_assessment")
    holds(world, case)
    then = past.case_as_of(world.session, case, day, by=viewer(world, "rina"), at=world.now)
    assert then.category.digest == migration.old.digest, "that day is told in the words of that day's version"
    now = past.case_as_of(world.session, case, world.today, by=viewer(world, "rina"), at=world.now)
    assert (now.category.digest, (now.records["assessment"] or {})["income_source"]) == (
        migration.new.digest, "Berdagang.",
    )  # fmt: skip


def test_a_case_at_work_goes_on_under_the_new_version(world: World) -> None:
    case = at(world, "monitoring", "FM")
    move(world, prepared(world), case)
    take(world, case, "replan")
    complete(world, case, "intervention_plan")
    holds(world, case)


def test_the_issue_of_a_case_is_mapped_too(world: World) -> None:
    case = at(world, "assessment", "FM", issue="no_food")
    new = newer(
        world.session.categories["FM"],
        lambda c: replace(c, issues=tuple(replace(i, key="hunger" if i.key == "no_food" else i.key) for i in c.issues)),
    )
    assert why(world, prepared(world, MAP, new), case).keys() == {"issue"}
    move(world, prepared(world, MAP + '\n[issues]\nno_food = "hunger"', new), case)
    assert row_of(world, case).issue == "hunger"
    holds(world, case)
    dropped = at(world, "assessment", "FM", issue="no_food")
    move(world, prepared(world, MAP + "\n[issues]\nno_food = false", new), dropped)
    assert row_of(world, dropped).issue is None
    holds(world, dropped)


def test_an_answer_that_closes_the_file_under_the_new_version_closes_it(world: World) -> None:
    case = at(world, "assessment", "FM")
    complete(world, case, "assessment")
    closing = Condition("needs_treatment", ("no",))
    new = newer(world.session.categories["FM"], lambda c: replace(c, closed_stage="assessment", closed_when=closing))
    offer = transfers.OfferTransfer(case=case, area=VILLAGE_ELSEWHERE, reason="Pindah.", handed="Berkas.")
    act(world, transfers.offer_transfer, offer, by="sari")
    move(world, prepared(world, MAP, new), case)
    assert row_of(world, case).confidentiality == "R3"
    team = set(world.session.execute(select(case_team.c.user_id).where(case_team.c.case_id == case)).scalars())
    assert {world.office.ids["sari"], world.office.ids["bambang"]} <= team
    assert access.SYSTEM_USER not in team
    assert {"case:confidentiality:raised", "case:transfer:withdrawn"} <= set(codes(world, case))
    holds(world, case)


# --- a case that stays -----------------------------------------------------------------------------------------------


def test_a_case_that_cannot_move_says_every_reason_and_no_answer(world: World) -> None:
    case = at(world, "intervention_plan", "FM")
    ready_plan(world, case)
    before = row_of(world, case)
    new = newer(world.session.categories["FM"], lambda c: replace(c, subject_kinds=("household",)))
    found = why(world, prepared(world, "", new), case)
    assert found.keys() == {"subject", "plan", "assessment.livelihood", "assessment.jkn_status"}
    assert not any(word in " ".join(found.values()) for word in (PAYLOAD, "unknown", "SEMBAKO"))
    assert row_of(world, case) == before
    holds(world, case)


def test_of_a_closed_file_only_that_it_stays_is_said_and_not_which(world: World) -> None:
    case = at(world, "assessment", "FM")
    record(world, case, "assessment", {"jkn_status": "unknown"})
    world.session.execute(update(case_file).where(case_file.c.id == case).values(confidentiality="R3"))
    migration = prepared(world, "")
    assert why(world, migration, case) == {"": "berkas tertutup; sebabnya tidak disebut"}
    waiting = migrating.waiting(world.session, migration, after=None, limit=500)
    assert [w.number for w in waiting if w.id == case] == [None]


@pytest.mark.parametrize(
    ("moved", "stay", "said"),
    [(0, 0, (0, 0)), (5, 0, (5, 0)), (5, 5, (5, 5)), (9, 4, None), (1, 0, None)],
)
def test_closed_files_are_counted_apart_and_not_few(moved: int, stay: int, said: tuple[int, int] | None) -> None:
    found, closed = Outcome(), Waiting("id", None)
    found.add(Waiting("id", "1"), ())
    for why in [()] * moved + [(Reason("", ""),)] * stay:
        found.add(closed, why)
    assert (found.moved, found.stay, found.unnamed) == (1, {}, said)
    assert found.complete == (said is not None and stay == 0), "what is not said is not said by the exit code either"


def test_no_case_is_named_by_an_answer_about_health(world: World) -> None:
    healthy, ill, other = (at(world, "assessment", "FM") for _n in range(3))
    record(world, healthy, "assessment", {"livelihood": "Tani."})
    record(world, ill, "assessment", {"livelihood": "Tani.", "psychological": "Cemas."})
    record(world, other, "assessment", {"jkn_status": "unknown", "psychological": "Cemas."})

    def without(old: Category) -> Category:
        asked = tuple(f for f in old.stages["assessment"] if f.key != "psychological")
        return replace(old, stages={**old.stages, "assessment": asked})

    mapping = '[stages.assessment.fields]\nlivelihood = "income_source"\n'
    migration = prepared(world, mapping, newer(world.session.categories["FM"], without))
    waiting = {w.id: w for w in migrating.waiting(world.session, migration, after=None, limit=500)}
    found = Outcome()
    for case in (healthy, ill, other):
        found.add(waiting[case], migrating.reasons(world.session, migration, case, at=world.now))
    assert (found.moved, found.unnamed, found.complete) == (1, None, False)
    assert {number: [r.place for r in why] for number, why in found.stay.items()} == {
        row_of(world, other).number: ["assessment.jkn_status"]
    }


def test_who_tries_a_mapping_is_noted(world: World) -> None:
    migration, by = prepared(world), viewer(world, "pusat")
    migrating.note_tried(world.session, migration, by=by, at=world.now)
    (row,) = world.session.execute(select(access_entry).where(access_entry.c.code == "category:migration:tried"))
    said = {"before": migration.old.digest, "definition": migration.new.digest, "map": migration.digest}
    assert (row.actor, log.data_of(row.data)) == (by.user_id, {"category": "FM", **said})
    with pytest.raises(Forbidden):
        migrating.note_tried(world.session, migration, by=viewer(world, "admin"), at=world.now)


def test_a_case_is_moved_once_and_a_closed_one_not_at_all(world: World) -> None:
    case, closed = at(world, "assessment", "FM"), at(world, "closed", "FM")
    migration = prepared(world)
    listed = {w.id for w in migrating.waiting(world.session, migration, after=None, limit=500)}
    assert case in listed
    assert closed not in listed
    move(world, migration, case)
    assert why(world, migration, case).keys() == why(world, migration, closed).keys() == {""}
    assert case not in {w.id for w in migrating.waiting(world.session, migration, after=None, limit=500)}


def test_a_clock_behind_the_newest_entry_moves_nothing(world: World) -> None:
    case = at(world, "assessment", "FM")
    migration, early = prepared(world), world.now - timedelta(days=400)
    (reason,) = migrating.reasons(world.session, migration, case, at=early)
    assert isinstance(reason, Reason)
    with pytest.raises(ClockBehind) as caught, world.session.attempt():
        migrating.migrate(world.session, migration, case, by=ROOT, at=early)
    assert migrating.reasons_of(caught.value) == (reason,)


# --- who, and from where to where ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["admin", "sari", "audit", "rina"])
def test_only_who_administers_the_installation_may(world: World, name: str) -> None:
    by = viewer(world, name)
    with pytest.raises(Forbidden):
        migrating.prepare(world.session, "FM", "a", "b", "", file="map.toml", by=by, at=world.now)
    with pytest.raises(Forbidden):
        migrating.announce(world.session, prepared(world), by=by, at=world.now)
    with pytest.raises(Forbidden):
        migrating.versions(world.session, by=by)


def test_a_version_is_named_by_the_beginning_of_its_digest(world: World) -> None:
    opened(world)
    old = world.session.categories["FM"].digest
    for wrong, field in (("", "to"), ("zz", "to"), (old, "to")):
        with pytest.raises(InvalidInput) as caught:
            migrating.prepare(world.session, "fm", old[:6], wrong, "", file="map.toml", by=ROOT, at=world.now)
        assert caught.value.data["problems"].keys() == {field}
    with pytest.raises(InvalidInput) as caught:
        migrating.prepare(world.session, "FM", "zz", "yy", "", file="map.toml", by=ROOT, at=world.now)
    assert caught.value.data["problems"].keys() == {"from", "to"}
    assert old[:12] in caught.value.data["problems"]["from"]


def test_a_version_with_a_guard_nobody_knows_is_no_target(world: World) -> None:
    new = newer(world.session.categories["FM"], lambda c: replace(c, guards={"approve_plan": ("full_moon",)}))
    with pytest.raises(BrokenDefinition, match="full_moon"):
        prepared(world, MAP, new)


def test_a_category_that_open_cases_follow_is_not_removed(world: World) -> None:
    known = world.session.categories
    without = {code: category for code, category in known.items() if code != "KTK"}
    world.session.categories = without
    operations.require_definitions(world.session)
    world.session.categories = known
    opened(world, "KTK", person=adult())
    operations.require_definitions(world.session)
    world.session.categories = without
    with pytest.raises(BrokenDefinition, match="KTK: masih dipakai kasus terbuka"):
        operations.require_definitions(world.session)


def test_versions_say_how_many_open_cases_follow_them(world: World) -> None:
    def counted() -> dict[str, int | None]:
        return {v.digest: v.open_cases for v in migrating.versions(world.session, by=ROOT) if v.code == "FM"}

    case = at(world, "assessment", "FM")
    before, migration = counted(), prepared(world)
    assert before.keys() == {migration.old.digest}
    move(world, migration, case)
    assert counted() == {migration.old.digest: (before[migration.old.digest] or 0) - 1, migration.new.digest: 1}
    none = of_closed(world)
    opened(world, "KTK", person=adult(), area=VILLAGE)
    assert of_closed(world) == none
    assert [v.open_cases for v in none] == [None]


def of_closed(world: World) -> list[migrating.Version]:
    return [v for v in migrating.versions(world.session, by=ROOT) if v.code == "KTK"]
