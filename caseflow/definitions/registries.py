"""The registries an installation knows: those shipped, and the office's own over them."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from caseflow.definitions.reader import Told, broken
from caseflow.definitions.sheet import Sheet
from caseflow.errors import _
from caseflow.paths import registries_file, why
from caseflow.states.category import Text
from caseflow.states.linter import Finding

OWN = Path("registries") / "systems.toml"
"""Where an office's own registries stand, in the folder of its categories."""
LONGEST = 30


@dataclass(frozen=True, slots=True)
class Registry:
    """A list kept by somebody else, in which people or households have a number."""

    code: str
    name: Text
    decile: bool
    refresh_days: int
    """After so many days a check is old; 0: never."""
    answer: str
    """The answer in data collection that stands for it."""
    basis: str


def load(categories_dir: Path | None) -> Mapping[str, Registry]:
    """Return the registries by code, in the order of the files. Raises `BrokenDefinition`."""
    own = categories_dir / OWN if categories_dir else None
    files = (registries_file(), *([own] if own is not None and own.is_file() else ()))
    return _load(tuple((path, path.stat().st_mtime_ns) for path in files))


@lru_cache(maxsize=4)
def _load(files: tuple[tuple[Path, int], ...]) -> Mapping[str, Registry]:
    found: dict[str, Registry] = {}
    told: list[Told] = []
    for path, _stamp in files:
        systems, findings = _read(path)
        found |= systems
        told += [Told(str(path), finding) for finding in findings]
    if told:
        raise broken(told)
    return found


def _read(path: Path) -> tuple[dict[str, Registry], list[Finding]]:
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except OSError as problem:
        return {}, [Finding("-", _("tidak dapat dibaca: {why}", why=why(problem)))]
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        return {}, [Finding("-", _("bukan TOML yang benar: {why}", why=str(problem)))]
    findings: list[Finding] = []
    return {code: _system(code, sheet) for code, sheet in Sheet(table, findings).every()}, findings


def _system(code: str, sheet: Sheet) -> Registry:
    if len(code) > LONGEST:
        sheet.problem("", _("paling banyak {n} huruf", n=LONGEST))
    days = sheet.number("refresh_days")
    basis = sheet.text("basis")
    if days < 0:
        sheet.problem("refresh_days", _("harus nol atau lebih"))
    if days and not basis:
        sheet.problem("basis", _("dasar belum disebut"), _('Tulis aturannya, atau "Bawaan kantor; sesuaikan".'))
    system = Registry(code, sheet.both("name"), sheet.flag("decile"), days, sheet.text("answer", "other"), basis)
    sheet.finish()
    return system
