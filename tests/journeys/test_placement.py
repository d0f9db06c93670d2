"""A child of about eight without NIK, and an uncle who is no guardian: an institution is the last choice."""

from dataclasses import replace

from caseflow.actions import admin, letters, placements
from caseflow.actions.consents import WithdrawConsent, withdraw_consent
from caseflow.actions.people import PersonData
from caseflow.actions.plan import SettleItem, cancel_item
from caseflow.actions.steps import advance_case
from caseflow.errors import StepRefused
from caseflow.store import children
from caseflow.store import letters as letter_rows
from caseflow.store.tables import consent as agreements
from tests.world import (
    World,
    act,
    advance,
    approved,
    bring,
    broken,
    complete,
    consent,
    item,
    items_of,
    opened,
    record,
    refused,
    row_of,
    state_of,
    take,
    unmet,
)

CHILD = PersonData(name="Muhammad Rizki", birth="sekitar 8 tahun", sex="L")
UNCLE = {"lives_with": "kin", "guardian_relation": "uncle_aunt", "guardian_name": "Rusdi", "guardian_legal": "none"}
HOME = {"care_plan": "lksa", "lksa_name": "LKSA Harapan Bunda", "child_willing": "yes"}
HOME |= {"pickup_officer": "Rina", "pickup_date": "2026-02-20"}
MISSING = ["kin_care_was_assessed_first", "child_opinion_was_heard", "guardian_consents_to_the_placement"]


def planned_for_a_home(world: World) -> str:
    """Return the case of the child, planned to go to an institution with the uncle's word only."""
    case = opened(world, "AT", person=CHILD, issue="orphan")
    complete(world, case, "data_collection", parent_status="yatim_piatu")
    take(world, case, "submit_for_assessment")
    complete(world, case, "assessment", **UNCLE)
    take(world, case, "complete_assessment")
    record(world, case, "intervention_plan", HOME)
    item(world, case, intervention="LKSA", goal="Diasuh dengan aman")
    consent(world, case, "plan", relation="kin", giver="Rusdi, paman")
    consent(world, case, "placement", relation="kin", giver="Rusdi, paman")
    return case


def heard(world: World, case: str) -> None:
    """Do what was missing: kin assessed and not possible, the child heard, a court's guardian who consents."""
    day = world.today.isoformat()
    said = {"kin_option": "not_possible", "kin_assessed": "Paman, bibi", "kin_assessed_on": day}
    said |= {"kin_result": "belum ada kerabat yang dapat mengasuh", "child_opinion": "Mau tetap sekolah."}
    record(world, case, "assessment", said | {"child_opinion_how": "with_trusted", "opinion_heard_on": day})
    consent(world, case, "placement", relation="legal_guardian", giver="Hj. Salamah")


def test_a_home_is_refused_naming_consent_kin_and_opinion(world: World) -> None:
    case = planned_for_a_home(world)
    error = refused(world, StepRefused, advance_case, advance(case, "approve_plan"))
    assert unmet(error) == MISSING
    for words in ("Orang tua atau wali yang sah", "keluarga atau kerabat", "Pendapat anak"):
        assert words in str(error), "in words a caseworker reads"


def test_the_consent_to_a_placement_is_a_parents_or_a_guardians(world: World) -> None:
    case = planned_for_a_home(world)
    heard(world, case)
    given = children.of_case(world.session, agreements, case)[-1]
    act(world, withdraw_consent, WithdrawConsent(case=case, consent=given.id))
    for relation, enough in (("kin", False), ("other", False), ("mother", True)):
        consent(world, case, "placement", relation=relation)
        if not enough:
            error = refused(world, StepRefused, advance_case, advance(case, "approve_plan"))
            assert unmet(error) == ["guardian_consents_to_the_placement"]
    take(world, case, "approve_plan")


def test_care_by_the_uncle_is_a_full_plan(world: World) -> None:
    case = planned_for_a_home(world)
    for planned in items_of(world, case):
        act(world, cancel_item, SettleItem(case=case, item=planned.id, note="Paman mampu mengasuh."))
    record(world, case, "intervention_plan", {"care_plan": "kin", "kin_carer": "Rusdi, paman"})
    item(world, case, intervention="PENGASUHAN", goal="Tinggal aman bersama paman")
    approved(world, case, "approve_plan")
    assert state_of(world, case) == "intervention"
    kin = placements.StartPlacement(case=case, kind="kin", carer="Rusdi", relation="paman")
    act(world, placements.start_placement, kin)
    bring(world, case, "evaluation")
    assert letter_rows.of_case(world.session, case) == []
    assert not broken(world)


