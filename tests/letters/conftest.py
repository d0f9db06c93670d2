"""The shipped letters, and one renderer for the whole run."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from caseflow.letters import catalogue
from caseflow.letters.catalogue import LetterKind
from caseflow.letters.child import Renderer
from caseflow.paths import templates_root

Office = Callable[[str, dict[str, str]], Path]


@pytest.fixture(scope="session")
def root() -> Path:
    return templates_root() / "letters"


@pytest.fixture(scope="session")
def kinds(root: Path) -> dict[str, LetterKind]:
    return catalogue.load(root)


@pytest.fixture(scope="session")
def renderer(root: Path) -> Iterator[Renderer]:
    with Renderer(root) as renderer:
        yield renderer


@pytest.fixture(scope="session")
def other_renderer(root: Path) -> Iterator[Renderer]:
    """Another process, with caches of its own."""
    with Renderer(root) as renderer:
        yield renderer


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Write files of an office's own letter folder; returns the folder of folders."""

    def write(name: str, files: dict[str, str]) -> Path:
        (tmp_path / name).mkdir(parents=True, exist_ok=True)
        for member, content in files.items():
            (tmp_path / name / member).write_text(content, "utf-8")
        return tmp_path

    return write
