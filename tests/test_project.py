"""The project's own files: the lock, what is declared and imported, and the wheel in an environment of its own."""

import json
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests import wheel
from tests.source import PRODUCT, ROOT, modules_below
from tools.set_up import PAGE_FILES

LOCK = (ROOT / "requirements.lock").read_text()
PYPROJECT = (ROOT / "pyproject.toml").read_text()
PROJECT = tomllib.loads(PYPROJECT)["project"]
RUNTIME = [Requirement(line) for line in PROJECT["dependencies"]]
DEVELOPMENT = [Requirement(line) for line in PROJECT["optional-dependencies"]["dev"]]


def test_the_lock_names_no_address() -> None:
    assert "://" not in LOCK
    assert "index-url" not in LOCK


def test_the_pages_take_their_files_by_hash_and_from_no_named_address() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    del packages[""]
    assert {"node_modules/bootstrap", "node_modules/htmx.org", "node_modules/axe-core"} <= set(packages)
    assert [name for name, each in packages.items() if not each["integrity"].startswith("sha512-")] == []
    assert [name for name, each in packages.items() if "resolved" in each] == []
    assert re.findall(r"==|://", (ROOT / "requirements-npm.lock").read_text()) == ["=="]


def test_every_locked_package_has_a_hash() -> None:
    locked = re.split(r"\n(?=[a-z0-9])", LOCK)[1:]
    assert len(locked) > len(RUNTIME)
    assert [block.splitlines()[0] for block in locked if "--hash=sha256:" not in block] == []


def test_the_lock_satisfies_what_is_declared() -> None:
    locked = {
        canonicalize_name(name): version for name, version in re.findall(r"^([\w.-]+)==([^\s;]+)", LOCK, re.MULTILINE)
    }
    wanted = [*RUNTIME, *DEVELOPMENT]
    assert [str(need) for need in wanted if not need.specifier.contains(locked[canonicalize_name(need.name)])] == []


def test_the_product_imports_only_what_it_declares() -> None:
    declared = {canonicalize_name(need.name) for need in RUNTIME}
    distributions = packages_distributions()
    for module in modules_below(*PRODUCT):
        for line, name in module.modules:
            top = name.partition(".")[0]
            if top in PRODUCT or top in sys.stdlib_module_names:
                continue
            owners = {canonicalize_name(owner) for owner in distributions.get(top, ())}
            assert owners & declared, f"{module.path}:{line} imports {top}, which pyproject.toml does not declare"


def test_every_lint_rule_that_is_off_has_its_reason() -> None:
    rules = re.findall(r'^ {4}"[A-Z]+[0-9]*",.*$', PYPROJECT, re.MULTILINE)
    assert len(rules) > len(tomllib.loads(PYPROJECT)["tool"]["ruff"]["lint"]["ignore"])
    assert [rule for rule in rules if not re.search(r"# \w.{4,}", rule)] == []


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the Python of an environment that holds the wheel."""
    return wheel.installed(tmp_path_factory.mktemp("wheel"))


@pytest.mark.slow
def test_the_wheel_holds_every_file_of_the_product(installed: Path) -> None:
    tracked = subprocess.run(
        ["git", "ls-files", *PRODUCT, "templates"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    expected = {re.sub("^templates/", "caseflow/templates/", name) for name in tracked.stdout.split()}
    expected |= {f"caseflow/web/static/vendor/{name}" for name in PAGE_FILES}
    site = next(installed.parent.parent.glob("lib/python*/site-packages"))
    assert {name for name in expected if not (site / name).is_file()} == set()


@pytest.mark.slow
def test_the_installed_product_finds_its_own_templates(installed: Path, tmp_path: Path) -> None:
    program = "from caseflow import paths; print(paths.templates_root(), paths.templates_root().is_dir())"
    found = subprocess.run([installed, "-I", "-c", program], cwd=tmp_path, check=True, capture_output=True, text=True)
    site = next(installed.parent.parent.glob("lib/python*/site-packages"))
    assert found.stdout.split() == [str(site / "caseflow" / "templates"), "True"]
