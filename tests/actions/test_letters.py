"""Letters in a case: numbered without gaps, resting on consent, void for good, one referral a letter that asks."""

from datetime import date, timedelta
from typing import Any, cast

import pytest
from sqlalchemy import select, update

from caseflow.actions import admin, consents, letter_files, referrals
from caseflow.actions.letters import (
    IssueLetter,
    MarkSent,
    VoidLetter,
    issue_letter,
    letters_root,
    mark_sent,
    void_letter,
)
from caseflow.actions.people import PersonData
from caseflow.errors import (
    Forbidden,
    InvalidInput,
    LoopbackAddress,
    NotFound,
    Refused,
    StepRefused,
    UnknownLetter,
    VersionConflict,
)
from caseflow.letters.child import Renderer
from caseflow.letters.facts import Facts
from caseflow.store import children
from caseflow.store import letters as rows
from caseflow.store.tables import consent as agreements
from caseflow.store.tables import counter, job, letter, office, referral, signatory_post
from tests.letters import reading
from tests.world import (
    VILLAGE_ELSEWHERE,
    World,
    act,
    answers,
    approved,
    at,
    bring,
    broken,
    codes,
    consent,
    opened,
    owed,
    record,
    refused,
    row_of,
    take,
    told,
    unmet,
    viewer,
)

NEED = {"treatment_needed": True, "health_need": "rawat inap"}


def issue(case: str, name: str = "rjk-rs", **more: Any) -> IssueLetter:  # noqa: ANN401 - of IssueLetter
    return IssueLetter(case=case, letter=name, **more)


def needing(world: World, *, agreed: bool = True) -> str:
    """Return a case under assessment of somebody who needs treatment and cannot pay."""
    case = at(world, "assessment")
    record(world, case, "data_collection", NEED)
    if agreed:
        consent(world, case, "health_service")
    return case


def issued(world: World, case: str, **more: Any) -> Any:  # noqa: ANN401 - a letter row
    """Issue the recommendation and return its row."""
    return rows.by_id(world.session, str(act(world, issue_letter, issue(case, **more)).created_id))


def rendered(world: World, row: Any) -> None:  # noqa: ANN401 - a letter row
    """Do what the render job does last."""
    assert letter_files.store_rendered(world.session, row.id, b"%PDF-1.7 made", "a" * 64, at=world.now)


def state(world: World, row: Any) -> str:  # noqa: ANN401 - a letter row
    """Return the state of a letter now."""
    now = rows.by_id(world.session, row.id)
    assert now is not None
    return str(now.state)


def why_void(world: World, row: Any) -> str | None:  # noqa: ANN401 - a letter row
    """Return what is said of a void letter."""
    return rows.void_reason(world.session, row_of(world, row.case_id).subject_id, row)


def counters(world: World) -> dict[str, int]:
    found = world.session.execute(select(counter).where(counter.c.scope.startswith("letter:")))
    return {row.scope: row.value for row in found}


# --- issuing ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["rina", "sari", "kadis"])
def test_a_letter_is_issued_with_number_facts_referral_and_job(world: World, by: str) -> None:
    case = needing(world)
    done = act(world, issue_letter, issue(case), by=by)
    row = rows.by_id(world.session, str(done.created_id))
    assert row is not None
    assert (row.number, row.state, row.consent_purpose) == (
        "400.9/0001/RJK-RS/DINSOS/2026",
        "numbered",
        "health_service",
    )
    frozen = rows.facts_of(world.session, row_of(world, case).subject_id, row)
    assert (frozen["number"], frozen["fields"]["health_need"]) == (row.number, "rawat inap")
    assert frozen["check"]["url"].endswith(row.check_code)
    sent = children.of_case(world.session, referral, case)
    assert [(r.letter_id, r.status, r.institution_id) for r in sent] == [
        (row.id, "open", world.office.institutions["health_facility"])
    ]
    assert owed(world, case)["referral_answer"].ref_id == sent[0].id
    queued = world.session.execute(select(job).where(job.c.key == f"letter.render:{row.id}")).one()
    assert (queued.kind, queued.state, queued.payload) == ("letter.render", "ready", {"letter": row.id})
    assert (codes(world, case)[-1], broken(world)) == ("case:letter:issued", ())


