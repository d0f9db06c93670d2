"""The three flagship cases by hand: worked to their decision on the pages by the right people, in both languages."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

import pytest

from tests.web import walking
from tests.web.browsing import Person, Site
from tests.web.walking import Walk


@dataclass(frozen=True, slots=True)
class Pen:
    """Somebody at a browser that runs no script, in one language."""

    person: Person
    lang: str

    @property
    def path(self) -> str:
        return self.person.path

    @property
    def said(self) -> str:
        assert self.person.now is not None
        return self.person.now.text

    def get(self, path: str) -> None:
        self.person.get(f"{path}{'&' if '?' in path else '?'}lang={self.lang}")

    def follow(self, words: str) -> None:
        self.person.follow(words)

    def press(self, button: str, values: Mapping[str, str | list[str]] | None = None) -> None:
        self.person.press(button, values)


@pytest.mark.parametrize(
    ("journey", "people", "lang", "ends"),
    [
        (walking.cannot_pay_treatment, "intan rina sari", "id", "closed"),
        (walking.poorest_household, "budi sari", "en", "closed"),
        (walking.orphan, "rina sari", "id", "intervention_plan"),
    ],
    ids=["cannot_pay_treatment", "poorest_household", "orphan"],
)
def test_a_flagship_case_is_worked_to_its_decision(
    site: Site, journey: Callable[[Walk], None], people: str, lang: str, ends: str
) -> None:
    def wait(span: timedelta) -> None:
        site.clock.ahead += span

    hands = {name: Pen(site.by(name), lang) for name in people.split()}
    walk = Walk(hands, lang, site.filled.office.ids, site.at, wait)
    journey(walk)
    assert site.state(walk.number) == ends
