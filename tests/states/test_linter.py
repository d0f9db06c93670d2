"""Mistakes planted in a sound category: each is found with key, reason and suggestion; the shipped three have none."""

from dataclasses import replace

import pytest

from caseflow.states.linter import Finding, lint
from tests.states.planted import PLANTED, with_letter, with_rhythm
from tests.states.sample import CATEGORIES, LETTERS


@pytest.mark.parametrize("code", list(CATEGORIES))
def test_the_shipped_categories_have_no_mistake(code: str) -> None:
    assert lint(CATEGORIES[code], letters=LETTERS) == ()


@pytest.mark.parametrize("planted", list(PLANTED))
def test_a_planted_mistake_is_found(planted: str) -> None:
    category, key, reason, suggestion = PLANTED[planted]
    found = [f for f in lint(category, letters=LETTERS) if f.key == key and reason in f.reason]
    assert found, [str(f) for f in lint(category, letters=LETTERS)]
    assert suggestion in found[0].suggestion


def test_several_mistakes_are_told_at_once() -> None:
    bad = replace(with_rhythm(visits=0), code="at", guards={"approve_plan": ("nothing",)}, issues=())
    assert {f.key for f in lint(bad, letters=LETTERS)} == {"monitoring.visits", "code", "guards.approve_plan", "issues"}


def test_letters_are_not_checked_where_nobody_knows_them() -> None:
    other = replace(with_letter(letter="surat-lain"), guards={})
    assert lint(other, letters=None) == ()
    assert [f.key for f in lint(other, letters=LETTERS)] == ["letters.surat-lain"]


def test_a_finding_reads_as_one_line() -> None:
    assert str(Finding("a.b", "kosong.", "Isi.")) == "a.b: kosong. Isi."
    assert str(Finding("a.b", "kosong")) == "a.b: kosong."
