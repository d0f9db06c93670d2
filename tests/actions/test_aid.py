"""No double aid: the same help of a household is shown before a plan is approved, as far as the reader may know."""

from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import orjson
import pytest
from sqlalchemy import update

from caseflow.actions import aid, casework, letter_records
from caseflow.actions.deliveries import GiveBack, Undo, deliver, give_back, undo
from caseflow.actions.people import PersonData
from caseflow.actions.reviews import DecideReview, grant_review
from caseflow.errors import InvalidInput
from caseflow.store import log, readings, reports
from caseflow.store.aid import given
from caseflow.store.session import Session
from caseflow.store.tables import case_file
from tests.conftest import DatabaseFactory
from tests.warehouse import STORE, handed_over
from tests.warehouse import delivery as handing
from tests.world import (
    VILLAGE_ELSEWHERE,
    World,
    act,
    adult,
    bring,
    broken,
    days_later,
    fill,
    household,
    item,
    items_of,
    nik,
    open_database,
    opened,
    ready_plan,
    refused,
    row_of,
    settle,
    state_of,
    take,
    viewer,
)

BORN = date(1980, 3, 9)
ONE = PersonData(name="Aminah", nik=nik(BORN, "P", 177), sex="P", birth=BORN.isoformat())
AID = "SEMBAKO"


def found(world: World, case: str, by: str = "sari") -> aid.Findings:
    return aid.of_case(casework.look(world.session, case, by=viewer(world, by), at=world.now))


def planned(world: World, person: PersonData, **more: str) -> str:
    """Return a case whose plan, a food package in it, waits for approval."""
    case = opened(world, person=person, **more)
    bring(world, case, "intervention_plan")
    ready_plan(world, case)
    return case


def set_case(world: World, case: str, **columns: object) -> None:
    world.session.execute(update(case_file).where(case_file.c.id == case).values(columns))


def test_the_same_help_of_another_member_is_shown_and_the_reason_is_on_record(world: World) -> None:
    head, other = adult(name="Rusdi"), adult(name="Salamah")
    first = opened(world, person=head)
    opened(world, "KME", household=household(head, other))
    bring(world, first, "evaluation")
    day = world.today
    days_later(world, 20)
    case = planned(world, other)
    told = found(world, case)
    assert [(a.intervention, a.status, a.number, a.person) for a in told.aids] == [
        (AID, "done", row_of(world, first).number, "Rusdi")
    ]
    assert told.aids[0].on == day
    review = str(take(world, case, "approve_plan").review_id)
    error = refused(world, InvalidInput, grant_review, DecideReview(review=review), by="sari")
    assert set(error.data["problems"]) == {"despite", "known"}
    error = refused(world, InvalidInput, grant_review, DecideReview(review=review, despite="Ya", known="x"), by="sari")
    assert set(error.data["problems"]) == {"known"}, "what was not read is not known"
    assert told.mark not in str(error.data["problems"]["known"]), "only the findings say their mark"
    act(world, grant_review, DecideReview(review=review, despite="Banjir kedua.", known=told.mark), by="sari")
    assert state_of(world, case) == "intervention"
    entry = next(e for e in log.entries_of(world.session, case) if e.code == "case:review:granted")
    said = orjson.loads(entry.data)
    assert (said["same_aid"], said["same_aid_mark"]) == (1, told.mark)
    assert log.payloads_of(world.session, row_of(world, case).subject_id, case)[entry.id] == {
        "despite": "Banjir kedua."
    }
    assert not broken(world)


def test_the_same_help_counts_for_twelve_months_and_only_for_the_same_people(world: World) -> None:
    someone = adult()
    case = opened(world, person=someone)
    bring(world, case, "intervention")
    settle(world, case)
    take(world, case, "amend_plan")
    item(world, case, intervention=AID)
    assert [a.status for a in found(world, case).aids] == ["done"], "in this case too"
    days_later(world, 366)
    assert found(world, case) == aid.Findings()
    assert found(world, planned(world, adult())) == aid.Findings()


