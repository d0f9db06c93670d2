"""The audit desk: who sees which steps, why they are picked, and questions from asking to the finding."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select, update

from caseflow.access import Grant, Viewer
from caseflow.actions import admin, audit_desk, audit_limits, audit_questions, many, question_reminders
from caseflow.actions.audit_desk import Desk, Pick, Wanted, narrowed, sees
from caseflow.actions.audit_questions import AnswerQuestion, AskAbout, CloseQuestion, answer, ask, close
from caseflow.actions.erasure import AskErasure, DecideErasure, approve_erasure, ask_erasure
from caseflow.actions.steps import advance_case
from caseflow.errors import Erased, Forbidden, InvalidInput, NotFound, Refused
from caseflow.states.lifecycle import ROLES
from caseflow.store import audit_desk as rows
from caseflow.store import cases as case_rows
from caseflow.store.readings import Reading
from caseflow.store.tables import access_entry, case_file, case_team
from tests.world import (
    REGENCY,
    WITA,
    World,
    act,
    advance,
    approved,
    at,
    broken,
    codes,
    complete,
    days_later,
    opened,
    refused,
    row_of,
    take,
    told,
    viewer,
)

AREAS = ("63", "6310", "631001", "6310012001", "6302")
MOVED = {"reason_code": "moved", "source": "RT"}


def desk(world: World, by: str = "sari", **wanted: Any) -> Desk:  # noqa: ANN401 - of Wanted
    who = viewer(world, by)
    return audit_desk.desk(world.session, Wanted(**wanted), by=who, at=world.now, limit=500)


def picks_of(found: Desk, case: str) -> dict[str, Pick]:
    return {pick.step: pick for pick in found.picks if pick.case_id == case}


def close_file(world: World, case: str, *team: str) -> None:
    world.session.execute(update(case_file).where(case_file.c.id == case).values(confidentiality="R3"))
    for name in team:
        world.session.execute(insert(case_team).values(case_id=case, user_id=world.office.ids[name]))


def night(world: World) -> datetime:
    """Return the coming night there."""
    return (world.now.astimezone(WITA) + timedelta(days=1)).replace(hour=23, minute=10)


def submitted(world: World, **more: Any) -> str:  # noqa: ANN401 - of AdvanceCase
    """Take a first step in a new case and return the case."""
    case = opened(world)
    complete(world, case, "data_collection")
    take(world, case, "submit_for_assessment", **more)
    return case


def terminated(world: World, boss: str = "sari") -> tuple[str, Pick]:
    """End a case on the day it was opened and return the step."""
    case = opened(world)
    approved(world, case, "terminate", boss=boss, details=MOVED)
    return case, picks_of(desk(world, "audit"), case)["terminate"]


# --- who sees what ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["intan", "rina", "kadis", "admin", "mitra"])
def test_the_desk_is_for_supervisors_and_auditors(world: World, name: str) -> None:
    with pytest.raises(Forbidden):
        desk(world, name)


def test_the_rule_and_the_filter_of_entries_agree(world: World) -> None:
    case = at(world, "assessment")
    ids = world.office.ids
    names = ("sari", "audit", "rina")
    held = st.lists(
        st.builds(Grant, st.sampled_from([r for r in ROLES if r != "system"]), st.sampled_from(AREAS)), max_size=3
    )
    agreed: set[bool] = set()

    @settings(max_examples=60, suppress_health_check=list(HealthCheck))
    @given(
        st.sampled_from(names), held, st.sampled_from(("R1", "R2", "R3")), st.sets(st.sampled_from(names), max_size=2)
    )
    def agree(who: str, grants: list[Grant], level: str, team: set[str]) -> None:
        world.session.execute(update(case_file).where(case_file.c.id == case).values(confidentiality=level))
        world.session.execute(case_team.delete().where(case_team.c.case_id == case))
        for name in team:
            world.session.execute(insert(case_team).values(case_id=case, user_id=ids[name]))
        by = narrowed(Viewer(ids[who], who, tuple(grants)))
        rule = sees(by, case_rows.scope_of(world.session, row_of(world, case)))
        long_ago = world.now - timedelta(days=900)
        assert (case in {row.case_id for row in rows.taken(world.session, by, long_ago, world.now)}) == rule
        agreed.add(rule)

    agree()
    assert agreed == {True, False}


def test_a_closed_file_of_others_is_not_there_for_a_supervisor_and_a_number_for_an_auditor(world: World) -> None:
    before = desk(world, every=True)
    case = submitted(world)
    close_file(world, case, "bambang")
    world.now += timedelta(minutes=20)
    after = desk(world, every=True)
    assert (after.looked_at, after.found, after.counts) == (before.looked_at, before.found, before.counts)
    (seen,) = picks_of(desk(world, "audit", every=True), case).values()
    assert (seen.visible, seen.category, seen.area) == (False, "", "")
    assert seen.number == row_of(world, case).number
    for narrow in ({"category": "FM"}, {"area": REGENCY}):
        assert case not in picks_of(desk(world, "audit", every=True, **narrow), case)
    (ours,) = picks_of(desk(world, "bambang", every=True), case).values()
    assert (ours.visible, ours.category) == (True, ""), "lists name no category of a closed file"
    looked = audit_desk.look(world.session, seen.number, seen.seq, by=viewer(world, "audit"), at=world.now)
    assert looked.note == ""
    with pytest.raises(NotFound):
        audit_desk.look(world.session, seen.number, seen.seq, by=viewer(world, "sari"), at=world.now)


def test_a_burst_counts_nothing_the_reader_does_not_see(world: World) -> None:
    audit_limits.set_limits(world.session, "63.10", {"bulk_steps": 3}, by=viewer(world, "admin"), at=world.now)
    days_later(world, 3)
    ours = [submitted(world) for _n in range(2)]
    hidden = submitted(world)
    world.now += timedelta(minutes=1)
    assert "bulk" in picks_of(desk(world), ours[0])["submit_for_assessment"].reasons
    close_file(world, hidden)
    assert not picks_of(desk(world), ours[0])
    assert "bulk" in picks_of(desk(world, "audit"), ours[0])["submit_for_assessment"].reasons


def test_the_steps_of_others_use_up_nothing_of_what_a_reader_is_shown(world: World) -> None:
    days_later(world, 3)
    start = world.now
    ours = submitted(world)
    for _n in range(2):
        world.now += timedelta(minutes=1)
        close_file(world, submitted(world), "bambang")
    end = world.now + timedelta(minutes=1)
    since = {name: rows.cut(world.session, viewer(world, name), start, end, 1) for name in ("sari", "bambang")}
    assert since["sari"] is None, "two steps more, of which Sari knows nothing"
    assert since["bambang"] is not None
    assert picks_of(desk(world, every=True), ours)


def test_filters_narrow_by_person_place_kind_step_and_day(world: World) -> None:
    days_later(world, 40)
    case = submitted(world)
    ids = world.office.ids
    world.now += timedelta(minutes=1)
    today = world.today
    for wanted in (
        {"worker": ids["rina"]},
        {"area": "631001"},
        {"category": "FM"},
        {"step": "submit_for_assessment"},
        {"start": today, "end": today},
    ):
        assert case in {p.case_id for p in desk(world, every=True, **wanted).picks}, wanted
    for wanted in (
        {"worker": ids["budi"]},
        {"area": "631002"},
        {"category": "AT"},
        {"step": "terminate"},
        {"end": today - timedelta(days=1)},
        {"start": today + timedelta(days=1), "end": today + timedelta(days=2)},
    ):
        assert case not in {p.case_id for p in desk(world, every=True, **wanted).picks}, wanted
    with pytest.raises(InvalidInput):
        desk(world, start=today, end=date(2020, 1, 1))


def test_the_restricted_lines_that_are_shown_are_on_record(world: World) -> None:
    days_later(world, 2)
    case = submitted(world)
    world.session.execute(update(case_file).where(case_file.c.id == case).values(confidentiality="R2"))
    world.now += timedelta(minutes=1)
    desk(world, every=True)
    ((write, items),) = world.session.leaving.items()
    write(world.session, items)
    read = select(access_entry.c.code, access_entry.c.data).where(access_entry.c.case_id == case)
    assert [tuple(row) for row in world.session.execute(read)] == [("case:line:read", '{"list":"audit"}')]
    world.session.leaving.clear()


# --- why a step is picked --------------------------------------------------------------------------------------------


def test_steps_are_picked_by_what_the_log_says(world: World) -> None:
    days_later(world, 30)
    plain = submitted(world)
    late = opened(world)
    complete(world, late, "data_collection")
    days_later(world, 9)
    take(world, late, "submit_for_assessment", event_date=world.today - timedelta(days=9))
    dark = opened(world)
    complete(world, dark, "data_collection")
    act(world, advance_case, advance(dark, "submit_for_assessment"), at=night(world))
    ended, _pick = terminated(world)
    found = desk(world, every=True)
    assert picks_of(found, plain)["submit_for_assessment"].reasons == {}
    assert list(picks_of(found, late)["submit_for_assessment"].reasons) == ["backdated"]
    assert picks_of(found, late)["submit_for_assessment"].gap == 9
    assert list(picks_of(found, dark)["submit_for_assessment"].reasons) == ["night"]
    assert "quick" in picks_of(found, ended)["terminate"].reasons
    assert {p.case_id for p in desk(world, reasons=("night",)).picks} >= {dark}
    assert late not in {p.case_id for p in desk(world, reasons=("night",)).picks}
    assert plain not in {p.case_id for p in desk(world).picks}


def test_many_at_once_are_told_as_one_sending(world: World) -> None:
    audit_limits.set_limits(world.session, "63.10", {"bulk_steps": 3}, by=viewer(world, "admin"), at=world.now)
    days_later(world, 30)
    listed = [opened(world) for _n in range(3)]
    for case in listed:
        complete(world, case, "data_collection")
    world.now += timedelta(hours=1)
    commands = [advance(case, "submit_for_assessment") for case in listed]
    many.advance_many(world.session, commands, by=viewer(world, "rina"), at=world.now)
    world.now += timedelta(minutes=1)
    (pick,) = picks_of(desk(world), listed[1]).values()
    assert pick.reasons["bulk"].startswith("3 langkah dikirim sekaligus sebagai satu daftar (batas kantor: 3")


def test_the_same_two_people_again_and_again(world: World) -> None:
    audit_limits.set_limits(world.session, "63.10", {"pair_times": 3}, by=viewer(world, "admin"), at=world.now)
    days_later(world, 300)
    found = [terminated(world)[1] for _n in range(3)]
    other = terminated(world, boss="bambang")[1]
    assert ["pair" in pick.reasons for pick in (*found, other)] == [False, False, True, False]
    assert found[2].reasons["pair"].startswith("3 langkah dalam 90 hari diminta dan disetujui oleh dua orang")


def test_an_emergency_is_picked_while_its_debt_is_owed(world: World) -> None:
    case = opened(world)
    complete(world, case, "data_collection", risk="high")
    take(world, case, "emergency_intervention")
    days_later(world, 2)
    assert not picks_of(desk(world, reasons=("debt",)), case)
    days_later(world, 2)
    (pick,) = picks_of(desk(world, reasons=("debt",)), case).values()
    assert "belum lunas sesudah 96 jam (batas kantor: 72 jam)" in pick.reasons["debt"]
    world.session.execute(update(case_file).where(case_file.c.id == case).values(emergency_paid=True))
    assert not picks_of(desk(world, reasons=("debt",)), case)


def test_the_limits_are_set_by_who_administers_the_office(world: World) -> None:
    days_later(world, 1)
    case = opened(world)
    complete(world, case, "data_collection")
    days_later(world, 2)
    take(world, case, "submit_for_assessment", event_date=world.today - timedelta(days=2))
    assert not picks_of(desk(world), case)
    for name in ("sari", "audit"):
        with pytest.raises(Forbidden):
            audit_limits.set_limits(world.session, "6310", {"backdated_days": 1}, by=viewer(world, name), at=world.now)
    for wrong in ({"backdated_days": -1}, {"night_from": 24}, {"unknown": 1}):
        with pytest.raises(InvalidInput):
            audit_limits.set_limits(world.session, "6310", wrong, by=viewer(world, "admin"), at=world.now)
    audit_limits.set_limits(world.session, "6310", {"backdated_days": 1}, by=viewer(world, "admin"), at=world.now)
    assert audit_limits.show(world.session, "6310012001").backdated_days == 1
    (pick,) = picks_of(desk(world), case).values()
    assert pick.reasons["backdated"] == "Diketik 2 hari setelah kejadian (batas kantor: 1 hari)."
    entries = select(access_entry.c.data).where(access_entry.c.code == "office:audit_limits:set")
    assert '"limits":{"backdated_days":{"from":3,"to":1}}' in str(world.session.execute(entries).scalar_one())


def test_a_step_is_looked_at_with_its_chain(world: World) -> None:
    case, pick = terminated(world)
    looked = audit_desk.look(world.session, pick.number, pick.seq, by=viewer(world, "sari"), at=world.now)
    assert (looked.intact, looked.note, looked.entries) == (True, "Sesuai keadaan.", row_of(world, case).entry_seq)
    assert looked.pick.reasons == pick.reasons
    for seq, refusal in ((0, NotFound), (1, InvalidInput), (999, NotFound), (2**40, NotFound)):
        with pytest.raises(refusal):
            audit_desk.look(world.session, pick.number, seq, by=viewer(world, "sari"), at=world.now)
    with pytest.raises(NotFound):
        audit_desk.look(world.session, pick.number, pick.seq, by=viewer(world, "luarsup"), at=world.now)


# --- questions -------------------------------------------------------------------------------------------------------


def asks(world: World, pick: Pick, of: str, by: str = "bambang", text: str = "Mengapa hari itu juga?") -> str:
    command = AskAbout(case=pick.number, seq=pick.seq, of=world.office.ids[of], text=text)
    return str(act(world, ask, command, by=by).created_id)


def answers(world: World, question: str, by: str = "rina") -> None:
    act(world, answer, AnswerQuestion(question=question, text="Keluarganya pindah pagi itu."), by=by)


def closing(question: str, finding: str = "in_order", text: str = "") -> CloseQuestion:
    return CloseQuestion(question=question, finding=finding, text=text)


def readings(world: World) -> list[Reading]:
    """Return what was shown since and clear it."""
    found = [item for items in world.session.leaving.values() for item in items]
    world.session.leaving.clear()
    return found


def words(world: World, question: str, by: str) -> dict[str, Any]:
    return dict(audit_questions.one(world.session, question, by=viewer(world, by), at=world.now).words)


def test_a_question_goes_to_the_worker_and_back_and_a_finding_closes_it(world: World) -> None:
    case, pick = terminated(world)
    version = row_of(world, case).version
    question = asks(world, pick, "rina")
    (message,) = told(world, "rina", "question_asked")
    assert message.data["question"] == question
    assert "Mengapa" not in str(message.data)
    refused(
        world, Refused, ask, AskAbout(case=case, seq=pick.seq, of=world.office.ids["rina"], text="Lagi?"), by="audit"
    )
    refused(world, Refused, close, closing(question), by="audit")
    refused(world, Forbidden, answer, AnswerQuestion(question=question, text="x"), by="bambang")
    answers(world, question)
    refused(world, Refused, answer, AnswerQuestion(question=question, text="Lain lagi"), by="rina")
    assert told(world, "bambang", "question_answered")
    refused(world, InvalidInput, close, closing(question, "correction"), by="bambang")
    refused(world, InvalidInput, close, closing(question, "guilty", "x"), by="bambang")
    act(world, close, closing(question, "correction", "Tulis sumbernya."), by="bambang")
    refused(world, Refused, close, closing(question), by="bambang")
    assert {len(told(world, name, "question_closed")) for name in ("rina",)} == {1}
    assert codes(world, case)[-3:] == ["case:question:asked", "case:question:answered", "case:question:closed"]
    assert row_of(world, case).version == version, "whoever works on the case is not disturbed"
    assert words(world, question, "sari") == {
        "question": "Mengapa hari itu juga?",
        "answer": "Keluarganya pindah pagi itu.",
        "note": "Tulis sumbernya.",
    }
    assert picks_of(desk(world), case)["terminate"].questions[0].finding == "correction"
    assert not broken(world)


@pytest.mark.parametrize("asker", ["bambang", "sari", "audit"])
def test_nobody_closes_a_question_on_what_they_approved(world: World, asker: str) -> None:
    """Sari approved what Rina asked for."""
    _case, pick = terminated(world)
    question = asks(world, pick, "rina", by=asker)
    answers(world, question)
    problem = refused(world, Forbidden, close, closing(question), by="sari")
    assert str(problem).endswith(f"Yang berwenang: {'Bambang' if asker == 'bambang' else 'Audit'}.")
    if asker == "sari":  # it has gone one level up: not to a colleague of the same level
        assert told(world, "audit", "question_waits")
        refused(world, Forbidden, close, closing(question), by="bambang")
        act(world, close, closing(question), by="audit")
    else:
        act(world, close, closing(question), by="bambang")


def test_one_level_up_is_the_supervisor_of_the_wider_area(world: World) -> None:
    since = date(2025, 1, 1)
    add = admin.AddUser(username="provinsi", name="Provinsi", role="supervisor", area="63", starts_on=since)
    admin.add_user(world.session, add, by=admin.ROOT, at=world.now)
    _case, pick = terminated(world)
    question = asks(world, pick, "rina", by="sari")
    answers(world, question)
    problem = refused(world, Forbidden, close, closing(question), by="sari")
    assert str(problem).endswith("Yang berwenang: Provinsi.")
    act(world, close, closing(question, "misconduct", "Diteruskan ke inspektorat."), by="provinsi")
    assert not told(world, "audit", "question_waits")


def test_a_role_lent_by_who_approved_does_not_close(world: World) -> None:
    _case, pick = terminated(world)
    question = asks(world, pick, "rina", by="audit")
    answers(world, question)
    lent = Viewer(world.office.ids["budi"], "Budi", (Grant("supervisor", REGENCY, world.office.ids["sari"]),))
    with pytest.raises(Forbidden):
        close(world.session, closing(question), by=lent, at=world.now)
    own = replace(lent, grants=(Grant("supervisor", REGENCY, world.office.ids["bambang"]),))
    close(world.session, closing(question), by=own, at=world.now)


def test_only_those_who_took_part_are_asked_and_not_oneself(world: World) -> None:
    case, pick = terminated(world)
    for of, by in (("budi", "audit"), ("sari", "sari")):
        command = AskAbout(case=case, seq=pick.seq, of=world.office.ids[of], text="Mengapa?")
        refused(world, InvalidInput, ask, command, by=by)
    command = AskAbout(case=case, seq=pick.seq, of=world.office.ids["sari"], text=" ")
    refused(world, InvalidInput, ask, command, by="audit")
    wrong = AskAbout(case=case, seq=1, of=world.office.ids["rina"], text="Mengapa?")
    problem = refused(world, InvalidInput, ask, wrong, by="bambang")
    assert f" {pick.seq}." in problem.data["problems"]["entry"], "what can be asked about is named"
    refused(world, NotFound, ask, replace(wrong, seq=pick.seq + 99), by="bambang")
    for stranger, error in (("luarsup", NotFound), ("rina", Forbidden)):
        command = AskAbout(case=case, seq=pick.seq, of=world.office.ids["sari"], text="Mengapa?")
        refused(world, error, ask, command, by=stranger)


def test_what_is_not_answered_in_time_may_be_closed(world: World) -> None:
    _case, pick = terminated(world)
    question = asks(world, pick, "rina")
    days_later(world, 7)
    act(world, close, closing(question, "misconduct", "Tidak menjawab."), by="bambang")


def test_an_unanswered_question_waits_in_my_work_reminds_and_climbs(world: World) -> None:
    case, pick = terminated(world)
    question = asks(world, pick, "rina")
    rina, budi = viewer(world, "rina"), viewer(world, "budi")
    assert [row.id for row in question_reminders.to_answer(world.session, by=rina)] == [question]
    assert not question_reminders.to_answer(world.session, by=budi)
    for _day in range(16):  # three working days for the answer, then five more; several sweeps a day
        world.now += timedelta(days=1)
        for _sweep in range(2):
            question_reminders.remind(world.session, at=world.now)
    names = ("rina", "bambang", "sari", "audit")
    reminded = {name: len(told(world, name, "audit_question", case=case)) for name in names}
    assert reminded == {"rina": 2, "bambang": 1, "sari": 0, "audit": 1}, "who approved is not asked to close it"
    answers(world, question)
    assert not question_reminders.to_answer(world.session, by=rina)
    assert not question_reminders.remind(world.session, at=world.now + timedelta(days=20))


def test_a_question_about_a_closed_file_is_between_the_worker_and_the_auditor(world: World) -> None:
    case, pick = terminated(world)
    close_file(world, case)
    question = asks(world, pick, "rina", by="audit")
    answers(world, question)
    world.session.leaving.clear()
    assert words(world, question, "audit")["answer"]
    assert len(readings(world)) == 1
    for other in ("bambang", "sari", "budi", "luarsup"):
        with pytest.raises(NotFound):
            audit_questions.one(world.session, question, by=viewer(world, other), at=world.now)
        assert audit_questions.waiting(world.session, by=viewer(world, other), at=world.now) == ()
    assert words(world, question, "rina")["answer"]
    act(world, close, closing(question), by="audit")


def test_of_a_closed_file_an_auditor_reads_the_answer_to_their_own_question_alone(world: World) -> None:
    case, pick = terminated(world)
    question = asks(world, pick, "rina")
    answers(world, question)
    assert words(world, question, "audit")["answer"]
    close_file(world, case, "bambang")
    assert words(world, question, "bambang")["answer"]
    assert words(world, question, "audit") == {"question": "Mengapa hari itu juga?"}
    (shown,) = audit_questions.waiting(world.session, by=viewer(world, "audit"), at=world.now)
    assert shown.withheld
    assert "answer" not in shown.words


@pytest.mark.parametrize("level", ["R1", "R2", "R3"])
def test_that_a_question_was_read_is_on_record(world: World, level: str) -> None:
    case, pick = terminated(world)
    question = asks(world, pick, "rina", by="audit")
    world.session.execute(update(case_file).where(case_file.c.id == case).values(confidentiality=level))
    world.session.leaving.clear()
    auditor = viewer(world, "audit")
    looked = audit_desk.look(world.session, case, pick.seq, by=auditor, at=world.now)
    world.session.leaving.clear()
    shown: list[str] = []
    for look in (
        lambda: audit_questions.one(world.session, question, by=auditor, at=world.now),
        lambda: audit_questions.of_entry(world.session, looked, by=auditor, at=world.now),
        lambda: audit_questions.waiting(world.session, by=auditor, at=world.now),
    ):
        look()
        shown += [found.part for found in readings(world) if (found.case_id, found.actor) == (case, auditor.user_id)]
    assert shown == ([] if level == "R1" else ["question", "question", "questions"])
    assert audit_questions.count_waiting(world.session, by=auditor) == 1
    assert not readings(world)


def test_a_question_outlives_the_words_of_who_was_erased(world: World) -> None:
    case, pick = terminated(world)
    question = asks(world, pick, "rina")
    days_later(world, 6 * 366)
    wish = AskErasure(case=case, basis="request", applicant="Aminah", reason="Permintaan sendiri.", evidence="KTP")
    erasure = str(act(world, ask_erasure, wish).created_id)
    act(world, approve_erasure, DecideErasure(erasure=erasure), by="kadis")
    assert words(world, question, "bambang") == {}
    refused(world, Erased, answer, AnswerQuestion(question=question, text="Libur."), by="rina")
    act(world, close, closing(question, "correction", "Lampirkan suratnya."), by="bambang")
    assert words(world, question, "bambang") == {}, "no words about somebody who was erased are kept"
    assert not broken(world)
