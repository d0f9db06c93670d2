"""Reads the file that says what becomes of open cases of one version in another; it is known by its SHA-256."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from caseflow.definitions import toml
from caseflow.definitions.reader import Told, broken
from caseflow.errors import BrokenDefinition, _
from caseflow.states.linter import Finding, suggest
from caseflow.states.mapping import CategoryMap, Renamed, StageMap

TOP = ("stages", "issues", "interventions")
PARTS = ("fields", "choices", "defaults")


def digest_of(text: str) -> str:
    """Return what the mapping is known by: the SHA-256 of the file as it stands, so that `sha256sum` finds it too."""
    return hashlib.sha256(text.encode()).hexdigest()


def read(text: str, *, file: str) -> CategoryMap:
    """Return what a file says (docs/how-to/move-cases-to-a-new-version.md); raises `BrokenDefinition`, all at once."""
    try:
        table = toml.parse(text)
    except ValueError as refused:
        reason = _("bukan TOML yang benar: {problem}", problem=str(refused))
        raise broken_by(file, [Finding("-", reason)]) from None
    findings = [_unknown("", key, TOP) for key in table if key not in TOP]
    stages = {
        name: _stage(f"stages.{name}", part, findings)
        for name, part in _tables("stages", table.get("stages", {}), findings)
    }
    issues, interventions = (_renamed(key, table.get(key, {}), findings) for key in TOP[1:])
    if findings:
        raise broken_by(file, findings)
    return CategoryMap(stages, issues, interventions)


def broken_by(file: str, findings: Iterable[Finding]) -> BrokenDefinition:
    """Return the error for what is wrong with a mapping."""
    return broken(Told(file, finding) for finding in findings)


def _stage(at: str, part: Mapping[str, Any], findings: list[Finding]) -> StageMap:
    findings += [_unknown(f"{at}.", key, PARTS) for key in part if key not in PARTS]
    asked = _tables(f"{at}.choices", part.get("choices", {}), findings)
    choices = {key: _renamed(f"{at}.choices.{key}", renamed, findings) for key, renamed in asked}
    defaults = part.get("defaults", {})
    if not isinstance(defaults, dict):
        findings.append(Finding(f"{at}.defaults", _("harus tabel")))
        defaults = {}
    return StageMap(_renamed(f"{at}.fields", part.get("fields", {}), findings), choices, defaults)


def _tables(at: str, table: Any, findings: list[Finding]) -> Iterator[tuple[str, Mapping[str, Any]]]:  # noqa: ANN401 - TOML
    if not isinstance(table, dict):
        findings.append(Finding(at, _("harus tabel")))
        return
    for key, inner in table.items():
        if isinstance(inner, dict):
            yield key, inner
        else:
            findings.append(Finding(f"{at}.{key}", _("harus tabel")))


def _renamed(at: str, table: Any, findings: list[Finding]) -> Renamed:  # noqa: ANN401 - TOML
    if not isinstance(table, dict):
        findings.append(Finding(at, _("harus tabel")))
        return {}
    wrong = [key for key, to in table.items() if to is not False and not isinstance(to, str)]
    reason = _("harus teks dalam tanda kutip, atau false")
    findings += [Finding(f"{at}.{key}", reason) for key in wrong]
    return {key: to if isinstance(to, str) else None for key, to in table.items() if key not in wrong}


def _unknown(at: str, key: str, known: tuple[str, ...]) -> Finding:
    return Finding(f"{at}{key}", _("kunci tidak dikenal"), suggest(key, known))
