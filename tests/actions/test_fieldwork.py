"""Placements, referrals, visits and consents: recorded when they happened, by who may, in the stages they belong to."""

from datetime import timedelta
from typing import Any

import pytest

from caseflow.actions.consents import AddConsent, WithdrawConsent, add_consent, withdraw_consent
from caseflow.actions.placements import (
    EndPlacement,
    ReviewPlacement,
    StartPlacement,
    end_placement,
    review_placement,
    start_placement,
)
from caseflow.actions.referrals import (
    AddReferral,
    AnswerReferral,
    WithdrawReferral,
    add_referral,
    answer_referral,
    withdraw_referral,
)
from caseflow.actions.steps import advance_case
from caseflow.actions.visits import AddVisit, WaiveVisits, add_visit, waive_visits
from caseflow.errors import Forbidden, InvalidInput, NotFound, Refused, StepRefused, VersionConflict
from caseflow.store import children
from caseflow.store.tables import consent, placement, referral, visit
from tests.world import (
    STATES,
    World,
    act,
    advance,
    at,
    bring,
    broken,
    codes,
    days_later,
    may_tell,
    opened,
    owed,
    record,
    refused,
    row_of,
    settle,
    take,
    unmet,
)

NOBODY = "019c1bde-00e0-7cdd-ba2a-f5c6d5ebbaba"


# --- placements ------------------------------------------------------------------------------------------------------


def with_kin(case: str, **more: Any) -> StartPlacement:  # noqa: ANN401 - of StartPlacement
    return StartPlacement(**{"case": case, "kind": "kin", "carer": "Bibi Salamah", "relation": "bibi", **more})


def placed(world: World) -> tuple[str, str]:
    case = at(world, "intervention", "AT")
    return case, str(act(world, start_placement, with_kin(case)).created_id)


@pytest.mark.parametrize("state", STATES)
def test_a_placement_starts_during_the_intervention(world: World, state: str) -> None:
    case = at(world, state, "AT")
    if state != "intervention":
        refused(world, Refused, start_placement, with_kin(case))
        return
    done = act(world, start_placement, with_kin(case))
    row = children.of_case(world.session, placement, case)[0]
    assert (row.id, row.kind, row.ends_on) == (done.created_id, "kin", None)
    assert row.next_review == world.today + timedelta(days=180)
    assert owed(world, case)["placement_review"].ref_id == row.id
    assert children.words(world.session, placement, row_of(world, case).subject_id, row)["carer"] == "Bibi Salamah"


@pytest.mark.parametrize(("by", "error"), [("sari", Forbidden), ("audit", Forbidden), ("luar", NotFound)])
def test_a_placement_is_not_started_by_others(world: World, by: str, error: type[Forbidden]) -> None:
    case, running = placed(world)
    refused(world, error, start_placement, with_kin(case), by=by)
    refused(world, error, review_placement, ReviewPlacement(case=case, placement=running, finding="x"), by=by)
    refused(world, error, end_placement, EndPlacement(case=case, placement=running, reason="x"), by=by)


def test_a_child_lives_in_one_place(world: World) -> None:
    case, _running = placed(world)
    assert "Penempatan masih berjalan" in str(refused(world, Refused, start_placement, with_kin(case)))


def test_what_a_placement_must_say(world: World) -> None:
    case = at(world, "intervention", "AT")
    tomorrow = world.today + timedelta(days=1)
    nowhere = with_kin(case, institution="019c1bde-00e0-7985-8fd1-40dd990c53ce")
    hotel, nobody = with_kin(case, kind="hotel"), with_kin(case, carer=" ")
    for wrong, field in ((hotel, "kind"), (nobody, "carer"), (nowhere, "institution")):
        assert set(refused(world, InvalidInput, start_placement, wrong).data["problems"]) == {field}
    late = refused(world, InvalidInput, start_placement, with_kin(case, starts_on=tomorrow))
    assert set(late.data["problems"]) == {"starts_on"}


