"""Rows that hang on a case: whatever is changed, removed or slipped in behind the log is named with its entry."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Integer,
    LargeBinary,
    String,
    Table,
    Uuid,
    delete,
    insert,
    select,
    text,
    update,
)

from caseflow import audit
from caseflow.actions import letter_files, trail, transfers
from caseflow.actions.attachments import AttachFile, attach_file
from caseflow.actions.audit_questions import AnswerQuestion, AskAbout, CloseQuestion, answer, ask, close
from caseflow.actions.conferences import HoldConference, hold_conference
from caseflow.actions.erasure import AskErasure, ask_erasure
from caseflow.actions.groups import AddToRoster, EndOnRoster, GroupData, RosterMember, add_to_roster, end_on_roster
from caseflow.actions.instruments import DecideOn, FillIn, decide_on, fill_in
from caseflow.actions.letter_chains import HoldPost, SetChain, hold_post, set_chain
from caseflow.actions.letter_initials import GiveInitial, give_initial
from caseflow.actions.letters import IssueLetter, MarkSent, VoidLetter, issue_letter, mark_sent, void_letter
from caseflow.actions.placements import ReviewPlacement, StartPlacement, review_placement, start_placement
from caseflow.actions.records import RecordStage, record_stage
from caseflow.actions.referrals import AddReferral, AnswerReferral, add_referral, answer_referral
from caseflow.actions.registry import AddCheck, add_check
from caseflow.store import children, letters, log, proof, records, triggers, verify
from caseflow.store.log import Chain, Entry
from caseflow.store.tables import (
    access_entry,
    case_entry,
    case_file,
    file,
    letter,
    referral,
    stage_record,
    stage_revision,
)
from caseflow.store.vouched import FILE_MADE
from caseflow.uploads.cleaning import Cleaned
from tests.store.tampering import unlock
from tests.world import (
    VILLAGE_ELSEWHERE,
    World,
    act,
    at,
    broken,
    complete,
    consent,
    days_later,
    may_tell,
    opened,
    record,
    row_of,
)

OTHER_ID = "019c1bde-00e0-7cdd-ba2a-f5c6d5ebbaba"
NEED = {"treatment_needed": True, "health_need": "rawat inap"}


def lettered(world: World) -> tuple[str, Any]:
    """Return a case with a letter whose file is made, and the letter's row."""
    case = at(world, "assessment")
    record(world, case, "data_collection", NEED)
    consent(world, case, "health_service")
    row = letters.by_id(
        world.session, str(act(world, issue_letter, IssueLetter(case=case, letter="rjk-rs")).created_id)
    )
    assert row is not None
    assert letter_files.store_rendered(world.session, row.id, b"%PDF-1.7 made", "a" * 64, at=world.now)
    return case, row


def initialled(world: World) -> str:
    """Return a case with a draft that one post has initialled and another has not."""
    for post, user in (("Kepala Bidang", "sari"), ("Sekretaris", "bambang")):
        act(world, hold_post, HoldPost(post=post, user=user), by="admin")
    act(world, set_chain, SetChain(posts=("Kepala Bidang", "Sekretaris")), by="admin")
    case = at(world, "assessment")
    record(world, case, "data_collection", NEED)
    consent(world, case, "health_service")
    first, _other = (act(world, issue_letter, IssueLetter(case=case, letter="rjk-rs")) for _time in range(2))
    act(world, give_initial, GiveInitial(letter=str(first.created_id)), by="sari")
    return case


def referred(world: World) -> str:
    lettered(world)
    case = at(world, "intervention")
    may_tell(world, case)
    command = AddReferral(case=case, institution=world.office.institutions["charity"], need="Modal usaha")
    act(world, add_referral, command)
    return case


def placed(world: World) -> str:
    for case in (at(world, "intervention", "AT"), at(world, "intervention", "AT")):
        command = StartPlacement(case=case, kind="kin", carer="Bibi Salamah", relation="bibi")
        running = str(act(world, start_placement, command).created_id)
        act(world, review_placement, ReviewPlacement(case=case, placement=running, finding="Anak sehat."))
    return case


