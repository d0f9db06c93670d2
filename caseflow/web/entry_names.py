"""What the ids in the entries of a case are called, for one reader."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from caseflow.states.category import Category
from caseflow.states.lifecycle import STATES, STEPS
from caseflow.web.environment import Words
from caseflow.web.speech import Teller


@dataclass(frozen=True, slots=True)
class Names:
    """What ids in entries are called."""

    teller: Teller
    category: Category
    people: Mapping[str, str] = field(default_factory=dict)
    institutions: Mapping[str, str] = field(default_factory=dict)
    referrals: Mapping[str, str] = field(default_factory=dict)
    letters: Mapping[str, Words] = field(default_factory=dict)

    def person(self, user_id: str) -> str:
        return self.people.get(user_id, "-")

    def step(self, name: str) -> str:
        return self.teller.say(STEPS[name].label) if name in STEPS else name

    def state(self, name: str) -> str:
        return self.teller.say(STATES[name]) if name in STATES else name

    def letter(self, kind: str) -> str:
        return self.teller.say(self.letters.get(kind, kind))

    def kind(self, code: str) -> str:
        found = self.category.intervention(code)
        return self.teller.say(found.name) if found else code
