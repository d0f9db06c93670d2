"""A pause has a reason and an end: it stops reminders and everything but resuming, ending and an emergency."""

from datetime import timedelta

import pytest

from caseflow.access import SYSTEM
from caseflow.actions import cases, consents, obligations, plan, referrals, visits
from caseflow.actions.cases import HoldCase, ResumeCase, hold_case, resume_case
from caseflow.actions.steps import advance_case
from caseflow.errors import Forbidden, InvalidInput, NotFound, OnHold, Refused, VersionConflict
from caseflow.i18n import format_date
from tests.world import (
    World,
    act,
    advance,
    approved,
    at,
    broken,
    codes,
    consent,
    days_later,
    items_of,
    opened,
    owed,
    record,
    refused,
    row_of,
    state_of,
    take,
    told,
)


def hold(world: World, case: str, days: int = 10, reason: str = "Keluarga ke luar kota.") -> HoldCase:
    return HoldCase(case=case, until=world.today + timedelta(days=days), reason=reason)


def held(world: World, state: str = "intervention") -> str:
    """Return a case on hold for ten days."""
    case = at(world, state)
    act(world, hold_case, hold(world, case))
    return case


@pytest.mark.parametrize("by", ["rina", "sari"])
def test_a_case_is_paused_and_goes_on(world: World, by: str) -> None:
    case = at(world, "intervention")
    due = owed(world, case)["state_deadline"].due_at
    act(world, hold_case, hold(world, case), by=by)
    assert row_of(world, case).held_until == world.today + timedelta(days=10)
    assert codes(world, case)[-1] == "case:held"
    assert owed(world, case)["state_deadline"].paused_at == world.now
    assert owed(world, case)["hold_end"].due_at.date() == row_of(world, case).held_until
    days_later(world, 4)
    act(world, resume_case, ResumeCase(case=case, reason="Sudah pulang."), by=by)
    assert (row_of(world, case).held_until, codes(world, case)[-1]) == (None, "case:resumed")
    assert owed(world, case).keys() == {"state_deadline"}
    assert owed(world, case)["state_deadline"].due_at == due + timedelta(days=4)
    assert not broken(world)


@pytest.mark.parametrize(("by", "error"), [("kadis", Forbidden), ("audit", Forbidden), ("luarsup", NotFound)])
def test_nobody_else_pauses_or_resumes(world: World, by: str, error: type[Forbidden]) -> None:
    case = at(world, "intervention")
    refused(world, error, hold_case, hold(world, case), by=by)
    act(world, hold_case, hold(world, case))
    refused(world, error, resume_case, ResumeCase(case=case), by=by)


def test_a_case_at_high_risk_is_not_paused(world: World) -> None:
    case = at(world, "intervention")
    record(world, case, "assessment", {"risk": "high"})
    assert "berisiko tinggi" in str(refused(world, Refused, hold_case, hold(world, case)))


def test_a_pause_ends_when_the_risk_becomes_high(world: World) -> None:
    case = held(world)
    record(world, case, "assessment", {"risk": "high"})
    assert row_of(world, case).held_until is None
    assert codes(world, case)[-1] == "case:resumed"
    assert owed(world, case).keys() == {"state_deadline"}
    assert owed(world, case)["state_deadline"].paused_at is None


@pytest.mark.parametrize("days", [-1, 0, 91])
def test_a_pause_ends_after_today_and_within_what_the_category_allows(world: World, days: int) -> None:
    case = at(world, "intervention")
    assert set(refused(world, InvalidInput, hold_case, hold(world, case, days)).data["problems"]) == {"until"}
    act(world, hold_case, hold(world, case, 90))


def test_a_pause_has_a_reason(world: World) -> None:
    case = at(world, "intervention")
    refused(world, InvalidInput, hold_case, hold(world, case, reason="  "))


def test_a_closed_case_and_a_paused_one_are_not_paused(world: World) -> None:
    refused(world, Refused, hold_case, hold(world, at(world, "closed")))
    refused(world, OnHold, hold_case, hold(world, held(world)))


def test_only_a_paused_case_is_resumed(world: World) -> None:
    refused(world, Refused, resume_case, ResumeCase(case=at(world, "intervention")))


def test_a_pause_needs_the_version_that_was_seen(world: World) -> None:
    case = at(world, "intervention")
    seen = row_of(world, case).version
    command = HoldCase(case=case, until=world.today + timedelta(days=2), reason="x", expected_version=seen - 1)
    refused(world, VersionConflict, hold_case, command)


def test_what_waits_during_a_pause(world: World) -> None:
    case = held(world)
    item = items_of(world, case)[0].id
    for action, command in (
        (advance_case, advance(case, "complete_intervention")),
        (plan.finish_item, plan.SettleItem(case=case, item=item)),
        (visits.add_visit, visits.AddVisit(case=case, finding="x")),
        (
            referrals.add_referral,
            referrals.AddReferral(case=case, institution=world.office.institutions["charity"], need="x"),
        ),
    ):
        error = refused(world, OnHold, action, command)
        until = row_of(world, case).held_until
        assert until is not None
        assert format_date(until, "id") in str(error)


def test_what_goes_on_during_a_pause(world: World) -> None:
    case = held(world)
    record(world, case, "intervention", {"notes": "Menelepon dari jauh."})
    agreed = consent(world, case, "referral", receiver="charity")
    act(world, consents.withdraw_consent, consents.WithdrawConsent(case=case, consent=agreed))
    act(world, cases.assign_case, cases.AssignCase(case=case, assignee=world.office.ids["budi"]), by="sari")
    assert row_of(world, case).assignee_id == world.office.ids["budi"]


def test_an_emergency_ends_the_pause(world: World) -> None:
    case = at(world, "assessment")
    act(world, hold_case, hold(world, case))
    record(world, case, "data_collection", {"risk": "high"})
    take(world, case, "emergency_intervention")
    assert (state_of(world, case), row_of(world, case).held_until) == ("intervention", None)
    assert owed(world, case).keys() == {"state_deadline", "emergency_debt"}
    assert not any(found.paused_at for found in owed(world, case).values())


def test_a_paused_case_may_be_ended(world: World) -> None:
    case = held(world)
    approved(world, case, "terminate", details={"reason_code": "moved"})
    assert (state_of(world, case), row_of(world, case).held_until, owed(world, case)) == ("closed", None, {})


def test_nobody_is_reminded_during_a_pause_but_of_its_end(world: World) -> None:
    case = opened(world)
    act(world, hold_case, hold(world, case, 20))
    for _day in range(20):
        days_later(world, 1)
        obligations.sweep(world.session, at=world.now)
    kinds = {message.kind for name in world.office.ids for message in told(world, name, case=case)}
    assert kinds == {"hold_end"}


def test_a_pause_ends_by_itself(world: World) -> None:
    case = held(world)
    days_later(world, 10)
    assert cases.ended_holds(world.session, at=world.now) == [], "its last day still counts"
    days_later(world, 1)
    assert cases.ended_holds(world.session, at=world.now) == [case]
    cases.resume_case(world.session, cases.ResumeCase(case=case), by=SYSTEM, at=world.now)
    assert row_of(world, case).held_until is None
    assert owed(world, case)["state_deadline"].paused_at is None
    assert not broken(world)
