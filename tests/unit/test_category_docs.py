"""docs/categories.md says what the category files say, and a page that does not is told."""

import re
from pathlib import Path

import pytest

from tests.states.sample import CATEGORIES
from tools import category_docs

SHARED = frozenset.intersection(*(frozenset(c.letters) for c in CATEGORIES.values()))
"""Letters that every category offers alike: said once."""


def test_the_page_is_current() -> None:
    said = category_docs.PAGE.read_text("utf-8")
    assert said == category_docs.page(), "run python tools/category_docs.py --write"


def test_every_category_has_its_chapter_with_forms_deadlines_and_letters() -> None:
    chapters = dict(re.findall(r"^## (\S+)$(.*?)(?=^## |\Z)", category_docs.page(), re.DOTALL | re.MULTILINE))
    assert set(chapters) == set(CATEGORIES)
    assert {use.letter for use in SHARED} == {"rjk-capil", "st", "ic", "kes", "bast", "und-cc", "not-cc"}
    assert all(f"- {use.letter.upper()} " in category_docs.page() for use in SHARED)
    for code, text in chapters.items():
        category = CATEGORIES[code]
        for criterion in category.screening.criteria:
            assert criterion.label.id in text
        for field in (f for listed in category.stages.values() for f in listed):
            assert (f"**{field.label.id}**" if field.required else field.label.id) in text
        for deadline in category.deadlines.values():
            assert deadline.basis in text
        for use in category.letters:
            assert use in SHARED or f"{use.letter.upper()} " in text
        for item in category.interventions:
            assert f"{item.code} ({item.name.id})" in text


def test_a_page_that_is_not_current_is_told_and_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "categories.md"
    for words in (None, "old"):
        if words:
            page.write_text(words)
        assert category_docs.main(["--page", str(page)]) == 1
        assert "--write" in capsys.readouterr().out
    assert category_docs.main(["--page", str(page), "--write"]) == 0
    assert category_docs.main(["--page", str(page)]) == 0
