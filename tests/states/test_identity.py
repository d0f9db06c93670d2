"""NIK, KK, sex, birth date and age: kept as typed, judged in words, never blocking."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseflow.errors import InvalidInput
from caseflow.states.identity import (
    KK_CHECKED,
    NIK_CHECKED,
    NIK_STATUSES,
    UNKNOWN_BIRTH,
    Birth,
    NikCheck,
    Sex,
    age_band,
    age_on,
    check_kk,
    check_nik,
    is_child,
    parse_birth,
    parse_sex,
)

TODAY = date(2026, 11, 21)
GIRL = "6310014903150001"  # 9 March 2015, a girl: 09 + 40
BOY = "6310010903150002"


def known(prefix: str) -> bool:
    return prefix in {"631001", "631002"}


def nik(typed: object, birth: Birth | date | None = None, sex: Sex | None = None) -> NikCheck:
    return check_nik(typed, birth_date=birth, sex=sex, known_prefix=known, on=TODAY)


def words(check: NikCheck) -> str:
    return " ".join(check.warnings)


@pytest.mark.parametrize(
    "typed",
    [
        GIRL,
        f"  {GIRL} ",
        f"'{GIRL}",
        "63.1001.490315.0001",
        "6310 0149 0315 0001",
        f"NIK: {GIRL}",
        f"No. KTP {GIRL}",
        "６３１００１４９０３１５０００１",
    ],
)
def test_a_good_nik_is_kept_as_sixteen_digits_and_waits_for_dukcapil(typed: str) -> None:
    check = nik(typed, date(2015, 3, 9), "P")
    assert (check.kept, check.status, check.warnings) == (GIRL, "belum_dicek", ())
    assert (check.births, check.sex) == ((date(1915, 3, 9), date(2015, 3, 9)), "P")


@pytest.mark.parametrize(
    "typed", [None, "", "  ", "-", "'", "0", "Belum ada", "tidak punya NIK", "N/A", "NIHIL", "NIK:"]
)
def test_a_person_without_nik_is_served(typed: str | None) -> None:
    assert nik(typed) == NikCheck(None, "belum_punya_nik")


@pytest.mark.parametrize("typed", [6310014903150001, 6310014903150001.0, Decimal(6310014903150001), True])
def test_a_number_is_refused_because_a_spreadsheet_has_dropped_digits(typed: object) -> None:
    with pytest.raises(InvalidInput, match="digitnya dapat hilang") as refused:
        nik(typed)
    assert list(refused.value.data["problems"]) == ["nik"]
    with pytest.raises(InvalidInput, match="kk: Nomor ini terbaca sebagai angka"):
        check_kk(typed, known_prefix=known, on=TODAY)


def test_what_is_no_text_at_all_is_refused() -> None:
    with pytest.raises(InvalidInput, match="harus berupa teks"):
        nik([GIRL])


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("631001490315001", "15 angka"),
        ("63100149031500011", "17 angka"),
        ("6310", "4 angka"),
        ("6.31001E+15", "pangkat sepuluh"),
        ("6,31E+15", "pangkat sepuluh"),
        ("631001490315OOO1", "selain angka"),
        ("Siti Aminah", "selain angka"),
    ],
)
def test_a_malformed_nik_is_kept_as_typed_with_the_reason(typed: str, why: str) -> None:
    check = nik(f" {typed} ")
    assert (check.kept, check.status) == (typed, "format_salah")
    assert why in words(check)


@pytest.mark.parametrize(
    ("typed", "birth", "sex", "why"),
    [
        ("6310014903150000", None, None, "Nomor urut 0000"),
        ("9999014903150001", None, None, "Kode wilayah 999901"),
        ("6310013213150001", None, None, "tidak mungkin"),
        ("6310010013150001", None, None, "tidak mungkin"),
        ("6310017203150001", None, None, "tidak mungkin"),
        ("6310013102150001", None, None, "tidak mungkin"),
        ("1111111111111111", None, None, "satu angka yang diulang"),
        (GIRL, date(2015, 3, 10), None, "Tanggal lahir di dalam NIK berbeda"),
        (GIRL, Birth("month", date(2015, 4, 1)), None, "Tanggal lahir di dalam NIK berbeda"),
        (GIRL, Birth("year", date(2014, 1, 1)), None, "Tanggal lahir di dalam NIK berbeda"),
        (GIRL, Birth("estimated", date(1990, 1, 1)), None, "Tanggal lahir di dalam NIK berbeda"),
        (GIRL, None, "L", "Jenis kelamin di dalam NIK berbeda"),
        (BOY, None, "P", "Jenis kelamin di dalam NIK berbeda"),
        (f"{GIRL}.0", None, None, "Cocokkan dengan kartunya"),
    ],
)
def test_a_doubtful_nik_is_kept_and_marked(typed: str, birth: Birth | date | None, sex: Sex | None, why: str) -> None:
    check = nik(typed, birth, sex)
    assert (check.kept, check.status) == (typed[:16], "anomali")
    assert why in words(check)


@pytest.mark.parametrize(
    "birth",
    [
        None,
        UNKNOWN_BIRTH,
        date(2015, 3, 9),
        Birth("month", date(2015, 3, 1)),
        Birth("year", date(2015, 1, 1)),
        Birth("estimated", date(2016, 11, 21)),
    ],
)
def test_a_birth_date_is_compared_no_more_precisely_than_it_was_told(birth: Birth | date | None) -> None:
    assert nik(GIRL, birth).status == "belum_dicek"


def test_without_a_list_of_regions_none_is_unknown() -> None:
    assert check_nik("9999014903150001", birth_date=None, sex=None, known_prefix=None, on=TODAY).status == "belum_dicek"


@pytest.mark.parametrize(
    ("short_year", "births"),
    [
        ("26", (date(1926, 3, 9), date(2026, 3, 9))),
        ("27", (date(1927, 3, 9),)),
        ("15", (date(1915, 3, 9), date(2015, 3, 9))),
    ],
)
def test_two_digits_of_a_year_leave_both_centuries_open(short_year: str, births: tuple[date, ...]) -> None:
    assert nik(f"6310014903{short_year}0001").births == births


def test_a_day_still_to_come_was_a_hundred_years_ago() -> None:
    assert nik("6310010112260001").births == (date(1926, 12, 1),)
    assert nik("6310010112260001", Birth("year", date(1926, 1, 1))).status == "belum_dicek"


@given(st.dates(date(1927, 1, 1), TODAY), st.sampled_from(["L", "P"]), st.integers(1, 9999))
def test_a_nik_made_by_the_rule_always_passes(born: date, sex: Sex, serial: int) -> None:
    day = born.day + (40 if sex == "P" else 0)
    typed = f"631001{day:02d}{born.month:02d}{born.year % 100:02d}{serial:04d}"
    check = nik(typed, born, sex)
    assert (check.kept, check.status, check.sex) == (typed, "belum_dicek", sex)
    assert born in check.births


@given(st.text(max_size=30) | st.from_regex(r"[0-9]{14,17}", fullmatch=True) | st.none())
def test_no_text_ever_blocks(typed: str | None) -> None:
    check = nik(typed, date(2015, 3, 9), "P")
    assert check.status in NIK_CHECKED
    assert (check.kept is None) == (check.status == "belum_punya_nik")
    assert bool(check.warnings) == (check.status in {"format_salah", "anomali"})
    assert check_kk(typed, known_prefix=known, on=TODAY).status in KK_CHECKED


def test_only_people_say_padan() -> None:
    assert set(NIK_STATUSES) - set(NIK_CHECKED) == {"ganda", "padan", "tidak_padan", "tidak_ditemukan"}


@pytest.mark.parametrize(
    ("typed", "status"),
    [
        ("6310010101110005", "belum_dicek"),
        ("6310014101110005", "anomali"),
        ("9999010101110005", "anomali"),
        ("6310010101110000", "anomali"),
        ("631001", "format_salah"),
        ("belum punya kk", "belum_punya_kk"),
        (None, "belum_punya_kk"),
    ],
)
def test_a_family_card_number_has_the_date_of_its_recording(typed: str | None, status: str) -> None:
    assert check_kk(typed, known_prefix=known, on=TODAY).status == status


@pytest.mark.parametrize(
    ("typed", "sex"),
    [
        ("L", "L"),
        ("laki-laki", "L"),
        (" Laki Laki ", "L"),
        (1, "L"),
        ("2", "P"),
        ("Perempuan", "P"),
        ("", None),
        (None, None),
    ],
)
def test_sex_is_read_as_registers_write_it(typed: object, sex: Sex | None) -> None:
    assert parse_sex(typed) == sex


def test_an_unknown_sex_is_refused_with_what_was_typed() -> None:
    with pytest.raises(InvalidInput, match='"x"'):
        parse_sex("x")


EXACT = Birth("exact", date(2015, 3, 9))


@pytest.mark.parametrize(
    ("typed", "birth"),
    [
        ("2015-03-09", EXACT),
        ("2015-03-09 00:00:00", EXACT),
        ("9 Maret 2015", EXACT),
        ("09/03/2015", EXACT),
        ("9-3-2015", EXACT),
        ("9 mar. 2015", EXACT),
        ("09-Mar-2015", EXACT),
        (date(2015, 3, 9), EXACT),
        (datetime(2015, 3, 9, 8), EXACT),  # noqa: DTZ001 - as a spreadsheet gives it
        ({"day": "9", "month": "3", "year": "2015"}, EXACT),
        ({"day": 9, "month": "Maret", "year": 2015}, EXACT),
        ("Maret 2015", Birth("month", date(2015, 3, 1))),
        ("03/2015", Birth("month", date(2015, 3, 1))),
        ("Pebruari 2015", Birth("month", date(2015, 2, 1))),
        ({"day": "", "month": "3", "year": "2015"}, Birth("month", date(2015, 3, 1))),
        ("2015", Birth("year", date(2015, 1, 1))),
        ("tahun 2015", Birth("year", date(2015, 1, 1))),
        ({"year": "2015"}, Birth("year", date(2015, 1, 1))),
        ("sekitar 8 tahun", Birth("estimated", date(2018, 11, 21))),
        ("± 8 thn", Birth("estimated", date(2018, 11, 21))),
        ("umur 8", Birth("estimated", date(2018, 11, 21))),
        ("Usia kira-kira 8 th.", Birth("estimated", date(2018, 11, 21))),
        ({"age": "8", "year": ""}, Birth("estimated", date(2018, 11, 21))),
        ({"day": "9", "month": "3", "year": "2015", "age": "11"}, EXACT),
        ("", UNKNOWN_BIRTH),
        ("tidak tahu", UNKNOWN_BIRTH),
        ("-", UNKNOWN_BIRTH),
        (None, UNKNOWN_BIRTH),
        ({}, UNKNOWN_BIRTH),
    ],
)
def test_a_birth_date_is_read_as_people_know_it(typed: object, birth: Birth) -> None:
    assert parse_birth(typed, on=TODAY) == birth


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("31 Februari 2015", "tidak ada di kalender"),
        ("2015-13-01", "tidak ada di kalender"),
        ("0000", "tidak ada di kalender"),
        ("22 November 2026", "belum tiba"),
        ("2027", "belum tiba"),
        ("1 Januari 1850", "periksa lagi"),
        ("umur 131", "periksa lagi"),
        ("9 Marset 2015", "Nama bulan"),
        ("kemarin", "tidak terbaca"),
        ("09/03/15", "tidak terbaca"),
        (42072, "sebagai teks"),
        ({"day": "9", "year": "2015"}, "bulan lahir"),
        ({"day": "9", "month": "3"}, "tahun lahir"),
        ({"year": "dua ribu"}, "bukan bilangan"),
        ({"year": "2015.5"}, "bukan bilangan"),
        ({"month": "Foo", "year": "2015"}, "Nama bulan"),
    ],
)
def test_an_impossible_birth_date_is_refused_with_the_reason(typed: object, why: str) -> None:
    with pytest.raises(InvalidInput, match=why):
        parse_birth(typed, on=TODAY)


@given(st.text(max_size=20) | st.from_regex(r"[0-9]{1,4}[-/. ][0-9]{1,2}[-/. ][0-9]{1,4}", fullmatch=True))
def test_any_text_is_a_birth_date_or_refused(typed: str) -> None:
    try:
        birth = parse_birth(typed, on=TODAY)
    except InvalidInput:
        return
    assert (birth.born is None) == (birth.accuracy == "unknown")
    assert birth.born is None or birth.born <= TODAY


@pytest.mark.parametrize(
    ("birth", "age", "child", "band"),
    [
        (Birth("exact", date(2008, 11, 21)), 18, False, "18-59"),
        (Birth("exact", date(2008, 11, 22)), 17, True, "6-17"),
        (Birth("month", date(2008, 11, 1)), 17, True, "6-17"),
        (Birth("month", date(2008, 10, 1)), 18, False, "18-59"),
        (Birth("year", date(2008, 1, 1)), 17, True, "6-17"),
        (Birth("year", date(2007, 1, 1)), 18, False, "18-59"),
        (Birth("year", date(2026, 1, 1)), 0, True, "0-5"),
        (Birth("estimated", date(2006, 11, 21)), 20, False, "18-59"),
        (Birth("estimated", date(2007, 11, 21)), 19, True, "18-59"),
        (Birth("exact", date(1966, 11, 21)), 60, False, "60+"),
        (Birth("exact", date(2020, 11, 22)), 5, True, "0-5"),
        (UNKNOWN_BIRTH, None, True, "tidak_diketahui"),
    ],
)
def test_in_doubt_a_child(birth: Birth, age: int | None, child: bool, band: str) -> None:  # noqa: FBT001 - a column
    assert (age_on(birth, TODAY), is_child(birth, TODAY), age_band(birth, TODAY)) == (age, child, band)


@given(st.dates(date(1900, 1, 1), date(2040, 12, 31)), st.integers(0, 40000))
def test_age_rises_by_one_on_each_birthday(born: date, days: int) -> None:
    birth, on = Birth("exact", born), born + timedelta(days=days)
    age, tomorrow = age_on(birth, on), age_on(birth, on + timedelta(days=1))
    assert age is not None
    assert tomorrow in {age, age + 1}
    assert abs(days / 365.2425 - age - 0.5) < 0.51
    assert is_child(birth, on) == (age < 18)


@given(st.dates(date(2000, 1, 1), TODAY), st.dates(TODAY, date(2040, 1, 1)))
def test_less_precise_never_makes_a_child_an_adult(born: date, on: date) -> None:
    if is_child(Birth("exact", born), on):
        assert is_child(Birth("month", born.replace(day=1)), on)
        assert is_child(Birth("year", born.replace(month=1, day=1)), on)
