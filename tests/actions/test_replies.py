"""Answers that come from outside: by the code on a letter, by a partner's own log-in; never twice, never by a guess."""

from dataclasses import asdict
from typing import Any

import pytest
from sqlalchemy import insert, update

from caseflow import access, crypto
from caseflow.actions import admin, casework, letters, partners, referrals, replies
from caseflow.actions.letters import MarkSent, VoidLetter, mark_sent
from caseflow.actions.referrals import AnswerReferral, answer_referral
from caseflow.actions.replies import ConfirmAnswer, DeclineAnswer, MakeLink, OfferAnswer
from caseflow.errors import InvalidInput, NotFound, Refused
from caseflow.store import children, facts, records, subjects, vault
from caseflow.store import letters as rows
from caseflow.store.tables import case_file, case_team, referral, stage_record
from tests.actions.test_letters import issued, needing, rendered
from tests.actions.test_partners import partner, sent
from tests.world import MINUTE, World, act, approved, broken, codes, owed, refused, row_of, told, viewer


def code_on(world: World, letter: Any) -> str:  # noqa: ANN401 - a letter row
    """Return the code as the slip prints it."""
    return str(rows.facts_of(world.session, row_of(world, letter.case_id).subject_id, letter)["reply"]["code"])


def offer(world: World, code: str, status: str = "accepted", **more: Any) -> None:  # noqa: ANN401 - of OfferAnswer
    """Answer by a code, a minute later."""
    world.now += MINUTE
    with world.session.attempt():
        command = OfferAnswer(**{"code": code, "status": status, "officer": "Suster Ani", **more})
        replies.offer_answer(world.session, command, at=world.now)


def sent_row(world: World, case: str) -> Any:  # noqa: ANN401 - a referral row
    (found,) = children.of_case(world.session, referral, case)
    return found


def seen(world: World, case: str) -> str:
    """Return the referral's status as guards see it."""
    (found,) = facts.load(world.session, case, world.today).referrals
    return found.status


def coded(world: World) -> tuple[str, str]:
    """Return a case with a letter that waits for its answer, and the code on its slip."""
    case = needing(world)
    return case, code_on(world, issued(world, case))


def keep_from(world: World, case: str, who: str) -> None:
    """Record, where the category of the case does not ask for it, who must not learn of it."""
    session, subject = world.session, row_of(world, case).subject_id
    (row,) = (r for r in records.of_case(session, case) if r.stage == "data_collection")
    sealed = vault.seal(session, subject, f"{records.PLACE}{row.id}", {"must_not_know": who})
    session.execute(update(stage_record).where(stage_record.c.id == row.id).values(sealed=sealed))


def confirm(world: World, case: str) -> None:
    act(world, replies.confirm_answer, ConfirmAnswer(case=case, referral=sent_row(world, case).id))


def decline(world: World, case: str) -> None:
    command = DeclineAnswer(case=case, referral=sent_row(world, case).id, reason="RSUD tidak mengenal petugas itu.")
    act(world, replies.decline_answer, command)


# --- by code ---------------------------------------------------------------------------------------------------------


def test_the_code_is_long_random_and_kept_as_a_digest_only(world: World) -> None:
    case, code = coded(world)
    assert len(code.replace("-", "")) == 24
    assert sent_row(world, case).reply_digest == crypto.token_digest(code)
    assert code not in str(sent_row(world, case))
    with pytest.raises(NotFound):
        replies.question(world.session, code[:-1] + ("0" if code[-1] != "0" else "1"))


def test_an_answer_by_code_waits_and_counts_once_it_is_confirmed(world: World) -> None:
    case, code = coded(world)
    version = row_of(world, case).version
    offer(world, code.lower().replace("-", " "), note="Poli dalam, Senin", phone="0811 000 111")
    assert seen(world, case) == "open"
    assert row_of(world, case).version == version, "a form that a colleague has open stays good"
    assert replies.question(world.session, code).state == "waiting"
    assert "answer_confirmation" in owed(world, case)
    assert "referral_answer" not in owed(world, case)
    assert [m.case_id for m in told(world, "rina", "referral_offered")] == [case]
    confirm(world, case)
    assert seen(world, case) == "accepted"
    words = children.words(world.session, referral, row_of(world, case).subject_id, sent_row(world, case))
    assert (words["note"], words["officer"], words["phone"]) == ("Poli dalam, Senin", "Suster Ani", "0811 000 111")
    assert codes(world, case)[-2:] == ["case:referral:offered", "case:referral:answered"]
    assert "answer_confirmation" not in owed(world, case)
    assert not broken(world)