def test_what_was_handed_over_counts_as_given_until_it_is_undone(world: World) -> None:
    case = bring(world, opened(world), "intervention")
    _came, delivery = handed_over(world, case)
    subject, helped = row_of(world, case).subject_id, {each.intervention for each in items_of(world, case)}
    assert {each.on for each in given(world.session, {subject}, helped) if each.status == "done"} == {world.today}
    back = GiveBack(delivery=delivery, item="KURSI-RODA", place=STORE, quantity=1, reason="Penerima pindah.")
    returned = act(world, give_back, back).created_id
    assert {each.status for each in given(world.session, {subject}, helped)} == {"approved"}, "all of it came back"
    act(world, undo, Undo(what=returned, reason="Salah catat."), by="sari")
    assert [each.on for each in given(world.session, {subject}, helped) if each.status == "done"] == [world.today]
    act(world, undo, Undo(what=delivery, reason="Salah catat."), by="sari")
    assert {each.status for each in given(world.session, {subject}, helped)} == {"approved"}


def told(world: World, case: str) -> tuple[int, int, int]:
    """Return how often help of a case stands in the double-aid check, in the monthly figure and in a letter."""
    row, kinds = row_of(world, case), {each.intervention for each in items_of(world, case)}
    during = reports.Period(world.today, world.today, world.now - timedelta(days=1), world.now + timedelta(days=1))
    work = casework.look(world.session, case, by=viewer(world, "rina"), at=world.now)
    counted = sum(reports.aid(world.session, row.office_id, during).values())
    said = letter_records.READERS["plan"](work)["done"]
    return len(given(world.session, {row.subject_id}, kinds)), counted, len(said)


def test_what_was_done_by_a_delivery_that_is_undone_was_never_given(world: World) -> None:
    case = bring(world, opened(world), "intervention")
    _came, delivery = handed_over(world, case)
    settle(world, case)
    before, again = told(world, case), handing(case, items_of(world, case)[0].id)
    act(world, undo, Undo(what=delivery, reason="Kasus yang salah."), by="sari")
    assert told(world, case) == tuple(n - 1 for n in before)
    act(world, deliver, again)
    assert told(world, case) == before


def test_what_was_done_before_a_delivery_that_is_undone_was_given_all_the_same(world: World) -> None:
    case = bring(world, opened(world), "intervention")
    settle(world, case)
    before = told(world, case)
    _came, delivery = handed_over(world, case)
    act(world, undo, Undo(what=delivery, reason="Kasus yang salah."), by="sari")
    assert told(world, case) == before


def test_a_closed_file_stands_in_no_other_case_and_what_may_not_be_opened_has_no_number(world: World) -> None:
    first, other = opened(world, person=ONE), world.office.ids["luar"]
    bring(world, first, "evaluation")
    set_case(world, first, area_code=VILLAGE_ELSEWHERE, assignee_id=other, opened_by=other, category="LUT")
    case = planned(world, ONE)
    told = found(world, case)
    assert [(a.intervention, a.number, a.person) for a in told.aids] == [(AID, "", "")]
    noted = [seen for write, all_of in world.session.leaving.items() if write is readings.write for seen in all_of]
    assert not noted
    nothing = found(world, planned(world, adult()))
    set_case(world, first, confidentiality="R3", assignee_id=world.office.ids["sari"])
    assert found(world, case) == nothing == aid.Findings(), "whoever reads, its own worker too"
    set_case(world, first, confidentiality="R1")
    assert found(world, planned(world, replace(ONE, name="Halimah"))) == aid.Findings(), "the number alone is nobody"


@pytest.mark.parametrize("card", [None, "6310010101010001"], ids=["household", "family card"])
def test_of_two_who_approve_for_one_household_at_once_the_second_is_told(
    migrated_url: DatabaseFactory, tmp_path: Path, card: str | None
) -> None:
    database = open_database(migrated_url("postgresql"), tmp_path)
    office = fill(database)
    head, other = adult(name="Rusdi", kk=card), adult(name="Salamah", kk=card)
    with database.write() as session:
        world = World(office, session)
        if not card:
            opened(world, "KME", household=household(head, other))
        asked = [str(take(world, planned(world, each), "approve_plan").review_id) for each in (head, other)]
        now = world.now

    def grant(n: int, session: Session) -> None:
        act(World(office, session, now), grant_review, DecideReview(review=asked[n]), by="sari")

    def second() -> None:
        with database.write() as session:
            grant(1, session)

    with ThreadPoolExecutor(1) as thread:
        with database.write() as session:
            grant(0, session)
            waiting = thread.submit(second)
            assert not wait([waiting], 1).done, "it waits for the first"
        with pytest.raises(InvalidInput) as told:
            waiting.result(60)
    assert set(told.value.data["problems"]) == {"despite", "known"}
    database.close()