def asked(world: World) -> str:
    case = at(world, "closed")
    days_later(world, 365 * 6)
    command = AskErasure(case=case, basis="request", applicant="Aminah", reason="Tidak ingin.", evidence="Surat 12 Mei")
    act(world, ask_erasure, command)
    return case


def monitored(world: World) -> str:
    return at(world, "closed")


def discussed(world: World) -> str:
    """Return a case with minutes; another case has a conference of its own."""
    for case in (opened(world), opened(world)):
        people = [["Rina", "Pekerja Sosial"]]
        words = HoldConference(case=case, place="Kantor", chair="Kabid", discussion="Peran.", present=people)
        act(world, hold_conference, replace(words, decisions=[["Periksa", "Puskesmas", "Maret"]]))
    return case


def moved(world: World) -> str:
    """Return a case that another area refused; another case is offered."""
    offered = [
        act(
            world,
            transfers.offer_transfer,
            transfers.OfferTransfer(case=case, area=VILLAGE_ELSEWHERE, reason="Pindah.", handed="Bantuan."),
            by="sari",
        )
        for case in (opened(world), opened(world))
    ]
    refusal = transfers.AnswerTransfer(transfer=str(offered[-1].created_id), reason="Tidak tinggal di sini.")
    return str(act(world, transfers.refuse_transfer, refusal, by="luarsup").id)


def questioned(world: World) -> str:
    for case in (at(world, "closed"), at(world, "closed")):
        seq = next(e.seq for e in log.entries_of(world.session, case) if e.code == "case:step:taken")
        command = AskAbout(case=case, seq=seq, of=world.office.ids["rina"], text="Mengapa hari itu?")
        question = str(act(world, ask, command, by="sari").created_id)
        act(world, answer, AnswerQuestion(question=question, text="Hari itu libur."))
        act(world, close, CloseQuestion(question=question, finding="in_order"), by="audit")
    return case


def photographed(world: World) -> str:
    """Return a case with a photo of a house; another case has a visit, and a photo of its own."""
    monitored(world)
    for picture, case in ((b"satu", opened(world)), (b"dua", opened(world))):
        act(world, attach_file, AttachFile(case=case, file=Cleaned("image/jpeg", picture, b"kecil"), kind="house"))
    return case


def measured(world: World) -> str:
    """Return a case with an instrument and its correction; another case has another instrument."""
    case, other = opened(world), opened(world)
    for where, code, question in ((other, "BPS14", "floor"), (case, "FM262", "no_home")):
        command = FillIn(case=where, instrument=code, answers={question: "yes"})
        first = str(act(world, fill_in, command).created_id)
        act(world, fill_in, replace(command, replaces=first))
    return case


def checked(world: World) -> str:
    """Return a case with a check in a registry; another case has one too."""
    case, other = opened(world), opened(world)
    for where in (other, case):
        act(world, add_check, AddCheck(case=where, system="DTSEN", decile=2, year=2026))
    return case


def rostered(world: World) -> str:
    """Return a case of a community whose representative left; another community has a roster too."""
    about = GroupData(kind="community", name="Balai", members=(RosterMember(name="Ayal", representative=True),))
    opened(world)
    other, case = (opened(world, "KAT", person=None, group=about) for _one in range(2))
    joined = AddToRoster(case=other, name="Utuh", representative=True)
    members = {where: str(act(world, add_to_roster, replace(joined, case=where)).created_id) for where in (other, case)}
    days_later(world, 2)
    for where, member in members.items():
        act(world, end_on_roster, EndOnRoster(case=where, member=member))
    return case


def concluded(world: World) -> str:
    """Return a case in which a person concluded otherwise than an instrument; another case has a decision too."""
    case, other = opened(world), opened(world)
    for where in (other, case):
        fill = str(act(world, fill_in, FillIn(case=where, instrument="FM262", answers={"no_home": "yes"})).created_id)
        said = DecideOn(case=where, fill=fill, decision="other", reason="Ada kontrakan.", outcome="not_met")
        act(world, decide_on, said)
    return case


