"""The night before a holiday: help does not wait for a signature, and what is owed for it is asked for afterwards."""

from datetime import UTC, date, timedelta

from caseflow.actions import admin, consents, obligations
from caseflow.actions.reviews import DecideReview, grant_review
from caseflow.actions.steps import advance_case
from caseflow.errors import Forbidden, ReviewVoided, SelfApproval, StepRefused
from caseflow.states.deadlines import is_working_day
from caseflow.store import letters, offices
from tests.world import (
    REGENCY,
    World,
    act,
    advance,
    answers,
    approved,
    bring,
    broken,
    clock,
    codes,
    complete,
    consent,
    days_later,
    item,
    opened,
    owed,
    ready_plan,
    record,
    refused,
    row_of,
    settle,
    state_of,
    take,
    told,
    unmet,
)

NIGHT = clock(2026, 4, 30, 22)  # a Thursday; Friday is Labour Day, then the weekend
DEBT = {"emergency_assessment_is_written", "emergency_plan_is_written", "emergency_is_ratified"}


def waiting(world: World) -> tuple[str, str]:
    """Return a case whose plan waits for approval on the evening before a holiday, and the review."""
    world.now = clock(2026, 4, 27)
    case = opened(world)
    record(
        world,
        case,
        "data_collection",
        answers(world, "FM", "data_collection", treatment_needed=True, health_need="rawat inap"),
    )
    take(world, case, "submit_for_assessment")
    bring(world, case, "intervention_plan")
    ready_plan(world, case)
    world.now = clock(2026, 4, 30, 15)
    review = take(world, case, "approve_plan").review_id
    assert review is not None
    return case, review


def test_the_evening_is_one_before_a_long_weekend(world: World) -> None:
    calendar = offices.calendar(world.session, row_of(world, opened(world)).office_id)
    days = [NIGHT.date() + timedelta(days=n) for n in range(5)]
    assert [is_working_day(day, calendar) for day in days] == [True, False, False, False, True]


def test_help_does_not_wait_for_a_signature(world: World) -> None:
    case, review = waiting(world)
    world.now = NIGHT
    record(world, case, "assessment", {"risk": "high"})
    done = take(world, case, "emergency_intervention", note="Tidak sadar, dibawa ke RSUD.")
    taken = world.now

    assert (done.state, done.review_id) == ("intervention", None), "the caseworker alone"
    assert [row.kind for row in letters.of_case(world.session, case)] == ["rjk-rs"], "its letter goes out with it"
    refused(world, ReviewVoided, grant_review, DecideReview(review=review), by="sari")
    debt = owed(world, case)["emergency_debt"]
    assert debt.due_at == taken.astimezone(UTC) + timedelta(hours=72), "hours run through the holiday"
    for supervisor in ("sari", "bambang"):
        (message,) = told(world, supervisor, "emergency_debt", case=case)
        assert (message.created_at, message.data["phase"]) == (taken, "new"), "now, not on Monday morning"
    assert told(world, "rina", "emergency_debt", case=case) == []

    error = refused(world, StepRefused, advance_case, advance(case, "complete_intervention"))
    assert unmet(error) == ["every_action_is_settled", "every_referral_is_answered", "emergency_is_ratified"], (
        "assessment and plan were written before that night"
    )
    assert not broken(world)


