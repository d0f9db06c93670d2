"""A new case: searched first, likely doubles shown, checked before it is saved."""

from datetime import date

import pytest

from caseflow.actions import admin, cases
from caseflow.actions.people import PersonData
from caseflow.store import areas
from caseflow.web.areas import MOST_DISTRICTS
from tests.web.browsing import Person, Site
from tests.world import DISTRICT, OTHER_VILLAGE, START, VILLAGE, World, act, opened, row_of

LIVES = {"area": DISTRICT, f"area-{DISTRICT}": VILLAGE}
KNOWN = PersonData(name="Rusdi Hamdani", nik="6310010512710007", sex="L", birth="1971-12-05", phone="081234567890")


def known(site: Site, category: str = "FM") -> str:
    with site.database.write() as session:
        world = World(site.filled.office, session, site.at())
        return str(row_of(world, opened(world, category, person=KNOWN)).number)


def at_who(site: Site, kind: str = "FM:person", typed: str = "Orang Baru", name: str = "rina") -> Person:
    person = site.by(name)
    person.get("/")
    person.follow("Kasus baru")
    person.press("Cari", {"q": typed})
    person.press("anjut")
    person.press("Lanjut", {"jenis": kind})
    return person


def test_whoever_is_on_record_is_found_first(site: Site) -> None:
    number = known(site)
    person = site.by("rina")
    person.get("/kasus/baru")
    shown = person.press("Cari", {"q": "Rusdy Hamdany"})
    assert "Mungkin sudah tercatat" in shown.text
    person.follow("Rusdi Hamdani")
    assert person.path == f"/kasus/{number}"


@pytest.mark.parametrize(
    ("typed", "field"), [("Orang Baru", "name"), ("6310010101800008", "nik"), ("081298765432", "phone")]
)
def test_what_was_searched_for_is_not_typed_again(site: Site, typed: str, field: str) -> None:
    person = at_who(site, typed=typed)
    assert person.form("Lanjut").value(field) == typed
    assert person.now is not None
    assert "?" not in person.now.address, "nothing typed stands in an address"


def test_a_person_without_a_name_is_recorded_by_what_they_are_called(site: Site) -> None:
    person = site.by("intan")
    person.get("/kasus/baru")
    person.press("Nama dan nomornya tidak diketahui")
    person.press("Lanjut", {"jenis": "AT:person"})
    person.press("Lanjut", {"alias": "Upik", "area": VILLAGE, "birth-age": "8", "issue": "no_carer"})
    shown = person.press("Simpan kasus baru")
    assert shown.page.headings[0] == "Upik"
    assert "sekitar 8 tahun" in shown.text
    assert "Terbatas (R2)" in shown.text, "a child's case is limited"
    assert "Kasus baru tersimpan" in shown.text


def test_a_household_is_recorded_with_its_members(site: Site) -> None:
    person = at_who(site, "FM:household", "Kepala Baru")
    assert person.form("Lanjut").value("m0.name") == "Kepala Baru"
    person.press("Tambah anggota keluarga", {"kk": "6310010101150009", "m0.sex": "L"})
    assert person.form("Lanjut").value("kk") == "6310010101150009"
    member = {"m1.name": "Anak Baru", "m1.relation": "anak", "m1.birth-y": "2015", "m1.basis": "lives_with"}
    person.press("Lanjut", {**LIVES, **member})
    assert person.now is not None
    assert "Anak Baru" in person.now.text
    shown = person.press("Simpan kasus baru")
    assert "Kepala Baru, kepala keluarga" in shown.text
    assert "Anak Baru, anak" in shown.text
    assert "(tinggal bersama)" in shown.text


def test_the_check_page_names_doubles_with_the_reason_and_answers_can_be_changed(site: Site) -> None:
    number = known(site)
    person = at_who(site, typed="Rusdi Hamdani")
    shown = person.press("Lanjut", {"nik": "6310010512710007", **LIVES})
    assert "Mungkin orang yang sama sudah tercatat." in shown.text
    assert f"{number}, Fakir miskin: nik sama" in shown.text
    assert "Maju Makmur, Kecamatan Batulicin" in shown.text
    person.press("Ubah isian")
    assert person.form("Lanjut").value("nik") == "6310010512710007"
    shown = person.press("Lanjut", {"nik": "", "name": "Rusdi Hamdany"})
    assert f"{number}, Fakir miskin: nama mirip" in shown.text


