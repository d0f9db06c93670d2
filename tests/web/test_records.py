"""The form of a stage: saved as a draft, bad answers named at their fields, conflicts settled field by field."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from caseflow.actions import casework
from caseflow.actions.cases import HoldCase, hold_case
from caseflow.states.category import Category
from tests.web.browsing import Person, Site
from tests.world import ANSWERS, World, viewer


def form_of(site: Site, person: Person, stage: str = "data_collection", state: str = "data_collection") -> str:
    path = f"/kasus/{site.number(state)}/catatan/{stage}"
    person.get(path)
    return path


def stored(site: Site, state: str = "data_collection", stage: str = "data_collection") -> Mapping[str, Any]:
    with site.database.read() as session:
        world = World(site.filled.office, session, site.at())
        by = viewer(world, "rina")
        return casework.look(session, site.number(state), by=by, at=world.now).facts.answers(stage)


def typed(answers: Mapping[str, Any]) -> dict[str, str | list[str]]:
    """Return answers as a browser sends them."""
    sent: dict[str, str | list[str]] = {}
    for key, value in answers.items():
        if isinstance(value, bool):
            sent[key] = "yes" if value else "no"
        else:
            sent[key] = [str(v) for v in value] if isinstance(value, list) else str(value)
    return sent


def test_every_field_of_every_stage_can_be_filled_in(site: Site) -> None:
    person = site.by("rina")
    path = form_of(site, person)
    person.press("Simpan", typed(ANSWERS["FM"]["data_collection"]))
    assert person.path == f"/kasus/{site.number('data_collection')}"
    assert person.now is not None
    assert "Tersimpan" in person.now.text
    assert stored(site) == ANSWERS["FM"]["data_collection"]
    person.get(path)
    form = person.form("Simpan")
    assert form.value("treatment_needed") == "no"
    assert form.value("criterion_no_livelihood") == "yes"
    assert form.value("location") == COMMON_LOCATION


COMMON_LOCATION = ANSWERS["FM"]["data_collection"]["location"]


@pytest.mark.parametrize("category", ["AT", "FM", "KME"])
def test_each_question_of_a_category_stands_on_its_page(shared: Site, category: str) -> None:
    definition: Category = shared.database.categories[category]
    state = {"AT": "data_collection", "FM": "monitoring", "KME": "assessment"}[category]
    person = shared.by("rina")
    for stage in ("data_collection", "assessment", "intervention_plan", "intervention", "evaluation", "monitoring"):
        shown = person.get(f"/kasus/{shared.number(state, category)}/catatan/{stage}")
        assert shown.status == 200
        for field in definition.fields_of(stage):
            assert field.label.id in shown.text, (stage, field.key)
            names = {name for form in shown.page.forms for name, _value in form.fields} | {
                name for form in shown.page.forms for name in form.choices
            }
            assert names & {field.key, f"{field.key}-d"}, (stage, field.key)
        if stage == "data_collection":
            for criterion in definition.screening.criteria:
                choices = person.form("Simpan").choices[f"criterion_{criterion.key}"]
                assert choices == ["yes", "no", "unknown"]


def test_a_draft_may_be_saved_with_open_questions_and_goes_on_later(site: Site) -> None:
    person = site.by("rina")
    form_of(site, person)
    person.press("Simpan", {"situation": "Baris satu\r\nbaris dua"})
    assert stored(site) == {"situation": "Baris satu\nbaris dua"}
    form_of(site, person)
    person.press("Simpan", {"location": "Pasar"})
    assert stored(site) == {"situation": "Baris satu\nbaris dua", "location": "Pasar"}
    form_of(site, person)
    person.press("Simpan", {"location": ""})
    assert stored(site) == {"situation": "Baris satu\nbaris dua"}


BAD = {
    "desil_checked_on": (
        {"desil_checked_on-d": "31", "desil_checked_on-m": "2", "desil_checked_on-y": "2026"},
        "kalender",
    ),
    "situation": ({"situation": "x" * 20_001}, "Paling banyak 20000 huruf."),
    "risk": ({"risk": "bukan-pilihan"}, "Pilih salah satu jawaban."),
}


@pytest.mark.parametrize("field", BAD)
def test_a_bad_answer_is_named_in_the_summary_and_at_its_field_and_nothing_is_lost(site: Site, field: str) -> None:
    values, sentence = BAD[field]
    person = site.by("rina")
    form_of(site, person)
    shown = person.press("Simpan", {**values, "location": "Tetap ada"})
    assert shown.status == 422
    assert shown.page.title.startswith("Galat:")
    assert "Ada 1 isian yang perlu diperbaiki" in shown.text
    assert len(shown.errors()) == 1
    assert sentence in shown.errors()[0]
    assert shown.text.count(sentence) == 2, "the same sentence in the summary and at the field"
    assert person.form("Simpan").value("location") == "Tetap ada"
    for name, value in values.items():
        if field != "risk":
            assert person.form("Simpan").value(name) == value
    assert stored(site) == {}


def test_every_problem_is_told_at_once(site: Site) -> None:
    person = site.by("rina")
    form_of(site, person, "assessment", "assessment")
    wrong: dict[str, str | list[str]] = {
        "monthly_income": "sejuta",
        "assessed_on-d": "1",
        "assessed_on-m": "1",
        "assessed_on-y": "2030",
    }
    assert len(person.press("Simpan", {**wrong, "jkn_checked_on-d": "x"}).errors()) == 2
    assert person.press("Simpan", {**wrong, "monthly_income": "Rp850.000", "jkn_checked_on-d": ""}).errors() == [
        "Tanggal asesmen: Tanggal ini belum tiba."
    ]


def test_money_is_read_as_people_write_it(site: Site) -> None:
    person = site.by("rina")
    form_of(site, person, "assessment", "assessment")
    person.press("Simpan", {"monthly_income": "Rp 850.000"})
    assert stored(site, "assessment", "assessment")["monthly_income"] == 850_000


def test_a_question_of_another_role_is_shown_and_not_asked(shared: Site) -> None:
    person = shared.by("intan")
    shown = person.get(f"/kasus/{shared.number('data_collection')}/catatan/data_collection")
    assert shown.status == 200
    assert person.form("Simpan").choices["risk"]


def test_sending_twice_saves_once(site: Site) -> None:
    person = site.by("rina")
    path = form_of(site, person)
    fields = person.form("Simpan").filled({"location": "Sekali"})
    for _time in range(2):
        assert "Tersimpan" in person.post(path, fields).text
    history = person.get(f"/kasus/{site.number('data_collection')}/riwayat").text
    assert history.count("menyimpan catatan pengumpulan data") == 1


def test_another_content_under_the_same_key_is_asked_again(site: Site) -> None:
    person = site.by("rina")
    path = form_of(site, person)
    person.post(path, person.form("Simpan").filled({"location": "Pertama"}))
    person.get(path)
    key = person.form("Simpan").value("_kunci")
    person.press("Simpan", {"location": "Kedua"})
    person.get(path)
    shown = person.press("Simpan", {"location": "Ketiga", "_kunci": key})
    assert shown.status == 409
    assert "Formulir ini sudah terkirim dengan isi lain" in shown.text
    assert person.form("Simpan").value("location") == "Ketiga"


# --- two people at one form ----------------------------------------------------------------------------------------


def both(site: Site) -> tuple[Person, Person]:
    """Return two people who opened the same form, the second of whom has just saved."""
    rina, budi = site.by("rina"), site.by("budi")
    form_of(site, rina)
    rina.press("Simpan", {"location": "Rumah sendiri, RT 02"})
    form_of(site, rina)
    form_of(site, budi)
    budi.press("Simpan", {"location": "Menumpang di rumah ibu, RT 04", "risk": "low"})
    return rina, budi


def test_what_only_the_colleague_changed_is_kept(site: Site) -> None:
    rina, _budi = both(site)
    shown = rina.press("Simpan", {"situation": "Kekurangan makan"})
    assert "Isian yang diubah rekan Anda sementara itu tetap ada." in shown.text
    assert stored(site)["location"] == "Menumpang di rumah ibu, RT 04"
    assert stored(site)["situation"] == "Kekurangan makan"


def test_a_conflict_shows_both_answers_and_the_earlier_one_with_nothing_chosen(site: Site) -> None:
    rina, _budi = both(site)
    shown = rina.press("Simpan", {"location": "Menumpang di rumah kakak, RT 04", "situation": "Baru"})
    assert shown.status == 409
    assert shown.page.title.startswith("1 isian tidak sama")
    assert "Sebelum diubah: Rumah sendiri, RT 02" in shown.text
    assert "Menumpang di rumah kakak, RT 04" in shown.text
    assert "Menumpang di rumah ibu, RT 04" in shown.text
    assert "Budi mengubahnya saat Anda mengetik" in shown.text
    form = rina.form("Simpan pilihan")
    assert form.choices["_pilih.location"] == ["yours", "theirs", "other"]
    assert "_pilih.location" not in dict(form.fields)
    assert "_pilih.risk" not in form.choices, "only what both changed"
    assert form.value("situation") == "Baru"


CHOICES = {
    "yours": ({}, "Menumpang di rumah kakak, RT 04"),
    "theirs": ({}, "Menumpang di rumah ibu, RT 04"),
    "other": ({"lain.location": "Di rumah paman"}, "Di rumah paman"),
}


@pytest.mark.parametrize("choice", CHOICES)
def test_the_choice_is_saved_with_everything_else(site: Site, choice: str) -> None:
    rina, _budi = both(site)
    rina.press("Simpan", {"location": "Menumpang di rumah kakak, RT 04", "situation": "Baru"})
    more, expected = CHOICES[choice]
    assert "Tersimpan" in rina.press("Simpan pilihan", {"_pilih.location": choice, **more}).text
    assert stored(site) == {"location": expected, "situation": "Baru", "risk": "low"}
    form_of(site, rina)
    kept = rina.follow("Isian sebelumnya").text
    both_said = ("Menumpang di rumah kakak, RT 04", "Menumpang di rumah ibu, RT 04")
    assert all(said in kept for said in both_said), "what was not chosen stays in the history"
    assert ("Tidak dipilih" in kept) == (choice != "yours")


@pytest.mark.parametrize("values", [{}, {"_pilih.location": "other"}])
def test_without_a_choice_nothing_is_saved(site: Site, values: dict[str, str | list[str]]) -> None:
    rina, _budi = both(site)
    rina.press("Simpan", {"location": "Menumpang di rumah kakak, RT 04", "situation": "Baru"})
    shown = rina.press("Simpan pilihan", values)
    assert shown.errors() == ["Tempat klien dapat ditemui: Pilih salah satu jawaban."]
    assert rina.form("Simpan pilihan").value("situation") == "Baru"
    assert "situation" not in stored(site)
    rina.press("Simpan pilihan", {"_pilih.location": "yours"})
    assert stored(site)["location"] == "Menumpang di rumah kakak, RT 04"


def test_a_colleague_who_is_quicker_still_makes_another_conflict(site: Site) -> None:
    rina, budi = both(site)
    rina.press("Simpan", {"location": "Menumpang di rumah kakak, RT 04"})
    form_of(site, budi)
    budi.press("Simpan", {"location": "Di panti"})
    shown = rina.press("Simpan pilihan", {"_pilih.location": "yours"})
    assert shown.status == 409
    assert "Di panti" in shown.text
    assert "Sebelum diubah: Menumpang di rumah ibu, RT 04" in shown.text


def test_a_closed_case_and_a_reader_are_told_why_there_is_no_form(shared: Site) -> None:
    closed = shared.by("rina").get(f"/kasus/{shared.number('closed')}/catatan/monitoring")
    assert "Kasus sudah ditutup." in closed.text
    assert "Puskesos" in closed.text


def test_an_unknown_stage_is_no_page(shared: Site) -> None:
    person = shared.by("rina")
    for stage in ("closed", "bukan", "%00"):
        assert person.get(f"/kasus/{shared.number('assessment')}/catatan/{stage}").status == 404


def test_the_notice_of_a_stale_decile_stands_beside_the_form(site: Site) -> None:
    person = site.by("rina")
    form_of(site, person)
    day = {"desil": "2", "desil_checked_on-d": "1", "desil_checked_on-m": "12", "desil_checked_on-y": "2025"}
    person.press("Simpan", day)
    form_of(site, person)
    assert person.now is not None
    assert "hari lalu. Data ini diperbarui berkala" in person.now.text


# --- while it is typed ------------------------------------------------------------------------------------------------


def typing(site: Site, person: Person, fields: Mapping[str, str], stage: str = "data_collection") -> Any:  # noqa: ANN401 - an answer
    """Send what the script of the form sends."""
    form = person.form("Simpan")
    ours = [(name, form.value(name)) for name in ("_token", "_siapa", "_versi")]
    path = f"/kasus/{site.number(stage)}/catatan/{stage}/draf"
    return person.post(path, [*ours, *fields.items()]).response


def test_what_is_typed_is_kept_as_far_as_it_can_be_read(site: Site) -> None:
    person = site.by("rina")
    form_of(site, person)
    said = typing(site, person, {"location": "Dusun 9", "desil_checked_on-d": "3", "desil_checked_on-m": ""})
    assert said.status_code == 200
    assert said.json()["version"] == 1
    assert "Tanggal" in said.json()["left"] or "diperiksa" in said.json()["left"], "what could not be read is named"
    assert said.headers["cache-control"] == "no-store"
    assert stored(site) == {"location": "Dusun 9"}


def test_what_changes_the_case_itself_waits_for_the_button(site: Site) -> None:
    person = site.by("rina")
    with site.database.write() as session:
        hold = HoldCase(
            case=site.number("data_collection"), until=(site.at() + timedelta(days=5)).date(), reason="Sakit."
        )
        hold_case(session, hold, by=viewer(World(site.filled.office, session, site.at()), "sari"), at=site.at())
    form_of(site, person)
    said = typing(site, person, {"risk": "high", "location": "X"})
    assert said.status_code == 422
    assert "setelah Anda menekan Simpan" in said.json()["why"]
    assert stored(site) == {}
    form_of(site, person)
    assert person.press("Simpan", {"risk": "high"}).status == 200
    assert stored(site) == {"risk": "high"}


def test_who_may_not_write_keeps_no_draft(site: Site) -> None:
    person = site.by("rina")
    form_of(site, person)
    other = site.by("luar")
    other.get("/")
    ours = [(name, other.form("Keluar").value(name)) for name in ("_token", "_siapa")]
    path = f"/kasus/{site.number('data_collection')}/catatan/data_collection/draf"
    assert other.post(path, [*ours, ("location", "X")]).status == 404
    assert person.post(path, [("location", "X")]).status == 403, "not without the token of the session"
    assert stored(site) == {}