def test_a_home_needs_the_same_when_the_child_is_brought(world: World) -> None:
    """A plan for kin care is no way around: the placement asks again."""
    case = planned_for_a_home(world)
    for planned in items_of(world, case):
        act(world, cancel_item, SettleItem(case=case, item=planned.id, note="Dicoba kerabat."))
    record(world, case, "intervention_plan", {"care_plan": "kin", "kin_carer": "Rusdi, paman"})
    item(world, case, intervention="PENGASUHAN")
    approved(world, case, "approve_plan")
    institution = world.office.institutions["child_institution"]
    home = placements.StartPlacement(case=case, kind="lksa", carer="LKSA Harapan Bunda", institution=institution)
    error = refused(world, StepRefused, placements.start_placement, home)
    assert unmet(error) == [*MISSING, "placement_decision_is_recorded"]


def test_a_home_with_everything_in_order(world: World) -> None:
    case = planned_for_a_home(world)
    heard(world, case)
    approved(world, case, "approve_plan")
    letter = letters.IssueLetter(case=case, letter="rjk-lksa", fields={"review_by": "2026-08-01"})
    assert unmet(refused(world, StepRefused, letters.issue_letter, letter)) == ["placement_decision_is_recorded"]
    decided = {"decision_number": "188.4/57/DINSOS", "decision_date": world.today.isoformat()}
    record(world, case, "intervention_plan", decided)
    done = act(world, letters.issue_letter, letter)
    row = letter_rows.by_id(world.session, str(done.created_id))
    assert row is not None
    frozen = letter_rows.facts_of(world.session, row_of(world, case).subject_id, row)
    assert frozen["subject"]["birth"] == {"place": None, "date": None, "about_years": 8}
    assert frozen["subject"]["nik"] is None
    assert frozen["consent"]["relation"] == "wali yang sah"
    institution = world.office.institutions["child_institution"]
    home = placements.StartPlacement(case=case, kind="lksa", carer="LKSA Harapan Bunda", institution=institution)
    act(world, placements.start_placement, home)
    assert not broken(world)


def test_a_home_is_the_one_the_consent_names(world: World) -> None:
    case = planned_for_a_home(world)
    elsewhere = admin.add_institution(
        world.session, "LKSA Lain", "child_institution", "Kepala", "Kota", "6310", by=admin.ROOT, at=world.now
    )
    heard(world, case)
    given = children.of_case(world.session, agreements, case)[-1]
    act(world, withdraw_consent, WithdrawConsent(case=case, consent=given.id))
    consent(world, case, "placement", relation="legal_guardian", receiver=elsewhere)
    approved(world, case, "approve_plan")
    decided = {"decision_number": "188.4/57/DINSOS", "decision_date": world.today.isoformat()}
    record(world, case, "intervention_plan", decided)
    here = world.office.institutions["child_institution"]
    letter = letters.IssueLetter(case=case, letter="rjk-lksa", institution=here, fields={"review_by": "2026-08-01"})
    home = placements.StartPlacement(case=case, kind="lksa", carer="LKSA Harapan Bunda", institution=here)
    for action, command in ((letters.issue_letter, letter), (placements.start_placement, home)):
        error = refused(world, StepRefused, action, command)
        assert unmet(error) == ["consent_covers_the_receiver"]
        assert "hanya untuk LKSA Lain. Catat dahulu persetujuan untuk LKSA Harapan Bunda" in str(error)
    act(world, letters.issue_letter, replace(letter, institution=elsewhere))
    act(world, placements.start_placement, replace(home, institution=elsewhere))


def test_a_shelter_is_no_way_around_a_home(world: World) -> None:
    case = planned_for_a_home(world)
    for planned in items_of(world, case):
        act(world, cancel_item, SettleItem(case=case, item=planned.id, note="Dicoba rumah aman."))
    item(world, case, intervention="RUMAH-AMAN")
    assert unmet(refused(world, StepRefused, advance_case, advance(case, "approve_plan")))[0] == (
        "planned_care_matches_the_actions"
    )
