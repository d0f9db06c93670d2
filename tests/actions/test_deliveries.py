"""Goods handed over in a case: on plan and assessment, with a BAST, once; given back and undone on record."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select, update

from caseflow.actions import deliveries, goods, goods_kinds, goods_lists, handed, plan, transfers
from caseflow.actions.deliveries import GiveBack, Line, Undo
from caseflow.actions.goods import CountStock
from caseflow.actions.goods_lists import Asked
from caseflow.errors import CaseflowError, Erased, Forbidden, InvalidInput, NotFound, Refused, VersionConflict
from caseflow.store import initials, log
from caseflow.store import letters as letter_rows
from caseflow.store.tables import case_file, goods_item, goods_movement, office
from tests.actions.test_erased import erase
from tests.actions.test_goods import left
from tests.actions.test_letter_initials import chained
from tests.conftest import DatabaseFactory
from tests.warehouse import KINDS, STORE, delivery, receipt, stored
from tests.world import (
    REGENCY,
    VILLAGE_ELSEWHERE,
    World,
    act,
    at,
    bring,
    broken,
    codes,
    days_later,
    fill,
    items_of,
    open_database,
    opened,
    refused,
    rolled_back,
    row_of,
    viewer,
)


@pytest.fixture
def stocked(world: World) -> World:
    """Return an office with 22 wheelchairs, and nothing of the other kinds."""
    stored(world)
    for n in (1, 21):
        act(world, goods.receive, receipt(n, received_on=world.today - timedelta(days=40)), by="sari")
    return world


def ready(world: World) -> tuple[str, str]:
    """Return a case in intervention and an approved item of its plan."""
    case = at(world, "intervention")
    return case, items_of(world, case)[0].id


def shown(world: World, case: str, by: str = "rina") -> list[handed.Delivery]:
    return handed.of_case(world.session, case, by=viewer(world, by), at=world.now)


def test_what_the_sentra_gave_is_handed_over_to_the_last_piece(stocked: World) -> None:
    world, (case, planned) = stocked, ready(stocked)
    for code, n in (("MESIN-JAHIT", 2), ("TIDUR", 3), ("SEMBAKO", 26)):
        act(world, goods.receive, receipt(n, code), by="sari")
    everything = {"KURSI-RODA": 22, "MESIN-JAHIT": 2, "TIDUR": 3, "SEMBAKO": 26}
    lines = tuple(Line(item=code, place=STORE, quantity=n) for code, n in everything.items())
    done = act(world, deliveries.deliver, delivery(case, planned, goods=lines, value=45_000_000))
    assert {code: left(world, code) for code in KINDS} == dict.fromkeys(KINDS, 0)
    (made,) = shown(world, case)
    assert (made.id, made.receiver, made.undone) == (done.created_id, "Rusdi", False)
    assert {each.item.code: each.quantity for each in made.goods} == everything
    letter = letter_rows.by_id(world.session, made.letter_id)
    assert letter is not None
    assert letter.number == made.letter_number
    frozen = letter_rows.facts_of(world.session, row_of(world, case).subject_id, letter)
    assert [party["post"] for party in frozen["parties"]] == ["TKSK", "penerima manfaat"], "in words, not as a key"
    said = frozen["fields"]
    assert said["items"][3] == ["Paket sembako", "26 (dua puluh enam) paket", "Sentra Phalamartha"]
    assert (said["source"], said["receiver"], said["value"]) == ("Sentra Phalamartha", "Rusdi", 45_000_000)
    assert said["handed_on"] == world.today.isoformat()
    assert codes(world, case)[-2:] == ["case:letter:issued", "case:goods:delivered"]
    assert "Rusdi" not in log.entries_of(world.session, case)[-1].data
    assert items_of(world, case)[0].status == "approved", "what is handed over is one thing, the goal another"
    assert not broken(world)
    second = bring(world, opened(world), "intervention")
    error = refused(world, Refused, deliveries.deliver, delivery(second, items_of(world, second)[0].id))
    assert str(error.data["reason"]) == "Stok Kursi roda di Gudang Dinas tinggal 0 unit."
    world.session.execute(update(goods_movement).where(goods_movement.c.case_id == case).values(quantity=1))
    assert {each.table for each in broken(world)} == {"goods_movement", "goods_stock"}, "entries vouch"


def test_goods_go_out_only_on_an_assessment_and_an_approved_plan(stocked: World) -> None:
    world = stocked
    case = at(world, "intervention_plan")
    planned = act(world, plan.add_item, plan.AddItem(case=case, intervention="SEMBAKO", goal="Pangan")).created_id
    error = refused(world, Refused, deliveries.deliver, delivery(case, str(planned)))
    assert str(error.data["reason"]) == "Barang hanya diserahkan atas dasar asesmen dan rencana yang disetujui."
    case, planned = ready(world)
    mine = delivery(case, planned)
    refused(world, NotFound, deliveries.deliver, delivery(case, row_of(world, case).id))
    for by in ("sari", "kadis", "audit"):
        refused(world, Forbidden, deliveries.deliver, mine, by=by)
    refused(world, NotFound, deliveries.deliver, mine, by="luar")
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"delivered_on": world.today + timedelta(days=1)}, "delivered_on"),
        ({"delivered_on": world.today - timedelta(days=30)}, "delivered_on"),
        ({"goods": ()}, "goods"),
        ({"goods": (*mine.goods, *mine.goods)}, "goods"),
        ({"goods": (Line(item="KURSI-RODA", place=STORE, quantity=0),)}, "quantity"),
        ({"goods": (Line(item="MOBIL", place=STORE, quantity=1),)}, "item"),
        ({"receiver": ""}, "receiver"),
        ({"capacity": "tetangga"}, "capacity"),
        ({"expected_version": 1}, ""),
    ]
    for said, field in wrong:
        kind: type[CaseflowError] = InvalidInput if field else VersionConflict
        found = refused(world, kind, deliveries.deliver, delivery(case, planned, **said))
        assert not field or field in found.data["problems"], said
    act(world, goods.receive, receipt(1, source="CSR Bank"), by="sari")
    unclear = refused(world, InvalidInput, deliveries.deliver, mine)
    assert str(unclear.data["problems"]["source"]).endswith("CSR Bank; Sentra Phalamartha.")
    act(world, deliveries.deliver, delivery(case, planned, source="CSR Bank"))
    (given,) = shown(world, case)[0].goods
    assert (given.quantity, left(world)) == (1, 22)


def test_a_delivery_is_once_and_is_given_back_or_undone_on_record(stocked: World) -> None:
    world, (case, planned) = stocked, ready(stocked)
    first = act(world, deliveries.deliver, delivery(case, planned, 2)).created_id
    twice = refused(world, Refused, deliveries.deliver, delivery(case, planned))
    assert str(twice.data["reason"]) == "Kursi roda sudah diserahkan untuk kegiatan ini."
    back = {"delivery": first, "item": "KURSI-RODA", "place": STORE, "reason": "Penerima pindah."}
    many = refused(world, Refused, deliveries.give_back, GiveBack(quantity=3, **back))
    assert str(many.data["reason"]) == "Dari penyerahan ini masih 2 unit Kursi roda."
    refused(world, InvalidInput, deliveries.give_back, GiveBack(quantity=-1, **back))
    returned = act(world, deliveries.give_back, GiveBack(quantity=2, **back)).created_id
    assert left(world) == 22
    mixed = refused(world, Refused, deliveries.undo, Undo(what=first, reason="Salah."), by="sari")
    assert "pengembaliannya" in str(mixed.data["reason"])
    refused(world, Forbidden, deliveries.undo, Undo(what=returned, reason="Salah."))
    act(world, deliveries.undo, Undo(what=returned, reason="Belum kembali."), by="sari")
    assert left(world) == 20
    refused(world, Refused, deliveries.undo, Undo(what=returned, reason="Lagi."), by="sari")
    act(world, deliveries.undo, Undo(what=first, reason="Kasus yang salah."), by="sari")
    again = refused(world, Refused, deliveries.undo, Undo(what=first, reason="Lagi."), by="sari")
    assert str(again.data["reason"]) == "Penyerahan ini sudah dibatalkan."
    (made,) = shown(world, case)
    letter = letter_rows.by_id(world.session, made.letter_id)
    assert letter is not None
    assert (made.undone, letter.state, left(world)) == (True, "void", 22)
    assert codes(world, case)[-4:] == [
        "case:goods:returned", "case:goods_return:reversed", "case:letter:voided", "case:goods:reversed"
    ]  # fmt: skip
    act(world, deliveries.deliver, delivery(case, planned))
    assert not broken(world)


def test_a_delivery_whose_bast_waits_for_initials_is_undone_with_its_draft(stocked: World) -> None:
    world, (case, planned) = stocked, ready(stocked)
    chained(world, letter="bast")
    made = act(world, deliveries.deliver, delivery(case, planned)).created_id
    (waiting,) = initials.drafts_of(world.session, row_of(world, case).id, waiting=True)
    assert shown(world, case)[0].letter_id == waiting.id
    act(world, deliveries.undo, Undo(what=made, reason="Kasus yang salah."), by="sari")
    assert not initials.drafts_of(world.session, row_of(world, case).id, waiting=True)
    assert codes(world, case)[-2:] == ["case:letter:withdrawn", "case:goods:reversed"]
    assert not broken(world)


def test_a_case_whose_bast_waits_for_initials_stays_until_it_has_them(stocked: World) -> None:
    """Elsewhere nobody could initial it, and the goods would be out without a letter."""
    world, (case, planned) = stocked, ready(stocked)
    chained(world, letter="bast")
    offer = transfers.OfferTransfer(case=case, area=VILLAGE_ELSEWHERE, reason="Pindah.", handed="Kursi roda.")
    transfer = str(act(world, transfers.offer_transfer, offer, by="sari").created_id)
    act(world, deliveries.deliver, delivery(case, planned))
    there = transfers.AnswerTransfer(transfer=transfer, assignee=world.office.ids["luar"])
    assert "paraf" in str(refused(world, Refused, transfers.accept_transfer, there, by="luarsup"))
    assert shown(world, case)[0].letter_number is None


def test_what_is_not_there_and_what_is_anothers_answer_every_body_alike(stocked: World) -> None:
    world, (case, planned) = stocked, ready(stocked)
    made = str(act(world, deliveries.deliver, delivery(case, planned, 2)).created_id)
    back: dict[str, Any] = {"item": "KURSI-RODA", "place": STORE, "quantity": 1, "reason": "Pindah."}
    returned = str(act(world, deliveries.give_back, GiveBack(delivery=made, **back)).created_id)
    for said in ({}, {"reason": ""}, {"quantity": 0}, {"item": "MOBIL"}, {"expected_version": 1}):
        told = [answer(world, deliveries.give_back, GiveBack(delivery=i, **{**back, **said})) for i in (made, case)]
        assert told[0] == told[1], said
    for reason in ("", "Salah."):
        told = [answer(world, deliveries.undo, Undo(what=each, reason=reason)) for each in (made, returned, case)]
        assert len(set(told)) == 1, reason


def answer(world: World, action: Any, command: object) -> str:  # noqa: ANN401 - an action
    """Return what somebody of another office is told."""
    with pytest.raises(CaseflowError) as caught:
        act(world, action, command, by="luar")
    return f"{type(caught.value).__name__} {caught.value.data}"


def test_who_is_not_of_the_team_reads_no_worker_of_a_closed_file(stocked: World) -> None:
    world, (case, planned) = stocked, ready(stocked)
    act(world, deliveries.deliver, delivery(case, planned))
    world.session.execute(update(case_file).where(case_file.c.id == case).values(confidentiality="R3"))

    def worker(by: str) -> str:
        reader = viewer(world, by)
        where = goods_kinds.office_of(world.session, None, by=reader)
        (one,) = goods_lists.movements(world.session, where, Asked(kind="delivery"), by=reader)
        return one.by

    assert {name: worker(name) for name in ("rina", "budi", "admin")} == {"rina": "Rina", "budi": "-", "admin": "-"}


def test_goods_come_back_to_the_office_that_gave_them(stocked: World) -> None:
    world, (case, planned) = stocked, ready(stocked)
    made = str(act(world, deliveries.deliver, delivery(case, planned)).created_id)
    other = select(office.c.id).where(office.c.id != row_of(world, case).office_id).limit(1).scalar_subquery()
    world.session.execute(update(case_file).where(case_file.c.id == case).values(office_id=other))
    error = refused(world, Refused, deliveries.undo, Undo(what=made, reason="Salah."), by="sari")
    assert "Barang ini dari stok Dinas Sosial" in str(error.data["reason"])
    back = GiveBack(delivery=made, item="KURSI-RODA", place=STORE, quantity=1, reason="Pindah.")
    act(world, deliveries.give_back, back)
    assert left(world) == 22


def test_goods_go_out_for_the_help_they_are_recorded_for(stocked: World) -> None:
    world, (case, planned) = stocked, ready(stocked)
    kind = goods_kinds.AddGoods(
        area=REGENCY, code="USAHA-1", name="Mesin", unit="unit", pillar="pemberdayaan", intervention="USAHA"
    )
    act(world, goods_kinds.add_item, kind, by="sari")
    act(world, goods.count, CountStock(item="USAHA-1", place=STORE, counted=1, reason="Stok awal."), by="sari")
    error = refused(world, Refused, deliveries.deliver, delivery(case, planned, code="USAHA-1"))
    assert "USAHA" in str(error.data["reason"])
    world.session.execute(update(goods_item).values(intervention=items_of(world, case)[0].intervention))
    unknown = refused(world, InvalidInput, deliveries.deliver, delivery(case, planned, code="USAHA-1"))
    assert str(unknown.data["problems"]["source"]) == "Asal barang ini tidak tercatat. Sebut sumbernya."


def test_what_was_handed_over_before_the_approval_is_not_of_this_plan(stocked: World) -> None:
    world = stocked
    case = at(world, "intervention")
    days_later(world, 3)
    planned = items_of(world, case)[0].id
    act(world, deliveries.deliver, delivery(case, planned, delivered_on=world.today - timedelta(days=2)))
    assert shown(world, case)[0].delivered_on == world.today - timedelta(days=2)
    act(world, plan.finish_item, plan.SettleItem(case=case, item=planned))
    refused(world, Refused, deliveries.deliver, delivery(case, planned))


def test_an_erased_receiver_leaves_the_numbers(stocked: World) -> None:
    world = stocked
    case = bring(world, opened(world), "intervention")
    act(world, deliveries.deliver, delivery(case, items_of(world, case)[0].id))
    bring(world, case, "closed")
    days_later(world, 6 * 366)
    erase(world, case)
    (made,) = shown(world, case)
    assert (made.receiver, made.goods[0].quantity, left(world)) == ("-", 1, 21)
    back = GiveBack(delivery=made.id, item="KURSI-RODA", place=STORE, quantity=1, reason="Tidak terpakai.")
    refused(world, Erased, deliveries.give_back, back)
    act(world, goods.count, CountStock(item="KURSI-RODA", place=STORE, counted=22, reason="Kembali."), by="sari")
    assert not broken(world)


# --- the last wheelchair ---------------------------------------------------------------------------------------------


def test_two_workers_cannot_hand_over_the_last_one(migrated_url: DatabaseFactory, tmp_path: Path) -> None:
    database = open_database(migrated_url("postgresql"), tmp_path)
    office = fill(database)
    with database.write() as session:
        world = World(office, session)
        stored(world, "KURSI-RODA")
        act(world, goods.receive, receipt(1), by="sari")
        cases = [bring(world, opened(world), "intervention") for _n in range(2)]
        commands = [delivery(case, items_of(world, case)[0].id) for case in cases]
        now = world.now
    gate = Barrier(2)

    def hand_over(n: int) -> Any:  # noqa: ANN401 - the result or the refusal
        gate.wait(30)
        try:
            with database.write() as session:
                return act(World(office, session, now), deliveries.deliver, commands[n])
        except CaseflowError as refusal:
            return refusal

    with ThreadPoolExecutor(2) as threads:
        results = list(threads.map(hand_over, range(2)))
    lost = [each for each in results if isinstance(each, CaseflowError)]
    assert len(lost) == 1, results
    assert isinstance(lost[0], Refused)
    assert str(lost[0].data["reason"]) == "Stok Kursi roda di Gudang Dinas tinggal 0 unit."
    with rolled_back(office) as world:
        assert left(world) == 0
        assert sum(bool(shown(world, case)) for case in cases) == 1
        assert not broken(world)
    database.close()
