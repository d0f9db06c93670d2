"""Facts unlike any sample: long names, apostrophes, Arabic, empty optional parts, tables of many rows."""

from datetime import date
from typing import Any, cast

from hypothesis import strategies as st

from caseflow.letters import catalogue
from caseflow.letters.catalogue import Field, LetterKind
from caseflow.letters.facts import Facts

# What people type: long, apostrophes, quotes, accents, Arabic, digits, odd spaces.
WORDS = st.text(
    st.sampled_from("abcdefghijklmnopqrstuvwxyzABCDE'’\"-.,&<>{}%/é ñ0123456789 "), min_size=1, max_size=200
)
TYPED = WORDS.filter(lambda said: bool(said.strip() and said.strip(".,;: ")))
ARABIC = "عبد الرحمن"
LONG_ADDRESS = (
    "Jalan Kampung Melayu Darat Nomor 12 RT 004 RW 002, Desa Sumber Makmur Sejahtera, " * 2 + "Kecamatan Batulicin"
)
PERSON = st.one_of(TYPED, st.just(ARABIC), st.just("Moh. " + "Panjang " * 15), st.just("Nur'aini"))
MAYBE_TYPED = st.none() | TYPED
DATES = st.dates(date(1900, 1, 1), date(2099, 12, 31)).map(str)
BIRTH = st.fixed_dictionaries(
    {"place": MAYBE_TYPED, "date": st.none() | DATES, "about_years": st.none() | st.integers(0, 110)}
)
IDENTITY: dict[str, st.SearchStrategy[Any]] = {
    "nik": st.none() | st.just("6310014107900001"),
    "kk": st.none() | st.just("6310010203040005"),
    "birth": st.none() | BIRTH,
    "sex": st.sampled_from(["L", "P", None]),
    "address": MAYBE_TYPED | st.just(LONG_ADDRESS),
    "jkn": MAYBE_TYPED,
}


def value_of(field: Field) -> st.SearchStrategy[Any]:
    """Return what may be typed in a field, as long as the field allows."""
    text = TYPED.map(lambda said: said[: field.max or None]).filter(lambda said: bool(said.strip(".,;: ")))
    match field.type:
        case "choice":
            return st.sampled_from([c.key for c in field.choices])
        case "integer" | "money":
            return st.integers(0, 10**12)
        case "date":
            return DATES
        case "boolean":
            return st.booleans()
        case "list":
            return st.lists(TYPED, min_size=1, max_size=min(field.max, 4))
        case "table":
            cells = [
                TYPED.map(lambda said: said[:60]).filter(str.strip),
                *[st.just("") | TYPED] * (len(field.columns) - 1),
            ]
            return st.lists(st.tuples(*cells).map(list), min_size=1, max_size=min(field.max, 3))
        case _:
            return text


def awkward(kind: LetterKind) -> st.SearchStrategy[Facts]:
    """Return facts that fit the kind and are as unlike the sample as people make them."""
    sample = catalogue.sample(kind)
    values = {f.key: value_of(f) if f.required else value_of(f) | st.none() for f in kind.fields}
    shown = {key: value if key in kind.identity else st.none() for key, value in IDENTITY.items()}
    rest = {"kind": st.just("person"), "name": PERSON, "desil": st.none(), "desil_checked": st.none()}
    changes: dict[str, st.SearchStrategy[Any]] = {
        "number": st.from_regex(r"[0-9]{3}\.[0-9]/[0-9]{1,6}/[A-Z-]{1,40}/[0-9]{4}", fullmatch=True),
        "date": DATES,
        "basis": st.lists(TYPED, max_size=4),
        "fields": st.fixed_dictionaries(values),
        "contact": st.none() | st.fixed_dictionaries({"name": PERSON, "post": MAYBE_TYPED, "phone": MAYBE_TYPED}),
        "tembusan": st.lists(TYPED, max_size=6),
        "case_number": st.none() | st.just("6310-2026-000123"),
        "replaces": st.none() | st.fixed_dictionaries({"number": TYPED, "date": DATES}),
    }
    if kind.consent:
        consent = {"giver": PERSON, "relation": TYPED, "date": DATES}
        changes["consent"] = st.none() | st.fixed_dictionaries(consent)
    if kind.addressee != "none":
        lines = st.lists(TYPED, min_size=1, max_size=3)
        changes["addressee"] = st.fixed_dictionaries({"lines": lines, "place": TYPED})
    if kind.identity:
        changes["subject"] = st.fixed_dictionaries({**rest, **shown})
    if kind.hands:
        party = {"role": TYPED, "name": PERSON, "post": MAYBE_TYPED, "identity": MAYBE_TYPED, "address": MAYBE_TYPED}
        least = 2 if kind.signature == "two_parties" else 1
        most = 6 if kind.signature == "team" else 2
        changes["parties"] = st.lists(st.fixed_dictionaries(party), min_size=least, max_size=most)
    return st.fixed_dictionaries(changes).map(lambda changed: cast(Facts, {**sample, **changed}))
