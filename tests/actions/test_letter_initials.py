"""Initials (paraf) before a letter has its number: whose turn, nobody twice, what is initialled is what goes out."""

import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from caseflow.actions import (
    admin,
    casework,
    consents,
    letter_chains,
    letter_initials,
    letter_issuing,
    letter_register,
    letter_waiting,
    letters,
    operations,
    past,
)
from caseflow.actions.letter_chains import HoldPost, SetChain
from caseflow.actions.letter_initials import GiveInitial, ReturnDraft, WithdrawDraft
from caseflow.actions.letters import IssueLetter, VoidLetter
from caseflow.errors import Forbidden, InvalidInput, NotFound, Refused, StepRefused, UnknownLetter
from caseflow.letters import catalogue
from caseflow.store import children, initials, offices, users, vault
from caseflow.store import letters as rows
from caseflow.store.tables import (
    access_entry,
    counter,
    job,
    letter_draft,
    letter_initial,
    office,
    referral,
    role_grant,
    signatory_post,
)
from caseflow.store.tables import consent as agreements
from tests.world import (
    REGENCY,
    World,
    act,
    answers,
    approved,
    at,
    broken,
    codes,
    consent,
    days_later,
    opened,
    owed,
    ready_to_close,
    record,
    refused,
    row_of,
    take,
    told,
    unmet,
    viewer,
)

BIDANG, SEKRETARIS = "Kepala Bidang Rehabilitasi Sosial", "Sekretaris Dinas"
NEED = {"treatment_needed": True, "health_need": "rawat inap"}


def holds(world: World, post: str, user: str, **more: Any) -> str:  # noqa: ANN401 - of HoldPost
    command = HoldPost(post=post, user=user, **more)
    return str(act(world, letter_chains.hold_post, command, by="admin"))


def leave(world: World, holder: str) -> None:
    letter_chains.leave_post(world.session, holder, None, by=viewer(world, "admin"), at=world.now)


def chained(world: World, *posts: str, letter: str | None = "rjk-rs") -> None:
    """Record who holds the posts, and let them initial a kind of letter."""
    holds(world, BIDANG, "sari")
    holds(world, SEKRETARIS, "bambang")
    act(world, letter_chains.set_chain, SetChain(letter=letter, posts=posts or (BIDANG, SEKRETARIS)), by="admin")


def needing(world: World) -> str:
    """Return a case under assessment of somebody who needs treatment and cannot pay, with their consent."""
    case = at(world, "assessment")
    record(world, case, "data_collection", NEED)
    consent(world, case, "health_service")
    return case


def asked(world: World, case: str, *, by: str = "rina", **more: Any) -> str:  # noqa: ANN401 - of IssueLetter
    """Ask for the recommendation; return the id it keeps from draft to letter."""
    command = IssueLetter(case=case, letter="rjk-rs", **more)
    return str(act(world, letters.issue_letter, command, by=by).created_id)


def give(world: World, letter_id: str, by: str) -> None:
    act(world, letter_initials.give_initial, GiveInitial(letter=letter_id), by=by)


def draft(world: World, letter_id: str) -> Any:  # noqa: ANN401 - a row
    row = initials.draft(world.session, letter_id)
    assert row is not None
    return row


def letter(world: World, letter_id: str) -> Any:  # noqa: ANN401 - a row
    row = rows.by_id(world.session, letter_id)
    assert row is not None
    return row


def numbers(world: World) -> dict[str, int]:
    found = world.session.execute(select(counter).where(counter.c.scope.startswith("letter:")))
    return {row.scope.split(":")[2]: row.value for row in found}


def mine(world: World, name: str) -> list[str]:
    return [each.id for each in letter_waiting.waiting(world.session, by=viewer(world, name), at=world.now)]


def statuses(world: World, case: str) -> list[str]:
    return [row.status for row in children.of_case(world.session, referral, case)]


# --- the path --------------------------------------------------------------------------------------------------------