def test_an_lksa_is_never_told_as_kin_or_shelter(world: World) -> None:
    case = at(world, "intervention", "AT")
    record(world, case, "assessment", {"risk": "high"})
    home = world.office.institutions["child_institution"]
    for kind, field, sentence in (("kin", "institution", "kosongkan"), ("shelter", "kind", "LKSA")):
        wrong = with_kin(case, kind=kind, carer="LKSA Harapan Bunda", institution=home)
        problems = refused(world, InvalidInput, start_placement, wrong).data["problems"]
        assert set(problems) == {field}
        assert sentence in problems[field]
    lksa = with_kin(case, kind="lksa", carer="LKSA Harapan Bunda", institution=home)
    assert "guardian_consents_to_the_placement" in unmet(refused(world, StepRefused, start_placement, lksa))


def test_a_shelter_is_for_a_child_at_high_risk(world: World) -> None:
    case = at(world, "intervention", "AT")
    shelter = with_kin(case, kind="shelter", carer="Rumah aman")
    assert unmet(refused(world, StepRefused, start_placement, shelter)) == ["shelter_is_for_high_risk"]
    record(world, case, "assessment", {"risk": "high"})
    act(world, start_placement, shelter)


def test_a_placement_is_reviewed_every_six_months_and_ends_with_a_reason(world: World) -> None:
    case, running = placed(world)
    days_later(world, 170)
    refused(world, InvalidInput, review_placement, ReviewPlacement(case=case, placement=running))
    act(world, review_placement, ReviewPlacement(case=case, placement=running, finding="Anak sehat."))
    row = children.of_case(world.session, placement, case)[0]
    assert row.next_review == world.today + timedelta(days=180)
    assert owed(world, case)["placement_review"].due_at.date() == row.next_review
    early = EndPlacement(case=case, placement=running, reason="x", ends_on=row.starts_on - timedelta(days=1))
    for wrong in (EndPlacement(case=case, placement=running), early):
        refused(world, InvalidInput, end_placement, wrong)
    act(world, end_placement, EndPlacement(case=case, placement=running, reason="Pulang kepada ibu."))
    assert "placement_review" not in owed(world, case)
    for again in (EndPlacement(case=case, placement=running, reason="x"),):
        refused(world, Refused, end_placement, again)
    refused(world, Refused, review_placement, ReviewPlacement(case=case, placement=running, finding="x"))
    refused(world, NotFound, end_placement, EndPlacement(case=case, placement=NOBODY, reason="x"))
    assert codes(world, case)[-2:] == ["case:placement:reviewed", "case:placement:ended"]
    assert not broken(world)


# --- referrals -------------------------------------------------------------------------------------------------------


def to(world: World, case: str, kind: str = "charity", **more: Any) -> AddReferral:  # noqa: ANN401 - of AddReferral
    return AddReferral(**{"case": case, "institution": world.office.institutions[kind], "need": "Modal usaha", **more})


def referred(world: World) -> tuple[str, str]:
    case = at(world, "intervention")
    may_tell(world, case)
    return case, str(act(world, add_referral, to(world, case)).created_id)


@pytest.mark.parametrize("state", STATES)
def test_a_referral_is_sent_from_the_intervention_on(world: World, state: str) -> None:
    case = at(world, state)
    if state not in {"intervention", "evaluation", "monitoring"}:
        refused(world, Refused, add_referral, to(world, case))
        return
    may_tell(world, case)
    act(world, add_referral, to(world, case))
    assert [r.status for r in children.of_case(world.session, referral, case)] == ["open"]
    assert owed(world, case)["referral_answer"].span == "14wd"


@pytest.mark.parametrize(("by", "error"), [("sari", Forbidden), ("audit", Forbidden), ("luar", NotFound)])
def test_a_referral_is_not_sent_or_answered_by_others(world: World, by: str, error: type[Forbidden]) -> None:
    case, sent = referred(world)
    refused(world, error, add_referral, to(world, case), by=by)
    refused(world, error, answer_referral, AnswerReferral(case=case, referral=sent, status="done"), by=by)