def test_the_same_person_and_category_leads_to_the_open_case(site: Site) -> None:
    number = known(site)
    person = at_who(site, typed="Rusdi Hamdani")
    person.press("Lanjut", {"nik": "6310010512710007", **LIVES})
    shown = person.press("Simpan kasus baru")
    assert shown.status == 409
    assert "Sudah ada kasus terbuka" in shown.text
    assert number in shown.text


def test_another_case_for_the_same_client_starts_at_the_case(site: Site) -> None:
    number = site.number("assessment")
    person = site.by("rina")
    person.get(f"/kasus/{number}")
    name = person.now.page.headings[0] if person.now else ""
    person.follow("Kasus lain untuk klien ini")
    shown = person.press("Lanjut", {"jenis": "FM:person"})
    assert f"Untuk klien yang sama dengan kasus {number}." in shown.text
    person.press("Lanjut", LIVES)
    assert person.press("Simpan kasus baru").status == 409
    closed = site.number("closed")
    person.get(f"/kasus/baru?dari={closed}")
    person.press("Lanjut", {"jenis": "FM:person"})
    person.press("Lanjut", LIVES)
    shown = person.press("Simpan kasus baru")
    assert "Orang ini pernah ditangani dalam kategori yang sama" in shown.text
    assert closed in shown.text
    shown = person.press("Tetap simpan kasus baru")
    assert shown.status == 200
    assert shown.page.headings[0] != name
    assert person.path not in {f"/kasus/{closed}", f"/kasus/{number}"}


def test_what_is_missing_or_impossible_is_named_with_nothing_lost(site: Site) -> None:
    person = at_who(site)
    shown = person.press("Lanjut", {"address": "RT 4"})
    (problem,) = shown.errors()
    assert problem.startswith("Desa atau kelurahan di Kecamatan Batulicin: Pilih salah satu.")
    assert person.press("Lanjut", {"area": ""}).errors() == ["Di mana tinggalnya? Pilih salah satu jawaban."]
    assert person.form("Lanjut").value("address") == "RT 4"
    wrong = {**LIVES, "birth-d": "31", "birth-m": "2", "birth-y": "1980", "event_date-y": "2030", "phone": "tidak ada"}
    shown = person.press("Lanjut", wrong)
    assert shown.status == 422, "what saving would refuse is said before there is anything to save"
    for said, name in zip(shown.errors(), ("Nomor telepon", "Kapan lahir?", "Kapan dilaporkan?"), strict=True):
        assert said.startswith(name)
    person.press("Lanjut", {"phone": ""})
    person.press("Lanjut", {"birth-d": "28", "event_date-y": "2026"})
    assert person.press("Simpan kasus baru").status == 200


def test_a_kind_must_be_chosen(site: Site) -> None:
    person = site.by("rina")
    person.get("/kasus/baru")
    person.press("Cari", {"q": "X"})
    person.press("Lanjut")
    shown = person.press("Lanjut")
    assert shown.errors() == ["Kasus ini tentang apa? Pilih salah satu jawaban."]
    for bad in ("XX:person", "AT:household", "AT", ":"):
        assert person.press("Lanjut", {"jenis": bad}).errors() == ["Kasus ini tentang apa? Pilih salah satu jawaban."]


def test_saving_twice_opens_one_case(site: Site) -> None:
    person = at_who(site, typed="Sekali Saja")
    person.press("Lanjut", LIVES)
    fields = [*person.form("Simpan kasus baru").fields, ("_lanjut", "buka")]
    first, second = (person.post("/kasus/baru", fields).address for _time in range(2))
    assert first == second


# --- where ---------------------------------------------------------------------------------------------------------