@pytest.mark.parametrize(("by", "error"), [("intan", Forbidden), ("audit", Forbidden), ("luar", NotFound)])
def test_a_letter_is_not_issued_by_others(world: World, by: str, error: type[Forbidden]) -> None:
    case = needing(world) if by != "intan" else opened(world, by="intan")
    refused(world, error, issue_letter, issue(case), by=by)


def test_an_unknown_letter_and_one_of_another_category(world: World) -> None:
    case = needing(world)
    assert "rjk-rs" in refused(world, UnknownLetter, issue_letter, issue(case, "praise")).data["known"]
    refused(world, Refused, issue_letter, issue(case, "rjk-lksa"))


def test_a_letter_belongs_to_its_states_and_answers(world: World) -> None:
    error = refused(world, Refused, issue_letter, issue(at(world, "closed")))
    assert "tidak diterbitkan pada tahap ini" in str(error)
    error = refused(world, Refused, issue_letter, issue(at(world, "assessment")))
    assert "tidak diperlukan" in str(error)


def test_all_that_a_letter_waits_for_is_said_at_once(world: World) -> None:
    case = at(world, "assessment")
    record(world, case, "assessment", {"jkn_status": "pbi_apbn_inactive"})
    error = refused(world, StepRefused, issue_letter, issue(case, "rek-pbi"))
    assert unmet(error) == ["health_facility_letter_is_recorded", "health_data_may_go_to_the_insurer"]


def test_a_letter_says_which_fields_it_still_needs(world: World) -> None:
    case = at(world, "assessment")
    day = world.today.isoformat()
    said = {"jkn_status": "pbi_apbn_inactive", "needs_treatment": True, "facility": "RSUD"}
    said |= {"facility_letter_number": "445/1", "facility_letter_date": day}
    record(world, case, "assessment", said)
    consent(world, case, "health_insurance")
    error = refused(world, InvalidInput, issue_letter, issue(case, "rek-pbi", fields={"colour": "red"}))
    assert set(error.data["problems"]) == {"membership_checked_on", "filed_by", "colour"}
    record(world, case, "assessment", {"jkn_checked_on": day})
    act(world, issue_letter, issue(case, "rek-pbi", fields={"filed_by": "office"}))


def test_health_data_leave_with_consent_or_to_save_a_life(world: World) -> None:
    case = needing(world, agreed=False)
    assert unmet(refused(world, StepRefused, issue_letter, issue(case))) == ["health_data_may_go_to_the_facility"]
    record(world, case, "data_collection", {"risk": "high", "data_basis": "vital_interest"})
    assert unmet(refused(world, StepRefused, issue_letter, issue(case))) == ["health_data_may_go_to_the_facility"]
    take(world, case, "emergency_intervention")
    issued(world, case)


def test_a_letter_goes_to_an_institution_of_its_kind(world: World) -> None:
    case = needing(world)
    wrong = world.office.institutions["charity"]
    error = refused(world, InvalidInput, issue_letter, issue(case, institution=wrong))
    assert "RSUD" in error.data["problems"]["institution"]
    refused(world, InvalidInput, issue_letter, issue(case, institution="x"))


def test_nobody_signs_nobody_issues(world: World) -> None:
    case = needing(world)
    world.session.execute(update(signatory_post).values(ends_on=date(2025, 12, 31)))
    refused(world, Refused, issue_letter, issue(case))
    assert counters(world) == {}


def test_who_stands_in_for_the_head_signs_first(world: World) -> None:
    plt = admin.AddSignatory(
        office_area="6310", post="Kepala Dinas Sosial", holder="Drs. Arifin", prefix="Plt.", starts_on=date(2026, 1, 1)
    )
    admin.add_signatory(world.session, plt, by=admin.ROOT, at=world.now)
    case = needing(world)
    frozen = rows.facts_of(world.session, row_of(world, case).subject_id, issued(world, case))
    assert (frozen["signatory"]["prefix"], frozen["signatory"]["name"]) == ("Plt.", "Drs. Arifin")