def test_what_a_referral_and_its_answer_must_say(world: World) -> None:
    case, sent = referred(world)
    tomorrow, yesterday = world.today + timedelta(days=1), world.today - timedelta(days=1)
    for wrong in (to(world, case, need=""), to(world, case, institution="x"), to(world, case, sent_on=tomorrow)):
        refused(world, InvalidInput, add_referral, wrong)
    for said, field in (
        ({"status": "maybe"}, "status"),
        ({"status": "refused"}, "note"),
        ({"status": "returned", "note": " "}, "note"),
        ({"status": "done", "answered_on": tomorrow}, "answered_on"),
        ({"status": "done", "answered_on": yesterday}, "answered_on"),
    ):
        command = AnswerReferral(**{"case": case, "referral": sent, **said})  # type: ignore[arg-type]  # one wrong value each
        assert set(refused(world, InvalidInput, answer_referral, command).data["problems"]) == {field}


def test_an_accepted_referral_may_still_be_done_or_returned(world: World) -> None:
    case, sent = referred(world)
    act(world, answer_referral, AnswerReferral(case=case, referral=sent, status="accepted"))
    assert "referral_answer" not in owed(world, case)
    act(world, answer_referral, AnswerReferral(case=case, referral=sent, status="returned", note="Penuh."))
    refused(world, Refused, answer_referral, AnswerReferral(case=case, referral=sent, status="done"))


def test_an_unanswered_referral_holds_the_intervention_until_a_supervisor_withdraws_it(world: World) -> None:
    case, sent = referred(world)
    settle(world, case)
    error = refused(world, StepRefused, advance_case, advance(case, "complete_intervention"))
    assert unmet(error) == ["every_referral_is_answered"]
    withdraw = WithdrawReferral(case=case, referral=sent, reason="Tidak dijawab dua bulan.")
    refused(world, Forbidden, withdraw_referral, withdraw)
    refused(world, InvalidInput, withdraw_referral, WithdrawReferral(case=case, referral=sent), by="sari")
    act(world, withdraw_referral, withdraw, by="sari")
    refused(world, Refused, withdraw_referral, withdraw, by="sari")
    assert "referral_answer" not in owed(world, case)
    take(world, case, "complete_intervention")


def test_an_accepted_referral_is_not_withdrawn(world: World) -> None:
    case, sent = referred(world)
    act(world, answer_referral, AnswerReferral(case=case, referral=sent, status="accepted"))
    withdraw = WithdrawReferral(case=case, referral=sent, reason="x")
    refused(world, Refused, withdraw_referral, withdraw, by="sari")


def test_a_referral_of_another_case_is_not_there(world: World) -> None:
    _other, sent = referred(world)
    case = at(world, "evaluation")
    for wrong in (sent, NOBODY, "x"):
        refused(world, NotFound, answer_referral, AnswerReferral(case=case, referral=wrong, status="done"))


# --- visits ----------------------------------------------------------------------------------------------------------


def seen(case: str, **more: Any) -> AddVisit:  # noqa: ANN401 - of AddVisit
    return AddVisit(**{"case": case, "finding": "Keadaan baik.", **more})


@pytest.mark.parametrize("state", STATES)
def test_a_visit_is_recorded_from_the_intervention_on(world: World, state: str) -> None:
    case = at(world, state)
    if state not in {"intervention", "evaluation", "monitoring"}:
        refused(world, Refused, add_visit, seen(case))
        return
    act(world, add_visit, seen(case))
    row = children.of_case(world.session, visit, case)[0]
    assert (row.state, row.cycle, row.officer_id, row.visited_on) == (state, 1, world.office.ids["rina"], world.today)


@pytest.mark.parametrize(("by", "error"), [("sari", Forbidden), ("audit", Forbidden), ("luar", NotFound)])
def test_a_visit_is_not_recorded_by_others(world: World, by: str, error: type[Forbidden]) -> None:
    refused(world, error, add_visit, seen(at(world, "monitoring")), by=by)


