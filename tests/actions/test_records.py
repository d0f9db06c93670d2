"""Stage records: drafts at any time, merged field by field, nothing lost and nothing overwritten unseen."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from caseflow.actions import views
from caseflow.actions.cases import AssignCase, assign_case
from caseflow.actions.records import RecordStage, record_stage
from caseflow.errors import Forbidden, InvalidInput, NotFound, Refused, VersionConflict
from caseflow.store import facts, log, records
from caseflow.store.tables import name_key, stage_record, stage_revision
from tests.hung import folded, stored
from tests.world import (
    World,
    act,
    adult,
    answers,
    approved,
    at,
    broken,
    codes,
    grant,
    opened,
    ready_plan,
    record,
    refused,
    row_of,
    state_of,
    take,
    viewer,
    visit,
)


def save(case: str, stage: str, said: dict[str, Any], **more: Any) -> RecordStage:  # noqa: ANN401 - of RecordStage
    return RecordStage(case=case, stage=stage, answers=said, **more)


def known(world: World, case: str, stage: str) -> Mapping[str, Any]:
    return facts.load(world.session, row_of(world, case).id, world.today).records.get(stage, {})


@pytest.mark.parametrize(
    ("by", "state", "stage", "allowed"),
    [
        ("intan", "data_collection", "data_collection", True),
        ("rina", "data_collection", "data_collection", True),
        ("rina", "data_collection", "assessment", True),
        ("rina", "monitoring", "data_collection", True),
        ("intan", "data_collection", "assessment", False),
        ("sari", "data_collection", "data_collection", False),
        ("audit", "assessment", "assessment", False),
        ("kadis", "assessment", "assessment", False),
    ],
)
def test_who_writes_which_form(world: World, by: str, state: str, stage: str, allowed: bool) -> None:  # noqa: FBT001 - a column of the table
    case = at(world, state)
    said = {"situation": "Atap bocor."} if stage == "data_collection" else {"problems": "Atap bocor."}
    if allowed:
        assert record(world, case, stage, said, by=by).answers.items() >= said.items()
    else:
        refused(world, Forbidden, record_stage, save(case, stage, said), by=by)


def test_an_intake_officer_reads_on_but_writes_no_more_after_data_collection(world: World) -> None:
    case = opened(world, by="intan")
    record(world, case, "data_collection", answers(world, "FM", "data_collection"), by="intan")
    take(world, case, "submit_for_assessment", by="intan")
    refused(world, Forbidden, record_stage, save(case, "data_collection", {"situation": "x"}), by="intan")


def test_outside_the_area_there_is_no_case_to_write(world: World) -> None:
    refused(world, NotFound, record_stage, save(at(world, "assessment"), "assessment", {}), by="luar")


def test_a_closed_case_takes_no_answers(world: World) -> None:
    error = refused(world, InvalidInput, record_stage, save(at(world, "closed"), "monitoring", {"contact_after": "x"}))
    assert "ditutup" in error.data["problems"]["stage"]


@pytest.mark.parametrize("stage", ["closed", "intake", "", "data_collection; drop"])
def test_an_unknown_stage(world: World, stage: str) -> None:
    assert set(
        refused(world, InvalidInput, record_stage, save(at(world, "assessment"), stage, {"x": 1})).data["problems"]
    ) == {"stage"}


def test_every_bad_answer_is_named_and_nothing_is_kept(world: World) -> None:
    case = at(world, "assessment")
    tomorrow = (world.today + timedelta(days=1)).isoformat()
    bad = {
        "problems": 7,
        "assessor": "x" * 401,
        "monthly_income": "dua juta",
        "assessed_on": tomorrow,
        "needs_treatment": "yes",
        "risk": "terrible",
        "colour": "red",
        "strengths": "Anak rajin.",
    }
    error = refused(world, InvalidInput, record_stage, save(case, "assessment", bad))
    assert set(error.data["problems"]) == set(bad) - {"strengths"}


def test_a_draft_raises_no_version_that_people_send_and_no_entry(world: World) -> None:
    case = at(world, "assessment")
    before = row_of(world, case)
    record(world, case, "assessment", {"problems": "Pertama."})
    record(world, case, "assessment", {"problems": "Kedua."})
    after = row_of(world, case)
    assert (after.version, after.entry_seq, after.facts_version) == (
        before.version,
        before.entry_seq,
        before.facts_version + 2,
    )
    take(world, case, "return_for_data")
    assert codes(world, case)[-2:] == ["case:record:saved", "case:step:taken"], "one entry an editing session"
    words = log.payloads_of(world.session, after.subject_id, case)
    saved = next(
        e for e in log.entries_of(world.session, case) if e.code == "case:record:saved" and "assessment" in e.data
    )
    assert words[saved.id] == {"answers": {"problems": "Kedua."}}


def test_a_saved_form_goes_into_the_log_at_once(world: World) -> None:
    case = at(world, "assessment")
    before = row_of(world, case).version
    act(world, record_stage, save(case, "assessment", {"problems": "Pertama."}, final=True))
    assert (codes(world, case)[-1], row_of(world, case).version) == ("case:record:saved", before)
    take(world, case, "return_for_data")
    assert codes(world, case).count("case:record:saved") == 2, "its data collection before, and this once"


def test_every_revision_is_kept_and_none_clears_an_answer(world: World) -> None:
    case = at(world, "assessment")
    record(world, case, "assessment", {"problems": "Pertama.", "strengths": "Kuat."})
    record(world, case, "assessment", {"problems": "Kedua.", "strengths": None})
    row = row_of(world, case)
    kept = records.find(world.session, case, "assessment", 1)
    assert kept is not None
    assert records.revision(world.session, row.subject_id, kept.id, 1) == {"problems": "Pertama.", "strengths": "Kuat."}
    assert records.revision(world.session, row.subject_id, kept.id, 2) == {"problems": "Kedua."}


@pytest.mark.parametrize("state", ["intervention", "evaluation", "monitoring"])
def test_an_approved_plan_stays_as_it_was_approved(world: World, state: str) -> None:
    case = at(world, state)
    for said in ({"payment_path": "covered"}, {"payment_path": None}):
        error = refused(world, Refused, record_stage, save(case, "intervention_plan", said))
        assert "Ubah rencana" in str(error)
    record(world, case, "intervention_plan", {"payment_path": "not_needed", "companion": "Anak sulung"})
    assert known(world, case, "intervention_plan")["companion"] == "Anak sulung", "what was open may be filled in"


# --- two people in one form ------------------------------------------------------------------------------------------


def test_fields_of_both_are_kept_where_they_do_not_meet(world: World) -> None:
    case = at(world, "assessment")
    first = record(world, case, "assessment", {"problems": "Atap.", "strengths": "Anak."})
    act(world, record_stage, save(case, "assessment", {"strengths": "Nenek."}, record_version=first.version), by="budi")
    mine = {"problems": "Atap dan lantai.", "strengths": "Anak."}
    saved = act(world, record_stage, save(case, "assessment", mine, record_version=first.version))
    assert dict(saved.answers) == {"problems": "Atap dan lantai.", "strengths": "Nenek."}
    assert saved.merged == ("strengths",)


def test_a_field_both_changed_is_asked_with_all_three_values(world: World) -> None:
    case = at(world, "assessment")
    first = record(world, case, "assessment", {"problems": "Atap.", "strengths": "Anak."})
    act(world, record_stage, save(case, "assessment", {"problems": "Lantai."}, record_version=first.version), by="budi")
    mine = {"problems": "Dinding.", "strengths": "Nenek."}
    error = refused(world, VersionConflict, record_stage, save(case, "assessment", mine, record_version=first.version))
    assert (error.data["base"], error.data["yours"], error.data["theirs"]) == (
        {"problems": "Atap."},
        {"problems": "Dinding."},
        {"problems": "Lantai."},
    )
    same = save(case, "assessment", {"problems": "Lantai."}, record_version=first.version)
    assert act(world, record_stage, same).answers["problems"] == "Lantai.", "the same change is no conflict"


def test_two_who_begin_an_empty_form(world: World) -> None:
    case = at(world, "assessment")
    act(world, record_stage, save(case, "assessment", {"problems": "Atap."}, record_version=0), by="budi")
    saved = act(world, record_stage, save(case, "assessment", {"strengths": "Anak."}, record_version=0))
    assert set(saved.answers) == {"problems", "strengths"}
    refused(world, VersionConflict, record_stage, save(case, "assessment", {"problems": "x"}, record_version=0))


# --- risk, and cycles ------------------------------------------------------------------------------------------------


def test_the_last_word_on_risk_counts(world: World) -> None:
    case = at(world, "assessment")
    assert row_of(world, case).risk == "low"
    record(world, case, "assessment", {"risk": "medium"})
    record(world, case, "data_collection", {"situation": "Lebih rinci."})
    assert row_of(world, case).risk == "medium", "another field of the earlier form says nothing about risk"
    record(world, case, "data_collection", {"risk": "high"})
    assert row_of(world, case).risk == "high"
    record(world, case, "assessment", {"risk": None})
    assert row_of(world, case).risk == "high", "a cleared answer is no answer"


def test_a_new_cycle_has_its_own_forms_but_keeps_the_data_collection(world: World) -> None:
    case = at(world, "monitoring")
    visit(world, case)
    approved(world, case, "continue_case")
    assert known(world, case, "assessment") == {}
    before = known(world, case, "data_collection")
    record(world, case, "data_collection", {"situation": "Berubah."})
    assert known(world, case, "data_collection") == dict(before) | {"situation": "Berubah."}
    assert row_of(world, case).risk == "low"
    assert not broken(world)


def test_answers_only_some_may_give(world: World) -> None:
    """A category may keep a question for a role."""
    category = world.session.categories["FM"]
    asked = category.fields_of("data_collection")
    kept = tuple(replace(each, filled_by=("intake",)) if each.key == "location" else each for each in asked)
    changed = replace(category, stages={**category.stages, "data_collection": kept}, digest="d" * 64)
    world.session.categories = {**world.session.categories, "FM": changed}
    case = opened(world, by="rina")
    error = refused(world, InvalidInput, record_stage, save(case, "data_collection", {"location": "RT 1"}))
    assert "petugas pendataan" in error.data["problems"]["location"]
    record(world, case, "data_collection", {"location": "RT 1"}, by="intan")


# --- a file that becomes closed --------------------------------------------------------------------------------------


def test_signs_of_trafficking_close_the_file_with_the_answer(world: World) -> None:
    case = opened(world, "PMBS", person=adult(), by="intan")
    record(world, case, "data_collection", {"trafficking": "unknown"}, by="intan")
    record(world, case, "data_collection", {"situation": "Pulang tanpa upah."}, by="rina")
    assert row_of(world, case).confidentiality == "R2"
    record(world, case, "data_collection", {"trafficking": "yes"}, by="intan")
    row = row_of(world, case)
    assert row.confidentiality == "R3"
    assert codes(world, case)[-2:] == ["case:record:saved", "case:confidentiality:raised"]
    words = world.session.execute(select(name_key.c.key).where(name_key.c.subject_id == row.subject_id)).scalars().all()
    assert {len(word) for word in words} == {64}, "found by keyed tokens only"
    said = save(case, "data_collection", {"country": "Malaysia"})
    refused(world, NotFound, record_stage, said, by="rina")
    record(world, case, "data_collection", {"trafficking": "no"}, by="intan")
    assert row_of(world, case).confidentiality == "R3", "what was closed stays closed"
    act(world, assign_case, AssignCase(case=case, assignee=world.office.ids["rina"]), by="bambang")
    record(world, case, "data_collection", {"country": "Malaysia"}, by="rina")
    assert codes(world, case).count("case:confidentiality:raised") == 1
    assert not broken(world)


def test_the_first_answers_of_a_new_case_may_close_it(world: World) -> None:
    case = opened(world, "PMBS", person=adult(), by="rina", answers={"trafficking": "yes"})
    assert row_of(world, case).confidentiality == "R3"
    assert not broken(world)


def test_what_is_typed_voids_no_review(world: World) -> None:
    case = at(world, "intervention_plan")
    ready_plan(world, case)
    review = take(world, case, "approve_plan").review_id
    typed = RecordStage(case=case, stage="assessment", answers={"problems": "Baru."}, typing=True)
    refused(world, Refused, record_stage, typed)
    grant(world, review)
    assert state_of(world, case) == "intervention"


# --- what is typed, and taken back -----------------------------------------------------------------------------------


def typed(world: World, case: str, version: int, said: dict[str, Any], *, by: str = "rina", minutes: int = 1) -> int:
    """Save what is being typed on a version, a moment after the last; return the version it has then."""
    world.now += timedelta(minutes=minutes)
    command = save(case, "assessment", said, record_version=version, typing=True)
    return int(act(world, record_stage, command, by=by).version)


def kept(world: World, case: str) -> list[int]:
    """Return the versions of the assessment that are kept."""
    seen = stage_revision.c
    query = select(seen.version).join(stage_record, stage_record.c.id == seen.record_id).order_by(seen.version)
    ours = (stage_record.c.case_id == case, stage_record.c.stage == "assessment")
    return list(world.session.execute(query.where(*ours)).scalars())


def look_at(world: World, case: str, by: str) -> None:
    """Show the case to somebody, up to what is on record before the answer leaves."""
    views.view_case(world.session, case, by=viewer(world, by), at=world.now)
    for write, items in world.session.leaving.items():
        write(world.session, items)
    world.session.leaving.clear()


def test_what_one_person_types_in_one_sitting_is_one_revision(world: World) -> None:
    case, version = at(world, "assessment"), 0
    for n in range(5):
        version = typed(world, case, version, {"problems": "Atap" + "." * n})
    assert (version, kept(world, case)) == (5, [5])
    later = typed(world, case, version, {"problems": "Dinding."}, minutes=31)
    assert kept(world, case) == [5, 6], "another sitting"
    budi = typed(world, case, later, {"strengths": "Anak."}, by="budi")
    assert kept(world, case) == [5, 6, 7], "another person"
    act(world, record_stage, save(case, "assessment", {"risk": "low"}, record_version=budi, final=True), by="budi")
    assert kept(world, case) == [5, 6, 8]
    typed(world, case, 8, {"problems": "Atap."}, by="budi")
    assert kept(world, case) == [5, 6, 8, 9], "what the log names"
    take(world, case, "return_for_data")
    assert broken(world) == ()
    assert folded(world, case) == stored(world, case)


def test_what_somebody_was_shown_stays_to_be_compared_with(world: World) -> None:
    case = at(world, "assessment")
    shown = typed(world, case, 0, {"problems": "Atap.", "strengths": "Anak."})
    look_at(world, case, "budi")
    version = typed(world, case, shown, {"problems": "Lantai.", "strengths": "Anak."})
    version = typed(world, case, version, {"problems": "Lantai rusak.", "strengths": "Anak."})
    assert kept(world, case) == [shown, version]
    mine = save(case, "assessment", {"problems": "Atap.", "strengths": "Nenek."}, record_version=shown)
    saved = act(world, record_stage, mine, by="budi")
    assert dict(saved.answers) == {"problems": "Lantai rusak.", "strengths": "Nenek."}, "each field once, none lost"
    # Where nobody knows what it was typed on, whatever differs is asked: also what was taken back since.
    taken_back = typed(world, case, saved.version, {"strengths": None})
    gone = save(case, "assessment", {"problems": "Lantai rusak.", "strengths": "Anak."}, record_version=version - 1)
    error = refused(world, VersionConflict, record_stage, gone)
    assert (error.data["fields"], error.data["version"]) == (["strengths"], taken_back)


def test_an_answer_about_health_that_was_only_typed_leaves_the_case_as_it_was(world: World) -> None:
    case, ill = at(world, "assessment", "FM"), {"psychological": "Cemas.", "problems": "Atap."}
    first = typed(world, case, 0, ill)
    assert row_of(world, case).confidentiality == "R2"
    second = typed(world, case, first, {"psychological": None, "problems": "Atap."})
    assert row_of(world, case).confidentiality == "R1"
    assert codes(world, case)[-2:] == ["case:confidentiality:raised", "case:confidentiality:lowered"]
    third = typed(world, case, second, ill)
    typed(world, case, third, {"psychological": "Cemas sekali.", "problems": "Atap."})
    assert broken(world) == ()
    take(world, case, "return_for_data")
    typed(world, case, third + 1, {"psychological": None})
    assert row_of(world, case).confidentiality == "R2", "what a step was taken on is known"
    assert broken(world) == ()
    assert folded(world, case) == stored(world, case)


def test_a_level_that_does_not_come_from_typing_stays(world: World) -> None:
    case = at(world, "assessment", "FM")
    said = {"psychological": "Cemas."}
    final = act(world, record_stage, save(case, "assessment", said, record_version=0, final=True)).version
    typed(world, case, final, {"psychological": None})
    assert row_of(world, case).confidentiality == "R2", "it was said, and not only typed"
    other = at(world, "assessment", "FM")
    version = typed(world, other, 0, {**said, "physical": "Pincang."})
    version = typed(world, other, version, {"psychological": None})
    assert row_of(world, other).confidentiality == "R2", "there is another"
    typed(world, other, version, {"physical": None})
    assert row_of(world, other).confidentiality == "R1"