def test_the_number_follows_the_last_initial(world: World) -> None:
    chained(world)
    case = needing(world)
    letter_id = asked(world, case)
    assert (rows.by_id(world.session, letter_id), numbers(world)) == (None, {})
    assert [row.id for row in world.session.execute(select(job).where(job.c.kind == "letter.render"))] == []
    assert (mine(world, "sari"), mine(world, "bambang"), mine(world, "rina")) == ([letter_id], [], [])
    assert len(told(world, "sari", "initial_asked", case=case)) == 1
    assert statuses(world, case) == ["waiting"]
    days_later(world, 1)
    give(world, letter_id, "sari")
    assert (mine(world, "sari"), mine(world, "bambang"), numbers(world)) == ([], [letter_id], {})
    give(world, letter_id, "bambang")
    row = letter(world, letter_id)
    assert (row.number, row.state, row.letter_date) == ("400.9/0001/RJK-RS/DINSOS/2026", "numbered", world.today)
    assert row.issued_by == world.office.ids["rina"]
    frozen = rows.facts_of(world.session, row_of(world, case).subject_id, row)
    assert (frozen["draft"], frozen["number"], frozen["date"]) == (False, row.number, world.today.isoformat())
    assert frozen["contact"]["name"] == "Rina"
    assert statuses(world, case) == ["open"]
    assert "letter_initial" not in owed(world, case)
    assert "referral_answer" in owed(world, case)
    assert codes(world, case)[-4:] == [
        "case:letter:drafted", "case:letter:initialled", "case:letter:initialled", "case:letter:issued",
    ]  # fmt: skip
    assert mine(world, "bambang") == []
    assert broken(world) == ()


def test_without_a_chain_a_letter_is_numbered_at_once(world: World) -> None:
    chained(world, letter="rjk-lksa")
    letter_id = asked(world, needing(world))
    assert rows.by_id(world.session, letter_id) is not None
    assert draft_count(world) == 0


def draft_count(world: World) -> int:
    return len(list(world.session.execute(select(letter_draft.c.id))))


def hung(world: World, case: str, day: date) -> dict[str, str]:
    """Return kind -> state of what hung on a case at the end of a day, by the log alone."""
    then = past.case_as_of(world.session, case, day, by=viewer(world, "rina"), at=world.now)
    return {thing.kind: thing.status for thing in then.things}


def test_the_log_folds_back_to_what_is_stored(world: World) -> None:
    chained(world)
    case = needing(world)
    letter_id = asked(world, case)
    drafted = world.today
    days_later(world, 1)
    give(world, letter_id, "sari")
    give(world, letter_id, "bambang")
    then, now = hung(world, case, drafted), hung(world, case, world.today)
    assert (then["letter"], then["referral"]) == ("waiting", "waiting")
    assert (now["letter"], now["referral"]) == ("issued", "open")


@pytest.mark.parametrize("table", [letter_draft, letter_initial])
def test_a_row_changed_behind_the_log_is_noticed(world: World, table: Any) -> None:  # noqa: ANN401 - a table
    chained(world)
    letter_id = asked(world, needing(world))
    give(world, letter_id, "sari")
    values = {"waits_for": BIDANG} if table is letter_draft else {"post": SEKRETARIS}
    world.session.execute(update(table).values(values))
    assert [(found.reason, found.table) for found in broken(world)] == [("row", table.name)]


def test_a_correction_voids_the_old_letter_only_once_it_is_numbered(world: World) -> None:
    case = needing(world)
    old = asked(world, case)
    chained(world)
    new = asked(world, case, replaces=old)
    assert letter(world, old).state == "numbered"
    give(world, new, "sari")
    give(world, new, "bambang")
    assert (letter(world, old).state, letter(world, new).replaces_id) == ("void", old)
    things = past.case_as_of(world.session, case, world.today, by=viewer(world, "rina"), at=world.now).things
    assert [t.status for t in things if t.kind == "referral"] == ["withdrawn", "open"] == statuses(world, case)
    assert broken(world) == ()


