"""A second person decides: never who asked nor who wrote it, never on changed facts, and only once."""

from datetime import date, datetime, timedelta

import pytest

from caseflow.actions import admin, cases, consents, offices, plan, steps
from caseflow.actions.reviews import DecideReview, grant_review, refuse_review, withdraw_review
from caseflow.errors import (
    Forbidden,
    InvalidInput,
    NotFound,
    OnHold,
    ReviewClosed,
    ReviewVoided,
    SelfApproval,
    StepRefused,
    VersionConflict,
)
from caseflow.store import log
from caseflow.store import reviews as rows
from tests.world import (
    REGENCY,
    WITA,
    World,
    act,
    approved,
    at,
    broken,
    codes,
    complete,
    consent,
    grant,
    item,
    items_of,
    owed,
    ready_plan,
    record,
    refused,
    row_of,
    state_of,
    take,
    told,
    unmet,
)


def asked(world: World, *, by: str = "rina") -> tuple[str, str]:
    """Return a case whose plan waits for approval, and the review."""
    case = at(world, "intervention_plan")
    ready_plan(world, case)
    review = take(world, case, "approve_plan", by=by).review_id
    assert review is not None
    return case, review


def decision(review: str, reason: str = "Sudah diperiksa.", version: int | None = None) -> DecideReview:
    return DecideReview(review=review, reason=reason, expected_version=version)


def also(world: World, name: str, role: str, area: str = REGENCY) -> None:
    """Give somebody one more role."""
    admin.grant_role(
        world.session, world.office.ids[name], role, area, date(2025, 1, 1), None, by=admin.ROOT, at=world.now
    )


def stands_in(world: World, deputy: str, absent: str) -> None:
    """Let somebody stand in for an absent colleague this week."""
    until = world.today + timedelta(days=7)
    admin.add_stand_in(world.session, absent, deputy, world.today, until, by=admin.ROOT, at=world.now)


# --- who decides -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["sari", "bambang", "kadis"])
def test_a_supervisor_or_the_head_approves(world: World, by: str) -> None:
    case, review = asked(world)
    done = grant(world, review, by=by)
    assert (done.state, state_of(world, case)) == ("intervention", "intervention")
    assert codes(world, case)[-2:] == ["case:review:granted", "case:step:taken"]
    assert [message.kind for message in told(world, "rina", case=case)][-1] == "review_granted"
    assert "review" not in owed(world, case)
    assert not broken(world)


@pytest.mark.parametrize(
    ("by", "error"),
    [
        ("budi", Forbidden),
        ("audit", Forbidden),
        ("rina", Forbidden),
        ("intan", NotFound),
        ("luarsup", NotFound),
        ("mitra", NotFound),
        ("admin", NotFound),
    ],
)
@pytest.mark.parametrize("decide", [grant_review, refuse_review])
def test_nobody_else_decides(world: World, by: str, error: type[Forbidden], decide: object) -> None:
    _case, review = asked(world)
    assert callable(decide)
    refused(world, error, decide, decision(review), by=by)


def test_nobody_approves_what_they_asked_for(world: World) -> None:
    also(world, "rina", "supervisor")
    _case, review = asked(world)
    refused(world, SelfApproval, grant_review, decision(review), by="rina")
    refused(world, SelfApproval, refuse_review, decision(review), by="rina")
    grant(world, review, by="sari")


def test_nobody_approves_a_plan_they_wrote(world: World) -> None:
    also(world, "sari", "caseworker")
    case = at(world, "intervention_plan")
    item(world, case, by="sari")
    complete(world, case, "intervention_plan", by="rina")
    consent(world, case, "plan")
    review = str(take(world, case, "approve_plan").review_id)
    refused(world, SelfApproval, grant_review, decision(review), by="sari")
    grant(world, review, by="bambang")


def test_an_author_stays_one_when_somebody_else_changes_the_item(world: World) -> None:
    also(world, "sari", "caseworker")
    case = at(world, "intervention_plan")
    planned = item(world, case, by="sari")
    change = plan.ChangeItem(case=case, item=planned, due=world.today + timedelta(days=10))
    act(world, plan.change_item, change, by="rina")
    complete(world, case, "intervention_plan")
    consent(world, case, "plan")
    review = str(take(world, case, "approve_plan").review_id)
    refused(world, SelfApproval, grant_review, decision(review), by="sari")


def test_who_wrote_only_what_was_cancelled_is_no_author(world: World) -> None:
    also(world, "sari", "caseworker")
    case = at(world, "intervention_plan")
    cancel = plan.SettleItem(case=case, item=item(world, case, by="sari"), note="Keliru kasus.")
    act(world, plan.cancel_item, cancel, by="sari")
    ready_plan(world, case)
    review = str(take(world, case, "approve_plan").review_id)
    grant(world, review, by="sari")


def test_nobody_approves_a_form_they_filled_in(world: World) -> None:
    also(world, "sari", "caseworker")
    case = at(world, "intervention_plan")
    complete(world, case, "intervention_plan", by="sari")
    item(world, case)
    consent(world, case, "plan")
    review = str(take(world, case, "approve_plan").review_id)
    refused(world, SelfApproval, grant_review, decision(review), by="sari")


