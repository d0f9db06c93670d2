"""A case goes to another area: offered, accepted, refused, taken back; who sees it before and after; reminders."""

from dataclasses import replace

import pytest
from sqlalchemy import delete, insert, select, update

from caseflow.access import Grant
from caseflow.actions import changing, desk, glass, lines, offers, transfer_reminders, transfers
from caseflow.actions.reviews import DecideReview, grant_review
from caseflow.actions.transfers import AnswerTransfer, OfferTransfer
from caseflow.errors import Forbidden, InvalidInput, NotFound, Refused, ReviewVoided, SelfApproval
from caseflow.ids import new_id
from caseflow.store import cases as case_rows
from caseflow.store import log, reviews
from caseflow.store import transfers as rows
from caseflow.store.cases import Filter
from caseflow.store.tables import case_file, case_team, transfer, user_account
from tests.hung import folded, stored
from tests.world import (
    OTHER_VILLAGE,
    VILLAGE_ELSEWHERE,
    World,
    act,
    adult,
    approved,
    at,
    broken,
    clock,
    codes,
    opened,
    owed,
    ready_plan,
    record,
    refused,
    row_of,
    take,
    told,
    viewer,
)

EVERYBODY = ("intan", "rina", "budi", "sari", "kadis", "audit", "luar", "luarsup")
REASON = "Klien pindah mengikuti anaknya."


def offered(world: World, case: str, area: str = VILLAGE_ELSEWHERE, *, by: str = "sari") -> str:
    """Offer a case and return the id of the offer."""
    command = OfferTransfer(case=case, area=area, reason=REASON, handed="Bantuan Juni belum diterima.")
    return str(act(world, transfers.offer_transfer, command, by=by).created_id)


def answer(transfer: str, worker: str = "", reason: str = "") -> AnswerTransfer:
    return AnswerTransfer(transfer=transfer, assignee=worker, reason=reason)


def readers(world: World, case: str) -> set[str]:
    """Return who has the case in lists."""
    return {
        name
        for name in EVERYBODY
        if case in {row.id for row in case_rows.visible(world.session, viewer(world, name), Filter(limit=500))}
    }


def holds(world: World, case: str) -> None:
    """Check that the log vouches for the case, and that folding it gives what is stored."""
    assert broken(world) == ()
    assert folded(world, case) == stored(world, case)
    row, standing = row_of(world, case), log.standing_of(world.session, case)
    assert (standing.area_code, standing.assignee_id) == (row.area_code, row.assignee_id)


def test_a_case_is_the_senders_until_the_other_side_takes_it(world: World) -> None:
    case = at(world, "intervention_plan", "FM")
    before, due = row_of(world, case), owed(world, case)
    transfer = offered(world, case)
    assert readers(world, case) == {"rina", "budi", "sari", "kadis", "audit"}
    assert row_of(world, case)._replace(version=0, facts_version=0, entry_seq=0, entry_head="") == before._replace(
        version=0, facts_version=0, entry_seq=0, entry_head=""
    )
    assert [m.kind for m in told(world, "luarsup", case=case)] == ["transfer_offered"]
    offer = offers.one(world.session, transfer, by=viewer(world, "luarsup"), at=world.now)
    assert (offer.words["reason"], offer.may_answer, offer.able) == (
        REASON,
        True,
        ((world.office.ids["luar"], "Luar"),),
    )
    for name in ("luar", "bambang", "rina"):
        seen = name == "bambang"
        if seen:
            assert offers.one(world.session, transfer, by=viewer(world, name), at=world.now).may_withdraw
        else:
            with pytest.raises(NotFound):
                offers.one(world.session, transfer, by=viewer(world, name), at=world.now)

    act(world, transfers.accept_transfer, answer(transfer, world.office.ids["luar"]), by="luarsup")
    row = row_of(world, case)
    assert (row.number, row.area_code, row.assignee_id) == (
        before.number,
        VILLAGE_ELSEWHERE,
        world.office.ids["luar"],
    )
    assert row.office_id != before.office_id
    assert readers(world, case) == {"luar", "luarsup"}
    assert {kind: o.due_at for kind, o in owed(world, case).items()} == {kind: o.due_at for kind, o in due.items()}
    assert [m.kind for m in told(world, "sari", case=case)][-1] == "transfer_accepted"
    (left,) = desk.inbox(world.session, by=viewer(world, "rina"), lang="id", unread=True)[:1]
    assert (left.kind, left.place) == ("transfer_left", ""), "the case is there no more"
    (gone,) = offers.listing(world.session, by=viewer(world, "sari"), at=world.now).gone
    assert (gone.number, gone.state, gone.words, gone.case_state) == (before.number, "accepted", {}, "")
    later = {"category": "KPO", "confidentiality": "R3", "cycle": 2}
    world.session.execute(update(case_file).where(case_file.c.id == case).values(later))
    assert offers.listing(world.session, by=viewer(world, "bambang"), at=world.now).gone == (gone,), "as it went"
    world.session.execute(update(case_file).where(case_file.c.id == case).values({n: getattr(row, n) for n in later}))
    assert lines.search(world.session, before.number, by=viewer(world, "sari"), at=world.now) == []
    assert offers.one(world.session, transfer, by=viewer(world, "sari"), at=world.now).number == before.number
    with pytest.raises(NotFound):
        offers.one(world.session, transfer, by=replace(viewer(world, "sari"), grants=()), at=world.now)
    holds(world, case)
    world.session.execute(update(case_file).where(case_file.c.id == case).values(office_id=before.office_id))
    assert [problem.reason for problem in broken(world)] == ["state"], "the entry tells the office"