def test_the_register_says_who_initialled(world: World) -> None:
    chained(world)
    letter_id = asked(world, needing(world))
    give(world, letter_id, "sari")
    give(world, letter_id, "bambang")
    book = letter_register.read(world.session, letter_register.Agenda(), by=viewer(world, "kadis"), at=world.now)
    assert [line.remark for line in book.lines] == [f"paraf: {BIDANG}, {SEKRETARIS}"]


# --- whose turn ------------------------------------------------------------------------------------------------------


def test_only_the_post_whose_turn_it_is_initials(world: World) -> None:
    chained(world)
    letter_id = asked(world, needing(world))
    error = refused(world, Forbidden, letter_initials.give_initial, GiveInitial(letter=letter_id), by="bambang")
    assert (str(error.data["action"]), str(error.data["allowed"])) == (f"memaraf sebagai {BIDANG}", "Sari")
    refused(world, NotFound, letter_initials.give_initial, GiveInitial(letter=letter_id), by="luarsup")
    refused(world, NotFound, letter_initials.give_initial, GiveInitial(letter=world.office.ids["rina"]), by="sari")
    give(world, letter_id, "sari")
    refused(world, Forbidden, letter_initials.give_initial, GiveInitial(letter=letter_id), by="sari")


def test_nobody_initials_twice(world: World) -> None:
    chained(world)
    holds(world, SEKRETARIS, "sari", prefix="Plh.")
    letter_id = asked(world, needing(world))
    give(world, letter_id, "sari")
    error = refused(world, Refused, letter_initials.give_initial, GiveInitial(letter=letter_id), by="sari")
    assert f"sebagai {BIDANG}" in str(error)
    give(world, letter_id, "bambang")


def test_who_asked_initials_in_the_own_post_but_not_in_anothers(world: World) -> None:
    chained(world)
    holds(world, SEKRETARIS, "sari", prefix="Plh.")
    case = needing(world)
    own = asked(world, case, by="sari")
    give(world, own, "sari")  # Kabid, whose own letter it is
    act(world, letter_chains.set_chain, SetChain(letter="rjk-rs", posts=(SEKRETARIS,)), by="admin")
    acting = asked(world, case, by="sari")
    error = refused(world, Refused, letter_initials.give_initial, GiveInitial(letter=acting), by="sari")
    assert "Plh." in str(error)


@pytest.mark.parametrize("way", ["recorded", "stands_in"])
def test_a_stand_in_initials_and_is_recorded_as_such(world: World, way: str) -> None:
    chained(world, BIDANG)
    if way == "recorded":
        holds(world, BIDANG, "bambang", prefix="Plh.")
    else:
        act(
            world,
            lambda session, _command, *, by, at: admin.add_stand_in(
                session, "sari", "bambang", world.today, world.today + timedelta(days=3), by=by, at=at
            ),
            None,
            by="admin",
        )
    letter_id = asked(world, needing(world))
    assert mine(world, "bambang") == [letter_id]
    give(world, letter_id, "bambang")
    (row,) = initials.given(world.session, (letter_id,))[letter_id]
    assert (row.prefix, row.post, row.name) == ("Plh.", BIDANG, "Bambang")


def test_a_holder_whose_time_is_over_is_asked_nothing(world: World) -> None:
    chained(world, BIDANG)
    letter_id = asked(world, case := needing(world))
    holder = next(row for row in initials.holders(world.session, row_of(world, case).office_id) if row.post == BIDANG)
    leave(world, holder.id)
    days_later(world, 1)
    assert mine(world, "sari") == []
    view = cases_view(world, case)
    assert str(view.told).startswith(f"Menunggu paraf {BIDANG}. Hari ini tidak ada yang memegangnya")
    refused(world, Forbidden, letter_initials.give_initial, GiveInitial(letter=letter_id), by="sari")