def signs(world: World, prefix: str, holder: str, own_post: str = "", **when: date) -> None:
    """Record who signs for the office."""
    command = admin.AddSignatory(
        office_area="6310",
        post="Kepala Dinas Sosial",
        holder=holder,
        prefix=prefix,
        own_post=own_post,
        **{"starts_on": date(2026, 1, 1), **when},  # type: ignore[arg-type]  # dates
    )
    admin.add_signatory(world.session, command, by=admin.ROOT, at=world.now)


def test_on_whose_behalf_somebody_signs_is_printed_with_the_own_post(world: World) -> None:
    case = needing(world)
    secretary = "Sekretaris Dinas Sosial"
    signs(world, "a.n.", "Drs. Arifin, M.Si.", secretary, ends_on=world.today + timedelta(days=30))
    with Renderer(letters_root()) as renderer:
        row = issued(world, case)
        frozen = rows.facts_of(world.session, row_of(world, case).subject_id, row)
        text = reading.text(renderer.render(row.kind, cast(Facts, frozen)).pdf)
    block = f"a.n. Kepala Dinas Sosial {secretary}, Drs. Arifin, M.Si."
    assert reading.squeezed(block) in text
    signs(world, "Plh.", "Rahmad, S.Sos.", starts_on=world.today, ends_on=world.today)
    acting = rows.facts_of(world.session, row_of(world, case).subject_id, issued(world, case))["signatory"]
    assert (acting["prefix"], acting["name"], acting["own_post"]) == ("Plh.", "Rahmad, S.Sos.", None)
    world.now += timedelta(days=1)
    delegated = rows.facts_of(world.session, row_of(world, case).subject_id, issued(world, case))["signatory"]
    assert (delegated["prefix"], delegated["own_post"]) == ("a.n.", secretary)
    world.now += timedelta(days=30)
    holder = rows.facts_of(world.session, row_of(world, case).subject_id, issued(world, case))["signatory"]
    assert (holder["prefix"], holder["name"], holder["own_post"]) == ("", "Dra. Nurhayati", None)


def test_a_letter_does_not_carry_the_address_of_this_machine(world: World) -> None:
    case = needing(world)
    world.session.settings = world.session.settings.model_copy(update={"public_url": "http://127.0.0.1:8000"})
    refused(world, LoopbackAddress, issue_letter, issue(case))


def test_numbers_run_without_gaps_by_office_kind_and_year(world: World) -> None:
    case = needing(world)
    refused(world, InvalidInput, issue_letter, issue(case, institution="x"))
    numbers = [issued(world, case).running for _time in range(3)]
    assert numbers == [1, 2, 3]
    world.now += timedelta(days=365)
    assert issued(world, case).number == "400.9/0001/RJK-RS/DINSOS/2027"


def test_a_doubtful_nik_is_not_printed(world: World) -> None:
    case = needing(world)
    subject = row_of(world, case).subject_id
    before = rows.facts_of(world.session, subject, issued(world, case))["subject"]["nik"]
    assert before
    opened(world, person=PersonData(name="Orang Lain Dengan Nomor Sama", nik=before))
    assert rows.facts_of(world.session, subject, issued(world, case))["subject"]["nik"] is None


def test_a_letter_needs_the_version_that_was_seen(world: World) -> None:
    case = needing(world)
    refused(world, VersionConflict, issue_letter, issue(case, expected_version=1))


# --- sending, answering, voiding -------------------------------------------------------------------------------------


def test_a_letter_is_sent_once_it_is_made(world: World) -> None:
    case = needing(world)
    row = issued(world, case)
    refused(world, Refused, mark_sent, MarkSent(letter=row.id))
    rendered(world, row)
    assert told(world, "rina", "letter_ready", case=case)
    for day in (world.today + timedelta(days=1), world.today - timedelta(days=1)):
        refused(world, InvalidInput, mark_sent, MarkSent(letter=row.id, sent_on=day))
    refused(world, Forbidden, mark_sent, MarkSent(letter=row.id), by="audit")
    act(world, mark_sent, MarkSent(letter=row.number))
    assert state(world, row) == "sent"


