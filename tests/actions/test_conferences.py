"""Case conferences: an invitation without a name, minutes that a guard may ask for, one that is called off."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from caseflow.actions import casework, conferences, letter_records, letters
from caseflow.actions.conferences import (
    CancelConference,
    HoldConference,
    PlanConference,
    cancel_conference,
    hold_conference,
    plan_conference,
)
from caseflow.actions.records import RecordStage, record_stage
from caseflow.actions.steps import advance_case
from caseflow.errors import Forbidden, InvalidInput, NotFound, OnHold, Refused, StepRefused
from caseflow.store import children, facts
from caseflow.store.tables import case_file, conference
from tests.world import (
    STATES,
    World,
    act,
    adult,
    advance,
    approved,
    at,
    broken,
    codes,
    days_later,
    opened,
    ready_plan,
    record,
    refused,
    row_of,
    unmet,
    viewer,
    visit,
)

GUARD = "high_risk_was_discussed_in_a_conference"


def planned(world: World, case: str, **more: Any) -> PlanConference:  # noqa: ANN401 - of PlanConference
    words: dict[str, Any] = {"time": "09.00 WITA", "place": "Ruang rapat Dinas Sosial", "agenda": "pembagian peran"}
    words |= {"invited": [["Kepala Puskesmas Batulicin", "Puskesmas"], ["Rahmi", "Karang Taruna"]]}
    return PlanConference(**{"case": case, "meets_on": world.today + timedelta(days=3), **words, **more})


def minutes(case: str, planned_as: str | None = None, **more: Any) -> HoldConference:  # noqa: ANN401 - of HoldConference
    words: dict[str, Any] = {"place": "Ruang rapat", "chair": "Kepala Bidang Rehabilitasi Sosial"}
    words |= {"discussion": "Kebutuhan dan pilihan layanan.", "present": [["Rina", "Pekerja Sosial"]]}
    words |= {"decisions": [["Pemeriksaan kesehatan", "Puskesmas", "20 Maret 2026"]]}
    return HoldConference(**{"case": case, "conference": planned_as, **words, **more})


def shown(world: World, case: str, by: str = "rina") -> tuple[conferences.Conference, ...]:
    return conferences.of_case(casework.look(world.session, case, by=viewer(world, by), at=world.now))


@pytest.mark.parametrize("state", STATES)
def test_a_conference_is_of_any_open_case(world: World, state: str) -> None:
    case = at(world, state)
    if state == "closed":
        refused(world, Refused, plan_conference, planned(world, case))
        return
    act(world, plan_conference, planned(world, case))
    (found,) = shown(world, case)
    assert (found.status, found.agenda, len(found.invited)) == ("planned", "pembagian peran", 2)


def test_it_is_planned_then_held_with_minutes_under_the_key_of_the_subject(world: World) -> None:
    case = at(world, "assessment", "AT")
    done = act(world, plan_conference, planned(world, case))
    days_later(world, 3)
    act(world, hold_conference, minutes(case, done.created_id))
    (found,) = shown(world, case)
    assert (found.status, found.meets_on, found.agenda) == ("held", world.today, "pembagian peran")
    assert found.decisions == [["Pemeriksaan kesehatan", "Puskesmas", "20 Maret 2026"]]
    row = children.of_case(world.session, conference, case)[0]
    assert b"Puskesmas" not in row.sealed
    assert codes(world, case)[-3:] == ["case:conference:planned", "case:conference:held", "case:record:saved"]
    refused(world, Refused, hold_conference, minutes(case, done.created_id))
    refused(world, Refused, cancel_conference, CancelConference(case=case, conference=found.id, reason="Batal."))
    assert not broken(world)


def test_one_that_was_not_planned_here_has_minutes_too_and_one_that_will_not_be_has_a_reason(world: World) -> None:
    case = at(world, "intervention")
    act(world, hold_conference, minutes(case))
    done = act(world, plan_conference, planned(world, case))
    act(world, cancel_conference, CancelConference(case=case, conference=str(done.created_id), reason="Diundur."))
    assert {each.status: each.reason for each in shown(world, case)} == {"held": "", "cancelled": "Diundur."}
    other = opened(world)
    refused(world, NotFound, hold_conference, minutes(other, done.created_id))
    refused(world, NotFound, hold_conference, minutes(case, "1"))


def test_what_is_planned_is_called_off_when_the_case_closes(world: World) -> None:
    case = at(world, "assessment")
    act(world, hold_conference, minutes(case))
    act(world, plan_conference, planned(world, case))
    approved(world, case, "terminate", details={"reason_code": "moved"})
    assert {each.status: each.reason for each in shown(world, case)} == {"held": "", "cancelled": "kasus ditutup"}
    assert codes(world, case)[-2:] == ["case:step:taken", "case:conference:cancelled"]
    assert not broken(world)


def test_what_was_planned_in_a_case_that_closed_before_closing_called_it_off_is_told_so(world: World) -> None:
    case = at(world, "assessment")
    act(world, plan_conference, planned(world, case))
    world.session.execute(update(case_file).where(case_file.c.id == case).values(state="closed"))
    assert [(each.status, each.reason) for each in shown(world, case)] == [("cancelled", "kasus ditutup")]
    assert said(world, case, "und-cc") == {}, "nobody is invited any more"


@pytest.mark.parametrize(("by", "error"), [("sari", Forbidden), ("audit", Forbidden), ("luar", NotFound)])
def test_it_is_not_planned_by_others(world: World, by: str, error: type[Forbidden]) -> None:
    refused(world, error, plan_conference, planned(world, at(world, "assessment")), by=by)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"meets_on": None}, "meets_on"),
        ({"place": " "}, "place"),
        ({"agenda": "x" * 251}, "agenda"),
        ({"invited": []}, "invited"),
        ({"invited": ["Rahmi"]}, "invited"),
        ({"invited": [["Rahmi"]]}, "invited"),
        ({"invited": [["Rahmi", "PSM"]] * 13}, "invited"),
        ({"agenda": "keadaan SITI  aminah hari ini"}, "agenda"),
        ({"agenda": "hasil tes HIV"}, "agenda"),
        ({"chair": "Siti Aminah"}, "chair"),
        ({"invited": [["Siti Aminah", "korban"]]}, "invited"),
    ],
)
def test_an_invitation_says_when_where_and_who_and_nobody_knows_of_whom(
    world: World, wrong: dict[str, Any], field: str
) -> None:
    case = opened(world, person=adult(name="Siti Aminah"))
    error = refused(world, InvalidInput, plan_conference, planned(world, case, **wrong))
    assert set(error.data["problems"]) == {field}


def test_a_day_that_is_over_or_before_the_case_is_refused(world: World) -> None:
    case = opened(world)
    yesterday = world.today - timedelta(days=1)
    for wrong in (yesterday, world.today + timedelta(days=200)):
        refused(world, InvalidInput, plan_conference, planned(world, case, meets_on=wrong))
    for wrong in (yesterday, world.today + timedelta(days=1)):
        refused(world, InvalidInput, hold_conference, minutes(case, held_on=wrong))


def test_a_closed_file_is_not_recognised_and_who_must_not_know_comes_to_no_table(world: World) -> None:
    case = opened(world, "KTK", person=adult())
    record(world, case, "data_collection", {"must_not_know": "Slamet Riyadi, suaminya"})
    for wrong, field in (
        ({"agenda": "perlindungan korban kekerasan"}, "agenda"),
        ({"invited": [["Slamet Riyadi", "Ketua RT"]]}, "invited"),
        ({"chair": "Bapak Slamet"}, "chair"),
    ):
        error = refused(world, InvalidInput, plan_conference, planned(world, case, **wrong))
        assert set(error.data["problems"]) == {field}
    refused(world, InvalidInput, hold_conference, minutes(case, present=[["Slamet Riyadi", "Ketua RT"]]))
    act(world, plan_conference, planned(world, case))
    assert shown(world, case, "sari")[0].place == "Ruang rapat Dinas Sosial"


# --- what rests on it ------------------------------------------------------------------------------------------------


def test_the_day_of_the_minutes_goes_into_the_plan_and_no_other_day_is_taken(world: World) -> None:
    case = at(world, "intervention_plan", "AT")
    typed = RecordStage(case=case, stage="intervention_plan", answers={"conference_on": world.today.isoformat()})
    error = refused(world, InvalidInput, record_stage, typed)
    assert set(error.data["problems"]) == {"conference_on"}
    act(world, hold_conference, minutes(case))
    known = facts.load(world.session, case, world.today)
    assert known.answers("intervention_plan")["conference_on"] == world.today.isoformat()
    act(world, record_stage, typed)


def test_minutes_of_another_cycle_say_nothing_to_this_plan(world: World) -> None:
    case = at(world, "monitoring", "AT")
    planned_before = str(act(world, plan_conference, planned(world, case)).created_id)
    days_later(world, 2)
    visit(world, case)
    approved(world, case, "continue_case", note="Masih perlu.")
    act(world, hold_conference, minutes(case, planned_before, held_on=world.today - timedelta(days=1)))
    assert (shown(world, case)[0].cycle, row_of(world, case).cycle) == (1, 2)
    known = facts.load(world.session, case, world.today)
    assert "conference_on" not in known.answers("intervention_plan")
    act(world, hold_conference, minutes(case))
    assert shown(world, case)[0].cycle == 2
    known = facts.load(world.session, case, world.today)
    assert known.answers("intervention_plan")["conference_on"] == world.today.isoformat()


def test_minutes_are_short_of_an_open_case_that_goes_on_and_are_written_once(world: World) -> None:
    case = at(world, "assessment")
    meeting = str(act(world, plan_conference, planned(world, case)).created_id)
    long = refused(world, InvalidInput, hold_conference, minutes(case, meeting, discussion="x" * 20_000))
    assert set(long.data["problems"]) == {"discussion"}
    hold = {"held_until": world.today + timedelta(days=9)}
    world.session.execute(update(case_file).where(case_file.c.id == case).values(hold))
    refused(world, OnHold, hold_conference, minutes(case, meeting))
    world.session.execute(update(case_file).where(case_file.c.id == case).values(held_until=None))
    act(world, hold_conference, minutes(case, meeting))
    refused(world, Refused, hold_conference, minutes(case, meeting))
    refused(world, Refused, cancel_conference, CancelConference(case=case, conference=meeting, reason="Diundur."))
    refused(world, NotFound, hold_conference, minutes(at(world, "intervention"), meeting))


def test_an_office_may_ask_for_the_minutes_at_high_risk(world: World) -> None:
    stricter(world, "AT", approve_plan=GUARD)
    case = at(world, "intervention_plan", "AT")
    ready_plan(world, case)
    record(world, case, "assessment", {"risk": "high"})
    refusal = refused(world, StepRefused, advance_case, advance(case, "approve_plan"))
    assert unmet(refusal) == [GUARD]
    act(world, hold_conference, minutes(case))
    assert act(world, advance_case, advance(case, "approve_plan")).review_id


def stricter(world: World, code: str, **guards: str) -> None:
    """Let the office's category ask for more, as a file of its own would."""
    category = world.session.categories[code]
    more = {act: (*category.guards.get(act, ()), name) for act, name in guards.items()}
    changed = replace(category, guards={**category.guards, **more})
    world.session.categories = {**world.session.categories, code: changed}


