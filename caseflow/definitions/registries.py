"""The registries an installation knows: those shipped, and the office's own over them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from caseflow.definitions import extended, kept
from caseflow.definitions.sheet import Sheet
from caseflow.errors import _
from caseflow.paths import registries_file
from caseflow.states.category import Text

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
    own = extended.own_file(categories_dir, OWN)
    found = extended.load(registries_file(), own, _system)
    return kept.keep("registries", categories_dir, found, own)


def current(categories_dir: Path | None) -> Mapping[str, Registry]:
    """Return the registries, or those of before while the office's own file is wrong."""
    return kept.or_last("registries", categories_dir, load)


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