def test_a_post_given_by_mistake_today_is_held_by_nobody_at_once(world: World) -> None:
    chained(world, BIDANG)
    letter_id = asked(world, needing(world))
    wrong = holds(world, BIDANG, "bambang")
    assert mine(world, "bambang") == [letter_id]
    leave(world, wrong)
    assert (mine(world, "bambang"), mine(world, "sari")) == ([], [letter_id])
    refused(world, Forbidden, letter_initials.give_initial, GiveInitial(letter=letter_id), by="bambang")
    noted = select(access_entry.c.data).where(access_entry.c.code == "office:post:left")
    assert wrong in world.session.execute(noted).scalars().one()


def test_a_holder_who_may_no_longer_issue_letters_is_not_named(world: World) -> None:
    chained(world, BIDANG)
    asked(world, case := needing(world))
    held = role_grant.c.user_id == world.office.ids["sari"]
    world.session.execute(update(role_grant).where(held).values(role="auditor"))
    assert "tidak berwenang" in str(cases_view(world, case).told)


def cases_view(world: World, case: str) -> letter_waiting.DraftView:

    work = casework.look(world.session, case, by=viewer(world, "rina"), at=world.now)
    return letter_waiting.drafts_of(work)[-1]


# --- what is initialled is what goes out ------------------------------------------------------------------------------


def test_facts_that_changed_meanwhile_send_the_draft_back(world: World) -> None:
    chained(world)
    case = needing(world)
    letter_id = asked(world, case)
    give(world, letter_id, "sari")
    record(world, case, "data_collection", {**NEED, "health_need": "operasi mata"})
    error = refused(world, Refused, letter_initials.give_initial, GiveInitial(letter=letter_id), by="bambang")
    assert "Catatan kasus berubah" in str(error)
    act(world, letter_initials.return_draft, ReturnDraft(letter=letter_id, reason="Sesuaikan."), by="bambang")
    again = asked(world, case)
    give(world, again, "sari")
    give(world, again, "bambang")
    frozen = rows.facts_of(world.session, row_of(world, case).subject_id, letter(world, again))
    assert frozen["fields"]["health_need"] == "operasi mata"
    assert numbers(world) == {"rjk-rs": 1}


def test_an_emblem_that_changed_meanwhile_sends_the_draft_back(world: World) -> None:
    chained(world, BIDANG)
    letter_id = asked(world, case := needing(world))
    place = row_of(world, case).office_id
    offices.set_settings(
        world.session, place, {**offices.require(world.session, place).settings, offices.LOGO: "data:"}
    )
    error = refused(world, Refused, letter_initials.give_initial, GiveInitial(letter=letter_id), by="sari")
    assert "lambang surat ini berubah" in str(error)
    subject = row_of(world, case).subject_id
    words = initials.words(world.session, subject, draft(world, letter_id))
    del words["look"]  # a draft of before
    sealed = vault.seal(world.session, subject, f"letter_draft.sealed.{letter_id}", words)
    initials.change(world.session, letter_id, {"sealed": sealed})
    give(world, letter_id, "sari")


def test_another_wording_is_another_look(world: World, tmp_path: Path) -> None:
    shutil.copytree(letters.letters_root() / "rjk-rs", tmp_path / "rjk-rs")
    body = tmp_path / "rjk-rs" / "body.html"
    body.write_text(body.read_text(encoding="utf-8") + "<p>Biaya ditanggung pasien.</p>", encoding="utf-8")
    place = offices.every(world.session)[0]
    own = catalogue.load(letters.letters_root(), tmp_path)["rjk-rs"]
    shipped = letters.kinds(world.session)["rjk-rs"]
    assert letter_issuing.look_of(own, place) != letter_issuing.look_of(shipped, place)


def test_nothing_is_numbered_for_who_was_deactivated(world: World) -> None:
    chained(world, BIDANG)
    letter_id = asked(world, needing(world))
    users.deactivate(world.session, world.office.ids["rina"], at=world.now)
    error = refused(world, Refused, letter_initials.give_initial, GiveInitial(letter=letter_id), by="sari")
    assert "tidak aktif lagi" in str(error)


