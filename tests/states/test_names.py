"""One person's spellings meet in one key, other people's names stay apart; what nobody sees is not kept."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseflow.states.names import full_key, line, name_keys, prose

SAME = [
    ("Soekarno", "Sukarno"),
    ("Djoko Widodo", "Joko Widodo"),
    ("Tjahjo Kumolo", "Cahyo Kumolo"),
    ("Soerjadi", "Suryadi"),
    ("Suriadi", "Suryadi"),
    ("Widjaja", "Wijaya"),
    ("Wijaja", "Wijaya"),
    ("Njoman Sudjana", "Nyoman Sujana"),
    ("Sjarifuddin", "Syarifudin"),
    ("Jusuf", "Yusuf"),
    ("Moh. Yusuf", "Muhammad Yusuf"),
    ("M. Yusuf", "Mochammad Yusup"),
    ("Muh Yusuf", "Mohd. Yusuf"),
    ("H. M. Yusuf", "Muhamad Yusuf"),
    ("Achmad", "Akhmad"),
    ("Ach. Fauzi", "Ahmad Fauji"),
    ("Abd. Rahman", "Abdul Rachman"),
    ("Cholil", "Kholil"),
    ("Nurcholis", "Nurkholis"),
    ("Chandra", "Candra"),
    ("Khairul", "Chairul"),
    ("Siti Aminah binti H. Ahmad", "Sitti Aminah"),
    ("Ahmad b. Yusuf", "Ahmad bin Yusuf"),
    ("Hj. St. Aisyah", "Siti Aisah"),
    ("Ma'ruf", "Maruf"),
    ("Jum’at", "Jumat"),
    ("Nur Hayati", "Nurhayati"),
    ("Noer Hajati", "Nur Hayati"),
    ("Noor Hayati", "Nur Hayati"),
    ("Zaenal Abidin", "Jainal Abidin"),
    ("Sofyan", "Sopian"),
    ("Fatimah", "Fathima"),
    ("Dzulkifli", "Julkifli"),
    ("Iqbal", "Ikbal"),
    ("Rudy Hary", "Rudi Hari"),
    ("Drs. H. Moh. Amin, M.Si", "Muhammad Amin"),
    ("Sri Rahayu S.Pd", "Sri Rahayu"),
    ("Alm. Soetedjo", "Sutejo"),
    ("Siti Halimah (Mak Ijah)", "Siti Halimah"),
    ("Siti Halimah alias Ijah", "Siti Halimah"),
    ("JOKO  SUSILO", "joko susilo"),
    ("Joké", "Joke"),
    ("Si\u200bti\u202e Aminah", "Siti Aminah"),
    ("مُحَمَّد", "محمد"),
    ("مـحـمد", "محمد"),
]

OTHERS = [
    ("Siti Aminah", "Siti Maimunah"),
    ("Ahmad", "Muhammad"),
    ("Mahmud", "Muhammad"),
    ("Suparno", "Suparman"),
    ("Sukarno", "Sukarna"),
    ("Rahmat", "Rahman"),
    ("Budi", "Budiman"),
    ("Wayan Sudana", "Wayan Sudarma"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_spellings_of_one_name_share_a_key(one: str, other: str) -> None:
    assert full_key(one) == full_key(other) != ""


@pytest.mark.parametrize(("one", "other"), OTHERS)
def test_names_of_two_people_stay_apart(one: str, other: str) -> None:
    assert full_key(one) != full_key(other)


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("Sitti Aminah binti H. Ahmad", ("siti", "amina", "ahmad")),
        ("Siti Halimah alias Ijah", ("siti", "halima", "ia")),
        ("A. Rahman", ("rahman",)),
        ("M. Ali", ("muhamad", "ali")),
        ("Haji", ("hayi",)),
        ("H", ("h",)),
        ("Ali Ali", ("ali",)),
        ("X", ("ks",)),
        ("", ()),
        ("123 - !", ()),
        ("عبد الله", ("عبد", "اله")),
    ],
)
def test_name_keys_are_the_words_to_search_by(name: str, keys: tuple[str, ...]) -> None:
    assert name_keys(name) == keys


def test_words_alike_in_all_that_is_kept_of_them_are_one_key() -> None:
    stem = "kapimoruteka" * 6
    assert name_keys(f"{stem}bi {stem}lu") == (stem[:63],), "and shorter than a keyed name of a closed file"


@given(st.text(max_size=60))
def test_any_text_gives_keys_of_lower_case_letters_only(name: str) -> None:
    for key in (*name_keys(name), full_key(name)):
        assert key == "" or (key.isalnum() and key == key.lower() and not any(map(str.isdecimal, key)))
    assert len(name_keys(name)) == len(set(name_keys(name)))


@given(
    st.lists(st.sampled_from(["Siti", "Achmad", "Njoman", "Soetedjo", "Zaenal", "M.", "Moh."]), min_size=1, max_size=4)
)
def test_case_and_spacing_never_matter(words: list[str]) -> None:
    assert name_keys(" ".join(words)) == name_keys("  ".join(words).upper())
    assert full_key(" ".join(words)) == full_key(" ".join(words).lower() + " ")


# --- as they are kept ------------------------------------------------------------------------------------------------

HIDDEN = [
    *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0x061C, 0xFEFF, 0x00AD, 0x034F, 0x3164,
    0x2800, 0x115F, 0xFE0F, 0x180E, 0xFFF9, 0xE0041, 0xD800, 0x00, 0x1B, 0x7F, 0x9F,
]  # fmt: skip


@pytest.mark.parametrize("code", HIDDEN, ids=hex)
def test_what_nobody_sees_is_not_kept(code: int) -> None:
    hidden = chr(code)
    assert line(f"{hidden}Si{hidden}ti Aminah{hidden}") == prose(f"Siti{hidden} Aminah") == "Siti Aminah"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Siti\u00a0 Aminah\n", "Siti Aminah"),
        ("Siti\tAminah\u2028", "Siti Aminah"),
        ("Rene\u0301", "Ren\u00e9"),
        ("Re\u200bne\u200b\u0301", "Ren\u00e9"),
        ("محمد بن عبد الله", "محمد بن عبد الله"),
        ("مُحَمَّد ٱلْفَاتِح", "مُحَمَّد ٱلْفَاتِح"),
        ("\u200fفاطمة\u200f", "فاطمة"),
        ("Ma’ruf", "Ma’ruf"),
        (" ", ""),
    ],
)
def test_a_name_is_one_line_as_it_is_seen(typed: str, kept: str) -> None:
    assert line(typed) == unicodedata.normalize("NFC", kept)


def test_prose_keeps_its_lines() -> None:
    assert prose("Satu\r\n\tdua\u2028tiga\rempat\n") == "Satu\n\tdua\ntiga\nempat\n"


@given(st.text())
def test_what_was_kept_is_kept_the_same_again(text: str) -> None:
    assert prose(prose(text)) == prose(text)
    assert line(line(text)) == line(text)
    assert line(text).isprintable() or any(unicodedata.category(c) in {"Cf", "Cn", "Co"} for c in line(text))
    line(text).encode()
