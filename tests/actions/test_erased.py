"""What is left of somebody who was erased: entries that verify, and no words anywhere."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from caseflow.access import SYSTEM, SYSTEM_USER
from caseflow.actions import admin, desk, erasing, letter_files, past, views
from caseflow.actions.consents import AddConsent, add_consent
from caseflow.actions.erasing import ErasedBefore
from caseflow.actions.erasure import AskErasure, DecideErasure, approve_erasure, ask_erasure
from caseflow.actions.letters import IssueLetter, issue_letter
from caseflow.actions.people import ChangePerson, HouseholdData, HouseholdMember, PersonData, change_person
from caseflow.actions.records import RecordStage, record_stage
from caseflow.actions.steps import advance_case
from caseflow.errors import Erased, Forbidden, InvalidInput, Refused, StepRefused
from caseflow.states.lifecycle import CLOSED
from caseflow.store import cases as case_rows
from caseflow.store import children, erasures, letters, lines, sessions, subjects, vault
from caseflow.store.tables import (
    delivery,
    file,
    household,
    household_member,
    idempotency,
    inbox,
    job,
    letter,
    person,
    referral,
    subject,
)
from tests.snapshots import contents
from tests.world import (
    WITA,
    World,
    act,
    adult,
    advance,
    approved,
    at,
    bring,
    broken,
    child,
    codes,
    consent,
    days_later,
    grant,
    opened,
    owed,
    record,
    refused,
    row_of,
    state_of,
    take,
    unmet,
    viewer,
)

WORDS = (
    "Zubaidah",
    "Bidara",
    "6310014503800777",
    "0812-5550-1234",
    "RT 9 dekat dermaga",
    "Merasa sendirian",
    "sepupu jauh",
)
"""What was typed of one person: it must be nowhere once she is erased."""
ZUBAIDAH = {
    "name": "Zubaidah Hanum",
    "alias": "Bidara",
    "nik": "6310014503800777",
    "sex": "P",
    "birth": "1980-03-05",
    "phone": "0812-5550-1234",
    "kk": "6310010101150009",
    "address": "RT 9 dekat dermaga",
}


def erase(world: World, case: str, *, basis: str = "request") -> None:
    """Ask for an erasure and grant it."""
    said = AskErasure(case=case, basis=basis, applicant="Yang bersangkutan", reason="Permintaan sendiri.")
    erasure = str(act(world, ask_erasure, said).created_id)
    act(world, approve_erasure, DecideErasure(erasure=erasure), by="kadis")


def zubaidah(**more: Any) -> PersonData:  # noqa: ANN401 - fields of a person
    return PersonData(**{**ZUBAIDAH, **more})


def told_of(world: World) -> str:
    """Return a case of hers with words in every part, closed years ago."""
    case = opened(world, person=zubaidah())
    bring(world, case, "assessment")
    needs = {"treatment_needed": True, "health_need": "rawat jalan"}
    record(world, case, "data_collection", {"situation": "Merasa sendirian sejak lama.", **needs})
    act(world, add_consent, AddConsent(case=case, purpose="data", relation="self", giver="Zubaidah"))
    consent(world, case, "health_service")
    sent = letters.by_id(
        world.session, str(act(world, issue_letter, IssueLetter(case=case, letter="rjk-rs")).created_id)
    )
    assert sent is not None
    assert letter_files.store_rendered(world.session, sent.id, b"%PDF-1.7 Zubaidah", "a" * 64, at=world.now)
    review = take(world, case, "terminate", details={"reason_code": "moved", "source": "sepupu jauh"}).review_id
    grant(world, review)
    days_later(world, 6 * 366)
    return case


def readable(world: World) -> str:
    """Return all the database says to who has every key there is: rows as they are, and all sealed words opened."""
    found = [str(contents(world.session))]
    for row in world.session.execute(select(subject)):
        for case in case_rows.of_subject(world.session, row.id):
            found.append(str(views.view_case(world.session, case.id, by=SYSTEM, at=world.now)))
            found.append(str(views.history(world.session, case.id, by=SYSTEM, at=world.now)))
        if row.kind in {"person", "household"}:
            found.append(str(subjects.summary(world.session, row.id, world.today)))
    return "\n".join(found)


# --- nothing is left --------------------------------------------------------------------------------------------------


def test_nothing_she_said_is_left_and_the_log_holds(world: World) -> None:
    case = told_of(world)
    before = readable(world)
    assert [word for word in WORDS if word not in before] == []
    erase(world, case)
    after = readable(world)
    assert [word for word in WORDS if word in after] == []
    assert not broken(world)
    assert codes(world, case)[-1] == "case:subject:erased"


def test_the_entry_says_who_and_why_and_nothing_personal(world: World) -> None:
    case = told_of(world)
    erase(world, case)
    event = views.history(world.session, case, by=viewer(world, "sari"), at=world.now)[-1]
    ids = world.office.ids
    assert {k: v for k, v in event.data.items() if k != "erasure"} == {
        "basis": "request",
        "requested_by": ids["rina"],
        "approved_by": ids["kadis"],
    }
    assert (event.actor, event.words) == (ids["kadis"], {})


def test_columns_that_were_searched_and_counted_are_blank(world: World) -> None:
    case = told_of(world)
    who = row_of(world, case).subject_id
    erase(world, case)
    row = world.session.execute(select(person).where(person.c.subject_id == who)).one()
    assert (row.nik_index, row.kk_index, row.phone_index, row.sex, row.age_band) == (None,) * 5
    assert (row.nik_status, row.area_code) == ("", "6310")


def test_a_reader_sees_that_she_was_erased_and_where_the_case_stood(world: World) -> None:
    case = told_of(world)
    erase(world, case)
    by = viewer(world, "rina")
    view = views.view_case(world.session, case, by=by, at=world.now)
    assert (view.subject.name, view.subject.erased_at, dict(view.subject.data)) == (subjects.ERASED, world.now, {})
    assert view.line.name == subjects.ERASED
    assert lines.names(world.session, {view.row.subject_id})[view.row.subject_id] is subjects.ERASED, "in any language"
    assert (view.row.state, view.row.outcome) == (CLOSED, "moved")
    assert [dict(given.words) for given in view.consents] == [{}] * len(view.consents)
    assert not any(view.records.values())
    assert [s.allowed for s in view.steps] == [False, False]
    shown = past.case_as_of(world.session, case, world.today - timedelta(days=3), by=by, at=world.now)
    assert set(shown.records.values()) == {None}
    told = views.history(world.session, case, by=by, at=world.now)
    assert {event.words is None for event in told if event.code in {"case:opened", "case:step:taken"}} == {True}
    assert desk.offers(world.session, case, by=by, at=world.now) == ()


def test_her_letters_stay_on_the_register_and_cannot_be_read(world: World) -> None:
    case = told_of(world)
    erase(world, case)
    (sent,) = letters.of_case(world.session, case)
    verdict = letter_files.verify_code(world.session, sent.check_code)
    assert (sent.state, verdict.state, verdict.number) == ("void", "void", sent.number)
    with pytest.raises(Erased):
        letters.file_content(world.session, row_of(world, case).subject_id, str(sent.file_id))
    (stored,) = world.session.execute(select(file).where(file.c.subject_id == row_of(world, case).subject_id)).all()
    with pytest.raises(Erased):
        vault.unseal_bytes(world.session, row_of(world, case).subject_id, f"file.sealed.{stored.id}", stored.sealed)


def test_what_was_on_its_way_out_is_stopped(world: World) -> None:
    case = told_of(world)
    (sent,) = letters.of_case(world.session, case)
    world.session.execute(letter.update().where(letter.c.id == sent.id).values(state="rendered", reply_digest="d" * 64))
    world.session.execute(delivery.update().values(state="waiting", failure="Zubaidah: alamat salah"))
    world.session.execute(
        job.update().where(job.c.key == f"letter.render:{sent.id}").values(failure="Zubaidah: huruf tidak ada")
    )
    erase(world, case)
    (left,) = letters.of_case(world.session, case)
    assert (left.state, left.reply_digest) == ("void", None)
    assert letter_files.prepare_render(world.session, left.id) is None
    assert not owed(world, case)
    mine = select(delivery).join(inbox, inbox.c.id == delivery.c.inbox_id).where(inbox.c.case_id == case)
    stopped = [row for row in world.session.execute(mine) if row.created_at < world.now]
    assert {(row.state, row.failure) for row in stopped} <= {("dropped", None)}
    assert world.session.execute(select(job.c.failure).where(job.c.key == f"letter.render:{left.id}")).scalar() is None
    assert not broken(world)


def test_nobody_is_asked_any_more_to_answer_about_her(world: World) -> None:
    case = told_of(world)
    (sent,) = children.of_case(world.session, referral, case)
    waiting = {"status": "open", "answered_on": None, "answered_by": None, "confirmed": False}
    children.change(world.session, referral, row_of(world, case).subject_id, sent.id, waiting)
    erase(world, case)
    assert [row.status for row in children.of_case(world.session, referral, case)] == ["withdrawn"]
    assert "case:referral:withdrawn" in codes(world, case)
    assert not broken(world)


def test_answers_kept_for_repeated_requests_go_too(world: World) -> None:
    case = told_of(world)
    ended = row_of(world, case).closed_at
    assert ended is not None
    for key, moment in (("before", ended - timedelta(days=1)), ("after", ended + timedelta(days=1))):
        sessions.remember(world.session, world.office.ids["rina"], key, "d" * 64, 200, b"x", at=moment)
    erase(world, case)
    assert list(world.session.execute(select(idempotency.c.key)).scalars()) == ["after"]


# --- nothing is added -------------------------------------------------------------------------------------------------


def test_nothing_is_written_about_her_any_more(world: World) -> None:
    case = told_of(world)
    erase(world, case)
    for step in ("reopen", "undo_termination"):
        error = refused(world, StepRefused, advance_case, advance(case, step), by="sari")
        assert unmet(error) == ["data_of_the_subject_are_kept"]
    refused(world, Erased, change_person, ChangePerson(case=case, person=zubaidah()))
    said = RecordStage(case=case, stage="assessment", answers={"problems": "x"})
    with pytest.raises(InvalidInput):
        act(world, record_stage, said)
    refused(world, Refused, add_consent, AddConsent(case=case, purpose="data", relation="self", giver="x"))


def test_a_namesake_with_the_same_number_is_somebody_new(world: World) -> None:
    case = told_of(world)
    erase(world, case)
    again = opened(world, person=zubaidah())
    assert row_of(world, again).subject_id != row_of(world, case).subject_id
    assert row_of(world, again).number != row_of(world, case).number


def test_somebody_left_alone_with_a_number_is_no_double_any_more(world: World) -> None:
    case = told_of(world)
    other = opened(world, person=zubaidah(name="Rusdi", alias="", sex="P"))
    who = row_of(world, other).subject_id

    def status() -> str:
        return str(world.session.execute(select(person.c.nik_status).where(person.c.subject_id == who)).scalar())

    assert status() == "ganda"
    erase(world, case)
    assert status() != "ganda"


# --- every case, every family ----------------------------------------------------------------------------------------


def test_every_case_tells_it_those_the_decider_may_not_see_too(world: World) -> None:
    case = told_of(world)
    hidden = opened(world, "ODHA", subject=row_of(world, case).subject_id)
    review = take(world, hidden, "terminate", details={"reason_code": "declined"}).review_id
    grant(world, review)
    erase(world, case, basis="unlawful")
    assert codes(world, hidden)[-1] == codes(world, case)[-1] == "case:subject:erased"
    told = views.history(world.session, hidden, by=viewer(world, "rina"), at=world.now)[-1]
    assert (told.actor, told.data["approved_by"]) == (SYSTEM_USER, world.office.ids["kadis"])
    assert not broken(world)


def family_of(world: World, *members: PersonData) -> str:
    """Return a case of a household of these, the first its head; closed years ago."""
    of = [
        HouseholdMember(person=each, relation=r)
        for each, r in zip(members, ("kepala keluarga", "anak", "ipar"), strict=False)
    ]
    case = opened(
        world, "KME", household=HouseholdData(kk="6310010101150009", address="RT 9 dekat dermaga", members=tuple(of))
    )
    approved(world, case, "terminate", details={"reason_code": "moved", "source": "sepupu jauh"})
    days_later(world, 6 * 366)
    return case


def test_a_family_goes_on_under_the_name_of_who_is_left(world: World) -> None:
    family = family_of(world, zubaidah(), adult(name="Rusdi Effendi"), child())
    case = opened(world, person=zubaidah())
    approved(world, case, "terminate", details={"reason_code": "moved", "source": "RT"})
    days_later(world, 6 * 366)
    house, who = row_of(world, family).subject_id, row_of(world, case).subject_id
    assert who in {m.person_id for m in subjects.members_of(world.session, house, world.today)}
    erase(world, case)
    assert subjects.name_of(world.session, house) == "Rusdi Effendi"
    by = viewer(world, "sari")
    found = [subjects.same_name(world.session, house, name) for name in ("Zubaidah Hanum", "Rusdi Effendi")]
    assert found == [False, True]
    assert who not in {m.person_id for m in subjects.members_of(world.session, house, world.today)}
    mine = select(household_member).where(household_member.c.person_id == who)
    assert [(m.sealed, m.ends_on) for m in world.session.execute(mine)] == [(None, world.today)]
    assert codes(world, family)[-1] == "case:household:left"
    assert views.view_case(world.session, family, by=by, at=world.now).members
    assert not broken(world)


def test_a_family_of_one_goes_with_her(world: World) -> None:
    family = family_of(world, zubaidah())
    case = opened(world, person=zubaidah())
    approved(world, case, "terminate", details={"reason_code": "moved", "source": "RT"})
    days_later(world, 6 * 366)
    erase(world, case)
    assert erasures.kept(world.session, row_of(world, family).subject_id) is False
    assert codes(world, family)[-1] == "case:subject:erased"
    after = readable(world)
    assert [word for word in WORDS if word in after] == []


def test_a_family_is_erased_by_its_own_request_and_its_members_stay(world: World) -> None:
    family = family_of(world, zubaidah(), adult(name="Rusdi Effendi"))
    house = row_of(world, family).subject_id
    erase(world, family)
    row = world.session.execute(select(household).where(household.c.subject_id == house)).one()
    assert (row.kk_index, row.area_code) == (None, "6310")
    view = views.view_case(world.session, family, by=viewer(world, "rina"), at=world.now)
    assert (view.subject.kind, view.subject.name, view.members) == ("household", subjects.ERASED, ())
    members = world.session.execute(select(household_member).where(household_member.c.household_id == house)).all()
    assert [(m.sealed, m.ends_on) for m in members] == [(None, world.today)] * 2
    assert {erasures.kept(world.session, m.person_id) for m in members} == {True}
    assert subjects.households_with(world.session, kk="6310010101150009") == []


# --- a restored backup -----------------------------------------------------------------------------------------------


def test_the_list_of_who_was_erased_holds_ids_and_days(world: World) -> None:
    assert erasing.ledger(world.session, by=admin.ROOT) == ()
    case = told_of(world)
    erase(world, case)
    assert erasing.ledger(world.session, by=admin.ROOT) == (
        ErasedBefore(row_of(world, case).subject_id, world.now.astimezone(WITA)),
    )


def reapplied(world: World, gone: list[ErasedBefore]) -> erasing.Reapplied:
    """Tell a restored backup who was erased, as the operator does."""
    world.now += timedelta(minutes=1)
    return erasing.reapply(world.session, gone, by=admin.ROOT, at=world.now)


@pytest.mark.parametrize("state", ["assessment", "intervention_plan", "closed"])
def test_a_restored_backup_is_erased_again(world: World, state: str) -> None:
    """In the backup the case may be open, with a review that waits: it ends with the data."""
    case = at(world, state)
    other = at(world, "monitoring")
    if state == "intervention_plan":
        take(world, case, "terminate", details={"reason_code": "moved", "source": "RT"})
    who, granted = row_of(world, case).subject_id, world.now - timedelta(days=30)
    gone = [ErasedBefore(who, granted), ErasedBefore("0198d3a2-7c1e-7a51-9f0e-3f1f6c2b9d10", granted)]
    done = reapplied(world, gone)
    assert (done.erased, done.already, done.absent) == ((who,), 0, 1)
    assert erasing.ledger(world.session, by=admin.ROOT) == (ErasedBefore(who, granted),)
    assert (state_of(world, case), codes(world, case)[-1]) == (CLOSED, "case:subject:erased")
    assert row_of(world, case).outcome == ("goals_met" if state == "closed" else "erased")
    assert not owed(world, case)
    assert state_of(world, other) == "monitoring"
    assert views.view_case(world.session, case, by=viewer(world, "rina"), at=world.now).subject.erased_at == granted
    assert not broken(world)
    again = reapplied(world, gone)
    assert (again.erased, again.already, again.absent) == ((), 1, 1)


@pytest.mark.parametrize("by", ["kadis", "admin"])
def test_only_who_administers_the_installation_tells_a_backup_who_was_erased(world: World, by: str) -> None:
    who = row_of(world, at(world, "closed")).subject_id
    refused(world, Forbidden, erasing.reapply, [ErasedBefore(who, world.now)], by=by)
    with pytest.raises(Forbidden):
        erasing.ledger(world.session, by=viewer(world, by))
