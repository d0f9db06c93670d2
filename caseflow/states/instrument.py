"""What an instrument file says, as plain frozen data: its questions, its results, and how the one makes the other."""

from dataclasses import dataclass

from caseflow.errors import Label
from caseflow.states.category import Text

METHODS: dict[str, Text] = {
    "count": Text("Dihitung kriterianya", "Criteria are counted"),
    "sum": Text("Dijumlahkan nilainya", "Points are added"),
    "levels": Text("Tanda pada tingkat tertinggi", "The highest level with a sign"),
    "threshold": Text("Dibandingkan dengan garis", "Compared with a line"),
    "narrative": Text("Uraian tanpa nilai", "Told, without a score"),
    "goals": Text("Dibaca dari rencana", "Read from the plan"),
}
"""Ways from answers to a result."""
KINDS: dict[str, str] = {
    "count": "yes_no",
    "sum": "points",
    "levels": "yes_no",
    "threshold": "number",
    "narrative": "text",
    "goals": "goal",
}
"""What each question of a method is answered with."""
YES, NO = "yes", "no"
MET, NOT_MET, PARTLY = "met", "not_met", "partly"
BELOW, NOT_BELOW = "below", "not_below"
TOLD = "told"
RESULTS: dict[str, tuple[str, ...]] = {
    "count": (MET, NOT_MET),
    "threshold": (BELOW, NOT_BELOW),
    "narrative": (TOLD,),
    "goals": (MET, PARTLY, NOT_MET),
}
"""The results a method can give, where their names are its own; the others take those of the file."""
SPENDING, MEMBERS = "spending", "members"
"""The two questions of a line: what a household spends in a month, and how many live from it."""


@dataclass(frozen=True, slots=True)
class Item:
    """One question or criterion."""

    key: str
    label: Text
    gate: bool = False
    """Decides alone (Kepmensos 262/HUK/2022: no place to live)."""
    level: str = ""
    """The result this is a sign of, where levels are compared."""
    optional: bool = False
    """A section that may stay empty."""
    help: Text | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """One result, and what it asks for."""

    key: str
    label: Text
    requires: tuple[Text, ...] = ()
    least: int = 0
    most: int = 0
    """The points it holds for, where points are added."""

    @property
    def sentence(self) -> Label:
        return self.label.sentence


@dataclass(frozen=True, slots=True)
class Point:
    """One answer of a scale and what it counts."""

    points: int
    label: Text


@dataclass(frozen=True, slots=True)
class Line:
    """The amount a household is compared with from a year on, and who says so."""

    year: int
    amount: int
    """Whole rupiah for one person and month."""
    basis: str


@dataclass(frozen=True, slots=True)
class Instrument:
    """One instrument, resolved and complete."""

    code: str
    name: Text
    about: Text
    method: str
    basis: tuple[str, ...]
    items: tuple[Item, ...]
    outcomes: tuple[Outcome, ...]
    default: bool = False
    """Without an official source that was read: an office should look at it before it relies on it."""
    at_least: int = 0
    """How many criteria are needed; 0: the office has not said."""
    scale: tuple[Point, ...] = ()
    lines: tuple[Line, ...] = ()
    age: tuple[int | None, int | None] = (None, None)
    """First and last age it is made for, in whole years: others are warned, never stopped."""
    digest: str = ""
    """What this version is known by."""

    def made_for(self, age: int | None) -> bool:
        """Tell whether somebody of this age is who it is made for; true where an age is not known."""
        low, high = self.age
        return age is None or ((low is None or low <= age) and (high is None or age <= high))

    def outcome(self, key: str) -> Outcome | None:
        """Return the result with this name."""
        return next((o for o in self.outcomes if o.key == key), None)

    def item(self, key: str) -> Item | None:
        """Return the question with this name."""
        return next((i for i in self.items if i.key == key), None)

    def line(self, year: int) -> Line | None:
        """Return the newest line that was known in `year`; None when there is none that old."""
        return max((line for line in self.lines if line.year <= year), key=lambda line: line.year, default=None)