WITH: dict[str, Callable[[World], str]] = {
    "attachment": photographed,
    "audit_question": questioned,
    "conference": discussed,
    "consent": monitored,
    "erasure": asked,
    "group_member": rostered,
    "household_member": lambda world: [opened(world, "KME") for _one in range(2)][-1],
    "instrument_decision": concluded,
    "instrument_fill": measured,
    "letter": lambda world: lettered(world)[0],
    "letter_draft": initialled,
    "letter_initial": initialled,
    "placement": placed,
    "placement_review": placed,
    "plan_item": monitored,
    "referral": referred,
    "registry_check": checked,
    "review": monitored,
    "stage_record": monitored,
    "visit": monitored,
    "transfer": moved,
}
"""Table -> what makes a case with a row of it."""


def newest(world: World, table: Table, case: str) -> Any:  # noqa: ANN401 - a row of any table
    """Return the newest row of a case."""
    query = select(table).order_by(table.c.id.desc())
    query = query.where(table.c.case_id == case) if "case_id" in table.c else query
    row = world.session.execute(query).first()
    assert row is not None
    return row


def entry_of(world: World, table: str, row_id: str) -> Any:  # noqa: ANN401 - an entry
    """Return the newest entry that vouches for a row."""
    found = [e for e in world.session.execute(select(case_entry)) if row_id in _rows_of(e).get(table, {})]
    return max(found, key=lambda e: e.seq)


def _rows_of(entry: Any) -> dict[str, Any]:  # noqa: ANN401 - an entry
    said: dict[str, Any] = dict(log.data_of(entry.data)).get(proof.ROWS, {})
    return said


def other(world: World, row: Any, column: Column[Any]) -> Any:  # noqa: ANN401 - a value of the column's type
    """Return a value the column may hold and the row does not."""
    value = getattr(row, column.name)
    match column.type:
        case _ if column.name == "case_id":
            return opened(world)
        case _ if column.foreign_keys:
            (key,) = column.foreign_keys
            others = select(key.column).where(key.column != (value or OTHER_ID)).limit(1)
            return world.session.execute(others).scalar_one()
        case Uuid():
            return OTHER_ID
        case String():
            return f"{value[:-1]}~" if value else "~"
        case LargeBinary():
            return value[:-1] + bytes([value[-1] ^ 1]) if value else b"~"
        case Boolean() | Integer():
            return not value if isinstance(value, bool) else value + 1000
        case Date():
            return (value or world.today) + timedelta(days=1)
    return (value or world.now) + timedelta(days=1)


def test_every_column_is_vouched_for_or_told_apart() -> None:
    """Whoever adds a column appends a list: what was written before keeps its digest."""
    for name, table in proof.PROVEN.items():
        assert set(proof.COLUMNS[name][-1].split()) | proof.APART.get(name, set()) == set(table.c.keys()), name


@pytest.mark.parametrize("name", sorted(WITH))
def test_a_changed_row_is_named_with_its_entry_whichever_column(world: World, name: str) -> None:
    case, table = WITH[name](world), proof.PROVEN[name]
    row = newest(world, table, case)
    said = entry_of(world, name, row.id)
    columns = sorted(set(proof.COLUMNS[name][-1].split()) - {"id"})
    for column in columns:
        with taken_back(world):
            changed = other(world, row, table.c[column])
            world.session.execute(update(table).where(table.c.id == row.id).values({column: changed}))
            (found,) = broken(world)
            assert (found.table, found.row, found.reason) == (name, row.id, "row"), column
            assert (found.id, found.case_id, found.seq) == (said.id, case, said.seq), column
    changed = other(world, row, table.c[columns[0]])
    world.session.execute(update(table).where(table.c.id == row.id).values({columns[0]: changed}))
    (fault,) = trail.verify(world.session).faults
    assert (fault.number, fault.thing) == (row_of(world, case).number, trail.THINGS[name])


@contextmanager
def taken_back(world: World) -> Iterator[None]:
    """Take back what is tried within, so that one case serves every column."""
    tried = world.session.conn.begin_nested()
    yield
    tried.rollback()
    world.session.forget()


