"""What a guard is: its name, what it requires in words, and the predicate behind it."""

from dataclasses import dataclass

from caseflow.states.category import Text
from caseflow.states.predicates import Predicate


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

    @property
    def said_unmet(self) -> Text:
        """Return the sentence for a caseworker who cannot go on."""
        return self.refusal or self.label
