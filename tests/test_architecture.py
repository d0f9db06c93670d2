"""What import contracts cannot show: who commits, who reads a clock, where SQL text stands, how code is kept."""

import ast
import re
import sys
from collections.abc import Callable, Iterable, Iterator

import pytest

from tests.source import PRODUCT, Module, dotted, modules_below

LONGEST_MODULE = 400
LONGEST_TESTS = 600  # a table of cases reads better in one piece
CARRIED = ("tools/verify_audit.py",)  # one file, to be carried to a stranger's machine

DOORS = ("caseflow/cli", "caseflow/app", "caseflow/edge.py", "workers/")
CLOCKS = {
    "datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today", "datetime.date.today",
    "time.time", "time.time_ns", "time.localtime", "time.gmtime", "time.ctime",
    "sqlalchemy.func.now", "sqlalchemy.func.current_timestamp", "sqlalchemy.func.localtimestamp",
}  # fmt: skip
STOPWATCHES = {"time.monotonic", "time.monotonic_ns", "time.perf_counter"}
CLOCK_READERS = {
    "caseflow/ids.py": "keys made outside a step rise with the machine's clock; a step passes its own time",
    "caseflow/definitions/kept.py": "no step: since when an office's list is gone, told to who runs the program",
}
COMMITTERS = ("caseflow/store/session.py",)
MIGRATORS = ("caseflow/store/migrate.py", "caseflow/store/migrations/")
OUTSIDE = {
    "asyncio", "ftplib", "glob", "http", "importlib", "io", "logging", "multiprocessing", "os", "pathlib", "random",
    "secrets", "shutil", "smtplib", "socket", "sqlite3", "subprocess", "sys", "tempfile", "threading", "time",
    "tomllib", "urllib",
}  # fmt: skip
SQL_TEXT = re.compile(r"\s*(SELECT|INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|(CREATE|ALTER|DROP)\s+\w+|PRAGMA)\s")
SILENCED = re.compile(r"#\s*(?:noqa|type:\s*ignore)\b")
SILENCED_WITH_REASON = re.compile(
    r"#\s*(noqa: [A-Z]+[0-9]+(, ?[A-Z]+[0-9]+)* +(-|#) *\w.{3,}|type: ignore\[[a-z-]+(, ?[a-z-]+)*\] +# *\w.{3,})"
)
UNFINISHED = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b")
PATCHES = {"monkeypatch", "mocker", "unittest.mock"}
SKIPS = {
    "pytest.skip",
    "pytest.importorskip",
    "pytest.xfail",
    "pytest.mark.skip",
    "pytest.mark.skipif",
    "pytest.mark.xfail",
}


Finding = tuple[int, str]


def only_the_session_commits(module: Module) -> Iterator[Finding]:
    """One transaction a request, ended at one place: nobody else commits, rolls back or begins."""
    if module.within(*COMMITTERS, *MIGRATORS) or not module.within(*PRODUCT):
        return
    for node in module.nodes:
        if isinstance(node, ast.Attribute) and node.attr in {"commit", "rollback", "begin"}:
            yield node.lineno, f".{node.attr}"


def nobody_below_the_edge_reads_a_clock(module: Module) -> Iterator[Finding]:
    """Time is passed in as `at`: a stopwatch is for waiting on a child process, in letters."""
    if module.within(*DOORS, *CLOCK_READERS) or not module.within("caseflow"):
        return
    forbidden = (
        CLOCKS if module.within("caseflow/letters/", "caseflow/store/", "caseflow/api/") else CLOCKS | STOPWATCHES
    )
    yield from ((line, name) for line, name in module.uses if name in forbidden)


def sql_stays_in_the_store(module: Module) -> Iterator[Finding]:
    """Statements as text are SQL too; imports are for the import contract."""
    if module.within("caseflow/store/") or not module.within(*PRODUCT):
        return
    for node in module.nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL_TEXT.match(node.value):
            yield node.lineno, node.value[:40]


def states_are_pure(module: Module) -> Iterator[Finding]:
    """The lifecycle computes, without files, network, clock or chance; `transitions` is known to the machine alone."""
    if not module.within("caseflow/states/"):
        return
    allowed = {"caseflow.states", "caseflow.errors", *(sys.stdlib_module_names - OUTSIDE)}
    if module.path == "caseflow/states/machine.py":
        allowed.add("transitions")
    for line, name in module.modules:
        if not any(f"{name}.".startswith(f"{place}.") for place in allowed):
            yield line, name
    for node in module.nodes:
        if isinstance(node, ast.Call) and dotted(node.func) in {"open", "input", "exec", "eval"}:
            yield node.lineno, f"{dotted(node.func)}()"


def only_the_command_line_prints(module: Module) -> Iterator[Finding]:
    if module.within("caseflow/cli") or not module.within(*PRODUCT):
        return
    for node in module.nodes:
        if isinstance(node, ast.Call) and dotted(node.func) == "print":
            yield node.lineno, "print"


def each_module_says_what_lives_there(module: Module) -> Iterator[Finding]:
    if not ast.get_docstring(ast.parse(module.text)):
        yield 1, "no docstring"