def test_a_closed_file_changes_its_team_and_shows_no_category(world: World) -> None:
    case = opened(world, "BWBLP", person=adult())
    row = row_of(world, case)
    assert row.confidentiality == "R3"
    transfer = offered(world, case)
    offer = offers.one(world.session, transfer, by=viewer(world, "luarsup"), at=world.now)
    assert (offer.category, offer.number) == (None, row.number)
    mine = viewer(world, "bambang")
    act(world, transfers.accept_transfer, answer(transfer, world.office.ids["luar"]), by="luarsup")
    assert case_rows.team(world.session, case) == {world.office.ids["luarsup"]}
    assert readers(world, case) == {"luar", "luarsup"}
    assert offers.listing(world.session, by=mine, at=world.now).gone == (), "only who offered knows where it went"
    holds(world, case)


def test_an_offer_ends_when_the_file_closes_or_the_case_ends(world: World) -> None:
    first, second = opened(world), opened(world)
    offered(world, first)
    offered(world, second)
    change = changing.ChangeCategory(case=first, category="KPO", reason="Ternyata korban.")
    act(world, changing.change_category, change, by="bambang")
    approved(world, second, "terminate", details={"reason_code": "moved"})
    for case in (first, second):
        assert "case:transfer:withdrawn" in codes(world, case)
        assert [m.kind for m in told(world, "luarsup", case=case)] == ["transfer_offered", "transfer_withdrawn"]
        holds(world, case)
    assert offers.listing(world.session, by=viewer(world, "luarsup"), at=world.now).coming == ()


def test_an_offer_does_not_say_whom_it_is_about(world: World) -> None:
    person = adult(name="Zubaidah Bidara")
    for case, words in (
        (opened(world, person=person), "Klien Zubaidah Bidara."),
        (opened(world, "GLD", person=person), f"NIK {person.nik}"),
        (opened(world, "KPO", person=adult()), "Korban eksploitasi."),
    ):
        offer = OfferTransfer(case=case, area=VILLAGE_ELSEWHERE, reason=REASON, handed=words)
        assert set(refused(world, InvalidInput, transfers.offer_transfer, offer, by="sari").data["problems"]) == {
            "handed"
        }


def test_the_head_there_reads_an_offer_and_leaves_the_answer_to_supervisors(world: World) -> None:
    case = opened(world)
    transfer = offered(world, case)
    head = replace(viewer(world, "kadis"), grants=(Grant("head", "6302"),))
    offer = offers.one(world.session, transfer, by=head, at=world.now)
    assert (offer.words["reason"], offer.may_answer, offer.able) == (REASON, False, ())
    passing = offers.listing(world.session, by=head, at=world.now)
    assert ([o.id for o in passing.coming], passing.going, passing.gone) == ([transfer], (), ())
    with pytest.raises(Forbidden):
        transfers.accept_transfer(world.session, answer(transfer, world.office.ids["luar"]), by=head, at=world.now)