@pytest.mark.parametrize("stays", [True, False])
def test_the_signatory_that_was_initialled_signs_or_nobody(world: World, *, stays: bool) -> None:
    chained(world, BIDANG)
    letter_id = asked(world, needing(world))
    new = admin.AddSignatory(
        office_area=REGENCY, post="Kepala Dinas Sosial", holder="Drs. Hasan", prefix="Plt.", starts_on=world.today
    )
    act(world, admin.add_signatory, new, by="admin")  # comes before the holder from now on
    if stays:
        give(world, letter_id, "sari")
        row = letter(world, letter_id)
        facts = rows.facts_of(world.session, row_of(world, row.case_id).subject_id, row)
        assert facts["signatory"]["name"] == "Dra. Nurhayati"
    else:
        held = signatory_post.c.holder == "Dra. Nurhayati"
        world.session.execute(update(signatory_post).where(held).values(ends_on=world.today - timedelta(days=1)))
        error = refused(world, Refused, letter_initials.give_initial, GiveInitial(letter=letter_id), by="sari")
        assert "Kembalikan konsepnya" in str(error)


def test_a_consent_taken_back_takes_the_draft_back(world: World) -> None:
    chained(world)
    case = needing(world)
    letter_id = asked(world, case)
    agreed = children.of_case(world.session, agreements, case)[-1]
    act(world, consents.withdraw_consent, consents.WithdrawConsent(case=case, consent=agreed.id, reason="Berubah."))
    assert (draft(world, letter_id).state, statuses(world, case)) == ("withdrawn", ["withdrawn"])
    assert "letter_initial" not in owed(world, case)
    assert broken(world) == ()
    refused(world, Refused, letter_initials.give_initial, GiveInitial(letter=letter_id), by="sari")


def test_a_case_that_moved_on_refuses_the_initial(world: World) -> None:
    chained(world, BIDANG)
    case = needing(world)
    letter_id = asked(world, case)
    take(world, case, "return_for_data", note="Data kurang.")
    error = refused(world, Refused, letter_initials.give_initial, GiveInitial(letter=letter_id), by="sari")
    assert "tahap ini" in str(error)


# --- back to who asked -----------------------------------------------------------------------------------------------


def test_a_returned_draft_took_no_number_and_tells_who_asked(world: World) -> None:
    chained(world)
    case = needing(world)
    letter_id = asked(world, case)
    refused(world, InvalidInput, letter_initials.return_draft, ReturnDraft(letter=letter_id), by="sari")
    refused(world, Forbidden, letter_initials.return_draft, ReturnDraft(letter=letter_id, reason="x"), by="bambang")
    act(world, letter_initials.return_draft, ReturnDraft(letter=letter_id, reason="NIK keliru."), by="sari")
    row = draft(world, letter_id)
    assert (row.state, row.waits_for, numbers(world)) == ("returned", None, {})
    assert initials.reason(world.session, row_of(world, case).subject_id, row) == "NIK keliru."
    assert len(told(world, "rina", "draft_returned", case=case)) == 1
    assert ("letter_initial" in owed(world, case), statuses(world, case)) == (False, ["withdrawn"])
    assert broken(world) == ()
    things = past.case_as_of(world.session, case, world.today, by=viewer(world, "rina"), at=world.now).things
    assert {(t.kind, t.status) for t in things if t.kind in {"letter", "referral"}} == {
        ("letter", "returned"), ("referral", "withdrawn"),
    }  # fmt: skip
    refused(world, Refused, letter_initials.give_initial, GiveInitial(letter=letter_id), by="sari")