def test_what_a_visit_must_say(world: World) -> None:
    case = at(world, "monitoring")
    before = row_of(world, case).opened_on - timedelta(days=1)
    for said, field in (
        ({"finding": ""}, "finding"),
        ({"visited_on": world.today + timedelta(days=1)}, "visited_on"),
        ({"visited_on": before}, "visited_on"),
        ({"officer": NOBODY}, "officer"),
        ({"officer": "x"}, "officer"),
    ):
        assert set(refused(world, InvalidInput, add_visit, seen(case, **said)).data["problems"]) == {field}


def test_two_visits_of_one_day_are_one(world: World) -> None:
    case = at(world, "monitoring")
    act(world, add_visit, seen(case))
    refused(world, InvalidInput, add_visit, seen(case), by="budi")


def test_visits_ask_for_each_other_until_there_are_enough(world: World) -> None:
    case = at(world, "monitoring")
    first = owed(world, case)["visit"]
    days_later(world, 14)
    act(world, add_visit, seen(case))
    second = owed(world, case)["visit"]
    assert (second.id != first.id, second.due_at.date()) == (True, world.today + timedelta(days=30))
    days_later(world, 20)
    act(world, add_visit, seen(case))
    assert "visit" not in owed(world, case), "two are enough in this category"


def test_visits_too_close_to_each_other_count_once(world: World) -> None:
    case = at(world, "monitoring")
    act(world, add_visit, seen(case))
    days_later(world, 13)
    act(world, add_visit, seen(case))
    record(world, case, "monitoring", {"last_situation": "x", "treatment_goes_on": "finished", "contact_after": "x"})
    command = advance(case, "close_case", details={"outcome": "goals_met"})
    assert unmet(refused(world, StepRefused, advance_case, command)) == ["monitoring_visits_are_done"]
    days_later(world, 1)
    act(world, add_visit, seen(case))
    take(world, case, "close_case", details={"outcome": "goals_met"})


def test_a_visit_typed_late_counts_where_it_took_place(world: World) -> None:
    case = at(world, "intervention")
    days_later(world, 40)
    bring(world, case, "monitoring")
    before = owed(world, case)["visit"].id
    act(world, add_visit, seen(case, visited_on=world.today - timedelta(days=20)))
    assert [v.state for v in children.of_case(world.session, visit, case)] == ["intervention"]
    assert owed(world, case)["visit"].id == before, "the first monitoring visit is still owed"
    act(world, add_visit, seen(case))
    record(world, case, "monitoring", {"last_situation": "x", "treatment_goes_on": "finished", "contact_after": "x"})
    command = advance(case, "close_case", details={"outcome": "goals_met"})
    assert unmet(refused(world, StepRefused, advance_case, command)) == ["monitoring_visits_are_done"]


def test_a_visit_of_the_last_cycle_does_not_count_for_this_one(world: World) -> None:
    case = at(world, "closed")
    days_later(world, 30)
    last = world.today - timedelta(days=35)
    take(world, case, "reopen", by="sari")
    bring(world, case, "monitoring")
    act(world, add_visit, seen(case, visited_on=last))
    assert [v.cycle for v in children.of_case(world.session, visit, case)] == [1, 1, 1]


def test_a_supervisor_waives_visits_of_this_cycle(world: World) -> None:
    case = at(world, "monitoring")
    waive = WaiveVisits(case=case, reason="Klien pindah, dipantau kota tujuan.")
    refused(world, Forbidden, waive_visits, waive)
    refused(world, InvalidInput, waive_visits, WaiveVisits(case=case), by="sari")
    refused(world, Refused, waive_visits, WaiveVisits(case=at(world, "evaluation"), reason="x"), by="sari")
    act(world, waive_visits, waive, by="sari")
    assert (row_of(world, case).visits_waived, "visit" in owed(world, case)) == (True, False)
    record(world, case, "monitoring", {"last_situation": "x", "treatment_goes_on": "finished", "contact_after": "x"})
    take(world, case, "close_case", details={"outcome": "handed_over"})


# --- consents --------------------------------------------------------------------------------------------------------


def agrees(case: str, **more: Any) -> AddConsent:  # noqa: ANN401 - of AddConsent
    return AddConsent(**{"case": case, "purpose": "plan", "relation": "self", "giver": "Aminah", **more})


