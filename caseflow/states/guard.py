"""What a guard is: its name, what it requires in words, and the predicate behind it."""

from collections.abc import Callable
from dataclasses import dataclass

from caseflow.states.category import Category, Text
from caseflow.states.facts import Facts
from caseflow.states.predicates import Predicate, always


@dataclass(frozen=True, slots=True)
class Guard:
    """A registered predicate: `gaps` returns the places still to fill; none means the guard is met."""

    name: str
    label: Text
    gaps: Predicate
    refusal: Text | None = None
    """What is said where it is unmet, if not the label, which is what is required."""
    needs: tuple[str, ...] = ()
    """What a category that names this guard must define: "stage.field", or "placement:kind" of an intervention."""
    applies: Callable[[Facts, Category], bool] = always
    """Tells in which cases it asks for anything; in others it is neither met nor unmet, and nobody reads of it."""

    @property
    def said_unmet(self) -> Text:
        """Return the sentence for a caseworker who cannot go on."""
        return self.refusal or self.label