def test_what_the_night_left_undone_is_named_and_can_be_paid(world: World) -> None:
    """The same night, for somebody nobody has assessed yet."""
    world.now = NIGHT
    case = opened(world, by="intan")
    said = answers(world, "FM", "data_collection", treatment_needed=True, health_need="operasi", risk="high")
    record(world, case, "data_collection", said, by="intan")
    refused(world, Forbidden, advance_case, advance(case, "emergency_intervention"), by="intan")
    take(world, case, "emergency_intervention")

    error = refused(world, StepRefused, advance_case, advance(case, "complete_intervention"))
    assert set(unmet(error)) >= DEBT
    for words in ("Asesmen setelah", "Rencana intervensi setelah", "Tindakan darurat sudah disahkan supervisor"):
        assert words in str(error)
    refused(world, StepRefused, advance_case, advance(case, "ratify_emergency"))

    world.now = clock(2026, 5, 2, 10)
    complete(world, case, "assessment", risk="high", needs_treatment=True, illness_class="emergency", emergency=True)
    assert unmet(refused(world, StepRefused, advance_case, advance(case, "ratify_emergency"))) == [
        "emergency_plan_is_written"
    ]
    complete(world, case, "intervention_plan", payment_path="relief")
    item(world, case, intervention="RUJUKAN-RS", goal="Dirawat sampai pulih")
    consent(world, case, "plan")
    review = take(world, case, "ratify_emergency").review_id
    refused(world, Forbidden, grant_review, DecideReview(review=str(review)), by="rina")
    act(world, grant_review, DecideReview(review=str(review), reason="Tepat."), by="sari")
    row = row_of(world, case)
    assert (row.emergency_ratified, row.emergency_paid) == (True, True)
    assert "emergency_debt" not in owed(world, case)
    assert codes(world, case)[-3:] == ["case:review:granted", "case:step:taken", "case:emergency:paid"]

    settle(world, case)
    error = refused(world, StepRefused, advance_case, advance(case, "complete_intervention"))
    assert unmet(error) == ["every_referral_is_answered"], "only the hospital's answer is still out"
    assert not broken(world)


def test_a_debt_that_is_not_paid_climbs_day_and_night(world: World) -> None:
    world.now = NIGHT
    case = opened(world)
    complete(world, case, "data_collection", risk="high")
    take(world, case, "emergency_intervention")
    taken = world.now
    heard: list[tuple[int, str, str]] = []
    for hours in (24, 48, 72, 96):
        world.now = taken + timedelta(hours=hours)
        obligations.sweep(world.session, at=world.now)
        heard += [
            (hours, name, message.data["phase"])
            for name in world.office.ids
            for message in told(world, name, "emergency_debt", case=case)
            if message.created_at == world.now
        ]
    late = [(72, name, "late") for name in ("bambang", "kadis", "sari")]
    assert sorted(heard) == [(48, "rina", "before"), *late]


def also(world: World, name: str, role: str) -> None:
    """Give somebody one more role."""
    person = world.office.ids[name]
    admin.grant_role(world.session, person, role, REGENCY, date(2025, 1, 1), None, by=admin.ROOT, at=world.now)


def test_the_debt_is_not_ratified_by_who_wrote_the_plan(world: World) -> None:
    world.now = NIGHT
    case = opened(world)
    complete(world, case, "data_collection", risk="high")
    take(world, case, "emergency_intervention")
    complete(world, case, "assessment", risk="high")
    ready_plan(world, case)
    review = str(take(world, case, "ratify_emergency").review_id)
    refused(world, Forbidden, grant_review, DecideReview(review=review), by="budi")
    also(world, "budi", "supervisor")
    item(world, case, by="budi")
    review = str(take(world, case, "ratify_emergency").review_id)
    refused(world, SelfApproval, grant_review, DecideReview(review=review), by="budi")
    act(world, grant_review, DecideReview(review=review), by="kadis")


def test_a_consent_taken_back_makes_the_debt_whole_again(world: World) -> None:
    world.now = NIGHT
    case = opened(world)
    complete(world, case, "data_collection", risk="high")
    take(world, case, "emergency_intervention")
    complete(world, case, "assessment", risk="high")
    complete(world, case, "intervention_plan")
    item(world, case)
    agreed = consent(world, case, "plan")
    act(world, consents.withdraw_consent, consents.WithdrawConsent(case=case, consent=agreed))
    error = refused(world, StepRefused, advance_case, advance(case, "ratify_emergency"))
    assert unmet(error) == ["emergency_plan_is_written"]


def test_a_second_emergency_owes_again(world: World) -> None:
    world.now = NIGHT
    case = opened(world)
    complete(world, case, "data_collection", risk="high")
    take(world, case, "emergency_intervention")
    complete(world, case, "assessment", risk="high")
    ready_plan(world, case)
    approved(world, case, "ratify_emergency")
    bring(world, case, "evaluation")
    days_later(world, 5)
    take(world, case, "emergency_intervention")
    taken = world.now
    row = row_of(world, case)
    assert (row.emergency_ratified, row.emergency_paid, state_of(world, case)) == (False, False, "intervention")
    error = refused(world, StepRefused, advance_case, advance(case, "complete_intervention"))
    assert unmet(error) == ["emergency_is_ratified"]
    assert owed(world, case)["emergency_debt"].due_at == taken.astimezone(UTC) + timedelta(hours=72)