def test_an_answer_is_given_once_and_what_follows_an_acceptance_once_more(world: World) -> None:
    case, code = coded(world)
    offer(world, code)
    with pytest.raises(Refused):
        offer(world, code, "refused", note="Penuh")
    confirm(world, case)
    assert [key for key, _label in replies.question(world.session, code).choices] == ["done", "returned"]
    with pytest.raises(InvalidInput):
        offer(world, code, "accepted")
    offer(world, code, "done")
    assert seen(world, case) == "accepted", "what was confirmed stands while the next waits"
    confirm(world, case)
    assert seen(world, case) == "done"
    assert replies.question(world.session, code).state == "answered"
    with pytest.raises(Refused):
        offer(world, code, "returned", note="Ke provinsi")


def test_an_answer_that_is_declined_is_waited_for_again_until_the_day_it_was(world: World) -> None:
    case, code = coded(world)
    due = owed(world, case)["referral_answer"].due_at
    offer(world, code, "refused", note="Tempat tidur penuh")
    decline(world, case)
    assert seen(world, case) == "open"
    assert owed(world, case)["referral_answer"].due_at == due
    asked = replies.question(world.session, code)
    assert (asked.state, asked.declined) == ("open", True)
    assert "Tempat tidur penuh" not in str(sent_row(world, case))
    offer(world, code)
    confirm(world, case)
    assert seen(world, case) == "accepted"
    assert not broken(world)


def test_while_an_answer_waits_none_is_typed_and_nothing_withdrawn(world: World) -> None:
    case, code = coded(world)
    offer(world, code)
    row = sent_row(world, case)
    refused(world, Refused, answer_referral, AnswerReferral(case=case, referral=row.id, status="done"))
    withdraw = referrals.WithdrawReferral(case=case, referral=row.id, reason="Tidak dijawab")
    refused(world, Refused, referrals.withdraw_referral, withdraw, by="sari")
    refused(world, Refused, replies.make_link, MakeLink(case=case, referral=row.id))
    confirm(world, case)
    refused(world, Refused, replies.confirm_answer, ConfirmAnswer(case=case, referral=row.id))


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"status": "maybe"}, "status"),
        ({"status": "refused"}, "note"),
        ({"officer": " "}, "officer"),
        ({"note": "x" * 2001}, "note"),
        ({"phone": "1" * 41}, "phone"),
    ],
)
def test_what_an_answer_needs(world: World, said: dict[str, str], field: str) -> None:
    _case, code = coded(world)
    with pytest.raises(InvalidInput) as error:
        offer(world, code, **said)
    assert list(error.value.data["problems"]) == [field]


def test_nothing_of_the_client_is_shown_to_who_holds_a_code(world: World) -> None:
    case, code = coded(world)
    found = replies.question(world.session, code)
    subject = row_of(world, case).subject_id
    assert subjects.name_of(world.session, subject) not in str(asdict(found))
    assert row_of(world, case).number not in str(asdict(found)), "the letter's number is enough"
    assert found.letter_number
    assert found.title is not None


def test_a_letter_that_is_void_answers_nothing_and_what_waited_is_let_go(world: World) -> None:
    case, code = coded(world)
    offer(world, code)
    letter = sent_row(world, case).letter_id
    act(world, letters.void_letter, VoidLetter(letter=letter, reason="Salah alamat"), by="sari")
    assert replies.question(world.session, code).state == "void"
    assert sent_row(world, case).status == "withdrawn"
    assert "answer_confirmation" not in owed(world, case)
    with pytest.raises(Refused):
        offer(world, code)
    assert not broken(world)


def test_a_case_that_ended_takes_no_answer(world: World) -> None:
    case, referral_id = sent(world, "charity")
    code = act(world, replies.make_link, MakeLink(case=case, referral=referral_id)).code
    approved(world, case, "terminate", details={"reason_code": "moved"})
    assert replies.question(world.session, code).state == "closed"
    with pytest.raises(Refused):
        offer(world, code)


def test_an_answer_in_a_closed_file_is_told_to_its_team_only_and_never_to_nobody(world: World) -> None:
    case, _code = coded(world)
    admin.add_stand_in(world.session, "rina", "dewi", world.today, world.today, by=admin.ROOT, at=world.now)
    ids = world.office.ids

    def heard(**columns: str | None) -> set[str]:
        if columns:
            world.session.execute(update(case_file).where(case_file.c.id == case).values(**columns))
        return set(replies.listeners(casework.look(world.session, case, by=access.SYSTEM, at=world.now)))

    assert heard() == {ids["dewi"]}
    assert heard(confidentiality="R3") == {ids["rina"]}, "who stands in may not see the file"
    assert ids["sari"] in heard(assignee_id=None), "a file without a team is not forgotten"
    world.session.execute(insert(case_team).values(case_id=case, user_id=ids["dewi"]))
    assert heard() == {ids["dewi"]}
    assert heard(assignee_id=ids["rina"]) == {ids["dewi"]}
    admin.deactivate_user(world.session, "dewi", by=admin.ROOT, at=world.now)
    assert heard() == {ids["rina"]}
    admin.deactivate_user(world.session, "rina", by=admin.ROOT, at=world.now)
    assert ids["sari"] in heard(), "who left hears nothing"


