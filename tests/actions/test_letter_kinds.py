"""What letters take from the record, what they must not say of a closed file, and who must not read them."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from html import unescape
from typing import Any, cast

import pytest

from caseflow.actions import casework, letter_facts, letter_people, letter_records
from caseflow.actions import letters as actions
from caseflow.actions.casework import Work
from caseflow.actions.letter_drafts import Draft
from caseflow.actions.letters import IssueLetter, issue_letter
from caseflow.actions.people import PersonData
from caseflow.errors import InvalidInput, Refused
from caseflow.letters import discretion, render, sources
from caseflow.letters.catalogue import Field, LetterKind
from caseflow.letters.facts import Facts, canonical
from caseflow.states.facts import PlanItem
from caseflow.states.sharing import VITAL_INTEREST, Basis
from caseflow.store import institutions, letters, offices
from tests.states import sample
from tests.world import World, act, adult, at, consent, household, opened, record, refused, row_of, viewer, visit

CLOSED = sorted(code for code, category in sample.CATEGORIES.items() if category.confidentiality == "R3")
NAME, NIK, SISTER = "Zulaikha Rahmawati", "6310015204800007", "Nurbaya"
SECRET = (
    f"{NAME} dan adiknya {SISTER}: HIV positif, pernah memakai narkoba, mantan narapidana, korban kekerasan, "
    "tuna susila, korban perdagangan orang."
)
ABOUT = "tinggal sementara di tempat yang aman"
FORBIDDEN = (
    r"\bHIV\b|\bAIDS\b|\bODHA\b|NAPZA|narkoba|narapidana|lembaga pemasyarakatan|warga binaan|kekerasan|susila|"
    r"perdagangan orang|trafficking|berhadapan dengan hukum|kelompok minoritas|perlindungan khusus|"
    rf"penyalahgunaan|diagnosis|{SISTER}"
)
"""What no letter about a closed file says without a consent that names its receiver."""


def issue(case: str, name: str, **fields: Any) -> IssueLetter:  # noqa: ANN401 - the letter's fields
    return IssueLetter(case=case, letter=name, fields=fields)


def issued(world: World, case: str, name: str, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - the letter's fields
    """Issue a letter and return its frozen facts."""
    row = letters.by_id(world.session, str(act(world, issue_letter, issue(case, name, **fields)).created_id))
    assert row is not None
    return letters.facts_of(world.session, row_of(world, case).subject_id, row)


def wrong(world: World, case: str, name: str, **fields: Any) -> dict[str, str]:  # noqa: ANN401 - the letter's fields
    """Return the fields for which a letter is refused."""
    problems: dict[str, str] = refused(world, InvalidInput, issue_letter, issue(case, name, **fields)).data["problems"]
    return problems


def typed(field: Field, today: date) -> Any:  # noqa: ANN401 - of whatever type the field has
    match field.type:
        case "choice":
            return field.choices[0].key
        case "date":
            return (today if field.past else today + timedelta(days=3)).isoformat()
        case "boolean":
            return True
        case "integer" | "money":
            return 250_000
        case "list":
            return [ABOUT]
        case "table":
            return [[ABOUT, *["cukup"] * (len(field.columns) - 1)]]
        case _:
            return ABOUT[: field.max]


def closed(world: World, code: str) -> Work:
    """Return a closed file at its intervention, every free answer of which says what a letter must not."""
    category = world.office.database.categories[code]
    low, high = category.age
    born = world.today.year - max(low or 0, min(30, high or 30))
    person = PersonData(
        name=NAME, nik=NIK, sex="P", birth={"year": born}, address="Jalan Rahasia 9", mother_name="Aminah"
    )
    work = casework.look(world.session, opened(world, code, person=person), by=viewer(world, "rina"), at=world.now)
    records: dict[str, Mapping[str, Any]] = {
        stage: {
            field.key: SECRET if field.type in {"text", "longtext", "person"} else sample.answer(field)
            for field in category.fields_of(stage)
        }
        for stage in category.stages
    }
    goal = PlanItem(
        id="1", intervention=category.interventions[0].code, goal=SECRET, owner="", due=None, status="approved"
    )
    facts = replace(work.facts, records=records, plan=(goal,))
    assert work.row.confidentiality == "R3"
    return replace(work, facts=facts, row=work.row._replace(state="intervention"))


def receiver(work: Work, kind: LetterKind) -> Any:  # noqa: ANN401 - a row
    """Return an institution that a letter of this kind may go to."""
    if kind.addressee not in institutions.KINDS:
        return None
    where: dict[str, Any] = {"place": "Batulicin", "area_code": "6310", "at": work.at}
    found = institutions.add(work.session, name="Lembaga", kind=kind.addressee, addressee="Pimpinan Lembaga", **where)
    return institutions.by_id(work.session, found)


def frozen(work: Work, kind: LetterKind, fields: Mapping[str, Any]) -> Facts:
    """Return what a letter would say that nobody has consented to by name."""
    held = letter_records.of(work, kind, consented=False)
    said = letter_facts.fields_of(kind, held, fields, today=work.today)
    session = work.session
    return cast(
        Facts,
        letter_facts.freeze(
            work,
            Draft(
                kind=kind,
                receiver=receiver(work, kind),
                said=said,
                basis=Basis(VITAL_INTEREST) if kind.consent else None,
            ),
            office=offices.require(session, work.row.office_id),
            signer=cast(Any, letters.signatory(session, work.row.office_id, work.today)),
            number="400.9/0001/UJI/DINSOS/2026",
            code="4D40-9832-1654-A457",
        ),
    )


def read_aloud(kind: LetterKind, facts: Facts) -> str:
    """Return everything a letter shows and carries along."""
    page = re.sub(r"<[^>]+>", " ", render.html(kind, facts, pages=1))
    return " ".join(unescape(f"{page} {render.subject(kind, facts)} {canonical(facts).decode()}").split())


def offered(world: World, code: str) -> list[LetterKind]:
    kinds = actions.kinds(world.session)
    return [kinds[use.letter] for use in world.office.database.categories[code].letters]


# --- a closed file ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", CLOSED)
def test_no_letter_of_a_closed_file_names_what_it_is_about(world: World, code: str) -> None:
    work = closed(world, code)
    for kind in offered(world, code):
        held = letter_records.of(work, kind, consented=False)
        ask = {f.key: typed(f, work.today) for f in kind.fields if letter_facts.from_case(f, held) is None}
        said = read_aloud(kind, frozen(work, kind, ask))
        assert not re.search(FORBIDDEN, said, re.IGNORECASE), f"{kind.name}: {said}"
        assert work.category.name.id.casefold() not in said.casefold(), kind.name
        if kind.closed_file.identity != "full":
            for hidden in (NAME, NIK, "Jalan Rahasia"):
                assert hidden not in said, kind.name
        assert "RAHASIA" in said, kind.name


@pytest.mark.parametrize("code", CLOSED)
def test_what_is_typed_into_a_letter_of_a_closed_file_is_read_too(world: World, code: str) -> None:
    work = closed(world, code)
    for kind in offered(world, code):
        signing = {key for hand in kind.hands for key in (hand.name, hand.identity, hand.address)}
        texts = [f for f in kind.fields if f.type in {"text", "longtext", "list", "table"} and f.key not in signing]
        good = {f.key: typed(f, work.today) for f in kind.fields}
        for field in texts:
            row = [SECRET[40:], *[""] * (len(field.columns) - 1)]
            bad = {"list": [SECRET[40:]], "table": [row]}.get(field.type, SECRET[40 : 40 + field.max])
            with pytest.raises(InvalidInput) as caught:
                letter_people.complete(work, kind, {**good, field.key: bad}, {"consent": None, "addressee": None})
            assert set(caught.value.data["problems"]) == {field.key}, kind.name


def test_an_institution_that_the_consent_names_may_be_told(world: World) -> None:
    work = closed(world, "NAPZA")
    kind = actions.kinds(world.session)["rjk-sentra"]
    assert letter_records.is_discreet(work, kind, consented=False)
    assert not letter_records.is_discreet(work, kind, consented=True)
    assert letter_records.is_discreet(work, actions.kinds(world.session)["rjk-ppa"], consented=True), "a pseudonym"


def test_no_letter_of_a_closed_file_lists_others_or_lies_about_at_home(world: World) -> None:
    for code in CLOSED:
        for kind in offered(world, code):
            assert kind.addressee != "family", (code, kind.name)
            assert all("household.members" not in field.source for field in kind.fields), (code, kind.name)


def test_a_file_closed_later_sends_nothing_home_either(world: World) -> None:
    case = at(world, "monitoring")
    work = casework.look(world.session, case, by=viewer(world, "rina"), at=world.now)
    work = replace(work, row=work.row._replace(confidentiality="R3"))
    kind = actions.kinds(world.session)["pbt-mon"]
    with pytest.raises(Refused):
        letter_people.complete(work, kind, {"recipient": "Bapak Rusdi"}, {"consent": None, "addressee": None})


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Pasien HIV", "HIV"),
        ("terapi arv teratur", "arv"),
        ("Tuna susila", "Tuna susila"),
        ("korban  perdagangan\norang", "perdagangan orang"),
        ("arvian dan sabun", ""),
        ("peserta kegiatan", ""),
    ],
)
def test_words_that_give_a_file_away(text: str, word: str) -> None:
    assert discretion.spoken("ODHA", (), {"need": text, "list": [[text]]}) == (
        {"need": word, "list": word} if word else {}
    )


def test_a_name_of_the_category_or_of_the_person_is_a_word_too() -> None:
    found = discretion.spoken(
        "XYZ", ("Warga Rentan", NAME), {"a": "bagi warga  rentan", "b": NAME.lower(), "c": "aman"}
    )
    assert found == {"a": "warga rentan", "b": NAME.lower()}


# --- from the record -------------------------------------------------------------------------------------------------


def test_every_recorded_source_is_read(world: World) -> None:
    assert set(letter_records.READERS) == set(sources.RECORDED)
    work = casework.look(world.session, at(world, "monitoring"), by=viewer(world, "rina"), at=world.now)
    for name, read in letter_records.READERS.items():
        assert set(read(work)) <= {*sources.RECORDED[name], "finding", "progress"}, name
    follower = replace(work, roles=frozenset())
    for kind in actions.kinds(world.session).values():
        assert letter_records.of(follower, kind) == work.facts.records, "who only follows a case is told no more"


def test_a_visit_is_told_as_it_was_recorded(world: World) -> None:
    case = at(world, "monitoring")
    fields = {"officer_post": "TKSK", "met": "Ibu Siti", "met_as": "yang bersangkutan"}
    assert set(wrong(world, case, "ba-kunj", **fields)) == {"visited_on", "officer", "finding"}
    visit(world, case)
    assert set(wrong(world, case, "ba-kunj", **fields, finding="Lain.")) == {"finding"}
    told = issued(world, case, "ba-kunj", **fields)
    assert (told["fields"]["finding"], told["fields"]["officer"]) == ("Keadaan baik.", "Rina")
    assert [(p["role"], p["name"], p["post"]) for p in told["parties"]] == [
        ("Petugas", "Rina", "TKSK"),
        ("Yang ditemui", "Ibu Siti", "yang bersangkutan"),
    ]
    assert (told["signatory"], told["consent"], told["contact"], told["basis"]) == (None, None, None, [])
    assert told["tembusan"] == [], "who signs has it; nobody else gets a copy"


def test_an_agreement_says_the_plan_and_who_agreed(world: World) -> None:
    case = at(world, "intervention")
    told = issued(world, case, "kes", officer_post="TKSK")
    assert told["fields"]["actions"] == [["Program Sembako (BPNT)", "Kebutuhan dasar terpenuhi", "Rina", day(told)]]
    assert [p["name"] for p in told["parties"]] == ["Rina", "Ibu Aminah"]
    assert told["parties"][1]["post"] == "yang bersangkutan"
    assert set(wrong(world, case, "kes", officer_post="TKSK", client="Orang Lain")) == {"client"}


def day(told: dict[str, Any]) -> str:
    """Return the due date as the letter says it."""
    return str(told["fields"]["actions"][0][3])


def test_a_family_is_listed_by_its_members(world: World) -> None:
    case = opened(world, "KME", household=household(adult(name="Siti; Aminah"), adult(name="Nur'aini")))
    work = casework.look(world.session, case, by=viewer(world, "rina"), at=world.now)
    kind = actions.kinds(world.session)["pgt-pbi"]
    rows = letter_records.of(work, kind)["household"]["members"]
    assert [(row[0], row[3]) for row in rows] == [("Siti, Aminah", "kepala keluarga"), ("Nur'aini", "anak")]
    assert all(re.fullmatch(r"\d{16}", row[1]) for row in rows)
    alone = casework.look(world.session, opened(world), by=viewer(world, "rina"), at=world.now)
    assert [row[3] for row in letter_records.of(alone, kind)["household"]["members"]] == ["yang bersangkutan"]


def test_the_end_of_a_service_is_told_after_it(world: World) -> None:
    fields = {"recipient": "Ibu Siti"}
    refused(world, Refused, issue_letter, issue(at(world, "monitoring"), "trm", **fields))
    told = issued(world, at(world, "closed"), "trm", **fields)
    assert told["fields"]["outcome"] == "goals_met"
    assert told["fields"]["contact_after"] == "Puskesos"
    assert told["fields"]["services"] == ["Program Sembako (BPNT)"]
    assert told["addressee"] == {"lines": ["Ibu Siti"], "place": "Desa Maju Makmur"}


def test_a_doubtful_nik_is_told_to_the_registry_only(world: World) -> None:
    case = opened(world, person=adult(nik="631001520480000"))
    work = casework.look(world.session, case, by=viewer(world, "rina"), at=world.now)
    kinds = actions.kinds(world.session)
    doubtful = letter_records.of(work, kinds["rjk-capil"])["subject"]["doubtful_nik"]
    assert doubtful == "631001520480000"
    assert [name for name, kind in kinds.items() if any("subject.doubtful_nik" in f.source for f in kind.fields)] == [
        "rjk-capil"
    ]


# --- who reads it ----------------------------------------------------------------------------------------------------


def test_several_are_invited_by_post(world: World) -> None:
    case = at(world, "intervention", "AT")
    fields = {"time": "pukul 09.00 WITA", "place": "Ruang rapat", "agenda": "pembagian peran"}
    soon = (world.today + timedelta(days=4)).isoformat()
    told = issued(world, case, "und-cc", **fields, held_on=soon, invited=["Camat Batulicin", "Kepala Puskesmas"])
    assert told["addressee"] == {"lines": ["Camat Batulicin", "Kepala Puskesmas"], "place": "Tempat"}
    assert (told["subject"], told["case_number"]) == (None, row_of(world, case).number)
    past = (world.today - timedelta(days=1)).isoformat()
    assert set(wrong(world, case, "und-cc", **fields, held_on=past, invited=["Camat"])) == {"held_on"}


def notice(world: World, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - the letter's fields
    soon = (world.today + timedelta(days=4)).isoformat()
    fields = {"recipient": "Bapak Rusdi", "visit_on": soon, "time": "pukul 09.00", "place": "rumah", "officers": "Rina"}
    return {**fields, **changes}


def test_a_notice_goes_through_the_village_only_in_an_open_case(world: World) -> None:
    through = {"through": "Kepala Desa Maju Makmur"}
    told = issued(world, at(world, "monitoring"), "pbt-mon", **notice(world, **through))
    assert told["addressee"]["lines"] == ["Bapak Rusdi", "melalui Kepala Desa Maju Makmur"]
    child = at(world, "monitoring", "AT")
    assert set(wrong(world, child, "pbt-mon", **notice(world, **through))) == {"through"}
    assert issued(world, child, "pbt-mon", **notice(world))["addressee"]["lines"] == ["Bapak Rusdi"]


def knowing(world: World, secret: str) -> Work:
    """Return a case in which somebody must not learn of it."""
    work = casework.look(world.session, at(world, "monitoring"), by=viewer(world, "rina"), at=world.now)
    return replace(
        work, facts=replace(work.facts, records={**work.facts.records, "data_collection": {"must_not_know": secret}})
    )


def test_nobody_is_written_to_who_must_not_know(world: World) -> None:
    kind = actions.kinds(world.session)["pbt-mon"]
    said = {f.key: None for f in kind.fields} | notice(world, recipient="Bapak HERMAN")
    with pytest.raises(InvalidInput) as caught:
        letter_people.complete(
            knowing(world, "Suaminya, Herman Saputra"), kind, said, {"consent": None, "addressee": None}
        )
    assert set(caught.value.data["problems"]) == {"recipient"}
    work = casework.look(world.session, at(world, "monitoring"), by=viewer(world, "rina"), at=world.now)
    told = frozen(work, kind, notice(world, recipient="Bapak HERMAN"))
    assert told["addressee"] == {"lines": ["Bapak HERMAN"], "place": "Desa Maju Makmur"}


@pytest.mark.parametrize(
    ("secret", "name", "key", "said"),
    [
        ("Eko", "pbt-mon", "recipient", "Bapak Eko"),
        ("Adi dan Ali", "pbt-mon", "recipient", "Keluarga Bpk. Ali"),
        ("Soeharto", "pbt-mon", "recipient", "Pak Suharto"),
        ("mertuanya", "pbt-mon", "recipient", "Ibu mertua"),
        ("Slamet Riyadi", "und-cc", "invited", ["Ketua RT 4", "Slamet Riyadi, suami"]),
        ("Kepala Desa", "und-cc", "invited", ["Kepala Desa Maju Makmur"]),
        ("Eko", "kes", "client", "Eko Prasetyo"),
        ("Eko", "ba-serah", "receiver", "Eko Prasetyo"),
    ],
)
def test_whoever_gets_a_letter_into_their_hands_may_know(
    world: World, secret: str, name: str, key: str, said: str | list[str]
) -> None:
    kind = actions.kinds(world.session)[name]
    blank: dict[str, Any] = {f.key: None for f in kind.fields}
    facts: dict[str, Any] = {"consent": None, "addressee": None, "tembusan": []}
    with pytest.raises(InvalidInput) as caught:
        letter_people.complete(knowing(world, secret), kind, {**blank, key: said}, {**facts})
    assert set(caught.value.data["problems"]) == {key}


def test_somebody_else_may_still_be_written_to(world: World) -> None:
    kind = actions.kinds(world.session)["und-cc"]
    invited = ["Kepala Puskesmas Maju", "Bapak Rusdi"]
    said = {f.key: None for f in kind.fields} | {"invited": invited}
    told: dict[str, Any] = {"consent": None, "addressee": None, "tembusan": []}
    letter_people.complete(knowing(world, "Bapak Slamet, Kepala Desa; tidak ada yang lain"), kind, said, told)
    assert told["addressee"] == {"lines": invited, "place": "Tempat"}


def test_an_institution_and_a_copy_are_readers_too(world: World) -> None:
    kind = actions.kinds(world.session)["rjk-ppa"]
    said = {f.key: None for f in kind.fields}
    work = knowing(world, "Slamet; Kepala Desa Maju Makmur; Andi")
    addressees = ("Slamet, Kepala UPTD Andi", "Kepala UPTD Andi")
    where: dict[str, Any] = {"place": "Batulicin", "area_code": "6310", "kind": "protection", "at": work.at}
    found = [institutions.add(work.session, name="UPTD Andi", addressee=text, **where) for text in addressees]
    slamet, office = (institutions.by_id(work.session, row_id) for row_id in found)
    told: dict[str, Any] = {"consent": None, "addressee": {"lines": ["Kepala UPTD Andi"], "place": "Batulicin"}}
    told["tembusan"] = ["Kepala Desa Maju Makmur", "Kepala Desa Lain", "Arsip."]
    with pytest.raises(InvalidInput) as caught:
        letter_people.complete(work, kind, said, told, receiver=slamet)
    assert set(caught.value.data["problems"]) == {"institution"}
    letter_people.complete(work, replace(kind, copies=True), said, told, receiver=office)
    assert told["tembusan"] == ["Kepala Desa Lain", "Arsip."]


def test_a_handover_needs_the_placement_or_its_date(world: World) -> None:
    case = at(world, "intervention", "AT")
    refused(world, Refused, issue_letter, issue(case, "ba-serah"))
    record(world, case, "data_collection", {})
    consent(world, case, "placement", receiver=world.office.institutions["child_institution"])
    assert {kind.name for kind in offered(world, "AT")} >= {"ba-serah", "rjk-lksa", "kes", "st", "bast"}
