"""Telling another institution: a consent to it, or the vital interest of an emergency; letters and referrals alike."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from caseflow.actions import admin, letter_files
from caseflow.actions import letters as letter_actions
from caseflow.actions import sharing as sharing_guard
from caseflow.actions.consents import AddConsent, WithdrawConsent, add_consent, withdraw_consent
from caseflow.actions.letters import IssueLetter, issue_letter, letters_root
from caseflow.actions.referrals import AddReferral, add_referral
from caseflow.errors import InvalidInput, StepRefused
from caseflow.letters.catalogue import LetterKind
from caseflow.states import sharing
from caseflow.states.facts import Consent, Facts
from caseflow.states.sharing import Receiver
from caseflow.store import cases, children, log
from caseflow.store import letters as rows
from caseflow.store.tables import case_file
from caseflow.store.tables import consent as agreements
from tests.states import sample
from tests.world import (
    REGENCY,
    World,
    act,
    adult,
    at,
    bring,
    broken,
    codes,
    consent,
    days_later,
    may_tell,
    opened,
    record,
    refused,
    row_of,
    take,
    unmet,
)

NEED = {"treatment_needed": True, "health_need": "rawat inap"}


def refer(world: World, case: str, kind: str) -> AddReferral:
    return AddReferral(case=case, institution=world.office.institutions[kind], need="Bantuan")


def another_hospital(world: World) -> str:
    return admin.add_institution(
        world.session, "RSUD Ulin", "health_facility", "Direktur", "Kota", REGENCY, by=admin.ROOT, at=world.now
    )


def entry(world: World, case: str) -> dict[str, Any]:
    """Return what the newest entry says."""
    return dict(log.data_of(log.entries_of(world.session, case)[-1].data))


# --- which consent covers whom ---------------------------------------------------------------------------------------

HOSPITAL, OTHER, CHARITY = (
    Receiver("h1", "health_facility"),
    Receiver("h2", "health_facility"),
    Receiver("c", "charity"),
)


def agreed(purpose: str, **to: str) -> Consent:
    return Consent(id=purpose + "".join(to.values()), purpose=purpose, relation="self", withdrawn=False, **to)


@pytest.mark.parametrize(
    ("to", "covered", "by_name"),
    [
        ({"institution": "h1"}, {HOSPITAL}, {HOSPITAL}),
        ({"receivers": "health_facility"}, {HOSPITAL, OTHER}, set()),
        ({"receivers": "charity"}, {CHARITY}, set()),
        ({"receivers": "any"}, {HOSPITAL, OTHER, CHARITY}, set()),
        ({}, set(), set()),
    ],
)
def test_whom_a_consent_covers(to: dict[str, str], covered: set[Receiver], by_name: set[Receiver]) -> None:
    given = agreed("referral", **to)
    everybody = {HOSPITAL, OTHER, CHARITY}
    assert {r for r in everybody if sharing.covers(given, r)} == covered
    assert {r for r in everybody if sharing.covers(given, r, by_name=True)} == by_name


def test_the_consent_that_names_the_receiver_counts_first() -> None:
    consents = (agreed("referral", institution="c"), agreed("referral", receivers="any"), agreed("plan"))
    facts = Facts(state="intervention", cycle=1, today=sample.TODAY, subject_kind="person", consents=consents)
    found = sharing.covering(facts, ("referral",), CHARITY)
    assert found is not None
    assert found.institution == "c"
    assert sharing.covering(facts, ("health_service",), HOSPITAL) is None


def test_every_kind_of_institution_has_a_purpose_and_every_purpose_outside_a_kind() -> None:
    for kind in sharing.INSTITUTIONS:
        assert sharing.purposes_of(kind)
        assert all(kind in sharing.kinds_of(purpose) for purpose in sharing.purposes_of(kind))
    outside = [p for p in sharing.PURPOSES if p not in sharing.INSIDE]
    assert all(sharing.kinds_of(purpose) for purpose in outside)
    assert sharing.kinds_of("plan") == ()


# --- recording whom a consent lets hear ------------------------------------------------------------------------------


def agrees(case: str, purpose: str, **more: Any) -> AddConsent:  # noqa: ANN401 - of AddConsent
    return AddConsent(case=case, purpose=purpose, relation="self", giver="Aminah", **more)


@pytest.mark.parametrize(
    ("purpose", "said", "kept"),
    [
        ("plan", {}, ("", "", "")),
        ("plan", {"addressee": "Bu Camat"}, ("", "", "Bu Camat")),
        ("health_service", {}, ("", "health_facility", "fasilitas kesehatan")),
        ("health_service", {"receiver": "any"}, ("", "health_facility", "fasilitas kesehatan")),
        (
            "health_service",
            {"receiver": "<health_facility>"},
            ("health_facility", "", "RSUD dr. H. Andi Abdurrahman Noor"),
        ),
        (
            "health_service",
            {"addressee": "rsud dr. h. andi abdurrahman noor"},
            ("health_facility", "", "rsud dr. h. andi abdurrahman noor"),
        ),
        ("referral", {"receiver": "any"}, ("", "any", "lembaga mana pun yang diperlukan rencana")),
        ("referral", {"receiver": "charity", "addressee": "Baznas atau LAZ"}, ("", "charity", "Baznas atau LAZ")),
        ("referral", {"receiver": "<child_institution>"}, ("child_institution", "", "LKSA Harapan Bunda")),
    ],
)
def test_whom_a_consent_names_is_kept_so_that_it_can_be_compared(
    world: World, purpose: str, said: dict[str, str], kept: tuple[str, str, str]
) -> None:
    case = at(world, "assessment")
    ids = world.office.institutions
    said = {key: ids.get(value.strip("<>"), value) if "<" in value else value for key, value in said.items()}
    act(world, add_consent, agrees(case, purpose, **said))
    row = children.of_case(world.session, agreements, case)[-1]
    assert (row.institution_id or "", row.receivers) == (ids.get(kept[0], ""), kept[1])
    words = children.words(world.session, agreements, row_of(world, case).subject_id, row)
    assert words.get("addressee", "") == kept[2]
    assert not broken(world)


@pytest.mark.parametrize(
    ("purpose", "said", "field", "sentence"),
    [
        ("plan", {"receiver": "charity"}, "receiver", "tidak keluar dari kantor"),
        ("referral", {}, "receiver", "Pilih penerimanya"),
        ("referral", {"receiver": "x"}, "receiver", "Baznas Kabupaten Tanah Bumbu"),
        ("referral", {"addressee": "Yayasan yang tidak tercatat"}, "addressee", "Pilih penerimanya"),
        ("health_service", {"addressee": "RS di luar daftar"}, "addressee", "Pilih penerimanya"),
        ("referral", {"receiver": "health_facility"}, "receiver", "penyampaian data kepada fasilitas kesehatan"),
        ("health_service", {"receiver": "charity"}, "receiver", "rujukan ke lembaga lain"),
    ],
)
def test_a_receiver_that_cannot_be_compared_is_refused(
    world: World, purpose: str, said: dict[str, str], field: str, sentence: str
) -> None:
    case = at(world, "assessment")
    problems = refused(world, InvalidInput, add_consent, agrees(case, purpose, **said)).data["problems"]
    assert set(problems) == {field}
    assert sentence in problems[field]


# --- referrals -------------------------------------------------------------------------------------------------------


def test_a_referral_needs_a_consent_to_its_receiver(world: World) -> None:
    case = at(world, "intervention")
    error = refused(world, StepRefused, add_referral, refer(world, case, "charity"))
    assert unmet(error) == ["consent_covers_the_receiver"]
    assert "Belum ada persetujuan klien atau walinya untuk menyampaikan data kepada Baznas" in str(error)
    assert error.data["unmet"][0]["places"] == f"consent:referral:{world.office.institutions['charity']}"
    consent(world, case, "referral", receiver="school")
    error = refused(world, StepRefused, add_referral, refer(world, case, "charity"))
    assert "hanya untuk sekolah atau dinas pendidikan. Catat dahulu persetujuan untuk Baznas" in str(error)
    given = may_tell(world, case)
    act(world, add_referral, refer(world, case, "charity"))
    said = entry(world, case)
    assert (said["basis"], said["consent"]) == ("consent", given)
    refused(world, StepRefused, add_referral, refer(world, case, "civil_registry"))


def test_health_is_asked_for_by_name(world: World) -> None:
    case = at(world, "intervention")
    consent(world, case, "referral", receiver="any")
    act(world, add_referral, refer(world, case, "school"))
    for kind in ("health_facility", "health_insurer"):
        refused(world, StepRefused, add_referral, refer(world, case, kind))
        may_tell(world, case, kind)
        act(world, add_referral, refer(world, case, kind))


def test_an_emergency_tells_without_consent_and_says_so(world: World) -> None:
    case = at(world, "assessment")
    record(world, case, "data_collection", {"risk": "high"})
    take(world, case, "emergency_intervention")
    act(world, add_referral, refer(world, case, "health_facility"))
    said = entry(world, case)
    assert (said["basis"], said["consent"]) == ("vital_interest", "")


def test_an_answer_in_a_form_is_no_emergency(world: World) -> None:
    case = at(world, "intervention")
    record(world, case, "data_collection", {"risk": "high", "data_basis": "vital_interest"})
    for kind in ("health_facility", "charity", "civil_registry"):
        refused(world, StepRefused, add_referral, refer(world, case, kind))


def test_an_emergency_tells_only_who_can_save_the_life_and_only_while_it_is_open(world: World) -> None:
    case = at(world, "assessment")
    record(world, case, "data_collection", {"risk": "high"})
    take(world, case, "emergency_intervention")
    for kind in ("charity", "civil_registry", "school", "health_insurer"):
        assert unmet(refused(world, StepRefused, add_referral, refer(world, case, kind))) == [sharing_guard.GUARD]
    act(world, add_referral, refer(world, case, "health_facility"))
    days_later(world, 4)
    refused(world, StepRefused, add_referral, refer(world, case, "health_facility"))


def test_a_consent_of_somebody_who_may_not_give_it_lets_nobody_hear(world: World) -> None:
    case = at(world, "intervention")
    consent(world, case, "referral", relation="kin", receiver="charity")
    error = refused(world, StepRefused, add_referral, refer(world, case, "charity"))
    assert "klien atau walinya" in str(error)


def test_a_consent_taken_back_lets_nobody_hear(world: World) -> None:
    case = at(world, "intervention")
    given = may_tell(world, case)
    act(world, withdraw_consent, WithdrawConsent(case=case, consent=given))
    refused(world, StepRefused, add_referral, refer(world, case, "charity"))


# --- letters ---------------------------------------------------------------------------------------------------------


def test_a_letter_goes_to_whom_the_consent_names(world: World) -> None:
    case = at(world, "assessment")
    record(world, case, "data_collection", NEED)
    elsewhere = another_hospital(world)
    consent(world, case, "health_service", receiver=elsewhere)
    here = world.office.institutions["health_facility"]
    letter = IssueLetter(case=case, letter="rjk-rs", institution=here)
    error = refused(world, StepRefused, issue_letter, letter)
    assert unmet(error) == ["consent_covers_the_receiver"]
    assert "hanya untuk RSUD Ulin. Catat dahulu persetujuan untuk RSUD dr. H. Andi Abdurrahman Noor" in str(error)
    act(world, issue_letter, IssueLetter(case=case, letter="rjk-rs", institution=elsewhere))
    given = may_tell(world, case, "health_facility")
    act(world, issue_letter, letter)
    assert entry(world, case)["consent"] == given


def test_letters_end_with_the_consent_that_covers_their_receiver(world: World) -> None:
    case = at(world, "assessment")
    record(world, case, "data_collection", NEED)
    elsewhere, here = another_hospital(world), world.office.institutions["health_facility"]
    for_here = consent(world, case, "health_service", receiver=here)
    for_both = consent(world, case, "health_service", receiver="health_facility")
    for receiver in (here, elsewhere):
        act(world, issue_letter, IssueLetter(case=case, letter="rjk-rs", institution=receiver))

    def states() -> dict[str, str]:
        return {row.institution_id: row.state for row in rows.of_case(world.session, case)}

    act(world, withdraw_consent, WithdrawConsent(case=case, consent=for_both))
    assert states() == {here: "numbered", elsewhere: "void"}
    act(world, withdraw_consent, WithdrawConsent(case=case, consent=for_here))
    assert states() == {here: "void", elsewhere: "void"}
    assert not broken(world)


@pytest.mark.parametrize(("consented", "basis"), [(False, "vital_interest"), (True, None)])
def test_the_letter_of_an_emergency_says_what_it_rests_on(world: World, consented: bool, basis: str | None) -> None:  # noqa: FBT001 - a table
    case = at(world, "assessment")
    record(world, case, "data_collection", {**NEED, "risk": "high"})
    if consented:
        may_tell(world, case, "health_facility")
    take(world, case, "emergency_intervention")
    (row,) = rows.of_case(world.session, case)
    frozen = rows.facts_of(world.session, row_of(world, case).subject_id, row)
    assert (frozen["legal_basis"], frozen["consent"] is None, row.consent_purpose is None) == (
        basis,
        not consented,
        not consented,
    )


def test_a_letter_that_rests_on_the_law_stays_when_a_consent_is_taken_back(world: World) -> None:
    case = at(world, "assessment")
    record(world, case, "data_collection", {**NEED, "risk": "high"})
    take(world, case, "emergency_intervention")
    given = may_tell(world, case, "health_facility")
    act(world, withdraw_consent, WithdrawConsent(case=case, consent=given))
    assert [row.state for row in rows.of_case(world.session, case)] == ["numbered"]


# --- closed files ----------------------------------------------------------------------------------------------------


def closed(world: World, **said: Any) -> str:  # noqa: ANN401 - answers
    """Return a case under assessment whose answers made it a closed file."""
    case = at(world, "assessment")
    record(world, case, "data_collection", {**NEED, **said})
    world.session.execute(update(case_file).where(case_file.c.id == case).values(confidentiality="R3"))
    cases.join_team(world.session, case, (world.office.ids["rina"], world.office.ids["sari"]))
    return case


def test_whom_a_closed_file_is_about_is_told_only_to_whom_the_consent_names(world: World) -> None:
    case = closed(world)
    consent(world, case, "health_service", receiver="health_facility")
    letter = IssueLetter(case=case, letter="rjk-rs")
    lacking = refused(world, StepRefused, issue_letter, letter)
    assert unmet(lacking) == ["consent_covers_the_receiver"]
    assert "Berkas ini tertutup: persetujuan harus menyebut lembaga penerimanya" in str(lacking)
    may_tell(world, case, "health_facility")
    row = rows.by_id(world.session, str(act(world, issue_letter, letter).created_id))
    assert row is not None
    frozen = rows.facts_of(world.session, row_of(world, case).subject_id, row)
    assert frozen["subject"]["name"].startswith("Warga")
    assert frozen["subject"]["nik"]
    assert (frozen["sifat"], frozen["tembusan"]) == ("Rahasia", ["Arsip."])


def test_the_sentence_of_a_closed_file_says_that_the_name_is_missing(world: World) -> None:
    case = closed(world)
    bring(world, case, "intervention")
    consent(world, case, "referral", receiver="any")
    error = refused(world, StepRefused, add_referral, refer(world, case, "charity"))
    assert "Berkas ini tertutup: persetujuan harus menyebut Baznas Kabupaten Tanah Bumbu dengan namanya" in str(error)


def test_a_letter_that_keeps_the_pseudonym_tells_nothing_that_finds_the_person(world: World, tmp_path: Path) -> None:
    (tmp_path / "rjk-rs").mkdir()
    shipped = letters_root() / "rjk-rs" / "letter.toml"
    toml = shipped.read_text("utf-8")
    start = toml.index("[closed_file]")
    (tmp_path / "rjk-rs" / "letter.toml").write_text(toml[:start] + toml[toml.index("[reply]") :], "utf-8")
    world.session.settings = world.session.settings.model_copy(update={"templates_dir": tmp_path})
    case = closed(world)
    given = consent(world, case, "health_service", giver="Warga Yang Setuju")
    row = rows.by_id(world.session, str(act(world, issue_letter, IssueLetter(case=case, letter="rjk-rs")).created_id))
    assert row is not None
    frozen = rows.facts_of(world.session, row_of(world, case).subject_id, row)
    about = frozen["subject"]
    assert about["name"].startswith("Klien ")
    assert [about[key] for key in ("nik", "kk", "birth", "address")] == [None] * 4
    assert frozen["consent"]["giver"] == ""
    assert "Warga" not in str(frozen), "not even in what travels with the letter"
    assert given


def states(world: World, case: str) -> dict[str, str]:
    return {row.kind: row.state for row in rows.of_case(world.session, case)}


@pytest.mark.parametrize("named", [False, True])
def test_what_was_issued_before_a_file_closed_does_not_leave_as_it_was(world: World, named: bool) -> None:  # noqa: FBT001 - a table
    case = opened(world, "PMBS", person=adult())
    record(world, case, "data_collection", {"risk": "high", "trafficking": "unknown"})
    take(world, case, "emergency_intervention")
    registry = world.office.institutions["civil_registry"]
    where = ("Kepala UPTD PPA", "Kota", REGENCY)
    admin.add_institution(world.session, "UPTD PPA", "protection", *where, by=admin.ROOT, at=world.now)
    consent(world, case, "referral", receiver="any")
    if named:
        consent(world, case, "referral", receiver=registry)
    kinds = letter_actions.kinds(world.session)
    said: dict[str, dict[str, Any]] = {
        "rjk-ppa": {"need": first_choice(kinds["rjk-ppa"], "need")},
        "rjk-capil": {"service": first_choice(kinds["rjk-capil"], "service"), "problem": "Belum punya akta."},
    }
    for name, fields in said.items():
        done = act(world, issue_letter, IssueLetter(case=case, letter=name, fields=fields))
        assert letter_files.store_rendered(world.session, str(done.created_id), b"%PDF-1.7", "a" * 64, at=world.now)
    assert states(world, case) == {"rjk-ppa": "rendered", "rjk-capil": "rendered"}
    record(world, case, "data_collection", {"trafficking": "yes"})
    assert row_of(world, case).confidentiality == "R3"
    assert states(world, case) == {"rjk-ppa": "void", "rjk-capil": "rendered" if named else "void"}
    assert codes(world, case).count("case:letter:voided") == (1 if named else 2)
    why = {
        rows.void_reason(world.session, row_of(world, case).subject_id, r) for r in rows.of_case(world.session, case)
    }
    assert "berkas menjadi tertutup" in why
    assert not broken(world)


def first_choice(kind: LetterKind, key: str) -> str:
    return next(str(f.choices[0].key) for f in kind.fields if f.key == key)


def test_a_consent_taken_back_is_judged_by_what_the_file_is_now(world: World) -> None:
    case = at(world, "assessment")
    record(world, case, "data_collection", NEED)
    consent(world, case, "health_service", receiver="health_facility")
    given = may_tell(world, case, "health_facility")
    act(world, issue_letter, IssueLetter(case=case, letter="rjk-rs"))
    world.session.execute(update(case_file).where(case_file.c.id == case).values(confidentiality="R3"))
    cases.join_team(world.session, case, (world.office.ids["rina"],))
    act(world, withdraw_consent, WithdrawConsent(case=case, consent=given))
    assert states(world, case) == {"rjk-rs": "void"}, "the other consent does not name the hospital"