# --- a link ----------------------------------------------------------------------------------------------------------


def test_a_new_link_ends_the_code_before_it(world: World) -> None:
    case, referral_id = sent(world, "charity")
    first = act(world, replies.make_link, MakeLink(case=case, referral=referral_id))
    assert first.url == f"https://kasus.dinsos.example/jawab/{first.code}"
    second = act(world, replies.make_link, MakeLink(case=case, referral=referral_id))
    with pytest.raises(NotFound):
        replies.question(world.session, first.code)
    asked = replies.question(world.session, second.code)
    assert (asked.letter_number, asked.case_number) == (None, row_of(world, case).number)
    offer(world, second.code, "done")
    confirm(world, case)
    assert seen(world, case) == "done"
    assert not broken(world)


def test_nobody_who_must_not_know_is_referred_to_or_gets_a_link(world: World) -> None:
    case, referral_id = sent(world, "charity")
    keep_from(world, case, "Pimpinan")
    refused(world, InvalidInput, replies.make_link, MakeLink(case=case, referral=referral_id))
    again = referrals.AddReferral(case=case, institution=world.office.institutions["charity"], need="Paket")
    refused(world, InvalidInput, referrals.add_referral, again)


# --- by log-in -------------------------------------------------------------------------------------------------------


def own(referral_id: str, status: str = "accepted", **more: Any) -> partners.AnswerOwn:  # noqa: ANN401 - of AnswerOwn
    return partners.AnswerOwn(referral=referral_id, status=status, **more)


def answered_by_partner(world: World, command: partners.AnswerOwn, kind: str = "charity") -> None:
    world.now += MINUTE
    with world.session.attempt():
        partners.answer_own(world.session, command, by=partner(world, kind), at=world.now)


def test_a_partner_answers_by_log_in_and_that_counts(world: World) -> None:
    case, referral_id = sent(world, "charity")
    answered_by_partner(world, own(referral_id, note="Senin"))
    assert seen(world, case) == "accepted"
    row = sent_row(world, case)
    assert row.answered_by == viewer(world, "mitra").user_id
    assert [m.case_id for m in told(world, "rina", "referral_answered")] == [case]
    (waiting,) = partners.waiting(world.session, by=partner(world, "charity"))
    assert [key for key, _label in waiting.choices] == ["done", "returned"]
    answered_by_partner(world, own(referral_id, "done"))
    assert seen(world, case) == "done"
    with pytest.raises(NotFound):
        answered_by_partner(world, own(referral_id, "returned", note="x"))
    assert not broken(world)


def test_a_partner_answers_for_the_own_institution_only(world: World) -> None:
    case, referral_id = sent(world, "charity")
    for kind in ("school", "health_facility"):
        with pytest.raises(NotFound):
            answered_by_partner(world, own(referral_id), kind)
    assert seen(world, case) == "open"
    keep_from(world, case, "Mitra")
    with pytest.raises(NotFound):
        answered_by_partner(world, own(referral_id))
    assert partners.waiting(world.session, by=partner(world, "charity")) == ()


def test_a_partner_answers_a_letter_once_it_was_sent_and_settles_what_waits(world: World) -> None:
    case = needing(world)
    letter = issued(world, case)
    code = code_on(world, letter)
    with pytest.raises(NotFound):
        answered_by_partner(world, own(sent_row(world, case).id), "health_facility")
    rendered(world, letter)
    act(world, mark_sent, MarkSent(letter=letter.id))
    offer(world, code, "refused", note="Penuh")
    (waiting,) = partners.waiting(world.session, by=partner(world, "health_facility"))
    assert waiting.waiting
    answered_by_partner(world, own(sent_row(world, case).id, "done"), "health_facility")
    assert seen(world, case) == "done"
    assert "answer_confirmation" not in owed(world, case)
    assert replies.question(world.session, code).state == "answered"
    assert not broken(world)


def test_a_partner_acts_in_no_case_beside_the_answer(world: World) -> None:
    case, _referral = sent(world, "charity")
    with pytest.raises(NotFound):
        act(
            world,
            answer_referral,
            AnswerReferral(case=case, referral=sent_row(world, case).id, status="done"),
            by="mitra",
        )