@pytest.mark.parametrize("name", sorted(set(WITH) - {"letter", "letter_draft", "placement"}))
def test_a_removed_row_is_named_with_its_entry(world: World, name: str) -> None:
    case, table = WITH[name](world), proof.PROVEN[name]
    row = newest(world, table, case)
    said = entry_of(world, name, row.id)
    if name == "stage_record":
        world.session.execute(delete(stage_revision).where(stage_revision.c.record_id == row.id))
    world.session.execute(delete(table).where(table.c.id == row.id))
    assert [(b.id, b.table, b.row, b.reason) for b in broken(world)] == [(said.id, name, row.id, "gone")]


@pytest.mark.parametrize("name", sorted(WITH))
def test_a_row_slipped_in_is_named(world: World, name: str) -> None:
    case, table = WITH[name](world), proof.PROVEN[name]
    forged = {**newest(world, table, case)._asdict(), "id": OTHER_ID}
    forged |= {"cause_key": "~", "check_code": "~", "number": "~", "running": 900, "file_id": None, "sha256": None}
    forged |= {"letter": {"state": "numbered"}, "erasure": {"state": "refused"}}.get(name, {})
    forged |= {"attachment": {"sha256": "~"}}.get(name, {})
    forged |= {"instrument_fill": {"replaces_id": None}}.get(name, {})
    forged |= {"stage": "monitoring", "cycle": 7, "position": 7, "user_id": world.office.ids["kadis"]}
    world.session.execute(insert(table).values({k: v for k, v in forged.items() if k in table.c}))
    (found,) = broken(world)
    assert (found.id, found.case_id, found.table, found.row) == ("", case, name, OTHER_ID)
    assert found.reason == "unlogged"


def test_every_change_is_counted_and_the_first_is_named_first(world: World) -> None:
    case = monitored(world)
    visits = children.of_case(world.session, proof.PROVEN["visit"], case)
    for name in ("visit", "plan_item", "review"):
        table = proof.PROVEN[name]
        column = "state" if name != "plan_item" else "status"
        world.session.execute(update(table).where(table.c.case_id == case).values({column: "~"}))
    found = broken(world)
    assert {b.reason for b in found} == {"row"}
    assert len(found) >= len(visits) + 2
    assert [b.seq for b in found] == sorted(b.seq or 0 for b in found)


def test_rows_of_a_damaged_chain_are_left_alone(world: World) -> None:
    """What an entry says that was itself changed accuses nobody."""
    case = monitored(world)
    first = log.entries_of(world.session, case)[0]
    unlock(world.session)
    world.session.execute(update(case_entry).where(case_entry.c.id == first.id).values(code="~"))
    world.session.execute(update(stage_record).where(stage_record.c.case_id == case).values(updated_by=OTHER_ID))
    assert [(b.id, b.reason) for b in broken(world)] == [(first.id, "hash")]


# --- what an action writes beside its own row -------------------------------------------------------------------------


def test_an_entry_vouches_for_whatever_its_action_wrote(world: World) -> None:
    case, row = lettered(world)
    act(world, mark_sent, MarkSent(letter=row.id))
    answer = newest(world, referral, case)
    act(world, answer_referral, AnswerReferral(case=case, referral=answer.id, status="accepted", note="Bisa."))
    said = log.entries_of(world.session, case)[-1]
    assert {name: set(found) for name, found in _rows_of(said).items()} == {"referral": {answer.id}, "letter": {row.id}}
    act(world, void_letter, VoidLetter(letter=row.id, reason="Salah alamat."), by="sari")
    assert not broken(world)


def test_the_first_case_of_a_group_vouches_for_a_roster_that_another_writes(world: World) -> None:
    first = rostered(world)
    subject = row_of(world, first).subject_id
    # so that a second one of its category may be opened
    world.session.execute(update(case_file).where(case_file.c.id == first).values(category="FM"))
    second = opened(world, "KAT", person=None, subject=subject)
    member = str(act(world, add_to_roster, AddToRoster(case=second, name="Idah", representative=True)).created_id)
    act(world, end_on_roster, EndOnRoster(case=second, member=member))
    assert entry_of(world, "group_member", member).case_id == first
    assert "group_member" not in {found.table for found in broken(world)}


