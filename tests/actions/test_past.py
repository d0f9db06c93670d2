"""A case as the log knew it: folds over its entries equal what is stored, that day is what it was, erased is said."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from caseflow.actions import consents, letter_files, letters, past, plan, referrals, visits
from caseflow.actions.past import Past
from caseflow.errors import InvalidInput, NotFound
from caseflow.states.fold import SAID
from caseflow.store import log, subjects
from caseflow.store.tables import case_file, plan_item, referral
from tests.hung import NAMED, TABLES, folded, stored
from tests.world import (
    World,
    act,
    at,
    bring,
    complete,
    days_later,
    may_tell,
    opened,
    record,
    row_of,
    take,
    viewer,
)
from tests.world import consent as consented


def then(world: World, case: str, day: date, by: str = "rina") -> Past:
    return past.case_as_of(world.session, case, day, by=viewer(world, by), at=world.now)


def kinds(shown: Past) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for thing in shown.things:
        found.setdefault(thing.kind, []).append(thing.status)
    return found


# --- folds equal what is stored --------------------------------------------------------------------------------------


def test_folding_every_case_equals_what_is_stored(world: World) -> None:
    for category in ("AT", "FM"):
        for state in ("intervention", "monitoring", "closed"):
            at(world, state, category)
    every = world.session.execute(select(case_file.c.id)).scalars().all()
    assert len(every) > 10
    for case in every:
        assert folded(world, case) == stored(world, case), row_of(world, case).state
    hung = {thing[0] for case in every for thing in stored(world, case).values()}
    assert hung >= {"plan_item", "consent", "visit", "review"}


def test_whatever_happens_to_a_thing_is_in_the_fold(world: World) -> None:
    """Referrals with and without a letter, answers, withdrawals, a voided letter, a placement, a second cycle."""
    case = at(world, "intervention", "FM")
    session, institutions = world.session, world.office.institutions

    def equal() -> None:
        assert folded(world, case) == stored(world, case)

    may_tell(world, case)
    equal()
    sent = act(
        world, referrals.add_referral, referrals.AddReferral(case=case, institution=institutions["charity"], need="x")
    )
    equal()
    act(
        world,
        referrals.answer_referral,
        referrals.AnswerReferral(case=case, referral=sent.created_id, status="accepted"),
    )
    act(world, referrals.answer_referral, referrals.AnswerReferral(case=case, referral=sent.created_id, status="done"))
    again = act(
        world, referrals.add_referral, referrals.AddReferral(case=case, institution=institutions["charity"], need="y")
    )
    withdraw = referrals.WithdrawReferral(case=case, referral=again.created_id, reason="x")
    act(world, referrals.withdraw_referral, withdraw, by="sari")
    equal()
    given = act(world, consents.add_consent, consents.AddConsent(case=case, purpose="plan", relation="self", giver="A"))
    act(world, consents.withdraw_consent, consents.WithdrawConsent(case=case, consent=given.created_id))
    act(world, visits.add_visit, visits.AddVisit(case=case, finding="x"))
    equal()
    items = [row.id for row in session.execute(select(plan_item).where(plan_item.c.case_id == case))]
    act(world, plan.cancel_item, plan.SettleItem(case=case, item=items[0], note="x"))
    equal()
    assert set(kinds(then(world, case, world.today))) >= {"referral", "consent", "visit", "plan_item", "review"}


def test_a_letter_and_the_referral_it_starts_are_in_the_fold(world: World) -> None:
    case = at(world, "assessment")
    record(world, case, "data_collection", {"treatment_needed": True, "health_need": "rawat inap"})
    consented(world, case, "health_service")
    first, second = (issued(world, case) for _twice in range(2))
    assert folded(world, case) == stored(world, case)
    assert letter_files.store_rendered(world.session, first, b"%PDF-1.7 made", "a" * 64, at=world.now)
    act(world, letters.mark_sent, letters.MarkSent(letter=first))
    asked = world.session.execute(select(referral.c.id).where(referral.c.letter_id == first)).scalar_one()
    act(world, referrals.answer_referral, referrals.AnswerReferral(case=case, referral=asked, status="accepted"))
    act(world, letters.void_letter, letters.VoidLetter(letter=second, reason="x"), by="sari")
    assert folded(world, case) == stored(world, case)
    found = {status for kind, status, _cycle, _result in stored(world, case).values() if kind == "letter"}
    assert found == {"answered", "void"}


def issued(world: World, case: str) -> str:
    return str(act(world, letters.issue_letter, letters.IssueLetter(case=case, letter="rjk-rs")).created_id)


def test_a_new_cycle_begins_with_a_plan_of_its_own(world: World) -> None:
    case = at(world, "closed", "FM")
    take(world, case, "reopen", by="sari")
    bring(world, case, "intervention")
    assert folded(world, case) == stored(world, case)
    cycles = {thing.cycle for thing in then(world, case, world.today).things if thing.kind == "plan_item"}
    assert cycles == {1, 2}


def test_every_code_of_the_fold_names_its_thing(world: World) -> None:
    assert {kind for kind, _key, _status in SAID.values()} == {NAMED.get(table.name, table.name) for table in TABLES}
    at(world, "closed", "AT")
    for row in world.session.execute(select(case_file.c.id)).scalars():
        for entry in log.entries_of(world.session, row):
            if entry.code in SAID:
                assert SAID[entry.code][1] in log.data_of(entry.data)


# --- a day in the past -----------------------------------------------------------------------------------------------


def test_a_day_shows_what_was_typed_until_then(world: World) -> None:
    case = opened(world)
    first = world.today
    days_later(world, 2)
    bring(world, case, "intervention")
    second = world.today
    days_later(world, 2)
    visit_made = act(world, visits.add_visit, visits.AddVisit(case=case, finding="Membaik."))
    on_first, on_second, today = (then(world, case, day) for day in (first, second, world.today))
    assert (on_first.state, on_first.things, dict(on_first.records)) == ("data_collection", (), {})
    assert (on_second.state, "visit" in kinds(on_second)) == ("intervention", False)
    assert kinds(on_second)["plan_item"] == ["approved"]
    assert kinds(on_second)["review"] == ["granted"]
    (seen,) = [thing for thing in today.things if thing.kind == "visit"]
    assert (seen.id, seen.on, seen.words) == (visit_made.created_id, world.today, seen.words)
    assert "Membaik." in str(seen.words)
    assert then(world, case, first + timedelta(days=1)) == replace(on_first, day=first + timedelta(days=1))
    for wrong in (first - timedelta(days=1), world.today + timedelta(days=1)):
        with pytest.raises(InvalidInput):
            then(world, case, wrong)
    world.now += timedelta(days=8 * 366)
    assert then(world, case, first).state == on_first.state


def test_an_answer_changed_later_is_shown_as_it_was(world: World) -> None:
    case = opened(world)
    complete(world, case, "data_collection", situation="Sendiri.")
    take(world, case, "submit_for_assessment")
    first = world.today
    days_later(world, 1)
    take(world, case, "return_for_data")
    record(world, case, "data_collection", {"situation": "Bersama kakak."})
    take(world, case, "submit_for_assessment")
    said: list[Any] = [then(world, case, day).records["data_collection"] for day in (first, world.today)]
    assert [each["situation"] for each in said] == ["Sendiri.", "Bersama kakak."]


def test_what_was_erased_is_said_to_be(world: World) -> None:
    case = at(world, "closed", "FM")
    before = then(world, case, world.today, "sari")
    assert any(thing.words for thing in before.things)
    subjects.erase(world.session, row_of(world, case).subject_id, at=world.now)
    world.session.subject_keys.clear()
    after = then(world, case, world.today, "sari")
    assert (after.state, after.outcome, kinds(after)) == (before.state, before.outcome, kinds(before))
    assert set(after.records.values()) == {None}
    assert {thing.words for thing in after.things} == {None}


def test_who_only_follows_a_case_sees_where_it_stood(world: World) -> None:
    case = opened(world, by="intan")
    bring(world, case, "intervention")
    shown = then(world, case, world.today, "intan")
    assert (shown.state, shown.things) == ("intervention", ())
    assert set(shown.records) == {"data_collection"}
    with pytest.raises(NotFound):
        then(world, case, world.today, "luar")