@pytest.mark.parametrize(
    ("by", "error"), [("rina", Forbidden), ("audit", Forbidden), ("luarsup", NotFound), ("mitra", NotFound)]
)
def test_a_letter_is_not_voided_by_others(world: World, by: str, error: type[Forbidden]) -> None:
    row = issued(world, needing(world))
    refused(world, error, void_letter, VoidLetter(letter=row.id, reason="Salah alamat."), by=by)


def test_a_void_letter_keeps_number_and_reason_and_asks_for_no_answer(world: World) -> None:
    case = needing(world)
    row = issued(world, case)
    refused(world, InvalidInput, void_letter, VoidLetter(letter=row.id, reason=" "), by="sari")
    act(world, void_letter, VoidLetter(letter=row.number, reason="Salah alamat."), by="sari")
    after = rows.by_id(world.session, row.id)
    assert after is not None
    assert (after.state, why_void(world, after), after.number) == ("void", "Salah alamat.", row.number)
    assert "referral_answer" not in owed(world, case)
    assert [r.status for r in children.of_case(world.session, referral, case)] == ["withdrawn"]
    refused(world, Refused, void_letter, VoidLetter(letter=row.id, reason="x"), by="sari")
    assert letter_files.prepare_render(world.session, row.id) is None
    assert not letter_files.store_rendered(world.session, row.id, b"%PDF", "b" * 64, at=world.now)
    assert issued(world, case).running == 2, "its number is not given again"
    verdict = letter_files.verify_code(world.session, row.check_code)
    assert (verdict.state, verdict.number) == ("void", row.number)


def test_an_answer_does_not_bring_a_void_letter_back(world: World) -> None:
    case = needing(world)
    row = issued(world, case)
    asked = children.of_case(world.session, referral, case)[0].id
    bring(world, case, "intervention")
    accepted = referrals.AnswerReferral(case=case, referral=asked, status="accepted")
    act(world, referrals.answer_referral, accepted)
    act(world, void_letter, VoidLetter(letter=row.id, reason="Salah nama."), by="sari")
    act(world, referrals.answer_referral, referrals.AnswerReferral(case=case, referral=asked, status="done"))
    assert state(world, row) == "void"


def test_a_late_rendering_does_not_make_an_answered_letter_unsent(world: World) -> None:
    case = needing(world)
    row = issued(world, case)
    asked = children.of_case(world.session, referral, case)[0].id
    act(world, referrals.answer_referral, referrals.AnswerReferral(case=case, referral=asked, status="accepted"))
    rendered(world, row)
    agreed = children.of_case(world.session, agreements, case)[-1].id
    act(world, consents.withdraw_consent, consents.WithdrawConsent(case=case, consent=agreed))
    assert state(world, row) == "answered"


@pytest.mark.parametrize("name", ["400.9/9999/RJK-RS/DINSOS/2026", "019c1bde-00e0-7cdd-ba2a-f5c6d5ebbaba", ""])
def test_an_unknown_letter_is_not_there(world: World, name: str) -> None:
    refused(world, NotFound, void_letter, VoidLetter(letter=name, reason="x"), by="sari")
    refused(world, NotFound, mark_sent, MarkSent(letter=name))
    with pytest.raises(NotFound):
        letter_files.pdf_of(world.session, name, by=viewer(world, "rina"), at=world.now)


def test_two_offices_may_use_the_same_number(world: World) -> None:
    far = opened(world, by="luar", area=VILLAGE_ELSEWHERE)
    said = answers(world, "FM", "data_collection", **NEED)
    record(world, far, "data_collection", said, by="luar")
    take(world, far, "submit_for_assessment", by="luar")
    consent(world, far, "health_service", by="luar")
    hospital = world.office.institutions["health_facility"]
    act(world, issue_letter, issue(far, institution=hospital), by="luar")
    ours = issued(world, needing(world))
    numbers = {row.number for row in world.session.execute(select(letter))}
    assert numbers == {ours.number}
    act(world, void_letter, VoidLetter(letter=ours.number, reason="Salah."), by="sari")
    act(world, void_letter, VoidLetter(letter=ours.number, reason="Salah."), by="luarsup")
    assert [row.state for row in world.session.execute(select(letter))] == ["void", "void"]


