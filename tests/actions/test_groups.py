"""Groups and communities: opened without a NIK, a roster over time, and consent by who represents them."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from caseflow.actions import casework, groups, letter_facts, lines, views
from caseflow.actions.cases import OpenCase, open_case
from caseflow.actions.consents import AddConsent, WithdrawConsent, add_consent, withdraw_consent
from caseflow.actions.groups import AddToRoster, EndOnRoster, GroupData, RosterMember, add_to_roster, end_on_roster
from caseflow.errors import Forbidden, InvalidInput, NotFound, Refused
from caseflow.states.facts import Facts
from caseflow.store import facts, log, rosters, subjects
from caseflow.store.tables import case_file
from tests.world import (
    VILLAGE,
    VILLAGE_ELSEWHERE,
    World,
    act,
    adult,
    broken,
    codes,
    days_later,
    opened,
    refused,
    row_of,
    viewer,
)

SPEAKER = RosterMember(name="Damang Ayal", role="kepala adat", representative=True)


def community(**more: Any) -> GroupData:  # noqa: ANN401 - of GroupData
    return GroupData(**{"kind": "community", "name": "Balai Adat Meratus", "members": (SPEAKER,), **more})


def group_case(world: World) -> str:
    return opened(world, "KAT", person=None, group=community())


def roster(world: World, case: str) -> list[tuple[str, bool, bool]]:
    found = groups.show(world.session, case, by=viewer(world, "rina"), at=world.now)
    return [(m.name, m.representative, m.ends_on is None) for m in found]


def known(world: World, case: str) -> Facts:
    return facts.load(world.session, row_of(world, case).id, world.today)


def agreed(case: str, **more: Any) -> AddConsent:  # noqa: ANN401 - of AddConsent
    said = {"purpose": "plan", "relation": "representative", "giver": "damang  ayal"}
    return AddConsent(case=case, **{**said, **more})


def test_a_community_is_opened_by_name_and_its_roster_is_kept_over_time(world: World) -> None:
    case = group_case(world)
    assert known(world, case).subject_kind == "community"
    someone = opened(world, person=adult(name="Utuh"))
    number = str(row_of(world, someone).number)
    joined = str(act(world, add_to_roster, AddToRoster(case=case, name="Utuh", person_case=number)).created_id)
    assert roster(world, case) == [("Damang Ayal", True, True), ("Utuh", False, True)]
    days_later(world, 3)
    act(world, end_on_roster, EndOnRoster(case=case, member=joined, reason="Pindah."))
    assert roster(world, case) == [("Damang Ayal", True, True), ("Utuh", False, False)]
    refused(world, NotFound, end_on_roster, EndOnRoster(case=case, member=joined))
    assert codes(world, case)[-2:] == ["case:roster:joined", "case:roster:left"]
    assert not broken(world)
    subjects.erase(world.session, row_of(world, someone).subject_id, at=world.now)
    assert roster(world, case)[1][0] == str(subjects.ERASED), "who is erased is erased here too"


def test_only_its_representative_consents_for_it(world: World) -> None:
    case = group_case(world)
    error = refused(world, InvalidInput, add_consent, agreed(case, relation="self"))
    assert set(error.data["problems"]) == {"relation"}
    error = refused(world, InvalidInput, add_consent, agreed(case, giver="Utuh"))
    assert "Damang Ayal" in str(error.data["problems"]["giver"])
    assert not known(world, case).consents_for("plan")
    act(world, add_consent, agreed(case))
    assert len(known(world, case).consents_for("plan")) == 1
    error = refused(world, InvalidInput, add_consent, agreed(opened(world)))
    assert set(error.data["problems"]) == {"relation"}, "nobody represents a person"


def test_who_only_follows_it_reads_no_roster(world: World) -> None:
    case = opened(world, "KAT", by="intan", person=None, group=community())
    assert groups.show(world.session, case, by=viewer(world, "intan"), at=world.now)
    world.session.execute(update(case_file).where(case_file.c.id == case).values(state="assessment"))
    assert groups.show(world.session, case, by=viewer(world, "intan"), at=world.now) == ()


def test_the_name_of_a_speaker_on_record_stands_in_the_roster_alone(world: World) -> None:
    case, someone = group_case(world), opened(world, person=adult(name="Utuh"))
    number = str(row_of(world, someone).number)
    act(world, add_to_roster, AddToRoster(case=case, name="Utuh", representative=True, person_case=number))
    act(world, add_consent, agreed(case, giver="utuh"))
    act(world, add_consent, agreed(case, purpose="data", giver="Damang Ayal"))
    assert givers(world, case) == {"Utuh", "Damang Ayal"}
    subjects.erase(world.session, row_of(world, someone).subject_id, at=world.now)
    assert givers(world, case) == {str(subjects.ERASED), "Damang Ayal"}
    told = log.payloads_of(world.session, row_of(world, case).subject_id, case)
    assert "utuh" not in str(told).casefold()
    assert "Damang Ayal" in str(told)


def givers(world: World, case: str) -> set[str]:
    shown = views.view_case(world.session, case, by=viewer(world, "rina"), at=world.now)
    return {str(given.words["giver"]) for given in shown.consents}


def test_a_letter_names_the_group_and_who_represents_it(world: World) -> None:
    case = group_case(world)
    work = casework.look(world.session, case, by=viewer(world, "rina"), at=world.now)
    about = subjects.summary(world.session, work.row.subject_id, work.today)
    assert letter_facts.named(work, about) == "Balai Adat Meratus, diwakili Damang Ayal"


@pytest.mark.parametrize(
    ("group", "key"),
    [
        (community(kind="person"), "subject"),
        (community(name=" "), "group.name"),
        (community(members=(RosterMember(name=""),)), "group.members.0.name"),
        (community(members=(RosterMember(name="Utuh", basis="katanya"),)), "group.members.0.basis"),
    ],
)
def test_a_group_without_a_name_is_not_opened(world: World, group: GroupData, key: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        opened(world, "KAT", person=None, group=group)
    assert set(refusal.value.data["problems"]) == {key}


def test_a_person_has_no_roster_and_others_do_not_write_one(world: World) -> None:
    case = group_case(world)
    refused(world, Forbidden, add_to_roster, AddToRoster(case=case, name="Utuh"), by="sari")
    refused(world, NotFound, add_to_roster, AddToRoster(case=case, name="Utuh"), by="luar")
    refused(world, Refused, add_to_roster, AddToRoster(case=opened(world), name="Utuh"))
    refused(world, InvalidInput, add_to_roster, AddToRoster(case=case, name="Utuh", person_case="6310-2026-999999"))
    late = AddToRoster(case=case, name="Utuh", starts_on=date(2099, 1, 1))
    refused(world, InvalidInput, add_to_roster, late)


def test_nobody_stands_on_a_roster_twice(world: World) -> None:
    case, someone = group_case(world), opened(world, person=adult(name="Utuh"))
    number = str(row_of(world, someone).number)
    utuh = AddToRoster(case=case, name="Utuh", role="tetua", person_case=number)
    joined = str(act(world, add_to_roster, utuh).created_id)
    again = refused(world, InvalidInput, add_to_roster, AddToRoster(case=case, name="Lain", person_case=number))
    assert set(again.data["problems"]) == {"person_case"}
    for name, role in (("utuh ", "Tetua"), ("Damang  Ayal", "kepala adat")):
        twice = refused(world, InvalidInput, add_to_roster, AddToRoster(case=case, name=name, role=role))
        assert set(twice.data["problems"]) == {"name"}
    act(world, add_to_roster, AddToRoster(case=case, name="Utuh", role="bendahara"))
    act(world, end_on_roster, EndOnRoster(case=case, member=joined))
    act(world, add_to_roster, utuh)
    group = community(members=(SPEAKER, SPEAKER))
    twice = refused(world, InvalidInput, open_case, OpenCase(category="KAT", area=VILLAGE, group=group))
    assert set(twice.data["problems"]) == {"group.members.1.name"}


@pytest.mark.parametrize(
    "written",
    [
        "Idah 6310010101900001",
        "6310 0101 0190 0001",
        "6310/0101/0190/0001",
        "631001 - 010190 - 0001",
        "6310\N{EN DASH}0101\N{NO-BREAK SPACE}0190  0001",
        "Idah (631001:010190_0001)",
        "\uff16\uff13\uff11\uff10\uff10\uff11\uff10\uff11\uff10\uff11\uff19\uff10\uff10\uff10\uff10\uff11",
    ],
)
def test_a_nik_is_no_name_and_no_title(written: str) -> None:
    assert groups.word_problem("name", written) == {"name": groups.NO_NIK}


def test_no_door_takes_a_nik_for_a_name_or_a_title(world: World) -> None:
    case, nik = group_case(world), "Wati 6310/0101/0190/0001"
    wrong = refused(world, InvalidInput, add_to_roster, AddToRoster(case=case, name="Wati", role=nik))
    assert wrong.data["problems"] == {"role": groups.NO_NIK}
    group = community(name=nik, members=(RosterMember(name=nik), RosterMember(name="Wati", role=nik)))
    wrong = refused(world, InvalidInput, open_case, OpenCase(category="KAT", area=VILLAGE, group=group))
    assert set(wrong.data["problems"]) == {"group.name", "group.members.0.name", "group.members.1.role"}
    act(world, add_to_roster, AddToRoster(case=case, name="Wati 2", role="RT 01/RW 02, sejak 12-03-2020"))


def test_who_agreed_represented_it_that_day_and_does_so_on_record(world: World) -> None:
    case = group_case(world)
    days_later(world, 10)
    ayal = groups.show(world.session, case, by=viewer(world, "rina"), at=world.now)[0]
    act(world, add_to_roster, AddToRoster(case=case, name="Utuh", representative=True))
    before = world.today - timedelta(days=2)
    refused(world, InvalidInput, add_consent, agreed(case, giver="Utuh", given_on=before))
    act(world, end_on_roster, EndOnRoster(case=case, member=ayal.id, ends_on=world.today - timedelta(days=1)))
    refused(world, InvalidInput, add_consent, agreed(case))
    act(world, add_consent, agreed(case, given_on=before))
    assert len(known(world, case).consents_for("plan")) == 1, "what is typed late was agreed to that day"


def test_who_agreed_does_not_leave_before_that_day(world: World) -> None:
    case = group_case(world)
    ayal = groups.show(world.session, case, by=viewer(world, "rina"), at=world.now)[0]
    days_later(world, 5)
    given = str(act(world, add_consent, agreed(case)).created_id)
    early = EndOnRoster(case=case, member=ayal.id, ends_on=world.today - timedelta(days=1))
    assert set(refused(world, InvalidInput, end_on_roster, early).data["problems"]) == {"ends_on"}
    act(world, withdraw_consent, WithdrawConsent(case=case, consent=given))
    act(world, end_on_roster, early)


def test_that_a_member_has_a_closed_file_is_not_told(world: World) -> None:
    case, someone = group_case(world), opened(world, person=adult(name="Utuh", nik="6310010101900001"))
    row = row_of(world, someone)
    act(world, add_to_roster, AddToRoster(case=case, name="Utuh", person_case=str(row.number)))

    def told(by: str) -> tuple[list[bool], bool]:
        shown = groups.show(world.session, case, by=viewer(world, by), at=world.now)
        found = lines.search(world.session, "6310010101900001", by=viewer(world, by), at=world.now)
        return [m.linked for m in shown], case in {line.id for line in found}

    def hide(file: str) -> None:
        secret = {"confidentiality": "R3", "assignee_id": world.office.ids["budi"]}
        world.session.execute(update(case_file).where(case_file.c.id == file).values(secret))

    assert told("rina") == told("sari") == ([False, True], True)
    hide(opened(world, "KTK", by="budi", person=None, subject=row.subject_id))
    assert told("rina") == told("sari") == ([False, True], True), "a closed file beside an open one changes nothing"
    hide(someone)
    assert told("rina") == ([False, False], False), "she may open no case of this person"
    assert told("budi") == told("sari") == ([False, True], True), "they are of the team of a closed one"


def test_a_group_is_found_by_who_is_on_its_roster_to_those_who_read_it(world: World) -> None:
    case = opened(world, "KAT", by="intan", person=None, group=community())
    someone = opened(world, person=adult(name="Utuh", nik="6310010101900001"))
    number = str(row_of(world, someone).number)
    joined = str(act(world, add_to_roster, AddToRoster(case=case, name="Si Utuh", person_case=number)).created_id)

    def found(typed: str, by: str = "rina") -> set[str]:
        return {line.id for line in lines.search(world.session, typed, by=viewer(world, by), at=world.now)}

    assert found("damang ajal") == found("Damang Ayal", by="intan") == {case}
    assert found("6310010101900001") == {case, someone}
    assert found("ayal utuh") == found("Damang Ayal", by="luar") == set()
    world.session.execute(update(case_file).where(case_file.c.id == someone).values(confidentiality="R3"))
    assert found("6310010101900001", by="sari") == set(), "they may open no case of this person"
    act(world, end_on_roster, EndOnRoster(case=case, member=joined))
    assert found("Utuh") == {someone}
    world.session.execute(update(case_file).where(case_file.c.id == case).values(state="assessment"))
    assert found("Damang Ayal", by="intan") == set(), "who only follows it reads no roster"
    world.session.execute(update(case_file).where(case_file.c.id == case).values(confidentiality="R3"))
    assert found("Damang Ayal") == set()


def test_a_name_is_looked_for_among_so_many_members_of_the_newest_groups(world: World) -> None:
    old, new = group_case(world), group_case(world)
    rina = viewer(world, "rina")

    def found(most: int) -> list[str]:
        return list(rosters.cases_with(world.session, rina, indexes=(), names=("damang", "ayal"), most=most))

    assert found(2) == [new, old]
    assert found(1) == [new]


def test_a_large_community_is_read_whole_and_one_that_moved_or_closed_is_left_alone(world: World) -> None:
    many = tuple(RosterMember(name=f"Warga {n}") for n in range(100))
    case = opened(world, "KAT", person=None, group=community(members=(SPEAKER, *many)))
    assert len(roster(world, case)) == 101
    utuh = AddToRoster(case=case, name="Utuh")
    moved = {"area_code": VILLAGE_ELSEWHERE, "assignee_id": world.office.ids["luar"]}
    world.session.execute(update(case_file).where(case_file.c.id == case).values(moved))
    act(world, add_to_roster, utuh, by="luar")
    world.session.execute(update(case_file).where(case_file.c.id == case).values(state="closed"))
    refused(world, Refused, add_to_roster, AddToRoster(case=case, name="Idah"), by="luar")
