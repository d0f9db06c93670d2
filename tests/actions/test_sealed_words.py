"""Words about somebody lie under their key, wherever they were typed: readers see them, the tables do not show them."""

from caseflow.actions import views
from caseflow.actions.consents import AddConsent, add_consent
from caseflow.actions.households import AddMember, add_member
from caseflow.actions.letters import IssueLetter, VoidLetter, issue_letter, void_letter
from tests.snapshots import contents
from tests.world import World, act, adult, answers, at, consent, record, viewer

ADDRESSEE, RELATION, REASON = "Bu Camat Melati", "menantu dari sepupu", "Klien berubah pikiran"


def shown(world: World, case: str) -> views.CaseView:
    return views.view_case(world.session, case, by=viewer(world, "rina"), at=world.now)


def in_clear(world: World, words: str) -> bool:
    return any(words in row for rows in contents(world.session).values() for row in rows)


def test_whom_a_consent_lets_hear(world: World) -> None:
    case = at(world, "intervention_plan")
    act(world, add_consent, AddConsent(case=case, purpose="plan", relation="self", giver="Aminah", addressee=ADDRESSEE))
    assert [given.words["addressee"] for given in shown(world, case).consents] == [ADDRESSEE]
    assert not in_clear(world, ADDRESSEE)


def test_what_a_member_is_to_the_household(world: World) -> None:
    case = at(world, "assessment", "KME")
    act(world, add_member, AddMember(case=case, person=adult(), relation=RELATION, basis="lives_with"))
    assert RELATION in [member["relation"] for member in shown(world, case).members]
    assert not in_clear(world, RELATION)


def test_why_a_letter_is_void(world: World) -> None:
    case = at(world, "intervention_plan")
    needs = answers(world, "FM", "data_collection", treatment_needed=True, health_need="pemeriksaan lanjutan")
    record(world, case, "data_collection", needs)
    consent(world, case, "health_service")
    letter = act(world, issue_letter, IssueLetter(case=case, letter="rjk-rs")).created_id
    act(world, void_letter, VoidLetter(letter=letter, reason=REASON), by="sari")
    assert {key: void.reason for key, void in shown(world, case).voided.items()} == {letter: REASON}
    assert not in_clear(world, REASON)