def test_who_opened_a_file_in_need_answers_its_offer(world: World) -> None:
    case = opened(world, "KPO", person=adult())
    world.session.execute(delete(case_team).where(case_team.c.user_id != world.office.ids["sari"]))
    transfer = offered(world, case, OTHER_VILLAGE)
    act(world, glass.open_file, glass.OpenFile(case=row_of(world, case).number, reason="Malam ini."), by="bambang")
    eyes = glass.eyes(world.session, viewer(world, "bambang"), transfer, at=world.now)
    assert offers.one(world.session, transfer, by=eyes, at=world.now).may_answer


def test_who_opened_a_case_follows_it_no_further(world: World) -> None:
    case = opened(world, "FM", by="intan")
    assert "intan" in readers(world, case)
    transfer = offered(world, case)
    act(world, transfers.accept_transfer, answer(transfer, world.office.ids["luar"]), by="luarsup")
    assert "intan" not in readers(world, case)


def test_reviews_that_wait_are_void_there(world: World) -> None:
    case = at(world, "intervention_plan", "FM")
    ready_plan(world, case)
    review = str(take(world, case, "approve_plan").review_id)
    transfer = offered(world, case)
    assert reviews.pending_of(world.session, case), "an offer changes nothing"
    act(world, transfers.accept_transfer, answer(transfer, world.office.ids["luar"]), by="luarsup")
    assert "review" not in owed(world, case)
    refused(world, NotFound, grant_review, DecideReview(review=review), by="sari")
    refused(world, ReviewVoided, grant_review, DecideReview(review=review), by="luarsup")
    holds(world, case)


def test_an_offer_is_refused_with_a_reason_or_taken_back(world: World) -> None:
    case = opened(world)
    first = offered(world, case)
    again = OfferTransfer(case=case, area=VILLAGE_ELSEWHERE, reason=REASON, handed="Berkas.")
    refused(world, Refused, transfers.offer_transfer, again, by="sari")
    refused(world, InvalidInput, transfers.refuse_transfer, answer(first), by="luarsup")
    act(world, transfers.refuse_transfer, answer(first, reason="Klien tidak tinggal di sini."), by="luarsup")
    assert [m.kind for m in told(world, "sari", case=case)] == ["transfer_refused"]
    refused(world, Refused, transfers.accept_transfer, answer(first, world.office.ids["luar"]), by="luarsup")
    with pytest.raises(NotFound):
        offers.one(world.session, first, by=viewer(world, "luarsup"), at=world.now)
    second = offered(world, case)
    refused(world, Forbidden, transfers.withdraw_transfer, answer(second), by="rina")
    refused(world, NotFound, transfers.withdraw_transfer, answer(second), by="luarsup")
    act(world, transfers.withdraw_transfer, answer(second), by="bambang")
    refused(world, Refused, transfers.refuse_transfer, answer(second, reason="Terlambat."), by="luarsup")
    assert codes(world, case)[-4:] == [
        "case:transfer:offered",
        "case:transfer:refused",
        "case:transfer:offered",
        "case:transfer:withdrawn",
    ]
    holds(world, case)


def test_who_may_offer_and_answer(world: World) -> None:
    case = opened(world)
    offer = OfferTransfer(case=case, area=VILLAGE_ELSEWHERE, reason=REASON, handed="Berkas.")
    for name, error in (("rina", Forbidden), ("luarsup", NotFound), ("kadis", Forbidden)):
        refused(world, error, transfers.offer_transfer, offer, by=name)
    for area in ("", "9999", "6310012001", "63"):
        wrong = OfferTransfer(case=case, area=area, reason=REASON, handed="Berkas.")
        refused(world, InvalidInput, transfers.offer_transfer, wrong, by="sari")
    transfer = offered(world, case)
    luar = world.office.ids["luar"]
    for name in ("sari", "luar", "kadis", "audit"):
        refused(world, NotFound, transfers.accept_transfer, answer(transfer, luar), by=name)
    for worker in (world.office.ids["rina"], world.office.ids["luarsup"], ""):
        refused(world, InvalidInput, transfers.accept_transfer, answer(transfer, worker), by="luarsup")


def test_an_unpaid_emergency_is_settled_by_who_took_it(world: World) -> None:
    case = at(world, "assessment", "AT")
    record(world, case, "assessment", {"risk": "high"})
    take(world, case, "emergency_intervention")
    offer = OfferTransfer(case=case, area=VILLAGE_ELSEWHERE, reason=REASON, handed="Anak di rumah aman.")
    refused(world, Refused, transfers.offer_transfer, offer, by="sari")


