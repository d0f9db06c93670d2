"""The access rule twice, as a function and as a filter: they agree on every viewer and case; absent is as invisible."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select, update

from caseflow import access
from caseflow.access import Grant, Viewer
from caseflow.actions import (
    cases,
    consents,
    letters,
    lines,
    people,
    placements,
    plan,
    records,
    referrals,
    steps,
    views,
    visits,
)
from caseflow.errors import NotFound
from caseflow.states.lifecycle import ROLES, STATES
from caseflow.store import cases as rows
from caseflow.store import scope
from caseflow.store.cases import Filter
from caseflow.store.tables import area, case_file, case_team
from tests.world import START, World, adult, advance, at, opened, refused, row_of, viewer

AREAS = ("63", "6310", "631001", "6310012001", "6310022001", "6302", "6302012001")
NAMES = ("intan", "rina", "budi", "sari", "audit", "luar")


@st.composite
def viewers(draw: st.DrawFn) -> tuple[str, tuple[Grant, ...]]:
    """Somebody with up to three roles, each somewhere."""
    one = st.builds(Grant, st.sampled_from([r for r in ROLES if r != "system"]), st.sampled_from(AREAS))
    return draw(st.sampled_from(NAMES)), tuple(draw(st.lists(one, max_size=3)))


@st.composite
def files(draw: st.DrawFn) -> dict[str, Any]:
    """What the rule looks at in a case."""
    return {
        "area_code": draw(st.sampled_from([a for a in AREAS if len(a) > 4])),
        "confidentiality": draw(st.sampled_from(("R1", "R2", "R3"))),
        "state": draw(st.sampled_from([s for s in STATES if s != "closed"])),
        "assignee": draw(st.sampled_from((None, *NAMES))),
        "opened_by": draw(st.sampled_from(NAMES)),
        "team": draw(st.sets(st.sampled_from(NAMES), max_size=3)),
    }


def test_rule_and_filter_agree(world: World) -> None:
    """Every example is put into the same row of the database and asked for both ways."""
    case = opened(world)
    ids = world.office.ids
    agreed: set[bool] = set()

    @settings(max_examples=150, suppress_health_check=list(HealthCheck))
    @given(who=viewers(), file=files())
    def agree(who: tuple[str, tuple[Grant, ...]], file: dict[str, Any]) -> None:
        team, assignee = file.pop("team"), file.pop("assignee")
        file |= {"opened_by": ids[file["opened_by"]], "assignee_id": ids[assignee] if assignee else None}
        world.session.execute(update(case_file).where(case_file.c.id == case).values(file))
        world.session.execute(case_team.delete().where(case_team.c.case_id == case))
        for name in team:
            world.session.execute(insert(case_team).values(case_id=case, user_id=ids[name]))
        by = Viewer(ids[who[0]], who[0], who[1])
        rule = bool(access.roles_in(by, rows.scope_of(world.session, row_of(world, case))))
        found = world.session.execute(select(case_file.c.id).where(scope.visible_to(by), case_file.c.id == case))
        assert (found.first() is not None) == rule
        assert (case in {row.id for row in rows.visible(world.session, by, Filter(limit=1000))}) == rule
        agreed.add(rule)

    agree()
    assert agreed == {True, False}, "both answers were tried"


def test_a_wildcard_in_an_area_widens_nothing(world: World) -> None:
    opened(world)
    for place in ("", "%", "63%", "6_10"):
        by = Viewer(world.office.ids["rina"], "rina", (Grant("supervisor", place),))
        mine = [row for row in rows.visible(world.session, by, Filter(limit=1000)) if place]
        assert mine == [], place


def test_administration_by_rule_and_by_filter_agree(world: World) -> None:
    known = {row.code for row in world.session.execute(select(area.c.code))}

    @settings(max_examples=100, suppress_health_check=list(HealthCheck))
    @given(who=viewers(), everywhere=st.booleans())
    def agree(who: tuple[str, tuple[Grant, ...]], everywhere: bool) -> None:  # noqa: FBT001 - drawn by name
        more = (Grant("admin", access.EVERYWHERE),) if everywhere else ()
        by = Viewer("x", who[0], (*who[1], *more))
        found = set(world.session.execute(select(area.c.code).where(scope.administered(by, area.c.code))).scalars())
        assert found == {code for code in known if access.administers(by, code)}

    agree()


@pytest.mark.parametrize(
    ("areas", "whole"), [(("6310",), False), (("6310", "6302"), True), (("63",), True), (("",), True), ((), False)]
)
def test_who_administers_every_office_administers_the_installation(areas: tuple[str, ...], whole: bool) -> None:  # noqa: FBT001 - a column of the table
    by = Viewer("x", "x", tuple(Grant("admin", one) for one in areas))
    assert access.administers_all(by, ("6310", "6302")) is whole
    assert access.administers_all(by, ()) is (areas == ("",)), "before the first office, the operator alone"


EARLY = START.date() + timedelta(days=1)
NOBODY = "019c1bde-00e0-7cdd-ba2a-f5c6d5ebbaba"
ACTS: list[tuple[Callable[..., Any], Callable[[str], object]]] = [
    (steps.advance_case, lambda case: advance(case, "return_for_data")),
    (records.record_stage, lambda case: records.RecordStage(case=case, stage="assessment", answers={})),
    (cases.assign_case, lambda case: cases.AssignCase(case=case, assignee=NOBODY)),
    (cases.hold_case, lambda case: cases.HoldCase(case=case, until=EARLY, reason="x")),
    (cases.resume_case, lambda case: cases.ResumeCase(case=case)),
    (plan.add_item, lambda case: plan.AddItem(case=case, intervention="SEMBAKO")),
    (plan.change_item, lambda case: plan.ChangeItem(case=case, item=NOBODY)),
    (plan.finish_item, lambda case: plan.SettleItem(case=case, item=NOBODY)),
    (plan.cancel_item, lambda case: plan.SettleItem(case=case, item=NOBODY, note="x")),
    (plan.evaluate_item, lambda case: plan.EvaluateItem(case=case, item=NOBODY, result="met")),
    (placements.start_placement, lambda case: placements.StartPlacement(case=case, kind="kin", carer="x")),
    (placements.review_placement, lambda case: placements.ReviewPlacement(case=case, placement=NOBODY, finding="x")),
    (placements.end_placement, lambda case: placements.EndPlacement(case=case, placement=NOBODY, reason="x")),
    (referrals.add_referral, lambda case: referrals.AddReferral(case=case, institution=NOBODY, need="x")),
    (referrals.answer_referral, lambda case: referrals.AnswerReferral(case=case, referral=NOBODY, status="done")),
    (referrals.withdraw_referral, lambda case: referrals.WithdrawReferral(case=case, referral=NOBODY, reason="x")),
    (visits.add_visit, lambda case: visits.AddVisit(case=case, finding="x")),
    (visits.waive_visits, lambda case: visits.WaiveVisits(case=case, reason="x")),
    (consents.add_consent, lambda case: consents.AddConsent(case=case, purpose="plan", relation="self", giver="x")),
    (consents.withdraw_consent, lambda case: consents.WithdrawConsent(case=case, consent=NOBODY)),
    (letters.issue_letter, lambda case: letters.IssueLetter(case=case, letter="rjk-rs")),
    (people.change_person, lambda case: people.ChangePerson(case=case, person=adult())),
]


@pytest.mark.parametrize(("action", "command"), ACTS, ids=lambda part: getattr(part, "__name__", ""))
def test_a_case_out_of_sight_is_as_one_that_is_not_there(
    world: World, action: Callable[..., Any], command: Callable[[str], object]
) -> None:
    case = at(world, "assessment")
    answers = {
        str(refused(world, NotFound, action, command(wanted), by="luarsup"))
        for wanted in (case, row_of(world, case).number, NOBODY, "6310-2026-999999", "x", "")
    }
    assert len(answers) == 1


@pytest.mark.parametrize("wanted", [NOBODY, "6310-2026-999999", "x", "", "'; --", "\x00", "6310-2026-000001\x00"])
def test_reading_what_is_not_there(world: World, wanted: str) -> None:
    opened(world)
    for read in (views.view_case, views.next_steps, views.history):
        with pytest.raises(NotFound):
            read(world.session, wanted, by=viewer(world, "rina"), at=world.now)
    assert lines.search(world.session, wanted, by=viewer(world, "rina"), at=world.now) == []


def test_lists_and_searches_show_what_one_may_see(world: World) -> None:
    someone = adult(name="Zubaidah Unik")
    case = opened(world, person=someone)
    number = row_of(world, case).number
    for name, sees in (
        ("rina", True),
        ("sari", True),
        ("audit", True),
        ("luar", False),
        ("mitra", False),
        ("admin", False),
    ):
        by = viewer(world, name)
        assert (
            bool(
                [
                    line
                    for line in lines.list_cases(world.session, Filter(limit=1000), by=by, at=world.now)
                    if line.id == case
                ]
            )
            == sees
        )
        for typed in ("Zubaidah", "unik zubaidah", str(someone.nik), number):
            assert [line.id for line in lines.search(world.session, typed, by=by, at=world.now)] == (
                [case] if sees else []
            )


def test_an_intake_officer_follows_the_own_case_to_its_end(world: World) -> None:
    mine = opened(world, by="intan")
    others = opened(world, by="rina")
    for case in (mine, others):
        world.session.execute(update(case_file).where(case_file.c.id == case).values(state="monitoring"))
    seen = {
        line.id for line in lines.list_cases(world.session, Filter(limit=1000), by=viewer(world, "intan"), at=world.now)
    }
    assert (mine in seen, others in seen) == (True, False)


def test_a_list_goes_on_from_its_cursor(world: World) -> None:
    for _n in range(5):
        opened(world)
    by, found, cursor = viewer(world, "rina"), [], None
    while page := rows.visible(world.session, by, Filter(limit=3, cursor=cursor)):
        found += [row.number for row in page]
        cursor = page[-1].number
    everything = [row.number for row in rows.visible(world.session, by, Filter(limit=1000))]
    assert found == everything == sorted(everything, reverse=True)


def test_a_case_in_sight_is_shown(world: World) -> None:
    case = at(world, "assessment")
    assert views.view_case(world.session, case, by=viewer(world, "rina"), at=world.now).line.id == case
