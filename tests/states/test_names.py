"""One person's spellings meet in one key; other people's names stay apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseflow.states.names import full_key, name_keys

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
    ],
)
def test_name_keys_are_the_words_to_search_by(name: str, keys: tuple[str, ...]) -> None:
    assert name_keys(name) == keys


@given(st.text(max_size=60))
def test_any_text_gives_keys_of_lower_case_letters_only(name: str) -> None:
    for key in (*name_keys(name), full_key(name)):
        assert key == "" or (key.isascii() and key.isalpha() and key.islower())
    assert len(name_keys(name)) == len(set(name_keys(name)))


@given(
    st.lists(st.sampled_from(["Siti", "Achmad", "Njoman", "Soetedjo", "Zaenal", "M.", "Moh."]), min_size=1, max_size=4)
)
def test_case_and_spacing_never_matter(words: list[str]) -> None:
    assert name_keys(" ".join(words)) == name_keys("  ".join(words).upper())
    assert full_key(" ".join(words)) == full_key(" ".join(words).lower() + " ")
