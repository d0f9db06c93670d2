"""The how-tos do as they say: their commands exist, their letter is printed, their code is code."""

import ast
import re
from pathlib import Path
from textwrap import dedent

import pytest

from tests.cli.installation import Installation

DOCS = Path(__file__).parents[2] / "docs"
PAGES = [*sorted((DOCS / "how-to").glob("*.md")), DOCS / "jobs.md", DOCS / "operations.md"]
COMMAND = re.compile(r"(?:`|^ *)caseflow ([a-z]+(?: [a-z]+(?:-[a-z]+)*)?)", re.MULTILINE)


def blocks(page: Path, kind: str) -> list[str]:
    """Return the blocks of one kind of a page, without the margin of the list they stand in."""
    found = re.findall(rf"^( *)```{kind}\n(.*?)^ *```", page.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    return [dedent(block) for _margin, block in found]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_commands_it_names_exist(page: Path, tmp_path: Path) -> None:
    for command in COMMAND.findall(page.read_text("utf-8")):
        said = Installation(tmp_path).run(*command.split(), "--help")
        assert said.code == 0, f"caseflow {command}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_its_code_is_code(page: Path) -> None:
    for block in blocks(page, "python"):
        code = block.strip()
        ast.parse(f"{{\n{code}\n}}" if code.startswith('"the_') else code)


def test_its_letter_is_printed(tmp_path: Path) -> None:
    page = next(page for page in PAGES if page.stem == "add-a-letter")
    folder = tmp_path / "templates" / "rjk-uji"
    folder.mkdir(parents=True)
    for name, kind in {
        "letter.toml": "toml",
        "subject.txt": "text",
        "body.html": "html",
        "sample.json": "json",
    }.items():
        (folder / name).write_text(blocks(page, kind)[0], encoding="utf-8")
    own = Installation(tmp_path / "data").with_settings(CASEFLOW_TEMPLATES_DIR=str(folder.parent))
    printed = tmp_path / "coba.pdf"
    own.do("letter", "preview", "rjk-uji", "--out", printed)
    assert printed.read_bytes().startswith(b"%PDF-")
    offered = tmp_path / "fm.toml"
    offered.write_text(next(block for block in blocks(page, "toml") if block.startswith("extends")), encoding="utf-8")
    assert "tidak ada temuan: FM" in own.do("category", "check", offered).out