# --- the letters -----------------------------------------------------------------------------------------------------


def test_invitation_and_minutes_are_taken_from_the_conference(world: World) -> None:
    case = at(world, "intervention_plan", "AT")
    done = act(world, plan_conference, planned(world, case, chair="Kepala Bidang"))
    told = {"held_on": (world.today + timedelta(days=3)).isoformat(), "time": "09.00 WITA", "chair": "Kepala Bidang"}
    assert said(world, case, "und-cc").items() >= told.items()
    assert said(world, case, "und-cc")["invited"] == ["Kepala Puskesmas Batulicin, Puskesmas", "Rahmi, Karang Taruna"]
    days_later(world, 3)
    act(world, hold_conference, minutes(case, done.created_id))
    written = said(world, case, "not-cc")
    assert written["present"] == [["Rina", "Pekerja Sosial"]]
    assert written["discussion"] == "Kebutuhan dan pilihan layanan."
    assert act(world, letters.issue_letter, letters.IssueLetter(case=case, letter="not-cc")).created_id


def test_the_decree_is_cited_once_all_of_it_is_known(world: World) -> None:
    case = at(world, "intervention")
    record(world, case, "intervention_plan", {"decree_number": "188.45/310/2026", "decree_date": "2026-01-12"})
    assert said(world, case, "bast") == {}
    record(world, case, "intervention_plan", {"decree_official": "Bupati Tanah Bumbu"})
    cited = "Keputusan Bupati Tanah Bumbu Nomor 188.45/310/2026 tanggal 12 Januari 2026"
    assert said(world, case, "bast") == {"cited": cited}
    assert row_of(world, case).state == "intervention"


def said(world: World, case: str, letter: str) -> dict[str, Any]:
    """Return what the record says of a conference, or of the decree, to a letter."""
    work = casework.look(world.session, case, by=viewer(world, "rina"), at=world.now)
    kind = letters.kinds(world.session)[letter]
    place = {"und-cc": "invitation", "not-cc": "minutes", "bast": "decree"}[letter]
    return dict(letter_records.of(work, kind)[place])
