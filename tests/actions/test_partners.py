"""What a partner sees: referrals sent to the own institution that wait, and nothing of the client."""

from dataclasses import asdict, replace

import pytest

from caseflow.access import Viewer
from caseflow.actions import partners, referrals
from caseflow.actions.letters import MarkSent, mark_sent
from caseflow.errors import Forbidden
from caseflow.store import subjects
from tests.actions.test_letters import issued, needing, rendered
from tests.world import World, act, at, may_tell, row_of, viewer


def partner(world: World, *kinds: str) -> Viewer:
    """Return the partner, working for these institutions."""
    found = viewer(world, "mitra")
    (own,) = found.grants
    ids = (world.office.institutions[kind] for kind in kinds)
    return replace(found, grants=tuple(replace(own, institution_id=i) for i in ids) or (own,))


def sent(world: World, kind: str) -> tuple[str, str]:
    """Refer somebody to an institution; return the case and the referral."""
    case = at(world, "intervention")
    may_tell(world, case, kind)
    command = referrals.AddReferral(case=case, institution=world.office.institutions[kind], need="Paket pangan")
    return case, str(act(world, referrals.add_referral, command).created_id)


def test_a_partner_sees_what_was_sent_to_the_own_institution_until_it_is_answered(world: World) -> None:
    case, referral = sent(world, "charity")
    (found,) = partners.waiting(world.session, by=partner(world, "charity"))
    assert found.id == referral
    assert (found.case_number, found.worker, found.status) == (str(row_of(world, case).number), "Rina", "open")
    assert found.owed is not None
    assert found.owed.due_at > world.now
    assert partners.waiting(world.session, by=partner(world, "health_facility")) == ()
    answer = referrals.AnswerReferral(case=case, referral=referral, status="accepted", note="Segera")
    act(world, referrals.answer_referral, answer)
    assert [one.status for one in partners.waiting(world.session, by=partner(world, "charity"))] == ["accepted"]
    act(world, referrals.answer_referral, replace(answer, status="done"))
    assert partners.waiting(world.session, by=partner(world, "charity")) == ()


def test_nothing_of_the_client_leaves_with_it(world: World) -> None:
    case, _referral = sent(world, "charity")
    (found,) = partners.waiting(world.session, by=partner(world, "charity"))
    name = subjects.name_of(world.session, row_of(world, case).subject_id)
    assert name not in str(asdict(replace(found, owed=None)))
    assert "Paket pangan" not in str(found), "what is asked for stands in the letter"


def test_two_institutions_and_none(world: World) -> None:
    sent(world, "charity")
    sent(world, "school")
    both = partner(world, "charity", "school")
    assert len(partners.waiting(world.session, by=both)) == 2
    assert set(partners.institutions_of(world.session, by=both)) == {"Baznas Kabupaten Tanah Bumbu", "SDN 1 Batulicin"}
    assert partners.waiting(world.session, by=partner(world)) == ()
    assert partners.institutions_of(world.session, by=partner(world)) == ()


@pytest.mark.parametrize("name", ["rina", "sari", "audit", "admin"])
def test_nobody_else_reads_it(world: World, name: str) -> None:
    with pytest.raises(Forbidden):
        partners.waiting(world.session, by=viewer(world, name))


def test_a_letter_counts_once_it_is_sent(world: World) -> None:
    case = needing(world)
    row = issued(world, case)
    hospital = partner(world, "health_facility")
    assert partners.waiting(world.session, by=hospital) == (), "numbered"
    rendered(world, row)
    assert partners.waiting(world.session, by=hospital) == (), "made, and still on the desk"
    act(world, mark_sent, MarkSent(letter=row.id))
    (found,) = partners.waiting(world.session, by=hospital)
    assert (found.letter_number, found.sent_on) == (row.number, row.letter_date)
    assert found.title is not None
    assert found.title.id == "Rekomendasi Pelayanan Kesehatan"
