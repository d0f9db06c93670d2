"""Who asks for an erasure, who decides it, and what stands against it."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from caseflow.actions import admin, cases, erasure_desk
from caseflow.actions.erasure import (
    AskErasure,
    DecideErasure,
    approve_erasure,
    ask_erasure,
    refuse_erasure,
    withdraw_erasure,
    years_later,
)
from caseflow.actions.households import AddMember, EndMember, add_member, end_member
from caseflow.errors import (
    Erased,
    Forbidden,
    InvalidInput,
    NotFound,
    Refused,
    ReviewClosed,
    SelfApproval,
    VersionConflict,
)
from caseflow.store import cases as case_rows
from caseflow.store import erasures, subjects, users
from caseflow.store.log import payloads_of
from tests.snapshots import contents
from tests.world import (
    REGENCY,
    VILLAGE,
    VILLAGE_ELSEWHERE,
    WITA,
    World,
    act,
    adult,
    at,
    broken,
    codes,
    days_later,
    grant,
    opened,
    refused,
    row_of,
    take,
    told,
    viewer,
)

REASON = "Tidak ingin datanya tersimpan lagi."


def asks(case: str, **more: Any) -> AskErasure:  # noqa: ANN401 - of AskErasure
    said = {"basis": "request", "applicant": "Aminah, klien sendiri", "reason": REASON, "evidence": "Surat 12 Mei"}
    return AskErasure(case=case, **{**said, **more})


def closed(world: World, *, years: int = 6, **more: Any) -> str:  # noqa: ANN401 - of OpenCase
    """Return a case that was closed some years ago."""
    case = at(world, "closed", **more)
    days_later(world, 365 * years + 2)
    return case


def asked(world: World, case: str, *, by: str = "rina", **more: Any) -> DecideErasure:  # noqa: ANN401 - of AskErasure
    """Ask for an erasure and return what decides it."""
    return DecideErasure(erasure=str(act(world, ask_erasure, asks(case, **more), by=by).created_id))


def kept(world: World, case: str) -> bool | None:
    return erasures.kept(world.session, row_of(world, case).subject_id)


def also(world: World, name: str, role: str) -> None:
    """Give somebody one more role; who is not there yet is added with it."""
    since, at = date(2025, 1, 1), world.now
    if name in world.office.ids:
        ids = world.office.ids
        admin.grant_role(world.session, ids[name], role, REGENCY, since, None, by=admin.ROOT, at=at)
    else:
        user = admin.AddUser(username=name, name=name.title(), role=role, area=REGENCY, starts_on=since)
        admin.add_user(world.session, user, by=admin.ROOT, at=at)


# --- asking ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["rina", "sari"])
def test_a_request_is_sealed_and_told_to_the_head(world: World, by: str) -> None:
    case = closed(world)
    before = row_of(world, case).version
    erasure = asked(world, case, by=by).erasure
    row = erasures.by_id(world.session, erasure)
    assert row is not None
    assert (row.state, row.basis, row.requested_by) == ("pending", "request", world.office.ids[by])
    assert erasures.words(world.session, row)["reason"] == REASON
    assert (codes(world, case)[-1], row_of(world, case).version) == ("case:erasure:asked", before + 1)
    assert REASON in str(payloads_of(world.session, row_of(world, case).subject_id, case))
    assert [m.data for m in told(world, "kadis", "erasure_asked", case=case)] == [
        {"number": row_of(world, case).number}
    ]
    assert not any(REASON in row for rows in contents(world.session).values() for row in rows)
    assert kept(world, case), "asking erases nothing"
    assert not broken(world)


@pytest.mark.parametrize(
    ("by", "error"),
    [("kadis", Forbidden), ("intan", NotFound), ("audit", Forbidden), ("luar", NotFound), ("admin", NotFound)],
)
def test_others_do_not_ask(world: World, by: str, error: type[Forbidden]) -> None:
    refused(world, error, ask_erasure, asks(closed(world)), by=by)


def test_all_that_is_wrong_with_a_request_is_said_at_once(world: World) -> None:
    wrong = asks(closed(world), basis="fun", applicant=" ", reason="", evidence="x" * 201)
    assert set(refused(world, InvalidInput, ask_erasure, wrong).data["problems"]) == {
        "basis",
        "applicant",
        "reason",
        "evidence",
    }
    long = asks(closed(world), applicant="x" * 201, reason="x" * 4001)
    assert set(refused(world, InvalidInput, ask_erasure, long).data["problems"]) == {"applicant", "reason"}


def test_a_person_is_asked_for_once(world: World) -> None:
    case = closed(world)
    asked(world, case)
    assert "sudah diminta" in str(refused(world, Refused, ask_erasure, asks(case), by="sari"))


def test_a_request_is_made_on_the_version_that_was_seen(world: World) -> None:
    case = closed(world)
    seen = row_of(world, case).version
    command = asked(world, case)
    refused(world, VersionConflict, ask_erasure, asks(case, expected_version=seen), by="sari")
    late = DecideErasure(erasure=command.erasure, expected_version=seen)
    refused(world, VersionConflict, approve_erasure, late, by="kadis")
    act(world, approve_erasure, DecideErasure(erasure=command.erasure, expected_version=seen + 1), by="kadis")


def test_without_a_head_nobody_could_decide(world: World) -> None:
    case = closed(world)
    users.deactivate(world.session, world.office.ids["kadis"], at=world.now)
    assert "kepala dinas" in str(refused(world, Refused, ask_erasure, asks(case)))


# --- deciding --------------------------------------------------------------------------------------------------------


def test_the_head_decides_and_who_asked_is_told(world: World) -> None:
    case = closed(world)
    command = asked(world, case)
    done = act(world, approve_erasure, command, by="kadis")
    row = erasures.by_id(world.session, command.erasure)
    assert row is not None
    assert (row.state, row.decided_by, row.decided_at) == ("granted", world.office.ids["kadis"], world.now)
    assert (done.number, done.version) == (row_of(world, case).number, row_of(world, case).version)
    assert told(world, "rina", "erasure_granted", case=case)
    assert not kept(world, case)
    assert not broken(world)
    refused(world, ReviewClosed, approve_erasure, command, by="kadis")


@pytest.mark.parametrize(
    ("by", "error"),
    [("rina", Forbidden), ("sari", Forbidden), ("audit", Forbidden), ("luarsup", NotFound), ("mitra", NotFound)],
)
def test_others_do_not_decide(world: World, by: str, error: type[Forbidden]) -> None:
    command = asked(world, closed(world))
    for decide in (approve_erasure, refuse_erasure):
        refused(world, error, decide, DecideErasure(erasure=command.erasure, reason="x"), by=by)


def test_nobody_decides_what_they_asked_for(world: World) -> None:
    also(world, "kadis", "supervisor")
    also(world, "wakil", "head")
    command = asked(world, closed(world), by="kadis")
    for decide in (approve_erasure, refuse_erasure):
        refused(world, SelfApproval, decide, DecideErasure(erasure=command.erasure, reason="x"), by="kadis")
    act(world, approve_erasure, command, by="wakil")


def test_nor_does_a_stand_in_of_who_asked(world: World) -> None:
    also(world, "kadis", "supervisor")
    also(world, "wakil", "head")
    command = asked(world, closed(world), by="kadis")
    until = world.today + timedelta(days=7)
    admin.add_stand_in(world.session, "kadis", "budi", world.today, until, by=admin.ROOT, at=world.now)
    assert "head" in viewer(world, "budi").roles
    refused(world, SelfApproval, approve_erasure, command, by="budi")
    admin.add_stand_in(world.session, "wakil", "dewi", world.today, until, by=admin.ROOT, at=world.now)
    act(world, approve_erasure, command, by="dewi")


def test_a_refusal_has_a_reason_and_leaves_the_data(world: World) -> None:
    case = closed(world)
    command = asked(world, case)
    refused(world, InvalidInput, refuse_erasure, command, by="kadis")
    act(world, refuse_erasure, DecideErasure(erasure=command.erasure, reason="Perkaranya masih berjalan."), by="kadis")
    assert kept(world, case)
    assert codes(world, case)[-1] == "case:erasure:refused"
    assert told(world, "rina", "erasure_refused", case=case)
    refused(world, ReviewClosed, approve_erasure, command, by="kadis")
    assert asked(world, case) != command, "it can be asked for again"
    assert not broken(world)


def test_only_who_asked_takes_it_back(world: World) -> None:
    case = closed(world)
    command = asked(world, case)
    refused(world, NotFound, withdraw_erasure, command, by="sari")
    act(world, withdraw_erasure, command)
    assert (codes(world, case)[-1], kept(world, case)) == ("case:erasure:withdrawn", True)
    refused(world, ReviewClosed, approve_erasure, command, by="kadis")


@pytest.mark.parametrize("erasure", ["x", "0198d3a2-7c1e-7a51-9f0e-3f1f6c2b9d10"])
def test_a_request_that_is_not_there(world: World, erasure: str) -> None:
    refused(world, NotFound, approve_erasure, DecideErasure(erasure=erasure), by="kadis")


# --- who is still helped ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["data_collection", "monitoring"])
def test_who_is_still_helped_is_not_erased(world: World, state: str) -> None:
    case = at(world, state)
    error = refused(world, Refused, ask_erasure, asks(case, basis="unlawful"))
    assert row_of(world, case).number in str(error)
    assert "Tutup atau hentikan" in str(error)


def test_a_case_opened_after_the_request_stops_it(world: World) -> None:
    case = closed(world)
    command = asked(world, case)
    take(world, case, "reopen", by="sari")
    assert row_of(world, case).number in str(refused(world, Refused, approve_erasure, command, by="kadis"))


def test_a_case_the_asker_may_not_see_is_found_when_it_is_decided(world: World) -> None:
    """Asking gives nothing away; the head learns that there is one, not which."""
    case = closed(world)
    subject = row_of(world, case).subject_id
    other = opened(world, "ODHA", subject=subject)
    assert row_of(world, other).number in str(refused(world, Refused, ask_erasure, asks(case)))
    command = asked(world, case, by="budi")
    error = refused(world, Refused, approve_erasure, command, by="kadis")
    assert "di luar wewenang Anda" in str(error)
    assert row_of(world, other).number not in str(error)


def test_a_member_of_a_family_that_is_helped_is_not_erased(world: World) -> None:
    family = at(world, "assessment", "KME")
    someone = adult()
    case = closed(world, person=someone)
    done = act(world, add_member, AddMember(case=family, person=someone, relation="ipar", basis="lives_with"))
    error = refused(world, Refused, ask_erasure, asks(case))
    assert row_of(world, family).number in str(error)
    act(world, end_member, EndMember(case=family, member=str(done.created_id)))
    act(world, approve_erasure, asked(world, case), by="kadis")


# --- retention -------------------------------------------------------------------------------------------------------


def test_a_file_is_kept_as_long_as_the_schedule_says(world: World) -> None:
    case = at(world, "closed")
    ended = row_of(world, case).closed_at
    assert ended is not None
    command = asked(world, case)
    error = refused(world, Refused, approve_erasure, command, by="kadis")
    assert f"{ended.year + 5}" in str(error)
    assert "5 tahun" in str(error)
    allowed = years_later(ended.astimezone(WITA).date(), 5)
    world.now = datetime.combine(allowed, time(), WITA) - timedelta(minutes=10)
    refused(world, Refused, approve_erasure, command, by="kadis")
    world.now += timedelta(minutes=10)
    act(world, approve_erasure, command, by="kadis")


def test_data_that_were_unlawful_do_not_wait(world: World) -> None:
    case = at(world, "closed")
    act(world, approve_erasure, asked(world, case, basis="unlawful"), by="kadis")
    assert not kept(world, case)


def test_retention_counts_from_the_last_file(world: World) -> None:
    case = closed(world)
    subject = row_of(world, case).subject_id
    again = opened(world, "AT", subject=subject)
    details = {"reason_code": "moved", "source": "RT"}
    review = take(world, again, "terminate", details=details).review_id
    grant(world, review)
    refused(world, Refused, approve_erasure, asked(world, case), by="kadis")


@pytest.mark.parametrize(
    ("day", "later"), [(date(2026, 3, 9), date(2031, 3, 9)), (date(2028, 2, 29), date(2033, 3, 1))]
)
def test_five_years_later(day: date, later: date) -> None:
    assert years_later(day, 5) == later


# --- other offices, closed files -------------------------------------------------------------------------------------


def test_a_file_of_another_office_needs_a_head_above_both(world: World) -> None:
    case = closed(world)
    other = closed(world, subject=row_of(world, case).subject_id, new_despite_closed=True)
    case_rows.amend(world.session, other, {"area_code": VILLAGE_ELSEWHERE})
    command = asked(world, case)
    assert "di luar wilayah Anda" in str(refused(world, Refused, approve_erasure, command, by="kadis"))
    user = admin.AddUser(username="gub", name="Gub", role="head", area="63", starts_on=date(2025, 1, 1))
    admin.add_user(world.session, user, by=admin.ROOT, at=world.now)
    act(world, approve_erasure, command, by="gub")
    assert codes(world, other)[-1] == codes(world, case)[-1] == "case:subject:erased"


def test_who_decides_about_a_closed_file_may_look_at_it(world: World) -> None:
    case = closed(world)
    case_rows.amend(world.session, case, {"confidentiality": "R3"})
    case_rows.join_team(world.session, case, [world.office.ids["rina"]])
    refused(world, NotFound, ask_erasure, asks(case), by="budi")
    assert not erasure_desk.waiting(world.session, by=viewer(world, "kadis"), at=world.now)
    command = asked(world, case)
    (waiting,) = erasure_desk.waiting(world.session, by=viewer(world, "kadis"), at=world.now)
    assert (waiting.row.id, waiting.may_decide) == (command.erasure, True)
    refused(world, NotFound, approve_erasure, command, by="sari")


# --- reading ---------------------------------------------------------------------------------------------------------


def test_requests_as_lists_show_them(world: World) -> None:
    case = closed(world)
    command, number = asked(world, case), row_of(world, case).number
    for name, may, own in (("kadis", True, False), ("rina", False, True), ("sari", False, False)):
        (found,) = erasure_desk.waiting(world.session, by=viewer(world, name), at=world.now)
        assert (found.may_decide, found.own, found.requester) == (may, own, "Rina")
        assert found.words["applicant"] == "Aminah, klien sendiri"
        assert found.case.number == number
        assert erasure_desk.to_decide(world.session, by=viewer(world, name)) == int(may)
    assert not erasure_desk.waiting(world.session, by=viewer(world, "luarsup"), at=world.now)
    _asked, reach = erasure_desk.one(world.session, command.erasure, by=viewer(world, "kadis"), at=world.now)
    assert (reach.cases, reach.unseen, reach.households, reach.against) == ((number,), 0, (), ())
    act(world, approve_erasure, command, by="kadis")
    assert not erasure_desk.waiting(world.session, by=viewer(world, "kadis"), at=world.now)
    (over,) = erasure_desk.every(world.session, by=viewer(world, "kadis"), at=world.now)
    assert (over.row.state, over.decider, dict(over.words), over.may_decide) == ("granted", "Kadis", {}, False)
    assert over.name == subjects.ERASED


def test_what_stands_against_a_request_is_seen_before_it_is_decided(world: World) -> None:
    case = at(world, "closed")
    command = asked(world, case)
    _asked, reach = erasure_desk.one(world.session, command.erasure, by=viewer(world, "kadis"), at=world.now)
    assert ["retensi" in sentence for sentence in reach.against] == [True]
    with pytest.raises(NotFound):
        erasure_desk.one(world.session, command.erasure, by=viewer(world, "luarsup"), at=world.now)


def test_opening_a_case_for_who_is_erased_is_refused(world: World) -> None:
    case = closed(world)
    subject = row_of(world, case).subject_id
    act(world, approve_erasure, asked(world, case), by="kadis")
    again = cases.OpenCase(category="AT", area=VILLAGE, subject=subject)
    refused(world, Erased, cases.open_case, again)
    refused(world, Erased, ask_erasure, asks(case))