@pytest.mark.parametrize("absent", ["sari", "kadis"])
def test_a_stand_in_approves(world: World, absent: str) -> None:
    stands_in(world, "budi", absent)
    _case, review = asked(world)
    grant(world, review, by="budi")


def test_a_stand_in_does_not_approve_for_who_asked(world: World) -> None:
    stands_in(world, "budi", "sari")
    case = at(world, "intervention")
    details = {"reason_code": "moved"}
    review = str(take(world, case, "terminate", by="sari", details=details).review_id)
    refused(world, SelfApproval, grant_review, decision(review), by="budi")
    grant(world, review, by="bambang")


def test_a_stand_in_does_not_approve_for_an_author(world: World) -> None:
    also(world, "sari", "caseworker")
    stands_in(world, "budi", "sari")
    case = at(world, "intervention_plan")
    item(world, case, by="sari")
    complete(world, case, "intervention_plan")
    consent(world, case, "plan")
    review = str(take(world, case, "approve_plan").review_id)
    refused(world, SelfApproval, grant_review, decision(review), by="budi")


def test_who_stands_in_for_a_supervisor_does_not_approve_the_own_request(world: World) -> None:
    stands_in(world, "rina", "sari")
    _case, review = asked(world)
    refused(world, SelfApproval, grant_review, decision(review), by="rina")


def test_a_role_held_elsewhere_frees_nobody(world: World) -> None:
    """A head of another regency stands in here for the very supervisor who asked."""
    also(world, "luarsup", "head", "6302")
    stands_in(world, "luarsup", "sari")
    case = at(world, "intervention")
    review = str(take(world, case, "terminate", by="sari", details={"reason_code": "moved"}).review_id)
    refused(world, SelfApproval, grant_review, decision(review), by="luarsup")


def test_a_stand_in_ends(world: World) -> None:
    stands_in(world, "budi", "sari")
    _case, review = asked(world)
    world.now += timedelta(days=8)
    refused(world, Forbidden, grant_review, decision(review), by="budi")


def test_the_request_goes_to_who_may_grant_it(world: World) -> None:
    case, _review = asked(world)
    assert {name for name in world.office.ids if told(world, name, "review_asked", case=case)} == {"sari", "bambang"}
    other = at(world, "intervention")
    take(world, other, "terminate", by="sari", details={"reason_code": "moved"})
    asked_about = {name: len(told(world, name, "review_asked", case=other)) for name in ("sari", "bambang")}
    assert asked_about == {"sari": 1, "bambang": 2}, "about its plan, and only one of them about the ending"


# --- on what ---------------------------------------------------------------------------------------------------------


def test_a_changed_plan_voids_the_request(world: World) -> None:
    case, review = asked(world)
    planned = items_of(world, case)[0].id
    act(world, plan.change_item, plan.ChangeItem(case=case, item=planned, goal="Tujuan lain"))
    found = rows.by_id(world.session, review)
    assert found is not None
    assert found.state == "void"
    assert codes(world, case)[-1] == "case:review:voided"
    assert [message.kind for message in told(world, "rina", case=case)][-1] == "review_voided"
    assert "review" not in owed(world, case)
    refused(world, ReviewVoided, grant_review, decision(review), by="sari")
    approved(world, case, "approve_plan")


def test_a_draft_of_what_is_approved_voids_the_request(world: World) -> None:
    case, review = asked(world)
    record(world, case, "intervention_plan", {"companion": "Tetangga", "payment_path": "covered"})
    refused(world, ReviewVoided, grant_review, decision(review), by="sari")
    assert state_of(world, case) == "intervention_plan"


def test_a_draft_that_changes_nothing_voids_nothing(world: World) -> None:
    case, review = asked(world)
    record(world, case, "intervention_plan", {"payment_path": "not_needed"})
    grant(world, review)
    assert state_of(world, case) == "intervention"


def test_an_empty_form_voids_nothing(world: World) -> None:
    case, review = asked(world)
    record(world, case, "evaluation", {})
    record(world, case, "monitoring", {"contact_after": None})
    grant(world, review)
    assert state_of(world, case) == "intervention"


def test_a_consent_taken_back_voids_the_request(world: World) -> None:
    case = at(world, "intervention_plan")
    complete(world, case, "intervention_plan")
    item(world, case)
    agreed = consent(world, case, "plan")
    review = str(take(world, case, "approve_plan").review_id)
    act(world, consents.withdraw_consent, consents.WithdrawConsent(case=case, consent=agreed))
    refused(world, ReviewVoided, grant_review, decision(review), by="sari")
    error = refused(world, StepRefused, steps.advance_case, steps.AdvanceCase(case=case, step="approve_plan"))
    assert unmet(error) == ["client_agreed_to_the_plan"]


def test_an_emergency_overtakes_a_plan_that_waits(world: World) -> None:
    case, review = asked(world)
    record(world, case, "assessment", {"risk": "high"})
    take(world, case, "emergency_intervention")
    refused(world, ReviewVoided, grant_review, decision(review), by="sari")