@pytest.mark.parametrize("state", STATES)
def test_a_consent_is_recorded_while_the_case_is_open(world: World, state: str) -> None:
    case = at(world, state)
    if state == "closed":
        refused(world, Refused, add_consent, agrees(case))
        return
    before = len(children.of_case(world.session, consent, case))
    done = act(world, add_consent, agrees(case, evidence="Formulir 4"))
    rows = children.of_case(world.session, consent, case)
    words = children.words(world.session, consent, row_of(world, case).subject_id, rows[-1])
    assert (len(rows), rows[-1].id) == (before + 1, done.created_id)
    assert words == {"giver": "Aminah", "evidence": "Formulir 4"}


@pytest.mark.parametrize(("by", "error"), [("sari", Forbidden), ("audit", Forbidden), ("luar", NotFound)])
def test_a_consent_is_not_recorded_by_others(world: World, by: str, error: type[Forbidden]) -> None:
    case = at(world, "assessment")
    given = str(act(world, add_consent, agrees(case)).created_id)
    refused(world, error, add_consent, agrees(case), by=by)
    refused(world, error, withdraw_consent, WithdrawConsent(case=case, consent=given), by=by)


def test_an_intake_officer_records_a_consent_while_collecting_data(world: World) -> None:
    case = opened(world, by="intan")
    act(world, add_consent, agrees(case, purpose="data"), by="intan")


def test_all_that_is_wrong_with_a_consent_is_said_at_once(world: World) -> None:
    case = at(world, "assessment")
    wrong = agrees(case, purpose="fun", relation="boss", giver=" ", addressee="x" * 201)
    problems = refused(world, InvalidInput, add_consent, wrong).data["problems"]
    assert set(problems) == {"purpose", "relation", "giver", "addressee"}
    tomorrow = agrees(case, given_on=world.today + timedelta(days=1))
    assert set(refused(world, InvalidInput, add_consent, tomorrow).data["problems"]) == {"given_on"}


def test_a_child_does_not_consent_for_itself(world: World) -> None:
    case = at(world, "assessment", "AT")
    assert set(refused(world, InvalidInput, add_consent, agrees(case)).data["problems"]) == {"relation"}


def test_a_consent_is_taken_back_once_and_not_before_it_was_given(world: World) -> None:
    case = at(world, "assessment")
    given = str(act(world, add_consent, agrees(case)).created_id)
    early = WithdrawConsent(case=case, consent=given, withdrawn_on=world.today - timedelta(days=1))
    refused(world, InvalidInput, withdraw_consent, early)
    act(world, withdraw_consent, WithdrawConsent(case=case, consent=given, reason="Berubah pikiran."))
    refused(world, Refused, withdraw_consent, WithdrawConsent(case=case, consent=given))
    for wrong in (NOBODY, "x"):
        refused(world, NotFound, withdraw_consent, WithdrawConsent(case=case, consent=wrong))


# --- the version that was seen ---------------------------------------------------------------------------------------


def test_all_of_these_need_the_version_that_was_seen(world: World) -> None:
    child, running = placed(world)
    case, sent = referred(world)
    given = str(act(world, add_consent, agrees(case)).created_id)
    stale: dict[str, Any] = {"expected_version": 1}
    for action, command in (
        (start_placement, with_kin(child, **stale)),
        (review_placement, ReviewPlacement(case=child, placement=running, finding="x", **stale)),
        (end_placement, EndPlacement(case=child, placement=running, reason="x", **stale)),
        (add_referral, to(world, case, **stale)),
        (answer_referral, AnswerReferral(case=case, referral=sent, status="done", **stale)),
        (withdraw_referral, WithdrawReferral(case=case, referral=sent, reason="x", **stale)),
        (add_visit, seen(case, **stale)),
        (waive_visits, WaiveVisits(case=case, reason="x", **stale)),
        (add_consent, agrees(case, **stale)),
        (withdraw_consent, WithdrawConsent(case=case, consent=given, **stale)),
    ):
        refused(world, VersionConflict, action, command, by="sari" if action is waive_visits else "rina")