def test_who_asked_or_may_void_takes_a_draft_back(world: World) -> None:
    chained(world)
    case = needing(world)
    first, second = asked(world, case), asked(world, case)
    take_back = letter_initials.withdraw_draft
    refused(world, Forbidden, take_back, WithdrawDraft(letter=first, reason="Keliru."), by="budi")
    act(world, take_back, WithdrawDraft(letter=first, reason="Keliru."))
    act(world, take_back, WithdrawDraft(letter=second, reason="Tidak jadi."), by="kadis")
    assert (numbers(world), codes(world, case)[-2:]) == ({}, ["case:letter:withdrawn"] * 2)
    refused(world, NotFound, letters.void_letter, VoidLetter(letter=first, reason="Keliru."), by="sari")


# --- guards, emergencies, many ----------------------------------------------------------------------------------------


def test_a_referral_whose_letter_waits_is_not_sent_and_not_answered(world: World) -> None:
    chained(world)
    case = at(world, "intervention")
    record(world, case, "data_collection", NEED)
    consent(world, case, "health_service")
    letter_id = asked(world, case)
    error = refused_step(world, case)
    assert "every_referral_is_answered" in unmet(error)
    act(world, letter_initials.return_draft, ReturnDraft(letter=letter_id, reason="Salah tujuan."), by="sari")
    assert "every_referral_is_answered" not in unmet(refused_step(world, case))


def refused_step(world: World, case: str) -> StepRefused:
    with pytest.raises(StepRefused) as caught:
        take(world, case, "complete_intervention")
    return caught.value


def test_an_emergency_waits_for_no_initial_and_says_so(world: World) -> None:
    chained(world)
    case = opened(world)
    record(world, case, "data_collection", answers(world, "FM", "data_collection", risk="high", **NEED))
    take(world, case, "emergency_intervention")
    assert (numbers(world), draft_count(world)) == ({"rjk-rs": 1}, 0)
    book = letter_register.read(world.session, letter_register.Agenda(), by=viewer(world, "kadis"), at=world.now)
    assert [line.remark for line in book.lines] == ["darurat, tanpa paraf"]
    by_hand = asked(world, case)  # the vital interest still stands
    assert rows.by_id(world.session, by_hand) is not None


def test_one_of_many_waits_as_any_other_and_keeps_its_place(world: World) -> None:
    chained(world, BIDANG)
    command = IssueLetter(case=needing(world), letter="rjk-rs", batch="b")
    letter_id = str(act(world, letters.issue_letter, command).created_id)
    give(world, letter_id, "sari")
    assert [j.queue for j in world.session.execute(select(job).where(job.c.kind == "letter.render"))] == ["bulk"]


def test_an_ended_case_keeps_no_draft(world: World) -> None:
    chained(world)
    case = needing(world)
    letter_id = asked(world, case)
    approved(world, case, "terminate", details={"reason_code": "moved"}, note="Pindah.")
    assert (draft(world, letter_id).state, owed(world, case)) == ("withdrawn", {})
    assert broken(world) == ()


@pytest.mark.parametrize("step", ["close_case", "continue_case"])
def test_a_case_that_closes_or_begins_anew_keeps_no_draft(world: World, step: str) -> None:
    chained(world, BIDANG, letter=None)
    case = at(world, "monitoring")
    ready_to_close(world, case)
    said = {"officers": [["Rina", "", "TKSK"]], "task": "outreach", "place": "Desa", "from_date": str(world.today)}
    command = IssueLetter(case=case, letter="st", fields=said)
    letter_id = str(act(world, letters.issue_letter, command).created_id)
    assert draft(world, letter_id).state == "waiting"
    approved(world, case, step, details={"outcome": "goals_met"} if step == "close_case" else {})
    assert (draft(world, letter_id).state, "letter_initial" in owed(world, case)) == ("withdrawn", False)
    assert len(told(world, "rina", "draft_returned", case=case)) == 1
    assert broken(world) == ()


def test_what_was_refused_about_a_draft_is_noted_with_its_case(world: World) -> None:
    chained(world)
    letter_id = asked(world, case := needing(world))
    assert operations.asked_about(world.session, letter_id) == (case, {"letter": letter_id})
    assert operations.asked_about(world.session, case) == (case, {})
    assert operations.asked_about(world.session, world.office.ids["rina"]) == (None, {})


