"""A list in one file that ships, over which an office lays a file of its own: registries, kinds of helpers."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from caseflow.definitions import toml
from caseflow.definitions.reader import Told, broken
from caseflow.definitions.sheet import Sheet
from caseflow.errors import _
from caseflow.paths import why
from caseflow.states.linter import Finding

T = TypeVar("T")


def own_file(folder: Path | None, name: Path) -> list[Path]:
    """Return the office's own file, if it is there."""
    return [folder / name] if folder is not None and (folder / name).is_file() else []


def load(shipped: Path, own: Sequence[Path], made: Callable[[str, Sheet], T]) -> Mapping[str, T]:
    """Return the rows by code, the office's own over those shipped; read again once a file changes.

    `made` turns a table into a row and tells its sheet what is wrong. Raises `BrokenDefinition` with every mistake.
    """
    return _load(tuple((path, path.stat().st_mtime_ns) for path in (shipped, *own)), made)


@lru_cache(maxsize=8)
def _load(files: tuple[tuple[Path, int], ...], made: Callable[[str, Sheet], Any]) -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    told: list[Told] = []
    for path, _stamp in files:
        rows, findings = _read(path, made)
        found |= rows
        told += [Told(str(path), finding) for finding in findings]
    if told:
        raise broken(told)
    return found


def _read(path: Path, made: Callable[[str, Sheet], Any]) -> tuple[dict[str, Any], list[Finding]]:
    try:
        table = toml.parse(path.read_text("utf-8"))
    except OSError as problem:
        return {}, [Finding("-", _("tidak dapat dibaca: {why}", why=why(problem)))]
    except ValueError as problem:
        return {}, [Finding("-", _("bukan TOML yang benar: {why}", why=str(problem)))]
    findings: list[Finding] = []
    return {code: made(code, sheet) for code, sheet in Sheet(table, findings).every()}, findings
