"""One installation is set up for all tests; each works in a copy of its own."""

from pathlib import Path

import pytest

from tests.cli import answers
from tests.cli.installation import Installation, copy_of, set_up


@pytest.fixture(scope="session")
def prototype(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    return set_up(tmp_path_factory.mktemp("prototype") / "data")


@pytest.fixture
def installed(prototype: Installation, tmp_path: Path) -> Installation:
    """Return an installation with an office, its people and a child welfare institution; no case yet."""
    return copy_of(prototype, tmp_path / "data")


@pytest.fixture(scope="session")
def prototype_with_case(prototype: Installation, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    made = copy_of(prototype, tmp_path_factory.mktemp("case") / "data")
    made.do("case", "open", "--file", made.file("case.json", answers.case()), "--by", "rina")
    return made


@pytest.fixture
def working(prototype_with_case: Installation, tmp_path: Path) -> Installation:
    """Return an installation in which rina has just opened case `NUMBER`."""
    return copy_of(prototype_with_case, tmp_path / "data")