def test_who_works_in_one_kecamatan_chooses_among_its_villages(site: Site) -> None:
    person = at_who(site, name="intan")
    areas = person.form("Lanjut").choices["area"]
    assert {VILLAGE, DISTRICT} <= set(areas)
    assert not [code for code in areas if code and not code.startswith(DISTRICT)]
    shown = person.press("Lanjut", {"area": DISTRICT})
    assert "Desanya belum diketahui, Kecamatan Batulicin" in shown.text


def test_who_works_in_one_village_finds_it_chosen(site: Site) -> None:
    with site.database.write() as session:
        admin.grant_role(
            session, site.filled.office.ids["audit"], "intake", VILLAGE, date(2025, 1, 1), None, by=admin.ROOT, at=START
        )
    person = at_who(site, name="audit")
    assert person.form("Lanjut").choices["area"] == [VILLAGE]
    assert person.form("Lanjut").value("area") == VILLAGE


def test_the_kecamatan_comes_first_and_the_last_one_used_stands_there(site: Site) -> None:
    person = at_who(site, name="budi")
    assert person.form("Lanjut").value("area") == "", "budi has opened no case yet"
    shown = person.press("Lanjut", {"area": "631002", f"area-{DISTRICT}": VILLAGE})
    (problem,) = shown.errors()
    assert problem.startswith("Desa atau kelurahan di Kecamatan Kusan Hilir: Pilih salah satu."), "not the other's"
    shown = person.press("Lanjut", {"area-631002": OTHER_VILLAGE})
    assert "Kecamatan Kusan Hilir" in shown.text
    assert "Batulicin" not in shown.text.split("Di mana tinggalnya?")[1]
    person.press("Simpan kasus baru")
    again = at_who(site, name="budi")
    assert again.form("Lanjut").value("area") == "631002"
    assert again.form("Lanjut").value("area-631002") == "", "which village is never guessed"


def test_a_province_shows_villages_once_the_kecamatan_is_chosen(site: Site) -> None:
    with site.database.write() as session:
        for n in range(MOST_DISTRICTS):
            areas.fill(session, [{"code": f"6399{n:02}", "name": f"K{n}", "level": "kecamatan", "head_title": "Camat"}])
        admin.grant_role(
            session, site.filled.office.ids["audit"], "intake", "63", date(2025, 1, 1), None, by=admin.ROOT, at=START
        )
    person = at_who(site, name="audit")
    assert not [name for name in person.form("Lanjut").choices if name.startswith("area-")]
    shown = person.press("Lanjut", {"area": DISTRICT})
    assert shown.errors()[0].startswith("Desa atau kelurahan di Kecamatan Batulicin: Pilih salah satu.")
    assert "Maju Makmur, Kecamatan Batulicin" in person.press("Lanjut", {f"area-{DISTRICT}": VILLAGE}).text


# --- about what ----------------------------------------------------------------------------------------------------


def at_kind(site: Site, name: str = "rina") -> Person:
    person = site.by(name)
    person.get("/kasus/baru")
    person.press("Cari", {"q": "Orang Baru"})
    person.press("Lanjut")
    return person


def test_categories_stand_under_their_division_with_short_criteria(shared: Site) -> None:
    person = at_kind(shared)
    assert person.now is not None
    text = person.now.text
    for heading in (
        "Rehabilitasi Sosial",
        "Anak 7 kategori",
        "Tuna sosial 6 kategori",
        "Pemberdayaan Sosial 3 kategori",
    ):
        assert heading in text
    assert "Usia 6 sampai 18. Berasal dari keluarga fakir miskin; dilalaikan" in text
    offered = person.form("Lanjut").choices["jenis"]
    assert {"FM:person", "FM:household", "AT:person", "KAT:household", "KAT:community"} <= set(offered)
    assert len({code.partition(":")[0] for code in offered}) == 27