def modules_stay_short(module: Module) -> Iterator[Finding]:
    """Split by verb or noun while it is still easy; a migration is one list of statements, written once."""
    lines = module.text.count("\n")
    longest = LONGEST_TESTS if module.within("tests/", *CARRIED) else LONGEST_MODULE
    if lines > longest and "/migrations/versions/" not in str(module.path):
        yield lines, f"{lines} lines"


def a_silenced_check_has_a_reason(module: Module) -> Iterator[Finding]:
    """Write `noqa: CODE - reason`, or `type: ignore[code]  # reason`, each after its own hash sign."""
    for line, comment in module.comments:
        if SILENCED.search(comment) and not SILENCED_WITH_REASON.search(comment):
            yield line, comment


def nothing_is_left_unfinished(module: Module) -> Iterator[Finding]:
    for number, line in enumerate(module.text.splitlines(), start=1):
        if UNFINISHED.search(line):
            yield number, line.strip()


def imports_are_what_they_seem(module: Module) -> Iterator[Finding]:
    """An import for type checkers alone hides a layer in the wrong place."""
    for line, name in module.modules:
        if name in {"__future__.annotations", "typing.TYPE_CHECKING"}:
            yield line, name


def real_parts_in_tests(module: Module) -> Iterator[Finding]:
    """Nothing is patched, nothing is skipped: fakes ship in the product, and a machine that lacks something fails."""
    if not module.within("tests/"):
        return
    for line, name in (*module.uses, *module.modules):
        if name in SKIPS or name.startswith("unittest.mock"):
            yield line, name
    for node in module.nodes:
        if isinstance(node, ast.arg) and node.arg in PATCHES:
            yield node.lineno, node.arg


Rule = Callable[[Module], Iterable[Finding]]
# Each rule with a place and a text it must object to: a rule that finds nothing anywhere would prove nothing.
RULES: list[tuple[Rule, str, str]] = [
    (only_the_session_commits, "caseflow/actions/cases.py", "def close(session):\n    session.conn.commit()\n"),
    (
        nobody_below_the_edge_reads_a_clock,
        "caseflow/states/machine.py",
        "import datetime as dt\nx = dt.datetime.now()\n",
    ),
    (nobody_below_the_edge_reads_a_clock, "caseflow/actions/a.py", "from datetime import date\nf = date.today\n"),
    (nobody_below_the_edge_reads_a_clock, "caseflow/store/a.py", "from sqlalchemy import func\nx = func.now()\n"),
    (nobody_below_the_edge_reads_a_clock, "caseflow/actions/a.py", "import time\nx = time.monotonic()\n"),
    (sql_stays_in_the_store, "caseflow/actions/cases.py", "q = 'SELECT id FROM cases'\n"),
    (states_are_pure, "caseflow/states/guards.py", "from pathlib import Path\n"),
    (states_are_pure, "caseflow/states/guards.py", "from caseflow.ids import new_id\n"),
    (states_are_pure, "caseflow/states/guards.py", "import transitions\n"),
    (states_are_pure, "caseflow/states/guards.py", "open('x')\n"),
    (only_the_command_line_prints, "caseflow/edge.py", "print('x')\n"),
    (each_module_says_what_lives_there, "caseflow/edge.py", "x = 1\n"),
    (modules_stay_short, "caseflow/edge.py", "x = 1\n" * (LONGEST_MODULE + 1)),
    (a_silenced_check_has_a_reason, "tests/a.py", "x = 1  # no" + "qa: E501\n"),
    (a_silenced_check_has_a_reason, "tests/a.py", "x = 1  # no" + "qa\n"),
    (a_silenced_check_has_a_reason, "tests/a.py", "x = 1  # type: ig" + "nore[assignment]\n"),
    (nothing_is_left_unfinished, "tools/a.py", "# TO" + "DO: later\n"),
    (imports_are_what_they_seem, "caseflow/edge.py", "from typing import TYPE_CHECKING\n"),
    (real_parts_in_tests, "tests/a.py", "import pytest\npytest.skip('later')\n"),
    (real_parts_in_tests, "tests/a.py", "from unittest.mock import Mock\n"),
    (real_parts_in_tests, "tests/a.py", "def test(monkeypatch): ...\n"),
]
DISTINCT_RULES = list(dict.fromkeys(rule for rule, _, _ in RULES))


@pytest.fixture(scope="module")
def modules() -> list[Module]:
    return list(modules_below(*PRODUCT, "tests", "tools", "bench"))


@pytest.mark.parametrize("rule", DISTINCT_RULES, ids=lambda rule: rule.__name__)
def test_the_code_keeps_the_rule(rule: Rule, modules: list[Module]) -> None:
    found = [f"{module.path}:{line}: {what}" for module in modules for line, what in rule(module)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(("rule", "path", "text"), RULES)
def test_the_rule_finds_what_it_forbids(rule: Rule, path: str, text: str) -> None:
    assert list(rule(Module(path, text))) != []


@pytest.mark.parametrize(
    "comment",
    [
        "# no" + "qa: ANN401 - each error carries data of its own",
        "# type: ig" + "nore[misc]  # the library ships no types",
    ],
)
def test_a_reason_is_recognised(comment: str) -> None:
    assert list(a_silenced_check_has_a_reason(Module("tests/a.py", f"x = 1  {comment}\n"))) == []
