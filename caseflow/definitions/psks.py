"""The kinds of helpers (PSKS and others) an installation knows: those shipped, and the office's own over them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from caseflow.definitions import extended, kept
from caseflow.definitions.sheet import Sheet
from caseflow.errors import _
from caseflow.paths import psks_file
from caseflow.states.category import BIDANG, Text

OWN = Path("psks") / "types.toml"
"""Where an office's own kinds stand, in the folder of its categories."""
LEVELS: dict[str, Text] = {
    "province": Text("provinsi", "province"),
    "kabupaten": Text("kabupaten/kota", "regency or city"),
    "kecamatan": Text("kecamatan", "sub-district"),
    "village": Text("desa/kelurahan", "village"),
}
"""How deep an area may be that somebody serves, the widest first."""
LONGEST = 30


@dataclass(frozen=True, slots=True)
class PsksType:
    """A kind of helper; `body`: an institution and no person."""

    code: str
    name: Text
    body: bool
    level: str
    official: int
    """Its number among the twelve of Permensos 8/2012; 0 for the others."""
    bidang: tuple[str, ...]
    puskesos: bool

    def serves(self, level: str) -> bool:
        """Tell whether an area of this level is not deeper than what the kind serves."""
        order = list(LEVELS)
        return level in order and order.index(level) <= order.index(self.level)


def load(categories_dir: Path | None) -> Mapping[str, PsksType]:
    """Return the kinds by code, the official ones first. Raises `BrokenDefinition`."""
    own = extended.own_file(categories_dir, OWN)
    found = extended.load(psks_file(), own, _kind)
    ordered = dict(sorted(found.items(), key=lambda pair: (pair[1].official or len(found), pair[1].name.id)))
    return kept.keep("psks", categories_dir, ordered, own)


def current(categories_dir: Path | None) -> Mapping[str, PsksType]:
    """Return the kinds, or those of before while the office's own file is wrong."""
    return kept.or_last("psks", categories_dir, load)


def _kind(code: str, sheet: Sheet) -> PsksType:
    level, bidang = sheet.text("level", required=True), sheet.texts("bidang")
    if level and level not in LEVELS:
        sheet.problem("level", _("harus salah satu dari {choices}", choices=", ".join(LEVELS)))
    if unknown := [one for one in bidang if one not in BIDANG]:
        sheet.problem("bidang", _("tidak dikenal: {names}", names=", ".join(unknown)))
    if len(code) > LONGEST:
        sheet.problem("", _("paling banyak {n} huruf", n=LONGEST))
    kind = PsksType(
        code=code,
        name=sheet.both("name"),
        body=sheet.flag("body"),
        level=level,
        official=sheet.number("official"),
        bidang=bidang,
        puskesos=sheet.flag("puskesos"),
    )
    sheet.finish()
    return kind
