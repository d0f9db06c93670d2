"""docs/letters.md says what the letter folders say, and a page that does not is told."""

from pathlib import Path

import pytest

from tools import letter_docs


def test_the_page_is_current() -> None:
    assert letter_docs.PAGE.read_text("utf-8") == letter_docs.page(), "run python tools/letter_docs.py --write"


def test_the_contact_sheet_is_there_and_small() -> None:
    sheet = letter_docs.ROOT / "docs" / "img" / "letters.png"
    assert 100_000 < sheet.stat().st_size < 900_000


def test_a_page_that_is_not_current_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "letters.md"
    for old in (None, "# The letters"):
        if old:
            page.write_text(old)
        assert letter_docs.main(["--page", str(page)]) == 1
        assert "not current" in capsys.readouterr().out
    assert letter_docs.main(["--page", str(page), "--write"]) == 0
    assert letter_docs.main(["--page", str(page)]) == 0