def test_a_group_is_opened_without_a_name_to_search_for(shared: Site) -> None:
    person = shared.by("rina")
    person.get("/kasus/baru")
    person.press("Kelompok atau komunitas")
    offered = set(person.form("Lanjut").choices["jenis"])
    assert {"KM:group", "KAT:community"} <= offered
    assert {code.partition(":")[2] for code in offered} == {"group", "community"}
    assert "Namanya" in person.press("Lanjut", {"jenis": "KAT:community"}).text
    person.press("Lanjut", {"name": "Balai Adat", "speaker": "Ayal 6310/0101/0190/0001", **LIVES})
    refused = person.press("Simpan kasus baru")
    assert refused.status == 422
    assert "Siapa wakil atau pemimpinnya? Jangan menulis NIK di sini." in refused.text, "it stands where it was typed"


def test_what_is_opened_most_stands_first(shared: Site) -> None:
    person = at_kind(shared)
    assert person.now is not None
    first = person.now.text.split("Semua kategori")[0]
    assert "Paling sering dibuka di sini Fakir miskin" in first
    assert "Gelandangan" not in first
    stranger = at_kind(shared, "luar")
    assert stranger.now is not None
    assert "Paling sering" not in stranger.now.text, "what others open elsewhere is not told"


@pytest.mark.parametrize(
    ("word", "first"),
    [
        ("YATIM", "AT:person"),
        ("berobat", "FM:person"),
        ("obat", "FM:person"),
        ("lansia", "LUT:person"),
        ("banjir", "KBA:person"),
        ("orphan", "AT:person"),
        ("WRSE", "PRSE:person"),
        ("lut", "LUT:person"),
        ("tidak berobat", "FM:person"),
    ],
)
def test_a_word_finds_categories_by_name_and_by_what_people_call_them_or_come_with(
    shared: Site, word: str, first: str
) -> None:
    person = at_kind(shared)
    person.press("Cari", {"saring": word})
    assert person.form("Lanjut").choices["jenis"][0] == first


def test_what_was_looked_for_can_be_dropped_and_nothing_typed_is_lost(shared: Site) -> None:
    person = at_kind(shared)
    shown = person.press("Cari", {"saring": "penyakit jiwa"})
    assert "Tidak ada kategori yang cocok dengan" in shown.text
    shown = person.press("Cari", {"saring": "makan"})
    assert "kategori cocok dengan" in shown.text
    assert "Cocok: Kekurangan makan" in shown.text
    person.press("Tampilkan semua kategori")
    person.press("Lanjut", {"jenis": "FM:person"})
    assert person.form("Lanjut").value("name") == "Orang Baru"


def test_another_case_for_a_person_is_for_a_person(shared: Site) -> None:
    person = shared.by("rina")
    person.get(f"/kasus/baru?dari={shared.number('assessment')}")
    assert not [kind for kind in person.form("Lanjut").choices["jenis"] if not kind.endswith(":person")]


@pytest.mark.parametrize("name", ["audit", "kadis", "admin", "mitra"])
def test_who_may_not_open_cases_reads_who_may(shared: Site, name: str) -> None:
    person = shared.by(name)
    shown = person.get("/kasus/baru")
    assert shown.status == 403
    assert "petugas pendataan, pendamping, supervisor" in shown.text
    assert "Kasus baru" not in person.get("/").text


def test_a_case_of_somebody_invisible_cannot_be_the_start_of_another(shared: Site) -> None:
    person = shared.by("luar")
    assert person.get(f"/kasus/baru?dari={shared.number('assessment')}").status == 404


def test_a_step_of_the_form_that_does_not_exist_is_no_page(site: Site) -> None:
    person = site.by("rina")
    person.get("/kasus/baru")
    fields = [(k, v) for k, v in person.form("Cari").fields if k != "_lanjut"]
    assert person.post("/kasus/baru", [*fields, ("_lanjut", "bukan")]).status == 404


def test_the_person_of_a_hidden_case_is_not_hinted_at(site: Site) -> None:
    number = known(site)
    with site.database.write() as session:
        world = World(site.filled.office, session, site.at())
        somebody = PersonData(name="Rusdi Hamdani")
        act(world, cases.open_case, cases.OpenCase(category="FM", area="6302012001", person=somebody), by="luar")
    shown = at_who(site, typed="Rusdi Hamdani", name="luar")
    assert shown.now is not None
    assert number not in shown.now.text