def test_what_was_undone_is_vouched_for_by_nobody(world: World) -> None:
    case = monitored(world)
    subject = row_of(world, case).subject_id
    columns: dict[str, Any] = {"case_id": case, "purpose": "data", "relation": "self", "addressee": "", "receivers": ""}
    columns |= {"given_on": world.today, "recorded_by": OTHER_ID}

    def undone() -> None:
        with world.session.attempt():
            children.add(world.session, proof.PROVEN["consent"], subject, columns, {}, at=world.now)
            raise ValueError("undone")

    with pytest.raises(ValueError, match="undone"):
        undone()
    assert not world.session.written


# --- records that are being typed -------------------------------------------------------------------------------------


def typed(world: World, said: str = "Ayah merantau.") -> tuple[str, Any]:
    """Return a case with a record that was logged and typed on since, and the record's row."""
    case = at(world, "assessment")
    for final, problems in ((True, "Tidak ada pengasuh."), (False, said)):
        act(
            world, record_stage, RecordStage(case=case, stage="assessment", answers={"problems": problems}, final=final)
        )
    row = records.find(world.session, case, "assessment", 1)
    assert row is not None
    assert row.version > row.logged_version > 0
    return case, row


def test_what_is_being_typed_needs_no_entry_yet(world: World) -> None:
    before = verify.run(world.session).drafts
    typed(world)
    complete(world, at(world, "intervention_plan"), "intervention_plan")
    complete(world, opened(world), "data_collection")
    found = verify.run(world.session)
    assert (found.broken, found.drafts - before) == ((), 3)


@pytest.mark.parametrize(
    "column", ["version", "logged_version", "stage", "cycle", "updated_by", "updated_at", "sealed"]
)
def test_a_changed_draft_is_named(world: World, column: str) -> None:
    case, row = typed(world)
    changed = {
        "version": row.version + 1,
        "logged_version": 0,
        "stage": "monitoring",
        "cycle": 5,
        "updated_by": OTHER_ID,
        "updated_at": world.now + timedelta(days=1),
        "sealed": b"\x01" * 60,
    }
    world.session.execute(update(stage_record).where(stage_record.c.id == row.id).values({column: changed[column]}))
    (found,) = broken(world)
    assert (found.case_id, found.table, found.row, found.reason) == (case, "stage_record", row.id, "row")


def test_a_draft_takes_no_words_back(world: World) -> None:
    """The words of an earlier draft, sealed by the product itself, put back as the newest."""
    _case, row = typed(world)
    earlier = world.session.execute(select(stage_record.c.sealed).where(stage_record.c.id == row.id)).scalar_one()
    typed_on = RecordStage(case=row.case_id, stage="assessment", answers={"problems": "Lain."})
    act(world, record_stage, typed_on)
    world.session.execute(update(stage_record).where(stage_record.c.id == row.id).values(sealed=earlier))
    assert [(b.row, b.reason) for b in broken(world)] == [(row.id, "row")]


def test_who_typed_a_record_is_not_rewritten(world: World) -> None:
    """A supervisor who typed a record may not approve it: the revision says who did."""
    case = at(world, "assessment")
    row = records.find(world.session, case, "data_collection", 1)
    assert row is not None
    world.session.execute(update(stage_revision).where(stage_revision.c.record_id == row.id).values(saved_by=OTHER_ID))
    assert [(b.table, b.row, b.reason) for b in broken(world)] == [("stage_record", row.id, "row")]


# --- the file of a letter ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("change", ["sha256", "no file", "numbered", "failed", "other file", "no entry"])
def test_the_file_of_a_letter_is_the_one_made_for_it(world: World, change: str) -> None:
    case, row = lettered(world)
    assert not broken(world)
    mine = letter.c.id == row.id
    match change:
        case "sha256":
            world.session.execute(update(letter).where(mine).values(sha256="b" * 64))
        case "no file":
            world.session.execute(update(letter).where(mine).values(file_id=None, sha256=None))
        case "other file":
            world.session.execute(update(file).where(file.c.sha256 == "a" * 64).values(sha256="c" * 64))
        case "no entry":
            unlock(world.session)
            world.session.execute(delete(access_entry).where(access_entry.c.code == FILE_MADE))
        case _:
            world.session.execute(update(letter).where(mine).values(state=change))
    (found,) = broken(world)
    assert (found.case_id, found.table, found.row, found.reason) == (case, "letter", row.id, "file")