def test_within_one_office_its_supervisor_may_put_it_in_order(world: World) -> None:
    case = opened(world)
    transfer = offered(world, case, OTHER_VILLAGE)
    act(world, transfers.accept_transfer, answer(transfer, world.office.ids["dewi"]), by="sari")
    assert row_of(world, case).area_code == OTHER_VILLAGE
    holds(world, case)


def test_nobody_answers_their_own_offer_nor_lends_who_may(world: World) -> None:
    case = opened(world)
    transfer = offered(world, case)
    for grant in (Grant("supervisor", "63"), Grant("supervisor", "63", for_user=world.office.ids["sari"])):
        name = "bambang" if grant.for_user else "sari"
        both = replace(viewer(world, name), grants=(grant,))
        with pytest.raises(SelfApproval):
            transfers.accept_transfer(world.session, answer(transfer, "x"), by=both, at=world.now)


def test_whom_a_stand_in_offered_for_does_not_answer(world: World) -> None:
    sari = world.office.ids["sari"]
    instead = replace(viewer(world, "bambang"), grants=(Grant("supervisor", "6310", for_user=sari),))
    offer = OfferTransfer(case=opened(world), area=VILLAGE_ELSEWHERE, reason=REASON, handed="Berkas.")
    transfer = str(transfers.offer_transfer(world.session, offer, by=instead, at=world.now).created_id)
    both = replace(viewer(world, "sari"), grants=(Grant("supervisor", "63"),))
    with pytest.raises(SelfApproval):
        transfers.accept_transfer(world.session, answer(transfer, "x"), by=both, at=world.now)


def test_an_offer_nobody_answers_climbs(world: World) -> None:
    case = opened(world, by="rina")
    world.now = clock(2026, 2, 2, 10)
    offered(world, case)
    heard = []
    for day in range(3, 16):
        transfer_reminders.remind(world.session, at=clock(2026, 2, day, 8))
        transfer_reminders.remind(world.session, at=clock(2026, 2, day, 9))
    for name in ("luarsup", "sari", "kadis"):
        heard += [(name, m.data["phase"]) for m in told(world, name, "transfer", case=case)]
    assert heard == [("luarsup", "due"), ("sari", "late")]


def test_after_days_without_a_run_each_person_hears_of_the_highest_rung_only(world: World) -> None:
    world.now = clock(2026, 2, 2, 10)
    case = opened(world, by="rina")
    offered(world, case, OTHER_VILLAGE)
    heard = transfer_reminders.remind(world.session, at=clock(2026, 2, 11, 8))
    assert [(each.rung, each.told) for each in heard] == [(1, 1), (2, 1), (3, 1)]
    assert transfer_reminders.remind(world.session, at=clock(2026, 2, 12, 8)) == []
    for name in ("bambang", "kadis", "sari"):
        assert len(told(world, name, "transfer", case=case)) == 1, "sari is supervisor there too, and offered it"


def test_where_who_offered_is_gone_their_colleagues_hear_that_nobody_answers(world: World) -> None:
    world.now = clock(2026, 2, 2, 10)
    case = opened(world, by="rina")
    offered(world, case)
    gone = update(user_account).where(user_account.c.id == world.office.ids["sari"]).values(active=False)
    world.session.execute(gone)
    transfer_reminders.remind(world.session, at=clock(2026, 2, 11, 8))
    assert len(told(world, "bambang", "transfer", case=case)) == 1


def test_every_offer_that_waits_is_reminded_however_many_there_are(world: World) -> None:
    world.now = clock(2026, 2, 2, 10)
    case = opened(world, by="rina")
    row = dict(world.session.execute(select(case_file).where(case_file.c.id == case)).one()._mapping)
    offer = rows.by_id(world.session, offered(world, case))
    assert offer is not None
    asked = {column.name: getattr(offer, column.name) for column in transfer.c if column.name != "sealed"}
    asked |= {"category": None, "confidentiality": None, "sealed": b""}
    others = [(str(new_id()), f"{n:06}") for n in range(rows.MOST)]
    world.session.execute(
        insert(case_file), [row | {"id": i, "number": f"6310-2030-{n}", "category": n} for i, n in others]
    )
    world.session.execute(insert(transfer), [asked | {"id": str(new_id()), "case_id": i} for i, _n in others])
    transfer_reminders.remind(world.session, at=clock(2026, 2, 5, 8))
    assert len({m.case_id for m in told(world, "luarsup", "transfer")}) == rows.MOST + 1
    assert offers.waiting(world.session, by=viewer(world, "luarsup")) == rows.MOST + 1
