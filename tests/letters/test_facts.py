"""Facts: the structure and the kind's own rules, with every problem named at once."""

from typing import Any, cast

import pytest

from caseflow.errors import InvalidInput, Sentence
from caseflow.letters import catalogue, check
from caseflow.letters import facts as frozen
from caseflow.letters.catalogue import LetterKind
from caseflow.letters.facts import Facts, Subject


def sample(kinds: dict[str, LetterKind], name: str = "rjk-rs") -> dict[str, Any]:
    return cast(dict[str, Any], catalogue.sample(kinds[name]))


def problems(kinds: dict[str, LetterKind], facts: dict[str, Any], name: str = "rjk-rs") -> dict[str, str]:
    return check.problems(kinds[name], cast(Facts, facts))


def test_every_misfit_of_the_structure_is_named(kinds: dict[str, LetterKind]) -> None:
    facts = sample(kinds)
    del facts["number"]
    facts["warna"] = "merah"
    facts["paper"] = "A3"
    facts["basis"] = ["satu", 2]
    facts["office"]["phone"] = 5
    facts["subject"]["birth"]["date"] = 1978
    assert frozen.problems(facts).keys() == {
        "number", "warna", "paper", "basis.1", "office.phone", "subject.birth.date",
    }  # fmt: skip
    with pytest.raises(InvalidInput, match="tidak dikenal"):
        frozen.require(facts)


def test_a_sentence_of_the_catalogue_is_text_and_a_truth_value_is_no_number(kinds: dict[str, LetterKind]) -> None:
    facts = sample(kinds)
    facts["tembusan"] = [Sentence("Arsip.")]
    assert problems(kinds, facts) == {}
    facts["schema"] = True
    assert frozen.problems(facts).keys() == {"schema"}


@pytest.mark.parametrize(
    ("key", "change"),
    [
        ("letter", {"letter": "rek-pbi"}),
        ("number", {"number": None}),
        ("check", {"check": None}),
        ("check.url", {"check": {"code": "A", "url": "https://x.example/" + "a" * 90}}),
        ("addressee", {"addressee": None}),
        ("subject", {"subject": None}),
        ("signatory", {"signatory": None}),
        ("reply", {"reply": None}),
        ("date", {"date": "16-11-2026"}),
        ("made_at", {"made_at": "2026-11-16T10:42:00"}),
        ("fields.diagnosis", {"fields": {"health_need": "kontrol", "diagnosis": "rahasia"}}),
        ("fields.health_need", {"fields": {}}),
        ("fields.health_need", {"fields": {"health_need": "x" * 301}}),
        ("fields.urgent", {"fields": {"health_need": "kontrol", "urgent": "ya"}}),
    ],
)
def test_what_keeps_facts_from_becoming_the_letter(
    kinds: dict[str, LetterKind], key: str, change: dict[str, Any]
) -> None:
    assert problems(kinds, {**sample(kinds), **change}).keys() == {key}


def test_a_draft_needs_neither_number_nor_code(kinds: dict[str, LetterKind]) -> None:
    assert problems(kinds, {**sample(kinds), "draft": True, "number": None, "check": None}) == {}


@pytest.mark.parametrize(
    ("value", "fits"), [("2026-11-16", True), ("2026-11-31", False), ("16 November", False), (20261116, False)]
)
def test_date_fields(kinds: dict[str, LetterKind], value: object, fits: bool) -> None:  # noqa: FBT001 - a table
    facts = sample(kinds, "rjk-lksa")
    facts["fields"]["review_by"] = value
    assert (problems(kinds, facts, "rjk-lksa") == {}) is fits


def test_what_the_addressee_need_not_know_is_refused_and_can_be_narrowed(kinds: dict[str, LetterKind]) -> None:
    facts = sample(kinds, "rjk-lksa")
    facts["subject"] |= {"kk": "9999010203040005", "jkn": "PBI", "desil": 1, "desil_checked": "2026-11-03"}
    assert problems(kinds, facts, "rjk-lksa").keys() == {
        "subject.kk", "subject.jkn", "subject.desil", "subject.desil_checked",
    }  # fmt: skip
    narrowed = check.narrowed(kinds["rjk-lksa"], cast(Subject, facts["subject"]))
    assert problems(kinds, {**facts, "subject": narrowed}, "rjk-lksa") == {}
    assert narrowed["name"] == facts["subject"]["name"]


def test_a_decile_needs_the_date_of_its_check(kinds: dict[str, LetterKind]) -> None:
    facts = sample(kinds)
    facts["subject"] |= {"desil": 11, "desil_checked": None}
    assert problems(kinds, facts).keys() == {"subject.desil", "subject.desil_checked"}


@pytest.mark.parametrize("logo", ["https://x.example/logo.png", "data:text/html;base64,PGI+", "logo.png"])
def test_a_logo_is_picture_data(kinds: dict[str, LetterKind], logo: str) -> None:
    facts = sample(kinds)
    facts["office"]["logo"] = logo
    assert problems(kinds, facts).keys() == {"office.logo"}