# --- with a step -----------------------------------------------------------------------------------------------------


def test_an_emergency_sends_its_letter_without_consent(world: World) -> None:
    case = needing(world, agreed=False)
    record(world, case, "data_collection", {"risk": "high"})
    take(world, case, "emergency_intervention")
    (row,) = rows.of_case(world.session, case)
    assert row.kind == "rjk-rs"
    assert codes(world, case)[-2:] == ["case:step:taken", "case:letter:issued"]
    frozen = rows.facts_of(world.session, row_of(world, case).subject_id, row)
    with Renderer(letters_root()) as renderer:
        text = reading.text(renderer.render(row.kind, cast(Facts, frozen)).pdf)
    law = "Pasal 20 ayat (2) huruf d Undang-Undang Nomor 27 Tahun 2022 tentang Pelindungan Data Pribadi"
    assert (
        reading.squeezed("Data ini disampaikan tanpa menunggu persetujuan untuk melindungi kepentingan vital") in text
    )
    assert reading.squeezed(law) in text


@pytest.mark.parametrize("lack", ["need", "signatory", "office"])
def test_an_emergency_is_not_held_up_by_its_letter(world: World, lack: str) -> None:
    case = needing(world, agreed=False)
    record(world, case, "data_collection", {"risk": "high"})
    if lack == "need":
        record(world, case, "data_collection", {"health_need": None})
    elif lack == "signatory":
        world.session.execute(update(signatory_post).values(ends_on=date(2025, 12, 31)))
    else:
        world.session.execute(update(office).values(address=[5]))
    take(world, case, "emergency_intervention")
    assert codes(world, case)[-1] == "case:letter:withheld"
    assert told(world, "rina", "letter_withheld", case=case)
    assert (rows.of_case(world.session, case), counters(world)) == ([], {}), "no number without a letter"
    assert not broken(world)


def test_ending_a_case_voids_what_has_not_left(world: World) -> None:
    case = needing(world)
    issued(world, case)
    sent = issued(world, case)
    rendered(world, sent)
    act(world, mark_sent, MarkSent(letter=sent.id))
    approved(world, case, "terminate", details={"reason_code": "moved"})
    assert [row.state for row in rows.of_case(world.session, case)] == ["void", "sent"]
    assert why_void(world, rows.of_case(world.session, case)[0]) == "kasus dihentikan"


# --- consent taken back ----------------------------------------------------------------------------------------------


def test_a_consent_taken_back_voids_unsent_letters_at_once(world: World) -> None:
    case = needing(world, agreed=False)
    agreed = consent(world, case, "health_service")
    numbered, made, sent = (issued(world, case) for _time in range(3))
    rendered(world, made)
    assert letter_files.store_rendered(world.session, sent.id, b"%PDF-1.7 other", "c" * 64, at=world.now)
    act(world, mark_sent, MarkSent(letter=sent.id))
    withdraw = consents.WithdrawConsent(case=case, consent=agreed, reason="Keluarga berubah pikiran.")
    act(world, consents.withdraw_consent, withdraw)
    states = {row.id: row.state for row in rows.of_case(world.session, case)}
    assert states == {numbered.id: "void", made.id: "void", sent.id: "sent"}
    assert codes(world, case)[-3:] == ["case:consent:withdrawn", "case:letter:voided", "case:letter:voided"]
    assert unmet(refused(world, StepRefused, issue_letter, issue(case))) == ["health_data_may_go_to_the_facility"]


def test_another_consent_taken_back_leaves_the_letter(world: World) -> None:
    case = needing(world)
    row = issued(world, case)
    other = consent(world, case, "plan")
    act(world, consents.withdraw_consent, consents.WithdrawConsent(case=case, consent=other))
    assert state(world, row) == "numbered"