def test_a_late_initial_climbs(world: World) -> None:
    chained(world)
    case = needing(world)
    letter_id = asked(world, case)
    due = owed(world, case)["letter_initial"]
    assert (due.ref_id, (due.due_at.date() - world.today).days) == (letter_id, 2)
    give(world, letter_id, "sari")
    again = owed(world, case)["letter_initial"]
    assert again.id != due.id


# --- what an office sets ----------------------------------------------------------------------------------------------


def chains(world: World) -> dict[str, tuple[str, ...]]:
    return letter_chains.read(world.session, None, by=viewer(world, "admin"), at=world.now).chains


def test_a_kind_has_its_own_chain_or_that_of_every_letter(world: World) -> None:
    chained(world, BIDANG, letter=None)
    set_chain = letter_chains.set_chain
    act(world, set_chain, SetChain(letter="RJK-RS", posts=(SEKRETARIS.lower(),)), by="admin")
    act(world, set_chain, SetChain(letter="rjk-baz", posts=()), by="admin")
    assert chains(world) == {"*": (BIDANG,), "rjk-baz": (), "rjk-rs": (SEKRETARIS,)}
    case = needing(world)
    assert draft(world, asked(world, case)).waits_for == SEKRETARIS
    act(world, set_chain, SetChain(letter="rjk-rs", posts=None), by="admin")
    assert draft(world, asked(world, case)).waits_for == BIDANG
    act(world, set_chain, SetChain(), by="admin")
    assert chains(world) == {"rjk-baz": ()}
    assert rows.by_id(world.session, asked(world, case)) is not None
    noted = select(access_entry.c.data).where(access_entry.c.code == "office:initials:set")
    assert len(world.session.execute(noted).all()) == 5


def test_what_only_the_citizen_signs_waits_for_nobody(world: World) -> None:
    chained(world, BIDANG, letter=None)
    kinds = letters.kinds(world.session)
    row = world.session.execute(select(office).where(office.c.area_code == REGENCY)).one()
    waits = {name for name, kind in kinds.items() if letter_issuing.chain_of(row, kind)}
    assert {"rjk-rs", "st", "lapsos"} <= waits
    assert not waits & {"ic", "bast", "kes", "ba-kunj"}


@pytest.mark.parametrize(
    ("command", "error", "by"),
    [
        (SetChain(letter="rjk-rs", posts=("Kepala Gudang",)), InvalidInput, "admin"),
        (SetChain(letter="rjk-rs", posts=(BIDANG, BIDANG)), InvalidInput, "admin"),
        (SetChain(letter="tidak-ada", posts=(BIDANG,)), UnknownLetter, "admin"),
        (SetChain(letter="rjk-rs", posts=(BIDANG,)), Forbidden, "kadis"),
        (SetChain(area="63.02", letter="rjk-rs", posts=()), Forbidden, "admin"),
        (SetChain(letter="rjk-rs", posts=()), InvalidInput, "pusat"),
    ],
)
def test_a_chain_that_cannot_be(world: World, command: SetChain, error: Any, by: str) -> None:  # noqa: ANN401 - an error
    chained(world)
    refused(world, error, letter_chains.set_chain, command, by=by)


@pytest.mark.parametrize(
    ("more", "error"),
    [
        *(({"user": name}, InvalidInput) for name in ("tidak-ada", "luar", "mitra", "audit", "dewi")),
        ({"user": "admin"}, Forbidden),
        ({"post": " "}, InvalidInput),
        ({"prefix": "a.n."}, InvalidInput),
        ({"starts_on": date(2026, 3, 2), "ends_on": date(2026, 3, 1)}, InvalidInput),
    ],
)
def test_a_holder_that_cannot_be(world: World, more: dict[str, Any], error: Any) -> None:  # noqa: ANN401 - an error
    command = HoldPost(**{"post": BIDANG, "user": "sari", **more})
    refused(world, error, letter_chains.hold_post, command, by="admin")