# --- older entries ----------------------------------------------------------------------------------------------------


def test_a_row_older_than_digests_is_counted_apart(world: World) -> None:
    """Its entry names it and says no more; a row that no entry names is a finding all the same."""
    case = monitored(world)
    row = row_of(world, case)
    columns: dict[str, Any] = {"cycle": 1, "state": "monitoring", "visited_on": world.today, "recorded_at": world.now}
    columns |= {"case_id": case, "officer_id": world.office.ids["rina"]}
    written = [
        children.add(world.session, proof.PROVEN["visit"], row.subject_id, columns, {"finding": "x"}, at=world.now)
        for _two in range(2)
    ]
    world.session.written.clear()
    chain = Chain(case, row.subject_id, row.entry_seq, row.entry_head)
    said = Entry(code="case:visit:recorded", data={"visit": written[0], "cycle": 1})
    later = world.now + timedelta(days=400)
    end = log.append(world.session, chain, (said,), actor=OTHER_ID, at=later, today=world.today, facts=audit.GENESIS)
    take_head = {"entry_seq": end.seq, "entry_head": end.head}
    world.session.execute(update(case_file).where(case_file.c.id == case).values(take_head))
    found = verify.run(world.session)
    assert found.older == 1
    assert [(b.row, b.reason) for b in found.broken] == [(written[1], "unlogged")]


# --- triggers ---------------------------------------------------------------------------------------------------------


def test_a_missing_trigger_is_told_beside_what_does_not_hold(world: World) -> None:
    assert trail.verify(world.session).intact
    name = min(triggers.expected())
    unlock(world.session, name)
    found = trail.verify(world.session)
    assert (found.faults, found.triggers, found.intact) == ((), (name,), False)


def test_a_trigger_switched_off_is_told(world: World) -> None:
    if not world.session.is_postgresql:
        return  # SQLite knows no trigger that is there and off
    world.session.conn.execute(text("ALTER TABLE case_entry DISABLE TRIGGER case_entry_no_delete"))
    world.session.conn.execute(text("ALTER TABLE access_entry ENABLE TRIGGER access_entry_no_update"))
    assert trail.verify(world.session).triggers == ("access_entry_no_update", "case_entry_no_delete")


# --- what SQLite lets anybody write -----------------------------------------------------------------------------------

GARBAGE = ["x'00'", "x'ff'", "CAST(x'ff' AS TEXT)", "1.5", "'2026-99-99'", "'~'", "9223372036854775807"]


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("case_entry", "hash"),
        ("case_entry", "code"),
        ("case_entry", "data"),
        ("case_entry", "entered_at"),
        ("access_entry", "hash"),
        ("access_entry", "code"),
        ("access_entry", "data"),
        ("visit", "visited_on"),
        ("visit", "cycle"),
        ("visit", "officer_id"),
        ("review", "decided_at"),
        ("stage_record", "sealed"),
        ("case_file", "state"),
        ("case_file", "closed_at"),
    ],
)
def test_bytes_that_are_no_value_are_named(world: World, table: str, column: str) -> None:
    if world.session.is_postgresql:
        return  # a column there holds nothing but its type
    case = monitored(world)
    world.session.conn.execute(text("PRAGMA foreign_keys = OFF"))
    unlock(world.session)
    world.session.conn.execute(text("PRAGMA defer_foreign_keys = ON"))
    mine = {"case_file": "id", "access_entry": "NULL"}.get(table, "case_id")
    newest = f"SELECT max(rowid) FROM {table} WHERE {mine} IS NULL OR {mine} = :case"  # noqa: S608 - our own names
    for value in GARBAGE:
        statement = f"UPDATE {table} SET {column} = {value} WHERE rowid = ({newest})"  # noqa: S608 - as above
        with taken_back(world):
            assert world.session.conn.execute(text(statement), {"case": case.replace("-", "")}).rowcount == 1
            found = broken(world)
        assert found, value
        assert found[0].case_id in {case, None}, value