def test_an_assignment_voids_nothing(world: World) -> None:
    case, review = asked(world)
    assign = cases.AssignCase(case=case, assignee=world.office.ids["budi"])
    act(world, cases.assign_case, assign, by="sari")
    grant(world, review)


# --- how it ends -----------------------------------------------------------------------------------------------------


def test_a_refusal_says_why(world: World) -> None:
    case, review = asked(world)
    assert set(refused(world, InvalidInput, refuse_review, decision(review, " "), by="sari").data["problems"]) == {
        "reason"
    }
    act(world, refuse_review, decision(review, "Anggaran belum ada."), by="sari")
    assert (state_of(world, case), codes(world, case)[-1]) == ("intervention_plan", "case:review:refused")
    assert [message.kind for message in told(world, "rina", case=case)][-1] == "review_refused"
    assert "review" not in owed(world, case)


def test_who_asked_takes_it_back_and_nobody_else(world: World) -> None:
    case, review = asked(world)
    refused(world, NotFound, withdraw_review, decision(review), by="budi")
    refused(world, NotFound, withdraw_review, decision(review), by="sari")
    act(world, withdraw_review, decision(review))
    assert codes(world, case)[-1] == "case:review:withdrawn"
    approved(world, case, "approve_plan")


@pytest.mark.parametrize("first", [grant_review, refuse_review])
@pytest.mark.parametrize("second", [grant_review, refuse_review, withdraw_review])
def test_a_review_is_decided_once(world: World, first: object, second: object) -> None:
    _case, review = asked(world)
    assert callable(first)
    assert callable(second)
    act(world, first, decision(review), by="sari")
    refused(world, ReviewClosed, second, decision(review), by="rina" if second is withdraw_review else "bambang")


@pytest.mark.parametrize("review", ["019c1bde-00e0-7cdd-ba2a-f5c6d5ebbaba", "", "x", "6310-2026-000001"])
@pytest.mark.parametrize("decide", [grant_review, refuse_review, withdraw_review])
def test_an_unknown_review_is_not_there(world: World, review: str, decide: object) -> None:
    assert callable(decide)
    refused(world, NotFound, decide, decision(review), by="sari")


def test_a_decision_needs_the_version_that_was_seen(world: World) -> None:
    case, review = asked(world)
    seen = row_of(world, case).version
    refused(world, VersionConflict, grant_review, decision(review, version=seen - 1), by="sari")
    act(world, grant_review, decision(review, version=seen), by="sari")


def test_a_held_case_waits_with_its_approval(world: World) -> None:
    case, review = asked(world)
    hold = cases.HoldCase(case=case, until=world.today + timedelta(days=5), reason="Keluarga ke luar kota.")
    act(world, cases.hold_case, hold)
    refused(world, OnHold, grant_review, decision(review), by="sari")
    act(world, refuse_review, decision(review), by="sari")


def test_two_requests_wait_side_by_side(world: World) -> None:
    case, review = asked(world)
    other = str(take(world, case, "terminate", details={"reason_code": "moved"}).review_id)
    assert len(rows.pending_of(world.session, case)) == 2
    grant(world, other)
    refused(world, ReviewVoided, grant_review, decision(review), by="sari")
    assert state_of(world, case) == "closed"


# --- its deadline ----------------------------------------------------------------------------------------------------


def due(world: World, review: str) -> datetime:
    row = rows.by_id(world.session, review)
    assert row is not None
    found: datetime = row.due_at
    return found


def test_a_changed_holiday_moves_the_deadline_of_what_waits_on_record(world: World) -> None:
    case, review = asked(world)
    before, version = due(world, review), row_of(world, case).version
    day = before.astimezone(WITA).date()
    offices.set_day(world.session, REGENCY, day, works=False, name="Hari jadi", by=admin.ROOT, at=world.now)
    assert owed(world, case)["review"].due_at == due(world, review) > before
    entry = log.entries_of(world.session, case)[-1]
    said = log.data_of(entry.data)
    assert (entry.code, said["review"], said["step"]) == ("case:review:moved", review, "approve_plan")
    assert (said["due_from"], said["due_to"]) == (before.isoformat(), due(world, review).isoformat())
    assert row_of(world, case).version == version, "what people saw is still what they may answer"
    offices.set_day(world.session, REGENCY, day, works=False, name="Hari jadi", by=admin.ROOT, at=world.now)
    assert codes(world, case).count("case:review:moved") == 1, "nothing moved again"
    assert not broken(world)
    grant(world, review)


def test_the_deadline_of_what_waits_follows_a_pause(world: World) -> None:
    case, review = asked(world)
    until = world.today + timedelta(days=6)
    act(world, cases.hold_case, cases.HoldCase(case=case, until=until, reason="Klien di luar kota."), by="sari")
    before = due(world, review)
    world.now += timedelta(days=5)
    act(world, cases.resume_case, cases.ResumeCase(case=case, reason="Kembali."), by="sari")
    assert owed(world, case)["review"].due_at == due(world, review) > before
    assert not broken(world)
